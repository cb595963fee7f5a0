"""The first tables."""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seen",
        Column("tenant", String, nullable=False),
        Column("key", String, nullable=False),
        Column("at", Float, nullable=False),
        PrimaryKeyConstraint("tenant", "key"),
    )
    op.create_table(
        "inbox",
        Column("id", Integer, primary_key=True),
        Column("tenant", String, nullable=False),
        Column("lane", String, nullable=False),
        Column("source", String, nullable=False),
        Column("sealed_body", LargeBinary, nullable=False),
        Column("accepted_at", Float, nullable=False),
        Column("state", String, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("not_before", Float, nullable=False),
        Column("finished_at", Float),
        Column("error", String),
        sqlite_autoincrement=True,
    )
    op.create_index("inbox_lane", "inbox", ["lane", "id"])
    op.create_index("inbox_open", "inbox", ["state", "id"])
    op.create_table(
        "effect",
        Column("key", String, primary_key=True),
        Column("state", String, nullable=False),
        Column("intended_at", Float, nullable=False),
        Column("finished_at", Float),
        Column("result", JSON),
    )
    op.create_table(
        "timer",
        Column("key", String, primary_key=True),
        Column("due", Float, nullable=False),
        Column("tenant", String, nullable=False),
        Column("lane", String, nullable=False),
        Column("source", String, nullable=False),
        Column("keys", JSON, nullable=False),
        Column("sealed_body", LargeBinary, nullable=False),
    )
    op.create_index("ix_timer_due", "timer", ["due"])
    op.create_table(
        "slot",
        Column("schedule", String, primary_key=True),
        Column("last", Float, nullable=False),
    )
    op.create_table(
        "token",
        Column("platform", String, nullable=False),
        Column("tenant", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("subject", String, nullable=False),
        Column("sealed_token", LargeBinary, nullable=False),
        Column("at", Float, nullable=False),
        PrimaryKeyConstraint("platform", "tenant", "kind", "subject"),
    )
    op.create_table(
        "conversation",
        Column("platform", String, nullable=False),
        Column("tenant", String, nullable=False),
        Column("id", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("sealed_name", LargeBinary),
        Column("shown_name", String, nullable=False),
        Column("preset", String, nullable=False),
        Column("owner", String, nullable=False),
        Column("shared_outside", Boolean, nullable=False),
        Column("bot_is_member", Boolean, nullable=False),
        Column("archived", Boolean, nullable=False),
        Column("reach", JSON),
        Column("watermark", String, nullable=False),
        Column("seen_at", Float, nullable=False),
        PrimaryKeyConstraint("platform", "tenant", "id"),
    )
    op.create_table(
        "membership",
        Column("id", Integer, primary_key=True),
        Column("platform", String, nullable=False),
        Column("tenant", String, nullable=False),
        Column("conversation", String, nullable=False),
        Column("user", String, nullable=False),
        Column("name", String, nullable=False),
        Column("standing", String, nullable=False),
        Column("matched_by", String, nullable=False),
        Column("role", String, nullable=False),
        Column("joined_at", Float, nullable=False),
        Column("left_at", Float),
        Column("checked_at", Float, nullable=False),
        Column("confirmed_by", String),
        Column("confirmed_until", Float),
    )
    op.create_index("membership_place", "membership", ["tenant", "conversation", "left_at"])
    op.create_index("membership_user", "membership", ["tenant", "user"])
    op.create_table(
        "incident",
        Column("id", String, primary_key=True),
        Column("kind", String, nullable=False),
        Column("platform", String, nullable=False),
        Column("tenant", String, nullable=False),
        Column("conversation", String, nullable=False),
        Column("thread", String),
        Column("message", String),
        Column("place", String),
        Column("sender", String, nullable=False),
        Column("sender_alias", String, nullable=False),
        Column("action", String, nullable=False),
        Column("label", String, nullable=False),
        Column("risk", Integer, nullable=False),
        Column("kinds", JSON, nullable=False),
        Column("findings", JSON, nullable=False),
        Column("reasons", JSON, nullable=False),
        Column("policy", String, nullable=False),
        Column("sealed_masked", LargeBinary),
        Column("reach", String),
        Column("state", String, nullable=False),
        Column("outsiders", Integer, nullable=False),
        Column("posted_at", Float),
        Column("accepted_at", Float),
        Column("detected_at", Float, nullable=False),
        Column("hidden_at", Float),
        Column("verified_at", Float),
        Column("exposure_ms", Float),
        Column("decision", String),
        Column("decided_at", Float),
    )
    op.create_index("incident_message", "incident", ["tenant", "conversation", "message"])
    op.create_index("incident_queue", "incident", ["state", "risk", "detected_at"])
    op.create_table(
        "timeline",
        Column("id", Integer, primary_key=True),
        Column("incident", String, ForeignKey("incident.id"), nullable=False),
        Column("at", Float, nullable=False),
        Column("what", String, nullable=False),
        Column("by", String, nullable=False),
        Column("detail", JSON, nullable=False),
    )
    op.create_index("ix_timeline_incident", "timeline", ["incident"])
    op.create_table(
        "audience",
        Column("incident", String, ForeignKey("incident.id"), nullable=False),
        Column("user", String, nullable=False),
        Column("name", String, nullable=False),
        Column("standing", String, nullable=False),
        PrimaryKeyConstraint("incident", "user"),
    )
    op.create_table(
        "decision",
        Column("id", Integer, primary_key=True),
        Column("incident", String, ForeignKey("incident.id"), nullable=False),
        Column("at", Float, nullable=False),
        Column("by", String, nullable=False),
        Column("decision", String, nullable=False),
        Column("sealed_reason", LargeBinary, nullable=False),
    )
    op.create_index("ix_decision_incident", "decision", ["incident"])
    op.create_table(
        "quarantine",
        Column("incident", String, ForeignKey("incident.id"), primary_key=True),
        Column("sealed_original", LargeBinary, nullable=False),
        Column("hidden", JSON),
        Column("kept_until", Float, nullable=False),
    )
    op.create_table(
        "label",
        Column("thread", String, nullable=False),
        Column("pseudonym", String, nullable=False),
        Column("label", String, nullable=False),
        Column("at", Float, nullable=False),
        PrimaryKeyConstraint("thread", "pseudonym"),
    )
    op.create_table(
        "audit",
        Column("seq", Integer, primary_key=True),
        Column("at", Float, nullable=False),
        Column("actor", String, nullable=False),
        Column("what", String, nullable=False),
        Column("subject", String, nullable=False),
        Column("detail", JSON, nullable=False),
        Column("previous", String, nullable=False),
        Column("hash", String, nullable=False),
    )
    op.create_table(
        "checkpoint",
        Column("seq", Integer, primary_key=True),
        Column("hash", String, nullable=False),
        Column("signature", String, nullable=False),
        Column("at", Float, nullable=False),
    )
    op.create_table(
        "account",
        Column("name", String, primary_key=True),
        Column("shown_name", String, nullable=False),
        Column("role", String, nullable=False),
        Column("password", String, nullable=False),
        Column("platform_user", String, nullable=False),
        Column("disabled", Boolean, nullable=False),
    )
    op.create_table(
        "session",
        Column("token", String, primary_key=True),
        Column("account", String, ForeignKey("account.name"), nullable=False),
        Column("csrf", String, nullable=False),
        Column("made_at", Float, nullable=False),
        Column("used_at", Float, nullable=False),
        Column("expires_at", Float, nullable=False),
    )
    op.create_table(
        "gauge",
        Column("name", String, nullable=False),
        Column("subject", String, nullable=False),
        Column("value", Float, nullable=False),
        Column("words", String, nullable=False),
        Column("at", Float, nullable=False),
        PrimaryKeyConstraint("name", "subject"),
        UniqueConstraint("name", "subject"),
    )
