"""Microsoft Teams as a `ChatPlatform`."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from starlette.routing import Route

from connectors.interface import (
    Accept,
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
    ReachFailed,
    Refused,
    TokenStore,
)
from connectors.microsoft.graph import GRAPH_URL, Graph
from connectors.microsoft.tokens import App, Tokens
from connectors.teams import activities, cards, changes, check, deliveries, jwt_gate, places, reach
from connectors.teams import notifications as inbound
from connectors.teams.actions import Waiting
from connectors.teams.around import Around
from connectors.teams.backfill import Backfill
from connectors.teams.bot import Inbound
from connectors.teams.botapi import SCOPE, BotApi
from connectors.teams.bringing import Bringing
from connectors.teams.cards import Signer
from connectors.teams.conversations import Conversations
from connectors.teams.copies import Copies
from connectors.teams.covered import Covered
from connectors.teams.encryption import Certificate, Certificates
from connectors.teams.files import Files
from connectors.teams.hiding import SENDER_MAY, Hiding
from connectors.teams.keys import BOT_FRAMEWORK, Keys
from connectors.teams.known import ANYWHERE, Known
from connectors.teams.members import Members
from connectors.teams.messages import Reading
from connectors.teams.notes import Notes
from connectors.teams.notifications import Notifications
from connectors.teams.pace import GraphPace
from connectors.teams.places import PLATFORM
from connectors.teams.planning import Want
from connectors.teams.reach import Mode
from connectors.teams.removal import Removal
from connectors.teams.subscriptions import Subscriptions
from connectors.teams.transfer import Transfer
from connectors.teams.validation import PUBLISHER, Validation
from connectors.teams.watch import Watch


class TeamsPlatform:
    """Every tenant of `tenants`, each in its mode, on one webhook.

    `secret` signs what comes back to us (buttons, clientState). `certificates`: the present one first, then older
    ones; without any, Graph's notifications are not subscribed to and only the bot hears. `quarantine` names the
    library of a site that only IG may open. `service_url` is used until a tenant's own was heard. Subscriptions
    are looked at every `watch_s` seconds.
    """

    name = PLATFORM

    def __init__(
        self, *, tokens: TokenStore, app: App, tenants: Mapping[str, Mode], secret: bytes, public_url: str,
        certificates: Sequence[Certificate] = (), quarantine: str = "", sender_may: str = SENDER_MAY,
        graph_url: str = GRAPH_URL, service_urls: tuple[str, ...] = jwt_gate.SERVICE_URLS,
        service_url: str = ANYWHERE, openid_url: str = BOT_FRAMEWORK, bot_issuer: str = jwt_gate.ISSUER, bot_scope: str = SCOPE,
        bot_tenant: str = "", publisher: str = PUBLISHER, export_model: str = "", ca_file: Path | None = None,
        watch_s: float = 300.0, clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._store, self._app, self._modes = tokens, app, dict(tenants)
        self._secret, self._certificates = secret, tuple(certificates)
        self._msal = Tokens(app)
        self._graph = Graph(self._msal, graph_url, ca_file, GraphPace())
        self._known = Known(tokens, service_url)
        self._api = BotApi(
            self._msal, self._known, app.client_id, scope=bot_scope, token_tenant=bot_tenant, ca_file=ca_file
        )
        ours = frozenset(tenants)
        self._gate = jwt_gate.Gate(
            app.client_id,
            Keys(openid_url, ca_file),
            tenants=ours,
            service_urls=service_urls,
            issuer=bot_issuer,
        )
        self._validation = Validation(app.client_id, ours, app.authority, ca_file, publisher)
        self._members = Members(self._graph)
        self._conversations = Conversations(self._graph, self._members)
        self._covered = Covered(tokens, self._conversations)
        self._removal = Removal(self._graph, self._members)
        self._reading = Reading(self._graph)
        copies = Copies(self._api, self._reading, app.client_id)
        self._around = Around(self._graph, self._members, self._conversations, app.client_id)
        self._hiding = Hiding(
            self._graph,
            copies,
            self._reading,
            app_id=app.client_id,
            may=sender_may,
            hid=self._around.was_hidden,
        )
        self._transfer = Transfer(ca_file)
        self._bringing = Bringing(self._graph, self._api, self._reading, self._transfer, app.client_id)
        self._files = Files(
            self._graph, self._api, self._reading, self._hiding, self._transfer, self._bringing, quarantine
        )
        self._signer, self._waiting = Signer(secret), Waiting()
        self._notes = Notes(self._api, self._around, self._signer, self._waiting)
        self._backfill = Backfill(self._graph, export_model)
        self._watch = Watch(
            self._subscriptions(public_url, clock, watch_s), self._conversations, self._members, self._covered,
            self._backfill, self._modes, watch_s,
        ) if certificates else None  # fmt: skip

    def _subscriptions(self, public_url: str, clock: Callable[[], datetime], watch_s: float) -> Subscriptions:
        base = public_url.rstrip("/")
        return Subscriptions(
            self._graph, self._store, self._certificates[0], clock=clock, unwatched=timedelta(seconds=3 * watch_s),
            endpoints=(base + inbound.CHANGES, base + inbound.LIFECYCLE),
            client_state=lambda tenant: inbound.client_state(self._secret, tenant),
        )  # fmt: skip

    def routes(self, accept: Accept) -> list[Route]:
        """What Microsoft posts to; to be mounted at the root."""
        bot = Inbound(
            self._gate,
            accept,
            self._known,
            self._api,
            self._signer,
            self._waiting,
            graph_tells=self._graph_tells,
        )
        if self._watch is None:
            return bot.routes()
        notifications = Notifications(
            tenants=frozenset(self._modes), secret=self._secret, validation=self._validation,
            certificates=Certificates(self._certificates), accept=accept, heard=self._watch.hear,
        )  # fmt: skip
        return [*bot.routes(), *notifications.routes()]

    async def close(self) -> None:
        await self._graph.close()
        await self._api.close()
        await self._transfer.close()

    def forget(self, tenant: str, users: tuple[str, ...] = ()) -> None:
        """Drop what is kept of a tenant that took the app out."""
        if not users:
            self._store.drop(PLATFORM, tenant)

    async def check(self) -> list[CheckRow]:
        present = self._certificates[0] if self._certificates else None
        return await check.check(self._msal, self._graph, self._app.client_id, self._modes, present)

    # --- by the clock ------------------------------------------------------------------------------------

    async def keep_watch(self, accept: Accept) -> None:
        """For as long as the bot runs, once its routes are served: keep every subscription alive and fill gaps."""
        if self._watch:
            await self._watch.keep(accept)

    async def tend(self, tenant: str, accept: Accept) -> tuple[Want, ...]:
        """One look at a tenant's subscriptions; gives those that Graph refuses. Raises Unavailable."""
        return await self._watch.tend(tenant, accept) if self._watch else ()

    # --- what arrives ------------------------------------------------------------------------------------

    def translate(self, delivery: Delivery) -> tuple[Event, ...]:
        if delivery.source == deliveries.ACTIVITY:
            events = activities.translate(delivery)
        else:
            events = changes.translate(delivery, self._app.client_id)
        for event in events:
            if isinstance(event, MemberJoined | MemberLeft | ConversationChanged):
                self._members.forget(event.channel)
                self._conversations.forget(event.channel)
            if isinstance(event, ConversationChanged):
                self._covered.changed(event)
                if self._watch:
                    self._watch.stir()  # there is more to watch now, or less
        return events

    def _graph_tells(self, where: Channel) -> bool:
        return bool(self._watch and self._watch.hears(where))

    def trouble(self, tenant: str) -> str:
        return self._watch.trouble(tenant) if self._watch else ""

    def missed(self, channel: Channel, since: str) -> AsyncIterator[Delivery]:
        return self._backfill.missed(channel, since)

    # --- who and what is there ---------------------------------------------------------------------------

    async def conversation(self, channel: Channel) -> Conversation:
        return await self._conversations.one(channel)

    async def conversations(self, tenant: str) -> tuple[Conversation, ...]:
        if self._modes.get(tenant) == "rsc":
            return await self._covered.conversations(tenant)
        return await self._conversations.everything(tenant)

    async def members(self, channel: Channel) -> tuple[Member, ...]:
        return await self._members.members(channel)

    async def account(self, tenant: str, user: str) -> Member:
        return await self._members.account(tenant, user)

    async def read(self, ref: MessageRef) -> Message | None:
        return await self._reading.read(ref)

    async def recent(self, before: MessageRef, limit: int) -> tuple[Message, ...]:
        return await self._reading.recent(before, limit)

    # --- hiding ------------------------------------------------------------------------------------------

    async def reaches(self, channel: Channel, author: str) -> tuple[ReachAnswer, ...]:
        mode = self._modes.get(channel.tenant, "rsc")
        foreign = None
        if author and mode == "tenant" and places.is_chat(channel):
            foreign = await self._is_foreign(channel, author)
        return reach.answers(mode, channel, foreign)

    async def _is_foreign(self, channel: Channel, author: str) -> bool | None:
        """Whether a chat's member is another organisation's; None for somebody who is not (or no longer) in it."""
        found = [m for m in await self._members.roster(channel) if str(m.get("userId")) == author]
        return str(found[0].get("tenantId") or channel.tenant) != channel.tenant if found else None

    async def redact(self, message: Message, edits: Sequence[Edit], reach: Reach) -> Hidden:
        self._must_reach(message.ref.channel, reach)
        return await self._hiding.redact(message, edits, reach)

    async def hide(self, message: Message, notice: str, reach: Reach) -> Hidden:
        self._must_reach(message.ref.channel, reach)
        return await self._hiding.hide(message, notice, reach)

    async def finish(
        self, message: Message, edits: Sequence[Edit], notice: str, reach: Reach
    ) -> Hidden | None:
        return await self._hiding.finish(message, edits, notice, reach)

    async def restore(self, original: Message, hidden: Hidden, notice: str) -> MessageRef:
        return await self._hiding.restore(original, hidden, notice)

    def _must_reach(self, channel: Channel, wanted: Reach) -> None:
        """Without consent nothing is tried."""
        reach.must(self._modes.get(channel.tenant, "rsc"), channel, wanted)

    # --- files -------------------------------------------------------------------------------------------

    async def download(self, tenant: str, attachment: Attachment, limit: int) -> bytes:
        return await self._files.download(tenant, attachment, limit)

    async def file(self, tenant: str, file: str) -> Attachment:
        return await self._files.described(tenant, file)

    async def shares(self, tenant: str, file: str) -> tuple[MessageRef, ...]:
        """Graph does not say where a file is shared; every message is seen with its own."""
        return ()

    async def rewrite_file(self, tenant: str, attachment: Attachment, data: bytes) -> None:
        raise ReachFailed("teams has no documents that are edited in place", "not_editable")

    async def delete_file(self, message: Message, attachment: Attachment) -> None:
        await self._files.delete(message, attachment)

    async def gone(self, tenant: str, file: str) -> bool | None:
        return await self._files.gone(tenant, file)

    async def upload(self, tenant: str, name: str, data: bytes, instead: str = "") -> str:
        return self._bringing.upload(name, data)

    async def share(self, ref: MessageRef, file: str, name: str, comment: str) -> None:
        await self._bringing.share(ref, file, comment)

    async def shared(self, ref: MessageRef, file: str) -> bool | None:
        return await self._bringing.shared(ref, file)

    # --- telling people ----------------------------------------------------------------------------------

    async def say(self, ref: MessageRef, note: Note) -> MessageRef:
        return await self._notes.say(ref, note)

    async def said(self, ref: MessageRef, key: str) -> bool:
        return await self._notes.said(ref, key)

    async def note(self, channel: Channel, user: str, thread: str | None, note: Note) -> NotePlace:
        return await self._notes.note(channel, user, thread, note)

    async def tell(self, tenant: str, user: str, note: Note) -> NotePlace:
        return await self._notes.tell(tenant, user, note)

    async def retell(self, place: NotePlace, note: Note) -> None:
        await self._notes.retell(place, note)

    async def answer(self, pressed: Pressed | Commanded, note: Note) -> None:
        await self._notes.answer(pressed, note)

    async def noted(self, place: NotePlace, key: str) -> bool | None:
        if place.kind == "private":
            return None
        return await self._around.told(place.channel.tenant, place.user, cards.mark(key))

    async def ask(self, pressed: Pressed, title: str, fields: Sequence[Field], value: str) -> None:
        await self._notes.ask(pressed, title, fields, value)

    # --- membership --------------------------------------------------------------------------------------

    async def remove(self, channel: Channel, user: str) -> None:
        await self._removal.remove(channel, user)

    async def set_about(
        self, channel: Channel, what: Literal["topic", "purpose", "renamed"], text: str
    ) -> None:
        await self._conversations.set_about(channel, what, text)

    async def join(self, channel: Channel) -> None:
        """Raises Refused: somebody of the team or chat must add the app, or an administrator for all."""
        raise Refused(
            "an owner adds the app to the team or chat, or an administrator's policy does", "must_be_added"
        )
