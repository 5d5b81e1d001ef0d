"""The store in one SQLite file: WAL, hand-written SQL, one writer at a time.

`connection` speaks to the engine and turns its errors into ours; `schema` and `migrate` say what
the file holds; `lock` keeps runs apart; the rest is the store itself, by what is asked of it:
`feeds` (feeds and runs), `items` (saving), `matching`, `reading`, `care`.
"""

from sigtrack.store.sqlite.store import SqliteStore, files_of, open_sqlite, unwritable_at

__all__ = ["SqliteStore", "files_of", "open_sqlite", "unwritable_at"]
