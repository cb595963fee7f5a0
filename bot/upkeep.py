"""What is done by the clock: watermarks, directories, sweeps, purges, checkpoints, and the vital signs."""

import logging
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from bot.conversations.register import Conversations
from bot.conversations.rosters import Rosters
from bot.engine.local import LocalEngine
from bot.files.pool import Pool
from bot.incidents import audit
from bot.incidents.ledger import Ledger
from bot.membership.expiring import Expiring
from bot.membership.journey import Membership
from bot.messages.silence import Silence
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys
from bot.vault.quarantine import Quarantine
from connectors.interface import ConnectorError, DirectoryHealth, StaffDirectory

log = logging.getLogger(__name__)

_KEEP_ROWS = 7 * 86400.0


class Upkeep:
    """Schedules, each a small function of its own; none of them holds up a message."""

    def __init__(
        self, *, store: Store, keys: Keys, engine: LocalEngine, ledger: Ledger, conversations: Conversations,
        membership: Membership, directories: Sequence[StaffDirectory], rosters: Rosters, quarantine: Quarantine,
        pool: Pool, expiring: Expiring, silence: Silence, data: Path,
    ) -> None:  # fmt: skip
        self._store = store
        self._keys = keys
        self._engine = engine
        self._ledger = ledger
        self._conversations = conversations
        self._membership = membership
        self._directories = directories
        self._rosters = rosters
        self._quarantine = quarantine
        self._pool = pool
        self._expiring = expiring
        self._silence = silence
        self._data = data
        self.reading = "The process that reads files is starting."

    async def warm(self) -> None:
        """Start a process that reads files, so that the first file need not wait, and ask how it is confined."""
        try:
            self.reading = (await self._pool.confined()).words
        except Exception as error:  # noqa: BLE001  (whatever it was: files are quarantined, messages go on)
            log.error("the process that reads files did not start: %s", type(error).__name__)
            self.reading = "The process that reads files does not start: every file is quarantined."

    def schedule(self, engine: LocalEngine) -> None:
        """Hang every schedule on the engine."""
        engine.every("watermarks", 10, self._conversations.flush)
        engine.every("gauges", 60, self._gauges)
        engine.every("directories", 300, self._sync)
        engine.every("silence", 300, self._silence.look)
        engine.every("sweep", 3600, self._sweep)
        engine.every("checkpoint", 300, self._checkpoint)
        engine.every("expiring", 86400, self._expiring.run)
        engine.every("purge", 86400, self._purge)

    async def vital_signs(self) -> dict[str, Any]:
        """For load balancers and the replay: is it well, how much is unfinished, how much failed for good."""
        dead = await self._store.read(_dead)
        return {
            "ok": True,
            "unfinished": self._engine.waiting,
            "dead": dead,
            "lag_s": round(self._engine.lag, 3),
            "files": self.reading,
        }

    async def directories(self) -> Sequence[DirectoryHealth]:
        return [await d.health() for d in self._directories]

    @property
    def read_from(self) -> Sequence[StaffDirectory]:
        """The directories, in the order in which their word counts."""
        return self._directories

    @property
    def has_directories(self) -> bool:
        return bool(self._directories)

    async def synced(self) -> Sequence[DirectoryHealth]:
        """Every directory's health after reading it now."""
        return [await d.sync() for d in self._directories]

    async def refresh(self) -> None:
        """Read every directory and list every conversation again: an administrator asked for it."""
        await self._sync(datetime.now(UTC))
        await self._membership.sweeps.sweep_all()

    async def _gauges(self, at: datetime) -> None:
        """What IG and admins ask first: how quickly things are hidden, and what could not be."""
        now = at.timestamp()
        values = await self._store.read(lambda c: _last_day(c, now))

        def write(c: Connection) -> None:
            c.execute(delete(t.gauge))
            shown = [(name, "", value, "") for name, value in values.items()]
            shown.append(("reading_of_files", "", 0.0, self.reading))
            shown += [("listening", place, 0.0, words) for place, words in self._silence.words().items()]
            if (drift := self._membership.sweeps.drift) is not None:
                shown.append(("found_by_the_last_sweep", "", 0.0, drift.words))
            rows = [
                {"name": name, "subject": subject, "value": value, "words": words, "at": now}
                for name, subject, value, words in shown
            ]
            c.execute(insert(t.gauge), rows)

        await self._store.write(write)

    async def _sync(self, _at: datetime) -> None:
        for directory in self._directories:
            try:
                await directory.sync()
            except ConnectorError as error:
                log.warning("directory %s could not be read: %s", directory.name, type(error).__name__)
        self._rosters.forget()
        # Leavers are found now and not at the next sweep, which would ask the platform for every list.
        await self._membership.sweeps.directory_changed()

    async def _sweep(self, _at: datetime) -> None:
        await self._membership.sweeps.sweep_all()

    async def _checkpoint(self, at: datetime) -> None:
        await self._store.write(lambda c: audit.checkpoint(c, self._keys.signer, at.timestamp()))
        path = self._data / "audit-checkpoints.jsonl"
        await self._store.read(lambda c: audit.export(c, path))

    async def _purge(self, at: datetime) -> None:
        await self._engine.purge(at.timestamp() - _KEEP_ROWS)
        now = at.timestamp()
        gone = await self._store.read(
            lambda c: (
                c.execute(select(t.quarantine.c.incident).where(t.quarantine.c.kept_until < now))
                .scalars()
                .all()
            )
        )
        for incident in gone:
            await self._quarantine.purge(incident)
            await self._ledger.purge(incident)


def _last_day(c: Connection, now: float) -> dict[str, float]:
    i = t.incident.c
    recent = i.detected_at > now - 86400.0
    exposures = sorted(c.execute(select(i.exposure_ms).where(recent, i.exposure_ms.is_not(None))).scalars())
    counted = c.execute(select(i.state, func.count()).where(recent).group_by(i.state))
    states: dict[str, int] = {state: int(n) for state, n in counted}
    values = {f"{word}_in_the_last_day": float(states.get(state, 0)) for word, state in _COUNTED}
    for share in (50, 95):
        if exposures:
            at = min(len(exposures) - 1, math.ceil(share / 100 * len(exposures)) - 1)
            values[f"milliseconds_until_hidden_p{share}"] = exposures[at]
    return values


_COUNTED = (("hidden", "hidden"), ("could_not_be_hidden", "failed"), ("shown_again", "restored"))


def _dead(c: Connection) -> int:
    return int(
        c.execute(select(func.count()).select_from(t.inbox).where(t.inbox.c.state == "dead")).scalar_one()
    )
