"""Which attributes of a document hold what a person wrote, rather than how it looks."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.files.office.pieces import Node, local

_WRITTEN: Final = frozenset(
    "alt address altText author caption codeName command comment connection connectString country "
    "cryptoProvider description descr destinationFile displayName displayText email error errorTitle fullDate "
    "hyperlinkBase initials instr keywords label lastAuthor location lastModifiedBy name password prompt "
    "promptTitle query screentip screenTip server sourceFile string subject supertip tag text title tooltip uniqueName "
    "url user userId userName value company manager href target-frame-name formula string-value date-value "
    "condition note display-name".split()
)
_VALUED: Final = frozenset(
    "alias tag docVar listItem listEntry default statusText helpText name attachedSchema query dataSource "
    "connectString udl filter customFilter inputCells s d n e category tbl".split()
)
"""Elements whose `val` or `v` is written by people: titles of controls, entries of lists, pivot items."""

_NEVER: Final = frozenset(
    "style type typeface Ignorable Requires ascii hAnsi cs eastAsia font-name font-family fonts path points "
    "coordsize uri schemaLocation formatCode charset panose sqref ref spans href-type class rsid lang "
    "font-family-generic font-family-asian font-family-complex font-name-asian font-name-complex clip font-style-name style-name data-style-name master-page-name parent-style-name "
    "preserveAspectRatio d viewBox transform class-names version full-path media-type Extension ContentType PartName "
    "gfxdata cellranges ContentTypeId classid progId userShapes clsid".split()
)
_SHORTEST: Final = len("Al Wu")
"""Characters of two words; a long number has more."""

_TWO_WORDS = re.compile(r"[^\W\d_]{2}\S*\s+\S*[^\W\d_]{2}")
_LONG_NUMBER = re.compile(r"\d(?:[ \-/.]?\d){8}")
_MEASURE = re.compile(r"[-\d.,; ]+")
_CODE = re.compile(r"(?i)\{?[0-9a-f]{8}-[0-9a-f-]{27}\}?|https?://schemas\..*|[0-9a-f]{16,}")
"""Identifiers of the program's own, and names of schemas."""

_LOOKS: Final = frozenset(
    "styles styleSheet stylesWithEffects theme themeOverride fonts numbering settings webSettings tblStyleLst "
    "presentationPr viewPr styleSheet colorsDef layoutDef styleDef chartStyle colorStyle".split()
)
"""Parts that say how things look: hundreds of names of styles and fonts, which programs give."""


def written(node: Node, own: bool = False, looks: bool = False) -> Iterator[str]:
    """The names of the attributes to be read. `own`: people named them all; `looks`: the part is about looks."""
    element = local(node)
    looks = looks or "style:1.0" in node.tag or "config:1.0" in node.tag
    for key, value in node.attrib.items():
        name = key.rpartition("}")[2]
        wanted = own or (_is_written(element, name, value) and not (looks and _is_given(node, element, name)))
        if wanted and not _CODE.fullmatch(value) and "XMLSchema-instance" not in key:
            yield key


def is_about_looks(root: Node) -> bool:
    return local(root) in _LOOKS


def _is_written(element: str, name: str, value: str) -> bool:
    if name in _WRITTEN or (name in ("val", "v") and element in _VALUED):
        return any(c.isalnum() for c in value)
    if "@" in value and name not in _NEVER:
        return True
    if len(value) < _SHORTEST or name in _NEVER or _MEASURE.fullmatch(value):
        return False
    return bool(_TWO_WORDS.search(value) or _LONG_NUMBER.search(value))


def _is_given(node: Node, element: str, name: str) -> bool:
    """Whether a name is one that the program gave: every style's but those of a document's own."""
    if name != "name" and element != "name":
        return False
    around = node.getparent() if element == "name" else node
    return around is None or not any(k.endswith("customStyle") for k in around.attrib)
