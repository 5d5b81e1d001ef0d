"""The names of feeds and items: which document a feed id stands for, and items that are renamed or
merged, with everything that belongs to them."""

from __future__ import annotations

from collections.abc import Iterable

from sigtrack.model import KnownItem, Origin, Renaming, item_id
from sigtrack.store.sql import item_marks
from sigtrack.store.sql.care import drop_bylines, drop_orphaned_texts
from sigtrack.store.sql.database import Database, StorePart
from sigtrack.store.sql.items import add_handles, all_known
from sigtrack.store.sql.readings import forget


class Names(StorePart):
    def origin(self, feed: str) -> Origin | None:
        row = self._database.row("SELECT itself, site, title FROM origins WHERE feed = ?", (feed,))
        return None if row is None else Origin(itself=row[0], site=row[1], title=row[2])

    def keep_origin(self, feed: str, origin: Origin) -> None:
        self._database.execute(
            "INSERT INTO origins (feed, itself, site, title) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (feed, origin.itself, origin.site, origin.title),
        )

    def misnamed(self, feed: str) -> list[KnownItem]:
        if not self._database.value("SELECT 1 FROM misnamed WHERE feed = ?", (feed,)):
            return []
        return all_known(self._database, feed)

    def rename(self, feed: str, renamings: Iterable[Renaming]) -> None:
        merged = False
        with self._database.transaction():
            for renaming in renamings:
                kept, *others = _numbers(self._database, feed, renaming.former)
                for other in others:
                    _merge(self._database, kept, other)
                    merged = True
                _call(self._database, kept, feed, renaming.uid)
                self._database.execute(
                    "UPDATE revisions SET url = ?"
                    " WHERE number = (SELECT latest FROM items WHERE number = ?)",
                    (renaming.url, kept),
                )
                add_handles(self._database, kept, renaming.handles)
            if merged:
                drop_orphaned_texts(self._database)
            self._database.execute("DELETE FROM misnamed WHERE feed = ?", (feed,))


def _numbers(database: Database, feed: str, uids: Iterable[str]) -> list[int]:
    find = "SELECT number FROM items WHERE id = ? AND feed = ? AND uid = ?"
    return [database.value(find, (item_id(feed, uid), feed, uid)) for uid in uids]


def _call(database: Database, number: int, feed: str, uid: str) -> None:
    id = item_id(feed, uid)
    row = database.row("SELECT id FROM items WHERE number = ?", (number,))
    assert row is not None
    if row[0] == id:
        return
    _take_out_of_story(database, number)  # the id of a story is that of its first item
    database.execute(
        "INSERT INTO aliases (id, item) VALUES (?, ?) ON CONFLICT DO NOTHING", (row[0], number)
    )
    database.execute("UPDATE items SET id = ?, uid = ? WHERE number = ?", (id, uid, number))


def _merge(database: Database, kept: int, other: int) -> None:
    _take_out_of_story(database, kept)
    _take_out_of_story(database, other)
    _move_hits(database, kept, other)
    item_marks.move(database, kept, other)
    _move_revisions(database, kept, other)
    both = (kept, other)
    database.execute("UPDATE aliases SET item = ?1 WHERE item = ?2", both)
    database.execute(
        "INSERT INTO aliases (id, item) SELECT id, ?1 FROM items WHERE number = ?2"
        " ON CONFLICT DO NOTHING",
        both,
    )
    database.execute(
        "INSERT INTO handles (handle, item) SELECT handle, ?1 FROM handles"
        " WHERE item = ?2 ON CONFLICT DO NOTHING",
        both,
    )
    database.execute("DELETE FROM handles WHERE item = ?", (other,))
    database.execute("DELETE FROM items WHERE number = ?", (other,))


def _move_hits(database: Database, kept: int, other: int) -> None:
    """A signal that both items have keeps its first number, which has been reported."""
    for hit, mine in database.rows(
        """
        SELECT h.number, (
            SELECT k.number FROM hits k
            WHERE k.item = ?1 AND k.watchlist = h.watchlist AND k.signal = h.signal
        )
        FROM hits h WHERE h.item = ?2
        """,
        (kept, other),
    ):
        if mine is None:
            database.execute("UPDATE hits SET item = ? WHERE number = ?", (kept, hit))
        else:
            database.execute("UPDATE sightings SET hit = ? WHERE hit = ?", (mine, hit))
            database.execute("DELETE FROM hits WHERE number = ?", (hit,))


def _move_revisions(database: Database, kept: int, other: int) -> None:
    """Add revisions whose words the kept item has not had yet, as further revisions of it."""
    there = "SELECT fingerprint FROM revisions WHERE item = ?1"
    doubled = (
        f"SELECT number FROM revisions WHERE item = ?2 AND fingerprint IN ({there})",
        (kept, other),
    )
    for (number,) in database.rows(*doubled):
        database.execute("DELETE FROM sightings WHERE revision = ?", (number,))
        forget(database, "?", (number,))
        drop_bylines(database, f"FROM revisions WHERE number = {int(number)}")
        database.execute("DELETE FROM revisions WHERE number = ?", (number,))
    database.execute(
        """
        UPDATE revisions SET
            item = ?1,
            revision = revision + (
                SELECT coalesce(max(revision), 0) FROM revisions WHERE item = ?1
            ),
            revised_at = coalesce(
                revised_at, (SELECT first_seen FROM items WHERE number = ?2)
            )
        WHERE item = ?2
        """,
        (kept, other),
    )
    database.execute(
        "UPDATE items SET latest = (SELECT max(number) FROM revisions WHERE item = ?1)"
        " WHERE number = ?1",
        (kept,),
    )


def _take_out_of_story(database: Database, number: int) -> None:
    """Empty the item's story, so that all its items are grouped again."""
    database.execute(
        "UPDATE items SET story = NULL WHERE story = (SELECT story FROM items WHERE number = ?)",
        (number,),
    )
