"""DICOM: tags, the text of reports, and what is burnt into the pixels. Always quarantined, with what was found."""

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from detectors.files.dicom_tags import CODES, PEOPLE, TEXTS
from detectors.files.interface import Desk, Family, File, Found, Outcome, Passage, Result, Unreadable
from detectors.files.picture import see
from detectors.files.slots import passage
from detectors.interface import Kind

if TYPE_CHECKING:  # loaded when the first such file comes: a third of what a reading process takes to start
    from pydicom import Dataset
    from pydicom.dataelem import DataElement

_UNREADABLE: Final = "This DICOM file could not be read."
_ALWAYS: Final = (
    "Medical images are never posted again by the bot: they are shared through the imaging system."
)


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Raises Unreadable for what is no DICOM file."""
    data, passages = _read(file.data)
    found: list[Found] = []
    said = [_ALWAYS]
    for frame, image in enumerate(_frames(data, desk, said), start=1):
        desk.progress(f"frame {frame}")
        seen = see(image, f"frame {frame}", desk)
        passages += seen.passages
        found += (Found("FACE", f"frame {frame}") for _ in seen.faces)
        said += [] if seen.sure else ["What is written in its picture could not be read for certain."]
    found += _enclosed(data, desk, said)
    cuts = desk.look(passages)
    found += (Found(c.kind, p.where) for p, some in zip(passages, cuts, strict=True) for c in some)
    said += ["It names a person or holds identifiers."] if found else []
    return Result(Outcome.QUARANTINED, type, " ".join(dict.fromkeys(said)), tuple(found))


def _read(raw: bytes) -> "tuple[Dataset, list[Passage]]":
    from pydicom import config, dcmread

    config.settings.reading_validation_mode = config.IGNORE  # a name in the wrong form is a name still
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = dcmread(io.BytesIO(raw))
            data.decode()
            passages = list(_passages(data))
    except Exception:  # noqa: BLE001 - a damaged file fails in pydicom wherever the damage is met
        raise Unreadable(_UNREADABLE) from None
    if not len(data):
        raise Unreadable(_UNREADABLE)
    return data, passages


def _passages(data: "Dataset", path: str = "") -> Iterator[Passage]:
    for element in data:
        where = f"{path}{element.name}" if element.keyword else f"{path}private tag {element.tag}"
        if element.VR == "SQ":
            for number, item in enumerate(element.value, start=1):
                yield from _passages(item, f"{where} {number}, ")
        elif element.keyword not in CODES:
            yield from _texts(element, where)


def _texts(element: "DataElement", where: str) -> Iterator[Passage]:
    kind = PEOPLE.get(element.keyword)
    if kind is None and element.VR == "PN":
        kind = Kind.STAFF_NAME  # physicians, operators, readers
    if kind is None and element.VR not in TEXTS and not element.tag.is_private:
        return
    for text in _values(element):
        yield passage(text, where, "" if kind or element.tag.is_private else element.name, kind)


def _values(element: "DataElement") -> Iterator[str]:
    """The values as people read them; the printable parts of bytes that say nothing of themselves."""
    value = element.value
    if isinstance(value, bytes):
        value = "".join(c if c.isprintable() else "\n" for c in value[:65536].decode("latin-1")).split("\n")
        value = [v for v in value if len(v) > 3]
    for each in value if isinstance(value, list) or element.VM > 1 else [value]:
        text = str(each or "").replace("^", " ").strip(" =")
        if text:
            yield text


def _frames(data: "Dataset", desk: Desk, said: list[str]) -> Iterator[Image.Image]:
    """The pictures, and what is drawn over them. What cannot be decoded is said."""
    if not any(name in data for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        return
    count = int(data.get("NumberOfFrames") or 1)
    if int(data.get("Rows") or 0) * int(data.get("Columns") or 0) > desk.limits.pixels:
        said.append("Its picture is too large to be looked at.")
        return
    if count > desk.limits.frames:
        said.append(f"It has more than {desk.limits.frames} frames, so not all were looked at.")
    try:
        for number in range(min(count, desk.limits.frames)):
            yield _image(_frame(data, number))
        yield from (_image(data.overlay_array(group)) for group in _overlays(data))
    except Exception:  # noqa: BLE001 - each of many decoders fails in its own way
        said.append("Its picture could not be decoded.")


def _frame(data: "Dataset", number: int) -> "np.ndarray[Any, Any]":
    from pydicom.pixels.utils import pixel_array

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pixel_array(data, index=number)


def _overlays(data: "Dataset") -> list[int]:
    """Groups 6000 to 601E (PS3.3, C.9.2)."""
    return [group for group in range(0x6000, 0x6020, 2) if (group, 0x3000) in data]


def _image(pixels: "np.ndarray[Any, Any]") -> Image.Image:
    """From the darkest value black to the brightest white; burnt-in text is at one of the ends."""
    values = pixels.astype(np.float32)
    low, high = float(values.min()), float(values.max())
    scaled = ((values - low) * (255.0 / (high - low or 1.0))).astype(np.uint8)
    return Image.fromarray(scaled).convert("RGB")


def _enclosed(data: "Dataset", desk: Desk, said: list[str]) -> list[Found]:
    """A document that the file holds (Encapsulated PDF, CDA)."""
    enclosed = data.get("EncapsulatedDocument")
    if not enclosed:
        return []
    result = desk.inside(File("document", bytes(enclosed).rstrip(b"\0")))
    if result.outcome is Outcome.QUARANTINED:
        said.append(f"The document in it: {result.reason}")
    return [Found(f.kind, f"the document in it, {f.where}") for f in result.found]


FAMILY: Final = Family("dicom", frozenset({"application/dicom"}), inspect)
