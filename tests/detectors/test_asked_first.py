"""What is asked before a pattern is tried turns away nothing that the pattern finds."""

import json

from detectors.catalogue import CATALOGUE
from detectors.names import hearing
from detectors.owners import _NEEDED, _Words
from tests.conftest import SHARED

CHAT = [
    json.loads(line)["text"] for line in (SHARED / "eval" / "chat" / "messages.jsonl").open(encoding="utf-8")
]
TEXTS = [*CHAT, *(text for rule in CATALOGUE for text in (*rule.catches, *rule.spares))]


def test_words_that_tell_whose_a_number_is() -> None:
    for text in TEXTS:
        for end in (m for m, c in enumerate(text) if c in " ,:"):
            words = _Words(text[max(0, end - 80) : end + 1])
            lost = [p for p in _NEEDED if id(p) not in words.may and p.search(words.text)]
            assert not lost, (words.text, lost)


def test_cues_behind_a_name() -> None:
    for text in TEXTS:
        for start in range(0, len(text), 3):
            after = text.lower()[start : start + 48].partition("\n")[0]
            found = [
                cue for p, cue in zip(hearing._AFTER_PATTERNS, hearing.AFTER, strict=True) if p.match(after)
            ]
            assert hearing._behind(after) == found, after
