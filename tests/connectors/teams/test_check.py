"""`chaperone check` on Teams: what is missing, and how to grant it; and one table of what can be done."""

from connectors.interface import CheckRow, Reach
from connectors.sandbox.teams.sandbox import TENANT_WIDE
from connectors.teams import reach
from tests.connectors.teams.bench import SOCIAL, bench


def row(rows: list[CheckRow], about: str) -> CheckRow:
    return next(r for r in rows if about in r.about)


async def test_all_is_well() -> None:
    async with bench() as teams:
        rows = await teams.platform.check()
        assert [r.ok for r in rows if "certificate" not in r.about] == [True, True]
        assert "subscriptions stand" in row(rows, "notifications").found


async def test_a_missing_permission_is_named_with_what_it_costs_and_how_to_grant_it() -> None:
    async with bench(roles=TENANT_WIDE - {"Chat.UpdatePolicyViolation.All"}) as teams:
        lacking = (await teams.platform.check())[0]
        assert lacking.ok is False
        assert "lacks Chat.UpdatePolicyViolation.All (messages cannot be hidden" in lacking.found
        assert "adminconsent" in lacking.mend
        assert teams.teams.app.client_id in lacking.mend


async def test_installed_only_nothing_tenant_wide_is_asked_for() -> None:
    async with bench("rsc") as teams:
        rows = await teams.platform.check()
        assert [r.ok for r in rows if "certificate" not in r.about] == [True]


async def test_an_outage_is_no_refusal() -> None:
    async with bench() as teams:
        teams.unreachable(True)
        assert (await teams.platform.check())[0].ok is None


async def test_a_certificate_that_ends_soon_is_told_of() -> None:
    async with bench() as teams:  # of the bench, which lasts thirty days
        found = row(await teams.platform.check(), "certificate")
        assert found.ok is False
        assert "keep both" in found.mend


async def test_the_table_of_what_can_be_done_agrees_with_the_answers() -> None:
    hiding = next(a for a in reach.TABLE if a.what.startswith("Hide a whole message"))
    async with bench() as teams:
        where = teams.at(SOCIAL)
    for mode, said in (("tenant", hiding.tenant), ("rsc", hiding.rsc)):
        answers = {a.reach: a.available for a in reach.answers(mode, where, None)}  # type: ignore[arg-type]
        assert answers[Reach.POLICY_HIDE] is (said == "yes")
    assert reach.as_markdown().count("\n") == len(reach.TABLE) + 1
