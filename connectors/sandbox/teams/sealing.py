"""Resource data of a rich notification, encrypted for the subscriber (Graph, change notifications with resource data)."""

import base64
import hashlib
import hmac
import os
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

Json = dict[str, Any]


def certificate(given: str) -> x509.Certificate:
    """The certificate of a subscription: base64 of DER or of PEM. Raises ValueError unless RSA 2048 to 4096."""
    raw = base64.b64decode(given, validate=True)
    read = x509.load_pem_x509_certificate if raw.startswith(b"-----") else x509.load_der_x509_certificate
    found = read(raw)
    public = found.public_key()
    if not isinstance(public, rsa.RSAPublicKey) or not 2048 <= public.key_size <= 4096:
        raise ValueError("an RSA key of 2048 to 4096 bits is needed")
    return found


def sealed(data: bytes, cert: x509.Certificate, cert_id: str) -> Json:
    """`encryptedContent`: AES-256-CBC under a key of its own, which RSA-OAEP (SHA-1) protects."""
    key = os.urandom(32)
    padder, cipher = PKCS7(128).padder(), Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    secret = cipher.update(padder.update(data) + padder.finalize()) + cipher.finalize()
    public: Any = cert.public_key()
    sha1 = hashes.SHA1()  # noqa: S303 - what Graph uses
    wrapped = public.encrypt(key, padding.OAEP(padding.MGF1(sha1), sha1, None))
    return {
        "data": _b64(secret), "dataSignature": _b64(hmac.digest(key, secret, hashlib.sha256)),
        "dataKey": _b64(wrapped), "encryptionCertificateId": cert_id,
        "encryptionCertificateThumbprint": cert.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303
    }  # fmt: skip


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
