"""Files on Teams: fetched, taken away, looked after again, brought; pasted pictures with their message."""

import random
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from connectors.bounded import within
from connectors.interface import (
    Attachment,
    Channel,
    Message,
    MessagePosted,
    MessageRef,
    NotAuthorised,
    ReachFailed,
    Refused,
)
from connectors.sandbox.teams.sandbox import TENANT, TENANT_WIDE
from connectors.teams.attachments import pasted
from connectors.teams.bringing import Bringing
from tests.connectors.contract import found
from tests.connectors.teams.bench import NURSE, SISTER, SOCIAL, Bench, bench

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
TEXT = b"Mrs Sandringham, 943 476 5919"


@pytest.fixture
async def teams() -> AsyncIterator[Bench]:
    async with bench() as ready:
        yield ready


async def with_file(teams: Bench, place: str = SOCIAL, name: str = "list.txt") -> tuple[Message, Attachment]:
    teams.teams.people.say(place, NURSE, "<p>the list</p>", files=[(name, TEXT)])
    message = found(await teams.events())
    (file,) = message.attachments
    return message, file


async def test_a_channels_file_is_fetched_from_its_site(teams: Bench) -> None:
    message, file = await with_file(teams)
    assert (file.name, file.user) == ("list.txt", message.sender)
    assert await teams.platform.download(TENANT, file, 1000) == TEXT
    described = await teams.platform.file(TENANT, file.id)
    assert (described.id, described.name, described.size) == (file.id, "list.txt", len(TEXT))
    with pytest.raises(Refused) as refused:
        await teams.platform.download(TENANT, file, 5)
    assert refused.value.code == "too_large"


@pytest.mark.parametrize("quarantine", ["", "IG quarantine"])
@pytest.mark.parametrize("moves", [False, True])
async def test_a_file_taken_away_is_gone(quarantine: str, moves: bool) -> None:
    async with bench(quarantine=quarantine) as teams:
        teams.teams.faults.moves_across_drives = moves
        message, file = await with_file(teams)
        assert await teams.platform.gone(TENANT, file.id) is False
        await teams.platform.delete_file(message, file)
        assert await teams.platform.gone(TENANT, file.id) is True
        await teams.platform.delete_file(message, file)  # already gone: done
        stored = next(f for f in teams.workspace.files.values() if f.name == "list.txt")
        assert (stored.deleted_at is None) is (moves and bool(quarantine))


async def test_a_pasted_picture_is_fetched_and_goes_with_its_message(teams: Bench) -> None:
    teams.teams.people.say(SOCIAL, NURSE, "<p>this ECG</p>", images=[("ecg.png", PNG)])
    message = found(await teams.events())
    (picture,) = message.attachments
    assert await teams.platform.download(TENANT, picture, 1000) == PNG
    assert await teams.platform.gone(TENANT, picture.id) is False
    await teams.platform.delete_file(message, picture)
    assert await teams.platform.gone(TENANT, picture.id) is True
    now = await teams.platform.read(message.ref)
    assert now is not None
    assert now.hidden


async def test_a_masked_file_is_brought_into_the_thread(teams: Bench) -> None:
    message, _ = await with_file(teams)
    id = await teams.platform.upload(TENANT, "list.txt", b"[hidden]")
    assert await teams.platform.shared(message.ref, id) is False
    await teams.platform.share(message.ref, id, "list.txt", "With identifiers hidden")
    assert await teams.platform.shared(message.ref, id) is True
    assert await teams.platform.download(TENANT, Attachment(id, ""), 1000) == b"[hidden]"
    assert not [e for e in await teams.events() if "list" in repr(e)]
    await teams.platform.delete_file(message, Attachment(id, ""))
    assert await teams.platform.gone(TENANT, id) is True


async def test_a_chat_has_no_folder_to_bring_a_file_to(teams: Bench) -> None:
    chat, _ = teams.workspace.open_direct([NURSE, SISTER, "U0ADMIN01"])
    message, file = await with_file(teams, chat.id)
    assert await teams.platform.download(TENANT, file, 1000) == TEXT
    id = await teams.platform.upload(TENANT, "list.txt", b"[hidden]")
    with pytest.raises(Refused) as refused:
        await teams.platform.share(message.ref, id, "list.txt", "masked")
    assert refused.value.code == "no_folder"


async def test_what_is_no_file_of_ours_is_refused(teams: Bench) -> None:
    for id in ("", "x", "staged/never", "shared/u!aHR0cHM6Ly9ldmlsLmV4YW1wbGUvYQ"):
        with pytest.raises(Refused):
            await teams.platform.download(TENANT, Attachment(id, "", url="https://evil.example/a"), 1000)


# --- large ones ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["a session", "one request"])
async def test_a_large_file_is_brought_whole(by: str) -> None:
    """In pieces where the application may open a session; Graph takes up to 250 MB in one request as well."""
    large = random.randbytes(9 * 2**20 + 17)
    roles = TENANT_WIDE if by == "a session" else TENANT_WIDE - {"Sites.ReadWrite.All"}
    async with bench(roles=roles) as teams:
        message, _ = await with_file(teams)
        id = await teams.platform.upload(TENANT, "scan.pdf", large)
        await teams.platform.share(message.ref, id, "scan.pdf", "With identifiers hidden")
        assert bool(teams.teams.estate.uploads) is (by == "a session")
        assert await teams.platform.download(TENANT, Attachment(id, ""), 2**24) == large


async def test_a_file_at_hand_is_held_once_and_the_oldest_gives_way() -> None:
    platform: Any = None
    bringing = Bringing(platform, platform, platform, platform, "app", most=3 * 2**20)
    tracemalloc.start()
    files = [bytes(2**20) for _ in range(3)]
    before, _ = tracemalloc.get_traced_memory()
    ids = [bringing.upload(f"{n}.pdf", data) for n, data in enumerate(files)]
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert max(after, peak) - before < 2**16
    ids.append(bringing.upload("another.pdf", bytes(2)))
    where = MessageRef(Channel("teams", TENANT, "T/19:c@thread.tacv2"), "1", "1")
    with pytest.raises(Refused) as refused:
        await bringing.share(where, ids[0], "")
    assert refused.value.code == "not_staged"
    with pytest.raises(AttributeError):  # it is at hand, and goes on to ask Graph, which this test has not
        await bringing.share(where, ids[1], "")


async def test_a_download_is_held_once() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(128):
            yield bytes(2**16)

    tracemalloc.start()
    data = await within(chunks(), 2**24)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(data) == 2**23
    assert peak < 1.5 * 2**23
    with pytest.raises(Refused):
        await within(chunks(), 2**20)


# --- what a bot is given, and what it is only told of ----------------------------------------------------


async def in_rsc(teams: Bench, chat: str, **more: Any) -> Message:
    """The first message there, as it reaches a bot that is only installed."""
    teams.teams.people.say(chat, NURSE, "<p>see here</p>", **more)
    (posted,) = [e for e in await teams.events() if isinstance(e, MessagePosted)]
    return posted.message


@asynccontextmanager
async def rsc_chat(**more: Any) -> AsyncIterator[tuple[Bench, str]]:
    async with bench("rsc") as teams:
        chat, _ = teams.workspace.open_direct([NURSE, SISTER, "U0ADMIN01"])
        await teams.teams.install(chat.id, **more)
        await teams.events()
        yield teams, chat.id


async def test_of_a_chat_with_consent_the_rest_is_read_from_graph() -> None:
    async with rsc_chat() as (teams, chat):
        said = await in_rsc(teams, chat, images=[("ecg.png", PNG)], files=[("Sandringham.txt", TEXT)])
        assert said.partial
        whole = await teams.platform.read(said.ref)
        assert whole is not None
        assert not whole.partial
        file, picture = whole.attachments
        assert await teams.platform.download(TENANT, picture, 1000) == PNG
        assert [(p.text, p.surface) for p in file.parts] == [("Sandringham.txt", "file_name")]
        with pytest.raises(NotAuthorised):  # Files.Read.All is nothing that an installation can grant
            await teams.platform.download(TENANT, file, 1000)
        assert await teams.platform.gone(TENANT, file.id) is None
        for each in (file, picture):
            with pytest.raises(ReachFailed):
                await teams.platform.delete_file(whole, each)
        assert await teams.platform.gone(TENANT, picture.id) is False


async def test_without_consent_a_picture_is_fetched_as_the_bot_and_a_file_only_told_of() -> None:
    async with rsc_chat(rsc=frozenset()) as (teams, chat):
        bot = f"<at>{teams.workspace.app.user}</at>"
        teams.teams.people.say(
            chat, NURSE, f"<p>{bot} see</p>", images=[("a.png", PNG)], files=[("b.txt", TEXT)]
        )
        (posted,) = [e for e in await teams.events() if isinstance(e, MessagePosted)]
        with pytest.raises(NotAuthorised):
            await teams.platform.read(posted.message.ref)
        picture, file = posted.message.attachments
        assert await teams.platform.download(TENANT, picture, 1000) == PNG
        with pytest.raises(Refused) as refused:
            await teams.platform.download(TENANT, picture, 10)
        assert refused.value.code == "too_large"
        with pytest.raises(Refused) as refused:
            await teams.platform.download(TENANT, file, 1000)
        assert refused.value.code == "not_given"
        assert await teams.platform.gone(TENANT, picture.id) is None
        with pytest.raises(ReachFailed):
            await teams.platform.delete_file(posted.message, picture)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v3/attachments/1/views/original",
        "http://127.0.0.1:1/",
        "",
        "https://[",
        "file:///etc/passwd",
    ],
)
async def test_the_bots_token_goes_to_its_service_alone(teams: Bench, url: str) -> None:
    picture = Attachment("bot/1/2", "", url=url, mode="bot_picture")
    with pytest.raises(Refused) as refused:
        await teams.platform.download(TENANT, picture, 1000)
    assert refused.value.code == "not_given"


def test_the_words_in_place_of_a_picture_are_looked_at() -> None:
    where = MessageRef(Channel("teams", TENANT, "19:chat@thread.v2"), "17")
    source = '<img alt="Mr &amp; Mrs Okafor" src="https://graph.microsoft.com/v1.0/chats/c/messages/17/hostedContents/aWQ/$value">'
    (picture,) = pasted(source, where, "u")
    assert [(p.location, p.text, p.surface) for p in picture.parts] == [
        ("alt_txt", "Mr & Mrs Okafor", "file_name")
    ]
