"""What the fields of an HL7 v2 message hold, by segment and number (HL7 v2.5.1, chapters 2A, 3, 6 and 7)."""

from typing import Final

from detectors.interface import Kind

NAME, KIN, STAFF = Kind.PATIENT_NAME, Kind.RELATIVE_NAME, Kind.STAFF_NAME
MRN, DOB, ADDRESS, PHONE, OTHER = Kind.MRN, Kind.DOB, Kind.ADDRESS, Kind.PHONE, Kind.OTHER_ID

PEOPLE: Final[dict[str, dict[int, Kind]]] = {
    # 3.4.2 patient identification
    "PID": {
        2: MRN, 3: MRN, 4: MRN, 5: NAME, 6: KIN, 7: DOB, 9: NAME, 11: ADDRESS, 12: ADDRESS, 13: PHONE, 14: PHONE,
        18: OTHER, 19: Kind.NHS_NUMBER, 20: OTHER, 21: OTHER, 23: ADDRESS, 40: PHONE,
    },
    # 3.4.5 next of kin and associated parties; what the message says of them is removed too
    "NK1": {
        2: KIN, 4: ADDRESS, 5: PHONE, 6: PHONE, 12: OTHER, 13: OTHER, 16: DOB, 26: KIN, 30: KIN, 31: PHONE,
        32: ADDRESS, 33: OTHER, 37: OTHER, 38: ADDRESS, 40: PHONE, 41: PHONE,
    },
    "PD1": {1: OTHER, 6: OTHER},  # 3.4.10 living dependency and handicap stand elsewhere
    "MRG": {1: MRN, 2: MRN, 3: OTHER, 4: MRN, 5: OTHER, 6: OTHER, 7: NAME},  # 3.4.9 merged patients
    "PV1": {5: OTHER, 19: OTHER, 50: OTHER},  # 3.4.3 visit: pre-admission and visit numbers
    # 6.5.5 guarantor
    "GT1": {
        2: OTHER, 3: KIN, 4: KIN, 5: ADDRESS, 6: PHONE, 7: PHONE, 8: DOB, 12: OTHER, 16: OTHER, 17: ADDRESS,
        18: PHONE, 19: OTHER, 42: KIN, 45: KIN, 46: PHONE,
    },
    # 6.5.6 and 6.5.7 insurance: the insured is the patient or a relative
    "IN1": {2: OTHER, 16: KIN, 18: DOB, 19: ADDRESS, 36: OTHER, 49: OTHER},
    "IN2": {
        1: OTHER, 2: OTHER, 6: OTHER, 8: OTHER, 10: OTHER, 22: KIN, 25: OTHER, 26: OTHER, 40: KIN, 49: KIN,
        50: PHONE, 52: KIN, 53: PHONE, 61: OTHER, 63: PHONE, 64: PHONE, 69: OTHER,
    },
    "QRD": {8: MRN},  # 2A: who is asked about
    "ACC": {7: KIN},  # 6.5.9: who brought the patient in
}  # fmt: skip
"""Fields that are hidden as a whole, whatever stands in them."""

STAFF_FIELDS: Final[dict[str, frozenset[int]]] = {
    "AIP": frozenset({3}),
    "DG1": frozenset({16}),
    "EVN": frozenset({5}),
    "FT1": frozenset({20, 21, 24}),
    "OBR": frozenset({10, 16, 28, 32, 33, 34, 35}),
    "OBX": frozenset({16, 25}),
    "ORC": frozenset({10, 11, 12, 19}),
    "PD1": frozenset({4}),
    "PR1": frozenset({8, 11, 12}),
    "PRA": frozenset({1}),
    "PV1": frozenset({7, 8, 9, 17, 52}),
    "ROL": frozenset({4}),
    "RXA": frozenset({10}),
    "RXE": frozenset({13, 14}),
    "SCH": frozenset({12, 16, 20}),
    "STF": frozenset({2, 3}),
    "TXA": frozenset({5, 9, 10, 11, 22}),
}
"""Names of staff (data type XCN): they stay, and tell who is staff in the free text."""

PLACES: Final[dict[str, frozenset[int]]] = {
    **dict.fromkeys(("BHS", "FHS", "MSH"), frozenset(range(1, 26))),
    "PV1": frozenset({3, 6, 11, 39, 42, 43}),
    "SCH": frozenset({10}),
    "AIL": frozenset({3}),
}
"""Hospitals, wards and programs: no person's name or address, whatever they are called."""

REMOVED_WHOLE: Final = frozenset({"PID", "NK1"})
"""Segments of which, once anything is hidden in them, only these fields stay besides what stands in place."""

STAYS: Final[dict[str, frozenset[int]]] = {
    "PID": frozenset({1, 8}),  # the set's number; sex, which is clinical
    "NK1": frozenset({1, 3, 7}),  # the set's number; relationship and role
}

IDENTIFIERS: Final = frozenset({Kind.MRN, Kind.OTHER_ID, Kind.NHS_NUMBER})
"""Kinds whose fields may say themselves whose number they hold (CX.4 assigning authority, CX.5 type)."""
