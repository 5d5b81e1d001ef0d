"""Joins the reports of one visit into one stay, with its history.

A report belongs to a stay if visitor and host are the same and their days can be the same: full
days at most `APART` apart, a month that holds the day, a plan without a day within `AHEAD` of the
stay. Reports are taken in the order in which they appeared, so the history is what a reader could
have known: announced, date known, begun, over. A phase never goes back, and a cancelled visit stays
cancelled until more publishers tell of the plan again than said that it was called off.

Arrivals are news, departures seldom are. `settled` decides which visits must be over by now,
although nobody has reported it.

Pure: knows no store, and the clock is an argument. The same reports give the same stays in any
order.

What is unusual about the order, the places and the level of somebody's stays is told as claims.
Every claim names its items and the first day of the data: an archive that begins in June cannot
tell whether something is the first time since May.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from sigtrack.frozen import frozen
from sigtrack.model import Actor, Level, Phase, Rank, Stay, Turn, Visit, Visitor, whole_day

APART = timedelta(days=6)
AHEAD = timedelta(days=150)
_REACH = timedelta(days=366)  # limit of all rules: of a plan, perhaps only the year is known
LASTS = timedelta(days=7)  # the longest time that a visit goes on without another report
_BEGUN = (Phase.ONGOING, Phase.DONE)
_CLOCKS = timedelta(days=1)
_ORDER = (Phase.PLANNED, Phase.ONGOING, Phase.DONE)


@frozen
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


class _Dated(NamedTuple):
    """A report with its days, which are compared with many others.

    `heard` is the day of the report, `about` the day that it is about, as well as it is known.
    `first` and `last` are the days of the visit, None if they are not told as whole days.
    """

    report: VisitReport
    heard: date
    about: date
    first: date | None
    last: date | None


def _dated(report: VisitReport) -> _Dated:
    visit = report.visit
    first, last = whole_day(visit.date), whole_day(visit.until)
    return _Dated(report, _day_of(report), _about(report, first), first, last)


@dataclass(slots=True)
class _Draft:
    """A stay while its reports come in.

    A summit is reported a thousand times, so a new report is compared with only one of each kind:
    reports of one day with the same days and phase.
    """

    visitor: Visitor
    host: str
    reports: list[VisitReport] = field(default_factory=list)
    kinds: dict[object, _Dated] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)  # days of the reports, in order
    heard: date = date.min  # the day of the last report of a new kind
    last: date = date.min  # the last day that is told
    has_day: bool = False
    stay: Stay | None = None  # what all these reports say together, once it was asked

    def fits(self, visitor: Visitor, told: _Dated) -> bool:
        """Whether a report fits.

        The latest reports are compared first, and a stay long past fits none.
        """
        if not _same_person(self.visitor, visitor):
            return False
        if told.heard - self.heard > _REACH < told.about - self.last:
            return False
        return any(_same_days(one, told) for one in reversed(self.kinds.values()))

    def distance(self, day: date) -> tuple[int, int]:
        """Return the days to the nearest of its reports; stays with a known day come first."""
        place = bisect_left(self.days, day)
        near = self.days[max(0, place - 1) : place + 1]
        return min(abs((one - day).days) for one in near), not self.has_day

    def add(self, visitor: Visitor, told: _Dated) -> None:
        visit = told.report.visit
        self.reports.append(told.report)
        self.stay = None
        kind = (visit.date, visit.until, visit.phase, told.heard)
        if kind not in self.kinds:
            self.kinds[kind] = told
            self.heard = told.heard
            insort(self.days, told.about)
            self.last = max(self.last, self.days[-1], told.last or date.min)
            self.has_day |= told.first is not None
        if visitor.actor and not self.visitor.actor:
            self.visitor = visitor


def merge(reports: Iterable[VisitReport]) -> list[Stay]:
    """Return the timeline, sorted by the day shown, then by visitor.

    If only a month or nothing is told, the day of the first report counts if it can be the day;
    otherwise a month comes before its days.
    """
    timeline = _Timeline()
    timeline.add(_without_guesses(sorted(reports, key=_order)))
    return timeline.stays()


def merge_then_and_now(
    known: Iterable[VisitReport], new: Iterable[VisitReport]
) -> tuple[list[Stay], list[Stay]]:
    """Return `merge` of the reports that were known, and of all.

    New reports are mostly the latest; then all that was known is merged only once.
    """
    known, new = sorted(known, key=_order), sorted(new, key=_order)
    then, now = _without_guesses(known), _without_guesses([*known, *new])
    timeline = _Timeline()
    timeline.add(then)
    before = timeline.stays()
    is_late = known and new and _order(new[0]) < _order(known[-1])
    if is_late or now[: len(then)] != then:
        return before, merge((*known, *new))
    timeline.add(now[len(then) :])
    return before, timeline.stays()


def _without_guesses(reports: Sequence[VisitReport]) -> list[VisitReport]:
    """Leave out guests whom somebody received when a leader of his country was abroad.

    Where no place is told, whoever receives guests is taken to be at home.
    """
    away = {
        (visitor.country, report.at.date() + clocks)
        for report in reports
        if report.visit.phase in _BEGUN and report.visit.host_country
        if not report.visit.is_guess
        for visitor in report.visit.visitors
        if visitor.rank is Rank.LEADER
        for clocks in (-_CLOCKS, timedelta(0), _CLOCKS)
    }
    return [
        r for r in reports if not (r.visit.is_guess and (r.visit.host_country, r.at.date()) in away)
    ]


def _order(report: VisitReport) -> tuple[datetime, str, str]:
    return report.at, report.item, report.visit.host_country or ""


class _Timeline:
    """Stays while reports come in, in order."""

    def __init__(self) -> None:
        self._drafts: dict[tuple[str, str], list[_Draft]] = {}
        self._meetings: list[VisitReport] = []  # talks without a place

    def add(self, reports: Iterable[VisitReport]) -> None:
        for report in reports:
            host = report.visit.host_country
            if host is None:
                self._meetings.append(report)
                continue
            told = _dated(report)
            for visitor in _one_a_country(report.visit.visitors):
                _take(self._drafts.setdefault((visitor.country, host), []), host, visitor, told)

    def stays(self) -> list[Stay]:
        drafts = [draft for some in self._drafts.values() for draft in some]
        held: dict[int, list[VisitReport]] = {}
        for meeting in self._meetings:
            draft = _during(drafts, meeting)
            if draft is not None:
                held.setdefault(id(draft), []).append(meeting)
        told = [(_told(one, held.get(id(one), ())), _day_of(one.reports[0])) for one in drafts]
        return [stay for stay, _ in sorted(told, key=_by_day)]


def _by_day(told: tuple[Stay, date]) -> tuple[object, ...]:
    stay, heard = told
    visitor, shown, day = stay.visitor, stay.date or "", heard.isoformat()
    day = day if day.startswith(shown) else shown
    return day, visitor.country, visitor.name, stay.host_country, stay.evidence


def _take(drafts: list[_Draft], host: str, visitor: Visitor, told: _Dated) -> None:
    fitting = [draft for draft in drafts if draft.fits(visitor, told)]
    if not fitting:
        drafts.append(_Draft(visitor, host))
        fitting = drafts[-1:]
    nearest = min(fitting, key=lambda one: one.distance(told.about)) if fitting[1:] else fitting[0]
    nearest.add(visitor, told)


def _during(drafts: Sequence[_Draft], meeting: VisitReport) -> _Draft | None:
    """Return the stay during which talks without a place are held: they are evidence of it."""
    visitors = meeting.visit.visitors
    sides, ranks = {one.country for one in visitors}, {one.rank for one in visitors}
    day = _about(meeting, whole_day(meeting.visit.date))
    for draft in drafts:
        if draft.visitor.country in sides and draft.host in sides and draft.visitor.rank in ranks:
            near, _ = draft.distance(day)
            if near <= 2:
                return draft
    return None


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


def _same_days(one: _Dated, other: _Dated) -> bool:
    a, b = one.report.visit, other.report.visit
    if one.first and other.first:
        first, last = one.first, one.last or one.first
        begin, end = other.first, other.last or other.first
        return first - APART <= end and begin - APART <= last
    if a.phase is Phase.PLANNED or b.phase is Phase.PLANNED:
        first_told, second = (one, other) if one.report.at <= other.report.at else (other, one)
        told, later = first_told.report.visit.date or "", second.report.visit.date or ""
        if told and later:
            return told.startswith(later) or later.startswith(told)
        if len(told or later) == len("2026-01"):
            return second.about - first_told.about <= AHEAD
        return second.report.at - first_told.report.at <= AHEAD
    if Phase.CANCELLED in (a.phase, b.phase):
        return abs(one.report.at - other.report.at) <= AHEAD
    return abs(one.about - other.about) <= 2 * APART


def _about(report: VisitReport, first: date | None) -> date:
    """Return the day that a report is about, as well as it is known; `first` is its whole day."""
    if first:
        return first
    told, day = report.visit.date, _day_of(report)
    if told is None:
        return day
    year, month = int(told[:4]), int(told[5:7]) if len(told) == 7 else day.month
    return day if (year, month) == (day.year, day.month) else date(year, month, 15)


def _day_of(report: VisitReport) -> date:
    return report.at.date()


# What the reports say together


def _told(draft: _Draft, meetings: Sequence[VisitReport]) -> Stay:
    """Return what the reports and the talks during the stay say. Without talks it is kept."""
    if meetings:
        return _stay(draft, meetings)
    if draft.stay is None:
        draft.stay = _stay(draft, ())
    return draft.stay


def _stay(draft: _Draft, meetings: Sequence[VisitReport]) -> Stay:
    told: Sequence[VisitReport] = draft.reports
    reports = (*told, *meetings)
    first, last = _days([r.visit for r in told])
    told = [_within_days(r, whole_day(first), whole_day(last)) for r in told]
    visits = [r.visit for r in told]
    items = dict.fromkeys(r.item for r in sorted(reports, key=lambda r: (r.at, r.item)))
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
        stories=len({r.story or r.item for r in reports}),
        sources=len({r.source for r in reports}),
        history=history,
        last_report=max(r.at for r in reports),
        official=any(r.official for r in reports),
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
    if phase is report.visit.phase:
        return report
    return replace(report, visit=replace(report.visit, phase=phase))


def _days(visits: Sequence[Visit]) -> tuple[str | None, str | None]:
    """Return first and last day: those of most reports that tell both, or else the earliest.

    Days of a month that few plans name belong to something else, such as the talks that prepare it.
    """
    named = Counter(v.date[:7] for v in visits if v.date and v.phase is Phase.PLANNED)
    most = max(named.values(), default=0)
    visits = [v for v in visits if not v.date or named.get(v.date[:7], most) >= most / 2]
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
    afterwards, and as long as no more publishers tell of the plan again than said so.
    """
    turns: list[Turn] = []
    phase, day, level, sites = None, "", Level.UNSPECIFIED, set[str]()
    denied, renewed = set[str](), set[str]()  # publishers
    for report in reports:
        visit = report.visit
        news: list[tuple[Literal["first", "phase", "date", "venue", "level"], str]] = []
        if visit.phase is Phase.CANCELLED:
            denied.add(report.source)
            renewed.clear()
        elif visit.phase is Phase.PLANNED:
            renewed.add(report.source)
        is_on_again = phase is Phase.CANCELLED and len(renewed) > max(1, len(denied))
        if phase is None or is_on_again or _moves(phase, visit.phase):
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


_GRACE = timedelta(days=2)  # time for reports that it took place
_CLOSE = 14  # days between two hosts, for their order to mean something
# Whom a country's new leader is expected to visit first.
ALLIES = {**dict.fromkeys(("KR", "JP", "PH", "AU", "GB", "CA", "TW"), "US"), "KP": "CN", "BY": "RU"}


@frozen
class Claim:
    """One sentence without full stop; `since` is the first day of the data behind it."""

    kind: str  # first, before-ally, order, outside-capital, level
    text: str
    evidence: tuple[str, ...]
    since: date


@frozen
class Stop:
    """A stay in a sequence; `gap` is the number of days since the last one ended.

    `lapsed`: it was planned for days that are over, and nobody has reported that it took place.
    """

    stay: Stay
    gap: int | None
    lapsed: bool = False


def stops_of(
    stays: Sequence[Stay], country: str, actor: str = "", until: date | None = None
) -> list[Stop]:
    """Return the journeys of a country's leaders (or one person), without cancelled ones.

    `until` is the last day of the data.
    """
    own = [
        stay
        for stay in stays
        if stay.visitor.country == country
        and (stay.visitor.actor == actor if actor else stay.visitor.rank is Rank.LEADER)
        and stay.phase is not Phase.CANCELLED
        and whole_day(stay.date) is not None
    ]
    own.sort(key=_by_days)
    stops: list[Stop] = []
    last: Stay | None = None
    for stay in own:
        end = whole_day(stay.until or stay.date)
        lapsed = stay.phase is Phase.PLANNED and bool(until and end and end + _GRACE < until)
        gap = _gap(last, stay) if last and not lapsed else None
        stops.append(Stop(stay=stay, gap=gap, lapsed=lapsed))
        last = last if lapsed else stay
    return stops


def _by_days(stay: Stay) -> tuple[str, str, float, str]:
    """Sort by first day; on equal days, by the earlier end, then by the earlier report."""
    heard = stay.history[0].at.timestamp() if stay.history else 0.0
    return stay.date or "", stay.until or stay.date or "", heard, stay.host_country


def claims_of(
    stops: Sequence[Stop], actors: Mapping[str, Actor], names: Mapping[str, str], since: date
) -> list[Claim]:
    """Return claims in the order of the stops, without lapsed stops.

    `names` are names of countries by code, `since` is the first day of the data.
    """
    held = [stop.stay for stop in stops if not stop.lapsed]
    teller = _Teller(held, actors, names, since)
    return [claim for index in range(len(held)) for claim in teller.about(index)]


@dataclass(frozen=True)
class _Teller:
    _stays: Sequence[Stay]
    _actors: Mapping[str, Actor]
    _names: Mapping[str, str]
    _since: date

    def about(self, index: int) -> Iterator[Claim]:
        yield from self._first(index)
        yield from self._before_ally(index)
        yield from self._order(index)
        yield from self._outside_capital(index)
        yield from self._level(index)

    def _claim(self, kind: str, text: str, *stays: Stay) -> Claim:
        evidence = tuple(dict.fromkeys(item for stay in stays for item in stay.evidence[:3]))
        return Claim(kind=kind, text=text, evidence=evidence, since=self._since)

    def _first(self, index: int) -> Iterator[Claim]:
        """First journey of a new office holder, if the data reach back to his first day."""
        stay = self._stays[index]
        began = self._in_office_since(stay)
        earlier = [s for s in self._stays[:index] if s.visitor.actor == stay.visitor.actor]
        known = f"in {self._data()}; in office since {began}"
        if began and began >= self._since and stay.visitor.actor:
            if not earlier:
                yield self._claim(
                    "first",
                    f"first journey abroad of {stay.visitor.name} {known}",
                    stay,
                )
            elif stay.level is not Level.SIDELINES and all(
                s.host_country != stay.host_country for s in earlier
            ):
                host = self._name(stay.host_country)
                text = f"first visit of {stay.visitor.name} to {host} {known}"
                yield self._claim("first", text, stay)

    def _before_ally(self, index: int) -> Iterator[Claim]:
        """A visit before the one to the ally, if the whole time in office is in the data."""
        stay = self._stays[index]
        ally = ALLIES.get(stay.visitor.country)
        began = self._in_office_since(stay)
        if ally is None or stay.host_country == ally or not began or began < self._since:
            return
        own = [s for s in self._stays if s.visitor.actor == stay.visitor.actor]
        if own[0] is stay and stay.level is not Level.SIDELINES:
            yield self._claim(
                "before-ally",
                f"{self._where(stay)} before the ally: no earlier visit to {self._name(ally)}"
                f" in {self._data()}",
                stay,
            )

    def _order(self, index: int) -> Iterator[Claim]:
        """Two hosts within a fortnight: who came first, and whether it was the reverse before."""
        if index == 0:
            return
        last, stay = self._stays[index - 1], self._stays[index]
        gap = _gap(last, stay)
        if last.host_country == stay.host_country or gap is None or gap > _CLOSE:
            return
        if Level.SIDELINES in (last.level, stay.level):
            return  # the days of a gathering are nobody's choice
        text = f"{self._where(last)} before {self._where(stay)}, {_in_days(gap)}"
        reverse = self._reverse(index, last.host_country, stay.host_country)
        if reverse is not None:
            text += f"; on {reverse.date} {self._name(reverse.host_country)} came first"
        yield self._claim("order", text, last, stay)

    def _reverse(self, index: int, first: str, second: str) -> Stay | None:
        """Return the last time that `second` was visited shortly before `first`."""
        earlier = self._stays[: index - 1]
        for one, other in zip(reversed(earlier[:-1]), reversed(earlier[1:]), strict=True):
            gap = _gap(one, other)
            if (one.host_country, other.host_country) == (second, first) and gap is not None:
                return one if gap <= _CLOSE else None
        return None

    def _outside_capital(self, index: int) -> Iterator[Claim]:
        stay = self._stays[index]
        country = self._actors.get(stay.host_country)
        capital = country.capital if country else ""
        places = [site for site in stay.sites if site != capital]
        if not places or capital in stay.sites or stay.level is Level.SIDELINES:
            return
        if stay.host_country == "US" or not capital:
            return  # the White House is both a venue and in the capital
        text = f"in {places[0]}, not in the capital {capital}"
        earlier = [
            s for s in self._stays[:index] if s.host_country == stay.host_country and s.sites
        ]
        if earlier and all(capital in s.sites for s in earlier):
            times = "time" if len(earlier) == 1 else f"{len(earlier)} times"
            text += f"; the {times} before it was the capital"
        meaning = meaning_of(places[0], self._actors)
        if meaning:
            text += f"; {places[0]}: {meaning}"
        yield self._claim("outside-capital", text, stay)

    def _level(self, index: int) -> Iterator[Claim]:
        stay = self._stays[index]
        told = (Level.UNSPECIFIED, Level.SIDELINES)
        earlier = [
            s
            for s in self._stays[:index]
            if s.host_country == stay.host_country and s.level not in told
        ]
        if stay.level in told or not earlier or stay.level.height <= earlier[-1].level.height:
            return
        last = earlier[-1]
        text = f"a {stay.level} visit to {self._name(stay.host_country)}"
        article = "an" if last.level[0] in "aeiou" else "a"
        text += f"; the last, on {last.date}, was {article} {last.level} one"
        yield self._claim("level", text, last, stay)

    def _in_office_since(self, stay: Stay) -> date | None:
        actor = self._actors.get(stay.visitor.actor)
        day = whole_day(stay.date)
        if actor is None or day is None:
            return None
        since = [t.since for t in actor.tenures if t.since and t.since <= day]
        return max(since) if since else None

    def _data(self) -> str:
        return f"these data, which begin {self._since}"

    def _where(self, stay: Stay) -> str:
        return stay.sites[0] if stay.sites else self._name(stay.host_country)

    def _name(self, country: str) -> str:
        return self._names.get(country, country)


def meaning_of(site: str, actors: Mapping[str, Actor]) -> str:
    """Return what the choice of a venue says, "" if the gazetteer says nothing."""
    for actor in actors.values():
        if actor.kind == "venue" and actor.name == site:
            return actor.meaning
    return ""


def _gap(one: Stay, other: Stay) -> int | None:
    end, begin = whole_day(one.until or one.date), whole_day(other.date)
    return max(0, (begin - end).days) if end and begin else None


def _in_days(count: int) -> str:
    return "on the same day" if count == 0 else f"{count} day{'' if count == 1 else 's'} apart"
