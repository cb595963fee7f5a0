"""Whoever a staff directory does not list is no colleague for certain: in doubt a name is hidden."""

from typing import Final

from detectors.interface import LIKELY, Finding, Kind
from detectors.names.features import TELLING

_NEVER: Final = 1.0
_SURE: Final = 0.9
_FAIRLY: Final = 0.75
_PERHAPS: Final = 0.4
_CERTAIN: Final = 0.8
_SAID_OTHERWISE: Final = 0.97
"""How sure the model must be of a patient or relative behind a word for what staff do: of 507 unlisted names there, in the
settings that train it, 28 were."""

_WHOLE: Final = frozenset({"full", "reversed", "title", "initial"})
_BELIEVED: Final = TELLING | {"bed"}
_COLLEAGUES: Final = frozenset({"listed", "staff role"})
"""A list has the name, or what somebody does stands before it."""
_WORKS: Final = frozenset({"staff role", "their secretary"})
"""What somebody does, or has, stands beside the name."""
Said = tuple[Kind | None, float]
"""What the model makes of one word: whom it names, if anybody, and how likely that is."""


def unlisted(said: Said, ruled: Finding | None, complete: bool = True) -> Said:
    """What holds of a word where a staff directory is at hand (`complete`). The model was taught by teams whose lists
    have gaps, so it takes some strangers for staff; `ruled` is the rules' finding, which knows every list. Without a
    directory only what tells of kin, a home, a body or a bed is believed against the model."""
    if ruled is None:
        return said
    if ruled.kind is Kind.STAFF_NAME:
        return (ruled.kind, ruled.confidence) if _is_staff(said, ruled) else said
    if not (complete or _BELIEVED.intersection(ruled.evidence)):
        return said
    if "kin of" in ruled.evidence and ruled.confidence >= _SURE:
        return (ruled.kind, ruled.confidence)  # "Grace (Mrs Penrose's niece)", though a list has a Grace
    if "listed" in ruled.evidence and ruled.evidence[0] not in _WHOLE:
        return said  # "Priya", whom a list has: whose she is, the sentence tells, which the model reads
    if said[0] is Kind.STAFF_NAME:
        if said[1] >= _CERTAIN and _COLLEAGUES.intersection(ruled.evidence):
            return said  # "Mr Vaughan is scrubbing", "the agency nurse Precious"
        enough = ruled.confidence >= (_SURE if "listed" in ruled.evidence else LIKELY)
        return (ruled.kind, ruled.confidence) if enough else said
    if ruled.confidence < _needed(said, ruled):
        return said
    return (ruled.kind, ruled.confidence) if said[0] is None else (said[0], max(said[1], ruled.confidence))


def _needed(said: Said, ruled: Finding) -> float:
    """How sure the rules must be of somebody in whom the model sees nobody, or perhaps a patient."""
    if said[0] is not None and said[1] >= _PERHAPS and "listed" not in ruled.evidence:
        return LIKELY
    if ruled.evidence[0] in _WHOLE or TELLING.intersection(ruled.evidence):
        return _FAIRLY
    return _NEVER if said[0] is None else _SURE


def _is_staff(said: Said, ruled: Finding) -> bool:
    """Whether the rules know better than the model that a name is a colleague's."""
    if said[0] is None:
        return False
    if "listed whole" in ruled.evidence:
        return True
    if _WORKS.intersection(ruled.evidence) and said[0] is not Kind.STAFF_NAME and said[1] < _SAID_OTHERWISE:
        return True
    needed = LIKELY if "list of staff" in ruled.evidence else _FAIRLY
    if "listed" in ruled.evidence and said[1] < _CERTAIN and ruled.confidence >= needed:
        return True
    return ruled.evidence[0] == "title" and ruled.confidence >= _SURE and said[1] < _SURE
