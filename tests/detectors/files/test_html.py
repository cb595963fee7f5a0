"""HTML: all that shows and all that does not."""

import base64

import lxml.html
import pytest

from detectors.files.html_source import lost
from detectors.files.interface import Outcome
from tests.detectors.files.desk import look_into

NUMBER = "NHS number 999 000 0018"
HIDDEN = "NHS number [NHS number hidden]"


def page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>{body}</body></html>".encode()


def redacted(data: bytes) -> str:
    result = look_into(data, "a.html")
    assert result.outcome is Outcome.REDACTED, result.reason
    return (result.data or b"").decode()


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{NUMBER}</p>",
        f"<div style='display:none'>{NUMBER}</div>",
        f"<img alt='{NUMBER}'>",
        f"<a href='x' title='{NUMBER}'>x</a>",
        f"<input placeholder='{NUMBER}'>",
        "<input name='NHS number' value='9990000018'>",
        f"<div data-note='{NUMBER}'>x</div>",
        "<a href='https://x.example/?nhs=999%20000%200018'>NHS number</a><p>NHS number 999 000 0018</p>",
        f"<template><p>{NUMBER}</p></template>",
        f"<noscript>{NUMBER}</noscript>",
        f"<textarea>{NUMBER}</textarea>",
        f"<select><option>{NUMBER}</option></select>",
        f"<!-- {NUMBER} --><p>x</p>",
        f"<!--[if mso]>{NUMBER}<![endif]--><p>x</p>",
        f"<script>var x = '{NUMBER}';</script>",
        f"<style>p::after {{content: '{NUMBER}'}}</style>",
        "<p>NHS <b>number</b> <i>999</i> 000 <span>00</span>18</p>",
        "<p>NHS number&nbsp;999&#32;000 0018",
        f"<table><tr><td>{NUMBER}<table><tr><td>x",
        f"</body></html>{NUMBER}",
        f"<svg><text>{NUMBER}</text></svg>",
        f"<p title='x' title='{NUMBER}'>x</p>",
        f"<frameset>{NUMBER}</frameset>",
        f"<select><b>{NUMBER}</b></select>",
        f"<![CDATA[ {NUMBER} ]]>",
        f"<?php {NUMBER} ?>",
        f"<p>x</p title='{NUMBER}'>",
        f"<p>x<b title='{NUMBER}'",
        "</html>&#78;HS number 999 000 0018",
    ],
)
def test_it_goes_wherever_it_stands(body: str) -> None:
    out = redacted(page(body))
    assert "0018" not in out
    assert "999" not in out


def test_nothing_is_missed_in_an_ordinary_page() -> None:
    body = "<P CLASS=x>A &lt; B &amp; caf&eacute;<BR/>two<img src=a.png alt=''><input disabled></p><script>a<b</script>"
    text = page(body, "<title>t</title><meta charset=utf-8>").decode()
    assert lost(text, lxml.html.document_fromstring(text).getroottree()) == []


def test_head_and_title_are_read() -> None:
    out = redacted(page("x", f"<title>{NUMBER}</title><meta name=description content='{NUMBER}'>"))
    assert out.count(HIDDEN) == 2


def test_the_page_stays_a_page() -> None:
    body = f'<h1 class="a">Ward 7</h1>\n<ul><li>{NUMBER}</li><li>Potassium 5.1</li></ul><script>go()</script>'
    out = redacted(page(body))
    assert out.startswith("<!DOCTYPE html>")
    assert body.replace(NUMBER, HIDDEN) in out


def test_a_table_s_headings_are_labels() -> None:
    rows = "<tr><th>Surname</th><th>Ward</th></tr><tr><td>Okafor</td><td>7</td></tr>"
    tree = lxml.html.fromstring(redacted(page(f"<table>{rows}</table>")))
    assert [c.text for c in tree.iter("th", "td")] == ["Surname", "Ward", "[Patient A]", "7"]


def test_a_heading_on_the_left_and_a_term_are_labels() -> None:
    body = "<table><tr><td>Surname:</td><td>Okafor</td></tr></table><dl><dt>Patient</dt><dd>Bell</dd></dl>"
    out = redacted(page(body))
    assert "Okafor" not in out
    assert "Bell" not in out


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15"])
def test_the_page_s_encoding_stays(encoding: str) -> None:
    data = f"<html><head><meta charset={encoding}></head><body>Caf\u00e9 {NUMBER}</body></html>".encode(
        encoding
    )
    out = look_into(data, "a.html").data or b""
    assert f"Caf\u00e9 {HIDDEN}" in out.decode(encoding)


@pytest.mark.parametrize("encoding", ["utf-7", "x-unknown", "shift_jis"])
def test_a_page_in_letters_that_cannot_be_told_is_refused(encoding: str) -> None:
    result = look_into(f"<html><meta charset={encoding}><body>x".encode(), "a.html")
    assert result.outcome is Outcome.QUARANTINED


def test_a_file_within_is_looked_at() -> None:
    inner = base64.b64encode(NUMBER.encode()).decode()
    out = redacted(page(f'<a href="data:text/plain;base64,{inner}">x</a>'))
    assert base64.b64encode(HIDDEN.encode()).decode() in out


def test_a_picture_that_nobody_can_read_is_left_out() -> None:
    result = look_into(page('<p>Ward 7</p><img alt="x" src="data:image/png;base64,AAAA">'), "a.html")
    assert result.outcome is Outcome.REDACTED
    assert "left out" in result.reason
    assert b"AAAA" not in (result.data or b"AAAA")


def test_a_page_without_identifiers_is_clean() -> None:
    page_ = page(
        "<!-- menu --><p>Ward 7 visiting 14:00 to 16:00</p><script>let a = 1;</script>", "<title>Ward</title>"
    )
    assert look_into(page_, "a.html").outcome is Outcome.CLEAN
