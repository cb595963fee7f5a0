"""Files on Teams: in SharePoint and OneDrive by Graph, pasted pictures with their message.

Graph has no move between libraries in its documents (v1.0), and taking a permission away does nothing where it is
inherited, as it is in every channel: a file goes to its site's recycle bin, or to IG's library where that works.
"""

import html
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote
from uuid import uuid4

import aiohttp

from connectors.interface import Attachment, Message, MessageRef, ReachFailed, Refused, Unavailable
from connectors.microsoft.connections import trusted
from connectors.microsoft.graph import Graph
from connectors.teams import places
from connectors.teams.attachments import HOSTED, SHARED
from connectors.teams.botapi import BotApi
from connectors.teams.copies import conversation
from connectors.teams.hiding import Hiding
from connectors.teams.messages import Reading, is_by

_TIMEOUT: Final = aiohttp.ClientTimeout(total=120, connect=10)
_CHUNK: Final = 64 * 1024
_STAGED: Final = "staged/"
_MOST_STAGED: Final = 64
_GONE: Final = ("NotFound", "itemNotFound", "404", "accessDenied")


class Files:
    """`quarantine` names the library of a site that only IG may open; "" where there is none."""

    def __init__(
        self, graph: Graph, api: BotApi, reading: Reading, hiding: Hiding, *, app_id: str, quarantine: str = "",
        ca_file: Path | None = None,
    ) -> None:  # fmt: skip
        self._graph = graph
        self._api = api
        self._reading = reading
        self._hiding = hiding
        self._app_id = app_id
        self._quarantine = quarantine
        self._ca = ca_file
        self._staged: OrderedDict[str, bytes] = OrderedDict()
        self._brought: dict[str, tuple[str, str]] = {}

    # --- reading -----------------------------------------------------------------------------------------

    async def described(self, tenant: str, file: str) -> Attachment:
        """Name, type and size as the site says them. Raises Refused when it is not there."""
        if file.startswith(HOSTED):
            return Attachment(file, "", "image/png", mode="hosted")
        item = await self._item(tenant, file)
        kind = str((item.get("file") or {}).get("mimeType") or "")
        return Attachment(file, str(item.get("name") or ""), kind, int(item.get("size") or 0))

    async def download(self, tenant: str, file: Attachment, limit: int) -> bytes:
        if file.id.startswith(HOSTED):
            answer = await self._graph.call("GET", tenant, f"{file.id.removeprefix(HOSTED)}/$value")
            data = answer.body if isinstance(answer.body, bytes) else b""
            return _within(data, limit)
        item = await self._item(tenant, file.id)
        if "folder" in item:
            raise Refused("this is a folder", "not_a_file")
        if int(item.get("size") or 0) > limit:
            raise Refused("this file is too large to look at", "too_large")
        return await self._fetch(str(item.get("@microsoft.graph.downloadUrl") or ""), limit)

    async def gone(self, tenant: str, file: str) -> bool | None:
        """A picture is gone when its message is hidden or deleted. None when that cannot be told."""
        try:
            if file.startswith(HOSTED):
                ref = places.ref_of(tenant, file.removeprefix(HOSTED))
                now = await self._reading.read(ref)
                return now is None or now.hidden
            item = await self._item(tenant, file)
        except Refused as refused:
            return True if refused.code in _GONE else None
        return bool(self._quarantine) and await self._is_quarantined(tenant, item)

    # --- taking away -------------------------------------------------------------------------------------

    async def delete(self, of: Message, file: Attachment) -> None:
        """A picture goes with its message, which is blocked. A file already gone is done."""
        tenant = of.ref.channel.tenant
        if file.id.startswith(HOSTED):
            await self._hiding.block(of)
            return
        try:
            item = await self._item(tenant, file.id)
            if not await self._moved(tenant, item):
                await self._graph.call("DELETE", tenant, _path(item))
        except Refused as refused:
            if refused.code not in _GONE or isinstance(refused, ReachFailed):
                raise ReachFailed("Graph did not take the file away", refused.code) from None

    async def _moved(self, tenant: str, item: dict[str, Any]) -> bool:
        """Whether it lies in IG's library of its own site now (each private or shared channel has its own site)."""
        drive = await self._library(tenant, item) if self._quarantine else ""
        if not drive:
            return False
        root = await self._graph.get(tenant, f"drives/{quote(drive, safe='')}/root")
        body = {"parentReference": {"driveId": drive, "id": root["id"]}}
        try:
            await self._graph.call("PATCH", tenant, _path(item), body=body)
        except Refused:
            return False
        return True

    async def _is_quarantined(self, tenant: str, item: dict[str, Any]) -> bool:
        return str((item.get("parentReference") or {}).get("driveId")) == await self._library(tenant, item)

    async def _library(self, tenant: str, item: dict[str, Any]) -> str:
        site = str((item.get("parentReference") or {}).get("siteId") or "")
        if not site:
            return ""
        page = await self._graph.get(tenant, f"sites/{quote(site, safe='')}/drives")
        return next((str(d["id"]) for d in page.get("value") or () if d.get("name") == self._quarantine), "")

    # --- bringing ----------------------------------------------------------------------------------------

    def upload(self, name: str, data: bytes) -> str:
        """Kept at hand until it is shared, since only then is it known whose site it belongs to.

        The id carries the name under which it will stand there, one that no other file has.
        """
        stem, dot, end = name.rpartition(".")
        unique = f"{stem or end}-{uuid4().hex[:8]}{dot if stem else ''}{end if stem else ''}"
        id = _STAGED + quote(unique, safe="")
        self._staged[id] = data
        while len(self._staged) > _MOST_STAGED:
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
        path = f"drives/{quote(drive, safe='')}/items/{quote(str(folder['id']), safe='')}:/{quote(name, safe='')}:/content"
        put = await self._graph.call("PUT", tenant, path, data=self._staged[file])
        self._brought[file] = (drive, str(put.body["id"]))
        link = f'<a href="{html.escape(str(put.body["webUrl"]))}">{html.escape(name)}</a>'
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

    # --- how ---------------------------------------------------------------------------------------------

    async def _item(self, tenant: str, file: str) -> dict[str, Any]:
        if file.startswith(SHARED):
            path = f"shares/{quote(file.removeprefix(SHARED), safe='!')}/driveItem"
        elif file in self._brought:
            drive, id = self._brought[file]
            path = f"drives/{quote(drive, safe='')}/items/{quote(id, safe='')}"
        else:
            raise Refused("no such file", "itemNotFound")
        found: dict[str, Any] = await self._graph.get(tenant, path)
        return found

    async def _fetch(self, url: str, limit: int) -> bytes:
        """From an address that Graph gave and that carries its own leave: our token is not sent there."""
        if not url.startswith("https://"):
            raise Refused("this file has no contents to read", "not_a_file")
        context = trusted(self._ca)
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=_TIMEOUT, connector=aiohttp.TCPConnector(ssl=context)
                ) as session,
                session.get(url, allow_redirects=False) as response,
            ):
                if response.status >= 500 or response.status == 429:
                    raise Unavailable(f"a file's site answered {response.status}")
                if response.status != 200:
                    raise Refused("a file's site sent something else", "not_a_file")
                data = bytearray()
                async for chunk in response.content.iter_chunked(_CHUNK):
                    data += chunk
                    if len(data) > limit:
                        break
                return _within(bytes(data), limit)
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise Unavailable(f"a file could not be fetched ({type(fault).__name__})") from None


def _within(data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise Refused("this file is too large to look at", "too_large")
    return data


def _path(item: dict[str, Any]) -> str:
    drive = quote(str(item["parentReference"]["driveId"]), safe="")
    return f"drives/{drive}/items/{quote(str(item['id']), safe='')}"
