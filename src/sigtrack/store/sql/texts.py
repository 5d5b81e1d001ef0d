"""Whole texts: those of linked pages, one a revision, and the archive of statements.

A text belongs to a revision and stands beside the words that the feed brought: it has a fingerprint
of its own, and no revision is made of it. It arrives after its revision was matched, so it keeps a
mark of its own (`matched`): a run that dies in between leaves it to the next one.

The archive of statements: whole texts, kept until the user removes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sigtrack.model import ArchivedStatement, fingerprint_of
from sigtrack.store.interface import FullText, Linked
from sigtrack.store.sql.database import Database, StorePart, upsert
from sigtrack.store.sql.rows import RowForm, stamp

_STATEMENT = RowForm(
    ArchivedStatement,
    "id t, format=series t, level t, day=date d, title t, url t, language T, text t,"
    "fingerprint t, added_at m",
)
_ORDER = "ORDER BY format, day, number"


class StatementsPart(StorePart):
    def keep_statement(self, statement: ArchivedStatement) -> bool:
        """Add a statement. Return False, and add nothing, if its series has the same words
        already."""
        with self._database.transaction():
            if self._database.row("SELECT 1 FROM statements WHERE id = ?", (statement.id,)):
                return False
            self._database.insert("statements", _STATEMENT.columns, _STATEMENT.row(statement))
        return True

    def statements(self, series: str | None = None) -> list[ArchivedStatement]:
        """Return the statements of all series, or of one, by series, day and order of adding."""
        return statements(self._database, series)

    def find_statements(self, prefix: str) -> list[ArchivedStatement]:
        """Return the statements whose id (hex digits in lower case) begins so; may be empty."""
        sql = f"SELECT {_STATEMENT.columns} FROM statements WHERE id >= ? AND id < ? {_ORDER}"
        return self._database.values(_STATEMENT.value, sql, (prefix, prefix + "g"))

    def remove_statement(self, id: str) -> None:
        """Remove a statement for good. Nothing happens if there is none of this id."""
        self._database.execute("DELETE FROM statements WHERE id = ?", (id,))


def statements(database: Database, series: str | None) -> list[ArchivedStatement]:
    where, values = ("", ()) if series is None else ("WHERE format = ?", (series,))
    sql = f"SELECT {_STATEMENT.columns} FROM statements {where} {_ORDER}"
    return database.values(_STATEMENT.value, sql, values)


_FULL_TEXT = RowForm(
    FullText, "revision i, url t, at m, text t, tries i, due_at M, reason t, matched ?"
)
_READ = f"SELECT {_FULL_TEXT.columns} FROM full_texts"
_LINK = RowForm(Linked, "revision i, feed t, url t, language T, letters i, tries i")
_LINKED = """
    SELECT r.number, i.feed, r.url, r.language, length(t.title) + length(t.summary),
        coalesce(f.tries, 0)
    FROM (
        SELECT revision, max(priority) AS weight FROM sightings WHERE moment >= ?
        GROUP BY revision
    ) s
    CROSS JOIN revisions r ON r.number = s.revision
    CROSS JOIN items i ON i.number = r.item AND i.latest = r.number
    CROSS JOIN texts t ON t.number = r.text
    LEFT JOIN full_texts f ON f.revision = r.number
    WHERE r.url <> '' AND r.imported = 0 AND t.text = ''
        AND (f.revision IS NULL OR f.due_at <= ?)
    ORDER BY s.weight DESC, r.number DESC
"""
# A revision that was pruned or merged since its page was asked is skipped.
_SAVE = upsert(
    "full_texts",
    f"{_FULL_TEXT.columns}, fingerprint",
    key="revision",
    source="""
        SELECT number, ?2, ?3, ?4, ?5, CAST(?6 AS BIGINT), ?7, ?8, ?9
        FROM revisions WHERE number = ?1
    """,
)


class FullTextsPart(StorePart):
    def linked_pages(self, since: datetime, now: datetime) -> list[Linked]:
        """Return the latest revisions with a hit and a moment from `since` on whose linked page
        was not asked yet, or is due again: the most important first, then the newest.

        Items whose feed carries the article, and imported ones, are left out.
        """
        return self._database.values(_LINK.value, _LINKED, (stamp(since), stamp(now)))

    def save_full_texts(self, texts: Iterable[FullText]) -> None:
        """Save what pages said, in one transaction. Pruned revisions are skipped."""
        with self._database.transaction():
            rows = ((*_FULL_TEXT.row(one), _fingerprint(one.text)) for one in texts)
            self._database.execute_many(_SAVE, rows)

    def full_text(self, revision: int) -> FullText | None:
        sql = f"{_READ} WHERE revision = ?"
        return self._database.first(_FULL_TEXT.value, sql, (revision,))

    def full_text_at(self, url: str, since: datetime) -> FullText | None:
        """Return the last text that a page at this address gave from `since` on."""
        sql = f"{_READ} WHERE url = ? AND at >= ? AND text <> '' ORDER BY at DESC LIMIT 1"
        return self._database.first(_FULL_TEXT.value, sql, (url, stamp(since)))

    def unmatched_full_texts(self) -> list[int]:
        """Return the numbers of the revisions whose text is still to be matched."""
        sql = "SELECT revision FROM full_texts WHERE matched = 0 ORDER BY revision"
        return [row[0] for row in self._database.rows(sql)]

    def full_text_is_matched(self, revision: int) -> None:
        self._database.execute("UPDATE full_texts SET matched = 1 WHERE revision = ?", (revision,))


def garbled_texts(database: Database) -> int:
    """Return how many texts are not as they were written. Raises StoreCorrupt for other types."""
    garbled = 0
    for *row, fingerprint in database.each(_READ.replace(" FROM", ", fingerprint FROM")):
        text = database.read(_FULL_TEXT.value, tuple(row)).text
        garbled += _fingerprint(text) != fingerprint
    return garbled


def _fingerprint(text: str) -> str:
    return fingerprint_of("", "", text)
