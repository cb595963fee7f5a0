"""Where things lie on Microsoft's side, and how its times are written."""

from datetime import UTC, datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from connectors.sandbox.files import StoredFile
from connectors.sandbox.messages import Message
from connectors.sandbox.teams.estate import Estate, millis


def moment(seconds: float) -> str:
    """An ISO 8601 instant with milliseconds, as Graph writes it."""
    at = datetime.fromtimestamp(millis(seconds) / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def path(estate: Estate, message: Message, *, keyed: bool = False) -> str:
    """The message's address under Graph; `keyed` in the form of notifications: teams('…')/channels('…')…"""
    places, channel = estate.places, estate.workspace.channels[message.channel]
    id, root = places.message_id(message), places.root_id(message)
    if channel.is_direct:
        steps = [("chats", places.thread_id(channel.id)), ("messages", id)]
    else:
        steps = [
            ("teams", places.team_id(channel.id)),
            ("channels", places.thread_id(channel.id)),
            ("messages", root),
        ]
        steps += [("replies", id)] if id != root else []
    if keyed:
        return "/".join(f"{kind}('{key}')" for kind, key in steps)
    return "/".join(f"{kind}/{quote(key, safe='')}" for kind, key in steps)


def unique_id(file: StoredFile) -> str:
    """SharePoint's own id of a file: what attachments and eTags carry."""
    return str(uuid5(NAMESPACE_URL, f"file/{file.team}/{file.id}"))


def web_url(estate: Estate, channel: str, file: StoredFile) -> str:
    """Where a file lies: the site of the team, or of a private or shared channel, or someone's OneDrive."""
    place = estate.workspace.channels[channel]
    if place.is_direct:
        owner = estate.workspace.people[file.user].handle
        folder = f"personal/{quote(owner)}/Documents/Microsoft%20Teams%20Chat%20Files"
    else:
        folder = f"sites/{site_id(estate, channel)}/Shared%20Documents/{quote(place.name)}"
    return f"{estate.base_url}/sharepoint/{folder}/{quote(_stored_name(estate, channel, file))}"


def _stored_name(estate: Estate, channel: str, file: StoredFile) -> str:
    """A second file of one name in a folder gets a number, as SharePoint gives it."""
    lies = (f for f in estate.workspace.files.values() if channel in f.channels and f.name == file.name)
    number = next((n for n, f in enumerate(lies) if f is file), 0)
    stem, dot, end = file.name.rpartition(".")
    return f"{stem or end} {number}{dot}{end if stem else ''}" if number else file.name


def site_id(estate: Estate, channel: str) -> str:
    """A team's site; each private or shared channel has its own."""
    place = estate.workspace.channels[channel]
    own = channel in estate.places.private or place.is_shared
    return uuid5(NAMESPACE_URL, f"site/{channel if own else estate.places.team_id(channel)}").hex


def hosted_id(file: str) -> str:
    return f"aWQ9{file.encode().hex()}"
