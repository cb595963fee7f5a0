"""What Chaperone may do in a conversation, and to whose messages; and why not, in plain words.

A bot's own token can never touch another's message (chat.update, chat.delete); what can is a token of
the Discovery API, the author's own, or an owner's or admin's.
"""

from connectors.interface import Channel, Conversation, Member, Reach, ReachAnswer, Refused
from connectors.slack.people import People
from connectors.slack.tokens import Token, Tokens

_DIRECT = ("dm", "group_dm")
_NO_ACCOUNT = ("user_not_found", "users_not_found")
_OUTSIDE = "this person belongs to another organisation, whose messages nobody here can change"


async def reaches(tokens: Tokens, people: People, channel: Channel, author: str) -> tuple[ReachAnswer, ...]:
    """Strongest first. `author` empty: what holds for the conversation as a whole."""
    where = await people.conversation(channel, author)
    who = await _author(people, channel.tenant, author) if author else None
    return (
        _tombstone(tokens, channel.tenant, who),
        _author_edit(tokens, where, who),
        await _admin_replace(tokens, people, where, who),
        _warn_only(where),
    )


async def _author(people: People, tenant: str, author: str) -> Member:
    try:
        return await people.account(tenant, author)
    except Refused as refused:
        if refused.code not in _NO_ACCOUNT:
            raise
        return Member(author, tenant, is_bot=True)  # a bot's id, where the bot has no account


def _tombstone(tokens: Tokens, tenant: str, who: Member | None) -> ReachAnswer:
    if tokens.find(tenant, "discovery") is None:
        return _no(
            Reach.TOMBSTONE,
            "the Discovery API is not set up; Slack grants it to Enterprise organisations when the "
            "organisation's owner asks for it",
        )
    if who and who.is_external:
        return _no(Reach.TOMBSTONE, _OUTSIDE)
    return _yes(Reach.TOMBSTONE, "the Discovery API is set up")


def _author_edit(tokens: Tokens, where: Conversation, who: Member | None) -> ReachAnswer:
    reach = Reach.AUTHOR_EDIT
    if who is None:
        return ReachAnswer(reach, None, "depends on whether the author lets Chaperone edit their messages")
    if who.is_external:
        return _no(reach, _OUTSIDE)
    if who.is_bot:
        return _no(reach, "an app wrote it, and an app cannot let Chaperone edit its messages")
    if where.archived:
        return _no(reach, "the conversation is archived, and nothing there can be edited")
    if tokens.find(where.channel.tenant, "user", who.user) is None:
        return _no(reach, "the author has not let Chaperone edit their own messages yet (/slack/connect)")
    return _yes(reach, "the author lets Chaperone edit their own messages")


async def _admin_replace(
    tokens: Tokens, people: People, where: Conversation, who: Member | None
) -> ReachAnswer:
    reach = Reach.ADMIN_REPLACE
    token = tokens.find(where.channel.tenant, "admin")
    if token is None:
        return _no(reach, "no owner or admin lets Chaperone delete messages yet (/slack/install)")
    if where.kind in _DIRECT:
        return _no(reach, "an admin cannot delete other people's direct messages")
    if who and who.is_external:
        return _no(reach, _OUTSIDE)
    if not where.bot_is_member:
        return _no(reach, "Chaperone is not in this conversation, so it could not post the masked copy")
    if where.kind == "private" and not await _is_in(people, where.channel, token):
        return ReachAnswer(reach, None, "the admin is not in this private channel; Slack may refuse")
    return _yes(reach, "an admin lets Chaperone delete messages; the masked copy is posted by Chaperone")


async def _is_in(people: People, channel: Channel, token: Token) -> bool:
    user = token.subject or token.about.get("user_id", "")
    return user in await people.member_ids(channel)


def _warn_only(where: Conversation) -> ReachAnswer:
    if not where.bot_is_member:
        return ReachAnswer(
            Reach.WARN_ONLY, True, "Chaperone is not here; it can write to the author directly"
        )
    return _yes(Reach.WARN_ONLY, "Chaperone can tell the author, in the conversation or directly")


def _yes(reach: Reach, why: str) -> ReachAnswer:
    return ReachAnswer(reach, True, why)


def _no(reach: Reach, why: str) -> ReachAnswer:
    return ReachAnswer(reach, False, why)
