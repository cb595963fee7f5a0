"""`chaperone inspect`: files through the attachment path, with what was found and the redacted copies."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bot.files.look import plain_look
from bot.files.pool import Pool
from bot.policy import load
from bot.policy.rules import decide
from bot.policy.verdict import Audience
from bot.settings.load import load as load_settings
from bot.settings.sections import Detectors
from connectors.directories.staff_list import Unreadable, read_staff_list
from detectors.files.interface import File, Found, Outcome, Result
from detectors.identifiability import identifiability
from detectors.interface import Context, Kind, Person, Roster
from detectors.placeholders import WORDS
from detectors.scan import scan

_HELP = "look into files as the bot does, and write redacted copies"
_ABOUT = """Each file ends as clean, redacted, quarantined (it could not be shown to be safe, so the bot would hold it
back) or uninspected. A redacted copy is written beside the file, or in --out, as NAME.redacted.EXT, readable by you
alone. A file whose name holds an identifier counts as redacted even when nothing else does, and its copy gets a
name without it. Findings are kinds and places, never values. The exit status is 0 whatever was found."""
_NAMED: Final = "The name of the file holds an identifier."
_PLACE: Final = "file name"


class _Usage(Exception):
    """The command line cannot be carried out; the words say why."""


@dataclass(frozen=True)
class _Told:
    path: Path
    result: Result
    copy: Path | None

    def as_json(self) -> dict[str, Any]:
        return {
            "file": str(self.path), "type": self.result.type, "outcome": str(self.result.outcome),
            "reason": self.result.reason, "findings": [{"kind": f.kind, "where": f.where} for f in self.result.found],
            "redacted_file": str(self.copy) if self.copy else None,
        }  # fmt: skip

    def as_text(self) -> str:
        head = f"{self.path}: {self.result.outcome}" + (f", see {self.copy}" if self.copy else "")
        lines = [f"  {self.result.reason}"] if self.result.reason else []
        return "\n".join([head, *lines, *_places(self.result.found)])


def add_parser(subparsers: Any) -> None:
    """Add `inspect` to the command line."""
    p = subparsers.add_parser("inspect", help=_HELP, description=_ABOUT)
    p.add_argument("files", nargs="+", type=Path, metavar="FILE")
    p.add_argument(
        "--directory", type=Path, metavar="CSV", help="staff directory, so that staff keep their names"
    )
    p.add_argument(
        "--settings", type=Path, metavar="TOML", help="your settings, for your hospital numbers and words"
    )
    p.add_argument("--out", type=Path, metavar="FOLDER", help="where the redacted copies go")
    p.add_argument("--json", action="store_true", help="one JSON object a line")
    p.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 2 when a file or argument cannot be used, said in one line before anything is read."""
    try:
        context = _context(args.directory, args.settings)
        _check(args.files, args.out)
        asyncio.run(_inspect(args.files, context, args.out, args.json))
    except (_Usage, Unreadable, OSError) as error:
        print(f"chaperone inspect: {error}", file=sys.stderr)
        return 2
    return 0


def _context(directory: Path | None, settings: Path | None) -> Context:
    staff = read_staff_list(directory.read_bytes()).people if directory else ()
    people = tuple(Person(s.name, s.known_as, s.email, s.role) for s in staff if s.status != "left")
    particular = load_settings(settings).detectors if settings else Detectors()
    return Context(
        roster=Roster(people), hospital_numbers=particular.hospital_numbers, spared=particular.spared()
    )


def _check(files: Sequence[Path], out: Path | None) -> None:
    for path in files:
        if not path.is_file():
            raise _Usage(f"{path} is not a file")
    if out:
        out.mkdir(parents=True, exist_ok=True)


async def _inspect(files: Sequence[Path], context: Context, out: Path | None, as_json: bool) -> None:
    pool = Pool(1)
    written: set[Path] = set()
    try:
        for path in files:
            file = File(path.name, await asyncio.to_thread(path.read_bytes))
            result = _with_name(file, await pool.inspect(file, plain_look(context)), context)
            copy = _write(path, result, out or path.parent, written)
            told = _Told(path, result, copy)
            print(json.dumps(told.as_json()) if as_json else told.as_text(), flush=True)
    finally:
        await pool.close()


def _with_name(file: File, result: Result, context: Context) -> Result:
    """The result with what the name tells: a clean file under a telling name is redacted by a new name."""
    if not _tells(file.name, context):
        return result
    found = (*result.found, Found(Kind.FILENAME_ID, _PLACE))
    reason = f"{result.reason} {_NAMED}".strip()
    if result.outcome is Outcome.CLEAN:
        return replace(result, outcome=Outcome.REDACTED, data=file.data, found=found, reason=reason)
    return replace(result, found=found, reason=reason)


def _tells(name: str, context: Context) -> bool:
    findings = scan(name, replace(context, surface="file_name"))
    policy = load.default()
    preset = policy.presets[policy.default_preset]
    return bool(decide(findings, identifiability(findings), Audience(), preset, version="").hidden)


def _write(path: Path, result: Result, folder: Path, written: set[Path]) -> Path | None:
    if result.data is None:
        return None
    stem = "file" if any(f.where == _PLACE for f in result.found) else path.stem
    suffix = result.suffix or path.suffix
    copy = next(c for c in _names(folder, stem, suffix) if c not in written)
    written.add(copy)
    with open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
        f.write(result.data)
    return copy


def _names(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    yield folder / f"{stem}.redacted{suffix}"
    number = 2
    while True:
        yield folder / f"{stem} {number}.redacted{suffix}"
        number += 1


def _places(found: Sequence[Found]) -> Iterator[str]:
    """A line for each kind: "  NHS number: page 1, page 3"."""
    by_kind: dict[str, dict[str, None]] = {}
    for each in found:
        by_kind.setdefault(each.kind, {})[each.where] = None
    for kind, places in by_kind.items():
        what = WORDS.get(Kind(kind), kind) if kind in Kind.__members__ else kind.lower()
        more = f" and {len(places) - 8} more" if len(places) > 8 else ""
        yield f"    {what}: {', '.join(list(places)[:8])}{more}"
