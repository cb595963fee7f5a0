"""Makes a workspace from seed.json."""

import csv
import json
from pathlib import Path
from typing import Any

from connectors.sandbox.channels import Channel, Line
from connectors.sandbox.people import Person
from connectors.sandbox.tokens import Grants
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
SEED = Path(__file__).with_name("seed.json")
DIRECTORY = Path(__file__).with_name("seed_directory.csv")


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
