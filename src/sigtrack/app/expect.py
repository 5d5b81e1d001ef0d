"""`sigtrack expect`: what watchlists expect, and whether it has happened.

Silence where something was expected is a signal, so nothing is guessed: an expectation that is seen
has its evidence, one that is late is called overdue, and one that waits for a visit says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal

from sigtrack.app.in_force import InForce
from sigtrack.frozen import frozen
from sigtrack.model import (
    Actor,
    Cell,
    Expectation,
    Journey,
    Note,
    Phase,
    Problem,
    Report,
    Stay,
    Table,
    WatchlistHead,
    whole_day,
)
from sigtrack.speech import ENGLISH, Messages, message, named_columns, said_of
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from sigtrack.views.hits import ID_SHOWN, count, when
from sigtrack.views.visits import VisitsAsked, chosen

Status = Literal["open", "seen", "overdue", "expired"]
FIELDS = ("watchlist", "id", "title", "status", "after", "by", "seen", "evidence")
_EASTERNMOST = timezone(timedelta(hours=14))  # where a day begins first
OVERDUE_FOR = timedelta(days=30)  # afterwards it is expired
_ORDER: Mapping[Status, int] = {"overdue": 0, "open": 1, "seen": 2, "expired": 3}


@frozen
class Outlook:
    """The state of one expectation. `after` is None while it waits for a visit."""

    watchlist: str
    expectation: Expectation
    status: Status
    after: date | None
    by: date | None
    seen: date | None = None
    evidence: tuple[str, ...] = ()


def outlooks(
    store: Store,
    files: InForce,
    watchlists: Iterable[WatchlistHead],
    *,
    now: datetime,
    stays: Callable[[], Sequence[Stay]],
    hit: int | None = None,
) -> list[Outlook]:
    """Return the state of every expectation: overdue, open, seen, expired; within each by due day.

    `stays` returns the visits of all items; it is called only if an expectation needs them. Hits
    after number `hit` are ignored. With both, the result is the state at an earlier time `now`.
    """
    wanted = [(w.id, e) for w in watchlists for e in w.expects]
    if not wanted:
        return []
    known = stays() if asks_visits(e for _, e in wanted) else ()
    today = now.astimezone(files.zone).date()
    judge = _Judge(store, files.index.actors, now, today, known, hit)
    found = [judge.outlook(watchlist, expectation) for watchlist, expectation in wanted]
    return sorted(found, key=lambda o: (_ORDER[o.status], o.by or date.max, o.watchlist))


def asks_visits(wanted: Iterable[Expectation]) -> bool:
    """Return whether some expectation depends on visits."""
    return any(e.visit or isinstance(e.after, Journey) for e in wanted)


def problems_of(watchlists: Sequence[WatchlistHead]) -> list[Problem]:
    known = {w.id for w in watchlists} | {f"{w.id}/{s.id}" for w in watchlists for s in w.signals}
    return [
        e.place.problem(
            f"no watchlist in force has {signal}, which {w.id}/{e.id} expects",
            "see: sigtrack watchlists list",
            warning=True,
        )
        for w in watchlists
        for e in w.expects
        for signal in e.signals
        if signal not in known
    ]


@frozen(kw_only=False)
class _Judge:
    store: Store
    actors: Mapping[str, Actor]
    now: datetime
    today: date  # lateness goes by the reader's calendar
    stays: Sequence[Stay]
    hit: int | None

    def outlook(self, watchlist: str, expectation: Expectation) -> Outlook:
        after = self._after(expectation)
        by = _due(expectation, after)
        waits = isinstance(expectation.after, Journey) and after is None
        seen, evidence = (None, ()) if waits else self._seen(expectation, after)
        return Outlook(
            watchlist=watchlist,
            expectation=expectation,
            status=self._status(seen, by),
            after=after,
            by=by,
            seen=seen,
            evidence=evidence,
        )

    def _status(self, seen: date | None, by: date | None) -> Status:
        if seen is not None:
            return "seen"
        if by is None or self.today <= by:
            return "open"
        return "overdue" if self.today - by <= OVERDUE_FOR else "expired"

    def _after(self, expectation: Expectation) -> date | None:
        if not isinstance(expectation.after, Journey):
            return expectation.after
        days = (whole_day(stay.date) for stay in self._visits(expectation.after))
        return max(filter(None, days), default=None)

    def _visits(self, journey: Journey) -> list[Stay]:
        asked = VisitsAsked(who=journey.visitor, host=journey.host)
        return [
            stay
            for stay in chosen(self.stays, asked, self.actors)
            if stay.phase in (Phase.ONGOING, Phase.DONE)
        ]

    def _seen(
        self, expectation: Expectation, after: date | None
    ) -> tuple[date | None, tuple[str, ...]]:
        found: list[tuple[date, str]] = []
        if expectation.visit:
            for stay in self._visits(expectation.visit):
                day = whole_day(stay.date)
                if day and (after is None or day >= after):
                    found += [(day, item) for item in stay.evidence]
        found += self._hits(expectation.signals, after)
        found.sort()
        items = tuple(dict.fromkeys(item for _, item in found))[:5]
        return (found[0][0], items) if found else (None, ())

    def _hits(self, signals: Iterable[str], after: date | None) -> list[tuple[date, str]]:
        since = datetime.combine(after, time(), _EASTERNMOST) if after else None
        found: list[tuple[date, str]] = []
        for name in signals:
            watchlist, _, signal = name.partition("/")
            query = Query(watchlists=(watchlist,), since=since, until=self.now)
            for one in self.store.hits(query):
                is_known = self.hit is None or one.number <= self.hit
                if is_known and (not signal or one.hit.signal == signal):
                    day = when(one.stored).date()  # the day where it was published
                    if after is None or day >= after:  # published then, not only fetched then
                        found.append((day, one.stored.id))
        return found


def _due(expectation: Expectation, after: date | None) -> date | None:
    if isinstance(expectation.by, date):
        return expectation.by
    return after + timedelta(days=expectation.by) if after else None


STATUSES: Mapping[Status, str] = said_of("expectation", "open", "seen", "overdue", "expired")
EXPECTED = message("Expected")
_COLUMNS = named_columns("status|key", "expected|main whole", "by", "seen", "evidence")


def fulfilled(found: Iterable[Outlook]) -> dict[str, str]:
    """Map the items that are evidence of an expectation to its title (of several, the first)."""
    titles: dict[str, str] = {}
    for one in found:
        for item in one.evidence:
            titles.setdefault(item, one.expectation.title or one.expectation.id)
    return titles


def report_of(found: Sequence[Outlook]) -> Report:
    if not found:
        text = "no watchlist expects anything; write [[expect]] below its signals"
        return Report(title="Expected", blocks=(Note(text=text),), fields=FIELDS)
    counts = {status: sum(one.status == status for one in found) for status in _ORDER}
    told = ", ".join(f"{number} {status}" for status, number in counts.items() if number)
    return Report(
        title="Expected",
        blocks=(Note(text=f"{count(len(found), 'expectation')}: {told}"), block_of(found)),
        records=tuple(map(_record, found)),
        fields=FIELDS,
    )


def block_of(found: Sequence[Outlook], messages: Messages = ENGLISH) -> Table:
    """Return a table for any report, with overdue expectations as urgent."""
    return Table(
        title=messages.say(EXPECTED),
        columns=messages.columns(_COLUMNS),
        rows=tuple(_row(one, messages) for one in found),
        emphasis=tuple("urgent" if one.status == "overdue" else "" for one in found),
    )


def days_after(one: Outlook, messages: Messages) -> str:
    """ "30 days after @KR > @JP" for an expectation that waits for a visit."""
    days, visit = one.expectation.by, one.expectation.after
    return messages.say("{n} days after {visit}", n=days, visit=visit)


def title_of(one: Outlook, messages: Messages) -> str:
    return messages.title(one.expectation.title or one.expectation.id)


def _row(one: Outlook, messages: Messages) -> tuple[Cell, ...]:
    waits = isinstance(one.expectation.after, Journey) and one.after is None
    return (
        messages.say(STATUSES[one.status]),
        title_of(one, messages),
        days_after(one, messages) if waits else str(one.by or ""),
        str(one.seen or ""),
        " ".join(id[:ID_SHOWN] for id in one.evidence[:3]),
    )


def _record(one: Outlook) -> dict[str, object]:
    return {
        "watchlist": one.watchlist,
        "id": one.expectation.id,
        "title": one.expectation.title,
        "status": one.status,
        "after": str(one.after) if one.after else None,
        "by": str(one.by) if one.by else None,
        "seen": str(one.seen) if one.seen else None,
        "evidence": list(one.evidence),
    }
