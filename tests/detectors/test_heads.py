"""Which words open the lines of a list, and which are part of a thing's name of several words."""

import pytest

from detectors.interface import Context
from detectors.names.features import FEATURES, read
from detectors.names.heads import heads
from detectors.names.phrases import in_phrases
from detectors.names.tokens import tokens
from detectors.normalise import normalise

LIST = "Ward 4\n1 - Pennycook, for home\nBed 2: Akhtar ECG\n3 Quill fractured neck of femur"


def opening(text: str, names: frozenset[str] = frozenset()) -> dict[str, float]:
    view = normalise(text)
    words = tokens(view)
    return {
        words[at].text: share for at, share in heads(view, words, lambda n: words[n].text in names).items()
    }


def test_each_line_is_opened_behind_its_number_or_bed() -> None:
    assert set(opening(LIST)) == {"Pennycook", "Akhtar", "Quill"}


def test_how_many_of_the_other_lines_open_with_a_name_is_told() -> None:
    named = opening(LIST, frozenset({"Pennycook", "Akhtar"}))
    assert named == {"Pennycook": 0.5, "Akhtar": 0.5, "Quill": 1.0}


@pytest.mark.parametrize("text", ["", "Quill for home", "Quill for home\nPennycook not", "one\n\n\n\n\n"])
def test_two_lines_are_no_list(text: str) -> None:
    assert opening(text) == {}


def test_a_line_without_words_opens_with_nothing() -> None:
    assert set(opening("Ash\n12\n\nBirch\nbed 4\nCherry")) == {"Ash", "Birch", "Cherry"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("parked at the James Cook multi-storey", ["James", "Cook"]),
        ("ivor lewis on Friday's list", ["ivor", "lewis"]),
        ("they've moved to Saffron Walden.", ["Saffron", "Walden"]),
        ("Harriet Lane's on the shelf", ["Harriet", "Lane"]),
        ("James rang. Cook is next", []),
        ("James\nCook", []),
        ("James", []),
        ("", []),
    ],
)
def test_words_of_a_known_phrase(text: str, part: list[str]) -> None:
    view = normalise(text)
    words = tokens(view)
    assert [words[at].text for at in sorted(in_phrases(view, words))] == part


def test_the_model_is_told_of_both() -> None:
    seen = read(normalise(LIST + "\n4 Ivor Lewis tray"), Context())
    told = {
        name: [w.text for w, row in zip(seen.words, seen.rows, strict=True) if row[FEATURES.index(name)]]
        for name in ("heads", "phrase")
    }
    assert told == {"heads": ["Pennycook", "Akhtar", "Quill", "Ivor"], "phrase": ["Ivor", "Lewis"]}
