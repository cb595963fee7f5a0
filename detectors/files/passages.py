"""A file's passages -> findings in each, read together: a name on page 1 tells whose it is on page 9."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from detectors.files.interface import Passage
from detectors.files.known import Known
from detectors.files.said import named
from detectors.interface import Context, Earlier, Finding, Span
from detectors.placeholders import PLACEHOLDER_PATTERN
from detectors.scan import scan

CHUNK = 2000
"""Code points that are scanned at once. The name model reads at most 1,000 pieces, of which a table of
numbers has one for every two code points."""

_HIDDEN = re.compile(PLACEHOLDER_PATTERN)
_OVERLAP = 200
_CHUNKS_BEFORE = 3
_MESSAGES_BEFORE = 20
_NO_LETTER_HARMLESS = 4
"""Digits below which a labelled number ("Hb: 121") identifies nobody."""
_YEARS = ("age", "birth", "born", "dob", "year", "month", "day")

Findings = list[tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """`chunk[at : at + length]` is the text of passage `passage` from `begins` on."""

    passage: int
    at: int
    begins: int
    length: int


@dataclass(frozen=True, slots=True)
class _Chunk:
    text: str = field(repr=False)
    pieces: tuple[_Piece, ...]


def find(passages: Sequence[Passage], context: Context) -> Findings:
    """The findings of each passage, in order, none overlapping, with spans in the passage's own text.

    The passages are read as lines of one document. What is found in one is known in all the others: a
    patient's name with more than one word, or that is no ordinary word, and a long number are found wherever
    they stand again. A passage with `kind` set is found as a whole. STAFF_NAME findings say what is kept.
    """
    context = replace(context, surface="file_text")
    found = [_field(p) if p.kind else list(named(p)) for p in passages]
    known = Known(context)
    for passage, fields in zip(passages, found, strict=True):
        known.learn(passage.text, fields)
    before: dict[str, tuple[_Chunk, Earlier]] = {}
    for number, chunk in enumerate(_chunks(passages)):
        told = (*_earlier(context, known), *(earlier for _, earlier in before.values()))
        findings = scan(chunk.text, replace(context, earlier=told))
        here = tuple(f for f in findings if f.message is None)
        _give(chunk, here, found)
        for f in findings:
            if f.message in before:  # the first half of a number that ends here
                _give(before[f.message][0], [replace(f, message=None)], found)
        known.learn(chunk.text, here)
        name = f"chunk {number}"
        before[name] = chunk, Earlier(name, "", chunk.text, here)
        before = dict(list(before.items())[-_CHUNKS_BEFORE:])
    apart = _copies(passages, found)
    return [
        tuple(f for f in known.everywhere(p.text, fs) if not _is_ending(p, f))
        for p, fs in zip(passages, apart, strict=True)
    ]


def _field(passage: Passage) -> list[Finding]:
    """The whole of a field, unless nothing but placeholders stands in it."""
    text = passage.text.strip()
    if passage.kind is None or not any(c.isalnum() for c in _HIDDEN.sub("", text)):
        return []
    start = passage.text.index(text)
    return [Finding(passage.kind, Span(start, start + len(text)), 1.0, "field", ("field",))]


def _is_ending(passage: Passage, finding: Finding) -> bool:
    """The "xml" of a file name, which says what it is and not whose, whoever is called XML elsewhere."""
    ending = passage.text.rfind(".") + 1
    return passage.label == "file name" and 0 < ending <= finding.span.start


def _earlier(context: Context, known: Known) -> tuple[Earlier, ...]:
    """The conversation, then whom the file has named so far."""
    return (*context.earlier[-_MESSAGES_BEFORE:], known.as_message())


def _chunks(passages: Sequence[Passage]) -> Iterator[_Chunk]:
    """The document in parts, cut between passages; one that is too long is cut at a space, with an overlap."""
    lines: list[str] = []
    pieces: list[_Piece] = []
    size = 0
    for index in _worth_reading(passages):
        for label, begins, text in _lines(passages[index]):
            line = f"{label}: {text}" if label else text
            if size + len(line) > CHUNK and lines:
                yield _Chunk("\n".join(lines), tuple(pieces))
                lines, pieces, size = [], [], 0
            pieces.append(_Piece(index, size + len(line) - len(text), begins, len(text)))
            lines.append(line)
            size += len(line) + 1
    if lines:
        yield _Chunk("\n".join(lines), tuple(pieces))


def _lines(passage: Passage) -> Iterator[tuple[str, int, str]]:
    """Label, where it begins in the passage, and text, of at most a chunk's length."""
    label, begins = passage.label.strip().rstrip(":")[:200], 0
    text = passage.text
    while len(text) - begins > CHUNK:
        end = _space_before(text, begins + CHUNK)
        yield label, begins, text[begins:end]
        label, begins = "", max(_space_before(text, end - _OVERLAP), begins + 1)
    yield label, begins, text[begins:]


def _space_before(text: str, at: int) -> int:
    return max(text.rfind("\n", at - _OVERLAP, at), text.rfind(" ", at - _OVERLAP, at)) + 1 or at


def _key(passage: Passage, before: Passage | None) -> tuple[str, ...]:
    """What makes a passage read the same as an earlier one: with a label nothing else matters, without one
    the passage before it does ("NHS number", and then the number)."""
    if passage.label or before is None:
        return (passage.label, passage.text)
    return ("", passage.text, before.text)


def _worth_reading(passages: Sequence[Passage]) -> Iterator[int]:
    """The passages to be scanned: copies once, fields and harmless numbers not at all."""
    seen: set[tuple[str, ...]] = set()
    last = -1
    for index, passage in enumerate(passages):
        key = _key(passage, passages[index - 1] if index else None)
        if key in seen or passage.kind or not passage.text.strip() or _is_harmless(passage):
            continue
        seen.add(key)
        before = passages[index - 1] if index else None
        if before and last != index - 1 and not passage.label and not before.kind and before.text.strip():
            yield index - 1
        yield index
        last = index


def _is_harmless(passage: Passage) -> bool:
    text = passage.text
    if not passage.label or len(text) > 40 or any(c.isalpha() for c in text):
        return False
    label = passage.label.casefold()
    return sum(c.isdigit() for c in text) < _NO_LETTER_HARMLESS and not any(y in label for y in _YEARS)


def _give(chunk: _Chunk, findings: Sequence[Finding], found: list[list[Finding]]) -> None:
    """Hand each finding to the passages that it lies in, without what lies in a label or between two."""
    first = 0
    for finding in findings:
        while chunk.pieces[first].at + chunk.pieces[first].length <= finding.span.start:
            first += 1
            if first == len(chunk.pieces):
                return
        for piece in chunk.pieces[first:]:
            if piece.at >= finding.span.end:
                break
            start = max(finding.span.start, piece.at)
            end = min(finding.span.end, piece.at + piece.length)
            shift = piece.begins - piece.at
            if start < end:
                found[piece.passage].append(replace(finding, span=Span(start + shift, end + shift)))


def _copies(passages: Sequence[Passage], found: list[list[Finding]]) -> list[list[Finding]]:
    """The findings with those of a passage that was read once given to its copies."""
    first: dict[tuple[str, str], list[Finding]] = {}
    for passage, findings in zip(passages, found, strict=True):
        if findings and passage.kind is None:
            first.setdefault((passage.label, passage.text), findings)
    return [
        findings or (first.get((p.label, p.text), []) if p.kind is None else [])
        for p, findings in zip(passages, found, strict=True)
    ]
