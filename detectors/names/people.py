"""Who is named in a text: patient, relative or staff, by form, roster, thread and cues."""

import math
import re
from collections.abc import Iterator

from detectors.interface import Context, Finding, Kind, Span
from detectors.names.hearing import Heard, hear
from detectors.names.memory import remembered
from detectors.names.mentions import mentions
from detectors.names.roles import DOCTORS, who
from detectors.names.roster import known
from detectors.names.sentence import Mention, Sentence, is_mentioned
from detectors.names.tokens import Token, tokens
from detectors.names.tongues import without_verbs
from detectors.names.words import CLINICAL, PLACES
from detectors.normalise import View
from detectors.rule import Rule

NAME = "people"


_MONTHS = frozenset("april may june august summer autumn".split())
_SURNAME_BEHIND = re.compile(r"\s[^\W\d_]{2,}$")
_TITLE_BEHIND = re.compile(r"(?i)\s?\((?:mrs?|ms|miss|mx|master|dr)\.?\)")


def sentence_of(view: View, context: Context) -> Sentence:
    """The words of a text with what is known of its people."""
    return Sentence(view, without_verbs(view, tokens(view)), known(context.roster), remembered(context))


def judge(sentence: Sentence) -> list[Finding]:
    """Everyone whom the rules find named, in order."""
    found = (_judge(sentence, mention) for mention in mentions(sentence))
    return list(_joined(sentence.view, [f for f in found if f is not None]))


def find(view: View, context: Context) -> Iterator[Finding]:
    """The rules alone."""
    yield from judge(sentence_of(view, context))


def _joined(view: View, found: list[Finding]) -> Iterator[Finding]:
    """ "Ella and Ethan Carlisle" is one finding: the first has the second's surname."""
    held: Finding | None = None
    for finding in found:
        if held and _shares_surname(view, held, finding):
            span = Span(held.span.start, finding.span.end)
            held = Finding(held.kind, span, max(held.confidence, finding.confidence), NAME, finding.evidence)
            continue
        if held:
            yield held
        held = finding
    if held:
        yield held


def _shares_surname(view: View, left: Finding, right: Finding) -> bool:
    text = view.original
    if left.kind is not right.kind or left.kind is Kind.STAFF_NAME:
        return False
    between = text[left.span.end : right.span.start]
    alone = " " not in text[left.span.start : left.span.end]
    full = _SURNAME_BEHIND.search(text[right.span.start : right.span.end])
    return alone and full is not None and between in (" and ", " & ", " &amp; ")


def _judge(text: Sentence, mention: Mention) -> Finding | None:
    names = text.words[mention.first : mention.last + 1]
    start, end = names[0].start, names[-1].end
    if trailing := _TITLE_BEHIND.match(text.view.text, end):
        end = trailing.end()
    if names[-1].initial and text.view.text[end : end + 1] == "." and mention.form == "initial":
        end += 1
    thing = mention.form in ("single", "initial")
    cues = hear(text.view, start, end, may_be_a_thing=thing)
    person = _looks_like_a_person(text, mention, names) + _strongest(cues, mention)
    recalled = _recall(text, names)
    if recalled:
        person += 4.0
    confidence = _sigmoid(person)
    if confidence < 0.1:
        return None
    kind = who(text.view, text.staff, mention, names, cues, recalled)
    also = (("thread",) if recalled else ()) + _listed(text, names)
    doctor = ("staff role",) if mention.title in DOCTORS else ()
    evidence = (mention.form, *dict.fromkeys((*cues.names, *doctor, *also)))
    return Finding(kind, text.view.span(start, end), round(min(confidence, 0.99), 3), NAME, evidence)


def _listed(text: Sentence, names: list[Token]) -> tuple[str, ...]:
    """Evidence that a list of staff has one of the names, or the whole one with an initial: "Linda S"."""
    if (
        len(names) == 2
        and names[1].initial
        and not names[0].initial
        and text.staff.shortened(names[0].low, names[1].low)
    ):
        return "listed", "listed whole"
    listed = any(n.low in text.staff.firsts or n.low in text.staff.surnames for n in names if not n.initial)
    return ("listed",) if listed else ()


def _strongest(cues: Heard, mention: Mention) -> float:
    """What the cues add to the odds that anybody is named at all."""
    somebody = max(cues.patient, cues.relative, cues.staff * 0.7)
    if cues.patient + cues.thing < -1.5 and mention.form in ("single", "initial"):
        return cues.patient + cues.thing  # "Thomas splint", "Lister Suite"
    return max(somebody + cues.thing, 0.0)


def _looks_like_a_person(text: Sentence, mention: Mention, names: list[Token]) -> float:
    """The log-odds that the words name somebody, before their neighbours are heard."""
    if mention.form == "title":
        return 3.0 if mention.title in ("mr", "mrs", "dr") or names[-1].named else 1.5
    if mention.form == "full":
        return 3.0 if names[0].capital else 2.0
    if mention.form == "reversed":
        return 2.0
    if mention.form == "initial":
        return 1.2 if names[0].named or names[-1].named else 0.1
    return _single(text, names[0])


def _single(text: Sentence, word: Token) -> float:
    if is_mentioned(text.view, word):
        return 4.0
    odds = _by_letters(word)
    if word.low in text.staff.member_firsts and (word.capital or not word.ordinary):
        odds += 1.0
    return odds


def _by_letters(word: Token) -> float:
    if not word.named:
        return (-3.5 if word.opens else -2.5) if word.capital else -5.0
    if word.low in _MONTHS:
        return -1.9 if word.capital else -5.0
    eponym = word.possessive and f"{word.low}'s" in CLINICAL
    if eponym or word.low in CLINICAL or word.low in PLACES:
        return -3.0 if word.capital else -5.0
    if word.ordinary:
        return (-2.5 if word.opens else -1.0) if word.capital else -5.0
    if word.capital:
        return 1.3 if word.first else 0.6
    return 0.2 if word.first and len(word.low) > 3 else -0.8


def _recall(text: Sentence, names: list[Token]) -> Kind | None:
    for word in names if text.memory.words else ():
        kind = text.memory.recall(word.low, typos=not word.named and not word.ordinary)
        if kind and (word.capital or not word.ordinary):
            return kind
    return None


def _sigmoid(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-20.0, min(20.0, odds))))


RULE = Rule(
    NAME,
    find,
    catches=(
        "Mr Whitaker had 3 runs of NSVT",
        "Bed 12 Bernard Priestley keeps pressing the buzzer",
        "bed 3: Kowalczyk for echo",
        "1. Garden, Maureen 81F - L NOF",
        "mrs beveridge at the door",
        "daughter Sue is on her way",
        "Bloods back for F Marsh",
        "Nguyen's wife rang",
        "Róisín Devenney, 52, minors 5",
        "ella fraser B12 due",
    ),
    spares=(
        "Wells score 1.5, d-dimer first",
        "Parkinson's and Lewy body",
        "Will bloods be back by ward round do we think",
        "crack of dawn that call then",
        "where do I find the Thomas splint?",
        "Handover in the Lister Suite",
        "Humulin M3 given with Inadine and foam",
        "it was a joy as always",
    ),
)
