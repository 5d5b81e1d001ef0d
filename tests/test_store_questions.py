"""What the store answers: which items and hits a question finds, in which order, and who saw what."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from sigtrack.errors import InputUnreadable, StoreCorrupt
from sigtrack.model import FeedState, Item, Priority, Story, fingerprint_of, item_id
from sigtrack.store import open_store
from sigtrack.store.interface import FullText, Look, Query, Run
from sigtrack.store.sql import Store
from sigtrack.text.search import parse_search
from stored import DAY, HOUR, NOW, hit, item, match, poll, titles
from team import run_sql
from test_store_statements import statement

TICK = timedelta(microseconds=1)
A, B, C = (item_id("nara", uid) for uid in "abc")


def three(store: Store, gap: timedelta = HOUR) -> None:
    """Items a, b and c of three moments."""
    for n, uid in enumerate("abc"):
        poll(store, [item(f"Nara {uid}", uid=uid)], NOW + n * gap)


# Items


def test_a_window_begins_with_its_first_moment_and_ends_before_its_last(store: Store) -> None:
    three(store)
    assert titles(store.items(Query(since=NOW + HOUR))) == ["Nara c", "Nara b"]
    assert titles(store.items(Query(since=NOW + HOUR + TICK))) == ["Nara c"]
    assert titles(store.items(Query(until=NOW + HOUR))) == ["Nara a"]
    assert titles(store.items(Query(until=NOW + HOUR + TICK))) == ["Nara b", "Nara a"]


def test_of_one_moment_the_later_item_is_the_newer_one(store: Store) -> None:
    three(store, timedelta())
    assert titles(store.items(Query())) == ["Nara c", "Nara b", "Nara a"]
    assert titles(store.items(Query(limit=1))) == ["Nara c"]
    assert titles(store.items(Query(limit=0))) == titles(store.items(Query(limit=-1))) == []
    number, first, last = store.extent(Query())
    assert first is not None and last is not None
    assert (number, first.item.title, last.item.title) == (3, "Nara a", "Nara c")


def test_a_window_without_items_has_no_first_and_no_last(store: Store) -> None:
    three(store)
    assert store.extent(Query(until=NOW)) == (0, None, None)
    number, first, last = store.extent(Query(since=NOW + HOUR))
    assert first is not None and last is not None
    assert (number, first.id, last.id) == (2, B, C)
    poll(store, [item("Nara d", uid="d")], NOW - HOUR)  # what comes last is not the newest
    number, first, last = store.extent(Query())
    assert first is not None and last is not None
    assert (number, first.item.title, last.id) == (4, "Nara d", C)


def test_a_language_is_found_with_its_scripts_and_no_other_language(store: Store) -> None:
    for tag in ("zh", "ZH-Hant", "zha", "ko", None):
        poll(store, [item(f"in {tag}", uid=f"{tag}", language=tag)])
    assert set(titles(store.items(Query(languages=("zh",))))) == {"in zh", "in ZH-Hant"}
    assert set(titles(store.items(Query(languages=("ZH", "ko"), sources=("nara",))))) == {
        "in zh", "in ZH-Hant", "in ko"
    }  # fmt: skip
    assert titles(store.items(Query(languages=("zh", "ko"), sources=("kobe",)))) == []


def test_a_page_of_many_edits_has_the_latest_words_only(store: Store) -> None:
    three(store)
    poll(store, [item("Kobe", uid="a")], NOW + DAY)
    poll(store, [item("Osaka", uid="a")], NOW + 2 * DAY)
    assert titles(store.items(Query())) == ["Nara c", "Nara b", "Osaka"]
    assert titles(store.revisions(A)) == ["Nara a", "Kobe", "Osaka"]
    assert titles(store.edited(Query())) == ["Osaka", "Kobe"]
    assert titles(store.edited(Query(since=NOW + 2 * DAY))) == ["Osaka"]
    assert titles(store.edited(Query(until=NOW + 2 * DAY))) == ["Kobe"]
    assert titles(store.edited(Query(limit=1))) == ["Osaka"]
    store.prune(NOW + 9 * DAY)
    assert titles(store.edited(Query())) == titles(store.revisions(A)) == []


def test_of_edits_of_one_moment_the_later_is_the_newer_one(store: Store) -> None:
    three(store)
    for uid in "bac":
        poll(store, [item(f"Kobe {uid}", uid=uid)], NOW + DAY)
    assert titles(store.edited(Query())) == ["Kobe c", "Kobe a", "Kobe b"]


def test_an_item_that_is_gone_is_said_to_be_pruned(store: Store) -> None:
    three(store)
    assert store.revision(2).item.title == "Nara b"
    store.prune(NOW + HOUR)
    with pytest.raises(InputUnreadable, match="pruned"):
        store.revision(1)


def test_an_id_of_three_letters_is_enough_and_of_many_candidates_five_are_named(
    store: Store,
) -> None:
    uids = [f"{n}" for n in range(3_000)]
    by_prefix: dict[str, list[str]] = {}
    for uid in uids:
        by_prefix.setdefault(item_id("nara", uid)[:3], []).append(uid)
    for number, named in ((1, 0), (5, 5), (6, 5)):
        prefix, some = next(pair for pair in by_prefix.items() if len(pair[1]) == number)
        poll(store, [item(f"Nara {uid}", uid=uid) for uid in some])
        ids = sorted(item_id("nara", uid) for uid in some)
        if number == 1:
            assert store.get(f" {prefix.upper()} ").id == ids[0]
            continue
        with pytest.raises(InputUnreadable, match="several") as caught:
            store.get(prefix)
        assert caught.value.hint == ", ".join(ids[:named]) + (", ..." if number > named else "")


def test_an_outline_counts_stories_and_items_of_the_same_words_once(store: Store) -> None:
    poll(store, [item("Nara", uid="a"), item("Nara", uid="b"), item("Kobe", uid="c")])
    store.save_stories([Story(id=C, lead=C, items=(C,), first=NOW, last=NOW)])
    words = fingerprint_of("Nara", "", "")
    found = {one.id: (one.story, one.revision, one.revised_at) for one in store.outlines(Query())}
    assert found == {A: (words, 1, None), B: (words, 1, None), C: (C, 1, None)}


def test_outlines_of_some_are_these_the_edited_and_all_of_a_feed(store: Store) -> None:
    poll(store, [item("Nara", uid=uid) for uid in "abcd"])
    poll(store, [item("Kobe", uid="e", feed="wire"), item("Sapporo", uid="f", feed="post")])
    poll(store, [item("Nara, edited", uid="d")], NOW + HOUR)
    numbers = {one.id: one.number for one in store.outlines(Query())}

    def of(*args: Collection[int], all_of: Collection[str] = ()) -> set[str]:
        return {one.id for one in store.outlines(Query(), *args, all_of=all_of)}

    edited = item_id("nara", "d")
    assert of() == numbers.keys()
    assert of([]) == {edited}
    assert of({numbers[A], numbers[C], 99}) == {A, C, edited}
    assert of([numbers[B]], all_of=["wire", "paper"]) == {B, item_id("wire", "e"), edited}
    since = store.outlines(Query(since=NOW + HOUR), list(numbers.values()))
    assert [one.id for one in since] == []


def test_the_extent_of_a_feed_spans_its_items_of_the_window(store: Store) -> None:
    three(store)
    poll(store, [item("Kobe", uid="k", feed="wire")], NOW + 5 * HOUR)
    numbers = {one.id: one.number for one in store.outlines(Query())}
    found = {one.feed: one for one in store.extents(Query(since=NOW + HOUR))}
    assert found.keys() == {"nara", "wire"}
    assert found["nara"][1:] == (NOW + HOUR, NOW + 2 * HOUR, numbers[B], numbers[C])
    assert list(store.extents(Query(since=NOW + DAY))) == []


# Hits


def hits_of_three(store: Store) -> None:
    """a: x low; b: x high and y urgent; c: y normal."""
    three(store)
    (batch,) = store.batches({"x": "1", "y": "1"})
    a, b, c = batch.items
    found = [
        (a, hit(a, "x", priority=Priority.LOW)),
        (b, hit(b, "x", priority=Priority.HIGH)),
        (b, hit(b, "y", priority=Priority.URGENT)),
        (c, hit(c, "y")),
    ]
    store.save_hits(batch, found, NOW)


def shown(store: Store, **asked: object) -> list[str]:
    found = store.hits(Query(**asked))  # type: ignore[arg-type]
    return [f"{one.stored.item.uid}{one.hit.watchlist}" for one in found]


def test_hits_are_found_by_list_priority_window_and_number(store: Store) -> None:
    hits_of_three(store)
    assert shown(store) == ["cy", "bx", "by", "ax"]
    assert shown(store, watchlists=("x",)) == ["bx", "ax"]
    assert shown(store, priority=Priority.NORMAL) == ["cy", "bx", "by"]
    assert shown(store, priority=Priority.URGENT) == ["by"]
    assert shown(store, since=NOW + HOUR, until=NOW + 2 * HOUR) == ["bx", "by"]
    assert shown(store, after_hit=2) == ["cy", "by"]
    assert store.hits_by_feed(Query(after_hit=2)) == {"nara": 2}
    assert store.hits_by_feed(Query()) == {"nara": 4}
    assert store.hits_by_feed(Query(until=NOW)) == {}
    assert store.hit_revisions(Query(watchlists=("x",))) == {1, 2}
    assert store.hit_revisions(Query(after_hit=4)) == {1, 2, 3}  # of all hits


def test_hits_of_one_item_hold_its_words_in_memory_once(store: Store) -> None:
    hits_of_three(store)
    found = list(store.hits(Query()))
    assert [one.hit.watchlist for one in found] == ["y", "x", "y", "x"]
    assert [one.stored is other.stored for one, other in pairwise(found)] == [False, True, False]


def test_an_edit_hides_the_hits_of_the_words_before(store: Store) -> None:
    hits_of_three(store)
    poll(store, [item("Kobe", uid="b")])
    assert shown(store) == ["cy", "ax"]
    assert store.hits_by_feed(Query()) == {"nara": 2}
    assert store.hit_revisions(Query()) == {1, 3}
    assert [(one.stored.revision, one.hit.watchlist) for one in store.hits_of(B)] == [
        (1, "x"), (1, "y")
    ]  # fmt: skip


def test_hits_of_one_item_come_by_its_words_from_the_latest_and_by_number(store: Store) -> None:
    poll(store, [item("Nara", uid="a")])
    match(store, {"x": "Nara"})
    match(store, {"y": "Nara"})
    poll(store, [item("Nara!", uid="a"), item("Nara b", uid="b")])
    match(store, {"y": "Nara"})
    match(store, {"x": "Nara"})
    found = store.hits_of(A)
    assert [(one.stored.revision, one.number) for one in found] == [(2, 1), (2, 2), (1, 1), (1, 2)]
    assert [one.hit.item for one in found] == [A] * 4


def test_members_are_of_stories_that_were_asked_for_and_whole(store: Store) -> None:
    hits_of_three(store)
    poll(store, [item("Oslo", uid="d"), item("Bergen", uid="e")], NOW + 9 * HOUR)
    d = item_id("nara", "d")
    store.save_stories([Story(id=C, lead=C, items=(C, d), first=NOW, last=NOW)])

    def members(*, every: bool, **asked: object) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in store.members(Query(**asked), every=every):  # type: ignore[arg-type]
            found.setdefault(one.story, []).append(one.uid)
        return {story: sorted(uids) for story, uids in found.items()}

    assert members(every=False) == {A: ["a"], B: ["b"], C: ["c", "d"]}
    assert members(every=False, after_hit=2) == {B: ["b"], C: ["c", "d"]}
    assert members(every=True, since=NOW + 9 * HOUR) == {
        C: ["c", "d"], item_id("nara", "e"): ["e"]
    }  # fmt: skip
    assert [one.item.uid for one in store.items_of_stories([C, "none"])] == ["c", "d"]


def test_items_of_stories_come_story_by_story_and_in_each_by_moment_and_id(store: Store) -> None:
    three(store)
    poll(store, [item("Oslo", uid="d"), item("Bergen", uid="e")], NOW + 9 * HOUR)
    d, e = (item_id("nara", uid) for uid in "de")
    first, second = sorted((A, B))
    for story, items in ((first, (A, C)), (second, (B, d, e))):
        store.save_stories([Story(id=story, lead=story, items=items, first=NOW, last=NOW)])
    of_first, of_second = (A, C), (B, *sorted((d, e)))
    both = (*of_first, *of_second)
    assert tuple(one.id for one in store.items_of_stories([first, second])) == both


def test_a_member_is_told_on_the_clock_of_its_own_publisher(store: Store) -> None:
    for feed in ("nara", "oslo", "kobe"):
        poll(store, [item("Fog", feed=feed)])
    store.keep_zones({"nara": "Asia/Tokyo", "oslo": "Europe/Oslo"})
    clocks = {one.feed: one.moment.utcoffset() for one in store.members(Query(), every=True)}
    assert clocks == {"nara": 9 * HOUR, "oslo": HOUR, "kobe": timedelta()}


# Runs and looks


@pytest.mark.parametrize(
    ("runs", "after"),
    [
        ([], (2, 3)),
        ([("fetch", None, 0, 1)], (0, 1)),
        ([("import", None, 0, 1)], (2, 3)),
        ([("fetch", 5, 0, 1)], (2, 3)),
        ([("fetch", None, 0, 1), ("fetch", 5, 0, 1)], (2, 3)),
        ([("fetch", None, 0, 1), ("fetch", 5, 1, 1)], (0, 1)),
        ([("fetch", None, 0, 1), ("fetch", 5, 0, 2)], (0, 1)),
        ([("fetch", None, 0, 1), ("import", 5, 0, 1)], (0, 1)),
        ([("fetch", 5, 0, 1), ("fetch", None, 0, 1)], (0, 1)),
        ([("fetch", None, 1, 0), ("fetch", None, 0, 2)], (0, 0)),
    ],
)
def test_a_run_tells_what_runs_of_its_kind_that_died_have_not_told(
    tmp_path: Path, runs: list[tuple[object, ...]], after: tuple[int, int]
) -> None:
    """Each as its kind, its end, and the last hit and revision before it."""
    place = str(tmp_path / "store.db")
    with open_store(place) as store:
        three(store)
        match(store, {"a": "Nara a", "b": "Nara b"})
        for kind, end, *before in runs:
            values = ", ".join(str(one).replace("None", "NULL") for one in (end, *before))
            run_sql(
                place,
                "INSERT INTO runs (kind, began, finished, after_hit, after_revision)"
                f" VALUES ('{kind}', 0, {values})",
            )
        run = store.begin_run("fetch", NOW)
        assert (run.after_hit, run.after_revision) == after
        store.finish_run(run, NOW + HOUR)
        last = store.last_run("fetch")
        assert last is not None and (last.number, last.finished) == (run.number, NOW + HOUR)
        ended = run_sql(place, "SELECT count(*) FROM runs WHERE finished IS NOT NULL")
        assert ended == [(1 + sum(one[1] is not None for one in runs),)]


def test_what_a_reader_was_not_shown_is_kept_for_that_reader_until_its_next_look(
    store: Store,
) -> None:
    hits_of_three(store)
    store.look("report", NOW, unseen=[4, 2, 99])
    store.look("other", NOW, hit=1, unseen=[3])
    assert store.last_look("report") == Look(at=NOW, hit=4, revision=3, unseen=frozenset({2, 4}))
    assert store.last_look("other") == Look(at=NOW, hit=1, revision=3, unseen=frozenset({3}))
    poll(store, [item("Kobe", uid="d")])
    store.look("report", NOW + HOUR, hit=3)
    assert store.last_look("report") == Look(at=NOW + HOUR, hit=3, revision=4)
    assert store.last_look("other") == Look(at=NOW, hit=1, revision=3, unseen=frozenset({3}))


def test_the_last_run_is_told_as_it_was_saved(store: Store) -> None:
    hits_of_three(store)
    run = store.begin_run("import", NOW)
    assert store.last_run("import") == run
    store.finish_run(run, NOW + HOUR)
    assert store.last_run("import") == Run(
        number=1, kind="import", began=NOW, finished=NOW + HOUR, after_hit=4, after_revision=3
    )


def test_the_sources_are_those_of_items_each_once_and_in_order(store: Store) -> None:
    assert store.sources() == []
    for feed in ("oslo", "kobe", "nara", "kobe"):
        poll(store, [item("Fog", feed=feed, uid=str(len(feed)))])
    poll(store, [item("Rain", feed="kobe", uid="2")])
    assert store.sources() == ["kobe", "nara", "oslo"]


def test_the_usual_gap_is_the_one_in_the_middle_whatever_their_order(store: Store) -> None:
    for feed, days in (("nara", (0, 5, 6, 7, 9)), ("kobe", (0, 2, 3, 4, 9))):
        for day in days:
            at = NOW - (9 - day) * DAY
            poll(store, [item(f"{day}", feed=feed, uid=f"{day}", published=at)], NOW)
    assert store.usual_gaps() == dict.fromkeys(("nara", "kobe"), 2 * DAY.total_seconds())


def test_four_days_are_too_few_to_tell_the_usual_gap(store: Store) -> None:
    for feed, days in (("nara", 4), ("kobe", 5)):
        for day in range(days):
            at = NOW - day * DAY
            poll(store, [item(f"{day}", feed=feed, uid=f"{day}", published=at)], NOW)
    assert store.usual_gaps() == {"kobe": DAY.total_seconds()}


def test_states_of_some_feeds_are_told_without_the_others(store: Store) -> None:
    store.save_feed_states([FeedState(feed=feed) for feed in ("b", "a", "c")])
    assert list(store.feed_states()) == ["a", "b", "c"]
    assert list(store.feed_states(["c", "a", "none"])) == ["a", "c"]
    assert store.feed_states([]) == {}


# Searches


def searched(store: Store, asked: str, **more: object) -> list[str]:
    """The uids of what a search finds, the best first."""
    query = Query(**more)  # type: ignore[arg-type]
    return [one.item.uid for one in store.search(parse_search(asked), query, order="rank")]


def test_what_holds_more_of_the_words_comes_first_and_what_holds_none_last(store: Store) -> None:
    filler = "rain fog snow hail sleet wind"
    poll(store, [item("Nara", uid="title", summary=filler)], NOW)
    poll(store, [item("Rain", uid="body", summary=f"{filler} nara")], NOW + HOUR)
    poll(store, [item("Rain", uid="none", summary=filler, author="Nara Kim")], NOW + 2 * HOUR)
    poll(store, [item("Rain", uid="nobody", summary=filler)], NOW + 3 * HOUR)
    assert searched(store, "nara OR author:kim") == ["title", "body", "none"]
    assert searched(store, "nara OR author:nara") == ["title", "body", "none"]
    assert searched(store, "NOT oslo") == ["nobody", "none", "body", "title"]
    assert searched(store, "author:kim OR title:nara") == ["title", "none"]
    assert searched(store, "author:kim OR author:lee") == ["none"]
    assert searched(store, "nara OR author:kim", limit=2) == ["title", "body"]


def test_of_two_that_hold_the_words_equally_the_newer_comes_first(store: Store) -> None:
    poll(store, [item("Nara", uid="old")], NOW - HOUR)
    poll(store, [item("Nara", uid="a", feed="one"), item("Nara", uid="b", feed="one")], NOW)
    poll(store, [item("Nara", uid="older")], NOW - 2 * HOUR)
    for order in ("rank", "date"):
        found = store.search(parse_search("nara"), Query(), order=order)
        assert [one.item.uid for one in found] == ["b", "a", "old", "older"]


def test_a_search_keeps_to_its_window_and_sources(store: Store) -> None:
    three(store)
    poll(store, [item("Nara k", feed="kobe", uid="k")], NOW + HOUR)
    assert searched(store, "nara", since=NOW + HOUR, until=NOW + 2 * HOUR) == ["k", "b"]
    assert searched(store, "nara", until=NOW + HOUR) == ["a"]
    assert searched(store, "nara NEAR/1 k", since=NOW + HOUR, sources=("kobe",)) == ["k"]
    assert searched(store, "nara", sources=("kobe",)) == ["k"]


def test_as_many_are_found_as_were_asked_for_though_the_index_finds_more(store: Store) -> None:
    for n, words in enumerate(("Lee and Nara", "Lee today far away from Nara", "Nara: Lee")):
        poll(store, [item(words, uid=f"{n}", summary=f"page {n}")], NOW + n * HOUR)
    assert searched(store, "lee NEAR/1 nara", limit=2) == ["2", "0"]
    assert searched(store, "lee NEAR/1 nara", limit=1) == ["2"]
    assert searched(store, "lee -(lee NEAR/1 nara)", limit=1) == ["1"]
    assert sorted(searched(store, "lee")) == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("nara author:kim", "ab"),
        ("nara author:kim rain", "b"),
        ("nara author:kim (rain OR category:us)", "ab"),
        ("oslo OR author:lee OR fog", "cd"),
        ("rain OR author:jun nara", "ab"),
        ("nara -author:lee", "ab"),
        ("-author:kim -author:lee", "d"),
        ("nara -(rain author:kim)", "ac"),
        ("author:kim NEAR/2 author:jun", "a"),
        ("author:kim NEAR/2 author:jun OR fog", "ad"),
        ("title:nara NEAR/2 title:today author:kim", "a"),
        ("(rain OR fog) (category:us OR title:fog)", "d"),
    ],
)
def test_words_of_the_text_and_of_the_byline_may_be_asked_together(
    store: Store, asked: str, found: str
) -> None:
    poll(store, [item("Nara today", uid="a", author="Kim Jun", categories=("US",))])
    poll(store, [item("Nara", uid="b", summary="rain", author="Kim")])
    poll(store, [item("Nara", uid="c", summary="hail", author="Lee")])
    poll(store, [item("Fog", uid="d")])
    assert sorted(searched(store, asked)) == list(found)


# Pages and statements


def test_pages_to_ask_come_by_weight_then_newest_first_and_from_a_moment_on(store: Store) -> None:
    def linked_item(uid: str, **more: object) -> Item:
        return item(f"Nara {uid}", uid=uid, url=f"https://nara.test/{uid}", **more)

    poll(store, [linked_item("old")], NOW - 2 * DAY)
    poll(store, [linked_item("edge")], NOW - DAY)
    poll(store, [linked_item(uid, language="ko", summary="Fog") for uid in ("a", "b", "c")])
    poll(store, [linked_item("imported", imported=True)])
    (batch,) = store.batches({"x": "1", "y": "1"})
    weights = [Priority.URGENT, Priority.NORMAL, Priority.LOW, Priority.HIGH, Priority.NORMAL]
    weights += [Priority.NORMAL]  # of the imported one
    found = [
        (one, hit(one, name, priority=priority))
        for one, weight in zip(batch.items, weights, strict=True)
        for name, priority in (("x", weight), ("y", Priority.LOW))
    ]
    store.save_hits(batch, found, NOW)

    def waiting() -> list[str]:
        return [one.url.rpartition("/")[2] for one in store.linked_pages(NOW - DAY, NOW)]

    assert waiting() == ["b", "c", "edge", "a"]
    (first, *_) = store.linked_pages(NOW - DAY, NOW)
    assert (first.feed, first.language, first.letters, first.tries) == ("nara", "ko", 9, 0)
    page = FullText(revision=first.revision, url="u", at=NOW, tries=2, due_at=NOW)
    store.save_full_texts([page])
    assert store.linked_pages(NOW - DAY, NOW)[0].tries == 2
    assert len(store.linked_pages(NOW - DAY, NOW - TICK)) == 3
    poll(store, [linked_item("c", summary="Rain")])
    assert waiting() == ["b", "edge", "a"]


def test_the_text_of_an_address_is_the_latest_that_is_one(store: Store) -> None:
    three(store)
    for number, hours, url, text in [(1, 1, "u", "old"), (2, 2, "u", "new"), (3, 3, "u", "")]:
        page = FullText(revision=number, url=url, at=NOW + hours * HOUR, text=text, matched=False)
        store.save_full_texts([page])
    assert store.unmatched_full_texts() == [1, 2, 3]
    store.full_text_is_matched(2)
    read = [store.full_text(number) for number in (1, 2, 3, 4)]
    assert [one and one.matched for one in read] == [False, True, False, None]
    assert store.unmatched_full_texts() == [1, 3]
    found = store.full_text_at("u", NOW)
    assert found is not None and found.text == "new"
    assert store.full_text_at("u", NOW + 2 * HOUR) == found
    assert store.full_text_at("u", NOW + 2 * HOUR + TICK) is None
    assert store.full_text_at("other", NOW) is None
    failed = FullText(revision=1, url="v", at=NOW, tries=3, due_at=NOW + DAY, reason="broke")
    store.save_full_texts([failed])
    assert store.full_text(1) == failed


def test_statements_of_one_day_come_as_they_were_added_and_one_alone_is_removed(
    store: Store,
) -> None:
    kept = [
        statement("Z"),
        statement("A"),
        statement("M", series="other"),
        statement("B", "2026-01-12"),
    ]
    for one in kept:
        store.keep_statement(one)
    z, a, m, b = kept
    assert store.statements() == [b, z, a, m]
    assert store.statements("other") == [m]
    assert store.find_statements("") == [b, z, a, m]
    store.remove_statement(z.id)
    assert store.statements() == [b, a, m]


# Damage

ASKED: dict[str, Callable[[Store], object]] = {
    "gaps": lambda store: store.usual_gaps(),
    "run": lambda store: store.last_run("fetch"),
    "look": lambda store: store.last_look("report"),
    "hits": lambda store: list(store.hits(Query())),
    "outlines": lambda store: list(store.outlines(Query())),
    "extents": lambda store: list(store.extents(Query())),
    "members": lambda store: list(store.members(Query(), every=True)),
    "linked": lambda store: store.linked_pages(NOW - DAY, NOW),
    "text": lambda store: store.full_text(1),
    "statements": lambda store: store.statements(),
}


@pytest.mark.parametrize(
    ("question", "damage"),
    [
        ("gaps", "UPDATE items SET feed = x'4e'"),
        ("run", "UPDATE runs SET after_hit = 'x'"),
        ("look", "UPDATE looks SET hit = 'x'"),
        ("look", "UPDATE unseen SET hit = 'x'"),
        ("look", "UPDATE looks SET at = 9223372036854775807"),
        ("hits", "UPDATE hits SET signal = x'4e'"),
        ("hits", "UPDATE sightings SET priority = 99"),
        ("outlines", "UPDATE revisions SET revision = 'x'"),
        ("extents", "UPDATE items SET feed = x'4e'"),
        ("members", "UPDATE items SET uid = x'4e'"),
        ("linked", "UPDATE revisions SET language = x'4e'"),
        ("text", "UPDATE full_texts SET reason = x'4e'"),
        ("statements", "UPDATE statements SET title = x'4e'"),
    ],
)
def test_what_nobody_has_written_is_damage_and_no_answer(
    tmp_path: Path, question: str, damage: str
) -> None:
    place = str(tmp_path / "store.db")
    with open_store(place) as store:
        for day in range(5):
            one = item("Nara", uid=f"{day}", url="https://nara.test", published=NOW - day * DAY)
            poll(store, [one])
        match(store, {"x": "Nara"})
        store.begin_run("fetch", NOW)
        store.look("report", NOW, unseen=[1])
        page = FullText(revision=1, url="u", at=NOW, text="", reason="broke")
        store.save_full_texts([page])
        store.keep_statement(statement("Z"))
        assert ASKED[question](store)
        run_sql(place, damage)
        with pytest.raises(StoreCorrupt, match="never written"):
            ASKED[question](store)
