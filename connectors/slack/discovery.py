"""Slack's Discovery API: Enterprise only, granted by Slack to the organisation's owner.

It can put other words in the place of anybody's message, hide a message behind a notice, and bring it
back. Only what slackapi's own discovery client documents is used.
"""

import json
from collections.abc import Mapping
from typing import Any

from connectors.interface import MessageRef
from connectors.slack.tokens import Token
from connectors.slack.web import Web

Payload = Mapping[str, Any]


async def update(web: Web, token: Token, ref: MessageRef, text: str, attachments: list[Any]) -> None:
    """Other words in the message's place; its blocks go, its thread stays."""
    await _chat(web, token, ref, "update", text=text, attachments=json.dumps(attachments))


async def tombstone(web: Web, token: Token, ref: MessageRef, notice: str) -> None:
    await _chat(web, token, ref, "tombstone", content=notice)


async def restore(web: Web, token: Token, ref: MessageRef) -> None:
    await _chat(web, token, ref, "restore")


async def tombstone_file(web: Web, token: Token, tenant: str, file: str) -> None:
    await web.call(token, "discovery.file.tombstone", file=file, team=tenant)


async def _chat(web: Web, token: Token, ref: MessageRef, word: str, **words: str) -> None:
    place = {"channel": ref.channel.id, "ts": ref.ts, "team": ref.channel.tenant}
    await web.call(token, f"discovery.chat.{word}", **place, **words)
