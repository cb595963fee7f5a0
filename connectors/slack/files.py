"""Files on Slack: fetched only from Slack's own hosts, posted, and taken away apart from their message."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from connectors.bounded import too_large, within
from connectors.interface import Attachment, Channel, Message, MessageRef, ReachFailed, Refused, Unavailable
from connectors.slack import canvases, discovery
from connectors.slack.messages import LINKED, PICTURE, PROXY
from connectors.slack.messages import attachment as read
from connectors.slack.notes import mrkdwn
from connectors.slack.tokens import PLATFORM, Token, Tokens
from connectors.slack.web import Web

_GONE = ("file_not_found", "file_deleted")
_CHUNK = 64 * 1024
_LARGEST_CANVAS = 16 * 2**20
_PAGE = "Slack sent a page in the file's place (is files:read granted?)"


class Files:
    def __init__(self, web: Web, tokens: Tokens, hosts: tuple[str, ...]) -> None:
        self._web = web
        self._tokens = tokens
        self._hosts = hosts

    async def described(self, tenant: str, file: str) -> Attachment:
        """What files.info says; Slack Connect's events carry no more than the id."""
        answer = await self._web.call(self._tokens.bot(tenant), "files.info", file=file)
        return read(answer["file"])

    async def download(self, tenant: str, file: Attachment, limit: int) -> bytes:
        if file.mode == LINKED:
            return await self._proxied(file, limit)
        if not file.url or file.mode == "file_access":
            file = await self.described(tenant, file.id)
        if file.is_external or not self._is_slacks(file.url):
            raise Refused("this file is not kept by Slack", "not_a_file")
        if file.size > limit:
            raise too_large()
        try:
            return await self._fetch(self._tokens.bot(tenant), file, limit)
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise Unavailable(f"slack file download: {type(fault).__name__}") from None

    async def rewrite(self, tenant: str, file: Attachment, data: bytes) -> None:
        """Edit a canvas so that it reads as `data`, section by section, and read it back."""
        now = await self.download(tenant, file, _LARGEST_CANVAS)
        wanted = list(canvases.changes(now, data))
        for section, _, markdown in wanted:
            await self._edit(tenant, file, section, markdown)
        held = canvases.words(await self.download(tenant, file, _LARGEST_CANVAS))
        if any(said in held for _, said, _ in wanted):
            raise ReachFailed("slack canvases.edit", "not_verified")

    async def _edit(self, tenant: str, file: Attachment, section: str, markdown: str) -> None:
        """By the first token that may."""
        change = {
            "operation": "replace", "section_id": section,
            "document_content": {"type": "markdown", "markdown": markdown},
        }  # fmt: skip
        tried = ""
        for token in self._writers(tenant, file.user):
            try:
                await self._web.call(token, "canvases.edit", canvas_id=file.id, changes=json.dumps([change]))
            except Refused as refused:
                tried = refused.code
            else:
                return
        raise ReachFailed("slack canvases.edit", tried or "no_token")

    async def delete(self, message: Message, file: Attachment) -> None:
        """By the strongest token that works. A file already gone is done."""
        if file.mode == LINKED:
            raise ReachFailed("a linked page's picture", "not_ours")
        tried = ""
        for token in self._deleters(message, file):
            try:
                if token.kind == "discovery":
                    await discovery.tombstone_file(self._web, token, token.tenant, file.id)
                else:
                    await self._web.call(token, "files.delete", file=file.id)
            except Refused as refused:
                if refused.code in _GONE:
                    return
                tried = refused.code
            else:
                return
        raise ReachFailed("slack files.delete", tried or "no_token")

    async def gone(self, tenant: str, file: str) -> bool | None:
        if file.startswith(PICTURE):
            return None
        try:
            return (await self.described(tenant, file)).mode == "tombstone"
        except Refused as refused:
            return True if refused.code in _GONE else None

    async def shares(self, tenant: str, file: str) -> tuple[MessageRef, ...]:
        about = (await self._web.call(self._tokens.bot(tenant), "files.info", file=file))["file"]
        ours = read(about).user in self._tokens.own(tenant)
        return () if ours else tuple(_shares(about, tenant))

    async def upload(self, tenant: str, name: str, data: bytes, instead: str) -> str:
        asked = await self._web.call(
            self._tokens.bot(tenant), "files.getUploadURLExternal", filename=name, length=len(data),
            alt_txt=instead or None,
        )  # fmt: skip
        try:
            async with self._web.session.post(asked["upload_url"], data=data) as response:
                if response.status != 200:
                    raise Unavailable(f"slack file upload: HTTP {response.status}")
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise Unavailable(f"slack file upload: {type(fault).__name__}") from None
        return str(asked["file_id"])

    async def share(self, ref: MessageRef, file: str, name: str, comment: str) -> None:
        await self._web.call(
            self._tokens.bot(ref.channel.tenant), "files.completeUploadExternal",
            files=json.dumps([{"id": file, "title": name}]), channel_id=ref.channel.id, thread_ts=ref.thread,
            initial_comment=mrkdwn(comment) or None,
        )  # fmt: skip

    async def shared(self, ref: MessageRef, file: str) -> bool | None:
        try:
            about = await self._web.call(self._tokens.bot(ref.channel.tenant), "files.info", file=file)
        except Refused as refused:
            return False if refused.code in _GONE else None
        return any(at.channel == ref.channel for at in _shares(about["file"], ref.channel.tenant))

    async def _proxied(self, file: Attachment, limit: int) -> bytes:
        """A linked page's picture from Slack's proxy, without a token; no other host is asked for one, for a page
        may name any address (of this network, say)."""
        if file.is_external or not file.url.startswith(PROXY):
            raise Refused("this picture is not kept by Slack", "not_a_file")
        try:
            return await self._fetch(None, file, limit)
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise Unavailable(f"slack picture download: {type(fault).__name__}") from None

    async def _fetch(self, token: Token | None, file: Attachment, limit: int) -> bytes:
        headers = {"Authorization": f"Bearer {token.value}"} if token else {}
        async with self._web.session.get(file.url, headers=headers, allow_redirects=False) as response:
            if response.status >= 500 or response.status == 429:
                raise Unavailable(f"slack file download: HTTP {response.status}")
            if response.status != 200 or (not file.living and _is_login_page(response, file)):
                raise Refused(_PAGE, "not_a_file")
            data = await within(response.content.iter_chunked(_CHUNK), limit)
            if file.living and canvases.is_sign_in(data):
                raise Refused(_PAGE, "not_a_file")
            return data

    def _is_slacks(self, url: str) -> bool:
        """The bearer token goes only to hosts that we were told of, and never in clear off this machine."""
        at = urlsplit(url)
        known = at.netloc in self._hosts or at.hostname in self._hosts
        return known and (at.scheme == "https" or at.hostname in ("127.0.0.1", "localhost"))

    def _deleters(self, message: Message, file: Attachment) -> Iterator[Token]:
        tenant = message.ref.channel.tenant
        users = [("user", user) for user in dict.fromkeys((file.user, message.sender)) if user]
        yield from self._held(tenant, ("discovery", ""), *users, ("admin", ""), ("bot", ""))

    def _writers(self, tenant: str, author: str) -> Iterator[Token]:
        yield from self._held(tenant, ("bot", ""), ("user", author), ("admin", ""))

    def _held(self, tenant: str, *kinds: tuple[str, str]) -> Iterator[Token]:
        for kind, subject in kinds:
            if token := self._tokens.find(tenant, kind, subject):
                yield token


def _shares(file: Mapping[str, Any], tenant: str) -> Iterator[MessageRef]:
    """Where files.info says that a file is shared; a channel's own canvas stands there without a message."""
    for places in (file.get("shares") or {}).values():
        for channel, shares in places.items():
            for share in shares:
                yield MessageRef(Channel(PLATFORM, tenant, channel), str(share["ts"]), share.get("thread_ts"))
    if canvases.is_canvas(file) and (channel := file.get("linked_channel_id")):
        yield MessageRef(Channel(PLATFORM, tenant, channel), f"{int(file.get('created') or 0)}.000000")


def _is_login_page(response: aiohttp.ClientResponse, file: Attachment) -> bool:
    """Without files:read Slack answers 200 and its sign-in page."""
    if response.content_type != "text/html":
        return False
    same_size = response.content_length is not None and response.content_length == file.size
    return "html" not in file.mimetype or (file.size > 0 and not same_size)
