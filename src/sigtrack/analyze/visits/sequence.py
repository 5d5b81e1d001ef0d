"""Finds what is unusual about the order, the places and the level of somebody's visits.

Every claim names its items and the first day of the data: an archive that begins in June cannot
tell whether something is the first time since May.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sigtrack.model import Actor, Level, Phase, Rank, Stay, whole_day

_GRACE = timedelta(days=2)  # time for reports that it took place
_CLOSE = 14  # days between two hosts, for their order to mean something
# Whom a country's new leader is expected to visit first.
ALLIES = {**dict.fromkeys(("KR", "JP", "PH", "AU", "GB", "CA", "TW"), "US"), "KP": "CN", "BY": "RU"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence without full stop; `since` is the first day of the data behind it."""

    kind: str  # first, before-ally, order, outside-capital, level
    text: str
    evidence: tuple[str, ...]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
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
    held = [stop for stop in stops if not stop.lapsed]
    teller = _Teller(held, actors, names, since)
    return [claim for index in range(len(held)) for claim in teller.about(index)]


class _Teller:
    def __init__(
        self,
        stops: Sequence[Stop],
        actors: Mapping[str, Actor],
        names: Mapping[str, str],
        since: date,
    ) -> None:
        self._stays = [stop.stay for stop in stops]
        self._actors = actors
        self._names = names
        self._since = since

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
        text = f"{self._where(last)} before {self._where(stay)}, {_days(gap)}"
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


def _days(count: int) -> str:
    return "on the same day" if count == 0 else f"{count} day{'' if count == 1 else 's'} apart"
