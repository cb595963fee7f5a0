"""What a presentation carries beside its slides."""

import io

import pptx
import pytest

from detectors.files.interface import Outcome
from tests.detectors.files.desk import look_into
from tests.detectors.files.office.build import changed, left, parts

TYPES = "[Content_Types].xml"
NUMBER = "NHS number 943 476 5919"
SPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"'
)
RUNS = "<a:p><a:r><a:t>NHS number 943 476</a:t></a:r><a:r><a:t> 5919</a:t></a:r></a:p>"


def deck() -> bytes:
    file = pptx.Presentation()
    links = file.part.package._rels
    for id in [id for id, link in links.items() if link.reltype.endswith("/thumbnail")]:
        links.pop(id)
    file.slides.add_slide(file.slide_layouts[6])
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ppt/comments/comment1.xml", f"<p:cmLst {SPACES}><p:cm authorId='0'><p:text>{NUMBER}</p:text></p:cm></p:cmLst>"),
        ("ppt/comments/modernComment_1.xml", f"<p:cmLst {SPACES}>{RUNS}</p:cmLst>"),
        ("ppt/commentAuthors.xml", f'<p:cmAuthorLst {SPACES}><p:cmAuthor name="{NUMBER}"/></p:cmAuthorLst>'),
        ("ppt/tags/tag1.xml", f'<p:tagLst {SPACES}><p:tag name="X" val="{NUMBER}"/></p:tagLst>'),
        ("ppt/diagrams/data1.xml", f"<a:dataModel {SPACES}><a:t><a:p><a:r><a:t>{NUMBER}</a:t></a:r></a:p></a:t></a:dataModel>"),
        ("ppt/handoutMasters/handoutMaster1.xml", f"<p:x {SPACES}><a:p><a:fld><a:t>{NUMBER}</a:t></a:fld></a:p></p:x>"),
    ],
    ids=["comment", "modern comment", "author", "tag", "diagram", "handout"],
)  # fmt: skip
def test_parts_beside_the_slides_are_read(name: str, content: str) -> None:
    listed = f'<Override PartName="/{name}" ContentType="application/x+xml"/><Override'
    result = look_into(changed(deck(), {TYPES: ("<Override", listed)}, {name: content}))
    assert result.outcome is Outcome.REDACTED
    assert left(result, "943 476", "5919") == []
    assert name in parts(result.data or b""), "the part itself stays"


def test_a_sections_name_is_read() -> None:
    section = f'<p:extLst><p:ext uri="x"><p14:sectionLst {SPACES}><p14:section name="{NUMBER}"/></p14:sectionLst></p:ext></p:extLst></p:presentation>'
    result = look_into(changed(deck(), {"ppt/presentation.xml": ("</p:presentation>", section)}))
    assert result.outcome is Outcome.REDACTED
    assert left(result, "943 476 5919") == []


def test_an_empty_deck_is_clean() -> None:
    assert look_into(deck()).outcome is Outcome.CLEAN
