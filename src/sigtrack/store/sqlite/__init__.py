"""The store in one SQLite file: WAL, hand-written SQL, one writer at a time.

`connection` speaks to the engine and turns its errors into ours; `schema` and `migrate` define what
the file holds; `rows` turns values into columns and back; `lock` keeps runs apart. `store` puts the
parts together: `feeds` (feeds, runs, looks), `items` (saving), `names`, `matching`, `readings`,
`stories`, `item_marks`, `reading` (queries), `search`, `outbox`, `statements`, `care`.
"""

from sigtrack.store.sqlite.store import SqliteStore, files_of, open_sqlite, unwritable_at

__all__ = ["SqliteStore", "files_of", "open_sqlite", "unwritable_at"]
