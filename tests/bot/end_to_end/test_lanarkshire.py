"""The Lanarkshire case over the wire: the outsider told of at once, and all that she could read listed."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.membership.exposure import Exposed, exposed, totals
from bot.membership.members import Members
from bot.membership.stays import Stay
from bot.replay.measure import measure
from bot.store import tables as t
from tests.bot.end_to_end.lanarkshire import (
    AS_IN_2021,
    CHAT,
    IG,
    MEANT,
    OUTSIDER,
    OWNER,
    Case,
    Replay,
    calder,
)

RATE = 12.0
SOON = 3.0
"""Seconds. Measured: 0.06 to 0.14 while the machine was three times overbooked; docs/measurements.md."""
HALF_FOUND = {"m1874"}
"""Hidden but for a relative's first name that is a word: "Whats happening with [Patient B]? Guy says …"."""


@dataclass(frozen=True)
class Outcome:
    """What the workspace and the bot's own record say when all is over. Times are seconds after the join."""

    case: Case
    incidents: Sequence[dict[str, Any]]
    detected: float
    told: dict[str, list[float]]
    told_of_nurse: int
    stay: Stay
    nurse: Stay
    found: dict[str, Exposed]
    readable: set[str]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Nothing is hidden, as in 2021."""
    return asyncio.run(_play(tmp_path_factory.mktemp("watched"), AS_IN_2021))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """With the policy that ships."""
    return asyncio.run(_play(tmp_path_factory.mktemp("guarded"), ""))


@pytest.fixture(params=["watched", "guarded"])
def either(request: pytest.FixtureRequest) -> Outcome:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def test_the_outsider_is_told_of_at_once(either: Outcome) -> None:
    (incident,) = either.incidents
    assert (incident["sender"], incident["state"]) == (OUTSIDER, "open")
    assert incident["reasons"] == ["Not in the staff directory: not in the staff list."]
    assert 0 < either.detected < SOON
    for reader in (either.case.user(OWNER), IG):
        (told,) = either.told[reader]
        assert 0 < told < SOON
    assert (either.stay.standing, either.stay.belongs) == ("unknown", False)


def test_the_nurse_of_the_same_first_name_is_not(either: Outcome) -> None:
    assert (either.nurse.standing, either.nurse.belongs) == ("staff", True)
    assert either.told_of_nurse == 0


def test_what_she_could_read_is_listed_exactly(either: Outcome) -> None:
    assert {id for id, e in either.found.items() if not e.earlier} == either.case.entries


def test_unhidden_she_read_until_she_left(watched: Outcome) -> None:
    for e in watched.found.values():
        assert e.since == max(e.posted_at, watched.stay.joined_at)
        assert e.until == watched.stay.left_at
    assert {id for id, e in watched.found.items() if e.earlier} == watched.case.earlier
    assert totals(watched.found.values())["PATIENT_NAME"] >= len(watched.found)


def test_with_the_policy_that_ships_it_was_a_moment(guarded: Outcome) -> None:
    assert not any(e.earlier for e in guarded.found.values())
    assert guarded.stay.left_at
    for e in guarded.found.values():
        # A picture may take longer to read than she stayed.
        assert e.until is not None
        assert e.since < e.until <= guarded.stay.left_at
    assert guarded.readable <= HALF_FOUND


async def _play(folder: Path, policy: str) -> Outcome:
    async with calder(folder, policy) as replay:
        await replay.play(RATE)
        joined = replay.seat(OUTSIDER)["from"]
        nurse, owner = replay.case.user(MEANT), replay.case.user(OWNER)
        incidents = replay.scene.incidents(kind="membership")
        outsider = await _stay(replay, OUTSIDER)
        return Outcome(
            replay.case, incidents, min(i["detected_at"] for i in incidents) - joined,
            {reader: [at - joined for at in replay.told_at(reader, OUTSIDER)] for reader in (owner, IG)},
            sum(len(replay.told_at(reader, nurse)) for reader in (owner, IG)),
            outsider, await _stay(replay, nurse), await _found(replay, outsider), _readable(replay),
        )  # fmt: skip


async def _stay(replay: Replay, user: str) -> Stay:
    with replay.scene.store() as (_, store):
        (stay,) = await Members(store).those(select(t.membership).where(t.membership.c.user == user))
    return stay


async def _found(replay: Replay, stay: Stay) -> dict[str, Exposed]:
    """What the bot lists as readable to her, by the truth's own id of the entry."""
    named = {ts: id for id, ts in replay.posted.items()}
    messages = {i["id"]: i["message"] for i in replay.scene.incidents()}
    with replay.scene.store() as (_, store):
        found = await exposed(store, stay, time.time())
    assert len({e.incident for e in found}) == len(found)
    return {named[messages[e.incident]]: e for e in found}


def _readable(replay: Replay) -> set[str]:
    """Entries of the stay that anybody but their sender can read at the end, by the workspace's own record."""
    history = replay.scene.workspace.history()
    written = {m.id for m in measure(history, replay.truths(), time.time()) if m.open}
    files = {f["id"] for f in history["files"] if f["until"] is None}
    shown = replay.scene.workspace.channels[CHAT].messages
    shared = {
        id for id in replay.case.entries for f in shown[replay.posted[id]].said.get("files", ()) if f["id"] in files
    }  # fmt: skip
    return written | shared
