"""Nobody gets through without a session, the right role and a form of ours."""

import re

import httpx
import pytest
from starlette.routing import Route

from bot.console.accounts import ROLES
from bot.console.app import ENTRIES
from bot.console.gate import cookie_name
from bot.console.sessions import IDLE_S, LONGEST_S
from tests.bot.console.conftest import House

OPEN = {("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/assets/{name:str}"), ("GET", "/healthz")}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def real(path: str) -> str:
    """A path of the seeded house for a route's pattern."""
    path = path.replace("/events/{id:str}", "/events/aaaa00000001").replace(
        "/membership/{id:int}", "/membership/3"
    )
    if path in ("/channels/one", "/channels/people"):
        return f"{path}?platform=slack&tenant=T1&id=C-WARD"
    return path.replace("{id:int}", "3")


async def token(client: httpx.AsyncClient) -> str:
    """The form token in this visitor's pages."""
    found = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/")).text)
    assert found
    return found[1]


async def test_every_route_but_four_needs_sign_in(house: House) -> None:
    from bot.console import app  # the running one is behind HTTP; its routes are these

    made = app.build(
        store=house.store, keys=house.keys, accept=_never, policy=lambda: _never(), secure_cookies=False
    )  # type: ignore[arg-type,return-value]
    routes = [
        (m, r.path) for r in made.routes if isinstance(r, Route) for m in (r.methods or ()) if m != "HEAD"
    ]
    assert len(made.routes) == len(routes), "a route that this test cannot see"
    assert set(routes) >= OPEN
    async with house.client() as client:
        for method, path in set(routes) - OPEN:
            answer = await client.request(method, real(path), headers=FORM if method == "POST" else {})
            expected = 303 if method == "GET" else 403
            assert answer.status_code == expected, (method, path)
            if method == "GET":
                assert answer.headers["location"].startswith("/sign-in?next=")


async def _never(*_: object) -> bool:
    raise AssertionError("not to be called")


@pytest.mark.parametrize("role", ROLES)
async def test_role_table_holds(house: House, role: str) -> None:
    async with house.as_(role) as client:
        csrf = await token(client)
        for entry in ENTRIES:
            if entry.path == "/sign-out":
                continue
            if entry.method == "POST" and role in entry.roles:
                continue
            data = {"csrf": csrf} if entry.method == "POST" else None
            answer = await client.request(entry.method, real(entry.path), data=data)
            assert answer.status_code == (200 if role in entry.roles else 403), (entry.path, role)
    assert house.accepted == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": ""},
        {"Origin": "null", "Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_form_from_elsewhere_is_refused(house: House, headers: dict[str, str]) -> None:
    async with house.as_("reviewer") as client:
        data = {"csrf": await token(client), "decision": "near_miss"}
        sent = {k: v for k, v in headers.items() if v}
        bare = httpx.AsyncClient(base_url=house.url, cookies=client.cookies)
        async with bare:
            answer = await bare.post("/events/aaaa00000001/decision", data=data, headers=sent)
        assert answer.status_code == 403
        assert "went stale" in answer.text or "gone stale" in answer.text


@pytest.mark.parametrize("data", [{}, {"csrf": ""}, {"csrf": "guessed"}, {"csrf": "é"}])
async def test_form_without_its_token_is_refused(house: House, data: dict[str, str]) -> None:
    async with house.as_("reviewer") as client:
        answer = await client.post("/events/aaaa00000001/decision", data={**data, "decision": "near_miss"})
        assert answer.status_code == 403


async def test_another_visitors_token_is_refused(house: House) -> None:
    async with house.as_("admin") as other, house.as_("reviewer") as client:
        answer = await client.post(
            "/events/aaaa00000001/decision", data={"csrf": await token(other), "decision": "near_miss"}
        )
        assert answer.status_code == 403


async def test_form_without_origin_or_of_another_type_or_too_large_is_refused(house: House) -> None:
    async with house.as_("reviewer") as client:
        csrf = await token(client)
        path = "/events/aaaa00000001/decision"
        bare = httpx.AsyncClient(base_url=house.url, cookies=client.cookies)
        async with bare:
            assert (await bare.post(path, data={"csrf": csrf, "decision": "near_miss"})).status_code == 403
        assert (await client.post(path, json={"csrf": csrf})).status_code == 415
        assert (await client.post(path, data={"csrf": csrf, "reason": "x" * 70_000})).status_code == 413


async def test_session_ends_when_idle_and_after_half_a_day(house: House) -> None:
    async with house.as_("reviewer") as client:
        start = house.clock.at
        house.clock.at = start + IDLE_S - 60
        assert (await client.get("/")).status_code == 200
        house.clock.at = start + IDLE_S + 60
        assert (await client.get("/")).status_code == 200, "it was used in between"
        house.clock.at += IDLE_S + 1
        assert (await client.get("/")).status_code == 303
    async with house.as_("reviewer") as client:
        end = house.clock.at + LONGEST_S
        while house.clock.at + IDLE_S / 2 < end:
            house.clock.at += IDLE_S / 2
            assert (await client.get("/")).status_code == 200
        house.clock.at = end + 1
        assert (await client.get("/")).status_code == 303


async def test_made_up_cookie_is_nobody(house: House) -> None:
    async with house.client() as client:
        client.cookies.set(cookie_name(False), "made-up")
        assert (await client.get("/")).status_code == 303


async def test_answers_carry_the_security_headers(house: House) -> None:
    async with house.client() as client:
        for path in ("/", "/sign-in", "/healthz", "/assets/nhsuk.css", "/nowhere"):
            headers = (await client.get(path)).headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'")
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
        pages = [(await client.get("/sign-in")).headers["content-security-policy"] for _ in range(2)]
        assert pages[0] != pages[1], "a nonce is used once"
        assert (await client.get("/sign-in")).headers["cache-control"] == "no-store"


async def test_assets_come_from_here_and_nothing_else_does(house: House) -> None:
    async with house.client() as client:
        css = (await client.get("/assets/nhsuk.css")).text
        assert "@font-face" not in css
        assert "url(http" not in css
        assert ".nhsuk-button" in css
        script = await client.get("/assets/nhsuk.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert "initAll" in script.text
        for name in ("chaperone.css", "chaperone.js", "chaperone.svg"):
            assert (await client.get(f"/assets/{name}")).status_code == 200
        for name in ("app.py", "..%2fapp.py", "nhsuk.css.map"):
            assert (await client.get(f"/assets/{name}")).status_code == 404
        page = (await client.get("/sign-in")).text
        assert not re.search(r'(?:src|href)="(?!/|#)', page)
        assert "NHS England" not in page


async def test_health_check_needs_nobody(house: House) -> None:
    async with house.client() as client:
        answer = await client.get("/healthz")
        assert (answer.status_code, answer.text) == (200, "ok")
