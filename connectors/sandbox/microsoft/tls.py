"""Certificates for 127.0.0.1, made for one run: clients verify them as they would verify Microsoft's."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A new RSA key and a self-signed certificate of it; gives the certificate's and the key's file."""
    return _written(rsa.generate_private_key(65537, 2048), folder, name)


def server_certificate(folder: Path, name: str = "sandbox") -> tuple[Path, Path]:
    """The same for TLS alone, on an elliptic curve: made, and shaken hands with, in a moment."""
    return _written(ec.generate_private_key(ec.SECP256R1()), folder, name)


def _written(
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, folder: Path, name: str
) -> tuple[Path, Path]:
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Chaperone {name}")])
    now = datetime.now(UTC)
    hosts = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
    made = (
        x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(private.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .sign(private, hashes.SHA256())
    )  # fmt: skip
    key, cert = folder / f"{name}-key.pem", folder / f"{name}.pem"
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return cert, key
