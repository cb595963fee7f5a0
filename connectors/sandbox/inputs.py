"""Buttons and fields as Slack reports what a person did with them."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def elements(content: Json) -> Iterator[tuple[str, Json]]:
    """Every element that can be acted on in a message or view, with its block's id."""
    attached = [attachment.get("blocks", []) for attachment in content.get("attachments", [])]
    for blocks in (content.get("blocks", []), *attached):
        for block in blocks:
            single = [block[key] for key in ("accessory", "element") if key in block]
            held = block.get("elements", []) if block["type"] == "actions" else []
            for element in (*single, *held):
                yield block["block_id"], element


def find(content: Json, block_id: str, action_id: str) -> Json:
    """The element with these ids. Raises KeyError."""
    for block, element in elements(content):
        if block == block_id and element.get("action_id") == action_id:
            return element
    raise KeyError("such button")


def action(content: Json, block_id: str, action_id: str, value: str) -> Json:
    """One entry of `actions`; a button reports its own text and value. Raises KeyError."""
    element = find(content, block_id, action_id)
    ids = {"action_id": action_id, "block_id": block_id}
    if element["type"] == "button":
        kept = {key: element[key] for key in ("text", "value", "style") if key in element}
        return ids | kept | {"type": "button"}
    return ids | entered(element, value)


def state(content: Json, values: dict[str, dict[str, str]]) -> Json:
    """`state.values` for what was entered, by block and action id."""
    return {
        block_id: {
            action_id: entered(find(content, block_id, action_id), value)
            for action_id, value in fields.items()
        }
        for block_id, fields in values.items()
    }


def entered(element: Json, value: str) -> Json:
    """What a field holds: an option by its value, else the text itself."""
    kind = element["type"]
    if kind in ("static_select", "radio_buttons"):
        chosen = next((option for option in _options(element) if option["value"] == value), None)
        return {"type": kind, "selected_option": chosen}
    if kind == "checkboxes":
        wanted = set(value.split(","))
        return {"type": kind, "selected_options": [o for o in _options(element) if o["value"] in wanted]}
    held = {"users_select": "selected_user", "datepicker": "selected_date"}.get(kind, "value")
    return {"type": kind, held: value or None}


def _options(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]
