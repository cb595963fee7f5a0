"""Every key, derived from one master key: sealing, pseudonyms, the database and the audit's signature."""

import hashlib
import hmac
import os
import secrets
import struct
from functools import cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
ID_BYTES = 4
FORMAT = b"\x01"
HEAD = len(FORMAT) + ID_BYTES + NONCE_BYTES


class KeyFileError(Exception):
    """The key file is missing, malformed, or readable by others."""


class SealBroken(Exception):
    """Something sealed cannot be opened: changed, moved to another row, or sealed with a key we lack."""


class KeyEncryption(Protocol):
    """Wraps the master key where it is kept, e.g. with a key that never leaves a KMS."""

    def wrap(self, key: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes) -> bytes: ...


class Unwrapped:
    """The master key as it is; the file's permissions are all that guards it."""

    def wrap(self, key: bytes) -> bytes:
        return key

    def unwrap(self, wrapped: bytes) -> bytes:
        return wrapped


class Keys:
    """Seals and opens fields, and makes pseudonyms.

    `master` is 32 random bytes and seals from now on; `older` masters still open what they sealed. What
    must not change when the master does (the database's key, pseudonyms, the audit's signature) comes
    from the oldest.
    """

    def __init__(self, master: bytes, *older: bytes) -> None:
        if any(len(key) != KEY_BYTES for key in (master, *older)):
            raise KeyFileError(f"a master key is {KEY_BYTES} bytes long")
        founding = older[-1] if older else master
        self._newest = _id(master)
        self._masters = {_id(key): key for key in (master, *older)}
        self._cipher = cache(self._make_cipher)
        self._pseudonyms = _derive(founding, "pseudonym")
        self.database_key = _derive(founding, "database")
        self.signer = Ed25519PrivateKey.from_private_bytes(_derive(founding, "audit"))

    def __repr__(self) -> str:
        return f"Keys({len(self._masters)} masters)"

    @classmethod
    def from_file(cls, path: Path, *, make: bool = False, by: KeyEncryption | None = None) -> "Keys":
        """Read the masters at `path`, newest first, one hexadecimal line each; with `make`, make the file.

        `by` unwraps each line. Raises `KeyFileError`, which never holds a key.
        """
        by = by or Unwrapped()
        if make and not path.exists():
            _write(path, [by.wrap(secrets.token_bytes(KEY_BYTES))])
        return cls(*(by.unwrap(line) for line in _read(path)))

    @property
    def verifier(self) -> Ed25519PublicKey:
        """Checks the audit's checkpoints; may be handed out."""
        return self.signer.public_key()

    def seal(self, table: str, row: str, plaintext: bytes) -> bytes:
        """Encrypt for one row of one table; it opens nowhere else."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher(self._newest, table).encrypt(
            nonce, plaintext, _binding(table, row, self._newest)
        )
        return FORMAT + self._newest + nonce + sealed

    def open(self, table: str, row: str, sealed: bytes) -> bytes:
        """The plaintext of `sealed`; raises `SealBroken`, which says nothing of the content."""
        key_id, nonce = sealed[len(FORMAT) : len(FORMAT) + ID_BYTES], sealed[HEAD - NONCE_BYTES : HEAD]
        if not sealed.startswith(FORMAT) or key_id not in self._masters:
            raise SealBroken(f"{table}: sealed with a key that is not here")
        try:
            return self._cipher(key_id, table).decrypt(nonce, sealed[HEAD:], _binding(table, row, key_id))
        except (InvalidTag, ValueError):
            raise SealBroken(f"{table}: changed, or moved from another row") from None

    def pseudonym(self, scope: str, value: str) -> str:
        """64 hexadecimal digits that stand for `value` within `scope`, and cannot be turned back or guessed
        without the key."""
        return hmac.new(self._pseudonyms, _join(scope, value), hashlib.sha256).hexdigest()

    def _make_cipher(self, key_id: bytes, table: str) -> AESGCM:
        # A data key per table keeps the count of random nonces per key far below 2**32.
        return AESGCM(_derive(self._masters[key_id], f"seal/{table}"))


def rotate(path: Path, by: KeyEncryption | None = None) -> None:
    """Put a new master on top of the key file; the others stay, to open what they sealed."""
    by = by or Unwrapped()
    _write(path, [by.wrap(secrets.token_bytes(KEY_BYTES)), *_read(path)])


def _derive(master: bytes, purpose: str) -> bytes:
    """RFC 5869; one purpose tells nothing of another."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"chaperone/1/{purpose}".encode()).derive(master)


def _id(master: bytes) -> bytes:
    return _derive(master, "id")[:ID_BYTES]


def _binding(table: str, row: str, key_id: bytes) -> bytes:
    return _join(table, row) + key_id


def _join(*parts: str) -> bytes:
    """Unambiguous: each part goes with its length, and any text is allowed."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(struct.pack(">I", len(part)) + part for part in encoded)


def _read(path: Path) -> list[bytes]:
    try:
        mode = path.stat().st_mode
        lines = [bytes.fromhex(line) for line in path.read_text("ascii").split()]
    except FileNotFoundError:
        raise KeyFileError(f"there is no key file at {path}") from None
    except (OSError, ValueError):
        raise KeyFileError(f"{path} cannot be read as a key file") from None
    if os.name == "posix" and mode & 0o077:
        raise KeyFileError(f"{path} can be read by others; run: chmod 600 {path}")
    if not lines:
        raise KeyFileError(f"{path} holds no key")
    return lines


def _write(path: Path, lines: list[bytes]) -> None:
    """All or nothing, and on the disk when it returns: data sealed with a lost key is lost."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.writelines(f"{line.hex()}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
