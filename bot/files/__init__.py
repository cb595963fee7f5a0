"""Files in chat: their journey, and how they are looked into."""

from bot.files.journey import UNINSPECTED, Files

__all__ = ["UNINSPECTED", "Files"]
