"""What people read: short, kind, and without room for an identifier."""

import inspect
import itertools
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, get_args

import pytest

import bot.wording
from bot.policy.kinds import in_words
from bot.policy.verdict import Audience
from bot.wording import notes, to_inviter, to_owner, to_presser, to_sender
from connectors.interface import Channel, Note, Standing
from detectors.interface import Kind
from detectors.placeholders import WORDS

WARD = Channel("slack", "T1", "C024BE91L")

VALUES: Mapping[str, tuple[Any, ...]] = {
    "kinds": ([Kind.PATIENT_NAME, Kind.CHI], [Kind.NHS_NUMBER], [Kind.INITIALS], list(Kind), []),
    "incident": ("1a2b3c4d5e6f",),
    "urgent_minutes": (30, 0),
    "minutes": (1, 30, 60, 120, 1440),
    "outsiders": (1, 3),
    "hidden": (True, False),
    "url": ("https://chaperone.example/connect?state=x",),
    "user": ("U024BE7LH", "29:1bSnHZ7Js2STWrgk6ScEErLk1Lp2zQuD5H2qQ960rtvstKp8tKLl-3r8b6DoW0QxZimuTxk_kupZ1DBMpvIQQUAZL"),
    "channel": (WARD, Channel("teams", "t", "19:aBcD_ef@thread.tacv2")),
    "standing": get_args(Standing),
    "confirmable": (True, False),
    "invited": (True, False),
    "inviter": ("U024BE7LH",),
    "need": get_args(to_inviter.Need),
    "ending": (
        [to_owner.Ending(("U1",), WARD, 1, "confirmation")],
        [to_owner.Ending((), None, 7, "organisation"), to_owner.Ending(("U1", "U2", "U3", "U4"), WARD, 3, "person")],
        [to_owner.Ending((), WARD, 7, "person")] * 30,
    ),
    "days": (1, 30),
    "count": (4, 120),
    "audience": (Audience(staff=9), Audience(9, 2, 1, True, 3)),
    "preset": ("Clinical care, approved for identifiers",),
    "rule": ("Staff, and others while confirmed",),
    "people": ({}, {"staff": ["U024BE7LH"], "unknown": ["U1", "U2"]}),
    "number": (2,),
    "of": (1, 3),
    "reason": ("Page 3 could not be read.", "This file is protected by a password, so nobody could look inside."),
    "progress": ("page 12 of 80", ""),
    "reach": ("the author's own edit hides only the identifier",),
    "working": (True, False),
    "connects": (True, False),
    "copy": (True, False),
    "platform": get_args(to_owner.Platform),
}  # fmt: skip

MODULES = [import_module(f"bot.wording.{found.name}") for found in pkgutil.iter_modules(bot.wording.__path__)]
FUNCTIONS = [
    function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if not name.startswith("_") and function.__module__ == module.__name__ and module is not notes
]
NOTES = [f for f in FUNCTIONS if f.__annotations__["return"] is Note]
NOTICES = [f for f in FUNCTIONS if f.__annotations__["return"] is str]


def said(function: Callable[..., Any]) -> Iterator[Any]:
    """Everything that a function can say, over the values above."""
    names = list(inspect.signature(function).parameters)
    for values in itertools.product(*(VALUES[n] for n in names)):
        yield function(**dict(zip(names, values, strict=True)))


def named(functions: list[Callable[..., Any]]) -> Any:
    return pytest.mark.parametrize("function", functions, ids=lambda f: f.__name__)


def words(text: str) -> int:
    return len(text.split())


@named(NOTES)
def test_a_note_is_short_with_few_buttons(function: Callable[..., Note]) -> None:
    for note in said(function):
        assert words(note.text.partition("\n")[0]) <= 35, note.text  # lists that were asked for stand below
        assert len(note.buttons) <= 3
        assert len([b for b in note.buttons if b.style == "primary"]) <= 1
        assert {b.action for b in note.buttons} <= set(get_args(notes.Press))
        assert len({b.value for b in note.buttons}) <= 1
        assert all(words(b.label) <= 4 for b in note.buttons)
        assert note.footer == "Help, not discipline. What we store: /chaperone stored"


@named(FUNCTIONS)
def test_nobody_is_blamed(function: Callable[..., Any]) -> None:
    for note in said(function):
        text = note if isinstance(note, str) else " ".join([note.text, *(b.label for b in note.buttons)])
        assert not re.search(r"(?i)violat|breach|offen[cs]e|strike|illegal|misconduct|warning|error", text), (
            text
        )
        assert not re.search(r"\b(a|an) (a|an)\b|  | [.,]|\{|\}|None|\ba [aeio](?!ne)", text), text


@named(NOTES)
def test_sentences_are_whole(function: Callable[..., Note]) -> None:
    for note in said(function):
        assert re.match(r"[A-Z1-9<`0]", note.text), note.text
        assert note.text.endswith("."), note.text
        first = re.split(r"(?<=[.:;]) ", note.text)[0]
        assert words(first) <= 17, first


@named(FUNCTIONS)
def test_no_text_of_anybody_can_get_in(function: Callable[..., Any]) -> None:
    allowed = set(VALUES)
    assert set(inspect.signature(function).parameters) <= allowed
    for parameter in inspect.signature(function).parameters.values():
        if parameter.annotation is str:
            assert parameter.name in {
                "incident",
                "url",
                "user",
                "inviter",
                "preset",
                "rule",
                "reach",
                "reason",
                "progress",
            }


@pytest.mark.parametrize(
    "text", ["Margaret Jones", "943 476 5919", "9434765919", "<script>", "", "U1>", "x" * 300, "U1\n"]
)
def test_a_mention_takes_only_an_id(text: str) -> None:
    with pytest.raises(ValueError, match="not an account id"):
        notes.person(text)
    with pytest.raises(ValueError, match="not a conversation id"):
        notes.place(Channel("slack", "T1", text))


def test_the_redacted_note_is_as_drafted() -> None:
    note = to_sender.redacted([Kind.CHI, Kind.PATIENT_NAME], "i1", urgent_minutes=30)
    assert note.text == (
        "Name and CHI hidden from your message. The rest was delivered. "
        "Use initials and bed, or share by the patient record."
    )
    assert [(b.action, b.label, b.style) for b in note.buttons] == [
        ("ok", "OK", "primary"),
        ("urgent", "Needed for urgent care", "default"),
        ("not_patient", "Not a patient", "default"),
    ]
    assert {b.value for b in note.buttons} == {"i1"}


def test_urgent_care_is_offered_only_where_the_policy_does() -> None:
    note = to_sender.redacted([Kind.CHI], "i1", urgent_minutes=0)
    assert [b.action for b in note.buttons] == ["ok", "not_patient"]


def test_where_nothing_could_be_hidden_the_note_says_so_and_how_to_put_it_right() -> None:
    note = to_sender.could_not_hide([Kind.NHS_NUMBER], "i1")
    assert note.text.startswith("Your message still shows an NHS number: it could not be hidden here.")
    assert "delete or edit your message" in note.text
    assert "urgent" not in {b.action for b in note.buttons}


def test_the_outsiders_are_counted_and_not_named() -> None:
    assert "1 person here is not" in to_sender.redacted([Kind.DOB], "i", urgent_minutes=30, outsiders=1).text
    assert "2 people here are not" in to_sender.redacted([Kind.DOB], "i", urgent_minutes=30, outsiders=2).text


def test_minutes_and_hours() -> None:
    texts = [
        to_presser.urgent_restored(m).text.split("for this channel for ")[1].split(".")[0]
        for m in (1, 30, 60, 120)
    ]
    assert texts == ["1 minute", "30 minutes", "1 hour", "2 hours"]


def test_kinds_in_words() -> None:
    assert set(WORDS) == set(Kind)
    assert in_words([]) == "identifier"
    assert in_words(["FACE", Kind.CHI, "VOICE"]) == "CHI, face and voice"
    assert in_words([Kind.DOB, Kind.DOB]) == "date of birth"
    assert in_words([Kind.DOB, Kind.PATIENT_NAME]) == "name and date of birth"
    assert (
        in_words([Kind.PHONE, Kind.DOB, Kind.PATIENT_NAME, Kind.CHI]) == "name, CHI, date of birth and more"
    )


def test_which_file_is_meant_and_what_became_of_it() -> None:
    one = to_sender.file_redacted([Kind.NHS_NUMBER], "i1", urgent_minutes=30)
    assert one.text.startswith("NHS number hidden in your file. A copy without was posted in its place.")
    assert [b.action for b in one.buttons] == ["ok", "urgent", "not_patient"]
    second = to_sender.file_quarantined("Page 3 could not be read.", "i1", urgent_minutes=0, number=2, of=3)
    assert second.text.startswith("File 2 of 3 is hidden, to be safe. Page 3 could not be read.")
    stays = to_sender.file_not_hidden([], "i1")
    assert "could not be hidden here. Please delete it." in stays.text
    assert "being checked: page 12 of 80." in to_sender.file_checking("page 12 of 80", hidden=False).text


def test_every_note_is_covered() -> None:
    assert len(NOTES) >= 25
    assert {f.__name__ for f in NOTICES} == {
        "hidden_notice", "file_notice", "copy_context", "renamed_context", "back_context", "restored_notice",
    }  # fmt: skip
