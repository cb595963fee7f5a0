"""Makes a workspace from seed.json, and people and a channel from a conversation of the corpus."""

import csv
import json
from dataclasses import replace
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


def load_conversation(workspace: Workspace, conversation: Json, name: str = "") -> Channel:
    """Take in the members of a corpus conversation, with their own ids, and one channel that holds them.

    The first member becomes an admin when the workspace has none, so that the app can be installed.
    Messages are not said: that is for whoever replays them.
    """
    people = [_member(workspace, member) for member in conversation["members"]]
    if not any(person.is_admin for person in workspace.people.values()):
        workspace.add_person(replace(people[0], is_admin=True))
    members = [*(person.id for person in people), workspace.app.user]
    return workspace.add_channel(name or "conversation", "private", creator=people[0].id, members=members)


def _member(workspace: Workspace, member: Json) -> Person:
    keys = ("id", "name", "known_as", "role", "email", "employer")
    about = {key: member.get(key, "") for key in keys}
    return workspace.add_person(Person(**about, is_guest=member.get("status") == "guest"))
