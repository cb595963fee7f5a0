"""A Graph call on Teams: whose it is, which conversation it is about, and what refuses it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.sandbox.channels import Channel
from connectors.sandbox.microsoft.graph import failure, reads
from connectors.sandbox.microsoft.tenant import Tenant
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.faults import GRAPH_A_SECOND
from connectors.sandbox.teams.feed import Feed
from connectors.sandbox.teams.notifications import Notifier

Json = dict[str, Any]
LARGEST_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Room:
    """One tenant as the server holds it."""

    estate: Estate
    notifier: Notifier
    feed: Feed


@dataclass(frozen=True, slots=True)
class Call:
    """`held`: the application's roles, and what an installation granted for the conversation."""

    request: Request
    room: Room
    held: frozenset[str]
    place: Channel | None

    @property
    def estate(self) -> Estate:
        return self.room.estate

    @property
    def where(self) -> Channel:
        """The conversation; KeyError where the path names none."""
        if self.place is None:
            raise KeyError("conversation")
        return self.place

    @property
    def app(self) -> str:
        bearer = self.request.headers["Authorization"].removeprefix("Bearer ")
        return str(jwt.decode(bearer, options={"verify_signature": False})["appid"])

    def id(self, name: str) -> str:
        """A path parameter."""
        return str(self.request.path_params[name])

    async def json(self) -> Json:
        """The body. Raises ValueError unless it is an object."""
        body = await self.request.json()
        if not isinstance(body, dict):
            raise ValueError("an object is expected")
        return body


Answers = Callable[[Call], Awaitable[Response]]


def serves(*permissions: str) -> Callable[[Answers], Callable[[Request], Awaitable[Response]]]:
    """Guard an endpoint: one of `permissions` (none: any application) as a role, or granted for the team or
    chat of the path.

    What is not there answers 404 (KeyError), what cannot be read 400 (ValueError).
    """

    def guard(answer: Answers) -> Callable[[Request], Awaitable[Response]]:
        @reads()
        @wraps(answer)
        async def served(request: Request, tenant: Tenant, roles: frozenset[str]) -> Response:
            room: Room | None = request.app.state.rooms.get(tenant.id)
            if room is None:
                return failure("Forbidden", 403)
            try:
                place = _place(room.estate, request.path_params)
                if refused := _fault(room.estate, place):
                    return refused
                held = roles | (room.estate.granted(place) if place else frozenset())
                if permissions and not held & set(permissions):
                    return failure("Forbidden", 403)
                return await answer(Call(request, room, held, place))
            except KeyError:
                return failure("NotFound", 404)
            except ValueError:
                return failure("BadRequest", 400)

        served.permissions = permissions  # type: ignore[attr-defined]
        return served

    return guard


def page(call: Call, of: str, found: Sequence[Any], *, top: int = 20, **kept: str) -> Json:
    """One page of a collection: `$top` at most 50, `@odata.nextLink` (with `kept`) while there is more."""
    query = call.request.query_params
    size = min(max(int(query.get("$top", top)), 1), LARGEST_PAGE)
    start = int(query.get("$skiptoken", "0"), 16)
    shown = list(found[start : start + size])
    context = f"{call.estate.graph_url}$metadata#Collection({of})"
    body: Json = {"@odata.context": context, "@odata.count": len(shown), "value": shown}
    if start + size < len(found):
        onward = {"$skiptoken": hex(start + size), **{f"${key}": value for key, value in kept.items()}}
        body["@odata.nextLink"] = str(call.request.url.include_query_params(**onward))
    return body


def listed(call: Call, of: str, found: Sequence[Any], *, top: int = 20) -> Response:
    return JSONResponse(page(call, of, found, top=top))


def _place(estate: Estate, ids: Mapping[str, str]) -> Channel | None:
    if "chat" in ids:
        return estate.places.channel(ids["chat"])
    if "channel" in ids:
        place = estate.places.channel(ids["channel"])
        if estate.places.team_id(place.id) != ids["team"]:
            raise KeyError(ids["channel"])
        return place
    return estate.places.team(ids["team"])[0] if "team" in ids else None


def _fault(estate: Estate, place: Channel | None) -> Response | None:
    faults = estate.faults
    wait = {"Retry-After": str(faults.retry_after)}
    if faults.unreachable:
        return failure("serviceNotAvailable", 503, **wait)
    if faults.graph:
        return failure("TooManyRequests", faults.graph.pop(0), **wait)
    if place and faults.over(f"graph/{place.id}", GRAPH_A_SECOND):
        return failure("TooManyRequests", 429, **wait)
    return None
