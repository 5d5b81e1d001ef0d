"""The visits that one item tells.

`page` lays the item open, `choice` finds the event that is its visit, and here it becomes a value:
who, where, when, how far it has come, and the words that say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.choice import Told, chosen
from sigtrack.analyze.visits.dates import When, dates_in
from sigtrack.analyze.visits.page import Line, Page, page_of
from sigtrack.analyze.visits.people import Agent
from sigtrack.analyze.visits.phases import level_of, phase_of
from sigtrack.analyze.visits.sentence import Event, Spot
from sigtrack.analyze.visits.vocabulary import build
from sigtrack.lexicon import LANGUAGES, shipped_lexicon
from sigtrack.lexicon import Lexicon as Words
from sigtrack.model import Actor, Item, Phase, Rank, Span, Visit, Visitor

_IN_THE_UNION = frozenset("BE FR DE NL LU DK ES IT PL CZ AT SE FI HU CY IE".split())  # noqa: SIM905
_PARTICLE_KO = re.compile(clues.written("particle", "ko"))
_DEPARTURE = {lang: re.compile(clues.written("departure", lang)) for lang in LANGUAGES}
_FIELDS = ("title", "summary", "text")
_FIRST = 2  # sentences of a body that are about the title
_YEAR = 300  # days
_NO_DAY = date(1900, 1, 1)


class VisitReader:
    """Reads items with one gazetteer and the words of a lexicon, by default the shipped one;
    build it once, it takes 0.1 s."""

    def __init__(self, actors: Mapping[str, Actor], words: Words | None = None) -> None:
        self._lexicon = build(actors, words or shipped_lexicon())

    def main_visit(self, item: Item) -> Visit | None:
        """The visit that the item is about, if it tells where it takes place."""
        return next((v for v in self.visits(item) if v.host_country), None)

    def visits(self, item: Item) -> tuple[Visit, ...]:
        """The main visit first, then further stops and visits of the title."""
        page = page_of(item, self._lexicon)
        found = chosen(page) if page.lines else []
        visits = [visit for told in found for visit in _made(told, page)]
        if len(visits) > 1:
            named = _named_in(page.title) if found[0].line not in page.title else set()
            visits.sort(key=lambda v: (v.phase is Phase.CANCELLED, v.host_country not in named))
        return tuple(dict.fromkeys(visits))


def _named_in(lines: Sequence[Line]) -> set[str]:
    return {
        named.country
        for line in lines
        for named in (*line.sentence.agents, *line.sentence.spots)
    }


def _made(told: Told, page: Page) -> Iterator[Visit]:
    """The visit, and one for each further stop (only whose month is known)."""
    event = told.event
    phase, when = _when(told, page)
    level = level_of(told, page)
    for number, spot in enumerate((event.spot, *event.more)):
        host = event.host if number == 0 else (spot.country if spot else None)
        people = [visitor for visitor in event.visitors if visitor.country != host]
        if not people:
            continue
        host = _country_within(host, page)
        line, place = _place(told.line, spot, host, page)
        visitors = tuple(dict.fromkeys(map(_visitor, people)))
        first = when.first if when else None
        yield Visit(
            visitors=visitors,
            host_country=host,
            phase=Phase.PLANNED if number and phase is Phase.ONGOING else phase,
            place=_written(line, place, page.lang) if place else None,
            site=place.site if place else "",
            date=first if number == 0 or first is None else first[:7],
            until=when.last if when and number == 0 else None,
            level=level,
            rank=min((visitor.rank for visitor in visitors), key=list(Rank).index),
            spans=_spans(told, people, line, place),
        )


def _written(line: Line, place: Spot, lang: str) -> str:
    """As the publisher wrote it, without the particle or the noun that it was known by (경주서)."""
    words = line.written(place.start, place.end)
    return _PARTICLE_KO.sub("", words) if lang == "ko" and len(words) > 2 else words


def _visitor(agent: Agent) -> Visitor:
    return Visitor(
        country=agent.country, name=agent.name, rank=agent.rank or Rank.ENVOY, actor=agent.actor
    )


# When


def _when(told: Told, page: Page) -> tuple[Phase, When | None]:
    """The phase needs the first day that is told, and the day then fits the phase."""
    today = page.day or _NO_DAY
    lines = [told.line, *(one for one in page.others(told.line) if _is_about(one, told, page))]
    hint = None if clues.DEPARTS.search(told.line.text) else told.event.phase
    known = _dates(lines, page.lang, today, hint)
    ahead = _dates(lines, page.lang, today, Phase.PLANNED)
    phase = phase_of(told, page, _first(known), _first(ahead), today)
    if page.day is None:
        return phase, None
    if phase is not hint:
        known = _dates(lines, page.lang, today, phase)
    day = today.isoformat()
    fits = [[when for when in some if _fits(when, phase, day)] for some in known]
    best = _best(fits, page.lang, told.event)
    if phase is Phase.ONGOING and best and _is_past(best, day):
        phase = Phase.DONE
    if best is None and phase in (Phase.PLANNED, Phase.ONGOING) and _departs(told, page):
        best = When(0, today.isoformat())
    if best is None and phase in (Phase.ONGOING, Phase.DONE):
        best = When(0, f"{today:%Y-%m}")
    return phase, best


def _is_past(when: When, today: str) -> bool:
    """Its last day is over, or the month of which no day is told."""
    end = when.last or when.first
    return end < today[: len(end)] and (when.last is not None or not when.is_day)


def _first(known: Sequence[Sequence[When]]) -> str | None:
    return next((when.first for some in known for when in some), None)


def _best(known: Sequence[Sequence[When]], lang: str, event: Event) -> When | None:
    """The day that stands nearest to the verb; else one of another sentence, and of the same month
    if the verb's own sentence tells a month; else the month."""
    own, others = known[0], [when for some in known[1:] for when in some]
    days = [when for when in own if when.is_day]
    if days and lang != "en":
        before = [when for when in days if when.at <= event.at[0]]
        return max(before, key=_at) if before else days[0]
    month = own[0].first[:7] if own else ""
    days = days or [when for when in others if when.is_day and when.first.startswith(month)]
    return next(iter((*days, *own, *others)), None)


def _at(when: When) -> int:
    return when.at


def _is_about(line: Line, told: Told, page: Page) -> bool:
    """Its days can be those of the visit: no next stop, and not of other places alone."""
    if clues.GOES_ON.search(line.text):
        return False
    if line.field == "title":
        return True
    host = told.event.host
    spots = line.sentence.spots
    if host in {s.country for s in spots} or any(event.host == host for event in line.events):
        return True
    places = {s.country for s in spots if s.is_place or clues.AT_KO.match(line.text, s.end)}
    first = line in page.body[:_FIRST]
    return first and (host in (None, "EU") or not places - _homes(told))


def _homes(told: Told) -> set[str]:
    return {visitor.country for visitor in told.event.visitors}


def _departs(told: Told, page: Page) -> bool:
    """Leaves today, as headlines have it: no day is told with 출국 or "leaves for"."""
    start, end = told.event.at
    return told.event.kind in ("go", "trip") and bool(
        _DEPARTURE[page.lang].search(told.line.text, max(0, start - 8), end + 8)
    )


def _dates(lines: Sequence[Line], lang: str, today: date, phase: Phase | None) -> list[list[When]]:
    """Of each line those that can be meant."""
    return [
        [
            when
            for when in dates_in(line.text, lang, today, phase)
            if not when.is_day or _is_near(when, today)
        ]
        for line in lines
    ]


def _is_near(when: When, today: date) -> bool:
    """A day of another year is what is remembered."""
    return abs((date.fromisoformat(when.first) - today).days) < _YEAR


def _fits(when: When, phase: Phase, day: str) -> bool:
    """No plan is in the past, and nothing done ahead."""
    known = day[: len(when.first)]
    if phase in (Phase.PLANNED, Phase.CANCELLED):
        return when.first >= known
    return when.first <= known


# Where


def _place(line: Line, spot: Spot | None, host: str | None, page: Page) -> tuple[Line, Spot | None]:
    """The place told with the event, else the first of that country in the item."""
    if spot is not None and spot.is_place:
        return line, spot
    found = (
        (one, here)
        for one in page.lines
        for here in one.sentence.spots
        if here.is_place and here.country == host
    )
    return next(found, (line, None))


def _country_within(host: str | None, page: Page) -> str | None:
    """Who visits "Europe" is in a country of it, if the text tells a place."""
    if host != "EU":
        return host
    places = [s.country for line in page.lines for s in line.sentence.spots if s.is_place]
    return next((country for country in places if country in _IN_THE_UNION), host)


def _spans(told: Told, people: Sequence[Agent], line: Line, place: Spot | None) -> tuple[Span, ...]:
    """Verb, visitors and place, as far as they stand in the sentences that told them."""
    spans = {told.line.span(*told.event.at, told.event.kind)}
    for agent in people:
        if any(agent is one for one in told.line.sentence.agents):
            spans.add(told.line.span(agent.start, agent.end, agent.actor or agent.country))
    if place is not None:
        spans.add(line.span(place.start, place.end, place.site))
    # Two people may be one stretch (日米外相): by name, for a set has another order in each run.
    return tuple(sorted(spans, key=lambda s: (_FIELDS.index(s.field), s.start, s.end, s.term)))
