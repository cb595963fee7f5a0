"""Microsoft Teams: Graph and the Bot Framework as one chat platform."""
