"""Graph: the files of channels and chats in their sites' libraries: read, download, recycle, move, copy."""

import base64
import re
import time
from typing import Any, Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.channels import Channel
from connectors.sandbox.files import StoredFile, guess_mimetype
from connectors.sandbox.microsoft.graph import failure
from connectors.sandbox.teams.addresses import moment, site_id, unique_id, web_url
from connectors.sandbox.teams.call import Call, listed, serves
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.libraries import (
    QUARANTINE,
    drive_id,
    drive_item,
    drive_of,
    home_of,
    item_id,
    quarantine_id,
)

Json = dict[str, Any]
READS: Final = ("Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All")
WRITES: Final = ("Files.ReadWrite.All", "Sites.ReadWrite.All")
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def _file(call: Call) -> StoredFile:
    """The file that drive and item name. What lies in the recycle bin is not there."""
    for file in call.estate.workspace.files.values():
        if item_id(file.id) == call.id("item") and file.deleted_at is None:
            if drive_of(call.estate, file) == call.id("drive"):
                return file
    raise KeyError(call.id("item"))


@serves(*READS)
async def files_folder(call: Call) -> Response:
    drive = drive_id(call.estate, call.where)
    about = {
        "id": item_id(f"folder/{drive}/{call.where.id}"), "name": call.where.name, "folder": {"childCount": 0},
        "size": 0, "createdDateTime": moment(call.where.created), "webUrl": f"{call.estate.base_url}/sharepoint/sites/",
        "lastModifiedDateTime": moment(call.where.created),
        "parentReference": {"driveId": drive, "driveType": "documentLibrary", "siteId": site_id(call.estate, call.where.id)},
    }  # fmt: skip
    return JSONResponse(about)


@serves(*WRITES)
async def shared(call: Call) -> Response:
    """/shares/u!{base64url of the web address}/driveItem: how an attachment's contentUrl is followed."""
    code = call.id("share").removeprefix("u!")
    url = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode()
    for file in call.estate.workspace.files.values():
        lies = [*file.channels, *filter(None, [call.estate.uploaded.get(file.id)])]
        channels = [c for c in lies if web_url(call.estate, c, file) == url]
        if channels and file.deleted_at is None and file.id not in call.estate.quarantined:
            return JSONResponse(drive_item(call.estate, file))
    raise KeyError(url)


@serves(*READS)
async def drives(call: Call) -> Response:
    """The libraries of a site: where the channel's files lie, and the one that IG set up for quarantine."""
    places = [c for c in call.estate.channels if site_id(call.estate, c.id) == call.id("site")]
    first = places[0] if places else call.estate.workspace.channels[""]
    shown = [{"id": drive_id(call.estate, first), "name": "Documents", "driveType": "documentLibrary"}]
    hidden = {
        "id": quarantine_id(call.estate, call.id("site")),
        "name": QUARANTINE,
        "driveType": "documentLibrary",
    }
    return listed(call, "drive", [*shown, hidden])


@serves(*READS)
async def root(call: Call) -> Response:
    drive = call.id("drive")
    return JSONResponse({
        "id": item_id(f"root/{drive}"), "name": "root", "root": {}, "folder": {"childCount": 0},
        "parentReference": {"driveId": drive, "driveType": "documentLibrary"},
    })  # fmt: skip


@serves(*READS)
async def item(call: Call) -> Response:
    return JSONResponse(drive_item(call.estate, _file(call)))


@serves(*READS)
async def content(call: Call) -> Response:
    """302 to an address that needs no token and ends soon."""
    found = drive_item(call.estate, _file(call))
    return Response(status_code=302, headers={"Location": found["@microsoft.graph.downloadUrl"]})


@serves(*WRITES)
async def recycle(call: Call) -> Response:
    call.estate.workspace.delete_file(_file(call).id, call.estate.workspace.app.user)
    return Response(status_code=204)


@serves(*WRITES)
async def move(call: Call) -> Response:
    """PATCH parentReference, or the name. Another drive is refused, as Graph v1.0's documentation has it."""
    file, given = _file(call), await call.json()
    to = (given.get("parentReference") or {}).get("driveId", call.id("drive"))
    if to != call.id("drive") and not call.estate.faults.moves_across_drives:
        return failure("invalidRequest", 400)
    file.name = given.get("name", file.name)
    if to != call.id("drive"):
        call.estate.quarantined[file.id] = to
        call.estate.workspace.tombstone_file(file.id, True)
    return JSONResponse(drive_item(call.estate, file))


@serves(*WRITES)
async def copy(call: Call) -> Response:
    """202 and a monitor's address; the copy in a library that members cannot open is not theirs to read."""
    file, given = _file(call), await call.json()
    drive = str((given.get("parentReference") or {})["driveId"])
    made = StoredFile(
        call.estate.workspace.next_id("F"), file.user, file.team, given.get("name", file.name), file.title,
        file.mimetype, file.created, file.data, channels=dict(file.channels), is_tombstoned=True,
        tombstone_from=file.created,
    )  # fmt: skip
    call.estate.workspace.files[made.id] = made
    call.estate.quarantined[made.id] = drive
    monitor = f"{call.estate.base_url}/sharepoint/monitor/{item_id(made.id)}"
    return Response(status_code=202, headers={"Location": monitor})


@serves(*READS)
async def permissions(call: Call) -> Response:
    """In a channel everyone's access comes from the site and is inherited; IG's library has its own."""
    file = _file(call)
    inherited = None if file.id in call.estate.quarantined else {"driveId": call.id("drive"), "path": "/"}
    group = "IG" if inherited is None else f"{home_of(call.estate, file).name} Members"
    held = {
        "id": "members", "roles": ["write"], "inheritedFrom": inherited,
        "grantedToV2": {"siteGroup": {"id": "5", "displayName": group}},
    }  # fmt: skip
    return listed(call, "permission", [held])


@serves(*WRITES)
async def unpermit(call: Call) -> Response:
    """Only a permission that is not inherited can be taken away."""
    _file(call)
    return failure("invalidRequest", 400)


@serves(*WRITES)
async def upload(call: Call) -> Response:
    """PUT to a path in a channel's folder: a file that nobody sees in a conversation yet."""
    place = _folder(call)
    return JSONResponse(_kept(call.estate, place, call.id("name"), await call.request.body()), 201)


@serves("Sites.ReadWrite.All")
async def open_session(call: Call) -> Response:
    """createUploadSession: an address that takes the file in pieces, and no token."""
    place, id = _folder(call), uuid4().hex
    call.estate.uploads[id] = (place.id, call.id("name"), bytearray())
    url = f"{call.estate.base_url}/sharepoint/upload/{id}"
    return JSONResponse({"uploadUrl": url, "expirationDateTime": moment(time.time() + 3600)})


async def piece(request: Request) -> Response:
    """202 until all is there; then 201 with the driveItem. Pieces are of 320 KiB each, but for the last."""
    room, held = next(
        (room, room.estate.uploads[request.path_params["id"]])
        for room in request.app.state.rooms.values()
        if request.path_params["id"] in room.estate.uploads
    )
    found = _RANGE.fullmatch(request.headers.get("content-range", ""))
    data = await request.body()
    if "authorization" in request.headers or found is None:
        return Response(status_code=401 if found else 400)
    start, end, total = (int(n) for n in found.groups())
    if end + 1 != total and len(data) % (320 * 1024) or start != len(held[2]) or len(data) != end + 1 - start:
        return Response(status_code=416)
    held[2].extend(data)
    if end + 1 < total:
        return JSONResponse({"nextExpectedRanges": [f"{end + 1}-"]}, 202)
    place = room.estate.workspace.channels[held[0]]
    return JSONResponse(_kept(room.estate, place, held[1], bytes(held[2])), 201)


def _folder(call: Call) -> Channel:
    """The conversation whose folder the path names. Raises KeyError."""
    for place in call.estate.workspace.channels.values():
        if item_id(f"folder/{call.id('drive')}/{place.id}") == call.id("folder"):
            return place
    raise KeyError(call.id("folder"))


def _kept(estate: Estate, place: Channel, name: str, data: bytes) -> Json:
    file = estate.workspace.add_file(estate.workspace.app.user, name, data, guess_mimetype(name))
    estate.uploaded[file.id] = place.id
    return drive_item(estate, file)


async def download(request: Request) -> Response:
    """The pre-authenticated address of a file."""
    for room in request.app.state.rooms.values():
        for file in room.estate.workspace.files.values():
            if unique_id(file) == request.path_params["id"] and file.deleted_at is None:
                return Response(file.data, media_type=file.mimetype)
    return Response("gone", 404)


async def monitor(request: Request) -> Response:
    id = request.path_params["id"]
    return JSONResponse({"status": "completed", "percentageComplete": 100.0, "resourceId": id})


def routes() -> list[Route]:
    at = "/graph/v1.0"
    drive = f"{at}/drives/{{drive}}"
    one = f"{drive}/items/{{item}}"
    return [
        Route(f"{at}/teams/{{team}}/channels/{{channel}}/filesFolder", files_folder),
        Route(f"{at}/shares/{{share}}/driveItem", shared), Route(f"{at}/sites/{{site}}/drives", drives),
        Route(f"{drive}/root", root), Route(f"{drive}/items/{{folder}}:/{{name}}:/content", upload, methods=["PUT"]),
        Route(f"{drive}/items/{{folder}}:/{{name}}:/createUploadSession", open_session, methods=["POST"]),
        Route(one, item), Route(one, recycle, methods=["DELETE"]), Route(one, move, methods=["PATCH"]),
        Route(f"{one}/content", content), Route(f"{one}/copy", copy, methods=["POST"]),
        Route(f"{one}/permissions", permissions),
        Route(f"{one}/permissions/{{permission}}", unpermit, methods=["DELETE"]),
        Route("/sharepoint/upload/{id}", piece, methods=["PUT"]),
        Route("/sharepoint/download/{id}", download), Route("/sharepoint/monitor/{id}", monitor),
    ]  # fmt: skip
