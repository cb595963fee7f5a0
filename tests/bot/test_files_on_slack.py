"""Files over Slack's own wire: redacted, quarantined, clean, uninspected; and what is shown of them."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from connectors.sandbox.files import StoredFile
from tests.bot.stage import NHS, NURSE, Scene, scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIST = f"Bed,Patient,NHS Number,Plan\n4,Margaret Okafor,{NHS},bloods\n5,Desmond Pike,999 813 6784,home\n".encode()


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="s")
async def _scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("files")) as ready:
        yield ready


async def posts(s: Scene, name: str, data: bytes, mimetype: str, text: str = "", **how: object) -> StoredFile:
    file = s.workspace.add_file(NURSE, name, data, mimetype)
    await s.says(NURSE, text, files=[file], **how)
    return file


def copy_of(s: Scene) -> StoredFile:
    """The file of the newest message."""
    (shown,) = s.latest().said["files"]
    return s.workspace.files[shown["id"]]


async def test_a_list_of_patients_comes_back_redacted(s: Scene) -> None:
    file = await posts(s, "list.csv", LIST, "text/csv", "Handover list")
    assert file.deleted_at is not None
    (incident,) = s.incidents(kind="file", place=file.id)
    assert (incident["outcome"], incident["state"]) == ("redacted", "hidden"), s.timeline(incident["id"])
    copy = copy_of(s)
    assert NHS not in copy.data.decode()
    assert "Okafor" not in copy.data.decode()
    assert "bloods" in copy.data.decode()
    assert copy.name == "list.csv"
    assert s.latest().said["text"] == f"From <@{NURSE}>, with patient identifiers hidden"
    assert s.timeline(incident["id"]) == [
        "posted", "detected", "inspected", "file_hidden", "verified", "file_copied", "warned"
    ]  # fmt: skip
    assert 0 < incident["exposure_ms"] < 60_000
    (note,) = s.notes(NURSE, incident["id"])
    assert "hidden in your file" in json.dumps(note.body)
