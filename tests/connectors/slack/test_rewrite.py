"""Edits change what they name and nothing else."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.interface import Edit
from connectors.slack import richtext
from connectors.slack.rewrite import rewrite
from connectors.slack.texts import parts

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=8
) | st.sampled_from(["😀", "👩‍⚕️ ", "943 476 ", "5919", "é", "𝟗𝟒𝟑"])
STYLES = st.sampled_from([{}, {"style": {"bold": True}}, {"style": {"italic": True, "strike": True}}])


@st.composite
def runs(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["text", "text", "text", "link", "user", "emoji"]))
    if kind == "text":
        return {"type": "text", "text": draw(WORDS), **draw(STYLES)}
    if kind == "link":
        label = draw(st.none() | WORDS)
        return {"type": "link", "url": "https://ward.example/x", **({"text": label} if label else {})}
    return {"type": "user", "user_id": "U1"} if kind == "user" else {"type": "emoji", "name": "smile"}


SECTION = st.lists(runs(), max_size=6).map(lambda e: {"type": "rich_text_section", "elements": e})
LIST = st.lists(SECTION, min_size=1, max_size=3).map(
    lambda e: {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": e}
)
BLOCK = st.lists(SECTION | LIST, min_size=1, max_size=4).map(
    lambda e: {"type": "rich_text", "block_id": "b1", "elements": e}
)


@given(BLOCK)
def test_no_edit_changes_nothing(block: dict[str, Any]) -> None:
    assert richtext.apply(block, ()) == block


@given(BLOCK, st.data())
def test_an_edit_within_one_text_run_changes_only_its_range(
    block: dict[str, Any], data: st.DataObject
) -> None:
    before = copy.deepcopy(block)
    text, found = richtext.read(block)
    plain = [r for r in found if r.key == "text"]
    if not plain:
        return
    run = data.draw(st.sampled_from(plain))
    start = data.draw(st.integers(run.start, run.end - 1))
    end = data.draw(st.integers(start + 1, run.end))
    after = richtext.apply(block, [(start, end, "[hidden]")])
    assert richtext.read(after)[0] == text[:start] + "[hidden]" + text[end:]
    assert block == before
    assert after["type"] == "rich_text"
    assert after["block_id"] == "b1"


@given(BLOCK, st.data())
def test_an_edit_over_many_runs_takes_all_of_its_range_away(
    block: dict[str, Any], data: st.DataObject
) -> None:
    text, found = richtext.read(block)
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    touched = [r for r in found if r.key != "glue" and r.start < end and start < r.end]
    after, _ = richtext.read(richtext.apply(block, [(start, end, "¤")]))
    assert after.count("¤") == text.count("¤", 0, start) + text.count("¤", end) + bool(touched)
    untouched_before = "".join(r.text for r in found if r.key != "glue" and r.end <= start)
    glue = {"\n", " ", "(", ")"}
    strip = str.maketrans(dict.fromkeys(glue))
    assert after.translate(strip).startswith(untouched_before.translate(strip))


def test_an_identifier_over_bold_and_plain_keeps_its_neighbours_and_styles() -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "NHS 943 "},
            {"type": "text", "text": "476 ", "style": {"bold": True}},
            {"type": "text", "text": "5919 for bloods"},
        ],
    }
    after = richtext.apply({"type": "rich_text", "elements": [section]}, [(4, 16, "[NHS number hidden]")])
    assert after["elements"][0]["elements"] == [
        {"type": "text", "text": "NHS [NHS number hidden]"},
        {"type": "text", "text": " for bloods"},
    ]


def test_a_link_whose_address_is_cut_becomes_text() -> None:
    link = {"type": "link", "url": "https://ward.example/9434765919", "text": "results"}
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}
    text, _ = richtext.read(block)
    at = text.index("943")
    after = richtext.apply(block, [(at, at + 10, "[hidden]")])
    assert after["elements"][0]["elements"] == [
        {"type": "text", "text": "results (https://ward.example/[hidden])"}
    ]


def test_every_location_of_a_message_can_be_edited() -> None:
    raw = {
        "text": "a &lt;943&gt; b",
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "one"}, "fields": [{"type": "plain_text", "text": "<two>"}]},
            {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "three"}]}]},
        ],
        "attachments": [
            {"id": 1, "text": "four", "title_link": "https://x.example/five",
             "message_blocks": [{"message": {"blocks": [
                 {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "six"}]}]}]}}]},
        ],
        "metadata": {"event_type": "note", "event_payload": {"said": "seven"}},
    }  # fmt: skip
    before = copy.deepcopy(raw)
    found = parts(raw)
    assert len(found) == 8
    new = rewrite(raw, [Edit(p.location, 0, len(p.text), "GONE <1>") for p in found])
    kept = json.dumps([new.text, new.blocks, new.attachments, new.metadata])
    for word in ("943", "one", "two", "three", "four", "five", "six", "seven"):
        assert word not in kept.replace("section", "")
    assert new.text == "GONE &lt;1&gt;"
    assert new.blocks is not None
    assert new.blocks[0]["fields"][0]["text"] == "GONE <1>"
    assert new.attachments is not None
    assert new.attachments[0]["title_link"] == "GONE%20%3C1%3E"
    assert raw == before


@given(st.text(min_size=1, max_size=40), st.data())
def test_text_outside_edits_survives_to_the_character(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    ranges = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b]
    new = rewrite({"text": text}, [Edit("text", a, b, "¤") for a, b in ranges])
    expected, at = "", 0
    for a, b in ranges:
        expected, at = expected + text[at:a] + "¤", b
    assert new.text == expected + text[at:]


def test_what_chat_update_cannot_change_is_left_out() -> None:
    raw = {"text": "see", "files": [{"id": "F1", "name": "943.pdf"}]}
    assert rewrite(raw, [Edit("files/0/name", 0, 3, "x")]) == ("see", None, None, None)


@pytest.mark.parametrize("location", ["blocks/7/text", "attachments/0/none", "text/0"])
def test_an_unknown_place_is_an_error(location: str) -> None:
    with pytest.raises(ValueError, match="not in the message"):
        rewrite({"text": "a", "attachments": [{}], "blocks": []}, [Edit(location, 0, 1, "x")])
