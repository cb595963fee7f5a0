"""The files in a file: inspected one after the other, and what becomes of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.files.interface import Cut, Desk, File, Found, Outcome, Passage, Result

ANEW = "It was packed anew, without fields that do not show."

_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """What the inspection of some parts gave, in their order."""

    results: tuple[Result, ...]
    where: str = "file"

    @property
    def found(self) -> tuple[Found, ...]:
        return tuple(
            Found(f.kind, f"{self.where} {number}: {f.where}" if f.where else f"{self.where} {number}")
            for number, result in enumerate(self.results, start=1)
            for f in result.found
        )

    @property
    def stopped(self) -> bool:
        """Whether the whole must be quarantined: a password or a limit was met in a part."""
        return any(r.stops for r in self.results)

    @property
    def bad(self) -> tuple[int, ...]:
        """Places of the parts that cannot be handed on."""
        return tuple(i for i, r in enumerate(self.results) if r.outcome not in _GOOD)

    @property
    def changed(self) -> bool:
        return any(r.outcome is not Outcome.CLEAN for r in self.results)

    @property
    def reason(self) -> str:
        """Why bad parts are bad; those that stop everything first."""
        bad = sorted(self.bad, key=lambda i: not self.results[i].stops)
        said = [f"{self.where.capitalize()} {i + 1}: {self.results[i].reason}" for i in bad[:_MOST_REASONS]]
        return " ".join(said)

    @property
    def taken_out(self) -> str:
        """The sentence for a copy in which the bad parts are missing; empty when none is."""
        if not self.bad:
            return ""
        few = f"{len(self.bad)} of the {len(self.results)} {self.where}s in it"
        return f"{few} {'was' if len(self.bad) == 1 else 'were'} taken out. {self.reason}"


_GOOD = frozenset({Outcome.CLEAN, Outcome.REDACTED})


def found_in(passages: Sequence[Passage], cuts: Sequence[Sequence[Cut]]) -> list[Found]:
    """What the cuts of some passages tell people."""
    return [Found(cut.kind, p.where) for p, some in zip(passages, cuts, strict=True) for cut in some]


def inspect_parts(files: Sequence[File], desk: Desk, where: str = "file") -> Parts:
    """`where` names a part to people: "file" gives "file 3"."""
    results = []
    for number, file in enumerate(files, start=1):
        desk.progress(f"{where} {number} of {len(files)}")
        results.append(desk.inside(file))
    return Parts(tuple(results), where)
