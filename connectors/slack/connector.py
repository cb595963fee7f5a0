"""Slack as a `ChatPlatform`."""

from collections.abc import AsyncIterator, Sequence
from typing import Literal

from starlette.routing import Route

from connectors.interface import (
    Accept,
    AccountChanged,
    Attachment,
    Channel,
    CheckRow,
    Commanded,
    Conversation,
    ConversationChanged,
    Delivery,
    Edit,
    Event,
    Field,
    Hidden,
    Member,
    MemberJoined,
    MemberLeft,
    Message,
    MessageRef,
    Note,
    NotePlace,
    Pressed,
    Reach,
    ReachAnswer,
    TokenStore,
    Uninstalled,
)
from connectors.slack import check, reach
from connectors.slack.catchup import SLOW, TIER3, CatchUp
from connectors.slack.copies import Copies
from connectors.slack.files import Files
from connectors.slack.gate import Gate
from connectors.slack.hiding import Hiding
from connectors.slack.inbound import Inbound
from connectors.slack.notes import Notes
from connectors.slack.oauth import OAuth
from connectors.slack.people import People
from connectors.slack.reading import Reading
from connectors.slack.tokens import PLATFORM, Tokens
from connectors.slack.translate import translate
from connectors.slack.web import Web


class SlackPlatform:
    """Every workspace that installed this app.

    `dedupe_key` keys the digests by which a repeated message is known and signs OAuth states.
    `history_mode` is "slow" for a commercial app outside the Marketplace (one call a minute).
    """

    name = PLATFORM

    def __init__(
        self,
        *,
        tokens: TokenStore,
        client_id: str,
        client_secret: str,
        signing_secret: str,
        dedupe_key: bytes,
        public_url: str,
        api_url: str = "https://slack.com/api/",
        file_hosts: tuple[str, ...] = ("files.slack.com",),
        history_mode: Literal["tier3", "slow"] = "tier3",
    ) -> None:
        self._store = tokens
        self._key = dedupe_key
        self._public_url = public_url
        self._gate = Gate(signing_secret)
        self._tokens = Tokens(tokens, client_id, client_secret)
        self._web = Web(api_url, self._tokens)
        self._people = People(self._web, self._tokens)
        self._reading = Reading(self._web, self._people)
        copies = Copies(self._web, self._tokens, self._people)
        self._hiding = Hiding(self._web, self._tokens, copies, self._reading)
        self._files = Files(self._web, self._tokens, file_hosts)
        self._notes = Notes(self._web, self._tokens, api_url)
        pace = TIER3 if history_mode == "tier3" else SLOW
        self._catchup = CatchUp(self._web, self._tokens, self._people, pace, dedupe_key)
        self._oauth = OAuth(
            self._web, self._tokens, client=(client_id, client_secret), api_url=api_url,
            public_url=public_url, secret=dedupe_key,
        )  # fmt: skip

    def routes(self, accept: Accept) -> list[Route]:
        """What Slack posts to, and the pages for installing; to be mounted at the root."""
        return [*Inbound(self._gate, accept, self._key).routes(), *self._oauth.routes()]

    async def close(self) -> None:
        await self._people.close()
        await self._web.close()

    def forget(self, tenant: str, users: tuple[str, ...] = ()) -> None:
        """Drop the tokens of some people, or without `users` of the whole workspace, for good."""
        for user in users:
            self._store.drop(PLATFORM, tenant, "user", user)
        if not users:
            self._store.drop(PLATFORM, tenant)
        self._tokens.forget(tenant)

    async def check(self) -> list[CheckRow]:
        return await check.check(self._web, self._tokens, self._store.tenants(PLATFORM), self._public_url)

    # --- what arrives ------------------------------------------------------------------------------------

    def translate(self, delivery: Delivery) -> tuple[Event, ...]:
        events = translate(delivery, self._tokens.own(delivery.tenant))
        for event in events:
            self._note_change(event, delivery.tenant)
        return events

    def trouble(self, tenant: str) -> str:
        """Slack says nothing of its own: an app whose events it switched off is found by reading."""
        return ""

    def missed(self, channel: Channel, since: str) -> AsyncIterator[Delivery]:
        return self._catchup.missed(channel, since)

    # --- who and what is there ---------------------------------------------------------------------------

    async def conversation(self, channel: Channel) -> Conversation:
        return await self._people.conversation(channel)

    async def conversations(self, tenant: str) -> tuple[Conversation, ...]:
        return await self._people.conversations(tenant)

    async def members(self, channel: Channel) -> tuple[Member, ...]:
        return await self._people.members(channel)

    async def account(self, tenant: str, user: str) -> Member:
        return await self._people.account(tenant, user)

    async def file(self, tenant: str, file: str) -> Attachment:
        """A file of which only the id is known (file events, Slack Connect's `check_file_info`)."""
        return await self._files.described(tenant, file)

    async def read(self, ref: MessageRef) -> Message | None:
        return await self._reading.read(ref)

    async def recent(self, before: MessageRef, limit: int) -> tuple[Message, ...]:
        return await self._reading.recent(before, limit)

    # --- hiding ------------------------------------------------------------------------------------------

    async def reaches(self, channel: Channel, author: str) -> tuple[ReachAnswer, ...]:
        return await reach.reaches(self._tokens, self._people, channel, author)

    async def redact(self, message: Message, edits: Sequence[Edit], reach: Reach) -> Hidden:
        return await self._hiding.redact(message, edits, reach)

    async def hide(self, message: Message, notice: str, reach: Reach) -> Hidden:
        return await self._hiding.hide(message, notice, reach)

    async def finish(
        self, message: Message, edits: Sequence[Edit], notice: str, reach: Reach
    ) -> Hidden | None:
        return await self._hiding.finish(message, edits, notice, reach)

    async def restore(self, original: Message, hidden: Hidden, notice: str) -> MessageRef:
        return await self._hiding.restore(original, hidden, notice)

    # --- files -------------------------------------------------------------------------------------------

    async def download(self, tenant: str, attachment: Attachment, limit: int) -> bytes:
        return await self._files.download(tenant, attachment, limit)

    async def shares(self, tenant: str, file: str) -> tuple[MessageRef, ...]:
        return await self._files.shares(tenant, file)

    async def rewrite_file(self, tenant: str, attachment: Attachment, data: bytes) -> None:
        await self._files.rewrite(tenant, attachment, data)

    async def delete_file(self, message: Message, attachment: Attachment) -> None:
        await self._files.delete(message, attachment)

    async def gone(self, tenant: str, file: str) -> bool | None:
        return await self._files.gone(tenant, file)

    async def upload(self, tenant: str, name: str, data: bytes, instead: str = "") -> str:
        return await self._files.upload(tenant, name, data, instead)

    async def share(self, ref: MessageRef, file: str, name: str, comment: str) -> None:
        await self._files.share(ref, file, name, comment)

    async def shared(self, ref: MessageRef, file: str) -> bool | None:
        return await self._files.shared(ref, file)

    # --- telling people ----------------------------------------------------------------------------------

    async def note(self, channel: Channel, user: str, thread: str | None, note: Note) -> NotePlace:
        return await self._notes.note(channel, user, thread, note)

    async def tell(self, tenant: str, user: str, note: Note) -> NotePlace:
        return await self._notes.tell(tenant, user, note)

    async def retell(self, place: NotePlace, note: Note) -> None:
        await self._notes.retell(place, note)

    async def say(self, ref: MessageRef, note: Note) -> MessageRef:
        return await self._notes.say(ref, note)

    async def said(self, ref: MessageRef, key: str) -> bool:
        return await self._notes.said(ref, key)

    async def answer(self, pressed: Pressed | Commanded, note: Note) -> None:
        await self._notes.answer(pressed, note)

    async def noted(self, place: NotePlace, key: str) -> bool | None:
        return await self._notes.noted(place, key)

    async def ask(self, pressed: Pressed, title: str, fields: Sequence[Field], value: str) -> None:
        await self._notes.ask(pressed, title, fields, value)

    # --- membership --------------------------------------------------------------------------------------

    async def set_about(
        self, channel: Channel, what: Literal["topic", "purpose", "renamed"], text: str
    ) -> None:
        await self._people.set_about(channel, what, text)

    async def remove(self, channel: Channel, user: str) -> None:
        await self._people.remove(channel, user)

    async def join(self, channel: Channel) -> None:
        await self._people.join(channel)

    def _note_change(self, event: Event, tenant: str) -> None:
        """What an event says has changed is not to be remembered as it was."""
        match event:
            case AccountChanged(member):
                self._people.forget_account(tenant, member.user)
            case MemberJoined(channel) | MemberLeft(channel) | ConversationChanged(channel):
                self._people.forget_channel(channel)
            case Uninstalled():
                self._tokens.forget(event.tenant)
