"""Word documents as Word writes them, through python-docx and by hand where it has no words for it."""

import io

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

_SPACES = (
    nsdecls("w", "wp", "r")
    + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    + ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    + ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)


class Word:
    """A document to be filled; `data` is the file."""

    def __init__(self, *paragraphs: str) -> None:
        self.file = docx.Document()
        links = self.file.part.package.rels
        for id in [id for id, link in links.items() if link.reltype.endswith("/thumbnail")]:
            del links[id]  # python-docx's template has one, and reading it takes a while
        for text in paragraphs:
            self.file.add_paragraph(text)

    def add(self, inside: str) -> "Word":
        """A paragraph of raw WordprocessingML."""
        body = self.file.element.body
        body.insert(len(body) - 1, parse_xml(f"<w:p {_SPACES}>{inside}</w:p>"))
        return self

    def table(self, *rows: list[str]) -> "Word":
        table = self.file.add_table(rows=len(rows), cols=len(rows[0]))
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                table.cell(r, c).text = text
        return self

    @property
    def data(self) -> bytes:
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()


def run(text: str, properties: str = "", tag: str = "t") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def box(text: str) -> str:
    """A text box as Word writes it: once for new programs and once for old ones."""
    inside = f"<w:txbxContent><w:p>{run(text)}</w:p></w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>'
        f"{inside}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{inside}</v:textbox>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def opened(data: bytes | None) -> "docx.document.Document":
    assert data is not None
    return docx.Document(io.BytesIO(data))
