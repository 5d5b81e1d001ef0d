"""A search (see `text.search`) as SQL.

Each word or phrase is a query of the index of words or of bylines; AND, OR and NOT become SQL. The
index does not know how near words stand to each other, or in which letters they are written. Such a
search finds too much in SQL, and `SearchJudge` decides item by item, in the order of the answer,
until there are enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal, assert_never

from sigtrack.model import StoredItem
from sigtrack.store.interface import Query
from sigtrack.store.sql.database import Database, SearchIndex
from sigtrack.store.sql.reading import ITEMS_ALONE, revision, select, where_of
from sigtrack.text.search import (
    AnyOf,
    Every,
    Nearby,
    Search,
    Searched,
    SearchJudge,
    Spelled,
    Without,
    needs_judge,
    phrase_tokens,
    spelled_in,
)

# The rank is joined to the result, so that items without any of the words come last.
_WITH_RANK = f"{ITEMS_ALONE} LEFT JOIN ({{}}) b ON b.text = r.text"


def search(
    database: Database, asked: Search, query: Query, order: Literal["date", "rank"]
) -> Iterator[StoredItem]:
    where = where_of(query, "r.moment")
    where.add(*_condition(database.index, asked))
    tables, by = ITEMS_ALONE, ""
    words = [one for one in spelled_in(asked) if one.field in ("", "title")]
    if order == "rank" and (scores := database.index.scores(words)):
        tables, by = _WITH_RANK.format(scores[0]), "b.score IS NULL, b.score, "
        where.values[:0] = scores[1:]
    is_judged = needs_judge(asked)
    rows = select(
        database,
        tables,
        where,
        f"ORDER BY {by}r.moment DESC, r.number DESC",
        replace(query, limit=None) if is_judged else query,
        "r.number",
    )
    found = (revision(database, number) for (number,) in rows)
    if not is_judged:
        return found
    judge = SearchJudge(asked)
    return islice((one for one in found if judge.stands_in(_searched(one))), query.limit)


def _searched(stored: StoredItem) -> Searched:
    item = stored.item
    return Searched(item.title, f"{item.summary}\n{item.text}", item.author, item.categories)


def _condition(index: SearchIndex, search: Search) -> tuple[str, ...]:
    """SQL and its values. The condition is true of all items that fit the search, and of no others
    unless the search needs a judge."""
    match search:
        case Spelled():
            return index.holds(search)
        case Nearby():
            return _joined("AND", index.holds_all((search.left, search.right)))
        case Every():
            words = [part for part in search.parts if isinstance(part, Spelled)]
            others = (part for part in search.parts if not isinstance(part, Spelled))
            found = [*index.holds_all(words), *(_condition(index, part) for part in others)]
            return _joined("AND", found)
        case AnyOf():
            return _joined("OR", [_condition(index, part) for part in search.parts])
        case Without():
            if needs_judge(search.part):  # finds too much, so NOT leaves out too much
                return ("1 = 1",)
            sql, *values = _condition(index, search.part)
            return (f"NOT {sql}", *values)
        case _:
            assert_never(search)


def _joined(word: str, found: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    sql = f" {word} ".join(one for one, *_ in found)
    return (f"({sql})", *(value for _, *values in found for value in values))


def phrases_of(spelled: Spelled) -> list[tuple[tuple[str, ...], bool]]:
    """Its spellings as tokens, and whether the last one may go on; without those that hold none."""
    phrases = (phrase_tokens(one.words, begins=one.begins) for one in spelled.spellings)
    return [(tokens, begins) for tokens, begins in phrases if tokens]
