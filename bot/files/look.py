"""What is to be hidden in a file's passages: the detectors, the policy and the labels of chat, for a document."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from bot.hiding.masking import placeholder
from bot.policy import load
from bot.policy.presets import Preset
from bot.policy.rules import decide
from bot.policy.verdict import Audience, Verdict
from bot.vault.labels import InOrder, Name
from detectors.files.interface import Cut, Passage
from detectors.files.passages import find
from detectors.identifiability import identifiability
from detectors.interface import Context, Earlier, Finding, Kind, Span

_NOUN: Final = {Kind.PATIENT_NAME: "Patient", Kind.RELATIVE_NAME: "Relative"}
_NAMED: Final = frozenset({*_NOUN, Kind.STAFF_NAME})

Labelled = Callable[[Sequence[Name]], Awaitable[Sequence[str]]]
"""A label for each name, in order, e.g. `labels.of` with its scope given."""


class Looking:
    """The look at one posted file and all that lies in it; one for each file. Whom one part names is known
    in the next: a picture in a letter is read with the letter's patient in mind."""

    def __init__(
        self, *, context: Context, preset: Preset, audience: Audience, label: Labelled, version: str = ""
    ) -> None:  # fmt: skip
        self._context = context
        self._preset = preset
        self._audience = audience
        self._label = label
        self._version = version
        self.verdicts: list[Verdict] = []
        """One for each part that was looked at, in order; those of the copy that is checked come last."""

    async def __call__(self, passages: Sequence[Passage]) -> list[list[Cut]]:
        found = await asyncio.to_thread(find, passages, self._context)
        everything = list(chain.from_iterable(found))
        verdict = decide(
            everything, identifiability(everything), self._audience, self._preset, version=self._version
        )
        self.verdicts.append(verdict)
        self._remember(passages, found)
        hidden = {id(r.finding) for r in verdict.hidden}
        return await self._cuts(passages, [[f for f in fs if id(f) in hidden] for fs in found])

    async def _cuts(
        self, passages: Sequence[Passage], hidden: Sequence[Sequence[Finding]]
    ) -> list[list[Cut]]:
        names = [
            Name(p.text[f.span.start : f.span.end], _NOUN[f.kind])
            for p, findings in zip(passages, hidden, strict=True)
            for f in findings
            if f.kind in _NOUN
        ]
        labels = iter(await self._label(names)) if names else iter(())
        return [
            [
                Cut(
                    f.span.start,
                    f.span.end,
                    f"[{next(labels)}]" if f.kind in _NOUN else placeholder(p.text, f),
                    f.kind,
                )
                for f in findings
            ]
            for p, findings in zip(passages, hidden, strict=True)
        ]

    def _remember(self, passages: Sequence[Passage], found: Sequence[Sequence[Finding]]) -> None:
        """Who was named here, as one more message before the next part."""
        text, findings, seen = "", [], set()
        for passage, each in zip(passages, found, strict=True):
            for f in each:
                name = passage.text[f.span.start : f.span.end]
                if f.kind in _NAMED and (f.kind, name) not in seen:
                    seen.add((f.kind, name))
                    findings.append(replace(f, span=Span(len(text), len(text) + len(name))))
                    text += f"{name}\n"
        if findings:
            earlier = (*self._context.earlier, Earlier("part", "", text, tuple(findings)))
            self._context = replace(self._context, earlier=earlier)


def plain_look(context: Context) -> Looking:
    """A look without a vault: the default policy, before staff only; patients are lettered in order."""
    policy = load.default()
    return Looking(
        context=context, preset=policy.presets[policy.default_preset], audience=Audience(), label=InOrder().of,
        version=str(policy.version),
    )  # fmt: skip
