"""The Python interface for notebooks and scripts: `from sigtrack import open_store, stories`.

Each function returns a list of the records that the command of the same name writes with
`--format json`; `sigtrack schema NAME` describes them key by key. A notebook shows the list as the
table of that command. Nothing here prints, uses the network, or marks anything as seen. Mistakes
raise `sigtrack.errors.SigtrackError`, whose `hint` says what to do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sigtrack.errors import InputUnreadable, reason_of
from sigtrack.text import clean

if TYPE_CHECKING:
    from sigtrack.app.in_force import InForce
    from sigtrack.config import Settings
    from sigtrack.match import Matcher
    from sigtrack.model import Hit, Item, Problem, Report, StoredItem
    from sigtrack.store.interface import Found, Query
    from sigtrack.store.sql import Store
    from sigtrack.views.compare import Source

_WIDTH = 100  # cells of a table in a notebook
_ROWS_SHOWN = 20


class Records(list[dict[str, Any]]):
    """Records as dicts, for example for `pandas.DataFrame`, shown as the table of the command."""

    def __init__(self, report: Report, zone: tzinfo = UTC) -> None:
        super().__init__(dict(record) for record in report.records)
        self._report = report
        self._zone = zone

    def __repr__(self) -> str:
        return self._rendered("table")

    def _repr_markdown_(self) -> str:
        return self._rendered("md")

    def _rendered(self, format: str) -> str:
        from sigtrack.present import render

        chunks = render(
            self._report, format, width=_WIDTH, colour=False, terminal=False, zone=self._zone
        )
        return "".join(chunks).rstrip("\n")


class OpenStore:
    """A store with its settings. As a context manager it closes the store at the end.

    `store` has all methods of `sigtrack.store.sql.Store`.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.store.__exit__(None, None, None)

    def __repr__(self) -> str:
        return (
            f"<sigtrack store {clean(self.settings.db.value)}: {self.store.census().items:,} items>"
        )

    @property
    def files(self) -> InForce:
        """The files in force now: a notebook may be open for long."""
        from sigtrack.app.in_force import InForce

        return InForce(self.settings)


class Watchlists:
    """Watchlists to match texts with. Iterating gives their ids; `problems` are in their files."""

    def __init__(
        self, titles: Mapping[str, str], matcher: Matcher, problems: tuple[Problem, ...]
    ) -> None:
        self.titles = dict(titles)
        self.problems = problems
        self._matcher = matcher

    def __iter__(self) -> Iterator[str]:
        return iter(self.titles)

    def __len__(self) -> int:
        return len(self.titles)

    def __repr__(self) -> str:
        return f"<watchlists: {', '.join(self.titles)}>"

    def hits(self, item: Item) -> list[Hit]:
        return list(self._matcher.hits(item))


def open_store(db: str | Path | None = None, *, config: str | Path | None = None) -> OpenStore:
    """Open a database for reading, by default the one that the command line uses.

    Raises InputUnreadable if it does not exist, and Misconfigured if a config file has mistakes.
    """
    from sigtrack import store

    settings = _settings(db=db, config=config)
    return OpenStore(store.open_store(settings.db.value, mode="read"), settings)


def load_watchlists(
    file: str | Path | None = None, *, config: str | Path | None = None
) -> Watchlists:
    """Load the watchlists that are in use, or those of one file.

    Raises Misconfigured with all problems if the file cannot be used.
    """
    from sigtrack.app.in_force import InForce
    from sigtrack.app.workshop import read_edit

    files = InForce(_settings(config=config))
    rules, feeds = files.rules, files.catalogue.feeds
    if file is None:
        titles = {one.id: one.title for one in rules.index.watchlists}
        return Watchlists(titles, rules.matcher(feeds), tuple(rules.index.problems))
    one, problems = read_edit(Path(file), rules)
    return Watchlists({one.id: one.title}, rules.matcher_of([one], feeds), problems)


def read(source: str | Path | bytes, *, feed: str = "", language: str | None = None) -> list[Item]:
    """Read the items of a feed document (bytes or a file), or of a JSONL or CSV file.

    `feed` is the source of the items, by default the name of the file; `language` applies if the
    document names none. A document is read in its own process, as by `fetch`. Raises
    InputUnreadable if the source is not a feed document, JSONL or CSV.
    """
    if isinstance(source, bytes):
        return _document(source, "the document", feed or "document", language)
    from sigtrack.app.importing import KINDS

    path = Path(source)
    name = clean(str(path))
    feed = feed or path.stem
    if kind := KINDS.get(path.suffix.lower()):
        from sigtrack.files import open_file
        from sigtrack.model import Problem
        from sigtrack.parse.records import read_records

        try:
            with open_file(path) as lines:
                rows = list(read_records(lines, name=name, kind=kind, source=feed))
        except OSError as error:
            raise InputUnreadable(f"{name} cannot be read: {reason_of(error)}") from None
        return [row for row in rows if not isinstance(row, Problem)]
    from sigtrack.fetch.files import read_feed_file
    from sigtrack.model import Failed

    fetched = read_feed_file(path, feed=feed, now=datetime.now(UTC))
    if isinstance(fetched, Failed):
        raise InputUnreadable(f"{name} {fetched.reason}")
    return _document(fetched.body, name, feed, language)


def match(items: Iterable[Item | str] | Item | str, watchlists: Watchlists) -> Records:
    """Match items or headlines. Return a record for each hit, in the order of the items."""
    from sigtrack.model import Item, StoredItem, fingerprint_of, item_id

    now = datetime.now(UTC)
    found = []
    for one in [items] if isinstance(items, Item | str) else items:
        item = one
        if isinstance(item, str):
            text = clean(item)
            item = Item(feed="", uid=text, title=text, fingerprint=fingerprint_of(text, "", ""))
        stored = StoredItem(id=item_id(item.feed, item.uid), item=item, first_seen=now)
        found += [(stored, hit) for hit in watchlists.hits(item)]
    return _of_hits(found, UTC)


def hits(
    store: OpenStore,
    since: str = "7d",
    *,
    until: str | None = None,
    watchlists: Iterable[str] = (),
    sources: Iterable[str] = (),
    languages: Iterable[str] = (),
) -> Records:
    """Return the hits of a period, the latest first. The filters are those of `report`.

    Hits stay new for `report`. Raises Misuse if a period or filter cannot be read.
    """
    query = _query(store, store.files, since, until, watchlists, sources, languages)
    found: Iterable[Found] = store.store.hits(query)
    return _of_hits([(one.stored, one.hit) for one in found], store.settings.zone())


def search(
    store: OpenStore, query: str, since: str = "all", *, limit: int | None = None
) -> Records:
    """Find items by their words as `sigtrack search` does, the latest first."""
    from sigtrack.app import items

    files, asked = store.files, _query(store, store.files, since)
    report = items.search(store.store, query, asked, files=files, order="date", limit=limit)
    return Records(report, store.settings.zone())


def stories(
    store: OpenStore,
    since: str = "7d",
    *,
    until: str | None = None,
    watchlists: Iterable[str] = (),
    every: bool = False,
) -> Records:
    """Return stories with all items that report them, the most widely reported first.

    `every`: include stories without a hit.
    """
    from sigtrack.app import stories

    files = store.files
    report = stories.stories(
        store.store,
        _query(store, files, since, until, watchlists),
        every=every,
        limit=_ROWS_SHOWN,
        roles=files.catalogue.roles(),
    )
    return Records(report, store.settings.zone())


def visits(
    store: OpenStore,
    since: str = "90d",
    *,
    until: str | None = None,
    who: str = "",
    host: str = "",
    sure: bool = False,
) -> Records:
    """Return the timeline of visits. `who` and `host` are actors: "@KR", "@takaichi", "@nara"."""
    from sigtrack.app.visits import read_timeline
    from sigtrack.views.visits import VisitsAsked, actor_of, table_of

    settings, files = store.settings, store.files
    index = files.index
    for given in filter(None, (who, host)):
        actor_of(given, index.actors)
    query = _query(store, files, since, until)
    timeline = read_timeline(store.store, query, files, sure=sure)
    report = table_of(timeline, VisitsAsked(who=who, host=host), index.actors, f"since {since}")
    return Records(report, settings.zone())


def compare(old: str | Path, new: str | Path, *, config: str | Path | None = None) -> Records:
    """Compare two statements, each a text (str) or a file (Path). Return a record per change."""
    from sigtrack.app.compare import compare_texts
    from sigtrack.lexicon import load_lexicon
    from sigtrack.views.compare import report_of
    from sigtrack.watch.catalogues import load_formulary

    settings = _settings(config=config)
    lexicon, _ = load_lexicon(settings.folder)
    formulary = load_formulary(lexicon)
    before, after = _source(old, "old", settings), _source(new, "new", settings)
    compared = compare_texts(before, after, formulary, lexicon)
    return Records(report_of(compared, formulary, rows=True))


def _settings(*, db: str | Path | None = None, config: str | Path | None = None) -> Settings:
    from sigtrack.config import load_settings

    return load_settings(
        os.environ, config=str(config) if config else None, db=str(db) if db else None
    )


def _query(
    store: OpenStore,
    files: InForce,
    since: str,
    until: str | None = None,
    watchlists: Iterable[str] = (),
    sources: Iterable[str] = (),
    languages: Iterable[str] = (),
) -> Query:
    from sigtrack.app.window import Wanted, query_of

    wanted = Wanted(
        since=since,
        until=until,
        watchlists=_names(watchlists),
        sources=_names(sources),
        languages=_names(languages),
    )
    if wanted.watchlists:
        files.index.headings.check(wanted.watchlists)
    return query_of(wanted, store.store, files, store.settings.clock(), store.settings.zone())


def _names(given: Iterable[str]) -> tuple[str, ...]:
    """Return the names as a tuple; a single text is one name, not a series of letters."""
    return (given,) if isinstance(given, str) else tuple(given)


def _of_hits(found: Iterable[tuple[StoredItem, Hit]], zone: tzinfo) -> Records:
    from sigtrack.model import Report, Table, columns_of
    from sigtrack.views.hits import count, marked_title, record_of, time_of

    found = list(found)
    columns = columns_of("when", "watchlist", "signal", "headline|main")
    rows = tuple(
        (time_of(stored), hit.watchlist, hit.signal, marked_title(stored, [hit]))
        for stored, hit in found[:_ROWS_SHOWN]
    )
    more = len(found) - len(rows)
    caption = count(len(found), "hit") + (f", {more:,} not shown" if more else "")
    table = Table(title="Hits", caption=caption, columns=columns, rows=rows)
    records = tuple(record_of(stored, hit) for stored, hit in found)
    return Records(Report(blocks=(table,), records=records), zone)


def _document(body: bytes, name: str, feed: str, language: str | None) -> list[Item]:
    from sigtrack.model import Parsed, Unreadable
    from sigtrack.parse.workers import Workers, finished

    async def parse() -> Parsed | Unreadable:
        async with Workers(1) as workers:
            return await workers.parse(body, feed=feed, language=language)

    parsed = finished(parse())
    if isinstance(parsed, Unreadable):
        raise InputUnreadable(f"{name} {parsed.as_feed()}")
    return list(parsed.items)


def _source(given: str | Path, name: str, settings: Settings) -> Source:
    from sigtrack.app.compare import Reader
    from sigtrack.fetch.policy import FetchPolicy
    from sigtrack.store import open_store
    from sigtrack.views.compare import Source

    if isinstance(given, str):
        return Source(name=name, text=given)
    reader = Reader(
        open_store=lambda: open_store(settings.db.value, mode="read"),
        open_stdin=lambda: sys.stdin.buffer,
        policy=FetchPolicy(),
        clock=settings.clock,
    )
    return reader.read([str(given.absolute())])[0]
