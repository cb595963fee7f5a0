"""Words that stand round names, as parts of patterns: kin, what staff do and where, what a patient has, what things are called."""

from typing import Final

RELATION: Final = (
    r"wife|husband|hubby|spouse|partner|daughter|dtr|son|mum|mummy|mother|mam|mammy|ma|dad|daddy|father|da|sister|brother|bro|sis|niece|nephew|"
    r"gran|granny|grandma|nan|nana|nanny|grandmother|grandad|grandpa|grandfather|granda|granddaughter|grandson|grandchild|cousin|uncle|aunt|"
    r"auntie|aunty|sibling|twin|fianc[eé]e?|girlfriend|boyfriend|gf|bf|ex|stepmum|stepdad|stepson|stepdaughter|step-?(?:mother|father|son|daughter)|"
    r"foster (?:mum|mother|dad|carer)|guardian|parent|in-law|nok|next of kin|lpa|carer|neighbour|friend|warden|landlady|landlord|dau|relative"
)
STAFF_ROLE: Final = (
    r"dr|doctor|prof|professor|matron|(?:charge|staff|student|research|specialist|district|practice|night) nurse|nurse|sn|ssn|consultant|"
    r"cons|reg|registrar|spr|sho|fy1|fy2|f1|f2|physio|physiotherapist|ot|slt|dietitian|pharmacist|porter|hca|hcsw|student|gp|anp|acp|odp|surgeon|"
    r"anaesthetist|anaes|midwife|secretary|manager|cns|radiographer|trainee|starter|colleague|locum|coordinator|co-ordinator|(?:ward|night|new|our|clinic|the) clerk|receptionist|"
    r"agency(?: (?:nurse|hca|midwife|girl|lad))?|bank (?:nurse|hca)|pc|constable|sergeant|sgt|police officer|social worker|duty worker|undertaker|"
    r"fellow|intensivist|paramedic|(?:key|support|case|care|family|youth|outreach|duty|allocated|link)?[ \-]?worker|care coordinator|hv|health visitor|cpn|chaplain|interpreter|domestic|technician|rep|under|named nurse|on call|oncall|bleep holder|site manager|bed manager|"
    r"sonographer|phleb(?:otomist)?|solicitor|coroner'?s officer|amhp|imca|imha|podiatrist|orthotist|optometrist|dentist|psychologist|psychiatrist|"
    r"radiologist|microbiologist|haematologist|cardiologist|neurologist|oncologist|paediatrician|obstetrician|geriatrician|play specialist|"
    r"scrub|circulating"
)
ROOMS_OF_WORK: Final = (
    r"stores|estates|payroll|procurement|pharmacy|dispensary|infection control|ipc|governance|switch(?:board)?|labs?|path(?:ology)?|micro(?:biology)?|"
    r"biochem(?:istry)?|blood bank|transfusion|bed bureau|linen|hr|comms|finance|portering|hssd|mortuary|bereavement|(?:medical )?records|coding|"
    r"catering|laundry|it"
)
PLACE_AFTER: Final = (
    r"ward|suite|unit|wing|centre|center|hospital|infirmary|hospice|house|road|rd|street|st|avenue|lane|close|court|drive|terrace|crescent|room|"
    r"building|block|theatre|clinic|surgery|practice|school|park|lodge|hall|day unit|medical|pharmacy|church|university|college|station|depot|"
    r"airport|bridge|corridor|gate|entrance|canteen|lecture|trust|nhs"
)
EPONYM_AFTER: Final = (
    r"fractures?|#|scores?|criteria|signs?|disease|syndrome|splints?|classification|tests?|scales?|stain|rings?|tubes?|lines?|catheters?|drains?|"
    r"bags?|dressings?|frames?|charts?|types?|grades?|stage|index|manoeuvre|maneuver|procedure|operation|forceps|clamps?|retractors?|screws?|nails?|"
    r"plates?|wires?|pins?|hip|knee|palsy|phenomenon|reflex|contracture|lymphoma|sarcoma|tumou?r|oedema|oesophagus|ulcers?|nodes?|pouch|hernia|"
    r"dementia|bodies|body|thyroiditis|arteritis|purpura|solution|mask|monitor|pump|needle|block|view|position|gel|cream|insulin|trial|study|"
    r"protocol|law|rules?|equation|formula|ratio|collar|cast|boot|bandage|stockings?|mattress|bed|chair|hoist|cup|kit|tray|tap|valve|stent|graft"
)
IDENTIFIER: Final = (
    r"(?:nhs|chi|mrn|dob|d\.o\.b|h ?[&+] ?c|hosp)\b|[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}|[0-9]{6}[ \-]?[0-9]{4}|[a-z]{1,2} ?[0-9]{6,7}\b|"
    r"[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2}|0[0-9]{4} ?[0-9]{3}|\+44"
)
AGE: Final = r"(?:aged?|age:)\s?[0-9]{1,3}|[0-9]{1,3}\s?(?:m|f|yo|y/?o|yrs?|years?|y|mo|months?|/12|wks?|weeks?|days?|y[0-9]{1,2}m)\b|d[0-9]{1,2}\b"
MONTH: Final = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
BODY: Final = (
    r"wounds?|dressings?|legs?|toes?|heels?|foot|feet|sacrum|hip|skin|ulcers?|catheter|driver|pump|line|peg|stoma|bag|insulins?|jags?|"
    r"bloods?|obs|bp|sugars?|bms?|sats|meds|tablets|eye ?drops?|pain|swab|urine|records?|stockings|bandages|mattress|pads|key ?safe|"
    r"scan|biopsy|op|discharge|package|carers?|house|home|flat|funeral|family|notes|chest|breathing|swallow"
)
BARE_NUMBER: Final = r"(?:1[01][0-9]|[1-9][0-9]?)(?=\s*(?:[,;)\]]|$|\s[a-z]))(?!\s?(?:mg|ml|mcg|g|units?|am|pm|min|hrs?|days?|weeks?|x)\b)"
