"""The parts of a store, written once in SQL for SQLite and PostgreSQL.

`database` says what an engine must do, `schema` what it holds; the rest is the store, by what is
asked of it: `feeds` (feeds and runs), `items` (saving), `readings` (also of watchlists), `reading`
(queries), `stories`, `outbox`, `texts` (whole texts) and `care`.
"""
