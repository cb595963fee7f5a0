"""Installing, and one person's leave: the state is signed, good once, soon over and one browser's."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from connectors.interface import Reach
from connectors.sandbox.tokens import Grants
from connectors.slack.oauth import State
from tests.connectors.slack.bench import ADMIN, NURSE, Bench, bench

TEAM = "T0CHAPER1"


@pytest.fixture
async def empty() -> AsyncIterator[Bench]:
    async with bench(Grants(discovery=True), installed=False) as slack:
        yield slack


async def consent(slack: Bench, path: str, user: str, browser: httpx.AsyncClient) -> str:
    """Goes to Slack's page and agrees; gives the address that Slack sends the browser back to."""
    start = await browser.get(slack.url + path)
    assert start.status_code == 302
    agreed = await browser.get(start.headers["location"], params=None, headers={})
    assert agreed.status_code in (200, 302)
    chosen = await browser.get(start.headers["location"] + f"&as={user}")
    return str(chosen.headers["location"])


async def test_an_admin_installs(empty: Bench) -> None:
    async with httpx.AsyncClient() as browser:
        done = await browser.get(await consent(empty, "/slack/install", ADMIN, browser))
    assert done.status_code == 200
    assert "installed" in done.text
    bot = empty.store.get("slack", TEAM, "bot")
    assert bot is not None
    assert (bot["bot_id"], bot["user_id"], bot["app_id"]) == ("B0CHAPER1", "U0CHAPER1", "A0CHAPER1")
    assert empty.store.get("slack", TEAM, "admin") is not None
    answers = {a.reach: a.available for a in await empty.platform.reaches(empty.channel, NURSE)}
    assert answers[Reach.ADMIN_REPLACE] is True
    assert answers[Reach.AUTHOR_EDIT] is False


async def test_somebody_lets_chaperone_edit_their_own_messages(slack: Bench) -> None:
    slack.platform.forget(TEAM, (NURSE,))
    answers = {a.reach: a.available for a in await slack.platform.reaches(slack.channel, NURSE)}
    assert answers[Reach.AUTHOR_EDIT] is False
    async with httpx.AsyncClient() as browser:
        done = await browser.get(await consent(slack, "/slack/connect", NURSE, browser))
    assert "your own messages" in done.text
    answers = {a.reach: a.available for a in await slack.platform.reaches(slack.channel, NURSE)}
    assert answers[Reach.AUTHOR_EDIT] is True
    bot = slack.store.get("slack", TEAM, "bot")
    assert bot is not None
    assert bot["bot_id"] == "B0CHAPER1"


async def test_only_the_bot_is_asked_for_when_so_wished(empty: Bench) -> None:
    async with httpx.AsyncClient() as browser:
        start = await browser.get(f"{empty.url}/slack/install?only=bot")
    asked = parse_qs(urlsplit(start.headers["location"]).query)
    assert "chat:write" in asked["scope"][0]
    assert "user_scope" not in asked


async def test_discovery_is_kept_apart(empty: Bench) -> None:
    async with httpx.AsyncClient() as browser:
        done = await browser.get(await consent(empty, "/slack/discovery", ADMIN, browser))
    assert "everybody" in done.text
    assert empty.store.get("slack", TEAM, "discovery") is not None
    assert empty.store.get("slack", TEAM, "user", ADMIN) is None


async def test_a_state_is_good_once(empty: Bench) -> None:
    async with httpx.AsyncClient() as browser:
        back = await consent(empty, "/slack/install", ADMIN, browser)
        cookies = dict(browser.cookies)
        assert (await browser.get(back)).status_code == 200
        browser.cookies.update(cookies)
        assert (await browser.get(back)).status_code == 400


async def test_another_browser_cannot_finish(empty: Bench) -> None:
    async with httpx.AsyncClient() as browser, httpx.AsyncClient() as other:
        back = await consent(empty, "/slack/install", ADMIN, browser)
        assert (await other.get(back)).status_code == 400
        await other.get(f"{empty.url}/slack/install")
        assert (await other.get(back)).status_code == 400
    assert empty.store.tokens == {}


@pytest.mark.parametrize("state", ["", ".", "x.y", "W10=.00", "é.é", "a" * 5000])
async def test_a_forged_state(empty: Bench, state: str) -> None:
    async with httpx.AsyncClient() as browser:
        await browser.get(f"{empty.url}/slack/install")
        back = await browser.get(f"{empty.url}/slack/oauth_redirect", params={"state": state, "code": "x"})
    assert back.status_code == 400


async def test_a_code_that_slack_does_not_know(empty: Bench) -> None:
    async with httpx.AsyncClient() as browser:
        back = await consent(empty, "/slack/install", ADMIN, browser)
        wrong = await browser.get(back.replace("code=", "code=x"))
    assert wrong.status_code == 400
    assert empty.store.tokens == {}


async def test_somebody_who_changes_their_mind(empty: Bench) -> None:
    async with httpx.AsyncClient() as browser:
        back = await consent(empty, "/slack/install", NURSE, browser)  # no admin: Slack refuses
        assert "error=access_denied" in back
        assert "Nothing was changed" in (await browser.get(back)).text
    assert empty.store.tokens == {}


def test_a_state_ends_and_is_spent_once() -> None:
    now = [1000.0]
    state = State(b"secret", lambda: now[0])
    issued, cookie = state.issue()
    now[0] += 601
    assert not state.spend(issued, cookie)
    issued, cookie = state.issue()
    assert not State(b"another", lambda: now[0]).spend(issued, cookie)
    assert not state.spend(issued, cookie + "x")
    assert state.spend(issued, cookie)
    assert not state.spend(issued, cookie)


async def test_the_cookie_is_for_this_purpose_only(empty: Bench) -> None:
    async with httpx.AsyncClient() as browser:
        cookie = (await browser.get(f"{empty.url}/slack/connect")).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/slack" in cookie
