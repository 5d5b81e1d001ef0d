"""One hostile feed, through fetch and then every command in every format.

Its words steer terminals, hide text, run in spreadsheets and browsers, and pretend to be markup
of Rich and Markdown. None of it may reach any output as anything but words.
"""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from desk import Desk, Done, on_a_terminal
from feed_server import FeedServer, Site
from sigtrack.errors import Misuse
from sigtrack.present import FORMATS
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.text.search import parse_search

STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
# what must not stand in a document that a browser or a viewer of Markdown shows
ACTIVE = re.compile(r"(?<!\\)(?:<script|<img|<a\s|\]\(javascript)", re.IGNORECASE)
OUR_OWN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b\x07]*;(https?://[^\x1b]*)?\x1b\\")

SPELLS = (
    "\x1b[2J\x1b[31mred\x1b[0m \x07 \x08\x08 \x7f",
    "\x9b2J \x9d0;owned\x9c \x85next",
    "&#27;[1mbold&#x1b;]8;;https://evil.example/&#27;\\click&#155;",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200fy \u061c \u2028new \u2029line",
    "\x1b]8;;javascript:alert(1)\x1b\\here\x1b]8;;\x1b\\ \x1b]52;c;ZXZpbA==\x07",
    "[bold red]x[/bold red] [/b] [link=javascript:alert(1)]y[/link] :boom:",
    "](javascript:alert(1)) [x](javascript:alert(1)) ![x](javascript:alert(1)) `c` **b** | a |",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <a href='javascript:alert(1)'>z</a>",
    "&lt;script>alert(1)&lt;/script> &amp;lt;script&amp;gt;",
    "&#xD800;&#x0;&#x110000; \x00 \ufeff",
)
FORMULAS = ("=cmd|'/c calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1")


def hostile_feed() -> bytes:
    titles = [f"{spell} lighthouse {spell}" for spell in SPELLS]
    titles += [f"{formula} lighthouse" for formula in FORMULAS]
    items = "".join(
        f"<item><guid><![CDATA[{title} {n}]]></guid><title><![CDATA[{title}]]></title>"
        f"<link><![CDATA[javascript:alert(1)//{title}]]></link>"
        f"<author><![CDATA[{title}]]></author><category><![CDATA[{title}]]></category>"
        f"<description><![CDATA[{title}<p>{title}</p>]]></description>"
        f"<pubDate>Wed, 14 Jan 2026 1{n % 2}:00:00 GMT</pubDate></item>"
        for n, title in enumerate(titles)
    )
    spells = "".join(SPELLS)
    head = f"<title><![CDATA[{spells}]]></title><language><![CDATA[{spells}]]></language>"
    feed = f"<rss version='2.0'><channel>{head}{items}</channel></rss>"
    return feed.encode()


@pytest.fixture
def haunted(desk: Desk, site: Site) -> Iterator[Desk]:
    desk.feeds({"evil": site.serve("/feed", hostile_feed())})
    many = len(SPELLS) + len(FORMULAS)
    assert f"{many} new items, {many} new hits" in check(desk.run("fetch"), "table").out
    yield desk


def check(done: Done, format: str) -> Done:
    """The same command's end, if nothing in what it said is dangerous."""
    shown = done.out.removeprefix("\ufeff").replace("\r\n", "\n") if format == "csv" else done.out
    for text in (shown, done.err):
        found = STEERING.search(text)
        assert not found, ascii(text[max(0, found.start() - 60) : found.end() + 20])
    if format == "md":
        assert not ACTIVE.search(done.out), done.out
    if format == "html":
        assert done.out.count("<script") == 1
        assert not re.search(r"<img|<a href='|href=.?javascript", done.out, re.IGNORECASE)
    if format == "csv":
        rows = csv.reader(io.StringIO(shown))
        assert not [cell for row in rows for cell in row if re.match(r"[=+@＝\t\r]|-\d", cell)]
    if format in ("json", "jsonl"):
        texts = [done.out] if format == "json" else done.lines
        for value in strings(list(map(json.loads, filter(None, texts)))):
            assert not STEERING.search(value.replace("\n", " ")), ascii(value)
            assert not value.lower().startswith("javascript:")
    return done


def strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from strings(one)
        case dict():
            for key, one in value.items():
                yield key
                yield from strings(one)


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("report",),
    *(("report", "--group", group) for group in ("story", "source", "day", "none")),
    ("search", "lighthouse"),
    ("stories", "--all"),
    ("wording", "--evidence"),
    ("visits",),
    ("visits", "--by", "item"),
    ("expect",),
    ("rematch", "--since", "all"),
    ("fetch", "evil", "-v"),
    ("feeds", "list", "--all"),
    ("feeds", "check"),
    ("watchlists", "list"),
    ("watchlists", "show", "lighthouses"),
    ("watchlists", "test", f"{SPELLS[0]} lighthouse {SPELLS[7]}"),
    ("db", "info"),
    ("db", "check"),
    ("config", "show"),
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "format",
    [
        pytest.param(name, marks=pytest.mark.slow) if name.startswith("json") else name
        for name in FORMATS
    ],
)
def test_no_command_in_any_format_says_anything_but_words(haunted: Desk, format: str) -> None:
    for command in COMMANDS:
        check(haunted.run(*command, "-f", format), format)
    with open_store(str(haunted.db)) as store:
        every = [stored.id for stored in store.items(Query())]
    for id in every[::3]:
        check(haunted.run("show", id, "--all", "-f", format), format)


def test_a_page_and_a_feed_of_hostile_items_hold_words_only(haunted: Desk) -> None:
    for format in ("html", "atom"):
        shown = check(haunted.run("report", "-f", format), format).out
        assert shown.count("lighthouse") > len(SPELLS)
    ElementTree.fromstring(shown)


@pytest.mark.slow
def test_a_terminal_gets_no_escape_but_our_own(haunted: Desk) -> None:
    every = [("report", "--group", "story"), ("search", "lighthouse")]
    for command in (*every, ("report",), ("feeds", "list")):
        shown = on_a_terminal(haunted, *command).replace("\r\n", "\n")
        rest = OUR_OWN.sub("", shown)
        assert not STEERING.search(rest), ascii(rest)
        assert "[bold red]x[/bold red]" in rest.replace("\n", "") or command not in every


def test_a_mail_of_hostile_items_is_harmless(haunted: Desk) -> None:
    check(haunted.run("digest", "--stdout"), "table")
    file = haunted.home / "mail.eml"
    haunted.run("digest", "--eml", file)
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    for part in (part for part in mail.walk() if not part.is_multipart()):
        text = part.get_content()
        assert not STEERING.search(text.replace("\r\n", "\n")), ascii(text)
        if part.get_content_type() == "text/html":
            assert not re.search(r"<script|<img src=x|href=.?javascript", text, re.I)
    assert not STEERING.search(str(mail["Subject"]))


# --- what errors quote


@pytest.mark.slow
def test_whatever_a_hostile_server_says_its_reason_is_one_line_of_words(
    desk: Desk, feed_server: FeedServer
) -> None:
    spell = (SPELLS[0] + SPELLS[1] + SPELLS[3] + SPELLS[7]).encode()
    line = spell.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
    answers = (
        b"HTTP/1.1 500 " + line + b"\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://" + line + b"/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: " + line + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: " + line + b"\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + line + b"\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\n\r\n<!doctype html><title>" + spell + b"</title>",
        b"HTTP/1.1 200 OK\r\n\r\n<" + line.replace(b" ", b"") + b"></x>",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=" + line + b"\r\n\r\n<rss/>",
        b"HTTP/1.1 200 OK\r\n\r\n<?xml version='1.0' encoding='" + line + b"'?><rss/>",
        b"HTTP/1.1 200 OK\r\n\r\n[" + spell,
        line + b"\r\n\r\n",
    )
    desk.feeds({f"evil{n}": feed_server.site().say("/feed", raw) for n, raw in enumerate(answers)})
    named = [f"evil{n}" for n in range(len(answers))]
    for format in FORMATS:
        check(desk.run("fetch", *named, "-v", "-f", format), format)
        check(desk.run("feeds", "list", "-f", format), format)
        check(desk.run("feeds", "check", "-f", format, code=1), format)


def test_whatever_a_hostile_file_is_called_or_holds_its_errors_are_words(desk: Desk) -> None:
    spell = f"{SPELLS[0]}{SPELLS[3]}".replace("/", "").replace("\x00", "")
    bad = desk.home / f"{spell}.jsonl"
    bad.write_text(f'{{"title": 7}}\n{{"{SPELLS[3]}": 1}}\nnot json {SPELLS[4]}\n')
    check(desk.run("import", bad, code=65), "table")
    opml = desk.home / f"{spell}.opml"
    opml.write_text(f"<opml><body><outline text='{SPELLS[3]}' xmlUrl='{SPELLS[3]}'/>")
    check(desk.run("feeds", "import", opml, code=78), "table")
    (desk.watchlists / f"{spell}.toml").write_text(f'format = 1\nid = "{SPELLS[3]}"\n[[signal]]\n')
    check(desk.run("watchlists", "check", code=1), "table")
    desk.feeds_file.write_text(f'[[feed]]\nid = "{SPELLS[3]}"\nurl = "{SPELLS[3]}"\n')
    check(desk.run("feeds", "list", code=0), "table")


def test_a_hostile_search_is_answered_or_refused_in_words(haunted: Desk) -> None:
    refused = 0
    for spell in (*SPELLS, *FORMULAS):
        for query in (spell, f'"{spell}"'):
            code = _code_of(query)
            refused += code == 2
            for format in ("table", "md", "csv"):
                check(haunted.run("search", "-f", format, "--", query, code=code), format)
    assert 0 < refused < 2 * len((*SPELLS, *FORMULAS))


def _code_of(search: str) -> int:
    try:
        parse_search(search)
    except Misuse:
        return 2
    return 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("show",),
        ("report", "-w"),
        ("report", "--since"),
        ("feeds", "pause"),
        ("feeds", "add"),
        ("fetch",),
        ("watchlists", "show"),
        ("watchlists", "new"),
        ("report", "-f"),
        ("report", "--priority"),
        ("import",),
        ("db", "prune", "--before"),
        ("no-such-command",),
    ],
    ids=" ".join,
)
def test_whatever_stands_on_the_command_line_errors_quote_it_as_words(
    stocked: Desk, command: tuple[str, ...]
) -> None:
    with stocked.start(*command, f"{SPELLS[0]}{SPELLS[3]}{SPELLS[4]}x") as process:
        out, err = process.communicate(timeout=600)
    check(Done(process.returncode, out.decode(), err.decode()), "table")
    assert process.returncode not in (0, 70), (command, err)
    assert b"Traceback" not in err


def test_a_feed_with_a_hostile_title_is_added_under_harmless_words(
    desk: Desk, site: Site, tmp_path: Path
) -> None:
    url = site.serve("/feed", hostile_feed())
    check(desk.run("feeds", "add", url, "--allow-private"), "table")
    written = desk.feeds_file.read_text(encoding="utf-8")
    assert not STEERING.search(written)
    for format in FORMATS:
        check(desk.run("feeds", "list", "-f", format), format)
    opml = check(desk.run("feeds", "export"), "table").out
    assert "<script" not in opml
