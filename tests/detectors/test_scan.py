"""Scanning: order, overlaps, context, and hostile input."""

import itertools
import random
import time

import pytest

from detectors.identifiability import identifiability
from detectors.interface import LIKELY, Context, Earlier, Finding, Kind, Person, Roster, Span
from detectors.names.words import CLINICAL
from detectors.scan import _settle, scan

BOUND_S = 0.75
"""The demand is 250 ms on a free core; a busy machine, whose caches others use too, gets three times that."""

WARD = Roster(
    (
        Person(
            "Grace Adeyemi",
            role="Staff nurse",
            user="U1",
            member=True,
            email="grace.adeyemi@ward.nhs.example",
        ),
        Person("Kelly-Anne Booth", "Kel", role="Healthcare assistant", user="U2", member=True),
        Person("Katarzyna Lis", "Kat", role="Consultant orthopaedic surgeon", user="U3", member=True),
        Person("Louise Thomas", "Lou", role="Nurse practitioner", user="U4", member=True),
        Person("Margaret Jones", role="Secretary"),
    )
)


def read(text: str, context: Context = Context(roster=WARD)) -> list[tuple[Kind, str]]:  # noqa: B008
    """The likely findings of a text as (kind, words)."""
    return [
        (f.kind, text[f.span.start : f.span.end])
        for f in scan(text, context)
        if f.confidence >= LIKELY and f.message is None
    ]


def hidden(text: str, context: Context = Context(roster=WARD)) -> list[str]:  # noqa: B008
    return [words for kind, words in read(text, context) if kind not in (Kind.STAFF_NAME, Kind.AGE)]


STAFF_KEPT = [
    "Thanks Grace x",
    "<@U1> can you come to bay 4",
    "Grace bay A, Kel bay B",
    "Dr Lindqvist through switch",
    "Miss Lis is operating in T3",
    "Not Lou Thomas, the splint",
    "email grace.adeyemi@ward.nhs.example",
]
PATIENTS = [
    ("Grace Holroyd in 6 is laughing", ["Grace Holroyd"]),
    ("re Mrs Thomas (not my gran!)", ["Mrs Thomas"]),
    ("minors 5: Margaret Jones, 52, dob 4/7/73", ["Margaret Jones", "4/7/73"]),
    ("Dr David Chen reviewed Margaret Chen", ["Margaret Chen"]),
    ("PID|1||9434765919^^^NHS||QUILL^FREDRICA^J||19650312|F", ["9434765919", "QUILL^FREDRICA^J", "19650312"]),
    ("Zielin\u0301ski P - ?septic knee bed 4", ["Zielin\u0301ski P"]),
    ("1. Al-Rashid, Omar 34M", ["Al-Rashid, Omar"]),
]


@pytest.mark.parametrize("text", STAFF_KEPT)
def test_staff_stay(text: str) -> None:
    assert hidden(text) == []


@pytest.mark.parametrize(("text", "expected"), PATIENTS)
def test_patients_go(text: str, expected: list[str]) -> None:
    assert hidden(text) == expected


def test_where_nobody_is_known_as_staff_my_address_may_be_a_patients() -> None:
    assert read("my email is m.ali@somewhere.example", Context()) == [(Kind.EMAIL, "m.ali@somewhere.example")]
    assert hidden("my email is m.ali@somewhere.example") == []


def test_kinds_are_told_apart() -> None:
    assert read("H+C 3493744803, CHI 170939 9244, NHS no 9434765919, NI QQ123456C", Context()) == [
        (Kind.HC_NUMBER, "3493744803"),
        (Kind.CHI, "170939 9244"),
        (Kind.NHS_NUMBER, "9434765919"),
        (Kind.NINO, "QQ123456C"),
    ]


def test_a_labelled_number_with_a_slip_is_less_sure() -> None:
    right, wrong = scan("NHS no 943 476 5919")[0], scan("NHS no 943 476 5918")[0]
    assert LIKELY <= wrong.confidence < right.confidence


def test_an_organisations_own_hospital_numbers() -> None:
    context = Context(hospital_numbers=(r"rx[0-9]{2}/[0-9]{4}",))
    numbers = [word for kind, word in read("see RX12/3456 and form XRX12/34567", context) if kind is Kind.MRN]
    assert numbers == ["RX12/3456"]


def test_a_costly_organisation_pattern_stalls_nothing() -> None:
    began = time.process_time()
    scan("12345 " * 5_000 + "!", Context(hospital_numbers=(r"(([0-9]+)+ ?)+x",)))
    assert time.process_time() - began < BOUND_S


def asked(question: str, *findings: Finding) -> Context:
    return Context(earlier=(Earlier("m1", "U1", question, findings),), sender=Person("A B", user="U1"))


@pytest.mark.parametrize(
    ("question", "answer", "kind", "words"),
    [
        ("DOB?", "15/03/2021", Kind.DOB, "15/03/2021"),
        ("what's his NHS number?", "943 476 5918", Kind.NHS_NUMBER, "943 476 5918"),
        ("anyone got the H+C for her", "3595 351", Kind.HC_NUMBER, "3595 351"),
        ("is there a keysafe?", "4410", Kind.OTHER_ID, "4410"),
    ],
)
def test_a_bare_answer_is_found_only_after_its_question(
    question: str, answer: str, kind: Kind, words: str
) -> None:
    assert (kind, words) in read(answer, asked(question))
    assert kind not in [k for k, w in read(answer, Context()) if k is not Kind.NHS_NUMBER]


def test_a_number_split_over_two_messages_hides_both_halves() -> None:
    context = asked("New referral. CHI 170939")
    found = scan("9244 sorry hit send", context)
    before = [f for f in found if f.message == "m1"]
    assert [(f.kind, f.span) for f in before] == [(Kind.CHI, Span(18, 24))]
    assert [(f.kind, f.span) for f in found if f.message is None] == [(Kind.CHI, Span(0, 4))]


def test_a_split_number_by_another_sender_is_not_joined() -> None:
    context = Context(earlier=(Earlier("m1", "U9", "CHI 170939"),), sender=Person("A B", user="U1"))
    assert not [f for f in scan("9244 sorry", context) if f.message]


@pytest.mark.parametrize(
    "later", ["Holroyd refusing obs", "bed 6 holroyd", "Holryod is asleep", "spoke to Grace Holroyd"]
)
def test_a_name_stays_a_patients_in_its_thread(later: str) -> None:
    named = Finding(Kind.PATIENT_NAME, Span(0, 13), 0.95, "people")
    assert hidden(later, asked("Grace Holroyd, 84", named))


def test_initials_of_a_patient_in_the_thread_are_weak() -> None:
    named = Finding(Kind.PATIENT_NAME, Span(0, 13), 0.95, "people")
    found = scan("obs fine for GH", asked("Grace Holroyd, 84", named))
    assert [f.kind for f in found] == [Kind.INITIALS]
    assert identifiability(found) == "weak"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("kettle is broken again", "clean"),
        ("Thanks Grace", "clean"),
        ("82F in 14, NEWS 5", "weak"),
        ("his CHI ends 5198", "weak"),
        ("Mr Whitaker had NSVT", "identifying"),
        ("CHI 170939 9244", "identifying"),
    ],
)
def test_identifiability(text: str, label: str) -> None:
    assert identifiability(scan(text, Context(roster=WARD))) == label


def test_overlaps_are_settled_whatever_the_order() -> None:
    found = [
        Finding(Kind.ADDRESS, Span(0, 20), 0.9, "a"),
        Finding(Kind.POSTCODE, Span(14, 26), 0.95, "b"),
        Finding(Kind.PATIENT_NAME, Span(3, 8), 0.99, "c"),
        Finding(Kind.STAFF_NAME, Span(18, 30), 0.99, "d"),
        Finding(Kind.PHONE, Span(40, 50), 0.3, "e"),
    ]
    settled = {tuple(_settle(list(order))) for order in itertools.permutations(found)}
    assert len(settled) == 1
    spans = [f.span for f in settled.pop()]
    assert all(not a.overlaps(b) for a, b in itertools.combinations(spans, 2))


def test_findings_are_in_order_and_apart() -> None:
    text = (
        "Mrs Grace Holroyd, 84F, 14 Eden Mount, LS4 9ZQ, NHS 943 476 5919, wife Elif 07700 900264, Dr Nowak"
    )
    spans = [f.span for f in scan(text)]
    assert spans == sorted(spans)
    assert all(not a.overlaps(b) for a, b in itertools.pairwise(spans))


HOSTILE = {
    "digits": "1" * 40_000,
    "spaced digits": "1 " * 20_000,
    "slashes": "1/" * 20_000,
    "spoken": "nine " * 8_000,
    "names": "Mrs Grace Holroyd bed 4 " * 1_600,
    "capitals": "Grace, " * 5_700,
    "streets": "Flat 1 Ab " * 4_000,
    "phones": "07700 900118 " * 3_000,
    "a number and a birth date": "Tom 010150 0101501234 " * 1_800,
    "dates": "01/02/49 " * 4_400,
    "doors": "at Gregory's, " * 2_800,
    "kin": "Ann, a b c d " * 3_000,
    "quotes": '"a": "' * 6_000,
    "kin's numbers": "her daughter Sue 07700 900123 " * 1_300,
    "mailboxes": "a@b.example " * 3_300,
    "files": "1/" * 10_000 + "smith.pdf " * 2_000,
    "brackets": "<[&" * 13_000,
    "marks": "e\u0301\u200b" * 13_000,
    "random": "".join(random.Random(1).choices("abc 0123456789.,-/@<>&;:\"\nABC'", k=40_000)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_input_takes_long(text: str) -> None:
    began = time.process_time()
    scan(text)
    assert time.process_time() - began < BOUND_S


def test_a_long_text_in_a_long_conversation_does_not_take_long() -> None:
    letters = random.Random(2)
    words = ["".join(letters.choices("abcdefgh", k=6)).title() for _ in range(6_000)]
    said = tuple(
        Earlier(str(n), "U1", word, (Finding(Kind.PATIENT_NAME, Span(0, 6), 0.9, "test"),))
        for n, word in enumerate(words[:30])
    )
    spoken = {word.lower(): Kind.PATIENT_NAME for word in words[30:900]}
    began = time.process_time()
    scan(" ".join(words)[:40_000], Context(earlier=said, spoken_of=spoken))
    assert time.process_time() - began < BOUND_S


TELLING = (
    "Plan for today: {} as charted",
    "? {} today, chase bloods",
    "{} is on the guideline",
    "consider {} 5 mg",
)


@pytest.mark.parametrize("turn", range(len(TELLING)), ids=TELLING)
def test_no_clinical_word_is_taken_for_a_patient(turn: int) -> None:
    """Each word in one of the sentences: eight thousand in all of them would take two minutes."""
    words = sorted(CLINICAL)[turn :: len(TELLING)]
    assert [w for w in words if hidden(TELLING[turn].format(w.capitalize()), Context())] == []


def test_a_number_said_before_is_hidden_without_its_label() -> None:
    said = "NHS 943 476 5919 is here"
    before = Earlier("1", "U1", said, scan(said))
    again = "NHS 943 476 5919 to CT at 11"
    (found,) = scan(again, Context(earlier=(before,)))
    assert again[found.span.start : found.span.end] == "943 476 5919"
