"""Change notifications as Graph sends them, and every way that we know to forge one."""

import base64
import copy
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.sandbox.microsoft.authority import KEY_ID
from connectors.sandbox.microsoft.tenant import Tenant
from connectors.sandbox.teams.sealing import sealed
from connectors.teams.encryption import Certificate
from connectors.teams.notifications import client_state
from connectors.teams.validation import PUBLISHER

Json = dict[str, Any]

APP = "3f9c7c5e-0000-4000-8000-00000000b071"
SECRET = b"known to us and to nobody else"
TEAM, THREAD = "5b1f3a52-0000-4000-8000-000000000001", "19:ward@thread.tacv2"
_ODD: tuple[Any, ...] = (None, "", "not base64!", 1, [], {})
SAID = "Obs for 943 476 5919"


class Case(NamedTuple):
    name: str
    body: bytes
    status: int


@dataclass
class Forge:
    """`tenant` is ours; `other` is somebody's whom we do not serve."""

    tenant: Tenant
    other: Tenant
    certificate: Certificate
    stranger: Certificate
    number: int = 1_790_000_000_000
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    # --- what is good ---

    def claims(self, **changed: Any) -> Json:
        now = int(time.time())
        good = {
            "aud": APP, "iss": f"https://sts.windows.net/{self.tenant.id}/", "iat": now, "nbf": now - 5,
            "exp": now + 3600, "appid": PUBLISHER, "tid": self.tenant.id, "ver": "1.0",
        }  # fmt: skip
        return {k: v for k, v in {**good, **changed}.items() if v is not None}

    def token(self, key: Any = None, alg: str = "RS256", kid: str = KEY_ID, **changed: Any) -> str:
        signing = self.tenant.signing if key is None else key
        return jwt.encode(self.claims(**changed), signing, alg, {"kid": kid})

    def item(self, **changed: Any) -> Json:
        self.number += 1
        path = f"teams('{TEAM}')/channels('{THREAD}')/messages('{self.number}')"
        data = {
            "id": str(self.number), "etag": str(self.number), "createdDateTime": "2026-11-22T08:00:00Z",
            "from": {"user": {"id": "u"}}, "body": {"contentType": "text", "content": SAID},
        }  # fmt: skip
        return {
            "subscriptionId": "s", "changeType": "created", "tenantId": self.tenant.id, "resource": path,
            "clientState": client_state(SECRET, self.tenant.id), "encryptedContent": self.seal(data), **changed,
        }  # fmt: skip

    def seal(self, data: Json, certificate: Certificate | None = None) -> Json:
        by = certificate or self.certificate
        public = x509.load_der_x509_certificate(base64.b64decode(by.public))
        return sealed(json.dumps(data).encode(), public, by.id)

    def body(self, *items: Json, tokens: Any = None) -> bytes:
        wanted = [self.token()] if tokens is None else tokens
        return json.dumps({"value": list(items), "validationTokens": wanted}).encode()

    # --- what is not ---

    def cases(self) -> Iterator[Case]:
        yield from self._malformed()
        yield from self._states()
        yield from self._tenants()
        yield from self._tokens()
        yield from self._tampered_tokens()
        yield from self._sealings()
        yield from self._mixed()

    def _malformed(self) -> Iterator[Case]:
        for text in ("", "{", "[]", "null", "1", '"x"', "{}", '{"value": []}', '{"value": 1}', '{"value": [1]}',
                     '{"value": {"a": 1}}', "[" * 50_000, "\xff\xfe"):  # fmt: skip
            yield Case(f"body {text[:20]!r}", text.encode("latin-1"), 400)
        for resource in ("", "users('u')/messages('1')", "x", "teams", "'", "teams('')"):
            yield Case(f"resource {resource!r}", self.body(self.item(resource=resource)), 400)

    def _states(self) -> Iterator[Case]:
        good = client_state(SECRET, self.tenant.id)
        wrong: list[Any] = [
            "", None, 0, [], {}, [good], good[:-1], good + "0", good.upper(), f" {good}", "ä" * 64, "\ud800",
            client_state(SECRET, self.other.id), client_state(b"another", self.tenant.id), "0" * 64,
        ]  # fmt: skip
        wrong += [good[:at] + ("0" if good[at] != "0" else "1") + good[at + 1 :] for at in range(len(good))]
        for state in wrong:
            yield Case(f"clientState {state!r:.20}", self.body(self.item(clientState=state)), 403)

    def _tenants(self) -> Iterator[Case]:
        ours = self.tenant.id
        wrong: tuple[Any, ...] = (
            None, "", "x", self.other.id, ours.upper() + "0", ours[:-1], [ours], {"id": ours}, 0
        )  # fmt: skip
        for tenant in wrong:
            state = client_state(SECRET, str(tenant))
            yield Case(f"tenant {tenant!r}", self.body(self.item(tenantId=tenant, clientState=state)), 403)
        foreign = self.token(self.other.signing, tid=self.other.id)
        yield Case("token of another tenant", self.body(self.item(), tokens=[foreign]), 401)

    def _tokens(self) -> Iterator[Case]:
        ours, now = self.tenant.id, int(time.time())
        public = self.tenant.signing.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        claims: dict[str, Json] = {
            "expired": {"exp": now - 3600}, "no exp": {"exp": None}, "exp is no number": {"exp": "later"},
            "not yet": {"nbf": now + 7200}, "no aud": {"aud": None}, "no iss": {"iss": None}, "no tid": {"tid": None},
            "no appid": {"appid": None}, "empty appid": {"appid": ""}, "appid ours": {"appid": APP},
            "azp wrong": {"appid": None, "azp": APP}, "appid a list": {"appid": [PUBLISHER]},
        }  # fmt: skip
        for aud in _any(
            "",
            "x",
            APP.upper(),
            f"api://{APP}",
            "https://graph.microsoft.com",
            ours,
            PUBLISHER,
            [],
            1,
        ):
            claims[f"aud {aud!r}"] = {"aud": aud}
        for iss in _any("", f"https://sts.windows.net/{ours}", f"https://sts.windows.net/{self.other.id}/", "https://sts.windows.net/",
                    f"http://sts.windows.net/{ours}/", f"https://evil.example/{ours}/", f"https://sts.windows.net.evil.example/{ours}/", 1):  # fmt: skip
            claims[f"iss {iss!r}"] = {"iss": iss}
        for tid in _any("", self.other.id, ours.upper() + "x", "../" + ours, [ours], 1):
            claims[f"tid {tid!r}"] = {"tid": tid}
        made = {
            name: [self.token(**changed)] for name, changed in claims.items() if _can(self.token, changed)
        }
        made |= {
            "none": [], "null": _any(None), "number": _any(1), "empty": [""], "words": ["a.b.c"], "dots": [".."],
            "object": _any({}), "own key": [self.token(self.key)], "another tenant's key": [self.token(self.other.signing)],
            "unknown kid": [self.token(kid="nobody")], "empty kid": [self.token(kid="")],
            "HS256 with the public key": [self._by_hand("HS256", public)], "alg none": [self._by_hand("none", b"")],
            "PS256": [self.token(alg="PS256")], "RS512": [self.token(alg="RS512")],
            "a good one and a bad one": [self.token(), self.token(self.key)],
            "a good one and nothing": _any(self.token(), None),
        }  # fmt: skip
        for name, tokens in made.items():
            yield Case(f"token: {name}", self.body(self.item(), tokens=tokens), 401)
        odd: tuple[Any, ...] = ("x", {"a": 1}, 1, True)
        for tokens in odd:
            yield Case(f"tokens {tokens!r}", self.body(self.item(), tokens=tokens), 401)

    def _by_hand(self, alg: str, key: bytes) -> str:
        """What the library that makes tokens refuses to make."""
        parts = ({"alg": alg, "kid": KEY_ID, "typ": "JWT"}, self.claims())
        signing = ".".join(_b64(json.dumps(part).encode()) for part in parts)
        signature = hmac.digest(key, signing.encode(), "sha256") if key else b""
        return f"{signing}.{_b64(signature)}"

    def _tampered_tokens(self) -> Iterator[Case]:
        """Every so many characters of a good token changed; the last holds bits that nobody reads."""
        good, item = self.token(), self.item()
        for at in range(0, len(good) - 1, 2):
            if good[at] != ".":
                other = "A" if good[at] != "A" else "B"
                yield Case(
                    f"token character {at}", self.body(item, tokens=[good[:at] + other + good[at + 1 :]]), 401
                )

    def _sealings(self) -> Iterator[Case]:
        good = self.item()
        for name, change in self._sealed_wrong(good["encryptedContent"]):
            yield Case(f"sealed: {name}", self.body({**good, "encryptedContent": change}), 400)

    def _sealed_wrong(self, good: Json) -> Iterator[tuple[str, Any]]:
        for key in ("data", "dataKey", "dataSignature"):
            raw = base64.b64decode(good[key])
            step = max(len(raw) // 240, 1)
            for at in range(0, len(raw), step):
                flipped = bytearray(raw)
                flipped[at] ^= 1 << (at % 8)
                yield f"{key} byte {at}", {**good, key: base64.b64encode(flipped).decode()}
            for cut in (raw[:-1], raw[1:], b"", raw + b"\0"):
                yield f"{key} cut to {len(cut)}", {**good, key: base64.b64encode(cut).decode()}
            for value in _ODD:
                yield f"{key} {value!r}", {**good, key: value}
            yield f"{key} missing", {k: v for k, v in good.items() if k != key}
        ids: tuple[Any, ...] = (None, "", "x", self.stranger.id, good["encryptionCertificateId"] + "0", 1, [])
        for id in ids:
            yield f"certificate {id!r}", {**good, "encryptionCertificateId": id}
        strange = self.seal({"id": "1"}, self.stranger)
        yield "under another key", {**strange, "encryptionCertificateId": self.certificate.id}
        yield "signature of another item", {**good, "dataSignature": self.seal({"id": "1"})["dataSignature"]}
        yield "key of another item", {**good, "dataKey": self.seal({"id": "1"})["dataKey"]}
        for value in ("x", 1, [1], True):
            yield f"no object {value!r}", value

    def _mixed(self) -> Iterator[Case]:
        """One bad item among good ones: nothing of it is kept."""
        bad = copy.deepcopy(self.item())
        bad["encryptedContent"]["dataSignature"] = base64.b64encode(b"0" * 32).decode()
        yield Case("a bad item last", self.body(self.item(), bad), 400)
        yield Case("a bad item first", self.body(bad, self.item()), 400)
        yield Case("a foreign item last", self.body(self.item(), self.item(clientState="")), 403)


def _any(*values: Any) -> list[Any]:
    return list(values)


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _can(make: Callable[..., str], changed: Json) -> bool:
    """The library that makes tokens refuses some claims itself."""
    try:
        make(**changed)
    except (TypeError, ValueError, jwt.PyJWTError):
        return False
    return True
