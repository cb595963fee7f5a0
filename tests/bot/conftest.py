"""Fixtures of the bot's tests."""

from tests.bot.membership.world import world  # noqa: F401
