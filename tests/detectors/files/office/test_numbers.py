"""Numbers as people see them in a sheet."""

import pytest
from lxml import etree

from detectors.files.office.numbers import Formats

STYLES = etree.fromstring(
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-809]d mmmm yyyy"/>'
    '<numFmt numFmtId="165" formatCode="0 &quot;days&quot;"/></numFmts><cellXfs>'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/></cellXfs></styleSheet>'
)
GENERAL, SHORT_DATE, LONG_DATE, DAYS, TIME = "01234"


@pytest.mark.parametrize(
    ("value", "style", "label", "shown"),
    [
        ("9434765919", GENERAL, "", "9434765919"),
        ("9.434765919E9", GENERAL, "", "9434765919"),
        ("9434765919.0", GENERAL, "", "9434765919"),
        ("18334", SHORT_DATE, "", "12/03/1950"),
        ("18334", LONG_DATE, "", "12/03/1950"),
        ("18334.5", SHORT_DATE, "", "12/03/1950 12:00"),
        ("18334", GENERAL, "DOB", "12/03/1950"),
        ("18334", GENERAL, "Weight", "18334"),
        ("94", DAYS, "", "94"),
        ("0.5", TIME, "", "0.5"),
        ("37.2", GENERAL, "Temp", "37.2"),
        ("103506619", GENERAL, "CHI number", "0103506619"),
        ("103506619", GENERAL, "Invoice", "103506619"),
        ("1e400", SHORT_DATE, "", "1e400"),
        ("nan", SHORT_DATE, "DOB", "nan"),
        ("99999999", SHORT_DATE, "", "99999999"),
        ("-5", SHORT_DATE, "", "-5"),
        ("x", "77", "", "x"),
    ],
)
def test_shown(value: str, style: str, label: str, shown: str) -> None:
    assert Formats(STYLES, from_1904=False).shown(value, style, label) == shown


def test_workbooks_from_a_macintosh_count_from_1904() -> None:
    assert Formats(STYLES, from_1904=True).shown("16872", SHORT_DATE, "") == "12/03/1950"


def test_no_styles_at_all() -> None:
    assert Formats(None, from_1904=False).shown("18334", "0", "") == "18334"
