"""An organisation's own words: spared as themselves, never with a patient's title, never as part of a name."""

import pytest

from detectors.interface import LIKELY, Context, Earlier, Finding, Kind, Span
from detectors.scan import scan
from detectors.spared import KINDS, Unreadable, read_words

OURS = Context(spared=read_words("ward: Edith\nward: Byron\nplace: Beech House\nsystem: Rosie # the rota\n"))


def hidden(text: str, context: Context) -> list[str]:
    return [
        text[f.span.start : f.span.end]
        for f in scan(text, context)
        if f.confidence >= LIKELY and f.kind != "STAFF_NAME"
    ]


@pytest.mark.parametrize(
    "text",
    ["Edith is dry as a bone", "EDITH's full, try Byron", "she lives at Beech House", "Rosie is down again"],
)
def test_our_words_stay(text: str) -> None:
    assert hidden(text, OURS) == []


@pytest.mark.parametrize(
    "text",
    [
        "Mrs Byron in bed 4", "re pt Edith, obs please", "Edith Byron, 84F, bed 2", "Edith Holroyd in bed 2",
        "a lady called Edith, 84F",
    ],
)  # fmt: skip
def test_patients_of_that_name_go_as_ever(text: str) -> None:
    assert hidden(text, OURS) == hidden(text, Context())


def test_a_title_takes_the_word_back() -> None:
    assert any("Byron" in words for words in hidden("Mrs Byron in bed 4", OURS))


def test_it_is_our_words_that_spare_it() -> None:
    assert hidden("she lives at Beech House", Context()) == ["Beech House"]


def test_nothing_but_names_and_houses_is_spared() -> None:
    assert hidden("NHS 943 476 5919", Context(spared=frozenset({"943 476 5919"}))) == ["943 476 5919"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_word(kind: str) -> None:
    assert read_words(f"\n# ours\n{kind}: Siân  Ward # old\n") == {"sian ward"}


@pytest.mark.parametrize("line", ["Edith", "person: Edith", "ward:", "ward: #", "ward: a: b"])
def test_a_wrong_line_is_said_by_its_number_alone(line: str) -> None:
    with pytest.raises(Unreadable, match="line 2 ") as caught:
        read_words(f"ward: Byron\n{line}\n")
    assert "Edith" not in str(caught.value)


BELL = Earlier("1", "U1", "Mrs Bell in bed 4", (Finding(Kind.PATIENT_NAME, Span(0, 8), 0.95, "people"),))


@pytest.mark.parametrize(
    "text",
    [
        "<at>Martin</at> <at>Bell</at> ta",
        '<at id="0">Bell</at> can you see her',
        "cc <at>Ward 7 Bell</at> pls",
    ],
)
def test_whom_teams_mentions_stays_though_a_patient_is_called_so(text: str) -> None:
    assert hidden(text, Context(markup="teams", earlier=(BELL,))) == []


def test_a_patient_beside_a_mention_is_hidden() -> None:
    text = "<at>Martin Bell</at> can you see Mrs Bell in bed 4"
    assert hidden(text, Context(markup="teams", earlier=(BELL,))) == ["Mrs Bell"]
