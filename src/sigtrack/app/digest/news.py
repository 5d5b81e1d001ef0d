"""The parts of a digest besides stories: expectations, visits that changed, and wording.

Each compares the state at the last digest with the state now, by row numbers. So the same choice
gives the same words, and nothing is told again while nothing changes. A first digest has nothing to
compare with and tells only expectations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from sigtrack.analyze.visits.stays import VisitReport, merge
from sigtrack.analyze.wording import measure
from sigtrack.analyze.wording.ladders import Said, Shift, Step
from sigtrack.analyze.wording.usage import (
    SURE,
    Counts,
    PhraseRow,
    Publisher,
    SaidItem,
    Texts,
    Window,
    chance_of,
)
from sigtrack.app.expect import (
    EXPECTED,
    STATUSES,
    Outlook,
    Status,
    asks_visits,
    days_after,
    fulfilled,
    outlooks,
    title_of,
)
from sigtrack.app.in_force import FeedNames, InForce
from sigtrack.app.readings import Readings
from sigtrack.app.statements import Suggester, difference
from sigtrack.app.visits import changes_between, reports_of
from sigtrack.app.wording import publisher_of, texts_of
from sigtrack.config import DigestSettings
from sigtrack.frozen import frozen
from sigtrack.model import (
    Block,
    Cell,
    Formulary,
    Journey,
    Span,
    Stay,
    StoredItem,
    Table,
    WatchlistHead,
)
from sigtrack.speech import Words, message, named_columns
from sigtrack.store.interface import DigestChoice, Found, Look, Query
from sigtrack.store.sql import Store
from sigtrack.views.compare import Compared
from sigtrack.views.hits import block_of, ids_of, without_article
from sigtrack.views.visits import HISTORY, Changed, changed_visits, news_of

_EXPECTED = named_columns("status|key", "expected|main", "day", "evidence")
_ORDER: Mapping[Status, int] = {"overdue": 0, "seen": 1, "open": 2}


def to_tell(was: Sequence[Outlook], now: Sequence[Outlook]) -> list[Outlook]:
    """Return outlooks that became overdue or seen since the last digest (`was`), then open ones."""
    before = set(map(_standing, was))
    told = [
        one
        for one in now
        if one.status == "open"
        or (one.status in ("overdue", "seen") and _standing(one) not in before)
    ]
    return sorted(told, key=lambda one: _ORDER[one.status])


def _standing(one: Outlook) -> tuple[str, str, Status]:
    return one.watchlist, one.expectation.id, one.status


def expected(told: Sequence[Outlook], words: Words) -> tuple[Table, ...]:
    """Return the block of the outlooks that `to_tell` returns."""
    rows = [
        (
            words.say(STATUSES[one.status]),
            title_of(one, words),
            _day(one, words),
            ids_of(one.evidence),
        )
        for one in told
    ]
    late = sum(one.status == "overdue" for one in told)
    return block_of(EXPECTED, _EXPECTED, rows, words, urgent=late)


def _day(one: Outlook, words: Words) -> str:
    if one.seen:
        return words.days(one.seen.isoformat())
    if one.by:
        when = words.days(one.by.isoformat())
        return words.say(message("by {when}", "expectation"), when=when)
    return days_after(one, words) if isinstance(one.expectation.after, Journey) else ""


def expected_news(one: Outlook, words: Words) -> str:
    """Return a line for the subject of a mail without stories."""
    mark = "▲ " if one.status == "overdue" else ""
    return f"{mark}{words.say(STATUSES[one.status])}: {title_of(one, words)}"


GONE = timedelta(days=30)
BASELINE = timedelta(days=90)
_INSTANT = timedelta(microseconds=1)
_WORDING = named_columns("change|key", "phrase|main", "use", "evidence")
_WAYS = {"hardened": message("hardened"), "softened": message("softened")}


@frozen
class Arrival:
    """An item that a digest reads. `before` is its revision at the last digest: None if it was not
    stored, the same if nothing has changed. Articles may be missing."""

    stored: StoredItem
    before: StoredItem | None
    spans: tuple[Span, ...]


@frozen
class Reworded:
    """The wording that a digest tells. Rows and shifts are in the order of `measure`."""

    new: tuple[PhraseRow, ...] = ()
    gone: tuple[PhraseRow, ...] = ()
    shifts: tuple[Shift, ...] = ()


def reworded(
    arrivals: Iterable[Arrival],
    readings: Readings,
    texts: Texts,
    formulary: Formulary,
    publishers: Mapping[str, Publisher],
    choice: DigestChoice,
    last: Look,
) -> Reworded:
    def said_in(stored: StoredItem, publisher: Publisher) -> Said:
        return _told_by(stored, publisher, stored.moment), readings.wording_of(stored.number)

    told: dict[int, SaidItem] = {}
    edits: list[tuple[Said, Said]] = []
    for one in arrivals:
        publisher = publishers.get(one.stored.item.feed) or Publisher(id=one.stored.item.feed)
        item = _told_by(one.stored, publisher, _learned(one, last))
        told[item.number] = item._replace(anchors=one.spans, is_hit=True)
        if one.before is not None and one.before.number != one.stored.number:
            edits.append((said_in(one.before, publisher), said_in(one.stored, publisher)))
    recent = choice.at - GONE
    measured = measure(
        told.values(),
        ((told[number], read) for number, read in readings.wording(told)),
        formulary,
        Window(since=last.at),
        texts,
        edits=edits,
        label_of=lambda one: "recent" if one.moment >= recent else "before",
    )
    if not measured.corpus.has_past:
        return Reworded()
    return Reworded(
        new=tuple(row for row in measured.formulas if row.change == "new"),
        gone=tuple(row for row in measured.formulas if _is_gone(row, last.at - GONE, recent)),
        shifts=measured.steps.shifts,
    )


def _told_by(stored: StoredItem, publisher: Publisher, moment: datetime) -> SaidItem:
    return SaidItem(
        id=stored.id,
        number=stored.number,
        revision=stored.revision,
        publisher=publisher,
        story=stored.story or stored.item.fingerprint or stored.id,
        moment=moment,
        said_at=stored.revised_at or moment,
    )


def _learned(one: Arrival, last: Look) -> datetime:
    """Return when the item was learned, only as precisely as the last digest divides time."""
    moment = one.stored.moment
    if one.before is None:
        return max(moment, last.at)
    return min(moment, last.at - _INSTANT)


def _is_gone(row: PhraseRow, since: datetime, until: datetime) -> bool:
    """Whether the last use is between these moments and its absence since more than chance."""
    if row.parts is None or not since <= row.last.told.moment < until:
        return False
    now, before = row.parts.get("recent"), row.parts.get("before")
    if now is None or before is None:
        return False
    counts = Counts(0, now.of, before.stories, before.of)
    return chance_of((counts,)).p < SURE


def other_wording(
    found: Reworded, statements: Iterable[Compared], names: FeedNames, words: Words
) -> tuple[Table, ...]:
    """Return the block of statements compared with earlier ones, and of what `reworded` returns.
    `names` are publishers by the id of their feed."""
    rows = [*(_statement(one, words) for one in statements), *_rows(found, names, words)]
    return block_of(message("Wording"), _WORDING, rows, words)


def _statement(compared: Compared, words: Words) -> tuple[Cell, ...]:
    ways, first = difference(compared)
    counted = words.listed(f"{words.say(_WAYS[way])} {number}" for way, number in ways.items())
    change = first.sentence if first else ""
    ids = tuple(one.id.partition("@")[0] for one in (compared.old, compared.new))
    return (
        words.say(message("statement", "wording")),
        f"{compared.old.label} → {compared.new.label}",
        ": ".join(filter(None, (counted, change))),
        ids_of(ids),
    )


def _rows(found: Reworded, names: FeedNames, words: Words) -> Iterator[tuple[Cell, ...]]:
    for shift in found.shifts:
        ids = tuple(dict.fromkeys(step.told.id for step in (shift.before, shift.after)))
        yield (
            words.say(_WAYS[shift.change]),
            f"{_words_of(shift.before)} → {_words_of(shift.after)}",
            names[shift.after.told.publisher.id],
            ids_of(ids),
        )
    for row in found.new:
        who = words.named(names[one.id] for one in row.publishers[:2])
        yield (
            words.say(message("new", "wording")),
            row.phrase,
            words.say("first by {who}", who=who),
            ids_of((row.first.told.id,)),
        )
    for row in found.gone:
        yield (
            words.say(message("gone", "wording")),
            row.phrase,
            words.say("last used {when}", when=words.day(row.last.told.moment)),
            ids_of((row.last.told.id,)),
        )


def _words_of(step: Step) -> str:
    start, end = step.span
    return step.sentence.text[start:end]


VISITS = "visits-venues"  # only digests with this watchlist (or with all) tell visits
STATEMENTS = "joint-statements"  # and with this one joint texts
_MORE_VISITS = message("Visits in their order, with what tells them:")
_MORE_EXPECTED = message("What is expected:")
_MORE_WORDING = message("Wording, sentence by sentence:")
Commands = tuple[tuple[str, tuple[str, ...]], ...]
_Told = tuple[VisitReport, bool, bool]  # report, known at the last digest, known now
_MOST_HITS = 10_000  # latest hits whose wording is read: reading their texts takes some seconds


@frozen
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


class FurtherReader:
    """Reads these parts from the store; one reader for all digests of a run."""

    def __init__(self, store: Store, files: InForce) -> None:
        self._store = store
        self._files = files
        self._readings = Readings(store, files.readings)
        self._publishers = {feed.id: publisher_of(feed) for feed in files.catalogue.feeds}

    def __call__(self, choice: DigestChoice, settings: DigestSettings, words: Words) -> Further:
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
        changed = self._changed_visits(last, choice.upto)
        if not changed:
            return Further()
        actors = self._files.index.actors
        turns = (turn.at for one in changed for turn in one.stay.history)
        first = min(turns).astimezone(self._files.zone)
        return Further(
            blocks=changed_visits(changed, actors, words),
            commands=(
                (
                    _MORE_VISITS,
                    ("visits", "--since", f"{first:%Y-%m-%d}"),
                ),
            ),
            news=tuple(news_of(one, actors, words) for one in changed),
            rouses=settings.priority is None,
        )

    def _changed_visits(self, last: Look, upto: Look) -> list[Changed]:
        """Read earlier reports only if there are new ones."""
        arrived = list(self._arrived(last))
        new = {report.item for report, _, is_now in arrived if is_now}
        if not new:
            return []
        known = self._known(Query(since=last.at - HISTORY), last)
        before, now = _then_and_now(chain(arrived, known))
        return changes_between(before, now, new, last.at, upto.at)

    def _expected(self, choice: DigestChoice, settings: DigestSettings, words: Words) -> Further:
        lists = [
            one
            for one in self._files.index.watchlists
            if one.expects and (not settings.watchlists or one.id in settings.watchlists)
        ]
        if not lists:
            return Further()
        last = choice.last
        before, now = self._stays(lists, last)
        is_now = self._outlooks(lists, choice.upto, now)
        was = self._outlooks(lists, last, before) if last else []
        told = to_tell(was, is_now)
        news = [expected_news(one, words) for one in told if one.status != "open"]
        return Further(
            blocks=expected(told, words),
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
            self._files,
            lists,
            now=look.at,
            stays=lambda: stays,
            hit=look.hit,
        )

    def _wording(self, choice: DigestChoice, settings: DigestSettings, words: Words) -> Further:
        last = choice.last
        if last is None:
            return Further()
        since = min(choice.at - GONE, last.at) - BASELINE
        wanted = Query(watchlists=settings.watchlists, limit=_MOST_HITS)
        found = chain(
            self._store.hits(replace(wanted, since=since)),
            self._store.hits(replace(wanted, until=since, after_hit=last.hit)),
        )
        told = reworded(
            self._arrivals(found, last),
            self._readings,
            texts_of(self._store),
            self._files.readings.formulary,
            self._publishers,
            choice,
            last,
        )
        day = f"{last.at.astimezone(self._files.zone):%Y-%m-%d}"
        names = self._files.catalogue.names()
        blocks = other_wording(told, self._statements(last, settings), names, words)
        return Further(
            wording=blocks,
            commands=((_MORE_WORDING, ("wording", "--since", day, "-e")),) if blocks else (),
        )

    def _statements(self, last: Look, settings: DigestSettings) -> list[Compared]:
        """Compare whole joint texts that arrived since with the texts before them."""
        if settings.watchlists and STATEMENTS not in settings.watchlists:
            return []
        return Suggester(self._store, self._files).arrived(last)

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
