"""A staff list in a file: who is matched, who cannot be told, and what a broken file does."""

import os
import time
from pathlib import Path

import pytest

from connectors.directories.csv import CsvDirectory
from connectors.interface import Member, Unavailable
from tests.conftest import SHARED

HEADER = "name,known_as,email,role,department,employer,status\n"
MOIRA = "Moira Devlin,Mo,moira.devlin@airevalley.nhs.example,Ward sister,Cardiology,Aire Valley,active\n"
GRACE = "Grace Adeyemi,,grace@airevalley.nhs.example,Staff nurse,Cardiology,Aire Valley,left\n"
VISITOR = "Angela Ferris,,angela@partner.example,Social worker,,Partner,guest\n"
LIST = HEADER + MOIRA + GRACE + VISITOR


def directory(path: Path, data: str | bytes = LIST, **settings: object) -> CsvDirectory:
    rewrite(path, data)
    return CsvDirectory(path, **{"look_again": 0.0, **settings})  # type: ignore[arg-type]


def rewrite(path: Path, data: str | bytes, hours_old: float = 0.0) -> None:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    rewrite.ticks += 1  # type: ignore[attr-defined]
    at = time.time_ns() - int(hours_old * 3600e9) + rewrite.ticks * 1000  # type: ignore[attr-defined]
    os.utime(path, ns=(at, at))


rewrite.ticks = 0  # type: ignore[attr-defined]


def gone(path: Path) -> None:
    path.unlink()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "staff.csv"


def account(email: str = "", user: str = "U1", **more: object) -> Member:
    return Member(user, "T1", email=email, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("member", "standing", "by"),
    [
        (account("moira.devlin@airevalley.nhs.example"), "staff", "email"),
        (account(" Moira.DEVLIN@AireValley.nhs.example "), "staff", "email"),
        (account("grace@airevalley.nhs.example"), "leaver", "email"),
        (account("angela@partner.example"), "guest", "email"),
        (account("nobody@airevalley.nhs.example", name="Moira Devlin", display_name="Mo"), "unknown", ""),
        (account(), "could_not_tell", ""),
        (account(name="Moira Devlin"), "could_not_tell", ""),
        (account(is_guest=True), "unknown", ""),
        (account(is_external=True), "unknown", ""),
    ],
)
async def test_standing(path: Path, member: Member, standing: str, by: str) -> None:
    answer = await directory(path).standing(member)
    assert (answer.standing, answer.by) == (standing, by)
    assert bool(answer.why) == (answer.person is None)


async def test_an_id_matches_before_an_address(path: Path) -> None:
    d = directory(path, "Staff name,payroll account,E-MAIL\nMoira Devlin,U7,m@a.example\n", columns={
        "name": "STAFF NAME", "id": "Payroll Account", "email": "e-mail",
    })  # fmt: skip
    assert (await d.standing(account(user="U7"))).by == "id"
    assert (await d.standing(account("M@a.example", user="U8"))).by == "email"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_encodings_and_delimiters(path: Path, encoding: str, delimiter: str) -> None:
    rows = [
        ["Name", "Email", "Role"],
        ["Róisín O’Néill", "roisin@a.example", "Nurse, bank"],
        ["B", "b@a.example", ""],
    ]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    d = directory(path, text.encode(encoding))
    assert [s.name for s in await d.people()] == ["Róisín O’Néill", "B"]
    assert (await d.people())[0].role == "Nurse, bank"


async def test_excels_separator_line(path: Path) -> None:
    d = directory(path, "sep=;\nname;email\nMoira;m@a.example\n")
    assert (await d.standing(account("m@a.example"))).standing == "staff"


async def test_two_people_with_one_address_cannot_be_told_apart(path: Path) -> None:
    d = directory(path, HEADER + MOIRA + MOIRA.replace("Moira Devlin", "Max Devlin"))
    answer = await d.standing(account("moira.devlin@airevalley.nhs.example"))
    assert answer.standing == "could_not_tell"
    assert answer.why == "2 people of the staff list share this email"


@pytest.mark.parametrize("statuses", [("active", "left"), ("left", "active")])
async def test_one_person_with_an_old_and_a_new_post_is_staff(path: Path, statuses: tuple[str, str]) -> None:
    d = directory(path, HEADER + "".join(MOIRA.replace("active", s) for s in statuses))
    assert (await d.standing(account("moira.devlin@airevalley.nhs.example"))).standing == "staff"


async def test_a_changed_file_is_read_again(path: Path) -> None:
    d = directory(path)
    assert (await d.standing(account("moira.devlin@airevalley.nhs.example"))).standing == "staff"
    rewrite(path, LIST.replace("active", "left"))
    assert (await d.standing(account("moira.devlin@airevalley.nhs.example"))).standing == "leaver"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (HEADER + MOIRA + "Short,row\n" + GRACE, "line 3: too few columns"),
        (HEADER + MOIRA.replace("active", "actve"), "line 2: unknown status"),
        (HEADER + MOIRA.replace("Moira Devlin", " "), "line 2: no name"),
        (HEADER + MOIRA.replace("@", " at "), "line 2: not an e-mail address"),
        (HEADER + MOIRA + '"Unclosed,,x@a.example,,,,\n' + GRACE, "a quotation mark is open or stray"),
        ("forename,surname\nMoira,Devlin\n", "line 1: no column is called name"),
        ("name,role\nMoira,Sister\n", "line 1: no column is called email"),
        ("name,email,email\nMoira,a@b.example,\n", "line 1: two columns are called email"),
        (HEADER, "it holds no people"),
        ("", "line 1"),
        (b"name,email\nMoi\x81ra,m@a.example\n", "neither UTF-8"),
    ],
)
async def test_a_broken_file_keeps_the_last_good_copy_and_says_where(
    path: Path, broken: str | bytes, said: str
) -> None:
    d = directory(path)
    assert (await d.health()).problem == ""
    rewrite(path, broken)
    health = await d.sync()
    assert said in health.problem
    assert "last good copy stays" in health.problem
    assert "Moira" not in health.problem
    assert "Short" not in health.problem
    assert health.people == 3
    assert (await d.standing(account("grace@airevalley.nhs.example"))).standing == "leaver"
    rewrite(path, LIST)
    assert (await d.sync()).problem == ""


async def test_of_a_first_file_with_wrong_lines_the_good_ones_count(path: Path) -> None:
    d = directory(path, HEADER + MOIRA + "Short,row\n")
    assert (await d.standing(account("moira.devlin@airevalley.nhs.example"))).standing == "staff"
    assert (await d.standing(account("short@airevalley.nhs.example"))).standing == "could_not_tell"
    rewrite(path, LIST)
    assert (await d.standing(account("short@airevalley.nhs.example"))).standing == "unknown"


async def test_a_list_cut_short_is_not_believed(path: Path) -> None:
    rows = [f"Person {i},,p{i}@a.example,,,,active\n" for i in range(40)]
    d = directory(path, HEADER + "".join(rows))
    await d.sync()
    rewrite(path, HEADER + "".join(rows[:10]))
    assert "10 people where 40 were" in (await d.sync()).problem
    assert (await d.standing(account("p30@a.example"))).standing == "staff"
    rewrite(path, HEADER + "".join(rows[:30]))
    assert (await d.standing(account("p35@a.example"))).standing == "unknown"


async def test_a_missing_file_tells_nothing(path: Path) -> None:
    d = CsvDirectory(path, look_again=0.0)
    assert (await d.standing(account("moira.devlin@airevalley.nhs.example"))).standing == "could_not_tell"
    assert (await d.health()).stale
    with pytest.raises(Unavailable):
        await d.people()


async def test_a_file_that_went_missing_tells_nothing_and_names_stay_known(path: Path) -> None:
    d = directory(path)
    await d.sync()
    gone(path)
    assert (await d.standing(account("moira.devlin@airevalley.nhs.example"))).standing == "could_not_tell"
    assert len(await d.people()) == 3
    rewrite(path, LIST)
    assert (await d.standing(account("moira.devlin@airevalley.nhs.example"))).standing == "staff"


async def test_a_stale_file_tells_nothing(path: Path) -> None:
    d = directory(path, max_age_hours=24)
    rewrite(path, LIST, hours_old=25)
    answer = await d.standing(account("stranger@elsewhere.example"))
    assert (answer.standing, answer.why) == ("could_not_tell", "the staff list is stale")
    assert (await d.health()).stale
    rewrite(path, LIST)
    assert (await d.standing(account("stranger@elsewhere.example"))).standing == "unknown"


async def test_a_large_list_is_quick(path: Path) -> None:
    rows = "".join(
        f"Given{i} Family{i},,person{i}@trust.example,Nurse,Ward {i % 90},Trust,active\n"
        for i in range(50_000)
    )
    d = directory(path, HEADER + rows, look_again=60.0)
    started = time.perf_counter()
    assert (await d.standing(account("person49999@trust.example"))).standing == "staff"
    assert time.perf_counter() - started < 20
    started = time.perf_counter()
    for i in range(1000):
        await d.standing(account(f"person{i}@trust.example"))
    assert time.perf_counter() - started < 2


async def test_the_development_directory() -> None:
    d = CsvDirectory(SHARED / "eval" / "chat" / "directory.csv")
    health = await d.health()
    assert (health.people, health.problem) == (230, "")
    assert (await d.standing(account("moira.devlin@airevalley.nhs.example"))).standing == "staff"
