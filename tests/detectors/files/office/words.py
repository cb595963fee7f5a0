"""A Word document with something in every corner."""

import io

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

_W = nsdecls("w")


def document(*paragraphs: str) -> bytes:
    file = docx.Document()
    for text in paragraphs:
        file.add_paragraph(text)
    return saved(file)


def saved(file: "docx.document.Document") -> bytes:
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def paragraph(inside: str) -> object:
    return parse_xml(f"<w:p {_W}>{inside}</w:p>")
