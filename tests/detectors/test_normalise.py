"""The normalised view: what detectors read, and where each character came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.interface import Markup
from detectors.normalise import OBJECT, normalise
from detectors.placeholders import WORDS, placeholder

CASES: list[tuple[str, Markup, str]] = [
    ("plain words 123", "plain", "plain words 123"),
    ("999\u200b553\u200b9209", "plain", "9995539209"),
    ("WHIT\u00adAKER", "plain", "WHITAKER"),
    ("999\u00a0108\u20111234", "plain", "999 108-1234"),
    ("９９９ １０８", "plain", "999 108"),
    ("٩٩٩", "plain", "999"),
    ("Smith &amp; Jones &nbsp;x", "plain", "Smith & Jones  x"),
    ("BP &gt; 120 &unknown; <40", "plain", "BP > 120 &unknown; <40"),
    ("bleep *1188*, _now_ ~old~ `code`", "slack", "bleep 1188, now old code"),
    ("suttie_r_leg 5 * 3", "slack", "suttie_r_leg 5 * 3"),
    ("<@U02KLIS014> re <#C01|ward> <!here>", "slack", "@ re @ @"),
    ("<mailto:a@b.example|a@b.example>", "slack", "a@b.example a@b.example"),
    ("<tel:07700900118|07700 900118>", "slack", "07700900118 07700 900118"),
    ("<https://x.example/?a=1&amp;b=2|open>", "slack", "https://x.example/?a=1&b=2 open"),
    ('<at id="0">Grace Adeyemi</at> bay A', "teams", "@Grace Adeyemi bay A"),
    ("<p>one</p><b>two</b>", "teams", "\none\ntwo"),
    ("<p>kept in plain text", "plain", "<p>kept in plain text"),
    ("Zielin\u0301ski", "plain", "Zieliński"),
    ("9\ufe0f\u20e34\ufe0f\u20e3", "plain", "94"),
    ("[Patient A] rang", "plain", f"{OBJECT} rang"),
    ("a \ud800 b", "plain", "a \ufffd b"),
]


@pytest.mark.parametrize(("text", "markup", "read"), CASES)
def test_reads(text: str, markup: Markup, read: str) -> None:
    assert normalise(text, markup).text == read


def test_a_span_covers_what_hides_inside_it() -> None:
    text = "no 999\u200b553\u200b9209 ok"
    view = normalise(text)
    span = view.span(view.text.index("999"), view.text.index("9209") + 4)
    assert text[span.start : span.end] == "999\u200b553\u200b9209"


def test_a_span_behind_emoji_and_entities() -> None:
    text = "👩‍⚕️ &amp; Niamh"
    view = normalise(text)
    at = view.text.index("Niamh")
    assert text[view.span(at, at + 5).start :] == "Niamh"


@pytest.mark.parametrize("kind", WORDS)
def test_every_placeholder_is_one_object(kind: str) -> None:
    assert normalise(placeholder(kind)).text == OBJECT  # type: ignore[arg-type]


def test_only_our_own_placeholders_are_passed_over() -> None:
    assert normalise("[Grace Holroyd hidden]").text == "[Grace Holroyd hidden]"


@given(st.text(max_size=200), st.sampled_from(["plain", "slack", "teams"]))
def test_the_map_is_whole_and_in_order(text: str, markup: Markup) -> None:
    view = normalise(text, markup)
    assert len(view.text) == len(view.starts) == len(view.ends) == len(view.lower)
    assert all(0 <= s < e <= len(text) for s, e in zip(view.starts, view.ends, strict=True))
    assert list(view.starts) == sorted(view.starts)
