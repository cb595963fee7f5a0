"""views.*: forms and the app's home."""

from typing import Any

from connectors.sandbox.api.call import Call, SlackError, method
from connectors.sandbox.forms import LARGEST_STACK

Json = dict[str, Any]
LARGEST_VIEW = 250_000
MOST_BLOCKS = 100


def _view(call: Call) -> Json:
    view = call.structure("view")
    problem = _problem(view)
    if problem:
        messages = [f"[ERROR] {problem} [json-pointer:/view]"]
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})
    if len(call.text("view")) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    return dict(view)


def _problem(view: Any) -> str:
    if not isinstance(view, dict):
        return "must provide an object"
    if view.get("type") not in ("modal", "home"):
        return "failed to match all allowed schemas"
    if not isinstance(view.get("blocks"), list) or len(view["blocks"]) > MOST_BLOCKS:
        return "must provide an array of at most 100 blocks"
    if view["type"] == "home":
        return ""
    if not view.get("title"):
        return "missing required field: title"
    has_input = any(block.get("type") == "input" for block in view["blocks"])
    return "missing required field: submit" if has_input and not view.get("submit") else ""


def _triggered(call: Call) -> str:
    user, error = call.sandbox.interactivity.forms.spend_trigger(call.text("trigger_id"))
    if error:
        raise SlackError(error)
    return user


@method("views.open", 4)
def open_(call: Call) -> Json:
    view = _view(call)
    return {"view": call.sandbox.interactivity.forms.open(_triggered(call), view)}


@method("views.push", 4)
def push(call: Call) -> Json:
    view, forms = _view(call), call.sandbox.interactivity.forms
    user = _triggered(call)
    stack = forms.stack(user)
    if len(stack) >= LARGEST_STACK:
        raise SlackError("push_limit_reached")
    return {"view": forms.open(user, view, onto=stack[-1] if stack else None)}


@method("views.update", 4)
def update(call: Call) -> Json:
    view, forms = _view(call), call.sandbox.interactivity.forms
    wanted, external = call.text("view_id"), call.text("external_id")
    if not wanted and external:
        wanted = next((key for key, held in forms.views.items() if held["external_id"] == external), "")
    if wanted not in forms.views:
        raise SlackError("not_found")
    if call.text("hash") not in ("", forms.views[wanted]["hash"]):
        raise SlackError("hash_conflict")
    return {"view": forms.change(wanted, view)}


@method("views.publish", 4)
def publish(call: Call) -> Json:
    view, user = _view(call), call.needed("user_id")
    return {"view": call.sandbox.interactivity.forms.publish_home(user, view | {"type": "home"})}


METHODS = (open_, push, update, publish)
