"""Saving, reading, counting and caring for what feeds said."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from sigtrack.analyze.changes import handles_of
from sigtrack.errors import CannotWrite, InputUnreadable, Misuse, StoreCorrupt
from sigtrack.model import (
    Change,
    ClassWord,
    FeedState,
    FormulaUse,
    Item,
    KnownItem,
    Level,
    Phase,
    Place,
    Priority,
    Rank,
    RungUse,
    Span,
    StoredItem,
    Visit,
    Visitor,
    WordingRead,
    item_id,
)
from sigtrack.store import open_store
from sigtrack.store.interface import FullText, Look, Query, Saved
from sigtrack.store.sql import Store
from sigtrack.store.sql.care import copy_all
from sigtrack.store.sql.database import Row, schema_steps
from sigtrack.store.sql.rows import (
    FEED_STATE,
    categories,
    categories_json,
    offset_of,
    on_clock,
    spans,
    spans_json,
    stamp,
    stored_item,
    text_digest,
    visits,
    visits_json,
    wording,
    wording_json,
)
from sigtrack.store.sql.rows import hit as hit_read
from sigtrack.store.sqlite import open_sqlite, prepare
from sigtrack.store.sqlite.connection import SqliteDatabase
from sigtrack.text.search import parse_search
from stored import DAY, HOUR, NOW, hit, hit_titles, item, match, new, poll, span, titles
from team import run_sql

# Items


def test_an_item_comes_back_as_it_was_saved(store: Store) -> None:
    saved = item(
        summary="first words",
        text="all\nthe words",
        url="https://nara.test/1",
        language="zh-Hant",
        published=datetime(1, 1, 1, 0, 0, 0, 7, tzinfo=UTC),
        imported=True,
        named=False,
        author="Kim Min-ji, 박선영",
        categories=("Trade; Tech", "한미"),
    )
    assert store.save([new(saved)], NOW).new == (item_id("nara", "a"),)
    (stored,) = store.items(Query())
    assert stored.item == saved
    assert (stored.first_seen, stored.revision, stored.number) == (NOW, 1, 1)


def test_an_item_has_the_clock_of_its_feed_and_the_page_of_its_own_link(store: Store) -> None:
    poll(store, [item(language="en", published=NOW)])
    poll(store, [item(language="en", published=NOW, feed="kobe", summary="words", text="more")])
    store.keep_zones({"nara": "Asia/Tokyo"})
    store.save_full_texts([FullText(revision=2, url="https://kobe.test/", at=NOW, text="the page")])
    told = {one.item.feed: one for one in store.items(Query())}
    assert told["nara"].first_seen.utcoffset() == 9 * HOUR
    assert told["kobe"].first_seen.utcoffset() == timedelta()
    assert (told["nara"].item.full_text, told["kobe"].item.full_text) == ("", "the page")
    match(store, {"a": "Lee"})
    found = {one.stored.item.feed: one.stored.item for one in store.hits(Query())}
    assert (found["kobe"].summary, found["kobe"].text) == ("words", "more")


def test_items_are_saved_with_the_state_of_their_feed(store: Store) -> None:
    store.begin_run("fetch", NOW)  # as a fetch does, which must keep its hosts as well
    state = FeedState(feed="nara", etag='"1"')
    assert store.save([new(item())], NOW, state=state).new == (item_id("nara", "a"),)
    assert store.feed_states() == {"nara": state}
    store.save_feed_states([replace(state, etag='"2"')])
    assert store.feed_states()["nara"].etag == '"2"'
    store.save_full_texts([FullText(revision=1, url="https://nara.test/", at=NOW, text="page")])
    kept = store.full_text(1)
    assert kept is not None and kept.text == "page"


def test_saving_the_same_changes_again_adds_nothing(store: Store) -> None:
    store.save([new(item())], NOW)
    again = store.save([new(item())], NOW + HOUR)
    assert (again.new, again.revised) == ((), ())
    assert store.census().revisions == 1


def test_a_silent_edit_by_the_ministry_becomes_a_revision(store: Store) -> None:
    poll(store, [item("We strongly condemn")])
    edited = poll(store, [item("We express concern")], NOW + HOUR)
    assert edited.revised == (item_id("nara", "a"),)
    assert titles(store.items(Query())) == ["We express concern"]
    past = store.revisions(item_id("nara", "a"))
    assert titles(past) == ["We strongly condemn", "We express concern"]
    assert [one.first_seen for one in past] == [NOW, NOW]


def test_a_text_is_kept_once_however_often_it_is_said(store: Store, place: str) -> None:
    for n in range(3):
        poll(store, [item("same words", uid=str(n), summary="of an agency")])
    poll(store, [item("other words", uid="0")])
    poll(store, [item("same words", uid="0", summary="of an agency")])
    texts = run_sql(place, "SELECT count(*) FROM texts")
    assert (texts, store.census().revisions) == ([(2,)], 5)
    poll(store, [item("of one document", uid=uid) for uid in ("8", "9")])
    texts = run_sql(place, "SELECT count(*) FROM texts")
    assert (texts, store.census().revisions) == ([(3,)], 7)


def test_an_item_without_an_author_is_found_by_its_category(store: Store) -> None:
    poll(store, [item("Nara", categories=("Trade",)), item("Seoul", uid="b", author="Kim")])
    for search in ("category:trade", "author:kim"):
        assert len(list(store.search(parse_search(search), Query()))) == 1


def test_a_shared_text_keeps_every_dash_of_its_publisher(store: Store) -> None:
    poll(store, [item("US-Japan", uid="1"), item("US–Japan", uid="2")])
    assert sorted(titles(store.items(Query()))) == ["US-Japan", "US–Japan"]


def test_a_feed_is_saved_whole_or_not_at_all(store: Store) -> None:
    broken = replace(item(uid="2"), url=None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"NOT NULL|not-null"):
        store.save([new(item(uid="1")), replace(new(item(uid="2")), item=broken)], NOW)
    assert store.census().items == 0
    assert store.save([new(item(uid="1"))], NOW).new


def test_what_is_known_of_an_item_is_what_its_next_document_is_compared_with(store: Store) -> None:
    one, other = (
        item(title, uid=uid, url=f"https://m.test/{uid}", published=NOW + n * HOUR)
        for n, (uid, title) in enumerate([("a", "Nara"), ("b", "Seoul")])
    )
    handles = handles_of([one])
    poll(store, [one, other])
    poll(store, [item(feed="kobe", uid="a")])
    expected = KnownItem(
        uid="a",
        url="https://m.test/a",
        title="Nara",
        fingerprint=one.fingerprint,
        published=NOW,
        handles=handles,
    )
    assert store.known("nara", handles) == [expected]
    assert store.known("kobe", handles) == []
    store.prune(NOW + DAY)
    gone = replace(expected, url="", title="", fingerprint="", published=None, pruned=True)
    assert store.known("nara", handles) == [gone]


def test_what_is_known_of_an_item_says_whether_its_publisher_names_it(store: Store) -> None:
    unnamed = item(named=False)
    poll(store, [unnamed])
    (known,) = store.known("nara", handles_of([unnamed]))
    assert known.named is known.pruned is False


def test_of_many_items_with_one_link_the_forty_newest_are_known(store: Store) -> None:
    many = [item(str(n), uid=str(n)) for n in range(41)]
    store.save([Change(kind="new", item=one, handles=(7,)) for one in many], NOW)
    assert {one.uid for one in store.known("nara", [7])} == {str(n) for n in range(1, 41)}


def test_what_one_document_says_thrice_is_new_once_and_revised_by_other_words(
    store: Store,
) -> None:
    saved = store.save([new(item("Nara")), new(item("Talks")), new(item("Talks"))], NOW)
    id = item_id("nara", "a")
    assert saved == Saved(new=(id,), revised=(id,))
    past = store.revisions(id)
    assert sorted((one.revision, one.item.title, one.revised_at) for one in past) == [
        (1, "Nara", None),
        (2, "Talks", NOW),
    ]


def test_a_pruned_item_that_is_sent_again_stays_pruned(store: Store) -> None:
    poll(store, [item(published=NOW)])
    store.prune(NOW + DAY)
    assert store.save([new(item("Talks"))], NOW + DAY) == Saved()


def damaged_store(place: Path, sql: str) -> Store:
    """A store of one item, to which another program has done this."""
    with open_store(str(place)) as store:
        poll(store, [item()])
    run_sql(str(place), sql)
    return open_store(str(place))


def test_what_was_never_known_of_an_item_is_damage(tmp_path: Path) -> None:
    with (
        damaged_store(tmp_path / "store.db", "UPDATE revisions SET url = x'4e'") as store,
        pytest.raises(StoreCorrupt, match="never written"),
    ):
        store.known("nara", handles_of([item()]))


@pytest.mark.parametrize(
    "sql", ["DELETE FROM revisions", "UPDATE revisions SET fingerprint = x'4e'"]
)
def test_a_damaged_item_is_not_revised(tmp_path: Path, sql: str) -> None:
    with (
        damaged_store(tmp_path / "store.db", sql) as store,
        pytest.raises(StoreCorrupt, match="never written"),
    ):
        store.save([new(item("Talks"))], NOW)


def test_feeds_that_are_saved_together_are_all_saved_or_none(store: Store) -> None:
    def both() -> None:
        poll(store, [item("Nara")])
        poll(store, [item("Seoul", uid="b")])
        store.save_feed_states([FeedState(feed="nara")])

    for broken_off in (ZeroDivisionError, KeyboardInterrupt):
        with pytest.raises(broken_off), store.together():
            both()
            raise broken_off
        assert (store.census().items, store.feed_states()) == (0, {})
    with store.together():
        both()
    assert (store.census().items, list(store.feed_states())) == (2, ["nara"])
    assert store.check() == []


def test_what_a_feed_taught_us_is_remembered(store: Store) -> None:
    learned = FeedState(
        feed="nara",
        address="0123456789abcdef",
        url="https://nara.test/moved",
        etag='W/"1"',
        last_modified="Wed, 14 Jan 2026 09:30:15 GMT",
        full_at=NOW,
        first_asked_at=NOW,
        asked_at=NOW + HOUR,
        answered_at=NOW + 2 * HOUR,
        changed_at=NOW + 3 * HOUR,
        due_at=NOW + DAY,
        failures=3,
        failing_since=NOW - DAY,
        reason="no answer",
        told=True,
        paused="gone",
        gap=5400,
        quiet=(1 << 167) + 1,
    )
    store.save([new(item())], NOW, state=learned)
    store.save_feed_states([FeedState(feed="other")])
    assert store.feed_states() == {"nara": learned, "other": FeedState(feed="other")}


# Windows and searches


def test_the_usual_gap_is_between_days_on_which_a_feed_brought_something(store: Store) -> None:
    def briefing(uid: str, day: int, **more: object) -> Item:
        return item(uid, feed="nara", uid=uid, published=NOW - day * DAY, **more)

    bursts = [briefing(f"{day}-{n}", day) for day in (0, 7, 14, 35, 42) for n in range(5)]
    poll(store, bursts)
    poll(store, [item(str(n), feed="kobe", uid=str(n)) for n in range(99)])
    assert store.usual_gaps() == {"nara": 7 * DAY.total_seconds()}


def test_a_clock_that_runs_ahead_does_not_tell_the_usual_gap(store: Store) -> None:
    for day in range(5):
        ahead = NOW + (day * day + 40) * DAY
        poll(store, [item(str(day), uid=str(day), published=ahead)], NOW + day * DAY)
    assert store.usual_gaps() == {"nara": DAY.total_seconds()}


def test_windows_go_by_the_publishers_clock_where_it_can_be_believed(store: Store) -> None:
    clocks = {
        "believed": NOW - DAY,
        "of 1970": datetime(1970, 1, 1, tzinfo=UTC),
        "of the future": NOW + 9 * DAY,
        "none": None,
    }
    poll(store, [item(title, uid=title, published=at) for title, at in clocks.items()])
    imported = item("imported", uid="i", published=NOW - 99 * DAY, imported=True)
    poll(store, [imported])
    assert set(titles(store.items(Query(since=NOW)))) == {"of 1970", "of the future", "none"}
    assert titles(store.items(Query(until=NOW))) == ["believed", "imported"]
    assert titles(store.items(Query(since=NOW - DAY, until=NOW))) == ["believed"]


def test_a_query_narrows_by_source_language_and_limit(store: Store) -> None:
    for n, tag in enumerate(["zh", "zh-Hant", "ja", None]):
        poll(store, [item(f"{n}", uid=str(n), feed=f"f{n}", language=tag)], NOW + n * HOUR)
    assert titles(store.items(Query(languages=("zh",)))) == ["1", "0"]
    assert titles(store.items(Query(languages=("ja", "ZH-hant")))) == ["2", "1"]
    assert titles(store.items(Query(sources=("f3", "f0")))) == ["3", "0"]
    assert titles(store.items(Query(limit=2))) == ["3", "2"]
    assert titles(store.items(Query(after_revision=3))) == ["3"]


def test_a_search_finds_words_of_the_latest_revision(store: Store) -> None:
    poll(store, [item("Takaichi in Nara", uid="2")])
    poll(store, [item("日韓首脳、奈良で共同声明", uid="1", summary="Lee and Takaichi")], NOW + HOUR)
    assert titles(store.search(parse_search("声明"), Query())) == ["日韓首脳、奈良で共同声明"]
    asked = parse_search("takaichi")
    by_date, best = (
        titles(store.search(asked, Query(), order=order)) for order in ("date", "rank")
    )
    assert by_date == best[::-1] == ["日韓首脳、奈良で共同声明", "Takaichi in Nara"]
    poll(store, [item("Takaichi in Tokyo", uid="2")], NOW + HOUR)
    assert titles(store.search(parse_search("nara"), Query())) == []
    assert titles(store.search(parse_search("tokyo"), Query(sources=("other",)))) == []


def test_an_item_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    poll(store, [item(f"title {n}", uid=f"uid {n}") for n in range(60)])
    ids = sorted(item_id("nara", f"uid {n}") for n in range(60))
    assert store.get(ids[7]).id == ids[7]
    assert store.get(ids[7][:6].upper()).id == ids[7]


def test_an_id_that_is_short_unknown_or_shared_is_explained(store: Store) -> None:
    poll(store, [item(f"title {n}", uid=f"uid {n}") for n in range(200)])
    ids = sorted(item_id("nara", f"uid {n}") for n in range(200))
    shared = next(a[:3] for a, b in pairwise(ids) if a[:3] == b[:3])
    free = next(f"{n:03x}" for n in range(4096) if not any(i.startswith(f"{n:03x}") for i in ids))
    for prefix, said in [
        ("ab", "is not an item id"),
        ("xyz", "is not an item id"),
        (free, "no item has"),
    ]:
        with pytest.raises(InputUnreadable, match=said):
            store.get(prefix)
    with pytest.raises(InputUnreadable, match="several items") as caught:
        store.get(shared)
    assert all(id in caught.value.hint for id in ids if id.startswith(shared))


# Runs and looks


def test_what_is_new_goes_by_rows_even_when_the_clock_jumps_back(store: Store) -> None:
    for n in range(3):
        run = store.begin_run("fetch", NOW - n * DAY)
        poll(store, [item(f"Nara {n}", uid=str(n))], NOW - n * DAY)
        match(store, {"nara": "Nara"})
        store.finish_run(run, NOW - n * DAY)
    last = store.last_run("fetch")
    assert last is not None and last.finished == NOW - 2 * DAY
    assert hit_titles(store, Query(after_hit=last.after_hit)) == [("nara", "Nara 2")]


def test_a_run_that_died_is_continued_by_the_next(place: str) -> None:
    with open_store(place) as store:
        dead = store.begin_run("fetch", NOW)
        poll(store, [item("Nara 1", uid="1")])
        match(store, {"nara": "Nara"})
    with open_store(place) as store:
        run = store.begin_run("fetch", NOW)
        poll(store, [item("Nara 2", uid="2")])
        match(store, {"nara": "Nara"})
        store.finish_run(run, NOW)
        assert (run.after_hit, run.after_revision) == (dead.after_hit, dead.after_revision)
        assert len(hit_titles(store, Query(after_hit=run.after_hit))) == 2
        assert store.begin_run("fetch", NOW).after_hit == 2
        assert store.last_run("import") is None


def test_each_reader_has_its_own_look(store: Store) -> None:
    poll(store, [item("Nara")])
    match(store, {"nara": "Nara"})
    assert store.last_look("report") is None
    assert store.look("report", NOW)
    assert store.look("digest:mail", NOW, hit=0)
    report, digest = store.last_look("report"), store.last_look("digest:mail")
    assert report is not None and (report.hit, report.at) == (1, NOW)
    assert digest is not None and digest.hit == 0


# Care


def test_a_census_counts_what_is_there(store: Store) -> None:
    poll(store, [item("Nara", uid="1"), item("Seoul", uid="2")])
    poll(store, [item("Nara!", uid="1"), item("Seoul", uid="2")])
    poll(store, [item("Nara", feed="other")], NOW + DAY)
    match(store, {"nara": "Nara", "seoul": "Seoul"})
    census = store.census()
    assert (census.items, census.revisions, census.feeds, census.pruned) == (3, 4, 2, 0)
    assert (census.first, census.last) == (NOW, NOW + DAY)
    assert dict(census.hits) == {"nara": 2, "seoul": 1}
    assert census.size > 0 and census.schema == len(schema_steps())


def test_a_healthy_store_has_nothing_wrong(store: Store) -> None:
    poll(store, [item(f"Nara {n}", uid=str(n)) for n in range(50)])
    match(store, {"nara": "Nara"})
    assert store.check() == []


def test_rows_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    place = str(tmp_path / "store.db")
    with open_store(place) as store:
        poll(store, [item("Nara")])
        run_sql(place, "UPDATE items SET latest = NULL", "DELETE FROM texts")
        assert store.check() == [
            "1 rows point to rows that are gone",
            "1 items have no latest revision",
            "1 revisions have lost their text",
        ]


def test_pruned_items_are_gone_and_do_not_come_back(store: Store) -> None:
    old, fresh = item("old Nara", uid="old"), item("fresh Nara", uid="fresh")
    poll(store, [old], NOW - 9 * DAY)
    poll(store, [fresh])
    match(store, {"nara": "Nara"})
    assert store.prune(NOW - DAY) == 1
    assert hit_titles(store) == [("nara", "fresh Nara")]
    assert titles(store.search(parse_search("nara"), Query())) == ["fresh Nara"]
    again = poll(store, [replace(old, title="edited", fingerprint="other"), fresh], NOW)
    assert (again.new, again.revised) == ((), ())
    assert (store.census().items, store.census().pruned) == (1, 1)
    assert store.check() == []
    with pytest.raises(InputUnreadable, match="no item has"):
        store.get(item_id("nara", "old"))


def test_a_text_that_another_item_still_says_outlives_a_pruned_one(store: Store) -> None:
    poll(store, [item("Nara", uid="old")], NOW - 9 * DAY)
    poll(store, [item("Nara", uid="fresh")])
    store.prune(NOW - DAY)
    assert titles(store.search(parse_search("nara"), Query())) == ["Nara"]
    assert store.check() == []


def test_numbers_are_not_given_again_after_a_prune(store: Store) -> None:
    poll(store, [item("Nara 1", uid="1")])
    match(store, {"nara": "Nara"})
    store.prune(NOW + DAY)
    poll(store, [item("Nara 2", uid="2")])
    assert match(store, {"nara": "Nara"}) == 1
    assert [found.number for found in store.hits(Query())] == [2]


def test_a_copy_gives_no_number_again_that_its_source_gave(tmp_path: Path) -> None:
    with (
        open_sqlite(tmp_path / "a.db", mode="create", patience=1) as source,
        open_sqlite(tmp_path / "b.db", mode="create", patience=1) as copy,
    ):
        for uid in ("1", "2", "3"):
            poll(source, [item(f"Nara {uid}", uid=uid)])
        match(source, {"nara": "Nara"})
        source.prune(NOW + DAY)
        copy_all(source._database, copy._database)
        for store in (source, copy):
            poll(store, [item("Nara 4", uid="4")])
            match(store, {"nara": "Nara"})
            assert [found.number for found in store.hits(Query())] == [4]
        assert [one.number for one in source.items(Query())] == [
            one.number for one in copy.items(Query())
        ]


def test_a_snapshot_stays_at_its_moment_while_another_writes(tmp_path: Path) -> None:
    place = tmp_path / "store.db"
    with (
        open_sqlite(place, mode="create", patience=1) as store,
        open_sqlite(place, mode="write", patience=1) as writer,
    ):
        counted = [store.census().items]
        with store._database.snapshot():
            counted.append(store.census().items)
            poll(writer, [item("Nara")])
            counted.append(store.census().items)
        assert [*counted, store.census().items] == [0, 0, 0, 1]


def test_a_backup_is_a_whole_store_of_its_own(store: Store, tmp_path: Path) -> None:
    poll(store, [item("Nara")])
    match(store, {"nara": "Nara"})
    store.backup(tmp_path / "copy.db")
    poll(store, [item("later", uid="2")])
    with open_store(str(tmp_path / "copy.db")) as copy:
        assert hit_titles(copy) == [("nara", "Nara")]
        assert titles(copy.search(parse_search("nara"), Query())) == ["Nara"]
        assert copy.check() == []
        assert poll(copy, [item("Nara")]).new == ()


def test_a_backup_is_taken_while_another_process_writes(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "store.db")) as store:
        poll(store, [item("committed", uid="1")])
        writer = SqliteDatabase(tmp_path / "store.db", mode="rw", patience=1)
        with writer.transaction():
            writer.execute("UPDATE items SET first_seen = 0")
            store.backup(tmp_path / "copy.db")
        writer.close()
    with open_store(str(tmp_path / "copy.db")) as copy:
        assert [one.first_seen for one in copy.items(Query())] == [NOW]


def test_a_backup_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CannotWrite, match="exists already"):
        store.backup(tmp_path / "mine.txt")
    with pytest.raises(CannotWrite, match="cannot write"):
        store.backup(tmp_path / "nowhere" / "copy.db")
    assert (tmp_path / "mine.txt").read_text() == "mine"


# Opening


def test_reading_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="there is no database"):
        open_store(str(tmp_path / "none.db"), mode="read")
    assert list(tmp_path.iterdir()) == []


def test_writing_makes_the_folders_on_the_way(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a/b #%?/store.db") as store:
        poll(store, [item()])
    assert (tmp_path / "a" / "b #%?" / "store.db").exists()


def test_another_kind_of_database_is_not_promised(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="mysql databases are not supported"):
        open_store("mysql://user:secret@host/db")


def by(author: str, *categories: str, uid: str = "a", title: str = "Nara", **more: object) -> Item:
    return item(title, uid=uid, author=author, categories=categories, **more)


def test_a_search_finds_who_wrote_an_item_and_what_it_is_filed_under(store: Store) -> None:
    kim = by("Kim Min-ji", "Trade policy", uid="a", title="Nara: Park speaks")
    park = by("박선영", "Trade", "한미관계", uid="b", title="Seoul, says Kim")
    poll(store, [kim, park, by("", uid="c", title="Kim and Park")])

    def found(text: str, **how: object) -> str:
        hits = store.search(parse_search(text), Query(), **how)  # type: ignore[arg-type]
        return "".join(sorted(one.item.uid for one in hits))

    assert (found("author:kim"), found("kim")) == ("a", "bc")  # a plain word looks elsewhere
    assert (found('author:"kim min-ji"'), found('author:"min kim"')) == ("a", "")
    assert (found("Author:박선영"), found("author:선영"), found("author:min*")) == ("b", "b", "a")
    assert (found("category:trade"), found("category:한미")) == ("ab", "b")
    assert (found("category:trade -category:policy"), found("category:trade -seoul")) == ("b", "a")
    assert (found("category:trade seoul"), found("kim -author:박선영")) == ("b", "c")
    assert (found("category:trade author:kim nara"), found("author:trade")) == ("a", "")
    assert found("category:trade", order="rank") == "ab"
    assert (found("-author:kim"), found("NOT (kim OR park)")) == ("bc", "")


def test_another_author_makes_no_revision_and_comes_with_the_next_one(store: Store) -> None:
    poll(store, [by("Kim")])
    assert poll(store, [by("Park", "Trade")], NOW + HOUR).revised == ()
    assert titles(store.search(parse_search("author:park"), Query())) == []
    poll(store, [by("Park", "Trade", title="Nara again")], NOW + 2 * HOUR)
    assert titles(store.search(parse_search("author:park category:trade"), Query())) == [
        "Nara again"
    ]
    assert titles(store.search(parse_search("author:kim"), Query())) == []
    assert [one.item.author for one in store.revisions(item_id("nara", "a"))] == ["Kim", "Park"]


def test_authors_of_what_is_pruned_are_found_no_more(store: Store, place: str) -> None:
    poll(store, [by("Kim", "Trade"), by("Kim", uid="b", title="Seoul")], NOW - 9 * DAY)
    poll(store, [by("Kim", uid="c", title="fresh")])
    assert store.prune(NOW - DAY) == 2
    assert titles(store.search(parse_search("author:kim"), Query())) == ["fresh"]
    if place.startswith("postgresql"):
        assert len(run_sql(place, "SELECT 1 FROM bylines")) == 1
    else:
        found = run_sql(place, "SELECT rowid FROM bylines WHERE bylines MATCH 'kim OR trade'")
        assert len(found) == 1


def test_items_of_an_older_version_have_no_author_and_are_no_revisions(tmp_path: Path) -> None:
    before = next(n for n, step in enumerate(schema_steps()) if any("bylines" in s for s in step))
    database = SqliteDatabase(tmp_path / "store.db", mode="rwc", patience=1)
    prepare(database, patience=1, steps=schema_steps()[:before])
    database.execute("INSERT INTO texts VALUES (1, 0, 'Nara', '', '')")
    database.execute(
        "INSERT INTO items VALUES (1, ?, 'nara', 'a', 1, 1, NULL)", (item_id("nara", "a"),)
    )
    database.execute(
        "INSERT INTO revisions VALUES (1, 1, 1, NULL, 0, NULL, NULL, '', 0, 1, ?, 1)",
        (item("Nara").fingerprint,),
    )
    for handle in handles_of([item("Nara")]):
        database.execute("INSERT INTO handles VALUES (?, 1)", (handle,))
    database.close()
    with open_store(str(tmp_path / "store.db")) as store:
        (stored,) = store.items(Query())
        assert (stored.item.author, stored.item.categories) == ("", ())
        saved = poll(store, [by("Kim", "Trade")])
        assert (saved.new, saved.revised) == ((), ())


def test_a_migrated_database_equals_a_fresh_one(tmp_path: Path) -> None:
    later = (*schema_steps(), ("ALTER TABLE looks ADD COLUMN place TEXT",), ("CREATE TABLE x (y)",))
    schemas = []
    for name, ways in [
        ("fresh", [later]),
        ("migrated", [later[:n] for n in range(1, len(later) + 1)]),
    ]:
        for steps in ways:
            database = SqliteDatabase(tmp_path / name, mode="rwc", patience=1)
            prepare(database, patience=1, steps=steps)
            schema = database.rows("SELECT type, name, sql FROM sqlite_schema ORDER BY name")
            version = database.value("PRAGMA user_version")
            database.close()
        schemas.append((version, schema))
    assert schemas[0] == schemas[1]
    assert schemas[0][0] == len(later)


def test_a_published_step_is_never_edited() -> None:
    """Databases that have taken it keep what it said, and would no longer equal fresh ones. A new
    step changes the number and the hash; the hash alone never changes."""
    words = [[statement.split() for statement in step] for step in schema_steps()]
    written = hashlib.sha256(repr(words).encode()).hexdigest()
    assert (len(words), written[:12]) == (21, "8b63c2bc71bd")


def test_a_look_of_an_older_version_has_seen_what_was_there_at_its_time(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "store.db", mode="rwc", patience=1)
    prepare(database, patience=1, steps=schema_steps()[:3])
    database.execute("INSERT INTO looks (reader, at, hit) VALUES ('digest:morning', 20, 0)")
    database.execute("INSERT INTO texts VALUES (1, 0, 'Nara', '', '')")
    for number, first_seen in enumerate((10, 20, 10, 25), start=1):
        database.execute(
            "INSERT INTO items VALUES (?, ?, 'nara', ?, ?, ?, NULL)",
            (number, str(number), str(number), first_seen, number),
        )
        database.execute(
            "INSERT INTO revisions VALUES (?, ?, 1, ?, 0, NULL, NULL, '', 0, 0, '', 1)",
            (number, number, 30 if number == 3 else None),
        )
    database.close()
    with open_store(str(tmp_path / "store.db")) as store:
        look = store.last_look("digest:morning")
        assert look is not None and look.revision == 2


def test_a_look_at_an_empty_store_of_an_older_version_has_seen_nothing(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "store.db", mode="rwc", patience=1)
    prepare(database, patience=1, steps=schema_steps()[:3])
    database.execute("INSERT INTO looks (reader, at, hit) VALUES ('digest:morning', 20, 0)")
    database.close()
    with open_store(str(tmp_path / "store.db")) as store:
        look = store.last_look("digest:morning")
        assert look is not None and look.revision == 0


def test_a_migration_that_dies_has_not_happened(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "store.db")) as store:
        poll(store, [item()])
    database = SqliteDatabase(tmp_path / "store.db", mode="rw", patience=1)
    with pytest.raises(sqlite3.OperationalError):
        prepare(
            database,
            patience=1,
            steps=(*schema_steps(), ("CREATE TABLE x (y)", "CREATE TABLE x (y)")),
        )
    database.close()
    with open_store(str(tmp_path / "store.db")) as store:
        assert titles(store.items(Query())) == [item().title]
        assert store.census().schema == len(schema_steps())
    tables = run_sql(str(tmp_path / "store.db"), "SELECT name FROM sqlite_schema")
    assert ("items",) in tables and ("x",) not in tables  # so it can be made again


def test_importing_the_store_is_light() -> None:
    code = "import sys, sigtrack.store; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"asyncio", "h11", "feedparser", "sqlite3"} & set(loaded.stdout.split())


def test_spans_keep_their_places(store: Store) -> None:
    poll(store, [item("Lee in Nara")])
    (batch,) = store.batches({"summits": "1"})
    placed = Span(field="text", start=1, end=4, term="Lee", place=Place(path="w.toml", line=12))
    found = hit(batch.items[0], spans=(placed, span(7, 11)), priority=Priority.URGENT, score=9)
    store.save_hits(batch, [(batch.items[0], found)], NOW)
    ((_, kept, _),) = store.hits(Query())
    assert kept == found
    assert [one.place for one in kept.spans] == [placed.place, Place()]


def test_times_are_exact_to_the_microsecond(store: Store) -> None:
    at = NOW + timedelta(microseconds=1)
    poll(store, [item(published=at)], at)
    (stored,) = store.items(Query(since=at, until=at + timedelta(microseconds=1)))
    assert (stored.item.published, stored.first_seen) == (at, at)


# Rows: values as the columns hold them

DAMAGE = (TypeError, ValueError, OverflowError, LookupError)  # what `Database.read` takes for it
PLACE = Place(path="w.toml", line=3)
SPANS = (
    Span(field="title", start=0, end=3, term="등대", place=PLACE),
    Span(
        field="full_text",
        start=2,
        end=2,
        term="fog",
        place=Place(path="x.toml", line=4),
        classes=(ClassWord(name="@KR:cities", word="부산", place=Place(path="y.toml", line=5)),),
    ),
)
VISITS = (
    Visit(
        visitors=(Visitor(country="KR", name="이", rank=Rank.MINISTER, actor="lee"),),
        host_country="JP",
        phase=Phase.DONE,
        place="나라",
        site="nara",
        date="2026-01-13",
        until="2026-01-14",
        level=Level.STATE,
        rank=Rank.ENVOY,
        spans=(Span(field="summary", start=1, end=2, term="가다"),),
    ),
)
WORDING = WordingRead(
    formulas=(FormulaUse("regret", "유감", "title", 0, 2, "JP,KR"),),
    steps=(RungUse("protest", 2, "text", 3, 5, 7, 9, "JP", (4, 6)),),
    parties="JP,KR",
    form="joint",
)
WRITTEN = [
    (
        *(spans, spans_json, SPANS),
        '[["w.toml","x.toml","y.toml"],["title",0,3,"등대",0,3],'
        '["full_text",2,2,"fog",1,4,[["@KR:cities","부산",2,5]]]]',
    ),
    (
        *(visits, visits_json, VISITS),
        '[["JP","done","나라","nara","2026-01-13","2026-01-14","state","envoy",'
        '[["KR","이","minister","lee"]],[["summary",1,2,"가다"]]]]',
    ),
    (
        *(wording, wording_json, WORDING),
        '[[["regret","유감","title",0,2,"JP,KR"]],[["protest",2,"text",3,5,7,9,"JP",[4,6]]],'
        '"JP,KR","joint"]',
    ),
]


@pytest.mark.parametrize(("read", "write", "told", "kept"), WRITTEN)
def test_what_other_programs_read_as_lists_is_written_in_its_order_and_comes_back(
    read: Callable[[str], object], write: Callable[[Any], str], told: object, kept: str
) -> None:
    assert write(told) == kept
    assert repr(read(kept)) == repr(told)


@pytest.mark.parametrize("field", get_args(get_type_hints(Span)["field"]))
def test_a_word_may_stand_in_each_field_and_have_no_letters(field: Any) -> None:
    told = (Span(field=field, start=0, end=0, term="fog"),)
    assert spans(spans_json(told)) == told
    (visit,) = visits(visits_json([replace(VISITS[0], spans=told)]))
    assert visit.spans == told


def others(value: object) -> Iterator[object]:
    """The same lists with one value of another kind, in each place by turns."""
    if isinstance(value, list):
        yield 7
        for place, one in enumerate(value):
            for other in others(one):
                yield [*value[:place], other, *value[place + 1 :]]
    else:
        yield from ([], 7.5, "7" if isinstance(value, int) else 7)


@pytest.mark.parametrize("read", [spans, visits, wording])
def test_a_value_of_another_kind_in_a_list_is_damage(read: Callable[[str], object]) -> None:
    (kept,) = (kept for one, _, _, kept in WRITTEN if one is read)
    for wrong in others(json.loads(kept)):
        with pytest.raises(DAMAGE):
            pytest.fail(f"{json.dumps(wrong)} is read as {read(json.dumps(wrong))}")


@pytest.mark.parametrize(
    "wrong",
    [
        '[["w.toml"],["headline",0,3,"x",0,3]]',
        '[["w.toml"],["title",-1,3,"x",0,3]]',
        '[["w.toml"],["title",4,3,"x",0,3]]',
        '[["w.toml"],["title",0,3,"x",1,3]]',
        '[[7],["title",0,3,"x",0,3]]',
    ],
)
def test_a_place_that_no_word_can_have_is_damage(wrong: str) -> None:
    with pytest.raises(DAMAGE):
        spans(wrong)
    row = json.loads(wrong)[1][:4]
    if row != ["title", 0, 3, "x"]:
        with pytest.raises(DAMAGE):
            visits(json.dumps([[*json.loads(WRITTEN[1][3])[0][:9], [row]]]))


def rows_of_each_kind() -> list[tuple[Callable[[Row], object], Row]]:
    text, number = "x", 1
    return [
        (FEED_STATE.value, FEED_STATE.row(FEED)),
        (
            stored_item,
            (
                *("id", "feed", "uid", number, number, number, number, "ko", text, 0, 1),
                *(text, text, text, text, number, "story", text, "[]", 540, "", text),
            ),
        ),
        (lambda row: hit_read(row, "id"), (1, "a", "lit", 2, 3, "[[]]")),
    ]


FEED = FeedState(
    feed="nara",
    address="https://nara.test/feed",
    url="https://nara.test/new",
    etag='"1"',
    last_modified="Wed, 14 Jan 2026 09:30:15 GMT",
    full_at=NOW - 8 * DAY,
    first_asked_at=NOW - 7 * DAY,
    asked_at=NOW - 6 * DAY,
    answered_at=NOW - 5 * DAY,
    changed_at=NOW - 4 * DAY,
    due_at=NOW - 3 * DAY,
    failures=2,
    failing_since=NOW - 2 * DAY,
    reason="no answer",
    told=False,
    paused="gone",
    gap=600,
    quiet=0xF0_0001 << 140,
    document="abc",
)


@pytest.mark.parametrize("state", [FEED, FeedState(feed="nara", told=True)])
def test_the_state_of_a_feed_comes_back_as_it_was_written(state: FeedState) -> None:
    assert FEED_STATE.value(FEED_STATE.row(state)) == state


@pytest.mark.parametrize(("read", "row"), rows_of_each_kind())
def test_a_value_of_another_kind_in_a_column_is_damage(
    read: Callable[[Row], object], row: Row
) -> None:
    read(row)
    for place, value in enumerate(row):
        for wrong in (b"7", 7.5, "7" if isinstance(value, int) else 7):
            with pytest.raises(DAMAGE):
                pytest.fail(f"{place}: {read((*row[:place], wrong, *row[place + 1 :]))}")
    with pytest.raises(DAMAGE):
        read((*row, 1))


def test_each_column_of_an_item_has_its_place() -> None:
    at = [stamp(NOW + n * DAY) for n in range(3)]
    told = stored_item(
        (
            *("id", "feed", "uid", at[0], 2, 3, at[1], "ko", "url", 0, 1, "print"),
            *("title", "summary", "text", at[2], "story", "author", '["c"]', 0, "", "full text"),
        )
    )
    assert told == StoredItem(
        id="id",
        item=Item(
            feed="feed",
            uid="uid",
            title="title",
            url="url",
            summary="summary",
            text="text",
            language="ko",
            published=NOW + DAY,
            fingerprint="print",
            imported=False,
            named=True,
            author="author",
            categories=("c",),
            full_text="full text",
        ),
        first_seen=NOW,
        revision=2,
        number=3,
        revised_at=NOW + 2 * DAY,
        story="story",
    )
    assert {one.utcoffset() for one in (told.item.published, told.first_seen) if one} == {9 * HOUR}


def test_what_older_stores_hold_is_known_again() -> None:
    """Times, and the hash by which a text is found, are as older versions wrote them."""
    assert stamp(NOW) == 1_768_383_015_123_456
    words = item("Lee meets Takaichi", summary="In Nara", text="They met.")
    assert text_digest(words) == -8_983_847_177_068_271_682


def test_each_priority_has_its_number() -> None:
    ranks = [hit_read((1, "a", "lit", rank, 3, "[[]]"), "id").priority for rank in (1, 2, 3, 4)]
    assert ranks == list(Priority)


@pytest.mark.parametrize("rank", [-1, 0, 5])
def test_a_priority_that_there_is_not_is_damage(rank: int) -> None:
    with pytest.raises(DAMAGE):
        hit_read((1, "a", "lit", rank, 3, "[[]]"), "id")


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [(timedelta(hours=9, minutes=30), 570), (timedelta(hours=-3, minutes=-30), -210)],
)
def test_the_clock_of_a_publisher_is_kept_in_minutes(zone: timedelta, minutes: int) -> None:
    at = NOW.astimezone(timezone(zone))
    assert offset_of(at) == minutes
    assert on_clock(stamp(at), None, minutes, "").utcoffset() == zone
    assert offset_of(NOW) == offset_of(None) == offset_of(NOW.replace(tzinfo=None)) == 0
    assert on_clock(stamp(NOW), "en", 0, "").utcoffset() == timedelta()


def test_a_text_with_half_a_letter_can_be_told_from_others() -> None:
    assert text_digest(item("Lee \ud800")) != text_digest(item("Lee \ud801"))


def test_categories_are_kept_in_their_letters() -> None:
    assert categories_json(("한미", "Trade")) == '["한미", "Trade"]'
    assert categories_json(()) == "[]"
    assert categories("[]") == ()


def test_a_look_has_not_seen_what_came_later_and_what_it_was_not_shown() -> None:
    look = Look(at=NOW, hit=3, revision=0, unseen=frozenset({1}))
    assert [look.is_new(hit) for hit in range(1, 5)] == [True, False, False, True]
