"""Whether an answer or activity could have come from Microsoft: judged by its own published descriptions.

The OpenAPI cut demands `@odata.type` nearly everywhere and lets any object stand for a nullable reference; both
are the generator's doing and are relaxed or tightened here (SOURCE.md beside it). Unknown keys are problems.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from tests.conftest import SHARED

Json = dict[str, Any]
REFERENCE = SHARED / "reference" / "teams"
_TYPES = {"string": str, "object": dict, "array": list, "boolean": bool}
_DERIVED = {
    "conversationMember": {"userId", "email", "tenantId"}, "identity": {
        "userIdentityType", "applicationIdentityType", "tenantId", "conversationIdentityType",
    }, "eventMessageDetail": {
        "members", "initiator", "visibleHistoryStartDateTime", "channelDisplayName", "channelDescription", "channelId",
    },
}  # fmt: skip
"""Keys of derived types that the cut left out (aadUserConversationMember, teamworkUserIdentity…)."""


_ADDED = re.compile(
    r"^\.entities\[\d+\]\.\w+: unknown|^\.conversation\.tenantId: unknown|^\.localTimezone: unknown"
    r"|^\.attachments\[\d+\]\.content: str|^\.\w+(\[\d+\])?\.(name: missing|tenantId: unknown)"
)
"""Entities are open; captured activities carry conversation.tenantId, accounts without a name, HTML as a string."""


@cache
def graph() -> Json:
    text = (REFERENCE / "graph" / "graph-v1.0-teams-cut.openapi.yaml").read_text(encoding="utf-8")
    found: Json = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


@cache
def permissions() -> dict[str, Json]:
    text = (REFERENCE / "graph" / "permissions-by-path.json").read_text(encoding="utf-8")
    return {path.lower(): methods for path, methods in json.loads(text).items()}


@cache
def connector() -> Json:
    found: Json = json.loads((REFERENCE / "bot-connector" / "ConnectorAPI.json").read_text(encoding="utf-8"))
    return found


@cache
def protocol() -> Json:
    text = (REFERENCE / "bot-connector" / "activity-protocol.schema.json").read_text(encoding="utf-8")
    found: Json = json.loads(text)
    return found


def captured() -> list[Json]:
    """Activities that a Teams-like client of Microsoft's sent."""
    text = (REFERENCE / "samples" / "playground-activities.json").read_text(encoding="utf-8")
    return [held["body"] for held in json.loads(text)["activities"]]


def graph_problems(method: str, url: str, status: int, body: Any) -> list[str] | None:
    """What is wrong with one of Graph's answers; None when the cut does not describe this address."""
    path = unquote(urlsplit(url).path.partition("/graph/v1.0")[2])
    operation = next((found for form, found in _forms() if form.fullmatch(path)), {}).get(method.lower())
    if operation is None:
        return None
    if path.endswith("/content") and status == 302:
        return []  # in the documentation of the method, not in the cut
    answers = operation["responses"]
    answer = answers.get(str(status)) or answers.get(f"{status // 100}XX")
    if answer is None:
        return [f"{method} {path}: status {status} is not described"]
    content = _resolve(graph(), answer).get("content", {}).get("application/json")
    if (
        content is None or status == 204 or (status, body) == (201, b"")
    ):  # the cut has an object nearly everywhere
        return [] if isinstance(body, bytes) else [f"{method} {path}: a body where none is described"]
    return [f"{method} {path}{p}" for p in problems(graph(), content["schema"], body)]


def activity_problems(activity: Json) -> list[str]:
    """Judged by the Connector's Swagger and by the protocol's own schema, less what Teams is known to add."""
    found = list(problems(connector(), {"$ref": "#/definitions/Activity"}, activity))
    found += problems(protocol(), {"$ref": "#/definitions/Activity"}, activity)
    return [problem for problem in found if not _ADDED.search(problem)]


def connector_problems(definition: str, body: Any) -> list[str]:
    return list(problems(connector(), {"$ref": f"#/definitions/{definition}"}, body))


def problems(document: Json, schema: Json, value: Any, at: str = "") -> Iterator[str]:
    """Where `value` does not fit: types, enumerations, patterns, required and unknown keys."""
    schema = _resolve(document, schema)
    if "anyOf" in schema or "oneOf" in schema:
        yield from _any(document, schema, value, at)
        return
    if value is None:
        if (
            not schema.get("nullable")
            and schema.get("type") not in (None, "object")
            and "allOf" not in schema
        ):
            yield f"{at}: null"
        return
    kind = schema.get("type") or ("object" if "allOf" in schema or "properties" in schema else None)
    if kind in _TYPES and not isinstance(value, _TYPES[kind]):
        yield f"{at}: {type(value).__name__} in place of {kind}"
    elif kind in ("number", "integer") and not isinstance(value, (int, float)):
        yield f"{at}: {type(value).__name__} in place of {kind}"
    elif isinstance(value, dict):
        yield from _object(document, schema, value, at)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from problems(document, schema.get("items", {}), inner, f"{at}[{index}]")
    elif isinstance(value, str):
        yield from _words(schema, value, at)


def _any(document: Json, schema: Json, value: Any, at: str) -> Iterator[str]:
    options = [_resolve(document, o) for o in schema.get("anyOf") or schema["oneOf"]]
    if value is None and any(option.get("nullable") for option in options):
        return
    real = [o for o in options if not (o.get("nullable") and set(o) <= {"type", "nullable"})]
    found = [list(problems(document, option, value, at)) for option in real]
    if found and all(found):
        yield from min(found, key=len)


def _object(document: Json, schema: Json, value: Json, at: str) -> Iterator[str]:
    known, required, names = _keys(document, schema)
    for name in required - set(value):
        if not name.startswith("@"):
            yield f"{at}.{name}: missing"
    extra = set().union(*(_DERIVED.get(name, set()) for name in names))
    for key, inner in value.items():
        if key in known:
            yield from problems(document, known[key], inner, f"{at}.{key}")
        elif known and not key.startswith("@") and key not in extra:
            yield f"{at}.{key}: unknown key"


def _words(schema: Json, value: str, at: str) -> Iterator[str]:
    if allowed := schema.get("enum"):
        said = value.split(",") if schema.get("x-ms-enum-flags", {}).get("isFlags") else [value]
        if not set(said) <= set(allowed):
            yield f"{at}: {value!r} is not one of {allowed}"
    if (pattern := schema.get("pattern")) and not re.search(pattern, value):
        yield f"{at}: {value!r} does not fit the pattern"


def _keys(document: Json, schema: Json) -> tuple[dict[str, Json], set[str], set[str]]:
    """Properties, required names and titles of a schema with all that it is made of."""
    known, required = dict(schema.get("properties", {})), set(schema.get("required", ()))
    names = {str(schema.get("title"))}
    for part in schema.get("allOf", ()):
        more, needed, called = _keys(document, _resolve(document, part))
        known |= more
        required |= needed
        names |= called
    return known, required, names


def _resolve(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/")]
        schema = found
    return schema


@cache
def _forms() -> tuple[tuple[re.Pattern[str], Json], ...]:
    """Addresses as patterns; those with fewer parameters first. Functions go with and without brackets."""
    paths = sorted(graph()["paths"].items(), key=lambda held: held[0].count("{"))
    return tuple((_form(path), operations) for path, operations in paths)


def _form(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]+\}", path.removesuffix("()"))
    end = r"(\(\))?" if path.endswith("()") else ""
    return re.compile("([^/]+)".join(re.escape(part) for part in parts) + end)
