"""A text and what to put in place of its spans -> the redacted text, with a remark for each change."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from detectors.interface import Span


@dataclass(frozen=True, slots=True)
class Replacement:
    """`by` takes the place of `span`; `rule` (a kind, a detector) is for the remark only."""

    span: Span
    by: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What was changed: `text[start:end]` of the new text stands for `original_length` code points."""

    rule: str
    start: int
    end: int
    original_length: int


@dataclass(frozen=True, slots=True)
class Redacted:
    text: str = field(repr=False)
    remarks: tuple[Remark, ...]


def redact(text: str, replacements: Iterable[Replacement]) -> Redacted:
    """Put each replacement in place of its span; everything outside the spans stays to the character.

    Overlapping spans become one, as do touching ones with the same replacement. A span that is
    empty or reaches outside the text raises ValueError.
    """
    pieces: list[str] = []
    remarks: list[Remark] = []
    read = written = 0
    for each in _merged(text, replacements):
        pieces += [text[read : each.span.start], each.by]
        start = written + each.span.start - read
        written = start + len(each.by)
        read = each.span.end
        remarks.append(Remark(each.rule, start, written, each.span.end - each.span.start))
    pieces.append(text[read:])
    return Redacted("".join(pieces), tuple(remarks))


def _merged(text: str, replacements: Iterable[Replacement]) -> list[Replacement]:
    merged: list[Replacement] = []
    for each in sorted(replacements, key=lambda r: (r.span.start, -r.span.end, r.by)):
        if not 0 <= each.span.start < each.span.end <= len(text):
            raise ValueError(f"span {each.span.start}-{each.span.end} is not inside the text")
        last = merged[-1] if merged else None
        if last and (each.span.start < last.span.end or _touches(last, each)):
            span = Span(last.span.start, max(last.span.end, each.span.end))
            merged[-1] = Replacement(span, last.by, last.rule)
        else:
            merged.append(each)
    return merged


def _touches(left: Replacement, right: Replacement) -> bool:
    return left.span.end == right.span.start and left.by == right.by
