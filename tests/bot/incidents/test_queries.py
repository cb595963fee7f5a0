"""The queue and the story, straight from the store."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.incidents import queries
from bot.incidents.ledger import Ledger
from bot.incidents.queries import Filters, Story
from bot.store.database import Store
from bot.vault.keys import Keys
from tests.bot.console import seed
from tests.bot.console.seed import NOW, SENDER


@dataclass
class Seeded:
    store: Store
    keys: Keys
    clock: seed.Clock

    async def ids(self, **wanted: object) -> list[str]:
        filters = Filters(**wanted)  # type: ignore[arg-type]
        rows = await self.store.read(lambda c: queries.queue(c, filters).rows)
        return [r["id"][-1] for r in rows]

    async def story(self, incident: str) -> Story:
        found = await self.store.read(lambda c: queries.story(c, incident))
        assert found is not None
        return found


@pytest.fixture
async def seeded(tmp_path: Path) -> AsyncIterator[Seeded]:
    keys, clock = Keys(secrets.token_bytes(32)), seed.Clock()
    store = Store.open(tmp_path / "q.db", keys.database_key)
    await seed.everything(store, keys, clock)
    yield Seeded(store, keys, clock)
    store.close()


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, "2134"), ({"state": "all"}, "2134"), ({"state": "open"}, "4"), ({"kind": "POSTCODE"}, "3"),
        ({"kind": "CHI"}, ""), ({"since": NOW - 3600}, "24"), ({"until": NOW - 3600}, "13"),
        ({"sender": "U-BEN"}, "3"), ({"sender": ""}, ""), ({"sender": SENDER, "outsiders": True}, "21"),
    ],
)  # fmt: skip
async def test_filters(seeded: Seeded, wanted: dict[str, object], ids: str) -> None:
    assert await seeded.ids(**wanted) == list(ids)


async def test_a_page_beyond_the_end_is_the_last_one(seeded: Seeded) -> None:
    page = await seeded.store.read(lambda c: queries.queue(c, Filters(), number=9, size=3))
    assert (page.number, page.pages, page.total, len(page.rows)) == (2, 2, 4, 1)
    empty = await seeded.store.read(lambda c: queries.queue(c, Filters(kind="CHI"), number=0))
    assert (empty.number, empty.pages, empty.total) == (1, 1, 0)


async def test_counts_are_of_everybody_or_of_one_sender(seeded: Seeded) -> None:
    counted = await seeded.store.read(queries.counts)
    assert counted == {"hidden": 2, "failed": 1, "open": 1, "waiting": 4, "all": 4, "readable": 1}
    mine = await seeded.store.read(lambda c: queries.counts(c, "U-BEN"))
    assert mine == {"hidden": 1, "waiting": 1, "all": 1, "readable": 0}


async def test_a_message_waiting_to_be_hidden_is_still_readable(seeded: Seeded) -> None:
    ledger = Ledger(seeded.store, seeded.keys, seeded.clock)
    await ledger.open(seed.opening(NOW), "aaaa00000005")
    assert await seeded.ids(state="readable") == ["2", "5"]
    await ledger.add("aaaa00000005", "verified", state="hidden", exposure_ms=80.0)
    assert await seeded.ids(state="readable") == ["2"]


async def test_story_holds_everything_in_order(seeded: Seeded) -> None:
    story = await seeded.story("aaaa00000001")
    assert [r["what"] for r in story.timeline] == ["posted", "detected", "verified", "warned"]
    assert [r["standing"] for r in story.audience] == ["staff", "staff", "unknown"]
    assert (story.channel, story.sender_name, story.nearby) == ("ward-7-team", "Amara Okafor", 2)
    assert story.original_kept_until == pytest.approx(NOW - 7200 + 0.25 + 30 * 86400)
    assert (story.happened("warned"), story.happened("revealed"), story.happened("warned", by="x")) == (
        1,
        0,
        0,
    )
    assert "Okafor" not in repr(story).replace(repr(story.audience), "")


async def test_a_senders_name_may_come_from_the_members(seeded: Seeded) -> None:
    opened = seed.opening(NOW, audience=())
    await Ledger(seeded.store, seeded.keys, seeded.clock).open(opened, "aaaa00000006")
    assert (await seeded.story("aaaa00000006")).sender_name == "Amara Okafor"


async def test_no_such_story(seeded: Seeded) -> None:
    assert await seeded.store.read(lambda c: queries.story(c, "none")) is None


async def test_channels_that_have_events(seeded: Seeded) -> None:
    rows = await seeded.store.read(queries.channels)
    assert [(r["id"], r["shown_name"]) for r in rows] == [
        ("C-CLINIC", "clinic-letters"),
        ("C-WARD", "ward-7-team"),
    ]
    mine = await seeded.store.read(lambda c: queries.channels(c, "U-BEN"))
    assert [r["id"] for r in mine] == ["C-CLINIC"]
