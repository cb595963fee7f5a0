"""Words for who is at work, for a patient's side, and for places of work, as parts of patterns."""

from typing import Final

AT_WORK: Final = (
    r"ward|switch(?:board)?|teams?|fax|on.?call|bleep|ext|extension|dect|secretar(?:y|ies)|sec|pharmac(?:y|ist)|dept|department|"
    r"clinics?|hospice|practice|surgery|help.?desk|desk|rota|bypass|duty|reg|registrar|cons|consultant|locum|labs?|micro|microbiology|"
    r"biochem(?:istry)?|ha?ematology|pathology|histology|blood bank|transfusion|theatres?|hub|coordinator|co-ordinator|coord|bed managers?|"
    r"site manager|site team|site|switch ?room|security|porters?|estates|equipment|loan store|equipment loans|wheelchair services?|services?|rep|engineer|lines?|line's|dial|dial.?in|"
    r"conference|freephone|helpline|hotline|supplier|company|courier|taxi|firm|pizza|takeaway|union|hr|payroll|occ health|line manager|dr|"
    r"doctor|prof|professor|matron|agency|(?:nurse |staff |nhs |the )bank|bank office|nhsp|111|gp|gps|radiology|x-?ray|cath lab|icu|itu|hdu|ccu|a&e|aamu|amu|aau|ct|mri|outreach|crew|"
    r"police|council|interpreter|fleet|facilities|stores|depot|control|control room|transport|mortuary|bereavement|coroner'?s?|"
    r"undertakers?|funeral directors?|pc|dc|sgt|sergeant|care home|nursing home|residential home|nurses?|hca|sho|fy[12]|f[12]|"
    r"ct[12]|(?-i:ST[1-8])|midwi(?:fe|ves)|health visitors?|hvs?|dietiti?ans?|dietetics|physios?|ots?|(?-i:SALT)|podiatry|audiology|orthotics|"
    r"district nurs(?:e|es|ing)|dns?|cpns?|cns|key ?worker|support worker|social workers?|social work|social services|sw|edt|emergency duty|"
    r"crisis|camhs|perinatal|liaison|samaritans|poisons|toxbase|npis|chemist|boots|lloyds|infirmary|hospital|centre|headquarters|hq|"
    r"tertiary|anaesthetist|an[ae]sthetics|surgeon|paramedics?|ambulance|records|chaplain(?:cy)?|rabbi|imam|solicitor|advocate|"
    r"dentist|plumber|electrician|contractor|dispatch(?:er)?|phlebotom(?:y|ist)|(?:housing|probation|welfare) officer|probation|cmht|macmillan|"
    r"ebme|med(?:ical)? physics|clin(?:ical)? eng(?:ineering)?|procurement|linen room|laundry|catering|sterile services|hsdu|cssd|"
    r"pals|hire (?:co|company|firm|desk)|rentals|ltd|(?:stoma|continence|dressings?|medical|oxygen) supplies|advocacy|teacher|headteacher|school nurse|tissue viability|swyddfa|meddygfa|fferyllfa|switsfwrdd|at the (?:general|royal|western|northern|southern|county|city|walton)"
)
KIN_WORDS: Final = (
    r"pt|pt's|pts|patients?|patient's|mums?|mum's|mam|mams?|dads?|da|dad's|mother|father|wife|wife's|husband|hubby|sons?|son's|daughters?|"
    r"daughter's|dtr|dtr's|sisters?|sister's|brothers?|brother's|niece|nephew|cousin|aunt(?:ie|y)?|uncle|nok|partner|carers?|carer's|neighbours?|"
    r"neighbour's|granny|gran|nan|nana|grandson|granddaughter|grandma|grandad|grandfather|grandmother|family|mr|mrs|ms|miss|relatives?|parents?|parent's|next of kin|lpa|"
    r"friend|warden|landlord|landlady|lad|lad's|lass|lassie|lass's|missus|girlfriend|boyfriend|guardian|lady|lady's|gentleman|gent|dau|dght|dgtr|daugther|husb|husbands|wifes|hubbie|other half|bairn|stepson|stepdaughter|stepmum|stepdad|step-?mother|step-?father|in-law|scheme manager|wee|gwraig|wraig|g[wŵ]r|mab|merch|ferch|tad|nain|taid|claf|ei fam|teulu"
)
KIND_OF_PLACE: Final = (
    r"maternity|labour|delivery|birth|neonatal|postnatal|antenatal|rehab|dialysis|stroke|renal|eye|endoscopy|discharge|doctors'?|"
    r"on-?call|crash|bay|shift|duty|medical|surgical|frailty|rapid|intermediate|safe|urgent|minors?|acute|day|assessment|nic|"
    r"community|paeds|oncology|chemo|cardiac|resp|respiratory|trauma|theatre|recovery"
)
PLACE: Final = (
    r"units?|suite|triage|sdec|sau|mau|nnu|scbu|nicu|picu|lounge|mess|base|car [0-9]|haven|response|care|casualty|bookings?|"
    r"safeguarding|mash|refuge|vet|ooh|out of hours|lead|nic|phone|room phone|(?-i:IT)"
)
