"""OpenDocument files as LibreOffice writes them."""

from collections.abc import Mapping

from tests.detectors.files.office.build import zipped

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{short}="{_OASIS}:{long}:1.0"'
    for short, long in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "svg": "svg-compatible",
        "meta": "meta", "style": "style", "config": "config",
    }.items()
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'  # fmt: skip


def opendocument(kind: str, body: str, more: Mapping[str, bytes | str] = {}, entries: str = "") -> bytes:
    type = f"application/vnd.oasis.opendocument.{kind}"
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{_type(name)}"/>'
        for name in more
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{type}"/>{listed}{entries}</manifest:manifest>'
    )
    content = f"<office:document-content {SPACES}><office:body>{body}</office:body></office:document-content>"
    return zipped({"mimetype": type, "content.xml": content, "META-INF/manifest.xml": manifest, **more})


def text(body: str, more: Mapping[str, bytes | str] = {}, entries: str = "") -> bytes:
    return opendocument("text", f"<office:text>{body}</office:text>", more, entries)


def spreadsheet() -> bytes:
    """A list of patients with numbers, dates and formulas."""
    table = (
        '<table:table table:name="Margaret Thompson"><table:table-row>'
        "<table:table-cell><text:p>Patient name</text:p></table:table-cell>"
        "<table:table-cell><text:p>NHS No</text:p></table:table-cell>"
        "<table:table-cell><text:p>DOB</text:p></table:table-cell>"
        "<table:table-cell><text:p>Bed</text:p></table:table-cell></table:table-row><table:table-row>"
        '<table:table-cell office:value-type="string"><text:p>Margaret Thompson</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="9434765919"><text:p>9.43E+09</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="1950-03-12"><text:p>12 Mar</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="4"><text:p>4</text:p></table:table-cell>'
        "</table:table-row><table:table-row>"
        '<table:table-cell table:formula="of:=[$\'Margaret Thompson\'.D2]+1" office:value-type="float" office:value="5">'
        "<text:p>5</text:p></table:table-cell></table:table-row></table:table>"
    )
    return opendocument("spreadsheet", f"<office:spreadsheet>{table}</office:spreadsheet>")


def _type(name: str) -> str:
    return "image/png" if name.endswith(".png") else "text/xml" if name.endswith(".xml") else ""
