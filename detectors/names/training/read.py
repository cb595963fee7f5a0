"""Read the settings: annotated team chats, one file each, written by hand for this repository."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from detectors.interface import Context, Earlier, Finding, Kind, Person, Roster, Span
from detectors.names.memory import names_said

SETTINGS = Path(__file__).with_name("settings")
TYPES = {
    **{k.value: k for k in Kind},
    "PHONE_PATIENT": Kind.PHONE, "PHONE_STAFF": None, "EMAIL_PATIENT": Kind.EMAIL, "EMAIL_STAFF": None,
}  # fmt: skip
"""What the annotation's words are in the detectors' own; None: marked, but to be left alone."""

_MARK = re.compile(r"\[\[([A-Z_]+):(.+?)\]\]", re.DOTALL)


class SettingError(ValueError):
    """A settings file is not in the format."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message: who wrote it, its text, and what was marked, as (start, end, annotation's type)."""

    id: str
    sender: str
    text: str = field(repr=False)
    spans: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Setting:
    name: str
    split: str
    """ "train"; "dev", whose errors may be read, "held-out" or "unseen": never trained on, only measured."""
    nation: str
    members: tuple[Person, ...]
    staff: tuple[Person, ...]
    """Of the organisation's directory: those who are no members."""
    lines: tuple[Line, ...]

    def roster(self, directory: tuple[Person, ...] = ()) -> Roster:
        return Roster((*self.members, *self.staff, *directory))


def read_all(folder: Path = SETTINGS) -> list[Setting]:
    """Every setting, in the order of its file's name. Raises SettingError."""
    return [read(path) for path in sorted(folder.glob("*.txt"))]


def read(path: Path) -> Setting:
    """One file. Raises SettingError with the file's name and what is wrong."""
    head, found, body = path.read_text("utf-8").partition("\n---\n")
    if not found:
        raise SettingError(f"{path.name}: no line of three dashes under the head")
    about = dict(re.findall(r"^@(setting|split|nation) (.+)$", head, re.MULTILINE))
    members = [_member(path, line) for line in head.splitlines() if line.startswith("@member ")]
    staff = [_staff(path, line) for line in head.splitlines() if line.startswith("@staff ")]
    keys = {p.user for p in members}
    lines = []
    for n, block in enumerate(re.split(r"^## ", body, flags=re.MULTILINE)[1:], 1):
        sender, _, marked = block.partition("\n")
        if sender.strip() not in keys:
            raise SettingError(f"{path.name}: message {n} is by nobody of the members")
        text, spans = unmark(marked.strip("\n"), f"{path.name}: message {n}")
        lines.append(Line(f"{path.stem}-{n:03}", sender.strip(), text, spans))
    split, nation = about["split"].strip(), about["nation"].strip()
    return Setting(path.stem, split, nation, tuple(members), tuple(staff), tuple(lines))


def unmark(marked: str, where: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """ "a [[T:x]] b" is "a x b" with (2, 3, "T")."""
    pieces, spans, at, length = [], [], 0, 0
    for m in _MARK.finditer(marked):
        if m[1] not in TYPES:
            raise SettingError(f"{where}: there is no type {m[1]}")
        pieces += [marked[at : m.start()], m[2]]
        start = length + m.start() - at
        length = start + len(m[2])
        spans.append((start, length, m[1]))
        at = m.end()
    text = "".join(pieces) + marked[at:]
    if "[[" in text or "]]" in text:
        raise SettingError(f"{where}: a bracket is left over")
    return text, tuple(spans)


def contexts(
    setting: Setting, roster: Roster, believed: Callable[[Line], tuple[Finding, ...]] | None = None
) -> Iterator[tuple[Line, Context]]:
    """Each line with what stood before it. The earlier messages carry what is `believed` of them: the truth unless
    told otherwise."""
    earlier: list[Earlier] = []
    spoken: dict[str, Kind] = {}
    for line in setting.lines:
        sender = roster.by_user.get(line.sender)
        yield (
            line,
            Context(roster=roster, sender=sender, earlier=tuple(earlier[-30:]), spoken_of=dict(spoken)),
        )
        found = (believed or truth)(line)
        spoken.update(names_said(line.text, found))
        earlier.append(Earlier(line.id, line.sender, line.text, found))


def truth(line: Line) -> tuple[Finding, ...]:
    """The marked spans as findings."""
    kinds = ((s, e, TYPES[kind]) for s, e, kind in line.spans)
    return tuple(Finding(kind, Span(s, e), 1.0, "truth") for s, e, kind in kinds if kind is not None)


def _member(path: Path, line: str) -> Person:
    parts = [p.strip() for p in line.removeprefix("@member ").split("|")]
    if len(parts) != 4:
        raise SettingError(f"{path.name}: a member is `key | Full Name | known as | role`")
    key, name, known_as, role = parts
    return Person(name, known_as, "", role, key, member=True)


def _staff(path: Path, line: str) -> Person:
    parts = [p.strip() for p in line.removeprefix("@staff ").split("|")]
    if len(parts) != 3:
        raise SettingError(f"{path.name}: somebody of the directory is `Full Name | known as | role`")
    return Person(parts[0], parts[1], "", parts[2])
