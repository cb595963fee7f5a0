"""Archives: members are inspected and packed anew; whatever is not plain is quarantined."""

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile

import pytest

from detectors.files.interface import Found, Outcome
from detectors.interface import Kind
from tests.detectors.files.desk import look_into
from tests.detectors.files.packing import (
    LETTER,
    NOTE,
    seven_zipped,
    tarred,
    un_seven_zipped,
    untarred,
    unzipped,
    zipped,
)

FORMATS = {
    "zip": (zipped, unzipped),
    "tar": (tarred, untarred),
    "7z": (seven_zipped, un_seven_zipped),
}
STREAMS = {
    "gz": (gzip.compress, gzip.decompress),
    "bz2": (bz2.compress, bz2.decompress),
    "xz": (lzma.compress, lzma.decompress),
}


@pytest.mark.parametrize("form", FORMATS)
def test_an_archive_without_identifiers_is_clean(form: str) -> None:
    pack, _ = FORMATS[form]
    assert look_into(pack({"rota/note.txt": NOTE, "empty.txt": b""}), f"x.{form}").outcome is Outcome.CLEAN


@pytest.mark.parametrize("form", FORMATS)
def test_a_member_comes_back_redacted_and_the_others_unchanged(form: str) -> None:
    pack, unpack = FORMATS[form]
    result = look_into(pack({"a/letter.txt": LETTER, "b/note.txt": NOTE}), f"x.{form}")
    assert result.outcome is Outcome.REDACTED
    members = unpack(result.data)
    assert list(members) == ["a/letter.txt", "b/note.txt"]
    assert members["b/note.txt"] == NOTE
    assert members["a/letter.txt"].endswith(b"Plan: apixaban 5 mg.\n")
    assert b"Whitlock" not in members["a/letter.txt"]
    assert b"0018" not in members["a/letter.txt"]
    assert Found(Kind.NHS_NUMBER, "file 1: line 1") in result.found


@pytest.mark.parametrize("form", FORMATS)
def test_names_of_members_are_masked_and_keep_their_endings(form: str) -> None:
    pack, unpack = FORMATS[form]
    names = {
        "Margaret_Whitlock_9990000018.txt": NOTE,
        "scan of Margaret_Whitlock_9990000018.txt": NOTE + b"2",
    }
    result = look_into(pack(names), f"x.{form}")
    assert result.outcome is Outcome.REDACTED
    members = unpack(result.data)
    assert len(members) == 2
    assert all(name.endswith(".txt") for name in members)
    assert "9990000018" not in "".join(members)
    assert Found(Kind.FILENAME_ID, "names in the archive") in result.found
    assert "9990000018" not in result.reason


@pytest.mark.parametrize("form", STREAMS)
def test_a_single_compressed_file(form: str) -> None:
    pack, unpack = STREAMS[form]
    assert look_into(pack(NOTE), f"note.txt.{form}").outcome is Outcome.CLEAN
    result = look_into(pack(LETTER), f"letter.txt.{form}")
    assert result.outcome is Outcome.REDACTED
    assert b"Whitlock" not in unpack(result.data or b"")
    assert b"apixaban" in unpack(result.data or b"")


@pytest.mark.parametrize("form", STREAMS)
def test_a_compressed_tar_is_a_tar_in_a_compressed_file(form: str) -> None:
    pack, unpack = STREAMS[form]
    result = look_into(pack(tarred({"letter.txt": LETTER})), f"letters.tar.{form}")
    assert result.outcome is Outcome.REDACTED
    assert b"Whitlock" not in untarred(unpack(result.data or b""))["letter.txt"]


@pytest.mark.parametrize("form", STREAMS)
@pytest.mark.parametrize(
    "damage", [lambda d: d[:-5], lambda d: d + b"Margaret Whitlock"], ids=["cut", "followed"]
)
def test_a_damaged_compressed_file_is_quarantined(form: str, damage) -> None:
    assert look_into(damage(STREAMS[form][0](NOTE)), f"x.txt.{form}").outcome is Outcome.QUARANTINED


def test_the_name_inside_a_gzip_file_is_read_and_left_out() -> None:
    out = io.BytesIO()
    with gzip.GzipFile("Margaret_Whitlock_9990000018.txt", "wb", fileobj=out) as packed:
        packed.write(NOTE)
    result = look_into(out.getvalue(), "x.gz")
    assert result.outcome is Outcome.REDACTED
    assert b"Whitlock" not in (result.data or b"")
    assert gzip.decompress(result.data or b"") == NOTE


def test_comments_and_hidden_fields_of_a_zip_are_read_and_dropped() -> None:
    result = look_into(
        zipped({"note.txt": NOTE}, comment=b"For Margaret Whitlock, NHS 999 000 0018"), "x.zip"
    )
    assert result.outcome is Outcome.REDACTED
    assert b"Whitlock" not in (result.data or b"")

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("note.txt")
        entry.extra = struct.pack("<2H", 0x7777, 17) + b"Margaret Whitlock"
        archive.writestr(entry, NOTE)
    hidden = look_into(out.getvalue(), "x.zip")
    assert hidden.outcome is Outcome.REDACTED
    assert b"Whitlock" not in (hidden.data or b"")
    assert unzipped(hidden.data) == {"note.txt": NOTE}
    assert "packed anew" in hidden.reason


def test_an_owner_named_in_a_tar_is_read_and_dropped() -> None:
    result = look_into(tarred({"note.txt": NOTE}, uname="NHS 999 000 0018"), "x.tar")
    assert result.outcome is Outcome.REDACTED
    assert b"0018" not in (result.data or b"")


def test_bytes_after_a_tar_members_end_are_dropped() -> None:
    data = bytearray(tarred({"note.txt": NOTE}))
    data[512 + len(NOTE) : 512 + len(NOTE) + 8] = b"Whitlock"
    result = look_into(bytes(data), "x.tar")
    assert result.outcome is Outcome.REDACTED
    assert b"Whitlock" not in (result.data or b"")


def test_a_member_that_cannot_be_read_is_taken_out_and_the_rest_comes_back() -> None:
    result = look_into(zipped({"note.txt": NOTE, "thing.bin": random.Random(1).randbytes(500)}), "x.zip")
    assert result.outcome is Outcome.REDACTED
    assert list(unzipped(result.data)) == ["note.txt"]
    assert result.reason.startswith("1 of the 2 files in it was taken out. File 2: ")


def test_an_archive_of_which_nothing_can_be_read_is_quarantined() -> None:
    result = look_into(zipped({"thing.bin": random.Random(1).randbytes(500)}), "x.zip")
    assert result.outcome is Outcome.QUARANTINED
    assert result.reason.startswith("File 1: ")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/note.txt",
        "/etc/note.txt",
        "C:/note.txt",
        "a\\..\\note.txt",
        "a/../note.txt",
        "no\x07te.txt",
    ],
)
@pytest.mark.parametrize("form", ["zip", "tar"])
def test_a_name_that_leads_elsewhere_quarantines(form: str, name: str) -> None:
    result = look_into(FORMATS[form][0]({name: NOTE}), f"x.{form}")
    assert result.outcome is Outcome.QUARANTINED
    assert name not in result.reason


def test_links_and_devices_quarantine() -> None:
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            entry = tarfile.TarInfo("note.txt")
            entry.type, entry.linkname = kind, "elsewhere.txt"
            archive.addfile(entry)
        assert look_into(out.getvalue(), "x.tar").outcome is Outcome.QUARANTINED
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("note.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "elsewhere.txt")
    assert "link" in look_into(out.getvalue(), "x.zip").reason


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_with_one_name_quarantine() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("note.txt", NOTE)
        archive.writestr("note.txt", LETTER)
    assert "two files under one name" in look_into(out.getvalue(), "x.zip").reason
    assert look_into(tarred({"Note.txt": NOTE, "note.TXT": LETTER}), "x.tar").outcome is Outcome.QUARANTINED


def test_bytes_before_between_or_after_the_members_of_a_zip_quarantine() -> None:
    data = zipped({"a.txt": NOTE, "b.txt": NOTE + b"2"})
    second = data.index(b"PK\x03\x04", 4)
    hidden = b"Margaret Whitlock"
    for changed in (hidden + data, data + hidden, data[:second] + hidden + data[second:]):
        assert look_into(changed, "x.zip").outcome is Outcome.QUARANTINED


def test_a_member_that_only_its_own_header_names_quarantines() -> None:
    """The directory lists one member; a program that reads from the start finds two."""
    hidden, shown = zipped({"letter.txt": LETTER}), zipped({"note.txt": NOTE})
    first = hidden[: hidden.index(b"PK\x01\x02")]
    directory = shown.index(b"PK\x01\x02")
    both = bytearray(first + shown)
    struct.pack_into("<L", both, len(first) + directory + 42, len(first))
    struct.pack_into("<L", both, len(both) - 6, len(first) + directory)
    with zipfile.ZipFile(io.BytesIO(bytes(both))) as archive:
        assert archive.namelist() == ["note.txt"]
    assert look_into(bytes(both), "x.zip").outcome is Outcome.QUARANTINED


@pytest.mark.parametrize(("at", "by"), [(30, b"x"), (8, b"\0\0")], ids=["name", "method"])
def test_a_header_that_contradicts_the_directory_quarantines(at: int, by: bytes) -> None:
    data = bytearray(zipped({"note.txt": NOTE}))
    data[at : at + len(by)] = by
    assert look_into(bytes(data), "x.zip").outcome is Outcome.QUARANTINED


def test_a_zip_written_as_a_stream_is_read() -> None:
    """Sizes then stand behind each member instead of before it."""

    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self.parts: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.parts.append(bytes(data))
            return len(data)

    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", NOTE)
        archive.writestr("b.txt", NOTE + b"2")
    assert look_into(b"".join(out.parts), "x.zip").outcome is Outcome.CLEAN


def test_names_in_utf_8_without_a_mark_are_read_as_people_read_them() -> None:
    data = zipped({"Siobhán ward note.txt": NOTE})
    unmarked = bytearray(data)
    for at in (6, data.index(b"PK\x01\x02") + 8):
        unmarked[at : at + 2] = b"\0\0"
    assert look_into(bytes(unmarked), "x.zip").outcome is look_into(data, "x.zip").outcome


def test_a_7z_with_something_behind_it_quarantines() -> None:
    assert (
        look_into(seven_zipped({"note.txt": NOTE}) + b"Margaret Whitlock", "x.7z").outcome
        is Outcome.QUARANTINED
    )


@pytest.mark.parametrize("form", FORMATS)
def test_a_damaged_archive_is_quarantined(form: str) -> None:
    data = FORMATS[form][0]({"note.txt": NOTE, "noise.bin": random.Random(2).randbytes(20_000)})
    for cut in (len(data) // 3, len(data) // 2, 2 * len(data) // 3):
        assert look_into(data[:cut], f"x.{form}").outcome is Outcome.QUARANTINED, cut
