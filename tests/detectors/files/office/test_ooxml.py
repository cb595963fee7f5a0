"""What a document carries besides text: macros, objects, drawings, links, signatures."""

import base64
import io

import pytest
from PIL import Image

from detectors.files.interface import Outcome
from tests.detectors.files.desk import look_into
from tests.detectors.files.office.build import changed, left, parts, zipped
from tests.detectors.files.office.words import Word, opened, run

RELS = "word/_rels/document.xml.rels"
TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NHS = "943 476 5919"


def with_part(
    word: Word, name: str, content: bytes | str, link: str, type: str, ending: str = "bin", target: str = ""
) -> bytes:
    """A document with one more part, linked from its text under the id "rIdX"."""
    target = target or name.removeprefix("word/")
    return changed(
        word.data,
        {
            TYPES: ("<Default ", f'<Default Extension="{ending}" ContentType="{type}"/><Default '),
            RELS: ("</Rel", f'<Relationship Id="rIdX" Type="{OFFICE}/{link}" Target="{target}"/></Rel'),
        },
        {name: content},
    )


def test_macros_are_left_out_and_the_copy_is_a_plain_document() -> None:
    data = with_part(
        Word("Sats 94%."), "word/vbaProject.bin", b"\xd0\xcf\x11\xe0macros", "vbaProject", "application/vnd.ms-office.vbaProject"
    )  # fmt: skip
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    data = changed(data, {TYPES: (main, "application/vnd.ms-word.document.macroEnabled.main+xml")})
    result = look_into(data, "letter.docm")
    assert (result.outcome, result.suffix) == (Outcome.REDACTED, ".docx")
    assert result.reason == "The macros in it were left out."
    assert left(result, "vbaProject") == []
    assert opened(result.data).paragraphs[0].text == "Sats 94%."


@pytest.mark.parametrize(
    ("link", "type"), [("oleObject", "application/vnd.openxmlformats-officedocument.oleObject"),
                       ("activeXControlBinary", "application/vnd.ms-office.activeX"), ("unheardOf", "application/x-strange")],
)  # fmt: skip
def test_objects_that_nobody_can_read_quarantine(link: str, type: str) -> None:
    data = with_part(
        Word(f"NHS number {NHS}"), "word/embeddings/object1.bin", b"\x01\x02\xff" * 99, link, type
    )
    result = look_into(data)
    assert result.outcome is Outcome.QUARANTINED
    assert [str(f.kind) for f in result.found] == ["NHS_NUMBER"], "what was found is told all the same"


def test_a_document_in_a_document_is_redacted_in_it() -> None:
    inner = Word(f"NHS number {NHS}").data
    data = with_part(
        Word("See the letter."),
        "word/embeddings/letter1.docx",
        inner,
        "package",
        "application/x-docx",
        "docx",
    )
    result = look_into(data)
    assert result.outcome is Outcome.REDACTED, result
    assert left(result, NHS) == []
    copy = parts(result.data or b"")["word/embeddings/letter1.docx"]
    assert opened(copy).paragraphs[0].text == "NHS number [NHS number hidden]"


def picture(name: str) -> str:
    return f'<w:r><w:pict><v:shape><v:imagedata r:id="{name}"/></v:shape></w:pict></w:r>'


def test_a_drawing_that_cannot_be_read_becomes_a_blank_picture() -> None:
    word = Word("Sats 94%.").add(picture("rIdX"))
    emf = b"\x01\0\0\0" + b"\0" * 36 + b" EMF" + NHS.encode("utf-16-le")
    result = look_into(with_part(word, "word/media/image1.emf", emf, "image", "image/x-emf", "emf"))
    assert result.outcome is Outcome.REDACTED
    assert result.reason == "A drawing of a kind that cannot be read was left out."
    copy = parts(result.data or b"")
    assert "word/media/image1.emf" not in copy
    assert Image.open(io.BytesIO(copy["word/media/image1.png"])).size == (1, 1)
    assert opened(result.data).part.rels["rIdX"].target_part.content_type == "image/png"


def test_a_drawing_for_which_a_picture_stands_is_taken_out() -> None:
    drawing = (
        '<w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:extLst>'
        '<a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}"><asvg:svgBlip r:embed="rIdX" '
        'xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main"/></a:ext></a:extLst></a:blip></w:drawing></w:r>'
    )
    strange = b"II\xbc\x01" + bytes(range(256))
    data = with_part(
        Word("x").add(drawing), "word/media/image1.wdp", strange, "hdphoto", "image/vnd.ms-photo", "wdp"
    )
    result = look_into(data)
    assert result.outcome is Outcome.REDACTED
    assert left(result, "image1.wdp", "svgBlip", "rIdX", "extLst") == []


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("https://pas.example/view?nhs=9434765919&amp;tab=2", "https://pas.example/view?nhs=%5B"),
        ("file:///S:/Letters/NHS%20943%20476%205919.docx", "file:///S:/Letters/"),
        ("mailto:margaret.thompson@mail.example", "mailto:%5B"),
    ],
)
def test_addresses_outside_are_cut_and_stay_addresses(target: str, kept: str) -> None:
    link = f'<Relationship Id="rIdX" Type="{OFFICE}/attachedTemplate" TargetMode="External" Target="{target}"/></Rel'
    result = look_into(changed(Word("Sats 94%.").data, {RELS: ("</Rel", link)}))
    assert result.outcome is Outcome.REDACTED, result.reason
    address = opened(result.data).part.rels["rIdX"].target_ref
    assert address.startswith(kept)
    assert not set(address) & set(" []")


def test_a_picture_that_is_named_after_a_patient_is_renamed() -> None:
    blank = io.BytesIO()
    Image.new("L", (40, 40), 255).save(blank, "PNG")
    name = "word/media/Margaret Thompson 943 476 5919.png"
    data = with_part(
        Word("Sats 94%.").add(picture("rIdX")), name, blank.getvalue(), "image", "image/png", "png",
        "media/Margaret%20Thompson%20943%20476%205919.png",
    )  # fmt: skip
    result = look_into(data)
    assert result.outcome is Outcome.REDACTED, result.reason
    assert left(result, NHS, "Thompson") == []
    assert opened(result.data).part.rels["rIdX"].target_part.blob == blank.getvalue()


def test_a_drawings_second_copy_is_read() -> None:
    def shape(text: str) -> Word:
        package = zipped({"drs/e2oDoc.xml": f'<w:p xmlns:w="w"><w:r><w:t>{text}</w:t></w:r></w:p>'})
        twin = base64.b64encode(package).decode()
        return Word("Sats 94%.").add(f'<w:r><w:pict><v:shape o:gfxdata="{twin}"/></w:pict></w:r>')

    assert look_into(shape("Plan").data).outcome is Outcome.CLEAN
    result = look_into(shape(f"NHS number {NHS}").data)
    assert result.outcome is Outcome.REDACTED
    assert left(result, "gfxdata") == []


def test_a_drawings_second_copy_that_cannot_be_read_is_left_out() -> None:
    word = Word("Sats 94%.").add('<w:r><w:pict><v:shape o:gfxdata="AAAAAAA="/></w:pict></w:r>')
    result = look_into(word.data)
    assert (result.outcome, left(result, "gfxdata")) == (Outcome.REDACTED, [])


def test_a_signature_of_what_stood_there_before_is_gone() -> None:
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    origin = f'<Relationship Id="rIdS" Type="{package}/digital-signature/origin" Target="_xmlsignatures/origin.sigs"/>'
    links = f'<Relationships xmlns="{package}"><Relationship Id="r" Type="x/signature" Target="sig1.xml"/></Relationships>'
    data = changed(
        Word(f"NHS number {NHS}").data,
        {
            "_rels/.rels": ("</Rel", f"{origin}</Rel"),
            TYPES: ("<Default ", '<Default Extension="sigs" ContentType="application/x-sigs"/><Default '),
        },
        {
            "_xmlsignatures/origin.sigs": b"",
            "_xmlsignatures/_rels/origin.sigs.rels": links,
            "_xmlsignatures/sig1.xml": "<Signature/>",
        },
    )
    assert left(look_into(data), "signature", NHS) == []


def test_authors_who_are_staff_stay() -> None:
    word = Word("Sats 94%.").add(
        f'<w:ins w:id="1" w:author="Dr Jane Bloggs">{run(f"NHS number {NHS}")}</w:ins>'
    )
    result = look_into(word.data)
    assert left(result, "Dr Jane Bloggs") != []
    assert left(result, NHS) == []


def test_the_reason_and_the_findings_hold_no_values() -> None:
    result = look_into(Word(f"NHS number {NHS}, patient Margaret Thompson").data, "Margaret Thompson.docx")
    assert result.found
    assert NHS not in repr(result)
    assert "Thompson" not in repr(result)
