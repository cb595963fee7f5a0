"""The detectors in force: explicit, in alphabetical order, each module listed or excused."""

from typing import Final

from detectors.identifiers import (
    address,
    age,
    bare_answer,
    chi_number,
    date_of_birth,
    dwelling,
    email,
    file_name,
    hc_number,
    hospital_number,
    nhs_number,
    nino,
    number_end,
    other_id,
    part_number,
    pasted_record,
    phone,
    place_of_work,
    postcode,
    repeated,
    split_number,
    url_id,
    way_in,
)
from detectors.names import initials, tagged
from detectors.rule import Rule

CATALOGUE: Final[tuple[Rule, ...]] = (
    address.RULE,
    age.RULE,
    bare_answer.RULE,
    chi_number.RULE,
    date_of_birth.RULE,
    dwelling.RULE,
    email.RULE,
    file_name.RULE,
    hc_number.RULE,
    hospital_number.RULE,
    initials.RULE,
    nhs_number.RULE,
    nino.RULE,
    number_end.RULE,
    other_id.RULE,
    part_number.RULE,
    pasted_record.RULE,
    phone.RULE,
    place_of_work.RULE,
    postcode.RULE,
    repeated.RULE,
    split_number.RULE,
    tagged.RULE,
    url_id.RULE,
    way_in.RULE,
)

EXCUSED: Final[dict[str, str]] = {
    "detectors.names.cues": "weighs the words round a name for `people`",
    "detectors.names.features": "what is known of each word, for the model",
    "detectors.names.memory": "remembers the thread's names for `people` and others",
    "detectors.names.mentions": "reads where somebody may be named for `people`",
    "detectors.names.people": "reads names by rules; its verdict is one thing that `tagged` is told",
    "detectors.names.roles": "tells patients, relatives and staff apart for `people`",
    "detectors.names.roster": "the staff's names as tables",
    "detectors.names.sentence": "the words of a text and what is known of its people",
    "detectors.names.tagger": "runs the model for `tagged`",
    "detectors.names.things": "what names nobody, whatever `tagged` makes of it",
    "detectors.names.titles": "reads names behind a title for `mentions`",
    "detectors.names.tokens": "the words of a text for `people`",
    "detectors.names.training": "trains the model of names; never imported by the product",
    "detectors.names.unlisted": "doubts of `tagged` whether somebody in no directory is staff",
    "detectors.names.whole": "widens what `tagged` finds to the whole name",
    "detectors.names.words": "the word lists",
}
"""Modules of identifiers/ and names/ that hold no detector of their own, and why."""
