"""Makes a workspace from seed.json, and its people's conversations on Teams from seed_teams.json."""

import csv
import json
from pathlib import Path
from typing import Any, NamedTuple

from connectors.sandbox.channels import SLACK, Channel, Line
from connectors.sandbox.people import Person
from connectors.sandbox.tokens import Grants
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
SEED = Path(__file__).with_name("seed.json")
SEED_TEAMS = Path(__file__).with_name("seed_teams.json")
DIRECTORY = Path(__file__).with_name("seed_directory.csv")


class Tenant(NamedTuple):
    """An Entra tenant of the seed. `mode` "tenant": an administrator consented to everything; "rsc": to nothing,
    the app is only installed."""

    id: str
    mode: str
    teams: dict[str, list[str]]
    """Each team's workspace channels."""
    chats: list[str]


def plant(seed: Path | None = None, grants: Grants | None = None) -> Workspace:
    """The invented trust of seed.json, with the bot in the channels that say so."""
    planned = json.loads((seed or SEED).read_text(encoding="utf-8"))
    workspace = Workspace(planned["team"]["id"], planned["team"]["name"], grants=grants)
    workspace.domain = planned["team"]["domain"]
    for person in planned["people"]:
        workspace.add_person(Person(**person))
    for channel in planned["channels"]:
        _dig(workspace, channel)
    workspace.directory_emails = _emails(DIRECTORY)
    return workspace


def plant_teams(workspace: Workspace) -> list[Tenant]:
    """Let the same people use Teams too. What was there before is on Slack alone from now on."""
    for channel in workspace.channels.values():
        channel.home = SLACK
    return [_tenant(workspace, planned) for planned in json.loads(SEED_TEAMS.read_text(encoding="utf-8"))]


def _tenant(workspace: Workspace, planned: Json) -> Tenant:
    tenant = Tenant(planned["tenant"], planned["mode"], {}, [])
    for conversation in planned["conversations"]:
        place = _dig(workspace, conversation | {"bot": False})
        place.home = tenant.id
        held = tenant.chats if place.is_direct else tenant.teams.setdefault(conversation["team"], [])
        held.append(place.id)
    return tenant


def _dig(workspace: Workspace, planned: Json) -> Channel:
    creator = workspace.person_called(planned["creator"]).id
    members = [workspace.person_called(key).id for key in planned["members"]]
    members += [workspace.app.user] if planned.get("bot", True) else []
    channel = workspace.add_channel(
        planned["name"], planned["kind"], creator=creator, members=members, id=planned["id"]
    )
    channel.topic = Line(planned.get("topic", ""), creator, channel.created)
    channel.purpose = Line(planned.get("purpose", ""), creator, channel.created)
    channel.is_general = planned.get("general", False)
    channel.connected_teams = planned.get("connected_teams", [])
    return channel


def _emails(directory: Path) -> frozenset[str]:
    with directory.open(encoding="utf-8", newline="") as rows:
        return frozenset(row["email"].lower() for row in csv.DictReader(rows))
