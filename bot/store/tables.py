"""Every table. Columns named `sealed…` hold AES-GCM ciphertext; no other column may hold message text.

A change here needs a step in `migrations/versions` that makes it; a test compares the two.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)  # fmt: skip

metadata = MetaData()

# Times are float seconds since the epoch (UTC): comparable, index-friendly, the platform's own resolution.

seen = Table(
    "seen", metadata,
    Column("tenant", String, nullable=False),
    Column("key", String, nullable=False),
    Column("at", Float, nullable=False),
    PrimaryKeyConstraint("tenant", "key"),
)  # fmt: skip

inbox = Table(
    "inbox", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("tenant", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("source", String, nullable=False),
    Column("sealed_body", LargeBinary, nullable=False),
    Column("accepted_at", Float, nullable=False),
    Column("state", String, nullable=False),  # new | done | dead
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Float, nullable=False, default=0.0),
    Column("finished_at", Float),
    Column("error", String),  # an exception's class name, never its message
    Index("inbox_open", "state", "id"),
    Index("inbox_lane", "lane", "id"),
    sqlite_autoincrement=True,  # a purged number must not come again: effects and incidents are named after it
)  # fmt: skip

effect = Table(
    "effect", metadata,
    Column("key", String, primary_key=True),
    Column("state", String, nullable=False),  # intent | done | uncertain | refused
    Column("intended_at", Float, nullable=False),
    Column("finished_at", Float),
    Column("result", JSON),
)  # fmt: skip

timer = Table(
    "timer", metadata,
    Column("key", String, primary_key=True),
    Column("due", Float, nullable=False, index=True),
    Column("tenant", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("source", String, nullable=False),
    Column("keys", JSON, nullable=False),
    Column("sealed_body", LargeBinary, nullable=False),
)  # fmt: skip

slot = Table(
    "slot", metadata,
    Column("schedule", String, primary_key=True),
    Column("last", Float, nullable=False),
)  # fmt: skip

token = Table(
    "token", metadata,
    Column("platform", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("sealed_token", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
    PrimaryKeyConstraint("platform", "tenant", "kind", "subject"),
)  # fmt: skip

conversation = Table(
    "conversation", metadata,
    Column("platform", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("sealed_name", LargeBinary),  # the name as given; shown only after the detectors passed it
    Column("shown_name", String, nullable=False, default=""),  # the same, redacted
    Column("preset", String, nullable=False, default=""),  # empty: the policy's default
    Column("owner", String, nullable=False, default=""),
    Column("shared_outside", Boolean, nullable=False, default=False),
    Column("bot_is_member", Boolean, nullable=False, default=False),
    Column("archived", Boolean, nullable=False, default=False),
    Column("reach", JSON),  # [{"reach","available","why"}]
    Column("watermark", String, nullable=False, default=""),  # the last message id that was worked on
    Column("seen_at", Float, nullable=False),
    PrimaryKeyConstraint("platform", "tenant", "id"),
)  # fmt: skip

membership = Table(
    "membership", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("platform", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("user", String, nullable=False),
    Column("name", String, nullable=False, default=""),
    Column("standing", String, nullable=False),  # staff guest partner leaver unknown could_not_tell
    Column("matched_by", String, nullable=False, default=""),
    Column("role", String, nullable=False, default=""),
    Column("joined_at", Float, nullable=False),
    Column("left_at", Float),
    Column("checked_at", Float, nullable=False),
    Column("confirmed_by", String),
    Column("confirmed_until", Float),
    Column("employer", String, nullable=False, default=""),
    Column("department", String, nullable=False, default=""),
    Column("person", String, nullable=False, default=""),  # the directory's own id of them, or their address
    Column("why", String, nullable=False, default=""),
    Column("belongs", Boolean),  # by the channel's rule; empty for could not tell
    Column("admitted", String, nullable=False, default=""),  # the rule that admits them or not, in plain words
    Column("warned_at", Float),  # when the owner and IG were told that the confirmation runs out
    Index("membership_place", "tenant", "conversation", "left_at"),
    Index("membership_user", "tenant", "user"),
)  # fmt: skip

standing = Table(
    "standing", metadata,  # what was known of a stay and when: a row whenever the answer or the rule changes
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("stay", Integer, ForeignKey("membership.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("standing", String, nullable=False),
    Column("matched_by", String, nullable=False, default=""),
    Column("why", String, nullable=False, default=""),
    Column("belongs", Boolean),
    Column("admitted", String, nullable=False, default=""),
    Index("standing_stay", "stay", "at"),
)  # fmt: skip

partner = Table(
    "partner", metadata,  # people and organisations outside who may be here, why, by whose word and until when
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("platform", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("conversation", String, nullable=False),  # "*" for every one
    Column("kind", String, nullable=False),  # person | organisation
    Column("key", String, nullable=False),  # an account id or address; a mail domain or tenant id
    Column("name", String, nullable=False, default=""),
    Column("purpose", String, nullable=False),
    Column("sponsor", String, nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("added_by", String, nullable=False),
    Column("ended_at", Float),
    Column("ended_by", String),
    Column("warned_at", Float),
    Index("partner_key", "tenant", "key"),
)  # fmt: skip

identity = Table(
    "identity", metadata,  # an account that only a person could match to one of the directory
    Column("platform", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("user", String, nullable=False),
    Column("directory", String, nullable=False),
    Column("person", String, nullable=False),
    Column("set_by", String, nullable=False),
    Column("at", Float, nullable=False),
    PrimaryKeyConstraint("platform", "tenant", "user"),
)  # fmt: skip

incident = Table(
    "incident", metadata,
    Column("id", String, primary_key=True),  # short, random, safe in a URL
    Column("kind", String, nullable=False),  # message | file | topic | membership | delivery
    Column("platform", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("thread", String),
    Column("message", String),  # the platform's id of the message
    Column("place", String),  # where it stands now, when a copy took its place; of a file: the file's id
    Column("sender", String, nullable=False, default=""),
    Column("sender_alias", String, nullable=False, default=""),  # keyed pseudonym shown until opened
    Column("action", String, nullable=False),  # observe | warn | redact | hide
    Column("label", String, nullable=False, default="clean"),  # clean | weak | identifying
    Column("risk", Integer, nullable=False, default=0),  # 0..100, the queue's order
    Column("kinds", JSON, nullable=False),  # {"NHS_NUMBER": 1, …}
    Column("findings", JSON, nullable=False),  # [{kind,start,end,confidence,evidence,action,location}]
    Column("reasons", JSON, nullable=False),  # plain sentences
    Column("policy", String, nullable=False, default=""),  # preset and version in force
    Column("sealed_masked", LargeBinary),  # the text with identifiers masked
    Column("reach", String),  # which reach worked
    Column("state", String, nullable=False),  # open | hidden | failed | restored | decided | closed
    Column("outcome", String),  # of a file: clean | redacted | quarantined | uninspected; none while it is looked at
    Column("outsiders", Integer, nullable=False, default=0),
    Column("posted_at", Float),
    Column("accepted_at", Float),
    Column("detected_at", Float, nullable=False),
    Column("hidden_at", Float),
    Column("verified_at", Float),
    Column("exposure_ms", Float),
    Column("decision", String),
    Column("decided_at", Float),
    Index("incident_queue", "state", "risk", "detected_at"),
    Index("incident_message", "tenant", "conversation", "message"),
    Index("incident_place", "tenant", "place"),
)  # fmt: skip

timeline = Table(
    "timeline", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("incident", String, ForeignKey("incident.id"), nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("what", String, nullable=False),  # posted detected hidden verified warned pressed restored failed …
    Column("by", String, nullable=False, default=""),
    Column("detail", JSON, nullable=False),  # never message text
)  # fmt: skip

audience = Table(
    "audience", metadata,
    Column("incident", String, ForeignKey("incident.id"), nullable=False),
    Column("user", String, nullable=False),
    Column("name", String, nullable=False, default=""),
    Column("standing", String, nullable=False),
    PrimaryKeyConstraint("incident", "user"),
)  # fmt: skip

decision = Table(
    "decision", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("incident", String, ForeignKey("incident.id"), nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("by", String, nullable=False),
    Column("decision", String, nullable=False),
    Column("sealed_reason", LargeBinary, nullable=False),
)  # fmt: skip

quarantine = Table(
    "quarantine", metadata,
    Column("incident", String, ForeignKey("incident.id"), primary_key=True),
    Column("sealed_original", LargeBinary, nullable=False),  # the platform's payload before anything was done
    Column("hidden", JSON),  # connectors.interface.Hidden, to undo with
    Column("kept_until", Float, nullable=False),
)  # fmt: skip

label = Table(
    "label", metadata,
    Column("thread", String, nullable=False),  # tenant/conversation/thread
    Column("pseudonym", String, nullable=False),  # keyed HMAC of one name token or number
    Column("label", String, nullable=False),  # "Patient A"
    Column("at", Float, nullable=False),
    PrimaryKeyConstraint("thread", "pseudonym"),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("actor", String, nullable=False),
    Column("what", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)  # fmt: skip

checkpoint = Table(
    "checkpoint", metadata,
    Column("seq", Integer, primary_key=True),
    Column("hash", String, nullable=False),
    Column("signature", String, nullable=False),
    Column("at", Float, nullable=False),
)  # fmt: skip

account = Table(
    "account", metadata,
    Column("name", String, primary_key=True),
    Column("shown_name", String, nullable=False),
    Column("role", String, nullable=False),  # clinician | admin | reviewer | auditor
    Column("password", String, nullable=False),  # scrypt, salted
    Column("platform_user", String, nullable=False, default=""),
    Column("disabled", Boolean, nullable=False, default=False),
)  # fmt: skip

session = Table(
    "session", metadata,
    Column("token", String, primary_key=True),  # SHA-256 of the cookie
    Column("account", String, ForeignKey("account.name"), nullable=False),
    Column("csrf", String, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("used_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
)  # fmt: skip

gauge = Table(
    "gauge", metadata,  # what the health page shows: counts, ages, problems in plain words
    Column("name", String, nullable=False),
    Column("subject", String, nullable=False, default=""),
    Column("value", Float, nullable=False, default=0.0),
    Column("words", String, nullable=False, default=""),
    Column("at", Float, nullable=False),
    PrimaryKeyConstraint("name", "subject"),
    UniqueConstraint("name", "subject"),
)  # fmt: skip
