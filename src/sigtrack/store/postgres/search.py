"""The search index in PostgreSQL: our own tokens, found with GIN and scored as in FTS5.

A row keeps the tokens of its two columns as text, each token between two spaces (` a  b `), so a
phrase is a piece of that text. The GIN index over the tokens finds the few rows that may contain
the phrase. This needs only core PostgreSQL, and no dictionary of the server is used.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sigtrack.store.sql.database import Indexed, SearchIndex
from sigtrack.text.grams import without_accents

if TYPE_CHECKING:
    from sigtrack.store.postgres.connection import PostgresDatabase
    from sigtrack.text.search import Spelled

_COLUMNS: dict[Indexed, tuple[str, str]] = {
    "words": ("title", "body"),
    "bylines": ("author", "category"),
}
_WEIGHTS = (4.0, 1.0)  # of title and body
_K1, _B = 1.2, 0.75
_LONGEST = 200  # characters of a token in the GIN index, which accepts 2,046 bytes
_MOST = 200_000  # characters of the tokens of a row: the limit is 1 MB; longer texts are scanned
ROWS, TOTAL = "texts in the index", "words in the index"  # rows of `numbers`


class _Phrase(NamedTuple):
    """A phrase to look for: `place` in the kept text, `query` among the tokens of GIN."""

    place: str
    query: str
    is_exact: bool  # one whole token, for which the GIN index alone decides


class TokenIndex(SearchIndex):
    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def add(self, index: Indexed, rows: Iterable[tuple[int, str, str]]) -> None:
        first, second = _COLUMNS[index]
        lengths: list[int] = []

        def made(number: int, *tokens: str) -> tuple[int | str | None, ...]:
            columns = [list(map(without_accents, one.split())) for one in tokens]
            lengths.append(sum(map(len, columns)))
            found_by = _found_by([*columns[0], *columns[1]])
            return (number, *map(_kept, columns), lengths[-1], found_by)

        self._database.execute_many(
            f"""
            INSERT INTO {index} (number, {first}, {second}, length, tokens)
            VALUES (?, ?, ?, ?, array_to_tsvector(string_to_array(?, ' ')))
            """,
            (made(*row) for row in rows),
        )
        if index == "words":
            self._count(len(lengths), sum(lengths))

    def drop(self, index: Indexed, number: int, tokens: tuple[str, str]) -> None:
        self._database.execute(f"DELETE FROM {index} WHERE number = ?", (number,))
        if index == "words":
            self._count(-1, -sum(len(one.split()) for one in tokens))

    def _count(self, rows: int, words: int) -> None:
        self._database.count(ROWS, rows)
        self._database.count(TOTAL, words)

    def holds(self, spelled: Spelled) -> tuple[str, ...]:
        phrases = list(_phrases(spelled))
        if not phrases:
            return ("1 = 0",)
        index, number = ("words", "r.text") if _is_of_text(spelled) else ("bylines", "r.number")
        sql, values = _any_of(phrases, _columns(spelled))
        return (f"{number} IN (SELECT x.number FROM {index} x WHERE {sql})", *values)

    def scores(self, wanted: Sequence[Spelled]) -> tuple[str, ...]:
        """Use the formula of FTS5, so that both stores give the same order."""
        counted = [(one, _columns(spelled)) for spelled in wanted for one in _phrases(spelled)]
        if not counted:
            return ()
        rows = self._database.last_number(ROWS)
        usual = self._database.last_number(TOTAL) / max(rows, 1) or 1.0
        scores, holding = [], []
        values: list[str] = []
        of_where: list[str] = []
        for phrase, columns in counted:
            sql, these = _any_of([phrase], columns)
            holding.append(sql)
            of_where += these
            hits = int(self._database.value(f"SELECT count(*) FROM words x WHERE {sql}", these))
            weight = max(math.log((rows - hits + 0.5) / (hits + 0.5)), 1e-6) if hits else 1e-6
            often = " + ".join(
                f"{_WEIGHTS[_COLUMNS['words'].index(column)]} * {_TIMES.format(column)}"
                for column in columns
            )
            values += [phrase.place] * (4 * len(columns))
            bound = f"{_K1} * ({1 - _B} + {_B} * x.length / {usual!r})"
            scores.append(f"{weight!r} * (({often}) * {_K1 + 1.0}) / (({often}) + {bound})")
        sql = f"""
            SELECT x.number AS text, -1.0 * ({" + ".join(scores)}) AS score
            FROM words x WHERE {" OR ".join(holding)}
        """
        return (sql, *values, *of_where)


# The number of times that a phrase occurs in a column.
_TIMES = "((length(x.{0}) - length(replace(x.{0}, ?::text, ''))) / length(?::text))::float8"


def _any_of(phrases: Sequence[_Phrase], columns: Sequence[str]) -> tuple[str, list[str]]:
    """Return a condition and its values: true if a row `x` of the index contains a phrase."""
    parts: list[str] = []
    values: list[str] = []
    stands = " OR ".join(f"position(?::text in x.{column}) > 0" for column in columns)
    for phrase in phrases:
        if phrase.is_exact and len(columns) > 1:
            parts.append(f"(x.tokens @@ ?::tsquery OR x.tokens IS NULL AND ({stands}))")
        else:
            parts.append(f"((x.tokens @@ ?::tsquery OR x.tokens IS NULL) AND ({stands}))")
        values += [phrase.query, *[phrase.place] * len(columns)]
    return f"({' OR '.join(parts)})", values


def _phrases(spelled: Spelled) -> Iterator[_Phrase]:
    from sigtrack.store.sql.search import phrases_of  # 20 ms, and only a search needs it

    for words, begins in phrases_of(spelled):
        tokens = list(map(without_accents, words))
        place, query = _kept(tokens), " & ".join(f"'{one[:_LONGEST]}'" for one in tokens)
        if begins:
            place, query = place[:-1], f"{query}:*"
        alone = len(tokens) == 1 and len(tokens[0]) <= _LONGEST
        yield _Phrase(place, query, alone and not begins)


def _columns(spelled: Spelled) -> tuple[str, ...]:
    return (spelled.field,) if spelled.field else _COLUMNS["words"]


def _is_of_text(spelled: Spelled) -> bool:
    return spelled.field in ("", "title")


def _kept(tokens: Iterable[str]) -> str:
    return "".join(f" {token} " for token in tokens)


def _found_by(tokens: Iterable[str]) -> str | None:
    cut = sorted({token[:_LONGEST] for token in tokens})
    return " ".join(cut) if sum(map(len, cut)) <= _MOST else None
