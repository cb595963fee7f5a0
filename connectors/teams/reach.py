"""What Chaperone can and cannot do on Teams, in both modes and in plain words: one table for the bot, the console
and README.

"tenant": an administrator consented to Graph's application permissions. "rsc": the app was only installed in teams and
chats (resource-specific consent), as in a tenant that many organisations share.
"""

from dataclasses import dataclass
from typing import Final, Literal

from connectors.interface import Channel, Reach, ReachAnswer, ReachFailed
from connectors.teams import places

Mode = Literal["tenant", "rsc"]
Can = Literal["yes", "no", "partly"]


@dataclass(frozen=True, slots=True)
class Ability:
    """One thing, and whether it can be done. `slack`: the same on Slack."""

    what: str
    slack: Can
    tenant: Can
    rsc: Can
    why: str


TABLE: Final = (
    Ability("See a message in a channel", "yes", "yes", "partly",
            "rsc: in teams where the app is installed; Slack: where the bot is a member"),
    Ability("See a message in a chat between people", "no", "yes", "partly",
            "rsc: in chats where the app is installed after it was granted the permission"),
    Ability("Hide a whole message from its readers", "yes", "yes", "no",
            "Graph's policyViolation has no resource-specific permission"),
    Ability("Change the words of a message in place", "yes", "no", "no",
            "no application may edit a user's message; a masked copy takes the place of the hidden one"),
    Ability("Delete a user's message", "yes", "no", "no", "softDelete is for signed-in users only"),
    Ability("Hide a message of another organisation's person in a chat", "no", "no", "no",
            "only the sender's own tenant can; IG is told"),
    Ability("Hide a message before anyone sees it", "no", "no", "no", "all action comes after delivery"),
    Ability("Look into a file", "yes", "yes", "partly",
            "rsc: pasted pictures and files' names; the event says that the contents were not looked into"),
    Ability("Take a file away", "yes", "yes", "no", "Files.ReadWrite.All; it goes to the recycle bin of its site"),
    Ability("Take a pasted picture away", "yes", "partly", "no", "only together with its message, which is hidden"),
    Ability("Warn the sender so that only they see it", "yes", "yes", "yes",
            "a targeted message, else the person's own conversation with the bot, else the policy tip"),
    Ability("Let the sender contest a hiding", "yes", "yes", "yes",
            "by the warning's buttons; tenant: also by Teams' own policy tip"),
    Ability("See who reads a channel, shared channels included", "yes", "yes", "yes", "Graph's allMembers"),
    Ability("Learn at once of a new member", "yes", "partly", "partly", "Graph may tell it an hour late: rosters are swept"),
    Ability("Take a member out", "yes", "partly", "partly",
            "never the last owner; nobody who comes through another team; rsc: chats, private and shared channels"),
)  # fmt: skip

_NO: Final = {
    Reach.TOMBSTONE: "Teams lets no application delete a user's message",
    Reach.AUTHOR_EDIT: "Teams lets no application edit a user's message",
    Reach.ADMIN_REPLACE: "Teams lets no administrator's token delete a user's message",
}
_RSC: Final = (
    "Chaperone is only installed here, without the organisation's consent to hide messages "
    "(ChannelMessage.UpdatePolicyViolation.All, Chat.UpdatePolicyViolation.All)"
)
_FOREIGN: Final = "this person belongs to another organisation, and only theirs can hide a message in a chat"
_HIDES: Final = "Teams hides the message from its readers, and Chaperone posts the masked copy below it"
_WARNS: Final = "Chaperone can tell the author, in the conversation or directly"


def answers(mode: Mode, where: Channel, foreign: bool | None) -> tuple[ReachAnswer, ...]:
    """Strongest first. `foreign`: the author belongs to another tenant; None when that is not known."""
    impossible = tuple(ReachAnswer(reach, False, why) for reach, why in _NO.items())
    return (*impossible, _policy_hide(mode, where, foreign), ReachAnswer(Reach.WARN_ONLY, True, _WARNS))


def _policy_hide(mode: Mode, where: Channel, foreign: bool | None) -> ReachAnswer:
    if mode == "rsc":
        return ReachAnswer(Reach.POLICY_HIDE, False, _RSC)
    if foreign and places.is_chat(where):
        return ReachAnswer(Reach.POLICY_HIDE, False, _FOREIGN, theirs=True)
    return ReachAnswer(Reach.POLICY_HIDE, True, _HIDES)


def must(mode: Mode, where: Channel, wanted: Reach) -> None:
    """Raises ReachFailed for what `answers` says cannot be done here."""
    for answer in answers(mode, where, foreign=None):
        if answer.reach is wanted and answer.available is False:
            raise ReachFailed(answer.why, wanted.value)


def as_markdown() -> str:
    """The table for README."""
    head = "| | Slack | Teams, tenant-wide | Teams, installed only | |\n|---|---|---|---|---|"
    rows = (f"| {a.what} | {a.slack} | {a.tenant} | {a.rsc} | {a.why} |" for a in TABLE)
    return "\n".join((head, *rows))
