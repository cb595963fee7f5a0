"""DICOM: tags, pixels, reports; always quarantined, always with what was found."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from detectors.files.interface import Found, Outcome
from detectors.interface import Kind
from tests.detectors.files.desk import look_into


def file(frames: tuple[Image.Image, ...] = (), pixels: bytes = b"", **tags: object) -> bytes:
    """A DICOM file of 8-bit frames; `pixels` are put in place of theirs."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    data = FileDataset("x", {}, file_meta=meta, preamble=b"\0" * 128)
    data.Modality = "OT"
    for key, value in tags.items():
        setattr(data, key, value)
    if frames:
        shown = np.stack([np.asarray(f) for f in frames])
        data.Rows, data.Columns = shown.shape[1:]
        data.NumberOfFrames = len(frames)
        data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 0
        data.BitsAllocated = data.BitsStored = 8
        data.HighBit = 7
        data.PixelData = pixels or shown.tobytes()
    out = io.BytesIO()
    data.save_as(out, enforce_file_format=True)
    return out.getvalue()


def drawn(text: str) -> Image.Image:
    image = Image.new("L", (640, 200), 0)
    ImageDraw.Draw(image).text((20, 80), text, 255, ImageFont.load_default(34))
    return image


def found(data: bytes) -> set[tuple[str, str]]:
    result = look_into(data, "a.dcm")
    assert result.outcome is Outcome.QUARANTINED
    assert result.data is None
    return {(f.kind, f.where) for f in result.found}


def test_tags_by_name() -> None:
    item = Dataset()
    item.PatientID = "K77"
    said = found(
        file(
            PatientName="Smithson^Jane", PatientBirthDate="19500504", ReferringPhysicianName="Weatherby^Paul",
            OtherPatientIDsSequence=Sequence([item]), StudyDescription="Chest", AccessionNumber="A1",
        )
    )  # fmt: skip
    assert said == {
        (Kind.PATIENT_NAME, "Patient's Name"), (Kind.DOB, "Patient's Birth Date"), (Kind.OTHER_ID, "Accession Number"),
        (Kind.MRN, "Other Patient IDs Sequence 1, Patient ID"),
    }  # fmt: skip


def test_comments_reports_and_private_tags_are_read() -> None:
    item = Dataset()
    item.ValueType, item.TextValue = "TEXT", "NHS number 999 000 0018"
    data = Dataset()
    data.add_new((0x0009, 0x0010), "LO", "OURS")
    data.add_new((0x0009, 0x1001), "LO", "NHS number 999 000 0018")
    data.add_new((0x0009, 0x1002), "UN", b"\0\1NHS number 999 000 0018\0")
    data.ContentSequence = Sequence([item])
    whole = file(ImageComments="NHS number 999 000 0018")
    result = found(with_tags(whole, data))
    assert {w for k, w in result if k is Kind.NHS_NUMBER} == {
        "Image Comments", "private tag (0009,1001)", "private tag (0009,1002)", "Content Sequence 1, Text Value",
    }  # fmt: skip


def with_tags(raw: bytes, more: Dataset) -> bytes:
    data = dcmread(io.BytesIO(raw))
    data.update(more)
    out = io.BytesIO()
    data.save_as(out)
    return out.getvalue()


def test_what_is_burnt_into_a_frame_is_found() -> None:
    said = found(file((drawn(""), drawn("NHS number 999 000 0018"))))
    assert (Kind.NHS_NUMBER, "frame 2") in {(k, w.split(",")[0]) for k, w in said}


def test_pixels_that_cannot_be_decoded_are_said() -> None:
    result = look_into(file((drawn("x"),), pixels=b"\0" * 100), "a.dcm")
    assert result.outcome is Outcome.QUARANTINED
    assert "could not be decoded" in result.reason


def test_a_document_within_is_looked_at() -> None:
    data = file(EncapsulatedDocument=b"NHS number 999 000 0018\0")
    assert found(data) == {(Kind.NHS_NUMBER, "the document in it, line 1")}


def test_an_image_without_a_name_is_quarantined_too() -> None:
    result = look_into(file(), "a.dcm")
    assert (result.outcome, result.found) == (Outcome.QUARANTINED, ())
    assert "imaging system" in result.reason


@pytest.mark.parametrize("data", [b"\0" * 128 + b"DICM", b"\0" * 128 + b"DICM\xff\xff\xff", file()[:200]])
def test_what_is_no_dicom_is_refused(data: bytes) -> None:
    result = look_into(data, "a.dcm")
    assert result.outcome is Outcome.QUARANTINED
    assert result.found == ()


def test_a_finding_holds_no_value() -> None:
    result = look_into(file(PatientName="Smithson^Jane"), "a.dcm")
    assert result.found == (Found(Kind.PATIENT_NAME, "Patient's Name"),)
    assert "Smithson" not in repr(result)
