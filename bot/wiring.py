"""Build everything from settings, with plain arguments: the only place that names concrete platforms."""

import asyncio
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route

from bot import upkeep
from bot.console import app as console_app
from bot.conversations.memory import Memory
from bot.conversations.register import Conversations
from bot.conversations.rosters import Rosters
from bot.directories import staff_directories
from bot.engine.interface import Work
from bot.engine.lanes import Patience
from bot.engine.local import LocalEngine
from bot.files import Files
from bot.files.again import Again
from bot.files.ending import Endings
from bot.files.pool import Pool
from bot.files.progress import Progress
from bot.files.taking import Taking
from bot.hiding.enforcement import Enforcement
from bot.hiding.inspection import Inspector
from bot.incidents.incident import Opening
from bot.incidents.ledger import Ledger
from bot.journeys import SURVEY, Journeys
from bot.membership.expiring import Expiring
from bot.membership.journey import Membership
from bot.messages.about import About
from bot.messages.catch_up import CatchUp
from bot.messages.choices import Choices
from bot.messages.contests import Contests
from bot.messages.guard import Guard
from bot.messages.silence import Silence
from bot.platforms import Platforms
from bot.policy import load as policies
from bot.policy.presets import Policy
from bot.settings.sections import Settings
from bot.store.database import Store
from bot.vault.keys import Keys
from bot.vault.labels import Labels
from bot.vault.quarantine import Quarantine
from bot.vault.tokens import SealedTokens
from connectors.interface import Channel, Delivery, Uninstalled

log = logging.getLogger(__name__)


@dataclass
class System:
    """The whole bot. `app` answers HTTP; `start` and `stop` go round its life."""

    app: Starlette
    store: Store
    keys: Keys
    engine: LocalEngine
    journeys: Journeys
    catch_up: CatchUp
    conversations: Conversations
    platforms: Platforms
    upkeep: upkeep.Upkeep
    ledger: Ledger
    files: Files
    pool: Pool
    served_at: tuple[str, int]
    """Where the app is going to listen."""
    _tasks: set[asyncio.Task[None]]

    async def start(self) -> None:
        """Take up unfinished work, then look for what was missed; returns when deliveries can be accepted."""
        await self.conversations.load()
        self.upkeep.schedule(self.engine)
        await self.engine.start(self.journeys.handle, self._dead)
        for meanwhile in (self.catch_up.everything(), self.upkeep.warm(), self._watch()):
            task = asyncio.create_task(meanwhile)
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def _watch(self) -> None:
        """Graph asks an address for an answer before it tells it anything: ours must be served by then."""
        if self.platforms.teams is None:
            return
        while True:
            try:
                _, writer = await asyncio.open_connection(*self.served_at)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.1)
        await self.platforms.teams.keep_watch(self.engine.accept)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("what was to be done at the start ended: %s", type(error).__name__)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.engine.stop()
        await self.pool.close()
        await self.conversations.flush()
        await self.platforms.close()
        self.store.close()

    async def _dead(self, work: Work, error: str) -> None:
        """Work that failed every time: the message stays where it is, and IG sees that nobody looked at it."""
        if await self.files.dead(work, error):
            return
        platform, *rest = work.delivery.lane.split(":", 2)
        channel = Channel(platform, work.delivery.tenant, rest[1] if len(rest) > 1 else "")
        opening = Opening(
            kind="delivery", channel=channel, action="observe", risk=60,
            reasons=("Chaperone could not work on this delivery. What was posted stays as it was.", f"Error: {error}."),
            accepted_at=work.accepted_at.timestamp(),
        )  # fmt: skip
        await self.ledger.open(opening, self.keys.pseudonym("incident", f"{work.id}/dead")[:12])


class _Tokens(SealedTokens):
    """Tells when an app was installed, so that its conversations are looked at."""

    installed: Any = None

    def put(self, platform: str, tenant: str, kind: str, subject: str, token: Mapping[str, Any]) -> None:
        super().put(platform, tenant, kind, subject, token)
        if kind in ("bot", "installed") and self.installed:
            self.installed(platform, tenant)


def build(settings: Settings, patience: Patience | None = None) -> System:
    """Open the store and join the parts. Raises SettingsError, PolicyError, KeyFileError or StoreError."""
    data = settings.chaperone.data
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    policy = read_policy(settings.chaperone.policy)
    keys = Keys.from_file(settings.chaperone.key_file, make=True)
    store = Store.open(data / "chaperone.db", keys.database_key)
    tokens = _Tokens(store, keys)
    engine = LocalEngine(store, keys, patience=patience)
    ledger = Ledger(store, keys, keep_days=settings.chaperone.keep_days)
    chat = Platforms.of(settings, tokens, keys)
    platforms = chat.by_name()
    directories = staff_directories(settings)

    def current() -> Policy:
        return policy

    def ig_users(tenant: str) -> tuple[str, ...]:
        return settings.governance.of(tenant)

    conversations = Conversations(store=store, keys=keys, platforms=platforms, policy=current)
    rosters = Rosters(platforms, directories)
    memory, labels = Memory(), Labels(store, keys)
    membership = Membership(
        platforms=platforms, directories=directories, store=store, ledger=ledger, engine=engine, keys=keys,
        conversations=conversations, ig_users=ig_users,
    )  # fmt: skip
    inspector = Inspector(
        policy=current, preset_of=conversations.preset_of, rosters=rosters, memory=memory,
        hospital_numbers=settings.detectors.hospital_numbers, spared=settings.detectors.spared(),
    )  # fmt: skip
    enforcement = Enforcement(engine, ledger)
    quarantine = Quarantine(data / "files", keys)
    pool, progress = Pool(), Progress(platforms, engine)
    taking = Taking(platforms=platforms, ledger=ledger, engine=engine, quarantine=quarantine)
    files = Files(
        platforms=platforms, engine=engine, ledger=ledger, keys=keys, labels=labels, inspector=inspector,
        membership=membership, conversations=conversations, taking=taking,
        endings=Endings(taking=taking, ledger=ledger, enforcement=enforcement), progress=progress, pool=pool,
    )  # fmt: skip
    guard = Guard(
        platforms=platforms, inspector=inspector, membership=membership, enforcement=enforcement, files=files,
        ledger=ledger, engine=engine, labels=labels, memory=memory, conversations=conversations, keys=keys,
    )  # fmt: skip
    choices = Choices(
        platforms=platforms, guard=guard, enforcement=enforcement, ledger=ledger, engine=engine,
        membership=membership, conversations=conversations, ig_users=ig_users,
        again=Again(taking=taking, ledger=ledger, enforcement=enforcement, quarantine=quarantine),
        connect_urls={"slack": f"{settings.chaperone.public_url}/slack/connect"},
    )  # fmt: skip
    about = About(
        platforms=platforms, inspector=inspector, membership=membership, ledger=ledger, engine=engine, labels=labels,
        keys=keys,
    )  # fmt: skip
    catch_up = CatchUp(platforms=platforms, tenants=chat.tenants, conversations=conversations, membership=membership,
                       accept=engine.accept)  # fmt: skip

    silence = Silence(
        platforms=platforms, tenants=chat.tenants, conversations=conversations, accept=engine.accept, engine=engine,
        store=store, ig_users=ig_users,
    )  # fmt: skip

    def forget(platform: str, gone: Uninstalled) -> None:
        chat.forget(platform, gone.tenant, gone.users)

    async def sync() -> None:
        await care.refresh()

    contests = Contests(platforms=platforms, ledger=ledger, guard=guard, membership=membership, keys=keys)
    journeys = Journeys(
        platforms=platforms, guard=guard, about=about, choices=choices, contests=contests, membership=membership,
        conversations=conversations, rosters=rosters, memory=memory, files=files, catch_up=catch_up.tenant, forget=forget,
        sync=sync,
    )  # fmt: skip
    tokens.installed = _survey_when_installed(engine)
    care = upkeep.Upkeep(
        store=store, keys=keys, engine=engine, ledger=ledger, conversations=conversations, membership=membership,
        directories=directories, rosters=rosters, quarantine=quarantine, pool=pool, data=data, silence=silence,
        expiring=Expiring(store=store, platforms=platforms, conversations=conversations, engine=engine, ig_users=ig_users),
    )  # fmt: skip
    app = _app(settings, store, keys, engine, chat, current, care, quarantine, progress, silence)
    system = System(
        app, store, keys, engine, journeys, catch_up, conversations, chat, care, ledger, files, pool,
        (settings.chaperone.host, settings.chaperone.port), set(),
    )  # fmt: skip
    app.state.system = system
    return system


def read_policy(path: Path | None) -> Policy:
    """The organisation's policy, or the one that ships. Raises PolicyError or OSError."""
    return policies.load(path.read_text("utf-8")) if path else policies.default()


def _survey_when_installed(engine: LocalEngine) -> Any:
    pending: set[asyncio.Task[bool]] = set()

    def installed(platform: str, tenant: str) -> None:
        body = json.dumps({"platform": platform, "tenant": tenant}).encode()
        lane = f"{platform}:{tenant}"
        delivery = Delivery(SURVEY, tenant, lane, (f"survey:{secrets.token_hex(8)}",), body)
        task = asyncio.get_running_loop().create_task(engine.accept(delivery))
        pending.add(task)
        task.add_done_callback(pending.discard)

    return installed


def _app(
    settings: Settings, store: Store, keys: Keys, engine: LocalEngine, chat: Platforms, policy: Any,
    care: upkeep.Upkeep, quarantine: Quarantine, progress: Progress, silence: Silence,
) -> Starlette:  # fmt: skip
    async def healthz(_: Request) -> JSONResponse:
        return JSONResponse(await care.vital_signs())

    pages = console_app.build(
        store=store, keys=keys, accept=engine.accept, policy=policy, health=care.directories,
        secure_cookies=settings.chaperone.secure_cookies, files=quarantine, under_way=progress.of,
        directories=care.read_from,
    )  # fmt: skip
    routes: list[BaseRoute] = [Route("/healthz", healthz)]
    routes += chat.routes(silence.hear)
    return Starlette(routes=[*routes, Mount("/", pages)])
