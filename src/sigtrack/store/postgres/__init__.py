"""The store of a team: one PostgreSQL database, many fetchers and readers.

`store.sql` does most of the work. This package holds what PostgreSQL does differently: `connection`
translates SQL and the server's errors, `search` is the search index, and `store` makes the tables,
divides hosts among fetchers, and separates runs, matching and mail by advisory locks. A writer
takes a lock for its transaction, as in SQLite: rows are numbered in the order of commits, so a
reader who has read up to a number never misses a row with a lower one.
"""

from sigtrack.store.postgres.store import PostgresStore, open_postgres

__all__ = ["PostgresStore", "open_postgres"]
