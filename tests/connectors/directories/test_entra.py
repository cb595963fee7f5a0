"""Entra through MSAL and Graph, both over TLS: who is read, changes, throttling, permissions, outages."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from connectors.directories.entra import EntraSource
from connectors.directories.synced import SyncedDirectory
from connectors.interface import Member, NotAuthorised, Unavailable
from connectors.microsoft.graph import Graph
from connectors.microsoft.tokens import App, Tokens
from connectors.sandbox.microsoft.server import Served, serving
from connectors.sandbox.microsoft.tenant import Application, Cloud, Tenant
from connectors.sandbox.microsoft.tls import certificate

READS = frozenset({"User.Read.All", "User-LifeCycleInfo.Read.All"})
SECRET = "a-secret-of-the-tests"


@pytest_asyncio.fixture
async def microsoft(tmp_path: Path) -> AsyncIterator[Served]:
    cloud = Cloud()
    tenant = cloud.tenant("7e1b2f30-0000-4000-8000-000000000001")
    tenant.register(Application("bot", SECRET, roles=READS))
    async with serving(cloud, tmp_path) as served:
        yield served


@pytest.fixture
def tenant(microsoft: Served) -> Tenant:
    return next(iter(microsoft.cloud.tenants.values()))


@pytest.fixture
def app(microsoft: Served) -> App:
    return App("bot", SECRET, authority=microsoft.url, ca_file=microsoft.ca_file)


@pytest_asyncio.fixture
async def graph(microsoft: Served, app: App) -> AsyncIterator[Graph]:
    graph = Graph(Tokens(app), microsoft.graph_url, microsoft.ca_file)
    yield graph
    await graph.close()


def moira(**more: object) -> dict[str, object]:
    return {
        "displayName": "Moira Devlin", "givenName": "Moira", "mail": "moira.devlin@airevalley.nhs.example",
        "userPrincipalName": "mdevlin@airevalley.nhs.example", "jobTitle": "Ward sister", "department": "Cardiology",
        "companyName": "Aire Valley", "proxyAddresses": ["SMTP:moira.devlin@airevalley.nhs.example",
        "smtp:m.devlin@airevalley.nhs.example", "x500:/o=Aire"], **more,
    }  # fmt: skip


def account(email: str = "", user: str = "U1") -> Member:
    return Member(user, "T1", email=email)


async def test_a_person_is_matched_by_id_mail_and_the_mailboxs_own_addresses(
    graph: Graph, tenant: Tenant
) -> None:
    id = tenant.put(moira(otherMails=["typed@home.example"]))
    directory = SyncedDirectory("Entra ID", EntraSource(graph, tenant.id).fetch)
    health = await directory.sync()
    assert (health.people, health.problem) == (1, "")
    answer = await directory.standing(account(user=id))
    assert answer.person is not None
    assert (answer.standing, answer.by) == ("staff", "id")
    assert (answer.person.role, answer.person.department) == ("Ward sister", "Cardiology")
    for email, by in (
        ("Moira.Devlin@airevalley.nhs.example", "email"),
        ("mdevlin@airevalley.nhs.example", "alias"),
        ("m.devlin@airevalley.nhs.example", "alias"),
        ("typed@home.example", ""),
    ):
        assert (await directory.standing(account(email))).by == by


async def test_standings_guest_disabled_leaver_by_date_and_deleted(graph: Graph, tenant: Tenant) -> None:
    now = datetime.now(UTC)
    people = {
        "staff@a.example": {}, "guest@b.example": {"userType": "Guest"}, "off@a.example": {"accountEnabled": False},
        "gone@a.example": {"employeeLeaveDateTime": (now - timedelta(days=1)).isoformat()},
        "soon@a.example": {"employeeLeaveDateTime": (now + timedelta(days=9)).isoformat()},
    }  # fmt: skip
    ids = {mail: tenant.put({"displayName": mail, "mail": mail, **more}) for mail, more in people.items()}
    source = EntraSource(graph, tenant.id)
    assert [p.status for p in await source.fetch()] == ["active", "guest", "left", "left", "active"]
    assert (await source.fetch())[-1].leaves_on == (now + timedelta(days=9)).date()
    tenant.delete(ids["staff@a.example"])
    tenant.put({"id": ids["off@a.example"], "accountEnabled": True})
    assert [p.status for p in await source.fetch()] == ["left", "guest", "active", "left", "active"]


async def test_many_pages_then_only_changes_then_all_again_when_graph_forgot(
    graph: Graph, tenant: Tenant
) -> None:
    for n in range(2500):
        tenant.put({"displayName": f"Person {n}", "mail": f"p{n}@a.example"})
    source = EntraSource(graph, tenant.id)
    assert len(await source.fetch()) == 2500
    tenant.put({"displayName": "New", "mail": "new@a.example"})
    tenant.faults.page = 1  # a whole reading would take 2,501 pages
    assert len(await source.fetch()) == 2501
    tenant.faults.page, tenant.faults.forgets = 0, True
    tenant.put({"displayName": "Newer", "mail": "newer@a.example"})
    assert len(await source.fetch()) == 2502
    assert not tenant.faults.forgets


async def test_without_the_permission_for_leaving_dates_the_rest_is_read(
    graph: Graph, tenant: Tenant
) -> None:
    tenant.register(Application("bot", SECRET, roles=frozenset({"User.Read.All"})))
    tenant.put(moira(employeeLeaveDateTime="2020-01-01T00:00:00Z"))
    assert [p.status for p in await EntraSource(graph, tenant.id).fetch()] == ["active"]


async def test_no_permission_at_all_is_told_apart_from_an_outage(
    graph: Graph, tenant: Tenant, microsoft: Served, app: App
) -> None:
    tenant.faults.down = True
    tenant.faults.retry_after = 0.01
    with pytest.raises(Unavailable):
        await EntraSource(graph, tenant.id).fetch()
    tenant.faults.down = False
    tenant.register(Application("bot", SECRET))
    graph = Graph(Tokens(app), microsoft.graph_url, microsoft.ca_file)
    health = await SyncedDirectory("Entra ID", EntraSource(graph, tenant.id).fetch).sync()
    assert (health.people, health.stale) == (0, True)
    assert "refused the application" in health.problem
    await graph.close()


async def test_a_throttle_is_waited_for_and_a_cut_keeps_what_was_read(graph: Graph, tenant: Tenant) -> None:
    tenant.put(moira())
    tenant.faults.throttle, tenant.faults.retry_after = 2, 0.01
    source = EntraSource(graph, tenant.id)
    assert len(await source.fetch()) == 1
    tenant.put({"displayName": "New", "mail": "new@a.example"})
    tenant.faults.throttle, tenant.faults.retry_after = 1, 600.0
    with pytest.raises(Unavailable) as told:
        await source.fetch()
    assert told.value.retry_after == 600.0
    assert len(await source.fetch()) == 2


async def test_a_certificate_instead_of_a_secret(
    microsoft: Served, tenant: Tenant, tmp_path: Path, app: App
) -> None:
    cert, key = certificate(tmp_path, "bot")
    tenant.register(Application("bot", certificate=cert.read_bytes(), roles=READS))
    tenant.put(moira())
    signed = replace(app, secret="", key_file=key, certificate_file=cert)
    graph = Graph(Tokens(signed), microsoft.graph_url, microsoft.ca_file)
    assert len(await EntraSource(graph, tenant.id).fetch()) == 1
    other, _ = certificate(tmp_path, "other")
    tenant.register(Application("bot", certificate=other.read_bytes(), roles=READS))
    with pytest.raises(NotAuthorised):
        await Tokens(signed).get(tenant.id)
    await graph.close()


async def test_a_wrong_secret_and_a_certificate_of_nobody_known(
    app: App, tenant: Tenant, tmp_path: Path
) -> None:
    with pytest.raises(NotAuthorised, match="invalid_client"):
        await Tokens(replace(app, secret="wrong")).get(tenant.id)
    stranger, _ = certificate(tmp_path, "stranger")
    with pytest.raises(Unavailable):
        await Tokens(replace(app, ca_file=stranger)).get(tenant.id)


async def test_the_token_goes_nowhere_but_to_graph(graph: Graph, tenant: Tenant) -> None:
    with pytest.raises(Exception, match="away from Graph"):
        await graph.get(tenant.id, "https://elsewhere.example/v1.0/users")
