"""Document libraries: whose a file is, and Graph's driveItem for it."""

from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from connectors.sandbox.channels import Channel
from connectors.sandbox.files import StoredFile
from connectors.sandbox.teams.addresses import moment, site_id, unique_id, web_url
from connectors.sandbox.teams.estate import Estate

Json = dict[str, Any]
QUARANTINE: Final = "IG quarantine"


def drive_id(estate: Estate, channel: Channel, user: str = "") -> str:
    """The document library of a channel's site; for a chat the OneDrive of who shares (`user`)."""
    place = f"onedrive/{user}" if channel.is_direct else f"site/{site_id(estate, channel.id)}"
    return f"b!{uuid5(NAMESPACE_URL, f'{estate.tenant.id}/{place}').hex}"


def quarantine_id(estate: Estate, site: str) -> str:
    """A library of the same site that only IG may open (an admin made it)."""
    return f"b!{uuid5(NAMESPACE_URL, f'{estate.tenant.id}/quarantine/{site}').hex}"


def item_id(key: str) -> str:
    """The id of a file (its own id), or of a folder or root (`folder/…`, `root/…`)."""
    return f"01{uuid5(NAMESPACE_URL, f'item/{key}').hex.upper()}"


def home_of(estate: Estate, file: StoredFile) -> Channel:
    """The conversation whose folder a file lies in. KeyError while it lies nowhere."""
    return estate.workspace.channels[next(iter(file.channels), estate.uploaded.get(file.id, ""))]


def drive_of(estate: Estate, file: StoredFile) -> str:
    """The library that a file lies in now."""
    if file.id in estate.quarantined:
        return estate.quarantined[file.id]
    return drive_id(estate, home_of(estate, file), file.user)


def drive_item(estate: Estate, file: StoredFile) -> Json:
    """Graph's driveItem."""
    channel, tag = home_of(estate, file), unique_id(file)
    at = {
        "user": {
            "id": estate.places.user_id(file.user),
            "displayName": estate.workspace.people[file.user].name,
        }
    }
    link = f"{estate.base_url}/sharepoint/download/{tag}?tempauth=sandbox"
    return {
        "id": item_id(file.id), "name": file.name, "size": len(file.data), "webUrl": web_url(estate, channel.id, file),
        "eTag": f'"{{{tag.upper()}}},1"', "cTag": f'"c:{{{tag.upper()}}},1"', "createdDateTime": moment(file.created),
        "lastModifiedDateTime": moment(file.created), "createdBy": at, "lastModifiedBy": at,
        "file": {"mimeType": file.mimetype}, "@microsoft.graph.downloadUrl": link,
        "parentReference": _parent(estate, file, channel),
        "sharepointIds": {"listItemUniqueId": tag, "siteId": site_id(estate, channel.id)},
    }  # fmt: skip


def _parent(estate: Estate, file: StoredFile, channel: Channel) -> Json:
    drive = drive_of(estate, file)
    return {
        "driveId": drive, "driveType": "business" if channel.is_direct else "documentLibrary",
        "id": item_id(f"folder/{drive}/{channel.id}"), "name": channel.name, "path": f"/drives/{drive}/root:",
        "siteId": site_id(estate, channel.id),
    }  # fmt: skip
