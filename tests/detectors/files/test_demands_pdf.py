"""What was demanded of PDFs: every place is read, and the copy holds nothing but what may be seen."""

import io
import re
from functools import cache

import pikepdf
import pypdfium2
import pytest

from bot.evaluation.peers.planted_pdf import PLACES, Draft, line, planted, saved_over
from detectors.files.interface import Desk, Outcome, Result
from detectors.files.pdf.pages import draw
from detectors.files.picture import see
from tests.conftest import SHARED
from tests.detectors.files.desk import look_at, look_into, looker

NUMBER = "943 476 5919"
WORDS = f"Patient Margaret Thistlewood, NHS No {NUMBER}"
EVAL = SHARED / "eval" / "files"


@cache
def inspected(place: str) -> Result:
    return look_into(planted(place, WORDS), "letter.pdf")


def everything(data: bytes) -> bytes:
    """A PDF's bytes, every stream unpacked, and its text as a reader takes it; without blanks between."""
    with pikepdf.open(io.BytesIO(data)) as pdf, pypdfium2.PdfDocument(data) as book:
        streams = [s.read_bytes() for s in pdf.objects if isinstance(s, pikepdf.Stream) and not is_picture(s)]
        strings = [bytes(o.unparse(resolved=True)) for o in pdf.objects if isinstance(o, pikepdf.Object)]
        texts = [page.get_textpage().get_text_range().encode() for page in book]
    shown = [
        bytes.fromhex(h.decode())
        for s in streams
        for h in re.findall(rb"<([0-9a-f]*)>", s)
        if len(h) % 2 == 0
    ]
    return re.sub(rb"\s", b"", b"\0".join([data, *streams, *strings, *texts, *shown]))


def is_picture(stream: pikepdf.Stream) -> bool:
    return stream.get("/Subtype") == pikepdf.Name.Image


@pytest.mark.parametrize("place", PLACES)
def test_13_words_are_found_wherever_they_stand(place: str) -> None:
    result = inspected(place)
    assert result.outcome is Outcome.REDACTED, result.reason
    assert {"PATIENT_NAME", "NHS_NUMBER"} <= {str(f.kind) for f in result.found}


@pytest.mark.parametrize("place", PLACES)
def test_7_the_copy_holds_no_identifier_in_text_bytes_or_streams(place: str) -> None:
    original, copy = everything(planted(place, WORDS)), everything(inspected(place).data or b"")
    assert b"Clinicletter" in copy, "what may stay has to stay readable"
    for secret in (b"Thistlewood", b"9434765919"):
        assert secret not in copy
    if "scan" not in place and "picture" not in place and "attachment" not in place:
        assert b"Thistlewood" in original, "the test could not fail"


@pytest.mark.parametrize("place", ["shown", "form field", "free text", "outside the crop"])
def test_7_the_copy_is_clean_when_it_is_inspected_as_a_strangers_file(place: str) -> None:
    again = look_into(inspected(place).data or b"", "letter.pdf")
    assert again.outcome is Outcome.CLEAN, (again.reason, again.found)


@pytest.mark.parametrize("place", ["shown", "scan", "covered scan", "form field", "free text"])
def test_7_nobody_reads_an_identifier_in_the_pixels_of_the_copy(place: str) -> None:
    with pypdfium2.PdfDocument(inspected(place).data or b"") as book:
        seen = see(draw(book[0]), "page 1", Desk(looker(), lambda _: Result(Outcome.CLEAN, "")))
    text = "".join(p.text for p in seen.passages).replace(" ", "")
    assert "Clinicletter" in text
    assert not re.search("(?i)thistle|9434|5919", text)


@pytest.mark.parametrize(
    "place", ["shown", "metadata", "document properties", "attachment", "script", "form field"]
)
def test_14_the_copy_has_no_earlier_version_and_no_properties(place: str) -> None:
    data = inspected(place).data or b""
    assert data.count(b"%%EOF") == 1
    assert data.rstrip().endswith(b"%%EOF")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert "/Prev" not in pdf.trailer
        assert "/Info" not in pdf.trailer
        assert set(pdf.Root.keys()) <= {"/Type", "/Pages", "/Names", "/AF"}
        assert all(
            not {"/Annots", "/AA", "/Metadata", "/PieceInfo"} & set(page.obj.keys()) for page in pdf.pages
        )


def test_14_words_of_an_earlier_version_are_found_and_gone() -> None:
    data = saved_over(planted("shown", WORDS), planted("shown", "Nothing of the kind"))
    with pypdfium2.PdfDocument(data) as book:
        assert "Thistlewood" not in book[0].get_textpage().get_text_range()
    result = look_into(data)
    assert result.outcome is Outcome.REDACTED
    assert any(f.where.startswith("earlier version 1") for f in result.found)
    assert b"Thistlewood" not in everything(result.data or b"")


def test_8_the_pixels_under_a_box_do_not_depend_on_what_stood_there() -> None:
    def boxed(number: str) -> bytes:
        draft = Draft(content=line(f"NHS No {number}", 40, 150))
        result = look_into(draft.data())
        with pypdfium2.PdfDocument(result.data or b"") as book:
            return draw(book[0]).tobytes()

    assert boxed("943 476 5919") == boxed("943 476 5870")


def locked(user: str, owner: str) -> bytes:
    with pikepdf.open(io.BytesIO(planted("shown", WORDS))) as pdf, io.BytesIO() as out:
        pdf.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
        return out.getvalue()


def test_23_a_password_before_the_contents_is_said() -> None:
    result = look_into(locked("secret", "owner"))
    assert result.outcome is Outcome.QUARANTINED
    assert "password" in result.reason


def test_23_a_file_that_only_its_owner_restricts_is_read_and_redacted() -> None:
    result = look_into(locked("", "owner"))
    assert result.outcome is Outcome.REDACTED
    with pikepdf.open(io.BytesIO(result.data or b"")) as pdf:
        assert not pdf.is_encrypted


def test_23_a_protected_attachment_stops_the_whole() -> None:
    draft = Draft(content=line("Clinic letter", 40, 250))
    draft.pdf.attachments["locked.pdf"] = locked("secret", "owner")
    result = look_into(draft.data())
    assert result.outcome is Outcome.QUARANTINED
    assert "password" in result.reason


@pytest.mark.parametrize("name", ["annotated", "forms", "image_middle", "image_only", "receipt", "table"])
def test_development_files_are_read_for_certain(name: str) -> None:
    result = look_at(EVAL / f"pdf_{name}.pdf")
    assert result.outcome in (Outcome.CLEAN, Outcome.REDACTED), result.reason


def test_development_file_with_a_password() -> None:
    assert look_at(EVAL / "pdf_password_spaces.pdf").outcome is Outcome.QUARANTINED
