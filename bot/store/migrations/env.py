"""Alembic's entry: runs the steps on the connection that `upgrade` handed over."""

from alembic import context

from bot.store import tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables.metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
    transactional_ddl=True,  # SQLite can roll back tables; Alembic assumes that it cannot
)
with context.begin_transaction():
    # The driver is in autocommit mode; IMMEDIATE keeps a second process from upgrading at the same time.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.run_migrations()
