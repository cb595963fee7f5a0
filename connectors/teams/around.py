"""What Graph does for a note: names to show, the app installed for a person, the policy tip, what was said since."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from connectors.interface import Channel, MessageRef, NotAuthorised, Note, Refused
from connectors.microsoft.graph import Graph
from connectors.teams import places
from connectors.teams.conversations import Conversations
from connectors.teams.members import Members
from connectors.teams.messages import UNKNOWN_ENUMS

_OURSELVES: Final = "Chaperone"
_HIDDEN: Final = 2_000
_LONGEST: Final = 1_000


class Around:
    """The `Surroundings` of notes. `app_id` is also the manifest's id, by which a catalogue knows the app."""

    def __init__(self, graph: Graph, members: Members, conversations: Conversations, app_id: str) -> None:
        self._graph = graph
        self._members = members
        self._conversations = conversations
        self._app_id = app_id
        self._hidden: OrderedDict[tuple[Channel, str], MessageRef] = OrderedDict()

    def was_hidden(self, ref: MessageRef, user: str) -> None:
        """Remember whose policy tip a note may stand in."""
        self._hidden[ref.channel, user] = ref
        while len(self._hidden) > _HIDDEN:
            self._hidden.popitem(last=False)

    async def names(self, tenant: str, wanted: Sequence[str]) -> Mapping[str, str]:
        found = {f"@28:{self._app_id}": _OURSELVES}
        for one in wanted:
            if one in found:
                continue
            try:
                if one.startswith("@"):
                    found[one] = (await self._members.account(tenant, one[1:])).name
                else:
                    where = places.channel(tenant, *_split(one[1:]))
                    found[one] = (await self._conversations.one(where)).name
            except Refused:
                continue
        return {k: v for k, v in found.items() if v}

    async def install(self, tenant: str, user: str) -> bool:
        query = {"$filter": f"externalId eq '{self._app_id}'"}
        try:
            page = await self._graph.get(tenant, "appCatalogs/teamsApps", query)
            app = next(str(a["id"]) for a in page.get("value") or ())
            bound = f"{self._graph.url}appCatalogs/teamsApps/{quote(app, safe='')}"
            path = f"users/{quote(user, safe='')}/teamwork/installedApps"
            await self._graph.call("POST", tenant, path, body={"teamsApp@odata.bind": bound})
        except StopIteration:
            return False  # not in this tenant's catalogue
        except Refused as refused:
            return refused.code == "Conflict"  # installed already
        return True

    async def told(self, tenant: str, user: str, mark: str) -> bool | None:
        """Whether a card with this mark stands in a person's own conversation with us; None when we may not look."""
        for chat in self._chats(user):
            path = f"{places.path(places.channel(tenant, thread=chat))}/messages"
            try:
                page = await self._graph.get(tenant, path, {"$top": "50"})
            except NotAuthorised:
                return None
            except Refused:
                continue
            attached = (a for raw in page.get("value") or () for a in raw.get("attachments") or ())
            if any(mark in str(a.get("content")) for a in attached):
                return True
        return False

    def _chats(self, user: str) -> tuple[str, str]:
        """What Graph calls a person's chat with a bot: both ids, in an order that no document tells."""
        return f"19:{user}_{self._app_id}@unq.gbl.spaces", f"19:{self._app_id}_{user}@unq.gbl.spaces"

    async def tip(self, channel: Channel, user: str, thread: str | None, note: Note) -> bool:
        ref = self._hidden.get((channel, user))
        if ref is None or (thread and ref.thread not in (None, thread)):
            return False
        raw = await self._graph.get(channel.tenant, places.message_path(ref), None, **UNKNOWN_ENUMS)
        violation = raw.get("policyViolation") or {}
        kept = {k: violation[k] for k in ("dlpAction", "verdictDetails") if violation.get(k)}
        if not kept:
            return False
        body = {"policyViolation": {**kept, "policyTip": {"generalText": note.text[:_LONGEST]}}}
        try:
            await self._graph.call("PATCH", channel.tenant, places.message_path(ref), body=body)
        except Refused:
            return False
        return True

    async def since(self, ref: MessageRef) -> AsyncIterator[Mapping[str, Any]]:
        """From Graph's newest fifty, or as many as it takes to come to `ref`."""
        root = MessageRef(ref.channel, ref.thread or ref.ts, ref.thread)
        chat = places.is_chat(ref.channel)
        path = f"{places.path(ref.channel)}/messages" if chat else f"{places.message_path(root)}/replies"
        async for page in self._graph.pages(ref.channel.tenant, path, {"$top": "50"}, **UNKNOWN_ENUMS):
            found = page.get("value") or ()
            for raw in found:
                if int(str(raw["id"])) >= int(ref.ts):
                    yield raw
            if any(int(str(raw["id"])) < int(ref.ts) for raw in found):
                return


def _split(id: str) -> tuple[str, str]:
    team, _, thread = ("", "", id) if id.startswith("19:") else id.partition("/")
    return team, thread
