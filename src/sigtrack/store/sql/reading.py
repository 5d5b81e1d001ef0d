"""Queries: hits and items in a window, searches, and one item with its revisions."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from sigtrack.errors import InputUnreadable
from sigtrack.model import StoredItem, Visit
from sigtrack.store.interface import Extent, Found, Member, Outline, Query
from sigtrack.store.sql.database import Database, Row, StorePart
from sigtrack.store.sql.rows import (
    HIT_COLUMNS,
    ITEM_COLUMNS,
    ITEM_WIDTH,
    TITLE_COLUMNS,
    RowForm,
    check_kinds,
    hit,
    on_clock,
    stamp,
    stored_item,
    visits,
)
from sigtrack.store.sql.stories import STARRED

if TYPE_CHECKING:
    from sigtrack.text.search import Search

# CROSS JOIN fixes the order of loops: the first table is the one whose index holds the window.
_TEXTS = "CROSS JOIN texts t ON t.number = r.text"
_HITS_ALONE = """
    FROM sightings s
    CROSS JOIN hits h ON h.number = s.hit
    CROSS JOIN revisions r ON r.number = s.revision
    CROSS JOIN items i ON i.number = r.item
"""
_HITS = _HITS_ALONE + _TEXTS
ITEMS_ALONE = """
    FROM revisions r
    CROSS JOIN items i ON i.number = r.item AND i.latest = r.number
"""
_ITEMS = ITEMS_ALONE + _TEXTS
_MEMBERS = """
    SELECT
        coalesce(i.story, i.id), r.number, i.id, i.uid, i.feed,
        r.moment, r.language, r."offset",
        coalesce((SELECT zone FROM zones WHERE zones.feed = i.feed), '')
    FROM items i CROSS JOIN revisions r ON r.number = i.latest
"""
_OUTLINE = """
    i.id, r.number, i.feed, coalesce(nullif(i.story, ''), nullif(r.fingerprint, ''), i.id),
    r.moment, r.revision, r.revised_at
"""
_SOME = """r.number IN (
    SELECT CAST(value AS BIGINT) FROM json_each(?)
    UNION SELECT number FROM revisions WHERE revised_at IS NOT NULL
    UNION SELECT latest FROM items WHERE feed IN (SELECT value FROM json_each(?))
)"""
_OUTLINED = RowForm(Outline, "id t, number i, feed t, story t, moment m, revision i, revised_at M")
_EXTENDED = RowForm(Extent, "feed t, earliest m, latest m, lowest i, highest i")
_EXTENT = "i.feed, min(r.moment), max(r.moment), min(r.number), max(r.number)"
_REVISIONS = f"FROM revisions r CROSS JOIN items i ON i.number = r.item {_TEXTS}"
_VISITS = _ITEMS.replace(
    "FROM revisions r", "FROM visits_read x CROSS JOIN revisions r ON r.number = x.revision"
)
_BY_ID = f"FROM items i CROSS JOIN revisions r ON r.number = i.latest {_TEXTS}"
_NUMBER = 5  # where a row with an item has the number of its revision
_AMBIGUOUS = 5  # how many candidates a message lists


class _Conditions:
    """A WHERE clause and its values, built together."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.values: list[Any] = []

    def add(self, sql: str, *values: Any) -> None:
        self._parts.append(sql)
        self.values += values

    def any_of(self, column: str, wanted: tuple[str, ...]) -> None:
        if wanted:
            self.add(f"{column} IN (SELECT value FROM json_each(?))", json.dumps(wanted))

    def __str__(self) -> str:
        return "WHERE " + " AND ".join(self._parts) if self._parts else ""


class QuestionsPart(StorePart):
    def hits(self, query: Query, *, articles: bool = True) -> Iterator[Found]:
        """Yield hits in the latest revision of items, newest moment first. Without `articles`
        items have no summary and no texts, which tables do not show and which may be long."""
        columns = ITEM_COLUMNS if articles else TITLE_COLUMNS
        return _hits(self._database, query, _of_new_hits(query), columns)

    def hits_by_feed(self, query: Query) -> dict[str, int]:
        """Return how many of the hits are in items of each feed; `limit` does not apply."""
        where = _of_new_hits(query)
        sql = f"SELECT i.feed, count(*) {_HITS_ALONE} {where} GROUP BY i.feed"
        return {str(feed): int(n) for feed, n in self._database.each(sql, tuple(where.values))}

    def items(self, query: Query) -> Iterator[StoredItem]:
        """Yield items in their latest revision, newest moment first."""
        where = where_of(query, "r.moment")
        order = "ORDER BY r.moment DESC, r.number DESC"
        rows = select(self._database, _ITEMS, where, order, query)
        return self._database.read_all(stored_item, rows)

    def visits(self, query: Query) -> Iterator[tuple[StoredItem, tuple[Visit, ...]]]:
        """Yield items whose latest revision tells of visits, newest moment first. Summaries and
        texts are left out, because nobody needs them here and some have megabytes."""
        where = where_of(query, "r.moment")
        order = "ORDER BY r.moment DESC, r.number DESC"
        rows = select(self._database, _VISITS, where, order, query, f"{TITLE_COLUMNS}, x.content")
        return self._database.read_all(_reading, rows)

    def outlines(
        self, query: Query, numbers: Collection[int] | None = None, *, all_of: Collection[str] = ()
    ) -> Iterator[Outline]:
        """Yield items in their latest revision, in no order; `limit` does not apply. With
        `numbers`: only these revisions, items that were edited, and items of the feeds `all_of`."""
        where = where_of(query, "r.moment")
        if numbers is not None:
            where.add(_SOME, json.dumps(list(numbers)), json.dumps(list(all_of)))
        sql = f"SELECT {_OUTLINE} {ITEMS_ALONE} {where}"
        return self._database.read_all(
            _OUTLINED.value, self._database.each(sql, tuple(where.values))
        )

    def extents(self, query: Query) -> Iterator[Extent]:
        """Yield the extent of each feed that has items; `limit` does not apply."""
        where = where_of(query, "r.moment")
        sql = f"SELECT {_EXTENT} {ITEMS_ALONE} {where} GROUP BY i.feed"
        return self._database.read_all(
            _EXTENDED.value, self._database.each(sql, tuple(where.values))
        )

    def hit_revisions(self, query: Query) -> set[int]:
        """Return the numbers of latest revisions that have hits of the query."""
        where = _of_hits(query)
        sql = f"SELECT DISTINCT s.revision {_HITS_ALONE} {where}"
        return {int(number) for (number,) in self._database.each(sql, tuple(where.values))}

    def revision(self, number: int) -> StoredItem:
        """Return the item in the revision of this number. Raises InputUnreadable if pruned."""
        return revision(self._database, number)

    def extent(self, query: Query) -> tuple[int, StoredItem | None, StoredItem | None]:
        """Return how many items are in the window, and the earliest and the latest of them."""
        where = where_of(query, "r.moment")
        number = self._database.value(f"SELECT count(*) {_ITEMS} {where}", tuple(where.values))
        ends = []
        for way in ("ASC", "DESC"):
            order = f"ORDER BY r.moment {way}, r.number {way}"
            only = replace(query, limit=1)
            rows = select(self._database, _ITEMS, where, order, only, TITLE_COLUMNS)
            ends.append(next((self._database.read(stored_item, row) for row in rows), None))
        return int(number), ends[0], ends[1]

    def search(
        self, asked: Search, query: Query, *, order: Literal["date", "rank"] = "date"
    ) -> Iterator[StoredItem]:
        """Yield items whose latest revision fits the search, as `text.search.SearchJudge` decides:
        the latest first ("date"), or the best fit first ("rank")."""
        from sigtrack.store.sql import search  # only searches need it: 20 ms

        return search.search(self._database, asked, query, order)

    def members(self, query: Query, *, every: bool) -> Iterator[Member]:
        """Yield, in no order, all members of the stories in which the query finds an item with
        hits, or with `every` any item."""
        if every:
            tables, where = ITEMS_ALONE, where_of(query, "r.moment")
        else:
            tables, where = _HITS_ALONE, _of_new_hits(query)
        rows = self._database.each(  # with OR for UNION, PostgreSQL reads all items
            f"""
            WITH asked AS (SELECT DISTINCT coalesce(i.story, i.id) AS story {tables} {where})
            {_MEMBERS} WHERE i.story IN (SELECT story FROM asked)
            UNION ALL
            {_MEMBERS} WHERE i.story IS NULL AND i.id IN (SELECT story FROM asked)
            """,
            tuple(where.values),
        )
        return self._database.read_all(_member, rows)

    def items_of_stories(self, ids: Collection[str]) -> Iterator[StoredItem]:
        """Yield all items of these stories, story by story, earliest first."""
        where = _Conditions()
        where.add("i.story IN (SELECT value FROM json_each(?))", json.dumps(sorted(ids)))
        rows = self._database.each(
            f"SELECT {ITEM_COLUMNS} {_BY_ID} {where} ORDER BY i.story, r.moment, i.id",
            tuple(where.values),
        )
        return self._database.read_all(stored_item, rows)

    def get(self, prefix: str) -> StoredItem:
        """Return the item whose id begins so (3 characters or more), in its latest revision.

        Raises InputUnreadable if there is none, or more than one (the hint lists them).
        """
        wanted = prefix.strip().lower()
        if len(wanted) < 3 or not set(wanted) <= set("0123456789abcdef"):
            raise InputUnreadable(
                f'"{prefix}" is not an item id',
                hint="an id is 3 to 12 characters of 0-9 and a-f, as shown by: sigtrack report",
            )
        rows = self._database.rows(
            f"""
            SELECT {ITEM_COLUMNS} {_BY_ID}
            WHERE i.id >= ?1 AND i.id < ?2 ORDER BY i.id LIMIT ?3
            """,
            (wanted, wanted + "g", _AMBIGUOUS + 1),
        )
        if not rows:
            raise InputUnreadable(
                f'no item has an id that begins with "{prefix}"', hint="look at: sigtrack search"
            )
        if len(rows) > 1:
            more = ", ..." if len(rows) > _AMBIGUOUS else ""
            some = ", ".join(row[0] for row in rows[:_AMBIGUOUS])
            raise InputUnreadable(
                f'several items have an id that begins with "{prefix}"', hint=f"{some}{more}"
            )
        return self._database.read(stored_item, rows[0])

    def revisions(self, id: str) -> list[StoredItem]:
        """Return every revision of the item, oldest first."""
        return self._database.values(
            stored_item,
            f"""
            SELECT {ITEM_COLUMNS}
            FROM items i
            JOIN revisions r ON r.item = i.number
            JOIN texts t ON t.number = r.text
            WHERE i.id = ?
            ORDER BY r.number
            """,
            (id,),
        )

    def edited(self, query: Query) -> Iterator[StoredItem]:
        """Yield revisions that replaced an earlier one, the latest edit first. The window of the
        query applies to the time of the edit."""
        where = where_of(query, "r.revised_at")
        where.add("r.revised_at IS NOT NULL AND i.latest IS NOT NULL")
        order = "ORDER BY r.revised_at DESC, r.number DESC"
        rows = select(self._database, _REVISIONS, where, order, query)
        return self._database.read_all(stored_item, rows)

    def hits_of(self, id: str) -> list[Found]:
        """Return the hits in every revision of the item, latest revision first."""
        return self._database.values(
            _found(),
            f"""
            SELECT {ITEM_COLUMNS}, {HIT_COLUMNS}
            FROM items i
            JOIN revisions r ON r.item = i.number
            JOIN texts t ON t.number = r.text
            JOIN sightings s ON s.revision = r.number
            JOIN hits h ON h.number = s.hit
            WHERE i.id = ?
            ORDER BY r.number DESC, h.number
            """,
            (id,),
        )


def revision(database: Database, number: int) -> StoredItem:
    sql = f"SELECT {ITEM_COLUMNS} {_REVISIONS} WHERE r.number = ?"
    stored = database.first(stored_item, sql, (number,))
    if stored is None:
        raise InputUnreadable("items were pruned in the meantime", hint="run it again")
    return stored


def unread_hits(database: Database, query: Query, digest: str, after: int) -> Iterator[Found]:
    """Yield hits that the digest has not told (see `outbox`)."""
    where = _of_hits(query)
    where.add("(s.hit > ? OR s.hit IN (SELECT hit FROM unseen WHERE digest = ?))", after, digest)
    return _hits(database, query, where)


def _of_hits(query: Query) -> _Conditions:
    where = where_of(query, "s.moment")
    where.add("i.latest = r.number")
    where.any_of("h.watchlist", query.watchlists)
    if query.priority is not None:
        where.add("s.priority >= ?", query.priority.rank)
    return where


def _of_new_hits(query: Query) -> _Conditions:
    where = _of_hits(query)
    if query.after_hit is not None:
        where.add("s.hit > ?", query.after_hit)
    return where


def _hits(
    database: Database, query: Query, where: _Conditions, columns: str = ITEM_COLUMNS
) -> Iterator[Found]:
    """Yield hits of one revision together."""
    order = "ORDER BY s.moment DESC, s.revision DESC, s.hit"
    rows = select(database, _HITS, where, order, query, f"{columns}, {HIT_COLUMNS}")
    return database.read_all(_found(), rows)


def _reading(row: Row) -> tuple[StoredItem, tuple[Visit, ...]]:
    return stored_item(row[:ITEM_WIDTH]), visits(row[ITEM_WIDTH])


def _member(row: Row) -> Member:
    check_kinds(row, "titttiTit")
    return Member._make((*row[:5], on_clock(*row[5:])))


def where_of(query: Query, moment: str) -> _Conditions:
    where = _Conditions()
    if query.since is not None:
        where.add(f"{moment} >= ?", stamp(query.since))
    if query.until is not None:
        where.add(f"{moment} < ?", stamp(query.until))
    if query.after_revision is not None:
        where.add("r.number > ?", query.after_revision)
    where.any_of("i.feed", query.sources)
    if query.starred:
        where.add(STARRED)
    if query.languages:
        ways = ["lower(r.language) = ? OR lower(r.language) LIKE ? || '-%'"] * len(query.languages)
        tags = (tag.lower() for tag in query.languages)
        where.add(f"({' OR '.join(ways)})", *(tag for tag in tags for _ in "12"))
    return where


def select(
    database: Database,
    tables: str,
    where: _Conditions,
    order: str,
    query: Query,
    columns: str = ITEM_COLUMNS,
) -> Iterator[Row]:
    limit = "" if query.limit is None else f"LIMIT {max(query.limit, 0)}"
    return database.each(f"SELECT {columns} {tables} {where} {order} {limit}", where.values)


def _found() -> Callable[[Row], Found]:
    """Return what reads rows with hits. Rows of one revision share the item if they follow each
    other: it may have megabytes, and reading it is most of the work."""
    stored: StoredItem | None = None

    def found(row: Row) -> Found:
        nonlocal stored
        if stored is None or stored.number != row[_NUMBER]:
            stored = stored_item(row[:ITEM_WIDTH])
        of_hit = row[ITEM_WIDTH:]
        return Found(stored, hit(of_hit, stored.id), of_hit[0])

    return found
