"""A YAML text as places that know their lines, so that every error can be named where it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeVar

import yaml

T = TypeVar("T")

LARGEST: Final = 256 * 1024
"""Characters; a policy is a page or two."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong. `line` counts from 1; 0 means the text as a whole."""

    line: int
    words: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.words}" if self.line else self.words


class PolicyError(ValueError):
    """A policy cannot be used. `problems` are all that is wrong with it, in the order of its lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(p) for p in self.problems))


def compose(text: str) -> yaml.Node:
    """The text as nodes; safe loading only. Raises PolicyError."""
    if len(text) > LARGEST:
        raise PolicyError([Problem(0, "this is too long for a policy")])
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PolicyError([Problem(line, f"not readable as YAML: {error.problem}")]) from None
    except (yaml.YAMLError, RecursionError):
        raise PolicyError([Problem(0, "not readable as YAML")]) from None
    if root is None:
        raise PolicyError([Problem(0, "the policy is empty")])
    return root


class At:
    """A place in the text: reads one value there, or notes a problem and gives a stand-in."""

    def __init__(self, node: yaml.Node, problems: list[Problem], what: str) -> None:
        self._node = node
        self._problems = problems
        self.what = what

    def wrong(self, words: str) -> None:
        self._problems.append(Problem(self._node.start_mark.line + 1, words))

    def entries(self) -> dict[str, tuple["At", "At"]]:
        """The keys of a mapping, each with its own place and its value's; a key given twice is refused."""
        if not isinstance(self._node, yaml.MappingNode):
            if self._node.tag != "tag:yaml.org,2002:null":
                self.wrong(f"{self.what} must be a list of `name: value` lines")
            return {}
        found: dict[str, tuple[At, At]] = {}
        for key, value in self._node.value:
            word = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            place = At(key, self._problems, word)
            if not word:
                place.wrong(f"a name in {self.what} must be a plain word")
            elif word in found:
                place.wrong(f"`{word}` is given twice in {self.what}")
            else:
                found[word] = (place, At(value, self._problems, word))
        return found

    def fields(self, allowed: Iterable[str], needed: Iterable[str] = ()) -> dict[str, "At"]:
        """The values of a mapping whose names are fixed."""
        known = list(allowed)
        entries = self.entries()
        for word, (place, _) in entries.items():
            if word not in known:
                place.wrong(f"unknown setting {word!r} in {self.what}{suggest(word, known)}")
        for word in needed:
            if word not in entries:
                self.wrong(f"{self.what} needs `{word}`")
        return {word: value for word, (_, value) in entries.items() if word in known}

    def number(self, least: float, most: float, stand_in: float) -> float:
        try:
            value = float(self._scalar("float", "int"))
        except ValueError:
            self.wrong(f"`{self.what}` must be a number")
            return stand_in
        if not least <= value <= most:
            self.wrong(f"`{self.what}` must be from {least:g} to {most:g}, not {value:g}")
            return stand_in
        return value

    def whole(self, least: int, most: int, stand_in: int) -> int:
        value = self.number(least, most, stand_in)
        if value != int(value):
            self.wrong(f"`{self.what}` must be a whole number")
        return int(value)

    def yes_no(self, stand_in: bool) -> bool:
        try:
            return self._scalar("bool").casefold() in ("true", "yes", "on")
        except ValueError:
            self.wrong(f"`{self.what}` must be true or false")
            return stand_in

    def text(self) -> str:
        try:
            return " ".join(self._scalar("str", "int", "float", "bool").split())
        except ValueError:
            self.wrong(f"`{self.what}` must be words")
            return ""

    def words(self) -> tuple[str, ...]:
        """A list of words."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.wrong(f"`{self.what}` must be a list, such as [a, b]")
            return ()
        return tuple(At(item, self._problems, f"an entry of {self.what}").text() for item in self._node.value)

    def choice(self, options: Mapping[str, T], stand_in: T) -> T:
        word = self.text()
        if word in options:
            return options[word]
        if word:
            self.wrong(f"unknown {self.what} {word!r}{suggest(word, options)}")
        return stand_in

    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    def is_word(self, word: str) -> bool:
        return isinstance(self._node, yaml.ScalarNode) and self._node.value == word

    def _scalar(self, *types: str) -> str:
        if isinstance(self._node, yaml.ScalarNode) and self._node.tag.rpartition(":")[2] in types:
            return str(self._node.value)
        raise ValueError


def suggest(word: str, options: Iterable[str]) -> str:
    """ "; did you mean NHS_NUMBER?" where one option is close, else all of them."""
    known = list(options)
    best = max(known, key=lambda option: _likeness(word, option), default="")
    if best and _likeness(word, best) >= 0.65:
        return f"; did you mean {best}?"
    return f"; known: {', '.join(known)}" if known else ""


def _likeness(one: str, other: str) -> float:
    """0..1. A common beginning counts for more (after Winkler): people shorten words at the end."""
    a, b = (w.casefold().replace("_", "").replace("-", "") for w in (one, other))
    alike = SequenceMatcher(None, a, b).ratio()
    prefix = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return alike + 0.1 * min(prefix, 4) * (1 - alike)
