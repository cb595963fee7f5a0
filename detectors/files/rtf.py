"""RTF: body, hidden and deleted text, headers, notes, properties and pictures; cut in the RTF itself."""

from collections.abc import Sequence
from typing import Final

from detectors.files.interface import Cut, Desk, Family, File, Result, Unreadable
from detectors.files.rtf_reader import PROPERTIES, UNREADABLE, Blob, Reader, Run
from detectors.files.rtf_tokens import escaped
from detectors.files.slots import Slot, Source, Told, passage, settle, spread

_SIGNS_OF: Final = {"pngblip": b"\x89PNG", "jpegblip": b"\xff\xd8"}
"""Control words of the pictures that a redacted one can be put back as, with the bytes they begin with."""


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Raises Unreadable for RTF with unbalanced groups, or characters that its code page does not have."""
    source = Source(file.data.decode("latin-1"))
    if not source.text.lstrip().startswith("{\\rtf"):
        raise Unreadable(UNREADABLE)
    reader = Reader(source.text)
    told = Told()
    for blob in reader.blobs:
        _blob(blob, source, desk, told)
    slots = [_slot(run, source) for run in reader.runs if any(p.text.strip() for p in run.pieces)]
    settle(slots, desk, told)
    return told.result(type, lambda: source.changed().encode("latin-1"))


def _slot(run: Run, source: Source) -> Slot:
    texts = [p.text for p in run.pieces]
    if "\ufffd" in "".join(texts):
        raise Unreadable("The characters of this RTF file could not be read for certain.")

    def put(cuts: Sequence[Cut]) -> None:
        for piece, new in zip(run.pieces, spread(texts, cuts), strict=True):
            if new != piece.text:
                source.replace(piece.start, piece.end, _between(source.text, piece.start, escaped(new)))

    label = run.where.capitalize() if run.where in PROPERTIES else ""
    return Slot(passage("".join(texts), run.where, label), put)


def _between(text: str, start: int, new: str) -> str:
    """A control word before it must not swallow what is put here, nor what comes after nothing."""
    return "{}" + new if text[start - 1 : start].isalnum() else new


def _blob(blob: Blob, source: Source, desk: Desk, told: Told) -> None:
    """A picture is looked at as the file that it is; what else is enclosed goes."""
    if blob.what != "picture":
        told.left_out.append("An embedded object was left out.")
        source.replace(blob.start, blob.end, "")
        return
    kept = told.inside(desk, File("picture", blob.data), "A picture")
    if kept == blob.data:
        return
    sign = next((s for s, mark in _SIGNS_OF.items() if kept and kept.startswith(mark)), "")
    group = f"{{\\pict\\{sign} {kept.hex()}}}" if kept and sign else ""
    source.replace(blob.start, blob.end, group)


FAMILY: Final = Family("rtf", frozenset({"application/rtf", "text/rtf"}), inspect)
