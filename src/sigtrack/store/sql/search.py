"""A search (see `text.search`) as SQL.

Each word or phrase is a query of the index of words or of bylines; AND, OR and NOT become SQL. The
index does not know how near words stand to each other, or in which letters they are written. Such a
search finds too much in SQL, and `SearchJudge` decides item by item, in the order of the answer,
until there are enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal, assert_never

from sigtrack.model import StoredItem
from sigtrack.store.interface import Query
from sigtrack.store.sql.database import Database, SearchIndex, index_of
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

    def fits(stored: StoredItem) -> bool:
        item = stored.item
        body = f"{item.summary}\n{item.text}"
        return judge.stands_in(Searched(item.title, body, item.author, item.categories))

    return islice(filter(fits, found), query.limit)


def _condition(index: SearchIndex, search: Search) -> tuple[str, ...]:
    """SQL and its values. The condition is true of all items that fit the search, and of no others
    unless the search needs a judge. What asks for words of the text is asked together: every text
    is in that index, while only items with bylines are in the other."""
    if _is_of_words(search):
        sql, *values = _tree(search, index.holds)
        return (index.of_revision("words", sql), *values)

    def of_revision(spelled: Spelled) -> tuple[str, ...]:
        sql, *values = index.holds(spelled)
        return (index.of_revision(index_of(spelled), sql), *values)

    if isinstance(search, Every | AnyOf):
        words = tuple(filter(_is_of_words, search.parts))
        others = [part for part in search.parts if part not in words]
        parts = [type(search)(words), *others] if words else others
        return _joined(search, [_condition(index, part) for part in parts])
    return _tree(search, of_revision)


def _tree(search: Search, holds: Callable[[Spelled], tuple[str, ...]]) -> tuple[str, ...]:
    match search:
        case Spelled():
            return holds(search)
        case Nearby():
            return _joined(search, [holds(search.left), holds(search.right)])
        case Every() | AnyOf():
            return _joined(search, [_tree(part, holds) for part in search.parts])
        case Without():
            if needs_judge(search.part):  # finds too much, so NOT leaves out too much
                return ("1 = 1",)
            sql, *values = _tree(search.part, holds)
            return (f"NOT {sql}", *values)
        case _:
            assert_never(search)


def _joined(search: Search, found: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    word = " OR " if isinstance(search, AnyOf) else " AND "
    sql = word.join(one for one, *_ in found)
    return (f"({sql})", *(value for _, *values in found for value in values))


def _is_of_words(search: Search) -> bool:
    """Whether a search asks only for words of title and text."""
    return all(index_of(one) == "words" for one in spelled_in(search, negated=True))


def phrases_of(spelled: Spelled) -> list[tuple[tuple[str, ...], bool]]:
    """Its spellings as tokens, and whether the last one may go on; without those that hold none."""
    phrases = (phrase_tokens(one.words, begins=one.begins) for one in spelled.spellings)
    return [(tokens, begins) for tokens, begins in phrases if tokens]
