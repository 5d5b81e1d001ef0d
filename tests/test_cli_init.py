"""A desk of one's own in one command, and feeds that belong together."""

from __future__ import annotations

import os
import pty
import shutil
import tomllib
from pathlib import Path

import pytest

from desk import Desk, rss
from feed_server import Site

OPML = """\
<?xml version="1.0"?><opml version="2.0"><body>
<outline text="East  Asia!"><outline text="Harbour" xmlUrl="https://example.org/harbour.xml"/>
<outline text="Quiet"><outline text="Lights" xmlUrl="https://example.org/lights.xml"/></outline>
<outline text="Coast" xmlUrl="https://example.org/coast.xml"/></outline>
<outline text="Alone" xmlUrl="https://example.org/alone.xml"/>
</body></opml>
"""


@pytest.fixture
def newcomer(desk: Desk) -> Desk:
    """Who has no settings, feeds or watchlists at all."""
    shutil.rmtree(desk.config)
    return desk


def config(desk: Desk) -> dict[str, object]:
    return tomllib.loads((desk.config / "config.toml").read_text("utf-8"))


@pytest.mark.slow
def test_options_answer_the_questions(newcomer: Desk) -> None:
    done = newcomer.run(
        *("init", "--countries", "kr,JP", "--languages", "en, ko"),
        *("--mail", "desk@example.org", "--copy", "trade"),
    )
    assert config(newcomer) == {
        "desk": "KR, JP",
        "languages": "en, ko",
        "mail": {"from": "sigtrack <desk@example.org>"},
        "digest": {"morning": {"to": ["desk@example.org"]}},
    }
    assert "now: sigtrack fetch" in done.out
    assert (newcomer.watchlists / "trade.toml").is_file()
    feeds = newcomer.run("feeds", "list", "--all", "-f", "jsonl").records
    asked = {feed["country"] for feed in feeds if not feed["paused"]}
    assert asked == {"KR", "JP", None}
    assert any(feed["paused"] == "not of this desk (sigtrack init)" for feed in feeds)
    assert newcomer.run("watchlists", "check").err == ""


def test_a_desk_is_set_up_where_its_config_is_named(newcomer: Desk, tmp_path: Path) -> None:
    config = tmp_path / "desk" / "my.toml"
    done = newcomer.run("init", "--countries", "KR", "--config", config)
    assert f"✓ written: {config}" in done.out
    assert not (newcomer.config / "config.toml").exists()
    assert "exists already" in newcomer.run("init", "--config", config, code=73).err


def test_a_desk_that_watches_what_all_do_asks_all_feeds(newcomer: Desk) -> None:
    newcomer.run("init", "-q")
    assert not newcomer.feeds_file.exists()
    assert config(newcomer) == {"desk": "KR, KP, JP, CN, TW", "languages": "en"}


def test_feeds_can_be_chosen_by_who_speaks(newcomer: Desk) -> None:
    newcomer.run("init", "--role", "ministry", "--role", "leader-office")
    feeds = newcomer.run("feeds", "list", "-f", "jsonl").records
    assert {feed["role"] for feed in feeds} == {"ministry", "leader-office"}


def test_nothing_is_written_over_and_nothing_half(newcomer: Desk) -> None:
    newcomer.run("init")
    before = (newcomer.config / "config.toml").read_text("utf-8")
    done = newcomer.run("init", "--countries", "JP", code=73)
    assert "exists already, so this desk is set up" in done.err
    assert (newcomer.config / "config.toml").read_text("utf-8") == before
    assert not newcomer.feeds_file.exists()


@pytest.mark.parametrize(
    ("option", "given", "cure"),
    [
        ("--countries", "Korea", "two capitals each"),
        ("--countries", "KR, XX", "'XX' is not a country"),
        ("--languages", "kr", "did you mean ko?"),
        ("--mail", "desk", "write desk@example.org"),
        ("--role", "minister", "one of: leader-office, ministry"),
        ("--copy", "trad", "one of: joint-statements"),
    ],
)
def test_an_answer_that_means_nothing_is_refused_before_anything_is_written(
    newcomer: Desk, option: str, given: str, cure: str
) -> None:
    assert cure in newcomer.run("init", option, given, code=2).err
    assert not newcomer.config.exists()


def test_feeds_that_cannot_be_read_are_said_before_anything_is_written(
    newcomer: Desk, tmp_path: Path
) -> None:
    assert "does not exist" in newcomer.run("init", "--opml", tmp_path / "none.opml", code=65).err
    page = tmp_path / "page.opml"
    page.write_text("<html>no feeds")
    assert "no feed was added" in newcomer.run("init", "--opml", page, code=78).err
    assert not newcomer.config.exists()


def test_on_a_terminal_it_asks_and_asks_again(newcomer: Desk) -> None:
    ours, theirs = pty.openpty()
    process = newcomer.start("init", stdin=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, b"Korea\nKR JP\nko\n\n")
    out, _ = process.communicate(timeout=600)
    os.close(ours)
    assert process.returncode == 0, out
    assert config(newcomer) == {"desk": "KR, JP", "languages": "ko"}


def test_the_folders_of_another_reader_are_groups(newcomer: Desk, tmp_path: Path) -> None:
    opml = tmp_path / "desk.opml"
    opml.write_text(OPML)
    newcomer.run("init", "--opml", opml)
    feeds = newcomer.run("feeds", "list", "-f", "jsonl").records
    groups = {feed["title"]: feed["group"] for feed in feeds if "example.org" in feed["url"]}
    assert groups == {"Harbour": "east-asia", "Lights": "quiet", "Coast": "east-asia", "Alone": ""}
    copy = tmp_path / "copy.opml"
    newcomer.run("feeds", "export", "-o", copy)
    shutil.rmtree(newcomer.config)
    newcomer.run("init", "--opml", copy)
    again = newcomer.run("feeds", "list", "-f", "jsonl").records
    assert {feed["feed"]: feed["group"] for feed in again} == {
        feed["feed"]: feed["group"] for feed in feeds
    }


def test_a_group_is_fetched_and_reported_by_its_name(desk: Desk, site: Site) -> None:
    url = site.serve("/a", rss("A lighthouse on the cape"))
    desk.feeds({"isle": site.serve("/b", rss("A lighthouse on the isle"))})
    text = desk.feeds_file.read_text("utf-8")
    desk.feeds_file.write_text(
        f'{text}\n[[feed]]\nid = "cape"\nurl = "{url}"\nallow_private = true\ncountry = "JP"\n'
        f'group = "japan"\n'
    )
    desk.run("fetch", "group:japan")
    assert [r["source"] for r in desk.run("search", "lighthouse", "-f", "jsonl").records] == [
        "cape"
    ]
    desk.run("fetch")
    shown = desk.run("report", "--since", "all", "-s", "group:japan", "-f", "jsonl").records
    assert {record["source"] for record in shown} == {"cape"}
    assert desk.run("report", "--since", "all", "-s", "country:jp", "-f", "jsonl").records == shown
    assert "groups are: japan" in desk.run("report", "-s", "group:korea", code=2).err
    assert "group" in desk.run("feeds", "list").out


def test_a_group_that_is_no_name_is_a_mistake_with_its_line(desk: Desk) -> None:
    desk.feeds({"isle": "http://127.0.0.1:9/b"}, 'group = "East Asia"')
    line = 1 + desk.feeds_file.read_text("utf-8").split("\n").index('group = "East Asia"')
    assert f'feeds.toml:{line}: "East Asia" is not a group' in desk.run("feeds", "list").err
