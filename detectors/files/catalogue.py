"""The families of formats that can be read: explicit, in alphabetical order."""

from typing import Final

from detectors.files.interface import Family

FAMILIES: Final[tuple[Family, ...]] = ()


def family_of(type: str) -> Family | None:
    """The family that takes a media type; None for a format that nobody here reads."""
    return next((family for family in FAMILIES if type in family.types), None)
