"""The pictures of the Lanarkshire replay: each that identifies somebody is caught, the others keep their text."""

import json
import zipfile
from typing import Any

import pytest

from detectors.files.interface import Outcome
from tests.conftest import SHARED
from tests.detectors.files.desk import look_into

FOLDER = SHARED / "eval" / "lanarkshire"
MEDIA: list[dict[str, Any]] = [
    m
    for m in json.loads((FOLDER / "truth.json").read_text())["media"]
    if m["kind"] in ("image", "screenshot")
]
_OF_TEXT = {"OTHER_ID"}  # an unreadable barcode is no text


@pytest.mark.parametrize("media", MEDIA, ids=lambda m: f"{m['id']}-{m['scene']}")
def test_every_picture_ends_as_it_should(media: dict[str, Any]) -> None:
    with zipfile.ZipFile(FOLDER / "WhatsApp Chat - Calder Community Team.zip") as export:
        result = look_into(export.read(media["file_ios"]), media["file_ios"])
    found = {found.kind for found in result.found}
    if media["label"] == "identifying":
        assert result.outcome in (Outcome.REDACTED, Outcome.QUARANTINED)
        assert found - _OF_TEXT
    else:
        assert not found - _OF_TEXT
