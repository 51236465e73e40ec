from tests.storage.fixtures import (
    database,
    kept,
    kept_postgres,
    kept_sqlite,
    postgres_migrated,
    sqlite_template,
)

__all__ = [
    "database",
    "kept",
    "kept_postgres",
    "kept_sqlite",
    "postgres_migrated",
    "sqlite_template",
]
