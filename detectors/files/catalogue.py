"""The families of formats that can be read: explicit, in alphabetical order."""

from typing import Final

from detectors.files import contacts, dicom, hl7, html, image, json, rtf, table, text, xml
from detectors.files.archives import family as archives
from detectors.files.archives import streams
from detectors.files.interface import Family
from detectors.files.mail import eml, mbox, outlook
from detectors.files.media import video, voice
from detectors.files.office import legacy, ooxml, opendocument
from detectors.files.pdf import family as pdf

FAMILIES: Final[tuple[Family, ...]] = (
    *archives.FAMILIES,
    *streams.FAMILIES,
    contacts.FAMILY,
    dicom.FAMILY,
    eml.FAMILY,
    hl7.FAMILY,
    html.FAMILY,
    image.FAMILY,
    json.FAMILY,
    mbox.FAMILY,
    outlook.FAMILY,
    legacy.FAMILY,
    ooxml.FAMILY,
    opendocument.FAMILY,
    pdf.FAMILY,
    rtf.FAMILY,
    table.FAMILY,
    text.FAMILY,
    video.FAMILY,
    voice.FAMILY,
    xml.FAMILY,
)
