"""The look at a filled picture: what a fill misses is found beside it, and what is known is not read again."""

from dataclasses import replace

import pytest
from PIL import Image

from bot.evaluation.peers.drawn import DARK, LIGHT, Drawn, Look
from detectors.files.interface import Cut, Passage
from detectors.files.picture import Box, Seen, fill
from detectors.files.proof import proven
from detectors.interface import Kind

NUMBER = "943 476 5919"


def _note(look: Look = LIGHT) -> Drawn:
    drawn = Drawn("note", Image.new("RGB", (900, 300), look.paper), look)
    drawn.sentence(60, 60, ("NHS number", NUMBER, "bloods back"), 30)
    drawn.write(60, 200, "The bladder scanner is in the sluice", 30)
    return drawn


def _seen(box: Box) -> tuple[Seen, list[list[Cut]]]:
    """As if the number had been read in `box`; one cell for each character."""
    left, top, right, bottom = box
    steps = [left + (right - left) * n // len(NUMBER) for n in range(len(NUMBER) + 1)]
    cells = tuple((a, top, b, bottom) for a, b in zip(steps, steps[1:], strict=False))
    seen = Seen((Passage(NUMBER, "the picture"),), cells=(cells,))
    return seen, [[Cut(0, len(NUMBER), "", Kind.NHS_NUMBER)]]


def _shifted(box: Box, share: float) -> Box:
    off = int((box[2] - box[0]) * share)
    return box[0] + off, box[1], box[2] + off, box[3]


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("share", [-0.6, -0.4, 0.4, 0.6])
def test_what_a_misplaced_fill_leaves_is_filled_too(look: Look, share: float) -> None:
    drawn = _note(look)
    (_, box), *_ = drawn.identifiers
    seen, cuts = _seen(_shifted(box, share))
    boxes = proven(drawn.image, seen, cuts)
    assert boxes is not None
    assert len(drawn.left_in(fill(drawn.image, seen.hidden(cuts)))) == 1
    assert drawn.left_in(fill(drawn.image, boxes), by=0.8) == []


def test_a_well_placed_fill_is_enough() -> None:
    drawn = _note()
    (_, box), *_ = drawn.identifiers
    seen, cuts = _seen((box[0] - 2, box[1] - 4, box[2] + 2, box[3] + 4))
    assert proven(drawn.image, seen, cuts) == seen.hidden(cuts)


def test_a_line_that_may_stay_does_not_vouch_for_what_is_hidden_beside_it() -> None:
    """Only lines without any cut count as known; the rest of a line with one is read again."""
    drawn = _note()
    (_, box), *_ = drawn.identifiers
    seen, cuts = _seen(_shifted(box, -0.5))
    beside = (Passage("The bladder scanner", "the picture"),)
    cells = (tuple((60 + 15 * n, 200, 75 + 15 * n, 240) for n in range(19)),)
    both = replace(seen, passages=(*seen.passages, *beside), cells=(*seen.cells, *cells))
    boxes = proven(drawn.image, both, [*cuts, []])
    assert boxes is not None
    assert drawn.left_in(fill(drawn.image, boxes), by=0.8) == []


def test_nothing_to_hide_is_nothing_to_fill() -> None:
    seen, _ = _seen((60, 60, 300, 100))
    assert proven(_note().image, seen, [[]]) == ()
