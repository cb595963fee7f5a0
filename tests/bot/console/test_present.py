"""Who was in a conversation at a moment, and everything about one person."""

from datetime import UTC, datetime

import pytest

from bot.console.person import _outside
from bot.console.present import NoMoment, moment_of
from bot.membership.exposure import Exposed
from tests.bot.console.conftest import House
from tests.bot.console.seed import people
from tests.bot.console.test_events import text_of

HERE = "/channels/people?platform=slack&tenant=T1&id=C-WARD"
GUEST, GONE = "/membership/5/person", "/membership/7/person"


async def read(house: House, path: str, role: str = "auditor") -> str:
    await people(house.store, house.keys, house.clock)
    async with house.as_(role) as client:
        answer = await client.get(path)
        assert answer.status_code == 200
        return text_of(answer.text)


async def test_the_people_of_a_conversation_with_rule_and_reason(house: House) -> None:
    text = await read(house, HERE)
    assert "As Chaperone knows it now: 5 people." in text
    assert "Rule in force now Staff, partners in the register, and others while confirmed" in text
    assert text.index("Rowan Tansley") < text.index("Vera Quill") < text.index("Amara Okafor")
    assert "Partner: Discharge planning, sponsored by Amara Okafor" in text
    assert "Nell Ferris" not in text, "she left"
    assert "Admit a partner here" not in text, "auditors look"


async def test_the_same_at_a_moment_of_the_past(house: House) -> None:
    text = await read(house, f"{HERE}&on=2026-03-14&time=07:58")
    assert "As it was on 14 March 2026 at 07:58: 6 people" in text
    assert "Nell Ferris Has left" in text, "the directory had said so by then"
    assert "Vera Quill Guest Not covered by the rule: Staff, partners in the register" in text, (
        "let in at eight"
    )
    async with house.as_("auditor") as client:
        before = text_of((await client.get(f"{HERE}&on=2026-03-14&time=07:00")).text)
    assert "Nell Ferris Staff" in before
    assert "Vera Quill" not in before
    async with house.as_("auditor") as client:
        assert "Nobody was known" in text_of((await client.get(f"{HERE}&on=2025-01-01")).text)


@pytest.mark.parametrize("asked", ["on=2027-01-01", "on=soon", "time=09:00", "on=2026-03-14&time=25:00", "on=2026-03-14&time=23:00"])  # fmt: skip
async def test_no_moment_of_the_past_is_said_so(house: House, asked: str) -> None:
    async with house.as_("admin") as client:
        answer = await client.get(f"{HERE}&{asked}")
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


@pytest.mark.parametrize(
    ("on", "at", "expected"),
    [
        ("2026-07-01", "12:00", datetime(2026, 7, 1, 11, 0, tzinfo=UTC)),  # summer time
        ("2026-01-10", "12:00", datetime(2026, 1, 10, 12, 0, tzinfo=UTC)),
        ("2026-01-10", "", datetime(2026, 1, 10, 23, 59, 59, tzinfo=UTC)),
        ("2025-10-26", "01:30", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),  # the first of two half past ones
        ("2026-08-01", "", datetime(2026, 8, 1, 8, 0, tzinfo=UTC)),  # today: not later than now
    ],
)
def test_a_moment_is_london_time(on: str, at: str, expected: datetime) -> None:
    now = datetime(2026, 8, 1, 8, 0, tzinfo=UTC).timestamp()
    assert moment_of(on, at, now) == expected.timestamp()
    assert moment_of("", "", now) is None
    with pytest.raises(NoMoment):
        moment_of("2026-08-02", "", now)


async def test_a_person_with_what_they_could_read(house: House) -> None:
    text = await read(house, GUEST)
    assert "U-GUEST of Slack T1" in text
    assert "Identifying 1 1 of them can be read still. Identifiers by kind NHS number, patient name" in text
    assert "posted while they were here" in text
    assert "and still" in text
    assert "Zebedee" not in text
    steps = text[text.index("What happened") :]
    order = ["Owner or IG told", "Guest. Partner: Discharge", "Guest. Not covered", "Joined"]
    assert [steps.index(s) for s in order] == sorted(steps.index(s) for s in order)


async def test_what_a_leaver_could_read_and_as_what(house: House) -> None:
    text = await read(house, GONE)
    assert "Identifying 1 0 of them can be read still." in text
    assert "Has left" in text[text.index("What they could have read") : text.index("Conversations Conv")]
    assert "Left 14 March 2026 at 08:13" in text


async def test_a_stay_leads_to_its_person_and_an_unknown_one_to_nothing(house: House) -> None:
    async with house.as_("auditor") as client:
        assert "/membership/3/person" in (await client.get("/membership/3")).text
        assert (await client.get("/membership/3/person")).status_code == 200
        assert (await client.get("/membership/99/person")).status_code == 404


async def test_nothing_is_listed_of_what_staff_could_read(house: House) -> None:
    async with house.as_("reviewer") as client:
        for stay in (1, 2):
            text = text_of((await client.get(f"/membership/{stay}/person")).text)
            assert "Nothing on record that identifies a patient was readable to this account while" in text
            assert "U-AMARA" not in text


def read_from(at: float, until: float | None) -> Exposed:
    return Exposed("i", {"CHI": 1}, "identifying", at, at, until, earlier=False)


@pytest.mark.parametrize(
    ("words", "latest", "what", "expected"),
    [
        ([(0.0, "staff")], "staff", read_from(5, None), None),
        ([(3.0, "guest")], "guest", read_from(1, None), (1, "guest")),  # the first word counts for what was before
        ([(0.0, "staff"), (9.0, "leaver")], "leaver", read_from(5, None), (9, "leaver")),
        ([(0.0, "staff"), (9.0, "leaver")], "leaver", read_from(5, 8), None),
        ([(0.0, "unknown"), (9.0, "staff")], "staff", read_from(5, None), (5, "unknown")),
        ([(0.0, "unknown"), (9.0, "staff")], "staff", read_from(9, None), None),
        ([(0.0, "could_not_tell"), (9.0, "staff")], "staff", read_from(5, None), None),
        ([(0.0, "could_not_tell")], "could_not_tell", read_from(5, None), (5, "could_not_tell")),
    ],
)  # fmt: skip
def test_what_counts_is_the_time_in_which_somebody_was_not_staff(
    words: list[tuple[float, str]], latest: str, what: Exposed, expected: tuple[float, str] | None
) -> None:
    assert _outside(words, latest, what) == expected
