"""Done, starred, noted: marks of stories, and what becomes of them as time goes on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import Begun, Desk
from sigtrack.app.stories import Standing
from sigtrack.model import StoredItem, Story
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from stored import DAY, HOUR, NOW, item, poll, titles
from team import run_sql

LIT = "Lighthouse of Cape Akitsu is lit again after forty dark years"
SOLD = "Old lighthouse on the northern pier is sold to a painter"


def take(desk: Desk, title: str, *sources: str, now: str = "2026-01-14T12:00:00Z") -> None:
    """The title as each of these sources has it; an id is that of the title."""
    file = desk.home / "items.jsonl"
    lines = (
        {"id": title[:9], "title": title, "date": "2026-01-14T09:00:00Z", "source": one}
        for one in sources
    )
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    desk.run("import", file, SIGTRACK_NOW=now)


@pytest.fixture
def coast(begun: Begun) -> Desk:
    """Two stories, the first of two items."""
    return begun(tell)


def tell(desk: Desk) -> None:
    take(desk, LIT, "wire", "post")
    take(desk, SOLD, "wire")


def id_of(desk: Desk, title: str) -> str:
    every = desk.run("report", "--all", "-f", "jsonl").records
    return next(str(one["item"]) for one in every if one["title"] == title)


def line(desk: Desk, title: str, *options: str) -> str:
    """The line of a report that has the title; "" for none."""
    words = title.rsplit(maxsplit=1)[-1]
    return next((one for one in desk.run("report", *options).lines if words in one), "")


def test_what_is_done_is_left_out_until_all_is_asked_for(coast: Desk) -> None:
    done = coast.run("mark", id_of(coast, LIT)[:6], "done")
    assert done.out.startswith("✓ done, 2 items of the story: ")
    report = coast.run("report")
    assert LIT not in report.out.replace("«", "").replace("»", "")
    assert "1 story is done, --all shows it" in report.out
    assert line(coast, SOLD)
    assert "done · A lighthouse is lit" in line(coast, LIT, "--all")
    assert {one["title"] for one in coast.run("report", "-f", "jsonl").records} == {SOLD}
    assert not line(coast, LIT, "--group", "watchlist")


def test_a_new_item_opens_a_story_again_and_says_how_many_came(coast: Desk) -> None:
    coast.run("mark", id_of(coast, LIT), "done")
    take(coast, LIT, "kyodo")
    assert "+1 since it was done" in line(coast, LIT)
    assert "done, --all" not in coast.run("report").out
    coast.run("mark", id_of(coast, LIT), "done")
    assert not line(coast, LIT)


def test_an_edit_opens_a_story_again(coast: Desk) -> None:
    coast.run("mark", id_of(coast, SOLD), "done")
    edited = SOLD.replace("sold", "given")
    take(coast, edited, "wire", now="2026-01-14T13:00:00Z")
    assert "+1 since it was done" in line(coast, edited)


def test_starred_stories_are_shown_by_themselves_whatever_their_age(coast: Desk) -> None:
    coast.run("mark", id_of(coast, SOLD), "star")
    later = "2026-06-01T00:00:00Z"
    shown = coast.run("report", "--starred", SIGTRACK_NOW=later)
    assert "★ · A lighthouse is lit" in shown.out
    assert "Akitsu" not in shown.out
    (record,) = coast.run("report", "--starred", "-f", "jsonl", SIGTRACK_NOW=later).records
    assert record["marks"] == ["star"]
    done = coast.run("report", SIGTRACK_NOW=later)
    assert "no hits" in done.out and "since the last look" not in done.out  # a filter is no look


def test_a_new_item_of_a_starred_story_is_among_the_starred(coast: Desk) -> None:
    coast.run("mark", id_of(coast, LIT), "star")
    take(coast, LIT, "kyodo")
    records = coast.run("report", "--starred", "-f", "jsonl").records
    assert {one["source"] for one in records} == {"wire", "post", "kyodo"}


def test_notes_stand_in_report_and_show_and_can_be_taken_off(coast: Desk) -> None:
    id = id_of(coast, LIT)
    coast.run("mark", id, "note", "ask the\x1b[31m harbour master")
    coast.run("mark", id, "note", "see page 3")
    assert "note: ask the[31m harbour master · note: see page 3 · " in line(coast, LIT)
    assert coast.run("show", id).out.count("harbour master") == 1
    done = coast.run("mark", id, "note", "see page 3", "--off")
    assert done.out.startswith("✓ note removed from 2 items")
    assert "page 3" not in line(coast, LIT)
    assert coast.run("mark", id, "note", "--off").out.startswith("✓ note removed from 2 items")
    assert coast.run("mark", id, "note", "--off").out.startswith("there was no note")
    assert "Marks" not in coast.run("show", id).out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("done", "well"), "done takes no words"),
        (("note",), "a note needs words"),
        (("note", "x" * 501), "a note of 501 characters"),
        (("seen",), "there is no mark 'seen'"),
    ],
)
def test_a_mark_that_means_nothing_is_refused(
    coast: Desk, arguments: tuple[str, ...], says: str
) -> None:
    assert says in coast.run("mark", id_of(coast, LIT), *arguments, code=2).err


def test_a_mark_needs_an_item_and_a_database(coast: Desk) -> None:
    assert "no item has an id" in coast.run("mark", "ffffff", "done", code=65).err
    missing = coast.home / "none.db"
    assert "no database" in coast.run("mark", "ffffff", "done", "--db", missing, code=65).err
    assert not missing.exists()


def test_marks_outlive_rematching_and_pruning(coast: Desk) -> None:
    coast.run("mark", id_of(coast, LIT), "done")
    coast.run("mark", id_of(coast, SOLD), "star")
    coast.run("rematch", "--since", "all")
    assert not line(coast, LIT)
    assert "★" in line(coast, SOLD)
    dry = coast.run("db", "prune", "--before", "0d", "--dry-run")
    assert dry.out.startswith("2 items from before 2026-01-14 12:00")
    assert coast.run("db", "prune", "--before", "0d").out.startswith("2 items from")
    assert "★" in line(coast, SOLD)
    assert "is sound" in coast.run("db", "check").out


# --- in the store


def kinds(store: Store, *stories: str) -> list[tuple[str, str]]:
    return [(one.item, one.kind) for one in store.marks_of_stories(stories)]


def test_a_mark_follows_its_item_into_another_story(store: Store) -> None:
    poll(store, [item("a", uid="a"), item("b", uid="b")])
    a, b = sorted(one.id for one in store.items(Query()))
    store.mark_items([a], "star", "", NOW)
    assert kinds(store, a) == [(a, "star")]
    store.save_stories([Story(id=b, lead=b, items=(a, b), first=NOW, last=NOW)])
    assert (kinds(store, b), kinds(store, a)) == ([(a, "star")], [])
    assert len(titles(store.items(Query(starred=True)))) == 2


def test_a_mark_that_nobody_wrote_is_found_by_the_check(store: Store, place: str) -> None:
    poll(store, [item("a", uid="a")])
    run_sql(place, "INSERT INTO item_marks VALUES (1, 'lost', '', 0)")
    assert any("never written" in one for one in store.check())


hours = st.none() | st.integers(-3, 3)


@given(st.lists(st.tuples(hours, hours), max_size=6))
def test_a_story_is_done_when_each_item_is_done_in_its_last_words(
    times: list[tuple[int | None, int | None]],
) -> None:
    """Of each item when it was done and when it was edited, in hours."""
    items, done = [], {}
    for number, (marked, edited) in enumerate(times):
        revised = NOW + edited * HOUR if edited is not None else None
        items.append(
            StoredItem(id=f"{number}", item=item("a"), first_seen=NOW - DAY, revised_at=revised)
        )
        if marked is not None:
            done[f"{number}"] = NOW + timedelta(hours=marked)
    left = Standing(done=done).open_items(items)
    expected = [m is None or (e is not None and e > m) for m, e in times]
    assert len(left) == sum(expected)
    assert (not left) == all(not one for one in expected)
