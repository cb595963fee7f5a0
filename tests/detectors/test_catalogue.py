"""Every detector is in the catalogue once, and does what its own examples say."""

import pkgutil

import pytest

import detectors.identifiers
import detectors.names
from detectors.catalogue import CATALOGUE, EXCUSED
from detectors.interface import LIKELY, Detector
from detectors.rule import Rule
from detectors.scan import scan

CAUGHT = [(rule, text) for rule in CATALOGUE for text in rule.catches]
SPARED = [(rule, text) for rule in CATALOGUE for text in rule.spares]


def found_by(rule: Rule, text: str) -> list[str]:
    """What the rule finds in the text, as the text's own words."""
    return [
        text[f.span.start : f.span.end]
        for f in scan(text)
        if f.detector == rule.name and f.confidence >= LIKELY and f.kind != "STAFF_NAME"
    ]


def test_in_alphabetical_order_and_each_once() -> None:
    names = [rule.name for rule in CATALOGUE]
    assert names == sorted(set(names))


def test_every_module_is_listed_or_excused() -> None:
    modules = {
        f"{package.__name__}.{m.name}"
        for package in (detectors.identifiers, detectors.names)
        for m in pkgutil.iter_modules(package.__path__)
    }
    listed = {rule.find.__module__ for rule in CATALOGUE}
    assert modules == listed | set(EXCUSED)
    assert not listed & set(EXCUSED)


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda r: r.name)
def test_rules_are_detectors_with_examples(rule: Rule) -> None:
    detector: Detector = rule
    assert detector.spares


@pytest.mark.parametrize(("rule", "text"), CAUGHT, ids=lambda x: x.name if isinstance(x, Rule) else x[:30])
def test_catches(rule: Rule, text: str) -> None:
    assert found_by(rule, text)


@pytest.mark.parametrize(("rule", "text"), SPARED, ids=lambda x: x.name if isinstance(x, Rule) else x[:30])
def test_spares(rule: Rule, text: str) -> None:
    assert not found_by(rule, text)
