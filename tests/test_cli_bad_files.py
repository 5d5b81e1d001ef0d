"""Files of the user that are broken, huge, deep, or no files at all.

Each is answered by a message with the file and, where there is one, the line; what does not depend
on the file goes on. A reader that goes on for ever hangs here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from desk import Desk, Done

DEEP = "[" * 5000 + "]" * 5000
TEXTS = {  # what stands in the file, and on which line the mistake is
    "no-toml": ("format = 1\nthis is not toml\n", 2),
    "open-string": ('format = 1\n\nid = "never closed\n', 3),
    "twice": ("format = 1\nformat = 1\n", 2),
    "deep-list": (f"format = 1\nx = {DEEP}\n", 2),
    "deep-table": (f"format = 1\nx = {'{a = ' * 5000}1{'}' * 5000}\n", 2),
    "deep-key": (f"format = 1\n{'.'.join('a' * 5000)} = 1\n", 2),
    "huge-number": (f"format = {'9' * 50_000}\n", 1),
    "one-long-line": (f'x = "{"x" * 90_000}\n', 1),
    "brackets": ("[[" * 40_000, 1),
    "quotes": ("'" * 90_001, 1),
    "backslashes": ('x = "' + "\\\\" * 40_000, 1),
    "control": ('format = 1\nx = "\x01"\n', 2),
}

SOME = ("no-toml", "deep-table", "huge-number", "one-long-line")  # all files have one reader


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def circle(path: Path) -> None:
    path.symlink_to(path)


def giant(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of nothing


def utf16(path: Path) -> None:
    path.write_bytes("format = 1".encode("utf-16"))


def nul(path: Path) -> None:
    path.write_bytes(b"format = 1\n\0\n")


def bytes_of_no_text(path: Path) -> None:
    path.write_bytes(b"format = 1\n\xff\xfe\xfa\n")


NO_TEXTS = (folder, pipe, device, circle, giant, utf16, nul, bytes_of_no_text)


def told(desk: Desk, *command: object, code: int) -> Done:
    done = desk.run(*command, code=code)
    assert "Traceback" not in done.err
    return done


# --- watchlists


def test_broken_watchlists_are_named_by_file_and_line(desk: Desk) -> None:
    """All of them beside each other; no one hides another."""
    broken = [f"{desk.watch(text, name)}:{line}: " for name, (text, line) in TEXTS.items()]
    checked = told(desk, "watchlists", "check", code=1).out
    done = told(desk, "import", _items(desk), code=78)
    assert [one for one in broken if one not in checked or one not in done.err] == []
    assert "1 item read from 1 file: 1 new, 0 revised, 1 new hit" in done.out


def test_what_stands_in_the_place_of_watchlists_is_named(desk: Desk) -> None:
    broken = [str(desk.watchlists / f"{make.__name__}.toml") for make in NO_TEXTS]
    for make, path in zip(NO_TEXTS, broken, strict=True):
        make(Path(path))
    checked = told(desk, "watchlists", "check", code=1).out
    done = told(desk, "import", _items(desk), code=78)
    assert [one for one in broken if one not in checked or one not in done.err] == []
    assert "1 new hit" in done.out


def test_two_watchlists_with_one_id_are_named_and_one_of_them_counts(desk: Desk) -> None:
    twin = desk.watch((desk.watchlists / "lighthouses.toml").read_text(), "twin")
    done = told(desk, "import", _items(desk), code=78)
    assert f"{twin}:2: " in done.err and "lighthouses.toml" in done.err
    assert "1 new hit" in done.out


# --- settings, feeds and actors


@pytest.mark.parametrize("name", TEXTS)
def test_a_broken_config_file_is_named_by_file_and_line(desk: Desk, name: str) -> None:
    text, line = TEXTS[name]
    file = desk.config / "config.toml"
    file.write_text(text, encoding="utf-8")
    assert f"{file}:{line}: " in told(desk, "report", code=78).err


@pytest.mark.parametrize("make", [device, circle, giant, pipe])
def test_what_stands_in_the_place_of_the_config_file_is_named(
    desk: Desk, make: Callable[[Path], None]
) -> None:
    file = desk.config / "config.toml"
    make(file)
    for command in (("report",), ("report", "--config", file)):
        assert str(file) in told(desk, *command, code=78).err


@pytest.mark.parametrize("name", SOME)
def test_a_broken_feeds_file_is_named_and_nobody_is_asked(desk: Desk, name: str) -> None:
    text, line = TEXTS[name]
    desk.feeds_file.write_text(text, encoding="utf-8")
    done = told(desk, "feeds", "list", "-f", "jsonl", code=0)
    assert f"{desk.feeds_file}:{line}: " in done.err
    assert done.records == []
    assert "there is no feed to ask" in told(desk, "fetch", code=78).out
    for change in ("remove", "pause"):
        told(desk, "feeds", change, "nknews", code=78)
    assert desk.feeds_file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("make", [device, circle, giant])
def test_what_stands_in_the_place_of_the_feeds_file_is_named(
    desk: Desk, make: Callable[[Path], None]
) -> None:
    desk.feeds_file.unlink()
    make(desk.feeds_file)
    assert str(desk.feeds_file) in told(desk, "feeds", "list", code=0).err


@pytest.mark.parametrize("name", SOME)
def test_a_broken_actors_file_is_named_and_the_rest_goes_on(desk: Desk, name: str) -> None:
    text, line = TEXTS[name]
    file = desk.config / "actors.toml"
    file.write_text(text, encoding="utf-8")
    done = told(desk, "import", _items(desk), code=0)
    assert f"{file}:{line}: " in done.err
    assert "1 new hit" in done.out


@pytest.mark.parametrize("make", [device, circle, giant])
def test_what_stands_in_the_place_of_the_actors_file_is_named(
    desk: Desk, make: Callable[[Path], None]
) -> None:
    file = desk.config / "actors.toml"
    make(file)
    assert str(file) in told(desk, "import", _items(desk), code=0).err


# --- lists of feeds


OPML = {
    "no-xml": ("<opml>\n<body>\n<outline", 3, 78),
    "entities": ("<!DOCTYPE opml [<!ENTITY a 'b'>]>\n<opml/>", 1, 78),
    "deep": ("<opml><body>\n" + "<outline text='x'>" * 50_000, 2, 78),
    "another-thing": ("<html>\n<body/></html>", 1, 78),
    "attributes": ("<opml>\n<body " + " ".join(f"a{n}=''" for n in range(200_000)), 2, 78),
}


@pytest.mark.parametrize("name", OPML)
def test_a_broken_list_of_feeds_is_named_by_file_and_line(desk: Desk, name: str) -> None:
    text, line, code = OPML[name]
    file = desk.home / "feeds.opml"
    file.write_text(text, encoding="utf-8")
    done = told(desk, "feeds", "import", file, code=code)
    assert f"{file}:{line}: " in done.err


@pytest.mark.parametrize("make", NO_TEXTS)
def test_what_stands_in_the_place_of_a_list_of_feeds_is_named(
    desk: Desk, make: Callable[[Path], None]
) -> None:
    file = desk.home / "feeds.opml"
    make(file)
    code = 65 if make in (folder, pipe, device, circle, giant) else 78
    assert str(file) in told(desk, "feeds", "import", file, code=code).err


@pytest.mark.slow
def test_a_thousand_feeds_are_added_in_one_go_and_too_many_are_none(desk: Desk) -> None:
    def opml(number: int) -> str:
        outlines = "".join(
            f"<outline text='Feed {n}' xmlUrl='https://feeds{n}.example.org/a-long-path/{n}.xml'/>"
            for n in range(number)
        )
        return f"<opml version='2.0'><body>{outlines}</body></opml>"

    file = desk.home / "feeds.opml"
    file.write_text(opml(10_000), encoding="utf-8")
    before = desk.feeds_file.read_text(encoding="utf-8")
    done = desk.run("feeds", "import", file, code=73)
    assert f"{desk.feeds_file} would become larger than 1 MiB" in done.err
    assert desk.feeds_file.read_text(encoding="utf-8") == before
    file.write_text(opml(1_000), encoding="utf-8")
    assert "1,000 feeds added" in told(desk, "feeds", "import", file, code=0).out
    assert "0 feeds added, 1000 known already" in desk.run("feeds", "import", file).out
    assert len(desk.run("feeds", "list", "-f", "jsonl").records) == 1_000


# --- items


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xml"])
def test_a_terabyte_is_not_read_into_memory(desk: Desk, suffix: str) -> None:
    file = desk.home / f"film{suffix}"
    giant(file)
    done = desk.start_and_wait("import", file, under=("prlimit", "--as=400000000"), code=65)
    assert str(file) in done.err
    assert "Traceback" not in done.err


def test_a_million_rows_of_nothing_are_a_thousand_messages(desk: Desk) -> None:
    file = desk.home / "film.jsonl"
    file.write_bytes(b"x\n" * 50_000 + b'{"title": "A lighthouse is lit"}\n')
    done = desk.run("import", file, code=65)
    assert "1 new hit" in done.out
    assert done.err.count("film.jsonl:") == 1001
    assert "there are more problems, which are not listed" in done.err


def _items(desk: Desk) -> Path:
    path = desk.home / "items.jsonl"
    path.write_text('{"title": "A lighthouse is lit"}\n', encoding="utf-8")
    return path
