"""One file for each kind of identifier that is not a name."""
