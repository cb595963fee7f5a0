"""Every format ends in the sealed room as it ends outside: nothing that a parser needs is out of its reach."""

from pathlib import Path

import pytest

from bot.files.look import plain_look
from bot.files.pool import Pool
from detectors.files.interface import File
from detectors.interface import Context
from tests.conftest import SHARED
from tests.detectors.files.desk import look_into

FILES = SHARED / "eval" / "files"
NAMES = (
    "7z_documents.7z", "cda_discharge.xml", "clinical_microaneurysms.png", "cr_tags_only.dcm", "csv_comments.csv",
    "doc_legacy.doc", "docx_image_middle.docx", "eml_inline_image.eml", "hl7v2_adt_a01.hl7", "img_ocr.png",
    "msg_outlook.msg", "odt_embedded.odt", "pdf_annotated.pdf", "pdf_password_spaces.pdf", "pptx_image_middle.pptx",
    "rtf_plain.rtf", "xls_legacy.xls", "xlsx_comment.xlsx", "xlsx_encrypted.xlsx", "zip_in_zip.zip",
)  # fmt: skip


@pytest.mark.timeout(180)
async def test_every_format_ends_in_the_room_as_outside() -> None:
    pool = Pool(size=1)
    try:
        for name in NAMES:
            data = (FILES / name).read_bytes()
            inside = await pool.inspect(File(name, data), plain_look(Context()))
            outside = look_into(data, name=name)
            assert (name, inside.outcome, inside.reason) == (name, outside.outcome, outside.reason)
    finally:
        await pool.close()


def test_the_list_covers_every_development_format() -> None:
    """A new format is tried in the room too."""
    endings = {Path(n).suffix for n in NAMES} | {".md", ".jpg", ".ppt"}
    assert {p.suffix for p in FILES.iterdir()} <= endings
