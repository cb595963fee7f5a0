"""The attachment path as the bot runs it, in one process: the real catalogue and the real text detector."""

from collections.abc import Sequence
from pathlib import Path

from detectors import placeholders
from detectors.files.inspect import inspect
from detectors.files.interface import Cut, File, Limits, Look, Passage, Result, Taste
from detectors.files.passages import find
from detectors.interface import LIKELY, Context, Finding, Kind
from detectors.scan import NOTHING_KNOWN

DEFAULT = Taste()
_NAMED = {Kind.PATIENT_NAME: "[Patient A]", Kind.RELATIVE_NAME: "[Relative A]"}
_KEPT = {Kind.STAFF_NAME, Kind.AGE, Kind.INITIALS}


def looker(context: Context = NOTHING_KNOWN) -> Look:
    """Hides what is more likely than not an identifier; every patient is "[Patient A]"."""

    def look(passages: Sequence[Passage]) -> list[list[Cut]]:
        return [[_cut(f) for f in findings if _is_hidden(f)] for findings in find(passages, context)]

    return look


def look_into(
    data: bytes, name: str = "x", *, declared: str = "", context: Context = NOTHING_KNOWN, taste: Taste = DEFAULT,
    **limits: float,
) -> Result:  # fmt: skip
    """Inspect bytes through the whole catalogue; `limits` are those of `Limits` by name."""
    return inspect(File(name, data, declared), looker(context), Limits(**limits), taste)  # type: ignore[arg-type]


def look_at(path: Path, context: Context = NOTHING_KNOWN) -> Result:
    return look_into(path.read_bytes(), path.name, context=context)


def _is_hidden(finding: Finding) -> bool:
    return finding.kind not in _KEPT and finding.confidence >= LIKELY


def _cut(finding: Finding) -> Cut:
    by = _NAMED.get(finding.kind) or placeholders.placeholder(finding.kind)
    return Cut(finding.span.start, finding.span.end, by, finding.kind)
