"""Fixtures of the bot's tests."""

from tests.bot.world import world  # noqa: F401
