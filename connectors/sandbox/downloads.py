"""File addresses: uploads, and downloads that need a bearer."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from connectors.sandbox.api.call import Sandbox
from connectors.sandbox.files import StoredFile
from connectors.sandbox.web_api import bearer_of
from connectors.sandbox.workspace import Workspace

SIGN_IN = """<!DOCTYPE html><html lang="en"><head><title>Sign in | Slack</title></head>
<body><h1>Sign in to your workspace</h1><form action="/signin"><input name="email" type="email"></form></body></html>"""


async def upload(request: Request) -> Response:
    """POST /upload/v1/<secret>: raw bytes, or a multipart form with one file."""
    sandbox: Sandbox = request.app.state.sandbox
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form()
        parts = [value for value in form.values() if not isinstance(value, str)]
        data = await parts[0].read() if parts else b""
    else:
        data = await request.body()
    if not sandbox.uploads.receive(request.path_params["secret"], data):
        return Response("not found", 404)
    return Response(f"OK - {len(data)}")


async def download(request: Request) -> Response:
    """GET /files-pri/<team>-<file>/…: without a token that may read it, a sign-in page with HTTP 200."""
    sandbox: Sandbox = request.app.state.sandbox
    file = sandbox.workspace.files.get(request.path_params["place"].rpartition("-")[2])
    token = bearer_of(request)
    if (
        token is None
        or "files:read" not in token.scopes
        or file is None
        or not sees(sandbox.workspace, file, token.user)
    ):
        return HTMLResponse(SIGN_IN)
    if file.deleted_at is not None or file.is_tombstoned:
        return Response("file not found", 404)
    return Response(file.data, media_type="text/html" if file.canvas else file.mimetype)


def sees(workspace: Workspace, file: StoredFile, user: str) -> bool:
    """Whether a person can open this file: their own, in a public channel, or in one of their conversations."""
    places = [workspace.channels[channel] for channel in file.channels]
    return file.user == user or any(not place.is_private or user in place.members for place in places)
