"""`sigtrack demo`: the main job on a bundled week of sample feeds, without a network.

The feeds are served on 127.0.0.1 and fetched for real, twice, into a store that is thrown away:
once as they stood at the end of the week, and once more after the publishers have gone on.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

from sigtrack.app.compare import compare_last
from sigtrack.app.compare_inputs import Source
from sigtrack.app.compare_report import lead_of
from sigtrack.app.digest_further import FurtherReader, Shelf
from sigtrack.app.digest_letter import Desk, digest_of
from sigtrack.app.expect import outlooks
from sigtrack.app.expect import report_of as expected
from sigtrack.app.fetch import Errand, Fetching, fetch
from sigtrack.app.fetch_report import report_of
from sigtrack.app.grouping import by_story
from sigtrack.app.hits import ID_SHOWN
from sigtrack.app.readings import Readings
from sigtrack.app.report import Shape, Weighing, report
from sigtrack.app.rules import Rules, shipped_rules
from sigtrack.app.show import show
from sigtrack.app.statements import Wish, add
from sigtrack.app.visits import all_stays, timeline_of
from sigtrack.app.visits_sequence import sequence_of
from sigtrack.app.weights import Scales
from sigtrack.app.window import Wanted
from sigtrack.app.wording import Asked, wording
from sigtrack.config import DESK, DigestSettings, countries_in
from sigtrack.fetch import FetchPolicy
from sigtrack.lexicon.zones import main_zone
from sigtrack.model import (
    Block,
    Column,
    Diff,
    Feed,
    Marked,
    Note,
    Report,
    Role,
    StoredItem,
    Table,
    Watchlist,
)
from sigtrack.parse.document import tidy
from sigtrack.present.letter import render_text
from sigtrack.store import Query, Store, open_store
from sigtrack.watch.phrases import load_formulary
from sigtrack.watch.watchlists import Known, load_watchlist

_WEEK = files("sigtrack") / "data" / "demo"
_FIRST = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
_LATER = _FIRST + timedelta(hours=12)
_ROWS = 6
_FORMAT = "japan-rok-leaders"  # of the two sample statements
_DIGEST = DigestSettings(name="morning", limit=6)


def demo(*, zone: tzinfo) -> Iterator[Report | str]:
    """What a user would see, part by part; a mail is text as it stands."""
    with tempfile.TemporaryDirectory(prefix="sigtrack-demo-") as folder, _publishers() as server:
        rules = shipped_rules()
        with open_store(str(Path(folder) / "demo.db")) as store:
            yield from _week(store, rules, server, zone)


def _week(store: Store, rules: Rules, server: _Server, zone: tzinfo) -> Iterator[Report | str]:
    headings = rules.index.headings
    first = _fetch(store, rules, server, _FIRST)
    yield _told(
        "$ sigtrack fetch",
        Note(text="Eight sample feeds, written for this demo; the publishers do not exist."),
        *report_of(
            store, first, headings=headings, zone=zone, limit=0, quiet=False, verbose=False
        ).blocks[:1],
    )
    store.finish_run(first.run, _FIRST)
    store.take_as_read(_DIGEST.name, _FIRST)
    answer = report(
        store,
        Wanted(since="all"),
        Shape(limit=_ROWS),
        headings=headings,
        feeds=(),
        now=_FIRST,
        zone=zone,
        roles=server.roles(),
        weighing=_weighing(store, rules, server),
    )
    yield _told("$ sigtrack report --since all", *answer.blocks)
    server.round = "later"
    second = _fetch(store, rules, server, _LATER)
    blocks = report_of(
        store, second, headings=headings, zone=zone, limit=_ROWS, quiet=False, verbose=False
    ).blocks
    yield _told("$ sigtrack fetch  # twelve hours later", *blocks)
    revised = [id for answer in second.answers for id in answer.saved.revised]
    for id in revised:
        yield _told("A title was edited without a word", _edit(store.revisions(id)))
        explained = show(store, store.get(id), rules.matcher(), every=False)
        yield _told(f"$ sigtrack show {id[:ID_SHOWN]}", *explained.blocks)
    store.finish_run(second.run, _LATER)
    yield _told("$ sigtrack wording --since all --ladders", *_shifts(store, rules, server, zone))
    timeline = timeline_of(Readings(store, rules.readings).visits(Query()), store.extent(Query()))
    stops = sequence_of(timeline, "@KR", rules.actors)
    yield _told("$ sigtrack visits --sequence @KR --since all", *stops.blocks)
    yield _told("$ sigtrack expect", *_expected(store, rules, zone))
    yield _told("$ sigtrack digest --stdout")
    yield f"\n{_mail(store, rules, server, zone)}\n"
    yield _told(f"$ sigtrack compare --format {_FORMAT}", *_compared(store))
    yield "\n"
    yield Report(blocks=(Note(text="Your own feeds, for real: sigtrack fetch", level="good"),))


def _fetch(store: Store, rules: Rules, server: _Server, now: datetime) -> Fetching:
    errand = Errand(feeds=server.feeds)
    return fetch(
        store,
        errand,
        rules,
        server.roles(),
        zones={feed.id: main_zone(feed.country) for feed in server.feeds},
        clock=lambda: now,
        policy=FetchPolicy(),
    )


def _weighing(store: Store, rules: Rules, server: _Server) -> Weighing:
    readings = Readings(store, rules.readings)
    scales = Scales(
        store,
        actors=rules.actors,
        names=lambda: rules.names,
        roles=server.roles(),
        visits=readings.visits_of,
        desk=countries_in(DESK),
    )
    return Weighing(scales=lambda _: scales, signals=rules.index.signal_titles())


def _mail(store: Store, rules: Rules, server: _Server, zone: tzinfo) -> str:
    """The text of a digest of what the second fetch has brought."""
    shelf = Shelf(
        actors=rules.actors,
        readings=rules.readings,
        expecting=_what_next(rules),
    )
    desk = Desk(
        zone=zone,
        headings=rules.index.headings,
        signals=rules.index.signal_titles(),
        feeds=server.feeds,
        group=by_story(server.roles()),
        further=FurtherReader(store, shelf, server.feeds, zone),
    )
    choice = store.unread(_DIGEST.name, Query(), _LATER)
    return render_text(digest_of(choice, _DIGEST, desk), zone)


def _shifts(store: Store, rules: Rules, server: _Server, zone: tzinfo) -> tuple[Block | Diff, ...]:
    answer = wording(
        store,
        Wanted(since="all"),
        Asked(ladders=True),
        rules=rules.readings,
        feeds=server.feeds,
        now=_LATER,
        zone=zone,
    )
    return answer.blocks


def _expected(store: Store, rules: Rules, zone: tzinfo) -> tuple[Block | Diff, ...]:
    found = outlooks(
        store,
        _what_next(rules),
        rules.actors,
        now=_LATER,
        zone=zone,
        stays=lambda: all_stays(Readings(store, rules.readings)),
    )
    return expected(found).blocks


def _what_next(rules: Rules) -> tuple[Watchlist, ...]:
    """An example of [[expect]]: the shipped watchlists hold none."""
    text = (_WEEK / "what-next.toml").read_text(encoding="utf-8")
    example, _ = load_watchlist(
        "what-next.toml", text, Known(actors=rules.actors, shared={}, classes=rules.classes)
    )
    return (example,) if example else ()


def _compared(store: Store) -> tuple[Block | Diff, ...]:
    """What leads when the two sample statements are laid side by side."""
    for file in sorted((_WEEK / "statements").iterdir(), key=lambda file: file.name):
        day = date.fromisoformat(file.name[:10])
        text = tidy(file.read_text(encoding="utf-8"))
        source = Source(name=file.name, text=text, title="Joint Press Announcement", date=day)
        add(store, source, Wish(format=_FORMAT), at=_LATER)
    formulary = load_formulary()
    return lead_of(compare_last(store, _FORMAT, formulary), formulary)


def _told(title: str, *blocks: Block | Diff) -> Report:
    return Report(title=title, blocks=blocks)


def _edit(revisions: list[StoredItem]) -> Table:
    columns = (Column(name="seen"), Column(name="title", kind="main"))
    rows = tuple(
        (one.revised_at or one.first_seen, Marked(text=one.item.title)) for one in revisions
    )
    return Table(title="", columns=columns, rows=rows)


class _Server(ThreadingHTTPServer):
    """Serves the week; in the round "later" the files of that folder go first."""

    daemon_threads = True
    round = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Publisher)
        listed = tomllib.loads((_WEEK / "feeds.toml").read_text(encoding="utf-8"))["feed"]
        self._listed: dict[str, dict[str, Any]] = {f"/{one['file']}": one for one in listed}
        self.feeds = tuple(self._feed(path, one) for path, one in self._listed.items())

    def roles(self) -> dict[str, Role]:
        return {feed.id: feed.role for feed in self.feeds}

    def document(self, path: str) -> tuple[bytes, str] | None:
        """The body and its media type; None for what is not published."""
        listed = self._listed.get(path)
        if listed is None:
            return None
        later = _WEEK / "later" / listed["file"]
        file = later if self.round == "later" and later.is_file() else _WEEK / listed["file"]
        return file.read_bytes(), listed["type"]

    def _feed(self, path: str, listed: dict[str, Any]) -> Feed:
        return Feed(
            id=listed["id"],
            url=f"http://127.0.0.1:{self.server_address[1]}{path}",
            title=listed["title"],
            language=listed["language"],
            country=listed["country"],
            role=Role(listed["role"]),
            allow_private=True,
        )


class _Publisher(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        found = self.server.document(self.path)
        if found is None:
            self.send_error(404)
            return
        body, kind = found
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        unchanged = self.headers.get("If-None-Match") == etag
        self.send_response(304 if unchanged else 200)
        self.send_header("ETag", etag)
        if not unchanged:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not unchanged:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads the log of a demo."""


@contextmanager
def _publishers() -> Iterator[_Server]:
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
