"""A detector as this room writes it: a frozen value with its triggers, its examples and a plain `find`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from detectors.interface import Context, Finding
from detectors.normalise import View

Find = Callable[[View, Context], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`find` runs only when one of `triggers` (RE2 syntax, any case) is in the normalised text.

    No triggers: it runs on every text. `catches` and `spares` are example texts.
    """

    name: str
    find: Find
    catches: tuple[str, ...]
    spares: tuple[str, ...]
    triggers: tuple[str, ...] = ()
