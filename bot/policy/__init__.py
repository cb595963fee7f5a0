"""What is done about a finding: rules in YAML, a verdict with its reasons."""
