"""Settings from a TOML file and the environment, read once, frozen, every error listed at once."""
