"""`chaperone calibrate`: what each threshold would hide and disturb on an organisation's own messages."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.evaluation.corpora import CorpusError, kinds_of
from bot.evaluation.evaluate import add_corpora, replayed
from bot.evaluation.measures import MUST_HIDE, Tally, core, letters_in, obligations, percent
from bot.evaluation.predictions import Prediction
from bot.policy.presets import ONLY_WHEN_SAID
from bot.policy.verdict import Action
from detectors.interface import Finding, Kind

THRESHOLDS: Final = tuple(round(0.05 * n, 2) for n in range(4, 20))
"""0.2 to 0.95."""
SHOWN: Final = (0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95)
_NAMES: Final = frozenset({Kind.PATIENT_NAME, Kind.RELATIVE_NAME})
_KEPT: Final = ONLY_WHEN_SAID | {Kind.STAFF_NAME}
ENOUGH: Final = 10
"""With fewer marked than this, a share says nothing."""
MAX_ALARM: Final = 2.0


@dataclass
class Levels:
    """Of one kind: the highest threshold at which each marked identifier is still wholly hidden, each
    clean message disturbed, and each staff name touched; 0 where no threshold does it."""

    hidden: list[float] = field(default_factory=list)
    alarms: list[float] = field(default_factory=list)
    staff: list[float] = field(default_factory=list)

    def at(self, threshold: float) -> tuple[float | None, float | None, float | None]:
        """Percent hidden, of clean messages disturbed, of staff names touched."""
        return _share(self.hidden, threshold), _share(self.alarms, threshold), _share(self.staff, threshold)


def add_parser(subparsers: Any) -> None:
    """Add `calibrate` to the command line."""
    p = subparsers.add_parser("calibrate", help="thresholds for a policy, from your own marked messages")
    add_corpora(p)
    aim = p.add_mutually_exclusive_group()
    aim.add_argument(
        "--max-alarm",
        type=float,
        metavar="PERCENT",
        help=f"of clean messages that each kind may disturb (default {MAX_ALARM}): hide as much as this allows",
    )
    aim.add_argument(
        "--min-covered",
        type=float,
        metavar="PERCENT",
        help="of identifiers of each kind to hide: disturb as little as this allows",
    )
    p.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 2 when something could not be used, said in one line."""
    try:
        predictions, _ = replayed(args)
    except (CorpusError, OSError) as error:
        print(f"chaperone calibrate: {error}", file=sys.stderr)
        return 2
    levels = measure(predictions)
    print(*_traded(tradeoff(predictions)), "", sep="\n")
    for kind in sorted(levels):
        print(*_curve(kind, levels[kind]), "", sep="\n")
    for family, theirs in families(predictions).items():
        print(family, *_reliability(reliability(theirs)), "", sep="\n")
    print(*suggestion(levels, args.max_alarm, args.min_covered), sep="\n")
    return 0


def tradeoff(predictions: Sequence[Prediction]) -> list[tuple[float, dict[str, Any]]]:
    """The measures if one threshold held for every kind that `any` covers, for thresholds from low to high."""
    rows = []
    for threshold in SHOWN:
        tally = Tally()
        for p in predictions:
            sure = [f for f, _ in p.findings if f.confidence >= threshold and f.kind not in _KEPT]
            counted = [f for f in sure if p.row.counted is None or f.kind in p.row.counted]
            tally.add(p.row, _ranges(sure), _ranges(counted))
        rows.append((threshold, tally.measures()))
    return rows


def _ranges(findings: Iterable[Finding]) -> list[tuple[int, int]]:
    return [(f.span.start, f.span.end) for f in findings]


def families(predictions: Iterable[Prediction]) -> dict[str, list[Prediction]]:
    """The same predictions with the findings of each family of detectors alone."""
    listed = list(predictions)
    return {
        family: [
            replace(p, findings=[(f, a) for f, a in p.findings if (f.kind in _NAMES) is named])
            for p in listed
        ]
        for family, named in (("names", True), ("everything else", False))
    }


def measure(predictions: Iterable[Prediction]) -> dict[Kind, Levels]:
    """The levels of every kind that was marked or found.

    While one kind's threshold moves, the others' stay as the default policy has them.
    """
    levels = defaultdict[Kind, Levels](Levels)
    rows = list(predictions)
    kinds = {k for p in rows for m in p.row.marked if (k := _kind(m.kind))}
    kinds |= {f.kind for p in rows for f, _ in p.findings}
    for kind in kinds - _KEPT:
        for p in rows:
            _add(levels[kind], kind, p)
    return dict(levels)


def _add(levels: Levels, kind: Kind, p: Prediction) -> None:
    text, own = p.row.text, _confidences(p, kind)
    others = {
        i
        for f, action in p.findings
        if f.kind is not kind and action >= Action.REDACT
        for i in _letters(p, f)
    }
    must, may = obligations(p.row)
    for m in p.row.marked:
        if _kind(m.kind) is kind and m.kind in MUST_HIDE:
            wanted = core(text, m)[0]
            levels.hidden.append(min((1.0 if i in others else own.get(i, 0.0) for i in wanted), default=1.0))
        elif m.kind == "STAFF_NAME":
            touched = letters_in(text, m.start, m.end) - must - may
            levels.staff.append(max((own.get(i, 0.0) for i in touched), default=0.0))
    if p.row.label == "clean":
        levels.alarms.append(max((c for i, c in own.items() if i not in may), default=0.0))


def _confidences(p: Prediction, kind: Kind) -> dict[int, float]:
    """The letters that findings of this kind cover, with the surest finding's confidence."""
    sure: dict[int, float] = {}
    for f, _ in p.findings:
        for i in _letters(p, f) if f.kind is kind else ():
            sure[i] = max(sure.get(i, 0.0), f.confidence)
    return sure


def _letters(p: Prediction, f: Finding) -> set[int]:
    return letters_in(p.row.text, f.span.start, f.span.end)


def _kind(marked: str) -> Kind | None:
    return next(iter(kinds_of(marked)), None)


def _share(levels: Sequence[float], threshold: float) -> float | None:
    return percent(sum(level >= threshold for level in levels), len(levels))


def reliability(predictions: Iterable[Prediction]) -> list[tuple[float, int, float, float]]:
    """By tenths of confidence: its lower end, findings, their mean confidence, and the share that was right.

    Right is a finding that touches something marked to be hidden, of whatever kind.
    """
    bins = defaultdict[int, list[tuple[float, bool]]](list)
    for p in predictions:
        must, may = obligations(p.row)
        for f, _ in p.findings:
            allowed = must | may if f.kind in ONLY_WHEN_SAID else must
            if f.kind is not Kind.STAFF_NAME:
                bins[min(int(f.confidence * 10), 9)].append((f.confidence, bool(_letters(p, f) & allowed)))
    return [
        (
            tenth / 10,
            len(found),
            sum(c for c, _ in found) / len(found),
            sum(ok for _, ok in found) / len(found),
        )
        for tenth, found in sorted(bins.items())
    ]


def choose(levels: Levels, max_alarm: float | None, min_covered: float | None) -> float | None:
    """The threshold that the aim asks for; None when too few are marked, or none reaches it."""
    if len(levels.hidden) < ENOUGH:
        return None
    if min_covered is not None:
        return max((t for t in THRESHOLDS if (levels.at(t)[0] or 0.0) >= min_covered), default=None)
    bound = MAX_ALARM if max_alarm is None else max_alarm
    quiet = [t for t in THRESHOLDS if (levels.at(t)[1] or 0.0) <= bound]
    most = max((levels.at(t)[0] or 0.0 for t in quiet), default=0.0)
    equal = [t for t in quiet if (levels.at(t)[0] or 0.0) == most]
    return equal[len(equal) // 2] if equal else None  # the middle: room for other messages on both sides


def suggestion(
    levels: Mapping[Kind, Levels], max_alarm: float | None = None, min_covered: float | None = None
) -> list[str]:
    """The lines of a `kinds:` block for a preset of a policy file."""
    lines = ["# for a preset of your policy file", "kinds:", "  any: {redact: 0.5}"]
    for kind in sorted(levels):
        threshold, marked = choose(levels[kind], max_alarm, min_covered), len(levels[kind].hidden)
        if threshold is not None:
            hidden, alarm, _ = levels[kind].at(threshold)
            said = f"hides {hidden}% of {marked}, disturbs {_said(alarm)} of clean messages"
            lines.append(f"  {kind}: {{redact: {threshold}}}  # {said}")
        else:
            why = f"only {marked} marked" if marked < ENOUGH else "no threshold reaches the aim"
            lines.append(f"  # {kind}: {why}")
    return lines


_TRADED: Final = {
    "identifying_covered": "covered %", "names_hidden": "names %", "staff_names_hit": "staff %",
    "clean_alarm": "alarm %", "over_hidden_chars": "over %",
}  # fmt: skip


def _traded(rows: Iterable[tuple[float, Mapping[str, Any]]]) -> list[str]:
    lines = ["everything", "  threshold " + " ".join(f"{head:>9}" for head in _TRADED.values())]
    for threshold, measures in rows:
        shares = ("-" if measures[name] is None else measures[name] for name in _TRADED)
        lines.append(f"  {threshold:>9} " + " ".join(f"{share:>9}" for share in shares))
    return lines


def _curve(kind: Kind, levels: Levels) -> list[str]:
    lines = [f"{kind} ({len(levels.hidden)} marked)", "  threshold  hidden %   alarm %   staff %"]
    for threshold in SHOWN:
        shares = (f"{'-' if share is None else share:>9}" for share in levels.at(threshold))
        lines.append(f"  {threshold:>9} {' '.join(shares)}")
    return lines


def _reliability(bins: Iterable[tuple[float, int, float, float]]) -> list[str]:
    lines = ["confidence  findings  mean  right"]
    for low, n, mean, right in bins:
        lines.append(f"{low:.1f} to {low + 0.1:.1f} {n:>9}  {mean:.2f}  {right:>5.2f}")
    return lines


def _said(share: float | None) -> str:
    return "none" if share is None else f"{share}%"
