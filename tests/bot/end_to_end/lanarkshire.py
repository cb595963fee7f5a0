"""The Lanarkshire incident as a channel of the sandbox workspace: the invented replay of the corpora, live."""

import csv
import json
import time
import zipfile
from asyncio import sleep
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.replay.command import REACHES
from bot.replay.measure import Truth
from bot.replay.stage import Stage
from connectors.sandbox.people import Person
from connectors.sandbox.workspace import Workspace
from tests.bot.end_to_end.stage import Scene
from tests.conftest import SHARED

CASE = SHARED / "eval" / "lanarkshire"
CHAT, OUTSIDER, IG = "C0CALDER1", "U0KIRSTYX", "U0IGLANRK"
MEANT, OWNER, ADDER = "Kirsty McGarvey", "Denise Gillan", "Lorraine Petrie"
BEFORE, AFTER = 30, 20

AS_IN_2021 = """\
version: 1
default_preset: as-in-2021
presets:
  as-in-2021:
    name: As in 2021
    description: Nothing is hidden; what was said is recorded.
    kinds:
      any: observe
    files:
      quarantined: leave
      photographs: allow
channels: {}
"""

_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}


@dataclass(frozen=True)
class Case:
    """The group around the outsider's stay: `entries` identify somebody and were posted during it, `earlier`
    in the stretch before. `joins` and `leaves` are the lines that say so."""

    messages: Sequence[Mapping[str, Any]] = field(repr=False)
    members: Sequence[Mapping[str, Any]] = field(repr=False)
    entries: frozenset[str]
    earlier: frozenset[str]
    joins: str
    leaves: str

    def user(self, name: str) -> str:
        """The account id of a member of staff in the workspace."""
        return f"U0CALDR{next(n for n, m in enumerate(self.members) if m['name'] == name):02}"

    def here_at_first(self, name: str) -> bool:
        member = next(m for m in self.members if m["name"] == name)
        began = self.messages[0]["ts"]
        return member["joined"] < began and (member["left"] is None or member["left"] > began)


def case() -> Case:
    """The stretch of the truth file: some messages before, the whole stay, some after."""
    truth = json.loads((CASE / "truth.json").read_text("utf-8"))
    messages, outsider = truth["messages"], truth["outsider"]
    stay = [n for n, m in enumerate(messages) if outsider["from"] <= m["ts"] <= outsider["to"]]
    first, last = stay[0], stay[-1]
    before = messages[first - BEFORE : first]
    return Case(
        messages[first - BEFORE : last + 1 + AFTER],
        [m for m in truth["members"] if m["in_directory"]],
        frozenset(outsider["entry_ids"]),
        frozenset(m["id"] for m in before if m["label"] == "identifying"),
        messages[first]["id"],
        messages[last]["id"],
    )


@dataclass
class Replay:
    """The replayed group. `posted` is the workspace's id of each entry, by the truth's own id."""

    scene: Scene
    case: Case
    posted: dict[str, str] = field(default_factory=dict)

    async def play(self, rate: float) -> None:
        """Everything as it was said, `rate` entries a second, until the bot is done with it."""
        start = time.monotonic()
        with zipfile.ZipFile(CASE / "WhatsApp Chat - Calder Community Team.zip") as media:
            for n, entry in enumerate(self.case.messages):
                await sleep(max(0.0, start + n / rate - time.monotonic()))
                self._one(entry, media)
        assert await self.scene.stage.settled(240.0), self.scene.stage.bot_log.read_text()[-3000:]

    def seat(self, user: str) -> Mapping[str, Any]:
        """When somebody was in the group (`from`, `until`), by the workspace's own record."""
        return next(s for s in self.scene.workspace.memberships if s["user"] == user and s["channel"] == CHAT)

    def told_at(self, user: str, of: str) -> list[float]:
        """When the bot told somebody that an account joined, by the workspace's own clock."""
        rooms = [r for r in self.scene.workspace.channels.values() if r.kind == "im" and user in r.members]
        notes = [m for room in rooms for m in room.messages.values()]
        return [float(m.ts) for m in notes if f"<@{of}> joined" in json.dumps(m.said)]

    def truths(self) -> list[Truth]:
        """What the written entries of the stay say, for measuring from the workspace's record."""
        return [
            Truth(m["id"], CHAT, self.posted[m["id"]], self.case.user(m["sender"]), m["label"], ((m["text"], tuple(
                (i["start"], i["end"], i["type"]) for i in m["identifiers"])),))
            for m in self.case.messages if m["id"] in self.case.entries and m["kind"] == "message"
        ]  # fmt: skip

    def _one(self, entry: Mapping[str, Any], media: zipfile.ZipFile) -> None:
        workspace, adder = self.scene.workspace, self.case.user(ADDER)
        if entry["id"] == self.case.joins:
            workspace.join(CHAT, OUTSIDER, adder)
        elif entry["id"] == self.case.leaves:
            workspace.leave(CHAT, OUTSIDER, by=adder)
        elif entry["kind"] == "system":
            workspace.join(CHAT, self.case.user(MEANT), adder)
        elif entry["kind"] == "message":
            text = _escaped(entry["text"])
            self.posted[entry["id"]] = workspace.post(CHAT, self.case.user(entry["sender"]), text).ts
        elif entry["kind"] == "media":
            self.posted[entry["id"]] = self._share(entry, media)

    def _share(self, entry: Mapping[str, Any], media: zipfile.ZipFile) -> str:
        workspace, sender = self.scene.workspace, self.case.user(entry["sender"])
        name = entry["text"].strip("\u200e").removeprefix("<attached: ").removesuffix(">")
        data = media.read(next(n for n in media.namelist() if n.endswith(name)))
        file = workspace.add_file(sender, name, data, _TYPES[Path(name).suffix])
        return workspace.post(CHAT, sender, "", files=[file]).ts


@asynccontextmanager
async def calder(folder: Path, policy: str = "") -> AsyncIterator[Replay]:
    """The group as it was on 2 March 2021 with the bot in it; the policy that ships unless another is given."""
    found, directory, written = case(), folder / "staff.csv", folder / "policy.yaml"
    emails = _staff_list_of_then(directory, found)
    written.write_text(policy, "utf-8")
    workspace = _workspace(found, emails)
    staff = [u for u in workspace.channels[CHAT].members if u != workspace.app.user]
    async with Stage(
        workspace, folder, directory, policy=written if policy else None, ig_users=(IG,)
    ) as stage:
        await stage.install(found.user(OWNER))
        for user in staff:
            await stage.connect(user)
        assert await stage.settled()
        yield Replay(Scene(stage), found)


def _workspace(found: Case, emails: Mapping[str, str]) -> Workspace:
    workspace = Workspace(name="Calder", grants=REACHES["author_edit"])
    names = [m["name"] for m in found.members]
    for name in names:
        workspace.add_person(Person(found.user(name), name, email=emails[name], is_admin=name == OWNER))
    # An ordinary account, neither guest nor external: only the directory can tell that she is no colleague.
    workspace.add_person(Person(OUTSIDER, "Kirsty", email="kirsty@nails.example"))
    workspace.add_person(Person(IG, "Information Governance", email="ig@trust.example"))
    present = [found.user(name) for name in names if found.here_at_first(name)]
    workspace.add_channel(
        "calder-community-team", "private", creator=found.user(OWNER), members=[*present, workspace.app.user],
        id=CHAT,
    )  # fmt: skip
    return workspace


def _staff_list_of_then(path: Path, found: Case) -> dict[str, str]:
    """The staff list of that day: who left the group since was still at work. Gives everyone's address."""
    with (CASE / "directory.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    since = {m["name"] for m in found.members if (m["left"] or "") > found.messages[0]["ts"]}
    for row in rows:
        row["status"] = "active" if row["name"] in since else row["status"]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return {row["name"]: row["email"] for row in rows}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
