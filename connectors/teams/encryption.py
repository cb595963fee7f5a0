"""Resource data of rich change notifications: whose certificate, the HMAC first, then AES.

Graph, "Set up change notifications that include resource data": the data key under RSA-OAEP (SHA-1), an
HMAC-SHA256 over the encrypted bytes, AES-CBC with PKCS7 and the key's first 16 bytes as IV; a key per item.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac, padding, serialization
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_OAEP: Final = OAEP(MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - what Graph encrypts with
_KEY_BITS: Final = (2048, 4096)


class Undecipherable(Exception):
    """Resource data that is not ours, was changed on its way, or is none. Says no more, by intent."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One notification certificate and its key. `id` is what Graph calls it in each notification."""

    id: str
    public: str = field(repr=False)
    """The certificate as subscriptions want it: base64 of its DER."""
    ends: datetime
    _private: RSAPrivateKey = field(repr=False)

    @classmethod
    def read(cls, certificate_file: Path, key_file: Path) -> "Certificate":
        """Of two PEM files; named by the certificate's SHA-256, so that a new one has a new id.

        Raises ValueError when they are no RSA pair of 2,048 to 4,096 bits.
        """
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        private = serialization.load_pem_private_key(key_file.read_bytes(), None)
        if not isinstance(private, RSAPrivateKey) or not _KEY_BITS[0] <= private.key_size <= _KEY_BITS[1]:
            raise ValueError("the notification key must be RSA of 2,048 to 4,096 bits")
        if certificate.public_key() != private.public_key():
            raise ValueError("the notification certificate is not that of the key")
        public = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
        ends = certificate.not_valid_after_utc.astimezone(UTC)
        return cls(certificate.fingerprint(hashes.SHA256()).hex()[:32], public, ends, private)

    def open(self, sealed: Mapping[str, Any]) -> bytes:
        """The plain bytes of one item's `encryptedContent` (keys in lower case). Raises Undecipherable."""
        try:
            data = base64.b64decode(sealed["data"], validate=True)
            key = self._private.decrypt(base64.b64decode(sealed["datakey"], validate=True), _OAEP)
            proof = hmac.HMAC(key, hashes.SHA256())
            proof.update(data)
            proof.verify(base64.b64decode(sealed["datasignature"], validate=True))
            return _decrypted(key, data)
        except (KeyError, TypeError, ValueError, binascii.Error, InvalidSignature):
            raise Undecipherable from None


class Certificates:
    """The present certificate first, then older ones, which notifications under way may still be under."""

    def __init__(self, held: Sequence[Certificate]) -> None:
        if not held:
            raise ValueError("no notification certificate")
        self.present = held[0]
        self._by_id = {c.id: c for c in held}

    def open(self, sealed: Mapping[str, Any]) -> bytes:
        """By the certificate that the item names. Raises Undecipherable, also when we do not hold it."""
        certificate = self._by_id.get(str(sealed.get("encryptioncertificateid", "")))
        if certificate is None:
            raise Undecipherable
        return certificate.open(sealed)


def _decrypted(key: bytes, data: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(data) + decryptor.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(padded) + unpadder.finalize()
