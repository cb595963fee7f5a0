"""PDFs: places on turned and cropped pages, tables, what cannot be read, and what the copy keeps."""

import io

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from bot.evaluation.peers.planted_pdf import Draft, line, planted
from detectors.files.interface import Cut, Desk, File, Limits, Outcome, Passage, Protected, Result
from detectors.files.pdf import family, lines, pages, versions
from detectors.files.pdf.pages import draw
from detectors.interface import Kind
from tests.conftest import SHARED
from tests.detectors.files.desk import look_into, looker

NAME = "Margaret Thistlewood"


def cutting(*secrets: str) -> Desk:
    """A desk whose look cuts exactly these words."""

    def look(passages: object) -> list[list[Cut]]:
        return [_cuts(p, secrets) for p in passages]  # type: ignore[attr-defined]

    return Desk(look, lambda _: Result(Outcome.CLEAN, ""))


def _cuts(passage: Passage, secrets: tuple[str, ...]) -> list[Cut]:
    at = [(passage.text.index(s), s) for s in secrets if s in passage.text]
    return [Cut(start, start + len(s), "[Patient A]", Kind.PATIENT_NAME) for start, s in sorted(at)]


def redacted(draft: Draft, *secrets: str) -> pypdfium2.PdfDocument:
    result = family.inspect(File("x", draft.data()), "application/pdf", cutting(*secrets))
    assert result.data, result.reason
    return pypdfium2.PdfDocument(result.data)


def ink(book: pypdfium2.PdfDocument) -> np.ndarray:
    return np.asarray(draw(book[0]).convert("L")) < 128


def text(book: pypdfium2.PdfDocument) -> str:
    return str(book[0].get_textpage().get_text_range())


def read(draft: Draft) -> list[Passage]:
    with pages.open_book(draft.data(), Limits()) as book:
        return [p for p, _ in pages.read(pages.flat(book, 0), "page 1").read]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (20, 30, 390, 280)])
def test_the_box_lies_over_the_words_however_the_page_is_turned_and_cropped(
    turn: int, crop: tuple[int, int, int, int] | None
) -> None:
    draft = Draft(content=line(NAME, 40, 150))
    draft.page.Rotate = turn
    if crop:
        draft.page.CropBox = Array([*crop])
    with pages.open_book(draft.data(), Limits()) as original:
        before = ink(original)
    after = ink(redacted(draft, NAME))
    assert before.shape == after.shape
    rows, columns = np.nonzero(before)
    box = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert after[box].mean() > 0.6, "black but for the label"
    after[max(box[0].start - 20, 0) : box[0].stop + 20, max(box[1].start - 20, 0) : box[1].stop + 20] = False
    assert not after.any(), "and nothing else is"


def test_words_beside_the_box_stay_readable_and_can_be_copied() -> None:
    book = redacted(Draft(content=line(f"Reviewed {NAME} today, home on Friday", 40, 150)), NAME)
    assert text(book).split() == "Reviewed [Patient A] today, home on Friday".split()


def test_words_that_nobody_sees_are_not_laid_over_the_copy() -> None:
    covered = line("covered words", 40, 100) + b"0.2 g 30 90 200 30 re f\n"
    hidden = b"1 g " + line("white words", 40, 60) + b"0 g\n" + line("invisible words", 40, 40, before="3 Tr")
    book = redacted(Draft(content=line(f"{NAME} well", 40, 200) + covered + hidden), NAME)
    assert text(book) == "[Patient A] well"


def test_a_word_broken_over_two_lines_is_read_as_one_and_hidden_in_both() -> None:
    content = b"BT /F 12 Tf 40 200 Td (Letter about Mar-) Tj 0 -14 Td (garet, seen today) Tj ET"
    assert "Margaret" in " ".join(p.text for p in read(Draft(content=content)))
    assert "garet" not in text(redacted(Draft(content=content), "Margaret"))


def test_columns_of_a_table_are_labelled_by_their_headings() -> None:
    table = [("Name", "NHS No", "Bed"), (NAME, "943 476 5919", "4"), ("Arthur Penhaligon", "9434765870", "5")]
    content = b"".join(
        line(cell, 30 + 140 * column, 250 - 20 * row)
        for row, cells in enumerate(table)
        for column, cell in enumerate(cells)
    )
    labels = {p.text: p.label for p in read(Draft(content=content))}
    assert labels[NAME] == "Patient name"
    assert labels["943 476 5919"] == labels["9434765870"] == "NHS No"


def test_letters_in_boxes_of_a_form_make_a_word() -> None:
    letters = b"".join(line(c, 120 + 20 * n, 200) for n, c in enumerate("MARGARET"))
    texts = [
        p.text for p in read(Draft(content=line("Forename", 30, 200) + letters + line("A 4 B", 30, 100)))
    ]
    assert texts == ["Forename\tMARGARET", "A 4 B"] or texts == ["Forename", "MARGARET", "A 4 B"]


def test_two_columns_of_a_letter_are_read_one_by_one() -> None:
    left = [
        line(words, 30, 250 - 14 * n) for n, words in enumerate(["Mrs M Thistlewood", "12 Elm Row", "Calder"])
    ]
    right = [
        line(words, 260, 250 - 14 * n) for n, words in enumerate(["Ward 7", "Royal Infirmary", "Tuesday"])
    ]
    texts = [p.text for p in read(Draft(content=b"".join(left + right)))]
    assert texts == ["Mrs M Thistlewood", "12 Elm Row", "Calder", "Ward 7", "Royal Infirmary", "Tuesday"]


def test_a_bad_check_digit_in_a_field_with_a_name_of_its_own_goes_all_the_same() -> None:
    draft = Draft(content=line("Referral", 40, 250))
    note = draft.note(
        Subtype=Name.Widget, FT=Name.Tx, T=pikepdf.String("NHS number"), V=pikepdf.String("943 476 5918")
    )
    draft.pdf.Root.AcroForm = Dictionary(Fields=Array([note]))
    assert any(f.kind == Kind.NHS_NUMBER for f in look_into(draft.data()).found)


def test_too_many_pages_are_refused() -> None:
    result = look_into(planted("shown", "well"), pages=0)
    assert result.outcome is Outcome.QUARANTINED
    assert "pages" in result.reason


def test_a_photograph_on_a_page_quarantines_unless_the_policy_lets_it_pass() -> None:
    cat = Image.open(SHARED / "eval" / "files" / "nonclinical_cat.png")
    draft = Draft()
    draft.picture(cat)
    draft.content = line("Picture of the week, from the ward newsletter of last month", 30, 270)
    draft.content += b"q 200 0 0 130 30 60 cm /Im Do Q\n"
    result = look_into(draft.data())
    assert result.outcome is Outcome.QUARANTINED
    assert "page 1" in result.reason


def test_a_face_on_a_page_is_found() -> None:
    draft = Draft()
    draft.picture(Image.open(SHARED / "eval" / "files" / "face_astronaut.png"))
    draft.content = b"q 250 0 0 250 30 30 cm /Im Do Q\n"
    assert "FACE" in {f.kind for f in look_into(draft.data()).found}


def with_stream(data: bytes) -> bytes:
    draft = Draft(content=line("Rota for next week, all shifts covered", 40, 150))
    draft.pdf.Root.Private = draft.pdf.make_stream(data)
    return draft.data()


def test_what_is_no_text_and_shown_nowhere_is_left_out_of_a_copy() -> None:
    result = look_into(with_stream(bytes(range(256)) * 20))
    assert result.outcome is Outcome.REDACTED
    assert not result.found
    assert "could not be read" in result.reason
    assert look_into(result.data or b"").outcome is Outcome.CLEAN


def test_a_stream_that_unpacks_without_end_is_refused() -> None:
    result = look_into(with_stream(b" " * 3_000_000), unpacked=1_000_000)
    assert result.outcome is Outcome.QUARANTINED


@pytest.mark.parametrize("tail", [b"Patient Margaret Thistlewood", b"PK\x03\x04" + bytes(range(200))])
def test_bytes_behind_the_end_never_pass(tail: bytes) -> None:
    data = planted("shown", "well") + tail
    result = look_into(data)
    assert result.outcome is not Outcome.CLEAN
    assert tail not in (result.data or b"")


def test_comments_between_objects_are_read() -> None:
    data = planted("shown", "well").replace(
        b"%%EOF", b"% Patient Margaret Thistlewood, NHS No 943 476 5919\n%%EOF"
    )
    result = look_into(data)
    assert {f.kind for f in result.found} >= {Kind.NHS_NUMBER}


def test_objects_that_nothing_refers_to_by_their_place_never_pass() -> None:
    data = planted("shown", "well")
    start = data.index(b"xref")
    loose = data[:start] + b"99 0 obj\n(Margaret Thistlewood)\nendobj\n" + data[start:]
    moved = loose.replace(f"startxref\n{start}".encode(), f"startxref\n{loose.index(b'xref')}".encode())
    assert look_into(moved).outcome is not Outcome.CLEAN


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_file_that_was_cut_off_never_passes(keep: float) -> None:
    data = planted("shown", "well")
    assert look_into(data[: int(len(data) * keep)]).outcome is not Outcome.CLEAN


def test_a_page_that_breaks_costs_the_file_but_not_the_findings_of_its_neighbours() -> None:
    draft = Draft(content=line(f"Patient {NAME}, NHS No 943 476 5919", 40, 150))
    broken = draft.pdf.add_blank_page(page_size=(100, 100))
    draft.pdf.pages.append(broken)
    data = draft.data().replace(b"/MediaBox [ 0 0 100 100 ]", b"/MediaBox [ 0 0 0 0     ]")
    result = look_into(data)
    assert result.outcome is not Outcome.CLEAN
    assert result.found


def test_written_for_the_web_is_no_earlier_version() -> None:
    with pikepdf.open(io.BytesIO(planted("shown", "well"))) as pdf, io.BytesIO() as out:
        pdf.save(out, linearize=True)
        data = out.getvalue()
    assert look_into(data).outcome is Outcome.CLEAN


def test_a_page_as_large_as_a_town_is_refused_at_once() -> None:
    draft = Draft(content=line("well", 40, 150))
    draft.note(Subtype=Name.Text, Contents=pikepdf.String("well"))
    draft.page.MediaBox = Array([0, 0, 99_999_999, 300])
    result = look_into(draft.data())
    assert result.outcome is Outcome.QUARANTINED
    assert result.reason == "Page 1 could not be read."


def test_a_picture_without_end_in_few_bytes_is_left_out_unread() -> None:
    draft = Draft(content=line("Rota for next week, all shifts covered, see the list", 40, 150))
    draft.picture(Image.new("RGB", (64, 64)), "Unused")
    draft.page.Resources.XObject["/Unused"].Width = 300_000
    draft.page.Resources.XObject["/Unused"].Height = 300_000
    result = look_into(draft.data())
    assert result.outcome is Outcome.REDACTED
    assert "could not be read" in result.reason


def test_progress_says_which_page_of_how_many() -> None:
    draft, said = Draft(content=line("well", 40, 150)), []
    draft.pdf.add_blank_page(page_size=(100, 100))
    family.inspect(
        File("x", draft.data()),
        "application/pdf",
        Desk(looker(), lambda _: Result(Outcome.CLEAN, ""), progress=said.append),
    )
    assert said == ["page 1 of 2", "page 2 of 2"]


def test_an_attachment_comes_back_without_the_identifiers() -> None:
    result = look_into(planted("attachment", f"Patient {NAME}, potassium 4.1"))
    with pikepdf.open(io.BytesIO(result.data or b"")) as pdf:
        [attached] = [a.get_file().read_bytes() for a in pdf.attachments.values()]
    assert b"potassium 4.1" in attached
    assert b"Thistlewood" not in attached


def test_a_password_is_told_from_damage() -> None:
    with pytest.raises(Protected):
        pages.open_book((SHARED / "eval" / "files" / "pdf_password_spaces.pdf").read_bytes(), Limits())


def test_a_scan_keeps_a_size_that_can_be_sent() -> None:
    draft = Draft()
    noise = np.random.default_rng(1).integers(200, 255, (1200, 900), dtype=np.uint8)
    draft.picture(Image.fromarray(noise))
    draft.content = b"q 400 0 0 300 0 0 cm /Im Do Q\n" + line(NAME, 40, 150)
    result = family.inspect(File("x", draft.data()), "application/pdf", cutting(NAME))
    assert result.data is None or len(result.data) < 2_000_000


def test_gaps_part_a_line_only_where_a_cell_ends() -> None:
    near = [("a", (0, 0, 10, 20)), ("b", (12, 0, 22, 20))]
    far = [("a", (0, 0, 10, 20)), ("b", (60, 0, 70, 20))]
    assert [p.text for p, _ in lines.passages([near], "page 1")] == ["ab"]
    assert [p.text for p, _ in lines.passages([far], "page 1")] == ["a\tb"]


def test_each_version_but_the_last_is_an_earlier_one() -> None:
    assert list(versions.earlier(b"one %%EOF\ntwo %%EOF\n", linear=False)) == [b"one %%EOF\n"]
    assert list(versions.earlier(b"one %%EOF\ntwo %%EOF\n", linear=True)) == []
