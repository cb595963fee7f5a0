"""The word lists: folded words, each once, the rare apart from the usual."""

from itertools import chain
from pathlib import Path

import pytest

import detectors.names
from detectors.names.words import FIRST_NAMES, NAMES, ORDINARY, SURNAMES, fold, is_name, is_ordinary

LISTS = sorted((Path(detectors.names.__file__).with_name("lists")).glob("*.txt"))


def entries(file: Path) -> list[str]:
    """Words, or of the list of phrases its lines."""
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]
    return lines if file.stem == "phrases" else list(chain.from_iterable(map(str.split, lines)))


@pytest.mark.parametrize("file", LISTS, ids=lambda f: f.stem)
def test_a_list_holds_folded_words_each_once(file: Path) -> None:
    listed = entries(file)
    assert [w for w in listed if w != fold(w)] == []
    assert len(listed) == len(set(listed))


def test_the_rare_are_none_of_the_usual() -> None:
    by_name = {file.stem: set(entries(file)) for file in LISTS}
    assert not by_name["rare_first_names"] & by_name["first_names"]
    assert not by_name["rare_surnames"] & by_name["surnames"]
    assert not by_name["rare_words"] & (ORDINARY | by_name["clinical_words"])
    assert not by_name["rare_places"] & by_name["place_words"]
    assert not by_name["things"] & (ORDINARY | by_name["clinical_words"] | by_name["rare_places"])


@pytest.mark.parametrize("name", ["quantrill", "scourfield", "thackray", "oyekanmi", "womersley"])
def test_a_rare_surname_is_a_name(name: str) -> None:
    assert is_name(name)
    assert not is_ordinary(name)


@pytest.mark.parametrize("name", ["eirlys", "heledd", "lachie", "majella", "zuzia", "przemek", "kwabs"])
def test_a_rare_first_name_is_a_name(name: str) -> None:
    assert name in FIRST_NAMES


@pytest.mark.parametrize(
    "word", ["contrast", "handshake", "shrapnel", "apwyntiad", "couldnae", "laparotomies"]
)
def test_a_rarer_word_is_ordinary(word: str) -> None:
    assert is_ordinary(word)
    assert word not in NAMES


def test_a_rare_surname_that_is_a_word_is_no_name_by_itself() -> None:
    assert not {"sledge", "branch", "reach"} & SURNAMES
