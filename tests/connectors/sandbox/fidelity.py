"""Whether a payload could have come from Slack: judged against captured ones and Slack's own references.

Allowed keys and types are the union of everything observed (`java-sdk-json-logs`, captures, the reference's
examples); required keys are those that every captured payload of the same kind has; error words come from
Slack's tables; the frozen OpenAPI document judges answers too, less its ban on keys that came later.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from tests.conftest import SHARED

Json = dict[str, Any]
REFERENCE = SHARED / "reference" / "slack"
CAPTURES = REFERENCE / "real-captures"
LOGS = REFERENCE / "java-sdk-json-logs"
_ID = re.compile(r"[A-Z][A-Z0-9]{4,}_?$")


@dataclass
class Shape:
    """What was observed at one place: JSON types, keys of objects, items of lists."""

    types: set[str] = field(default_factory=set)
    keys: dict[str, "Shape"] = field(default_factory=dict)
    items: "Shape | None" = None
    open: bool = False
    """Observed empty, or keyed by ids: says nothing of the keys."""

    @property
    def within(self) -> "Shape":
        """The shape of a list's items."""
        assert self.items is not None
        return self.items

    def learn(self, value: Any) -> "Shape":
        self.types.add(_type(value))
        if isinstance(value, dict):
            self.open |= not value
            for key, inner in value.items():
                if _ID.match(key):
                    self.open = True
                self.keys.setdefault(key, Shape()).learn(inner)
        elif isinstance(value, list):
            self.items = self.items or Shape()
            for inner in value:
                self.items.learn(inner)
        return self

    def problems(self, value: Any, at: str = "") -> Iterator[str]:
        """Where `value` has a type or key that was never observed."""
        if value is None:
            return
        if self.types and _type(value) not in self.types - {"null"} and self.types != {"null"}:
            yield f"{at}: {_type(value)}, observed {sorted(self.types)}"
            return
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in self.keys:
                    yield from self.keys[key].problems(inner, f"{at}.{key}")
                elif not self.open:
                    yield f"{at}.{key}: key never observed"
        elif isinstance(value, list) and self.items is not None:
            for index, inner in enumerate(value):
                yield from self.items.problems(inner, f"{at}[{index}]")


def _type(value: Any) -> str:
    if value is None:
        return "null"
    for kind, name in ((bool, "bool"), ((int, float), "number"), (str, "string"), (list, "list")):
        if isinstance(value, kind):
            return name
    return "object"


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _captured() -> Iterator[Json]:
    for folder in ("slack-web/SlackWebhookEvent", "slack-morphism/events"):
        for path in sorted((CAPTURES / folder).glob("*.json")):
            yield _read(path)


def _kind(event: Json) -> tuple[str, str, bool]:
    return event["type"], event.get("subtype", ""), "bot_id" in event


@cache
def _content() -> Shape:
    """Blocks, attachments, files: the same wherever they stand, so everything observed anywhere counts."""
    shape = Shape()
    for path in [*(LOGS / "events").glob("Message*.json"), LOGS / "api" / "conversations.history.json"]:
        for message in _messages(_read(path)):
            shape.learn(
                {
                    key: message[key]
                    for key in ("blocks", "attachments", "files", "metadata")
                    if key in message
                }
            )
    for body in _captured():
        for message in _messages(body):
            shape.learn({key: message[key] for key in ("blocks", "attachments", "files") if key in message})
    for path in sorted((CAPTURES / "slack-morphism" / "blocks").glob("*.json")):
        block = _read(path)
        shape.learn({"blocks": block["blocks"] if "blocks" in block else [block]})
    style = {"bold": True, "italic": True, "strike": True, "code": True}
    shape.keys["blocks"].learn(
        [{"type": "rich_text", "elements": [{"elements": [{"type": "text", "style": style}]}]}]
    )
    file = _read(LOGS / "api" / "files.info.json")["file"]
    shape.learn({"files": [file, {"is_tombstoned": True}]})
    # A quoted message's blocks are blocks like any.
    quoted = shape.keys["attachments"].within.keys["message_blocks"].within.keys["message"]
    quoted.keys["blocks"] = shape.keys["blocks"]
    return shape


def _messages(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if "text" in value and ("ts" in value or "blocks" in value):
            yield value
        for inner in value.values():
            yield from _messages(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _messages(inner)


@cache
def _event_shapes() -> dict[tuple[str, str], Shape]:
    shapes: dict[tuple[str, str], Shape] = {}
    logs = [_read(path) for path in sorted((LOGS / "events").glob("*.json"))]
    for body in [*logs, *_captured()]:
        event = body["event"]
        shapes.setdefault((event["type"], event.get("subtype", "")), Shape()).learn(event)
    for shape in shapes.values():
        # The event wrapper's schema asks for it on every event.
        shape.keys.setdefault("event_ts", Shape({"string"}))
    # A private channel's twins have the same fields; no sample of them is kept.
    for what in ("topic", "purpose", "name"):
        shapes.setdefault(("message", f"group_{what}"), shapes["message", "channel_topic"])
    _merge_messages(shapes)
    return shapes


def _merge_messages(shapes: dict[tuple[str, str], Shape]) -> None:
    """Messages share their content; a tombstone stands nowhere in the samples but in history."""
    for (kind, _), shape in shapes.items():
        if kind != "message":
            continue
        for place in (
            shape,
            shape.keys.get("message"),
            shape.keys.get("previous_message"),
            shape.keys.get("root"),
        ):
            if place is not None:
                place.keys |= _content().keys
    said = _said()
    # Only people were observed to broadcast a reply; an app that does so signs like any app.
    plain = shapes["message", ""].keys | said.keys
    signed = {key: plain[key] for key in ("bot_id", "app_id", "bot_profile")}
    shapes["message", "thread_broadcast"].keys |= signed
    for key in ("message", "previous_message"):
        known = shapes["message", "message_changed"].keys[key]
        known.keys = said.keys | known.keys


@cache
def _said() -> Shape:
    """A message as conversations.history was observed to give it."""
    return Shape().learn(_read(LOGS / "api" / "conversations.history.json")).keys["messages"].within


@cache
def _required() -> dict[tuple[str, str, bool], set[str]]:
    required: dict[tuple[str, str, bool], set[str]] = {}
    for body in _captured():
        event = body["event"]
        required[_kind(event)] = required.get(_kind(event), set(event)) & set(event)
    return required


@cache
def _wrapper() -> tuple[Shape, set[str]]:
    shape, required = Shape(), None
    for body in _captured():
        outer = {key: value for key, value in body.items() if key != "event"}
        shape.learn(outer)
        required = set(outer) if required is None else required & set(outer)
    return shape, required or set()


def event_problems(body: Json) -> list[str]:
    """What is wrong with a request body of the Events API, as Slack would have sent it."""
    if body["type"] != "event_callback":
        return []
    shape, required = _wrapper()
    outer = {key: value for key, value in body.items() if key != "event"}
    event = body["event"]
    found = [*shape.problems(outer, "wrapper"), *(f"wrapper.{key}: missing" for key in required - set(outer))]
    known = _event_shapes().get((event["type"], event.get("subtype", "")))
    if known is None:
        return [*found, f"{event['type']}/{event.get('subtype')}: never observed"]
    needed = _required().get(_kind(event), set())
    if event.get("text") == "" and "blocks" not in event:
        needed = needed - {"blocks"}
    if event.get("subtype") == "channel_join":
        needed = needed - {"inviter"}  # the one captured was invited
    if event.get("subtype") == "bot_message":
        needed = needed - {"icons"}  # the one captured had a custom one
    found += known.problems(event, event["type"])
    return found + [f"{_kind(event)}.{key}: missing" for key in sorted(needed - set(event))]


@cache
def _answer_shape(method: str) -> Shape | None:
    shape = Shape()
    # One sample of a view is kept; the other methods answer with the same object.
    sample = "views.open" if method.startswith("views.") else method
    log, reference = (
        LOGS / "api" / f"{sample}.json",
        REFERENCE / "slack-api-ref" / "methods" / f"{method}.json",
    )
    if log.exists():
        shape.learn(_read(log))
    if reference.exists():
        for example in _read(reference).get("examples", {}).values():
            if isinstance(example.get("example"), dict):
                shape.learn(example["example"])
    for folder in _CAPTURED_ANSWERS.get(method, ()):
        for path in sorted((CAPTURES / "slack-web" / folder).glob("*.json")):
            shape.learn(_read(path))
    if not shape.types:
        return None
    shape.keys.setdefault("error", Shape({"string"}))
    for place in _message_places(shape):
        place.keys |= _content().keys
    if file := shape.keys.get("file"):
        file.keys = _content().keys["files"].within.keys | file.keys
    return shape


def _message_places(shape: Shape) -> Iterator[Shape]:
    message, messages = shape.keys.get("message"), shape.keys.get("messages")
    if message is not None:
        yield message
    if messages is not None and messages.items is not None:
        said = _said()
        messages.items.keys = said.keys | messages.items.keys
        messages.items.keys["hidden"] = Shape({"bool"})
        yield messages.items


_CAPTURED_ANSWERS = {
    "conversations.info": ("InfoRsp",),
    "users.list": ("ListRsp",),
    "chat.update": ("UpdateRsp",),
    "conversations.join": ("JoinRsp",),
    "conversations.members": ("MembersRsp",),
    "users.conversations": ("UsersConversationsResponse",),
    "views.publish": ("PublishResp",),
}


@cache
def errors_of(method: str) -> frozenset[str] | None:
    """Slack's error words for a method; None when its table is not kept."""
    path = REFERENCE / "slack-api-ref" / "method_errors" / f"{method}.json"
    # `invalid_auth` and `invalid_arguments` are of every method, though few tables repeat them.
    return frozenset(_read(path)["errors"]) | {"invalid_auth", "invalid_arguments"} if path.exists() else None


@cache
def _openapi() -> Json:
    return _loosened(_read(REFERENCE / "slack-api-specs" / "slack_web_openapi_v2.json"))  # type: ignore[no-any-return]


def _loosened(schema: Any) -> Any:
    """The frozen document without its bans on later keys and on empty lists, and with tuple lists as plain ones."""
    if isinstance(schema, dict):
        kept = {
            key: _loosened(value)
            for key, value in schema.items()
            if key not in ("additionalProperties", "minItems")
        }
        if kept.get("pattern", "") == "^[G][A-Z0-9]{8,}$":
            kept["pattern"] = "^[CG][A-Z0-9]{8,}$"  # since 2021 private channels begin with C too
        if isinstance(kept.get("items"), list):
            kept["items"] = {"anyOf": kept["items"]} if kept["items"] else {}
        return kept
    return [_loosened(item) for item in schema] if isinstance(schema, list) else schema


@cache
def _validator(method: str) -> jsonschema.Draft4Validator | None:
    document = _openapi()
    for operation in document["paths"].get(f"/{method}", {}).values():
        schema = operation["responses"].get("200", {}).get("schema")
        if schema:
            return jsonschema.Draft4Validator(schema | {"definitions": document["definitions"]})
    return None


def answer_problems(method: str, body: Json) -> list[str]:
    """What is wrong with an answer of the Web API."""
    if "ok" not in body:
        return []  # a failing server, not an answer
    if not body["ok"]:
        known = errors_of(method)
        return [] if known is None or body["error"] in known else [f"{method}: error {body['error']} unknown"]
    shape = _answer_shape(method)
    found = list(shape.problems(body, method)) if shape else []
    validator = _validator(method)
    if validator is not None and method not in OUTDATED:
        found += [
            f"{method}{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(body)
        ]
    return found


OUTDATED = frozenset({"chat.update"})
"""Methods whose 2021 schema contradicts what Slack sends now (see the captures)."""


_INTERACTIONS = {
    "block_actions": "interactive-components/BlockActionPayload.json",
    "view_submission": "views/ViewSubmissionPayload.json",
    "view_closed": "views/ViewClosedPayload.json",
}
_ALWAYS = {
    "block_actions": {"type", "user", "api_app_id", "token", "container", "trigger_id", "team", "actions"},
    "view_submission": {"type", "team", "user", "api_app_id", "token", "trigger_id", "view"},
    "view_closed": {"type", "team", "user", "api_app_id", "token", "view", "is_cleared"},
}


@cache
def _interaction_shape(kind: str) -> Shape:
    path = _INTERACTIONS.get(kind, "slash-commands/SlashCommandPayload.json")
    shape = Shape().learn(_read(LOGS / "app-backend" / path))
    if message := shape.keys.get("message"):
        said = _said()
        message.keys = said.keys | message.keys | _content().keys
    if view := shape.keys.get("view"):
        view.keys |= Shape().learn(_read(LOGS / "api" / "views.open.json")["view"]).keys
        view.keys["state"] = Shape(open=True)
    return shape


def interaction_problems(payload: Json) -> list[str]:
    """What is wrong with an interaction's payload or a slash command's form."""
    kind = payload.get("type", "command")
    shape = _interaction_shape(kind)
    observed = payload if kind != "command" else payload | {"is_enterprise_install": False}
    found = list(shape.problems(observed, kind))
    return found + [f"{kind}.{key}: missing" for key in sorted(_ALWAYS.get(kind, set()) - set(payload))]
