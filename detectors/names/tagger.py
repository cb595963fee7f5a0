"""The model at run time: for each word the odds that it names a patient, a relative, staff or nobody, and for each piece of
the text the odds that it tells otherwise who a patient is."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from detectors.names.features import FEATURES, OTHERS, READS, TAGS
from detectors.names.tokens import Token

NOBODY: Final[tuple[float, ...]] = (1.0, 0.0, 0.0, 0.0)

PIECES = 1000
"""The bound of `READS` in the model's own pieces, of which odd words have many."""

_Floats = np.ndarray[Any, Any]
_WINDOW = 160
_OVERLAP = 40


class ModelError(RuntimeError):
    """The model that ships does not fit this code; `make train` makes one that does."""


@cache
def _loaded() -> tuple[Any, Tokenizer]:
    folder = files("detectors.names").joinpath("model")
    with as_file(folder) as path:
        about = json.loads((path / "names.json").read_text("utf-8"))
        if [about[k] for k in ("features", "tags", "others")] != [
            list(map(str, k)) for k in (FEATURES, TAGS, OTHERS)
        ]:
            raise ModelError("the name model was trained for other features; run make train")
        tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return _session(path / "names.onnx"), tokenizer


def _session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    # One thread: a message is too short to share, and the bot's other work needs the other core.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Said(NamedTuple):
    """What the model says of a text, as far as it reads."""

    words: list[tuple[float, ...]]
    """For each word the probabilities of `TAGS`, in that order, summing to 1."""
    spans: list[tuple[int, int]]
    """Where each of the model's pieces stands in the text."""
    others: _Floats
    """For each piece (rows) the probabilities of `OTHERS` (columns)."""


def said(text: str, words: Sequence[Token], rows: Sequence[Sequence[float]]) -> Said:
    """`rows` are the words' features. Words beyond what the model reads are left out at the end."""
    words = [w for w in words if w.start < READS]
    session, tokenizer = _loaded()
    encoded = tokenizer.encode(text[:READS])
    known, first = _pieces(text, words, rows, encoded)
    length = min(len(encoded.ids), PIECES)
    tags, others = np.zeros((length, len(TAGS))), np.zeros((length, len(OTHERS)))
    for start, end, own_start, own_end in _windows(length):
        own = slice(own_start - start, own_end - start)
        asked = {"ids": np.array(encoded.ids[start:end], dtype=np.int64), "known": known[start:end]}
        names, rest = session.run(None, asked)
        tags[own_start:own_end], others[own_start:own_end] = names[own], rest[own]
    spans = encoded.offsets[:length]
    others[[start == end for start, end in spans]] = 0.0  # what opens and closes a text is no part of it
    of_words = [tuple(tags[at].tolist()) if at >= 0 else NOBODY for at in first if at < length]
    return Said(of_words, spans, others)


def _pieces(
    text: str, words: Sequence[Token], rows: Sequence[Sequence[float]], encoded: Encoding
) -> tuple[_Floats, list[int]]:
    """Features of every piece, and where each word's first piece is (-1 for none)."""
    known = np.zeros((len(encoded.ids), len(FEATURES)), dtype=np.float32)
    first = [-1] * len(words)
    word_at = {w.start: n for n, w in enumerate(words)}
    current, part_of = -1, encoded.word_ids  # read anew from the encoding each time that it is named
    for piece, (start, end) in enumerate(encoded.offsets):
        if start == end:
            continue
        if start in word_at:
            current = word_at[start]
            first[current] = piece
        elif part_of[piece] != part_of[piece - 1] and not text[start - 1 : start].isalnum():
            current = -1
        if current >= 0:
            known[piece] = rows[current]
    return known, first


def _windows(length: int) -> list[tuple[int, int, int, int]]:
    """(start, end, own start, own end): windows that overlap, each answering for its middle."""
    if length <= _WINDOW:
        return [(0, length, 0, length)]
    half = _OVERLAP // 2
    starts = range(0, length - _OVERLAP, _WINDOW - _OVERLAP)
    ends = [min(length, start + _WINDOW) for start in starts]
    return [
        (start, end, start + (half if start else 0), end - (half if end < length else 0))
        for start, end in zip(starts, ends, strict=True)
    ]
