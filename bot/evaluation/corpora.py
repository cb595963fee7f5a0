"""Corpora of marked messages: conversation JSON, JSON lines, and settings written by hand for the name model."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bot.evaluation.measures import MUST_HIDE, Marked, Row
from detectors.interface import Kind, Person
from detectors.names.training.read import Setting, SettingError
from detectors.names.training.read import read as read_setting


class CorpusError(Exception):
    """A corpus or directory cannot be used; the words say which and why, and quote nothing of it."""


@dataclass(frozen=True)
class Conversation:
    """Messages in their order, with who is in the conversation."""

    rows: tuple[Row, ...]
    senders: tuple[str, ...] = ()
    members: tuple[Person, ...] = ()
    platform: str = ""
    staff: tuple[Person, ...] = ()
    """A directory of its own, besides the one of the command line."""


def read(path: Path, split: str = "") -> Iterator[Conversation]:
    """The conversations of a corpus, whose format the name tells. Raises CorpusError.

    `.json`: one conversation, or the truth of an exported group; `.jsonl`: messages by `conversation` or `source`; `.txt`, or a folder of
    them: settings, of which `split` takes those alone of one part ("train", "dev", "held-out", "unseen"); the name model trains on "train" only.
    """
    try:
        if path.suffix == ".txt" or path.is_dir():
            files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
            settings = [read_setting(file) for file in files]
            yield from (_setting(s) for s in settings if split in ("", s.split))
        elif path.suffix == ".json":
            data = json.loads(path.read_text("utf-8"))
            yield _export(data, path.parent.name) if "published" in data else _whole(data, path.stem)
        else:
            yield from _lines(
                [json.loads(x) for x in path.read_text("utf-8").splitlines() if x.strip()], path
            )
    except SettingError as error:
        raise CorpusError(f"{path} is not a corpus: {error}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{path} is not a corpus ({type(error).__name__})") from None


def _setting(setting: Setting) -> Conversation:
    rows = tuple(
        _marked(line.id, line.text, tuple(Marked(*span) for span in line.spans), setting.name)
        for line in setting.lines
    )
    senders = tuple(line.sender for line in setting.lines)
    return Conversation(rows, senders, setting.members, staff=setting.staff)


def _whole(data: dict[str, Any], name: str) -> Conversation:
    messages = data["messages"]
    rows = tuple(_row(m, name) for m in messages)
    return Conversation(rows, tuple(m["sender"] for m in messages), _members(data), data.get("platform", ""))


def _export(data: dict[str, Any], name: str) -> Conversation:
    """An exported group's truth, whose members and senders have names alone; its system lines left out."""
    messages = [m for m in data["messages"] if m["kind"] == "message"]
    rows = tuple(_row(m | {"spans": m["identifiers"]}, name) for m in messages)
    members = tuple(
        Person(
            m["name"], m["shown_as"].partition(" ")[0], role=m.get("role") or "", user=m["name"], member=True
        )
        for m in data["members"]
        if m["name"]
    )
    return Conversation(rows, tuple(m["sender"] or "" for m in messages), members)


def _lines(messages: list[dict[str, Any]], path: Path) -> Iterator[Conversation]:
    """Lines with a sender belong to conversations, whose members a file beside this one may give."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for m in messages:
        groups[m.get("conversation") or m.get("source") or path.stem].append(m)
    counted = _counted(path.with_name("meta.json"))
    for name, group in groups.items():
        rows = tuple(_row(m, name, counted.get(name)) for m in group)
        talk = all("sender" in m for m in group)
        beside = path.with_name(f"{name}.json")
        members = _members(json.loads(beside.read_text("utf-8"))) if talk and beside.is_file() else ()
        senders = tuple(m["sender"] for m in group) if talk else ()
        yield Conversation(rows, senders, members, group[0].get("platform", ""))


_ALSO: Final = {
    "PERSON": (Kind.PATIENT_NAME, Kind.RELATIVE_NAME), "ID_OTHER": (Kind.OTHER_ID,),
    "PHONE_PATIENT": (Kind.PHONE,), "EMAIL_PATIENT": (Kind.EMAIL,),
}  # fmt: skip
"""The corpora's words for kinds, where they are not the detectors' own."""


def kinds_of(word: str) -> tuple[Kind, ...]:
    """What the detectors call a corpus's kind; none for what is no identifier."""
    return _ALSO.get(word) or ((Kind(word),) if word in Kind.__members__ else ())


def _counted(meta: Path) -> dict[str, frozenset[Kind]]:
    """By source the kinds that are marked without exception, as a file beside the corpus may say."""
    if not meta.is_file():
        return {}
    said = json.loads(meta.read_text("utf-8"))
    marked = {source: about["exhaustive"] for source, about in said.items() if isinstance(about, dict)}
    return {source: frozenset(k for w in words for k in kinds_of(w)) for source, words in marked.items()}


def _row(m: dict[str, Any], source: str, counted: frozenset[Kind] | None = None) -> Row:
    marked = tuple(Marked(s["start"], s["end"], s["type"]) for s in m.get("spans", ()))
    row = _marked(m["id"], m["text"], marked, source, m.get("label"))
    return replace(row, counted=counted) if counted is not None else row


def _marked(id: str, text: str, marked: tuple[Marked, ...], source: str, label: str | None = None) -> Row:
    """Without a label, a message is identifying when anything of it must be hidden."""
    implied = "identifying" if any(m.kind in MUST_HIDE for m in marked) else "clean"
    return Row(id, text, marked, label or implied, source)


def _members(data: dict[str, Any]) -> tuple[Person, ...]:
    return tuple(
        Person(m["name"], m.get("known_as", ""), m.get("email", ""), m.get("role", ""), m["id"], member=True)
        for m in data.get("members", ())
    )
