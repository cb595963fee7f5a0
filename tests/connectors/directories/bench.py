"""How fast directories are read and asked: `python -m tests.connectors.directories.bench` prints a table."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from connectors.directories.csv import CsvDirectory
from connectors.directories.entra import EntraSource
from connectors.directories.ldap import LdapSettings, LdapSource
from connectors.directories.synced import SyncedDirectory
from connectors.interface import DirectoryHealth, Member, StaffDirectory
from connectors.microsoft.graph import Graph
from connectors.microsoft.tokens import App, Tokens
from connectors.sandbox.microsoft.server import serving
from connectors.sandbox.microsoft.tenant import Application, Cloud
from tests.connectors.directories.slapd import PASSWORD, PEOPLE, READER, person, slapd

ROWS, PEOPLE_COUNT, LOOKUPS = 200_000, 20_000, 20_000


async def csv(folder: Path) -> None:
    rows = (
        f"Person{n} Staffmember,,p{n}@trust.example,Nurse,Ward {n % 40},Trust,active,E{n}"
        for n in range(ROWS)
    )
    path = folder / "staff.csv"
    path.write_text("\n".join(["name,known_as,email,role,department,employer,status,id", *rows]), "utf-8")
    await _report(f"CSV, {ROWS:,} rows", CsvDirectory(path), ROWS)


async def ldap(folder: Path) -> None:
    staff = "".join(
        person(f"p{n}", f"Person{n} Staffmember", f"p{n}@trust.example") for n in range(PEOPLE_COUNT)
    )
    with slapd(folder, staff) as server:
        settings = LdapSettings(server.secure, PEOPLE, READER, PASSWORD, ca_file=server.ca)
        directory = SyncedDirectory("LDAP", LdapSource(settings).fetch)
        await _report(f"LDAP over TLS, {PEOPLE_COUNT:,} people", directory, PEOPLE_COUNT)


async def entra(folder: Path) -> None:
    cloud = Cloud()
    tenant = cloud.tenant("7e1b2f30-0000-4000-8000-000000000001")
    roles = frozenset({"User.Read.All", "User-LifeCycleInfo.Read.All"})
    tenant.register(Application("bot", "a-secret", roles=roles))
    for n in range(PEOPLE_COUNT):
        address = f"p{n}@trust.example"
        tenant.put({"displayName": f"Person{n} Staffmember", "mail": address, "userPrincipalName": address})
    async with serving(cloud, folder) as served:
        app = App("bot", "a-secret", authority=served.url, ca_file=served.ca_file)
        source = EntraSource(Graph(Tokens(app), served.graph_url, served.ca_file), tenant.id)
        directory = SyncedDirectory("Entra ID", source.fetch)
        await _report(f"Entra through Graph, {PEOPLE_COUNT:,} people", directory, PEOPLE_COUNT)
        _line("  only what changed", await _took(directory.sync), "s")


async def _report(name: str, directory: StaffDirectory, people: int) -> None:
    took = await _took(directory.sync)
    health: DirectoryHealth = await directory.health()
    assert (health.people, health.problem) == (people, "")
    _line(f"{name}: read", took, "s")
    accounts = [Member(f"U{n}", "T1", email=f"P{n * 7 % people}@trust.example") for n in range(LOOKUPS)]

    async def ask() -> None:
        for account in accounts:
            await directory.standing(account)

    _line("  a lookup", 1e6 * await _took(ask) / LOOKUPS, "µs")
    assert (await directory.health()).matched == LOOKUPS


async def _took(do: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await do()
    return time.perf_counter() - began


def _line(name: str, value: float, unit: str) -> None:
    sys.stdout.write(f"{name:<40} {value:>10.2f} {unit}\n")
    sys.stdout.flush()


async def main() -> None:
    for measure in (csv, ldap, entra):
        with tempfile.TemporaryDirectory() as folder:
            await measure(Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
