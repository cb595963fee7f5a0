"""Signing in and out."""

import secrets
import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from bot.console import accounts, app
from bot.console.sessions import Brake
from bot.policy import load
from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys
from tests.bot.console.conftest import House
from tests.bot.console.seed import PASSWORD


async def try_as(client: httpx.AsyncClient, name: str, password: str, onward: str = "") -> httpx.Response:
    page = await client.get("/sign-in")
    csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
    return await client.post(
        "/sign-in", data={"csrf": csrf, "name": name, "password": password, "next": onward}
    )


async def test_right_password_opens_the_queue(house: House) -> None:
    async with house.client() as client:
        answer = await try_as(client, " Reviewer ", PASSWORD)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        page = await client.get("/")
        assert "Priya Lindqvist" in page.text
    stored = await house.store.read(lambda c: c.execute(select(t.session.c.token)).scalars().all())
    assert stored
    assert all(token not in cookie for token in stored), "only the hash is stored"
    rows = await house.store.read(lambda c: c.execute(select(t.audit.c.what, t.audit.c.actor)).all())
    assert ("console.signed_in", "reviewer") in rows


@pytest.mark.parametrize(
    ("name", "password"), [("reviewer", "wrong"), ("nobody", PASSWORD), ("", ""), ("reviewer", "")]
)
async def test_wrong_name_or_password_say_the_same(house: House, name: str, password: str) -> None:
    async with house.client() as client:
        answer = await try_as(client, name, password)
        assert answer.status_code == 401
        assert "The name or the password is not right" in answer.text
        assert (await client.get("/")).status_code == 303


async def test_disabled_account_stays_out_and_loses_its_session(house: House) -> None:
    off = update(t.account).where(t.account.c.name == "reviewer").values(disabled=True)
    async with house.as_("reviewer") as signed_in, house.client() as client:
        await house.store.write(lambda c: c.execute(off))
        assert (await try_as(client, "reviewer", PASSWORD)).status_code == 401
        assert (await signed_in.get("/")).status_code == 303


async def test_five_failures_hold_the_account_for_a_quarter_of_an_hour(house: House) -> None:
    async with house.client() as client:
        for _ in range(5):
            assert (await try_as(client, "reviewer", "wrong")).status_code == 401
        held = await try_as(client, "reviewer", PASSWORD)
        assert held.status_code == 429
        assert "15 minutes" in held.text
        assert (await try_as(client, "admin", PASSWORD)).status_code == 303, "another account is free"
    async with house.client() as client:
        house.clock.at += 15 * 60 + 1
        assert (await try_as(client, "reviewer", PASSWORD)).status_code == 303


def test_brake_forgets_the_oldest_keys_and_what_was_cleared() -> None:
    brake = Brake(tries=1, window_s=10, most_keys=2)
    for key in ("a", "b", "c"):
        brake.failed(key, 0)
    assert [brake.holds(k, 1) for k in ("a", "b", "c")] == [False, True, True]
    brake.cleared("b")
    assert not brake.holds("b", 1)
    assert not brake.holds("c", 11)
    brake.failed("d", 0)
    brake.forgiven("d")
    assert not brake.holds("d", 0)


async def test_sign_out_ends_the_session_on_the_server(house: House) -> None:
    async with house.as_("reviewer") as client:
        csrf = (await client.get("/")).text.split('name="csrf" value="')[1].split('"')[0]
        kept = dict(client.cookies)
        answer = await client.post("/sign-out", data={"csrf": csrf})
        assert answer.headers["location"] == "/sign-in?out=1"
    async with house.client() as client:
        client.cookies.update(kept)
        assert (await client.get("/")).status_code == 303


@pytest.mark.parametrize(
    ("onward", "goes_to"),
    [
        ("/events/aaaa00000001", "/events/aaaa00000001"), ("//elsewhere.example", "/"), ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example", "/"), ("", "/"), ("/\r\nSet-Cookie: a=b", "/"),
    ],
)  # fmt: skip
async def test_goes_on_to_pages_of_ours_only(house: House, onward: str, goes_to: str) -> None:
    async with house.client() as client:
        assert (await try_as(client, "reviewer", PASSWORD, onward)).headers["location"] == goes_to


async def test_sign_in_form_needs_its_cookie_and_origin(house: House) -> None:
    async with house.client() as client:
        data = {"csrf": "x", "name": "reviewer", "password": PASSWORD}
        assert (await client.post("/sign-in", data=data)).status_code == 403
        client.headers["Sec-Fetch-Site"] = "cross-site"
        assert (await try_as(client, "reviewer", PASSWORD)).status_code == 403


async def test_over_https_the_cookie_belongs_to_this_host(tmp_path: Path) -> None:
    keys = Keys(secrets.token_bytes(32))
    store = Store.open(tmp_path / "s.db", keys.database_key)
    await accounts.create(store, "Priya", "Priya Lindqvist", "reviewer", PASSWORD)

    async def accept(_: object) -> bool:
        return True

    made = app.build(store=store, keys=keys, accept=accept, policy=load.default)
    transport = httpx.ASGITransport(app=made)
    headers = {"Origin": "https://console.example"}
    async with httpx.AsyncClient(
        transport=transport, base_url="https://console.example", headers=headers
    ) as client:
        answer = await try_as(client, "priya", PASSWORD)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-chaperone=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "max-age" in answer.headers["strict-transport-security"]
    store.close()


async def test_accounts_are_made_with_care(tmp_path: Path) -> None:
    keys = Keys(secrets.token_bytes(32))
    store = Store.open(tmp_path / "s.db", keys.database_key)
    await accounts.create(store, "Sam", "Sam Ashe", "admin", PASSWORD)
    for name, role, password in [("sam", "admin", PASSWORD), ("x", "root", PASSWORD), ("x", "admin", "short"), (" ", "admin", PASSWORD)]:  # fmt: skip
        with pytest.raises(accounts.Unsuitable) as raised:
            await accounts.create(store, name, "X", role, password)  # type: ignore[arg-type]
        assert password not in str(raised.value)
    row = await store.read(lambda c: c.execute(select(t.account)).mappings().one())
    assert row["password"].startswith("scrypt$")
    assert PASSWORD not in row["password"]
    assert await accounts.check(store, "SAM", PASSWORD) == "sam"
    assert await accounts.check(store, "sam", PASSWORD + "x") is None
    store.close()


async def test_unknown_names_take_as_long(tmp_path: Path) -> None:
    """A generous bound: without the dummy hash it would be a hundred times quicker."""
    keys = Keys(secrets.token_bytes(32))
    store = Store.open(tmp_path / "s.db", keys.database_key)
    await accounts.create(store, "sam", "Sam Ashe", "admin", PASSWORD)
    took = {}
    for name in ("sam", "nobody"):
        start = time.perf_counter()
        await accounts.check(store, name, "wrong")
        took[name] = time.perf_counter() - start
    assert took["nobody"] > took["sam"] / 10
    store.close()
