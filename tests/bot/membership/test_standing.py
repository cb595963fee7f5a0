"""Standing: several directories and the platform's own word, put together."""

from pathlib import Path

import pytest

from bot.membership.standing import check
from connectors.directories.csv import CsvDirectory
from connectors.interface import DirectoryAnswer, Member, Unavailable

HEADER = "name,email,role,status\n"


class Unreachable(CsvDirectory):
    """A directory behind a network that fails."""

    async def standing(self, member: Member) -> DirectoryAnswer:
        raise Unavailable("timed out")


def directory(folder: Path, name: str, status: str) -> CsvDirectory:
    path = folder / f"{name}.csv"
    other = "Someone Else,else@trust.example,,active\n"
    mine = f"Moira Devlin,m@trust.example,Sister,{status}\n" if status != "unknown" else ""
    if status != "could_not_tell":
        path.write_text(HEADER + other + mine, encoding="utf-8")
    return CsvDirectory(path, name)


@pytest.mark.parametrize(
    ("statuses", "standing"),
    [
        (["active"], "staff"),
        (["left", "active"], "staff"),
        (["guest", "active"], "staff"),
        (["unknown", "left"], "leaver"),
        (["left", "could_not_tell"], "could_not_tell"),
        (["could_not_tell", "active"], "staff"),
        (["unknown", "could_not_tell"], "could_not_tell"),
        (["unknown", "guest"], "guest"),
        (["unknown", "unknown"], "unknown"),
        ([], "could_not_tell"),
    ],
)
async def test_several_directories(tmp_path: Path, statuses: list[str], standing: str) -> None:
    directories = [directory(tmp_path, f"list{i}", status) for i, status in enumerate(statuses)]
    checked = await check(Member("U1", "T1", email="m@trust.example"), directories)
    assert checked.standing == standing
    assert bool(checked.why) == (standing in ("could_not_tell", "unknown"))


@pytest.mark.parametrize(
    ("status", "guest", "external", "standing"),
    [
        ("active", True, False, "guest"),
        ("active", False, True, "partner"),
        ("active", True, True, "partner"),
        ("left", False, True, "leaver"),
        ("left", True, False, "leaver"),
        ("unknown", False, True, "partner"),
        ("could_not_tell", True, False, "guest"),
    ],
)
async def test_the_platforms_word_counts(
    tmp_path: Path, status: str, guest: bool, external: bool, standing: str
) -> None:
    member = Member("U1", "T1", name="M", email="m@trust.example", is_guest=guest, is_external=external)
    assert (await check(member, [directory(tmp_path, "list", status)])).standing == standing


async def test_the_directorys_name_and_role_are_kept(tmp_path: Path) -> None:
    member = Member("U1", "T1", name="moira.d", display_name="Mo", email="m@trust.example")
    checked = await check(member, [directory(tmp_path, "list", "active")])
    assert (checked.name, checked.role, checked.by) == ("Moira Devlin", "Sister", "email")


async def test_a_directory_that_fails_could_not_tell(tmp_path: Path) -> None:
    checked = await check(Member("U1", "T1", email="m@trust.example"), [Unreachable(tmp_path / "x.csv")])
    assert (checked.standing, checked.why) == ("could_not_tell", "the staff list could not be asked")
