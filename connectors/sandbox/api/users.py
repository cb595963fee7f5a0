"""users.*"""

from typing import Any

from connectors.sandbox.api.call import Call, SlackError, method
from connectors.sandbox.api.conversations import READ, wanted_kinds
from connectors.sandbox.channels import SLACK, listed_object
from connectors.sandbox.people import Person, profile_object, user_object

Json = dict[str, Any]


def _shown(call: Call, person: Person) -> Json:
    with_email = "users:read.email" in call.token.scopes
    return user_object(person, with_email=with_email, home=call.workspace.team)


@method("users.info", 4, "users:read")
def info(call: Call) -> Json:
    return {"user": _shown(call, call.who())}


@method("users.list", 2, "users:read")
def list_(call: Call) -> Json:
    here = [person for person in call.workspace.people.values() if not person.is_external]
    page, metadata = call.page(here)
    stamp = int(float(call.workspace.next_ts()))
    return {"members": [_shown(call, p) for p in page], "cache_ts": stamp, "response_metadata": metadata}


@method("users.lookupByEmail", 3, "users:read.email")
def lookup_by_email(call: Call) -> Json:
    wanted = call.needed("email").lower()
    for person in call.workspace.people.values():
        if person.email.lower() == wanted and not person.deleted:
            return {"user": _shown(call, person)}
    raise SlackError("users_not_found")


@method("users.conversations", 3, READ)
def conversations(call: Call) -> Json:
    user, kinds = call.text("user") or call.token.user, wanted_kinds(call)
    if user not in call.workspace.people:
        raise SlackError("user_not_found")
    asker = call.token.user
    joined = [
        channel
        for channel in call.workspace.at(SLACK)
        if channel.kind in kinds and user in channel.members
        and (not channel.is_private or asker in channel.members)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]  # fmt: skip
    page, metadata = call.page(joined)
    shown = []
    for channel in page:
        entry = listed_object(channel, user)
        entry.pop("is_member", None)
        shown.append(entry)
    return {"channels": shown, "response_metadata": metadata}


@method("users.profile.get", 4, "users.profile:read")
def profile_get(call: Call) -> Json:
    person = call.who() if call.text("user") else call.person
    profile = profile_object(person, with_email="users:read.email" in call.token.scopes)
    profile.pop("team")
    return {"profile": profile | {"fields": {}}}


METHODS = (info, list_, lookup_by_email, conversations, profile_get)
