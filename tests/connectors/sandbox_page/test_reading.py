"""What a person sees: messages as they come, placeholders, notes, Block Kit; never markup from text."""

import re

from playwright.async_api import Route, expect

from bot.wording.in_channel import file_notice, hidden_notice
from connectors.sandbox.drawing import patient_list
from connectors.sandbox.rich_text import escape
from detectors.interface import Kind
from detectors.placeholders import HIDDEN, placeholder
from tests.browser import BROWSER
from tests.connectors.sandbox_page.conftest import (
    BEDS,
    NOTE,
    NURSE,
    OUTSIDER,
    WARD,
    Open,
    Ward,
    messages,
    section,
)

pytestmark = BROWSER


async def test_a_message_arrives_by_itself_with_its_author_role_and_time(ward: Ward, look: Open) -> None:
    async with look(NURSE) as page:
        ward.say("Board round at nine")
        message = messages(page).last
        await expect(message).to_contain_text("Board round at nine")
        await expect(message).to_contain_text("Ngozi Bramwell")
        await expect(message).to_contain_text("Ward sister")
        assert re.fullmatch(r"\d\d:\d\d", await message.locator("time").inner_text())
        await expect(page.locator("#said")).to_have_text("Ngozi Bramwell: Board round at nine")


async def test_an_edit_and_a_deletion_are_shown_as_they_happen(ward: Ward, look: Open) -> None:
    ts = ward.say("Mr Pike in bed 9")
    async with look(NURSE) as page:
        ward.workspace.edit(WARD, ts, "U0SISTER1", "[Patient A] in bed 9")
        await expect(messages(page)).to_contain_text(["[Patient A] in bed 9(edited)"])
        ward.workspace.delete(WARD, ts, "U0SISTER1")
        await expect(messages(page)).to_have_count(0)


async def test_every_placeholder_of_ours_is_a_pill_and_nothing_else_is(ward: Ward, look: Open) -> None:
    ours = [HIDDEN, "[Patient A]", "[Relative B]", *(placeholder(kind) for kind in Kind)]
    ward.say(escape(" and ".join([*ours, "[Jane Smith hidden]", "[Patient Smith]", "[sic]"])))
    async with look(NURSE) as page:
        await expect(page.locator("#message-list .mask")).to_have_text(ours)


async def test_a_placeholder_can_be_read_inside_code_and_bold(ward: Ward, look: Open) -> None:
    ward.say("`NHS [hidden]` and *[Patient A]*")
    async with look(NURSE) as page:
        await expect(page.locator("code .mask")).to_have_text("[hidden]")
        await expect(page.locator("strong .mask")).to_have_text("[Patient A]")


async def test_text_never_becomes_markup(ward: Ward, look: Open) -> None:
    wild = '<img src=x onerror="document.title=1"> & <b>bold</b> <script>document.title=2</script>'
    ward.say(escape(wild))
    ward.whisper([section(escape(wild)), section("<javascript:alert(1)|press me> <data:text/html,x|and me>")])
    async with look() as page:
        await expect(messages(page).first.locator(".body")).to_have_text(wild)
        note = page.locator(".ephemeral .body")
        await expect(note).to_contain_text(wild)
        await expect(note).to_contain_text("press me and me")
        assert await page.locator("#message-list :is(img, b, script, a)").count() == 0
        assert await page.title() == "#ward-7-team – Chaperone sandbox"


async def test_links_mentions_quotes_and_emoji(ward: Ward, look: Open) -> None:
    ward.say(
        f"See https://calderbrook.example/round, <@{NURSE}> :+1: :no_such:\n&gt; quoted\n*_both_* ~gone~"
    )
    async with look() as page:
        message = messages(page).last
        link = message.get_by_role("link", name="https://calderbrook.example/round")
        assert await link.get_attribute("rel") == "noopener noreferrer"
        await expect(message.locator(".mention")).to_have_text("@Elin Pritchard")
        await expect(message).to_contain_text("👍 :no_such:")
        await expect(message.locator("blockquote")).to_have_text("quoted")
        await expect(message.locator("strong em, em strong")).to_have_text("both")
        await expect(message.locator("s")).to_have_text("gone")


async def test_mrkdwn_of_a_note_reads_as_the_rich_text_of_a_message(ward: Ward, look: Open) -> None:
    typed = "*bold* _italic_ ~gone~ `code` 2*3*4 snake_case_name &amp; &lt;x&gt;\n&gt; quoted"
    ward.say(typed)
    ward.whisper([section(typed)])
    async with look() as page:
        for body in (messages(page).first.locator(".body"), page.locator(".ephemeral .body")):
            await expect(body).to_contain_text("2*3*4 snake_case_name & <x>")
            for tag, text in {
                "strong": "bold",
                "em": "italic",
                "s": "gone",
                "code": "code",
                "blockquote": "quoted",
            }.items():
                await expect(body.locator(tag)).to_have_text(text)


async def test_the_blocks_of_block_kit(ward: Ward, look: Open) -> None:
    def plain(text: str) -> dict[str, str]:
        return {"type": "plain_text", "text": text}

    runs = [
        {"type": "text", "text": "one", "style": {"bold": True, "italic": True}},
        {"type": "user", "user_id": NURSE},
    ]
    items = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        for text in ("first", "second")
    ]
    ward.whisper(
        [
            {"type": "header", "text": plain("A heading")},
            {"type": "section", "fields": [plain("left"), plain("right")]},
            {"type": "divider"},
            {"type": "image", "image_url": "https://elsewhere.example/a.png", "alt_text": "A drawn ward"},
            {
                "type": "rich_text",
                "elements": [
                    {"type": "rich_text_section", "elements": runs},
                    {"type": "rich_text_list", "style": "ordered", "elements": items},
                    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "K  6.2"}]},
                ],
            },
            {"type": "video", "title": plain("unknown to us")},
        ]
    )  # fmt: skip
    async with look() as page:
        body = page.locator(".ephemeral .body")
        await expect(body.locator(".block-header")).to_have_text("A heading")
        await expect(body.locator(".fields > p")).to_have_text(["left", "right"])
        await expect(body.locator("hr")).to_have_count(1)
        await expect(body).to_contain_text("A drawn ward")
        await expect(body.locator("em strong, strong em")).to_have_text("one")
        await expect(body.locator(".mention")).to_have_text("@Elin Pritchard")
        await expect(body.locator("ol > li")).to_have_text(["first", "second"])
        await expect(body.locator("pre")).to_have_text("K  6.2", use_inner_text=True)
        await expect(body).to_contain_text("A video is not shown here.")


async def test_a_tombstone_and_a_file_that_was_taken_away(ward: Ward, look: Open) -> None:
    hidden = ward.say("Mr Pike in bed 9")
    file = ward.workspace.add_file("U0SISTER1", "pike.txt", b"bed 9", "text/plain")
    ward.say("Handover", files=[file])
    async with look(NURSE) as page:
        await expect(page.get_by_role("link", name="pike.txt")).to_be_visible()
        ward.workspace.tombstone(WARD, hidden, "Hidden to protect a patient.")
        ward.workspace.delete_file(file.id, "U0SISTER1")
        await expect(messages(page).first.locator(".gone")).to_have_text("Hidden to protect a patient.")
        await expect(messages(page).last).to_contain_text("This file was taken away.")
        await expect(page.get_by_role("link", name="pike.txt")).to_have_count(0)


async def test_the_notice_in_place_of_a_whole_message_looks_like_one(ward: Ward, look: Open) -> None:
    ts = ward.say("Mr Pike in bed 9")
    ward.workspace.edit(WARD, ts, "U0SISTER1", hidden_notice())
    async with look(NURSE) as page:
        await expect(messages(page).last.locator(".gone")).to_have_text(hidden_notice())


async def test_a_note_is_seen_by_its_reader_alone(ward: Ward, look: Open) -> None:
    async with look() as page:
        ward.whisper(NOTE)
        await expect(page.locator(".only-you")).to_have_text("Only visible to you")
        await page.get_by_label("You are").select_option(NURSE)
        await expect(page.locator(".ephemeral")).to_have_count(0)
        await page.get_by_role("button", name="What members saw").click()
        await expect(page.locator(".only-you")).to_have_text("Only visible to Ngozi Bramwell")
        await expect(page.locator(".ephemeral").get_by_role("button")).to_have_count(0)


async def test_what_members_saw_and_for_how_long(ward: Ward, look: Open) -> None:
    ts = ward.say("Mr Pike in bed 9")
    ward.workspace.edit(WARD, ts, "U0SISTER1", "[Patient A] in bed 9")
    own = ward.say("Tea?")
    ward.workspace.edit(WARD, own, "U0SISTER1", "Tea at ten?")
    gone = ward.say("999 813 6784")
    ward.workspace.delete(WARD, gone, "U0SISTER1")
    record = next(m for m in ward.workspace.history()["messages"] if m["ts"] == ts)["versions"][0]
    seconds = record["until"] - record["from"]
    async with look(NURSE) as page:
        await expect(messages(page)).to_have_count(2)
        await page.get_by_role("button", name="What members saw").click()
        notes = page.locator(".seen summary")
        shown = f"The original could be read for {max(1, round(seconds * 1000))} ms"
        await expect(notes).to_have_text(
            [shown, "Changed by its sender", re.compile(r"could be read for \d+ ms")]
        )
        await notes.first.click()
        await expect(page.locator(".seen").first).to_contain_text("Mr Pike in bed 9")
        await page.get_by_role("button", name="What members saw").click()
        await expect(notes).to_have_count(0)


async def test_channels_say_what_is_unread_and_an_outsider_is_marked(ward: Ward, look: Open) -> None:
    async with look() as page:
        ward.say("26 of 28 beds full", user="U0REGISTR", channel=BEDS)
        await expect(page.locator("#channels").get_by_role("button", name="#bed-meeting")).to_contain_text(
            "1 unread"
        )
        ward.workspace.join(WARD, OUTSIDER, "U0SISTER1")
        ward.say("Hello", user=OUTSIDER)
        await expect(messages(page).last.locator(".outside")).to_have_text("Not in the staff directory")
        await page.locator("#channels").get_by_role("button", name="#bed-meeting").click()
        await expect(messages(page)).to_contain_text(["26 of 28 beds full"])
        await expect(page.locator("#channels .badge")).to_have_count(0)


async def test_whoever_is_taken_out_of_a_private_channel_is_shown_another(ward: Ward, look: Open) -> None:
    async with look(NURSE) as page:
        ward.workspace.leave(WARD, NURSE, "U0SISTER1")
        await expect(page.get_by_role("heading", level=1)).not_to_have_text("#ward-7-team")
        await expect(page.locator("#fault")).to_be_hidden()


async def test_whoever_is_taken_out_while_the_page_loads_is_shown_another(ward: Ward, look: Open) -> None:
    async with look(NURSE) as page:

        async def late(route: Route) -> None:
            ward.workspace.leave(WARD, NURSE, "U0SISTER1")
            await route.continue_()

        await page.route("**/client/messages*", late, times=1)
        await page.reload()
        await expect(page.get_by_role("heading", level=1)).to_have_text("#theatre-list")
        await expect(page.locator("#fault")).to_be_hidden()


async def test_a_redacted_picture_stands_in_the_original_s_place_with_words_for_it(
    ward: Ward, look: Open
) -> None:
    file = ward.workspace.add_file("U0CHAPER1", "Screenshot.png", patient_list(), "image/png")
    file.alt = "A list with patient identifiers hidden"
    ward.workspace.post(WARD, "U0CHAPER1", f"From <@{NURSE}>, with patient identifiers hidden", files=[file])
    async with look(NURSE) as page:
        shown = messages(page).last.locator("img.picture")
        await expect(shown).to_have_attribute("alt", "A list with patient identifiers hidden")
        assert await shown.evaluate("img => img.decode().then(() => img.naturalWidth)") == 900
        ward.workspace.post(WARD, "U0CHAPER1", file_notice(NURSE))
        await expect(messages(page).last.locator(".gone")).to_contain_text(
            "File hidden to protect a patient."
        )
