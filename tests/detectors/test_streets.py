"""A number, names and a word for a street: a home, or a value with what was found."""

import pytest

from detectors.interface import LIKELY, Context, Kind
from detectors.scan import scan

IN_A_FILE = Context(surface="file_text")


def homes(text: str, context: Context) -> list[str]:
    found = scan(text, context)
    return [
        text[f.span.start : f.span.end]
        for f in found
        if f.kind is Kind.ADDRESS and f.confidence >= LIKELY and f.message is None
    ]


@pytest.mark.parametrize("context", [Context(), IN_A_FILE])
@pytest.mark.parametrize(
    "text",
    ["Hb 70 Blood bank aware", "WCC 14 Head CT nad", "GCS 14 Left side weak", "2 Lateral view please", "V4 2 Inferior ST changes",
     "the GP surgery on School Lane"],
)  # fmt: skip
def test_what_was_found_stays(text: str, context: Context) -> None:
    assert homes(text, context) == []


@pytest.mark.parametrize("context", [Context(), IN_A_FILE])
@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("visit at 14 Eden Road today", "14 Eden Road"),
        ("14 Church View", "14 Church View"),
        ("lives 9 Church view with her son", "9 Church view"),
        ("now at 9 EDEN CT, Leeds", "9 EDEN CT, Leeds"),
        ("pads to 83 Whinknowe Gait please", "83 Whinknowe Gait"),
        ("Flat 2, 6 Mill Side is where she is", "Flat 2, 6 Mill Side"),
        ("she lives on School Lane", "School Lane"),
        ("collect from 6 Mill Bank LS4 9ZQ", "6 Mill Bank"),
    ],
)
def test_homes_go(text: str, home: str, context: Context) -> None:
    assert homes(text, context) == [home]
