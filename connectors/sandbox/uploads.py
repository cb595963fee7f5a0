"""Files between getUploadURLExternal and completeUploadExternal."""

import secrets
from dataclasses import dataclass, field

from connectors.sandbox.files import StoredFile, guess_mimetype
from connectors.sandbox.workspace import Workspace


@dataclass(slots=True)
class Pending:
    file_id: str
    user: str
    name: str
    alt: str = field(default="", repr=False)
    data: bytes | None = field(default=None, repr=False)


@dataclass(slots=True)
class Uploads:
    """Reserved uploads by the secret part of their URL."""

    pending: dict[str, Pending] = field(default_factory=dict)

    def reserve(self, workspace: Workspace, user: str, name: str, alt: str = "") -> tuple[str, str]:
        """A file id and the URL to send its bytes to."""
        secret, file_id = secrets.token_urlsafe(24), workspace.next_id("F")
        self.pending[secret] = Pending(file_id, user, name, alt)
        return file_id, f"{workspace.base_url}/upload/v1/{secret}"

    def receive(self, secret: str, data: bytes) -> bool:
        """Bytes arrive; False when the URL is unknown."""
        if (waiting := self.pending.get(secret)) is None:
            return False
        waiting.data = data
        return True

    def finish(self, workspace: Workspace, file_id: str, title: str) -> StoredFile | None:
        """The uploaded file, now part of the workspace; None when nothing was uploaded under this id."""
        secret = next((key for key, waiting in self.pending.items() if waiting.file_id == file_id), "")
        if not secret or (waiting := self.pending.pop(secret)).data is None:
            return None
        mimetype = guess_mimetype(waiting.name)
        file = workspace.add_file(waiting.user, waiting.name, waiting.data, mimetype, title, id=file_id)
        file.alt = waiting.alt
        return file
