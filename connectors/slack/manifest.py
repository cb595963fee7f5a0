"""The scopes that Chaperone asks for, read from the manifest so that the two cannot differ."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml


@cache
def manifest() -> Mapping[str, Any]:
    text = files(__package__).joinpath("manifest.yaml").read_text(encoding="utf-8")
    return cast(Mapping[str, Any], yaml.safe_load(text))


def bot_scopes() -> tuple[str, ...]:
    return tuple(manifest()["oauth_config"]["scopes"]["bot"])


def user_scopes() -> tuple[str, ...]:
    return tuple(manifest()["oauth_config"]["scopes"]["user"])
