"""`sigtrack scan`: archives of any size, and what is done with its output."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from importlib.util import find_spec
from inspect import getmembers, isfunction, signature
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import FORTNIGHT, Desk, modules_after
from sigtrack.app.scan import tasks_of
from sigtrack.app.scan_batch import Job, fingerprint_of_scan, scan_batch, scan_task
from sigtrack.app.scan_cluster import Bench, Machine, asked_of, refuse_misfits, rule_files
from sigtrack.app.schemas import schema_of
from sigtrack.errors import (
    CannotWrite,
    DiskFull,
    InputUnreadable,
    Misconfigured,
    Misuse,
    StoreCorrupt,
    cannot_write,
)
from sigtrack.model import (
    ClassWord,
    Done,
    Hit,
    Item,
    Phase,
    Piece,
    Place,
    Priority,
    Rank,
    Runs,
    Span,
    StoredItem,
    Task,
    Visit,
    Visitor,
    WordingRead,
    fingerprint_of,
    item_id,
)
from sigtrack.parse.archives import (
    BROKEN,
    COLUMNS,
    Columns,
    Read,
    find_pieces,
    kind_of,
    need,
    read_piece,
    title_of_address,
)
from sigtrack.parse.records import RowReader
from sigtrack.store import open_store
from sigtrack.store.interface import KINDS, Kind, Query, ReadState
from sigtrack.store.scans import PartWriter, ScanFolder, ScanStore, item_row
from sigtrack.store.scans import schema_of as columns_of
from sigtrack.store.sql import Store
from sigtrack.views.hits import record_of
from stored import poll
from test_schemas import misfits
from test_store_opening import no_room

pytest.importorskip("pyarrow", reason="the extra `scan` is not installed")
import pyarrow as pa
from pyarrow import parquet

ROOT = Path(__file__).parents[1]
ROWS = [json.loads(line) for line in FORTNIGHT.splitlines()]
PAGE = """<html lang="ko"><head><meta charset="euc-kr"><title>Menu - Harbour</title>
<meta property="og:title" content="등대 다시 불 밝혀">
<meta property="article:published_time" content="2026-01-12T15:30:00Z"></head>
<body><nav>Menu</nav><article><p>등대가 다시 켜졌다.</p></article></body></html>"""


def rows_of(*archives: object, **columns: Any) -> list[dict[str, str]]:
    """All rows, as far as the columns say something."""
    found = []
    for piece in find_pieces(map(str, archives)):
        for read in read_piece(piece, Columns(**columns)):
            found += [{k: v for k, v in row.items() if v} for row in read.table.to_pylist()]
    return found


def reads_of(path: Path) -> list[Read]:
    (piece,) = find_pieces([str(path)])
    return list(read_piece(piece, Columns()))


def written(folder: Path, part: str) -> list[dict[str, Any]]:
    """The rows of one part of a scan's output."""
    files = sorted((folder / part).glob("*.parquet"))
    return [row for file in files for row in parquet.read_table(file).to_pylist()]


def keys_of(hits: Iterable[Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    return {
        (
            *(hit["item"], hit["title"], hit["link"], hit["watchlist"], hit["signal"]),
            *(hit["priority"], hit["score"]),
            tuple((one["field"], one["start"], one["end"], one["term"]) for one in hit["spans"]),
        )
        for hit in hits
    }


def stock(desk: Desk, name: str = "items.jsonl", text: str = FORTNIGHT) -> Path:
    path = desk.home / name
    path.write_text(text, encoding="utf-8")
    return path


# Reading


def test_every_kind_of_archive_gives_the_same_rows(tmp_path: Path) -> None:
    expected = [{name: row[name] for name in COLUMNS if name in row} for row in ROWS]
    lines = FORTNIGHT.encode()
    header = [name for name in COLUMNS if any(name in row for row in ROWS)]

    def table(mark: str) -> str:
        return "".join(
            mark.join(f'"{cell}"' for cell in cells) + "\n"
            for cells in (header, *([row.get(name, "") for name in header] for row in ROWS))
        )

    (tmp_path / "a.jsonl").write_bytes(lines)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "c.ndjson.bz2").write_bytes(bz2.compress(lines))
    (tmp_path / "d.csv").write_text(table(","), encoding="utf-8")
    (tmp_path / "e.tsv").write_text(table("\t"), encoding="utf-8")
    whole = pa.Table.from_pylist([{name: row.get(name) for name in header} for row in ROWS])
    parquet.write_table(whole, tmp_path / "f.parquet", row_group_size=3)
    with zipfile.ZipFile(tmp_path / "g.jsonl.zip", "w") as archive:
        archive.writestr("inside.jsonl", lines)
    for path in sorted(tmp_path.iterdir()):
        assert rows_of(path) == expected, path.name
        assert rows_of(path.as_uri()) == expected, path.name  # by way of pyarrow, as from s3://


def test_columns_are_guessed_by_name_or_given(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    row = {"Headline": "Fog", "maintext": "Thick", "url": "https://example.org/", "kop": "Mist"}
    path.write_text(json.dumps(row), encoding="utf-8")
    guessed = {"title": "Fog", "text": "Thick", "link": "https://example.org/"}
    assert rows_of(path) == [guessed]
    assert rows_of(path, given=(("title", "kop"),)) == [guessed | {"title": "Mist"}]


@pytest.mark.parametrize(
    "table",
    [
        {"Title": ["Fog", None, ""], "text": [None, "Thick", "No title"]},
        {"title": ["Fog", None, "Mist"], "headline": ["Old", "Rain", None]},
        {"title": pa.array(["Fog", "Rain"]).dictionary_encode(), "authors": [["Kim", "Lee"], None]},
        {"title": ["Fog"], "date": [20260113], "id": [7]},
    ],
)
def test_columns_of_parquet_tell_what_lines_of_json_tell(
    tmp_path: Path, table: dict[str, Any]
) -> None:
    parquet.write_table(pa.table(table), tmp_path / "a.parquet")
    rows = pa.table(table).to_pylist()
    (tmp_path / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    told, other = reads_of(tmp_path / "a.parquet"), reads_of(tmp_path / "a.jsonl")
    assert [one.table for one in told] == [one.table for one in other]
    assert [one.unreadable for one in told] == [one.unreadable for one in other]


def test_the_last_of_two_columns_of_one_name_counts(tmp_path: Path) -> None:
    twice = pa.table([pa.array(["Fog"]), pa.array(["Mist"])], names=["title", "title"])
    parquet.write_table(twice, tmp_path / "a.parquet")
    assert rows_of(tmp_path / "a.parquet") == [{"title": "Mist"}]


def test_large_texts_of_parquet_come_in_batches_that_fit_in_memory(tmp_path: Path) -> None:
    parquet.write_table(
        pa.table(
            {"title": ["Fog", "Mist", "Rain"], "text": ["x" * 3_000_000, "y", "z" * 2_000_000]}
        ),
        tmp_path / "a.parquet",
    )
    read = reads_of(tmp_path / "a.parquet")
    assert [one.table["title"].to_pylist() for one in read] == [["Fog"], ["Mist", "Rain"]]


def test_a_file_without_a_column_of_titles_is_broken_and_says_what_it_has(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"kop": ["Fog"]}), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="no column of titles: kop"):
        rows_of(tmp_path / "a.parquet")


@given(texts=st.lists(st.text(max_size=30), max_size=12), size=st.integers(1, 60))
def test_however_a_file_is_cut_each_line_is_read_once(
    texts: list[str], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.jsonl"
    body = "".join(json.dumps({"title": f"t{text}"}) + "\n" for text in texts).encode()
    path.write_bytes(body)
    cut = [
        Piece(str(path), "jsonl", size, first, min(first + size, len(body)))
        for first in range(0, len(body), size)
    ]
    read = [read for piece in cut for read in read_piece(piece, Columns())]
    titles = [row["title"] for one in read for row in one.table.to_pylist()]
    assert titles == [f"t{text}" for text in texts]


def test_large_files_are_cut_into_pieces_that_cover_them(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.truncate(200 << 20)
    pieces = find_pieces([str(path)])
    assert [piece.first for piece in pieces[1:]] == [piece.last for piece in pieces[:-1]]
    assert (pieces[0].first, pieces[-1].last) == (0, 200 << 20)


def test_a_row_of_gdelt_has_its_headline_time_and_language(tmp_path: Path) -> None:
    def row(extras: str, link: str = "https://example.org/1", translated: str = "") -> str:
        cells = [""] * 27
        cells[:5] = ["20260113094500-1", "20260113094500", "1", "example.org", link]
        cells[25:] = [translated, extras]
        return "\t".join(cells)

    precise = "<PAGE_PRECISEPUBTIMESTAMP>20260113093000</PAGE_PRECISEPUBTIMESTAMP>"
    lines = (
        row(f"<PAGE_TITLE>Lee &amp; Takaichi in Nara</PAGE_TITLE>{precise}"),
        row(
            "<PAGE_TITLE>&#xEB;&#x93;&#xB1;&#xEB;&#x8C;&#x80;</PAGE_TITLE>", translated="srclc:kor"
        ),
        row("", "https://example.org/world/lee-arrives-in-nara-20260113.html"),
        row("", "https://example.org/12345"),
    )
    path = tmp_path / "20260113094500.gkg.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert [(row["title"], row["published"], row.get("lang")) for row in rows_of(path)] == [
        ("Lee & Takaichi in Nara", "2026-01-13T09:30:00+00:00", "en"),
        ("등대", "2026-01-13T09:45:00+00:00", "ko"),
        ("lee arrives in nara", "2026-01-13T09:45:00+00:00", "en"),
    ]
    assert [read.unreadable for read in reads_of(path)] == [1]


@pytest.mark.parametrize("link", ["https://example.org/", "https://[", "https://example.org/a-b"])
def test_an_address_without_words_gives_no_headline(link: str) -> None:
    assert title_of_address(link) == ""


def warc(*pages: tuple[str, bytes, str]) -> bytes:
    """Responses by address, body and status line."""
    whole = b""
    for link, body, status in pages:
        http = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n".encode() + body
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
            f"WARC-Date: 2026-01-13T10:00:00Z\r\nWARC-Target-URI: {link}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n"
        )
        whole += gzip.compress(head.encode() + b"\r\n" + http + b"\r\n\r\n")
    return whole


def test_pages_in_warc_give_headline_text_day_and_language(tmp_path: Path) -> None:
    pytest.importorskip("resiliparse")
    path = tmp_path / "a.warc.gz"
    page = PAGE.encode("euc-kr")
    path.write_bytes(
        warc(
            ("https://www.example.org/1", page, "200 OK"),
            ("https://example.org/2", page, "404 Not Found"),
            ("https://example.org/3", b"<title>Fog</title><p>Thick fog</p>", "200 OK"),
        )
    )
    first, second = rows_of(path)
    assert first == {
        "title": "등대 다시 불 밝혀",
        "text": "등대가 다시 켜졌다.",
        "published": "2026-01-12T15:30:00Z",
        "lang": "ko",
        "link": "https://www.example.org/1",
        "source": "example.org",
    }
    assert (second["title"], second["published"]) == ("Fog", "2026-01-13T10:00:00+00:00")


@pytest.mark.parametrize(
    "name", ["cut.jsonl.gz", "no.jsonl.zip", "no.parquet", "no.warc.gz", "no.jsonl.xz"]
)
def test_a_broken_file_raises_what_a_scan_expects(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    body = gzip.compress(FORTNIGHT.encode())[:-40] if "cut" in name else b"this is no archive"
    path.write_bytes(body)
    with pytest.raises(BROKEN):
        reads_of(path)


def test_archives_are_found_by_folder_pattern_and_address(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.csv", "notes.txt", "more/c.gkg.csv.zip", ".hidden.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()

    def names(archive: object) -> list[str]:
        return [piece.address.rpartition("/")[2] for piece in find_pieces([str(archive)])]

    everything = ["a.csv", "b.jsonl", "c.gkg.csv.zip"]
    assert names(tmp_path) == everything
    assert names(tmp_path / "*.jsonl") == ["b.jsonl"]
    assert names(tmp_path.as_uri()) == everything
    assert names(f"{tmp_path.as_uri()}/*.csv*") == ["a.csv", "c.gkg.csv.zip"]
    with pytest.raises(InputUnreadable, match="there is no file"):
        names(tmp_path / "d.jsonl")
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(InputUnreadable, match="is a device or a pipe, not a file"):
        names(tmp_path / "pipe.jsonl")
    with pytest.raises(InputUnreadable, match="what kind of archive"):
        names(tmp_path / "notes.txt")


def test_events_of_gdelt_are_no_archive_of_headlines() -> None:
    assert kind_of("20260113094500.export.CSV.zip") is None
    assert kind_of("20260113094500.gkg.csv.zip") == "gkg"


def test_a_library_that_is_missing_is_named_with_its_extra() -> None:
    with pytest.raises(Misuse, match="no_such_library") as raised:
        need("json", "no_such_library")
    assert "sigtrack[scan]" in raised.value.hint


# Scanning


@given(sizes=st.lists(st.integers(0, 50 << 20), max_size=40), first=st.integers(1, 9))
def test_every_piece_is_in_one_task_in_order(sizes: list[int], first: int) -> None:
    pieces = [Piece(str(number), "jsonl", size) for number, size in enumerate(sizes)]
    tasks = list(tasks_of(pieces, first=first))
    assert [piece for task in tasks for piece in task.pieces] == pieces
    assert [task.number for task in tasks] == list(range(first, first + len(tasks)))


@pytest.fixture
def week(desk: Desk) -> Desk:
    """A desk with items that tell of visits, also as a file; half of them are hit."""
    titles = (
        "Lee to visit Japan on Jan. 13 for summit in Nara lighthouse",
        "Takaichi arrives in Seoul for talks",
        "Xi to visit Seoul next week, lighthouse or not",
    )
    rows = [
        {"id": title, "title": title, "source": "coast", "lang": "en", "published": f"2026-01-0{n}"}
        for n, title in enumerate(titles, start=5)
    ]
    path = stock(desk, "week.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))
    desk.run("import", path, "-q")
    return desk


@pytest.fixture
def job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The rules of a desk, as a process of a scan knows them."""
    from datetime import datetime

    from sigtrack.app.in_force import load_catalogue
    from sigtrack.app.rules import load_rules
    from sigtrack.config import load_settings

    for name, value in desk.environment.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(desk.environment)
    return Job(
        folder=str(desk.home / "scan"),
        config=None,
        columns=Columns(),
        rules=fingerprint_of_scan(load_rules(settings), load_catalogue(settings)),
        now=datetime.fromisoformat("2026-01-14T12:00:00+00:00"),
    )


def test_a_job_survives_being_sent_to_another_process(job: Job) -> None:
    assert pickle.loads(pickle.dumps(job)) == job


def test_a_batch_gives_the_hits_of_the_matcher_and_counts_every_item(job: Job) -> None:
    scanner = job.scanner()
    rows = [dict.fromkeys(COLUMNS, "") | row for row in ROWS]
    scanned = scan_batch(pa.Table.from_pylist(rows), scanner)
    items = [scanner.rows.item(row) for row in rows]
    expected = [hit for item in items if item for hit in scanner.matcher.hits(item)]
    assert [(row["item"], row["signal"]) for row in scanned.hits.to_pylist()] == [
        (hit.item, hit.signal) for hit in expected
    ]
    assert {row["link"] for row in scanned.items.to_pylist()} < {row["link"] for row in rows}
    assert sum(n for (*_, watchlist, _), n in scanned.counts.items() if not watchlist) == len(rows)
    by_signal = sum(n for (*_, signal), n in scanned.counts.items() if signal)
    assert by_signal == scanned.hits.num_rows


@pytest.mark.parametrize(
    "row", [*ROWS, {"title": "<br>", "link": "https://example.org/1"}, {"title": "<br>", "id": "7"}]
)
def test_rules_read_the_same_words_before_an_item_is_identified(row: dict[str, str]) -> None:
    reader, row = RowReader("archive", {}), dict.fromkeys(COLUMNS, "") | row
    whole, item = reader.item(row), reader.item(row, identified=False)
    assert whole and item
    assert item == replace(whole, uid="", url="", fingerprint="", named=item.named)


def test_items_of_a_scan_have_the_day_of_their_publisher() -> None:
    row = dict.fromkeys(COLUMNS, "") | {"title": "Fog", "lang": "ko", "source": "coast"}
    row |= {"published": "2026-01-13T20:00:00Z"}
    days = [
        item.published.date().day
        for zones in ({}, {"coast": "America/New_York"})
        if (item := RowReader("archive", zones, as_stored=True).item(row)) and item.published
    ]
    assert days == [14, 13]


def test_a_file_that_ended_its_readers_is_left_out_and_named(desk: Desk, job: Job) -> None:
    pieces = find_pieces([str(stock(desk)), str(stock(desk, "b.jsonl"))])
    folder = ScanFolder(Path(job.folder))
    folder.begin({"began": job.now.isoformat(), "readings": {}})
    done = scan_task(Task(1, pieces), folder, job.columns, job.scanner(), without=[1])
    assert done.items == len(ROWS)
    [(address, why)] = done.broken
    assert address.endswith("b.jsonl")
    assert "ended the process" in why


# A cluster


def sent_by(desk: Desk) -> Any:
    from sigtrack.app.in_force import load_catalogue
    from sigtrack.app.rules import load_rules
    from sigtrack.config import load_settings

    settings = load_settings(desk.environment)
    return rule_files(settings, load_rules(settings), load_catalogue(settings))


def test_a_machine_of_a_cluster_needs_nothing_but_the_files_of_the_rules(
    desk: Desk, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = Task(3, find_pieces([str(stock(desk)), str(stock(desk, "b.jsonl", "no object\n"))]))
    here = ScanFolder(Path(job.folder))
    here.begin({"began": job.now.isoformat(), "readings": {}})
    scan_task(task, here, job.columns, job.scanner())
    sent, asked = sent_by(desk), asked_of(task)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "of another user"))
    told = Bench(job, sent).do(asked)
    there = ScanFolder(tmp_path / "there")
    there.begin({"began": job.now.isoformat(), "readings": {}})
    there.keep_parts(3, {name: told[name] for name in ("items", "hits", "counts")})
    for part in ("items", "hits", "counts"):
        assert written(there.path, part) == written(here.path, part) != []
    news = json.loads(told["news"])
    assert (news["task"], news["items"], news["unreadable"]) == (3, len(ROWS), 1)


def test_a_machine_with_another_sigtrack_reads_no_archive(desk: Desk, job: Job) -> None:
    other = replace(job, rules="another")
    told = Bench(other, sent_by(desk)).do(asked_of(Task(1, ())))
    news = json.loads(told["news"])
    assert news["error"] == "Misconfigured"
    assert "another state of sigtrack" in news["message"]


def test_a_cluster_gets_no_rules_with_mistakes_and_no_secrets(desk: Desk) -> None:
    secret = 'headers = { "X-Key" = "sesame" }'
    desk.feeds({"coast": "https://me:sesame@example.org/feed.xml"}, secret)
    sent = sent_by(desk)
    assert b"coast" in sent.feeds
    assert b"sesame" not in sent.feeds + b"".join(sent.files.values())
    desk.watch("nonsense", "broken")
    with pytest.raises(Misconfigured, match="some have mistakes"):
        sent_by(desk)


def test_a_machine_that_does_not_fit_is_named_with_what_it_has() -> None:
    import platform

    from sigtrack import __version__

    fit = Machine("one", platform.python_version(), __version__)
    refuse_misfits([fit])
    for machine, said in (
        (fit._replace(name="two", sigtrack=""), "two in the cluster has no sigtrack"),
        (fit._replace(name="two", sigtrack="9.9"), "two in the cluster has sigtrack 9.9"),
        (fit._replace(name="two", python="3.99.1"), "two in the cluster has Python 3.99.1"),
        (fit._replace(name="two", missing=("/a.jsonl",)), "two in the cluster has no file /a.js"),
    ):
        with pytest.raises((Misconfigured, InputUnreadable), match=said):
            refuse_misfits([fit, machine])


def test_what_is_no_address_of_a_cluster_is_refused(desk: Desk) -> None:
    told = desk.run("scan", stock(desk), "--cluster", "http://127.0.0.1:1", code=2)
    assert "write --cluster ray://HOST:10001" in told.err


# The command


def test_a_scan_finds_what_an_import_finds(desk: Desk) -> None:
    path = stock(desk)
    out = desk.run("scan", path, "--to", desk.home / "scan", "-j", 1).out
    assert "8 items from 2026-01-02 to 2026-01-14 in 1 file: 6 hits in 6 items" in out
    desk.run("import", path)
    stored = desk.run("report", "--since", "all", "--group", "none", "-f", "jsonl").records
    assert keys_of(written(desk.home / "scan", "hits")) == keys_of(stored)


@pytest.mark.slow
def test_several_processes_find_what_one_finds_and_a_broken_file_is_named(desk: Desk) -> None:
    for number in range(3):
        text = FORTNIGHT.replace("example.org/", f"example.org/{number}/")
        stock(desk, f"{number}.jsonl", text.replace('"id": "', f'"id": "{number}'))
    (desk.home / "3.jsonl.gz").write_bytes(gzip.compress(FORTNIGHT.encode())[:-30])
    files = sorted(map(str, desk.home.glob("*.jsonl*")))
    one, two = desk.home / "one", desk.home / "two"
    told = desk.run("scan", *files, "--to", one, "-j", 1, code=65)
    assert "3.jsonl.gz: this file cannot be read to its end: it ends in the middle" in told.err
    again = desk.run("scan", *files, "--to", two, "-j", 2, code=65)
    assert again.out == told.out
    for part in ("hits", "items", "counts"):
        assert written(two, part) == written(one, part) or part == "items"


def test_the_same_command_goes_on_and_takes_in_new_files(desk: Desk) -> None:
    folder, scan = desk.home / "scan", ("scan", desk.home / "in", "--to", desk.home / "scan", "-j1")
    (desk.home / "in").mkdir()
    stock(desk, "in/a.jsonl")
    first = desk.run(*scan).out
    before = (folder / "hits" / "00001.parquet").stat().st_mtime_ns
    assert desk.run(*scan).out == first
    stock(desk, "in/b.jsonl", '{"id": "z", "title": "A lighthouse", "published": "2026-01-15"}\n')
    assert "9 items from 2026-01-02 to 2026-01-15 in 2 files: 7 hits" in desk.run(*scan).out
    assert (folder / "hits" / "00001.parquet").stat().st_mtime_ns == before


def test_a_folder_is_for_one_question(desk: Desk) -> None:
    path, folder = stock(desk), desk.home / "scan"
    desk.run("scan", path, "--to", folder, "-j", 1)
    told = desk.run("scan", path, "--to", folder, "-j", 1, "--source", "other", code=2)
    assert "was begun with other columns" in told.err
    desk.watch('format = 1\nid = "more"\n[[signal]]\nid = "s"\nany = ["fish"]\n', "more")
    told = desk.run("scan", path, "--to", folder, "-j", 1, code=2)
    assert "was begun with other watchlists or feeds" in told.err
    for taken, what in ((desk.home, "not empty"), (path, "no folder")):
        assert f"{taken} is {what}" in desk.run("scan", path, "--to", taken, code=2).err
    assert "cannot read --column" in desk.run("scan", path, "--column", "title", code=2).err


def test_what_another_command_would_ask_of_a_scan_is_refused_with_the_way_out(desk: Desk) -> None:
    path, folder = stock(desk), desk.home / "scan"
    desk.run("scan", path, "--to", folder, "-j", 1)
    told = desk.run("search", "fog", "--db", folder, code=2)
    assert f"sigtrack import {folder}" in told.err
    assert "no database" in desk.run("rematch", "--db", folder, code=2).err
    out = desk.run("import", folder).out
    assert out == "6 items read from 1 file: 6 new, 0 revised, 6 new hits\n"


def test_visits_of_a_scan_are_those_of_a_store_with_the_same_items(
    week: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "scan"
    week.run("scan", week.home / "week.jsonl", "--to", folder, "-j", 1)
    asked = ("visits", "--since", "all", "-f", "jsonl")
    scanned = {line["uid"] for line in week.run(*asked, "--by", "item", "--db", folder).records}
    hit = {row["uid"] for row in written(folder, "items")}
    stored = {line["uid"] for line in week.run(*asked, "--by", "item").records}
    assert scanned == stored & hit
    assert scanned


def test_a_scan_is_asked_with_the_arguments_of_a_store() -> None:
    """A scan answers some questions of a store, so no type says that it is one."""
    questions = {name: one for name, one in getmembers(ScanStore, isfunction) if name[0] != "_"}
    of_a_store = {name: getattr(Store, name) for name in questions if hasattr(Store, name)}
    assert "readings" in of_a_store
    for name, asked in of_a_store.items():
        theirs, ours = (len(signature(one).parameters) for one in (asked, questions[name]))
        assert theirs == ours, name


# Its output, which is asked as a store is

BEGAN = datetime(2026, 1, 14, 12, tzinfo=UTC)
NARA = Visitor(country="KR", name="Lee", rank=Rank.LEADER)
VISIT = Visit(visitors=(NARA,), host_country="JP", phase=Phase.PLANNED, date="2026-01-13")
Kept = tuple[StoredItem, tuple[Hit, ...], dict[Kind, Any]]


def of_an_archive(uid: str, title: str = "Fog", **more: Any) -> StoredItem:
    given = {"feed": "coast", "fingerprint": fingerprint_of(title, "", ""), **more}
    item = Item(uid=uid, title=title, imported=True, **given)
    return StoredItem(id=item_id(item.feed, uid), item=item, first_seen=BEGAN)


def hit_of(stored: StoredItem, watchlist: str, signal: str = "lit", **more: Any) -> Hit:
    spans = (Span(field="title", start=0, end=3, term="fog"),)
    given = {"priority": Priority.NORMAL, "score": 3, "spans": spans, **more}
    return Hit(item=stored.id, watchlist=watchlist, signal=signal, **given)


def output(path: Path, *tasks: Iterable[Kept], counts: Iterable[tuple[Any, ...]] = ()) -> ScanStore:
    """What a scan of these tasks writes: items with their hits and readings."""
    folder = ScanFolder(path)
    folder.begin({"began": BEGAN.isoformat(), "readings": {"visits": "1", "wording": "1"}})
    folder.plan(Task(number, ()) for number, _ in enumerate(tasks, start=1))
    for number, kept in enumerate(tasks, start=1):
        told = {
            "items": [item_row(one, (h.watchlist for h in hits), read) for one, hits, read in kept],
            "hits": [record_of(one, hit) for one, hits, _ in kept for hit in hits],
            "counts": [dict(zip(COUNTED, row, strict=True)) for row in counts],
        }
        with PartWriter(folder, number) as part:
            for name, rows in told.items():
                part.write(name, pa.Table.from_pylist(rows, schema=columns_of(name)))
        folder.finish(Done(task=number))
    return ScanStore(str(path))


COUNTED = ("day", "lang", "watchlist", "signal", "items")


@pytest.fixture
def harbour() -> list[Kept]:
    """Items of several feeds, languages and days, with hits and what is read from them."""
    at = datetime(2026, 1, 10, 8, 30, 1, 5, tzinfo=UTC)
    clock = at.astimezone(timezone(timedelta(hours=9, minutes=30)))
    beijing = (at - timedelta(days=3)).astimezone(timezone(timedelta(hours=8)))
    runs, said = Runs(bytes([7] * 4), bytes(4)), WordingRead(parties="JP,KR", form="joint")
    more: list[dict[str, Any]] = [
        {"published": at, "language": "en", "author": "Kim", "categories": ("Sea", "Trade")},
        {"published": clock, "language": "zh-Hant", "url": "https://example.org/2"},
        {"published": beijing, "language": "zh", "feed": "bay", "summary": "Thick"},
        {"language": None, "feed": "bay", "summary": "Cold", "text": "Thick and cold"},
    ]
    one, two, three, four = (
        of_an_archive(str(n), f"Fog of day {n}", **given) for n, given in enumerate(more)
    )
    return [
        (one, (hit_of(one, "a"), hit_of(one, "a", "fog"), hit_of(one, "b")), {"visits": (VISIT,)}),
        (
            two,
            (hit_of(two, "b", priority=Priority.HIGH, score=9),),
            {"phrases": runs, "wording": said},
        ),
        (three, (hit_of(three, "a", priority=Priority.LOW, spans=()),), {}),
        (four, (hit_of(four, "a"),), {"visits": (VISIT, VISIT), "phrases": runs}),
    ]


QUERIES = (
    Query(),
    Query(since=datetime(2026, 1, 10, 8, 30, 1, 5, tzinfo=UTC)),
    Query(until=datetime(2026, 1, 10, 8, 30, 1, 5, tzinfo=UTC)),
    Query(after_revision=2),
    Query(sources=("bay", "elsewhere")),
    Query(languages=("zh",)),
    Query(languages=("EN", "zh-hant")),
    Query(languages=("z", "e")),
    Query(watchlists=("b",)),
    Query(watchlists=("a", "b")),
    Query(priority=Priority.NORMAL),
    Query(priority=Priority.URGENT),
    Query(sources=("bay",), watchlists=("a",), priority=Priority.NORMAL),
    Query(sources=("elsewhere",)),
)


@pytest.mark.parametrize("query", QUERIES)
def test_a_scan_answers_what_a_store_with_its_items_answers(
    harbour: list[Kept], query: Query, tmp_path: Path
) -> None:
    scan = output(tmp_path / "scan", harbour[:1], harbour[1:])
    with open_store(str(tmp_path / "store.db")) as store, scan:
        for one, _, _ in harbour:
            poll(store, [one.item], BEGAN)
        of = {one.id: kept for kept in harbour for one in kept[:1]}
        for batch in store.batches({"a": "1", "b": "1"}):
            store.save_hits(batch, [(s, h) for s in batch.items for h in of[s.id][1]], BEGAN)
        for batch in store.batches(kinds=dict.fromkeys(KINDS, "1")):
            empty: dict[Kind, Any] = dict.fromkeys(KINDS)
            store.save_readings(batch, [(s, empty | of[s.id][2]) for s in batch.items])

        def told(asked: Any) -> dict[str, Any]:
            """The same in each order, for neither promises one."""
            hits = list(asked.hits(query))
            count, first, last = asked.extent(query)
            numbers = {1, 2, 4}
            return {
                "sources": asked.sources(),
                "outlines": sorted(one[:3] + one[4:] for one in asked.outlines(query)),
                "hit revisions": asked.hit_revisions(replace(query, priority=None)),
                "hits": sorted(keys_of(record_of(one.stored, one.hit) | BARE for one in hits)),
                "numbers": len({one.number for one in hits}),
                "items of hits": {(one.stored.number, one.stored.moment) for one in hits},
                "items": sorted((one.number, one.id, one.item) for one in asked.items(query)),
                "clocks": sorted(f"{one.id} {one.item.published}" for one in asked.items(query)),
                "visits": sorted((one.number, one.item, read) for one, read in asked.visits(query)),
                "phrases": sorted(asked.readings("phrases", numbers, 3)),
                "wording": sorted(asked.readings("wording", numbers, 2)),
                "last visits": sorted(asked.readings("visits", {2, 3, 4}, 4)),
                "extent": (count, first and first.id, last and last.id),
            }

        assert told(scan) == told(store)


BARE = {"title": "", "link": ""}  # the items of hits of a scan have no words


def test_items_of_one_wording_are_one_story_in_a_scan(tmp_path: Path) -> None:
    same, again, other = of_an_archive("1"), of_an_archive("2"), of_an_archive("3", "Mist")
    bare, bare_too = (of_an_archive(uid, fingerprint="") for uid in "45")
    kept: list[Kept] = [
        (one, (hit_of(one, "a"),), {}) for one in (same, again, other, bare, bare_too)
    ]
    told = {one.id: one.story for one in output(tmp_path, kept).outlines(Query())}
    assert told[same.id] == told[again.id]
    assert len(set(told.values())) == 4


def test_an_item_that_is_twice_in_the_archives_is_told_once(tmp_path: Path) -> None:
    one, other = of_an_archive("1"), of_an_archive("2")
    kept: list[Kept] = [(one, (hit_of(one, "a"), hit_of(one, "b")), {}), (other, (), {})]
    scan = output(tmp_path, kept, kept, kept[:1])
    assert [told.number for told in scan.outlines(Query())] == [1, 2]
    assert [told.number for told in scan.items(Query())] == [1, 2]
    assert [(told.hit.watchlist, told.number) for told in scan.hits(Query())] == [
        ("a", 1),
        ("b", 2),
    ]
    assert {told.stored.item for told in scan.hits(Query())} == {
        Item(feed="coast", uid="", title="")
    }
    assert scan.extent(Query())[0] == 2
    assert [told.number for told in scan.revisions(other.id)] == [2]
    assert scan.revisions("of none") == []


def test_an_item_of_a_scan_is_found_by_its_number_in_whatever_part_it_stands(
    tmp_path: Path,
) -> None:
    sizes = (2, 2_001, 0, 1)
    tasks = [
        [(of_an_archive(f"{task} {n}"), (), {}) for n in range(size)]
        for task, size in enumerate(sizes)
    ]
    with output(tmp_path, *tasks) as scan:
        written = [one.id for kept in tasks for one, _, _ in kept]
        assert [one.id for one in scan.items(Query())] == written
        for number in (1, 2, 3, 1_002, 1_003, 2_002, 2_003, 2_004):
            stored = scan.revision(number)
            assert (stored.number, stored.id) == (number, written[number - 1])
        assert scan.read_so_far({"visits": "1"}).upto == len(written)


def test_a_scan_says_with_which_rules_it_was_read(harbour: list[Kept], tmp_path: Path) -> None:
    scan = output(tmp_path, harbour)
    assert scan.last_run("fetch") is None
    for prints, older in (
        ({}, 0),
        ({"visits": "1"}, 0),
        ({"visits": "1", "wording": "1"}, 0),
        ({"visits": "1", "wording": "2"}, 4),
        ({"phrases": "1"}, 4),
    ):
        assert scan.read_so_far(prints) == ReadState(upto=4, older=older, by_older=older)


def test_counts_of_all_tasks_are_summed_in_order(tmp_path: Path) -> None:
    day = BEGAN.date()
    rows = [(day, "en", "", "", 3), (day, "en", "a", "", 2), (day, "", "", "", 1)]
    told = output(tmp_path / "two", [], [], counts=rows).counts()
    assert [tuple(row.values()) for row in told.to_pylist()] == [
        (day, "", "", "", 2),
        (day, "en", "", "", 6),
        (day, "en", "a", "", 4),
    ]
    assert tuple(told.column_names) == COUNTED
    none = output(tmp_path / "none").counts()
    assert (tuple(none.column_names), none.num_rows) == (COUNTED, 0)


def test_a_scan_without_items_answers_nothing(tmp_path: Path) -> None:
    scan = output(tmp_path)
    assert scan.sources() == [] and scan.extent(Query()) == (0, None, None)
    assert list(scan.hits(Query())) == list(scan.items(Query())) == []
    assert scan.read_so_far({"visits": "2"}) == ReadState(upto=0, older=0)


def test_only_questions_that_a_scan_can_answer_are_its_attributes(tmp_path: Path) -> None:
    scan = output(tmp_path)
    assert not hasattr(scan, "_anything")
    with pytest.raises(Misuse, match="which only wording and visits can read") as caught:
        scan.search  # noqa: B018
    assert caught.value.hint == f"take its hits into a database with: sigtrack import {tmp_path}"


# Its files


def test_a_manifest_tells_what_was_asked_for_and_what_is_left_to_do(tmp_path: Path) -> None:
    assert ScanFolder(tmp_path / "none").tasks == []
    folder = ScanFolder(tmp_path / "deep" / "scan")
    folder.begin({"began": BEGAN.isoformat(), "words": "등대"})
    tasks = [Task(n, (Piece(f"{n}.jsonl", "jsonl", 9, 1, 5), Piece("b", "csv", 3))) for n in (1, 2)]
    folder.plan(tasks)
    folder.finish(Done(task=2, items=7, kept=3, hits=4, broken=(("b", "it ends"),)))
    for told in (folder, ScanFolder(folder.path)):
        assert told.asked == {"began": BEGAN.isoformat(), "words": "등대"}
        assert told.began == BEGAN
        assert told.tasks == tasks and told.open_tasks == tasks[:1]
        assert told.done == {2: Done(task=2, items=7, kept=3, hits=4, broken=(("b", "it ends"),))}
    manifest = folder.path / "scan.jsonl"
    lines = manifest.read_text("utf-8")
    assert lines.count("\n") == 4
    with manifest.open("a") as file:
        file.write('{"task": 1, "it')  # as a kill leaves it
    assert ScanFolder(folder.path).open_tasks == tasks[:1]
    folder.finish(Done(task=1))
    assert folder.parts("items") == [folder.path / "items" / f"0000{n}.parquet" for n in (1, 2)]


def test_a_scan_of_a_file_whose_name_is_no_text_goes_on_where_it_was(desk: Desk) -> None:
    place = desk.home / os.fsdecode(b"\xff.jsonl")
    place.write_text(FORTNIGHT, "utf-8")
    scan = ("scan", desk.home / "*.jsonl", "--to", desk.home / "scan", "-j", 1)
    first = desk.run(*scan).out
    assert "8 items" in first
    manifest = desk.home / "scan" / "scan.jsonl"
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(b"".join(lines[:-1]))  # as if it were killed before the task was done
    assert desk.run(*scan).out == first


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "7",
        '{"asked": 7}',
        '{"pieces": [[1]]}',
        '{"task": 1}',
        '{"broken": [], "x": 1}',
    ],
)
def test_what_is_no_manifest_is_damage_and_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "scan.jsonl").write_text(f"{line}\n")
    with pytest.raises(
        StoreCorrupt, match=r"scan\.jsonl is not the manifest of a scan: "
    ) as caught:
        ScanFolder(tmp_path)
    assert caught.value.hint == "scan into another folder"


def test_an_error_in_a_manifest_is_told_in_a_hundred_letters_that_are_harmless(
    tmp_path: Path,
) -> None:
    (tmp_path / "scan.jsonl").write_text(json.dumps({"broken": [], "\x1b" + "x" * 300: 1}) + "\n")
    with pytest.raises(StoreCorrupt) as caught:
        ScanFolder(tmp_path)
    said = caught.value.message.partition(": ")[2]
    assert len(said) == 100 and "\x1b" not in said


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite, match="file/scan cannot be written: not a directory") as caught:
        ScanFolder(tmp_path / "file" / "scan").begin({})
    assert caught.value.hint == "name another folder"
    assert type(caught.value) is CannotWrite


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_a_manifest_that_is_no_file_is_named(tmp_path: Path, kind: str) -> None:
    manifest = tmp_path / "scan.jsonl"
    manifest.mkdir() if kind == "folder" else os.mkfifo(manifest)
    with pytest.raises(InputUnreadable, match=rf"scan\.jsonl cannot be read: is a .*{kind}") as it:
        ScanFolder(tmp_path)
    assert it.value.hint == "scan into another folder"


def test_where_no_room_is_left_each_file_of_a_scan_says_so(tmp_path: Path) -> None:
    folder = ScanFolder(tmp_path)
    folder.begin({"began": BEGAN.isoformat()})
    noise = os.urandom(20_000)
    rows = [item_row(of_an_archive("1", noise.hex()), (), {})]
    table = pa.Table.from_pylist(rows, schema=columns_of("items"))
    with no_room():
        with pytest.raises(DiskFull, match=r"scan\.jsonl cannot be written: file too large"):
            folder.plan([Task(1, (Piece(noise.hex(), "jsonl", 1),))])
        with pytest.raises(DiskFull, match=r"00002\.parquet cannot be written"):
            folder.keep_parts(2, {"hits": noise})
        with pytest.raises(DiskFull), PartWriter(folder, 3) as part:
            part.write("items", table)
    assert not [one for one in tmp_path.rglob("*") if "00003" in one.name]
    assert folder.tasks == []


def test_files_of_a_task_get_their_names_when_all_is_written(tmp_path: Path) -> None:
    folder = ScanFolder(tmp_path)
    folder.begin({"began": BEGAN.isoformat()})
    table = pa.Table.from_pylist(
        [item_row(of_an_archive("1"), ("a", "a"), {})], schema=columns_of("items")
    )

    def files() -> list[str]:
        return sorted(one.name for one in tmp_path.rglob("*.parquet"))

    with suppress(KeyError), PartWriter(folder, 1) as part:
        part.write("items", table)
        assert files() == [".00001.parquet"] * 3
        raise KeyError
    assert files() == []
    with PartWriter(folder, 1) as part:
        part.write("items", table)
    assert files() == ["00001.parquet"] * 3
    (row,) = parquet.read_table(folder.part("items", 1)).to_pylist()
    assert row["watchlists"] == ["a"]
    folder.keep_parts(2, {"hits": b"theirs"})
    assert folder.part("hits", 2).read_bytes() == b"theirs"
    with pytest.raises(
        CannotWrite, match=r"items/00003\.parquet cannot be written: .*no such file"
    ):
        (tmp_path / "items").rename(tmp_path / "gone")
        PartWriter(folder, 3).__enter__()


@pytest.mark.parametrize("instead", ["nothing", "a file"])
def test_a_task_whose_folder_is_taken_away_says_so(tmp_path: Path, instead: str) -> None:
    folder = ScanFolder(tmp_path)
    folder.begin({"began": BEGAN.isoformat()})
    said = r"00001\.parquet cannot be written"
    with pytest.raises(CannotWrite, match=said), PartWriter(folder, 1):
        (tmp_path / "items").rename(tmp_path / "gone")
        if instead == "a file":
            (tmp_path / "items").touch()


def test_an_error_without_a_number_is_told_in_its_words() -> None:
    said = cannot_write("scan", OSError("The Cloud Is Away"), "name another folder")
    assert (said.message, said.hint) == (
        "scan cannot be written: the cloud is away",
        "name another folder",
    )


def test_hits_stand_in_a_scan_as_a_report_tells_them(tmp_path: Path) -> None:
    place = Place(path="w.toml", line=3)
    word = ClassWord(name="@KR:cities", word="Busan", place=place)
    span = Span(field="title", start=0, end=3, term="fog", place=place, classes=(word,))
    stored = of_an_archive("1", published=BEGAN, language="en", url="https://example.org/1")
    hit = hit_of(stored, "a", spans=(span,))
    output(tmp_path, [(stored, (hit,), {})])
    assert written(tmp_path, "hits") == [record_of(stored, hit)]


def test_rows_go_to_the_disk_a_thousand_or_eight_megabytes_at_a_time(tmp_path: Path) -> None:
    folder = ScanFolder(tmp_path)
    folder.begin({"began": BEGAN.isoformat()})

    def rows(number: int, letters: int = 0) -> Any:
        one = item_row(of_an_archive("1", text="x" * letters), (), {})
        return pa.Table.from_pylist([one] * number, schema=columns_of("items"))

    def on_disk(task: int) -> int:
        return folder.part("items", task).with_name(f".{task:05}.parquet").stat().st_size

    with PartWriter(folder, 1) as part:
        for number in (1, 998):
            part.write("items", rows(number))
        before = on_disk(1)
        part.write("items", rows(1))
        assert on_disk(1) > before
        part.write("items", rows(2_001))
    with PartWriter(folder, 2) as part:
        part.write("items", rows(1, 8_300_000))
        assert on_disk(2) == before
        part.write("items", rows(1, 100_000))
        assert on_disk(2) > before
    told = parquet.read_metadata(folder.part("items", 1))
    sizes = [told.row_group(number).num_rows for number in range(told.num_row_groups)]
    assert sizes == [1_000, 1_000, 1_000, 1]
    assert told.row_group(0).column(0).compression == "ZSTD"


def test_a_part_that_cannot_be_read_is_named_with_the_way_out(
    harbour: list[Kept], tmp_path: Path
) -> None:
    scan = output(tmp_path, harbour)
    (tmp_path / "hits" / "00001.parquet").write_bytes(b"this is no table")
    with pytest.raises(InputUnreadable, match=r"00001\.parquet cannot be read: ") as caught:
        list(scan.hits(Query()))
    assert "take it out of scan.jsonl" in caught.value.hint
    assert len(list(scan.items(Query()))) == 4
    (tmp_path / "hits" / "00001.parquet").unlink()
    with pytest.raises(InputUnreadable, match=r"00001\.parquet cannot be read: .*No such file"):
        list(scan.hits(Query()))


def test_a_scan_is_not_read_without_the_library_that_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Misuse, match="read with pyarrow, which is not installed") as caught:
        ScanStore(str(tmp_path))
    assert caught.value.hint == "pip install 'sigtrack[scan]'"


@pytest.mark.slow
def test_wording_of_a_scan_is_what_the_readme_shows(desk: Desk) -> None:
    desk.feeds_file.write_text("format = 1\n", "utf-8")
    for file in desk.watchlists.iterdir():
        file.unlink()  # the shipped lists
    folder = desk.home / "half-year"
    desk.run("scan", ROOT / "docs" / "half-year.jsonl", "--to", folder, "-j", 1)
    asked = "wording language-of-thaw --by month --all"
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"sigtrack {asked} --db half-year" in readme
    out = desk.run(*asked.split(), "--db", folder, "-f", "md").out
    assert out[out.index("\n| ") :].strip() in readme


def test_what_a_scan_writes_is_what_its_schema_says(desk: Desk) -> None:
    out = desk.run("scan", stock(desk), "--to", desk.home / "scan", "-j", 1, "-f", "json").out
    schema = schema_of("scan")
    assert misfits(json.loads(out), schema, schema["$defs"]) == []


def test_no_other_command_loads_what_scans(stocked: Desk) -> None:
    loaded = modules_after(stocked, "wording", "--since", "all")
    assert not loaded & {"pyarrow", "fastwarc", "sigtrack.store.scans", "sigtrack.parse.archives"}


@pytest.fixture
def many(desk: Desk) -> list[str]:
    """Files that are a task each, for all that stands in them beside the items."""
    filler = "x" * 22_000
    for number in range(6):
        rows = [
            {
                "title": f"{number}.{one} lighthouse" if one % 9 == 0 else f"{number}.{one}",
                "more": filler,
            }
            for one in range(200)
        ]
        stock(desk, f"{number}.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))
    return sorted(map(str, desk.home.glob("*.jsonl")))


def when_a_task_is_done(process: subprocess.Popen[bytes], folder: Path) -> None:
    manifest = folder / "scan.jsonl"
    while not manifest.exists() or '"kept"' not in manifest.read_text("utf-8"):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def processes_of(parent: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


@pytest.mark.slow
def test_a_scan_that_is_killed_goes_on_and_finds_the_same(desk: Desk, many: list[str]) -> None:
    whole, cut = desk.home / "whole", desk.home / "cut"
    expected = desk.run("scan", *many, "--to", whole, "-j", 1).out
    with desk.start("scan", *many, "--to", cut, "-j", 2) as process:
        when_a_task_is_done(process, cut)
        workers = processes_of(process.pid)
        process.kill()
    done = sum('"kept"' in line for line in (cut / "scan.jsonl").read_text("utf-8").splitlines())
    assert 0 < done < len(many)
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        time.sleep(0.01)  # they end by themselves
    assert desk.run("scan", *many, "--to", cut, "-j", 2).out == expected
    for part in ("hits", "counts"):
        assert written(cut, part) == written(whole, part)


@pytest.mark.slow
def test_a_process_that_is_killed_changes_nothing(desk: Desk, many: list[str]) -> None:
    whole, cut = desk.home / "whole", desk.home / "cut"
    expected = desk.run("scan", *many, "--to", whole, "-j", 1).out
    with desk.start("scan", *many, "--to", cut, "-j", 2) as process:
        when_a_task_is_done(process, cut)
        os.kill(processes_of(process.pid)[0], signal.SIGKILL)
        out, err = process.communicate(timeout=600)
    assert (out.decode(), err.decode(), process.returncode) == (expected, "", 0)
    assert written(cut, "hits") == written(whole, "hits")


@pytest.mark.slow
def test_ctrl_c_says_what_is_kept(desk: Desk, many: list[str]) -> None:
    folder = desk.home / "scan"
    with desk.start("scan", *many, "--to", folder, "-j", 2) as process:
        when_a_task_is_done(process, folder)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=600)
    assert f"what is complete is kept in {folder}" in err.decode()
    assert process.returncode == 130


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Nodes:
    """A Ray cluster of three on loopback, with a token, for a user of its own."""

    def __init__(self, home: Path, place: Path) -> None:
        self.environment = {**os.environ, "HOME": str(home), "RAY_AUTH_MODE": "token"}
        self.environment |= {"RAY_USAGE_STATS_ENABLED": "0", "DO_NOT_TRACK": "1"}
        self.environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        (home / ".ray").mkdir()
        (home / ".ray" / "auth_token").write_text("a" * 64)
        self.place = place
        gcs, self.port = free_port(), free_port()
        head = ("--head", "--port", gcs, "--ray-client-server-port", self.port)
        there = ("--address", f"127.0.0.1:{gcs}")
        self._started: list[subprocess.Popen[str]] = []
        for options in ((*head, "--include-dashboard", "false", "--temp-dir", place), there, there):
            self._start(*map(str, options))
        assert any(self._answers() for _ in range(5))  # the first client may come too early

    def _answers(self) -> bool:
        code = f"import ray; ray.init('ray://127.0.0.1:{self.port}', logging_level='CRITICAL')"
        asked = (sys.executable, "-c", code)
        done = subprocess.run(asked, env=self.environment, capture_output=True, check=False)
        return done.returncode == 0

    def _start(self, *options: str) -> None:
        command = (sys.executable, "-m", "ray.scripts.scripts", "start", *options)
        more = ("--node-ip-address", "127.0.0.1", "--num-cpus", "1", "--block")
        memory = ("--object-store-memory", "100000000", "--disable-usage-stats")
        started = subprocess.Popen(
            (*command, *more, *memory),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._started.append(started)
        assert started.stdout
        assert any("Ray runtime started" in line for line in started.stdout)

    def workers(self) -> list[int]:
        """The processes that scan."""
        found = []
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                if f"{self.place}".encode() in (folder / "cmdline").read_bytes():
                    found += processes_of(int(folder.name))
        return [
            one
            for one in found
            if Path(f"/proc/{one}/cmdline").read_bytes().startswith(b"ray::UDFActor")
        ]

    def stop(self) -> None:
        for one in self._started:
            one.terminate()
        for one in self._started:
            one.communicate(timeout=600)


@pytest.fixture
def nodes(desk: Desk) -> Iterator[Nodes]:
    for library in ("ray", "daft", "grpc"):
        if not find_spec(library):
            pytest.skip("the extra `cluster` is not installed")
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as place:
        started = Nodes(desk.home, Path(place))  # its sockets need a short path
        try:
            yield started
        finally:
            started.stop()


@pytest.mark.slow
def test_a_cluster_finds_what_one_process_finds_though_one_of_its_workers_is_killed(
    desk: Desk, many: list[str], nodes: Nodes
) -> None:
    whole, shared = desk.home / "whole", desk.home / "shared"
    expected = desk.run("scan", *many, "--to", whole, "-j", 1).out
    on = ("--cluster", f"ray://127.0.0.1:{nodes.port}")
    scan = desk.start("scan", *many, "--to", shared, *on, environment={"HOME": str(desk.home)})
    with scan as process:
        when_a_task_is_done(process, shared)
        os.kill(nodes.workers()[0], signal.SIGKILL)
        out, err = process.communicate(timeout=300)
    assert (out.decode(), err.decode(), process.returncode) == (expected, "", 0)
    for part in ("hits", "items", "counts"):
        assert written(shared, part) == written(whole, part)
