"""A thousand forged and foreign requests to the bot's address: each refused rightly, nothing kept, nothing logged."""

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from starlette.applications import Starlette

from connectors.interface import Accept, Delivery
from connectors.teams.actions import Waiting
from connectors.teams.bot import Inbound
from connectors.teams.cards import Signer
from connectors.teams.jwt_gate import Gate
from connectors.teams.keys import Keys
from connectors.teams.known import Known
from tests.connectors.teams.service import (
    APP,
    CHANNEL,
    NURSE,
    OTHER,
    SECRET,
    TENANT,
    Service,
    Store,
    activity,
    private_key,
    published,
    serving,
)

MARKER = "943 476 5919"
Case = tuple[str, str | None, bytes, int]
SIGNER = Signer(SECRET)


def _b64(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def by_hand(service: Service, head: dict[str, Any], signature: bytes = b"", **claims: Any) -> str:
    return f"{_b64(head)}.{_b64(service.claims(**claims))}.{_b64(signature)}"


def hmac_with_public_key(service: Service, algorithm: str) -> str:
    """The oldest trick: the public key as the secret of an HMAC."""
    pem = private_key("one").public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    said = f"{_b64({'alg': algorithm, 'kid': 'one', 'typ': 'JWT'})}.{_b64(service.claims())}"
    return f"{said}.{_b64(hmac.new(pem, said.encode(), hashlib.sha256).digest())}"


def raw_claims(service: Service, text: str) -> str:
    """Well signed, but what is signed is `text`."""
    said = f"{_b64({'alg': 'RS256', 'kid': 'one'})}.{_b64(text.encode())}"
    return f"{said}.{_b64(private_key('one').sign(said.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def headers(service: Service) -> Iterator[tuple[str, str | None]]:
    """What stands in Authorization; the good token never."""
    good, now = service.token(), int(time.time())
    head, claims, _ = good.split(".")
    yield "missing", None
    yield from {
        "empty": "", "bearer alone": "Bearer", "bearer and spaces": "Bearer   ", "basic": f"Basic {good}",
        "no scheme": good, "digest": f"Digest {good}", "two tokens": f"Bearer {good} {good}",
        "not base64": "Bearer %%%.%%%.%%%", "one part": "Bearer abc", "two parts": f"Bearer {head}.{claims}",
        "four parts": f"Bearer {good}.x", "dots": "Bearer ...", "long": "Bearer " + "A" * 6000,
        "quoted": f'Bearer "{good}"', "null": "Bearer null", "json": 'Bearer {"alg":"none"}',
    }.items()  # fmt: skip
    tokens = tampered(service, good) | unwritten(service, now) | misissued(service)
    yield from ((name, f"Bearer {token}") for name, token in tokens.items())


def tampered(service: Service, good: str) -> dict[str, str]:
    """Its parts changed, signed by another, or not signed."""
    head, claims, signature = good.split(".")
    exp = int(time.time()) + 9999
    tokens = {
        "no signature": f"{head}.{claims}.", "another's signature": f"{head}.{claims}.{_b64(b'x' * 256)}",
        "signature cut": good[:-8], "claims changed": f"{head}.{_b64(service.claims(exp=exp))}.{signature}",
        "head changed": f"{_b64({'alg': 'RS256', 'kid': 'one', 'x': 1})}.{claims}.{signature}",
        "key from the token": by_hand(service, {"alg": "RS256", "kid": "one", "jwk": published("mine")}, b"x"),
        "key from elsewhere": by_hand(service, {"alg": "RS256", "kid": "one", "jku": "https://evil.example"}, b"x"),
        "no kid": by_hand(service, {"alg": "RS256"}, b"x"), "kid a number": by_hand(service, {"alg": "RS256", "kid": 1}, b"x"),
        "kid a list": by_hand(service, {"alg": "RS256", "kid": ["one"]}, b"x"),
        "kid a path": by_hand(service, {"alg": "RS256", "kid": "../../etc/passwd"}, b"x"),
        "no algorithm": by_hand(service, {"kid": "one"}), "algorithm null": by_hand(service, {"alg": None, "kid": "one"}),
        "algorithm a number": by_hand(service, {"alg": 7, "kid": "one"}),
        "critical": by_hand(service, {"alg": "RS256", "kid": "one", "crit": ["b64"], "b64": False}, b"x"),
        "claims a list": raw_claims(service, "[]"), "claims no json": raw_claims(service, "so what"),
        "claims a string": raw_claims(service, '"exp"'), "claims empty": raw_claims(service, "{}"),
        "exp infinite": raw_claims(service, json.dumps(service.claims())[:-1] + ', "exp": Infinity}'),
        "exp no number": raw_claims(service, json.dumps(service.claims())[:-1] + ', "exp": NaN}'),
        "not endorsed": service.token("other channel"), "wrong key": service.token("one", signer="mine"),
        "unknown key": service.token("nobody's"),
    }  # fmt: skip
    for algorithm in ("none", "None", "NONE", "nOnE", ""):
        tokens[f"algorithm {algorithm!r}"] = by_hand(service, {"alg": algorithm, "kid": "one"})
    for algorithm in ("HS256", "HS384", "HS512"):
        tokens[f"the public key as a secret, {algorithm}"] = hmac_with_public_key(service, algorithm)
    for algorithm in ("RS384", "RS512", "PS256", "PS384", "PS512"):
        tokens[f"signed by {algorithm}"] = service.token(algorithm=algorithm)
    return tokens


def unwritten(service: Service, now: int) -> dict[str, str]:
    """Not of now: expired, not begun, or saying nothing that could be understood."""
    tokens = {}
    for seconds in (301, 600, 3600, 86400, 31_536_000):
        tokens[f"expired {seconds} s ago"] = service.token(exp=now - seconds - 5)
        tokens[f"good in {seconds} s"] = service.token(nbf=now + seconds + 60, exp=now + seconds + 3600)
    for exp in (None, "never", "", [], {}, [now + 99], -1, 0, 1, True):
        tokens[f"exp {exp!r}"] = service.token(exp=exp)
    for nbf in ("tomorrow", [], {}):
        tokens[f"nbf {nbf!r}"] = service.token(nbf=nbf)
    return tokens


def misissued(service: Service) -> dict[str, str]:
    """By somebody else, for somebody else, or for another service."""
    tokens = {}
    for issuer in (
        None, "", "https://api.botframework.com/", "http://api.botframework.com", "https://api.botframework.com.evil.example",
        f"https://sts.windows.net/{TENANT}/", "https://login.microsoftonline.com/botframework.com/v2.0", "emulator",
        [], ["https://api.botframework.com"], {}, 5,
    ):  # fmt: skip
        tokens[f"issuer {issuer!r}"] = issued(service, "iss", issuer)
    for audience in (
        None, "", OTHER, APP.upper(), f"{APP} ", f"api://{APP}", f"28:{APP}", [], [OTHER], {}, 5, "https://api.botframework.com",
    ):  # fmt: skip
        tokens[f"audience {audience!r}"] = issued(service, "aud", audience)
    for url in (None, "", "https://smba.trafficmanager.net/", service.url, f"{service.service_url}x", 5, []):
        tokens[f"for the service {url!r}"] = service.token(serviceurl=url)
    return tokens


def issued(service: Service, claim: str, value: Any) -> str:
    """Past jwt.encode, which would not write such claims."""
    said = service.claims()
    said.pop(claim)
    return raw_claims(service, json.dumps(said if value is None else {**said, claim: value}))


def bodies(service: Service) -> dict[str, dict[str, Any]]:
    url, personal = service.service_url, {"conversation": {"conversationType": "personal", "id": "a:1"}}
    return {
        "message": activity(url, text=f"Obs for {MARKER}"), "edit": activity(url, "messageUpdate", text=MARKER),
        "deletion": activity(url, "messageDelete"), "personal": activity(url, **personal),
        "joined": activity(url, "conversationUpdate", membersAdded=[{"id": "29:x", "aadObjectId": OTHER}]),
        "installed": activity(url, "installationUpdate", action="add"), "press": press(url),
    }  # fmt: skip


def press(url: str, user: str = NURSE, **ours: Any) -> dict[str, Any]:
    signed = SIGNER.sign(TENANT, NURSE, "ok", "incident-1")
    data = {"chaperone": {"value": "incident-1", "for": NURSE, "signature": signed, **ours}}
    action = {"type": "Action.Execute", "verb": "ok", "data": data}
    who = {"id": "29:x", "aadObjectId": user}
    return activity(url, "invoke", name="adaptiveCard/action", value={"action": action}, **{"from": who})


def foreign(service: Service) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """Well signed, but not from where or whom we serve: the activity, and the token's service URL."""
    host = service.url.removeprefix("https://")
    for url in (
        "https://evil.example/", "https://evil.example/uk/", f"http://{host}/uk/", f"https://{host}.evil.example/uk/",
        f"https://{host}@evil.example/uk/", f"https://evil.example/#{service.service_url}", f"https://user@{host}/uk/",
        f"https://evil.example?{service.service_url}", f"https://evil.example\\@{host}/uk/", f"{service.url}/us/",
        f"{service.url}/uk/../us/", f"{service.url}/uk/%2e%2e/us/", f"{service.url}/ukx/", service.url, f"ftp://{host}/uk/",
        "https://127.0.0.1/uk/", "https://[::1/uk/", "//evil.example/uk/", "uk/", "javascript:alert(1)", f"{service.url}/UK/",
        "http://169.254.169.254/latest/", "file:///etc/passwd", "https://", " ", "https://smba.trafficmanager.net.evil.example/",
    ):  # fmt: skip
        for name, body in bodies(service).items():
            yield f"service {url!r}, {name}", {**body, "serviceUrl": url}, url
    for missing in (None, "", 0, [], {}, False):
        for name, body in bodies(service).items():
            yield f"service {missing!r}, {name}", {**body, "serviceUrl": missing}, service.service_url
    for name, body in bodies(service).items():
        yield (
            f"no service, {name}",
            {k: v for k, v in body.items() if k != "serviceUrl"},
            service.service_url,
        )
        for channel in (None, "webchat", "emulator", "MSTEAMS", "", 5, "directline"):
            yield f"channel {channel!r}, {name}", {**body, "channelId": channel}, service.service_url
        for tenant in (OTHER, "", None, 5, [TENANT], {"id": TENANT}, TENANT.upper(), f"{TENANT} "):
            there = {**body["channelData"], "tenant": {"id": tenant}}
            yield f"tenant {tenant!r}, {name}", {**body, "channelData": there}, service.service_url
        for data in (None, [], "x", {}, {"tenant": TENANT}, {"tenant": None}):
            yield f"channelData {data!r}, {name}", {**body, "channelData": data}, service.service_url
        where = {**body["conversation"], "tenantId": OTHER}
        yield (
            f"another tenant's conversation, {name}",
            {**body, "conversation": where},
            service.service_url,
        )


def cases(service: Service) -> Iterator[Case]:
    sent = {name: json.dumps(body).encode() for name, body in bodies(service).items()}
    for name, header in headers(service):
        for kind, raw in sent.items():
            yield f"{name}, {kind}", header, raw, 401
    tokens: dict[str | None, str] = {}
    for name, body, url in foreign(service):
        token = tokens.setdefault(url, service.token(serviceurl=url))
        yield name, f"Bearer {token}", json.dumps(body).encode(), 403
    for raw in (b"", b"{", b"[]", b"null", b"7", b"{}", b'{"type": 1}', b"\xff\xfe", b"[" * 100_000):
        yield f"no activity: {raw[:9]!r}", f"Bearer {service.token()}", raw, 400
    yield "too long", f"Bearer {service.token()}", b" " * 1_000_001, 413


class Recorder:
    def __init__(self) -> None:
        self.kept: list[Delivery] = []

    async def __call__(self, delivery: Delivery) -> bool:
        self.kept.append(delivery)
        return True


def stage(
    service: Service, accept: Accept, store: Store | None = None, *, keys: Keys | None = None,
    waiting: Waiting | None = None, patience: float = 0.05, tenants: tuple[str, ...] = (TENANT,),
) -> Inbound:  # fmt: skip
    """Everything that stands before the inbox, as it is wired."""
    store = store or Store()
    known = Known(store, service.service_url)
    gate = Gate(
        APP, keys or Keys(service.metadata_url, service.ca_file), tenants=frozenset(tenants),
        service_urls=(service.service_url,),
    )  # fmt: skip
    return Inbound(gate, accept, known, service.api(store), SIGNER, waiting or Waiting(), patience)


async def post(client: httpx.AsyncClient, header: str | None, raw: bytes) -> httpx.Response:
    sent = {"content-type": "application/json"} | ({} if header is None else {"authorization": header})
    return await client.post("/api/messages", content=raw, headers=sent)


def client_of(inbound: Inbound) -> httpx.AsyncClient:
    app = Starlette(routes=inbound.routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.example")


async def test_a_thousand_forged_requests(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "httpx")
    caplog.set_level(logging.WARNING, "httpcore")
    accept, store = Recorder(), Store()
    async with serving() as service:
        service.keys.append(published("other channel", endorsements=["directline"]))
        forged = list(cases(service))
        wrong, said = [], []
        async with client_of(stage(service, accept, store)) as client:
            for name, header, raw, status in forged:
                answer = await post(client, header, raw)
                if answer.status_code != status:
                    wrong.append((name, answer.status_code, status))
                said.append(answer.text)
        reads = service.key_reads
    assert len(forged) >= 1000
    assert wrong == []
    assert accept.kept == []
    assert store.tenants("teams") == ()
    assert MARKER not in "".join(said)
    ours = [
        r for r in caplog.records if r.name.startswith(("connectors", "botbuilder", "botframework", "jwt"))
    ]
    assert ours == []
    assert MARKER not in caplog.text
    assert reads <= 4, "made-up key ids must not make us ask for each"


async def test_the_honest_request_among_them_is_kept_as_it_came() -> None:
    accept = Recorder()
    async with serving() as service, client_of(stage(service, accept)) as client:
        raw = json.dumps(activity(service.service_url, unknownField={"kept": True}), indent=3).encode()
        assert (await post(client, f"Bearer {service.token()}", raw)).status_code == 200
    (delivery,) = accept.kept
    assert delivery.body == raw
    assert delivery.lane.endswith(CHANNEL)


@pytest.mark.parametrize(
    "body",
    [
        {"user": OTHER}, {"user": ""}, {"for": OTHER}, {"user": OTHER, "for": OTHER}, {"value": "incident-2"},
        {"value": 7}, {"signature": ""}, {"signature": None}, {"signature": "é"}, {"signature": "0" * 64},
    ],
)  # fmt: skip
async def test_a_button_is_for_the_person_whom_it_was_made_for(body: dict[str, Any]) -> None:
    accept = Recorder()
    async with serving() as service, client_of(stage(service, accept)) as client:
        raw = json.dumps(press(service.service_url, **body)).encode()
        answer = await post(client, f"Bearer {service.token()}", raw)
    assert (answer.status_code, answer.json()["statusCode"]) == (200, 403)
    assert accept.kept == []
