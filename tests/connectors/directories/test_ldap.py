"""LDAP against a real OpenLDAP server: TLS and its refusals, pages, groups, leavers, more people than a page holds."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.directories.ldap import LdapSettings, LdapSource
from connectors.directories.synced import SyncedDirectory
from connectors.interface import Member, Refused, Unavailable
from tests.connectors.directories.slapd import (
    BASE,
    PASSWORD,
    PEOPLE,
    READER,
    Slapd,
    certificate,
    group,
    needs_slapd,
    person,
    slapd,
)

pytestmark = needs_slapd
MANY = 2_500


def ldif() -> str:
    staff = "".join(
        person(
            f"p{n}",
            f"Person{n} Staffmember",
            f"p{n}@airevalley.nhs.example",
            departmentNumber=f"Ward {n % 40}",
        )
        for n in range(MANY)
    )
    return staff + (
        person("moira", "Moira Devlin", "moira.devlin@airevalley.nhs.example", givenName="Mo", title="Ward sister",
               o="Aire Valley", departmentNumber="Cardiology")
        + person("zoe", "Zoë Ó Briain", "zoe@airevalley.nhs.example")
        + group("night", f"uid=zoe,{PEOPLE}", f"cn=all,{BASE}")
        + group("all", f"UID=moira, {PEOPLE}", f"cn=night,{BASE}", f"uid=nobody,{PEOPLE}")
    )  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    with slapd(tmp_path_factory.mktemp("slapd"), ldif()) as running:
        yield running


@pytest.fixture
def settings(server: Slapd) -> LdapSettings:
    return LdapSettings(server.secure, PEOPLE, READER, PASSWORD, ca_file=server.ca)


def account(email: str = "", user: str = "U1") -> Member:
    return Member(user, "T1", email=email)


async def test_everyone_comes_page_by_page_and_is_matched(settings: LdapSettings) -> None:
    directory = SyncedDirectory("Active Directory", LdapSource(settings).fetch)
    assert (await directory.standing(account("p1@airevalley.nhs.example"))).standing == "could_not_tell"
    health = await directory.sync()
    # More than the server's size limit of 500 and than one page.
    assert (health.people, health.problem, health.stale) == (MANY + 2, "", False)
    answer = await directory.standing(account(" Moira.Devlin@AIREVALLEY.nhs.example"))
    assert answer.person is not None
    assert (answer.standing, answer.by) == ("staff", "email")
    person = answer.person
    assert (person.name, person.known_as, person.role) == ("Moira Devlin", "Mo", "Ward sister")
    assert (person.department, person.employer) == ("Cardiology", "Aire Valley")
    assert (await directory.standing(account(user=person.id))).by == "id"
    assert (await directory.standing(account("nobody@airevalley.nhs.example"))).standing == "unknown"
    assert [p.name for p in await directory.people() if p.email.startswith("zoe@")] == ["Zoë Ó Briain"]
    health = await directory.health()
    assert (health.asked, health.matched) == (3, 2)


async def test_start_tls_on_the_plain_port(server: Slapd, settings: LdapSettings) -> None:
    upgraded = replace(settings, url=server.plain, start_tls=True, filter="(uid=moira)")
    assert [p.name for p in await LdapSource(upgraded).fetch()] == ["Moira Devlin"]


@pytest.mark.parametrize("start_tls", [False, True])
async def test_a_certificate_of_an_unknown_authority_is_refused(
    server: Slapd, settings: LdapSettings, tmp_path: Path, start_tls: bool
) -> None:
    other = certificate(tmp_path)
    url = server.plain if start_tls else server.secure
    for ca in (other, None):
        with pytest.raises(Refused, match="certificate"):
            await LdapSource(replace(settings, url=url, start_tls=start_tls, ca_file=ca)).fetch()


async def test_a_certificate_for_another_host_is_refused(settings: LdapSettings) -> None:
    wrong = replace(settings, url=settings.url.replace("127.0.0.1", "localhost"))
    with pytest.raises(Refused, match="certificate"):
        await LdapSource(wrong).fetch()


async def test_nothing_is_sent_without_tls_to_another_machine(settings: LdapSettings) -> None:
    with pytest.raises(Refused, match="ldaps://"):
        await LdapSource(replace(settings, url="ldap://ldap.airevalley.nhs.example")).fetch()


async def test_groups_within_groups_that_hold_one_another(settings: LdapSettings) -> None:
    inside = replace(settings, group=f"cn=night,{BASE}")
    assert {p.name for p in await LdapSource(inside).fetch()} == {"Moira Devlin", "Zoë Ó Briain"}
    with pytest.raises(Refused, match="base or the group"):
        await LdapSource(replace(settings, group=f"cn=gone,{BASE}")).fetch()


async def test_a_wrong_password_a_wrong_base_and_no_server_are_told_apart(settings: LdapSettings) -> None:
    with pytest.raises(Refused, match="name or password"):
        await LdapSource(replace(settings, password="wrong")).fetch()
    with pytest.raises(Refused, match="base or the group"):
        await LdapSource(replace(settings, base=f"ou=gone,{BASE}")).fetch()
    with pytest.raises(Unavailable, match="did not answer"):
        await LdapSource(replace(settings, url="ldaps://127.0.0.1:9")).fetch()


async def test_an_outage_keeps_the_copy_until_it_is_stale(tmp_path: Path) -> None:
    now = [1000.0]
    with slapd(tmp_path, person("moira", "Moira Devlin", "moira@airevalley.nhs.example")) as server:
        source = LdapSource(LdapSettings(server.secure, PEOPLE, READER, PASSWORD, ca_file=server.ca))
        directory = SyncedDirectory("directory", source.fetch, max_age_hours=1.0, clock=lambda: now[0])
        await directory.sync()
    moira = account("moira@airevalley.nhs.example")
    now[0] += 3599
    health = await directory.sync()
    assert "did not answer" in health.problem
    assert (await directory.standing(moira)).standing == "staff"
    now[0] += 2
    assert (await directory.standing(moira)).standing == "could_not_tell"
    assert (await directory.standing(account("stranger@else.example"))).standing == "could_not_tell"


async def test_own_attributes_and_locked_accounts(tmp_path: Path) -> None:
    entries = person("a", "Ann Able", "ann@a.example", description="emp-1", employeeType="Nurse") + person(
        "b", "Ben Bold", "ben@a.example", pwdAccountLockedTime="000001010000Z"
    )
    with slapd(tmp_path, entries) as server:
        columns = {"id": "description", "role": "employeeType"}
        settings = LdapSettings(server.secure, PEOPLE, READER, PASSWORD, ca_file=server.ca, columns=columns)
        people = await LdapSource(settings).fetch()
    assert {(p.id, p.role, p.status) for p in people} == {("emp-1", "Nurse", "active"), ("", "", "left")}
