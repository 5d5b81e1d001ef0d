"""The views of the database for people, and Datasette that shows them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from desk import LIGHTHOUSES, Desk

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
