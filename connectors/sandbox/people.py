"""Accounts of the sandbox workspace, and how Slack describes them."""

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
AVATARS = "https://secure.gravatar.com/avatar/"
COLOURS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "684b6c", "e0a729")


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `is_guest`: single-channel guest; `is_external`: comes through Slack Connect."""

    id: str
    name: str
    known_as: str = ""
    role: str = ""
    email: str = ""
    employer: str = ""
    team: str = ""
    is_guest: bool = False
    is_external: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    deleted: bool = False
    key: str = ""
    """The name by which scripts call this person."""
    updated: int = field(default_factory=lambda: int(time.time()))

    @property
    def handle(self) -> str:
        return self.email.partition("@")[0] or self.name.lower().replace(" ", ".")

    @property
    def hue(self) -> int:
        """A colour of the wheel, 0 to 359, that stays with the person."""
        return hashlib.sha256(self.id.encode()).digest()[0] * 360 // 256


def user_object(person: Person, *, with_email: bool, home: str) -> Json:
    """The Slack user object; `home` is the workspace that asks (others' people are strangers to it)."""
    user: Json = {
        "id": person.id,
        "team_id": person.team,
        "name": person.handle,
        "deleted": person.deleted,
    }
    if not person.deleted:
        user |= {
            "color": COLOURS[person.hue % len(COLOURS)],
            "real_name": person.name,
            "tz": "Europe/London",
            "tz_label": "Greenwich Mean Time",
            "tz_offset": 0,
        }
    user["profile"] = profile_object(person, with_email=with_email)
    user |= {
        "is_admin": person.is_admin,
        "is_owner": person.is_owner,
        "is_primary_owner": person.is_owner,
        "is_restricted": person.is_guest,
        "is_ultra_restricted": person.is_guest,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": person.updated,
        "is_email_confirmed": bool(person.email),
        "who_can_share_contact_card": "EVERYONE",
    }
    if person.team != home:
        user["is_stranger"] = True
    return user


def profile_object(person: Person, *, with_email: bool) -> Json:
    """The profile part. An e-mail needs `users:read.email`, and a bot has none."""
    first, _, last = person.name.partition(" ")
    image = AVATARS + hashlib.sha256(person.id.encode()).hexdigest()[:32]
    profile: Json = {
        "title": person.role,
        "phone": "",
        "skype": "",
        "real_name": person.name,
        "real_name_normalized": person.name,
        "display_name": person.known_as,
        "display_name_normalized": person.known_as,
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": image[-12:],
        "first_name": first,
        "last_name": last,
        "status_text_canonical": "",
        "team": person.team,
    }
    profile |= {f"image_{size}": f"{image}.jpg?s={size}" for size in (24, 32, 48, 72, 192, 512)}
    if with_email and person.email:
        profile["email"] = person.email
    return profile
