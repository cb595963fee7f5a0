"""Files in chat: their journey, and how they are looked into."""

from bot.files.journey import Files

__all__ = ["Files"]
