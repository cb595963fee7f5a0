"""What lies in a PDF beside the text of its pages: every string, stream, picture and file among its objects."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pikepdf
from pikepdf import Dictionary, Name, Stream, String

from detectors.files.headings import kind_under
from detectors.files.interface import Limits, OverLimit, Passage
from detectors.files.pdf.words import decoded, text, words

_PLACES: Final = {
    "Title": "bookmark", "Contents": "annotation", "RC": "annotation", "T": "form field", "V": "form field",
    "DV": "form field", "TU": "form field", "TM": "form field", "Opt": "form field", "URI": "link", "JS": "script",
    "Alt": "alternative text", "ActualText": "alternative text", "E": "alternative text", "F": "name of a file",
    "UF": "name of a file", "Desc": "name of a file", "Names": "named place", "D": "named place",
    "Location": "signature", "Reason": "signature", "ContactInfo": "signature", "Name": "name of a layer",
}  # fmt: skip
"""Where a string stands, by its key, in words for people."""
_ELSEWHERE: Final = "hidden part"
_PROPERTIES: Final = "document properties"
_USUAL: Final = frozenset(("Title", "Author", "Subject", "Keywords", "Creator", "Producer"))
"""Properties that every document has; others may say what they hold, such as "NHS No"."""
_NO_WORDS: Final = frozenset(
    ("ID", "DA", "DS", "CreationDate", "ModDate", "M", "Lang", "Ordering", "Registry", "CheckSum", "CharSet",
     "Cert", "O", "U", "OE", "UE", "Perms", "PANOSE", "Panose", "Lookup", "FontFamily")
)  # fmt: skip
"""Keys whose strings are dates, codes and the names of fonts."""
_MACHINERY: Final = frozenset(
    (
        "Length1",
        "Length2",
        "Length3",
        "FunctionType",
        "ShadingType",
        "CMapName",
        "HalftoneType",
        "Alternate",
        "N",
    )
)
"""A stream with one of these keys is a font, a curve, a colour profile."""
_PROGRAMS: Final = ("/CIDInit", "%!")
"""How maps of characters and Type 1 fonts begin."""
_FONTS: Final = frozenset(("Type1C", "CIDFontType0C", "OpenType"))
_DEEPEST: Final = 40
_DRAWN = re.compile(rb"[)>\]]\s*(?:T[jJ]|['\"])|\bActualText\b")

Id = tuple[int, int]

_MOST_UNPACKED: Final = 256 * 2**20
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=_MOST_UNPACKED, png_max_memory=_MOST_UNPACKED, run_length_max_memory=_MOST_UNPACKED,
    tiff_max_memory=_MOST_UNPACKED, dct_max_memory=_MOST_UNPACKED, doc_max_warnings=1000,
)  # fmt: skip
# For this process, which reads strangers' files: a stream of a few bytes may unpack to gigabytes.


@dataclass
class Parts:
    """What one version of a document holds. Pictures by the digest of their stored bytes."""

    passages: list[Passage] = field(default_factory=list, repr=False)
    files: list[bytes] = field(default_factory=list, repr=False)
    pictures: dict[bytes, pikepdf.Stream] = field(default_factory=dict, repr=False)
    drawings: list[Stream] = field(default_factory=list, repr=False)
    """Forms, patterns, appearances: contents that a page, or nothing at all, may show."""
    loose_pages: list[pikepdf.Object] = field(default_factory=list, repr=False)
    """Pages outside the tree of pages."""
    unread: bool = False
    """Something is neither text nor the machinery of drawing."""
    spoken: bool = False
    """Some text says something else than it shows, or letters are drawings: the pixels have to be read."""


def take_apart(pdf: pikepdf.Pdf, limits: Limits, loose: bool = False) -> Parts:
    """Every object of the file, whether anything refers to it or not; `loose`: every page counts as loose.

    Raises OverLimit.
    """
    parts = Parts()
    walk = _Walk(pdf, parts, limits)
    if loose:
        walk.pages.clear()
    for thing in pdf.objects:
        walk.enter(thing)
    walk.enter(pdf.trailer)
    return parts


class _Walk:
    def __init__(self, pdf: pikepdf.Pdf, parts: Parts, limits: Limits) -> None:
        self.parts = parts
        self.limits = limits
        self.pages = {page.obj.objgen for page in pdf.pages}
        self.contents = {*_contents(pdf), *_glyphs(pdf)}
        self.info = pdf.trailer.get("/Info", None)
        self.linear = pdf.is_linearized
        self.unpacked = 0
        self.masks = {
            thing[key].objgen
            for thing in pdf.objects
            if isinstance(thing, Stream)
            for key in ("/SMask", "/Mask")
            if isinstance(thing.get(key, None), Stream)
        }

    def enter(self, thing: pikepdf.Object, key: str = "", where: str = "", depth: int = 0) -> None:
        """Read an object and what is written in it; what it refers to is met by itself."""
        if depth > _DEEPEST:
            raise OverLimit("This PDF is nested too deeply to be read.")
        if isinstance(thing, String):
            label = key if where == _PROPERTIES and key not in _USUAL else ""
            self.say(text(thing), where or _PLACES.get(key, _ELSEWHERE), label)
        elif isinstance(thing, Stream):
            self.stream(thing)
            self.dictionary(thing, where, depth)
        elif isinstance(thing, Dictionary):
            self.dictionary(thing, where, depth)
        elif isinstance(thing, pikepdf.Array):
            for each in thing:
                if _is_direct(each):
                    self.enter(each, key, where, depth + 1)

    def dictionary(self, thing: pikepdf.Object, where: str, depth: int) -> None:
        if thing.is_indirect and isinstance(self.info, Dictionary) and thing.objgen == self.info.objgen:
            where = _PROPERTIES
        elif "/Rect" in thing and "/FT" not in thing and "/Parent" not in thing:
            where = "annotation"
        if thing.get("/Type") == Name.Page and thing.is_indirect and thing.objgen not in self.pages:
            self.parts.loose_pages.append(thing)
        self.parts.spoken |= "/ActualText" in thing and "/S" not in thing
        self.parts.spoken |= "/CharProcs" in thing
        label = _field_label(thing)
        for key, value in thing.items():
            name = key[1:]
            if name in _NO_WORDS or not _is_direct(value) or (name == "Contents" and "/ByteRange" in thing):
                continue
            if isinstance(value, String) and name in ("V", "DV") and label and text(value).strip():
                self.parts.passages.append(Passage(text(value), "form field", label, kind_under(label)))
            else:
                self.enter(value, name, where, depth + 1)

    def say(self, said: str, where: str, label: str = "") -> None:
        if said.strip():
            self.parts.passages.append(Passage(said, where, label))

    def stream(self, thing: Stream) -> None:
        """Sort one stream; those that are only the machinery of drawing hold nobody's words."""
        type_, subtype = str(thing.get("/Type", "")), str(thing.get("/Subtype", ""))
        if subtype == "/Image":
            if thing.objgen not in self.masks:
                self.parts.pictures.setdefault(hashlib.sha256(thing.read_raw_bytes()).digest(), thing)
        elif type_ == "/EmbeddedFile":
            self.parts.files.append(self.unpack(thing))
        elif subtype == "/Form" or "/PatternType" in thing or "/BBox" in thing:
            if _DRAWN.search(self.unpack(thing)):
                self.parts.drawings.append(thing)
        elif thing.objgen in self.contents:
            self.parts.spoken |= b"ActualText" in self.unpack(thing)
        elif type_ not in ("/ObjStm", "/XRef"):
            self.other(thing, self.unpack(thing))

    def other(self, thing: Stream, data: bytes) -> None:
        """XML, scripts, forgotten contents; whatever is no text and no machinery of drawing cannot be read."""
        said = decoded(data)
        if said is None:
            self.parts.unread |= not (_is_machinery(thing) or self._is_hint(thing))
        elif not said.lstrip().startswith(_PROGRAMS):
            for each in words(said):
                self.say(each, _ELSEWHERE)
            if _DRAWN.search(data):
                self.parts.drawings.append(thing)

    def _is_hint(self, thing: Stream) -> bool:
        """Where the pages of a file written for the web begin (ISO 32000-1, F.4)."""
        return self.linear and isinstance(thing.get("/S", None), int)

    def unpack(self, thing: Stream) -> bytes:
        try:
            data = thing.read_bytes()
        except (pikepdf.PdfError, RuntimeError):
            self.parts.unread = True
            return b""
        self.unpacked += len(data)
        if self.unpacked > self.limits.unpacked or len(self.parts.passages) > self.limits.passages:
            raise OverLimit("This PDF unpacks to more than is allowed.")
        return data


def _is_direct(value: object) -> bool:
    """Written here, rather than referred to."""
    return isinstance(value, pikepdf.Object) and not value.is_indirect


def _contents(pdf: pikepdf.Pdf) -> Iterator[Id]:
    for page in pdf.pages:
        contents = page.obj.get("/Contents", None)
        for each in contents if isinstance(contents, pikepdf.Array) else [contents]:
            if isinstance(each, Stream):
                yield each.objgen


def _glyphs(pdf: pikepdf.Pdf) -> Iterator[Id]:
    """Letters that are drawings (Type 3 fonts); the pixels of the pages that they stand on are read."""
    for thing in pdf.objects:
        procedures = thing.get("/CharProcs", None) if isinstance(thing, Dictionary) else None
        if isinstance(procedures, Dictionary):
            yield from (each.objgen for each in procedures.values() if isinstance(each, Stream))


def _field_label(thing: pikepdf.Object) -> str:
    """A form field's name, as the person who fills it in sees it."""
    for key in ("/TU", "/T"):
        name = thing.get(key, None)
        if isinstance(name, String):
            return text(name)
    return ""


def _is_machinery(thing: Stream) -> bool:
    return any(f"/{key}" in thing for key in _MACHINERY) or str(thing.get("/Subtype", ""))[1:] in _FONTS
