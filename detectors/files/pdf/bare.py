"""What no page shows, laid bare on pages of its own: drawings, forgotten pages, pictures."""

import io
from collections.abc import Iterator, Sequence

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Stream
from PIL import Image

from detectors.files.interface import Limits, OverLimit, Passage
from detectors.files.pdf.pages import draw, read

_SIDE = 2000
"""Points; what lies outside is read all the same."""


def texts(
    pdf: pikepdf.Pdf, drawings: Sequence[pikepdf.Object], pages: Sequence[pikepdf.Object], where: str
) -> Iterator[Passage]:
    """The text in contents that may be shown nowhere, whatever covers, clips or hides it there."""
    bare = pikepdf.new()
    for drawing in drawings:
        _add(bare, [drawing], pdf, drawing.get("/Resources", None))
    for page in pages:
        contents = page.get("/Contents", None)
        streams = list(contents) if isinstance(contents, Array) else [contents]
        _add(bare, [s for s in streams if isinstance(s, Stream)], pdf, page.get("/Resources", None))
    if not len(bare.pages):
        return
    with _opened(bare) as book:
        for page in book:
            yield from (passage for passage, _ in read(page, where).read)
            page.close()


def picture(stream: pikepdf.Object, limits: Limits) -> Image.Image:
    """A picture by itself, as large as it is stored. Raises OverLimit, and ValueError for what is none."""
    width, height = int(stream.get("/Width", 0)), int(stream.get("/Height", 0))
    if width * height > limits.pixels:
        raise OverLimit(f"A picture in this PDF has more than {limits.pixels // 10**6} million pixels.")
    if width < 1 or height < 1:
        raise ValueError("a picture without pixels")
    bare = pikepdf.new()
    page = bare.add_blank_page(page_size=(width, height))
    page.obj.Resources = Dictionary(XObject=Dictionary(Im=bare.copy_foreign(stream)))
    page.obj.Contents = bare.make_stream(f"{width} 0 0 {height} 0 0 cm /Im Do".encode())
    with _opened(bare) as book:
        return draw(book[0], scale=1)


def _add(
    bare: pikepdf.Pdf, streams: Sequence[pikepdf.Object], pdf: pikepdf.Pdf, resources: pikepdf.Object | None
) -> None:
    """A page of its own, twice where some text says something else than it shows. Only fonts are taken along:
    forms within forms come by themselves."""
    contents = b"\n".join(_unpacked(s) for s in streams)
    fonts = resources.get("/Font", None) if isinstance(resources, Dictionary) else None
    held = Dictionary(Font=_copied(bare, pdf, fonts)) if isinstance(fonts, Dictionary) else Dictionary()
    for said in {contents, contents.replace(b"/ActualText", b"/Unsaid")}:
        page = bare.add_blank_page(page_size=(_SIDE, _SIDE))
        page.obj.Contents = bare.make_stream(said)
        page.obj.Resources = held


def _unpacked(stream: pikepdf.Object) -> bytes:
    """Nothing for what cannot be unpacked: whoever walks the objects has met it and said so."""
    try:
        return stream.read_bytes()
    except (pikepdf.PdfError, RuntimeError):
        return b""


def _copied(bare: pikepdf.Pdf, pdf: pikepdf.Pdf, fonts: Dictionary) -> pikepdf.Object:
    return bare.copy_foreign(fonts if fonts.is_indirect else pdf.make_indirect(fonts))


def _opened(bare: pikepdf.Pdf) -> pypdfium2.PdfDocument:
    with io.BytesIO() as out:
        bare.save(out)
        return pypdfium2.PdfDocument(out.getvalue())
