"""One catalogue: every family that there is stands in it, in order, and no type is taken twice."""

import pkgutil
from collections import Counter
from importlib import import_module

import detectors.files
from detectors.files import containers, texts, types
from detectors.files.catalogue import FAMILIES
from detectors.files.interface import Family

UNREAD = {
    "application/vnd.ms-cab-compressed", "application/vnd.sqlite3", "application/x-executable", "application/x-rar-compressed",
    "application/zstd", "application/vnd.ms-excel.sheet.binary.macroenabled.12", "image/emf", "image/jpx", "image/svg+xml",
    "image/vnd.adobe.photoshop", "image/wmf", "image/x-icon",
}  # fmt: skip
"""Told apart only to say what they are: nobody here reads them, so they are quarantined."""


def test_every_family_stands_in_the_catalogue() -> None:
    found = []
    for module in pkgutil.walk_packages(detectors.files.__path__, "detectors.files."):
        held = vars(import_module(module.name))
        found += [held["FAMILY"]] if "FAMILY" in held else list(held.get("FAMILIES", ()))
    assert {f.name for f in found if isinstance(f, Family)} == {f.name for f in FAMILIES}


def test_no_type_is_taken_twice() -> None:
    counts = Counter(type for family in FAMILIES for type in family.types)
    assert [type for type, n in counts.items() if n > 1] == []
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)


def test_every_type_that_can_be_told_is_read_or_said_to_be_unread() -> None:
    told = {type for type, _ in types._MARKS} | set(containers._MAIN_PARTS.values()) - {containers.OLE}
    told |= (
        {type for _, type in containers._STREAMS}
        | set(texts._ENDINGS.values())
        | {t for t, _ in texts._STARTS}
    )
    read = {type for family in FAMILIES for type in family.types}
    assert told - read == UNREAD
