"""Stories, tellings, vectors and the reader's marks in the store: whose they are, and from when."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sigtrack.errors import Busy
from sigtrack.model import Opinion, Story, item_id
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from stored import DAY, HOUR, NOW, item, poll, titles

A, B, C, D = (item_id("nara", uid) for uid in "abcd")


def said(store: Store, **days_ago: float) -> None:
    """Items by uid, each of so many days before today."""
    for uid, days in days_ago.items():
        poll(store, [item(f"Nara {uid}", uid=uid)], NOW - days * DAY)


def story(*ids: str) -> Story:
    return Story(id=ids[0], lead=ids[0], items=ids, first=NOW, last=NOW)


def stories(store: Store) -> dict[str, str | None]:
    return {one.item.uid: one.story for one in store.items(Query())}


# Marks


def test_a_star_is_of_all_items_of_its_story_and_another_mark_is_none(store: Store) -> None:
    said(store, a=0, b=0, c=0, d=0)
    store.save_stories([story(A, B), story(C)])
    store.mark_items([B, D], "star", "", NOW)
    store.mark_items([C], "done", "", NOW)
    store.mark_items([C], "note", "star", NOW)
    assert sorted(titles(store.items(Query(starred=True)))) == ["Nara a", "Nara b", "Nara d"]


def test_pruning_leaves_what_is_starred_or_has_a_note(store: Store) -> None:
    said(store, a=9, b=9, c=9, d=9)
    store.mark_items([A], "star", "", NOW)
    store.mark_items([B], "note", "why?", NOW)
    store.mark_items([C], "done", "", NOW)
    assert (store.prunable(NOW), store.prune(NOW)) == (2, 2)
    assert sorted(titles(store.items(Query()))) == ["Nara a", "Nara b"]


def test_pruning_leaves_what_is_of_the_moment_itself(store: Store) -> None:
    said(store, a=2, b=1)
    assert (store.prunable(NOW - DAY), store.prune(NOW - DAY)) == (1, 1)
    assert titles(store.items(Query())) == ["Nara b"]


def test_only_the_mark_that_is_named_is_taken_off(store: Store) -> None:
    said(store, a=0, b=0)
    for hours, (kind, note) in enumerate([("star", ""), ("note", "x"), ("note", "y")]):
        store.mark_items([A, B], kind, note, NOW + hours * HOUR)  # type: ignore[arg-type]

    def marks() -> list[tuple[str, str, str]]:
        return [(one.item, one.kind, one.note) for one in store.marks_of_stories([A, B])]

    every = [(id, kind, note) for kind, note in [("star", ""), ("note", "x"), ("note", "y")]
             for id in (A, B)]  # fmt: skip
    assert marks() == every
    assert store.unmark_items([A], "note", "x") == 1
    assert marks() == [one for one in every if one != (A, "note", "x")]
    assert store.unmark_items([B], "note", "") == 2
    assert marks() == [(A, "star", ""), (B, "star", ""), (A, "note", "y")]
    assert store.unmark_items([A, B], "star", "") == 2
    assert marks() == [(A, "note", "y")]


# Stories


def test_the_days_of_items_without_a_story_come_once_and_in_order(store: Store) -> None:
    old = datetime(1969, 7, 20, 20, 17, tzinfo=UTC)
    poll(store, [item("Nara old", uid="d", published=old, imported=True)])
    said(store, a=1, b=1.1, c=0)
    midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [datetime(1969, 7, 20, tzinfo=UTC), midnight - DAY, midnight]
    assert store.untold_days() == days
    store.save_stories([story(C)])
    assert store.untold_days() == days[:-1]


def test_a_pruned_item_gets_no_story(store: Store) -> None:
    said(store, a=9, b=0)
    store.prune(NOW)
    store.save_stories([story(A, B)])
    assert [one.id for one in store.items_of_stories([A])] == [B]


@pytest.mark.parametrize(
    ("since", "left"),
    [(None, [None, None]), (NOW - DAY, [None, A]), (NOW - DAY + HOUR, [B, A]), (NOW, [B, A])],
)
def test_stories_are_formed_again_from_a_moment_on(
    store: Store, since: datetime | None, left: list[str | None]
) -> None:
    said(store, a=2, b=1)
    for again in (store.untell, lambda since: store.renew_stories(f"by {since}", since)):
        store.save_stories([story(A), story(B)])
        again(since)
        assert [stories(store)["b"], stories(store)["a"]] == left


def test_stories_are_formed_again_only_if_another_encoder_would_form_them(store: Store) -> None:
    said(store, a=0)
    assert store.stories_encoder() is None
    for encoder, formed_again in [("", False), ("", False), ("x", True), ("x", False), ("", True)]:
        store.save_stories([story(A)])
        store.renew_stories(encoder, None)
        assert stories(store) == {"a": None if formed_again else A}
        assert store.stories_encoder() == encoder


def test_tellings_come_in_order_from_the_first_moment_to_before_the_last(store: Store) -> None:
    said(store, d=3, c=2, b=1, a=0)
    poll(store, [item("Nara e", uid="e")], NOW - 2 * DAY)
    assert [one.number for one in store.tellings(NOW - 2 * DAY, NOW)] == [2, 5, 3]


def test_the_telling_of_the_words_before_is_told_of_an_item_without_a_story(store: Store) -> None:
    said(store, a=0, b=0)  # revisions 1 and 2
    for words in ("Kobe", "Osaka"):
        poll(store, [item(words, uid="a")])  # 3 and 4
        poll(store, [item(words, uid="b")])  # 5 and 6
    numbers = {one.item.uid: [r.number for r in store.revisions(one.id)]
               for one in store.items(Query())}  # fmt: skip
    every = [number for some in numbers.values() for number in some]
    store.keep_tellings("1", {number: f"of {number}" for number in every}, None)
    store.save_stories([story(B)])
    told = {one.id: (one.text, one.older) for one in store.tellings(NOW, NOW + HOUR)}
    a, b = numbers["a"], numbers["b"]
    assert told == {A: (f"of {a[2]}", f"of {a[1]}"), B: (f"of {b[2]}", "")}


def test_the_words_before_may_have_been_forgotten(store: Store) -> None:
    said(store, a=0)
    poll(store, [item("Kobe", uid="a")])
    assert [(one.revision, one.text, one.older) for one in store.tellings(NOW, NOW + HOUR)] == [
        (2, "", "")
    ]


def test_a_telling_is_forgotten_if_it_is_older_than_asked_for(store: Store) -> None:
    said(store, a=2, b=1, c=0)
    store.keep_tellings("1", {1: "of a", 2: "of b"}, None)
    store.keep_tellings("1", {3: "of c"}, NOW - DAY)
    assert [one.text for one in store.tellings(NOW - 9 * DAY, NOW + DAY)] == ["", "of b", "of c"]


def test_a_telling_of_words_that_were_pruned_meanwhile_is_not_kept(store: Store) -> None:
    said(store, a=9, b=0)
    store.prune(NOW)
    store.keep_tellings("1", {1: "of a", 2: "of b"}, None)
    assert [one.text for one in store.tellings(NOW, NOW + HOUR)] == ["of b"]
    assert store.check() == []


def test_nobody_is_kept_from_writing_where_the_encoder_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with open_store(str(path), patience=0.0) as store:
        store.renew_stories("x", None)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            store.renew_stories("x", None)
            with pytest.raises(Busy):
                store.renew_stories("y", None)


def test_an_opinion_is_of_the_words_that_it_was_asked_about(store: Store) -> None:
    said(store, a=0, b=0)
    poll(store, [item("Nara a", uid="c")])  # the same words
    first = Opinion(
        stance="agrees", quote="Nara", reason="", question="q", prompt=1, model="m", at=NOW
    )
    later = replace(first, model="n", at=NOW + HOUR)
    for one in (later, first):
        store.keep_opinion(1, one)
    store.keep_opinion(99, first)
    assert store.opinions([1, 2, 3]) == [(1, first), (3, first), (1, later), (3, later)]
    again = replace(first, stance="unsure", reason="who?", at=NOW + 2 * HOUR)
    store.keep_opinion(3, again)
    assert store.opinions([1]) == [(1, later), (1, again)]
    assert store.opinions([2]) == []


def test_a_new_item_has_no_telling_of_the_words_before(store: Store) -> None:
    said(store, a=0)
    store.keep_tellings("1", {1: "of a"}, None)
    assert [(one.reader, one.text, one.older) for one in store.tellings(NOW, NOW + HOUR)] == [
        ("1", "of a", "")
    ]


def test_a_vector_is_of_the_latest_words_and_of_one_model(store: Store) -> None:
    said(store, a=0, b=0, c=9)
    store.prune(NOW - DAY)
    store.keep_vectors("one", {A: b"a", B: b"b", C: b"c"})
    store.keep_vectors("one", {C: b"c"})
    assert store.vectors("one", [A, B, C]) == {A: b"a", B: b"b"}
    assert store.vectors("one", [A]) == {A: b"a"}
    assert store.vectors("other", [A, B]) == {}
    poll(store, [item("Kobe", uid="a")])
    assert store.vectors("one", [A, B]) == {B: b"b"}
    store.keep_vectors("other", {B: b"B"})
    assert (store.vectors("one", [B]), store.vectors("other", [B])) == ({}, {B: b"B"})
    assert store.check() == []
