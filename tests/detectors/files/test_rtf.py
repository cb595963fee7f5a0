"""RTF: every place that holds text, cut in the RTF itself."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from striprtf.striprtf import rtf_to_text

from detectors.files import rtf
from detectors.files.interface import Cut, Desk, File, Outcome, Passage, Result, Unreadable
from detectors.files.rtf_tokens import escaped
from detectors.interface import Kind
from tests.detectors.files.desk import look_into

HEAD = "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset238 Arial CE;}}"
NUMBER = "NHS number 999 000 0018"


def document(body: str) -> bytes:
    return f"{HEAD}{body}\\par}}".encode("latin-1")


def redacted(body: str) -> str:
    result = look_into(document(body), "a.rtf")
    assert result.outcome is Outcome.REDACTED, result.reason
    return (result.data or b"").decode("latin-1")


def passages(body: str) -> list[Passage]:
    """What the family reads."""
    seen: list[Passage] = []

    def look(given_: object) -> list[list[Cut]]:
        seen.extend(given_)  # type: ignore[call-overload]
        return [[] for _ in seen]

    rtf.FAMILY.inspect(
        File("x", document(body)), "application/rtf", Desk(look, lambda f: Result(Outcome.CLEAN, ""))
    )
    return seen


def cut(body: bytes, word: str, by: str) -> str:
    def cuts(text: str) -> list[Cut]:
        at = text.find(word)
        return [Cut(at, at + len(word), by, Kind.MRN)] if at >= 0 else []

    desk = Desk(lambda given_: [cuts(p.text) for p in given_], lambda f: Result(Outcome.CLEAN, ""))
    return (rtf.FAMILY.inspect(File("x", body), "application/rtf", desk).data or body).decode("latin-1")


@pytest.mark.parametrize(
    "body",
    [
        NUMBER,
        f"{{\\v {NUMBER}}}",
        f"{{\\deleted {NUMBER}}}",
        f"{{\\header {NUMBER}\\par}}",
        f"{{\\footer {NUMBER}\\par}}",
        f"text{{\\footnote {NUMBER}}}",
        f"text{{\\*\\annotation {NUMBER}}}",
        f"{{\\info{{\\title {NUMBER}}}{{\\doccomm x}}}}",
        f"{{\\*\\userprops{{\\propname Patient}}{{\\staticval {NUMBER}}}}}",
        f"{{\\field{{\\*\\fldinst HYPERLINK \"x\" \\\\o \"{NUMBER}\"}}{{\\fldrslt link}}}}",
        f"{{\\*\\bkmkstart {NUMBER}}}x",
        f"{{\\*\\unheardof {NUMBER}}}",
        f"{{\\shp{{\\*\\shpinst{{\\sp{{\\sn wzDescription}}{{\\sv {NUMBER}}}}}}}}}",
        f"{{\\shp{{\\*\\shpinst{{\\shptxt {NUMBER}\\par}}}}}}",
        f"\\trowd\\cellx1 x\\cell {NUMBER}\\cell\\row",
        "NHS number \\b 999\\b0  {\\i 000} 00{\\ul 1}8",
        "NHS number 999\\~000\\~0018",
        "NHS number \\'39\\'39\\'39 000 0018",
        "NHS number \\u57?\\u57?\\u57? 000 0018",
        "NHS number 999\r\n 000 00\r\n18",
        f"}}{NUMBER}{{",
        f"{{\\footnote {NUMBER}\\title x}}",
        f"{{\\footnote {NUMBER}\\pict ff}}",
    ],
)  # fmt: skip
def test_it_goes_wherever_it_stands(body: str) -> None:
    out = redacted(body)
    assert "0018" not in out
    assert "999" not in out
    assert out.startswith(HEAD)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Garc\\u237\\'eda Jos\\'e9", "García José"),
        ("{\\uc2\\u237\\'3f\\'3fx}y", "íxy"),
        ("\\u-10179?\\u-8704?!", "\U0001f600!"),
        ("{\\f1 \\'9aimon}", "šimon"),
        ("a\\tab b\\line c\\emdash d\\{e\\}\\\\", "a\tb\nc—d{e}\\"),
        ("one\\par two", "one"),
        ("one\\\n two", "one"),
        ("{\\*\\listtable junk}x", "x"),
        ("b\\b old", "bold"),
    ],
)
def test_characters(body: str, text: str) -> None:
    assert passages(body)[0].text == text


def test_code_pages_of_two_bytes_are_read_and_cut_whole() -> None:
    head = "{\\rtf1\\ansi\\ansicpg932 "
    body = "".join(f"\\'{b:02x}" for b in "田中さん".encode("shift_jis"))
    assert cut(f"{head}{body}}}".encode(), "田中", "[x]").replace("{}", "") == head + "[x]" + body[16:] + "}"


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd"), max_size=20)


@given(WORDS, WORDS)
def test_a_cut_changes_its_own_characters_only(before: str, after: str) -> None:
    body = f"{HEAD}\\b {escaped(before)}Smithson{escaped(after)}\\b0 x}}".encode("latin-1")
    expected = f"{before}Smithson{after}x".replace("Smithson", "[é{x]", 1)
    out = cut(body, "Smithson", "[é{x]")
    assert out.startswith(HEAD)
    assert read(out) == expected


def read(out: str) -> str:
    seen: list[str] = []

    def look(given_: object) -> list[list[Cut]]:
        seen.extend(p.text for p in given_)  # type: ignore[attr-defined]
        return [[] for _ in seen]

    rtf.FAMILY.inspect(File("x", out.encode("latin-1")), "x", Desk(look, lambda f: Result(Outcome.CLEAN, "")))
    return "".join(seen)


def test_another_reader_reads_the_copy() -> None:
    out = redacted(f"Pt {{\\b {NUMBER}}}\\par Potassium 5.1")
    assert rtf_to_text(out).split() == "Pt NHS number [NHS number hidden] Potassium 5.1".split()


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    return out.getvalue()


def inside(result: Result) -> Desk:
    return Desk(lambda given_: [[] for _ in given_], lambda file: result)


def picture() -> bytes:
    return document("{\\pict{\\*\\picprop}\\pngblip\\picw60 " + png().hex("\n", 40) + "}x")


def test_a_picture_that_is_clean_stays() -> None:
    result = rtf.FAMILY.inspect(
        File("x", picture()), "application/rtf", inside(Result(Outcome.CLEAN, "image/png"))
    )
    assert result.outcome is Outcome.CLEAN


def test_a_picture_is_handed_on_as_the_file_it_is() -> None:
    seen: list[bytes] = []

    def keep(file: File) -> Result:
        seen.append(file.data)
        return Result(Outcome.CLEAN, "image/png")

    rtf.FAMILY.inspect(File("x", picture()), "x", Desk(lambda given_: [[] for _ in given_], keep))
    assert seen == [png()]


def test_a_picture_in_binary_is_handed_on_too() -> None:
    seen: list[bytes] = []

    def keep(file: File) -> Result:
        seen.append(file.data)
        return Result(Outcome.CLEAN, "image/png")

    data = document("{\\pict\\pngblip\\bin" + f"{len(png())} ")[:-5] + png() + b"}x}"
    rtf.FAMILY.inspect(File("x", data), "x", Desk(lambda given_: [[] for _ in given_], keep))
    assert seen == [png()]


def test_a_picture_with_identifiers_is_put_back_filled() -> None:
    redacted_ = Result(Outcome.REDACTED, "image/png", data=b"\x89PNG new")
    result = rtf.FAMILY.inspect(File("x", picture()), "x", inside(redacted_))
    assert result.outcome is Outcome.REDACTED
    assert b"\x89PNG new".hex() in (result.data or b"").decode()
    assert png()[-8:].hex() not in (result.data or b"").decode()


def test_what_is_embedded_is_left_out() -> None:
    result = look_into(document("x{\\object\\objemb{\\*\\objdata 0102}{\\result y}}z"), "a.rtf")
    assert result.outcome is Outcome.REDACTED
    assert result.reason == "An embedded object was left out."
    assert (result.data or b"") == document("xz")


@pytest.mark.parametrize(
    "data", [b"{\\rtf1 a", b"{\\rtf1 a}}", b"{\\rtf1\\ansicpg99999 a}", b"{\\rtf1 \\'81}", b"rtf"]
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        rtf.FAMILY.inspect(File("x", data), "application/rtf", inside(Result(Outcome.CLEAN, "")))


def test_a_plain_document_is_clean() -> None:
    assert look_into(document("Ward 7 visiting times"), "a.rtf").outcome is Outcome.CLEAN
