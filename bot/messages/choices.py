"""What people press and ask: OK, needed for urgent care, not a patient, confirm, remove, /chaperone."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.conversations.register import Conversations
from bot.engine.interface import Engine, Work
from bot.files.again import Again
from bot.hiding.enforcement import Enforcement, hidden_from_json
from bot.incidents.ledger import Ledger
from bot.membership.journey import Membership
from bot.messages.guard import Guard
from bot.vault import originals
from bot.wording import in_channel, to_asker, to_owner, to_presser, to_sender
from connectors.interface import Channel, ChatPlatform, Commanded, Delivery, MessageRef, Note, Pressed

REHIDE = "timer.rehide"
CONFIRMED_DAYS = 30


class Choices:
    """Every choice is authorised here, on the server, by who the person is; never by which button they saw."""

    def __init__(
        self, *, platforms: Mapping[str, ChatPlatform], guard: Guard, enforcement: Enforcement, ledger: Ledger,
        engine: Engine, membership: Membership, conversations: Conversations, again: Again,
        connect_urls: Mapping[str, str], ig_users: Callable[[str], tuple[str, ...]],
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        """`connect_urls`: by platform, where people let us edit their own messages; Teams has no such thing."""
        self._platforms = platforms
        self._guard = guard
        self._enforcement = enforcement
        self._ledger = ledger
        self._engine = engine
        self._membership = membership
        self._conversations = conversations
        self._again = again
        self._connect_urls = connect_urls
        self._ig_users = ig_users
        self._clock = clock

    async def pressed(self, event: Pressed, platform: ChatPlatform, work: Work) -> None:
        """A button of ours. Unknown actions and unknown incidents change nothing."""
        row = await self._ledger.read(event.value)
        if row is None or row["tenant"] != event.tenant or event.user_is_external:
            await platform.answer(event, to_presser.settled_already())
            return
        if row["kind"] == "membership" and event.action in ("ask_inviter", "say_why"):
            note = await self._about_invitation(event, row, platform)
            if note is not None:
                await platform.answer(event, note)
            return
        act = self._actions(row["kind"]).get(event.action)
        if act is not None:
            await platform.answer(event, await act(event, row, work))

    async def _about_invitation(
        self, event: Pressed, row: dict[str, Any], platform: ChatPlatform
    ) -> Note | None:
        if event.action == "say_why":
            return await self._membership.inviters.answered(row, event, platform)
        if not self._may_admit(event, row):
            return to_presser.for_the_owner_only()
        return await self._membership.inviters.ask(row, event, platform)

    def _actions(self, kind: str) -> dict[str, Callable[[Pressed, dict[str, Any], Work], Awaitable[Note]]]:
        if kind == "membership":
            return {"ok": self._ok, "confirm_partner": self._confirm, "remove_member": self._remove}
        acts = {"ok": self._ok, "urgent": self._urgent, "not_patient": self._not_patient}
        return acts | ({"post_copy": self._post_copy} if kind == "message" else {})

    async def commanded(self, event: Commanded, platform: ChatPlatform) -> None:
        """`/chaperone who | status | connect | stored | help`."""
        asked, connect_url = event.text.strip().casefold(), self._connect_urls.get(platform.name)
        if asked == "who":
            note = await self._who(event)
        elif asked == "status":
            answers = await platform.reaches(event.channel, event.user)
            best = next((a for a in answers if a.available), None)
            note = to_asker.status(best.why if best else "nothing can be hidden here", best is not None)
        elif asked == "connect" and connect_url:
            note = to_sender.connect_invitation(connect_url)
        elif asked == "stored":
            note = to_asker.stored(self._ledger.keep_days)
        else:
            note = to_asker.help_(connects=bool(connect_url))
        await platform.answer(event, note)

    async def _who(self, event: Commanded) -> Note:
        """Counts for everyone; the people by standing for whoever answers for the conversation."""
        audience = await self._membership.presence.audience(event.channel)
        preset = self._conversations.preset_of(event.channel)
        people: dict[str, list[str]] = {}
        if self._answers_for(event.user, event.channel):
            for reader in await self._membership.presence.readers(event.channel):
                people.setdefault(reader.standing, []).append(reader.user)
        return to_asker.who(audience, preset.name, preset.membership.said(), people)

    async def decided(self, incident: str, decision: str, by: str, work: Work) -> None:
        """IG decided in the console: a false positive is shown again."""
        row = await self._ledger.read(incident)
        if row is not None and decision == "false_positive" and row["hidden_at"]:
            await self._bring_back(row, str(work.id), "restored_decision", by, state="decided")

    async def expired(self, incident: str, work: Work) -> None:
        """The time for urgent care has passed."""
        row = await self._ledger.read(incident)
        if row is not None and await self._hide_again(row, work):
            platform = self._platforms[row["platform"]]

            async def call() -> Mapping[str, Any]:
                place = await platform.tell(row["tenant"], row["sender"], to_presser.restored_expired())
                return {"kind": place.kind}

            await self._engine.effect(f"{incident}:expired:{work.id}", call)

    async def _hide_again(self, row: dict[str, Any], work: Work) -> bool:
        if row["kind"] == "file":
            return await self._again.hide(row, str(work.id))
        return await self._guard.hide_again(row["id"], work)

    async def _ok(self, event: Pressed, row: dict[str, Any], work: Work) -> Note:
        if event.user == row["sender"]:
            await self._ledger.add(row["id"], "acknowledged", by=event.user)
        return to_presser.thanks()

    async def _urgent(self, event: Pressed, row: dict[str, Any], work: Work) -> Note:
        minutes = self._preset_minutes(row)
        if event.user != row["sender"]:
            return to_presser.for_the_sender_only()
        if not minutes or not self._is_open_to(row, work, "hidden"):
            return to_presser.settled_already()
        # The timer first: were we killed after the text is back, nothing else would hide it again.
        await self._hide_again_in(minutes, row, work)
        detail = {"minutes": minutes}
        notice = in_channel.restored_notice(minutes)
        if not await self._bring_back(
            row, str(work.id), "restored_urgent", event.user, notice=notice, detail=detail
        ):
            return to_presser.not_shown_again()
        return to_presser.urgent_restored(minutes)

    async def _hide_again_in(self, minutes: int, row: dict[str, Any], work: Work) -> None:
        until = datetime.fromtimestamp(self._clock(), UTC) + timedelta(minutes=minutes)
        body = json.dumps({"incident": row["id"]}).encode()
        lane = f"{row['platform']}:{row['tenant']}:{row['conversation']}"
        key = f"rehide:{row['id']}:{work.id}"
        await self._engine.later(key, until, Delivery(REHIDE, row["tenant"], lane, (key,), body))

    async def _not_patient(self, event: Pressed, row: dict[str, Any], work: Work) -> Note:
        if event.user != row["sender"]:
            return to_presser.for_the_sender_only()
        if not self._is_open_to(row, work, "hidden", "open", "failed"):
            return to_presser.settled_already()
        audience = await self._membership.presence.audience(self._channel(row))
        if row["state"] in ("open", "failed"):
            await self._ledger.add(row["id"], "disputed", by=event.user)
            return to_presser.thanks()
        if audience.outsiders:
            await self._ledger.add(
                row["id"], "disputed", by=event.user, detail={"outsiders": audience.outsiders}
            )
            return to_presser.not_while_outsiders(audience.outsiders)
        if not await self._bring_back(row, str(work.id), "restored_not_patient", event.user):
            return to_presser.not_shown_again()
        return to_presser.false_positive_restored()

    async def _post_copy(self, event: Pressed, row: dict[str, Any], work: Work) -> Note:
        """Nothing could be hidden: the sender has the masked text posted, and deletes their own message."""
        if event.user != row["sender"]:
            return to_presser.for_the_sender_only()
        masked = self._ledger.masked(row)
        if row["state"] != "failed" or row["action"] != "redact" or not masked:
            return to_presser.settled_already()
        platform, ref = (
            self._platforms[row["platform"]],
            MessageRef(self._channel(row), row["message"], row["thread"]),
        )

        async def call() -> Mapping[str, Any]:
            place = await platform.say(ref, Note(masked, footer=in_channel.COPY))
            return {"ts": place.ts}

        outcome = await self._engine.effect(f"{row['id']}:copy", call)
        if outcome.state == "refused":
            return to_presser.copy_not_posted()
        await self._ledger.add(row["id"], "copy_posted", by=event.user)
        return to_presser.copy_posted()

    async def _confirm(self, event: Pressed, row: dict[str, Any], work: Work) -> Note:
        if not self._may_admit(event, row):
            return to_presser.for_the_owner_only()
        channel, joiner = self._channel(row), self._joiner(row)
        until = datetime.fromtimestamp(self._clock(), UTC) + timedelta(days=CONFIRMED_DAYS)
        if not await self._membership.confirm(channel, joiner, event.user, until):
            return to_presser.not_confirmable(channel)
        return to_owner.member_confirmed(joiner, channel, CONFIRMED_DAYS)

    async def _remove(self, event: Pressed, row: dict[str, Any], work: Work) -> Note:
        if not self._may_admit(event, row):
            return to_presser.for_the_owner_only()
        removed = await self._membership.remove(self._channel(row), self._joiner(row), event.user)
        if not removed:
            return to_owner.remove_refused(self._joiner(row), self._channel(row), row["id"])
        return to_owner.member_removed(self._joiner(row), self._channel(row), "unknown")

    async def _bring_back(
        self, row: dict[str, Any], round: str, what: str, by: str, *, notice: str = "",
        detail: dict[str, Any] | None = None, state: str = "restored",
    ) -> bool:  # fmt: skip
        """The exact original from the vault; the incident says "restored" before the text is there, so that
        our own edit is not taken for a new message."""
        if await self._ledger.original(row["id"]) is None:
            return False
        await self._ledger.add(row["id"], "restoring", by=by, state=state)
        place = await (self._file_back if row["kind"] == "file" else self._text_back)(row, notice, round)
        if place is None:
            was = "decided" if state == "decided" else "hidden"
            await self._ledger.add(row["id"], "restore_refused", by=by, state=was)
            return False
        await self._ledger.add(row["id"], what, by=by, detail=detail, state=state, place=place)
        return True

    async def _text_back(self, row: dict[str, Any], notice: str, round: str) -> str | None:
        kept = await self._ledger.original(row["id"])
        if kept is None or kept[1] is None:
            return None
        original = originals.from_json(kept[0])
        hidden = hidden_from_json(kept[1], original)
        place = await self._enforcement.restore(
            self._platforms[row["platform"]], original, hidden, row["id"], notice, round
        )
        return place.ts if place else None

    async def _file_back(self, row: dict[str, Any], notice: str, round: str) -> str | None:
        return await self._again.restore(row, round, notice)

    @staticmethod
    def _is_open_to(row: dict[str, Any], work: Work, *states: str) -> bool:
        """Whether a choice may still be made. Work that a crash cut off finds its own "restored" and goes on:
        every step of it is done at most once."""
        return row["state"] in states or (row["state"] == "restored" and work.attempt > 1)

    def _preset_minutes(self, row: dict[str, Any]) -> int:
        return self._conversations.preset_of(self._channel(row)).urgent_minutes

    def _may_admit(self, event: Pressed, row: dict[str, Any]) -> bool:
        return event.user != self._joiner(row) and self._answers_for(event.user, self._channel(row))

    def _answers_for(self, user: str, channel: Channel) -> bool:
        """The owner and IG."""
        return user in (self._conversations.owner_of(channel), *self._ig_users(channel.tenant))

    @staticmethod
    def _joiner(row: dict[str, Any]) -> str:
        return str(row["sender"])

    @staticmethod
    def _channel(row: dict[str, Any]) -> Channel:
        return Channel(row["platform"], row["tenant"], row["conversation"])
