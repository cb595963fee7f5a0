"""Find patient identifiers in text; knows nothing of platforms, storage or people's screens."""
