"""The schema of `store.sql.schema` for PostgreSQL, with two more tables.

Texts compare by their bytes (COLLATE "C") as in SQLite, whatever the locale of the server.
`numbers` holds the last number of each table, and totals. `hosts` holds the leases: which run may
ask a host, and until when by the server's clock; a host without a run rests. The views for other
programs are not made: they are written in SQLite's SQL, and a backup is a file that has them.
"""

from __future__ import annotations

import re

from sigtrack.errors import NoStore, StoreNewer
from sigtrack.store.postgres.connection import SCHEMA, PostgresDatabase
from sigtrack.store.sql.schema import STEPS

_OURS = """
    CREATE TABLE numbers (name TEXT PRIMARY KEY, last BIGINT NOT NULL);
    CREATE TABLE hosts (
        host TEXT COLLATE "C" PRIMARY KEY,
        run BIGINT,
        until TIMESTAMPTZ NOT NULL DEFAULT '-infinity'
    );
"""
_INDEX = """
    CREATE TABLE {0} (
        number BIGINT PRIMARY KEY,
        {1} TEXT COLLATE "C" NOT NULL,
        {2} TEXT COLLATE "C" NOT NULL,
        length BIGINT NOT NULL,
        tokens TSVECTOR
    );
    CREATE INDEX {0}_by_tokens ON {0} USING GIN (tokens);
    CREATE INDEX {0}_without ON {0} (number) WHERE tokens IS NULL
"""
_TYPES = {"INTEGER": "BIGINT", "TEXT": 'TEXT COLLATE "C"', "BLOB": "BYTEA"}
_TYPE = re.compile(rf"\b({'|'.join(_TYPES)})\b")
_VIRTUAL = re.compile(r"\s*CREATE VIRTUAL TABLE (\w+) USING fts5 \(\s*(\w+), (\w+),")
_OF_VIEWS = re.compile(r"\s*(?:CREATE|DROP) VIEW ")
_CREATED = re.compile(r"CREATE (?:VIRTUAL )?TABLE (\w+)")


def prepare(database: PostgresDatabase, *, create: bool) -> None:
    """Make an empty, old or current schema usable.

    Raises NoStore if there is no store and `create` is false, StoreNewer for a later schema, and
    StoreCorrupt if the schema is not one that sigtrack may change.
    """
    if _version(database, create=create) == len(STEPS):
        return
    with database.transaction():
        version = _version(database, create=create)  # another process may have been faster
        steps = [_OURS] if version == 0 else []
        found = (statement for step in STEPS[version:] for statement in step)
        steps += [translated(one) for one in found if not _OF_VIEWS.match(one)]
        database.script(";".join(steps))
        database.set_last_number(SCHEMA, len(STEPS))


def _version(database: PostgresDatabase, *, create: bool) -> int:
    version = database.schema()
    if version > len(STEPS):
        raise StoreNewer(
            f"{database.name} was written by a newer sigtrack (schema {version}, "
            f"this one knows {len(STEPS)})",
            hint="upgrade with: pip install -U sigtrack",
        )
    if version == 0 and not create:
        raise NoStore(
            f"there is no database of sigtrack in {database.name}",
            hint="begin with: sigtrack fetch, or copy one there with: sigtrack db copy",
        )
    if version == 0 and (taken := _taken(database)):
        raise database.damaged(f"another program has a table {taken} there")
    return version


def _taken(database: PostgresDatabase) -> str:
    """Return a table of this schema that has the name of one of ours, "" if there is none."""
    ours = {name for step in STEPS for one in step for name in _CREATED.findall(one)}
    theirs = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
    rows = database.rows(theirs)
    return min(ours & {row[0] for row in rows}, default="")


def translated(statement: str) -> str:
    """Translate a statement of a migration step for PostgreSQL."""
    if index := _VIRTUAL.match(statement):
        return _INDEX.format(*index.groups())
    statement = statement.replace(" AUTOINCREMENT", "").replace("WITHOUT ROWID", "")
    statement = statement.replace("COLUMN offset", 'COLUMN "offset"')
    return _TYPE.sub(lambda found: _TYPES[found[0]], statement)
