"""Places where text stands a second time: forwards, unfurled links, e-mails shared as files."""

from tests.conftest import SHARED
from tests.connectors.sandbox.conftest import HOSPICE, NURSE, SISTER, SOCIAL, WARD, Stage

MAIL = b"""From: Bed Office <beds@calderbrook.nhs.example>
To: Ward 7 <ward7@calderbrook.nhs.example>
Subject: Bed 4
Date: Mon, 02 Feb 2026 09:00:00 +0000
Message-ID: <1@calderbrook.nhs.example>
Content-Type: text/plain; charset=utf-8

Bed 4 is wanted at ten.
"""


async def test_a_forwarded_message_has_its_text_in_an_attachment_only(stage: Stage) -> None:
    said = stage.workspace.post(WARD, NURSE, "Bed 4 is *free*")
    given = {"as": NURSE, "channel": WARD, "ts": said.ts, "to": HOSPICE}
    await stage.page("/client/forward", given)
    event = (await stage.heard()).of("message")[-1]
    assert event["text"] == ""
    assert "blocks" not in event
    shared = event["attachments"][0]
    assert (shared["is_share"], shared["text"], shared["channel_id"]) == (True, "Bed 4 is *free*", WARD)
    assert shared["message_blocks"][0]["message"]["blocks"][0]["type"] == "rich_text"
    refused = await stage.page("/client/forward", given | {"to": "C0BEDMEET"}, expect=400)
    assert refused["error"] == "not_in_channel"


async def test_a_link_to_a_message_is_unfurled_as_a_change_without_an_edit(stage: Stage) -> None:
    said = stage.workspace.post(WARD, NURSE, "Bed 4")
    link = (await stage.bot.chat_getPermalink(channel=WARD, message_ts=said.ts))["permalink"]
    linking = stage.workspace.post(WARD, SISTER, f"see {link}")
    change = (await stage.heard()).of("message", "message_changed")[0]
    assert change["message"]["ts"] == linking.ts
    assert "edited" not in change["message"]
    assert change["message"]["attachments"][0]["text"] == "Bed 4"


async def test_a_link_into_a_private_channel_is_not_unfurled_elsewhere(stage: Stage) -> None:
    said = stage.workspace.post(WARD, NURSE, "Bed 4")
    link = (await stage.bot.chat_getPermalink(channel=WARD, message_ts=said.ts))["permalink"]
    linking = stage.workspace.post(SOCIAL, NURSE, f"see {link}")
    assert "attachments" not in linking.said


async def test_an_e_mail_tells_subject_people_and_text(stage: Stage) -> None:
    file = stage.workspace.add_file(NURSE, "beds.eml", MAIL, "message/rfc822")
    stage.workspace.post(WARD, NURSE, "", files=[file])
    shown = (await stage.heard()).of("message", "file_share")[0]["files"][0]
    assert (shown["mode"], shown["subject"]) == ("email", "Bed 4")
    assert shown["plain_text"] == "Bed 4 is wanted at ten."
    assert shown["from"][0]["address"] == "beds@calderbrook.nhs.example"


async def test_an_e_mail_from_elsewhere_is_read_too(stage: Stage) -> None:
    data = (SHARED / "eval" / "files" / "eml_inline_image.eml").read_bytes()
    file = stage.workspace.add_file(NURSE, "x.eml", data, "message/rfc822")
    stage.workspace.post(WARD, NURSE, "", files=[file])
    assert (await stage.bot.files_info(file=file.id))["file"]["mode"] == "email"
