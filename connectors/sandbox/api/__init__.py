"""Slack's Web API over the sandbox workspace, one module for each family of methods."""
