"""Tokens of the bot's own Entra application, by MSAL, without waiting on the event loop."""

import asyncio
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msal
import requests

from connectors.interface import NotAuthorised, Unavailable

GRAPH: Final = "https://graph.microsoft.com/.default"
_TIMEOUT: Final = 20.0


@dataclass(frozen=True, slots=True)
class App:
    """An application registered in Entra. Give `secret`, or `key_file` and `certificate_file` (PEM): a
    certificate is safer, and MSAL then signs with PS256 and the certificate's SHA-256."""

    client_id: str
    secret: str = field(default="", repr=False)
    key_file: Path | None = None
    certificate_file: Path | None = None
    authority: str = "https://login.microsoftonline.com"
    ca_file: Path | None = None
    """The authority of a local stand-in's certificate; None for the real Microsoft."""


class Tokens:
    """One application in every tenant that it is installed in; MSAL keeps each token until it ends."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._clients: dict[str, msal.ConfidentialClientApplication] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, tenant: str, scope: str = GRAPH, *, fresh: bool = False) -> str:
        """A bearer token for `tenant` (its id). `fresh` when the last one was refused.

        Raises NotAuthorised when Entra refuses the application, Unavailable when it does not answer.
        """
        async with self._locks.setdefault(tenant, asyncio.Lock()):
            answer = await asyncio.to_thread(self._ask, tenant, scope, fresh)
        if token := answer.get("access_token"):
            return str(token)
        raise NotAuthorised("Entra refused the application", str(answer.get("error", "")))

    def _ask(self, tenant: str, scope: str, fresh: bool) -> Mapping[str, Any]:
        try:
            client = self._clients.get(tenant)
            if client is None or fresh:
                client = self._clients[tenant] = self._client(tenant)
            return client.acquire_token_for_client([scope]) or {}
        except (requests.RequestException, OSError) as error:
            raise Unavailable(f"Entra did not answer ({type(error).__name__})") from None
        except ValueError as error:
            # What MSAL raises for an authority that is none, or a key that it cannot read.
            raise NotAuthorised(
                "Entra's address or the application's key cannot be used", type(error).__name__
            ) from None

    def _client(self, tenant: str) -> msal.ConfidentialClientApplication:
        app = self._app
        credential: Any = app.secret
        if app.key_file and app.certificate_file:
            credential = {
                "private_key": app.key_file.read_text("ascii"),
                "public_certificate": app.certificate_file.read_text("ascii"),
            }
        return msal.ConfidentialClientApplication(
            app.client_id, client_credential=credential, authority=f"{app.authority}/{tenant}",
            instance_discovery="login.microsoftonline." in app.authority, http_client=_http(app.ca_file),
        )  # fmt: skip


def _http(ca_file: Path | None) -> requests.Session:
    session = requests.Session()
    if ca_file:
        # REQUESTS_CA_BUNDLE would stand before a session's own authority.
        session.verify, session.trust_env = str(ca_file), False
    session.request = functools.partial(session.request, timeout=_TIMEOUT)  # type: ignore[method-assign]
    return session
