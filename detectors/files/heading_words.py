"""The words that lists, forms and letters use over their columns and before their fields, English and Welsh."""

from typing import Final

from detectors.interface import Kind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split(","))


OF_THE_PATIENT: Final = _words(
    "patient patients pt pts client clients child baby infant resident claf cleifion"
)
OF_A_RELATIVE: Final = _words(
    "nok kin mother father mum dad parent parents guardian carer carers spouse husband wife partner son daughter "
    "relative relatives perthynas"
)
OF_STAFF: Final = _words(
    "staff clinician clinicians consultant consultants cons doctor doctors dr drs gp nurse nurses rn hca hcp midwife mw hv "
    "surgeon surgeons anaesthetist author referrer requester requestor practitioner user employee worker keyworker registrar "
    "reg spr sho fy1 fy2 matron physio physiotherapist therapist pharmacist dietitian radiographer sonographer sw ot slt "
    "coordinator ordinator manager lead prescriber assessor operator supervisor mentor buddy trainer instructor signature "
    "signed witness initialled responsible handler chaperone scribe interpreter meddyg nyrs ymgynghorydd"
)
OF_A_PLACE: Final = _words(
    "team practice hospital hosp ward site trust organisation organization company clinic unit department dept service "
    "bed bay room theatre location surgery school district"
)
"""A name under them is a place's, unless a number is asked for: "Hospital no"."""

SAYS_LITTLE: Final = _words(
    "the of s r y yr home current full legal main usual permanent registered correct preferred"
)
NUMBER: Final = _words("no nos number numbers num nr id ident identifier ref reference rhif")

KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(["nhs", "nhsno", "nhsnumber", "nhsnum", "nhsid", "gig"], Kind.NHS_NUMBER),
    **dict.fromkeys(["chi", "chino", "chinumber"], Kind.CHI),
    **dict.fromkeys(["h&c", "h c", "hcn", "hc", "hsc"], Kind.HC_NUMBER),
    **dict.fromkeys(["mrn", "casenote", "case note", "casenotes", "crn", "hospno", "hospitalno"], Kind.MRN),
    **dict.fromkeys(
        ["dob", "d o b", "date birth", "birth date", "birthdate", "dateofbirth", "born", "birthday", "birth",
         "dyddiad geni"], Kind.DOB,
    ),
    **dict.fromkeys(["postcode", "post code", "postal code", "p code", "pcode", "cod post"], Kind.POSTCODE),
    **dict.fromkeys(
        ["address", "addr", "address line", "addresses", "street", "street address", "house", "house name",
         "postal address", "residence", "cyfeiriad"], Kind.ADDRESS,
    ),
    **dict.fromkeys(
        ["phone", "telephone", "tel", "mobile", "mob", "landline", "phone contact", "telephone contact",
         "contact phone", "contact telephone", "contact tel", "contact mobile", "mobile phone", "mobile telephone",
         "mobile tel", "tel mobile", "phone mobile", "ffon", "ffôn", "ffon symudol"], Kind.PHONE,
    ),
    **dict.fromkeys(["email", "e mail", "email address", "e mail address", "ebost"], Kind.EMAIL),
    **dict.fromkeys(["nino", "national insurance"], Kind.NINO),
    **dict.fromkeys(
        ["forename", "forenames", "firstname", "first name", "first names", "first", "given name", "given names", "given",
         "middle name", "middle names", "christian name", "surname", "surnames", "lastname", "last name", "last", "family name",
         "known as", "aka", "alias", "maiden name", "previous name", "previous surname", "nickname",
         "surname forename", "forename surname", "surname first name", "first name surname", "cyfenw", "enw cyntaf"],
        Kind.PATIENT_NAME,
    ),
    "emergency contact": Kind.RELATIVE_NAME,
}  # fmt: skip
"""What a heading says without the words above, accents and stops. "first" and "last" are dates as often as
names; they count only beside each other."""

NUMBERED: Final[dict[str, Kind]] = {
    **dict.fromkeys(
        ["hospital", "hosp", "unit", "case", "record", "medical record", "health record", "hospital record", "pas", "district",
         "chart", "ysbyty", "emis", "systmone", "subject"], Kind.MRN,
    ),
    **dict.fromkeys(["contact", "emergency contact", "daytime", "evening"], Kind.PHONE), "ni": Kind.NINO,
}  # fmt: skip
"""The same for headings that ask for a number."""

NAME: Final = _phrases(", name, names, enw")
"""A heading with nothing else to say, or an owner's with nothing more."""

OF_PATIENTS: Final = _phrases(
    "diagnosis, diagnoses, dx, ddx, pmh, pmhx, hpc, presenting complaint, presenting problem, complaint, reason admission, "
    "admitted, admission, admission date, date admission, adm date, doa, edd, los, length stay, discharge date, resus, "
    "resus status, dnacpr, dnar, respect, tep, ceiling care, allergies, allergy, nkda, obs, observations, news, news2, ews, "
    "pews, mews, bloods, plan, jobs, to do, procedure, operation, treatment, medication, medications, meds, indication, "
    "background, problem, problems, weight, sex, gender, ethnicity, comorbidities, condition, symptoms, bed, bed no, "
    "specimen, sample, results, mobility, diet, skin, waterlow, falls risk, iv access, cannula, catheter, drain, "
    "fluid balance, infection, infection status, clerked, triage, triage category, gestation, parity, gravida"
)
"""Columns that only lists of patients have."""

OF_COLLEAGUES: Final = _phrases(
    "role, roles, grade, band, shift, shifts, rota, bleep, pager, ext, extension, job title, staff no, staff number, staff id, "
    "payroll, assignment no, assignment number, employee, on call, oncall, mandatory training, training, competency, "
    "competencies, gmc, nmc, hcpc, annual leave, study leave, sickness, line manager, wte, fte, mask fit, fit test, appraisal"
)
"""Columns that only lists of staff have."""
