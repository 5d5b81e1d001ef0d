"""Joins the reports of one visit into one stay, with its history.

A report belongs to a stay if visitor and host are the same and their days can be the same: full
days at most `APART` apart, a month that holds the day, a plan without a day within `AHEAD` of the
stay. Reports are taken in the order in which they appeared, so the history is what a reader could
have known: announced, date known, begun, over. A phase never goes back, and a cancelled visit stays
cancelled until more publishers tell of the plan again than said that it was called off.

Pure: knows no store, and the clock is an argument. The same reports give the same stays in any
order.

What is unusual about the order, the places and the level of somebody's stays is told as claims.
Every claim names its items and the first day of the data: an archive that begins in June cannot
tell whether something is the first time since May.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise, permutations
from typing import Literal, NamedTuple

from sigtrack.frozen import frozen
from sigtrack.model import Actor, Level, Phase, Rank, Stay, Turn, Visit, Visitor, whole_day

APART = timedelta(days=6)
AHEAD = timedelta(days=150)
_REACH = timedelta(days=366)  # limit of all rules: of a plan, perhaps only the year is known
LASTS = timedelta(days=7)  # the longest time that a visit goes on without another report
_BEGUN = (Phase.ONGOING, Phase.DONE)
CLOCKS = timedelta(days=1)
_BESIDE = timedelta(days=45)  # a month that is told for a stay of known days
_DURING = 2  # days between a stay and talks that are evidence of it
_NEXT = {
    Phase.PLANNED: (Phase.ONGOING, Phase.DONE, Phase.CANCELLED),
    Phase.CANCELLED: (Phase.ONGOING, Phase.DONE),
    Phase.ONGOING: (Phase.DONE,),
    Phase.DONE: (),
}


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
    told, heard = report.visit.date, report.at.date()
    first, last = whole_day(told), whole_day(report.visit.until)
    about = first or heard
    if told and not first and not heard.isoformat().startswith(told):
        about = date(int(told[:4]), int(told[5:7] or heard.month), 15)
    return _Dated(report, heard, about, first, last)


@dataclass(slots=True)
class _Draft:
    """A stay while its reports come in.

    A summit is reported a thousand times, so a new report is compared with only one of each kind:
    reports of one day with the same days and phase.
    """

    visitor: Visitor
    host: str
    reports: list[VisitReport] = field(default_factory=list)
    talks: list[VisitReport] = field(default_factory=list)
    kinds: dict[object, _Dated] = field(default_factory=dict)
    held: list[_Dated] = field(default_factory=list)  # those of days on which he was there
    heard: date = date.min  # the day of the last report
    last: date = date.min  # the last day that is told

    def fits(self, visitor: Visitor, told: _Dated) -> bool:
        """Whether a report fits; a stay long past fits none."""
        if told.heard - self.heard > _REACH < told.about - self.last:
            return False
        is_his = _same_person(self.visitor, visitor)
        return is_his and any(_same_days(one, told) for one in self.binding(told))

    def binding(self, told: _Dated) -> Iterator[_Dated]:
        """Yield the reports with which another is compared, the latest first.

        If he was there on days that are told, a plan without a day does not bind other days to
        them: neither those of a second visit, nor a month that is told long before or afterwards.
        """
        near = any(abs(one.about - told.about) <= _BESIDE for one in self.held)
        bound = self.held and told.report.visit.date
        for one in reversed(self.kinds.values()):
            if not bound or one.first or (not told.first and (near or one.report.visit.date)):
                yield one

    def distance(self, told: _Dated) -> tuple[int, bool]:
        """Return the days to the nearest of its reports; stays with a known day come first."""
        kinds = self.kinds.values()
        near = min((abs((one.about - told.about).days) for one in kinds), default=0)
        return near, all(one.first is None for one in kinds)

    def add(self, visitor: Visitor, told: _Dated) -> None:
        visit = told.report.visit
        self.reports.append(told.report)
        kind = (visit.date, visit.until, visit.phase, told.heard)
        if told.first and visit.phase in _BEGUN and kind not in self.kinds:
            self.held.append(told)
        self.kinds.setdefault(kind, told)
        self.heard, self.last = told.heard, max(self.last, told.about, told.last or date.min)
        if visitor.actor and not self.visitor.actor:
            self.visitor = visitor


def merge(reports: Iterable[VisitReport], of: Collection[str] | None = None) -> list[Stay]:
    """Return the timeline by day shown and visitor; `of`: only stays that rest on these items.

    If only a month or nothing is told, the day of the first report counts if it can be the day;
    otherwise a month comes before its days.
    """
    drafts: dict[tuple[str, str], list[_Draft]] = {}
    talks: list[_Dated] = []
    ordered = sorted(reports, key=lambda r: (r.at, r.item, r.visit.host_country or ""))
    for told in map(_dated, without_guesses(ordered)):
        host = told.report.visit.host_country
        if host is None:
            talks.append(told)
            continue
        for visitor in _one_a_country(told.report.visit.visitors):
            same_pair = drafts.setdefault((visitor.country, host), [])
            fitting = [draft for draft in same_pair if draft.fits(visitor, told)]
            if not fitting:
                fitting.append(_Draft(visitor, host))
                same_pair += fitting
            nearest = min(fitting, key=partial(_Draft.distance, told=told))
            nearest.add(visitor, told)
    for told in talks:
        _add_talks(drafts, told)
    found = [draft for some in drafts.values() for draft in some]
    if of is not None:
        found = [one for one in found if any(r.item in of for r in (*one.reports, *one.talks))]
    return sorted(map(_stay, found), key=_by_day)


def without_guesses(reports: Sequence[VisitReport]) -> list[VisitReport]:
    """Leave out guests of somebody who was taken to be at home when a leader there was abroad."""
    away = {
        (visitor.country, report.at.date() + clocks)
        for report in reports
        if report.visit.phase in _BEGUN and report.visit.host_country
        if not report.visit.is_guess
        for visitor in report.visit.visitors
        if visitor.rank is Rank.LEADER
        for clocks in (-CLOCKS, timedelta(0), CLOCKS)
    }
    hosts = ((r, (r.visit.host_country, r.at.date())) for r in reports)
    return [report for report, host in hosts if not (report.visit.is_guess and host in away)]


def _by_day(stay: Stay) -> tuple[object, ...]:
    """On equal days, visitors stand in order, and a stay that ends earlier comes first."""
    visitor, shown, heard = stay.visitor, stay.date or "", stay.history[0].at
    day = heard.date().isoformat()
    day = day if day.startswith(shown) else shown
    return day, visitor.country, visitor.name, stay.until or day, heard, stay.host_country


def _add_talks(drafts: Mapping[tuple[str, str], Sequence[_Draft]], told: _Dated) -> None:
    """Add talks without a place to the stay during which they are held, as evidence of it."""
    sides = told.report.visit.visitors
    ranks = {one.rank for one in sides}
    for pair in permutations(dict.fromkeys(one.country for one in sides), 2):
        for draft in drafts.get(pair, ()):
            if draft.visitor.rank in ranks and draft.distance(told)[0] <= _DURING:
                draft.talks.append(told.report)
                return


def _one_a_country(visitors: Iterable[Visitor]) -> list[Visitor]:
    """Return whom each delegation names first, or by name after his office."""
    heads: dict[str, Visitor] = {}
    for visitor in visitors:
        head = heads.setdefault(visitor.country, visitor)
        if visitor.actor and not head.actor and visitor.rank == head.rank:
            heads[visitor.country] = visitor
    return list(heads.values())


def _same_person(one: Visitor, other: Visitor) -> bool:
    """Whether the names are the same, or the ranks if one of them is told only by office."""
    return one.actor == other.actor if one.actor and other.actor else one.rank == other.rank


def _same_days(one: _Dated, other: _Dated) -> bool:
    if one.first and other.first:
        first, last = one.first, one.last or one.first
        begin, end = other.first, other.last or other.first
        return first - APART <= end and begin - APART <= last
    earlier, later = sorted((one, other), key=lambda told: told.report.at)
    phases = {one.report.visit.phase, other.report.visit.phase}
    if Phase.PLANNED in phases:
        days = [told.report.visit.date or "" for told in (earlier, later)]
        if all(days):
            return days[0].startswith(days[1]) or days[1].startswith(days[0])
        if len(max(days)) == len("2026-01"):
            return later.about - earlier.about <= AHEAD
    if phases & {Phase.PLANNED, Phase.CANCELLED}:
        return later.report.at - earlier.report.at <= AHEAD
    return abs(one.about - other.about) <= 2 * APART


# What the reports say together


def _stay(draft: _Draft) -> Stay:
    """Return what its reports and the talks during it say."""
    every = [*draft.reports, *draft.talks]
    first, last = _days([r.visit for r in _of_this_time(draft.reports)])
    told = [_within_days(r, whole_day(first), whole_day(last)) for r in draft.reports]
    history = _history(told)
    phases = [turn.value for turn in history if turn.kind in ("first", "phase")]
    return Stay(
        visitor=draft.visitor,
        host_country=draft.host,
        phase=Phase(phases[-1]),
        sites=_sites(told),
        date=first,
        until=last,
        level=_level([r.visit for r in told]),
        evidence=tuple(dict.fromkeys(r.item for r in sorted(every, key=lambda r: (r.at, r.item)))),
        stories=len({r.story or r.item for r in every}),
        sources=len({r.source for r in every}),
        history=history,
        last_report=max(r.at for r in every),
        official=any(r.official for r in every),
    )


def _of_this_time(reports: Sequence[VisitReport]) -> Sequence[VisitReport]:
    """Leave out the reports of a plan that was called off before he went after all."""
    off = [n for n, r in enumerate(reports) if r.visit.phase is Phase.CANCELLED]
    later = reports[off[-1] + 1 :] if off else reports
    return later if any(r.visit.phase in _BEGUN for r in later) else reports


def _within_days(report: VisitReport, first: date | None, last: date | None) -> VisitReport:
    """Limit the phase of a report by the days of the stay; other clocks may be a day off."""
    visit, heard = report.visit, report.at.date()
    phase = visit.phase
    if first and whole_day(visit.date) != first and heard < first - CLOCKS and phase in _BEGUN:
        phase = Phase.PLANNED
    elif last and heard > last + CLOCKS and phase is Phase.ONGOING:
        phase = Phase.DONE
    return replace(report, visit=replace(visit, phase=phase))


def _days(visits: Sequence[Visit]) -> tuple[str | None, str | None]:
    """Return first and last day: those of most reports that tell both, or else the earliest.

    Days of a month that few plans name belong to something else, such as the talks that prepare it.
    One report among many does not tell the first day.
    """
    named = Counter(v.date[:7] for v in visits if v.date and v.phase is Phase.PLANNED)
    most = max(named.values(), default=0)
    told = [v for v in visits if v.date and named.get(v.date[:7], most) >= most / 2]
    spans = Counter((v.date, v.until) for v in told if v.until)
    if spans:
        return min(spans, key=lambda span: (-spans[span], span[0] or ""))
    longest = max((len(v.date or "") for v in told), default=0)
    days = Counter(v.date for v in told if len(v.date or "") == longest)
    most = max(days.values(), default=0)
    if longest < len("2026-01-13"):
        return next((day for day in days if days[day] == most), None), None
    return min(day for day in days if day and days[day] >= max(most / 2, min(most, 2))), None


def _sites(reports: Sequence[VisitReport]) -> tuple[str, ...]:
    """Return towns by their days, or else by when they were told; plans come last."""
    ranked = sorted(
        (r.visit.phase is Phase.PLANNED, whole_day(r.visit.date) or r.at.date(), number)
        for number, r in enumerate(reports)
    )
    sites = (reports[number].visit.site for *_, number in ranked)
    return tuple(dict.fromkeys(filter(None, sites)))


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
    denied, renewed, begun = set[str](), set[str](), set[str]()  # publishers
    for report in reports:
        visit = report.visit
        news: list[tuple[Literal["first", "phase", "date", "venue", "level"], str]] = []
        if visit.phase is Phase.CANCELLED:
            denied.add(report.source)
            renewed.clear()
        elif visit.phase is Phase.PLANNED:
            renewed.add(report.source)
        else:
            begun |= {report.source} if not whole_day(visit.date) else {report.source, ""}
        is_on_again = phase is Phase.CANCELLED and len(renewed) > max(1, len(denied))
        # What no day bears out had not begun if as many say that it was called off.
        is_off = phase is Phase.ONGOING and visit.phase is Phase.CANCELLED
        is_off = is_off and "" not in begun and len(begun) <= len(denied)
        if phase is None or is_on_again or is_off or visit.phase in _NEXT[phase]:
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


# At some moment


def settled(stays: Iterable[Stay], now: datetime) -> list[Stay]:
    """Return the same stays, in the same order, as they are at `now`.

    A stay under way is over (done) if its last day is more than `LASTS` before the day of `now` (in
    UTC, the same for every reader); if no last day is told, the first day or that of the last
    report counts, whichever is later. A plan whose days are as long past has lapsed and stays a
    plan, because nobody says that he went. Without a day it lapses after `AHEAD`.
    """
    return [_settled(stay, now.astimezone(UTC).date() - LASTS) for stay in stays]


def _settled(stay: Stay, over: date) -> Stay:
    heard = stay.last_report.date() if stay.last_report else None
    if stay.phase is Phase.PLANNED:
        told = stay.until or stay.date or (f"{heard + AHEAD}" if heard else None)
        past = told is not None and told < over.isoformat()[: len(told)]
        return replace(stay, lapsed=True) if past else stay
    days = [day for day in (whole_day(stay.date), heard) if day]
    end = whole_day(stay.until) or max(days, default=over)
    return replace(stay, phase=Phase.DONE) if stay.phase is Phase.ONGOING and end < over else stay


# What is unusual

_CLOSE = 14  # days between two hosts, for their order to mean something
_NO_LEVEL = (Level.UNSPECIFIED, Level.SIDELINES)
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
    """A stay in a sequence; `gap` is the number of days since the last one ended."""

    stay: Stay
    gap: int | None


def stops_of(stays: Sequence[Stay], country: str, actor: str = "") -> list[Stop]:
    """Return the journeys of a country's leaders (or one person) in the order of the stays, without
    cancelled ones and those whose days are not known. A lapsed one has no gap, and begins none."""
    stops: list[Stop] = []
    last: Stay | None = None
    for stay in stays:
        visitor = stay.visitor
        own = visitor.actor == actor if actor else visitor.rank is Rank.LEADER
        if visitor.country != country or not own or not whole_day(stay.date):
            continue
        if stay.phase is not Phase.CANCELLED:
            gap = _gap(last, stay) if last and not stay.lapsed else None
            stops.append(Stop(stay=stay, gap=gap))
            last = last if stay.lapsed else stay
    return stops


def claims_of(
    stops: Sequence[Stop], actors: Mapping[str, Actor], names: Mapping[str, str], since: date
) -> list[Claim]:
    """Return claims in the order of the stops, without lapsed stops.

    `names` are names of countries by code, `since` is the first day of the data.
    """
    held = [stop.stay for stop in stops if not stop.stay.lapsed]
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
        yield from self._order(index)
        yield from self._outside_capital(index)
        yield from self._level(index)

    def _claim(self, kind: str, text: str, *stays: Stay) -> Claim:
        evidence = tuple(dict.fromkeys(item for stay in stays for item in stay.evidence[:3]))
        return Claim(kind=kind, text=text, evidence=evidence, since=self._since)

    def _first(self, index: int) -> Iterator[Claim]:
        """First journeys of a new office holder, if the data reach back to his first day."""
        stay = self._stays[index]
        visitor, host = stay.visitor, stay.host_country
        began = self._in_office_since(stay)
        if began is None or began < self._since:
            return
        earlier = [s.host_country for s in self._stays[:index] if s.visitor.actor == visitor.actor]
        data = f"in these data, which begin {self._since}"
        known = f"{data}; in office since {began}"
        beside = stay.level is Level.SIDELINES
        if not earlier:
            yield self._claim("first", f"first journey abroad of {visitor.name} {known}", stay)
            ally = ALLIES.get(visitor.country)
            if ally and host != ally and not beside:
                text = f"before the ally: no earlier visit to {self._name(ally)} {data}"
                yield self._claim("before-ally", f"{self._where(stay)} {text}", stay)
        elif host not in earlier and not beside:
            text = f"first visit of {visitor.name} to {self._name(host)} {known}"
            yield self._claim("first", text, stay)

    def _order(self, index: int) -> Iterator[Claim]:
        """Two hosts within a fortnight: who came first, and whether it was the reverse before."""
        if index == 0:
            return
        last, stay = self._stays[index - 1], self._stays[index]
        hosts, gap = (last.host_country, stay.host_country), _gap(last, stay)
        # The days of a gathering are nobody's choice.
        if hosts[0] == hosts[1] or gap > _CLOSE or Level.SIDELINES in (last.level, stay.level):
            return
        apart = f"{gap} day{'' if gap == 1 else 's'} apart" if gap else "on the same day"
        text = f"{self._where(last)} before {self._where(stay)}, {apart}"
        reverse = [
            one
            for one, other in pairwise(self._stays[: index - 1])
            if (other.host_country, one.host_country) == hosts and _gap(one, other) <= _CLOSE
        ]
        if reverse:
            text += f"; on {reverse[-1].date} {self._name(hosts[1])} came first"
        yield self._claim("order", text, last, stay)

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
        earlier = (
            s
            for s in reversed(self._stays[:index])
            if s.host_country == stay.host_country and s.level not in _NO_LEVEL
        )
        last = next(earlier, None)
        if stay.level in _NO_LEVEL or not last or stay.level.height <= last.level.height:
            return
        article = "an" if last.level[0] in "aeiou" else "a"
        text = f"a {stay.level} visit to {self._name(stay.host_country)}"
        text += f"; the last, on {last.date}, was {article} {last.level} one"
        yield self._claim("level", text, last, stay)

    def _in_office_since(self, stay: Stay) -> date | None:
        actor, day = self._actors.get(stay.visitor.actor), stay.date or ""
        began = [tenure.since for tenure in actor.tenures if tenure.since] if actor else []
        return max((since for since in began if since.isoformat() <= day), default=None)

    def _where(self, stay: Stay) -> str:
        return stay.sites[0] if stay.sites else self._name(stay.host_country)

    def _name(self, country: str) -> str:
        return self._names.get(country, country)


def meaning_of(site: str, actors: Mapping[str, Actor]) -> str:
    """Return what the choice of a venue says, "" if the gazetteer says nothing."""
    venues = (actor for actor in actors.values() if actor.kind == "venue")
    return next((venue.meaning for venue in venues if venue.name == site), "")


def _gap(one: Stay, other: Stay) -> int:
    """Return the days between two stays, of both of which the day is known."""
    end, begin = (date.fromisoformat(day or "") for day in (one.until or one.date, other.date))
    return max(0, (begin - end).days)
