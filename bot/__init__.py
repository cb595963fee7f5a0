"""Chaperone: decides what to do about an identifier in chat, does it, proves it and tells the story."""
