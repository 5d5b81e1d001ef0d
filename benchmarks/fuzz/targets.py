"""Laws that no input may break: one function for each reader; an assertion fails if it breaks one.

Each target also checks that no exception is raised and that no input takes long (libFuzzer stops at
`-timeout`, 1200 s by default; `-timeout=10` is the limit of a worker).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC

from sigtrack.model import Item, Parsed, Problem, Term, Unreadable
from sigtrack.parse import parse_feed
from sigtrack.parse.discovery import find_feeds
from sigtrack.parse.records import read_records
from sigtrack.text import clean, clean_lines, mask_credentials, safe_link
from sigtrack.text.fold import fold, fold_text
from sigtrack.watch.opml import read_opml, write_opml
from sigtrack.watch.terms import parse_term
from sigtrack.watch.watchlists import Known, load_watchlist

_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_KNOWN = Known(actors={}, shared={})


def parse(data: bytes) -> None:
    """The first byte chooses the content type that the server names."""
    labels = ("", "text/xml", "application/rss+xml; charset=euc-kr", "text/html; charset=utf-7")
    label, body = (labels[data[0] % len(labels)], data[1:]) if data else ("", data)
    parsed = parse_feed(body, feed="f", url="https://e.example/feed", content_type=label)
    if isinstance(parsed, Unreadable):
        _harmless(parsed.reason)
        return
    assert isinstance(parsed, Parsed)
    _harmless(parsed.title, *parsed.notes)
    for item in parsed.items:
        _item(item)


def pages(data: bytes) -> None:
    for found in find_feeds(data, "https://e.example/", ""):
        _harmless(found.title, found.url)
        assert safe_link(found.url) == found.url


def records(data: bytes) -> None:
    for kind in ("jsonl", "csv"):
        for row in read_records(data.splitlines(keepends=True), name="x", kind=kind):
            if isinstance(row, Problem):
                _problem(row)
            else:
                _item(row)


def cleaning(data: bytes) -> None:
    text = _text(data)
    once = clean(text)
    _harmless(once)
    assert clean(once) == once
    lines = clean_lines(text)
    assert clean_lines(lines) == lines
    _harmless(*lines.split("\n"))
    link = safe_link(text)
    assert safe_link(link) == link
    masked = mask_credentials(once)
    assert mask_credentials(masked) == masked


def folding(data: bytes) -> None:
    text = _text(data)
    folded = fold(text)
    assert fold_text(folded.text) == folded.text
    assert folded.lower == folded.text.lower()
    before = 0
    for at in range(len(folded.text)):
        start, end = folded.origin(at, at + 1)
        assert before <= start < end <= len(text)
        before = start


def terms(data: bytes) -> None:
    term = parse_term(_text(data))
    if isinstance(term, Term):
        assert parse_term(str(term)) == term
    else:
        _problem(term)


def watchlists(data: bytes) -> None:
    text = _text(data)
    watchlist, problems = load_watchlist("w.toml", text, _KNOWN)
    assert watchlist is not None or problems
    for problem in problems:
        _problem(problem)
        assert problem.hint
    if watchlist is not None:
        assert load_watchlist("w.toml", text, _KNOWN)[0] == watchlist


def opml(data: bytes) -> None:
    feeds, problems = read_opml(data)
    assert all(feed.id for feed in feeds)
    for problem in problems:
        _problem(problem)
    for feed in feeds:
        _harmless(feed.id, feed.title, feed.note, feed.paused or "")
        assert safe_link(feed.url) == feed.url and not feed.allow_private
    plain = tuple(feed for feed in feeds if "@" not in feed.url)  # possible passwords are removed
    if plain:
        again, _ = read_opml(write_opml(plain))
        assert tuple(again) == plain


def _item(item: Item) -> None:
    assert item.title and item.uid
    _harmless(item.title, item.uid, item.url, item.language or "")
    _harmless(*item.summary.split("\n"), *item.text.split("\n"))
    assert safe_link(item.url) == item.url
    assert item.published is None or item.published.tzinfo is UTC


def _problem(problem: Problem) -> None:
    _harmless(str(problem))
    assert len(problem.message) < 1000


def _harmless(*texts: str) -> None:
    for text in texts:
        assert not _STEERING.search(text), ascii(text)


def _text(data: bytes) -> str:
    """Return any string; after "!", bytes that are not UTF-8 become lone surrogates."""
    return data.decode("utf-8", "surrogateescape" if data[:1] == b"!" else "replace")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "parse": parse,
    "pages": pages,
    "records": records,
    "clean": cleaning,
    "fold": folding,
    "terms": terms,
    "watchlists": watchlists,
    "opml": opml,
}
