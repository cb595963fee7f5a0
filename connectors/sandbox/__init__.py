"""A workspace of invented people on loopback that speaks Slack's own wire protocol."""
