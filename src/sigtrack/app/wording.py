"""`sigtrack wording [WATCHLIST]`: how the language of a theme changes, and who changes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import Literal

from sigtrack.analyze.wording import LabelOf, Publisher, Told, Window, Wording, measure
from sigtrack.app.window import Wanted, moment_of, query_of
from sigtrack.app.wording_records import records_of, shift_records_of
from sigtrack.app.wording_tables import blocks_of
from sigtrack.errors import Misuse
from sigtrack.model import Actor, Feed, Formulary, Report, Span, StoredItem
from sigtrack.store import Query, Store

By = Literal["year", "month", "week", "side"]
BYS: tuple[By, ...] = ("year", "month", "week", "side")
_LONGEST = 50_000  # letters of an article: a joint statement has 20,000, a dump megabytes
FIELDS = (
    *("phrase", "watchlist", "count", "stories", "baseline_rate", "rate", "change", "score"),
    *("first_seen", "last_seen", "publishers", "evidence", "item_rate", "item_baseline_rate"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user wants to see. `phrases` narrow the rows to those that hold these words."""

    watchlist: str | None = None
    baseline: str = "90d"
    by: By | None = None
    phrases: tuple[str, ...] = ()
    evidence: bool = False
    ladders: bool = False
    limit: int | None = None


def wording(
    store: Store,
    wanted: Wanted,
    asked: Asked,
    *,
    formulary: Formulary,
    actors: Mapping[str, Actor],
    feeds: Iterable[Feed],
    now: datetime,
    zone: tzinfo,
) -> Report:
    """Formulas, unknown phrases and steps on ladders since a day, against the time before it."""
    feeds = tuple(feeds)
    query = _query(store, wanted, asked, feeds, now, zone)
    window = _window(query, asked.baseline, zone)
    publishers = {feed.id: publisher_of(feed) for feed in feeds}
    told = list(_told(store, replace(query, since=window.baseline), publishers))
    measured = measure(
        told,
        formulary,
        window,
        names=_names(actors.values()),
        offices=_offices(actors.values()),
        edits=_edits(store, told, window),
        label_of=_label_of(asked.by, zone) if asked.by else None,
    )
    measured = _narrowed(measured, asked.phrases)
    if asked.ladders:
        records = tuple(shift_records_of(measured, asked.watchlist))
    else:
        records = tuple(records_of(measured, asked.watchlist))
    return Report(
        title="Wording",
        blocks=tuple(blocks_of(measured, asked=asked, zone=zone)),
        records=records,
        fields=() if asked.ladders else FIELDS,
    )


def _query(
    store: Store, wanted: Wanted, asked: Asked, feeds: Iterable[Feed], now: datetime, zone: tzinfo
) -> Query:
    if wanted.since.startswith("last-"):
        raise Misuse(
            f"wording compares spans of time, and {wanted.since} is none",
            hint="write --since 7d, --since 2026-01-12 or --since all",
        )
    if asked.watchlist:
        wanted = replace(wanted, watchlists=(asked.watchlist,))
    return query_of(wanted, store, feeds, now, zone)


def _window(query: Query, baseline: str, zone: tzinfo) -> Window:
    if query.since is None or baseline == "all":
        return Window(since=query.since)
    begin = moment_of(baseline, query.since, zone)
    if begin >= query.since:
        raise Misuse(
            f"the baseline begins at {begin:%Y-%m-%d}, when what it is compared with has begun",
            hint="write --baseline 90d for the 90 days before --since, a day before it, or all",
        )
    return Window(since=query.since, baseline=begin)


def publisher_of(feed: Feed) -> Publisher:
    return Publisher(id=feed.id, country=feed.country, role=feed.role)


def _told(store: Store, query: Query, publishers: Mapping[str, Publisher]) -> Iterator[Told]:
    if not query.watchlists:
        for one in store.items(query):
            yield _one(one, publishers, None)
        return
    items: dict[str, StoredItem] = {}
    spans: dict[str, list[Span]] = {}
    for found in store.hits(query):
        items[found.stored.id] = found.stored
        spans.setdefault(found.stored.id, []).extend(found.hit.spans)
    for id, stored in items.items():
        yield _one(stored, publishers, tuple(spans[id]))


def _one(
    stored: StoredItem, publishers: Mapping[str, Publisher], anchors: tuple[Span, ...] | None
) -> Told:
    feed = stored.item.feed
    publisher = publishers.get(feed) or Publisher(id=feed)
    return Told(stored=within_memory(stored), publisher=publisher, anchors=anchors)


def within_memory(stored: StoredItem) -> StoredItem:
    """The item with no more of its article than anybody reads: all of them are held at once."""
    item = stored.item
    if len(item.summary) + len(item.text) <= _LONGEST:
        return stored
    short = replace(item, summary=item.summary[:_LONGEST], text=item.text[:_LONGEST])
    return replace(stored, item=short)


def _edits(store: Store, told: Iterable[Told], window: Window) -> Iterator[tuple[Told, Told]]:
    """Items of now, before and after their publisher changed them without a word."""
    for one in told:
        if one.stored.revision > 1 and window.is_now(one.moment):
            revisions = store.revisions(one.id)
            for old, new in pairwise(revisions):
                yield (
                    Told(stored=old, publisher=one.publisher),
                    Told(stored=new, publisher=one.publisher),
                )


def _names(actors: Iterable[Actor]) -> Iterator[str]:
    """People, countries and places; offices and bodies are part of the language."""
    for actor in actors:
        if actor.kind != "office":
            yield from (*actor.names, *actor.bare)
        if actor.kind == "country":
            yield from actor.metonyms


def _offices(actors: Iterable[Actor]) -> Iterator[str]:
    for actor in actors:
        if actor.kind == "office":
            yield from actor.names


def _label_of(by: By, zone: tzinfo) -> LabelOf:
    if by == "side":
        return lambda told: told.publisher.side
    form = {"year": "%Y", "month": "%Y-%m", "week": "%G-W%V"}[by]
    return lambda told: told.moment.astimezone(zone).strftime(form)


def _narrowed(measured: Wording, phrases: Iterable[str]) -> Wording:
    """Only rows of which the id or the words hold one of these; a hyphen is a space."""
    wanted = [_plain(phrase) for phrase in phrases]
    if not wanted:
        return measured

    def is_wanted(words: str) -> bool:
        return any(phrase in _plain(words) for phrase in wanted)

    return replace(
        measured,
        formulas=tuple(row for row in measured.formulas if is_wanted(f"{row.id}\0{row.phrase}")),
        unknown=tuple(row for row in measured.unknown if is_wanted(row.phrase)),
        shifts=tuple(
            shift
            for shift in measured.shifts
            if is_wanted(
                f"{shift.ladder.id}\0{shift.before.sentence.text}\0{shift.after.sentence.text}"
            )
        ),
    )


def _plain(words: str) -> str:
    return words.lower().replace("-", " ")
