"""canvases.edit: one section of a canvas replaced by words in Markdown."""

import re
from html import escape
from typing import Any

from lxml import html

from connectors.sandbox.api.call import Call, SlackError, method
from connectors.sandbox.files import StoredFile

Json = dict[str, Any]

_ESCAPED = re.compile(r"\\(.)")
_BEFORE = re.compile(r"^(?:#{1,3}|[*>]) ")


@method("canvases.edit", 3, "canvases:write")
def edit(call: Call) -> Json:
    file, changes = _writable(call), call.structure("changes")
    if not isinstance(changes, list) or len(changes) != 1:
        raise SlackError("invalid_arguments")
    (change,) = changes
    if change.get("operation") != "replace" or not change.get("section_id"):
        raise SlackError("canvas_editing_failed", detail="this sandbox replaces one section at a time")
    tree = html.fragment_fromstring(file.data.decode(), create_parent="div")
    found = tree.xpath("//*[@id=$id]", id=change["section_id"])
    if not found:
        raise SlackError("canvas_editing_failed", detail="no such section")
    _replace(found[-1], str(change["document_content"]["markdown"]))
    inside = "".join(html.tostring(e, encoding="unicode") for e in tree)
    call.workspace.edit_canvas(file.id, (escape(tree.text or "") + inside).encode(), call.token.user)
    return {}


def _writable(call: Call) -> StoredFile:
    """One that exists, for whoever may write in it: its owner, and who is in the conversation whose tab it is."""
    file = call.workspace.files.get(call.needed("canvas_id"))
    if file is None or not file.canvas or file.deleted_at is not None:
        raise SlackError("canvas_not_found")
    members = call.workspace.channels[file.tab].members if file.tab else ()
    if call.token.user != file.user and call.token.user not in members:
        raise SlackError("restricted_action")
    return file


def _replace(section: Any, markdown: str) -> None:
    for child in list(section):
        section.remove(child)
    section.text = _ESCAPED.sub(r"\1", _BEFORE.sub("", markdown, count=1))


METHODS = (edit,)
