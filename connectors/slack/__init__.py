"""Slack: its payloads as events, and what Chaperone may do there."""
