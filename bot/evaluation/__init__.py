"""How well and how fast it works: measures on marked messages and files, beside other tools."""
