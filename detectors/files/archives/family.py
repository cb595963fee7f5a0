"""Archives with many members: every member is inspected, and those that may be handed on are packed anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

from detectors.files import file_names
from detectors.files.archives import seven_zips, tars, zips
from detectors.files.archives.packed import Member, Packed
from detectors.files.interface import Cut, Desk, Family, File, Limits, Outcome, Result
from detectors.files.parts import ANEW, Parts, found_in, inspect_parts

_NAMES = "names in the archive"


@dataclass(frozen=True)
class _Format:
    """`read` raises Unreadable; `write` never fails on what `read` gave."""

    read: Callable[[bytes, Limits], Packed]
    write: Callable[[tuple[Member, ...]], bytes]


def _inspect(form: _Format, file: File, type: str, desk: Desk) -> Result:
    packed = form.read(file.data, desk.limits)
    passages = [p for m in packed.members for p in file_names.passages(m.name, _NAMES)]
    cuts = desk.look([*passages, *packed.more])
    parts = inspect_parts([_file(m, file) for m in packed.members if m.data is not None], desk)
    found = (*found_in((*passages, *packed.more), cuts), *parts.found)
    if parts.stopped or (parts.bad and len(parts.bad) == len(parts.results)):
        return Result(Outcome.QUARANTINED, type, parts.reason, found, stops=parts.stopped)
    if not any(cuts) and not parts.changed and not packed.hidden:
        return Result(Outcome.CLEAN, type)
    data = form.write(_kept(packed.members, cuts, parts))
    reason = parts.taken_out or ("" if found else ANEW)
    return Result(Outcome.REDACTED, type, reason, found, data)


def _file(member: Member, archive: File) -> File:
    return File(member.name.rpartition("/")[2], member.data or b"", depth=archive.depth + 1)


def _kept(members: Sequence[Member], cuts: Sequence[Sequence[Cut]], parts: Parts) -> tuple[Member, ...]:
    """The members that may be handed on, under names without identifiers, each name once."""
    kept: list[Member] = []
    results = iter(parts.results)
    at, taken = 0, set[str]()
    for member in members:
        ends = at + member.name.count("/") + 1
        name, at = file_names.masked(member.name, cuts[at:ends]), ends
        result = None if member.data is None else next(results)
        if result is None:
            kept += [Member(name, None)] if name not in taken else []
        elif result.outcome in (Outcome.CLEAN, Outcome.REDACTED):
            name = _free(name + result.suffix, taken)
            kept.append(Member(name, member.data if result.data is None else result.data))
        taken.add(name)
    return tuple(kept)


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number where masking made it equal to another's."""
    folder, slash, last = name.rpartition("/")
    stem, dot, suffix = last.rpartition(".") if "." in last else (last, "", "")
    numbered = (f"{folder}{slash}{stem} ({n}){dot}{suffix}" for n in count(2))
    return name if name not in taken else next(n for n in numbered if n not in taken)


def _family(name: str, form: _Format, *types: str) -> Family:
    return Family(name, frozenset(types), partial(_inspect, form))


FAMILIES = (
    _family("7-Zip archives", _Format(seven_zips.read, seven_zips.write), "application/x-7z-compressed"),
    _family("tar archives", _Format(tars.read, tars.write), "application/x-tar"),
    _family("zip archives", _Format(zips.read, zips.write), "application/zip"),
)
