"""Good files to begin from: the development files where they are there, and a small one of every other kind."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import wave
import zipfile
from collections.abc import Iterator

from PIL import Image, ImageDraw

from detectors.files.interface import Family, Unreadable
from detectors.files.types import tell
from tests.conftest import SHARED

Seed = tuple[str, bytes]

_MOST = 2 * 2**20
_LINE = "Margaret Thornbury, NHS number 943 476 5919, obs stable."
_TEXTS = {
    "note.txt": _LINE, "note.md": f"# Ward round\n\n- {_LINE}\n", "page.html": f"<html><body><p title='x'>{_LINE}</p></body></html>",
    "list.csv": "name,nhs number,ward\nMargaret Thornbury,943 476 5919,7\nJohn Doe,999 123 4567,8\n",
    "patient.json": json.dumps({"resourceType": "Patient", "name": [{"family": "Thornbury"}], "identifier": [{"value": "9434765919"}]}),
    "rows.ndjson": '{"a": 1}\n{"name": "Margaret"}\n', "box.mbox": f"From a@example.com Mon Jan  1 00:00:00 2024\nSubject: x\n\n{_LINE}\n",
    "mail.eml": f"From: a@example.com\nTo: b@example.com\nMessage-ID: <1@example.com>\nMIME-Version: 1.0\n\n{_LINE}\n",
    "card.vcf": "BEGIN:VCARD\nVERSION:3.0\nFN:Margaret Thornbury\nTEL:07700 900123\nEND:VCARD\n",
    "diary.ics": f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:{_LINE}\nEND:VEVENT\nEND:VCALENDAR\n",
    "patient.xml": '<Patient xmlns="http://hl7.org/fhir"><name><family value="Thornbury"/></name></Patient>',
    "adt.hl7": "MSH|^~\\&|PAS|RAE|||20240101||ADT^A01|1|P|2.5\rPID|1||9434765919^^^NHS||THORNBURY^MARGARET\r", "note.rtf": f"{{\\rtf1\\ansi {_LINE}}}",
}  # fmt: skip


def of(family: Family) -> list[Seed]:
    """The seeds that a family takes, by name. Every family has one, or ValueError is raised."""
    found = [seed for seed in _all() if len(seed[1]) <= _MOST and _type(seed) in family.types]
    if not found:
        raise ValueError(f"no seed for the family {family.name}")
    return found


def _type(seed: Seed) -> str:
    try:
        return tell(seed[1], seed[0]).type
    except Unreadable:
        return ""


def _all() -> Iterator[Seed]:
    folder = SHARED / "eval" / "files"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        yield path.name, path.read_bytes()
    for name, text in _TEXTS.items():
        yield name, text.encode()
    yield from _pictures()
    yield from _packed()
    yield "voice.wav", _sound()
    for path in sorted((SHARED / "eval" / "lanarkshire").glob("*Chat - *.zip")):
        with zipfile.ZipFile(path) as archive:
            yield from ((n, archive.read(n)) for n in archive.namelist() if n.endswith(".mp4"))


def _pictures() -> Iterator[Seed]:
    image = Image.new("RGB", (420, 60), "white")
    ImageDraw.Draw(image).text((8, 12), "NHS number 943 476 5919", "black", font_size=28)
    for format in ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"):
        out = io.BytesIO()
        image.save(out, format)
        yield f"picture.{format.lower()}", out.getvalue()


def _packed() -> Iterator[Seed]:
    data, out, packed = _LINE.encode(), io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("note.txt")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("note.txt", data)
    yield from (("x.tar", out.getvalue()), ("x.zip", packed.getvalue()))
    yield from (
        ("x.txt.gz", gzip.compress(data)),
        ("x.txt.bz2", bz2.compress(data)),
        ("x.txt.xz", lzma.compress(data)),
    )


def _sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(8000))
    return out.getvalue()
