"""Files on Teams: in SharePoint and OneDrive by Graph, pasted pictures with their message.

Graph has no move between libraries in its documents (v1.0), and taking a permission away does nothing where it is
inherited, as it is in every channel: a file goes to its site's recycle bin, or to IG's library where that works.
"""

from typing import Any, Final
from urllib.parse import quote

from connectors.bounded import too_large
from connectors.interface import Attachment, Message, NotAuthorised, ReachFailed, Refused
from connectors.microsoft.graph import Graph
from connectors.teams import places
from connectors.teams.attachments import BOT_FILE, HOSTED, SHARED
from connectors.teams.botapi import BotApi
from connectors.teams.bringing import Bringing
from connectors.teams.hiding import Hiding
from connectors.teams.messages import Reading
from connectors.teams.transfer import Transfer

_GONE: Final = ("NotFound", "itemNotFound", "404")


class Files:
    """`quarantine` names the library of a site that only IG may open; "" where there is none."""

    def __init__(
        self, graph: Graph, api: BotApi, reading: Reading, hiding: Hiding, transfer: Transfer, bringing: Bringing,
        quarantine: str = "",
    ) -> None:  # fmt: skip
        self._graph = graph
        self._api = api
        self._reading = reading
        self._hiding = hiding
        self._transfer = transfer
        self._bringing = bringing
        self._quarantine = quarantine

    # --- reading -----------------------------------------------------------------------------------------

    async def described(self, tenant: str, file: str) -> Attachment:
        """Name, type and size as the site says them. Raises Refused when it is not there."""
        if file.startswith(HOSTED):
            return Attachment(file, "", "image/png", mode="hosted")
        if file.startswith(BOT_FILE):
            return Attachment(file, "")
        item = await self._item(tenant, file)
        kind = str((item.get("file") or {}).get("mimeType") or "")
        return Attachment(file, str(item.get("name") or ""), kind, int(item.get("size") or 0))

    async def download(self, tenant: str, file: Attachment, limit: int) -> bytes:
        if file.id.startswith(HOSTED):
            answer = await self._graph.call("GET", tenant, f"{file.id.removeprefix(HOSTED)}/$value")
            data = answer.body if isinstance(answer.body, bytes) else b""
            if len(data) > limit:
                raise too_large()
            return data
        if file.id.startswith(BOT_FILE):
            return await self._given(tenant, file, limit)
        item = await self._item(tenant, file.id)
        if "folder" in item:
            raise Refused("this is a folder", "not_a_file")
        if int(item.get("size") or 0) > limit:
            raise too_large()
        return await self._transfer.fetch(str(item.get("@microsoft.graph.downloadUrl") or ""), limit)

    async def gone(self, tenant: str, file: str) -> bool | None:
        """A picture is gone when its message is hidden or deleted. None when that cannot be told."""
        if file.startswith(BOT_FILE):
            return None
        try:
            if file.startswith(HOSTED):
                ref = places.ref_of(tenant, file.removeprefix(HOSTED))
                now = await self._reading.read(ref)
                return now is None or now.hidden
            item = await self._item(tenant, file)
        except NotAuthorised:
            return None  # we may not look, which is no proof of anything
        except Refused as refused:
            return True if refused.code in _GONE else None
        return bool(self._quarantine) and await self._is_quarantined(tenant, item)

    # --- taking away -------------------------------------------------------------------------------------

    async def delete(self, of: Message, file: Attachment) -> None:
        """A picture goes with its message, which is blocked. A file already gone is done."""
        tenant = of.ref.channel.tenant
        if file.id.startswith((HOSTED, BOT_FILE)):
            await self._hiding.block(of)
            return
        try:
            item = await self._item(tenant, file.id)
            if not await self._moved(tenant, item):
                await self._graph.call("DELETE", tenant, _path(item))
        except NotAuthorised as no:
            raise ReachFailed("Graph does not let Chaperone take files away here", no.code) from None
        except Refused as refused:
            if refused.code not in _GONE:
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

    async def _given(self, tenant: str, file: Attachment, limit: int) -> bytes:
        """What a bot was given with an activity: a picture wants its token, a file's address carries its own leave."""
        if file.mode == "bot_picture":
            return await self._api.content(tenant, file.url, limit)
        if file.mode == "bot_file":
            return await self._transfer.fetch(file.url, limit)
        raise Refused("Teams does not give this to a bot", "not_given")

    # --- how ---------------------------------------------------------------------------------------------

    async def _item(self, tenant: str, file: str) -> dict[str, Any]:
        if file.startswith(SHARED):
            path = f"shares/{quote(file.removeprefix(SHARED), safe='!')}/driveItem"
        elif not (path := self._bringing.lies(file)):
            raise Refused("no such file", "itemNotFound")
        found: dict[str, Any] = await self._graph.get(tenant, path)
        return found


def _path(item: dict[str, Any]) -> str:
    drive = quote(str(item["parentReference"]["driveId"]), safe="")
    return f"drives/{drive}/items/{quote(str(item['id']), safe='')}"
