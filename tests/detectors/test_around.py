"""What the conversation tells of a word: rooms called after people, names asked for, and who stands in a directory."""

import pytest

from detectors.interface import Context, Earlier, Finding, Kind, Person, Roster, Span
from detectors.names.around import asked, places
from detectors.names.features import FEATURES, READS, read
from detectors.names.people import judge, sentence_of
from detectors.normalise import normalise

STAFF = Roster(
    (
        Person("Grace Adeyemi", role="Sister, Cavell ward", member=True),
        Person("Ian Speck", role="FY2, Lady Margaret Unit"),
    )
)


def after(*texts: str, roster: Roster = STAFF) -> Context:
    return Context(roster=roster, earlier=tuple(Earlier(str(n), "u", t) for n, t in enumerate(texts)))


def column(text: str, name: str, context: Context) -> dict[str, float]:
    seen = read(normalise(text), context)
    return {w.text: row[FEATURES.index(name)] for w, row in zip(seen.words, seen.rows, strict=False)}


def test_rooms_are_known_from_roles_and_from_what_was_said() -> None:
    assert places(after()) == {"cavell", "lady", "margaret"}
    said = after("handover in the Vernon Watkins room", "the old ward is freezing", roster=Roster())
    assert places(said) == {"vernon", "watkins"}
    assert column("Cavell 3, methadone. Will is in", "place_said", after()) == {
        "Cavell": 1.0, "methadone": 0.0, "Will": 0.0, "is": 0.0, "in": 0.0
    }  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (("who's in 4?",), True),
        (("Need his full name for the slip",), True),
        (("whose is this? anyone", "not mine"), True),
        (("who's in 4?", "one sec", "ok"), False),
        (("can someone do bloods?",), False),
        ((), False),
    ],
)
def test_a_name_may_have_been_asked_for(texts: tuple[str, ...], answer: bool) -> None:
    assert asked(after(*texts)) is answer


def test_a_whole_name_of_the_directory_is_told_from_its_halves() -> None:
    assert set(column("Ian Speck rang", "listed_whole", after()).values()) == {0.0, 1.0}
    assert column("Ian Penhallow rang", "listed_whole", after())["Ian"] == 0.0


def test_what_a_name_in_the_directory_tells_depends_on_its_size() -> None:
    many = Roster(tuple(Person(f"Ann {n}") for n in range(9999)))
    assert set(column("Ann rang", "directory", Context(Roster())).values()) == {0.0}
    assert set(column("Ann rang", "directory", Context(many)).values()) == {1.0}
    assert 0 < column("Ann rang", "directory", after())["Ann"] < 0.1


def test_only_what_the_model_reads_has_a_row() -> None:
    seen = read(normalise("word " * READS), Context())
    assert len(seen.words) == len(seen.owners) == READS
    assert len(seen.rows) == READS // 5


@pytest.mark.parametrize(
    ("text", "named", "kind"),
    [
        ("please tell Dr Thirtle she missed it", "Dr Thirtle", Kind.STAFF_NAME),
        ("2) Dean Hollamby 44M DKA", "Dean Hollamby", Kind.PATIENT_NAME),
        ("First one. Joy Penhaligon on Cavell", "Joy Penhaligon", Kind.PATIENT_NAME),
        ("is that the lady Grace was on about", "Grace", None),
    ],
)
def test_the_rules_read_titles_and_names_that_are_words(text: str, named: str, kind: Kind | None) -> None:
    thirtle = Finding(Kind.PATIENT_NAME, Span(0, 11), 1.0, "test")
    context = Context(STAFF, earlier=(Earlier("1", "u", "Ivy Thirtle", (thirtle,)),))
    found = {text[f.span.start : f.span.end]: f.kind for f in judge(sentence_of(normalise(text), context))}
    assert named in found
    assert kind in (None, found[named])


@pytest.mark.parametrize("text", ["Will Datix be down again", "May Bloods be sent", "Mark Scans for him"])
def test_a_verb_opens_no_name(text: str) -> None:
    found = judge(sentence_of(normalise(text), Context(STAFF)))
    assert not [f for f in found if f.evidence[0] == "full"]
