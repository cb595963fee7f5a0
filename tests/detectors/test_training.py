"""What the model is taught with: settings told anew keep their marks, and wrong beliefs stay."""

import random
from collections import Counter

import pytest

from detectors.interface import Kind
from detectors.names.training.examples import examples, retold
from detectors.names.training.hearsay import Hearsay
from detectors.names.training.read import Line, SettingError, read_all, truth, unmark

MARKED = "[[PATIENT_NAME:Ada Okafor]] in bed 4, [[STAFF_NAME:Dr Lind]] has seen [[PATIENT_NAME:her]], MRN [[MRN:K123456]]"
TEXT, SPANS = unmark(MARKED, "here")
LINE = Line("x-001", "A", TEXT, SPANS)


def test_marks_are_taken_off_with_their_offsets() -> None:
    assert TEXT == "Ada Okafor in bed 4, Dr Lind has seen her, MRN K123456"
    assert [TEXT[s:e] for s, e, _ in SPANS] == ["Ada Okafor", "Dr Lind", "her", "K123456"]


@pytest.mark.parametrize("wrong", ["[[NOBODY:x]]", "[[MRN:K1", "K1]]"])
def test_a_wrong_mark_is_refused(wrong: str) -> None:
    with pytest.raises(SettingError):
        unmark(wrong, "here")


def test_told_anew_each_mark_stands_where_it_stood() -> None:
    for seed in range(200):
        told = retold(LINE, random.Random(seed), lower=seed % 2 == 0)
        said = [(told.text[s:e].casefold(), kind) for s, e, kind in told.spans]
        assert [kind for _, kind in said] == [kind for _, _, kind in SPANS]
        number = said[3][0]
        assert number[0] == "k"
        assert number[1:].isdigit()
        assert len(number) == 7
        assert said[0][0] == "ada okafor"  # names change with their whole setting


def test_words_and_tags_go_together() -> None:
    setting = next(s for s in read_all() if s.split == "train")
    for example in examples(setting, [], random.Random(1)):
        assert len(example.starts) == len(example.tags) >= len(example.rows)
        assert all(0 <= s < e <= len(example.text) for s, e, _ in example.marks)


def beliefs(seed: int) -> list[dict[str, Kind]]:
    hearsay = Hearsay(random.Random(seed))
    return [{TEXT[f.span.start : f.span.end]: f.kind for f in hearsay.believed(LINE)} for _ in range(40)]


def test_who_is_taken_for_somebody_else_stays_so() -> None:
    kinds: Counter[Kind | None] = Counter()
    for seed in range(300):
        said = {kind for belief in beliefs(seed) if (kind := belief.get("Dr Lind"))}
        assert len(said) <= 1
        kinds[next(iter(said), None)] += 1
    assert kinds[Kind.STAFF_NAME] > 200
    assert kinds[Kind.PATIENT_NAME] > 5
    assert kinds[None] > 5


def test_mostly_the_truth_is_believed_and_numbers_are_never_changed() -> None:
    right = {TEXT[f.span.start : f.span.end]: f.kind for f in truth(LINE)}
    heard = [belief for seed in range(100) for belief in beliefs(seed)]
    assert sum(belief.get("Ada Okafor") is right["Ada Okafor"] for belief in heard) > 0.7 * len(heard)
    assert {belief["K123456"] for belief in heard if "K123456" in belief} == {Kind.MRN}
