"""The register of partners, the rules of who belongs, each stay's history, and what somebody could have read."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from bot.incidents.incident import Opening
from bot.incidents.ledger import Ledger
from bot.membership.exposure import exposed, totals
from bot.membership.members import Members
from bot.membership.partners import EVERYWHERE, Partner, Partners, voucher_for
from bot.membership.stays import Stay
from bot.policy import load
from bot.policy.membership import Membership as Rules
from bot.policy.verdict import Audience
from bot.store import tables as t
from bot.vault.keys import Keys
from connectors.interface import Channel, Member
from tests.bot.membership.world import World

DAY = 86400.0


def partner(w: World, **about: Any) -> Partner:
    plain = Partner("slack", "T1", "C1", "person", "visitor@elsewhere.example", "Discharge planning", "Moira Devlin",
                    w.clock.now + 30 * DAY, "UIG")  # fmt: skip
    return replace(plain, **about)


async def at(w: World, moment: float) -> dict[str, tuple[str, str]]:
    return {s.user: (s.standing, s.admitted) for s in await Members(w.store).at(w.ward, moment)}


async def stay(w: World, user: str) -> Stay:
    found = await Members(w.store).one(w.ward, user)
    assert found is not None
    return found


async def test_a_partner_in_the_register_is_let_in_silently_until_the_last_day(world: World) -> None:
    await world.membership.partners.add(partner(world), world.clock.now)
    await world.join("UGST")
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1, confirmed=1)
    assert world.place.told == []
    rule = (await at(world, world.clock.now))["UGST"][1]
    assert rule.startswith("Partner: Discharge planning, sponsored by Moira Devlin, until ")
    await world.turn(30 * DAY)
    await world.membership.sweeps.sweep(world.ward)
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1
    assert [reader for reader, _ in world.place.told] == ["UMO", "UIG"]


async def test_an_organisation_is_known_by_its_mail_domain_everywhere(world: World) -> None:
    council = partner(
        world, conversation=EVERYWHERE, kind="organisation", key="Elsewhere.example", name="the council"
    )
    await world.membership.partners.add(council, world.clock.now)
    for user in ("USTR", "UGST"):
        await world.join(user)
    await world.join("UEXT")  # of another organisation, with an address of ours
    assert await world.membership.presence.audience(world.ward) == Audience(staff=1, confirmed=2, outsiders=1)


async def test_an_admission_that_is_ended_is_over_at_the_next_sweep(world: World) -> None:
    id = await world.membership.partners.add(partner(world), world.clock.now)
    await world.join("UGST")
    await world.turn(60)
    ended = await world.membership.partners.end(id, "UIG", world.clock.now)
    assert ended is not None
    assert await world.membership.partners.end(id, "UIG", world.clock.now) is None
    await world.membership.sweeps.sweep(world.ward)
    assert (await world.membership.presence.audience(world.ward)).outsiders == 1
    # And what was so before stays on record.
    assert (await at(world, world.clock.now - 30))["UGST"][1].startswith("Partner: ")


@pytest.mark.parametrize("wrong", [{"purpose": " "}, {"sponsor": ""}, {"key": ""}, {"until": 1.0}])
async def test_nobody_is_admitted_without_purpose_sponsor_and_end(
    world: World, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="partner"):
        await world.membership.partners.add(partner(world, **wrong), world.clock.now)


async def test_expiring_partners_are_found_once(world: World) -> None:
    register = Partners(world.store)
    await register.add(partner(world, until=world.clock.now + 3 * DAY), world.clock.now)
    await register.add(partner(world), world.clock.now)
    soon = await register.expiring(world.clock.now, 7 * DAY)
    assert [round((p.until - world.clock.now) / DAY) for p in soon] == [3]
    await register.warned(soon, world.clock.now)
    assert await register.expiring(world.clock.now, 7 * DAY) == ()


def test_a_display_name_vouches_for_nobody() -> None:
    named = Partner("slack", "T1", "*", "person", "visitor", "p", "s", 9e9, "UIG")
    assert voucher_for(Member("U1", "T2", name="visitor", display_name="visitor"), [named]) is None
    assert voucher_for(Member("VISITOR", "T2"), [named]) is not None


async def test_who_was_here_at_any_moment_and_what_was_known_then(world: World) -> None:
    began = world.clock.now
    await world.turn(100)
    await world.join("UGR")
    await world.turn(100)
    listed = world.staff.read_text("utf-8")
    world.staff.unlink()
    await world.membership.sweeps.sweep(world.ward)
    changed = world.clock.now
    await world.turn(100)
    await world.leave("UGR")
    world.staff.write_text(listed, "utf-8")
    await world.membership.sweeps.sweep(world.ward)
    assert set(await at(world, began + 50)) == {"UMO"}
    assert (await at(world, began + 150))["UGR"][0] == "staff"
    assert (await at(world, changed + 50))["UGR"][0] == "could_not_tell"
    assert await at(world, world.clock.now + 1) == {
        "UMO": ("staff", "Staff, partners in the register, and others while confirmed")
    }


DEPARTMENT = Rules(departments=("Theatres",), elsewhere="tell")


async def test_staff_of_another_department_are_told_about_but_are_no_outsiders(world: World) -> None:
    policy = load.default()
    preset = replace(policy.presets[policy.default_preset], membership=DEPARTMENT)
    world.conversations._policy = lambda: replace(policy, presets={**policy.presets, preset.key: preset})
    await world.join("UGR")
    assert await world.membership.presence.audience(world.ward) == Audience(staff=2)
    (incident,) = await world.incidents()
    assert "not of those whom the rule here names" in incident["reasons"][0]


async def said(
    ledger: Ledger, channel: Channel, at: float, id: str, hidden: float | None, label: str = "identifying"
) -> None:
    await ledger.open(
        Opening(kind="message", channel=channel, action="observe", message=id, sender="UMO", label=label,  # type: ignore[arg-type]
                kinds={"PATIENT_NAME": 1, "DOB": 1}, posted_at=at), id)  # fmt: skip
    if hidden is not None:
        await ledger.add(id, "hidden", state="hidden", hidden_at=hidden)


async def test_what_somebody_could_have_read(world: World) -> None:
    ledger = Ledger(world.store, Keys(bytes(range(32))), world.clock)
    t0 = world.clock.now
    await said(ledger, world.ward, t0, "before-and-hidden", t0 + 1)
    await said(ledger, world.ward, t0 + 2, "before-and-readable", None)
    await world.turn(10)
    await world.join("USTR")
    await said(ledger, world.ward, t0 + 20, "during-hidden-late", t0 + 25)
    await said(ledger, world.ward, t0 + 30, "during", None)
    await said(ledger, world.ward, t0 + 31, "weak", None, "weak")
    await said(ledger, world.place.channel("C2"), t0 + 32, "elsewhere", None)
    await world.turn(40)
    theirs = await stay(world, "USTR")
    await world.leave("USTR")
    left = world.clock.now
    await said(ledger, world.ward, t0 + 60, "after", None)
    found = await exposed(world.store, replace(theirs, left_at=left), left + 100)
    assert [(e.incident, e.since - t0, e.until and e.until - t0, e.earlier) for e in found] == [
        ("before-and-readable", 10, 50, True), ("during-hidden-late", 20, 25, False), ("during", 30, 50, False),
    ]  # fmt: skip
    assert totals(found) == {"DOB": 3, "PATIENT_NAME": 3}


async def test_a_history_without_a_stay_is_refused(world: World) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"):
        await world.store.write(
            lambda c: c.execute(insert(t.standing).values(stay=999, at=1.0, standing="staff", admitted=""))
        )


async def test_a_change_of_the_register_is_seen_at_once_where_it_matters(world: World) -> None:
    await world.join("UGST")
    await world.join("UGST", channel=world.place.channel("C2"))
    await world.turn(1)
    world.place.calls.clear()
    id = await world.membership.partners.add(partner(world), world.clock.now)
    await world.membership.sweeps.register_changed("slack", "T1", "C1")
    assert world.place.calls.count("members") == 1
    assert (await stay(world, "UGST")).belongs is True
    await world.membership.partners.end(id, "UIG", world.clock.now)
    await world.membership.sweeps.register_changed("slack", "T1", EVERYWHERE)
    assert (await stay(world, "UGST")).belongs is False


async def test_a_change_while_the_platform_is_away_is_seen_when_it_is_back(world: World) -> None:
    await world.join("UGST")
    await world.membership.partners.add(partner(world), world.clock.now)
    world.place.down = {"members"}
    await world.membership.sweeps.register_changed("slack", "T1", "C1")
    world.place.down = set()
    assert (await stay(world, "UGST")).belongs is False
    await world.turn(61)
    assert (await stay(world, "UGST")).belongs is True


async def test_the_register_keeps_what_ended_and_every_change_is_on_the_audit(world: World) -> None:
    id = await world.membership.partners.add(partner(world), world.clock.now)
    await world.membership.partners.end(id, "UIG", world.clock.now)
    (kept,) = await world.membership.partners.everyone()
    assert (kept.ended_at, kept.ended_by) == (world.clock.now, "UIG")
    rows = [r for r in await world.rows(t.audit) if r["what"].startswith("partner.")]
    assert [(r["what"], r["actor"]) for r in rows] == [("partner.admitted", "UIG"), ("partner.ended", "UIG")]
    assert "Discharge" not in str(rows)
