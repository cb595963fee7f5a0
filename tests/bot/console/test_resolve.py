"""Accounts that only a person can match, the directories, and the sheet of who has access."""

import csv
import io
import json
import re
from urllib.parse import urlencode

from sqlalchemy import insert, select, update

from bot.console.resolve import CONFLICT
from bot.membership.identities import Identities
from bot.store import tables as t
from connectors.interface import Member
from tests.bot.console.conftest import House
from tests.bot.console.seed import NOW, people, staff_list
from tests.bot.console.test_events import send, text_of

LIST = "/membership/unknown"
SAM = "/membership/6/identity"
UNDO = f"{SAM}/undo"


def person(key: str) -> str:
    return urlencode({"directory": "staff list", "person": key})


async def test_the_accounts_that_wait_for_somebody(house: House) -> None:
    await people(house.store, house.keys, house.clock)
    async with house.as_("auditor") as client:
        text = text_of((await client.get(LIST)).text)
    assert text.index("Sam Oduya") < text.index("Rowan Tansley"), "a shared key first"
    assert "2 people of the staff list share this email" in text
    assert "Locum doctor staff list" in text, "somebody of that name"
    assert "Vera Quill" not in text, "a guest is a guest"


async def test_a_directory_says_of_a_shared_key_what_the_page_looks_for(house: House) -> None:
    assert house.store.path
    directory = staff_list(house.store.path.parent)
    for account in (
        Member("U1", "T1", email="shared@trust.example"),
        Member("E1", "T1", email="ben@trust.example"),
    ):
        answer = await directory.standing(account)
        assert answer.standing == "could_not_tell"
        assert CONFLICT in answer.why


async def test_a_reviewer_says_whose_account_it_is(house: House) -> None:
    await people(house.store, house.keys, house.clock)
    async with house.as_("reviewer") as client:
        page = (await client.get(f"{SAM}?q=oduya")).text
        assert re.findall(r'name="person" value="([^"]+)"', page) == [
            person(k).replace("&", "&amp;") for k in ("E4", "E5")
        ]
        answer = await send(client, SAM, person=person("E4"))
        assert answer.headers["location"] == f"{LIST}?done=matched"
        assert "Matched by a reviewer" in text_of((await client.get(answer.headers["location"])).text)
        assert "reviewer picked Sam Oduya, Staff nurse in the staff list" in text_of(
            (await client.get(SAM)).text
        )
        found = (await Identities(house.store).of("slack", "T1"))["U-SAM"]
        assert (found.directory, found.person, found.set_by) == ("staff list", "E4", "reviewer")
        await send(client, UNDO)
        assert await Identities(house.store).of("slack", "T1") == {}
        assert (await send(client, UNDO)).status_code == 404
    assert [(d.source, json.loads(d.body)["user"]) for d in house.accepted] == [
        ("console.identity", "U-SAM")
    ] * 2


async def test_only_somebody_of_a_directory_can_be_chosen_and_never_oneself(house: House) -> None:
    await people(house.store, house.keys, house.clock)
    async with house.as_("reviewer") as client:
        for chosen in ("", "E4", person("E99"), urlencode({"directory": "LDAP", "person": "E4"})):
            answer = await send(client, SAM, person=chosen)
            assert answer.status_code == 422
            assert "Choose whose account this is" in answer.text
        mine = update(t.account).where(t.account.c.name == "reviewer").values(platform_user="U-SAM")
        await house.store.write(lambda c: c.execute(mine))
        assert "Somebody else must say who you are" in (await send(client, SAM, person=person("E4"))).text
        assert (await send(client, SAM.replace("6", "99"), person=person("E4"))).status_code == 404
    async with house.as_("admin") as client:
        assert (await send(client, SAM, person=person("E4"))).status_code == 403
    assert house.accepted == []


async def test_the_search_needs_two_letters_and_finds_by_name_address_and_number(house: House) -> None:
    await people(house.store, house.keys, house.clock)
    async with house.as_("auditor") as client:
        short = await client.get(f"{SAM}?q=o")
        assert (short.status_code, "Type at least 2 letters" in short.text) == (422, True)
        for asked, found in (
            ("whitlock BEN", "Ben Whitlock"),
            ("rowan@trust", "Rowan Tansley"),
            ("e5", "Samuel Oduya"),
        ):
            assert found in text_of((await client.get(SAM, params={"q": asked})).text)
        assert "Nobody in the directories fits “zz”." in text_of((await client.get(f"{SAM}?q=zz")).text)
        assert "This is whose account it is" not in short.text, "auditors look"


async def test_directories_with_their_match_rate_and_reading_them_now(house: House) -> None:
    page = "/membership/directories"
    async with house.as_("admin") as client:
        text = text_of((await client.get(page)).text)
        assert "1 Staff list Good 412 10 minutes ago 14 March 2026 at 09:10 96% 412 of 430 looked up" in text
        answer = await send(client, page)
        assert "is reading the directories now" in (await client.get(answer.headers["location"])).text
    async with house.as_("reviewer") as client:
        assert "Read them now" not in (await client.get(page)).text
        assert (await send(client, page)).status_code == 403
    assert [d.source for d in house.accepted] == ["console.sync"]


async def test_the_sheet_says_who_has_access_to_what_and_why(house: House) -> None:
    await people(house.store, house.keys, house.clock)
    async with house.as_("auditor") as client:
        answer = await client.get("/membership/access.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="chaperone-access-2026-03-14.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbfconversation,person,account")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 6
    (vera,) = [r for r in rows if r["account"] == "U-GUEST"]
    assert (vera["conversation"], vera["standing"], vera["purpose"], vera["sponsor"], vera["belongs"]) == (
        "ward-7-team", "guest", "Discharge planning", "Amara Okafor", "yes",
    )  # fmt: skip
    assert vera["confirmed or partner until"] == "2026-03-19 09:20"
    assert [r["conversation"] for r in rows] == sorted(r["conversation"] for r in rows)
    query = select(t.audit.c.actor).where(t.audit.c.what == "access.exported")
    assert await house.store.read(lambda c: c.execute(query).scalars().all()) == ["auditor"]
    async with house.as_("clinician") as client:
        assert (await client.get("/membership/access.csv")).status_code == 403


async def test_no_cell_of_the_sheet_is_a_formula(house: House) -> None:
    names = ["=1+1", "+44", "-x", "@SUM", " =1", "＝1", "\t=1", 'a "b", c']
    rows = [
        {"platform": "slack", "tenant": "T1", "conversation": "C-X", "user": f"U{n}", "name": name, "standing": "staff",
         "joined_at": NOW, "checked_at": NOW}
        for n, name in enumerate(names)
    ]  # fmt: skip
    await house.store.write(lambda c: c.execute(insert(t.membership), rows))
    async with house.as_("admin") as client:
        sheet = (await client.get("/membership/access.csv")).content.decode("utf-8-sig")
    found = {
        r["account"]: r["person"] for r in csv.DictReader(io.StringIO(sheet)) if r["conversation id"] == "C-X"
    }
    assert [found[f"U{n}"] for n in range(8)] == [*(f"'{n}" for n in names[:7]), names[7]]


async def test_the_sheet_comes_in_pieces_however_many_conversations_there_are(house: House) -> None:
    rows = [
        {"platform": "slack", "tenant": "T1", "conversation": f"C{n // 10}", "user": f"U{n}", "standing": "staff",
         "joined_at": NOW, "checked_at": NOW}
        for n in range(20_000)
    ]  # fmt: skip
    await house.store.write(lambda c: c.execute(insert(t.membership), rows))
    async with house.as_("admin") as client, client.stream("GET", "/membership/access.csv") as answer:
        pieces = [piece async for piece in answer.aiter_raw()]
    assert sum(piece.count(b"\r\n") for piece in pieces) == 20_000 + 4 + 1
    assert max(len(piece) for piece in pieces) < 1_000_000
