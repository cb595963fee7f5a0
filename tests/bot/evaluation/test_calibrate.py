"""The calibrate command: each kind's trade-off, thresholds for an aim, and what confidences are worth."""

import argparse
import textwrap
from pathlib import Path

import pytest

from bot.evaluation import calibrate
from bot.evaluation.measures import Marked, Row
from bot.evaluation.predictions import Prediction
from bot.policy import load
from bot.policy.verdict import Action, Verdict
from detectors.interface import Finding, Kind, Span
from tests.conftest import SHARED

CHAT = SHARED / "eval" / "chat"


def said(
    text: str, marked: tuple[Marked, ...], *found: tuple[Kind, int, int, float], label: str = ""
) -> Prediction:
    findings = [(Finding(k, Span(s, e), c, "test"), Action.REDACT if c >= 0.5 else Action.OBSERVE)
                for k, s, e, c in found]  # fmt: skip
    row = Row("1", text, marked, label or ("identifying" if marked else "clean"), "s")
    return Prediction(row, Verdict(Action.OBSERVE, "clean"), findings)


def names(confidences: list[float]) -> list[Prediction]:
    return [
        said("Okafor fell", (Marked(0, 6, "PATIENT_NAME"),), (Kind.PATIENT_NAME, 0, 6, c))
        for c in confidences
    ]


def test_an_identifier_is_hidden_up_to_the_confidence_of_its_least_sure_letter() -> None:
    marked = (Marked(0, 10, "PATIENT_NAME"),)
    part = said("Ada Okafor", marked, (Kind.PATIENT_NAME, 0, 3, 0.9), (Kind.PATIENT_NAME, 4, 10, 0.4))
    levels = calibrate.measure([part])[Kind.PATIENT_NAME]
    assert levels.hidden == [0.4]
    assert levels.at(0.4)[0] == 100.0
    assert levels.at(0.45)[0] == 0.0


def test_what_another_kind_hides_anyway_stays_hidden() -> None:
    marked = (Marked(0, 10, "NHS_NUMBER"),)
    levels = calibrate.measure([said("9434765919", marked, (Kind.CHI, 0, 10, 0.6))])
    assert levels[Kind.NHS_NUMBER].hidden == [1.0]


def test_alarms_and_staff_are_counted_at_the_surest_finding() -> None:
    clean = said("Wells score", (), (Kind.PATIENT_NAME, 0, 5, 0.7))
    staff = said("thanks Bola", (Marked(7, 11, "STAFF_NAME"),), (Kind.PATIENT_NAME, 7, 11, 0.3), label="weak")
    levels = calibrate.measure([clean, staff])[Kind.PATIENT_NAME]
    assert (levels.alarms, levels.staff) == ([0.7], [0.3])
    assert levels.at(0.5) == (None, 100.0, 0.0)


def test_thresholds_follow_the_aim() -> None:
    alarm = said("Wells score", (), (Kind.PATIENT_NAME, 0, 5, 0.6))
    levels = calibrate.measure([*names([0.9] * 8 + [0.4] * 2), alarm])[Kind.PATIENT_NAME]
    quiet = calibrate.choose(levels, max_alarm=0.0, min_covered=None)
    assert quiet is not None
    assert 0.6 < quiet <= 0.9
    assert calibrate.choose(levels, max_alarm=None, min_covered=100.0) == 0.4
    assert calibrate.choose(levels, max_alarm=None, min_covered=80.0) == 0.9
    assert calibrate.choose(levels, max_alarm=100.0, min_covered=None) in (0.3, 0.35)


def test_too_few_marked_gives_no_threshold_but_says_so() -> None:
    levels = calibrate.measure(names([0.9] * 3))
    assert calibrate.choose(levels[Kind.PATIENT_NAME], None, None) is None
    assert "  # PATIENT_NAME: only 3 marked" in calibrate.suggestion(levels)


def test_reliability_is_what_was_right_in_each_tenth() -> None:
    right, wrong = names([0.85]), [said("Wells score", (), (Kind.PATIENT_NAME, 0, 5, 0.81))]
    ((low, n, mean, share),) = calibrate.reliability(right + wrong)
    assert (low, n, round(mean, 2), share) == (0.8, 2, 0.83, 0.5)


def test_one_threshold_for_everything_trades_what_is_hidden_for_what_is_disturbed() -> None:
    clean = said("Wells score", (), (Kind.PATIENT_NAME, 0, 5, 0.6), (Kind.AGE, 6, 11, 0.9))
    traded = dict(calibrate.tradeoff([*names([0.9, 0.4]), clean]))
    assert [traded[t]["names_hidden"] for t in (0.35, 0.5, 0.95)] == [100.0, 50.0, 0.0]
    assert [traded[t]["clean_alarm"] for t in (0.35, 0.5, 0.65)] == [100.0, 100.0, 0.0]


def test_families_are_told_apart() -> None:
    both = said("Okafor 15/03/1985", (), (Kind.PATIENT_NAME, 0, 6, 0.9), (Kind.DOB, 7, 17, 0.8))
    found = {family: [f.kind for f, _ in p.findings] for family, (p,) in calibrate.families([both]).items()}
    assert found == {"names": [Kind.PATIENT_NAME], "everything else": [Kind.DOB]}


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    calibrate.add_parser(parser.add_subparsers())
    args = parser.parse_args(["calibrate", *map(str, arguments)])
    return args.func(args), *capsys.readouterr()


def test_the_suggestion_is_a_policy_that_loads(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, CHAT / "messages.jsonl", "--directory", CHAT / "directory.csv")
    assert status == 0
    assert "NHS_NUMBER (27 marked)" in out
    assert "confidence  findings  mean  right" in out
    block = textwrap.indent(out[out.index("kinds:") :], "    ")
    text = f"version: 1\ndefault_preset: own\npresets:\n  own:\n    name: Own\n    description: Own\n{block}"
    assert Kind.NHS_NUMBER in load.load(text).presets["own"].always.kinds


def test_one_aim_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(capsys, "x.jsonl", "--max-alarm", "1", "--min-covered", "99")


def test_what_is_no_corpus_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, tmp_path / "none.jsonl")
    assert (status, out) == (2, "")
    assert "none.jsonl" in err
