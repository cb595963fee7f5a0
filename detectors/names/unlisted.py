"""Whoever a staff directory does not list is no colleague for certain: in doubt a name is hidden."""

from typing import Final

from detectors.interface import Finding, Kind, Roster

_RULES_SURE: Final = 0.9

_WHOLE: Final = frozenset({"full", "reversed", "title", "initial"})

Said = tuple[Kind | None, float]
"""What the model makes of one word: whom it names, if anybody, and how likely that is."""


def unlisted(said: Said, ruled: Finding | None) -> Said:
    """What holds of a word where a staff directory is at hand. The model was taught by teams whose lists have gaps,
    so it takes some strangers for staff; `ruled` is the rules' finding, which knows every list."""
    if ruled is None or ruled.kind is Kind.STAFF_NAME or ruled.confidence < _RULES_SURE:
        return said
    whole_name = ruled.evidence[0] in _WHOLE
    kept = said[0] is Kind.STAFF_NAME or (said[0] is None and whole_name)
    return (ruled.kind, ruled.confidence) if kept else said


def has_directory(roster: Roster) -> bool:
    """Whether more is known than a conversation's own members."""
    return any(not person.member for person in roster.people)
