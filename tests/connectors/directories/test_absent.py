"""Whoever a directory's last copy does not know while it cannot be read: known as absent, or not to be told."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from connectors.directories.csv import CsvDirectory
from connectors.directories.synced import SyncedDirectory
from connectors.interface import Member, Staff, Unavailable

OLD = Member("UOLD", "T1", email="stranger@elsewhere.example")
NEW = Member("UNEW", "T1", email="starter@trust.example")
STAFF = Member("UMO", "T1", email="moira@trust.example")


class Source:
    down = False

    async def fetch(self) -> Sequence[Staff]:
        if self.down:
            raise Unavailable("no answer")
        return [Staff("Moira Devlin", email="moira@trust.example")]


async def test_what_a_good_sync_did_not_know_stays_unknown_and_newcomers_wait() -> None:
    source = Source()
    directory = SyncedDirectory("LDAP directory", source.fetch)
    await directory.sync()
    assert (await directory.standing(OLD)).standing == "unknown"
    source.down = True
    await directory.sync()
    assert (await directory.standing(OLD)).standing == "unknown"
    assert (await directory.standing(STAFF)).standing == "staff"
    answer = await directory.standing(NEW)
    assert (answer.standing, answer.why) == (
        "could_not_tell", "not in the last good copy of the LDAP directory, which cannot be read now",
    )  # fmt: skip
    source.down = False
    await directory.sync()
    assert (await directory.standing(NEW)).standing == "unknown"


async def test_an_address_that_changed_meanwhile_is_another_question() -> None:
    source = Source()
    directory = SyncedDirectory("LDAP directory", source.fetch)
    await directory.sync()
    await directory.standing(OLD)
    source.down = True
    await directory.sync()
    moved = Member(OLD.user, "T1", email="new@trust.example")
    assert (await directory.standing(moved)).standing == "could_not_tell"


@pytest.mark.parametrize("broken", ["name,colour\nMoira Devlin,red\n", ""])
async def test_a_broken_file_says_nothing_of_starters(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "staff.csv"
    path.write_text("name,email\nMoira Devlin,moira@trust.example\n", "utf-8")
    directory = CsvDirectory(path, look_again=0.0)
    assert (await directory.standing(OLD)).standing == "unknown"
    path.write_text(broken, "utf-8")
    assert (await directory.standing(OLD)).standing == "unknown"
    assert (await directory.standing(STAFF)).standing == "staff"
    assert (await directory.standing(NEW)).standing == "could_not_tell"
