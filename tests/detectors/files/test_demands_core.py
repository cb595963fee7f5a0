"""The demands on the attachment path as a whole: outcomes, failures, types, bombs, confinement."""

import asyncio
import io
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.files.pool import Pool
from detectors.files.interface import File, Limits, Outcome
from tests.bot.files import probing, test_pool
from tests.conftest import SHARED
from tests.detectors.files import test_types
from tests.detectors.files.desk import look_into

FILES = SHARED / "eval" / "files"
JUNK = {
    "nothing": b"", "one byte": b"\0", "noise": bytes(range(256)) * 40, "half a PDF": b"%PDF-1.7\n1 0 obj\n<<",
    "half a ZIP": b"PK\x03\x04" + bytes(30), "half a PNG": b"\x89PNG\r\n\x1a\n" + bytes(20), "half an OLE": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "broken JSON": b'{"resourceType": "Patient", "name": [', "broken XML": b"<?xml version='1.0'?><a><b>", "broken RTF": b"{\\rtf1 {\\pict",
    "broken HL7": b"MSH|^~\\&", "a video's head": b"\0\0\0\x18ftypmp42" + bytes(40), "half a GIF": b"GIF89a\x10\x00\x10\x00\x80",
}  # fmt: skip


@pytest.mark.parametrize("data", JUNK.values(), ids=JUNK)
def test_demand_1_every_file_ends_in_exactly_one_outcome(data: bytes) -> None:
    result = look_into(data, "file.bin")
    assert result.outcome in (Outcome.CLEAN, Outcome.REDACTED, Outcome.QUARANTINED)
    assert result.reason or result.outcome is not Outcome.QUARANTINED
    assert (result.data is not None) == (result.outcome is Outcome.REDACTED)


@pytest.mark.parametrize("name", [n for n in JUNK if n not in ("nothing", "broken HL7")])
def test_demand_1_what_cannot_be_read_is_never_clean(name: str) -> None:
    assert look_into(JUNK[name], "file.bin").outcome is Outcome.QUARANTINED


@pytest.mark.parametrize("what", ["crash", "leave", "hang", "fill 20000"])
async def test_demand_2_a_crash_a_hang_or_lack_of_memory_quarantines_that_file(what: str) -> None:
    pool = Pool(1, Limits(seconds=1.0), command=test_pool.COMMAND)
    await pool.confined()
    broken = await test_pool.probe(pool, what)
    assert (broken.outcome, bool(broken.reason)) == (Outcome.QUARANTINED, True)
    assert (await test_pool.probe(pool, "pid")).outcome is Outcome.CLEAN
    await pool.close()


def test_demand_2_a_missing_decoder_quarantines() -> None:
    """JPEG 2000 and SQLite: told, but there is no family that reads them."""
    for data in (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(200), b"SQLite format 3\0" + bytes(200)):
        result = look_into(data, "x")
        assert (result.outcome, result.reason) == (Outcome.QUARANTINED, "Files of this type cannot be read.")


@pytest.mark.parametrize("make", test_types.POLYGLOTS.values(), ids=test_types.POLYGLOTS)
def test_demand_3_polyglots_are_quarantined(make: Callable[[], bytes]) -> None:
    assert look_into(make(), "x").outcome is Outcome.QUARANTINED


def test_demand_3_the_type_comes_from_the_contents() -> None:
    assert look_into(test_types.picture("PNG"), "scan.pdf", declared="application/pdf").type == "image/png"
    assert look_into(test_types.program(), "scan.pdf").outcome is Outcome.QUARANTINED


def bomb(side: int) -> bytes:
    """A greyscale PNG of one bit a pixel, all black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    pack, rows = zlib.compressobj(9), bytes(1 + side // 8)
    packed = b"".join(pack.compress(rows) for _ in range(side)) + pack.flush()
    header = chunk(b"IHDR", struct.pack(">LLBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


MEASURE = """
import resource, sys, time
from pathlib import Path
import detectors.files.catalogue
from detectors.files.inspect import inspect
from detectors.files.interface import File
file = File("x.png", Path(sys.argv[1]).read_bytes())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.process_time()
result = inspect(file, lambda passages: [[] for _ in passages])
print(result.outcome, time.process_time() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def test_demand_12_a_bomb_of_900_megapixels_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(30_000))
    assert path.stat().st_size < 200_000
    said = subprocess.run([sys.executable, "-c", MEASURE, path], capture_output=True, check=True, text=True)
    outcome, seconds, megabytes = said.stdout.split()
    assert outcome == "quarantined"
    assert float(seconds) < 1.0
    assert float(megabytes) < 300


def test_demand_22_a_file_that_contains_itself_stops() -> None:
    """Archives of every shape: tests/detectors/files/test_demands_archives.py."""
    data, name = b"Obs stable.", "note.txt"
    for level in range(12):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, data)
        data, name = out.getvalue(), f"{level}.zip"
    result = look_into(data, "deep.zip")
    assert result.outcome is Outcome.QUARANTINED
    assert "deep" in result.reason


async def test_demand_24_parsers_have_no_network_and_killing_one_affects_no_other_file() -> None:
    """In detail: tests/bot/files/test_pool.py."""
    pool = Pool(2, Limits(seconds=5.0), command=(sys.executable, probing.__file__))
    assert (await pool.confined()).network or sys.platform != "linux"
    killed, other = await asyncio.gather(
        test_pool.probe(pool, "leave"), test_pool.probe(pool, "socket AF_INET")
    )
    assert killed.outcome is Outcome.QUARANTINED
    assert other.reason in ("PermissionError", "OSError")
    await pool.close()


async def test_demand_24_the_real_parsers_work_where_they_are_confined() -> None:
    """OCR, PDF and Office load and read within the caps, without the rest of the file system."""
    pool = Pool(1)
    outcomes = {}
    for name in ("img_ocr.png", "pdf_image_only.pdf", "docx_image_middle.docx", "sr.dcm"):
        file = File(name, (FILES / name).read_bytes())
        outcomes[name] = (await pool.inspect(file, test_pool.nothing)).outcome
    await pool.close()
    assert outcomes == {
        "img_ocr.png": Outcome.CLEAN, "pdf_image_only.pdf": Outcome.CLEAN, "docx_image_middle.docx": Outcome.CLEAN,
        "sr.dcm": Outcome.QUARANTINED,
    }  # fmt: skip
