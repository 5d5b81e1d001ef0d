"""The views of the database for people, and Datasette that shows them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from desk import LIGHTHOUSES, Desk
from sigtrack.model import (
    Level,
    Phase,
    Place,
    Priority,
    Rank,
    Span,
    StoredItem,
    Story,
    Visit,
    Visitor,
    item_id,
)
from sigtrack.store import open_store
from sigtrack.store.interface import FullText
from sigtrack.store.sql import Store
from stored import HOUR, NOW, hit, item, poll, span

DATASETTE = os.environ.get("SIGTRACK_DATASETTE") or shutil.which("datasette")
VIEWS = ("hits_readable", "items_readable", "stories_readable", "visits_readable")
HOSTILE = "A lighthouse <The Diplomat>"  # no tag of HTML, so the item keeps it


def rows(db: Path, sql: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(db)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def test_hits_and_items_can_be_read_as_they_stand_in_the_database(stocked: Desk) -> None:
    (hit,) = rows(
        stocked.db, "SELECT * FROM hits_readable WHERE title = 'A lighthouse is lit again'"
    )
    assert (hit["time"], hit["week"]) == ("2026-01-14T09:00:00Z", "2026-01-12")
    assert (hit["watchlist"], hit["signal"], hit["priority"]) == ("lighthouses", "lit", "high")
    assert (hit["source"], hit["language"]) == ("coast", "en")
    assert hit["words"].split(",") == ["lighthouse"]
    (item,) = rows(stocked.db, f"SELECT * FROM items_readable WHERE id = '{hit['item']}'")
    assert item["watchlists"] == "lighthouses"
    assert item["summary"] == "The lighthouse stood dark for a year."
    assert len(rows(stocked.db, "SELECT * FROM items_readable")) == 8


def test_only_the_latest_revision_is_in_the_views_and_only_with_its_own_hits(desk: Desk) -> None:
    for title in ("A lighthouse is lit", "The harbour is dark"):
        file = desk.home / "a.jsonl"
        file.write_text(json.dumps({"id": "a", "title": title, "source": "coast"}))
        desk.run("import", file)
    assert [one["title"] for one in rows(desk.db, "SELECT * FROM items_readable")] == [
        "The harbour is dark"
    ]
    assert rows(desk.db, "SELECT * FROM hits_readable") == []


def test_stories_and_visits_are_counted_and_named(desk: Desk) -> None:
    title = "Takaichi visits Seoul for talks with Lee at the lighthouse"
    told = [{"title": title, "source": one, "date": "2026-01-14T09:00:00Z"} for one in ("a", "b")]
    file = desk.home / "a.jsonl"
    file.write_text("\n".join(map(json.dumps, told)))
    desk.run("import", file)
    (story,) = rows(desk.db, "SELECT * FROM stories_readable")
    assert (story["title"], story["items"], story["sources"]) == (title, 2, 2)
    assert story["watchlists"] == "lighthouses"
    visits = rows(desk.db, "SELECT * FROM visits_readable")
    assert [(one["visitor_countries"], one["host_country"], one["place"]) for one in visits] == [
        ("JP", "KR", "Seoul")
    ] * 2


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "store.db")) as store:
        yield store


def view(store: Store, name: str) -> list[dict[str, Any]]:
    return rows(Path(store.name), f"SELECT * FROM {name}")


def mark(store: Store, *found: tuple[str, str, Priority, Sequence[Span]]) -> None:
    """Hits of all items: watchlist, signal, priority and spans."""
    for batch in store.batches({name: "1" for name, *_ in found}):
        hits = [
            (one, hit(one, name, signal, priority=priority, spans=tuple(spans)))
            for one in batch.items
            for name, signal, priority, spans in found
        ]
        store.save_hits(batch, hits, NOW)


def tell(store: Store, *ids: str, name: str = "") -> None:
    store.save_stories([Story(id=name or ids[0], lead=ids[0], items=ids, first=NOW, last=NOW)])


def test_a_hit_has_its_words_from_each_field_once_and_its_priority_by_name(kept: Store) -> None:
    poll(kept, [item("Fog, fog", summary="In Kobe", text="Osaka too", author="Kim"), item(uid="b")])
    link = "https://example.org/"
    pages = ((1, "Kyoto"), (2, "Tokyo"))
    kept.save_full_texts([FullText(revision=one, url=link, at=NOW, text=t) for one, t in pages])

    def spans(*places: tuple[str, int, int]) -> list[Span]:
        path = Place(path="w.toml")
        return [Span(field=f, start=a, end=b, term="x", place=path) for f, a, b in places]

    mark(
        kept,
        ("a", "1", Priority.LOW, spans(("title", 0, 3), ("title", 5, 8), ("title", 0, 3))),
        ("a", "2", Priority.NORMAL, spans(("summary", 3, 7), ("text", 0, 5))),
        ("b", "1", Priority.HIGH, spans(("author", 0, 3), ("full_text", 1, 5))),
        ("b", "2", Priority.URGENT, spans(("category", 0, 3))),
    )
    first, second = item_id("nara", "a"), item_id("nara", "b")
    found = view(kept, "hits_readable")
    told = {
        (one["watchlist"], one["signal"]): (one["priority"], one["words"])
        for one in found
        if one["item"] == first
    }
    assert told == {
        ("a", "1"): ("low", "Fog,fog"),
        ("a", "2"): ("normal", "Kobe,Osaka"),
        ("b", "1"): ("high", "Kim,yoto"),
        ("b", "2"): ("urgent", None),
    }
    assert sorted(one["item"] for one in found) == sorted([first, second] * 4)
    page = [one["words"] for one in found if one["item"] == second and one["priority"] == "high"]
    assert page == [",okyo"]  # it has no author


def test_a_week_begins_on_monday(kept: Store) -> None:
    times = ("2026-01-12T00:00:00", "2026-01-18T23:59:59", "2026-01-19T00:00:00")
    for time in times:
        at = datetime.fromisoformat(time).replace(tzinfo=UTC)
        poll(kept, [item(time, uid=time)], at)
    mark(kept, ("a", "1", Priority.LOW, [span(0, 4)]))
    assert sorted((one["time"], one["week"]) for one in view(kept, "hits_readable")) == [
        (f"{times[0]}Z", "2026-01-12"),
        (f"{times[1]}Z", "2026-01-12"),
        (f"{times[2]}Z", "2026-01-19"),
    ]


def test_a_story_has_the_title_of_its_first_item_and_counts_the_others(kept: Store) -> None:
    for uid, feed, title in (
        ("a", "nara", "Ships"),
        ("b", "nara", "Boats"),
        ("c", "kobe", "Rafts"),
        ("d", "kobe", "Fog"),
        ("e", "kobe", "Gale"),
        ("f", "kobe", "Wind"),
    ):
        poll(
            kept, [item(title, uid=uid, feed=feed, url=uid)], NOW + HOUR * len(view(kept, "items"))
        )
    ids = {one["title"]: one["id"] for one in view(kept, "items_readable")}
    assert view(kept, "stories_readable") == []
    tell(kept, ids["Ships"], ids["Boats"], ids["Rafts"])
    tell(kept, ids["Gale"], ids["Fog"], name=ids["Ships"][:-1])  # whose first item is here no more
    hits = {"Ships": [("a", "1"), ("a", "2")], "Rafts": [("b", "1")], "Wind": [("c", "1")]}
    for batch in kept.batches({"a": "1", "b": "1", "c": "1"}):
        found = [
            (one, hit(one, *named)) for one in batch.items for named in hits.get(one.item.title, ())
        ]
        kept.save_hits(batch, found, NOW)
    told = sorted(view(kept, "stories_readable"), key=lambda one: -one["items"])
    assert [
        (one["title"], one["items"], one["sources"], one["first"], one["last"]) for one in told
    ] == [
        ("Ships", 3, 2, "2026-01-14T09:30:15Z", "2026-01-14T11:30:15Z"),
        ("Fog", 2, 1, "2026-01-14T12:30:15Z", "2026-01-14T13:30:15Z"),
    ]
    assert sorted(told[0]["told_by"].split(",")) == ["kobe", "nara"]
    assert sorted(told[0]["watchlists"].split(",")) == ["a", "b"]
    assert (told[1]["told_by"], told[1]["watchlists"]) == ("kobe", None)
    of = {one["title"]: (one["story"], one["watchlists"]) for one in view(kept, "items_readable")}
    assert of["Wind"] == (None, "c")
    assert (of["Ships"], of["Rafts"]) == ((ids["Ships"], "a"), (ids["Ships"], "b"))
    assert of["Boats"] == (ids["Ships"], None)


def test_a_visit_names_its_visitors_and_their_countries_once(kept: Store) -> None:
    poll(kept, [item("Two ministers in Nara"), item("Fog", uid="b")])
    visitors = tuple(
        Visitor(country="KR", name=name, rank=Rank.MINISTER) for name in ("Kim", "Cho")
    )
    visit = Visit(
        visitors=visitors,
        host_country="JP",
        phase=Phase.PLANNED,
        place="Nara",
        site="nara",
        date="2026-01-20",
        until="2026-01-21",
        level=Level.WORKING,
        rank=Rank.MINISTER,
    )

    def read(one: StoredItem) -> tuple[Visit, ...]:
        return (visit,) if one.item.uid == "a" else ()

    for batch in kept.batches(kinds={"visits": "1"}):
        kept.save_readings(batch, [(one, {"visits": read(one)}) for one in batch.items])
    (told,) = view(kept, "visits_readable")
    assert told == {
        "time": "2026-01-14T09:30:15Z",
        "source": "nara",
        "visitors": "Kim,Cho",
        "visitor_countries": "KR",
        "host_country": "JP",
        "place": "Nara",
        "phase": "planned",
        "first_day": "2026-01-20",
        "last_day": "2026-01-21",
        "level": "working",
        "title": "Two ministers in Nara",
        "link": "",
        "item": item_id("nara", "a"),
        "search": 1,
    }


def test_the_metadata_names_views_columns_and_tables_that_there_are(stocked: Desk) -> None:
    written = stocked.home / "metadata.json"
    stocked.run("db", "datasette", "-o", written)
    (database,) = json.loads(written.read_text("utf-8"))["databases"].values()
    for name, told in database["tables"].items():
        columns = rows(stocked.db, f"PRAGMA table_info({name})")
        wanted = {
            *told.get("facets", ()),
            *filter(None, [told.get("fts_pk"), told.get("sort_desc")]),
        }
        assert columns and wanted <= {column["name"] for column in columns}
    tables = rows(stocked.db, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    shadows = ("words_", "bylines_")  # Datasette hides these itself
    assert {one["name"] for one in tables if not one["name"].startswith(shadows)} <= set(
        database["tables"]
    )
    done = stocked.run("db", "datasette", "--db", stocked.home, code=2)
    assert "Datasette reads SQLite files" in done.err


@contextmanager
def datasette(desk: Desk) -> Iterator[str]:
    """The address of a Datasette that serves the database of a desk on loopback."""
    metadata = desk.home / "metadata.json"
    desk.run("db", "datasette", "-o", metadata)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(DATASETTE), str(desk.db), "-m", str(metadata), "-p", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        try:
            said = next((line for line in process.stderr if "running on" in line), "")
            assert said, "Datasette ended before it listened"
            yield f"http://127.0.0.1:{port}/sigtrack"
        finally:
            process.terminate()


@pytest.mark.slow
@pytest.mark.skipif(not DATASETTE, reason="Datasette is not here: SIGTRACK_DATASETTE names it")
def test_datasette_shows_facets_finds_words_and_counts_hits_by_week(stocked: Desk) -> None:
    stocked.watch(LIGHTHOUSES)
    file = stocked.home / "a.jsonl"
    file.write_text(
        json.dumps({"title": HOSTILE, "source": "wire", "date": "2026-01-13T09:00:00Z"})
    )
    stocked.run("import", file)
    with datasette(stocked) as url:

        def ask(path: str, **query: object) -> Any:
            with urlopen(f"{url}{path}.json?{urlencode({'_shape': 'objects', **query})}") as answer:
                return json.load(answer)

        start = ask("")
        shown = {one["name"] for one in start["tables"] if not one["hidden"]}
        assert shown == set()
        assert {one["name"] for one in start["views"]} == set(VIEWS)
        hits = ask("/hits_readable")
        assert {"watchlist", "week", "source"} <= set(hits["facet_results"])
        found = ask("/items_readable", _search="year")["rows"]
        assert [one["title"] for one in found] == ["A lighthouse is lit again"]
        assert ask("/hits_readable", _search="nowhere")["rows"] == []
        weeks = ask("/hits_by_week", watchlist="lighthouses")["rows"]
        assert weeks[0] == {"week": "2026-01-12", "watchlist": "lighthouses", "items": 4, "hits": 4}
        (korean,) = ask("/any_words", words="등대")["rows"]
        assert korean["source"] == "haean"
        with urlopen(f"{url}/hits_readable") as answer:
            page = answer.read().decode()
        assert "&lt;The Diplomat&gt;" in page and "<The Diplomat>" not in page
