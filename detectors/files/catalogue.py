"""The families of formats that can be read: explicit, in alphabetical order."""

from typing import Final

from detectors.files.archives import family as archives
from detectors.files.archives import streams
from detectors.files.interface import Family

FAMILIES: Final[tuple[Family, ...]] = (
    *archives.FAMILIES,
    *streams.FAMILIES,
)


def family_of(type: str) -> Family | None:
    """The family that takes a media type; None for a format that nobody here reads."""
    return next((family for family in FAMILIES if type in family.types), None)
