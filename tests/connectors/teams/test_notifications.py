"""Change notifications: handshakes echoed, forgeries refused, honest ones committed before they are answered."""

import base64
import functools
import json
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from connectors.interface import MessagePosted
from connectors.sandbox.microsoft.server import serving
from connectors.sandbox.microsoft.tenant import Cloud
from connectors.sandbox.microsoft.tls import certificate
from connectors.teams import changes
from connectors.teams.encryption import Certificate, Certificates
from connectors.teams.notifications import CHANGES, LIFECYCLE, Notifications, client_state
from connectors.teams.validation import Validation
from tests.connectors.slack.bench import Inbox
from tests.connectors.teams.forging import APP, SAID, SECRET, Forge


@functools.cache
def a_certificate(name: str) -> Certificate:
    return Certificate.read(*certificate(Path(tempfile.mkdtemp()), name))


class Stage:
    def __init__(self, forge: Forge, authority: str, ca_file: Path) -> None:
        self.forge = forge
        self.inbox = Inbox()
        self.lived: list[tuple[str, str, str]] = []
        ours = frozenset((forge.tenant.id,))
        self.notifications = Notifications(
            tenants=ours, secret=SECRET, validation=Validation(APP, ours, authority, ca_file),
            certificates=Certificates((forge.certificate, a_certificate("older"))), accept=self.inbox.accept,
            heard=lambda *what: self.lived.append(what),
        )  # fmt: skip
        transport = httpx.ASGITransport(Starlette(routes=self.notifications.routes()))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://bot.example")

    async def post(self, body: bytes, path: str = CHANGES) -> int:
        return (await self.client.post(path, content=body)).status_code


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    cloud = Cloud()
    async with serving(cloud, tmp_path) as served:
        forge = Forge(cloud.tenant(), cloud.tenant(), a_certificate("present"), a_certificate("stranger"))
        ready = Stage(forge, served.url, served.ca_file)
        async with ready.client:
            yield ready


async def test_a_thousand_forgeries_are_refused_and_nothing_is_kept_or_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="connectors")
    cases = list(stage.forge.cases())
    got = [(case.name, await stage.post(case.body), case.status) for case in cases]
    assert [g for g in got if g[1] != g[2]] == []
    assert len(cases) >= 1000
    assert stage.inbox.kept == []
    assert [r for r in caplog.records if r.name.startswith("connectors")] == []
    assert await stage.post(stage.forge.body(stage.forge.item())) == 202
    assert len(stage.inbox.kept) == 1


async def test_forged_lifecycle_notifications_are_refused(stage: Stage) -> None:
    good = {"tenantId": stage.forge.tenant.id, "clientState": client_state(SECRET, stage.forge.tenant.id)}
    event = {"subscriptionId": "s1", "lifecycleEvent": "subscriptionRemoved"}
    for wrong in (
        {"clientState": "x"},
        {"clientState": None},
        {"tenantId": stage.forge.other.id},
        {"tenantId": None},
    ):
        body = json.dumps({"value": [{**good, **event, **wrong}]}).encode()
        assert await stage.post(body, LIFECYCLE) == 403
    assert stage.lived == []
    assert await stage.post(json.dumps({"value": [{**good, **event}]}).encode(), LIFECYCLE) == 202
    assert stage.lived == [(stage.forge.tenant.id, "s1", "subscriptionremoved")]


@pytest.mark.parametrize("path", [CHANGES, LIFECYCLE])
async def test_a_handshake_is_echoed_decoded_as_plain_text(stage: Stage, path: str) -> None:
    token = "Validation: <b>é+&=%</b> of this"
    answer = await stage.client.post(path, params={"validationToken": token})
    assert (answer.status_code, answer.text) == (200, token)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert stage.inbox.kept == []


async def test_what_could_not_be_committed_is_to_be_sent_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    body = stage.forge.body(stage.forge.item())
    stage.inbox.broken = True
    assert await stage.post(body) == 503
    assert "943" not in caplog.text
    stage.inbox.broken = False
    assert await stage.post(body) == 202
    assert await stage.post(body) == 202
    assert len(stage.inbox.kept) == 1


async def test_keys_out_of_reach_are_no_proof_of_forgery(stage: Stage) -> None:
    ours = frozenset((stage.forge.tenant.id,))
    far = Validation(APP, ours, "https://127.0.0.1:9", None)
    alone = Notifications(
        tenants=ours, secret=SECRET, validation=far, certificates=Certificates((stage.forge.certificate,)),
        accept=stage.inbox.accept, heard=lambda *what: None,
    )  # fmt: skip
    transport = httpx.ASGITransport(Starlette(routes=alone.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        answer = await client.post(CHANGES, content=stage.forge.body(stage.forge.item()))
    assert answer.status_code == 503
    assert stage.inbox.kept == []


async def test_what_is_sealed_under_the_older_certificate_is_still_read(stage: Stage) -> None:
    older = a_certificate("older")
    item = stage.forge.item()
    data = {
        "id": "1790000000001",
        "etag": "1",
        "createdDateTime": "2026-11-22T08:00:00Z",
        "body": {"content": SAID},
    }
    item["encryptedContent"] = stage.forge.seal(data, older)
    assert await stage.post(stage.forge.body(item)) == 202
    (event,) = changes.translate(stage.inbox.kept[0], APP)
    assert isinstance(event, MessagePosted)
    assert [p.text for p in event.message.parts] == [SAID]


def _shouted(value: Any) -> Any:
    """Keys as some of Microsoft's documents write them."""
    if isinstance(value, dict):
        return {k[0].upper() + k[1:]: _shouted(v) for k, v in value.items()}
    return [_shouted(v) for v in value] if isinstance(value, list) else value


async def test_names_of_keys_and_kinds_are_read_in_any_case(stage: Stage) -> None:
    body = json.loads(stage.forge.body(stage.forge.item(changeType="Created")))
    assert await stage.post(json.dumps(_shouted(body)).encode()) == 202
    (event,) = changes.translate(stage.inbox.kept[0], APP)
    assert isinstance(event, MessagePosted)


async def test_what_is_too_large_is_not_read(stage: Stage) -> None:
    assert await stage.post(b"[" + b" " * 8_000_000) == 413


def test_a_certificate_must_be_a_pair_of_rsa(tmp_path: Path) -> None:
    one, two = (certificate(tmp_path, name) for name in ("one", "two"))
    assert base64.b64decode(Certificate.read(*one).public)
    with pytest.raises(ValueError, match="not that of the key"):
        Certificate.read(one[0], two[1])
