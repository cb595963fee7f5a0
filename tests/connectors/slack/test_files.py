"""Files: only from Slack's hosts, never a sign-in page, never without end."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from connectors.interface import Attachment, Message, Note, ReachFailed, Refused, Unavailable
from connectors.sandbox.tokens import Grants
from connectors.slack.messages import pictures
from tests.connectors.contract import found
from tests.connectors.slack.bench import HOSPICE, NURSE, PARTNER, Bench, bench, served

DATA = b"Bed 3, 943 476 5919\n" * 100


async def shared(slack: Bench, data: bytes = DATA) -> tuple[Message, Attachment]:
    file = slack.workspace.add_file(slack.author, "handover.txt", data, "text/plain")
    await slack.say("", files=[file])
    message = found(await slack.events())
    return message, message.attachments[0]


async def test_a_file_is_fetched(slack: Bench) -> None:
    _, file = await shared(slack)
    assert await slack.platform.download(slack.workspace.team, file, 10_000) == DATA
    assert "handover" not in repr(file)


async def test_a_file_that_is_too_large_is_not(slack: Bench) -> None:
    _, file = await shared(slack)
    for claimed in (file, replace(file, size=0)):
        with pytest.raises(Refused) as raised:
            await slack.platform.download(slack.workspace.team, claimed, 100)
        assert raised.value.code == "too_large"


async def test_a_sign_in_page_is_no_file() -> None:
    async with bench(Grants()) as slack:
        bot = slack.workspace.tokens.live("bot", slack.workspace.app.user)
        assert bot
        slack.workspace.tokens.held[bot.value] = replace(bot, scopes=bot.scopes - {"files:read"})
        file = slack.workspace.add_file(NURSE, "a.txt", DATA, "text/plain")
        slack.workspace.post(slack.place, NURSE, "", files=[file])
        url = f"{slack.served.base_url}/files-pri/T-{file.id}/a.txt"
        with pytest.raises(Refused) as raised:
            await slack.platform.download(
                slack.workspace.team, Attachment(file.id, "a.txt", "text/plain", 5, url), 9999
            )
    assert raised.value.code == "not_a_file"
    assert "files:read" in str(raised.value)


async def test_slack_connect_files_are_looked_up(slack: Bench) -> None:
    slack.place, slack.author = HOSPICE, PARTNER
    _, file = await shared(slack)
    assert (file.mode, file.url) == ("file_access", "")
    assert (await slack.platform.file(slack.workspace.team, file.id)).name == "handover.txt"
    assert await slack.platform.download(slack.workspace.team, file, 10_000) == DATA


@pytest.mark.parametrize(
    "url", ["https://evil.example/x", "http://files.slack.com/x", "file:///etc/passwd", "http://127.0.0.1.evil.example/"]
)  # fmt: skip
async def test_the_token_goes_to_no_other_host(slack: Bench, url: str) -> None:
    with pytest.raises(Refused) as raised:
        await slack.platform.download(slack.workspace.team, Attachment("F1", "a", url=url), 100)
    assert raised.value.code == "not_a_file"


@pytest.fixture
async def odd_host() -> AsyncIterator[tuple[str, list[str]]]:
    """A host of ours that misbehaves; and what it was told by way of authorisation."""
    told: list[str] = []

    async def answer(request: Request) -> Response:
        told.append(request.headers.get("authorization", ""))
        match request.path_params["how"]:
            case "redirect":
                return RedirectResponse("/stolen")
            case "html":
                return HTMLResponse("<h1>Sign in</h1>")
            case "busy":
                return PlainTextResponse("later", 503)
        return PlainTextResponse("x" * 100_000)

    async with served(Starlette(routes=[Route("/{how}", answer)])) as port:
        yield f"http://127.0.0.1:{port}", told


@pytest.mark.parametrize(
    ("how", "code"), [("redirect", "not_a_file"), ("html", "not_a_file"), ("long", "too_large")]
)
async def test_what_is_no_file(slack: Bench, odd_host: tuple[str, list[str]], how: str, code: str) -> None:
    url, told = odd_host
    with pytest.raises(Refused) as raised:
        await slack.platform.download(slack.workspace.team, Attachment("F1", "a", url=f"{url}/{how}"), 5000)
    assert raised.value.code == code
    assert len(told) == 1


async def test_an_html_file_is_told_from_a_sign_in_page_by_its_size(
    slack: Bench, odd_host: tuple[str, list[str]]
) -> None:
    url, _ = odd_host
    page = Attachment("F1", "a.html", "text/html", len("<h1>Sign in</h1>"), f"{url}/html")
    assert await slack.platform.download(slack.workspace.team, page, 5000) == b"<h1>Sign in</h1>"
    with pytest.raises(Refused):
        await slack.platform.download(slack.workspace.team, replace(page, size=900), 5000)


async def test_a_host_that_is_busy_is_could_not_tell(slack: Bench, odd_host: tuple[str, list[str]]) -> None:
    with pytest.raises(Unavailable):
        await slack.platform.download(
            slack.workspace.team, Attachment("F1", "a", url=f"{odd_host[0]}/busy"), 5000
        )


@pytest.mark.parametrize(
    "grants",
    [Grants(False, False, True), Grants(True, False), Grants(False, True)],
    ids=["discovery", "author", "admin"],
)
async def test_a_file_is_deleted_apart_from_its_message(grants: Grants) -> None:
    async with bench(grants) as slack:
        message, file = await shared(slack)
        await slack.platform.delete_file(message, file)
        await slack.platform.delete_file(message, file)  # gone already: done
        with pytest.raises(Refused):
            await slack.platform.download(slack.workspace.team, file, 10_000)
        now = await slack.platform.read(message.ref)
        assert now is None or [a.mode for a in now.attachments] == ["tombstone"]


async def test_a_file_that_nobody_may_delete() -> None:
    async with bench(Grants(False, False)) as slack:
        message, file = await shared(slack)
        with pytest.raises(ReachFailed, match="cant_delete_file"):
            await slack.platform.delete_file(message, file)


async def test_the_redacted_file_is_posted_in_the_thread_and_is_no_news(slack: Bench) -> None:
    parent = await slack.say("first")
    reply = await slack.say("second", thread=parent.ts)
    await slack.events()
    team = slack.workspace.team
    id = await slack.platform.upload(team, "handover.png", b"Bed 3", "A list of beds")
    assert await slack.platform.shared(reply, id) is False
    await slack.platform.share(reply, id, "handover.png", "From <@U0NURSE01> & checked")
    assert await slack.platform.shared(reply, id) is True
    assert (slack.workspace.files[id].data, slack.workspace.files[id].alt) == (b"Bed 3", "A list of beds")
    posted = list(slack.workspace.channels[slack.place].messages.values())[-1].said
    assert (posted["thread_ts"], posted["text"]) == (parent.ts, "From <@U0NURSE01> &amp; checked")
    assert not [e for e in await slack.events() if type(e).__name__ == "MessagePosted"]
    assert await slack.platform.shares(team, id) == ()


async def test_where_a_file_is_shared_and_whether_it_is_gone(slack: Bench) -> None:
    message, file = await shared(slack)
    team = slack.workspace.team
    assert await slack.platform.shares(team, file.id) == (message.ref,)
    assert await slack.platform.gone(team, file.id) is False
    slack.workspace.tombstone_file(file.id, True)
    assert await slack.platform.gone(team, file.id) is True
    slack.workspace.tombstone_file(file.id, False)
    slack.workspace.delete_file(file.id, slack.author)
    assert await slack.platform.gone(team, file.id) is True


async def test_what_is_read_of_a_file_beside_its_contents(slack: Bench) -> None:
    _, file = await shared(slack, b"Bed 3")
    assert [(p.location, p.text) for p in file.parts] == [
        ("files/0/name", "handover.txt"), ("files/0/title", "handover.txt"), ("files/0/preview", "Bed 3")
    ]  # fmt: skip
    assert file.user == slack.author


async def test_everyone_is_told_in_the_thread_and_it_can_be_read_back(slack: Bench) -> None:
    parent = await slack.say("first")
    reply = await slack.say("second", thread=parent.ts)
    for ref in (parent, reply):
        assert not await slack.platform.said(ref, "k/1")
        said = await slack.platform.say(ref, Note("File hidden.", key="k/1"))
        assert said.thread == ref.thread
        assert await slack.platform.said(ref, "k/1")
        assert not await slack.platform.said(ref, "k/2")


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://slack-imgs.com/?url=x", True), ("http://slack-imgs.com/?url=x", False),
        ("https://slack-imgs.com.evil.example/", False), ("https://slack-imgs.com:8443/", False),
        ("http://169.254.169.254/latest/meta-data", False), ("https://u" + "@slack-imgs.com/", False),
        ("http://[", False),
    ],
)  # fmt: skip
async def test_of_linked_pages_only_slack_s_proxy_is_asked(slack: Bench, address: str, asked: bool) -> None:
    raw = {"ts": "1.0", "user": NURSE, "attachments": [{"image_url": address}, {"text": "no picture"}]}
    (picture,) = pictures(raw)
    assert picture.is_external is not asked
    assert picture.id.startswith("unfurl-")
    assert await slack.platform.gone(slack.workspace.team, picture.id) is None
    if not asked:
        with pytest.raises(Refused) as raised:
            await slack.platform.download(slack.workspace.team, replace(picture, is_external=False), 100)
        assert raised.value.code == "not_a_file"
