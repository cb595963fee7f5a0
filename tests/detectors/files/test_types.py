"""What a file is, told from real files of each kind; and files that are two things at once."""

import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image

from detectors.files.interface import Protected, Unreadable
from detectors.files.polyglots import end_of
from detectors.files.types import UNKNOWN, tell
from tests.conftest import SHARED

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
FILES = SHARED / "eval" / "files"

PICTURES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "WEBP": "image/webp",
}


def picture(format: str, **how: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).convert("RGB").save(out, format, **how)
    return out.getvalue()


def pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out)
    return out.getvalue()


def zipped(*members: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return out.getvalue()


def office(*parts: str) -> bytes:
    types = "".join(f'<Override PartName="/x" ContentType="{part}.main+xml"/>' for part in parts)
    return zipped(("[Content_Types].xml", f"<Types>{types}</Types>"), ("a.xml", "<a/>"))


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("empty.txt"))
    return out.getvalue()


def program() -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0" + bytes(200)


@pytest.mark.parametrize(("format", "type"), PICTURES.items())
def test_pictures(format: str, type: str) -> None:
    assert tell(picture(format), "x").type == type


BINARY: dict[str, tuple[Callable[[], bytes], str]] = {
    "pdf": (pdf, "application/pdf"),
    "zip": (lambda: zipped(("a.txt", "a")), "application/zip"),
    "word": (lambda: office(WORD), WORD),
    "sheet": (lambda: office(SHEET), SHEET),
    "slides": (lambda: office(SLIDES), SLIDES),
    "macros": (
        lambda: office("application/vnd.ms-word.document.macroEnabled"), "application/vnd.ms-word.document.macroenabled.12"
    ),
    "odt": (lambda: zipped(("mimetype", ODT), ("content.xml", "<a/>")), ODT),
    "gzip": (lambda: gzip.compress(b"text"), "application/gzip"),
    "tar": (tarred, "application/x-tar"),
    "dicom": (lambda: bytes(128) + b"DICM" + bytes(40), "application/dicom"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "type"), BINARY.values(), ids=BINARY)
def test_documents_and_archives(make: Callable[[], bytes], type: str) -> None:
    told = tell(make(), "x.bin", "application/octet-stream")
    assert (told.type, told.agreed) == (type, True)


@pytest.mark.parametrize(
    ("text", "name", "type"),
    [
        ("Obs stable overnight.", "note.txt", "text/plain"),
        ("Obs stable overnight.", "note", "text/plain"),
        ("[06/04/2020, 09:12] Ann: morning", "_chat.txt", "text/plain"),
        ("BMI 32.5, MZ twins, %PDF is a format", "note.txt", "text/plain"),
        ("a,b\n1,2\n", "list.csv", "text/csv"),
        ("name,dob,ward\nA,1,2\nB,3,4\n", "list", "text/csv"),
        ("name\tdob\nA\t1\nB\t2\n", "list.txt", "text/tab-separated-values"),
        ("# Ward round", "list.md", "text/markdown"),
        ("MSH|^~\\&|PAS|RAE\rPID|1", "x", "application/hl7-v2"),
        ("\x0bMSH|^~\\&|PAS|RAE\rPID|1\x1c\r", "x.txt", "application/hl7-v2"),
        ('{"resourceType": "Patient"}', "x.json", "application/fhir+json"),
        ('{"ward": 7}', "x", "application/json"),
        ('<Patient xmlns="http://hl7.org/fhir"/>', "x.xml", "application/fhir+xml"),
        ('<?xml version="1.0"?><!-- c --><ClinicalDocument xmlns="urn:hl7-org:v3"/>', "x", "application/cda+xml"),
        ('<?xml version="1.0"?><a/>', "x", "application/xml"),
        ("<!DOCTYPE html><html><body>a</body></html>", "x", "text/html"),
        ("plain words", "page.html", "text/html"),
        ("{\\rtf1 a}", "x.doc", "application/rtf"),
        ("From: a@example.com\nTo: b@example.com\nMessage-ID: <1@example.com>\n\nHello", "x", "message/rfc822"),
        ("From: Ward 7\nTo: Ward 8\n\nBed 4 is free.", "x.txt", "text/plain"),
    ],
)  # fmt: skip
def test_texts(text: str, name: str, type: str) -> None:
    assert tell(text.encode(), name).type == type


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_texts_in_every_encoding(encoding: str) -> None:
    assert tell("Siobhán O’Neill, bed 4: stable – home tomorrow".encode(encoding), "x").type == "text/plain"


def test_a_character_that_is_cut_off_by_the_sample_is_forgiven() -> None:
    assert tell(b"a" * 65_535 + "é".encode() * 40, "x").type == "text/plain"


def test_the_contents_outweigh_the_name() -> None:
    assert tell(picture("PNG"), "scan.pdf", "application/pdf").type == "image/png"
    assert tell(pdf(), "photo.jpg", "image/jpeg").type == "application/pdf"
    assert tell(b"plain", "photo.jpg", "image/jpeg").type == "text/plain"


@pytest.mark.parametrize("name", ["x", "report.pdf", "scan.png"])
def test_a_program_is_refused_under_any_name(name: str) -> None:
    with pytest.raises(Unreadable, match="program"):
        tell(program(), name)
    with pytest.raises(Unreadable, match="program"):
        tell(b"\x7fELF\x02\x01\x01" + bytes(60), name)


def test_what_nobody_knows_is_unknown() -> None:
    told = tell(bytes(range(256)) * 8, "x")
    assert (told.type, told.agreed) == (UNKNOWN, False)


def test_a_damaged_container_is_still_a_container() -> None:
    data = bytearray(office(WORD))
    data[50:60] = b"\xff" * 10
    assert tell(bytes(data), "x").type == "application/zip"
    assert tell(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "x").type == "application/x-ole-storage"


def test_encrypted_office_is_protected() -> None:
    with pytest.raises(Protected):
        tell((FILES / "xlsx_encrypted.xlsx").read_bytes(), "x")


POLYGLOTS: dict[str, Callable[[], bytes]] = {
    "a ZIP behind a JPEG": lambda: picture("JPEG") + zipped(("a.txt", "a")),
    "a ZIP behind a progressive JPEG": lambda: picture("JPEG", progressive=True) + zipped(("a.txt", "a")),
    "a ZIP behind a PNG": lambda: picture("PNG") + zipped(("a.txt", "a")),
    "a JAR behind a GIF": lambda: picture("GIF") + zipped(("A.class", "a")),
    "a ZIP behind a PDF": lambda: pdf() + zipped(("a.txt", "a")),
    "a PDF behind a JPEG": lambda: picture("JPEG") + pdf(),
    "a PDF behind a little text": lambda: b"Nothing to see.\n" + pdf(),
    "a PDF in a JPEG's comment": lambda: picture("JPEG", comment=pdf()[:200]),
    "a page behind a PNG": lambda: picture("PNG") + b"<html><script>x</script></html>",
    "a page in a GIF's comment": lambda: picture("GIF", comment=b"<script>x</script>"),
    "a RAR behind a WebP": lambda: picture("WEBP") + b"Rar!\x1a\x07\x01\x00",
    "two documents in one": lambda: office(WORD, SHEET),
    "two parts of one name": lambda: _twice(),
    "a program before a DICOM": lambda: b"MZ" + bytes(126) + b"DICM" + bytes(40),
}  # fmt: skip


def _twice() -> bytes:
    out = io.BytesIO(office(WORD))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("A.xml", "<other/>")
    return out.getvalue()


@pytest.mark.parametrize("make", POLYGLOTS.values(), ids=POLYGLOTS)
def test_two_formats_in_one_are_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(Unreadable):
        tell(make(), "x")


@pytest.mark.parametrize("format", PICTURES)
def test_the_end_of_a_picture(format: str) -> None:
    data = picture(format)
    assert end_of(data, PICTURES[format]) == len(data)


def test_pictures_with_much_in_them_end_where_they_end() -> None:
    frames = [Image.new("P", (9, 9), n) for n in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=b"hello")
    assert end_of(out.getvalue() + b"more", "image/gif") == len(out.getvalue())
    data = picture("JPEG", progressive=True, comment=b"\xff\xd9" * 9)
    assert end_of(data + b"more", "image/jpeg") == len(data)


@pytest.mark.parametrize("cut", [3, 12, 40, 200])
@pytest.mark.parametrize("format", PICTURES)
def test_a_picture_that_is_cut_off_disturbs_nobody(format: str, cut: int) -> None:
    data = picture(format)[:cut]
    assert end_of(data, PICTURES[format]) <= len(data)


def test_every_development_file_is_told() -> None:
    told = {
        p.name: tell(p.read_bytes(), "x").type for p in FILES.iterdir() if p.name != "xlsx_encrypted.xlsx"
    }
    assert {name for name, type in told.items() if type == UNKNOWN} <= {"cr_tags_only.dcm"}
    assert told["ppt_legacy.ppt"] == "application/vnd.ms-powerpoint"
    assert told["ct_small.dcm"] == "application/dicom"
    assert told["msg_outlook.msg"] == "application/vnd.ms-outlook"
    assert told["odt_embedded.odt"] == ODT
    assert told["hl7v2_oru.hl7"] == "application/hl7-v2"
