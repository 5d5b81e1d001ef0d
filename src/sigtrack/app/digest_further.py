"""The parts of a digest besides stories: visits that changed, expectations, and wording.

Each compares the state at the last digest with the state now, by row numbers. So the same choice
gives the same words, and nothing is told again while nothing changes. A first digest has nothing to
compare with and tells only expectations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from itertools import chain

from sigtrack.analyze.visits.stays import VisitReport, merge
from sigtrack.app import digest_expect, digest_visits, digest_wording
from sigtrack.app.compare import Compared
from sigtrack.app.digest_wording import Arrival
from sigtrack.app.expect import Outlook, asks_visits, fulfilled, outlooks
from sigtrack.app.hits import without_article
from sigtrack.app.readings import ReadingRules, Readings
from sigtrack.app.suggestions import Suggester
from sigtrack.app.visits import reports_of
from sigtrack.app.wording import publisher_of, texts_of
from sigtrack.config import DigestSettings
from sigtrack.model import Actor, Block, Feed, Span, Stay, StoredItem, WatchlistHead
from sigtrack.speech import Words, message
from sigtrack.store import DigestChoice, Found, Look, Query, Store

VISITS = "visits-venues"  # only digests with this watchlist (or with all) tell visits
STATEMENTS = "joint-statements"  # and with this one joint texts
_MORE_VISITS = message("Visits in their order, with what tells them:")
_MORE_EXPECTED = message("What is expected:")
_MORE_WORDING = message("Wording, sentence by sentence:")
Commands = tuple[tuple[str, tuple[str, ...]], ...]
_Told = tuple[VisitReport, bool, bool]  # report, known at the last digest, known now
_MOST_HITS = 10_000  # latest hits whose wording is read: reading their texts takes some seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """What a digest tells besides stories.

    `blocks` are about expectations and visits. `commands` show more of it: each is a message, and
    the words after `sigtrack`. `news` is what will not be told again, the most
    important first; if `rouses`, it is worth a mail without stories. `fulfils` maps items to the
    title of the expectation that they fulfil.
    """

    blocks: tuple[Block, ...] = ()
    wording: tuple[Block, ...] = ()
    commands: Commands = ()
    news: tuple[str, ...] = ()
    rouses: bool = False
    fulfils: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is known from files."""

    actors: Mapping[str, Actor]
    readings: ReadingRules
    expecting: Sequence[WatchlistHead]


class FurtherReader:
    """Reads these parts from the store; one reader for all digests of a run."""

    def __init__(self, store: Store, shelf: Shelf, feeds: Iterable[Feed], zone: tzinfo) -> None:
        self._store = store
        self._shelf = shelf
        self._feeds = tuple(feeds)
        self._zone = zone
        self._readings = Readings(store, shelf.readings)
        self._publishers = {feed.id: publisher_of(feed) for feed in self._feeds}

    def __call__(self, choice: DigestChoice, settings: DigestSettings) -> Further:
        words = Words(settings.language, now=choice.at, zone=self._zone)
        expected = self._expected(choice, settings, words)
        parts = [expected, self._visits(choice, settings, words)]
        if choice.found or any(part.news for part in parts):
            parts.append(self._wording(choice, settings, words))
        rousing = [part for part in parts if part.rouses]
        news = [one for part in (*rousing, *parts) for one in part.news]
        return Further(
            blocks=tuple(block for part in parts for block in part.blocks),
            wording=tuple(block for part in parts for block in part.wording),
            commands=tuple(command for part in parts for command in part.commands),
            news=tuple(dict.fromkeys(news)),
            rouses=bool(rousing),
            fulfils=expected.fulfils,
        )

    def _visits(self, choice: DigestChoice, settings: DigestSettings, words: Words) -> Further:
        last = choice.last
        if last is None or (settings.watchlists and VISITS not in settings.watchlists):
            return Further()
        changed = self._changed_visits(last)
        if not changed:
            return Further()
        actors = self._shelf.actors
        first = min(turn.at for one in changed for turn in one.stay.history)
        return Further(
            blocks=digest_visits.changed_visits(changed, actors, words),
            commands=(
                (_MORE_VISITS, ("visits", "--since", f"{first.astimezone(self._zone):%Y-%m-%d}")),
            ),
            news=tuple(digest_visits.news_of(one, actors, words) for one in changed),
            rouses=settings.priority is None,
        )

    def _changed_visits(self, last: Look) -> list[digest_visits.Changed]:
        """Read earlier reports only if there are new ones. Only reports of the same visitors and
        hosts are kept."""
        arrived = list(self._arrived(last))
        pairs = {pair for report, _, _ in arrived for pair in _pairs_of(report)}
        if not pairs:
            return []
        known = [
            told
            for told in self._known(Query(since=last.at - digest_visits.HISTORY), last)
            if not pairs.isdisjoint(_pairs_of(told[0]))
        ]
        before, now = _then_and_now([*arrived, *known])
        new = {report.item for report, _, is_now in arrived if is_now}
        return digest_visits.changes(merge(before), merge(now), new, last.at.date())

    def _expected(self, choice: DigestChoice, settings: DigestSettings, words: Words) -> Further:
        lists = [
            one
            for one in self._shelf.expecting
            if one.expects and (not settings.watchlists or one.id in settings.watchlists)
        ]
        if not lists:
            return Further()
        last = choice.last
        before, now = self._stays(lists, last)
        is_now = self._outlooks(lists, choice.upto, now)
        was = self._outlooks(lists, last, before) if last else []
        told = digest_expect.to_tell(was, is_now)
        news = [digest_expect.news_of(one, words) for one in told if one.status != "open"]
        return Further(
            blocks=digest_expect.expected(told, words),
            commands=((_MORE_EXPECTED, ("expect",)),) if told else (),
            news=tuple(news),
            rouses=bool(news),
            fulfils=fulfilled(is_now),
        )

    def _stays(
        self, lists: Iterable[WatchlistHead], last: Look | None
    ) -> tuple[Sequence[Stay], Sequence[Stay]]:
        if not asks_visits(e for one in lists for e in one.expects):
            return (), ()
        then = last or Look(at=datetime.min.replace(tzinfo=UTC), hit=0, revision=0)
        before, now = _then_and_now(chain(self._arrived(then), self._known(Query(), then)))
        return merge(before), merge(now)

    def _outlooks(
        self, lists: Sequence[WatchlistHead], look: Look, stays: Sequence[Stay]
    ) -> list[Outlook]:
        return outlooks(
            self._store,
            lists,
            self._shelf.actors,
            now=look.at,
            zone=self._zone,
            stays=lambda: stays,
            hit=look.hit,
        )

    def _wording(self, choice: DigestChoice, settings: DigestSettings, words: Words) -> Further:
        last = choice.last
        if last is None:
            return Further()
        since = digest_wording.since_of(choice, last)
        wanted = Query(watchlists=settings.watchlists, limit=_MOST_HITS)
        found = chain(
            self._store.hits(replace(wanted, since=since)),
            self._store.hits(replace(wanted, until=since, after_hit=last.hit)),
        )
        told = digest_wording.reworded(
            self._arrivals(found, last),
            self._readings,
            texts_of(self._store),
            self._shelf.readings.formulary,
            self._publishers,
            choice,
            last,
        )
        day = f"{last.at.astimezone(self._zone):%Y-%m-%d}"
        names = {feed.id: feed.title or feed.id for feed in self._feeds}
        blocks = digest_wording.other_wording(told, self._statements(last, settings), names, words)
        return Further(
            wording=blocks,
            commands=((_MORE_WORDING, ("wording", "--since", day, "-e")),) if blocks else (),
        )

    def _statements(self, last: Look, settings: DigestSettings) -> list[Compared]:
        """Compare whole joint texts that arrived since with the texts before them."""
        if settings.watchlists and STATEMENTS not in settings.watchlists:
            return []
        return Suggester(self._store, self._shelf.readings, self._publishers).arrived(last)

    # From the store

    def _known(self, query: Query, last: Look) -> Iterator[_Told]:
        """Yield reports that were known at the last digest and still hold."""
        for stored, visits in self._readings.visits(query):
            if stored.number <= last.revision:
                yield from ((report, True, True) for report in reports_of(stored, visits))

    def _arrived(self, last: Look) -> Iterator[_Told]:
        """Yield reports of new and edited items, and what edited items had reported before."""
        query = Query(after_revision=last.revision)
        told = {stored.number: visits for stored, visits in self._readings.visits(query)}
        for stored in self._store.items(query):
            visits = told.get(stored.number, ())
            yield from ((report, False, True) for report in reports_of(stored, visits))
            before = self._before(stored, last)
            if before is not None:
                older = reports_of(before, self._readings.visits_of(before))
                yield from ((report, True, False) for report in older)

    def _before(self, stored: StoredItem, last: Look) -> StoredItem | None:
        """Return the item in the revision of the last digest; None if it was not stored yet."""
        if stored.number <= last.revision:
            return stored
        if stored.revision == 1:
            return None
        older = [one for one in self._store.revisions(stored.id) if one.number <= last.revision]
        return older[-1] if older else None

    def _arrivals(self, found: Iterable[Found], last: Look) -> Iterator[Arrival]:
        """Yield each item once, with the spans of all its hits."""
        items: dict[str, StoredItem] = {}
        spans: dict[str, list[Span]] = {}
        for one in found:
            id = one.stored.id
            if id not in items:
                items[id] = without_article(one.stored)
            spans.setdefault(id, []).extend(one.hit.spans)
        for id, stored in items.items():
            before = self._before(stored, last)
            yield Arrival(stored=stored, before=before, spans=tuple(spans[id]))


def _then_and_now(told: Iterable[_Told]) -> tuple[list[VisitReport], list[VisitReport]]:
    before: list[VisitReport] = []
    now: list[VisitReport] = []
    for report, was_there, is_there in told:
        if was_there:
            before.append(report)
        if is_there:
            now.append(report)
    return before, now


def _pairs_of(report: VisitReport) -> set[tuple[str, str]]:
    """Return pairs of visitor and host. Talks without a known place have none."""
    host = report.visit.host_country
    return {(visitor.country, host) for visitor in report.visit.visitors} if host else set()
