"""Demands 22, 23 and 25, each with what it must show."""

import bz2
import gzip
import struct
import time
import zlib

import pytest

from detectors.files.interface import Limits, Outcome
from tests.conftest import SHARED
from tests.detectors.files.desk import look_at, look_into
from tests.detectors.files.packing import (
    LETTER,
    NOTE,
    message,
    seven_zipped,
    tarred,
    zipped,
)
from tests.detectors.files.quine import quine

PASSWORD = "protected by a password, so nobody could look inside"
MANY = dict.fromkeys((f"{n}.txt" for n in range(40)), NOTE)


# 22: limits; what contains itself stops in less than 2 s


@pytest.mark.parametrize("pack", [zipped, tarred, seven_zipped], ids=["zip", "tar", "7z"])
def test_22_too_many_members(pack) -> None:
    result = look_into(pack(MANY), "x", files=30)
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)


@pytest.mark.parametrize("pack", [zipped, tarred, seven_zipped], ids=["zip", "tar", "7z"])
def test_22_too_many_unpacked_bytes(pack) -> None:
    result = look_into(
        pack({"a.txt": NOTE * 5000, "b.txt": NOTE * 5001}), "x", unpacked=300_000, ratio=10_000
    )
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)


BOMB = bytes(30 * 2**20)


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: zipped({"a.txt": BOMB}), id="zip"),
        pytest.param(lambda: seven_zipped({"a.txt": BOMB}), id="7z"),
        pytest.param(lambda: gzip.compress(BOMB), id="gz"),
        pytest.param(lambda: bz2.compress(BOMB), id="bz2"),
    ],
)
def test_22_what_grows_far_too_much(bomb) -> None:
    data = bomb()
    began = time.monotonic()
    result = look_into(data, "x")
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)
    assert time.monotonic() - began < 2


def test_22_a_zip_that_lies_about_its_sizes() -> None:
    """Both headers say that 30 MB are 100 bytes."""
    data = bytearray(zipped({"a.txt": BOMB}))
    for at in (22, data.index(b"PK\x01\x02") + 24):
        struct.pack_into("<L", data, at, 100)
    assert look_into(bytes(data), "x.zip").outcome is Outcome.QUARANTINED


def test_22_members_that_share_their_bytes() -> None:
    """Every member's bytes begin with the next member's header and end where all others end, so that 1 kB
    of deflated zeros is unpacked once for each of them."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = kernel.compress(bytes(2**20)) + kernel.flush()
    names = [f"{n:02}" for n in range(50)]
    headers = [
        struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, zlib.crc32(bytes(2**20)), len(packed), 2**20, 2, 0
        )
        + n.encode()
        for n in names
    ]
    body = b"".join(headers) + packed
    directory = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, zlib.crc32(bytes(2**20)), len(packed), 2**20,
                    2, 0, 0, 0, 0, 0, 32 * n) + name.encode()
        for n, name in enumerate(names)
    )  # fmt: skip
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(directory), len(body), 0)
    assert look_into(body + directory + end, "x.zip", ratio=100_000).outcome is Outcome.QUARANTINED


def test_22_too_deep() -> None:
    data = LETTER
    for _ in range(Limits().depth + 2):
        data = zipped({"inner.zip": data})
    result = look_into(data, "x.zip")
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)
    assert "deep" in result.reason


def test_22_archives_of_archives_of_archives() -> None:
    """Ten in each of ten of a large file of zeros: as in 42.zip, but no two alike."""

    zeros = bytes(2**20)

    def nested(level: int, path: bytes) -> bytes:
        if level == 0:
            return path + zeros
        return zipped(
            {f"{n}": nested(level - 1, path + bytes([65 + n])) for n in range(10 if level > 1 else 1)}
        )

    data = nested(3, b"")
    began = time.monotonic()
    result = look_into(data, "x.zip")
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)
    assert time.monotonic() - began < 2


def test_22_what_contains_itself_stops() -> None:
    itself = quine()
    assert gzip.decompress(itself) == itself
    for data in (itself, zipped({"r.gz": itself}), gzip.compress(tarred({"r.gz": itself}))):
        began = time.monotonic()
        result = look_into(data, "r")
        assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)
        assert "contains itself" in result.reason
        assert time.monotonic() - began < 2


# 23: password-protected content at any depth


def locked_zip() -> bytes:
    """A zip whose member is marked as encrypted, which is all that can be known without the password."""
    data = bytearray(zipped({"letter.txt": LETTER}))
    for at in (6, data.index(b"PK\x01\x02") + 8):
        data[at] |= 1
    return bytes(data)


def in_mail(data: bytes) -> bytes:
    mail = message("See the file.")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename="letters.zip")
    return mail.as_bytes()


LOCKED = {
    "zip": locked_zip,
    "7z": lambda: seven_zipped({"letter.txt": LETTER}, password="over the hills"),
    "7z with hidden names": lambda: seven_zipped(
        {"letter.txt": LETTER}, password="over the hills", hide_names=True
    ),
    "xlsx": lambda: (SHARED / "eval/files/xlsx_encrypted.xlsx").read_bytes(),
    "pdf": lambda: (SHARED / "eval/files/pdf_password_spaces.pdf").read_bytes(),
}
WRAPPED = {
    "alone": lambda data: (data, "x"),
    "in a zip": lambda data: (zipped({"note.txt": NOTE, "x": data}), "x.zip"),
    "in a tar.gz": lambda data: (gzip.compress(tarred({"x": data})), "x.tar.gz"),
    "in a 7z": lambda data: (seven_zipped({"x": data}), "x.7z"),
    "in an e-mail": lambda data: (in_mail(data), "x.eml"),
    "in a zip in an e-mail in a zip": lambda data: (
        zipped({"mail.eml": in_mail(zipped({"x": data}))}),
        "x.zip",
    ),
}


@pytest.mark.parametrize("wrap", WRAPPED)
@pytest.mark.parametrize("kind", LOCKED)
def test_23_password_protected_content_at_any_depth(kind: str, wrap: str) -> None:
    result = look_into(*WRAPPED[wrap](LOCKED[kind]()))
    assert (result.outcome, result.stops) == (Outcome.QUARANTINED, True)
    assert PASSWORD in result.reason


def test_23_what_was_found_beside_it_is_told_all_the_same() -> None:
    result = look_into(zipped({"letter.txt": LETTER, "locked.zip": locked_zip()}), "x.zip")
    assert result.outcome is Outcome.QUARANTINED
    assert {found.where for found in result.found} == {"file 1: line 1"}


# 25: names of files within files; what is spoken and shown is in test_voice.py and test_video.py


@pytest.mark.parametrize("pack", [zipped, tarred, seven_zipped], ids=["zip", "tar", "7z"])
def test_25_names_of_members_are_inspected(pack) -> None:
    assert look_into(pack({"MRN 44718820 Whitlock.txt": NOTE}), "x").outcome is Outcome.REDACTED


def test_25_names_of_attachments_are_inspected() -> None:
    result = look_into(message("See the file.", Margaret_Whitlock_9990000018=NOTE).as_bytes(), "x.eml")
    assert result.outcome is Outcome.REDACTED
    assert b"Whitlock" not in (result.data or b"")


# the development files


@pytest.mark.parametrize("name", ["zip_documents.zip", "7z_documents.7z"])
def test_an_archive_of_many_types(name: str) -> None:
    """What is old or odd is taken out by name of its place; the rest comes back."""
    result = look_at(SHARED / "eval/files" / name)
    assert result.outcome is Outcome.REDACTED
    assert "of the 9 files in it were taken out" in result.reason


def test_an_archive_in_an_archive() -> None:
    result = look_at(SHARED / "eval/files/zip_in_zip.zip")
    assert result.outcome in (Outcome.CLEAN, Outcome.REDACTED)


def test_an_e_mail_with_a_picture() -> None:
    result = look_at(SHARED / "eval/files/eml_inline_image.eml")
    assert result.outcome is Outcome.REDACTED
    assert b"@test.com" not in (result.data or b"").lower()


def test_an_outlook_item_comes_back_as_an_e_mail() -> None:
    result = look_at(SHARED / "eval/files/msg_plain.msg")
    assert (result.outcome, result.suffix) == (Outcome.REDACTED, ".eml")
    assert b"test.sender@example.com" not in (result.data or b"").lower()
    assert b"This is the body of the test email message" in (result.data or b"")
