"""What a person does: write, answer, edit, delete, attach, command, press, fill in a form, bring people in."""

from playwright.async_api import FilePayload, Page, expect

from tests.browser import BROWSER
from tests.connectors.sandbox.conftest import Json
from tests.connectors.sandbox_page.conftest import (
    NOTE,
    NURSE,
    OUTSIDER,
    SISTER,
    WARD,
    Open,
    Ward,
    button,
    composer,
    messages,
    section,
)  # fmt: skip

pytestmark = BROWSER


async def send(page: Page, text: str) -> None:
    await composer(page).fill(text)
    await composer(page).press("Enter")
    await expect(composer(page)).to_have_value("")


def said(ward: Ward) -> list[str]:
    """The texts of people that stand in the channel."""
    bodies = (message.body for message in ward.workspace.channels[WARD].messages.values())
    return [body["text"] for body in bodies if body and "subtype" not in body and "bot_id" not in body]


async def test_enter_sends_and_shift_enter_starts_a_line(ward: Ward, look: Open) -> None:
    async with look() as page:
        await composer(page).press_sequentially("one <b> & two")
        await composer(page).press("Shift+Enter")
        await composer(page).press_sequentially("three")
        await composer(page).press("Enter")
        await expect(messages(page).last.locator(".body")).to_have_text(
            "one <b> & two\nthree", use_inner_text=True
        )
    assert said(ward) == ["one &lt;b&gt; &amp; two\nthree"]


async def test_a_name_after_an_at_sign_mentions_the_person(ward: Ward, look: Open) -> None:
    async with look() as page:
        await send(page, "@Elin Pritchard and @Rav, not @Ravenous or a@b.example")
        await expect(messages(page).last.locator(".mention")).to_have_text(["@Elin Pritchard", "@Rav"])
    assert said(ward) == ["<@U0NURSE01> and <@U0NURSE02>, not @Ravenous or <mailto:a@b.example|a@b.example>"]


async def test_what_one_sends_comes_into_sight(ward: Ward, look: Open) -> None:
    for bed in range(40):
        ward.say(f"Bed {bed}")
    async with look() as page:
        await expect(messages(page).last).to_be_in_viewport()
        await page.locator("#messages").evaluate("frame => { frame.scrollTop = 0 }")
        ward.say("Bed 40", user=NURSE)
        await expect(messages(page)).to_have_count(41)
        await expect(messages(page).first).to_be_in_viewport()
        await send(page, "All done")
        await expect(messages(page).last).to_contain_text("All done")
        await expect(messages(page).last).to_be_in_viewport()


async def test_the_first_try_is_written_for_one(look: Open) -> None:
    async with look() as page:
        await page.get_by_role("button", name="Try this one").click()
        await expect(composer(page)).to_have_value(
            "Mrs Okafor NHS 943 476 5919 bed 4 needs bloods chased, K 6.2"
        )
        await composer(page).press("Enter")
        await expect(page.locator("#start")).to_be_hidden()


async def test_the_up_arrow_edits_ones_newest_message(ward: Ward, look: Open) -> None:
    ward.say("<@U0NURSE01> tea &amp; cake?")
    ward.say("Yes", user=NURSE)
    async with look() as page:
        await composer(page).press("ArrowUp")
        box = page.get_by_role("textbox", name="Edit message")
        await expect(box).to_have_value("@Elin Pritchard tea & cake?")
        await box.fill("@Elin Pritchard tea & toast?")
        await box.press("Enter")
        await expect(messages(page).first).to_contain_text("tea & toast?(edited)")
    assert said(ward)[0] == "<@U0NURSE01> tea &amp; toast?"


async def test_an_edit_in_progress_survives_what_happens_around_it(ward: Ward, look: Open) -> None:
    ward.say("Bed 4")
    async with look() as page:
        await messages(page).first.get_by_role("button", name="Edit").click()
        box = page.get_by_role("textbox", name="Edit message")
        await box.fill("Bed 5")
        ward.say("Something else", user=NURSE)
        await expect(messages(page)).to_have_count(2)
        await expect(box).to_be_focused()
        await box.press("Escape")
        await expect(messages(page).first).to_contain_text("Bed 4")
        await expect(messages(page).first.get_by_role("button", name="Edit")).to_be_focused()


async def test_deleting_is_confirmed_and_only_ones_own(ward: Ward, look: Open) -> None:
    ward.say("Mine")
    ward.say("Not mine", user=NURSE)
    async with look() as page:
        await expect(messages(page).last.get_by_role("button", name="Delete")).to_have_count(0)
        await messages(page).first.get_by_role("button", name="Delete").click()
        await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        await expect(messages(page)).to_have_count(2)
        await messages(page).first.get_by_role("button", name="Delete").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await expect(messages(page)).to_have_count(1)
    assert said(ward) == ["Not mine"]


async def test_a_thread_is_answered_and_sent_to_the_channel_too(ward: Ward, look: Open) -> None:
    ts = ward.say("K 6.2 in bed 4", user=NURSE)
    async with look() as page:
        await messages(page).first.get_by_role("button", name="Reply in thread").click()
        thread = page.get_by_role("complementary", name="Thread")
        box = thread.get_by_role("textbox", name="Reply in the thread")
        await expect(box).to_be_focused()
        await box.press_sequentially("On it")
        await box.press("Enter")
        await expect(thread.locator(".message")).to_have_count(2)
        await expect(page.get_by_role("button", name="1 reply")).to_be_visible()
        await box.fill("Repeat is 5.4")
        await thread.get_by_label("Also send to the channel").check()
        await box.press("Enter")
        await expect(messages(page).last).to_contain_text("Repeat is 5.4")
        await expect(thread.get_by_label("Also send to the channel")).not_to_be_checked()
        await box.press("Escape")
        await expect(thread).to_be_hidden()
        await expect(messages(page).first.get_by_role("button", name="Reply in thread")).to_be_focused()
    assert [m.body["text"] for m in ward.workspace.channels[WARD].replies[ts] if m.body] == [
        "On it",
        "Repeat is 5.4",
    ]


async def test_a_note_in_a_thread_is_shown_there(ward: Ward, look: Open) -> None:
    ts = ward.say("NHS number?", user=NURSE)
    ward.say("999 813 6784", thread_ts=ts)
    async with look() as page:
        await page.get_by_role("button", name="1 reply").click()
        ward.whisper(NOTE, thread_ts=ts)
        await expect(page.locator("#thread-list .only-you")).to_have_text("Only visible to you")
        await expect(page.locator("#message-list .only-you")).to_have_count(0)


async def test_files_are_attached_listed_and_downloaded(ward: Ward, look: Open) -> None:
    async with look() as page:
        both: list[FilePayload] = [
            {"name": "handover.txt", "mimeType": "text/plain", "buffer": b"Bed 4: K 6.2"},
            {"name": "not-this.txt", "mimeType": "text/plain", "buffer": b"x"},
        ]
        await page.locator("#composer input[type=file]").set_input_files(both)
        await page.get_by_role("button", name="Remove not-this.txt").click()
        await send(page, "For the round")
        chip = messages(page).last.get_by_role("link", name="handover.txt")
        async with page.expect_download() as download:
            await chip.click()
        assert (await (await download.value).path()).read_bytes() == b"Bed 4: K 6.2"
        await expect(messages(page).last.locator("pre")).to_have_text("Bed 4: K 6.2")
    assert [file.name for file in ward.workspace.files.values()] == ["handover.txt"]


async def test_a_slash_command_goes_to_the_bot(ward: Ward, look: Open) -> None:
    async with look() as page:
        await send(page, "/chaperone help me")
    command = ward.listener.commands[-1]
    assert (command["command"], command["text"], command["user_id"]) == ("/chaperone", "help me", SISTER)
    assert said(ward) == []


async def test_a_refusal_is_said_and_what_was_written_stays(ward: Ward, look: Open) -> None:
    async with look() as page:
        ward.served.sandbox.delivery.url = "http://127.0.0.1:9"
        await composer(page).fill("/chaperone help")
        await composer(page).press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("the app did not answer")
        await expect(composer(page)).to_have_value("/chaperone help")
        await send(page, "Then not")
        await expect(page.locator("#fault")).to_be_hidden()


async def test_a_refusal_stays_while_others_go_on_talking(ward: Ward, look: Open) -> None:
    async with look() as page:
        ward.served.sandbox.delivery.url = "http://127.0.0.1:9"
        await composer(page).fill("/chaperone help")
        await composer(page).press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("the app did not answer")
        ward.say("Bed 4 is back from theatre", user=NURSE)
        await expect(messages(page).last).to_contain_text("Bed 4 is back from theatre")
        await page.wait_for_load_state("networkidle")
        assert "the app did not answer" in await page.get_by_role("alert").inner_text()


async def test_a_press_reaches_the_bot_and_a_grave_one_is_confirmed(ward: Ward, look: Open) -> None:
    sure = {
        "title": {"type": "plain_text", "text": "Remove them?"}, "text": {"type": "plain_text", "text": "They lose access."},
        "confirm": {"type": "plain_text", "text": "Remove"}, "deny": {"type": "plain_text", "text": "Keep"},
    }  # fmt: skip
    grave = {
        "type": "actions",
        "block_id": "grave",
        "elements": [button("Remove from channel", "remove", confirm=sure)],
    }
    ward.whisper([section("They joined."), NOTE[1], grave])
    async with look() as page:
        await page.get_by_role("button", name="Not a patient").click()
        await page.get_by_role("button", name="Remove from channel").click()
        await page.get_by_role("button", name="Keep").click()
        await page.get_by_role("button", name="Remove from channel").click()
        await page.get_by_role("dialog", name="Remove them?").get_by_role("button", name="Remove").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.get_by_role("button", name="OK").click()
        for _ in range(100):
            if len(ward.listener.interactions) == 3:
                break
            await page.wait_for_timeout(20)
    assert [pressed["actions"][0]["action_id"] for pressed in ward.listener.interactions] == [
        "not_patient",
        "remove",
        "ok",
    ]


def form() -> Json:
    def plain(text: str) -> Json:
        return {"type": "plain_text", "text": text}

    def field(block: str, label: str, element: Json, **more: object) -> Json:
        return {
            "type": "input",
            "block_id": block,
            "label": plain(label),
            "element": element | {"action_id": "in"},
            **more,
        }

    options = [
        {"text": plain("A question"), "value": "question"},
        {"text": plain("A mistake"), "value": "mistake"},
    ]
    return {
        "type": "modal", "callback_id": "tell", "title": plain("Tell IG"), "submit": plain("Send"), "close": plain("Not now"),
        "blocks": [
            section("What should *IG* know?"),
            field("line", "In one line", {"type": "plain_text_input"}),
            field("more", "More", {"type": "plain_text_input", "multiline": True}, optional=True, hint=plain("No names.")),
            field("kind", "Kind", {"type": "radio_buttons", "options": options}),
            field("where", "Where", {"type": "static_select", "options": options}),
        ],
    }  # fmt: skip


async def test_a_form_keeps_the_focus_says_what_is_wrong_and_is_sent(ward: Ward, look: Open) -> None:
    ward.listener.answer = {"response_action": "errors", "errors": {"line": "Please say something."}}
    async with look() as page:
        ward.served.sandbox.interactivity.forms.open(SISTER, form())
        dialog = page.get_by_role("dialog", name="Tell IG")
        line = dialog.get_by_label("In one line")
        await expect(line).to_be_focused()
        await dialog.get_by_role("button", name="Send").click()
        await expect(dialog.locator(".field-error:visible")).to_have_text(["Please say something."])
        await expect(line).to_have_attribute("aria-invalid", "true")
        await expect(line).to_be_focused()
        ward.listener.answer = None
        await line.fill("The pump")
        await dialog.get_by_label("More").fill("Bed 9")
        await dialog.get_by_label("A mistake").check()
        await dialog.get_by_label("Where").select_option("question")
        await dialog.get_by_role("button", name="Send").click()
        await expect(dialog).to_have_count(0)
    values = ward.listener.interactions[-1]["view"]["state"]["values"]
    assert (values["line"]["in"]["value"], values["more"]["in"]["value"]) == ("The pump", "Bed 9")
    assert values["kind"]["in"]["selected_option"]["value"] == "mistake"
    assert values["where"]["in"]["selected_option"]["value"] == "question"


async def test_a_form_is_left_by_escape_and_stays_with_its_person(ward: Ward, look: Open) -> None:
    forms = ward.served.sandbox.interactivity.forms
    async with look() as page:
        forms.open(SISTER, form())
        await expect(page.get_by_role("dialog", name="Tell IG")).to_be_visible()
        for _ in range(8):
            await page.keyboard.press("Tab")
            assert await page.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        assert forms.stack(SISTER) == []
        forms.open(NURSE, form())
        await page.get_by_label("You are").select_option(NURSE)
        await expect(page.get_by_role("dialog", name="Tell IG")).to_be_visible()


async def test_people_are_brought_in_invented_and_taken_out(ward: Ward, look: Open) -> None:
    async with look() as page:
        members = page.get_by_role("button", name="Members (")
        dialog = page.get_by_role("dialog")
        await members.click()
        await dialog.get_by_label("Person").select_option(OUTSIDER)
        await dialog.get_by_role("button", name="Add", exact=True).click()
        await expect(members).to_have_text("Members (12)")
        await expect(members).to_be_focused()
        await members.click()
        await dialog.get_by_role("button", name="Add", exact=True).click()
        await expect(dialog.get_by_role("alert")).to_contain_text("name and an e-mail")
        await dialog.get_by_label("Name").fill("Maisie Thorne")
        await dialog.get_by_label("E-mail").fill("maisie@pumps.example")
        await dialog.get_by_label("Joins as").select_option("external")
        await dialog.get_by_role("button", name="Add", exact=True).click()
        await expect(members).to_have_text("Members (13)")
        await members.click()
        await dialog.get_by_role("button", name="Remove Piers Lockett").click()
        await expect(members).to_have_text("Members (12)")
        await expect(page.get_by_text("@Piers Lockett has left the channel")).to_be_visible()
    person = next(one for one in ward.workspace.people.values() if one.name == "Maisie Thorne")
    assert person.is_external
    assert person.id in ward.workspace.channels[WARD].members


async def test_the_topic_is_set(ward: Ward, look: Open) -> None:
    async with look() as page:
        await page.get_by_role("button", name="Set topic").click()
        field = page.get_by_role("dialog").get_by_label("Topic")
        await expect(field).to_have_value("Ward 7, day to day")
        await field.fill("Board round at nine")
        await field.press("Enter")
        await expect(page.locator("#room-topic")).to_have_text("Board round at nine")
    assert ward.workspace.channels[WARD].topic.value == "Board round at nine"


async def test_the_shift_is_played_paused_and_begun_again(ward: Ward, look: Open) -> None:
    async with look() as page:
        await page.get_by_role("button", name="Play a shift").click()
        await expect(page.locator("#shift-caption")).to_have_text(
            "Nine o'clock on Ward 7. Ordinary ward talk is left alone."
        )
        await expect(messages(page).first).to_contain_text("Board round at 09:00")
        await page.get_by_role("button", name="Stop the shift").click()
        await expect(page.get_by_role("button", name="Go on with the shift")).to_be_visible()
        assert await page.locator("#shift-progress").evaluate("bar => [bar.value, bar.max > 30]") == [1, True]
        await page.get_by_role("button", name="Start over").click()
        await expect(messages(page)).to_have_count(2)
        await page.get_by_role("button", name="Stop the shift").click()


async def test_the_shift_leads_to_the_channel_where_it_happens(ward: Ward, look: Open) -> None:
    # With this note the first press goes through; the shift then waits for the note of the second one.
    ward.whisper(NOTE, user="U0HCA0001")
    async with look() as page:
        await page.get_by_role("button", name="#social").click()
        await page.request.post(f"{ward.served.base_url}/client/shift", data={"action": "start", "pace": 0})
        await page.get_by_role("button", name="See #ward-7-team").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("#ward-7-team")
        await expect(page.get_by_role("button", name="See #ward-7-team")).to_have_count(0)
    assert ward.listener.interactions[0]["actions"][0]["action_id"] == "not_patient"
