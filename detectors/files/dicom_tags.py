"""Attributes of a DICOM file that identify somebody (PS3.15, Table E.1-1, basic profile), by keyword."""

from typing import Final

from detectors.interface import Kind

PEOPLE: Final[dict[str, Kind]] = {
    **dict.fromkeys(["PatientName", "OtherPatientNames", "PatientBirthName"], Kind.PATIENT_NAME),
    **dict.fromkeys(["PatientMotherBirthName", "ResponsiblePerson", "PersonName"], Kind.RELATIVE_NAME),
    **dict.fromkeys(["PatientID", "OtherPatientIDs", "MedicalRecordLocator"], Kind.MRN),
    **dict.fromkeys(["PatientBirthDate", "PatientBirthTime", "PatientBirthDateInAlternativeCalendar"], Kind.DOB),
    **dict.fromkeys(
        ["PatientAddress", "RegionOfResidence", "CountryOfResidence", "PersonAddress"], Kind.ADDRESS
    ),
    **dict.fromkeys(["PatientTelephoneNumbers", "PersonTelephoneNumbers"], Kind.PHONE),
    "PatientTelecomInformation": Kind.PHONE,
    **dict.fromkeys(
        ["AccessionNumber", "AdmissionID", "ServiceEpisodeID", "StudyID", "PatientInsurancePlanCodeSequence",
         "FillerOrderNumberImagingServiceRequest", "PlacerOrderNumberImagingServiceRequest", "RequestedProcedureID",
         "ScheduledProcedureStepID", "PerformedProcedureStepID", "DeviceSerialNumber", "ClinicalTrialSubjectID"],
        Kind.OTHER_ID,
    ),
    **dict.fromkeys(
        ["SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"], Kind.OTHER_ID
    ),
}  # fmt: skip
"""Hidden whatever stands in them. Unique identifiers lead back to the patient in the archive that issued them."""

TEXTS: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT", "AE"})
"""Value representations (PS3.5, 6.2) that hold words, and so are looked at."""

CODES: Final = frozenset(
    {"CodeMeaning", "CodingSchemeDesignator", "CodeValue", "Manufacturer", "SoftwareVersions"}
)
"""Words of a terminology or a machine."""
