"""What stands round the model of names: whole names, things that bear a name, and who is in no directory."""

import pytest

from detectors.interface import LIKELY, Context, Earlier, Finding, Kind, Person, Roster, Span
from detectors.names.features import read
from detectors.names.overruled import overruled
from detectors.names.roster import known
from detectors.names.tagged import is_worth_reading, what_it_says
from detectors.names.things import is_a_firm, is_a_thing, names_nothing
from detectors.names.tokens import tokens
from detectors.names.whole import whole
from detectors.normalise import normalise
from detectors.scan import scan
from tests.detectors.test_properties import CHAT

LISTED = Roster((Person("Grace Adeyemi", member=True), Person("Ian Speck")))
MEMBERS = Roster((Person("Grace Adeyemi", member=True),))


def finding(kind: Kind, start: int, end: int, confidence: float, *evidence: str) -> Finding:
    return Finding(kind, Span(start, end), confidence, "people", evidence or ("full",))


@pytest.mark.parametrize(
    ("text", "end"), [("Mrs Eileen Bosworth", 19), ("eileen clegg", 12), ("eileen mortified", 6)]
)
def test_a_name_is_widened_to_what_the_rules_read_as_one(text: str, end: int) -> None:
    rules = finding(Kind.PATIENT_NAME, 0, len(text), 0.9)
    first = text.index(" ", 4) if text.startswith("Mrs") else text.index(" ")
    (widened,) = whole(normalise(text), [finding(Kind.PATIENT_NAME, 0, first, 0.9)], [rules, rules])
    assert widened.span == Span(0, end)


def test_staff_and_unlikely_findings_are_not_widened() -> None:
    rules = finding(Kind.PATIENT_NAME, 0, 13, 0.9)
    found = [finding(Kind.STAFF_NAME, 0, 5, 0.9), finding(Kind.PATIENT_NAME, 0, 5, 0.3)]
    assert list(whole(normalise("Grace Holroyd"), found, [rules, rules])) == found


@pytest.mark.parametrize(
    ("said", "ruled", "kind"),
    [
        # whom a bed, a body or kin tells
        (Kind.STAFF_NAME, finding(Kind.PATIENT_NAME, 0, 13, 0.8, "single", "theirs"), Kind.PATIENT_NAME),
        (Kind.STAFF_NAME, finding(Kind.PATIENT_NAME, 0, 13, 0.7, "single", "bed"), Kind.PATIENT_NAME),
        (Kind.STAFF_NAME, finding(Kind.PATIENT_NAME, 0, 13, 0.8, "full", "bed", "listed"), Kind.STAFF_NAME),
        (Kind.STAFF_NAME, finding(Kind.PATIENT_NAME, 0, 13, 0.4, "single", "bed"), Kind.STAFF_NAME),
        # whom nothing but the form tells: the model has read the sentence
        (Kind.STAFF_NAME, finding(Kind.PATIENT_NAME, 0, 13, 0.95), Kind.STAFF_NAME),
        (None, finding(Kind.PATIENT_NAME, 0, 13, 0.95), None),
        (None, finding(Kind.PATIENT_NAME, 0, 13, 0.95, "single", "theirs"), None),
        (Kind.STAFF_NAME, finding(Kind.PATIENT_NAME, 0, 13, 0.95, "single", "listed"), Kind.STAFF_NAME),
        (Kind.PATIENT_NAME, finding(Kind.STAFF_NAME, 0, 13, 0.8, "initial", "listed"), Kind.PATIENT_NAME),
        # colleagues by what they do
        (Kind.PATIENT_NAME, finding(Kind.STAFF_NAME, 0, 13, 0.7, "single", "staff role"), Kind.STAFF_NAME),
        (
            Kind.RELATIVE_NAME,
            finding(Kind.STAFF_NAME, 0, 13, 0.9, "title", "their secretary"),
            Kind.STAFF_NAME,
        ),
        (Kind.STAFF_NAME, finding(Kind.STAFF_NAME, 0, 13, 0.95), Kind.STAFF_NAME),
        (Kind.STAFF_NAME, None, Kind.STAFF_NAME),
    ],
)
def test_the_rules_overrule_the_model_where_a_cue_tells_whose_a_name_is(
    said: Kind | None, ruled: Finding | None, kind: Kind | None
) -> None:
    assert overruled((said, 0.8), ruled)[0] is kind


def test_where_the_model_half_sees_a_patient_the_surer_holds() -> None:
    ruled = finding(Kind.PATIENT_NAME, 0, 5, 0.95, "single")
    assert overruled((Kind.PATIENT_NAME, 0.45), ruled) == (Kind.PATIENT_NAME, 0.95)
    assert overruled((Kind.PATIENT_NAME, 0.97), ruled) == (Kind.PATIENT_NAME, 0.97)


def test_where_rules_and_a_list_see_a_colleague_the_model_must_be_sure() -> None:
    ruled = finding(Kind.STAFF_NAME, 0, 5, 0.93, "single", "please", "listed")
    assert overruled((Kind.PATIENT_NAME, 0.7), ruled)[0] is Kind.STAFF_NAME
    assert overruled((Kind.PATIENT_NAME, 0.9), ruled)[0] is Kind.PATIENT_NAME
    assert overruled((None, 0.7), ruled)[0] is None


def hidden(text: str, context: Context) -> set[str]:
    kinds = (Kind.PATIENT_NAME, Kind.RELATIVE_NAME, Kind.PHONE)
    return {
        text[f.span.start : f.span.end]
        for f in scan(text, context)
        if f.kind in kinds and f.confidence >= 0.5
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("could somebody ring Bronwyn on 07700 900123 re the bed", {"Bronwyn", "07700 900123"}),
        ("Dr Speck says ring Bronwyn 07700 900123", {"Bronwyn", "07700 900123"}),
        ("I'm parked outside Bronwyn's, no answer", {"Bronwyn"}),
        ("Grace (Mrs Penrose's niece) was here at two", {"Grace", "Mrs Penrose"}),
        ("Dwyer, Bronwyn's dog is loose", {"Dwyer, Bronwyn"}),
        ("who has b dwyer today", {"b dwyer"}),
        ("wee Bronwyn's line needs changing", {"Bronwyn"}),
        ("my number is 01632 960123, Grace", set()),
    ],
)
def test_who_is_in_no_list_is_somebodys_patient_or_relative(text: str, names: set[str]) -> None:
    found = hidden(text, Context(LISTED))
    assert all(any(name in f for f in found) for name in names), found
    assert names or not found


def test_a_patient_spoken_of_long_ago_is_known_again() -> None:
    text = "penhallow may have it back"
    spoken = {"penhallow": Kind.PATIENT_NAME, "grace": Kind.PATIENT_NAME, "may": Kind.PATIENT_NAME}
    (before,), (known_again,) = scan(text, Context(LISTED)), scan(text, Context(LISTED, spoken_of=spoken))
    assert before.confidence < 0.9 < known_again.confidence
    assert hidden(text, Context(LISTED, spoken_of=spoken)) == {"penhallow"}
    assert not hidden("Grace may have it back", Context(LISTED, spoken_of=spoken))


def test_members_alone_are_no_directory() -> None:
    assert known(LISTED).others
    assert not known(MEMBERS).others


@pytest.mark.parametrize(
    "text",
    [
        "mRS 3",
        "generalPractitioner",
        "Subject: Ward round",
        "dropped by Slack",
        "Heading 1 Char\nTitle Char",
        "FYI all",
        "not in May",
        "end of June then",
        "on Hope ward",
        "closing on Hope Ward till noon",
        "C0WARD7TM",
        "Emma Allen d.o.b. 13th November",
        "Spratt h and c 999",
    ],
)
def test_codes_shorthand_and_months_name_nobody(text: str) -> None:
    view = normalise(text)
    assert any(names_nothing(view, word) for word in tokens(view))


@pytest.mark.parametrize(
    "text", ["May is in bed 4", "June rang", "April 82F", "McKay", "O'Neill", "Little rang", "Ward in bed 4"]
)
def test_names_may_still_name_somebody(text: str) -> None:
    view = normalise(text)
    assert not names_nothing(view, tokens(view)[0])


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("Bell's palsy leaflet", True),
        ("Garden III on the left", True),
        ("Hope ward is shut", True),
        ("Sinclair's the undertakers need the form", True),
        ("Nicholson have sent the wrong gloves", True),
        ("Stanley: 6 discharges, 2 with TTOs outstanding", True),
        ("Sinclair the butcher is in bed 4", False),
        ("Stanley: 6 wet nappies", False),
        ("Stanley: 3 admissions this year", False),
        ("Holroyd, Limited mobility", False),
        ("Bell rang", False),
        ("Garden in bed 4", False),
        ("Mallory refused", False),
    ],
)
def test_things_that_bear_a_name(text: str, thing: bool) -> None:
    view = normalise(text)
    assert is_a_thing(view, tokens(view)[0]) is thing


@pytest.mark.parametrize(
    ("text", "at", "firm"),
    [
        ("Hugh James have written", 1, True),
        ("Ann and Tom have sent a photo", 2, False),
        ("could Tom have sent it", 1, False),
    ],
)
def test_what_several_have_done_makes_no_firm(text: str, at: int, firm: bool) -> None:
    view = normalise(text)
    word = tokens(view)[at]
    assert is_a_firm(view, word, word) is firm


def test_who_has_a_title_is_no_firm() -> None:
    assert patients_in("Mr Patel have sent a stool sample") == ["Mr Patel"]
    assert patients_in("Hugh James have written asking for the notes") == []


def test_a_number_given_before_is_known_without_its_label() -> None:
    text = "CHI 120471 5539"
    before = Earlier("1", "U1", text, scan(text))
    (found,) = scan("Correct, 1204715539", Context(earlier=(before,)))
    assert (found.kind, found.span) == (Kind.CHI, Span(9, 19))
    assert [
        f for f in scan("Correct, 1204715538", Context(earlier=(before,))) if f.confidence >= LIKELY
    ] == []


def patients_in(text: str) -> list[str]:
    """Whom a text names as a patient, where a directory stands."""
    found = scan(text, Context(roster=LISTED))
    hidden = [f for f in found if f.confidence >= LIKELY and f.kind is Kind.PATIENT_NAME]
    return [text[f.span.start : f.span.end] for f in hidden]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("can we ask Marie Curie for a night", []),
        ("phone arnold clark about the van", []),
        ("review is in the Barbara Hepworth room", []),
        ("Mrs Marie Curie in bed 4 is for a CT", ["Mrs Marie Curie"]),
        ("Catherine Cookson 81F, bed 6, sips", ["Catherine Cookson"]),
    ],
)
def test_what_a_thing_is_called_names_nobody_unless_somebody_bears_it(text: str, names: list[str]) -> None:
    assert patients_in(text) == names


def test_whom_the_bank_sends_is_a_colleague() -> None:
    text = "Night staff is Folasade from the bank"
    found = [f for f in scan(text, Context(roster=LISTED)) if f.confidence >= LIKELY]
    assert [f.kind for f in found] == [Kind.STAFF_NAME]


@pytest.mark.parametrize(
    "text",
    [
        "Paramedic is Gavin, crew just leaving",
        "Bank sending somebody called Lorraine at 2",
        "Health visitor Trudy Lamb rang back",
        "Radiographer on tonight is Hamish",
        "Rep from Stryker is Damian, he has the set",
        "Craig in stores wants the cages back",
        "Coroner's officer is Pat Dunning",
        "Trystan at the council says Monday",
        "Mr Twigg's secretary is on leave till the 4th",
        "rang them, spoke to Agnieszka the senior nurse, she says fine",
        "Agency today is a lady called Corinne, first time here",
        "Gavin is scrubbing, Hamish on call",
    ],
)
def test_who_is_told_by_what_they_do_is_no_patient_though_no_list_has_them(text: str) -> None:
    assert patients_in(text) == []


@pytest.mark.parametrize(
    ("text", "patients"),
    [
        ("Seen by the physio, Ivy Blackadder 81F declined", ["Ivy Blackadder"]),
        ("The consultant is aware of Mrs Oonagh Blackadder in bed 4", ["Mrs Oonagh Blackadder"]),
    ],
)
def test_what_staff_do_is_not_what_patients_are(text: str, patients: list[str]) -> None:
    assert patients_in(text) == patients


@pytest.mark.parametrize(
    ("text", "patients"),
    [
        ("Lunch relief: Pelham 12.30, Karaduman 1, Gurung 1.30", []),
        ("Late shift: Adeyinka in charge, Sadia trolleys. Well done everybody", []),
        ("Night staff is Folasade", []),
        ("Nights: Zofia bay A, Mrs Quillan 81F in bed 4 is nil by mouth", ["Mrs Quillan"]),
        ("Night: all in beds. Hegarty in bed 9 fell", ["Hegarty"]),
    ],
)
def test_who_stands_on_a_rota_works(text: str, patients: list[str]) -> None:
    assert patients_in(text) == patients


def test_who_stands_on_a_rota_works_though_the_thread_took_them_for_a_patient() -> None:
    stranger = Finding(Kind.PATIENT_NAME, Span(0, 7), 0.9, "test")
    before = Earlier("1", "U1", "Corinne rang", (stranger,))
    found = scan("Late staff: me till 8, Corinne sides", Context(roster=LISTED, earlier=(before,)))
    assert not {f.kind for f in found} & {Kind.PATIENT_NAME, Kind.RELATIVE_NAME}


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("there's a dog in the waiting room called Mackenzie", True),
        ("bitten by a spaniel called Mackenzie", True),
        ("bitten by a dog, a lad called Mackenzie", False),
        ("dog bite to a lad called Mackenzie", False),
        ("the man with the dog is called Mackenzie", False),
    ],
)
def test_what_a_pet_is_called_names_nobody(text: str, nobody: bool) -> None:
    view = normalise(text)
    assert names_nothing(view, tokens(view)[-1]) == nobody


def test_the_fields_of_a_printer_s_settings_name_nobody() -> None:
    (field, person) = tokens(normalise("PMTiogaPaperName MacDonald"))
    assert names_nothing(normalise("PMTiogaPaperName MacDonald"), field)
    assert not names_nothing(normalise("PMTiogaPaperName MacDonald"), person)


def test_of_what_need_not_be_read_the_model_says_nothing() -> None:
    views = [normalise(text) for text in CHAT]
    left = [(view, seen) for view in views if not is_worth_reading(view, seen := read(view, Context()))]
    assert len(left) > len(views) / 10
    said = [(view.text, f) for view, seen in left for f in what_it_says(view, seen, Context())]
    assert [f for f in said if f[1].confidence >= LIKELY and f[1].kind is not Kind.STAFF_NAME] == []


@pytest.mark.parametrize(
    "text", ["Wren wants her tea", "chase mowbrays bloods", "Bracken has spiked", "BELL ready"]
)
def test_what_may_name_somebody_is_read(text: str) -> None:
    view = normalise(text)
    assert is_worth_reading(view, read(view, Context()))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("B/o Khan to SCBU", "Khan"),
        ("put b/o Amoah on the label", "Amoah"),
        ("Re Doyle: family at 4", "Doyle"),
        ("Quarmbys TTOs done", "Quarmby"),
        ("new stoma Stanislaw Wrobel out yesterday", "Stanislaw Wrobel"),
        ("doreens catheter is out", "doreen"),
        ("the Agnew family want a word", "Agnew"),
    ],
)
def test_what_stands_before_a_name_is_no_part_of_it(text: str, name: str) -> None:
    said = [f for f in scan(text, Context(roster=LISTED)) if f.confidence >= LIKELY]
    assert [text[f.span.start : f.span.end] for f in said if f.kind is not Kind.STAFF_NAME] == [name]
