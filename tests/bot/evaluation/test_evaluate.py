"""The evaluate command: its measures are the corpora's own, and its predictions score the same."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.evaluation import evaluate, peers
from bot.evaluation.measures import Marked, Row, Tally
from tests.conftest import SHARED

CHAT = SHARED / "eval" / "chat"


def command(*arguments: str | Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    evaluate.add_parser(parser.add_subparsers())
    return parser.parse_args(["evaluate", *map(str, arguments)])


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    args = command(*arguments)
    status = args.func(args)
    out, err = capsys.readouterr()
    return status, out, err


def test_the_measures_equal_the_scorers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    predictions = tmp_path / "predictions.jsonl"
    corpus = CHAT / "messages.jsonl"
    status, out, _ = run(
        capsys, corpus, "--directory", CHAT / "directory.csv", "--predictions", predictions, "--json"
    )
    scorer = [
        sys.executable,
        str(SHARED / "eval" / "score_chat.py"),
        str(corpus),
        "--predictions",
        str(predictions),
        "--json",
    ]
    expected = json.loads(subprocess.run(scorer, check=True, capture_output=True, text=True).stdout)
    ours = json.loads(out)
    assert status == 0
    assert {k: ours[k] for k in expected} == expected
    assert set(ours["sources"]) == {p.stem for p in CHAT.glob("0*.json")}
    assert ours["ms"]["p50"] > 0
    # Floors well below the measured figures: a broken detector must not pass unseen.
    assert ours["numbers_hidden"] >= 97
    assert ours["names_hidden"] >= 88
    assert ours["clean_alarm"] <= 5
    assert ours["staff_names_hit"] <= 5


def test_conversation_files_give_the_same_as_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    one = json.loads(run(capsys, CHAT / "03-ortho-oncall.json", "--json")[1])
    lines = json.loads(run(capsys, CHAT / "messages.jsonl", "--json")[1])["sources"]["03-ortho-oncall"]
    assert {k: one[k] for k in lines} == lines


def test_text_lines_are_read_too(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, SHARED / "eval" / "text" / "abcd_sample.jsonl")
    assert status == 0
    assert "abcd_sample" in out
    assert "ms a message" in out


def conversation(tmp_path: Path, *texts: str) -> Path:
    messages = [
        {"id": f"m{n}", "sender": "U1", "text": t, "spans": [], "label": "clean"} for n, t in enumerate(texts)
    ]
    members = [{"id": "U1", "name": "Con McAleese", "email": "c@x.example"}]
    path = tmp_path / "talk.json"
    path.write_text(json.dumps({"platform": "slack", "members": members, "messages": messages}))
    return path


def test_predictions_say_what_the_whole_conversation_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = conversation(tmp_path, "it starts 170939", "9244", "Mr Whitaker, 82F, thanks Con")
    out = tmp_path / "p.jsonl"
    assert run(capsys, path, "--predictions", out)[0] == 0
    first, second, third = (json.loads(line) for line in out.read_text().splitlines())
    # by itself it may begin an NHS number; the next message tells that it begins a CHI
    assert {(s["start"], s["end"], s["action"]) for s in first["spans"]} == {(10, 16, "redact")}
    assert "CHI" in {s["type"] for s in first["spans"]}
    assert first["label"] == "weak"
    assert first["action"] == "redact"
    assert second["spans"][0]["type"] == "CHI"
    assert [(s["type"], s["action"]) for s in third["spans"]] == [
        ("PATIENT_NAME", "redact"), ("AGE", "keep"), ("STAFF_NAME", "keep"),
    ]  # fmt: skip


def test_errors_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "errors.jsonl"
    assert run(capsys, conversation(tmp_path, "Mr Whitaker fell"), "--errors", out)[0] == 0
    error = json.loads(out.read_text())
    assert (error["wrongly"], error["as"], error["in"]) == (
        "MrWhitaker",
        ["PATIENT_NAME"],
        "Mr Whitaker fell",
    )


SETTING = """@setting A ward
@nation Wales
@split {split}
@member bev | Beverley Dodds | Bev | ward clerk
---
## bev
[[PATIENT_NAME:Mr Whitaker]] fell, thanks [[STAFF_NAME:Bev]]
"""


def test_settings_are_a_corpus_and_held_out_ones_can_be_picked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "01-a.txt").write_text(SETTING.format(split="train"))
    (tmp_path / "02-b.txt").write_text(SETTING.format(split="held-out"))
    everything = json.loads(run(capsys, tmp_path, "--json")[1])
    held_out = json.loads(run(capsys, tmp_path, "--split", "held-out", "--json")[1])
    one = json.loads(run(capsys, tmp_path / "01-a.txt", "--json")[1])
    assert list(everything["sources"]) == ["01-a", "02-b"]
    assert list(held_out["sources"]) == ["02-b"]
    assert one["hidden"] == {"PATIENT_NAME": [100.0, 1]}
    assert one["staff_names_hit"] == 0.0


def test_a_broken_setting_is_said_with_its_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "01-a.txt").write_text(SETTING.format(split="train").replace("## bev", "## nobody"))
    status, _, err = run(capsys, tmp_path)
    assert status == 2
    assert "message 1 is by nobody of the members" in err


PEER = """import json, sys
json.dump([{"hidden": [[0, 2]], "ms": 5.0} for _ in json.load(sys.stdin)], sys.stdout)
"""


def test_a_peer_answers_in_its_own_python(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(PEER)
    answers = peers.ask("slow", ["Mr Whitaker", "ok"], Path(sys.executable), tmp_path)
    assert answers == [peers.Answer(((0, 2),), 5.0)] * 2


def test_a_peer_that_is_not_there_is_said_and_left_out(tmp_path: Path) -> None:
    with pytest.raises(peers.Missing, match="make bench"):
        peers.ask("presidio", ["a"], tmp_path / "python")
    with pytest.raises(peers.Missing, match="does not run"):
        peers.ask("none", ["a"], Path(sys.executable), tmp_path)


def test_a_peers_figures_stand_beside_ours() -> None:
    row = Row("1", "Mr Whitaker", (Marked(0, 11, "PATIENT_NAME"),), "identifying", "s")
    tally = Tally()
    tally.add(row, [(0, 11)])
    ms = {"median": 1.0, "p50": 1.0, "p95": 2.0, "max": 3.0}
    ours = tally.measures() | {"ms": ms, "sources": {}}
    theirs = Tally()
    theirs.add(row, [])
    table = evaluate.table(
        ours | {"peer": {"name": "presidio", "slower": 9.5, **theirs.measures(), "ms": ms}}
    )
    assert "PATIENT_NAME                100.0      1     0.0" in table
    assert "9.5 times as slow" in table


@pytest.mark.parametrize(("name", "content"), [("a.json", "{}"), ("a.jsonl", "no"), ("a.jsonl", '{"id": 1}')])
def test_what_is_no_corpus_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    status, out, err = run(capsys, path)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert name in err


def test_a_missing_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, tmp_path / "none.jsonl")[0] == 2


def test_titles_and_possessives_may_stay_or_go() -> None:
    row = Row("1", "Mrs Akhtar's son", (Marked(0, 10, "PATIENT_NAME"),), "identifying", "s")
    for span in ((0, 10), (4, 10), (0, 12)):
        tally = Tally()
        assert tally.add(row, [span]) == []
    assert Tally().add(row, [(4, 9)])[0]["leaked"] == "PATIENT_NAME"
    assert Tally().add(row, [(0, 16)])[0]["wrongly"] == "son"


CALLABLE = """from detectors.interface import Kind
from detectors.interface import LIKELY
from detectors.scan import scan

KEPT = (Kind.STAFF_NAME, Kind.AGE, Kind.INITIALS)


def detect(text):
    return [(f.span.start, f.span.end, f.kind) for f in scan(text) if f.confidence >= LIKELY and f.kind not in KEPT]
"""
UK = ("nhs_bars_eps_json", "presidio_uk_tests")


def test_text_corpora_are_measured_as_their_own_scorer_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ours.py").write_text(CALLABLE)
    scores = tmp_path / "scores.json"
    folder = SHARED / "eval" / "text"
    subprocess.run(
        [sys.executable, folder.parent / "score_text.py", "ours:detect", "--source", *UK, "--json", scores],
        check=True, capture_output=True, cwd=tmp_path,
    )  # fmt: skip
    theirs = json.loads(scores.read_text())["sources"]
    status, out, _ = run(capsys, *(folder / f"{source}.jsonl" for source in UK), "--json")
    assert status == 0
    for source, ours in json.loads(out)["sources"].items():
        counts = theirs[source]
        assert ours["identifying_covered"] == round(100 * counts["icovered"] / counts["imsgs"], 1)
        alarm = round(100 * counts["alarm"] / counts["clean"], 1) if counts.get("clean") else None
        assert ours["clean_alarm"] == alarm
    assert json.loads(out)["identifying_covered"] >= 95


def test_what_a_corpus_does_not_mark_is_no_alarm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        {"id": n, "text": t, "spans": [], "source": "s"}
        for n, t in (("1", "wife on 07700 900118"), ("2", "ok"))
    ]
    (tmp_path / "s.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    everything = json.loads(run(capsys, tmp_path / "s.jsonl", "--json")[1])
    (tmp_path / "meta.json").write_text(json.dumps({"_note": "n", "s": {"exhaustive": ["PERSON", "ORG"]}}))
    names_only = json.loads(run(capsys, tmp_path / "s.jsonl", "--json")[1])
    (tmp_path / "meta.json").write_text(json.dumps({"s": {"exhaustive": ["PHONE"]}}))
    phones = json.loads(run(capsys, tmp_path / "s.jsonl", "--json")[1])
    assert [m["clean_alarm"] for m in (everything, names_only, phones)] == [50.0, 0.0, 50.0]


def test_an_exported_group_is_read_with_its_members_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    folder = SHARED / "eval" / "lanarkshire"
    status, out, _ = run(capsys, folder / "truth.json", "--directory", folder / "directory.csv", "--json")
    ours = json.loads(out)
    assert status == 0
    assert ours["messages"] == 3342
    assert ours["hidden"]["DOB"][1] == 96
    # Floors below the measured figures: a broken detector must not pass unseen.
    assert ours["identifying_covered"] >= 95
    assert ours["names_hidden"] >= 96
    assert ours["staff_names_hit"] <= 4
    assert ours["clean_alarm"] <= 1
