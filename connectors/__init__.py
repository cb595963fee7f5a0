"""Speak to chat platforms and staff directories; knows nothing of detectors, policy or storage."""
