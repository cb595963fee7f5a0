"""FHIR resources (R4, UK Core), as JSON or XML: people's elements hidden by what they are, text looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from detectors.files import blocks
from detectors.files.elements import Element, collapsed, is_code
from detectors.files.fhir_elements import (
    ADDRESS,
    BORN_THERE,
    CLINICIANS,
    CODES,
    NAME,
    NUMBERS,
    OWNERS,
    STAFF,
    SUBJECTS,
    VALUES,
    VISITS,
)
from detectors.files.headings import kind_under
from detectors.files.inline import rewritten, unbase64
from detectors.files.interface import Cut, Desk, Unreadable
from detectors.files.slots import Slot, Told
from detectors.files.xml_tree import COMMENT
from detectors.interface import Kind


@dataclass(frozen=True)
class _Here:
    """Where in a resource the visit is. `owner` is the kind of the name of whose data these are."""

    path: str
    resource: str = ""
    owner: Kind | None = None
    label: str = ""
    """The question that is being answered."""

    def below(self, name: str) -> "_Here":
        return replace(self, path=f"{self.path}.{name}" if self.path else name)


@dataclass
class _Visit:
    desk: Desk
    told: Told
    types: dict[str, str] = field(default_factory=dict)
    """Resource types by the addresses under which a Bundle or a container holds them."""

    def resource(self, element: Element) -> Iterator[Slot]:
        type = resource_type(element)
        owner = Kind.STAFF_NAME if type in STAFF else OWNERS.get(type)
        here = _Here(type, type, owner)
        yield from self.attachment(element, here) if type == "Binary" else self.children(element, here)

    def children(self, element: Element, here: _Here) -> Iterator[Slot]:
        if element.value is not None:
            yield from _leaf(element, here)
        if element.all("answer"):
            here = replace(here, label=element.get("text"))
        is_coded = element.all("code") and element.all("system")
        for child in element.children:
            if is_coded and child.name == "display" and is_code(child.value or "", 6):
                continue  # a terminology's words ("Down syndrome")
            yield from self.child(child, here.below(child.name.lstrip("_")))

    def child(self, child: Element, here: _Here) -> Iterator[Slot]:
        name = child.name.lstrip("_")
        if resource_type(child):
            yield from self.resource(child)
        elif name == "div":
            yield from self.narrative(child, here)
        elif child.get("url") and name in ("extension", "modifierExtension"):
            yield from self.extension(child, here)
        elif _holds_file(child) or (name == "photo" and here.owner):
            yield from self.attachment(child, here)
        elif here.owner is not None and name in ("name", "telecom", "address", "birthDate", "contact"):
            yield from self.person(child, name, here)
        elif name == "identifier":
            yield from self.identifier(child, here)
        elif child.all("reference") or (child.all("display") and not child.all("code")):
            yield from self.reference(child, name, here)
        else:
            yield from self.children(child, here)

    def person(self, child: Element, name: str, here: _Here) -> Iterator[Slot]:
        owner = here.owner or Kind.PATIENT_NAME
        if name == "contact" and owner is Kind.PATIENT_NAME:
            yield from self.children(child, replace(here, owner=Kind.RELATIVE_NAME))
        elif name == "name" and (parts := child.all(*NAME)):
            yield collapsed(parts, here.path, owner)
        elif owner is Kind.STAFF_NAME:
            return
        elif name == "telecom":
            yield from (v.slot(here.path, "", _reached_by(child)) for v in child.all("value"))
        elif name == "address" and (parts := child.all(*ADDRESS)):
            yield collapsed(parts, here.path, Kind.ADDRESS)
        elif name == "birthDate":
            yield _whole(child, here.path, Kind.DOB)
        else:
            yield from self.children(child, here)

    def identifier(self, child: Element, here: _Here) -> Iterator[Slot]:
        """A national number wherever it stands; other numbers where they are a person's or a visit's own."""
        system = child.get("system").lower()
        kind = next((k for part, k in NUMBERS if part in system), None)
        if kind is None and here.owner is Kind.STAFF_NAME:
            return
        if kind is None and here.path == f"{here.resource}.identifier":
            kind = Kind.MRN if here.owner else Kind.OTHER_ID if here.resource in VISITS else None
        for part in child.children:
            if part.name == "value" and part.value:
                yield part.slot(here.below("value").path, "", kind)
            else:
                yield from self.child(part, here.below(part.name))

    def reference(self, child: Element, name: str, here: _Here) -> Iterator[Slot]:
        """Who is shown in place of a resource: a patient, a relative, or staff, who stay."""
        to = child.get("reference")
        type = self.types.get(to) or child.get("type") or to.rpartition("/")[0].rpartition("/")[2]
        kind = Kind.STAFF_NAME if type in STAFF or (not type and name in CLINICIANS) else OWNERS.get(type)
        if kind is None and name in SUBJECTS and type in ("", "Patient"):
            kind = Kind.PATIENT_NAME
        if type in STAFF - {"Practitioner", "PractitionerRole"}:
            kind = None
        for part in child.children:
            if part.name == "display":
                yield part.slot(here.below("display").path, name, kind)
            else:
                yield from self.child(part, here.below(part.name))

    def extension(self, child: Element, here: _Here) -> Iterator[Slot]:
        url = child.get("url").rpartition("/")[2]
        values = [c for c in child.children if c.name.startswith("value")]
        kind = BORN_THERE.get(url)
        if kind and values:
            yield _whole(child, f"{here.path} {url}", kind)
        elif here.owner and here.owner is not Kind.STAFF_NAME and child.all("valueAddress"):
            yield from (_whole(v, here.path, Kind.ADDRESS) for v in values)
        else:
            yield from self.children(child, here)

    def attachment(self, child: Element, here: _Here) -> Iterator[Slot]:
        if child.name == "photo" and here.owner:
            self.told.left_out.append("A photograph of the person was left out.")
            child.drop()
            return
        for data in child.all("data"):
            carried = unbase64(data.value or "")
            if carried is None:
                raise Unreadable("A document in this FHIR resource could not be read.")
            kept = rewritten(data.value or "", carried, self.desk, self.told, f"The document in {here.path}")
            if kept is None:
                data.drop()
            elif kept != data.value:
                data.put(kept)
            if kept != data.value:
                for stale in child.all("hash", "size"):
                    stale.drop()
        rest = [c for c in child.children if c.name not in ("data", "hash", "size")]
        yield from self.children(Element(child.name, None, rest), here)

    def narrative(self, child: Element, here: _Here) -> Iterator[Slot]:
        """XHTML: elements in XML, a string in JSON."""
        if child.node is not None:
            yield from blocks.everything(child.node, here.path, self.desk, self.told)
            return
        try:
            root = etree.fromstring(
                child.value or "", etree.XMLParser(resolve_entities=False, no_network=True)
            )
        except (etree.XMLSyntaxError, ValueError):
            yield child.slot(here.path)
            return

        def written(slot: Slot) -> Slot:
            def put(cuts: Sequence[Cut]) -> None:
                slot.put(cuts)
                child.put(etree.tostring(root, encoding="unicode"))

            return Slot(slot.passage, put)

        yield from (written(slot) for slot in blocks.everything(root, here.path, self.desk, self.told))


def resource_type(element: Element) -> str:
    """ "Patient" for such a resource; "" for an element that is none."""
    named = element.name[:1].isupper() and element.node is not None
    return element.get("resourceType") or (element.name if named else "")


def slots(root: Element, desk: Desk, told: Told) -> list[Slot]:
    """Everything to be looked at in a resource or a Bundle of them."""
    visit = _Visit(desk, told, _addresses(root))
    return list(visit.resource(root))


def _addresses(root: Element) -> dict[str, str]:
    found = {}
    for element in root.walk():
        for held in [e for e in element.children if e.name in ("resource", "contained")]:
            inner = held if held.get("resourceType") else next(iter(held.children), held)
            type, id = resource_type(inner), inner.get("id")
            found.update({f"#{id}": type, f"{type}/{id}": type, element.get("fullUrl"): type})
    return found


def _leaf(element: Element, here: _Here) -> Iterator[Slot]:
    name = element.name.lstrip("_")
    if name == COMMENT:
        yield element.slot(f"{here.path}, a comment")
    elif name not in CODES:
        label = here.label if name.startswith("value") and here.label else name
        yield element.slot(
            here.path, label, VALUES.get(name) or kind_under(here.label if label != name else "")
        )
    elif not is_code(element.value or "", 6):
        yield element.slot(here.path)


def _holds_file(element: Element) -> bool:
    """An Attachment or a Signature; sampled data are numbers."""
    return bool(element.all("data")) and not element.all("dimensions")


def _reached_by(telecom: Element) -> Kind:
    if telecom.get("system") == "email" or "@" in telecom.get("value"):
        return Kind.EMAIL
    return Kind.PHONE


def _whole(element: Element, where: str, kind: Kind) -> Slot:
    """An element that goes with everything in it, because no words may stand in its place."""
    text = " ".join(e.value for e in element.walk() if e.value and e.name not in ("url", "use", "type"))
    return Slot(Element("", text).slot(where, "", kind).passage, lambda cuts: element.drop())
