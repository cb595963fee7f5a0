"""Over the wire: the inviter's answer, and what people decide in the console about who belongs."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.store import tables as t
from connectors.sandbox.messages import Message
from tests.bot.end_to_end.stage import IG, NURSE, OUTSIDER, SISTER, WARD, Scene, scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("inviters"), "warn_only") as ready:
        yield ready


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def admin(s: Scene) -> AsyncIterator[aiohttp.ClientSession]:
    async with s.console("admin") as http:
        yield http


def latest(s: Scene, user: str) -> Message:
    """The last that was told to somebody directly."""
    rooms = [r for r in s.workspace.channels.values() if r.kind == "im" and user in r.members]
    return [m for r in rooms for m in r.messages.values()][-1]


def form(s: Scene, user: str) -> dict[str, Any]:
    forms = s.stage.sandbox.interactivity.forms
    (view,) = forms.stack(user)
    return {"id": view, **forms.views[view]}


def stay(s: Scene, user: str) -> dict[str, Any]:
    m = t.membership.c
    query = select(t.membership).where(m.user == user, m.conversation == WARD, m.left_at.is_(None))
    return s.ask(lambda c: dict(c.execute(query).mappings().one()))  # type: ignore[no-any-return]


async def send(s: Scene, http: aiohttp.ClientSession, page: str, path: str = "", **data: str) -> str:
    """Send a form of a console page; the page that it leads to. Returns when the bot is done with it."""
    async with http.get(f"{s.stage.bot_url}{page}") as shown:
        csrf = (await shown.text()).partition('name="csrf" value="')[2].partition('"')[0]
    async with http.post(f"{s.stage.bot_url}{path or page}", data={"csrf": csrf, **data}) as answer:
        assert answer.status == 200, await answer.text()
        text = await answer.text()
    await s.settled()
    return text


async def test_from_the_note_to_the_reviewer(s: Scene) -> None:
    s.workspace.join(WARD, OUTSIDER, NURSE)
    await s.settled()
    await s.presses(SISTER, latest(s, SISTER), "ask_inviter")
    assert f"<@{OUTSIDER}> joined <#{WARD}> by your invitation" in s.told(NURSE)
    await s.presses(NURSE, latest(s, NURSE), "say_why")
    open_form = form(s, NURSE)
    assert [b["block_id"] for b in open_form["blocks"]] == ["need", "why"]
    values = {"need": {"value": "care"}, "why": {"value": "Joint visits with the hospice"}}
    assert await s.stage.sandbox.interactivity.submit(NURSE, open_form["id"], values) == {}
    await s.settled()
    for reader in (SISTER, IG):
        assert f"<@{NURSE}> says why <@{OUTSIDER}> needs <#{WARD}>: shared care of patients." in s.told(
            reader
        )
    assert "Joint visits" not in json.dumps([s.told(u) for u in (SISTER, IG, NURSE)])
    (incident,) = s.incidents(kind="membership", sender=OUTSIDER)
    async with s.console("reviewer") as http, http.get(f"{s.stage.bot_url}/events/{incident['id']}") as page:
        text = await page.text()
    said = " ".join(text[text.index("The inviter said why they are needed") :].split())
    assert re.match(r"[^<]*: shared care of patients \(“Joint visits with the hospice”\) <", said), said[:300]
    await s.presses(SISTER, latest(s, SISTER), "confirm_partner")
    assert "confirmed" in s.timeline(incident["id"])


async def test_a_partner_admitted_in_the_console_is_let_in_at_once_and_out_again(
    s: Scene, admin: aiohttp.ClientSession
) -> None:
    s.workspace.leave(WARD, OUTSIDER)
    await s.settled()
    s.workspace.join(WARD, OUTSIDER, NURSE)
    await s.settled()
    assert (stay(s, OUTSIDER)["standing"], stay(s, OUTSIDER)["belongs"]) == ("guest", False)
    where = urlencode({"platform": "slack", "tenant": s.workspace.team, "id": "*"})
    day = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    about = {"kind": "person", "key": OUTSIDER, "purpose": "Joint visits", "sponsor": "Amara", "where": where}
    page = "/membership/partners"
    assert "They are in the register" in await send(s, admin, page, **about, until=day)
    assert stay(s, OUTSIDER)["belongs"] is True
    assert stay(s, OUTSIDER)["admitted"].startswith("Partner: Joint visits, sponsored by Amara, until ")
    assert "The admission has ended" in await send(s, admin, page, f"{page}/1/end")
    assert (stay(s, OUTSIDER)["belongs"], stay(s, OUTSIDER)["confirmed_until"]) == (False, None)


async def test_reading_the_directories_now_looks_at_everyone_again(
    s: Scene, admin: aiohttp.ClientSession
) -> None:
    before = stay(s, NURSE)["checked_at"]
    assert "is reading the directories now" in await send(s, admin, "/membership/directories")
    assert stay(s, NURSE)["checked_at"] > before
