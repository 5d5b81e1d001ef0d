"""The store of a team: one PostgreSQL database, many fetchers and readers.

The parts in `store.sql` do the work; here is what this engine does in its own way: `connection`
translates their SQL and the server's errors, `schema` makes the tables, `search` is the index,
`leases` shares out hosts among fetchers, `store` keeps runs, matching and mail apart by advisory
locks. Who writes takes a lock for the transaction, as SQLite has it: rows are numbered in the order
of commits, so that nothing is ever new behind the back of a reader who has come that far.
"""

from sigtrack.store.postgres.store import PostgresStore, open_postgres

__all__ = ["PostgresStore", "open_postgres"]
