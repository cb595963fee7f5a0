"""Who belongs and why: the history of each stay, the register of partners, accounts matched by a person."""

from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
)  # fmt: skip

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("employer", "department", "person", "why", "admitted"):
        op.add_column("membership", Column(name, String, nullable=False, server_default=""))
    op.add_column("membership", Column("belongs", Boolean))
    op.add_column("membership", Column("warned_at", Float))
    op.create_table(
        "standing",
        Column("id", Integer, autoincrement=True, nullable=False),
        Column("stay", Integer, nullable=False),
        Column("at", Float, nullable=False),
        Column("standing", String, nullable=False),
        Column("matched_by", String, nullable=False),
        Column("why", String, nullable=False),
        Column("belongs", Boolean),
        Column("admitted", String, nullable=False),
        ForeignKeyConstraint(["stay"], ["membership.id"]),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("standing_stay", "standing", ["stay", "at"])
    op.create_table(
        "partner",
        Column("id", Integer, autoincrement=True, nullable=False),
        *(
            Column(n, String, nullable=False)
            for n in ("platform", "tenant", "conversation", "kind", "key", "name")
        ),
        Column("purpose", String, nullable=False),
        Column("sponsor", String, nullable=False),
        Column("since", Float, nullable=False),
        Column("until", Float, nullable=False),
        Column("added_by", String, nullable=False),
        Column("ended_at", Float),
        Column("ended_by", String),
        Column("warned_at", Float),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("partner_key", "partner", ["tenant", "key"])
    op.create_table(
        "identity",
        *(
            Column(n, String, nullable=False)
            for n in ("platform", "tenant", "user", "directory", "person", "set_by")
        ),
        Column("at", Float, nullable=False),
        PrimaryKeyConstraint("platform", "tenant", "user"),
    )
