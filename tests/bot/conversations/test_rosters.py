"""Who is staff, for the detectors: members joined to their directory row, then the rest of the directory."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.conversations.rosters import Rosters, people
from connectors.directories.csv import CsvDirectory
from connectors.interface import Member, Staff
from tests.bot.workplace import Workplace

ANNE = Staff("Anne Reid", "Annie", "Anne.Reid@trust.example", "Nurse")
BEN = Staff("Ben Okoro", "", "ben.okoro@trust.example", "Doctor")


def test_members_first_joined_by_e_mail_whatever_its_case() -> None:
    members = [Member("U1", "T1", name="A. Reid", display_name="areid", email="anne.reid@TRUST.example"),
               Member("U2", "T1", name="Una Farr", display_name="Una", email="")]  # fmt: skip
    found = people(members, [ANNE, BEN])
    assert [(p.name, p.known_as, p.user, p.member) for p in found] == [
        ("Anne Reid", "Annie", "U1", True), ("Una Farr", "Una", "U2", True), ("Ben Okoro", "", "", False)
    ]  # fmt: skip


def directory(folder: Path, rows: Sequence[str]) -> CsvDirectory:
    path = folder / "staff.csv"
    path.write_text("name,known_as,email,role,department,employer,status\n" + "\n".join(rows) + "\n", "utf-8")
    return CsvDirectory(path, look_again=0.0)


async def test_a_platform_out_of_reach_leaves_the_directory_and_is_asked_again(tmp_path: Path) -> None:
    place = Workplace()
    place.account_of("U1", "anne.reid@trust.example")
    place.rooms["C1"] = ["U1"]
    platforms: Any = {"slack": place}
    staff = directory(tmp_path, ["Anne Reid,,anne.reid@trust.example,Nurse,,,active",
                                 "Lena Gone,,lena.gone@trust.example,Nurse,,,left"])  # fmt: skip
    rosters = Rosters(platforms, [staff])
    place.down.add("members")
    assert [p.name for p in (await rosters.of(place.channel("C1"))).people] == ["Anne Reid"]
    place.down.clear()
    (anne,) = (await rosters.of(place.channel("C1"))).people
    assert (anne.user, anne.member) == ("U1", True)
    place.down.add("members")
    rosters.forget(place.channel("C1"))
    assert [p.member for p in (await rosters.of(place.channel("C1"))).people] == [False]


async def test_a_roster_is_kept_until_the_members_change(tmp_path: Path) -> None:
    place = Workplace()
    place.account_of("U1")
    place.rooms["C1"] = ["U1"]
    platforms: Any = {"slack": place}
    rosters = Rosters(platforms, [])
    first = await rosters.of(place.channel("C1"))
    assert await rosters.of(place.channel("C1")) is first
    place.account_of("U2")
    place.rooms["C1"].append("U2")
    rosters.forget(place.channel("C1"))
    assert len((await rosters.of(place.channel("C1"))).people) == 2
    assert place.calls.count("members") == 2
