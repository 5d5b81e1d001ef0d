"""Reads the visits that one item tells.

`page` analyses the item. The visit is the first complete event of the title, with further stops in
the same title. Otherwise it is an event of the title completed by the body, or the other way round:
often a headline names the visitor and the summary the place. A visit told only in the body must be
complete there. This module turns the event into a value: who, where, when, how far it has come, and
the words that say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from sigtrack.analyze.visits.dates import When, dates_in
from sigtrack.analyze.visits.events import is_object
from sigtrack.analyze.visits.lexicon import (
    EASTERN,
    HIGH,
    VisitWords,
    Vocabulary,
    build,
    clue,
    one_of,
    words,
)
from sigtrack.analyze.visits.page import AnalysedItem, Line, ToldEvent, page_of
from sigtrack.analyze.visits.people import Agent, is_lower
from sigtrack.analyze.visits.phases import level_of, means_the_title, phase_of
from sigtrack.analyze.visits.sentence import Event, Sentence, Spot, homes_in
from sigtrack.lexicon import Lexicon, shipped_lexicon
from sigtrack.lexicon.finder import ByAho, MakeFinder
from sigtrack.model import Actor, Item, Phase, Rank, Span, Visit, Visitor

_OPENING = 3  # sentences of a text that tell what it is about
_FIRST = 2  # sentences of a body that are about the title
_OPENS = 30  # letters before the subject of an English sentence
_BESIDE = 12  # letters between "somebody's" and his visit
_MOVES = ("go", "trip", "leave")
_HEADS = ("head-of-state", "head-of-government")
_IN_THE_UNION = tuple("BE FR DE NL LU DK ES IT PL CZ AT SE FI HU CY IE".split())  # noqa: SIM905
_JUST_OVER = 3  # days in a new month in which what is over may have been in the last one
_FRESH = 7  # days after which a visit told only in the text is background
_NO_DAY = date(1900, 1, 1)
_SPEAKER_AT_END = re.compile(r": (?:[\w ]+ )?\Z")  # "…: experts say"
# 2019년 6월 오사카에서 열린; "met in Singapore in 2018": these are in the past.
_YEAR_BEFORE = re.compile(
    rf"((?:19|20)\d\d) ?(?:{one_of('year', *EASTERN, section='units')})"
    rf"(?! ?(?:{one_of('since-year')}))[^,;]{{0,40}}\Z"
)
_Told = Sequence[ToldEvent]


class VisitReader:
    """Reads items with one gazetteer and the words of a lexicon, by default the shipped one.

    `vocabulary` is what `build` has made of them, if it was kept; to build it takes 0.1 s.
    """

    def __init__(
        self,
        actors: Mapping[str, Actor],
        lexicon: Lexicon | None = None,
        *,
        vocabulary: Vocabulary | None = None,
        finder: MakeFinder = ByAho,
    ) -> None:
        vocabulary = vocabulary or build(actors, lexicon or shipped_lexicon())
        self._words = VisitWords(vocabulary, finder)

    def visits(self, item: Item) -> tuple[Visit, ...]:
        """Return the main visit first, then further stops and visits of the title."""
        page = page_of(item, self._words)
        found = _chosen(page) if page.lines else []
        visits = [visit for told in found for visit in _made(told, page)]
        if visits:  # first the country that the title names
            by_body = found[0].line not in page.title
            named = {c for one in page.title if by_body for c in one.sentence.countries}
            visits.sort(key=lambda v: (v.phase is Phase.CANCELLED, v.host_country not in named))
        return tuple(dict.fromkeys(visits))


# Which event is the visit


def _chosen(page: AnalysedItem) -> list[ToldEvent]:
    """Return the main event first; empty if the item tells of no visit."""
    every = (ToldEvent(event, line) for line in page.lines for event in line.events)
    told = [t for t in every if not _was_long_ago(t, page) and not _is_private(t, page)]
    title = [one for one in told if one.line in page.title]
    body = [one for one in told if one.line not in page.title and not _is_remembered(one, page)]
    whole = [told for told in title if told.event.is_whole]
    if whole:
        main = _abroad(_by_name(_clearest(whole), body), body)
        elsewhere = (told for told in whole if told.event.host != main.event.host)
        return [main, *(told for told in elsewhere if told.event.kind in (*_MOVES, "stay"))]
    alone = [t for t in body if t.line in page.body[:_OPENING] and _is_told_alone(t, page)]
    is_others = _is_about_others(page, words("unnamed"))
    if is_others and not any(_is_named(told, page) for told in alone):
        alone = []
    joined = _joined(title, body, alone, page)
    if joined is not None:
        return [_by_name(joined, body)]
    if alone:
        return [_clearest([told for told in alone if told.line is alone[0].line])]
    open_ = (told for told in (*title, *body) if not told.event.host)
    many = (t for t in open_ if len({v.country for v in t.event.visitors}) > 1)
    talks = (_received(t, page) for t in many if t.event.kind in ("meet", "attend"))
    return [t for t in talks if t.event.host or t.event.kind == "meet"][:1]


def _was_long_ago(told: ToldEvent, page: AnalysedItem) -> bool:
    """Whether a past year is told with it."""
    line, (start, end), spot = told.line, told.event.at, told.event.spot
    ahead = (_YEAR_BEFORE.search(line.text, 0, at) for at in (start, spot.start if spot else start))
    found = next((year for year in ahead if year), line.sentence.after("year-after", end))
    return found is not None and page.day is not None and int(found[1]) < page.day.year


def _is_private(told: ToldEvent, page: AnalysedItem) -> bool:
    """Whether a former leader travels, and nobody in office there is named who would see him."""
    visitors, host = told.event.visitors, told.event.host
    named = (agent for line in page.lines for agent in line.sentence.agents)
    seen = any(a.travels and not a.former and a.country == host for a in named)
    return bool(visitors) and all(visitor.former for visitor in visitors) and not seen


def _by_name(main: ToldEvent, body: _Told) -> ToldEvent:
    """Replace a government in talks by the person whom the body names for it."""
    event = main.event
    sides = {visitor.country for visitor in event.visitors}
    same = (told.event.visitors for told in body if told.event.host == event.host)
    found = (tuple(v for v in some if v.sure and v.country in sides) for some in same)
    named = any(visitor.sure or visitor.actor for visitor in event.visitors)
    return main if named else main.but(visitors=next(filter(None, found), event.visitors))


def _clearest(whole: _Told) -> ToldEvent:
    """Return the first verb of travel, or else the first event."""
    among = [told for told in whole if not _is_occasion(told)] or whole
    return next((told for told in among if told.event.kind in _MOVES), among[0])


def _is_occasion(told: ToldEvent) -> bool:
    """Whether it only tells the time: 방한 직전, 訪中前に, "days before Trump's visit"."""
    (start, end), sentence = told.event.at, told.line.sentence
    if told.event.kind not in ("trip", "go"):
        return False
    near = max(0, start - len("before ")) if told.event.kind == "go" else 0
    found = sentence.before("soon-after", start, near) or sentence.after("soon-before", end)
    return found is not None


def _is_told_alone(told: ToldEvent, page: AnalysedItem) -> bool:
    """Whether the body tells it completely, not in passing, and of people of the title."""
    title = page.lines[0].sentence
    if not told.event.is_whole or not _stands_alone(told, title) or _is_occasion(told):
        return False
    named = {a.country for a in title.agents if a.travels and a.sure}
    visitors = {visitor.country for visitor in told.event.visitors}
    if named and named.isdisjoint(visitors | {told.event.host}):
        return False
    meant = title.countries | page.body[0].sentence.countries
    aside = title.countries and told.line is not page.body[0] and visitors.isdisjoint(meant)
    return not aside


def _is_remembered(told: ToldEvent, page: AnalysedItem) -> bool:
    """Whether all days in the sentence are well over, so that it is background."""
    if page.day is None:
        return False
    since = (page.day - timedelta(days=_FRESH)).isoformat()
    days = [when.last or when.first for when in dates_in(told.line.text, page.lang, page.day, None)]
    return bool(days) and all(day < since[: len(day)] for day in days)


def _is_named(told: ToldEvent, page: AnalysedItem) -> bool:
    """Whether the visitor comes first in the title."""
    named = (a.actor for a in page.lines[0].sentence.agents if a.travels and a.actor)
    return next(named, None) in [visitor.actor for visitor in told.event.visitors]


def _stands_alone(told: ToldEvent, title: Sentence) -> bool:
    """Whether there are enough people: one name makes a meeting only at the beginning."""
    event, first = told.event, told.event.visitors[0]
    at_place = event.spot is not None and event.spot.is_place
    goes = event.kind in (*_MOVES, "host") or (event.kind == "stay" and at_place)
    if goes or (event.kind == "attend" and not at_place):  # 중국 전승절 행사에 참석
        return any(visitor.sure for visitor in event.visitors)
    if (at_place or told.line.sentence.many) and first.sure and first.start <= 1:
        return True  # Bessent will meet counterparts at a G7 meeting in Canada
    named = [*told.line.sentence.agents, *(title.agents if title.lang == "en" else ())]
    return len({agent.country for agent in (*named, *event.visitors) if agent.travels}) > 1


def _is_about_others(page: AnalysedItem, but: Sequence[str] = ()) -> bool:
    """Whether the title names somebody without rank, such as a team or an ambassador."""
    title = page.lines[0]
    named = (a for a in title.sentence.agents if a.rank is None and not a.country)
    others = [a for a in named if title.text[a.start : a.end].lower() not in but]
    return any(not _SPEAKER_AT_END.search(title.text, 0, a.start) for a in others)


def _received(told: ToldEvent, page: AnalysedItem) -> ToldEvent:
    """Give talks without a place the country of the one to whom the others come.

    That is who sees guests at home (赵乐际会见…), or else the leader whom somebody of lower rank
    sees. Not where a gathering or a place is named, at which both may be guests, or where one of
    them only speaks of the other.
    """
    text, event = told.line.text, told.event
    sides = sorted((v for v in event.visitors if not v.former), key=lambda v: v.start)
    named = (s for line in page.lines for s in (*line.sentence.spots, *line.sentence.many))
    abroad = any(not isinstance(one, Spot) or one.is_place for one in named)
    if not sides or abroad or ":" in text[sides[0].end : sides[-1].start]:
        return told
    host = sides[0] if _is_at_his_desk(told, sides) else None
    # The heads of state and government travel too: see `Visit.is_guess`.
    kind = "receive" if host and host.at_home.endswith(_HEADS) else "host"
    guests = sides
    if host is None:
        leaders = [v for v in sides if v.rank in HIGH]
        leads = [v for v in leaders if not is_lower(text[v.start : v.end])]
        guests = [v for v in sides if v not in leaders]
        host = leads[0] if len(leads) == 1 and len(event.visitors) == 2 else None
    visitors = tuple(v for v in guests if host and v.country != host.country)
    if host is None or not visitors:
        return told
    return told.but(kind=kind, visitors=visitors, host=host.country)


def _abroad(main: ToldEvent, body: _Told) -> ToldEvent:
    """Return the journey on which a host sees guests in their own country: 방일 중 전 총리 접견."""
    if main.event.kind != "host":
        return main
    guests = {visitor.country for visitor in main.event.visitors}
    goes = (t for t in body if t.event.kind in (*_MOVES, "stay") and t.event.host in guests)
    abroad = (t for t in goes if any(v.country == main.event.host for v in t.event.visitors))
    return next(abroad, main)


def _is_at_his_desk(told: ToldEvent, sides: Sequence[Agent]) -> bool:
    """Whether the first sees the others at home; a vice president may see a president abroad.

    Where the guest seldom travels himself (李强会见金正恩), nobody can tell.
    """
    (first, *guests), text = sides, told.line.text
    if any(guest.at_home for guest in guests):
        return False
    heads = words("head-of-state", section="posts")
    abroad = first.at_home.endswith("vice-president") and any(
        text[guest.start : guest.end].endswith(heads) for guest in guests[:1]
    )
    ahead = any(mark.value is Phase.PLANNED for mark in told.line.marks)
    sees = told.line.sentence.between("sees", *told.event.at)
    return bool(first.at_home and sees and not abroad and not ahead)


# Completed by another sentence


def _joined(title: _Told, body: _Told, alone: _Told, page: AnalysedItem) -> ToldEvent | None:
    people = [a for line in page.title for a in line.sentence.agents if a.travels]
    if any(line.sentence.blocked for line in page.title) or (not people and _is_about_others(page)):
        return None
    ahead = [] if alone else body
    ways = (_with_visitor(title, page), _with_place(title, body, page), _by_title(ahead, page))
    return next((told for way in ways for told in way), None)


def _with_visitor(title: _Told, page: AnalysedItem) -> Iterator[ToldEvent]:
    """Yield events whose title tells where; who is told elsewhere or in the next sentence."""
    for told in title:
        event, sentence = told.event, told.line.sentence
        abroad = any(a.travels and a.country != event.host for a in sentence.agents)
        others = event.kind == "meet" and abroad
        if event.kind in ("attend", "say", "leave") or others or _at_home(told):
            continue  # people named beside talks only speak about them
        if event.host and not event.visitors:
            topic = _topic_of(page, event.host)
            gap = told.line.text[event.at[1] : topic.start] if topic else ""
            if page.lang == "zh" and (told.line is not page.lines[0] or (gap and " " not in gap)):
                topic = None  # 抵达古巴,特朗普: another clause
            visitor = topic or _subject_of(page.body, event.host)
            # Nobody of a third country, if the title names who meets.
            named = sentence.countries - {event.host} if event.kind == "meet" else set()
            if visitor is not None and (not named or visitor.country in named):
                yield told.but(visitors=(visitor,))


def _at_home(told: ToldEvent) -> bool:
    """Whether the subject is at home there, or a stranger: Lee arrives in Seoul."""
    ahead = (a for a in told.line.sentence.agents if a.end <= told.event.at[1])
    moves = told.event.kind in ("go", "leave")
    return moves and any(agent.country in ("", told.event.host) for agent in ahead)


def _with_place(title: _Told, body: _Told, page: AnalysedItem) -> Iterator[ToldEvent]:
    """Yield events whose title tells who, and whose body tells where."""
    for told in title:
        event = told.event
        if event.host is not None or not event.visitors:
            continue
        travels = event.kind in ("trip", "go")
        for line in page.body[:1]:
            # A summary may end before its verb: 도쿄에서 첫 …
            spots = [] if travels or line.events else line.sentence.spots
            places = [s for s in spots if s.is_place and line.sentence.after("at", s.end)]
            yield from (told.but(host=spot.country) for spot in places)
        for other in body:
            visitors = _who_of_both(event, other)
            if not visitors or _is_another(told, other):
                continue
            if travels:
                yield told.but(host=other.event.host, visitors=visitors, more=other.event.more)
            else:
                yield other.but(visitors=visitors)


def _is_another(told: ToldEvent, other: ToldEvent) -> bool:
    """Whether the body tells of something else than the title, and so not of its place."""
    event, talks = told.event, told.event.kind == "meet"
    if talks and other.line.sentence.before("another", other.event.at[0]):
        return True  # the talks come a day after a meeting in Egypt
    if other.event.visitors:
        return talks and _is_occasion(other)  # the talks are before it
    first = next((a for a in told.line.sentence.agents if a.travels), None)
    if talks and first and first not in event.visitors and other.event.kind != "meet":
        return True  # it is he who is there, and meets others later
    # Their first meeting since his return to the White House.
    if _at_home(other) or other.line.sentence.blocked:
        return True
    return event.kind in ("trip", "go") and other.event.kind in ("meet", "attend")


def _who_of_both(event: Event, told: ToldEvent) -> tuple[Agent, ...]:
    other = told.event
    there = {(visitor.country, visitor.rank) for visitor in other.visitors}
    both = {v.country for v in event.visitors if (v.country, v.rank) in there}
    if other.host is None or (there and not both):
        return ()
    every = {visitor.country for visitor in event.visitors}
    # Who is only at a desk of his own speaks there of talks that were elsewhere: 크렘린궁 회의에서.
    sentence, guests = told.line.sentence, every - {other.host}
    if other.kind == "meet" and not there and other.host in every and sentence.lang != "en":
        every = every if guests & sentence.countries else set()
    # The host meets him, and not the third whom the title speaks of.
    met = {a.country for a in told.line.sentence.agents if a.travels} - every
    among = both if there and (other.kind in _MOVES or other.host in met) else every
    return tuple(v for v in event.visitors if v.country in among - {other.host})


def _by_title(body: _Told, page: AnalysedItem) -> Iterator[ToldEvent]:
    """Yield events whose body tells where and speaks of "the president"."""
    named = {c for line in page.body for c in line.sentence.countries}
    for told in body:
        event = told.event
        somebody = event.visitors or told.line.sentence.blocked
        if event.host and not somebody and means_the_title(event, told.line):
            visitor = _topic_of(page, event.host)
            # At a meeting that no side of his is told to join, he is only heard about it.
            heard = event.kind == "meet" and page.lang in ("ko", "ja")
            if visitor is not None and not (heard and visitor.country not in named):
                yield told.but(visitors=(visitor,))


def _subject_of(body: Sequence[Line], host: str) -> Agent | None:
    """Return the first person of the body besides the host, if he has a rank."""
    for line in body[:1]:
        agent = next((a for a in line.sentence.agents if a.country != host), None)
        if agent is not None and agent.travels and _is_subject(line, agent):
            return agent
    return None


def _is_subject(line: Line, agent: Agent) -> bool:
    """Whether it can be the subject, and not only an owner of words or deeds."""
    if line.sentence.lang in ("en", "zh") and agent.start > _OPENS:
        return False
    acts = [act for act in line.sentence.acts if 0 <= act.start - agent.end <= _BESIDE]
    if any(act.value.kind == "meet" and act.start == agent.end for act in acts):
        return False  # 한미 정상회담
    return not line.sentence.owns(agent) or bool(acts)


def _topic_of(page: AnalysedItem, host: str) -> Agent | None:
    """Return whom the title is about; nobody if he is at home there."""
    title = page.lines[0].sentence
    first = next((a for a in title.agents if a.travels and not is_object(title, a)), None)
    return first if first and first.country != host else None


# The visit as a value


def _made(told: ToldEvent, page: AnalysedItem) -> Iterator[Visit]:
    """Yield the visit, and one for each further stop, of which only the month is known."""
    event = told.event
    phase, when = _when(told, page)
    level = level_of(told, page)
    for number, spot in enumerate((event.spot, *event.more)):
        host = event.host if number == 0 else (spot.country if spot else None)
        people = [visitor for visitor in event.visitors if visitor.country not in homes_in(host)]
        if not people:
            continue
        alone = _is_occasion(told) and not (spot and spot.is_place)
        line, place = (told.line, None) if alone else _place(told.line, spot, host, page)
        host = place.country if place and host == "EU" else host
        written = line.written(place.start, place.end) if place else ""
        visitors = dict.fromkeys(
            Visitor(country=a.country, name=a.name, rank=a.rank or Rank.ENVOY, actor=a.actor)
            for a in people
        )
        first = when.first if when else None
        yield Visit(
            visitors=tuple(visitors),
            host_country=host,
            phase=Phase.PLANNED if number and phase is Phase.ONGOING else phase,
            place=written or None,
            site=place.site if place else "",
            date=first if number == 0 or first is None else first[:7],
            until=when.last if when and number == 0 else None,
            level=level,
            rank=min((visitor.rank for visitor in visitors), key=list(Rank).index),
            spans=_spans(told, people, line, place),
        )


def _when(told: ToldEvent, page: AnalysedItem) -> tuple[Phase, When | None]:
    """Return phase and time. The phase depends on the first day; the time must fit the phase."""
    today, hint = page.day or _NO_DAY, told.event.phase
    lines = [told.line, *(one for one in page.others(told.line) if _is_about(one, told, page))]
    known = _dates(lines, page, hint)
    ahead = _dates(lines, page, Phase.PLANNED)
    day = today.isoformat()
    nearest = (_nearest(some, told) for some in (known, ahead))
    first, if_planned = (when.first if when else None for when in nearest)
    phase = phase_of(told, page, first, if_planned, today)
    if page.day is None:
        return phase, None
    if phase is not hint:
        known = _dates(lines, page, phase)
    fits = [[when for when in some if _fits(when, phase, day)] for some in known]
    best = _best(fits, told)
    if phase is Phase.ONGOING and best and _is_over(best, day):
        known_end = best.is_day or best in fits[0]
        phase, best = (Phase.DONE, best) if known_end else (phase, None)
    if best is None and phase in (Phase.PLANNED, Phase.ONGOING) and _departs(told):
        best = When(0, today.isoformat())
    since = today - timedelta(days=_JUST_OVER if phase is Phase.DONE else 0)
    if best is None and phase in (Phase.ONGOING, Phase.DONE) and since.month == today.month:
        best = When(0, f"{today:%Y-%m}")
    return phase, best


def _is_over(when: When, today: str) -> bool:
    """Whether its last day, or its month if no day is told, is over."""
    end = when.last or when.first
    return end < today[: len(end)] and (when.last is not None or not when.is_day)


def _nearest(known: Sequence[Sequence[When]], told: ToldEvent) -> When | None:
    """Return the time nearest to the verb: the last before it, but in English the first."""
    start, is_english = told.event.at[0], told.line.sentence.lang == "en"
    before = [when for when in known[0] if when.at <= start and not is_english]
    return next((when for some in (before[-1:], *known) for when in some), None)


def _best(known: Sequence[Sequence[When]], told: ToldEvent) -> When | None:
    """Return the nearest day, or else month; of other sentences a day in the month of its own."""
    month = known[0][0].first[:7] if known[0] else ""
    days = [[w for w in some if w.is_day and w.first.startswith(month)] for some in known[1:]]
    own = [when for when in known[0] if when.is_day]
    return _nearest([own, *days], told) or _nearest(known, told)


def _is_about(line: Line, told: ToldEvent, page: AnalysedItem) -> bool:
    """Whether the days of a line can be those of the visit, and not of other places."""
    if line.field == "title":
        return True
    host, sentence = told.event.host, line.sentence
    if _is_occasion(told):  # somebody else may have been there at another time
        homes = {visitor.country for visitor in told.event.visitors}
        same = (one for one in line.events if one.host == host)
        return any(visitor.country in homes for one in same for visitor in one.visitors)
    named = {one.host for one in line.events} | {spot.country for spot in sentence.spots}
    return host in named or line in page.body[:_FIRST]


def _departs(told: ToldEvent) -> bool:
    """Whether he leaves today: headlines with 출국 or "leaves for" name no day."""
    start, end = told.event.at
    text, lang = told.line.text, told.line.sentence.lang
    near = clue("departure", lang).search(text, max(0, start - 8), end + 8)
    return told.event.kind in ("go", "trip") and near is not None


def _dates(lines: Iterable[Line], page: AnalysedItem, phase: Phase | None) -> list[list[When]]:
    """Return the possible times of each line, first its own; a day of another year is a memory."""
    today = page.day or _NO_DAY
    since = f"{today - timedelta(days=300)}"
    every = (dates_in(line.text, page.lang, today, phase) for line in lines)
    return [[when for when in some if not when.is_day or when.first > since] for some in every]


def _fits(when: When, phase: Phase, day: str) -> bool:
    """Whether a time fits the phase: plans are not in the past, past visits not in the future."""
    known, ahead = day[: len(when.first)], phase in (Phase.PLANNED, Phase.CANCELLED)
    return when.first >= known if ahead else when.first <= known


def _place(
    line: Line, spot: Spot | None, host: str | None, page: AnalysedItem
) -> tuple[Line, Spot | None]:
    """Return the place told with the event, or else the first place of that country in the item."""
    if spot is not None and spot.is_place:
        return line, spot
    lands = _IN_THE_UNION if host == "EU" else (host,)
    every = ((one, here) for one in page.lines for here in one.sentence.spots if here.is_place)
    return next((found for found in every if found[1].country in lands), (line, None))


def _spans(
    told: ToldEvent, people: Sequence[Agent], line: Line, place: Spot | None
) -> tuple[Span, ...]:
    """Return verb, visitors and place, if they stand in the sentences that told them."""
    spans = {told.line.span(*told.event.at, told.event.kind)}
    for agent in people:
        if any(agent is one for one in told.line.sentence.agents):
            spans.add(told.line.span(agent.start, agent.end, agent.actor or agent.country))
    if place is not None:
        spans.add(line.span(place.start, place.end, place.site))
    # Two people may share a stretch (日米外相). Sorted by name as well, because sets have no order.
    return tuple(sorted(spans, key=lambda s: (s.field != "title", s.start, s.end, s.term)))
