"""PDFs with words planted wherever one can hold any: written by hand, page by page, without a layout library."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw, ImageFont

WIDTH: Final = 400
HEIGHT: Final = 300


def escaped(words: str) -> bytes:
    return words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def line(words: str, x: float, y: float, size: float = 12, before: str = "") -> bytes:
    """Content that sets words in Helvetica; `before` are operators within the text object, such as "3 Tr"."""
    return f"BT {before} /F {size} Tf {x} {y} Td (".encode() + escaped(words) + b") Tj ET\n"


def scan(words: str, size: tuple[int, int] = (1200, 150)) -> Image.Image:
    """A picture of a line of print."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((20, size[1] // 3), words, "black", ImageFont.load_default(36))
    return image


@dataclass
class Draft:
    """A PDF of one page in the making; what is added to `content` stands on that page."""

    pdf: pikepdf.Pdf = field(default_factory=pikepdf.new)
    content: bytes = b""

    def __post_init__(self) -> None:
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
        )
        self.font = self.pdf.make_indirect(font)
        self.page = self.pdf.add_blank_page(page_size=(WIDTH, HEIGHT)).obj
        self.page.Resources = Dictionary(
            Font=Dictionary(F=self.font), XObject=Dictionary(), Properties=Dictionary()
        )

    def picture(self, image: Image.Image, name: str = "Im") -> None:
        """Make a picture ready to be drawn as /Im."""
        with io.BytesIO() as out:
            image.convert("RGB").save(out, "JPEG", quality=90)
            stream = self.pdf.make_stream(out.getvalue())
        stream.Type, stream.Subtype, stream.Filter = Name.XObject, Name.Image, Name.DCTDecode
        stream.Width, stream.Height = image.size
        stream.BitsPerComponent, stream.ColorSpace = 8, Name.DeviceRGB
        self.page.Resources.XObject[f"/{name}"] = stream

    def note(self, **entries: Any) -> pikepdf.Object:
        """An annotation on the page."""
        given = Dictionary(Type=Name.Annot, Rect=Array([220, 200, 380, 220]), F=4, **entries)
        note = self.pdf.make_indirect(given)
        self.page.Annots = Array([*self.page.get("/Annots", Array()), note])
        return note

    def data(self) -> bytes:
        self.page.Contents = self.pdf.make_stream(self.content)
        with io.BytesIO() as out:
            self.pdf.save(out)
            return out.getvalue()


def _field(draft: Draft, words: str) -> None:
    note = draft.note(
        Subtype=Name.Widget, FT=Name.Tx, T=String("Comments"), V=String(words), DA=String("/F 9 Tf")
    )
    resources = Dictionary(Font=Dictionary(F=draft.font))
    draft.pdf.Root.AcroForm = Dictionary(Fields=Array([note]), DR=resources, DA=String("/F 9 Tf 0 g"))


def _annotation(draft: Draft, words: str) -> None:
    draft.note(Subtype=Name.Text, Contents=String(words))


def _free_text(draft: Draft, words: str) -> None:
    draft.note(Subtype=Name.FreeText, Contents=String(words), DA=String("/F 9 Tf 0 g"))


def _link(draft: Draft, words: str) -> None:
    draft.note(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String(f"https://ehr.example/?q={words}")))


def _script(draft: Draft, words: str) -> None:
    draft.pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String(f'app.alert("{words}")'))


def _properties(draft: Draft, words: str) -> None:
    draft.pdf.docinfo["/Subject"] = String(words)


def _layer(draft: Draft, words: str) -> None:
    layer = draft.pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Draft")))
    off = Dictionary(OFF=Array([layer]), Order=Array([layer]))
    draft.pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=off)
    draft.page.Resources.Properties["/L"] = layer
    draft.content += b"/OC /L BDC " + line(words, 40, 150) + b"EMC\n"


def _crop(draft: Draft, words: str) -> None:
    draft.page.CropBox = Array([0, 100, WIDTH, HEIGHT])
    draft.content += line(words, 40, 50)


def _bookmark(draft: Draft, words: str) -> None:
    with draft.pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(words, 0))


def _metadata(draft: Draft, words: str) -> None:
    with draft.pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
        meta["dc:description"] = words


def _attachment(draft: Draft, words: str) -> None:
    draft.pdf.attachments["notes.txt"] = words.encode()


def _spoken(draft: Draft, words: str) -> None:
    """Heard by a screen reader and taken by a copier, though the page shows something else."""
    draft.content += (
        b"/Span <</ActualText (" + escaped(words) + b")>> BDC " + line("shown", 40, 150) + b"EMC\n"
    )


def _alternative(draft: Draft, words: str) -> None:
    figure = draft.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Figure, Alt=String(words)))
    draft.pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=Array([figure]))


def _scanned(draft: Draft, words: str) -> None:
    draft.picture(scan(words))
    draft.content += b"q 360 0 0 45 20 120 cm /Im Do Q\n"


def _covered_scan(draft: Draft, words: str) -> None:
    _scanned(draft, words)
    draft.content += b"0 g 20 120 360 60 re f\n"


def _unused_picture(draft: Draft, words: str) -> None:
    draft.picture(scan(words), "Unused")


def _unused_form(draft: Draft, words: str) -> None:
    form = draft.pdf.make_stream(line(words, 40, 150))
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, WIDTH, HEIGHT])
    form.Resources = Dictionary(Font=Dictionary(F=draft.font))
    draft.page.Resources.XObject["/Unused"] = form


def _removed_page(draft: Draft, words: str) -> None:
    """A page that was taken out of the tree of pages, but not out of the file."""
    contents = draft.pdf.make_stream(line(words, 40, 150))
    resources = Dictionary(Font=Dictionary(F=draft.font))
    page = Dictionary(
        Type=Name.Page, MediaBox=Array([0, 0, 400, 300]), Contents=contents, Resources=resources
    )
    draft.pdf.Root.Kept = draft.pdf.make_indirect(page)


def _shown(content: Callable[[str], bytes]) -> Callable[[Draft, str], None]:
    def plant(draft: Draft, words: str) -> None:
        draft.content += content(words)

    return plant


PLACES: Final[dict[str, Callable[[Draft, str], None]]] = {
    "alternative text": _alternative,
    "annotation": _annotation,
    "attachment": _attachment,
    "bookmark": _bookmark,
    "clipped": _shown(lambda w: b"q 0 0 5 5 re W n " + line(w, 40, 150) + b"Q\n"),
    "covered scan": _covered_scan,
    "document properties": _properties,
    "form field": _field,
    "free text": _free_text,
    "invisible": _shown(lambda w: line(w, 40, 150, before="3 Tr")),
    "layer that is off": _layer,
    "link": _link,
    "metadata": _metadata,
    "off the page": _shown(lambda w: line(w, 40, -500)),
    "outside the crop": _crop,
    "page that was removed": _removed_page,
    "scan": _scanned,
    "script": _script,
    "shown": _shown(lambda w: line(w, 40, 150)),
    "text behind the text": _spoken,
    "tiny": _shown(lambda w: line(w, 40, 150, size=0.2)),
    "under a box": _shown(lambda w: line(w, 40, 150) + b"0 g 20 140 360 30 re f\n"),
    "unused form": _unused_form,
    "unused picture": _unused_picture,
    "white": _shown(lambda w: b"1 g " + line(w, 40, 150) + b"0 g\n"),
}
"""How words come to stand in a PDF, by the name of the place."""


def planted(
    place: str, words: str, around: str = "Clinic letter. Observations stable, home on Friday."
) -> bytes:
    """A PDF with harmless words on its page, and `words` in one place."""
    draft = Draft()
    draft.content += line(around, 40, 250)
    PLACES[place](draft, words)
    return draft.data()


def saved_over(first: bytes, second: bytes) -> bytes:
    """`first` with every object of `second` appended as a later version: saving a change does no more than that.

    Both must have been made by `planted`, so that their objects have the same numbers.
    """
    with pikepdf.open(io.BytesIO(second)) as pdf:
        root, size = pdf.Root.objgen[0], len(pdf.objects) + 1
        bodies = {
            thing.objgen[0]: _written(thing) for thing in pdf.objects if isinstance(thing, pikepdf.Object)
        }
    out, places = bytearray(first), {}
    for number, body in bodies.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    table = "".join(f"{number} 1\n{at:010d} 00000 n \n" for number, at in places.items())
    previous = first[first.rindex(b"startxref") + 9 :].split()[0].decode()
    trailer = f"trailer\n<< /Size {size} /Root {root} 0 R /Prev {previous} >>\nstartxref\n{start}\n%%EOF\n"
    return bytes(out) + f"xref\n{table}{trailer}".encode()


def _written(thing: pikepdf.Object) -> bytes:
    if not isinstance(thing, pikepdf.Stream):
        return thing.unparse(resolved=True)
    data = thing.read_raw_bytes()
    return thing.stream_dict.unparse(resolved=True) + b"\nstream\n" + data + b"\nendstream"
