"""What Chaperone says to people on Teams: to one of them in the conversation, else directly, else by the policy tip."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, Protocol

from connectors.interface import (
    Channel,
    Commanded,
    ConnectorError,
    Field,
    MessageRef,
    NotAuthorised,
    Note,
    NotePlace,
    Pressed,
    Refused,
    Unavailable,
)
from connectors.teams import cards, places
from connectors.teams.actions import Respond, Waiting
from connectors.teams.botapi import BotApi

PERSONAL: Final = "a:"
"""Begins the id of a person's own conversation with the bot, which Graph knows by another."""
TIP: Final = "tip"
"""The `ts` of a note that stands in a hidden message's policy tip."""


class Surroundings(Protocol):
    """What Graph can do for a note. Each call raises Unavailable or Refused."""

    async def names(self, tenant: str, wanted: Sequence[str]) -> Mapping[str, str]:
        """What to show for "@account" and "#conversation"; those that cannot be told are left out."""

    async def install(self, tenant: str, user: str) -> bool:
        """Install the app for one person; False when that is not allowed here."""

    async def tip(self, channel: Channel, user: str, thread: str | None, note: Note) -> bool:
        """Say it in the policy tip of what was hidden last of `user` there; False when there is no such thing."""

    async def told(self, tenant: str, user: str, mark: str) -> bool | None:
        """Whether a card with this mark stands in a person's own conversation with us; None: we may not look."""

    def since(self, ref: MessageRef) -> AsyncIterator[Mapping[str, Any]]:
        """The chatMessages of its thread or chat, from `ref` on."""


class Notes:
    def __init__(self, api: BotApi, around: Surroundings, signer: cards.Signer, waiting: Waiting) -> None:
        self._api = api
        self._around = around
        self._signer = signer
        self._waiting = waiting

    # --- to one person -----------------------------------------------------------------------------------

    async def note(self, channel: Channel, user: str, thread: str | None, note: Note) -> NotePlace:
        """Targeted: only `user` sees it in the conversation, for a day. Directly where that is refused."""
        if channel.id.startswith(PERSONAL):
            return await self.tell(channel.tenant, user, note)
        where = conversation(channel, thread)
        try:
            account = await self._api.account(channel.tenant, where, user)
            written = {
                **await self._written(channel.tenant, user, note),
                "recipient": {"id": account, "isTargeted": True},
            }
            id = await self._api.send(channel.tenant, where, written, targeted=True)
        except NotAuthorised:
            raise
        except Refused:
            return await self._directly(channel, user, thread, note)
        return NotePlace("private", channel, user, id)

    async def tell(self, tenant: str, user: str, note: Note) -> NotePlace:
        """In the person's own conversation with us; the app is installed for them where it was not."""
        written = await self._written(tenant, user, note)
        try:
            return await self._say_to(tenant, user, written)
        except NotAuthorised:
            raise
        except Refused:
            if not await self._around.install(tenant, user):
                raise
        try:
            return await self._say_to(tenant, user, written)
        except Refused as refused:
            # Teams says so before it may be used.
            raise Unavailable(f"the app was installed a moment ago ({refused.code})", 10.0) from None

    async def retell(self, place: NotePlace, note: Note) -> None:
        written = await self._written(place.channel.tenant, place.user, note)
        await self._api.update(
            place.channel.tenant,
            conversation(place.channel, None),
            place.ts,
            written,
            targeted=place.kind == "private",
        )

    async def noted(self, place: NotePlace, key: str) -> bool | None:
        """Only Graph can look into a person's conversation with us; a targeted message nobody can read back."""
        if place.kind == "private":
            return None
        return await self._around.told(place.channel.tenant, place.user, cards.mark(key))

    # --- answers -----------------------------------------------------------------------------------------

    async def answer(self, pressed: Pressed | Commanded, note: Note) -> None:
        """In the place of the card whose button was pressed, at once where somebody waits for it; the answer to a
        command is a note."""
        names = await self._names(pressed.tenant, note)
        card = cards.card(note, self._reader(pressed, names))
        if not await self._replaced(pressed, card, cards.spoken(note, names)):
            await self._anew(pressed, note)

    async def ask(self, pressed: Pressed, title: str, fields: Sequence[Field], value: str) -> None:
        """A form in the place of the card. Its submission is a `Pressed` of the same action, with `inputs`."""
        form = cards.form(title, fields, pressed.action, value, self._reader(pressed, {}))
        if not await self._replaced(pressed, form, title):
            conversation = await self._api.personal(pressed.tenant, pressed.user)
            await self._api.send(pressed.tenant, conversation, cards.activity(form, title))

    # --- to everyone -------------------------------------------------------------------------------------

    async def say(self, ref: MessageRef, note: Note) -> MessageRef:
        plain = Note(note.text, (), note.footer, note.key)
        written = await self._written(ref.channel.tenant, "", plain)
        id = await self._api.send(ref.channel.tenant, conversation(ref.channel, ref.thread), written)
        return MessageRef(ref.channel, id, ref.thread if ref.thread or places.is_chat(ref.channel) else id)

    async def said(self, ref: MessageRef, key: str) -> bool:
        wanted = cards.mark(key)
        async for message in self._around.since(ref):
            if any(wanted in str(a.get("content")) for a in message.get("attachments") or ()):
                return True
        return False

    # --- how ---------------------------------------------------------------------------------------------

    async def _directly(self, channel: Channel, user: str, thread: str | None, note: Note) -> NotePlace:
        try:
            return await self.tell(channel.tenant, user, note)
        except NotAuthorised:
            raise
        except Refused:
            words = Note(cards.spoken(note, await self._names(channel.tenant, note)))
            if not await self._around.tip(channel, user, thread, words):
                raise
        return NotePlace("private", channel, user, TIP)

    async def _say_to(self, tenant: str, user: str, written: Mapping[str, Any]) -> NotePlace:
        conversation = await self._api.personal(tenant, user)
        id = await self._api.send(tenant, conversation, written)
        return NotePlace("direct", places.channel(tenant, thread=conversation), user, id)

    async def _replaced(self, pressed: Pressed | Commanded, card: Mapping[str, Any], summary: str) -> bool:
        """Whether the presser sees the card now: their client waits for it, and what stands there is changed too."""
        respond = Respond.of(pressed.respond)
        if respond is None or not respond.activity:
            return False
        shown = self._waiting.settle(respond.invoke, dict(card))
        try:
            await self._changed(pressed.tenant, respond, cards.activity(dict(card), summary))
        except ConnectorError as error:
            if not shown and not isinstance(error, Refused):
                raise
            return shown
        return True

    async def _changed(self, tenant: str, respond: Respond, written: Mapping[str, Any]) -> None:
        """Nothing tells a targeted message from another; in a person's own conversation there is none."""
        if respond.conversation.startswith(PERSONAL):
            await self._api.update(tenant, respond.conversation, respond.activity, written)
            return
        try:
            await self._api.update(tenant, respond.conversation, respond.activity, written, targeted=True)
        except Refused:
            await self._api.update(tenant, respond.conversation, respond.activity, written)

    async def _anew(self, pressed: Pressed | Commanded, note: Note) -> None:
        if pressed.channel is None:
            await self.tell(pressed.tenant, pressed.user, note)
        else:
            respond = Respond.of(pressed.respond)
            root = respond.conversation.partition(";messageid=")[2] if respond else ""
            await self.note(pressed.channel, pressed.user, root or None, note)

    async def _written(self, tenant: str, user: str, note: Note) -> dict[str, Any]:
        names = await self._names(tenant, note)
        card = cards.card(note, cards.Reader(tenant, user, self._signer, names))
        return cards.activity(card, cards.spoken(note, names))

    async def _names(self, tenant: str, note: Note) -> Mapping[str, str]:
        wanted = cards.named(note)
        return await self._around.names(tenant, wanted) if wanted else {}

    def _reader(self, pressed: Pressed | Commanded, names: Mapping[str, str]) -> cards.Reader:
        return cards.Reader(pressed.tenant, pressed.user, self._signer, names)


def conversation(channel: Channel, thread: str | None) -> str:
    """What the Bot Connector calls a conversation, or a thread of a channel."""
    id = places.thread_of(channel) or channel.id
    in_thread = thread and not places.is_chat(channel) and not channel.id.startswith(PERSONAL)
    return f"{id};messageid={thread}" if in_thread else id
