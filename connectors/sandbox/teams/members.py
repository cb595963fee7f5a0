"""Graph's conversationMember, team, channel, chat and user for what the workspace holds."""

from typing import Any
from urllib.parse import quote

from connectors.sandbox.channels import Channel
from connectors.sandbox.people import Person
from connectors.sandbox.teams.addresses import moment
from connectors.sandbox.teams.estate import Estate

Json = dict[str, Any]
EPOCH = "0001-01-01T00:00:00Z"


def member(estate: Estate, channel: Channel, user: str, *, where: str = "") -> Json:
    """A membership; `where` is the id of the team, channel or chat it is of (the conversation's, if empty)."""
    person, places = estate.workspace.people[user], estate.places
    if user in estate.anonymous:
        return {
            "@odata.type": "#microsoft.graph.anonymousGuestConversationMember", "displayName": person.name,
            "id": places.membership_id(where or places.thread_id(channel.id), user), "roles": ["guest"],
            "anonymousGuestId": places.user_id(user), "visibleHistoryStartDateTime": EPOCH,
        }  # fmt: skip
    roles = ["owner"] if estate.is_owner(channel, user) else ["guest"] if person.is_guest else []
    return {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "id": places.membership_id(where or places.thread_id(channel.id), user), "roles": roles,
        "displayName": person.name, "visibleHistoryStartDateTime": EPOCH, "userId": places.user_id(user),
        "email": person.email or None, "tenantId": places.home(person),
    }  # fmt: skip


def team(estate: Estate, channel: Channel) -> Json:
    id = estate.places.team_id(channel.id)
    return {
        "id": id, "createdDateTime": moment(channel.created), "displayName": estate.places.team_name(channel.id),
        "description": None, "internalId": estate.places.primary(channel.id), "tenantId": estate.tenant.id,
        "visibility": "public" if channel.kind == "public" else "private", "isArchived": channel.is_archived,
        "webUrl": f"https://teams.microsoft.com/l/team/{id}", "specialization": None, "classification": None,
    }  # fmt: skip


def channel(estate: Estate, place: Channel) -> Json:
    places = estate.places
    kind = "shared" if place.is_shared else "private" if place.id in places.private else "standard"
    thread = places.thread_id(place.id)
    return {
        "id": thread, "createdDateTime": moment(place.created), "displayName": place.name,
        "description": place.topic.value or place.purpose.value or None, "email": "", "membershipType": kind,
        "tenantId": estate.tenant.id, "isArchived": place.is_archived, "isFavoriteByDefault": None,
        "webUrl": f"https://teams.microsoft.com/l/channel/{quote(thread, safe='')}",
    }  # fmt: skip


def chat(estate: Estate, place: Channel) -> Json:
    thread = estate.places.thread_id(place.id)
    last = max((m.versions[-1].since for m in place.messages.values()), default=place.created)
    return {
        "id": thread, "topic": place.topic.value or None, "createdDateTime": moment(place.created),
        "lastUpdatedDateTime": moment(last), "chatType": _kind(estate, place),
        "tenantId": estate.tenant.id, "onlineMeetingInfo": None, "viewpoint": None,
        "webUrl": f"https://teams.microsoft.com/l/chat/{quote(thread, safe='')}/0",
    }  # fmt: skip


def _kind(estate: Estate, place: Channel) -> str:
    return "meeting" if place.id in estate.meetings else "oneOnOne" if place.kind == "im" else "group"


def user(estate: Estate, person: Person) -> Json:
    """The directory's entry; a guest's userPrincipalName ends #EXT#@…"""
    first, _, last = person.name.rpartition(" ")
    outside = person.is_guest or person.is_external
    principal = f"{person.email.replace('@', '_')}#EXT#@sandbox.example" if outside else person.email
    return {
        "id": estate.places.user_id(person.id), "displayName": person.name, "givenName": first or None,
        "surname": last, "jobTitle": person.role or None, "mail": person.email or None,
        "userPrincipalName": principal or f"{person.handle}@sandbox.example", "companyName": person.employer or None,
        "userType": "Guest" if outside else "Member", "accountEnabled": not person.deleted,
    }  # fmt: skip
