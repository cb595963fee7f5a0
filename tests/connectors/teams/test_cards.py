"""Notes as Adaptive Cards: by the schema of 1.5, for one person, and of our words alone."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft6Validator

from connectors.interface import Button, Field, Note
from connectors.teams import cards
from connectors.teams.cards import Reader, Signer
from tests.conftest import SHARED
from tests.connectors.teams.service import NURSE, OTHER, SECRET, TENANT

SIGNER = Signer(SECRET)
NAMES = {f"@{OTHER}": "Sam *Example*", "#t/19:x@thread.tacv2": "Ward_4"}
READER = Reader(TENANT, NURSE, SIGNER, NAMES)
BUTTONS = (
    Button("ok", "OK", "incident-1", "primary"), Button("not_patient", "Not a patient", "incident-1"),
    Button("remove_member", "Remove", "incident-1", "danger"), Button("connect", "Connect", "c", "primary", "https://x.example/c"),
)  # fmt: skip
NOTE = Note(
    "NHS number hidden from your message.\n- Use initials_and_bed.",
    BUTTONS,
    "Help. See: /chaperone stored",
    "key-1",
)


def invalid(card: dict[str, Any]) -> list[str]:
    schema = json.loads(
        (SHARED / "reference/teams/adaptive-cards/adaptive-card-1.5.0.schema.json").read_text()
    )
    return [e.message for e in Draft6Validator(schema).iter_errors(card)]


def test_the_schema_can_fail() -> None:
    assert invalid({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock"}]})


@pytest.mark.parametrize(
    "note", [NOTE, Note("x"), Note(f"<@{OTHER}> joined <#t/19:x@thread.tacv2>", footer="y")]
)
def test_notes_are_cards_by_the_schema(note: Note) -> None:
    card = cards.card(note, READER)
    assert invalid({k: v for k, v in card.items() if k != "msteams"}) == []
    assert card["version"] == "1.5"
    assert card["fallbackText"]


def test_a_form_is_a_card_by_the_schema() -> None:
    fields = (
        Field("need", "What for?", optional=False, options=(("cover", "On call"), ("other", "Other"))),
        Field("why", "Why?", multiline=True),
    )
    card = cards.form("Say why", fields, "say_why", "incident-1", READER)
    assert invalid(card) == []
    choice, text = card["body"][1:]
    assert (choice["id"], choice["isRequired"], [c["value"] for c in choice["choices"]]) == (
        "need",
        True,
        ["cover", "other"],
    )
    assert (text["id"], text["isRequired"], text["isMultiline"]) == ("why", False, True)
    assert card["actions"][0]["verb"] == "say_why"


def test_buttons_send_what_only_their_reader_may_use() -> None:
    ok, not_patient, remove, connect = cards.card(NOTE, READER)["actions"]
    assert [a["type"] for a in (ok, remove, connect)] == [
        "Action.Execute",
        "Action.Execute",
        "Action.OpenUrl",
    ]
    assert (ok["style"], remove["style"], "style" in not_patient) == ("positive", "destructive", False)
    assert connect["url"] == "https://x.example/c"
    assert "data" not in connect
    sent = ok["data"][cards.OURS]
    assert SIGNER.is_good(sent["signature"], TENANT, NURSE, "ok", "incident-1")
    assert sent["signature"] != not_patient["data"][cards.OURS]["signature"]
    for other in ((OTHER, NURSE, "ok", "incident-1"), (TENANT, OTHER, "ok", "incident-1"),
                  (TENANT, NURSE, "urgent", "incident-1"), (TENANT, NURSE, "ok", "incident-2")):  # fmt: skip
        assert not SIGNER.is_good(sent["signature"], *other)
    assert not Signer(b"another").is_good(sent["signature"], TENANT, NURSE, "ok", "incident-1")


def test_people_are_mentioned_and_conversations_named() -> None:
    card = cards.card(Note(f"<@{OTHER}> joined <#t/19:x@thread.tacv2>, asked <@{NURSE}>"), READER)
    assert card["body"][0]["text"] == r"<at>Sam *Example*</at> joined Ward\_4, asked a colleague"
    (mention,) = card["msteams"]["entities"]
    assert mention["text"] in card["body"][0]["text"]
    assert mention["mentioned"] == {"id": OTHER, "name": "Sam *Example*"}
    assert card["fallbackText"] == "Sam *Example* joined Ward_4, asked a colleague"


def test_nobodys_name_can_break_out_of_its_mention() -> None:
    reader = Reader(TENANT, NURSE, SIGNER, {f"@{OTHER}": "x</at> [click](https://evil.example)\n\n# <at>"})
    card = cards.card(Note(f"<@{OTHER}> is here"), reader)
    assert card["body"][0]["text"].count("<at>") == card["body"][0]["text"].count("</at>") == 1
    assert card["msteams"]["entities"][0]["text"] in card["body"][0]["text"]


def test_our_words_are_not_taken_for_formatting() -> None:
    card = cards.card(Note("a_b *c* [d](e)\n- f\n1. g"), READER)
    assert card["body"][0]["text"] == "a\\_b \\*c\\* \\[d\\](e)\n\n\\- f\n\n\\1. g"


def test_slash_commands_are_said_as_teams_has_them() -> None:
    assert "@Chaperone stored" in json.dumps(cards.card(NOTE, READER))
    assert "/chaperone" not in json.dumps(cards.card(NOTE, READER))
    card = cards.card(Note("`/chaperone who` tells, `/chaperone` too"), READER)
    assert card["fallbackText"] == "“@Chaperone who” tells, `/chaperone` too"


def test_bots_are_named_not_mentioned() -> None:
    reader = Reader(TENANT, NURSE, SIGNER, {"@28:us": "Chaperone"})
    card = cards.card(Note("<@28:us> hello <@28:them>"), reader)
    assert card["body"][0]["text"] == "Chaperone hello a colleague"
    assert "msteams" not in card


def test_a_note_is_known_again_by_its_key_which_it_does_not_tell() -> None:
    said = json.dumps(cards.activity(cards.card(NOTE, READER), "x"))
    assert cards.mark("key-1") in said
    assert "key-1" not in said
    assert cards.mark("key-2") not in said


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_words_make_a_good_card(text: str, name: str) -> None:
    reader = Reader(TENANT, NURSE, SIGNER, {"@a": name, "#b": name})
    card = cards.card(Note(f"{text} <@a> <#b>", BUTTONS, text, text), reader)
    assert json.loads(json.dumps(card)) == card
    texts = " ".join(t["text"] for t in card["body"][0]["items"]) if text else card["body"][0]["text"]
    for mention in card.get("msteams", {}).get("entities", ()):
        assert mention["text"] in texts
        assert mention["text"] != "<at></at>"
