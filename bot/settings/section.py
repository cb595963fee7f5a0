"""One section of the settings: each value made into what its field is annotated with."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

S = TypeVar("S")


def section(
    name: str, kind: type[S], given: dict[str, Any], environ: Mapping[str, str], base: Path, errors: list[str]
) -> S | None:
    """One section as its dataclass, each value as its annotation says; what is wrong is added to `errors`."""
    hints, values = get_type_hints(kind), {}
    for f in fields(kind):  # type: ignore[arg-type]
        variable = f"CHAPERONE_{name}_{f.name}".upper()
        value = environ.get(variable, given.pop(f.name, MISSING))
        if value is not MISSING:
            try:
                values[f.name] = _convert(value, hints[f.name], base)
            except (TypeError, ValueError, KeyError):
                errors.append(f"[{name}] {f.name}: this is not {_wanted(hints[f.name])}")
        elif f.default is MISSING and f.default_factory is MISSING:
            errors.append(f"[{name}] {f.name} is missing (or set {variable})")
    errors += [f"[{name}] {key}: no such setting" for key in given]
    return kind(**values) if not errors else None


def _convert(value: Any, hint: Any, base: Path) -> Any:
    if hint in (Path, Path | None):
        return base / Path(_typed(value, str)).expanduser()
    if get_origin(hint) is Literal:
        return _one_of(value, get_args(hint))
    if hint is bool:
        return _BOOLS[value.lower()] if isinstance(value, str) else _typed(value, bool)
    if hint in (int, float):
        return _number(value, hint)
    if hint == tuple[Path, ...]:
        return tuple(base / Path(p).expanduser() for p in _convert(value, tuple[str, ...], base))
    if hint == tuple[str, ...]:
        return tuple(_typed(v, str) for v in (value.split(",") if isinstance(value, str) else value))
    return _typed(value, str) if hint is str else dict(value)


_BOOLS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _number(value: Any, hint: type[int] | type[float]) -> Any:
    if isinstance(value, bool) or (hint is int and isinstance(value, float)):
        raise TypeError
    return hint(value)


def _one_of(value: Any, choices: tuple[Any, ...]) -> Any:
    if value not in choices:
        raise ValueError
    return value


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


_LISTS: dict[Any, str] = {tuple[str, ...]: "a list of texts", tuple[Path, ...]: "a list of paths"}


def _wanted(hint: Any) -> str:
    names = {Path: "a path", bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(get_args(hint))
    return names.get(hint, _LISTS.get(hint, "a path or table"))
