"""Plain text in every encoding: only what is cut changes, to the byte."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.files import text
from detectors.files.encoding import decode, readable
from detectors.files.interface import Cut, Desk, File, Outcome, Passage, Result, Unreadable
from detectors.interface import Kind
from tests.detectors.files.desk import look_into

NOTE = "Caf\u00e9 visit\r\nNHS number 999 000 0018\nwell\u2026 and home\r\n"
HIDDEN = NOTE.replace("999 000 0018", "[NHS number hidden]")


def desk(*words: str) -> Desk:
    """Cuts these words wherever they stand."""

    def cuts(passage: Passage) -> list[Cut]:
        places = [(passage.text.find(w), w) for w in words]
        return sorted(
            (Cut(at, at + len(w), "[x]", Kind.MRN) for at, w in places if at >= 0), key=lambda c: c.start
        )

    return Desk(lambda passages: [cuts(p) for p in passages], lambda file: Result(Outcome.QUARANTINED, ""))


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (b"", "cp1252"), (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"), (b"", "utf-16-le"), (b"", "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)  # fmt: skip
def test_the_same_encoding_and_line_ends_come_back(mark: bytes, encoding: str) -> None:
    result = text.FAMILY.inspect(File("x", mark + NOTE.encode(encoding)), "text/plain", desk("999 000 0018"))
    assert result.data == mark + HIDDEN.replace("[NHS number hidden]", "[x]").encode(encoding)


@pytest.mark.parametrize(
    "data",
    [
        "caf\u00e9 ".encode() + b"caf\xe9",  # two encodings in one text
        "Иван Петров пришёл домой".encode("cp1251"),
        "田中さんの予約".encode("shift_jis"),
        b"abc\x81def",  # no character of windows-1252
        codecs.BOM_UTF16_LE + b"a",
        bytes(range(1, 9)) * 20 + b"words",
    ],
)
def test_characters_that_cannot_be_told_are_not_guessed(data: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(data)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=30))
def test_any_text_is_read_and_written_as_it_was(words: str) -> None:
    data = words.encode()
    try:
        decoded = decode(data)
    except Unreadable:
        return
    assert decoded.encode(decoded.text) == data


@given(st.text())
def test_a_readable_text_has_each_character_in_its_place(words: str) -> None:
    assert len(readable(words)) == len(words)
    assert all(new in (old, " ", "\u200b") for new, old in zip(readable(words), words, strict=True))


def test_terminal_colours_hide_nothing() -> None:
    result = look_into(b"\x1b[31mNHS number\x1b[0m 999 000\x1b[1m 0018 \x1b[0mok\n", "run.log")
    assert result.outcome is Outcome.REDACTED
    assert result.data is not None
    assert b"0018" not in result.data


def test_lines_are_named_as_people_count_them() -> None:
    result = look_into(b"first\n\r\n\nNHS number 999 000 0018\n")
    assert [f.where for f in result.found] == ["line 4"]


def test_an_exported_chat_is_read_message_by_message() -> None:
    chat = (
        "[12/03/2024, 14:02:11] Dr Paul Weatherby: Bed 4 can go home\n"
        "12/03/2024, 14:03 - Sister Ada Lowe: NHS number 999 000 0018\nsecond line\n"
        "\u200e[12/03/2024, 2:05:00\u202fpm] Dr Paul Weatherby: thanks\n"
    )
    result = look_into(chat.encode(), "_chat.txt")
    assert result.outcome is Outcome.REDACTED
    assert (result.data or b"").decode() == chat.replace("999 000 0018", "[NHS number hidden]")


def test_a_note_without_identifiers_is_clean() -> None:
    assert look_into(b"# Ward rota\n\n- early 07:00\n- late 13:00\n", "rota.md").outcome is Outcome.CLEAN


def test_a_picture_in_markdown_is_looked_at() -> None:
    result = look_into(b"# Ward\n![scan](data:image/png;base64,AAAA) seen\n", "a.md")
    assert result.outcome is Outcome.REDACTED
    assert "left out" in result.reason
    assert result.data == b"# Ward\n![scan]() seen\n"
