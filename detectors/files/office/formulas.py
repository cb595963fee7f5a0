"""Formulas: what of them is text, and how they come to name a sheet that has been renamed."""

import re
from typing import Final

from detectors.files.office.pieces import Node, Piece, local

FORMULAS: Final = frozenset({"f", "formula", "formula1", "formula2", "definedName"})

_SHEET_OF = re.compile(r"'(?:[^']|'')+'!|[^\W\d][\w.]*!")


def formula_of(node: Node) -> Piece:
    """A formula, shown without the names of sheets in it, which stand for themselves elsewhere."""
    text = node.text or ""
    shown = _SHEET_OF.sub(lambda m: " " * len(m.group()), text).replace("_", " ")
    return Piece(text, lambda new: setattr(node, "text", new), _in_quotes, shown)


def drop(formula: Node) -> None:
    """Take a formula out of its cell, whose value stays; those that share it go with it."""
    cell = formula.getparent()
    if cell is None:
        return
    cell.remove(formula)
    if formula.get("t") == "shared" and formula.get("ref"):
        for other in cell.getparent().getparent().findall("{*}row/{*}c/{*}f"):
            if other.get("t") == "shared" and other.get("si") == formula.get("si"):
                other.getparent().remove(other)


def rename_sheet(tree: Node, old: str, new: str) -> None:
    """Name a sheet anew wherever a formula or a link in a part calls it."""
    escaped = re.escape(old.replace("'", "''"))
    called = re.compile(rf"(?:'{escaped}'|(?<![\w.']){escaped})!")
    by = f"'{new}'!"
    for node in tree.iter("*"):
        if node.text and (local(node) in FORMULAS or local(node) == "lpstr"):
            node.text = new if node.text == old else called.sub(lambda _: by, node.text)
        for key, value in node.attrib.items():
            if "!" in value:
                node.set(key, called.sub(lambda _: by, value))
            elif key == "sheet" and value == old:
                node.set(key, new)


def _in_quotes(by: str) -> str:
    """A replacement that no string literal or list of them is broken by."""
    return by.replace('"', "").replace(",", " ")
