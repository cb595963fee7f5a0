"""A staff directory in LDAP or Active Directory, read with ldap3 over TLS with the certificate checked."""

import asyncio
import re
import ssl
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ldap3 import ANONYMOUS, BASE, NONE, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import (
    LDAPCertificateError,
    LDAPException,
    LDAPInvalidCredentialsResult,
    LDAPNoSuchObjectResult,
    LDAPOperationResult,
    LDAPSocketOpenError,
    LDAPStartTLSError,
)

from connectors.interface import ConnectorError, Refused, Staff, Unavailable

PAGE: Final = 1000
"""Entries a page (RFC 2696); Active Directory gives no more at once."""

_TIMEOUT: Final = 30  # seconds; ldap3 takes whole ones
_DISABLED: Final = 0x0002
"""ADS_UF_ACCOUNTDISABLE in userAccountControl (MS-ADTS 2.2.16)."""
_NEVER: Final = 0x7FFFFFFFFFFFFFFF
_AD_EPOCH: Final = 11644473600
"""Seconds from 1601, where accountExpires counts from in tenths of a microsecond, to 1970."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("objectGUID", "entryUUID"),
    "name": ("displayName", "cn"),
    "known_as": ("givenName",),
    "email": ("mail",),
    "aliases": ("proxyAddresses", "mailAlternateAddress"),
    "role": ("title",),
    "department": ("department", "departmentNumber", "ou"),
    "employer": ("company", "o"),
}
"""For each of ours the attributes that may hold it, the first that is there counts: Active Directory's
(MS-ADA1 to 3), then those of inetOrgPerson (RFC 2798, RFC 4519)."""

_LOCKED: Final = ("loginDisabled", "nsAccountLock")
_STATE: Final = ("userAccountControl", "accountExpires", "pwdAccountLockedTime", *_LOCKED)
_FOR_GOOD: Final = "000001010000Z"
"""pwdAccountLockedTime of an account that only an administrator may open again (draft-behera-ldap-password-
policy, 5.3.3); another time is a lock after wrong passwords, which says nothing of employment."""

_MEMBERS: Final = ("member", "uniqueMember")
_GROUPS: Final = 10_000
"""The most groups within groups that are followed."""


@dataclass(frozen=True, slots=True)
class LdapSettings:
    """How to reach the directory and whom to read. `start_tls` is for ldap:// addresses; without TLS nothing
    is sent but on loopback."""

    url: str
    base: str
    user: str = ""
    password: str = field(default="", repr=False)
    filter: str = "(&(objectClass=person)(mail=*))"
    group: str = ""
    """Only members of this group (its DN), also through groups in it; "" for everyone under `base`."""
    start_tls: bool = False
    ca_file: Path | None = None
    """The authority of the server's certificate, where the system does not know it."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """This directory's own attribute for one of `COLUMNS`."""


_Entry = Mapping[str, Sequence[bytes]]
"""An entry's attributes by name in lower case, as the server sent them."""


class LdapSource:
    """Reads everyone. Use `fetch` as a `SyncedDirectory`'s; it runs in a thread, since ldap3 waits."""

    def __init__(self, settings: LdapSettings) -> None:
        self._settings = settings
        own = {ours: (theirs,) for ours, theirs in settings.columns.items()}
        self._columns = {**COLUMNS, **own}

    async def fetch(self) -> Sequence[Staff]:
        """Raises Unavailable (try later) or Refused (credentials, certificate, base): words without names."""
        return await asyncio.to_thread(self._fetch)

    def _fetch(self) -> list[Staff]:
        try:
            with self._connected() as connection:
                group = self._group(connection)
                return [self._person(entry) for entry in self._found(connection, group)]
        except LDAPException as error:
            raise _said(error) from None
        except (OSError, ssl.SSLError) as error:
            raise Unavailable(f"the directory server did not answer ({type(error).__name__})") from None

    def _found(self, connection: Connection, group: frozenset[str] | None) -> Iterator[_Entry]:
        wanted = [*dict.fromkeys(a for names in self._columns.values() for a in names), *_STATE]
        entries = connection.extend.standard.paged_search(
            self._settings.base,
            self._settings.filter,
            SUBTREE,
            attributes=wanted,
            paged_size=PAGE,
            generator=True,
        )
        for entry in entries:
            if entry["type"] == "searchResEntry" and (group is None or _same(entry["dn"]) in group):
                yield {k.casefold(): v for k, v in entry["raw_attributes"].items()}

    def _group(self, connection: Connection) -> frozenset[str] | None:
        """Everyone in the group and in the groups within it, which may hold one another."""
        if not self._settings.group:
            return None
        seen: set[str] = set()
        left = [self._settings.group]
        groups = 0
        while left:
            dn = left.pop()
            if _same(dn) in seen:
                continue
            seen.add(_same(dn))
            members = _members(connection, dn, first=groups == 0)
            groups += bool(members)
            if groups > _GROUPS:
                raise Refused("the group holds too many groups", "group")
            left += members
        return frozenset(seen)

    def _connected(self) -> Connection:
        s = self._settings
        tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(s.ca_file) if s.ca_file else None)
        server = Server(s.url, tls=tls, connect_timeout=_TIMEOUT, get_info=NONE)
        if not (server.ssl or s.start_tls or _loopback(server.host)):
            raise Refused("the address must begin with ldaps://, or start_tls be set", "no_tls")
        connection = Connection(
            server, s.user or None, s.password or None, authentication=SIMPLE if s.user else ANONYMOUS,
            receive_timeout=_TIMEOUT, raise_exceptions=True, read_only=True, auto_referrals=False,
            check_names=False,
        )  # fmt: skip
        connection.open()
        if s.start_tls and not server.ssl:
            connection.start_tls()
        connection.bind()
        return connection

    def _person(self, entry: _Entry) -> Staff:
        values = {ours: self._values(entry, ours) for ours in self._columns}
        first = {ours: found[0] if found else "" for ours, found in values.items()}
        aliases = tuple(a.removeprefix("smtp:").removeprefix("SMTP:") for a in values["aliases"] if "@" in a)
        return Staff(
            first["name"], first["known_as"], first["email"], first["role"], first["department"],
            first["employer"], "left" if _left(entry) else "active", first["id"],
            aliases=tuple(a for a in aliases if ":" not in a and a.casefold() != first["email"].casefold()),
        )  # fmt: skip

    def _values(self, entry: _Entry, ours: str) -> list[str]:
        """What the first attribute that is there holds; an id that is bytes (objectGUID) in hexadecimals."""
        for attribute in self._columns[ours]:
            if found := entry.get(attribute.casefold()):
                return [_uuid(v) if ours == "id" else v.decode("utf-8", "replace").strip() for v in found]
        return []


def _uuid(value: bytes) -> str:
    """objectGUID is 16 bytes, the first three fields little-endian (MS-DTYP 2.3.4); entryUUID is text."""
    return str(uuid.UUID(bytes_le=value)) if len(value) == 16 else value.decode("ascii", "replace")


def _left(entry: _Entry) -> bool:
    """Disabled, expired or locked for good: an account that nobody may use any longer."""
    if _number(entry, "useraccountcontrol") & _DISABLED:
        return True
    expires = _number(entry, "accountexpires")
    if 0 < expires < _NEVER and expires / 1e7 - _AD_EPOCH < time.time():
        return True
    if _text(entry, "pwdaccountlockedtime") == _FOR_GOOD:
        return True
    return any(_text(entry, name.casefold()).casefold() == "true" for name in _LOCKED)


def _number(entry: _Entry, name: str) -> int:
    text = _text(entry, name)
    return int(text) if text.lstrip("-").isdigit() else 0


def _text(entry: _Entry, name: str) -> str:
    return next((v.decode("utf-8", "replace") for v in entry.get(name, ())), "")


def _members(connection: Connection, dn: str, first: bool) -> list[str]:
    """The DNs that a group names; none for an entry that is no group. Only the first must be there."""
    try:
        connection.search(dn, "(objectClass=*)", BASE, attributes=_MEMBERS)
    except LDAPNoSuchObjectResult:
        if first:
            raise
        return []
    found = [e["raw_attributes"] for e in connection.response if e["type"] == "searchResEntry"]
    return [v.decode("utf-8", "replace") for each in found for name in _MEMBERS for v in each.get(name, ())]


def _same(dn: str) -> str:
    """A DN as it is compared (RFC 4514): neither case nor spaces round commas and equals signs count."""
    return re.sub(r"\s*([,=])\s*", r"\1", dn).casefold()


def _loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _said(error: LDAPException) -> ConnectorError:
    """In words that name nobody: a server's own message may quote a DN."""
    if isinstance(error, LDAPInvalidCredentialsResult):
        return Refused("the directory server refused the bot's name or password", "invalid_credentials")
    if isinstance(error, LDAPNoSuchObjectResult):
        return Refused("the base or the group is not in the directory", "no_such_object")
    if _is_certificate(error):
        return Refused("the directory server's certificate could not be verified", "certificate")
    if isinstance(error, LDAPOperationResult):
        return Refused("the directory server answered", str(error.description))
    return Unavailable(f"the directory server did not answer ({type(error).__name__})")


def _is_certificate(error: LDAPException) -> bool:
    told = isinstance(error, LDAPCertificateError)
    return told or (
        isinstance(error, (LDAPSocketOpenError, LDAPStartTLSError)) and "CERTIFICATE" in repr(error).upper()
    )
