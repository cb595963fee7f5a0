"""Events API delivery: signed, concurrent, retried as Slack retries, and recorded."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from typing import Any

import aiohttp

from connectors.sandbox.channels import SLACK, Channel
from connectors.sandbox.faults import Faults
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]

ANSWER_WITHIN = 3.0
RETRY_AFTER = (0.0, 60.0, 300.0)
HISTORY_SCOPE = {
    "public": "channels:history",
    "private": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
READ_SCOPE = {"public": "channels:read", "private": "groups:read", "im": "im:read", "mpim": "mpim:read"}


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 request signature."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Delivery:
    """Sends what happens in a workspace to the app's request URL, each event in its own request."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self.workspace = workspace
        self.faults = faults
        self.url = ""
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._count = 0

    async def open(self) -> None:
        connector = aiohttp.TCPConnector(limit=100, keepalive_timeout=60)
        self._session = aiohttp.ClientSession(connector=connector)
        self.workspace.on_event.append(self.hear)

    async def close(self) -> None:
        self.workspace.on_event.remove(self.hear)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    @property
    def under_way(self) -> int:
        return len(self._tasks)

    async def settled(self) -> None:
        """Wait until nothing is under way (retries included)."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._tasks)

    def hear(self, event: Json, channel: Channel | None) -> None:
        """Something happened: deliver it if the app is entitled to hear of it."""
        if not self.url or (channel is not None and not channel.is_at(SLACK)):
            return
        authorised = self._authorisation(event, channel)
        if authorised is None:
            return
        if self.faults.events_lost > 0:
            self.faults.events_lost -= 1
            return
        for _ in range(1 + self.faults.events_repeated):
            self._start(self.wrapped(event, channel, authorised))

    def announce_rate_limit(self) -> None:
        """`app_rate_limited`: Slack sends it bare, without the event wrapper."""
        self._start(
            {
                "token": self.workspace.app.verification_token,
                "type": "app_rate_limited",
                "team_id": self.workspace.team,
                "minute_rate_limited": int(time.time()) // 60 * 60,
                "api_app_id": self.workspace.app.id,
            }
        )

    def wrapped(self, event: Json, channel: Channel | None, authorised: Json) -> Json:
        """The event_callback body, with the keys that captured ones have."""
        workspace = self.workspace
        self._count += 1
        return {
            "token": workspace.app.verification_token,
            "team_id": workspace.team,
            "context_team_id": workspace.team,
            "context_enterprise_id": None,
            "api_app_id": workspace.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev0SBX{self._count:06X}{time.time_ns() % 0xFFFF:04X}",
            "event_time": int(float(event["event_ts"])),
            "authorizations": [authorised],
            "is_ext_shared_channel": bool(channel and channel.is_shared),
            "event_context": f"4-sandbox-{workspace.app.id}-{channel.id if channel else workspace.team}",
        }

    def _authorisation(self, event: Json, channel: Channel | None) -> Json | None:
        kind = event["type"]
        workspace = self.workspace
        bot = workspace.tokens.live("bot", workspace.app.user)
        if kind in ("app_uninstalled", "tokens_revoked"):
            return self._on_behalf(workspace.app.user, is_bot=True)
        needed = self._scope(kind, channel)
        membership = kind in ("message", "member_joined_channel", "member_left_channel")
        inside = (
            channel is None or not (membership or channel.is_private) or workspace.app.user in channel.members
        )
        if bot and needed in bot.scopes and inside:
            return self._on_behalf(bot.user, is_bot=True)
        if kind != "message" or channel is None:
            return None
        for token in workspace.tokens.all_live():
            if token.kind == "user" and needed in token.scopes and token.user in channel.members:
                return self._on_behalf(token.user, is_bot=False)
        return None

    def _scope(self, kind: str, channel: Channel | None) -> str:
        if kind.startswith("file_"):
            return "files:read"
        if kind in ("team_join", "user_change"):
            return "users:read"
        if kind == "message" and channel:
            return HISTORY_SCOPE[channel.kind]
        return READ_SCOPE[channel.kind] if channel else "channels:read"

    def _on_behalf(self, user: str, *, is_bot: bool) -> Json:
        return {
            "enterprise_id": None,
            "team_id": self.workspace.team,
            "user_id": user,
            "is_bot": is_bot,
            "is_enterprise_install": False,
        }

    def _start(self, body: Json) -> None:
        entry = {
            "event_id": body.get("event_id", body["type"]), "type": body.get("event", body)["type"],
            "subtype": body.get("event", body).get("subtype"), "ts": body.get("event", {}).get("ts"),
            "first_at": None, "answered_at": None, "tries": 0, "status": None,
        }  # fmt: skip
        self.workspace.deliveries.append(entry)
        self.spawn(self._deliver(json.dumps(body).encode(), entry))

    def spawn(self, work: Any) -> None:
        """Run a coroutine beside the others; `settled` and `close` know of it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, body: bytes, entry: Json) -> None:
        reason = ""
        for number, wait in enumerate((None, *RETRY_AFTER)):
            if wait:
                await asyncio.sleep(wait / self.faults.clock_factor)
            entry["first_at"] = entry["first_at"] or time.time()
            entry["tries"] = number + 1
            retry = (("x-slack-retry-num", str(number)), ("x-slack-retry-reason", reason)) if number else ()
            entry["status"], reason, no_retry = await self._try(body, retry)
            if entry["status"] and 200 <= entry["status"] < 300:
                entry["answered_at"] = time.time()
                return
            if no_retry:
                return

    async def _try(self, body: bytes, extra: Iterable[tuple[str, str]]) -> tuple[int | None, str, bool]:
        """Status (None: no answer), Slack's word for the failure, and whether the app asked for no retry."""
        try:
            status, headers, _ = await self.send(f"{self.url}/slack/events", body, "application/json", extra)
        except TimeoutError:
            return None, "http_timeout", False
        except aiohttp.ClientError:
            return None, "connection_failed", False
        return status, "http_error", headers.get("x-slack-no-retry") == "1"

    async def send(
        self, url: str, body: bytes, content_type: str, extra: Iterable[tuple[str, str]] = ()
    ) -> tuple[int, dict[str, str], bytes]:
        """One signed request. Raises TimeoutError after three seconds, aiohttp.ClientError when refused."""
        if self._session is None:
            raise aiohttp.ClientError("delivery is not open")
        stamp = str(int(time.time()))
        headers = {
            "content-type": content_type,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": signature(self.workspace.app.signing_secret, stamp, body),
        }
        headers.update(extra)
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        async with self._session.post(
            url, data=body, headers=headers, timeout=timeout, allow_redirects=False
        ) as got:
            lowered = {name.lower(): value for name, value in got.headers.items()}
            return got.status, lowered, await got.read()

    async def verify_url(self) -> bool:
        """Slack's url_verification handshake: the app must answer with the challenge."""
        challenge = hashlib.sha256(self.url.encode()).hexdigest()
        token = self.workspace.app.verification_token
        body = json.dumps({"token": token, "challenge": challenge, "type": "url_verification"}).encode()
        try:
            status, _, answer = await self.send(f"{self.url}/slack/events", body, "application/json")
        except (TimeoutError, aiohttp.ClientError):
            return False
        return status == 200 and challenge.encode() in answer
