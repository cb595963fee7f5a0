"""Formats that share a container: a ZIP or an OLE file is what its members make of it."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

import olefile

from detectors.files.interface import Protected, Unreadable

ZIP = "application/zip"
OLE = "application/x-ole-storage"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument."

_MAIN_PARTS: Final[Mapping[str, str]] = {
    f"{_OFFICE}.wordprocessingml.document": f"{_OFFICE}.wordprocessingml.document",
    f"{_OFFICE}.wordprocessingml.template": f"{_OFFICE}.wordprocessingml.template",
    f"{_OFFICE}.spreadsheetml.sheet": f"{_OFFICE}.spreadsheetml.sheet",
    f"{_OFFICE}.spreadsheetml.template": f"{_OFFICE}.spreadsheetml.template",
    f"{_OFFICE}.presentationml.presentation": f"{_OFFICE}.presentationml.presentation",
    f"{_OFFICE}.presentationml.slideshow": f"{_OFFICE}.presentationml.slideshow",
    f"{_OFFICE}.presentationml.template": f"{_OFFICE}.presentationml.template",
    "application/vnd.ms-word.document.macroenabled": "application/vnd.ms-word.document.macroenabled.12",
    "application/vnd.ms-word.template.macroenabledtemplate": "application/vnd.ms-word.template.macroenabled.12",
    "application/vnd.ms-excel.sheet.macroenabled": "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.ms-excel.template.macroenabled": "application/vnd.ms-excel.template.macroenabled.12",
    "application/vnd.ms-excel.sheet.binary.macroenabled": "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "application/vnd.ms-powerpoint.presentation.macroenabled": "application/vnd.ms-powerpoint.presentation.macroenabled.12",
    "application/vnd.ms-powerpoint.slideshow.macroenabled": "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
    "application/vnd.ms-powerpoint.template.macroenabled": "application/vnd.ms-powerpoint.template.macroenabled.12",
}  # fmt: skip
"""Content type of a main part (ECMA-376 part 2, 10.1.2.2; without ".main+xml", lower case) -> media type."""

_STREAMS: Final = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
)
_MOST = 2**20


def of_zip(data: bytes) -> str:
    """The media type of a ZIP by its members. Raises Unreadable for two documents in one, Protected."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" in names:
                return _once(names, _of_office(archive))
            if "mimetype" in names:
                return _once(names, _of_open_document(archive))
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - zipfile raises whatever a damaged file makes of it; the family says more
        return ZIP
    return ZIP


def of_ole(data: bytes) -> str:
    """The media type of an OLE file (MS-CFB) by its streams. Raises Protected for encrypted Office files."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            streams = {"/".join(path).casefold() for path in ole.listdir()}
    except Exception:  # noqa: BLE001 - olefile raises whatever a damaged file makes of it
        return OLE
    if "encryptedpackage" in streams:
        raise Protected
    return next((type for stream, type in _STREAMS if stream.casefold() in streams), OLE)


INSIDE: Final[Mapping[str, Callable[[bytes], str]]] = {ZIP: of_zip, OLE: of_ole}


def _of_office(archive: zipfile.ZipFile) -> str:
    listed = _start_of(archive, "[Content_Types].xml").casefold()
    found = {type for part, type in _MAIN_PARTS.items() if f'"{part}.main+xml"' in listed.replace("'", '"')}
    if len(found) > 1:
        raise Unreadable("This file is two documents in one.")
    return found.pop() if found else ZIP


def _of_open_document(archive: zipfile.ZipFile) -> str:
    kind = _start_of(archive, "mimetype").strip()
    return kind if kind.startswith(_ODF) or kind == "application/epub+zip" else ZIP


def _once(names: list[str], type: str) -> str:
    """Programs differ in which of two parts with one name they show."""
    if type != ZIP and len({n.casefold() for n in names}) < len(names):
        raise Unreadable("Two parts of this document have the same name.")
    return type


def _start_of(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as member:
        return member.read(_MOST).decode("utf-8", "replace")
