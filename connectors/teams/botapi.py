"""The Bot Connector over plain HTTP (v3): what our bot says, changes and takes back.

Not through the library, whose serialisation drops `recipient.isTargeted`: what was meant for one person would be
said to everyone.
"""

import asyncio
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import aiohttp
from yarl import URL

from connectors.bounded import within
from connectors.interface import NotAuthorised, Refused, Unavailable
from connectors.microsoft.connections import Connections
from connectors.microsoft.tokens import Tokens
from connectors.teams.known import Known
from connectors.teams.pace import Pace, of_bot

SCOPE: Final = "https://api.botframework.com/.default"
_TIMEOUT: Final = 30.0
_TRIES: Final = 3
_PATIENCE: Final = 20.0
"""Seconds that a call waits for a throttle by itself; a longer one is the caller's business."""
_THROTTLED: Final = (412, 429)
_BROKEN: Final = (500, 502, 503, 504)
_CHUNK: Final = 64 * 1024

Json = Mapping[str, Any]


class BotApi:
    """Calls in the name of the bot `app_id`. Every call raises Unavailable, NotAuthorised (401) or Refused (`code`
    is the service's own, or the status); errors never quote a body.

    `token_tenant` is where the bot's tokens come from: its own tenant, when that differs from where it speaks.
    """

    def __init__(
        self, tokens: Tokens, known: Known, app_id: str, *, scope: str = SCOPE, token_tenant: str = "",
        ca_file: Path | None = None,
    ) -> None:  # fmt: skip
        self._tokens = tokens
        self._known = known
        self._app_id = app_id
        self._scope = scope
        self._token_tenant = token_tenant
        self._pace = Pace()
        self._personal: dict[tuple[str, str], str] = {}
        self._connections = Connections(ca_file, _TIMEOUT)

    async def send(self, tenant: str, conversation: str, activity: Json, *, targeted: bool = False) -> str:
        """The new activity's id. `conversation` may name a thread ("19:…;messageid=…"); with `targeted`, the
        activity's `recipient` alone sees it."""
        answer = await self._call(
            "POST", tenant, _path(conversation, "activities") + _for_one(targeted), activity
        )
        return str((answer or {}).get("id") or "")

    async def update(
        self, tenant: str, conversation: str, id: str, activity: Json, *, targeted: bool = False
    ) -> None:
        """Put another activity in the place of one of ours."""
        await self._call("PUT", tenant, _path(conversation, "activities", id) + _for_one(targeted), activity)

    async def delete(self, tenant: str, conversation: str, id: str, *, targeted: bool = False) -> None:
        """Take one of ours away; one already gone is done."""
        try:
            await self._call("DELETE", tenant, _path(conversation, "activities", id) + _for_one(targeted))
        except Refused as refused:
            if refused.code not in ("404", "ActivityNotFoundInConversation"):
                raise

    async def personal(self, tenant: str, user: str) -> str:
        """The conversation with one person alone; the service gives the same one each time."""
        if (tenant, user) not in self._personal:
            body = {
                "bot": {"id": f"28:{self._app_id}"}, "isGroup": False, "members": [{"id": user}], "tenantId": tenant,
                "channelData": {"tenant": {"id": tenant}},
            }  # fmt: skip
            answer = await self._call("POST", tenant, "v3/conversations", body)
            self._personal[tenant, user] = _id(answer)
        return self._personal[tenant, user]

    async def account(self, tenant: str, conversation: str, user: str) -> str:
        """What the service calls a member of a conversation (`29:…`). Raises Refused when they are none."""
        if known := self._known.account(tenant, user):
            return known
        answer = await self._call("GET", tenant, _path(conversation.partition(";")[0], "members", user))
        self._known.met(tenant, user, account := _id(answer))
        return account

    async def group(self, tenant: str, service_url: str, team: str) -> str:
        """The group's id of a team, by its thread id; "" when the service does not know it."""
        try:
            answer = await self._call("GET", tenant, f"v3/teams/{quote(team, safe='')}", base=service_url)
        except NotAuthorised:
            raise
        except Refused:
            return ""
        return str((answer or {}).get("aadGroupId") or "")

    async def content(self, tenant: str, url: str, limit: int) -> bytes:
        """A picture that came with an activity: its address wants the bot's token, which goes to the tenant's own
        service alone. Raises Refused ("not_given" for an address elsewhere, "too_large")."""
        if not self._is_the_services(tenant, url):
            raise Refused("this picture lies elsewhere", "not_given")
        token = await self._tokens.get(self._token_tenant or tenant, self._scope)
        try:
            async with self._connections.open().get(
                URL(url, encoded=True), headers={"Authorization": f"Bearer {token}"}, allow_redirects=False
            ) as response:
                if response.status in (*_THROTTLED, *_BROKEN):
                    wait = _seconds(response.headers.get("Retry-After", ""))
                    raise Unavailable(f"the bot service answered {response.status}", wait)
                if response.status != 200:
                    raise Refused("the bot service did not give the picture", "not_given")
                return await within(response.content.iter_chunked(_CHUNK), limit)
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise Unavailable(f"a picture could not be fetched ({type(fault).__name__})") from None

    def _is_the_services(self, tenant: str, url: str) -> bool:
        service = URL(self._known.service_url(tenant))
        try:
            asked = URL(url, encoded=True)
            return asked.scheme == "https" and asked.authority == service.authority
        except ValueError:
            return False

    async def close(self) -> None:
        """Give the connections back; a later call opens new ones."""
        await self._connections.close()

    async def _call(
        self, method: str, tenant: str, path: str, body: Json | None = None, base: str = ""
    ) -> Any:
        url = f"{(base or self._known.service_url(tenant)).rstrip('/')}/{path}"
        thread, fresh = path.partition("/activities")[0], False
        for tried in range(1, _TRIES + 1):
            if method != "GET":
                await self._pace.turn(of_bot(tenant, thread))
            status, answer, retry_after = await self._once(method, url, tenant, body, fresh)
            if status < 400:
                return answer
            fresh = status == 401
            wait = retry_after or random.uniform(0.5, 1.5) * tried  # noqa: S311 - so that not all come back at once
            if status in _THROTTLED and method != "GET":
                self._pace.hold((tenant, thread), wait)
            again = fresh or status in _THROTTLED or (status in _BROKEN and method != "POST")
            if tried == _TRIES or not again or wait > _PATIENCE:
                raise _error(status, answer, wait)
            await asyncio.sleep(0 if fresh else wait)
        raise AssertionError("a loop of at least one try")

    async def _once(
        self, method: str, url: str, tenant: str, body: Json | None, fresh: bool
    ) -> tuple[int, Any, float]:
        token = await self._tokens.get(self._token_tenant or tenant, self._scope, fresh=fresh)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with self._connections.open().request(
                method, URL(url, encoded=True), json=body, headers=headers, allow_redirects=False
            ) as response:
                answer = _read(await response.read())
                return response.status, answer, _seconds(response.headers.get("Retry-After", ""))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as fault:
            raise Unavailable(f"the bot service cannot be reached ({type(fault).__name__})") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise Unavailable(
                f"the bot service did not answer ({type(fault).__name__})", maybe_done=True
            ) from None


def _id(answer: Any) -> str:
    if not isinstance(answer, dict) or not answer.get("id"):
        raise Unavailable("the bot service's answer was cut short")
    return str(answer["id"])


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None  # an empty answer, or a gateway's page


def _path(conversation: str, *more: str) -> str:
    return "/".join(("v3/conversations", *(quote(step, safe="") for step in (conversation, *more))))


def _for_one(targeted: bool) -> str:
    return "?isTargetedActivity=true" if targeted else ""


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.replace(".", "", 1).isdigit() else 0.0


def _error(status: int, answer: Any, wait: float) -> Exception:
    inner = answer.get("error") if isinstance(answer, dict) else None
    code = str(inner.get("code") or "") if isinstance(inner, dict) else ""
    if status == 401:
        return NotAuthorised("the bot service refused the application", code or "401")
    if status in (*_THROTTLED, *_BROKEN):
        return Unavailable(f"the bot service answered {status}", wait, maybe_done=status in _BROKEN)
    return Refused("the bot service answered", code or str(status))
