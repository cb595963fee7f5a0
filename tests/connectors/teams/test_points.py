"""The table of what a Teams connector has to do names files and tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
POINTS = 30


def rows() -> list[tuple[str, ...]]:
    return ROW.findall((ROOT / "docs" / "teams.md").read_text("utf-8"))


def named(cell: str, folder: str) -> list[tuple[Path, str]]:
    """The files that a cell names, each with a test of it or ""."""
    found = []
    for name in re.findall(r"`([^`]+)`", cell):
        file, _, test = name.partition("::")
        found.append((ROOT / (file if "/" in file else f"{folder}/{file}"), test))
    return found


def functions(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    return {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_point_is_there_once() -> None:
    assert [int(number) for number, *_ in rows()] == list(range(1, POINTS + 1))


def test_what_the_table_names_exists() -> None:
    for number, _, built, shown in rows():
        places = named(built, "connectors/teams")
        tests = named(shown, "tests/connectors/teams")
        assert places, number
        assert tests, number
        assert all(file.is_file() for file, _ in places), number
        assert all(test in functions(file) for file, test in tests), number


def test_the_library_is_imported_in_one_place() -> None:
    sources = [f for room in ("bot", "connectors", "detectors") for f in (ROOT / room).rglob("*.py")]
    using = {
        f.name for f in sources if re.search(r"^\s*(from|import) botbuilder", f.read_text("utf-8"), re.M)
    }
    assert using == {"bot.py"}
