"""CDA documents (HL7 CDA R2): the patient's and relatives' parts of the header, the narrative, the body."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from detectors.files import blocks
from detectors.files.elements import Element, collapsed, is_code
from detectors.files.inline import rewritten, unbase64
from detectors.files.interface import Desk, Unreadable
from detectors.files.slots import Slot, Told
from detectors.files.xml_tree import COMMENT
from detectors.interface import Kind

_OWNERS: Final = {
    # 4.2.2 participants of the header, and the subjects of entries
    "recordTarget": Kind.PATIENT_NAME,
    "guardian": Kind.RELATIVE_NAME,
    "relatedEntity": Kind.RELATIVE_NAME,
    "associatedEntity": Kind.RELATIVE_NAME,
    "relatedSubject": Kind.RELATIVE_NAME,
    "patient": Kind.PATIENT_NAME,
    "author": Kind.STAFF_NAME,
    "assignedAuthor": Kind.STAFF_NAME,
    "assignedEntity": Kind.STAFF_NAME,
    "assignedPerson": Kind.STAFF_NAME,
    "intendedRecipient": Kind.STAFF_NAME,
}
"""Elements with the kind of the names in them; the innermost decides."""

_PLACES: Final = frozenset(
    {"custodian", "providerOrganization", "representedOrganization", "scopingOrganization", "healthCareFacility",
     "serviceProviderOrganization", "representedCustodianOrganization", "location", "wholeOrganization", "manufacturerOrganization", "receivedOrganization"}
)  # fmt: skip
"""Hospitals and practices: their names, addresses and numbers stay, and name no clinician."""

_NHS: Final = "2.16.840.1.113883.2.1.4.1"
_CHI: Final = "2.16.840.1.113883.2.1.3.2.4.18.24"  # Community Health Index number
_NAME: Final = ("", "prefix", "given", "family", "suffix", "delimiter")
_ADDRESS: Final = (
    "", "streetAddressLine", "houseNumber", "streetName", "additionalLocator", "city", "county", "state",
    "postalCode", "postBox", "precinct", "censusTract",
)  # fmt: skip
_STAFF_CLASSES: Final = frozenset({"PROV", "AGNT", "ASSIGNED", "EMP"})
_CODES: Final = frozenset(
    "root codeSystem codeSystemName code typeCode classCode moodCode use nullFlavor determinerCode unit "
    "contextConductionInd contextControlCode inversionInd operator type schemaLocation assigningAuthorityName "
    "mediaType representation language ID styleCode href listType".split()
)
"""Attributes for machines; only long numbers in them are looked at, and without a label."""


@dataclass
class _Visit:
    desk: Desk
    told: Told

    def children(self, element: Element, path: str, owner: Kind | None) -> Iterator[Slot]:
        if element.value is not None:
            yield from _leaf(element, path, False)
        coded = bool(element.get("code") and element.get("codeSystem"))
        for child in element.children:
            below = f"{path}/{child.name}".strip("/")
            if child.node is None:
                yield from _leaf(child, below, coded)
            else:
                yield from self.child(child, below, owner)

    def child(self, child: Element, path: str, owner: Kind | None) -> Iterator[Slot]:
        name = child.name
        is_person = owner in (Kind.PATIENT_NAME, Kind.RELATIVE_NAME)
        if name == "text":
            yield from self.text(child, path)
        elif path.count("/") and path.split("/")[-2] in _PLACES and name in ("name", "addr", "telecom", "id"):
            return
        elif name == "name" and owner:
            yield from _name(child, path, owner)
        elif name in ("addr", "telecom", "birthTime", "id") and (
            is_person or path.endswith("encompassingEncounter/id")
        ):
            yield from _field(child, name, path)
        elif name == "id" and child.get("root") in (_NHS, _CHI):
            yield from _field(child, name, path)
        elif not (owner is Kind.STAFF_NAME and name in ("addr", "telecom", "id")):
            yield from self.children(child, path, _owner(child, owner))

    def text(self, child: Element, path: str) -> Iterator[Slot]:
        """A section's narrative, or the body where that is a file (nonXMLBody, observationMedia)."""
        if child.get("representation") != "B64":
            yield from blocks.everything(child.node, path, self.desk, self.told)
            return
        text = child.value or child.get("")
        data = unbase64(text)
        if data is None:
            raise Unreadable("A document in this CDA document could not be read.")
        kept = rewritten(text, data, self.desk, self.told, "The document in its body")
        if kept is None:
            child.drop()
        elif kept != text:
            child.put(kept)


def slots(root: Element, desk: Desk, told: Told) -> list[Slot]:
    """Everything to be looked at in a ClinicalDocument."""
    return list(_Visit(desk, told).children(root, "", None))


def _owner(element: Element, owner: Kind | None) -> Kind | None:
    if element.name == "associatedEntity" and element.get("classCode") in _STAFF_CLASSES:
        return Kind.STAFF_NAME
    return None if element.name in _PLACES else _OWNERS.get(element.name, owner)


def _name(child: Element, path: str, owner: Kind) -> Iterator[Slot]:
    """A person's name as a whole: its parts, or its text where it has none."""
    if parts := child.all(*_NAME) or ([child] if child.value else []):
        yield collapsed(parts, path, owner)
    yield from (_comment(c, path) for c in child.all(COMMENT))


def _field(child: Element, name: str, path: str) -> Iterator[Slot]:
    if name == "addr":
        if parts := child.all(*_ADDRESS) or ([child] if child.value else []):
            yield collapsed(parts, path, Kind.ADDRESS)
        yield from (_comment(c, path) for c in child.all(COMMENT))
    elif name == "telecom":
        kind = Kind.EMAIL if "@" in child.get("value") else Kind.PHONE
        yield from (v.slot(path, "", kind) for v in child.all("value"))
    elif name == "birthTime":
        yield from (v.emptied(path, "", Kind.DOB) for v in child.all("value"))
    else:
        kind = {_NHS: Kind.NHS_NUMBER, _CHI: Kind.CHI}.get(child.get("root"), Kind.MRN)
        kind = Kind.OTHER_ID if "encompassingEncounter" in path else kind
        yield from (e.slot(path, "", kind) for e in child.all("extension"))


def _comment(element: Element, path: str) -> Slot:
    return element.slot(f"{path}, a comment")


def _leaf(element: Element, path: str, coded: bool) -> Iterator[Slot]:
    """`coded`: a code's display name comes from a terminology ("Christian", "Down syndrome")."""
    is_machine = element.name in _CODES or (coded and element.name == "displayName")
    if element.name == COMMENT:
        yield _comment(element, path)
    elif not is_machine:
        yield element.slot(path, element.name)
    elif not is_code(element.value or "", 9):
        yield element.slot(path)
