"""Microsoft Teams over the same workspace as Slack's sandbox: one conversation state, another wire protocol."""
