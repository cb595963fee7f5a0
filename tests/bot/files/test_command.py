"""`chaperone inspect`: what it prints, what it writes, and what it refuses."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from bot.__main__ import main

NOTE = "Ward round. Margaret Thornbury, NHS number 943 476 5919, obs stable."


def inspected(capsys: pytest.CaptureFixture[str], *args: str | Path) -> list[dict[str, Any]]:
    assert main(["inspect", "--json", *map(str, args)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_redacted_copy_stands_beside_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "note.txt"
    path.write_text(NOTE)
    [told] = inspected(capsys, path)
    assert told == {
        "file": str(path), "type": "text/plain", "outcome": "redacted", "reason": told["reason"],
        "findings": [{"kind": "PATIENT_NAME", "where": "line 1"}, {"kind": "NHS_NUMBER", "where": "line 1"}],
        "redacted_file": str(tmp_path / "note.redacted.txt"),
    }  # fmt: skip
    copy = (tmp_path / "note.redacted.txt").read_text()
    assert copy == "Ward round. [Patient A], NHS number [hidden], obs stable."
    assert path.read_text() == NOTE


def test_copies_go_where_they_are_asked_to_and_none_takes_anothers_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "note.txt").write_text(NOTE)
    told = inspected(capsys, tmp_path / "a/note.txt", tmp_path / "b/note.txt", "--out", tmp_path / "out")
    assert [Path(t["redacted_file"]).name for t in told] == ["note.redacted.txt", "note 2.redacted.txt"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "note 2.redacted.txt",
        "note.redacted.txt",
    ]
    assert {p.stat().st_mode & 0o777 for p in (tmp_path / "out").iterdir()} == {0o600}


def test_a_clean_file_and_one_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clean.txt").write_text("Sodium 138, repeat tomorrow.")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 8)
    clean, noise = inspected(capsys, tmp_path / "clean.txt", tmp_path / "noise.bin")
    assert (clean["outcome"], clean["findings"], clean["redacted_file"]) == ("clean", [], None)
    assert (noise["outcome"], noise["redacted_file"]) == ("quarantined", None)
    assert noise["reason"]


def test_a_name_that_tells_is_not_used_for_the_copy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "thornbury 9434765919.txt"
    path.write_text("Sodium 138, repeat tomorrow.")
    [told] = inspected(capsys, path)
    assert told["outcome"] == "redacted"
    assert told["findings"] == [{"kind": "FILENAME_ID", "where": "file name"}]
    assert told["redacted_file"] == str(tmp_path / "file.redacted.txt")
    assert (tmp_path / "file.redacted.txt").read_text() == path.read_text()


def test_a_picture_comes_back_with_black_boxes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = Image.new("RGB", (900, 160), "white")
    ImageDraw.Draw(picture).text((20, 40), "NHS number 943 476 5919", "black", font_size=48)
    picture.save(tmp_path / "list.png")
    [told] = inspected(capsys, tmp_path / "list.png")
    assert (told["outcome"], told["findings"][0]["kind"]) == ("redacted", "NHS_NUMBER")
    copy = Image.open(io.BytesIO((tmp_path / "list.redacted.png").read_bytes()))
    assert copy.size == picture.size
    assert copy.convert("RGB").tobytes() != picture.tobytes()


def test_staff_keep_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "staff.csv").write_text(
        "name,email,role\nGrace Okonedo,grace.okonedo@example.com,Consultant\n"
    )
    (tmp_path / "note.txt").write_text("Reviewed by Grace Okonedo. Obs stable.")
    [told] = inspected(capsys, tmp_path / "note.txt", "--directory", tmp_path / "staff.csv")
    assert told["outcome"] == "clean"


def test_for_people_it_prints_kinds_and_places_and_no_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.txt").write_text(NOTE)
    assert main(["inspect", str(tmp_path / "note.txt")]) == 0
    out = capsys.readouterr().out
    assert "redacted" in out
    assert "NHS number: line 1" in out
    assert "Thornbury" not in out
    assert "943" not in out


@pytest.mark.parametrize("args", [["missing.txt"], ["."], ["note.txt", "--directory", "missing.csv"]])
def test_what_cannot_be_used_is_said_before_anything_is_read(
    args: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("note.txt").write_text(NOTE)
    assert main(["inspect", *args]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("chaperone inspect: ")
    assert [p.name for p in tmp_path.iterdir()] == ["note.txt"]
