"""Where the rules know better than the model whom a name belongs to. Elsewhere the model is believed: it has read the sentence, and
was told what the rules make of each word."""

from typing import Final

from detectors.interface import LIKELY, Finding, Kind
from detectors.names.features import TELLING

_SURE: Final = 0.9
_FAIRLY: Final = 0.75
_PERHAPS: Final = 0.4
_CERTAIN: Final = 0.8
_SAID_OTHERWISE: Final = 0.97
"""How sure the model must be of a patient or relative beside what somebody does: of 507 unlisted names there, in the settings
that train it, 28 were."""

_WHOLE: Final = frozenset({"full", "reversed", "title", "initial"})
_BELIEVED: Final = TELLING | {"bed", "clinical state"}
_WORKS: Final = frozenset({"staff role", "their secretary"})
"""What somebody does, or has, stands beside the name."""

Said = tuple[Kind | None, float]
"""What the model makes of one word: whom it names, if anybody, and how likely that is."""


def overruled(said: Said, ruled: Finding | None, complete: bool = True) -> Said:
    """What holds of a word of which the rules say `ruled`. `complete`: a staff directory is at hand, so that whoever is in no
    list is hardly a colleague; without one only what tells of kin, a home, a body or a bed is believed."""
    if ruled is None or said[0] is None:
        return said
    if ruled.kind is Kind.STAFF_NAME:
        return (ruled.kind, ruled.confidence) if _works(said, ruled) else said
    if "kin of" in ruled.evidence and ruled.confidence >= _SURE:
        return (ruled.kind, ruled.confidence)  # "Grace (Mrs Penrose's niece)", though a list has a Grace
    told = bool(_BELIEVED.intersection(ruled.evidence))
    if not (complete or told) or ("listed" in ruled.evidence and ruled.evidence[0] not in _WHOLE):
        return said  # "Priya", whom a list has: whose she is, the sentence tells
    if said[0] is Kind.STAFF_NAME:
        needed = _SURE if "listed" in ruled.evidence else LIKELY
        return (ruled.kind, ruled.confidence) if told and ruled.confidence >= needed else said
    return (said[0], max(said[1], ruled.confidence)) if ruled.confidence >= _needed(said, ruled) else said


def _works(said: Said, ruled: Finding) -> bool:
    """Whether a name is a colleague's for what stands beside it, or because a list has it."""
    if _WORKS.intersection(ruled.evidence) and said[0] is not Kind.STAFF_NAME and said[1] < _SAID_OTHERWISE:
        return True
    if "listed whole" in ruled.evidence and said[1] < _SURE:
        return True  # "Linda S"
    needed = LIKELY if "list of staff" in ruled.evidence else _SURE
    return "listed" in ruled.evidence and said[1] < _CERTAIN and ruled.confidence >= needed


def _needed(said: Said, ruled: Finding) -> float:
    """How sure the rules must be of somebody in whom the model sees a patient too, though it may not be sure."""
    if said[1] >= _PERHAPS and "listed" not in ruled.evidence:
        return LIKELY
    return _FAIRLY if ruled.evidence[0] in _WHOLE or TELLING.intersection(ruled.evidence) else _SURE
