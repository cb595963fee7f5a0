"""Staff directories: who works here."""
