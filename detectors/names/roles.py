"""Whether a named person is a patient, a relative or staff."""

from typing import Final

from detectors.interface import Kind
from detectors.names.hearing import Heard
from detectors.names.roster import Known
from detectors.names.sentence import Mention, is_mentioned
from detectors.names.titles import PATIENT_TITLES, STAFF_TITLES
from detectors.names.tokens import Token
from detectors.normalise import View

NOBODY_SAYS = 0.6
"""A name of which nothing else is known is sooner a patient's: hiding it costs less than leaking it."""

DOCTORS: Final = frozenset("dr doctor prof professor matron".split())


def who(
    view: View, staff: Known, mention: Mention, names: list[Token], cues: Heard, recalled: Kind | None
) -> Kind:
    """Weigh cues, title, roster and thread against one another. A draw is a patient."""
    listed = 9.0 if is_mentioned(view, names[0]) else _by_roster(staff, mention, names)
    # Somebody greeted like a colleague whom no list knows is only half as likely to be one; what one does tells as much.
    unlisted = bool(staff.firsts) and listed <= 0 and "staff role" not in cues.names
    colleague = listed + cues.staff * (0.5 if unlisted else 1.0)
    patient, relative = cues.patient + NOBODY_SAYS, cues.relative
    if recalled:
        bonus = 1.5 if any(n.low in staff.member_firsts for n in names) else 3.0
        patient += bonus if recalled is Kind.PATIENT_NAME else 0.0
        relative += bonus if recalled is Kind.RELATIVE_NAME else 0.0
    if mention.title in STAFF_TITLES:
        # a doctor is no patient whoever shares the name; "sister" and "nurse" open other phrases too
        colleague += 9.0 if mention.title in DOCTORS else 5.0
    elif mention.title in PATIENT_TITLES:
        patient += 0.0 if names[-1].low in staff.surgeons else 4.0
    if colleague > max(patient, relative):
        return Kind.STAFF_NAME
    return Kind.RELATIVE_NAME if relative > patient else Kind.PATIENT_NAME


def _by_roster(staff: Known, mention: Mention, names: list[Token]) -> float:
    """How strongly the roster says that the name is a colleague's, in log-odds."""
    lows = [n.low for n in names[bool(mention.title) :] if not n.initial]
    if len(lows) > 1:
        return _by_full_name(staff, lows[0], lows[-1])
    name = lows[0] if lows else ""
    if mention.form == "title":
        return 2.5 if name in staff.member_surnames else (1.0 if name in staff.surnames else 0.0)
    if mention.form == "initial":
        return _by_initial(staff, names, name)
    return _by_one_name(staff, name)


def _by_full_name(staff: Known, first: str, last: str) -> float:
    if staff.lists(first, last):
        return 4.0
    if staff.lists(last, first):
        return 3.0
    return 2.5 if first in staff.member_firsts and last in staff.member_surnames else -1.0


def _by_initial(staff: Known, names: list[Token], name: str) -> float:
    """ "T Iqbal", "Iqbal T", "Linda S"."""
    initial = next((n.low[0] for n in names if n.initial), "")
    if f"{initial} {name}" in staff.initialled:
        return 2.0
    return 2.0 if staff.shortened(name, initial) else -0.5


def _by_one_name(staff: Known, name: str) -> float:
    if name in staff.member_firsts:
        return 3.5
    if name in staff.member_surnames or name in staff.nicknames:
        return 2.0
    return 0.3 if name in staff.firsts or name in staff.surnames else 0.0
