"""Open an encrypted SQLite file safely: which build may be used, the key, and the settings of a connection."""

from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

BUSY_SECONDS = 5.0
CACHE_KB = 16_384

Version = tuple[int, ...]


class StoreError(Exception):
    """The database cannot be used.

    StoreError
    ├── UnsafeSqlite   this SQLite build can corrupt a database in WAL mode
    ├── WrongKey       the file is not a database, or was written with another key
    ├── InUse          another process is working on this database
    ├── NotCommitted   a disk full or read-only, or a lock held for too long: nothing was kept
    └── StoreClosed    the store was closed
    """


class UnsafeSqlite(StoreError):
    """This SQLite build can corrupt a database in WAL mode."""


class WrongKey(StoreError):
    """The file is not a database, or was written with another key."""


class InUse(StoreError):
    """Another process is working on this database."""


class NotCommitted(StoreError):
    """A disk full or read-only, or a lock held for too long: nothing was kept."""


class StoreClosed(StoreError):
    """The store was closed."""


def refuse_unsafe(version: Version) -> None:
    """Raise `UnsafeSqlite` for SQLite 3.7.0 to 3.51.2, where a WAL reset can corrupt the file.

    Source: https://www.sqlite.org/wal.html#walresetbug
    """
    if (3, 7, 0) <= version <= (3, 51, 2):
        found = ".".join(map(str, version))
        raise UnsafeSqlite(
            f"SQLite {found} can corrupt a database in WAL mode (fixed in 3.51.3); "
            "install sqlcipher3 0.6.4 or newer, which carries its own SQLite"
        )


def connect(path: Path | None, key: bytes, *, read_only: bool = False) -> Any:
    """A keyed driver connection in autocommit mode: whoever uses it says BEGIN and COMMIT."""
    place = ":memory:" if path is None else str(path)
    raw = dbapi2.connect(place, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(raw, key, read_only)
    except dbapi2.DatabaseError as error:
        raw.close()
        if "not a database" in str(error):
            raise WrongKey(f"{place} is not a Chaperone database, or its key is not this one") from None
        raise
    return raw


def _prepare(raw: Any, key: bytes, read_only: bool) -> None:
    if len(key) != 32:
        raise WrongKey("a database key is 32 bytes long")
    raw.execute("PRAGMA cipher_log_level = NONE")  # it writes to stderr; errors are raised anyway
    raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    if not raw.execute("PRAGMA cipher_version").fetchone():
        raise StoreError("this SQLite cannot encrypt; install sqlcipher3")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA journal_mode = WAL")
    # FULL, not NORMAL: in WAL mode NORMAL does not sync a commit, and we answer 200 after the commit.
    raw.execute("PRAGMA synchronous = FULL")
    # Every page that is not in the cache is decrypted anew; 2 MB, the default, is soon too little.
    raw.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    if read_only:
        raw.execute("PRAGMA query_only = ON")
