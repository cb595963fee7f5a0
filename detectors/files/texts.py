"""Files that are text: their characters, and which kind of text it is."""

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile(
    r"[\x00-\x08\x0e-\x1a\x7f\ufffe\uffff]"
)  # HL7 over MLLP has 0B and 1C, old printers 0C
_ENDINGS: Final = {
    "csv": "text/csv", "tsv": "text/tab-separated-values", "tab": "text/tab-separated-values", "html": "text/html",
    "htm": "text/html", "xhtml": "text/html", "shtml": "text/html", "md": "text/markdown", "markdown": "text/markdown",
    "eml": "message/rfc822", "mht": "message/rfc822", "mhtml": "message/rfc822", "hl7": "application/hl7-v2",
    "svg": "image/svg+xml", "mbox": "application/mbox", "ics": "text/calendar", "vcf": "text/vcard",
    "ndjson": "application/x-ndjson", "jsonl": "application/x-ndjson",
}  # fmt: skip
"""Where the ending decides, since a program goes by it: a browser shows a .html file as a page whatever it holds."""

_STARTS: Final = (
    ("application/rtf", re.compile(r"\{\\rtf")),
    ("application/hl7-v2", re.compile(r"(?:MSH|FHS|BHS)[^\w\s][^\w\s]{2,4}")),
    ("text/vcard", re.compile(r"BEGIN:VCARD", re.IGNORECASE)),
    ("text/calendar", re.compile(r"BEGIN:VCALENDAR", re.IGNORECASE)),
    ("application/mbox", re.compile(r"From \S+ .*\d{4}\r?\n[\w-]+:")),
)
_HTML = re.compile(
    r"<!doctype html|<(?:html|head|body|table|div|script|style|meta|p|h[1-6]|span|ul|ol|br)[\s/>]", re.I
)
_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)([^>]*)>")
_MARKUP = re.compile(r"<(?:\?xml|!--|!doctype|[a-z_])", re.IGNORECASE)
_FHIR_JSON = re.compile(r"[\[{].{0,4000}?\"resourceType\"\s*:", re.DOTALL)
_HEADER = re.compile(r"^([A-Za-z][\w-]*):[ \t]", re.MULTILINE)
_MAIL = frozenset(
    "from to cc subject date message-id mime-version received return-path reply-to content-type".split()
)
_ONLY_MAIL = frozenset("message-id mime-version received return-path".split())


def decode(data: bytes) -> tuple[str, str] | None:
    """The characters of a text and Python's name of the encoding that they came in; None for no text.

    The start of a text will do: one character that is cut off at the end is forgiven. What is no UTF is read
    as windows-1252, in which every identifier's digits and letters stand as they are in its neighbours.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _text(data, encoding)
    if b"\0" in data[:4096]:
        return _text(data, "utf-16-le" if data[1:400:2].count(0) > data[:400:2].count(0) else "utf-16-be")
    high = sum(b > 127 for b in data[:4096])
    return _text(data, "utf-8") or (_text(data, "cp1252") if high * 3 < len(data[:4096]) else None)


def _text(data: bytes, encoding: str) -> tuple[str, str] | None:
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(data)
    except UnicodeDecodeError:
        return None
    return None if _CONTROLS.search(text) else (text.removeprefix("\ufeff"), encoding)


def tell(decoded: tuple[str, str], ending: str = "", declared: str = "") -> str:
    """The media type of a text: by its ending where a program goes by that, else by what it holds."""
    text = decoded[0].lstrip(" \t\r\n\x0b\x1c")
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if declared == "text/html":
        return declared
    for type, start in _STARTS:
        if start.match(text):
            return type
    if text.startswith(("{", "[")):
        return "application/fhir+json" if _FHIR_JSON.match(text) else _json(text)
    if _MARKUP.match(text):
        return _markup(text)
    if _is_mail(text):
        return "message/rfc822"
    return _table(text) or "text/plain"


def _json(text: str) -> str:
    return "application/json" if re.match(r"\{\s*[\"}]|\[\s*[\[{\"\]]", text) else "text/plain"


def _markup(text: str) -> str:
    root = _ROOT.search(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    name, attributes = (root[1], root[2]) if root else ("", "")
    if name == "ClinicalDocument":
        return "application/cda+xml"
    if "http://hl7.org/fhir" in attributes:
        return "application/fhir+xml"
    if name == "svg":
        return "image/svg+xml"
    if text.startswith("<?xml") and name.lower() != "html":
        return "application/xml"
    return "text/html" if _HTML.search(text) else "application/xml" if root else "text/plain"


def _is_mail(text: str) -> bool:
    head = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
    headers = {h.lower() for h in _HEADER.findall(head)} & _MAIL
    return len(headers) > 2 and bool(headers & _ONLY_MAIL) and bool(_HEADER.match(head))


def _table(text: str) -> str:
    """Lines that all have as many commas, semicolons, bars or tabs as the first."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    for mark, least, type in (("\t", 1, "text/tab-separated-values"), *((m, 2, "text/csv") for m in ",;|")):
        counts = {line.count(mark) for line in lines}
        if len(lines) > 2 and len(counts) == 1 and counts.pop() >= least:
            return type
    return ""
