"""What is hidden in a file: the policy decides, labels are stable, and one part knows of another."""

from bot.files.look import Looking, plain_look
from bot.policy import load
from bot.policy.verdict import Audience
from bot.vault.labels import InOrder
from detectors.files.interface import Passage
from detectors.interface import Context, Kind, Person, Roster

STAFF = Context(roster=Roster((Person("Grace Okonedo", role="consultant"),)))


async def shown(look: Looking, *texts: str) -> list[str]:
    """The texts as they read once the cuts are made."""
    out = []
    passages = [Passage(text, "line") for text in texts]
    for text, cuts in zip(texts, await look(passages), strict=True):
        for cut in reversed(cuts):
            text = text[: cut.start] + cut.by + text[cut.end :]
        out.append(text)
    return out


async def test_each_patient_has_a_letter_and_staff_keep_their_names() -> None:
    assert await shown(
        plain_look(STAFF), "Patient: Margaret Thornbury", "Patient: Edna Walsh", "Reviewed by Grace Okonedo.",
        "Thornbury stable, NHS number 943 476 5919.",
    ) == [
        "Patient: [Patient A]", "Patient: [Patient B]", "Reviewed by Grace Okonedo.",
        "[Patient A] stable, NHS number [hidden].",
    ]  # fmt: skip


async def test_a_part_is_read_with_those_before_it_in_mind() -> None:
    look = plain_look(Context())
    await shown(look, "Patient: Margaret Thornbury")
    assert await shown(look, "thornbury obs chart") == ["[Patient A] obs chart"]
    assert [v.label for v in look.verdicts] == ["identifying", "identifying"]


async def test_ages_are_kept_and_nothing_is_looked_for_in_nothing() -> None:
    look = plain_look(Context())
    assert await shown(look, "82 year old, chest pain") == ["82 year old, chest pain"]
    assert await look([]) == []


async def test_the_policy_of_the_channel_decides() -> None:
    policy = load.default()
    observe = next(p for p in policy.presets.values() if not p.always.any.redact)
    look = Looking(context=Context(), preset=observe, audience=Audience(), label=InOrder().of)
    assert await shown(look, "NHS number 943 476 5919") == ["NHS number 943 476 5919"]
    [found] = [r.finding.kind for r in look.verdicts[0].ruled]
    assert found is Kind.NHS_NUMBER
