"""Which of the events that an item tells is its visit.

The first complete one of the title, with further stops of the same title. Else one of the title
that the body completes, or the other way round: a headline names the visitor and the summary the
place. A visit that only the body tells must be told in full there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.page import Line, Page
from sigtrack.analyze.visits.people import Agent
from sigtrack.analyze.visits.sentence import Event, Spot

_OPENING = 3  # sentences of a text that tell what it is about
_OPENS = 30  # letters before the subject of an English sentence
_CUT = 3  # letters of a word that is broken off
_BESIDE = 12  # letters between "somebody's" and the visit that is his
_MOVES = ("go", "trip", "leave")
_BREAKS_OFF = re.compile(rf"[;.]{{1,3}} ?\Z{clues.written('breaks-off', 'ko')}")
_PRONOUN = re.compile(clues.written("pronoun", "en"))


@dataclass(frozen=True, slots=True)
class Told:
    """An event and the sentence that tells it."""

    event: Event
    line: Line


def chosen(page: Page) -> list[Told]:
    """The main event first; empty if the item tells of no visit."""
    title = [Told(event, line) for line in page.title for event in line.events]
    body = [
        Told(event, line)
        for line in page.body
        for event in line.events
        if not _was_long_ago(event, line, page)
    ]
    title, body = ([told for told in some if not _is_private(told, page)] for some in (title, body))
    whole = [told for told in title if told.event.is_whole]
    if whole:
        main = _by_name(_abroad(_clearest(whole), body), body)
        return [main, *(told for told in whole if _is_further(told, main))]
    joined = _joined(title, body, page)
    if joined is not None:
        return [_by_name(joined, body)]
    opening = page.body[:_OPENING]
    alone = [told for told in body if told.line in opening and _is_told_alone(told, page)]
    if not any(_is_named(told, page) for told in alone):
        alone = [] if _is_about_others(page) else alone
    if alone:
        return [_clearest(alone)]
    return [told for told in (*title, *body) if _are_talks(told.event)][:1]


def _was_long_ago(event: Event, line: Line, page: Page) -> bool:
    """A year is told with it that is over."""
    start, end = event.at
    spot = event.spot.start if event.spot else start
    before = clues.YEAR_BEFORE.search(line.text, 0, start) or clues.YEAR_BEFORE.search(
        line.text, 0, spot
    )
    after = None
    if page.lang == "en":
        after = clues.YEAR_AFTER.match(line.text, end)
    found = before or after
    return found is not None and page.day is not None and int(found[1]) < page.day.year


def _abroad(main: Told, body: Sequence[Told]) -> Told:
    """Receives a guest, and the text has the host himself on a visit to the guest's country."""
    if main.event.kind != "host" or main.event.spot is not None:
        return main
    guests = {visitor.country for visitor in main.event.visitors}
    away = (
        told
        for told in body
        if told.event.is_whole
        and told.event.host in guests
        and any(visitor.country == main.event.host for visitor in told.event.visitors)
    )
    return next(away, main)


def _by_name(main: Told, body: Sequence[Told]) -> Told:
    """Two governments talk, and the text names who does so for one of them."""
    event = main.event
    if any(visitor.sure or visitor.actor for visitor in event.visitors):
        return main
    sides = {visitor.country for visitor in event.visitors}
    for told in body:
        named = tuple(v for v in told.event.visitors if v.sure and v.country in sides)
        if told.event.host == event.host and named:
            return replace(main, event=replace(event, visitors=named))
    return main


def _is_private(told: Told, page: Page) -> bool:
    """A former leader travels, and nobody in office there is named who would see him."""
    event = told.event
    if not event.visitors or not all(visitor.former for visitor in event.visitors):
        return False
    named = (agent for line in page.lines for agent in line.sentence.agents)
    hosts = (a for a in named if a.travels and not a.former and a.country == event.host)
    return event.host is not None and next(hosts, None) is None


def _clearest(whole: Sequence[Told]) -> Told:
    """The first verb of travel, else the first at all; what a title tells first is its subject."""
    ends = [told.line.text.find(";") for told in whole]
    early = [t for t, end in zip(whole, ends, strict=True) if end < 0 or t.event.at[1] <= end]
    among = early or whole
    among = [told for told in among if not _is_occasion(told)] or among
    return next((told for told in among if told.event.kind in _MOVES), among[0])


def _is_occasion(told: Told) -> bool:
    """방한 직전, 訪中前に, "days before Trump's visit": when something else is."""
    start, end = told.event.at
    in_english = told.line.sentence.lang == "en"
    if told.event.kind not in ("trip", "go"):
        return False
    if in_english:
        near = start - len("before ") if told.event.kind == "go" else 0
        return bool(clues.SOON_AFTER.search(told.line.text, near, start))
    return bool(clues.SOON_BEFORE.match(told.line.text, end))


def _is_further(told: Told, main: Told) -> bool:
    elsewhere = told.event.host != main.event.host
    return told is not main and elsewhere and told.event.kind in (*_MOVES, "stay")


def _is_told_alone(told: Told, page: Page) -> bool:
    """The body tells it in full and not in passing, and of those whom the title names, if any."""
    if not told.event.is_whole or not _stands_alone(told) or _is_occasion(told):
        return False
    named = {a.country for a in page.lines[0].sentence.agents if a.travels and a.sure}
    own = {visitor.country for visitor in told.event.visitors} | {told.event.host}
    return not named or bool(named & own)


def _is_named(told: Told, page: Page) -> bool:
    """Who travels stands in the title, beside people without rank or not; in English before."""
    agents = page.lines[0].sentence.agents
    agents = agents[:1] if page.lang == "en" else agents
    named = {a.actor for a in agents if a.travels and a.actor}
    return any(visitor.actor in named for visitor in told.event.visitors)


def _stands_alone(told: Told) -> bool:
    """One name beside a place is too little for a meeting, unless the sentence opens with it."""
    event, first = told.event, told.event.visitors[0]
    if event.kind in (*_MOVES, "stay", "host"):
        return all(visitor.sure for visitor in event.visitors)
    at_place = event.spot is not None and event.spot.is_place
    if event.kind != "stay" and at_place and first.sure and first.start <= 1:
        return True
    sides = {a.country for a in told.line.sentence.agents if a.travels}
    return event.kind != "say" and len(sides) > 1


def _is_about_others(page: Page) -> bool:
    """The title names somebody without rank (an ambassador, a team): the body is background."""
    title = page.lines[0]
    others = [a for a in title.sentence.agents if a.rank is None and not a.country]
    return any(not clues.SPEAKER_AT_END.search(title.text, 0, a.start) for a in others)


def _are_talks(event: Event) -> bool:
    """Two sides meet, and the text does not say where."""
    sides = {visitor.country for visitor in event.visitors}
    return event.kind == "meet" and event.host is None and len(sides) > 1


# Completed by another sentence


def _joined(title: Sequence[Told], body: Sequence[Told], page: Page) -> Told | None:
    people = [a for line in page.title for a in line.sentence.agents if a.travels]
    if any(line.sentence.blocked for line in page.title) or (not people and _is_about_others(page)):
        return None
    ways = (_with_visitor(title, page), _with_place(title, body, page), _by_title(body, page))
    return next((told for way in ways for told in way), None)


def _with_visitor(title: Iterable[Told], page: Page) -> Iterator[Told]:
    """The title tells where, and elsewhere or in the next sentence who."""
    for told in title:
        event = told.event
        if event.host and not event.visitors and event.kind != "attend" and not _at_home(told):
            visitor = _beside(told, event.host) or _subject_of(page.body, event.host)
            if visitor is not None:
                yield replace(told, event=replace(event, visitors=(visitor,)))


def _at_home(told: Told) -> bool:
    """Lee arrives in Seoul: who is named travels in his own country."""
    ahead = (a for a in told.line.sentence.agents if a.end <= told.event.at[1] and a.travels)
    moves = told.event.kind in ("go", "leave")
    return moves and any(agent.country == told.event.host for agent in ahead)


def _with_place(title: Iterable[Told], body: Sequence[Told], page: Page) -> Iterator[Told]:
    """The title tells who, the body where."""
    for told in title:
        event = told.event
        if event.host is not None or not event.visitors or event.kind in ("leave", "say", "stay"):
            continue
        if event.kind in ("meet", "attend"):
            yield from _cut_short(told, page)
        for other in body:
            visitors = _who_of_both(event, other.event)
            if event.kind == "meet" and _is_occasion(other):
                continue  # talks ahead of his visit to somewhere else
            travels = event.kind in ("trip", "go")
            if travels and not other.event.visitors and other.event.kind in ("meet", "attend"):
                continue
            if not visitors or _is_another_meeting(other, page):
                continue
            if travels:
                ends = other.event if other.event.kind == "leave" else event
                yield replace(
                    told,
                    event=replace(
                        event,
                        kind=ends.kind,
                        phase=ends.phase,
                        visitors=visitors,
                        host=other.event.host,
                    ),
                )
            else:
                yield replace(other, event=replace(other.event, visitors=visitors))


def _is_another_meeting(told: Told, page: Page) -> bool:
    """A later sentence names one by its place, and not who met: "the Woodside Summit"."""
    start, end = told.event.at
    named = told.line.text[start:end] in clues.NAMED_MEETING
    return named and not told.event.visitors and told.line is not page.body[0]


def _cut_short(told: Told, page: Page) -> Iterator[Told]:
    """A summary that breaks off before its verb has the two sides and the place: 도쿄에서 첫 …"""
    line = page.body[0] if page.body else None
    if line is None or page.lang != "ko" or not _BREAKS_OFF.search(line.text):
        return
    sides = {visitor.country for visitor in told.event.visitors}
    if not sides <= {agent.country for agent in line.sentence.agents}:
        return
    for spot in line.sentence.spots:
        is_last = len(line.text) - spot.end <= _CUT
        if spot.is_place and (is_last or clues.AT_KO.match(line.text, spot.end)):
            visitors = tuple(v for v in told.event.visitors if v.country != spot.country)
            if visitors:
                yield replace(told, event=replace(told.event, visitors=visitors, host=spot.country))


def _who_of_both(event: Event, other: Event) -> tuple[Agent, ...]:
    if other.host is None:
        return ()
    theirs = {visitor.country for visitor in other.visitors}
    both = {v.country for v in event.visitors if any(_may_be(v, one) for one in other.visitors)}
    if theirs and not both:
        return ()
    among = both if theirs and other.kind in _MOVES else {v.country for v in event.visitors}
    return tuple(v for v in event.visitors if v.country in among - {other.host})


def _may_be(one: Agent, other: Agent) -> bool:
    """Of one country, and not known to be two people."""
    known = one.actor and other.actor
    return one.country == other.country and (not known or one.actor == other.actor)


def _by_title(body: Iterable[Told], page: Page) -> Iterator[Told]:
    """The body tells where and speaks of "the president"; or who, at an occasion of the title."""
    for told in body:
        event = told.event
        if event.host and not event.visitors and means_the_title(event, told.line, page.lang):
            visitor = _topic_of(page, event.host)
            if visitor is not None:
                yield replace(told, event=replace(event, visitors=(visitor,)))
        if event.host is None and event.visitors and event.kind == "attend":
            host = _scene_of(page.lines[0], event)
            if host is not None:
                yield replace(told, event=replace(event, host=host, phase=None))


def means_the_title(event: Event, line: Line, lang: str) -> bool:
    """The sentence has a subject without a name: "the president", "he", or none at all."""
    agents = [a for a in line.sentence.agents if a.start < event.at[1]]
    if any(a.rank is None for a in agents):
        return False
    if any(a.country == "" for a in agents):
        return True
    return bool(_PRONOUN.match(line.text)) if lang == "en" else not agents


def _somebody(lines: Iterable[Line], host: str | None = None) -> Agent | None:
    """The first who could travel to `host`."""
    agents = (agent for line in lines for agent in line.sentence.agents)
    return next((a for a in agents if a.travels and a.country != host), None)


def _beside(told: Told, host: str) -> Agent | None:
    """The first of the title who could travel, but not the sides of another meeting: talks in
    Geneva ahead of Xi-Trump summit."""
    text, (start, end) = told.line.text, told.event.at
    for agent in told.line.sentence.agents:
        gap = text[end : agent.start] if agent.start >= end else text[agent.end : start]
        if agent.travels and agent.country != host and not clues.OTHER_TIME.search(gap):
            return agent
    return None


def _subject_of(body: Sequence[Line], host: str) -> Agent | None:
    """Whom the body begins with, beside the host; nobody if it begins with people of no rank."""
    for line in body[:1]:
        guests = (a for a in line.sentence.agents if a.rank is None or a.country != host)
        agent = next((a for a in guests if a.rank is None or a.travels), None)
        if agent is not None and agent.travels and _is_subject(line, agent):
            return agent
    return None


def _is_subject(line: Line, agent: Agent) -> bool:
    """Not somewhere within an English sentence, and not the one whose words or deeds are told."""
    if line.sentence.lang == "en" and agent.start > _OPENS:
        return False
    if any(act.value.kind == "meet" and act.start == agent.end for act in line.sentence.acts):
        return False
    if clues.POSSESSED.match(line.text, agent.end) is None:
        return True
    return any(0 <= act.start - agent.end <= _BESIDE for act in line.sentence.acts)


def _topic_of(page: Page, host: str) -> Agent | None:
    """Whom the title is about; Korean, Japanese and Chinese put him first, even at home."""
    if page.lang == "en":
        return _somebody(page.lines[:1], host)
    first = _somebody(page.lines[:1])
    return first if first is not None and first.country != host else None


def _scene_of(title: Line, event: Event) -> str | None:
    """Pyongyang parade, 朝鲜阅兵, 平壌で軍事パレード: the one country where something is on."""
    own = {visitor.country for visitor in event.visitors}
    hosts = {s.country for s in title.sentence.spots if _is_scene(title.text, s)} - own
    return next(iter(hosts)) if len(hosts) == 1 else None


def _is_scene(text: str, spot: Spot) -> bool:
    found = clues.OCCASION.search(text, spot.end)
    return found is not None and found.start() - spot.end <= 4
