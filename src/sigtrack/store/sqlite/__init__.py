"""The store in one SQLite file: WAL, one writer at a time.

`connection` speaks to the engine and turns its errors into ours; `migrate` brings a file to the
schema of `store.sql`; `search` is the index; `lock` keeps runs apart.
"""

from sigtrack.store.sqlite.store import (
    SqliteStore,
    copied_file,
    files_of,
    open_sqlite,
    unwritable_at,
)

__all__ = ["SqliteStore", "copied_file", "files_of", "open_sqlite", "unwritable_at"]
