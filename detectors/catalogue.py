"""The detectors in force: explicit, in alphabetical order, each module listed or excused."""

from typing import Final

from detectors.identifiers import nhs_number
from detectors.rule import Rule

CATALOGUE: Final[tuple[Rule, ...]] = (nhs_number.RULE,)

EXCUSED: Final[dict[str, str]] = {}
"""Modules of identifiers/ and names/ that hold no detector of their own, and why."""
