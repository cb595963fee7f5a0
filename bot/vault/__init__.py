"""Everything that may hold an identifier, sealed."""
