"""Stores of older versions: items that were stored under names that sigtrack made up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sigtrack.analyze.changes import Notice, find_changes, find_renamings
from sigtrack.app.intake import changes_of
from sigtrack.model import Item, Story, item_id
from sigtrack.store import open_store
from sigtrack.store.interface import Query, Store
from stored import DAY, HOUR, NOW, item, match, titles

FEED = "nara"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(str(path)) as store:
        yield store


def edge(n: int, number: int, *, title: str = "", **more: object) -> Item:
    """Item `number` as an older version stored it when edge host n answered."""
    given = {"uid": f"https://edge{n}.test/feeds/{number}", "published": NOW - number * DAY}
    given |= {"url": f"https://edge{n}.test/news/{number}"}
    return item(title or f"Story {number}", **{**given, **more})


def sent(number: int, **more: object) -> Item:
    """The same item as it is called now."""
    return edge(0, number, **{"uid": str(number), "url": f"https://own.test/news/{number}", **more})


def session(n: int, title: str = "Notice", **more: object) -> Item:
    url = f"https://ministry.test/view?sid={n}"
    return item(title, **{"uid": f"hash of {n}", "url": url, "named": False, **more})


def keep(store: Store, path: Path, *items: Item) -> None:
    """Store one document as an older version did: new names are new items."""
    store.save(find_changes([], items), NOW)
    with sqlite3.connect(path) as database:
        pages = [(Notice(one).page,) for one in items]
        database.executemany("DELETE FROM handles WHERE handle = ?", pages)
        database.execute("INSERT OR IGNORE INTO misnamed VALUES (?)", (FEED,))
    database.close()


def read(store: Store, *items: Item) -> list[str]:
    """What a fetch of today makes of one document."""
    changes = changes_of(store, FEED, items)
    store.save(changes, NOW + HOUR)
    return [change.kind for change in changes]


def test_copies_of_every_edge_host_become_the_item_that_they_are(store: Store, path: Path) -> None:
    for n in range(1, 5):
        keep(store, path, *(edge(n, number) for number in range(1, 6)))
    assert len(titles(store.items(Query()))) == 20
    assert read(store, *(sent(number) for number in range(1, 4))) == []
    found = {one.item.uid: one for one in store.items(Query())}
    # Items 4 and 5 have left the feed, so that nobody knows what it calls them.
    assert sorted(found) == [
        "1", "2", "3", "https://edge1.test/feeds/4", "https://edge1.test/feeds/5"
    ]  # fmt: skip
    assert (found["1"].id, found["1"].item.url) == (item_id(FEED, "1"), sent(1).url)
    assert store.check() == []


def test_every_old_id_keeps_answering(store: Store, path: Path) -> None:
    for n in range(1, 4):
        keep(store, path, edge(n, 1), edge(n, 2))
    old = {one.id: one.item.title for one in store.items(Query())}
    read(store, sent(1), sent(2))
    assert {id: store.get(id).item.title for id in old} == old
    assert {store.get(id[:8]).id for id in old} == {item_id(FEED, "1"), item_id(FEED, "2")}


def test_a_renamed_item_is_known_by_its_name_after_an_edit_of_its_title(
    store: Store, path: Path
) -> None:
    keep(store, path, edge(1, 1))
    read(store, sent(1))
    assert read(store, sent(1, title="Quite another title")) == ["revised"]
    assert len(store.revisions(item_id(FEED, "1"))) == 2


def test_words_that_only_a_copy_had_are_kept_as_a_revision(store: Store, path: Path) -> None:
    keep(store, path, edge(1, 1))
    keep(store, path, edge(2, 1, summary="As amended."))
    assert read(store, sent(1, summary="As amended.")) == []
    revisions = store.revisions(item_id(FEED, "1"))
    assert [(one.revision, one.item.summary) for one in revisions] == [(1, ""), (2, "As amended.")]
    assert revisions[1].revised_at == NOW
    assert store.check() == []


def test_hits_of_copies_are_told_once_and_are_not_new_again(store: Store, path: Path) -> None:
    for n in range(1, 4):
        keep(store, path, edge(n, 1))
    match(store, {"stories": "Story"})
    before = [found.number for found in store.hits(Query())]
    store.look("report", NOW)
    read(store, sent(1))
    found = list(store.hits(Query()))
    assert [one.number for one in found] == [min(before)]
    look = store.last_look("report")
    assert look is not None
    assert list(store.hits(Query(after_hit=look.hit))) == []
    assert match(store, {"stories": "Story"}) == 0


def test_the_story_of_a_renamed_item_is_told_again_with_its_new_id(
    store: Store, path: Path
) -> None:
    keep(store, path, edge(1, 1), edge(1, 2))
    first, second = sorted(one.id for one in store.items(Query()))
    store.save_stories(
        [Story(id=first, lead=first, items=(first, second), first=NOW, last=NOW)]
    )  # fmt: skip
    assert store.untold_days() == []
    read(store, sent(1))
    assert len(store.untold_days()) == 2
    assert {one.story for one in store.items(Query())} == {None}


def test_a_feed_is_renamed_once(store: Store, path: Path) -> None:
    keep(store, path, edge(1, 1))
    assert store.misnamed(FEED) != []
    read(store, sent(1))
    assert store.misnamed(FEED) == []


def test_the_sessions_of_one_notice_become_one_item(store: Store, path: Path) -> None:
    for n in range(4):
        keep(store, path, session(n, "Notice"), session(n + 10, "Other notice"))
    assert read(store, session(30, "Notice"), session(40, "Other notice")) == []
    assert sorted(titles(store.items(Query()))) == ["Notice", "Other notice"]
    assert read(store, session(31, "Notice"), session(41, "Other notice")) == []


def test_notices_of_one_page_stay_apart_where_links_do_not_change(store: Store, path: Path) -> None:
    keep(store, path, session(1), session(2, published=NOW))
    assert read(store, session(2, published=NOW), session(3, published=NOW + DAY)) == ["new"]
    assert len(titles(store.items(Query()))) == 3


def test_items_of_different_titles_are_never_joined(store: Store, path: Path) -> None:
    keep(store, path, edge(1, 1, title="Lee leaves for Nara"))
    keep(store, path, edge(2, 1, title="港で灯台が光る", published=NOW))
    read(store, sent(1, title="Lee leaves for Nara"))
    assert len(titles(store.items(Query()))) == 2


def test_a_stored_item_that_two_ids_resolve_to_becomes_the_first_of_them(
    store: Store, path: Path
) -> None:
    for n in (1, 2):
        keep(store, path, edge(n, 1, uid=f"https://edge{n}.test/1"))
    assert read(store, sent(1), sent(1, uid="/1", url="https://own.test/other")) == ["new"]
    assert [one.item.uid for one in store.items(Query())].count("1") == 1
    assert store.misnamed(FEED) == []
    assert store.check() == []


def test_a_pruned_copy_is_not_brought_back(store: Store, path: Path) -> None:
    keep(store, path, edge(1, 1))
    old = next(iter(store.items(Query()))).id
    store.prune(NOW + 40 * DAY)
    assert read(store, sent(1)) == []
    assert titles(store.items(Query())) == []
    assert store.misnamed(FEED) == [] and len(old) == 12


def test_nothing_is_to_be_renamed_where_ids_are_addresses() -> None:
    assert find_renamings([], [item(uid="https://a.test/1")]) == []
