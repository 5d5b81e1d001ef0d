"""`sigtrack demo`: the main features on a bundled week of sample feeds, without a network.

The feeds are served on 127.0.0.1 and fetched over HTTP, twice, into a temporary store: first as
they were at the end of the week, then after the publishers have added and edited items.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from sigtrack.app import wording
from sigtrack.app.compare import compare_last
from sigtrack.app.digest.letter import Desk, digest_of
from sigtrack.app.digest.planning import ContentsReader
from sigtrack.app.edits import edits
from sigtrack.app.expect import report_of as expected
from sigtrack.app.fetch import Errand, Fetching, fetch
from sigtrack.app.fetch_report import report_of
from sigtrack.app.in_force import Catalogue, InForce
from sigtrack.app.items import show
from sigtrack.app.report import Background, Shape, report
from sigtrack.app.rules import Rules, shipped_rules
from sigtrack.app.statements import StatementWish, add
from sigtrack.app.visits import timeline_of
from sigtrack.app.window import Wanted
from sigtrack.config import DESK, DigestSettings, countries_in
from sigtrack.errors import Unavailable
from sigtrack.fetch.policy import FetchPolicy
from sigtrack.model import Block, Diff, Failed, Feed, Note, Report, Table, Watchlist
from sigtrack.parse.document import tidy
from sigtrack.present.letter import render_text
from sigtrack.speech import Words
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from sigtrack.views.compare import Compared, Source, lead_of
from sigtrack.views.compare import report_of as compared
from sigtrack.views.hits import ID_SHOWN
from sigtrack.views.visits import sequence_of
from sigtrack.views.wording import WordingAsked
from sigtrack.views.wording import report_of as wording_told
from sigtrack.watch.catalogues import load_formulary
from sigtrack.watch.feeds import load_feeds
from sigtrack.watch.watchlists import Known, load_watchlist

_WEEK = files("sigtrack") / "data" / "demo"
_FIRST = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
_LATER = _FIRST + timedelta(hours=12)
_ROWS = 6
_SERIES = "japan-rok-leaders"  # the series of the two sample statements
_DIGEST = DigestSettings(name="morning", limit=6)
_SAMPLE = Note(text="Eight sample feeds, written for this demo; the publishers do not exist.")
_ALL = Note(text="These in full, and the mail in the morning: sigtrack demo --all")
_NEXT = Note(text="Your own feeds, for real: sigtrack fetch", level="good")


def demo(*, zone: tzinfo, every: bool) -> Iterator[Report | str]:
    """Yield what a user would see, part by part: one screen with the features that other feed
    readers lack, or `every` part. A mail is plain text."""
    with tempfile.TemporaryDirectory(prefix="sigtrack-demo-") as folder:
        published = Path(folder, "feeds")
        published.mkdir()
        with _served(published) as address, open_store(str(Path(folder, "demo.db"))) as store:
            week = _Week(store, _WeekFiles(shipped_rules(), _feeds(address), zone), published)
            yield from week.whole() if every else week.screen()


class _Week:
    """The sample week, seen from one desk."""

    def __init__(self, store: Store, files: InForce, published: Path) -> None:
        self._store, self._files, self._published = store, files, published

    def screen(self) -> Iterator[Report]:
        first = self._fetch(_FIRST)
        told = self._news(first, 0)[:1]
        self._store.finish_run(first.run, _FIRST)
        second = self._fetch(_LATER)
        self._store.finish_run(second.run, _LATER)
        parts = (
            _part("What weighs most", self._report(_LATER), "report"),
            _part("Edits", self._edits(), "edits"),
            _part("Ladders", self._compared(), f"compare --series {_SERIES}", rows=2),
            _part("What is unusual", self._stops(), "visits --sequence @KR"),
            _part("Expected", self._expected(), "expect", rows=2),
        )
        yield Report(blocks=(_SAMPLE, *told, *parts, _ALL, _NEXT))

    def whole(self) -> Iterator[Report | str]:
        first = self._fetch(_FIRST)
        yield _titled("$ sigtrack fetch", _SAMPLE, *self._news(first, 0)[:1])
        self._store.finish_run(first.run, _FIRST)
        self._store.take_as_read(_DIGEST.name, _FIRST)
        yield _titled("$ sigtrack report --since all", *self._report(_FIRST).blocks)
        second = self._fetch(_LATER)
        yield _titled("$ sigtrack fetch  # twelve hours later", *self._news(second, _ROWS))
        self._store.finish_run(second.run, _LATER)
        yield _titled("$ sigtrack edits", *self._edits().blocks)
        for id in (id for answer in second.answers for id in answer.saved.revised):
            explained = show(
                self._store, self._store.get(id), self._files.rules.matcher(), every=False
            )
            yield _titled(f"$ sigtrack show {id[:ID_SHOWN]}", *explained.blocks)
        yield _titled("$ sigtrack wording --since all --ladders", *self._shifts().blocks)
        yield _titled("$ sigtrack visits --sequence @KR --since all", *self._stops().blocks)
        yield _titled("$ sigtrack expect", *self._expected().blocks)
        yield _titled("$ sigtrack digest --stdout")
        yield f"\n{self._mail()}\n"
        formulary = load_formulary()
        lead = lead_of(self._last_two(), formulary)
        yield _titled(f"$ sigtrack compare --series {_SERIES}", *lead)
        yield Report(blocks=(_NEXT,))

    def _fetch(self, now: datetime) -> Fetching:
        _publish(_WEEK / "later" if now == _LATER else _WEEK, self._published, now)
        fetching = fetch(
            self._store,
            Errand(feeds=self._files.catalogue.feeds),
            self._files.rules,
            self._files.catalogue,
            clock=lambda: now,
            policy=FetchPolicy(),
        )
        for answer in fetching.answers:
            if isinstance(answer.outcome, Failed):
                raise Unavailable(
                    f"127.0.0.1, where the demo serves its feeds, {answer.outcome.reason}",
                    hint="see whether the loopback interface is up: ip link show lo",
                )
        return fetching

    def _news(self, fetching: Fetching, limit: int) -> tuple[Block | Diff, ...]:
        return report_of(self._store, fetching, self._files, limit=limit).blocks

    def _report(self, now: datetime) -> Report:
        return report(self._background(now), Wanted(since="all"), Shape(limit=_ROWS))

    def _background(self, now: datetime) -> Background:
        return Background(self._store, self._files, Words("en", now=now, zone=self._files.zone))

    def _edits(self) -> Report:
        return edits(self._store, Query(), self._files, since="all", every=False, limit=_ROWS)

    def _shifts(self) -> Report:
        asked = WordingAsked(ladders=True)
        found = wording.measured(self._store, Query(), asked, self._files)
        return wording_told(found, asked, self._files.zone)

    def _stops(self) -> Report:
        readings = self._background(_LATER).readings
        timeline = timeline_of(readings.visits(Query()), self._store.extent(Query()))
        return sequence_of(timeline, "@KR", self._files.rules.actors)

    def _expected(self) -> Report:
        return expected(self._background(_LATER).outlooks)

    def _mail(self) -> str:
        desk = Desk(
            zone=self._files.zone,
            headings=self._files.rules.index.headings,
            signals=self._files.rules.index.signal_titles(),
            feeds=self._files.catalogue.feeds,
            contents=ContentsReader(self._store, self._files),
        )
        choice = self._store.unread(_DIGEST.name, Query(), _LATER)
        return render_text(digest_of(choice, _DIGEST, desk), self._files.zone)

    def _compared(self) -> Report:
        return compared(self._last_two(), load_formulary())

    def _last_two(self) -> Compared:
        for file in sorted((_WEEK / "statements").iterdir(), key=lambda file: file.name):
            day = date.fromisoformat(file.name[:10])
            text = tidy(file.read_text(encoding="utf-8"))
            source = Source(name=file.name, text=text, title="Joint Press Announcement", date=day)
            add(self._store, source, StatementWish(series=_SERIES), at=_LATER)
        return compare_last(self._store, _SERIES, load_formulary())


class _WeekFiles(InForce):
    """The shipped rules, an example of [[expect]], and the sample feeds."""

    def __init__(self, rules: Rules, feeds: tuple[Feed, ...], zone: tzinfo) -> None:
        self.zone = zone
        watchlists = (*rules.index.watchlists, *_what_next(rules))
        self.rules, self.readings = rules, rules.readings
        self.index = replace(rules.index, watchlists=watchlists)
        self.catalogue = Catalogue(feeds=feeds)
        self.desk, self.languages = countries_in(DESK), frozenset({"en"})


def _what_next(rules: Rules) -> tuple[Watchlist, ...]:
    """An example of [[expect]], because the shipped watchlists have none."""
    text = (_WEEK / "what-next.toml").read_text(encoding="utf-8")
    example, _ = load_watchlist(
        "what-next.toml", text, Known(actors=rules.actors, shared={}, classes=rules.classes)
    )
    return (example,) if example else ()


def _titled(title: str, *blocks: Block | Diff) -> Report:
    return Report(title=title, blocks=blocks)


def _part(title: str, answer: Report, command: str, *, rows: int | None = None) -> Table:
    """Return the table of this title, cut to `rows` rows, with the command that shows all of it."""
    tables = (block for block in answer.blocks if isinstance(block, Table))
    table = next(one for one in tables if one.title == title)
    return replace(table, rows=table.rows[:rows], caption=f"sigtrack {command}")


def _feeds(address: str) -> tuple[Feed, ...]:
    text = (_WEEK / "feeds.toml").read_text(encoding="utf-8")
    return load_feeds(text.replace("ADDRESS", address), None).feeds


def _publish(documents: Traversable, folder: Path, at: datetime) -> None:
    """Put documents where they are served from, as written at this time."""
    for document in documents.iterdir():
        if document.name.endswith(".xml"):
            served = folder / document.name
            served.write_bytes(document.read_bytes())
            os.utime(served, (at.timestamp(), at.timestamp()))


class _Publisher(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the demo quiet."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """Serve the files of a folder, and yield the address."""
    handler = partial(_Publisher, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
