"""What the resources and elements of FHIR R4 hold (https://hl7.org/fhir/R4), as far as people go."""

from typing import Final

from detectors.interface import Kind

STAFF: Final = frozenset(
    {"Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService", "Endpoint", "CareTeam",
     "Device", "OrganizationAffiliation"}
)  # fmt: skip
OWNERS: Final = {
    "Patient": Kind.PATIENT_NAME,
    "Person": Kind.PATIENT_NAME,
    "RelatedPerson": Kind.RELATIVE_NAME,
}
"""Resources that are a person, with the kind of that person's name."""

SUBJECTS: Final = frozenset({"subject", "patient", "beneficiary", "for", "subscriber", "policyHolder"})
CLINICIANS: Final = frozenset(
    {"author", "performer", "requester", "recorder", "asserter", "generalPractitioner", "managingOrganization",
     "serviceProvider", "custodian", "organization", "practitioner", "location", "assigner", "enterer", "source"}
)  # fmt: skip
"""Elements whose reference names a person of either sort, where its target does not tell."""

VALUES: Final = {"subscriberId": Kind.OTHER_ID}
"""Plain values that identify somebody by what they are."""

VISITS: Final = frozenset({"Encounter", "EpisodeOfCare", "Account", "Coverage", "Appointment"})
NUMBERS: Final = (
    ("nhs-number", Kind.NHS_NUMBER),
    ("2.16.840.1.113883.2.1.4.1", Kind.NHS_NUMBER),
    ("chi-number", Kind.CHI),
    ("/chi", Kind.CHI),
    ("hsc-number", Kind.HC_NUMBER),
    ("h-c-number", Kind.HC_NUMBER),
)
"""Parts of the systems under which the four nations' numbers are filed, with their kinds."""

NAME: Final = ("text", "prefix", "given", "family", "suffix")
ADDRESS: Final = ("text", "line", "city", "district", "state", "postalCode")
BORN_THERE: Final = {
    "patient-mothersMaidenName": Kind.RELATIVE_NAME,
    "patient-birthPlace": Kind.ADDRESS,
    "patient-birthTime": Kind.DOB,
}
CODES: Final = frozenset(
    "resourceType system code url use status version versionId profile linkId mode contentType language unit "
    "lastUpdated implicitRules id fullUrl reference comparator currency type xmlns relation".split()
)
"""Values for machines; only long numbers in them are looked at, and without a label."""
