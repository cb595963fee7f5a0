"""Office documents as programs write them, with identifiers in every place that people forget."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from detectors.files.interface import Cut, Desk, Outcome, Passage, Result
from detectors.interface import Kind

NUMBERS = ("943 476 5919", "943-476-5919", "9434765919", "943\u00a0476\u00a05919")
"""An NHS number that is for tests, as people write it."""


def zipped(parts: Mapping[str, bytes | str], comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
        file.comment = comment
    return out.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def changed(
    data: bytes, changes: Mapping[str, tuple[str, str]], more: Mapping[str, bytes | str] = {}
) -> bytes:
    """A document with a text replaced in some of its parts, and with more parts."""
    members: dict[str, bytes | str] = dict(parts(data))
    for name, (old, new) in changes.items():
        text = bytes(members[name]).decode() if isinstance(members[name], bytes) else str(members[name])
        assert old in text, (name, old)
        members[name] = text.replace(old, new, 1)
    return zipped({**members, **more})


def everything(data: bytes) -> Iterator[tuple[str, str]]:
    """Every decompressed part of a package as text, files in it opened too."""
    for name, content in parts(data).items():
        yield name, name
        yield name, content.decode("utf-8", "replace")
        if content.startswith(b"PK"):
            yield from everything(content)


def left(result: Result, *values: str) -> list[tuple[str, str]]:
    """Where an original value can still be found in a redacted file."""
    assert result.data is not None, result
    return [
        (name, v) for name, text in everything(result.data) for v in values if v.casefold() in text.casefold()
    ]


def desk(*values: str) -> Desk:
    """A desk that hides the given texts wherever they stand, and at which every part is clean."""

    def look(passages: Sequence[Passage]) -> list[list[Cut]]:
        return [[*_cuts(p.text, values)] for p in passages]

    return Desk(look, lambda part: Result(Outcome.CLEAN, "part"))


def _cuts(text: str, values: Sequence[str]) -> Iterator[Cut]:
    at = 0
    while found := next((v for v in values if v in text[at:]), ""):
        start = text.index(found, at)
        at = start + len(found)
        yield Cut(start, at, "[hidden]", Kind.OTHER_ID)
