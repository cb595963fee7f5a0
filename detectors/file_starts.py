"""Where a file's name begins that holds spaces: "posted Consent form - G. Oduya.pdf"."""

import re
from typing import Final

from detectors.file_words import is_kind_of_file, is_unknown
from detectors.names.words import FIRST_NAMES, fold, is_name, is_name_word, is_ordinary

_WORD_BEFORE = re.compile(
    r"(?<![^\s])(?=[\w\-()]*(?:_|[0-9]{5}|[A-Z]{3}))[\w\-()]{2,60} (?:[\w\-()]{1,30} ){0,3}$"
)
_CALLED = re.compile(
    r"(?i)(?:^.*\b(?:called|named|titled|as|is|it'?s|says?|was|went|sent|posted|uploaded|attached|file|wrong|the|this|that|to|in|from|"
    r"my|our|over|through|across|round|again|me|us)\b|\b(?:photo|video|scan)(?! (?:i|is|was|went|report|request)\b))[:=]? (?=(?:[\w\-()]{1,30} ){0,7}$)"
)
"""What comes before a name that holds spaces: "a PDF called Kaczmarek Wioletta DEXA.pdf"."""
_WHOLE = re.compile(r"[A-Za-z][^\s_\-]*(?:_|-[^\s\-]+-)")
"""Who joins words by strokes puts no spaces between others."""
_STROKED = re.compile(r"[^\s_]_[^\s_]{2,40} $")
_SURNAME_FIRST = re.compile(r"(?:^|\s)(?P<name>[A-Z][A-Za-z'\-]{2,30}) [A-Z]{1,2} (?:[\w\-()]{1,30} ){0,4}$")
"""Before the last word of a name that holds spaces: "Mensah K consent scanned.pdf"."""
_MOST: Final = 8
"""Of the words before the last one of a file's name, no more are looked at."""
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Miss|Master|Baby)\.?")
_INITIAL = re.compile(r"[A-Z]\.?")
_JOINED = re.compile(r"([A-Z][a-z]{2,20})([A-Z](?:[a-z]{2,20})?)")
_CAPITAL = re.compile(r"[A-Z][a-z]+")
_SPEAKS_TO = frozenset("ask by cc from give send tell thanks cheers dr prof sister nurse".split())
"""Before the name of a colleague, who is no part of a file's name."""


def start_of(text: str, start: int, end: int) -> int:
    """Go back from `start`, where the last word of a file's name begins, to a word that only a file's name has."""
    if text[max(0, start - 2) : start] == " (":
        start -= 1  # "Oduya echo (2).pdf"
    if start < 2 or text[start - 1] != " ":
        return start
    if _WHOLE.match(text, start, end) and not _STROKED.search(text, max(0, start - 60), start):
        return start
    line = text[max(0, start - 100) : start].rpartition("\n")[2]
    surname = _SURNAME_FIRST.search(line)
    if surname and not is_ordinary(fold(surname["name"])):
        return start - (len(line) - surname.start("name"))
    named = _named(line, text[start:end])
    if named:
        return start - named
    called = _CALLED.search(line)
    if called:
        return start - (len(line) - called.end())
    m = _WORD_BEFORE.search(line)
    return start - (m.end() - m.start()) if m else start


def _named(line: str, last: str) -> int:
    """How long is what stands of a person's file's name in `line`, which ends before its last word; 0 if no name does."""
    words = line.split(" ")[:-1][-_MOST:]
    part = _run(words)
    run = words[len(words) - part :]
    before = words[-part - 1] if part < len(words) else ""
    if not run or fold(before.strip(",.:")) in _SPEAKS_TO or not _names_somebody(run, last):
        return 0
    if part + 1 < len(words) and _CAPITAL.fullmatch(before) and run[0][:1].islower():
        run = [before, *run]  # "went out as Appt letter Mr Okafor.pdf"
    return len(" ".join(run)) + 1


def _run(words: list[str]) -> int:
    """How many of the last words may stand in a file's name: names, their titles, kinds of file."""
    following = ""
    for n, word in enumerate(reversed(words)):
        surname = word.endswith(",") and _is_name(word[:-1]) and _may_be_name(following)
        fits = surname or word in ("-", "–") or _TITLE.fullmatch(word) or _INITIAL.fullmatch(word)
        if not (fits or _may_be_name(word) or is_kind_of_file(word.strip("()"))):
            return n
        following = word
    return len(words)


def _names_somebody(run: list[str], last: str) -> bool:
    """Whether there is more than a first name, which may be the reader's: "send Grace ward list.docx"."""
    if any(_TITLE.fullmatch(w) for w in run) or (_INITIAL.fullmatch(run[-1]) and last[:1].isupper()):
        return True
    names = [_is_name(w.rstrip(",")) for w in run]
    if sum(names) > 1 or any(n and fold(w) not in FIRST_NAMES for w, n in zip(run, names, strict=True)):
        return True
    return _is_name(re.split(r"[_.]", last, maxsplit=1)[0])


def _may_be_name(word: str) -> bool:
    return word[:1].isupper() and (is_name(fold(word)) or _is_name(word))


def _is_name(word: str) -> bool:
    if not word[:1].isupper() or len(word) < 3:
        return False
    return is_name_word(word) or _is_joined(word) or (word.isupper() and len(word) > 4 and is_unknown(word))


def _is_joined(word: str) -> bool:
    """A surname and a first name or its initial without a space, "OduyaGrace", "SmithJ": one is a name, neither no more than an ordinary word."""
    parts = _JOINED.fullmatch(word)
    if not parts:
        return False
    if len(parts[2]) == 1:
        return is_name_word(parts[1])
    both = [fold(p) for p in parts.groups()]
    known = any(p in FIRST_NAMES for p in both) or any(map(is_name_word, parts.groups()))
    return known and all(p in FIRST_NAMES or not is_ordinary(p) for p in both)
