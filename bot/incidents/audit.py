"""The audit: a hash chain of rows, with signed checkpoints that can be kept elsewhere."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, Row, insert, select

from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys

GENESIS = "0" * 64
"""What stands in the place of the previous hash in row 1."""

BATCH = 2000

_LAST = select(t.audit.c.seq, t.audit.c.hash).order_by(t.audit.c.seq.desc()).limit(1)
_ADD = insert(t.audit)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the audit's head was at a moment, signed."""

    seq: int
    hash: str
    at: float
    signature: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How many rows and checkpoints were good, and the first thing found wrong in plain words."""

    rows: int
    checkpoints: int
    problem: str | None = None


def append(
    c: Connection, *, actor: str, what: str, subject: str, detail: Mapping[str, Any], at: float
) -> int:
    """Add a row within the caller's transaction; returns its number.

    `detail` is JSON and never holds an identifier. Raises ValueError or TypeError when it is not JSON.
    """
    seq, previous = head(c)
    # As JSON will give it back: keys are text, tuples are lists.
    plain = json.loads(json.dumps(dict(detail), allow_nan=False))
    row = {
        "seq": seq + 1, "at": float(at), "actor": actor, "what": what, "subject": subject,
        "detail": plain, "previous": previous,
    }  # fmt: skip
    c.execute(_ADD, {**row, "hash": _digest(row)})
    return seq + 1


def head(c: Connection) -> tuple[int, str]:
    """Number and hash of the last row; (0, GENESIS) when there is none."""
    last = c.execute(_LAST).first()
    return (last.seq, last.hash) if last else (0, GENESIS)


def checkpoint(c: Connection, signer: Ed25519PrivateKey, at: float) -> Checkpoint | None:
    """Sign the head; None when nothing was added since the last checkpoint."""
    seq, digest = head(c)
    if seq == 0 or c.execute(select(t.checkpoint.c.seq).where(t.checkpoint.c.seq == seq)).first():
        return None
    signed = Checkpoint(seq, digest, float(at), signer.sign(_statement(seq, digest, float(at))).hex())
    c.execute(insert(t.checkpoint).values(seq=seq, hash=digest, signature=signed.signature, at=signed.at))
    return signed


def export(c: Connection, path: Path) -> int:
    """Append the checkpoints that `path` lacks, one JSON line each; returns how many.

    Whoever can rewrite the database cannot also rewrite this file once it lies elsewhere.
    """
    have = exported(path)
    last = have[-1].seq if have else 0
    new = [point for point in _checkpoints(c) if point.seq > last]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.writelines(json.dumps(_as_dict(point)) + "\n" for point in new)
        file.flush()
        os.fsync(file.fileno())
    return len(new)


def exported(path: Path) -> list[Checkpoint]:
    """The checkpoints in an exported file; raises ValueError when it is damaged."""
    if not path.exists():
        return []
    try:
        return [Checkpoint(**json.loads(line)) for line in path.read_text("ascii").splitlines()]
    except (TypeError, ValueError):
        raise ValueError(f"{path} is not an export of checkpoints") from None


def verify(
    c: Connection, public_key: Ed25519PublicKey, kept_elsewhere: list[Checkpoint] | None = None
) -> Verified:
    """Look for an edited, deleted, reordered or cut-off row.

    Rows cut off the end since the last checkpoint, or together with it, are found only with the
    checkpoints that were `kept_elsewhere`.
    """
    points = _checkpoints(c) + (kept_elsewhere or [])
    for point in points:
        if not _signed(point, public_key):
            return Verified(0, 0, f"the checkpoint at row {point.seq} does not carry our signature")
    wanted: dict[int, set[str]] = {}
    for point in points:
        wanted.setdefault(point.seq, set()).add(point.hash)
    return _walk(c, wanted)


def verify_command(store: Store, keys: Keys, path: Path | None = None) -> tuple[int, str]:
    """For `chaperone audit verify`: the exit status (0 good, 1 tampered with) and a sentence."""
    try:
        kept = exported(path) if path else []
    except ValueError as error:
        return 1, str(error)
    found = store.read_now(lambda c: verify(c, keys.verifier, kept))
    if found.problem:
        return 1, f"The audit was tampered with: {found.problem}."
    beside = f", {len(kept)} of them kept in {path}" if path else ""
    return 0, f"The audit is whole: {found.rows} rows, {found.checkpoints} signed checkpoints{beside}."


def _walk(c: Connection, wanted: dict[int, set[str]]) -> Verified:
    seq, previous, good = 0, GENESIS, 0
    query = select(t.audit).order_by(t.audit.c.seq).execution_options(yield_per=BATCH)
    try:
        for row in c.execute(query):
            problem = _wrong(row, seq + 1, previous) or _disputed(row, wanted.get(row.seq))
            if problem:
                return Verified(seq, good, problem)
            seq, previous = row.seq, row.hash
            good += row.seq in wanted
    except ValueError:
        return Verified(seq, good, f"a row after row {seq} cannot be read")
    cut = max(wanted, default=0)
    if cut > seq:
        return Verified(seq, good, f"rows {seq + 1} to {cut} at least were cut off the end")
    return Verified(seq, good)


def _wrong(row: Row[Any], seq: int, previous: str) -> str | None:
    if row.seq != seq:
        return f"row {seq} is missing"
    if row.previous != previous:
        return f"row {seq} does not follow row {seq - 1}"
    return None if _digest(row._asdict()) == row.hash else f"row {seq} was changed"


def _disputed(row: Row[Any], hashes: set[str] | None) -> str | None:
    """A chain written anew is sound in itself, but does not end in what was signed."""
    return None if not hashes or hashes == {row.hash} else f"row {row.seq} is not the one that was signed"


def _digest(row: Mapping[str, Any]) -> str:
    fields = [row[k] for k in ("seq", "at", "actor", "what", "subject", "detail", "previous")]
    return hashlib.sha256(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _checkpoints(c: Connection) -> list[Checkpoint]:
    rows = c.execute(select(t.checkpoint).order_by(t.checkpoint.c.seq)).all()
    return [Checkpoint(row.seq, row.hash, row.at, row.signature) for row in rows]


def _statement(seq: int, digest: str, at: float) -> bytes:
    return f"chaperone audit 1\n{seq}\n{digest}\n{at!r}".encode()


def _signed(point: Checkpoint, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(bytes.fromhex(point.signature), _statement(point.seq, point.hash, point.at))
    except (InvalidSignature, ValueError):
        return False
    return True


def _as_dict(point: Checkpoint) -> dict[str, Any]:
    return {"seq": point.seq, "hash": point.hash, "at": point.at, "signature": point.signature}
