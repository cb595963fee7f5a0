"""The queue of events, the story of one, and what a reviewer does with it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console import original, story_of
from bot.console.gate import field
from bot.console.pages import LONDON, Console
from bot.console.sessions import Visitor
from bot.incidents import queries, review
from bot.incidents.queries import Filters
from bot.store import tables as t
from connectors.interface import Delivery
from detectors.interface import Kind

STATES = ("waiting", "readable", "open", "hidden", "failed", "restored", "decided", "closed", "all")
REMASK_S = 60


async def queue(console: Console, visitor: Visitor, request: Request) -> Response:
    """Events by risk, then age. The filters are the URL."""
    asked = {k: v for k, v in request.query_params.items() if k in _FILTERS and v}
    filters = replace(filters_of(asked), sender=own_only(visitor))
    page = request.query_params.get("page", "1")
    number = int(page) if page.isdecimal() and len(page) < 7 else 1
    rows = await console.store.read(lambda c: queries.queue(c, filters, number))
    counted = await console.store.read(lambda c: queries.counts(c, filters.sender))
    channels = await console.store.read(lambda c: queries.channels(c, filters.sender))
    return console.page(
        request,
        "queue.jinja",
        visitor,
        rows=rows,
        counts=counted,
        channels=channels,
        asked=asked,
        filters=filters,
        states=STATES,
        kinds=[k.value for k in Kind if k is not Kind.STAFF_NAME],
    )


async def event(console: Console, visitor: Visitor, request: Request) -> Response:
    """The story of one event."""
    return await _event(console, visitor, request)


async def decide(console: Console, visitor: Visitor, request: Request) -> Response:
    """Put a decision on record; a false positive that is still hidden is handed to the bot to restore."""
    form = await request.form()
    incident, decision = request.path_params["id"], field(form, "decision")
    reason = field(form, "reason").strip()[:4000]
    try:
        made = await review.decide(
            console.store,
            console.keys,
            incident=incident,
            decision=decision,
            reason=reason,
            by=visitor.name,
            at=console.clock(),
        )
    except review.NoSuchIncident:
        raise HTTPException(404) from None
    except review.ReasonNeeded:
        return await _event(
            console, visitor, request, 422, problem="reason", decision=decision, reason=reason
        )
    except ValueError:
        return await _event(console, visitor, request, 422, problem="decision", reason=reason)
    restoring = decision == "false_positive" and made.still_hidden
    if restoring:
        await console.accept(_restore(incident, decision, visitor.name, made))
    return _back(incident, "restoring" if restoring else "decided")


async def open_sender(console: Console, visitor: Visitor, request: Request) -> Response:
    """Show this reviewer who sent it, from now on; on record with the reason."""
    form = await request.form()
    incident = request.path_params["id"]
    try:
        await review.open_sender(
            console.store,
            console.keys,
            incident=incident,
            reason=field(form, "why"),
            words=field(form, "words")[:4000],
            by=visitor.name,
            at=console.clock(),
        )
    except review.NoSuchIncident:
        raise HTTPException(404) from None
    except review.ReasonNeeded:
        return await _event(console, visitor, request, 422, problem="sender_reason")
    return _back(incident, "sender")


async def reveal(console: Console, visitor: Visitor, request: Request) -> Response:
    """Show the original once, for a minute; looking is on record before it is shown."""
    form = await request.form()
    incident, shown = request.path_params["id"], field(form, "shown")
    try:
        payload = await review.reveal(
            console.store,
            console.keys,
            incident=incident,
            reason=field(form, "why"),
            words=field(form, "words")[:4000],
            by=visitor.name,
            shown_before=int(shown) if shown.isdecimal() and len(shown) < 7 else -1,
            at=console.clock(),
        )
    except review.ReasonNeeded:
        return await _event(console, visitor, request, 422, problem="reveal_reason")
    except review.AlreadyShown:
        return _back(incident, "masked")
    except (review.NoSuchIncident, review.NothingKept):
        raise HTTPException(404) from None
    if original.is_file(payload):
        return await original.file(console, incident, payload)
    # A header, not an element: the page hides itself again without a script.
    headers = {
        "Cache-Control": "no-store",
        "Refresh": f"{REMASK_S}; url=/events/{quote(incident)}?done=masked",
    }
    return console.page(
        request,
        "reveal.jinja",
        visitor,
        headers=headers,
        incident=incident,
        texts=original.texts(payload),
        seconds=REMASK_S,
    )


def own_only(visitor: Visitor) -> str | None:
    """Whose events this visitor may see: None for everyone's, else one account id (matching nobody if unset)."""
    return None if visitor.role != "clinician" else visitor.platform_user or "\0"


_FILTERS = ("state", "kind", "channel", "action", "outcome", "label", "outsiders", "since", "until")


def filters_of(asked: Mapping[str, str]) -> Filters:
    """Filters from a URL's query; values that mean nothing are left out."""
    state, kind = asked.get("state", "waiting"), asked.get("kind", "")
    since, until = _midnight(asked.get("since", "")), _midnight(asked.get("until", ""), later=1)
    return Filters(
        state=state if state in STATES else "waiting",
        kind=kind if kind in set(Kind) else "",
        channel=asked.get("channel", ""),
        action=asked.get("action", ""),
        outcome=asked.get("outcome", ""),
        label=asked.get("label", ""),
        outsiders=asked.get("outsiders") == "yes",
        since=since,
        until=until,
    )


def _midnight(text: str, later: int = 0) -> float | None:
    """The start of a day in London, `later` days on; None for what is not a date."""
    try:
        on = date.fromisoformat(text) + timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    return datetime(on.year, on.month, on.day, tzinfo=LONDON).timestamp()


async def _event(
    console: Console, visitor: Visitor, request: Request, status: int = 200, **values: Any
) -> Response:
    incident = request.path_params["id"]
    story = await console.store.read(lambda c: queries.story(c, incident))
    if story is None or own_only(visitor) not in (None, story.incident["sender"]):
        raise HTTPException(404)
    query = select(t.account.c.name, t.account.c.shown_name)
    people = dict(await console.store.read(lambda c: c.execute(query).all()))
    return console.page(
        request,
        "event.jinja",
        visitor,
        status,
        story=story,
        masked=story_of.masked(console.keys, story),
        steps=story_of.steps(console.keys, story, people),
        groups=story_of.groups(story),
        decisions=[
            {**d, "reason": review.reason_of(console.keys, d), "who": people.get(d["by"], d["by"])}
            for d in story.decisions
        ],
        under_way=console.under_way(incident),
        preset=console.policy().presets.get(str(story.incident["policy"]).partition("@")[0]),
        done=request.query_params.get("done", ""),
        identity_open=story_of.is_named(story, visitor),
        revealed=story.happened("revealed"),
        needs_reason=sorted(review.REASON_NEEDED),
        reveal_reasons=review.REVEAL_REASONS,
        all_decisions=review.DECISIONS,
        **values,
    )


def _restore(incident: str, decision: str, by: str, made: review.Decided) -> Delivery:
    return Delivery(
        source="console.decision",
        tenant=made.tenant,
        lane=f"{made.platform}:{made.tenant}:{made.conversation}",
        keys=(f"console.decision/{made.id}",),
        body=json.dumps({"incident": incident, "decision": decision, "by": by}).encode(),
    )


def _back(incident: str, done: str) -> Response:
    return RedirectResponse(f"/events/{quote(incident)}?done={done}", 303)
