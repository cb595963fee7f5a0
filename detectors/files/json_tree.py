"""JSON with the place of every value, so that a changed file is the same file but for what was changed."""

import json
import re
from dataclasses import dataclass, field
from typing import Final

from detectors.files.elements import Element
from detectors.files.interface import Unreadable
from detectors.files.slots import Source

_DEPTH: Final = 200
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_OTHER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


@dataclass(eq=False)
class _Node:
    """`start` is where the member's key begins; `element` sees the value only."""

    element: Element
    start: int
    end: int = 0
    children: list["_Node"] = field(default_factory=list)
    dropped: bool = False


class Tree:
    """One JSON document that begins at `start` of a source. Raises Unreadable where it is none.

    An array's items are elements with the array's name, so that FHIR's JSON and XML look alike. A key that
    looks like an identifier itself ("Jane Smith": {...}) is an element "key" before its value.
    """

    def __init__(self, source: Source, start: int = 0) -> None:
        self._source = source
        self._at = start
        self._nodes: list[_Node] = []
        node = self._node("", 0, self._skip())
        self.root = node.element
        self.end = self._skip()

    def finish(self) -> None:
        """Take what was dropped out of the source, with its comma, and what it leaves empty."""
        for node in reversed(self._nodes[1:]):  # the inner ones first
            node.dropped |= bool(node.children) and all(c.dropped for c in node.children)
        for node in self._nodes:
            _take_out(node, self._source)

    def _skip(self) -> int:
        found = _SPACE.match(self._source.text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _read(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._source.text, self._at)
        if not found:
            raise Unreadable("This JSON file could not be read.")
        self._at = found.end()
        return found.group()

    def _node(self, name: str, depth: int, start: int) -> _Node:
        if depth > _DEPTH:
            raise Unreadable("This JSON file is nested too deeply to be read.")
        node = _Node(Element(name), start)
        node.element.drop = lambda: setattr(node, "dropped", True)
        self._nodes.append(node)
        sign = self._source.text[self._at : self._at + 1]
        if sign in ("{", "["):
            self._container(node, depth, sign == "{")
        else:
            self._leaf(node.element, sign == '"')
        node.end = self._at
        return node

    def _leaf(self, element: Element, string: bool) -> None:
        start = self._at
        raw = self._read(_STRING if string else _OTHER)
        element.value = _decoded(raw) if string else raw if raw[0] in "-0123456789" else None
        element.put = _Writer(self._source, start, self._at)

    def _container(self, node: _Node, depth: int, is_object: bool) -> None:
        self._at += 1
        closing = "}" if is_object else "]"
        while True:
            start = self._skip()
            if self._source.text[start : start + 1] == closing and not node.children:
                break
            name = self._key(node.element) if is_object else node.element.name
            child = self._node(name, depth + 1, start)
            self._adopt(node, child)
            self._skip()
            if self._source.text[self._at : self._at + 1] != ",":
                break
            self._at += 1
        self._read(re.compile(re.escape(closing)))

    def _adopt(self, node: _Node, child: _Node) -> None:
        """An array within an object hands its items up, with its own name."""
        node.children.append(child)
        items = [c.element for c in child.children] if _is_array(child, self._source.text) else []
        node.element.children += items or [child.element]

    def _key(self, parent: Element) -> str:
        start = self._at
        name = _decoded(self._read(_STRING))
        if " " in name or sum(c.isdigit() for c in name) > 4:
            parent.children.append(Element("key", name, put=_Writer(self._source, start, self._at)))
        self._skip()
        self._read(re.compile(":"))
        self._skip()
        return name


@dataclass(frozen=True, slots=True)
class _Writer:
    source: Source
    start: int
    end: int

    def __call__(self, text: str) -> None:
        self.source.replace(self.start, self.end, json.dumps(text, ensure_ascii=False))


def _is_array(node: _Node, text: str) -> bool:
    return bool(node.children) and text[node.end - 1] == "]"


def _decoded(raw: str) -> str:
    try:
        return str(json.loads(raw))
    except ValueError:
        raise Unreadable("This JSON file could not be read.") from None


def _take_out(parent: _Node, source: Source) -> None:
    children = parent.children
    first = 0
    while first < len(children):
        if not children[first].dropped:
            first += 1
            continue
        last = first
        while last + 1 < len(children) and children[last + 1].dropped:
            last += 1
        start = children[first - 1].end if first else children[first].start
        end = children[last + 1].start if not first and last + 1 < len(children) else children[last].end
        source.replace(start, end, "")
        first = last + 1
