"""The keys that sign what Teams sends to a bot, and the metadata that publishes them (Bot Connector 3.1)."""

import time
from typing import Any, Final
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

LIFETIME: Final = 3600


class BotKeys:
    """`issuer` goes into tokens; `claims` lays changes over them (None leaves a claim out)."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.claims: dict[str, Any] = {}
        self._held: list[tuple[str, rsa.RSAPrivateKey]] = []
        self._tokens: dict[tuple[str, str], tuple[float, str]] = {}
        self.roll()

    def roll(self, *, keep: bool = True) -> str:
        """Sign with a new key from now on; its kid. The old one stays published when `keep`."""
        kid = uuid4().hex
        made = (kid, rsa.generate_private_key(65537, 2048))
        self._held = [made, *(self._held if keep else ())]
        self._tokens.clear()
        return kid

    def token(self, audience: str, service_url: str) -> str:
        """The bearer of an activity; one is used again until near its end."""
        now = time.time()
        ends, held = self._tokens.get((audience, service_url), (0.0, ""))
        if held and ends > now + 300 and not self.claims:
            return held
        kid, private = self._held[0]
        claims = {
            "serviceurl": service_url, "nbf": int(now) - 5, "iat": int(now), "exp": int(now) + LIFETIME,
            "iss": self.issuer, "aud": audience, **self.claims,
        }  # fmt: skip
        signed = jwt.encode(
            {key: value for key, value in claims.items() if value is not None}, private, "RS256", {"kid": kid}
        )
        self._tokens[audience, service_url] = (now + LIFETIME, signed)
        return signed

    def metadata(self, base_url: str) -> dict[str, Any]:
        return {
            "issuer": self.issuer, "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{base_url}/botframework/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }  # fmt: skip

    def jwks(self) -> dict[str, Any]:
        """Published keys, each endorsed for the channel msteams."""
        keys = []
        for kid, private in self._held:
            public: dict[str, Any] = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
            keys.append(public | {"use": "sig", "kid": kid, "x5t": kid, "endorsements": ["msteams"]})
        return {"keys": keys}
