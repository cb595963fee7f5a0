"""Damaged files against every parser, through the pool: python -m tests.fuzz [--family WORD] [--seconds N].

The service must survive each file: it gives one of the outcomes within the limit, and the next file is read.
What breaks a process (it is killed or dies, and the file is quarantined) is kept in .fuzz for a closer look.
"""

import argparse
import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from bot.files.look import plain_look
from bot.files.pool import Pool
from detectors.files.catalogue import FAMILIES
from detectors.files.interface import Family, File, Limits
from detectors.interface import Context
from tests.fuzz import seeds
from tests.fuzz.mutations import mutated

KEPT = Path(".fuzz")
SILENCE = 20.0
LIMITS = Limits(seconds=SILENCE)
SLACK = 30.0
"""Seconds beyond the limit for a process to be killed and started on a busy machine."""


async def main(word: str, seconds: float, seed: int) -> int:
    exact = [f for f in FAMILIES if f.name.lower() == word.lower()]
    families = exact or [f for f in FAMILIES if word.lower() in f.name.lower()]
    if not families:
        print(f"no family has {word!r} in its name: {', '.join(f.name for f in FAMILIES)}")
        return 2
    hung = 0
    for family in families:
        hung += await fuzz(family, seconds, seed)
    return 1 if hung else 0


async def fuzz(family: Family, seconds: float, seed: int) -> int:
    """How many files held the service up beyond its limit. Prints what became of all of them."""
    random, good = Random(seed), seeds.of(family)
    outcomes: Counter[str] = Counter()
    broke, hung, slowest = 0, 0, 0.0
    pool = Pool(1, LIMITS)
    await pool.start()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        name, data = random.choice(good)
        file = File(name, mutated(data, [d for _, d in good], random))
        began = time.monotonic()
        result = await pool.inspect(file, plain_look(Context()))
        took = time.monotonic() - began
        outcomes[result.outcome] += 1
        slowest, hung = max(slowest, took), hung + (took > 5 * SILENCE + SLACK)
        if "failed twice" in result.reason or "too long" in result.reason:
            broke += 1
            keep(file)
    await pool.close()
    counts = ", ".join(f"{n} {outcome}" for outcome, n in sorted(outcomes.items()))
    print(
        f"{family.name}: {counts}; {broke} broke or held up a process; slowest {slowest:.1f} s; {hung} beyond",
        flush=True,
    )
    return hung


def keep(file: File) -> None:
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{hashlib.sha256(file.data).hexdigest()[:12]}-{file.name}").write_bytes(file.data)


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    p = argparse.ArgumentParser(prog="python -m tests.fuzz")
    p.add_argument("--family", default="", metavar="WORD", help="only families with this in their name")
    p.add_argument("--seconds", type=float, default=600.0, help="for each family (default 600)")
    p.add_argument("--seed", type=int, default=1)
    return p.parse_args(argv)


if __name__ == "__main__":
    args = arguments()
    raise SystemExit(asyncio.run(main(args.family, args.seconds, args.seed)))
