"""A message shown inside another: forwarded, or unfurled from a link to it."""

import re
from typing import Any

from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Message
from connectors.sandbox.people import Person, profile_object

Json = dict[str, Any]
PERMALINK = re.compile(r"/archives/(?P<channel>[A-Z0-9]+)/p(?P<seconds>\d{10})(?P<rest>\d{6})")


def permalink(base_url: str, channel: str, message: Message) -> str:
    link = f"{base_url}/archives/{channel}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.thread_ts}&cid={channel}" if message.thread_ts else link


def linked(text: str) -> tuple[str, str] | None:
    """The conversation and ts of the first message that `text` links to."""
    found = PERMALINK.search(text)
    return (found["channel"], f"{found['seconds']}.{found['rest']}") if found else None


def unfurled(base_url: str, channel: Channel, message: Message, author: Person) -> Json:
    """The preview that Slack adds under a link to a message."""
    link = permalink(base_url, channel.id, message)
    about = {
        "channel_name": channel.name,
        "id": 1,
        "original_url": link,
        "footer": f"Posted in #{channel.name}",
    }
    return _quoted(base_url, channel, message, author) | about


def forwarded(base_url: str, channel: Channel, message: Message, author: Person) -> Json:
    """A shared message: its text stands only here, the sharing message may have none."""
    about = {"id": 1, "color": "D0D0D0", "is_share": True, "footer": "Slack Conversation"}
    return _quoted(base_url, channel, message, author) | about


def _quoted(base_url: str, channel: Channel, message: Message, author: Person) -> Json:
    body = message.said
    place = {"team": channel.team, "channel": channel.id, "ts": message.ts}
    return {
        "from_url": permalink(base_url, channel.id, message), "ts": message.ts, "author_id": author.id,
        "channel_id": channel.id, "channel_team": channel.team, "is_msg_unfurl": True,
        "message_blocks": [place | {"message": {"blocks": body.get("blocks", [])}}],
        "fallback": f"{author.name}: {body['text']}", "text": body["text"], "author_name": author.name,
        "author_link": f"{base_url}/team/{author.id}",
        "author_icon": profile_object(author, with_email=False)["image_48"], "author_subname": author.name,
        "mrkdwn_in": ["text"],
    }  # fmt: skip
