"""`sigtrack import`: items from files, through the same pipeline as fetch."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest

from desk import Desk, rss
from sigtrack.store import open_store

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


def write(desk: Desk, name: str, text: str | bytes) -> Path:
    path = desk.home / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_jsonl_file_is_stored_matched_and_counted(desk: Desk) -> None:
    path = write(desk, "items.jsonl", '{"title": "A lighthouse is lit"}\n{"title": "Fish"}\n')
    assert desk.run("import", path).out == "2 items read from 1 file: 2 new, 0 revised, 1 new hit\n"
    assert (
        desk.run("import", path).out == "2 items read from 1 file: 0 new, 0 revised, 0 new hits\n"
    )


def test_every_field_and_its_other_name_is_understood(desk: Desk) -> None:
    names = {
        "plain.jsonl": ("link", "published", "source"),
        "other.jsonl": ("url", "date", "outlet"),
        "third.jsonl": ("url", "date", "feed"),
    }
    for file, (link, published, source) in names.items():
        row = {
            "id": file,
            "title": "A lighthouse is lit",
            "summary": "in short",
            "text": "at length",
            link: f"https://example.org/{file}",
            published: "2026-01-13T09:00:00+09:00",
            "lang": "en",
            source: f"coast-{file[:5]}",
        }
        desk.run("import", write(desk, file, json.dumps(row)))
    found = desk.run("report", "-f", "jsonl").records
    assert {r["uid"] for r in found} == set(names)
    assert {r["source"] for r in found} == {"coast-plain", "coast-other", "coast-third"}
    assert {r["published"] for r in found} == {"2026-01-13T00:00:00+00:00"}
    assert {r["link"] for r in found} == {f"https://example.org/{name}" for name in names}
    shown = json.loads(desk.run("show", found[0]["item"], "-f", "json").out)[0]
    assert (shown["summary"], shown["text"]) == ("in short", "at length")


def test_a_csv_file_is_read_with_its_heading(desk: Desk) -> None:
    path = write(
        desk,
        "items.csv",
        '\ufefftitle,lang,source\n"Lighthouse, lit",en,coast\n등대 불 밝혀,ko,haean\n',
    )
    desk.run("import", path)
    found = desk.run("report", "-f", "jsonl").records
    assert {(r["title"], r["lang"], r["source"]) for r in found} == {
        ("Lighthouse, lit", "en", "coast"),
        ("등대 불 밝혀", "ko", "haean"),
    }


def test_the_source_of_items_that_name_none_can_be_given(desk: Desk) -> None:
    desk.run("import", write(desk, "a.jsonl", '{"title": "Lighthouse"}'), "--source", "archive")
    assert [r["source"] for r in desk.run("report", "-f", "jsonl").records] == ["archive"]


def test_a_feed_document_is_imported_under_the_name_of_its_file(desk: Desk) -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Coast</title><id>urn:c</id>
        <entry><id>urn:1</id><title>A lighthouse is lit</title><updated>2026-01-13T00:00:00Z</updated>
        </entry></feed>"""
    desk.run(
        "import",
        write(desk, "Harbour News.xml", rss("Lighthouse dark")),
        write(desk, "coast.atom", atom),
    )
    found = desk.run("report", "-f", "jsonl").records
    assert {(r["source"], r["title"]) for r in found} == {
        ("harbour-news", "Lighthouse dark"),
        ("coast", "A lighthouse is lit"),
    }


def test_bad_rows_are_named_with_their_line_and_the_rest_is_stored(desk: Desk) -> None:
    path = write(
        desk,
        "mixed.jsonl",
        '{"title": "A lighthouse is lit"}\n{"title": \n{"summary": "no title"}\n[1]\n\n{"title": "Fish"}\n',
    )
    done = desk.run("import", path, code=65)
    assert done.out == "2 items read from 1 file: 2 new, 0 revised, 1 new hit\n"
    assert [line.partition(": ")[0] for line in done.err.splitlines()] == [
        f"{path}:{line}" for line in (2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("page.xml", b"<!doctype html><p>hello", "not a feed"),
        ("empty.xml", b"", "is empty"),
        ("noise.xml", bytes(range(256)), "not a feed"),
    ],
)
def test_a_document_that_is_no_feed_is_a_problem_of_that_file_only(
    desk: Desk, name: str, body: bytes, said: str
) -> None:
    good = write(desk, "good.jsonl", '{"title": "A lighthouse is lit"}')
    bad = write(desk, name, body)
    done = desk.run("import", bad, good, code=65)
    assert done.err.startswith(f"{bad}: this file ")
    assert said in done.err
    assert "1 item read from 2 files: 1 new, 0 revised, 1 new hit" in done.out


def test_what_is_missing_or_no_file_is_said(desk: Desk) -> None:
    missing, folder, pipe = desk.home / "no.jsonl", desk.home / "folder", desk.home / "pipe.xml"
    folder.mkdir()
    os.mkfifo(pipe)
    done = desk.run("import", missing, folder, pipe, code=65)
    assert f"{missing}: this file cannot be read: no such file or directory" in done.err
    assert f"{folder}: this file is a folder, not a file" in done.err
    assert f"{pipe}: this file is a device or a pipe, not a file" in done.err


def test_a_pipe_called_jsonl_does_not_hang(desk: Desk) -> None:
    pipe = desk.home / "pipe.jsonl"
    os.mkfifo(pipe)
    done = desk.start_and_wait("import", pipe, code=65)
    assert "is a device or a pipe, not a file" in done.err


def test_quiet_says_nothing_when_all_is_well(desk: Desk) -> None:
    done = desk.run("import", "-q", write(desk, "a.jsonl", '{"title": "Lighthouse"}'))
    assert (done.out, done.err) == ("", "")


def test_an_old_item_is_reported_by_its_own_date_and_not_as_news(desk: Desk) -> None:
    path = write(desk, "a.jsonl", '{"title": "Lighthouse", "date": "2019-05-01"}')
    desk.run("import", path)
    assert desk.run("report", "-f", "jsonl").records == []
    assert len(desk.run("report", "--since", "all", "-f", "jsonl").records) == 1


@pytest.mark.slow
def test_an_import_killed_at_any_moment_and_run_again_leaves_every_item_once(desk: Desk) -> None:
    rows = (
        f'{{"id": "{n}", "title": "{"Lighthouse" if n % 7 == 0 else "Item"} {n}"}}'
        for n in range(9000)
    )
    path = write(desk, "many.jsonl", "\n".join(rows))
    chance = random.Random(3)
    for _ in range(2):
        with desk.start("import", path) as process:
            time.sleep(chance.uniform(0.3, 1.2))
            process.kill()
    desk.start_and_wait("import", path)
    with open_store(str(desk.db)) as store:
        census = store.census()
        assert (census.items, census.revisions, dict(census.hits)) == (
            9000,
            9000,
            {"lighthouses": 1286},
        )
        assert store.check() == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["east_asia_diplomacy.jsonl", "mixed_noise.jsonl"])
def test_headlines_of_the_real_world_are_imported_without_a_complaint(
    desk: Desk, name: str
) -> None:
    path = SHARED / "headlines" / name
    if not path.exists():
        pytest.skip("the shared headlines are not here")
    done = desk.run("import", path)
    with path.open(encoding="utf-8") as lines:
        assert done.out.startswith(f"{sum(1 for _ in lines):,} items read")
    assert done.err == ""


@pytest.mark.slow
def test_import_says_by_file_what_of_a_document_it_could_not_use(desk: Desk) -> None:
    items = "<item><title>A lighthouse is lit</title><link>/1</link></item>"
    path = write(desk, "feed.xml", f'<rss version="2.0"><channel>{items}</channel></rss>')
    done = desk.run("import", path)
    assert "1 new" in done.out
    assert 'feed.xml: warning: this file was read, but: links that are not web addresses: 1, e.g. "/1"' in (
        done.err
    )  # fmt: skip
    many = "".join(f"<item><title>{n}</title></item>" for n in range(2_003))
    path = write(desk, "many.xml", f'<rss version="2.0"><channel>{many}</channel></rss>')
    assert "3 items beyond the first 2,000 were left out" in desk.run("import", path).err


# --- files of one name


def channel(about: str, *titles: str) -> bytes:
    items = "".join(
        f"<item><guid>{n}</guid><title>{t}</title></item>" for n, t in enumerate(titles)
    )
    return f"<rss><channel>{about}{items}</channel></rss>".encode()


HARBOUR = "<title>Harbour News</title><link>https://harbour.example/</link>"
COAST = "<title>Coast Guard</title><link>https://coast.example/</link>"


def sources(desk: Desk) -> dict[str, set[str]]:
    found = desk.run("search", "light", "-f", "jsonl").records
    return {
        source: {one["title"] for one in found if one["source"] == source}
        for source in {one["source"] for one in found}
    }


@pytest.mark.parametrize("command", ["import", "fetch"])
def test_two_publishers_files_of_one_name_stay_two_sources(desk: Desk, command: str) -> None:
    for folder in ("a", "b"):
        (desk.home / folder).mkdir()
    ours = write(desk, "a/feed.xml", channel(HARBOUR, "Light is lit"))
    theirs = write(desk, "b/feed.xml", channel(COAST, "Light is out"))
    both = {"feed": {"Light is lit"}, "coast-guard": {"Light is out"}}
    said = desk.run(command, ours, theirs)
    assert "coast-guard" in said.out + said.err
    assert sources(desk) == both
    desk.run(command, theirs)
    desk.run(command, ours)
    assert sources(desk) == both


def test_snapshots_of_one_feed_are_one_source_whatever_their_folder(desk: Desk) -> None:
    for day, titles in (("monday", ("Light 1",)), ("tuesday", ("Light 1", "Light 2"))):
        (desk.home / day).mkdir()
        about = HARBOUR.replace("News", f"News of {day}")
        desk.run("import", write(desk, f"{day}/feed.xml", channel(about, *titles)))
    assert sources(desk) == {"feed": {"Light 1", "Light 2"}}


def test_the_source_that_the_user_names_is_believed(desk: Desk) -> None:
    for folder, about in (("a", HARBOUR), ("b", COAST)):
        (desk.home / folder).mkdir()
        path = write(desk, f"{folder}/feed.xml", channel(about, f"Light {folder}"))
        desk.run("import", path, "--source", "all")
    assert set(sources(desk)) == {"all"}


def test_many_small_documents_are_stored_in_their_order(desk: Desk) -> None:
    files = [write(desk, f"day-{n:02}.xml", rss(f"Fish {n}")) for n in range(40)]
    done = desk.run("import", *files, write(desk, "last.xml", "no feed"), code=65)
    assert done.out == "40 items read from 41 files: 40 new, 0 revised, 0 new hits\n"
    found = desk.run("search", "fish", "-n", "0", "-f", "jsonl").records
    assert sorted(r["source"] for r in found) == [f"day-{n:02}" for n in range(40)]
