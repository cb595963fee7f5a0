"""The page's files and the script of the shift, read as they lie."""

import json
import re
from pathlib import Path

import pytest

from connectors.sandbox.seed import plant, plant_teams
from connectors.sandbox.server import PAGE
from connectors.sandbox.shift import SCRIPT

STEPS = json.loads(SCRIPT.read_text("utf-8"))
ON_TEAMS = {"C0TGENERL"}
NEEDS = {
    "post": {"text"}, "reply": {"to", "text"}, "edit": {"to", "text"}, "file": {"name", "text"},
    "press": {"button"}, "join": set[str](), "leave": set[str](), "set": {"what", "text"},
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(PAGE.iterdir()), ids=lambda path: path.name)
def test_a_file_of_the_page_has_nothing_inline_from_elsewhere_or_made_of_text(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
    )
    assert not re.search(r"@import|url\(|\sstyle=|\son\w+=\"|<style|<script>", text)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)


def test_the_page_allows_itself_alone() -> None:
    index = (PAGE / "index.html").read_text("utf-8")
    assert "default-src 'none'" in index
    assert set(re.findall(r'(?:src|href)="([^#"]+)"', index)) <= {
        f"/page/{path.name}" for path in PAGE.iterdir()
    }


def test_every_step_of_the_shift_can_be_played_by_the_seed() -> None:
    """Who acts is a member at that moment, and what a step builds on was said before."""
    workspace, said = plant(), set[str]()
    plant_teams(workspace)
    for number, step in enumerate(STEPS, 1):
        assert NEEDS[step["do"]] <= step.keys(), number
        assert (step["do"] == "file") == bool({"content", "draw"} & step.keys()), number
        channel, user = workspace.channel_called(step["channel"]), workspace.person_called(step["as"]).id
        if step["do"] == "join":
            workspace.join(channel.id, user, workspace.person_called(step["by"]).id)
        assert user in channel.members, number
        if step["do"] == "leave":
            workspace.leave(channel.id, user, workspace.person_called(step["by"]).id)
        assert step.get("to") in {None, *said}, number
        said |= {step["id"]} if "id" in step else set()


def test_the_shift_takes_about_two_and_a_half_minutes_and_says_what_happens() -> None:
    assert 35 <= len(STEPS) <= 45
    assert 130 <= sum(step["wait"] for step in STEPS) <= 170
    assert sum("caption" in step for step in STEPS) >= len(STEPS) / 2
    assert all(len(step.get("caption", "")) <= 80 for step in STEPS)


def test_the_shift_shows_what_chaperone_is_for() -> None:
    assert {step["do"] for step in STEPS} == set(NEEDS)
    assert {step["button"] for step in STEPS if step["do"] == "press"} == {
        "Not a patient",
        "Needed for urgent care",
        "OK",
    }
    assert {step["do"] for step in STEPS if step["channel"] in ON_TEAMS} == {"post", "press"}
    assert any(
        step.get("text") == "Mrs Okafor NHS 943 476 5919 bed 4 needs bloods chased, K 6.2" for step in STEPS
    )
    assert any(step.get("draw") == "patient_list" for step in STEPS)
    assert any(step["as"] == "outsider" and step["do"] == "join" for step in STEPS)


def test_the_shift_holds_only_numbers_that_nobody_has() -> None:
    for step in STEPS:
        text = " ".join(str(step.get(key, "")) for key in ("text", "name", "content"))
        for number in re.findall(r"\b\d{3} \d{3} \d{4}\b", text):
            assert number.startswith("999 ") or number == "943 476 5919"
        for phone in re.findall(r"\b0\d{4} \d{6}\b", text):
            assert phone.startswith(("07700 900", "01632 960"))
