"""The parts of a package that are no XML: pictures, embedded files, macros, fonts, printers' settings."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, Protocol

from detectors.files.interface import Desk, File, Found, Outcome, Result
from detectors.files.office.package import Link
from detectors.files.office.pieces import Line, Node, Piece, hide
from detectors.files.office.strings import strings
from detectors.files.slots import Told

BLANK: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63f80f0001010100b138f6140000000049454e44ae426082"
)
"""A white picture of one pixel."""

_PLAIN_NAME = re.compile(r"(?:[A-Za-z]{0,24}[_ -]?\d{0,6}|[0-9A-F]{32,64})(?:\.[A-Za-z0-9]{1,8})?")
"""What programs call the parts that they put in: "image1.png", "Object 1", a digest."""

_DRAWINGS: Final = re.compile(r"(?i)\.(?:emf|wmf|emz|wmz|svg|wdp|hdp|pict?|pct)$")
"""Drawings and photographs in formats that nothing here can show."""

_PICTURES: Final = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".tif": "image/tiff",
    ".tiff": "image/tiff", ".bmp": "image/bmp", ".webp": "image/webp",
}  # fmt: skip
_SPARE: Final = frozenset({"thumbnail", "printerSettings"})
"""Links to what a copy does without: a picture of its first page as it was, the settings of a printer."""

_FONT: Final = frozenset({"font"})
_MACROS: Final = frozenset({"vbaProject", "wordVbaData", "attachedToolbars"})


class Parts(Protocol):
    """What a package of either kind offers: its parts, and the links to them."""

    trees: dict[str, Node]
    blobs: dict[str, bytes]

    def type(self, name: str) -> str: ...

    def links(self) -> Iterable[Link]: ...

    def users(self, link: Link) -> list[Node]: ...

    def remove(self, name: str) -> None: ...

    def rename(self, name: str, new: str, type: str = "") -> None: ...


def lines(package: Parts) -> Iterator[Line]:
    """What can be read without opening the parts: their names, and the words in fonts."""
    links = _links(package)
    named = [n for n in (*package.trees, *package.blobs) if not n.endswith(".rels")]
    for name in [n for n in named if not _PLAIN_NAME.fullmatch(posixpath.basename(n))]:
        piece = Piece(posixpath.basename(name), partial(_rename, package, name))
        yield Line([piece], "the name of an embedded file", "file name")
    for name in [n for n in package.blobs if links.get(n) == _FONT]:
        yield _words(package, name, "a font")


def inspect(package: Parts, desk: Desk, told: Told) -> Result | None:
    """Have every other part inspected, and put its redacted copy in its place. What cannot be read is left
    out where the document does without it; else the result of that part, which stops the whole."""
    links, numbers = _links(package), Counter[str]()
    stopped: Result | None = None
    spare = [n for n in sorted(package.blobs, key=_natural) if _is_spare(links.get(n, frozenset()))]
    for name in sorted(package.blobs.keys() - {*spare}, key=_natural):
        types = links.get(name, frozenset())
        if types & _MACROS:
            _leave_out(package, name, told, "The macros in it were left out.")
        elif not types and not package.type(name):
            _leave_out(package, name, told, "A part that no program shows was left out.")
        elif types != _FONT:
            bad = _inspect(package, name, desk, told, numbers)
            stopped = stopped if stopped and not (bad and bad.stops) else bad or stopped
    if not stopped:
        _settle_spare(package, spare, links, desk, told)
    return stopped


def _inspect(package: Parts, name: str, desk: Desk, told: Told, numbers: Counter[str]) -> Result | None:
    declared = package.type(name)
    what = "picture" if declared.startswith("image/") else "embedded file"
    numbers[what] += 1
    what = f"{what} {numbers[what]}"
    result = _result(package, name, what, desk, told)
    if result.outcome is Outcome.CLEAN:
        return None
    if result.outcome is Outcome.REDACTED and result.data is not None:
        package.blobs[name] = result.data
        told.found += [] if result.found else [Found("OTHER_ID", what)]
        _rename_as(package, name, result.suffix)
    elif _DRAWINGS.search(name) and not result.stops:
        told.left_out.append("A drawing of a kind that cannot be read was left out.")
        _blank(package, name)
    else:
        return Result(Outcome.QUARANTINED, "", f"{what.capitalize()}: {result.reason}", stops=result.stops)
    return None


def _result(package: Parts, name: str, what: str, desk: Desk, told: Told) -> Result:
    result = desk.inside(File(posixpath.basename(name), package.blobs[name], package.type(name)))
    told.found += (Found(f.kind, f"{what}, {f.where}") for f in result.found)
    return result


def _settle_spare(
    package: Parts, names: list[str], links: dict[str, frozenset[str]], desk: Desk, told: Told
) -> None:
    """They are looked at only where the document may stay as it came; a copy goes without them."""
    previews = [n for n in names if "thumbnail" in links[n]]
    settings = [n for n in names if n not in previews]
    if not told.changed:
        told.found += hide([_words(package, n, "the printer's settings") for n in settings], desk)
    for name in previews:
        if told.changed:
            break
        if _result(package, name, "the preview picture", desk, told).outcome is not Outcome.CLEAN:
            told.left_out.append("The small preview picture was left out.")
    for name in names if told.changed else ():
        package.remove(name)


def _links(package: Parts) -> dict[str, frozenset[str]]:
    """For each part, the types of the links to it."""
    types: dict[str, frozenset[str]] = {}
    for link in package.links():
        if not link.outside:
            types[link.target] = types.get(link.target, frozenset()) | {link.type}
    return types


def _is_spare(types: frozenset[str]) -> bool:
    return bool(types) and types <= _SPARE


def _words(package: Parts, name: str, where: str) -> Line:
    """All that can be read in a part's bytes; it is taken out as a whole if something is to be hidden."""
    return Line([Piece(strings(package.blobs[name]), partial(_remove, package, name))], where)


def _leave_out(package: Parts, name: str, told: Told, sentence: str) -> None:
    package.remove(name)
    told.left_out.append(sentence)


def _remove(package: Parts, name: str, _: str) -> None:
    package.remove(name)


def _blank(package: Parts, name: str) -> None:
    """Take a drawing out where it is one program's extra (in an `ext`, ECMA-376-1, 20.1.2.2.15), with a plain
    picture beside it; else put a blank in its place."""
    links = [link for link in package.links() if link.target == name]
    if links and all(_is_extra(package, link) for link in links):
        package.remove(name)
    else:
        package.blobs[name] = BLANK
        _rename_as(package, name, ".png")


def _is_extra(package: Parts, link: Link) -> bool:
    users = package.users(link)
    return bool(users) and all(any(True for _ in u.iterancestors("{*}ext")) for u in users)


def _rename_as(package: Parts, name: str, suffix: str) -> None:
    """Give a picture the ending and the media type of its new contents."""
    stem, ending = posixpath.splitext(name)
    if suffix in _PICTURES and suffix != ending.casefold():
        package.rename(name, _free(package, stem, suffix), _PICTURES[suffix])


def _rename(package: Parts, name: str, _: str) -> None:
    package.rename(
        name, _free(package, posixpath.join(posixpath.dirname(name), "part"), posixpath.splitext(name)[1])
    )


def _free(package: Parts, stem: str, suffix: str) -> str:
    number, new = 1, f"{stem}{suffix}"
    while new in package.blobs or new in package.trees:
        number += 1
        new = f"{stem}-{number}{suffix}"
    return new


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(d or 0), w) for w, d in re.findall(r"(\D*)(\d{0,9})", name)]
