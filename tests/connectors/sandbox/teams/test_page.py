"""The chat page over both platforms: one workspace, each conversation on its own platform, Teams as its people see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio

from connectors.sandbox.channels import SLACK
from connectors.sandbox.oauth import granted
from connectors.sandbox.seed import Tenant, plant, plant_teams
from connectors.sandbox.server import Served, serve
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.hiding import BLOCKED, hide
from connectors.sandbox.teams.sandbox import TeamsSandbox
from connectors.sandbox.teams.seeded import install_everywhere, seeded
from connectors.sandbox.workspace import Workspace
from tests.connectors.sandbox.teams.conftest import NURSE, SISTER, WARD, Bot, Json

GENERAL, CHAT, TRANSFERS = "C0TGENERL", "C0TDOCTOR", "C0TNETWRK"
BLOCK = {
    "dlpAction": "blockAccess", "verdictDetails": "allowFalsePositiveOverride", "policyTip": {"generalText": "Hidden."},
}  # fmt: skip


@dataclass
class Both:
    """Slack's sandbox and Microsoft's over one workspace, the app installed in both, and who asks the page."""

    served: Served
    teams: TeamsSandbox
    tenants: list[Tenant]
    bot: Bot
    http: aiohttp.ClientSession
    token: str

    @property
    def workspace(self) -> Workspace:
        return self.served.workspace

    @property
    def estate(self) -> Estate:
        return self.teams.estate

    def say(self, channel: str, text: str, **how: Any) -> str:
        return self.workspace.post(channel, NURSE, text, **how).ts

    def block(self, ts: str) -> None:
        hide(self.estate, self.teams.room().feed, self.workspace.message(GENERAL, ts), BLOCK)

    def whisper(self, card: Json, channel: str = GENERAL, **how: Any) -> str:
        cards = [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]
        body = {"text": "", "user": "U0CHAPER1", "bot_id": "B0CHAPER1", "teams": {"cards": cards}}
        return self.workspace.whisper(channel, NURSE, body, **how).ts

    async def page(self, path: str, given: Json | None = None, expect: int = 200) -> Any:
        method = "GET" if given is None else "POST"
        async with self.http.request(method, f"{self.served.base_url}/client/{path}", json=given) as response:
            assert response.status == expect, await response.text()
            return await response.json()

    async def shown(self, user: str, channel: str = GENERAL) -> list[Json]:
        return (await self.page(f"messages?as={user}&channel={channel}"))["messages"]  # type: ignore[no-any-return]

    async def slack(self, method: str, **given: str) -> Json:
        bearer = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.served.base_url}/api/{method}"
        async with self.http.post(url, data=given, headers=bearer) as response:
            return await response.json()  # type: ignore[no-any-return]


@asynccontextmanager
async def both_served(bot: Bot, folder: Path) -> AsyncIterator[Both]:
    workspace = plant()
    tenants = plant_teams(workspace)
    token = granted(workspace)["bot"]["access_token"]
    async with serve(workspace, bot_url=bot.url) as served, aiohttp.ClientSession() as http:
        async with seeded(served.sandbox, tenants, folder) as teams:
            teams.connect(bot.url)
            await install_everywhere(teams, tenants)
            await teams.settled()
            yield Both(served, teams, tenants, bot, http, token)
        await served.settled()


@pytest_asyncio.fixture
async def both(bot: Bot, tmp_path: Path) -> AsyncIterator[Both]:
    async with both_served(bot, tmp_path) as ready:
        yield ready


async def test_each_platform_is_told_of_and_finds_its_own_conversations_alone(both: Both) -> None:
    said = {both.say(channel, "Tea?"): channel for channel in (WARD, GENERAL, CHAT, TRANSFERS)}
    await both.served.settled()
    await both.teams.settled()
    kinds = {(said[d["ts"]], d["type"]) for d in both.workspace.deliveries if d["ts"] in said}
    assert kinds == {
        (WARD, "message"), (GENERAL, "activity.message"), (CHAT, "activity.message"), (TRANSFERS, "activity.message"),
    }  # fmt: skip
    tenants = {a["channelData"]["tenant"]["id"] for a in both.bot.of("message")}
    assert tenants == {tenant.id for tenant in both.tenants}
    listed = await both.slack("conversations.list", types="public_channel,private_channel,mpim,im")
    assert {c["name"] for c in listed["channels"]} == {
        "ward-7-team", "bed-meeting", "theatre-list", "social", "hospice-liaison"
    }  # fmt: skip
    for method in ("conversations.info", "conversations.history"):
        assert (await both.slack(method, channel=GENERAL))["error"] == "channel_not_found"
    assert [c.id for c in both.estate.channels] == [GENERAL, "C0THANDOV", CHAT]
    assert both.estate.places.team_name(GENERAL) == "Ward 7"
    app, opened = both.workspace.app.user, both.workspace.open_direct
    homes = (SLACK, *(tenant.id for tenant in both.tenants))
    assert len({opened([app, NURSE], home)[0].id for home in homes}) == 3
    assert all(opened([app, NURSE], home)[1] for home in homes)


async def test_the_page_is_told_which_platform_a_conversation_is_on_and_teams_has_no_commands(
    both: Both,
) -> None:
    state = await both.page(f"state?as={NURSE}")
    assert [(h["platform"], h.get("mode")) for h in state["homes"]] == [
        ("slack", None), ("teams", "tenant"), ("teams", "rsc")
    ]  # fmt: skip
    shown = {c["id"]: (c["platform"], c["team"]) for c in (*state["channels"], *state["dms"])}
    assert shown[WARD] == ("slack", "")
    assert shown[GENERAL] == ("teams", "Ward 7")
    assert shown[CHAT] == ("teams", "")
    assert shown[TRANSFERS] == ("teams", "Regional network")
    given = {"as": NURSE, "channel": GENERAL, "command": "/chaperone", "text": "help"}
    assert (await both.page("command", given, expect=400))["error"] == "not_available"


async def test_a_channel_of_teams_is_read_with_its_replies(both: Both) -> None:
    ts = both.say(GENERAL, "Tea?")
    both.say(GENERAL, "Yes", thread_ts=ts)
    both.whisper({"type": "AdaptiveCard", "fallbackText": "A note"}, thread_ts=ts)
    assert [m["text"] for m in await both.shown(NURSE)] == ["Tea?", "Yes", "A note"]
    assert [m["text"] for m in await both.shown(SISTER)] == ["Tea?", "Yes"]
    thread = await both.page(f"messages?as={NURSE}&channel={GENERAL}&thread={ts}")
    assert [m["text"] for m in thread["messages"]] == ["Tea?", "Yes", "A note"]


async def test_a_blocked_message_is_read_by_its_sender_who_can_report_a_mistake(both: Both) -> None:
    ts = both.say(GENERAL, "Mr Pike in bed 9")
    both.block(ts)
    (seen,), (own,) = await both.shown(SISTER), await both.shown(NURSE)
    assert (seen["text"], "blocked" in seen) == (BLOCKED, False)
    assert own["text"] == "Mr Pike in bed 9"
    assert own["blocked"] == {"tip": "Hidden.", "may_report": True}
    refused = await both.page("report", {"as": SISTER, "channel": GENERAL, "ts": ts}, expect=400)
    assert refused["error"] == "not_yours"
    await both.page("report", {"as": NURSE, "channel": GENERAL, "ts": ts})
    (own,), (seen,) = await both.shown(NURSE), await both.shown(SISTER)
    assert (own["blocked"]["may_report"], seen["text"]) == (False, BLOCKED)


async def test_a_press_on_a_card_goes_to_the_bot_and_its_refusal_to_the_page(both: Both) -> None:
    action = {"type": "Action.Execute", "verb": "ok", "title": "OK", "data": {"chaperone": {"value": "1"}}}
    ts = both.whisper({"type": "AdaptiveCard", "actions": [action]})
    press = {"as": NURSE, "channel": GENERAL, "message_ts": ts, "verb": "ok", "inputs": {"why": "tea"}}
    both.bot.answer = {"statusCode": 403, "value": {"code": "Forbidden", "message": "Not your card."}}
    assert (await both.page("press", press, expect=400))["message"] == "Not your card."
    (invoke,) = both.bot.of("invoke")
    assert invoke["value"]["action"]["data"] == {"chaperone": {"value": "1"}, "why": "tea"}
    both.bot.answer = {
        "statusCode": 200, "type": "application/vnd.microsoft.card.adaptive",
        "value": {"type": "AdaptiveCard", "fallbackText": "Noted"},
    }  # fmt: skip
    both.bot.statuses = [500]
    assert (await both.page("press", press, expect=400))["error"] == "app_error"
    await both.page("press", press)
    assert [m["text"] for m in await both.shown(NURSE)] == ["Noted"]
    await both.page("press", press, expect=404)  # the new card has no such button
