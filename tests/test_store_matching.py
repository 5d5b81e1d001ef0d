"""Hits are derived: whatever happens in between, they are what matching everything would give."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from newsroom import Files, news, rules, tell
from sigtrack.app.in_force import Catalogue, Index
from sigtrack.app.intake import Matching, match_pending, of_its_publisher, rematch
from sigtrack.app.readings import Progress, ReadingRules
from sigtrack.app.rules import rules_of
from sigtrack.errors import Busy, StoreCorrupt
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Feed, Note, Origin, Parsed, Priority, Story, item_id
from sigtrack.store import open_store
from sigtrack.store.interface import KINDS, FullText, Kind, Query
from sigtrack.store.sql import Store
from stored import DAY, HOUR, NOW, hit, hit_titles, item, match, poll
from team import run_sql

WORDS = {"nara": "Nara", "seoul": "Seoul"}


def test_what_is_matched_is_not_matched_again(store: Store) -> None:
    poll(store, [item("Nara"), item("Seoul", uid="b")])
    assert store.pending({"nara": "1", "seoul": "1"}) == 2
    assert match(store, WORDS) == 2
    assert store.pending({"nara": "1", "seoul": "1"}) == 0
    assert list(store.batches({"nara": "1", "seoul": "1"})) == []
    poll(store, [item("Nara again", uid="c")])
    (batch,) = store.batches({"nara": "1", "seoul": "1"})
    assert [one.item.title for one in batch.items] == ["Nara again"]


def test_an_edited_watchlist_is_matched_against_the_past(store: Store) -> None:
    poll(store, [item("Nara"), item("Kyoto", uid="b")])
    match(store, WORDS)
    assert store.pending({"nara": "2", "seoul": "1"}) == 2
    assert match(store, {"nara": "Kyoto"}, version="2") == 1
    assert hit_titles(store) == [("nara", "Kyoto")]


def test_a_new_watchlist_does_not_make_the_others_read_again(store: Store) -> None:
    poll(store, [item(f"Nara {n}", uid=str(n)) for n in range(5)])
    match(store, WORDS)
    poll(store, [item("Nara", uid="last")])
    batches = list(store.batches({**dict.fromkeys(WORDS, "1"), "new": "1"}))
    assert [(sorted(b.fingerprints), len(b.items)) for b in batches] == [
        (["new"], 5),
        (["nara", "new", "seoul"], 1),
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_batches_hold_every_revision_once(store: Store, limit: int) -> None:
    poll(store, [item(f"Nara {n}", uid=str(n)) for n in range(7)])
    numbers = [one.number for b in store.batches({"nara": "1"}, limit=limit) for one in b.items]
    assert numbers == [1, 2, 3, 4, 5, 6, 7]
    assert match(store, WORDS, limit=limit) == 7


def test_a_match_that_was_not_saved_is_still_to_be_done(store: Store) -> None:
    poll(store, [item(f"Nara {n}", uid=str(n)) for n in range(4)])
    batches = store.batches({"nara": "1"}, limit=2)
    store.save_hits(next(batches), [], NOW)
    next(batches)
    assert store.pending({"nara": "1"}) == 2


def test_an_item_that_hits_again_in_a_revision_is_one_alert(store: Store) -> None:
    poll(store, [item("Nara")])
    assert match(store, WORDS) == 1
    poll(store, [item("Nara, corrected")], NOW + HOUR)
    assert match(store, WORDS) == 0
    assert [(f.number, f.stored.item.title) for f in store.hits(Query())] == [
        (1, "Nara, corrected")
    ]
    assert hit_titles(store, Query(after_hit=1)) == []


def test_hits_of_an_older_revision_are_kept_but_not_shown(store: Store) -> None:
    poll(store, [item("Nara")])
    match(store, WORDS)
    poll(store, [item("Seoul")])
    assert hit_titles(store) == []
    match(store, WORDS)
    assert hit_titles(store) == [("seoul", "Seoul")]
    kept = store.hits_of(item_id("nara", "a"))
    assert [(f.stored.revision, f.hit.watchlist) for f in kept] == [(2, "seoul"), (1, "nara")]


def test_a_hit_found_again_after_two_edits_of_its_watchlist_keeps_its_number(store: Store) -> None:
    poll(store, [item("Nara"), item("Seoul", uid="b")])
    match(store, WORDS)
    match(store, {"nara": "nothing"}, version="2")
    assert hit_titles(store) == [("seoul", "Seoul")]
    assert match(store, WORDS, version="3") == 0
    assert {f.stored.item.title: f.number for f in store.hits(Query())} == {"Nara": 1, "Seoul": 2}


def test_hits_of_watchlists_that_are_gone_are_forgotten(store: Store) -> None:
    poll(store, [item("Nara in Seoul")])
    match(store, WORDS)
    assert store.forget_watchlists(["seoul"]) == 1
    assert hit_titles(store) == [("seoul", "Nara in Seoul")]
    assert store.pending({"nara": "1"}) == 1
    assert match(store, WORDS) == 1


def test_hits_narrow_by_watchlist_priority_and_window(store: Store) -> None:
    poll(store, [item("old", uid="1")], NOW - 9 * DAY)
    poll(store, [item("fresh", uid="2")], NOW)
    (batch,) = store.batches({"a": "1", "b": "1"})
    old, fresh = batch.items
    found = [
        (old, hit(old, "a", priority=Priority.URGENT)),
        (fresh, hit(fresh, "a", priority=Priority.LOW)),
        (fresh, hit(fresh, "b", priority=Priority.HIGH)),
    ]
    store.save_hits(batch, found, NOW)
    assert hit_titles(store) == [("a", "fresh"), ("b", "fresh"), ("a", "old")]
    assert hit_titles(store, Query(since=NOW - DAY, watchlists=("a",))) == [("a", "fresh")]
    assert hit_titles(store, Query(priority=Priority.HIGH)) == [("b", "fresh"), ("a", "old")]
    assert hit_titles(store, Query(until=NOW)) == [("a", "old")]
    assert hit_titles(store, Query(limit=1)) == [("a", "fresh")]


def test_a_watchlist_edited_while_a_batch_is_out_does_not_count_as_read(store: Store) -> None:
    poll(store, [item(f"Nara {n}", uid=str(n)) for n in range(4)])
    batches = store.batches({"nara": "1"}, limit=2)
    store.save_hits(next(batches), [], NOW)
    stale = next(batches)
    match(store, {"nara": "Nara"}, version="2")
    store.save_hits(stale, [], NOW)
    assert store.pending({"nara": "2"}) == 0
    assert len(hit_titles(store)) == 4


def test_hits_of_a_watchlist_that_was_edited_while_a_batch_was_out_are_not_kept(
    store: Store,
) -> None:
    poll(store, [item(f"Nara {n}", uid=str(n)) for n in range(4)])
    batches = store.batches({"nara": "1", "other": "1"}, limit=2)
    store.save_hits(next(batches), [], NOW)
    stale = next(batches)
    store.match_from({"nara": "2"}, None)
    found = [(one, hit(one, name)) for one in stale.items for name in stale.fingerprints]
    assert store.save_hits(stale, found, NOW) == 2
    assert {watchlist for watchlist, _ in hit_titles(store)} == {"other"}
    assert store.pending({"nara": "2"}) == 4


def test_a_watchlist_that_no_longer_hits_the_last_item_takes_its_hit_back(store: Store) -> None:
    poll(store, [item("Nara"), item("Nara too", uid="b")])
    match(store, {"nara": "Nara"})
    match(store, {"nara": "Kobe"}, version="2")
    assert hit_titles(store) == []


def test_an_item_that_is_pruned_while_a_batch_is_out_gets_no_hit(store: Store) -> None:
    poll(store, [item("Nara")])
    (batch,) = store.batches({"nara": "1"})
    store.prune(NOW + DAY)
    (stored,) = batch.items
    assert store.save_hits(batch, [(stored, hit(stored, "nara"))], NOW) == 0
    assert store.check() == []


def test_where_there_are_no_watchlists_nothing_is_to_be_matched(store: Store) -> None:
    poll(store, [item("Nara")])
    assert store.pending({}) == 0
    assert list(store.batches({})) == []


def test_matching_from_a_moment_begins_with_what_was_published_at_it(store: Store) -> None:
    poll(store, [item("Nara")], NOW - DAY)
    poll(store, [item("Kobe", uid="b")], NOW)
    store.match_from({"nara": "2"}, NOW)
    (batch,) = store.batches({"nara": "2"})
    assert [one.item.title for one in batch.items] == ["Kobe"]


def test_another_time_zone_is_matched_from_its_first_item_on_and_the_same_one_never(
    store: Store,
) -> None:
    poll(store, [item("Oslo", feed="oslo")])
    poll(store, [item("Nara"), item("Kobe", uid="b")])
    match(store, WORDS)
    store.keep_zones({"nara": "Asia/Tokyo", "oslo": ""})
    assert store.pending(dict.fromkeys(WORDS, "1")) == 2
    match(store, WORDS)
    store.keep_zones({"nara": "Asia/Tokyo", "oslo": ""})
    assert store.pending(dict.fromkeys(WORDS, "1")) == 0
    store.keep_zones({"nowhere": "Asia/Seoul"})
    assert store.pending(dict.fromkeys(WORDS, "1")) == 0


def test_nobody_is_kept_from_writing_where_no_time_zone_is_new(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with open_store(str(path), patience=0.0) as store:
        store.keep_zones({"nara": "Asia/Tokyo"})
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            store.keep_zones({"nara": "Asia/Tokyo"})
            with pytest.raises(Busy):
                store.keep_zones({"nara": "Asia/Seoul"})


@pytest.mark.parametrize("column", ["upto", "fingerprint"])
def test_how_far_a_watchlist_has_read_is_damage_if_nobody_wrote_it(
    tmp_path: Path, column: str
) -> None:
    place = str(tmp_path / "store.db")
    with open_store(place) as store:
        poll(store, [item("Nara")])
        match(store, WORDS)
        run_sql(place, f"UPDATE marks SET {column} = x'ff'")
        with pytest.raises(StoreCorrupt, match="never written"):
            store.pending(dict.fromkeys(WORDS, "1"))


class StoreLikeADict(RuleBasedStateMachine):
    """The store beside the plainest model of it: items by uid, each a list of titles."""

    words = st.sampled_from(["Nara", "Seoul", "Nara Seoul", "Kyoto"])
    uids = st.sampled_from("abcde")

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.place = f"{self.folder.name}/store.db"
        self.store = open_store(self.place)
        self.past: dict[str, list[str]] = {}
        self.watched = dict(WORDS)
        self.version = "1"
        self.numbers: dict[tuple[str, str], int] = {}

    @rule(items=st.lists(st.tuples(uids, words), max_size=4, unique_by=lambda pair: pair[0]))
    def fetch(self, items: list[tuple[str, str]]) -> None:
        # A title is of one item only: the same titles under new names are known items to a store.
        items = [(uid, f"{title} {uid}") for uid, title in items]
        poll(self.store, [item(title, uid=uid) for uid, title in items])
        for uid, title in items:
            past = self.past.setdefault(uid, [])
            if not past or past[-1] != title:
                past.append(title)

    @rule(word=words)
    def edit_a_watchlist(self, word: str) -> None:
        self.version = str(int(self.version) + 1)
        self.watched["nara"] = word

    @rule(limit=st.integers(1, 3), batches=st.integers(0, 3))
    def match_and_die(self, limit: int, batches: int) -> None:
        fingerprints = dict.fromkeys(self.watched, self.version)
        for batch, _ in zip(
            self.store.batches(fingerprints, limit=limit), range(batches), strict=False
        ):
            found = [
                (stored, hit(stored, name))
                for stored in batch.items
                for name in batch.fingerprints
                if self.watched[name] in stored.item.title
            ]
            self.store.save_hits(batch, found, NOW)
        self.store.close()
        self.store = open_store(self.place)

    @rule()
    def match_everything(self) -> None:
        match(self.store, self.watched, version=self.version, limit=2)
        assert self.store.pending(dict.fromkeys(self.watched, self.version)) == 0
        shown = {
            (found.hit.watchlist, found.stored.item.uid): found
            for found in self.store.hits(Query())
        }
        assert shown.keys() == {
            (name, uid)
            for uid, past in self.past.items()
            for name, word in self.watched.items()
            if word in past[-1]
        }
        for key, found in shown.items():
            assert found.stored.item.title == self.past[found.stored.item.uid][-1]
            assert self.numbers.setdefault(key, found.number) == found.number

    @invariant()
    def nothing_is_lost(self) -> None:
        stored = {one.item.uid: one for one in self.store.items(Query())}
        assert {uid: one.item.title for uid, one in stored.items()} == {
            uid: past[-1] for uid, past in self.past.items()
        }
        for uid, past in self.past.items():
            told = [one.item.title for one in self.store.revisions(stored[uid].id)]
            assert told == past

    def teardown(self) -> None:
        assert self.store.check() == []
        self.store.close()
        self.folder.cleanup()


TestStoreLikeADict = StoreLikeADict.TestCase
TestStoreLikeADict.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)


def test_matching_from_a_day_leaves_older_items_with_the_hits_they_have(store: Store) -> None:
    poll(store, [item("Nara"), item("Seoul", uid="b")])
    poll(store, [item("Nara and Seoul", uid="c")], at=NOW + 9 * DAY)
    match(store, WORDS)
    store.match_from({"nara": "2"}, NOW + 5 * DAY)
    (batch,) = store.batches({"nara": "2"})
    assert [one.item.title for one in batch.items] == ["Nara and Seoul"]
    assert ("nara", "Nara") in hit_titles(store)
    store.match_from({"nara": "2"}, NOW + 99 * DAY)
    assert store.pending({"nara": "2"}) == 0
    store.match_from({"nara": "2"}, None)
    assert store.pending({"nara": "2"}) == 3


def test_what_is_to_be_matched_and_to_be_read_comes_once(store: Store) -> None:
    poll(store, [item(f"Nara {n}", uid=str(n)) for n in range(5)])
    match(store, WORDS)
    poll(store, [item("Nara", uid="last")])
    lists, kinds = dict.fromkeys(WORDS, "1"), dict.fromkeys(KINDS, "1")
    assert (store.pending(lists), store.pending(lists, kinds)) == (1, 6)
    batches = list(store.batches(lists, kinds))
    assert [(sorted(b.fingerprints), sorted(b.kinds), len(b.items)) for b in batches] == [
        ([], ["phrases", "visits", "wording"], 5),
        (["nara", "seoul"], ["phrases", "visits", "wording"], 1),
    ]


def test_a_batch_saves_what_it_was_asked_for_and_nothing_else(store: Store) -> None:
    poll(store, [item("Nara")])
    (batch,) = store.batches({"nara": "1"}, {"visits": "1"})
    store.save_hits(batch, [(one, hit(one, "nara")) for one in batch.items], NOW)
    assert (store.pending({"nara": "1"}), store.pending(kinds={"visits": "1"})) == (0, 1)
    store.save_readings(batch, [(one, {"visits": ()}) for one in batch.items])
    assert store.pending({"nara": "1"}, {"visits": "1"}) == 0
    assert store.pending(kinds={"wording": "1"}) == 1


def test_long_articles_come_in_smaller_batches(store: Store) -> None:
    poll(store, [item(f"Nara {n}", uid=str(n), text=f"{n}" * 999_999) for n in range(9)])
    batches = [len(batch.items) for batch in store.batches({"nara": "1"})]
    assert batches == [5, 4]


# With the rules of a user


@pytest.fixture
def lights(tmp_path: Path) -> Iterator[Store]:
    """A store in which a hit and another item were matched, read and told."""
    with open_store(str(tmp_path / "lights.db")) as store:
        title = "A lighthouse is lit"
        old = replace(news(title), published=NOW - 120 * DAY, imported=True)
        tell(store, [old, news("Fish is cheap")])
        for one in store.items(Query()):
            story = Story(id="kept", lead=one.id, items=(one.id,), first=NOW, last=NOW)
            store.save_stories([story])
        yield store


def again(store: Store, *feeds: Feed, **how: Any) -> tuple[str, dict[str, int]]:
    """What a rematch says, and its record."""
    told = rematch(store, Files(now=NOW, rules=rules(), catalogue=Catalogue(feeds=feeds)), **how)
    (block,), (record,) = told.blocks, told.records
    assert isinstance(block, Note)
    last = store.last_run("rematch")
    assert last is not None and last.finished == NOW
    return str(block.text), record


def stories(store: Store) -> dict[str, bool]:
    """Whether the story of each item is that of before."""
    return {one.item.title: one.story == "kept" for one in store.items(Query())}


def test_a_rematch_of_what_is_matched_does_nothing_and_says_so(lights: Store) -> None:
    said, record = again(lights)
    assert said == "nothing to match: every item has been matched with the watchlists as they are"
    assert record == {"matched": 0, "new_hits": 0, "read": 0}
    assert stories(lights) == {"A lighthouse is lit": True, "Fish is cheap": True}


def test_a_rematch_since_a_day_leaves_the_days_before_as_they_are(lights: Store) -> None:
    said, record = again(lights, since="2026-01-13")
    assert (said, record["matched"]) == ("1 revision matched, 0 new hits", 1)
    assert stories(lights) == {"A lighthouse is lit": True, "Fish is cheap": False}
    said, record = again(lights, since="all")
    assert (said, record["matched"]) == ("2 revisions matched, 0 new hits", 2)
    assert stories(lights) == {"A lighthouse is lit": False, "Fish is cheap": False}
    assert len(list(lights.hits(Query()))) == 1


def test_a_rematch_finds_hits_reads_and_tells_what_nobody_has(lights: Store) -> None:
    poll(lights, [news("Old lighthouse is sold")])
    said, record = again(lights)
    assert said == "1 revision matched, 1 new hit; 1 revision read again"
    assert record == {"matched": 1, "new_hits": 1, "read": 1}
    assert None not in {one.story for one in lights.items(Query())}
    lights.renew_readings(dict.fromkeys(KINDS, "older rules"), None)
    assert again(lights)[0] == "3 revisions read again"


def test_a_rematch_with_another_clock_matches_the_items_of_that_feed(lights: Store) -> None:
    harbour = Feed(id="harbour", url="https://harbour.test", timezone="Asia/Tokyo")
    assert again(lights, harbour)[1]["matched"] == 2
    assert {one.first_seen.utcoffset() for one in lights.items(Query())} == {9 * HOUR}


def test_progress_counts_what_is_matched_and_else_what_is_read(lights: Store) -> None:
    def told(work: Callable[[Progress], object]) -> list[tuple[int, int]]:
        counted: list[tuple[int, int]] = []
        work(lambda done, of: counted.append((done, of)))
        return counted

    poll(lights, [news("Old lighthouse is sold")])
    assert told(lambda seen: match_pending(lights, rules(), Catalogue(), NOW, seen)) == [(1, 1)]
    assert told(lambda seen: match_pending(lights, rules(), Catalogue(), NOW, seen)) == []
    older = rules_of(rules().watchlists, {})
    prints: dict[Kind, str] = dict.fromkeys(KINDS, "older rules")
    older.readings = ReadingRules(
        Index(actors=rules().readings.actors, readings=prints), shipped_lexicon
    )
    match_pending(lights, older, Catalogue(), NOW)
    assert told(lambda seen: match_pending(lights, rules(), Catalogue(), NOW, seen)) == [
        (2, 2)
    ]  # of 90 days


def test_hits_of_a_list_that_is_gone_go_unless_a_file_is_broken(lights: Store) -> None:
    fewer, broken = rules_of((), {}), rules_of((), {}, broken=rules().index.watchlists[:1])
    for one in (fewer, broken):
        one.readings = rules().readings
    match_pending(lights, broken, Catalogue(), NOW)
    assert len(list(lights.hits(Query()))) == 1
    assert match_pending(lights, fewer, Catalogue(), NOW) == 0
    assert list(lights.hits(Query())) == []
    assert match_pending(lights, rules(), Catalogue(), NOW) == 1


def test_the_first_document_under_a_name_decides_whose_name_it_is(lights: Store) -> None:
    def named(
        uid: str, catalogue: Collection[str] = (), *, name: str = "week", **about: str
    ) -> str:
        parsed = Parsed(items=(news("Fog", uid=uid), news("Mist", uid="m")), origin=Origin(**about))
        id, items = of_its_publisher(lights, name, parsed, catalogue)
        assert [one.feed for one in items] == [id, id]
        return id

    assert named("1", itself="https://coast.test/a") == "week"
    assert lights.origin("week") == Origin(itself="https://coast.test/a")
    assert named("2", itself="https://coast.test/a") == "week"
    assert named("3", itself="https://bay.test/", title="The Bay") == "the-bay"
    assert named("4", itself="https://bay.test/", title="The Bay") == "the-bay"
    assert named("5", site="https://isle.test/", title="") == "week"  # says nothing against it
    assert named("6", {"isle-test"}, itself="https://isle.test/") == "isle-test-2"
    assert named("7", itself="https://other.test/b", title="The Bay") == "the-bay-2"
    assert named("10", name="diary", site="https://one.test/") == "diary"
    assert named("11", name="diary", site="https://two.test/") == "two-test"
    poll(lights, [replace(news("Fog", uid="8"), feed="week")])
    assert named("8", itself="https://moved.test/") == "week"  # with an item that it had
    assert named("9", itself="https://moved.test/") == "moved-test"


def _read_pages(store: Store, *texts: str) -> None:
    for number, words in enumerate(texts, 1):
        link = "https://example.org/"
        page = FullText(revision=number, url=link, at=NOW, text=words, matched=False)
        store.save_full_texts([page])


def test_hits_of_a_page_are_found_beside_those_of_the_feed_and_once(lights: Store) -> None:
    _read_pages(lights, "A lighthouse, and a wreck below", "A wreck was seen, and a lighthouse")
    matching = Matching(lights, rules(), Catalogue(), NOW)
    assert matching.match(NOW) == 0
    matching.match_full_texts(NOW)
    assert matching.new == 3
    assert lights.unmatched_full_texts() == []
    found = [(one.stored.item.title, one.hit.watchlist) for one in lights.hits(Query())]
    assert sorted(found) == [
        ("A lighthouse is lit", "lighthouses"),
        ("A lighthouse is lit", "wrecks"),
        ("Fish is cheap", "lighthouses"),
        ("Fish is cheap", "wrecks"),
    ]


def test_a_kill_between_the_hits_of_a_page_and_its_mark_leaves_neither(
    lights: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the hits would not be new to the run that goes on."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    _read_pages(lights, "A wreck was seen")
    before = lights.unmatched_full_texts()
    with monkeypatch.context() as patch:
        patch.setattr(type(lights), "full_text_is_matched", killed)
        with pytest.raises(KeyboardInterrupt):
            Matching(lights, rules(), Catalogue(), NOW).match_full_texts(NOW)
    assert lights.unmatched_full_texts() == before != []
    matching = Matching(lights, rules(), Catalogue(), NOW)
    matching.match_full_texts(NOW)
    assert matching.new == 1


def test_what_is_matched_in_several_batches_is_counted_together(lights: Store) -> None:
    wrecks = [replace(news(f"Wreck {n}"), url=f"https://example.org/{n}") for n in range(501)]
    poll(lights, wrecks)
    counted: list[tuple[int, int]] = []
    matching = Matching(lights, rules(), Catalogue(), NOW)
    assert matching.match(NOW, lambda done, of: counted.append((done, of))) == 501
    assert counted == [(500, 501), (501, 501)]
    poll(lights, [news("Another wreck")])
    assert matching.match(NOW) == 1
    assert matching.new == 502
