"""The search index in SQLite: FTS5 tables that keep no text of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sigtrack.store.sql.database import Database, Indexed, SearchIndex

if TYPE_CHECKING:
    from sigtrack.text.search import Spelled

_COLUMNS: dict[Indexed, str] = {"words": "title, body", "bylines": "author, category"}


class FtsIndex(SearchIndex):
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, index: Indexed, rows: Iterable[tuple[int, str, str]]) -> None:
        self._database.execute_many(
            f"INSERT INTO {index} (rowid, {_COLUMNS[index]}) VALUES (?, ?, ?)", rows
        )

    def drop(self, index: Indexed, number: int, tokens: tuple[str, str]) -> None:
        # It keeps no text, so it must be told what to take out.
        self._database.execute(
            f"INSERT INTO {index} ({index}, rowid, {_COLUMNS[index]}) VALUES ('delete', ?, ?, ?)",
            (number, *tokens),
        )

    def holds(self, spelled: Spelled) -> tuple[str, ...]:
        expression = _expression(spelled)
        if not expression:
            return ("1 = 0",)
        index, number = ("words", "r.text") if _is_of_text(spelled) else ("bylines", "r.number")
        return (f"{number} IN (SELECT rowid FROM {index} WHERE {index} MATCH ?)", expression)

    def scores(self, wanted: Sequence[Spelled]) -> tuple[str, ...]:
        expression = " OR ".join(filter(None, map(_expression, wanted)))
        if not expression:
            return ()
        score = "bm25(words, 4.0, 1.0) AS score"
        return (f"SELECT rowid AS text, {score} FROM words WHERE words MATCH ?", expression)


def _is_of_text(spelled: Spelled) -> bool:
    return spelled.field in ("", "title")


def _expression(spelled: Spelled) -> str:
    """An expression for FTS5, "" if there are no tokens. Tokens hold letters and digits only."""
    from sigtrack.store.sql.search import phrases_of  # only searches need it: 20 ms

    written = [f'"{" ".join(tokens)}"{"*" * begins}' for tokens, begins in phrases_of(spelled)]
    column = f"{spelled.field} : " if spelled.field else ""
    return f"{column}({' OR '.join(written)})" if written else ""
