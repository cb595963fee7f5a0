"""`chaperone evaluate`: detection alone, replayed over corpora of marked messages, and its measures."""

import argparse
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bot.evaluation import peers
from bot.evaluation.corpora import CorpusError, read
from bot.evaluation.measures import Tally, by_source, letters_in, obligations
from bot.evaluation.predictions import Prediction, replay
from bot.policy.verdict import Action
from bot.settings.load import load as load_settings
from bot.settings.sections import Detectors
from connectors.directories.staff_list import Unreadable, read_staff_list
from detectors.interface import Person


def add_parser(subparsers: Any) -> None:
    """Add `evaluate` to the command line."""
    p = subparsers.add_parser("evaluate", help="measure detection over corpora of marked messages")
    add_corpora(p)
    p.add_argument(
        "--predictions", type=Path, metavar="FILE", help="write what is hidden, one JSON object a line"
    )
    p.add_argument(
        "--errors",
        type=Path,
        metavar="FILE",
        help="write every miss, one JSON object a line: what leaked or was wrongly hidden, with its kind and its "
        "message. The messages stand in it as they are: keep it where you keep the corpus",
    )
    p.add_argument("--peer", choices=peers.NAMES, help="measure another detector beside ours in the same run")
    p.add_argument("--json", action="store_true")
    p.set_defaults(func=run)


def add_corpora(p: argparse.ArgumentParser) -> None:
    """The arguments that say what to measure over."""
    p.add_argument(
        "corpora",
        nargs="+",
        type=Path,
        metavar="CORPUS",
        help="a conversation (JSON), messages (JSON lines), or settings (a text file or a folder of them)",
    )
    p.add_argument(
        "--split",
        default="",
        help="of settings, only these: train, dev, held-out or unseen; the name model trained on train",
    )
    p.add_argument("--directory", type=Path, metavar="CSV", help="staff directory")
    p.add_argument(
        "--settings", type=Path, metavar="TOML", help="your settings, for your hospital numbers and words"
    )


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 2 when something could not be used, said in one line."""
    try:
        predictions, took = replayed(args)
        report, errors = _measured(predictions, took)
        report |= _beside(args.peer, predictions, report)
        _write(args.predictions, [p.as_json() for p in predictions])
        _write(args.errors, errors)
    except (CorpusError, OSError) as error:
        print(f"chaperone evaluate: {error}", file=sys.stderr)
        return 2
    sys.stdout.write((json.dumps(report) if args.json else table(report)) + "\n")
    return 0


def replayed(args: argparse.Namespace) -> tuple[list[Prediction], list[float]]:
    """What `replay` gives for the corpora and directory of a command line. Raises CorpusError, OSError."""
    staff = _directory(args.directory)
    particular = load_settings(args.settings).detectors if args.settings else Detectors()
    return replay([c for path in args.corpora for c in read(path, args.split)], staff, particular)


def _directory(path: Path | None) -> list[Person]:
    if path is None:
        return []
    try:
        listed = read_staff_list(path.read_bytes())
    except Unreadable as error:
        raise CorpusError(f"{path} is not a staff directory: {error}") from None
    return [Person(s.name, s.known_as, s.email, s.role) for s in listed.people if s.status != "left"]


def _measured(
    predictions: Sequence[Prediction], took: Sequence[float]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    everything, sources = Tally(), defaultdict[str, Tally](Tally)
    errors: list[dict[str, Any]] = []
    for p in predictions:
        errors += [_named(error, p) for error in everything.add(p.row, p.hidden(), p.counted())]
        sources[p.row.source].add(p.row, p.hidden(), p.counted())
    report = everything.measures() | {"ms": _spread(took)} | {"sources": by_source(sources)}
    return report, errors


def _named(error: dict[str, Any], p: Prediction) -> dict[str, Any]:
    """What was wrongly hidden, with the kinds that it was taken for."""
    allowed = set().union(*obligations(p.row))
    taken = {
        str(f.kind)
        for f, action in p.findings
        if action >= Action.REDACT and letters_in(p.row.text, f.span.start, f.span.end) - allowed
    }
    return error | {"as": sorted(taken)} if "wrongly" in error else error


def _spread(took: Sequence[float]) -> dict[str, float]:
    ordered = sorted(took) or [0.0]
    median = round(statistics.median(ordered), 3)
    return {
        "median": median, "p50": median, "p95": round(ordered[int(0.95 * len(ordered))], 3),
        "max": round(ordered[-1], 3),
    }  # fmt: skip


def _beside(peer: str | None, predictions: Sequence[Prediction], ours: dict[str, Any]) -> dict[str, Any]:
    """The same measures of another detector over the same messages, and how many times slower it is.

    A peer that cannot be run is said on the error output, and left out.
    """
    if peer is None:
        return {}
    try:
        answers = peers.ask(peer, [p.row.text for p in predictions])
    except peers.Missing as error:
        print(f"chaperone evaluate: without {peer}: {error}", file=sys.stderr)
        return {}
    tally = Tally()
    for p, answer in zip(predictions, answers, strict=True):
        tally.add(p.row, answer.hidden)
    ms = _spread([a.ms for a in answers])
    slower = round(ms["p50"] / ours["ms"]["p50"], 1) if ours["ms"]["p50"] else None
    return {"peer": {"name": peer, "slower": slower, **tally.measures(), "ms": ms}}


def _write(path: Path | None, rows: Sequence[dict[str, Any]]) -> None:
    if path:
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")


def table(report: dict[str, Any]) -> str:
    """The report as a person reads it; a peer's figures stand in a column of their own."""
    peer = report.get("peer", {})
    lines = [f"{'identifiers fully hidden':28} {'%':>6} {'of':>6}  {peer.get('name', '')}".rstrip()]
    for kind, (share, n) in report["hidden"].items():
        lines.append(f"  {kind:26} {_cell(share)} {n:>6}{_theirs(peer, 'hidden', kind)}")
    lines.append("")
    for name in _HEADLINES:
        lines.append(f"{name:28} {_cell(report[name])}       {_theirs(peer, name)}".rstrip())
    lines += ["", _speed("ms a message", report["ms"])]
    if peer:
        lines.append(f"{_speed('  ' + peer['name'], peer['ms'])}: {peer['slower']} times as slow")
    lines += ["", f"{'source':28} {'n':>6} {'covered':>8} {'leaked':>7} {'alarm':>7} {'staff':>7}"]
    for source, m in report["sources"].items():
        cells = (m["identifying_covered"], m["leaked_chars"], m["clean_alarm"], m["staff_names_hit"])
        lines.append(f"{source:28} {m['messages']:>6} " + " ".join(f"{_cell(c):>7}" for c in cells))
    return "\n".join(lines)


def _theirs(peer: dict[str, Any], *keys: str) -> str:
    if not peer:
        return ""
    value = peer["hidden"][keys[1]][0] if len(keys) > 1 else peer[keys[0]]
    return f"  {_cell(value)}"


def _speed(name: str, ms: dict[str, float]) -> str:
    return f"{name}: p50 {ms['p50']}, p95 {ms['p95']}, max {ms['max']}"


_HEADLINES: Final = (
    "messages", "identifying_covered", "names_hidden", "numbers_hidden", "leaked_chars", "staff_names_hit",
    "staff_contacts_hit", "clean_alarm", "over_hidden_chars", "weak_touched",
)  # fmt: skip


def _cell(value: float | None) -> str:
    return f"{'-' if value is None else value:>6}"
