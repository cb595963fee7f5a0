"""The story of each event: incident, timeline, audience, decision, audit chain."""
