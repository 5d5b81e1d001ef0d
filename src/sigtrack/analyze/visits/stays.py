"""Joins the reports of one visit into one stay, with its history.

A report belongs to a stay if visitor and host are the same and their days can be the same: full
days at most `APART` apart, a month that holds the day, a plan without a day within `AHEAD` of the
stay. Reports are taken in the order in which they appeared, so the history is what a reader could
have known: announced, date known, begun, over. A phase never goes back, and a cancelled visit stays
cancelled.

Arrivals are news, departures seldom are. `settled` decides which visits must be over by now,
although nobody has reported it.

Pure: knows no store, and the clock is an argument. The same reports give the same stays in any
order.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from sigtrack.model import Level, Phase, Stay, Turn, Visit, Visitor, whole_day

APART = timedelta(days=6)
AHEAD = timedelta(days=150)
_REACH = timedelta(days=366)  # limit of all rules: of a plan, perhaps only the year is known
LASTS = timedelta(days=7)  # the longest time that a visit goes on without another report
_BEGUN = (Phase.ONGOING, Phase.DONE)
_CLOCKS = timedelta(days=1)
_ORDER = (Phase.PLANNED, Phase.ONGOING, Phase.DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitReport:
    """An item that tells of a visit.

    `at` is when it was published, by the publisher's clock; `official` says whether the publisher
    is a government or an organisation of governments.
    """

    item: str
    at: datetime
    source: str
    visit: Visit
    story: str | None = None
    official: bool = False


@dataclass(slots=True)
class _Draft:
    """A stay while its reports come in.

    A summit is reported a thousand times, so a new report is compared with only one of each kind:
    reports of one day with the same days and phase.
    """

    visitor: Visitor
    host: str
    reports: list[VisitReport] = field(default_factory=list)
    kinds: dict[object, VisitReport] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)  # days of the reports, in order
    last: date = date.min  # the last day that is told
    has_day: bool = False

    def fits(self, visitor: Visitor, report: VisitReport) -> bool:
        """Whether a report fits.

        The latest reports are compared first, and a stay long past fits none.
        """
        if not _same_person(self.visitor, visitor) or self._is_past(report):
            return False
        return any(_same_days(one, report) for one in reversed(self.kinds.values()))

    def _is_past(self, report: VisitReport) -> bool:
        heard = _day_of(next(reversed(self.kinds.values())))
        return _day_of(report) - heard > _REACH < _anchor(report) - self.last

    def distance(self, report: VisitReport) -> tuple[int, int]:
        """Return the days to the nearest of its reports; stays with a known day come first."""
        day = _anchor(report)
        place = bisect_left(self.days, day)
        near = self.days[max(0, place - 1) : place + 1]
        return min(abs((one - day).days) for one in near), not self.has_day

    def add(self, visitor: Visitor, report: VisitReport) -> None:
        visit = report.visit
        self.reports.append(report)
        kind = (visit.date, visit.until, visit.phase, report.at.date())
        if kind not in self.kinds:
            self.kinds[kind] = report
            insort(self.days, _anchor(report))
            self.last = max(self.last, self.days[-1], whole_day(visit.until) or date.min)
            self.has_day |= whole_day(visit.date) is not None
        if visitor.actor and not self.visitor.actor:
            self.visitor = visitor


def merge(reports: Iterable[VisitReport]) -> list[Stay]:
    """Return the timeline, sorted by the day shown, then by visitor.

    If only a month or nothing is told, the day of the first report counts if it can be the day;
    otherwise a month comes before its days.
    """
    drafts: dict[tuple[str, str], list[_Draft]] = {}
    meetings: list[VisitReport] = []
    for report in sorted(reports, key=lambda r: (r.at, r.item, r.visit.host_country or "")):
        host = report.visit.host_country
        if host is None:
            meetings.append(report)
            continue
        for visitor in _one_a_country(report.visit.visitors):
            _take(drafts.setdefault((visitor.country, host), []), host, visitor, report)
    every = [draft for some in drafts.values() for draft in some]
    for report in meetings:
        _attach(every, report)
    told = [(_stay(draft), _day_of(draft.reports[0])) for draft in every]
    return [stay for stay, _ in sorted(told, key=_by_day)]


def _by_day(told: tuple[Stay, date]) -> tuple[object, ...]:
    stay, heard = told
    visitor, shown, day = stay.visitor, stay.date or "", heard.isoformat()
    day = day if day.startswith(shown) else shown
    return day, visitor.country, visitor.name, stay.host_country, stay.evidence


def _take(drafts: list[_Draft], host: str, visitor: Visitor, report: VisitReport) -> None:
    fitting = [draft for draft in drafts if draft.fits(visitor, report)]
    if not fitting:
        drafts.append(_Draft(visitor, host))
        fitting = drafts[-1:]
    nearest = min(fitting, key=lambda one: one.distance(report)) if fitting[1:] else fitting[0]
    nearest.add(visitor, report)


def _attach(drafts: Sequence[_Draft], meeting: VisitReport) -> None:
    """Add talks without a place as evidence to the stay during which they are held."""
    sides = {visitor.country for visitor in meeting.visit.visitors}
    for draft in drafts:
        if draft.visitor.country in sides and draft.host in sides:
            ranks = {v.rank for v in meeting.visit.visitors}
            near, _ = draft.distance(meeting)
            if near <= 2 and draft.visitor.rank in ranks:
                draft.reports.append(meeting)
                return


def _one_a_country(visitors: Iterable[Visitor]) -> list[Visitor]:
    """Return the head of each delegation: the highest rank, a name before an office."""
    heads: dict[str, Visitor] = {}
    for visitor in visitors:
        known = heads.get(visitor.country)
        if known is None or (visitor.actor and not known.actor and visitor.rank == known.rank):
            heads[visitor.country] = visitor
    return list(heads.values())


def _same_person(one: Visitor, other: Visitor) -> bool:
    """Whether the names are the same, or the ranks if one of them is told only by office."""
    if one.actor and other.actor:
        return one.actor == other.actor
    return one.rank == other.rank


def _same_days(one: VisitReport, other: VisitReport) -> bool:
    a, b = one.visit, other.visit
    if whole_day(a.date) and whole_day(b.date):
        return _overlap(a, b)
    if a.phase is Phase.PLANNED or b.phase is Phase.PLANNED:
        first, second = sorted((one, other), key=lambda r: r.at)
        told, later = first.visit.date or "", second.visit.date or ""
        if told and later:
            return told.startswith(later) or later.startswith(told)
        if len(told or later) == len("2026-01"):
            return _anchor(second) - _anchor(first) <= AHEAD
        return timedelta(0) <= second.at - first.at <= AHEAD
    if Phase.CANCELLED in (a.phase, b.phase):
        return abs(one.at - other.at) <= AHEAD
    return abs(_anchor(one) - _anchor(other)) <= 2 * APART


def _overlap(a: Visit, b: Visit) -> bool:
    first, second = date.fromisoformat(a.date or ""), date.fromisoformat(b.date or "")
    last = date.fromisoformat(a.until) if a.until else first
    end = date.fromisoformat(b.until) if b.until else second
    return first - APART <= end and second - APART <= last


def _anchor(report: VisitReport) -> date:
    """Return the day that a report is about, as well as it is known."""
    told, day = report.visit.date, _day_of(report)
    if told is None:
        return day
    if day_told := whole_day(told):
        return day_told
    year, month = int(told[:4]), int(told[5:7]) if len(told) == 7 else day.month
    return day if (year, month) == (day.year, day.month) else date(year, month, 15)


def _day_of(report: VisitReport) -> date:
    return report.at.date()


# What the reports say together


def _stay(draft: _Draft) -> Stay:
    told = [r for r in draft.reports if r.visit.host_country]
    first, last = _days([r.visit for r in told])
    told = [_within_days(r, whole_day(first), whole_day(last)) for r in told]
    visits = [r.visit for r in told]
    items = dict.fromkeys(r.item for r in sorted(draft.reports, key=lambda r: (r.at, r.item)))
    history = _history(told)
    phases = [turn.value for turn in history if turn.kind in ("first", "phase")]
    return Stay(
        visitor=draft.visitor,
        host_country=draft.host,
        phase=Phase(phases[-1]),
        sites=_sites(told),
        date=first,
        until=last,
        level=_level(visits),
        evidence=tuple(items),
        stories=len({r.story or r.item for r in draft.reports}),
        sources=len({r.source for r in draft.reports}),
        history=history,
        last_report=max(r.at for r in draft.reports),
        official=any(r.official for r in draft.reports),
    )


def _within_days(report: VisitReport, first: date | None, last: date | None) -> VisitReport:
    """Limit the phase of a report by the days of the stay.

    Nobody is there before the first day, or still there after the last. One day is allowed for
    other clocks.
    """
    heard, phase = _day_of(report), report.visit.phase
    said = whole_day(report.visit.date)
    if first and said != first and heard < first - _CLOCKS and phase in _BEGUN:
        phase = Phase.PLANNED
    elif last and heard > last + _CLOCKS and phase is Phase.ONGOING:
        phase = Phase.DONE
    return replace(report, visit=replace(report.visit, phase=phase))


def _days(visits: Sequence[Visit]) -> tuple[str | None, str | None]:
    """Return first and last day: those of most reports that tell both, or else the earliest."""
    spans = Counter((v.date, v.until) for v in visits if whole_day(v.date) and v.until)
    if spans:
        (first, last), _ = min(spans.items(), key=lambda one: (-one[1], one[0][0] or ""))
        return first, last
    days = Counter(v.date for v in visits if v.date and whole_day(v.date))
    if days:
        most = max(days.values())
        least = min(most, 2)  # one report among many is not the first day
        return min(day for day, count in days.items() if count >= max(most / 2, least)), None
    told = [v.date for v in visits if v.date]
    months = Counter(day for day in told if len(day) == max(map(len, told)))
    return (months.most_common(1)[0][0] if months else None), None


def _sites(reports: Sequence[VisitReport]) -> tuple[str, ...]:
    """Return towns by their days, or else by when they were told; plans come last."""
    ranked = sorted(
        reports,
        key=lambda r: (
            r.visit.phase is Phase.PLANNED,
            whole_day(r.visit.date) or _day_of(r),
            r.at,
        ),
    )
    return tuple(dict.fromkeys(r.visit.site for r in ranked if r.visit.site))


def _level(visits: Sequence[Visit]) -> Level:
    """Return the highest level named; sidelines only if most reports say so."""
    named = max((visit.level for visit in visits), key=lambda level: level.height)
    beside = sum(visit.level is Level.SIDELINES for visit in visits)
    return Level.UNSPECIFIED if named is Level.SIDELINES and beside * 2 < len(visits) else named


def _history(reports: Sequence[VisitReport]) -> tuple[Turn, ...]:
    """Return what became known, in the order of the reports.

    The furthest phase counts. Called off counts only as long as the visit was not seen to happen
    afterwards.
    """
    turns: list[Turn] = []
    phase, day, level, sites = None, "", Level.UNSPECIFIED, set[str]()
    for report in reports:
        visit = report.visit
        news: list[tuple[Literal["first", "phase", "date", "venue", "level"], str]] = []
        if phase is None or _moves(phase, visit.phase):
            news.append(("first" if phase is None else "phase", visit.phase))
            phase = visit.phase
        if visit.date and len(visit.date) > len(day):
            day = visit.date
            news.append(("date", day))
        if visit.site and visit.site not in sites:
            sites.add(visit.site)
            news.append(("venue", visit.site))
        if visit.level.height > level.height:
            level = visit.level
            news.append(("level", level))
        turns += [Turn(kind=k, value=value, at=report.at, item=report.item) for k, value in news]
    return tuple(turns)


def _moves(old: Phase, new: Phase) -> bool:
    if new is Phase.CANCELLED or old is Phase.CANCELLED:
        return (
            old is not new and old in (Phase.PLANNED, Phase.CANCELLED) and new is not Phase.PLANNED
        )
    return _ORDER.index(new) > _ORDER.index(old)


# At some moment


def settled(stays: Iterable[Stay], now: datetime) -> list[Stay]:
    """Return the same stays, in the same order, as they are at `now`.

    A stay under way is over (done) if its last day is more than `LASTS` before the day of `now`; if
    no last day is told, the first day or that of the last report counts, whichever is later. The
    day of `now` is in UTC, so that it is the same for every reader. The history stays as it was
    told. A plan whose days are as long past has lapsed and stays a plan: that its days have passed
    does not mean that anybody went.
    """
    return [_settled(stay, now.astimezone(UTC).date() - LASTS) for stay in stays]


def _settled(stay: Stay, over: date) -> Stay:
    if stay.phase is Phase.PLANNED:
        told = stay.until or stay.date
        past = told is not None and told < over.isoformat()[: len(told)]
        return replace(stay, lapsed=True) if past else stay
    heard = stay.last_report.date() if stay.last_report else None
    days = [day for day in (whole_day(stay.date), heard) if day]
    end = whole_day(stay.until) or max(days, default=over)
    return replace(stay, phase=Phase.DONE) if stay.phase is Phase.ONGOING and end < over else stay
