"""What the bot writes in place of an identifier is passed over by the detectors."""

import pytest

from detectors.interface import Kind
from detectors.placeholders import WORDS
from detectors.scan import scan


@pytest.mark.parametrize("kind", WORDS)
def test_the_bots_words_are_passed_over(kind: Kind) -> None:
    assert scan(f"[{WORDS[kind]} hidden] and [Patient A] with [Relative B], [hidden]") == ()
