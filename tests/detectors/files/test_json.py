"""JSON in general: every value with its key, and the same file but for what is cut."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.files import json as json_family
from detectors.files.elements import Element
from detectors.files.interface import Desk, File, Outcome, Result, Unreadable
from detectors.files.json_tree import Tree
from detectors.files.slots import Source
from tests.detectors.files.desk import look_into

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [t for v in value.values() for t in texts(v)]
    if isinstance(value, list):
        return [t for v in value for t in texts(v)]
    return [value] if isinstance(value, str) else []


def leaves(element: Element) -> list[Element]:
    return [e for e in element.walk() if e.value is not None and e.name != "key"]


@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_every_text_is_read_and_nothing_is_changed(value: Any, indent: Any, ascii: bool) -> None:
    source = Source(json.dumps(value, indent=indent, ensure_ascii=ascii))
    tree = Tree(source)
    read = [e.value for e in leaves(tree.root)]
    assert [t for t in texts(value) if t not in read] == []
    tree.finish()
    assert source.changed() == source.text


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.booleans())
def test_what_is_dropped_leaves_a_file_that_can_be_read(drops: list[bool], is_object: bool) -> None:
    keys = [f"k{n}" for n in range(len(drops))]
    value = dict.fromkeys(keys, "v") if is_object else keys
    source = Source(json.dumps({"a": value, "b": 1}))
    tree = Tree(source)
    parts = tree.root.children[0].children if is_object else tree.root.all("a")
    for part, drop in zip(parts, drops, strict=True):
        if drop:
            part.drop()
    tree.finish()
    kept = [k for k, drop in zip(keys, drops, strict=True) if not drop]
    left = dict.fromkeys(kept, "v") if is_object else kept
    assert json.loads(source.changed()) == ({"a": left, "b": 1} if left else {"b": 1})


def test_keys_say_what_stands_there() -> None:
    value = {"patientName": "Okafor", "nhsNumber": 9990000019, "ward": "7", "results": [{"k": 4.10}]}
    result = look_into(json.dumps(value).encode(), "a.json")
    assert result.outcome is Outcome.REDACTED
    hidden = {"patientName": "[Patient A]", "nhsNumber": "[NHS number hidden]"}
    assert json.loads(result.data or b"") == {**value, **hidden}


def test_a_key_that_names_somebody_is_looked_at() -> None:
    result = look_into(b'{"NHS number 999 000 0018": {"bed": 4}}', "a.json")
    assert json.loads(result.data or b"") == {"NHS number [NHS number hidden]": {"bed": 4}}


def test_settings_are_clean() -> None:
    assert look_into(b'{"name": "app", "version": "1.2.3", "on": true}', "a.json").outcome is Outcome.CLEAN


@pytest.mark.parametrize("text", ["", "{", '{"a" 1}', "[1,]", '{"a":1,}', '"\n"', "nul", '["\\x"]', "[1 2]"])
def test_what_is_no_json_is_refused(text: str) -> None:
    desk = Desk(lambda passages: [[] for _ in passages], lambda file: Result(Outcome.CLEAN, ""))
    with pytest.raises(Unreadable):
        json_family.FAMILY.inspect(File("x", text.encode()), "application/json", desk)
