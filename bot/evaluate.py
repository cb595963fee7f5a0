"""`chaperone evaluate`: detection alone, replayed over corpora of marked messages, and its measures."""

import argparse
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from bot.measures import MUST_HIDE, Marked, Row, Tally, by_source
from bot.policy import load
from bot.policy.presets import Preset
from bot.policy.rules import decide
from bot.policy.verdict import Action, Audience, Verdict
from connectors.directories.staff_list import Unreadable, read_staff_list
from detectors.identifiability import identifiability
from detectors.interface import Context, Earlier, Finding, Markup, Person, Roster
from detectors.scan import scan

_SHOWN: Final = 30
"""Earlier messages that a detector sees, as in the bot itself."""

_MARKUP: Final[dict[str, Markup]] = {"slack": "slack", "teams": "teams"}


class CorpusError(Exception):
    """A corpus or directory cannot be used; the words say which and why, and quote nothing of it."""


@dataclass(frozen=True)
class Conversation:
    """Messages in their order, with who is in the conversation."""

    rows: tuple[Row, ...]
    senders: tuple[str, ...] = ()
    members: tuple[Person, ...] = ()
    platform: str = ""


@dataclass
class Prediction:
    """What would be hidden of one message once the whole conversation has been seen."""

    row: Row
    verdict: Verdict
    findings: list[tuple[Finding, Action]] = field(default_factory=list)

    def hidden(self) -> list[tuple[int, int]]:
        return [(f.span.start, f.span.end) for f, action in self.findings if action >= Action.REDACT]

    def as_json(self) -> dict[str, Any]:
        spans = [
            {
                "start": f.span.start, "end": f.span.end, "type": str(f.kind),
                "confidence": f.confidence, "action": "redact" if action >= Action.REDACT else "keep",
            }
            for f, action in sorted(self.findings, key=lambda each: each[0].span)
        ]  # fmt: skip
        action = max((a for _, a in self.findings), default=self.verdict.action)
        return {
            "id": self.row.id,
            "action": max(action, self.verdict.action).word,
            "label": self._label(),
            "spans": spans,
        }

    def _label(self) -> str:
        return identifiability(f for f, _ in self.findings)


def add_parser(subparsers: Any) -> None:
    """Add `evaluate` to the command line."""
    p = subparsers.add_parser("evaluate", help="measure detection over corpora of marked messages")
    p.add_argument(
        "corpora", nargs="+", type=Path, metavar="CORPUS", help="conversation JSON, or messages as JSON lines"
    )
    p.add_argument("--directory", type=Path, help="staff directory (CSV)")
    p.add_argument(
        "--predictions", type=Path, metavar="FILE", help="write what is hidden, one JSON object a line"
    )
    p.add_argument(
        "--errors", type=Path, metavar="FILE", help="write what leaked and what was wrongly hidden"
    )
    p.add_argument("--json", action="store_true")
    p.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 2 when something could not be used, said in one line."""
    try:
        staff = _directory(args.directory)
        conversations = [c for path in args.corpora for c in read(path)]
        predictions, took = replay(conversations, staff)
        report, errors = _measured(predictions, took)
        _write(args.predictions, [p.as_json() for p in predictions])
        _write(args.errors, errors)
    except (CorpusError, OSError) as error:
        print(f"chaperone evaluate: {error}", file=sys.stderr)
        return 2
    sys.stdout.write((json.dumps(report) if args.json else _table(report)) + "\n")
    return 0


def replay(
    conversations: Sequence[Conversation], staff: Sequence[Person]
) -> tuple[list[Prediction], list[float]]:
    """Scan every message in order with what a reader had seen before it; also the milliseconds each took."""
    policy = load.default()
    preset = policy.presets[policy.default_preset]
    predictions: list[Prediction] = []
    took: list[float] = []
    for conversation in conversations:
        predictions += _conversation(conversation, staff, preset, took)
    return predictions, took


def _conversation(
    c: Conversation, staff: Sequence[Person], preset: Preset, took: list[float]
) -> list[Prediction]:
    inside = {p.email.casefold() for p in c.members if p.email}
    roster = Roster((*c.members, *(p for p in staff if p.email.casefold() not in inside)))
    earlier: list[Earlier] = []
    predictions: dict[str, Prediction] = {}
    for place, row in enumerate(c.rows):
        sender = c.senders[place] if c.senders else ""
        context = Context(
            roster=roster, sender=roster.by_user.get(sender), earlier=tuple(earlier[-_SHOWN:]),
            markup=_MARKUP.get(c.platform, "plain"),
        )  # fmt: skip
        began = time.perf_counter()
        findings = scan(row.text, context)
        took.append((time.perf_counter() - began) * 1e3)
        here = tuple(f for f in findings if f.message is None)
        predictions[row.id] = _decided(row, here, preset)
        for f in findings:
            if f.message in predictions:
                predictions[f.message].findings.append((replace(f, message=None), _action(f, preset)))
        if c.senders:
            earlier.append(Earlier(row.id, sender, row.text, here))
    return list(predictions.values())


def _decided(row: Row, findings: tuple[Finding, ...], preset: Preset) -> Prediction:
    verdict = decide(findings, identifiability(findings), Audience(), preset, version="")
    return Prediction(row, verdict, [(r.finding, r.action) for r in verdict.ruled])


def _action(finding: Finding, preset: Preset) -> Action:
    return decide((finding,), "clean", Audience(), preset, version="").action


def read(path: Path) -> Iterator[Conversation]:
    """The conversations of a corpus file: one JSON object, or JSON lines by `conversation` or `source`."""
    try:
        text = path.read_text("utf-8")
        if path.suffix == ".json":
            yield _whole(json.loads(text), path.stem)
        else:
            yield from _lines([json.loads(line) for line in text.splitlines() if line.strip()], path)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{path} is not a corpus ({type(error).__name__})") from None


def _whole(data: dict[str, Any], name: str) -> Conversation:
    messages = data["messages"]
    rows = tuple(_row(m, name) for m in messages)
    return Conversation(rows, tuple(m["sender"] for m in messages), _members(data), data.get("platform", ""))


def _lines(messages: list[dict[str, Any]], path: Path) -> Iterator[Conversation]:
    """Lines with a sender belong to conversations, whose members a file beside this one may give."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for m in messages:
        groups[m.get("conversation") or m.get("source") or path.stem].append(m)
    for name, group in groups.items():
        rows = tuple(_row(m, name) for m in group)
        talk = all("sender" in m for m in group)
        beside = path.with_name(f"{name}.json")
        members = _members(json.loads(beside.read_text("utf-8"))) if talk and beside.is_file() else ()
        senders = tuple(m["sender"] for m in group) if talk else ()
        yield Conversation(rows, senders, members, group[0].get("platform", ""))


def _row(m: dict[str, Any], source: str) -> Row:
    marked = tuple(Marked(s["start"], s["end"], s["type"]) for s in m.get("spans", ()))
    given = m.get("label")
    label = given or ("identifying" if any(x.kind in MUST_HIDE for x in marked) else "clean")
    return Row(m["id"], m["text"], marked, label, source)


def _members(data: dict[str, Any]) -> tuple[Person, ...]:
    return tuple(
        Person(m["name"], m.get("known_as", ""), m.get("email", ""), m.get("role", ""), m["id"], member=True)
        for m in data.get("members", ())
    )


def _directory(path: Path | None) -> list[Person]:
    if path is None:
        return []
    try:
        listed = read_staff_list(path.read_bytes())
    except Unreadable as error:
        raise CorpusError(f"{path} is not a staff directory: {error}") from None
    return [Person(s.name, s.known_as, s.email, s.role) for s in listed.people if s.status != "left"]


def _measured(
    predictions: Sequence[Prediction], took: list[float]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    everything, sources = Tally(), defaultdict[str, Tally](Tally)
    errors: list[dict[str, Any]] = []
    for p in predictions:
        errors += everything.add(p.row, p.hidden())
        sources[p.row.source].add(p.row, p.hidden())
    took = sorted(took) or [0.0]
    median, p95 = round(statistics.median(took), 3), round(took[int(0.95 * len(took))], 3)
    report = everything.measures() | {
        "ms": {"median": median, "p50": median, "p95": p95, "max": round(took[-1], 3)}
    }
    return report | {"sources": by_source(sources)}, errors


def _write(path: Path | None, rows: Sequence[dict[str, Any]]) -> None:
    if path:
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")


def _table(report: dict[str, Any]) -> str:
    lines = [f"{'identifiers fully hidden':28} {'%':>6} {'of':>6}"]
    lines += [f"  {kind:26} {_cell(share)} {n:>6}" for kind, (share, n) in report["hidden"].items()]
    lines.append("")
    lines += [f"{name:28} {_cell(report[name])}" for name in _HEADLINES]
    ms = report["ms"]
    lines += ["", f"ms a message: p50 {ms['p50']}, p95 {ms['p95']}, max {ms['max']}", ""]
    lines.append(f"{'source':28} {'n':>6} {'covered':>8} {'leaked':>7} {'alarm':>7} {'staff':>7}")
    for source, m in report["sources"].items():
        cells = (m["identifying_covered"], m["leaked_chars"], m["clean_alarm"], m["staff_names_hit"])
        lines.append(f"{source:28} {m['messages']:>6} " + " ".join(f"{_cell(c):>7}" for c in cells))
    return "\n".join(lines)


_HEADLINES: Final = (
    "messages", "identifying_covered", "names_hidden", "numbers_hidden", "leaked_chars", "staff_names_hit",
    "staff_contacts_hit", "clean_alarm", "over_hidden_chars", "weak_touched",
)  # fmt: skip


def _cell(value: float | None) -> str:
    return f"{'-' if value is None else value:>6}"
