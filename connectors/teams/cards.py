"""Our words as Adaptive Cards 1.5. Pure; no card carries anybody's text, only ours."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.interface import Button, Field, Note

Json = dict[str, Any]

CARD: Final = "application/vnd.microsoft.card.adaptive"
OURS: Final = "chaperone"
"""Under which a button sends what is ours, beside the inputs of a form."""
_SCHEMA: Final = "http://adaptivecards.io/schemas/adaptive-card.json"
_STYLES: Final = {"primary": "positive", "danger": "destructive"}
_COMMAND: Final = re.compile(r"`(/chaperone [^`\n]*)`")
_NAMED: Final = re.compile(r"<([@#][^<>\s|]{1,200})>")
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]#~])")
_LIST: Final = re.compile(r"^(\s*)([-+>]|\d+[.)])(?=\s)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs what a button sends: for one person of one tenant, so that nobody else can use or alter it."""

    secret: bytes = field(repr=False)

    def sign(self, tenant: str, user: str, action: str, value: str) -> str:
        said = "\x00".join(("card", tenant, user, action, value)).encode()
        return hmac.new(self.secret, said, hashlib.sha256).hexdigest()

    def is_good(self, signature: object, tenant: str, user: str, action: str, value: str) -> bool:
        right = self.sign(tenant, user, action, value)
        return isinstance(signature, str) and hmac.compare_digest(signature.encode(), right.encode())


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a card is for. `names` are what to show for "@account" and "#conversation"; one that is missing is
    called a colleague or a conversation."""

    tenant: str
    user: str
    signer: Signer
    names: Mapping[str, str] = field(default_factory=dict, repr=False)


def named(note: Note) -> tuple[str, ...]:
    """What the words of a note stand for, each once: "@account" and "#conversation"."""
    return tuple(dict.fromkeys(_NAMED.findall(f"{note.text} {note.footer}")))


def card(note: Note, reader: Reader) -> Json:
    """A note in a card. Its buttons are good for `reader` alone; those that lead somewhere send nothing."""
    body = [_text(note.text, reader.names)]
    if note.footer:
        body.append(
            {**_text(note.footer, reader.names), "isSubtle": True, "size": "Small", "spacing": "Medium"}
        )
    if note.key:
        body = [{"type": "Container", "id": mark(note.key), "items": body}]
    actions = [_button(b, reader) for b in note.buttons]
    return _card(body, actions, spoken(note, reader.names), _mentions(note, reader.names))


def plain(words: str) -> Json:
    """A card of our words alone."""
    return _card([_text(words, {})], [], words, [])


def form(title: str, fields: Sequence[Field], action: str, value: str, reader: Reader) -> Json:
    """Questions to one person; their answers come with the button "Send"."""
    body: list[Json] = [{**_text(title, {}), "weight": "Bolder", "size": "Medium"}]
    body += [_input(f) for f in fields]
    send = Button(action, "Send", value, "primary")
    return _card(body, [_button(send, reader)], title, [])


def activity(content: Json, summary: str) -> Json:
    """A message of one card. `summary` is what a phone's notification says."""
    return {"type": "message", "summary": summary, "attachments": [{"contentType": CARD, "content": content}]}


def spoken(note: Note, names: Mapping[str, str]) -> str:
    """A note's words without any markup."""
    return _NAMED.sub(lambda m: _name(m[1], names), _worded(note.text))


def mark(key: str) -> str:
    """What a card carries by which a note with this key is known again."""
    return f"note-{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _card(body: list[Json], actions: list[Json], fallback: str, mentions: list[Json]) -> Json:
    card: Json = {
        "type": "AdaptiveCard",
        "$schema": _SCHEMA,
        "version": "1.5",
        "fallbackText": fallback,
        "body": body,
    }
    if actions:
        card["actions"] = actions
    if mentions:
        card["msteams"] = {"entities": mentions}
    return card


def _text(text: str, names: Mapping[str, str]) -> Json:
    """Our words as they are: a card would else take some characters for formatting."""
    pieces, at = [], 0
    for found in _NAMED.finditer(text := _worded(text)):
        pieces += [_plain(text[at : found.start()]), _shown(found[1], names)]
        at = found.end()
    pieces.append(_plain(text[at:]))
    return {"type": "TextBlock", "text": "".join(pieces), "wrap": True}


def _plain(text: str) -> str:
    escaped = _LIST.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", text))
    return escaped.replace("\n", "\n\n")


def _worded(text: str) -> str:
    """Teams has no slash commands of bots: ours are said to us; cards have no mark for code."""
    return _COMMAND.sub(r"“\1”", text).replace("/chaperone ", "@Chaperone ")


def _shown(what: str, names: Mapping[str, str]) -> str:
    return f"<at>{_tame(names[what])}</at>" if _is_mention(what, names) else _plain(_name(what, names))


def _is_mention(what: str, names: Mapping[str, str]) -> bool:
    """Only people are mentioned: a bot has nobody to notify."""
    return what.startswith("@") and not what.startswith("@28:") and bool(_tame(names.get(what, "")))


def _name(what: str, names: Mapping[str, str]) -> str:
    return _tame(names.get(what, "")) or ("a colleague" if what.startswith("@") else "a conversation")


def _tame(name: str) -> str:
    """Anybody may choose a name: it must not end the mention, nor a line."""
    kept = "".join(c if c.isprintable() and c not in "<>" else " " for c in name)
    return " ".join(kept.split())


def _mentions(note: Note, names: Mapping[str, str]) -> list[Json]:
    return [
        {"type": "mention", "text": f"<at>{_tame(names[what])}</at>",
         "mentioned": {"id": what[1:], "name": _tame(names[what])}}
        for what in named(note) if _is_mention(what, names)
    ]  # fmt: skip


def _button(button: Button, reader: Reader) -> Json:
    style = {"style": _STYLES[button.style]} if button.style in _STYLES else {}
    if button.url:
        return {"type": "Action.OpenUrl", "title": button.label, "url": button.url, **style}
    signature = reader.signer.sign(reader.tenant, reader.user, button.action, button.value)
    data = {OURS: {"value": button.value, "for": reader.user, "signature": signature}}
    return {"type": "Action.Execute", "verb": button.action, "title": button.label, "data": data, **style}


def _input(field: Field) -> Json:
    asked: Json = {"id": field.id, "label": field.label, "isRequired": not field.optional}
    if not field.optional:
        asked["errorMessage"] = "Please answer this."
    if field.options:
        choices = [{"title": label, "value": value} for value, label in field.options]
        return {"type": "Input.ChoiceSet", "style": "compact", "choices": choices, **asked}
    return {"type": "Input.Text", "isMultiline": field.multiline, "maxLength": 2000, **asked}
