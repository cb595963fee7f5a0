"""Files over Teams' own wire: redacted in a channel; in a chat that only installed the app, looked into or said not to be."""

import json
from pathlib import Path
from typing import Any

from connectors.sandbox.drawing import patient_list
from tests.bot.end_to_end.stage import NHS, NURSE, NURSE2, WARD
from tests.bot.end_to_end.teams_stage import TeamsScene, teams_scene

LIST = f"Bed,Patient,NHS Number,Plan\n4,Margaret Okafor,{NHS},bloods\n5,Desmond Pike,999 813 6784,home\n".encode()


async def says(s: TeamsScene, channel: str, html: str, **more: Any) -> str:
    message = s.teams.people.say(channel, NURSE, html, **more)
    await s.settled()
    return s.id_of(message.ts, channel)


def outcomes(s: TeamsScene, message: str) -> dict[str, dict[str, Any]]:
    return {e["outcome"]: e for e in s.incidents(message, kind="file")}


async def test_with_consent_a_list_is_redacted_and_brought_back(tmp_path: Path) -> None:
    async with teams_scene(tmp_path) as s:
        ts = await says(s, WARD, "<p>Handover list</p>", files=[("list.csv", LIST)])
        (event,) = outcomes(s, ts).values()
        assert (event["outcome"], event["state"], event["action"]) == ("redacted", "hidden", "redact")
        files = [f for f in s.workspace.files.values() if f.deleted_at is None]
        assert len(files) == 1
        assert b"[NHS number hidden]" in files[0].data
        assert NHS.encode() not in files[0].data
        assert len(s.notes(NURSE, event["id"])) == 1


async def test_in_a_chat_that_only_installed_the_app_nothing_goes_unseen_in_silence(tmp_path: Path) -> None:
    async with teams_scene(tmp_path, "rsc") as s:
        chat, _ = s.workspace.open_direct([NURSE, NURSE2, "U0ADMIN01"], s.teams.estate.tenant.id)
        await s.stage.install(chat.id)
        await s.settled()
        ts = await says(
            s, chat.id, "<p>Handover</p>", images=[("scan.png", patient_list(3))],
            files=[(f"{NHS} letter.csv", LIST), ("rota.csv", LIST)],
        )  # fmt: skip
        seen = s.incidents(ts, kind="file")
        assert sorted(e["outcome"] for e in seen) == ["redacted", "uninspected", "uninspected"]
        assert not [e for e in seen if e["state"] == "hidden"]
        found = outcomes(s, ts)
        assert "no permission to read this file" in " ".join(found["uninspected"]["reasons"])
        # The picture was read, and so was the name of a file whose contents Teams keeps from the bot.
        told = {e["id"] for e in seen if s.notes(NURSE, e["id"])}
        assert found["redacted"]["id"] in told
        assert len(told) == 2
        assert "could not" in json.dumps([n.versions[0].body for n in s.notes(NURSE)]).casefold()
