"""How far a message tells who a patient is: the words clean, weak and identifying."""

from collections.abc import Iterable

from detectors.interface import Finding, Identifiability, Kind

WEAK_EVIDENCE = frozenset({"fragment", "street", "key-safe", "last-four"})
"""Evidence of a finding that narrows down who is meant without telling it."""

SURE_ENOUGH = 0.5


def identifiability(findings: Iterable[Finding]) -> Identifiability:
    """What the findings of one message amount to.

    A name counts even as a first name alone: the ward knows who it is. Initials, an age, a fragment
    of a number, a street or a key-safe code are weak. Findings that lie in earlier messages do not count.
    """
    degrees = {_degree(f) for f in findings if f.message is None}
    if "identifying" in degrees:
        return "identifying"
    if "weak" in degrees:
        return "weak"
    return "clean"


def _degree(finding: Finding) -> Identifiability:
    if finding.kind is Kind.STAFF_NAME or finding.confidence < SURE_ENOUGH:
        return "clean"
    if finding.kind in (Kind.INITIALS, Kind.AGE) or WEAK_EVIDENCE.intersection(finding.evidence):
        return "weak"
    return "identifying"
