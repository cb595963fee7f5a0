"""What was said while nobody listened: read from Graph after a watermark, as deliveries like any other.

A channel's list comes without replies unless asked (`$expand`), and a thread stirs by its replies. Whole teams and
people's chats can be exported only with tenant-wide permissions; that finds conversations that are new as well.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from connectors.interface import Channel, Delivery, MessageRef
from connectors.microsoft.graph import Graph
from connectors.teams import places, told
from connectors.teams.messages import UNKNOWN_ENUMS, at, channel_of

Payload = Mapping[str, Any]

_PAGE: Final = "50"
_SECONDS: Final = 1e11
"""Below it, a watermark is in seconds (a moment); above, in milliseconds (a message's id)."""
_MOMENT: Final = timedelta(milliseconds=1)
LOOK_BACK: Final = timedelta(days=1)
"""Threads are listed by their last stir, though no document of Graph's promises it: some more are looked at."""


class Backfill:
    """`model` is Graph's licensing parameter of exports ("A", "B"); "" leaves it out."""

    def __init__(self, graph: Graph, model: str = "") -> None:
        self._graph = graph
        self._model = {"model": model} if model else {}

    async def missed(self, where: Channel, since: str) -> AsyncIterator[Delivery]:
        """Everything posted, edited, deleted or answered after `since`, in order of what was said first."""
        mark = moment(since)
        read = self._chat if places.is_chat(where) else self._channel
        found = [m async for m in read(where, mark) if _is_after(m, mark)]
        for said in sorted(found, key=lambda m: int(str(m["id"]))):
            yield _delivery(where, said)

    async def team(self, tenant: str, team: str, since: datetime) -> AsyncIterator[Delivery]:
        """A team's channels, replies included (ChannelMessage.Read.All)."""
        async for delivery in self._export(
            tenant, f"teams/{quote(team, safe='')}/channels/getAllMessages", since
        ):
            yield delivery

    async def person(self, tenant: str, user: str, since: datetime) -> AsyncIterator[Delivery]:
        """All chats of one person (Chat.Read.All)."""
        async for delivery in self._export(
            tenant, f"users/{quote(user, safe='')}/chats/getAllMessages", since
        ):
            yield delivery

    async def _export(self, tenant: str, path: str, since: datetime) -> AsyncIterator[Delivery]:
        query = {"$top": _PAGE, "$filter": f"lastModifiedDateTime gt {_written(since)}", **self._model}
        found: list[Payload] = []
        async for page in self._graph.pages(tenant, path, query, **UNKNOWN_ENUMS):
            found += page.get("value") or ()
        for said in sorted(found, key=lambda m: int(str(m["id"]))):
            yield _delivery(channel_of(said, tenant), said)

    async def _chat(self, where: Channel, mark: datetime) -> AsyncIterator[Payload]:
        query = {
            "$top": _PAGE, "$orderby": "lastModifiedDateTime desc",
            "$filter": f"lastModifiedDateTime gt {_written(mark - _MOMENT)}",
        }  # fmt: skip
        async for page in self._graph.pages(
            where.tenant, f"{places.path(where)}/messages", query, **UNKNOWN_ENUMS
        ):
            for said in page.get("value") or ():
                yield said

    async def _channel(self, where: Channel, mark: datetime) -> AsyncIterator[Payload]:
        if not places.thread_of(where):
            return  # a team as a whole says nothing
        query = {"$top": _PAGE, "$expand": "replies"}
        async for page in self._graph.pages(
            where.tenant, f"{places.path(where)}/messages", query, **UNKNOWN_ENUMS
        ):
            stirred = mark - LOOK_BACK
            for root in page.get("value") or ():
                async for said in self._thread(where.tenant, root):
                    stirred = max(stirred, _changed(said))
                    yield said
            if stirred <= mark - LOOK_BACK:
                return

    async def _thread(self, tenant: str, root: Payload) -> AsyncIterator[Payload]:
        yield {k: v for k, v in root.items() if not k.startswith("replies")}
        for reply in root.get("replies") or ():
            yield reply
        if more := root.get("replies@odata.nextLink"):
            async for page in self._graph.pages(tenant, str(more), None, **UNKNOWN_ENUMS):
                for reply in page.get("value") or ():
                    yield reply


def moment(since: str) -> datetime:
    """A watermark as a moment: a message's id, or seconds since 1970, which then is not past yet itself.

    Raises ValueError for what is neither.
    """
    number = float(since or 0)
    ms = int(number) if number >= _SECONDS else int(number * 1000) - 1
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)


def _delivery(where: Channel, said: Payload) -> Delivery:
    id = str(said["id"])
    root = None if places.is_chat(where) else str(said.get("replyToId") or id)
    return told.found(where.tenant, places.message_path(MessageRef(where, id, root)), said)


def _is_after(said: Payload, mark: datetime) -> bool:
    """Posted or changed after it. Of two messages of one millisecond the second has the higher id alone."""
    return _changed(said) > mark or int(str(said["id"])) > round(mark.timestamp() * 1000)


def _changed(said: Payload) -> datetime:
    return at(said.get("lastModifiedDateTime") or said["createdDateTime"])


def _written(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
