"""Voice: nothing spoken is called clean; where speech can be read, what was heard is told."""

import re
from collections.abc import Sequence
from typing import Final

from detectors.files.interface import Desk, Family, File, Found, Outcome, Passage, Result
from detectors.files.media.speech import Said, can_hear, hear
from detectors.files.parts import found_in

_PERSONAL = re.compile(
    r"(?i)\b(?:nhs|chi|hospital|patient|phone|telephone|mobile) number\b|\bdate of birth\b|\bborn on\b"
    r"|\bpost ?code\b|\bnext of kin\b|(?:\d[\s,.-]{0,3}){7}"
)
"""What introduces an identifier, or may be one heard wrongly: recognition loses digits more often than it
loses these words."""

_HEARD = "Something that is said in this recording identifies a person, and a recording cannot be redacted."
_MAY_HOLD_MORE = (
    "Nothing that identifies a person was understood in this recording, but nobody can tell for certain what "
    "is said in it."
)
_NOT_HEARD = "Nobody can tell what is said in this recording, since it could not be turned into text."


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Always QUARANTINED; `found` says what was heard and when."""
    return judged(_said(file.data, desk), type, desk)


def judged(said: Sequence[Said], type: str, desk: Desk) -> Result:
    """What becomes of a recording in which this was heard."""
    passages = [Passage(s.text, f"second {s.at}", sure=False) for s in said]
    found = found_in(passages, desk.look(passages))
    found += [Found("VOICE", p.where) for p in passages if _PERSONAL.search(p.text)]
    reason = _HEARD if found else _MAY_HOLD_MORE if said else _NOT_HEARD
    return Result(Outcome.QUARANTINED, type, reason, tuple(dict.fromkeys(found)))


def _said(data: bytes, desk: Desk) -> list[Said]:
    """Nothing where speech recognition is not installed, or for a recording that it cannot decode."""
    said: list[Said] = []
    if not can_hear():
        return said
    try:
        for each in hear(data, desk.limits.seconds / 2):
            desk.progress(f"second {each.at} of the recording")
            said.append(each)
    except ValueError:
        pass
    return said


FAMILY: Final = Family(
    "voice",
    frozenset(
        {
            "audio/aac",
            "audio/amr",
            "audio/flac",
            "audio/mp4",
            "audio/mpeg",
            "audio/ogg",
            "audio/wav",
            "audio/webm",
        }
    ),
    inspect,
)
