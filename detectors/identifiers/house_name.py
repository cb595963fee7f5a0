"""Houses and farms known by a name alone: "The Old Smiddy, Kirkton", "Mains of Balwhirn", "Tigh na Mara", "Bryn Awel"."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.homes import PLACE, TOWN, Told, is_a_thing, lives, not_a_home, on_record
from detectors.identifiers.date_of_birth import follows_name
from detectors.interface import Context, Finding, Kind
from detectors.names.words import CLINICAL, ORDINARY, PLACES, USUAL_FIRST_NAMES, USUAL_NAMES, fold
from detectors.normalise import View
from detectors.rule import Rule

NAME = "house_name"
_HOUSE = (
    r"Smiddy|Smithy|School ?[Hh]ouse|Manse|Mill|Forge|Rectory|Vicarage|Parsonage|Bothy|Bothan|Steadings?|Croft|Lodge|Cottages?|Barns?|Farm|"
    r"Farmhouse|Byre|Stables|Granary|Coach ?[Hh]ouse|Gatehouse|Toll ?[Hh]ouse|Lock House|Oast(?: House)?|Hayloft|Mill House|Dower House|"
    r"Bungalow|Gables|Grange|Manor(?: House)?|Hermitage|Homestead|Maltings|Mains|Shieling|Police House|Station House|Chapel House|Larches|"
    r"Beeches|Elms|Limes|Poplars|Hollies|Laurels|Willows|Firs|Orchard|Paddocks?|Cabin"
)
_ONCE = r"School|Chapel|Post Office|Dairy|Bakery|Bakehouse|Station|Kirk|Inn|Bank|Court|Creamery|Brewery|Tannery|Signal Box|Police Station"
_MANDATORY = rf"(?=, ?(?:(?:near|nr|by|above|outside) )?{PLACE}){TOWN}(?! (?:and|or)\b|[ /]?[0-9]|, ?{PLACE})"
_WELSH = (
    r"T[yŷ]['’][rn]|T[yŷ]|Awel|Bryn|Pant|Llwyn|Hafod|Cwm|Nant|Fron|Gwern|Rhos|Tan|Tyddyn|Bwthyn|Plas|Maes|Cae|Cefn|Pen|Glan|Gelli|Garth|D[oô]l|Erw|Troed|Craig|"
    r"Bron|Ynys|Esgair|Blaen|Penrhiw|S[wŵ]n|Gw[eê]l|Trem|Coed|Felin|Melin|Hendre|Penlan|Beudy|Ysgubor|Rhyd|Waun|Wern|Pwll|Bwlch|Lluest"
)
_GAELIC = re.compile(
    rf"(?<!\w)(?P<a>(?:Tigh|Taigh|Bothan|Cnoc|Druim)[ \-](?:(?:na h-|na|nan|nam|an|am|a['’])[ \-]?){PLACE}{TOWN})"
)
_FARM_OF = re.compile(
    rf"(?<!\w)(?P<a>(?:(?:Nether|Upper|Wester|Easter|Little) )?(?:Mains|Mill|Backhill|Nethermill|Waulkmill|Haughs?|Bogs|Croft|Smiddy|Hillhead|"
    rf"Upperton|Cottar?to[uw]n|Milltoun|Braes) of {PLACE}(?: {PLACE})?{TOWN})"
)
_UPPER_FARM = re.compile(rf"(?<![\w\-])(?P<a>{PLACE}(?: {PLACE})? (?:Uchaf|Isaf|Ganol){TOWN})(?!\w)")
_THE = re.compile(
    rf"(?<!\w)(?P<a>(?:The (?:(?:Old|Auld|New|Wee|Little|Upper|Lower|Nether) )?(?:{_HOUSE})|[Tt]he (?:Old|Auld) (?:{_HOUSE}|{_ONCE})){_MANDATORY})"
)
_NAMED = re.compile(rf"(?<![\w\-])(?P<a>(?:{PLACE} ){{1,2}}(?:{_HOUSE}){_MANDATORY})")
_WELSH_NAMED = re.compile(
    rf"(?<![\w\-])(?P<a>(?:(?:{_WELSH})(?: (?:y|yr|ar|yn)(?= ))?(?P<behind>(?: {PLACE}){{1,2}})|{PLACE}(?<=-y)-{PLACE}|(?=T[yŷ]['’]?[nr]?-){PLACE}){TOWN})"
)
_FARM = re.compile(
    rf"(?<![\w'\-])(?P<a>(?!(?:Health|Wind|Solar|Server|City) )(?P<words>(?:{PLACE} ){{1,3}})(?:(?P<low>farm(?:house)?|cottage|croft|steading)|Farm(?:house)?|Cottage|Croft|Steading){TOWN})(?![\w])"
)
_LOW_THE = re.compile(
    rf"(?<!\w)(?P<a>the (?:old|auld) (?:{_HOUSE.lower()}|{_ONCE.lower()})(?:,? (?P<town>[a-z]{{4,20}})(?= ?[,.\n]| ?$))?)(?!\w)"
)
_WESTER = re.compile(
    rf"(?:, |\n|^|\bat )(?P<a>(?:Wester|Easter|Nether|Upper|Lower|Over|West|East) (?P<first>{PLACE})(?P<second> Farm)?{TOWN})(?=[,.\n]|$)"
)
_CROFT = re.compile(
    rf"(?<!\w)(?P<a>(?:Croft|Steading|Plot|Lot) [0-9]{{1,3}}[A-Da-d]?, (?P<town>{PLACE})(?: {PLACE})?)(?! ?[0-9]|\w)"
)
_LAST = re.compile(
    rf"(?<!\w)(?P<a>(?:the )?(?i:end|last|first|far|green|white|blue|wee) (?i:caravan|house|hoose|cottage|bungalow|farm|croft) (?:at|in|on|of|up|past|by) (?:the )?{PLACE}(?: {PLACE}){{0,2}})(?!\w)"
)
_TOWNLAND = re.compile(
    rf"(?<!\w)(?P<a>(?P<first>{PLACE}), {PLACE})(?=[,.(]? ?\(?(?:the )?(?i:key ?safe|keys?)\b)"
)
_GIVEN = USUAL_FIRST_NAMES - ORDINARY
_OF_HOUSES = re.compile(_WELSH)
"""Bryn is a man's name too; before another word and "farm" it is the hill: "Bryn Celyn Farm"."""
_SOMEBODYS = re.compile(r"['’]s [a-z]")  # "the Fisher's croft"
_AT = re.compile(
    r"(?:\b(?i:at|from|visit|to|gone|back|bungalow|patient|(?:next|last|first|final) (?:call|visit))|[:>]) ?$|^$|\n$"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    told, record = lives(view), on_record(view)
    for pattern, is_home in _PATTERNS:
        for m in pattern.finditer(view.text):
            if is_home(m, view, told, record):
                yield from _unless_at_work(view, m)


def _always(m: re.Match[str], view: View, told: Told, record: Told) -> bool:
    return True


def _meant(m: re.Match[str], view: View, told: Told, record: Told) -> bool:
    """Whether words before the house make it somebody's home."""
    return told.before(m.start()) or record.before(m.start()) or record.behind(m.end())


def _is_welsh(m: re.Match[str], view: View, told: Told, record: Told) -> bool:
    """A name of a Welsh house is often a ward's, a hospice's or a man's too: a village must stand behind it."""
    low = [fold(w) for w in (m["behind"] or "").split()]
    article = re.search(r" (?:y|yr|ar|yn) ", m["a"])
    if low and not article and low[-1] in USUAL_NAMES and low[-1] not in PLACES:
        return False  # "Bryn Jones"
    if told.before(m.start()):
        return True
    if "," not in m["a"]:
        return False
    return record.before(m.start()) or _is_there(m, view) or follows_name(view.line_before(m.start(), 40))


def _is_farm(m: re.Match[str], view: View, told: Told, record: Told) -> bool:
    words = m["words"].split()
    if any(fold(w) in CLINICAL for w in words) or _SOMEBODYS.search(m["a"]):
        return False
    return (
        not all(map(is_a_thing, words))
        if m["low"]
        else len(words) > 1 or not (is_a_thing(words[0]) and words[0].endswith("s"))
    )


def _is_told(m: re.Match[str], view: View, told: Told, record: Told) -> bool:
    return told.before(m.start())


def _is_upper(m: re.Match[str], view: View, told: Told, record: Told) -> bool:
    named = fold(m["first"]) in USUAL_NAMES or is_a_thing(m["first"])
    return (record.before(m.start("a")) or record.behind(m.end())) and not named


def _is_croft(m: re.Match[str], view: View, told: Told, record: Told) -> bool:
    if is_a_thing(m["town"]):
        return False
    return fold(m["town"]) not in USUAL_NAMES or _is_there(m, view) or _meant(m, view, told, record)


def _is_townland(m: re.Match[str], view: View, told: Told, record: Told) -> bool:
    return not (fold(m["first"]) in USUAL_NAMES or is_a_thing(m["first"]))


def _is_there(m: re.Match[str], view: View) -> bool:
    return _AT.search(view.text[max(0, m.start() - 14) : m.start()]) is not None


_PATTERNS: Final = (
    (_GAELIC, _always),
    (_FARM_OF, _always),
    (_UPPER_FARM, _always),
    (_THE, _always),
    (_LAST, _always),
    (_NAMED, _meant),
    (_WELSH_NAMED, _is_welsh),
    (_FARM, _is_farm),
    (_LOW_THE, _is_told),
    (_WESTER, _is_upper),
    (_CROFT, _is_croft),
    (_TOWNLAND, _is_townland),
)
"""What a home may be called, and what must hold for it to be one."""


def _unless_at_work(view: View, m: re.Match[str]) -> Iterator[Finding]:
    start, end = m.span("a")
    first, _, rest = m["a"].partition(" ")
    if (
        " " in rest
        and fold(first) in _GIVEN
        and not _OF_HOUSES.fullmatch(first)
        and not m.re.groupindex.get("behind")
    ):
        start += len(first) + 1  # "Trefor Pencerrig farm"
    if not not_a_home(view.text, start, end):
        yield Finding(Kind.ADDRESS, view.span(start, end), 0.65, NAME, ("house",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "lung ca, The Auld Smithy, Balfron. Days perhaps",
        "stays with granny at Mains of Drumtochty",
        "the lady at Tigh na Creige again",
        "76M, Ty Capel, Rhosgoch, no access",
        "slippers from Croft 12, Habost",
        "Low Hagg Farm, Kirkbymoorside",
        "his new place is the end caravan at Sandgreen Bay",
    ),
    spares=(
        "team base moves to The Old Rectory, Ludlow",
        "The Lodge, Nightingale and Elm wards are full",
        "Bryn Jones, Cardiff is on nights",
        "Croft 8, Rowan 4, Elm 2 empty",
        "isio mynd i'r tŷ bach",
    ),
    triggers=(
        rf"\b(?:{_HOUSE})\b",
        r"\b(?:wester|easter|nether|upper|lower|over|west|east) [a-z]{4}",
        rf"\bthe (?:old|auld) (?:{_ONCE}),",
        rf"\b(?:{_WELSH})[ \-]",
        r"\b(?:tigh|taigh|bothan|cnoc|druim|mains|backhill|nethermill|waulkmill|haughs?|bogs|hillhead|upperton|braes|uchaf|isaf|ganol)\b",
        r"\b(?:steading|plot|lot) [0-9]",
        r"\b(?:end|last|first|far|green|white|blue|wee) (?:caravan|house|hoose|cottage|bungalow|farm|croft) ",
        r"[a-z],? \(?(?:the )?key",
    ),
)
