"""How the inspection of a file ended, and finding a file's incidents."""

from alembic import op
from sqlalchemy import Column, String

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incident", Column("outcome", String))
    op.create_index("incident_place", "incident", ["tenant", "place"])
