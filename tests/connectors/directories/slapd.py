"""A real OpenLDAP server on loopback, with invented staff, for as long as a test needs it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BASE = "dc=airevalley,dc=example"
PEOPLE = f"ou=people,{BASE}"
READER = f"cn=reader,{BASE}"
PASSWORD = "reader-of-the-directory"
SLAPD = shutil.which("slapd") or "/usr/sbin/slapd"

needs_slapd = pytest.mark.skipif(
    not Path(SLAPD).exists() and "CI" not in os.environ, reason="OpenLDAP's slapd (Debian: slapd) is not here"
)


@dataclass(frozen=True)
class Slapd:
    plain: str
    secure: str
    ca: Path


@contextmanager
def slapd(folder: Path, ldif: str) -> Iterator[Slapd]:
    """A server with the base, a reader and what `ldif` adds. Its certificate is for 127.0.0.1."""
    ca = certificate(folder)
    (folder / "db").mkdir()
    plain, secure = _free(), _free()
    conf = folder / "slapd.conf"
    conf.write_text(_conf(folder))
    (folder / "first.ldif").write_text(_first() + ldif)
    load = [SLAPD, "-T", "add", "-q", "-f", str(conf), "-l", str(folder / "first.ldif")]
    subprocess.run(load, check=True, capture_output=True)
    urls = f"ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{secure}"
    server = subprocess.Popen([SLAPD, "-h", urls, "-f", str(conf), "-d", "0"])
    try:
        _wait(secure)
        yield Slapd(f"ldap://127.0.0.1:{plain}", f"ldaps://127.0.0.1:{secure}", ca)
    finally:
        server.terminate()
        server.wait(10)


def person(uid: str, name: str, mail: str, **more: str) -> str:
    """One entry of inetOrgPerson."""
    lines = [
        f"dn: uid={uid},{PEOPLE}", "objectClass: inetOrgPerson", f"uid: {uid}", f"cn: {name}",
        f"sn: {name.rsplit(' ', 1)[-1]}", f"displayName: {name}", f"mail: {mail}",
    ]  # fmt: skip
    return "\n".join([*lines, *(f"{k}: {v}" for k, v in more.items())]) + "\n\n"


def group(cn: str, *members: str) -> str:
    lines = [f"dn: cn={cn},{BASE}", "objectClass: groupOfNames", f"cn: {cn}"]
    return "\n".join([*lines, *(f"member: {m}" for m in members)]) + "\n\n"


def certificate(folder: Path) -> Path:
    """A key and a self-signed certificate for 127.0.0.1; gives the certificate's file."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Directory of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(private, hashes.SHA256())
    )  # fmt: skip
    (folder / "key.pem").write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    path = folder / "ca.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


def _conf(folder: Path) -> str:
    schema = Path("/etc/ldap/schema")
    return "\n".join(
        [
            *(f"include {schema / name}.schema" for name in ("core", "cosine", "inetorgperson")),
            "modulepath /usr/lib/ldap",
            "moduleload back_mdb",
            "moduleload ppolicy",
            f"TLSCertificateFile {folder / 'ca.pem'}",
            f"TLSCertificateKeyFile {folder / 'key.pem'}",
            "sizelimit size.soft=500 size.hard=500 size.pr=1000 size.prtotal=unlimited",
            "database mdb",
            "maxsize 1073741824",
            f"suffix {BASE}",
            f"directory {folder / 'db'}",
            "dbnosync",
            "overlay ppolicy",
            "access to attrs=userPassword by anonymous auth by * none",
            f'access to * by dn.exact="{READER}" read by * none',
            "",
        ]
    )


def _first() -> str:
    return (
        f"dn: {BASE}\nobjectClass: organization\nobjectClass: dcObject\no: Aire Valley\ndc: airevalley\n\n"
        f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: people\n\n"
        f"dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\n"
        f"userPassword: {PASSWORD}\n\n"
    )


def _free() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("slapd did not start")
