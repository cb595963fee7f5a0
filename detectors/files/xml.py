"""XML in general, and CDA and FHIR where that is what it holds."""

from typing import Final

from lxml import etree

from detectors.files import cda, fhir
from detectors.files.interface import Desk, Family, File, Result, Unreadable
from detectors.files.json import plain
from detectors.files.slots import Slot, Told, settle
from detectors.files.xml_tree import Document, elements, local, parse

_CDA: Final = "application/cda+xml"
_FHIR: Final = "application/fhir+xml"
_FHIR_SPACE: Final = "http://hl7.org/fhir"


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Raises Unreadable for what is not well formed, or not what its type says."""
    document = parse(file.data)
    told = Told()
    settle(_slots(document, type, desk, told), desk, told)
    return told.result(type, document.write)


def _slots(document: Document, type: str, desk: Desk, told: Told) -> list[Slot]:
    name, space = local(document.root), etree.QName(document.root).namespace
    if space == _FHIR_SPACE and name != "feed":
        return fhir.slots(elements(document, "value"), desk, told)
    if name == "ClinicalDocument":
        return cda.slots(elements(document), desk, told)
    if type in (_CDA, _FHIR):
        raise Unreadable(f"This {'CDA document' if type == _CDA else 'FHIR resource'} could not be read.")
    return list(plain(elements(document), "", desk, told))


FAMILY: Final = Family("xml", frozenset({"application/xml", "text/xml", _CDA, _FHIR}), inspect)
