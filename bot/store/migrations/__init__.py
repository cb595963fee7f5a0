"""The steps from an older database to `tables.py`; run at every start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from bot.store.cipher import StoreError

HERE = Path(__file__).parent


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the database up to `to`, in one transaction: a step that fails leaves it as it was.

    Raises `StoreError` when a newer release has been at the database.
    """
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError:
        raise StoreError("this database was made by a newer release of Chaperone") from None
