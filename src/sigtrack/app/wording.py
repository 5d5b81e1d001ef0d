"""`sigtrack wording [WATCHLIST]`: how the language of a theme changes, and who changes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import tzinfo
from itertools import chain, pairwise

from sigtrack.analyze.wording import Labels, Wording, measure
from sigtrack.analyze.wording.ladders import Said
from sigtrack.analyze.wording.usage import LabelOf, Publisher, SaidItem, Texts, Window, may_count
from sigtrack.app.in_force import InForce
from sigtrack.app.readings import Progress, ReadingRules, Readings, names_in, within_memory
from sigtrack.app.window import moment_of
from sigtrack.errors import Misuse
from sigtrack.model import Feed, Formulary, Runs, Span, StoredItem, WordingRead
from sigtrack.store.interface import Extent, Outline, Query
from sigtrack.store.sql import Store
from sigtrack.views.wording import By, WordingAsked


def measured(
    store: Store,
    query: Query,
    asked: WordingAsked,
    files: InForce,
    progress: Progress | None = None,
) -> Wording:
    rules, zone = files.readings, files.zone
    window = _window(query, asked.baseline, zone)
    publishers = {feed.id: publisher_of(feed) for feed in files.catalogue.feeds}
    corpus = _Archive(store, Readings(store, rules, progress), publishers)
    told = corpus.told(replace(query, since=window.baseline), window)
    found = measure(
        told.values(),
        corpus.said(told),
        rules.formulary,
        window,
        corpus.texts,
        runs=None if asked.ladders or asked.spread else lambda numbers: corpus.runs(told, numbers),
        labels=lambda: _labels(rules),
        edits=corpus.edits(told.values(), window),
        label_of=_label_of(asked.by, zone) if asked.by else None,
    )
    return _narrowed(found, asked.phrases, rules.formulary)


def _window(query: Query, baseline: str, zone: tzinfo) -> Window:
    if query.since is None or baseline == "all":
        return Window(since=query.since)
    begin = moment_of(baseline, query.since, zone)
    if begin >= query.since:
        raise Misuse(
            f"the baseline begins at {begin:%Y-%m-%d}, which is not before --since",
            hint="write --baseline 90d for the 90 days before --since, a day before it, or all",
        )
    return Window(since=query.since, baseline=begin)


def publisher_of(feed: Feed) -> Publisher:
    return Publisher(id=feed.id, country=feed.country, role=feed.role)


def texts_of(store: Store) -> Texts:
    def stored_of(told: SaidItem) -> StoredItem:
        stored = store.revision(told.number)
        return replace(stored, item=within_memory(stored.item))

    return Texts(stored_of)


class _Archive:
    """Reads items, readings and revisions from one store."""

    def __init__(
        self, store: Store, readings: Readings, publishers: Mapping[str, Publisher]
    ) -> None:
        self.texts = texts_of(store)
        self._store = store
        self._readings = readings
        self._publishers = publishers
        self._said: dict[int, WordingRead] = {}  # what was read while looking for governments
        self._officials = [one.id for one in publishers.values() if one.is_official]

    def told(self, query: Query, window: Window) -> dict[int, SaidItem]:
        """Return items by the number of their revision, only of feeds that have items both now and
        before. If a watchlist is named: only items that it hit, with the places. Otherwise items
        may be missing that `measure` would leave out."""
        anchors: dict[int, list[Span]] = {}
        if query.watchlists:
            for found in self._store.hits(query):
                anchors.setdefault(found.stored.number, []).extend(found.hit.spans)
        hit = self._store.hit_revisions(query)
        extents = list(self._store.extents(query))
        feeds = _compared(extents, window)
        numbers = anchors.keys() if query.watchlists else self._numbers(extents, hit)
        return {
            one.number: self._as_told(
                one, tuple(anchors[one.number]) if query.watchlists else None, one.number in hit
            )
            for one in self._store.outlines(query, numbers, all_of=self._officials)
            if one.feed in feeds and (not query.watchlists or one.number in anchors)
        }

    def _numbers(self, extents: Iterable[Extent], hit: Collection[int]) -> Collection[int] | None:
        """Return the revisions that were hit or that name two governments; None for all, if some
        are not read yet. Most items are neither, and to look at each of them takes longest."""
        extents = list(extents)
        first = min((one.lowest for one in extents), default=0)
        last = max((one.highest for one in extents), default=0)
        if not self._readings.is_read("wording", last):
            return None
        read = self._readings.wording(range(first, last + 1))
        self._said = {n: said for n, said in read if n in hit or may_count(said)}
        return self._said.keys() | hit

    def said(self, told: Mapping[int, SaidItem]) -> Iterator[tuple[SaidItem, WordingRead]]:
        """Return what was read of these items; items that say nothing may be missing."""
        unread = [number for number in told if number not in self._said]
        read = chain(self._said.items(), self._readings.wording(unread))
        return ((told[number], said) for number, said in read if number in told)

    def runs(
        self, told: Mapping[int, SaidItem], numbers: Collection[int]
    ) -> Iterator[tuple[SaidItem, Runs]]:
        return ((told[number], read) for number, read in self._readings.phrases(numbers))

    def edits(self, told: Iterable[SaidItem], window: Window) -> Iterator[tuple[Said, Said]]:
        for one in told:
            if one.revision > 1 and window.is_now(one.moment):
                yield from pairwise(self._revisions(one))

    def _revisions(self, told: SaidItem) -> Iterator[Said]:
        for stored in self._store.revisions(told.id):
            one = told._replace(
                number=stored.number,
                revision=stored.revision,
                moment=stored.moment,
                said_at=stored.revised_at or stored.moment,
                anchors=None,
            )
            yield one, self._readings.wording_of(stored.number)

    def _as_told(self, one: Outline, anchors: tuple[Span, ...] | None, is_hit: bool) -> SaidItem:
        id, number, feed, story, moment, revision, revised_at = one
        publisher = self._publishers.get(feed) or Publisher(id=feed)
        said_at = revised_at or moment
        return SaidItem(id, number, revision, publisher, story, moment, said_at, anchors, is_hit)


def _compared(extents: Iterable[Extent], window: Window) -> set[str]:
    """Return feeds with items on both sides of the border. If there are none, return those of now;
    then nothing can be compared."""
    now = {one.feed for one in extents if window.is_now(one.latest)}
    before = {one.feed for one in extents if not window.is_now(one.earliest)}
    return now & before or now


def _labels(rules: ReadingRules) -> Labels:
    actors, topics = rules.actors.values(), rules.topics.actors.values()
    return Labels(
        chain.from_iterable(actor.names for actor in actors if actor.kind == "office"),
        names_in(rules.actors),
        chain.from_iterable(topic.names for topic in topics),
    )


def _label_of(by: By, zone: tzinfo) -> LabelOf:
    if by == "side":
        return lambda told: told.publisher.side
    form = {"year": "%Y", "month": "%Y-%m", "week": "%G-W%V"}[by]
    return lambda told: told.moment.astimezone(zone).strftime(form)


def _narrowed(measured: Wording, phrases: Iterable[str], formulary: Formulary) -> Wording:
    """Keep only rows whose id or words contain one of these phrases; a hyphen counts as a space.

    A formula has the words of all its wordings, so "denuclearization" also finds 비핵화.
    """
    wanted = [_plain(phrase) for phrase in phrases]
    if not wanted:
        return measured
    wordings = {
        one.id: "\0".join(chain.from_iterable(one.wordings.values())) for one in formulary.formulas
    }

    def is_wanted(words: str) -> bool:
        return any(phrase in _plain(words) for phrase in wanted)

    return replace(
        measured,
        formulas=tuple(
            row
            for row in measured.formulas
            if is_wanted("\0".join((row.id or "", row.phrase, wordings.get(row.id or "", ""))))
        ),
        unknown=tuple(row for row in measured.unknown if is_wanted(row.phrase)),
        steps=replace(
            measured.steps,
            shifts=tuple(
                shift
                for shift in measured.steps.shifts
                if is_wanted(
                    f"{shift.ladder.id}\0{shift.before.sentence.text}\0{shift.after.sentence.text}"
                )
            ),
        ),
    )


def _plain(words: str) -> str:
    return words.lower().replace("-", " ")
