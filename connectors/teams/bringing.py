"""Our own files brought to a channel: kept at hand until it is known where, put in its folder, linked in the thread."""

import html
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, unquote
from uuid import uuid4

from connectors.interface import MessageRef, Refused
from connectors.microsoft.graph import Graph
from connectors.teams import places
from connectors.teams.botapi import BotApi
from connectors.teams.copies import conversation
from connectors.teams.messages import Reading, is_by
from connectors.teams.transfer import Transfer

_STAGED: Final = "staged/"
_MOST_STAGED: Final = 256 * 2**20
"""Bytes at hand at one time: two files of the largest that a policy lets through, and some."""
_AT_ONCE: Final = 4 * 2**20
"""Up to this many bytes go in one request."""


class Bringing:
    def __init__(
        self, graph: Graph, api: BotApi, reading: Reading, transfer: Transfer, app_id: str,
        most: int = _MOST_STAGED,
    ) -> None:  # fmt: skip
        self._graph = graph
        self._api = api
        self._reading = reading
        self._transfer = transfer
        self._app_id = app_id
        self._most = most
        self._staged: OrderedDict[str, bytes] = OrderedDict()
        self._brought: dict[str, tuple[str, str]] = {}

    def upload(self, name: str, data: bytes) -> str:
        """Kept at hand until it is shared, since only then is it known whose site it belongs to; `data` itself, no
        copy of it.

        The id carries the name under which it will stand there, one that no other file has.
        """
        stem, dot, end = name.rpartition(".")
        unique = f"{stem or end}-{uuid4().hex[:8]}{dot if stem else ''}{end if stem else ''}"
        id = _STAGED + quote(unique, safe="")
        self._staged[id] = data
        while sum(map(len, self._staged.values())) > self._most and len(self._staged) > 1:
            self._staged.popitem(last=False)
        return id

    async def share(self, ref: MessageRef, file: str, comment: str) -> None:
        """Into the channel's folder, and a link in the thread. Raises Refused in a chat, whose files lie in
        people's own OneDrives, and when the copy is no longer at hand."""
        if places.is_chat(ref.channel):
            raise Refused("a chat has no folder to put a file in", "no_folder")
        if file not in self._staged:
            raise Refused("the copy is no longer at hand", "not_staged")
        name, tenant = unquote(file.removeprefix(_STAGED)), ref.channel.tenant
        folder = await self._graph.get(tenant, f"{places.path(ref.channel)}/filesFolder")
        drive = str(folder["parentReference"]["driveId"])
        path = f"drives/{quote(drive, safe='')}/items/{quote(str(folder['id']), safe='')}:/{quote(name, safe='')}:"
        put = await self._put(tenant, path, self._staged[file])
        self._brought[file] = (drive, str(put["id"]))
        link = f'<a href="{html.escape(str(put["webUrl"]))}">{html.escape(name)}</a>'
        words = f"<p>{html.escape(comment)}</p><p>{link}</p>"
        activity = {"type": "message", "textFormat": "xml", "text": words}
        await self._api.send(tenant, conversation(ref), activity)
        del self._staged[file]

    async def shared(self, ref: MessageRef, file: str) -> bool:
        """Whether our message with the link stands in the thread."""
        name = html.escape(unquote(file.removeprefix(_STAGED)))
        newest = MessageRef(ref.channel, str(2**63), ref.thread)
        return any(
            is_by(m.raw, self._app_id) and name in str((m.raw.get("body") or {}).get("content"))
            for m in await self._reading.recent(newest, 50)
        )

    def lies(self, file: str) -> str:
        """Graph's path of a file that we brought; "" for any other."""
        drive, item = self._brought.get(file, ("", ""))
        return f"drives/{quote(drive, safe='')}/items/{quote(item, safe='')}" if item else ""

    async def _put(self, tenant: str, path: str, data: bytes) -> Mapping[str, Any]:
        """A large file by an upload session, where the application may open one: Microsoft's documents ask for
        Sites.ReadWrite.All, more than anything else here needs. In one request otherwise."""
        if len(data) > _AT_ONCE:
            try:
                opened = await self._graph.call("POST", tenant, f"{path}/createUploadSession", body={})
                return await self._transfer.send(str(opened.body["uploadUrl"]), data)
            except Refused:
                pass
        put = await self._graph.call("PUT", tenant, f"{path}/content", data=data)
        found: Mapping[str, Any] = put.body
        return found
