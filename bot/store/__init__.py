"""The database: tables, migrations, one writer."""
