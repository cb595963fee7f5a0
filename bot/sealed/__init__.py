"""The sealed room: the process in which files are parsed. It imports nothing of the bot but this folder."""
