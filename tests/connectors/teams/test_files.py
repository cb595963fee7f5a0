"""Files on Teams: fetched, taken away, looked after again, brought; pasted pictures with their message."""

from collections.abc import AsyncIterator

import pytest

from connectors.interface import Attachment, Message, Refused
from connectors.sandbox.teams.sandbox import TENANT
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
