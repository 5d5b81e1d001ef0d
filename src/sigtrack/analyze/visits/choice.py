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
    whole = [told for told in title if told.event.is_whole]
    if whole:
        main = _clearest(whole)
        return [main, *(told for told in whole if _is_further(told, main))]
    joined = _joined(title, body, page)
    if joined is not None:
        return [joined]
    alone = [told for told in body if told.event.is_whole and _stands_alone(told)]
    if alone and not _is_about_others(page):
        return [_clearest(alone)]
    return [told for told in (*title, *body) if _are_talks(told.event)][:1]


def _was_long_ago(event: Event, line: Line, page: Page) -> bool:
    """A year is told with it that is over."""
    start, end = event.at
    before, after = clues.YEAR_BEFORE.search(line.text, 0, start), None
    if page.lang == "en":
        after = clues.YEAR_AFTER.match(line.text, end)
    found = before or after
    return found is not None and page.day is not None and int(found[1]) < page.day.year


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
    if told.event.kind != "trip":
        return False
    if told.line.sentence.lang == "en":
        return bool(clues.SOON_AFTER.search(told.line.text, 0, start))
    return bool(clues.SOON_BEFORE.match(told.line.text, end))


def _is_further(told: Told, main: Told) -> bool:
    elsewhere = told.event.host != main.event.host
    return told is not main and elsewhere and told.event.kind in (*_MOVES, "stay")


def _stands_alone(told: Told) -> bool:
    """One name beside a place is too little for a meeting, unless the sentence opens with it."""
    event, first = told.event, told.event.visitors[0]
    if event.kind in (*_MOVES, "stay", "host"):
        return all(visitor.sure for visitor in event.visitors)
    at_place = event.spot is not None and event.spot.is_place
    if event.kind in ("say", "meet") and at_place and first.sure and first.start <= 1:
        return True
    sides = {a.country for a in told.line.sentence.agents if a.travels}
    return event.kind != "say" and len(sides) > 1


def _is_about_others(page: Page) -> bool:
    """The title names somebody without rank (an ambassador, a team): the body is background."""
    return any(a.rank is None and not a.country for a in page.lines[0].sentence.agents)


def _are_talks(event: Event) -> bool:
    """Two sides meet, and the text does not say where."""
    sides = {visitor.country for visitor in event.visitors}
    return event.kind == "meet" and event.host is None and len(sides) > 1


# Completed by another sentence


def _joined(title: Sequence[Told], body: Sequence[Told], page: Page) -> Told | None:
    if any(line.sentence.blocked for line in page.title):
        return None
    ways = (_with_visitor(title, page.lines), _with_place(title, body, page), _by_title(body, page))
    return next((told for way in ways for told in way), None)


def _with_visitor(title: Iterable[Told], lines: Sequence[Line]) -> Iterator[Told]:
    """The title tells where, another sentence who."""
    for told in title:
        event = told.event
        if event.host and not event.visitors and event.kind != "attend" and not _at_home(told):
            visitor = _somebody(lines, event.host)
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
        if event.kind == "meet":
            yield from _cut_short(told, page)
        for other in body:
            visitors = _who_of_both(event, other.event)
            if not visitors or _is_another_meeting(other, page):
                continue
            if event.kind in ("trip", "go"):
                yield replace(told, event=replace(event, visitors=visitors, host=other.event.host))
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
    if len(sides & {agent.country for agent in line.sentence.agents}) < 2:
        return
    for spot in line.sentence.spots:
        if spot.is_place and clues.AT_KO.match(line.text, spot.end):
            visitors = tuple(v for v in told.event.visitors if v.country != spot.country)
            if visitors:
                yield replace(told, event=replace(told.event, visitors=visitors, host=spot.country))


def _who_of_both(event: Event, other: Event) -> tuple[Agent, ...]:
    if other.host is None:
        return ()
    theirs = {visitor.country for visitor in other.visitors}
    both = theirs & {visitor.country for visitor in event.visitors}
    if theirs and not both:
        return ()
    among = both if theirs and other.kind in _MOVES else {v.country for v in event.visitors}
    return tuple(v for v in event.visitors if v.country in among - {other.host})


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
