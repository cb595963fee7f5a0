"""`chaperone replay`: whole conversations over the wire, and a table of what could be read and for how long."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bot.replay.files import screenshots, screenshots_on_teams
from bot.replay.measure import Measured, Truth, measure, percentile
from bot.replay.play import Conversation, ConversationError, play, read
from bot.replay.stage import Stage, StageError
from bot.replay.teams import TeamsStage, told_by_cards
from connectors.sandbox.workspace import Grants, Workspace

REACHES = {
    "tombstone": Grants(author_tokens=False, admin_token=False, discovery=True),
    "author_edit": Grants(author_tokens=True, admin_token=False, discovery=False),
    "admin_replace": Grants(author_tokens=False, admin_token=True, discovery=False),
    "warn_only": Grants(author_tokens=False, admin_token=False, discovery=False),
}


def add_parser(subparsers: Any) -> None:
    """Add `replay` to the command line."""
    p = subparsers.add_parser("replay", help="play conversations at the bot and measure what stayed readable")
    p.add_argument("conversations", nargs="*", type=Path, metavar="CONVERSATION")
    p.add_argument(
        "--files", type=int, default=0, metavar="N", help="post N drawn screenshots of patient lists instead"
    )
    p.add_argument("--platform", choices=("slack", "teams"), default="slack")
    p.add_argument("--directory", type=Path, help="staff directory (CSV)")
    p.add_argument("--rate", type=float, help="messages a second (default 5; 0.25 with --files)")
    p.add_argument("--reach", choices=tuple(REACHES), default="author_edit", help="what the workspace grants")
    p.add_argument(
        "--mode", choices=("tenant", "rsc"), default="tenant",
        help="Teams: consent for the whole tenant, or the app installed only",
    )  # fmt: skip
    p.add_argument("--kills", type=int, default=0, metavar="N", help="kill -9 the bot N times on the way")
    p.add_argument("--json", action="store_true")
    p.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 2 when something could not be used, said in one line."""
    if bool(args.files) == bool(args.conversations):
        print("chaperone replay: give conversations, or --files N", file=sys.stderr)
        return 2
    rate = args.rate if args.rate is not None else 0.25 if args.files else 5.0
    if rate <= 0 or args.files < 0:
        print("chaperone replay: --rate and --files must be above 0", file=sys.stderr)
        return 2
    try:
        if args.files:
            shown = asyncio.run(
                screenshots_on_teams(args.files, rate, args.mode)
                if args.platform == "teams"
                else screenshots(args.files, rate, REACHES[args.reach])
            )
            print(json.dumps(shown) if args.json else _files_table(shown))
            return 0
        conversations = [read(path) for path in args.conversations]
        if args.platform == "teams":
            report = asyncio.run(replay_teams(conversations, args.directory, rate, args.mode, args.kills))
        else:
            report = asyncio.run(replay(conversations, args.directory, rate, args.reach, args.kills))
    except (ConversationError, StageError, OSError) as error:
        print(f"chaperone replay: {error}", file=sys.stderr)
        return 2
    print(json.dumps(report) if args.json else _table(report))
    return 0


async def replay(
    conversations: list[Conversation], directory: Path | None, rate: float, reach: str, kills: int = 0
) -> dict[str, Any]:
    """Play the conversations one after another in one workspace; the report of `design.md`."""
    with tempfile.TemporaryDirectory(prefix="chaperone-") as folder:
        workspace = Workspace(name="Replay", grants=REACHES[reach])
        channels = [workspace.load_conversation(c.data) for c in conversations]
        admin = conversations[0].data["members"][0]["id"]
        async with Stage(workspace, Path(folder), directory) as stage:
            if reach == "tombstone":
                await stage.grant_discovery(admin)
            await stage.install(admin, only_bot=reach != "admin_replace")
            if reach == "author_edit":
                for user in dict.fromkeys(m["id"] for c in conversations for m in c.data["members"]):
                    await stage.connect(user)
            await stage.settled()
            truths: list[Truth] = []
            for conversation, channel in zip(conversations, channels, strict=True):
                when = _when(conversation, kills) if conversation is conversations[0] else []
                truths += await play(workspace, conversation, channel.id, rate, when, stage)
            settled = await stage.settled()
            end = time.time()
            health = await stage.health()
            history = workspace.history()
    return report(history, truths, measure(history, truths, end), health, settled) | {"reach": reach}


async def replay_teams(
    conversations: list[Conversation], directory: Path | None, rate: float, mode: str, kills: int = 0
) -> dict[str, Any]:
    """The same on Microsoft Teams: every conversation a channel of a team that the app is installed in."""
    with tempfile.TemporaryDirectory(prefix="chaperone-") as folder:
        workspace = Workspace(name="Replay")
        channels = [workspace.load_conversation(c.data) for c in conversations]
        async with TeamsStage(workspace, Path(folder), directory, mode=mode) as stage:
            if kills:
                # Microsoft tries again for hours; the end of that is not waited for.
                stage.teams.faults.clock_factor = 60.0
            for channel in channels:
                await stage.install(channel.id)
            await stage.subscribed()
            await stage.settled()
            truths: list[Truth] = []
            for conversation, channel in zip(conversations, channels, strict=True):
                when = _when(conversation, kills) if conversation is conversations[0] else []
                truths += await play(workspace, conversation, channel.id, rate, when, stage)
            settled = await stage.settled()
            end = time.time()
            health = await stage.health()
            history, told = workspace.history(), told_by_cards(workspace)
    said = report(history, truths, measure(history, truths, end), health, settled, told)
    return said | {"platform": "teams", "mode": mode}


def _when(conversation: Conversation, kills: int) -> list[int]:
    """After which lines the bot is killed, evenly."""
    every = len(conversation.lines) // (kills + 1)
    return [every * (k + 1) for k in range(kills)]


def report(
    history: dict[str, Any], truths: list[Truth], measured: list[Measured], health: dict[str, Any], settled: bool,
    told: list[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """`exposure_ms` is over the identifying messages that nobody can read at the end; those that can be
    read still are counted by `still_readable`. `told`: the event that each note to a sender was about, where
    the record of notes does not say."""
    told = told if told is not None else [n for n in map(_incident, history["ephemerals"]) if n]
    identifying = [(t, m) for t, m in zip(truths, measured, strict=True) if t.label == "identifying"]
    hidden = [m for _, m in identifying if not m.open]
    ms = [m.readable_seconds * 1000 for m in hidden]
    exposure = {f"p{p}": _round(percentile(ms, p / 100)) for p in (50, 95, 99)}
    return {
        "platform": "slack", "messages": len(truths), "identifying": len(identifying), "hidden": len(hidden),
        "still_readable": len(identifying) - len(hidden),
        "exposure_ms": {**exposure, "max": _round(max(ms, default=None))},
        "warned": len(set(told)), "warned_twice": len(told) - len(set(told)),
        "wrongly_hidden": sum(m.disturbed for m in measured),
        "errors": int(health.get("dead", 0)) + (0 if settled else 1) + _undelivered(history),
    }  # fmt: skip


def _incident(note: dict[str, Any]) -> str:
    """What a note's first button carries: the same for the same event, so that a repeat can be seen."""
    for block in note["versions"][0].get("blocks") or ():
        if block.get("type") == "actions":
            return str(block["elements"][0].get("value", ""))
    return ""


def _undelivered(history: dict[str, Any]) -> int:
    return sum(1 for d in history.get("deliveries", ()) if d.get("status") not in (200, 202, None))


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _table(report: dict[str, Any]) -> str:
    exposure = report["exposure_ms"]
    rows = [
        ("messages", report["messages"]),
        ("with an identifier", report["identifying"]),
        ("  hidden from everybody else at the end", report["hidden"]),
        ("  still readable at the end", report["still_readable"]),
        ("exposure of those hidden, ms: p50 / p95 / p99 / max",
         " / ".join(str(exposure[k]) for k in ("p50", "p95", "p99", "max"))),
        ("senders told", report["warned"]),
        ("told twice of one event", report["warned_twice"]),
        ("messages without an identifier that were changed", report["wrongly_hidden"]),
        ("errors", report["errors"]),
    ]  # fmt: skip
    how = "mode" if "mode" in report else "reach"
    return _rows([(how, report[how]), *rows])


def _files_table(report: dict[str, Any]) -> str:
    times = {k: " / ".join(str(v) for v in report[k].values()) for k in ("exposure_ms", "replaced_ms")}
    return _rows([
        ("screenshots", report["screenshots"]),
        ("  replaced by a redacted copy", report["redacted"]),
        ("  still to be opened at the end", report["still_readable"]),
        ("until nobody could open the original, ms: p50 / p95 / max", times["exposure_ms"]),
        ("until the copy stood in its place, ms: p50 / p95 / max", times["replaced_ms"]),
        ("errors", report["errors"]),
    ])  # fmt: skip


def _rows(rows: list[tuple[str, Any]]) -> str:
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
