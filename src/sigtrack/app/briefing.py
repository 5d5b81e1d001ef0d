"""`sigtrack report` as a page, or as a feed of its stories (`--format html`, `atom`).

The page has the same stories in the same order as the terminal. Beside them it has what the other
commands show of the window: hits by day, visits, wording, expectations.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from typing import Literal

from sigtrack.analyze.visits.stays import settled
from sigtrack.analyze.weight import parts_of
from sigtrack.analyze.wording.usage import PhraseRow
from sigtrack.app import wording as wordings
from sigtrack.app.in_force import FeedNames
from sigtrack.app.report import Background, Shape, front_in, summary_of, told_in
from sigtrack.app.visits import timeline_of
from sigtrack.app.window import Wanted
from sigtrack.config import DigestSettings
from sigtrack.model import (
    Actor,
    Briefing,
    HitCounts,
    Lane,
    LanePhase,
    Marked,
    OtherTelling,
    Phase,
    Priority,
    Rank,
    Stay,
    StoredItem,
    StoryLine,
    StoryList,
    Trend,
    whole_day,
)
from sigtrack.present import render
from sigtrack.speech import Naming, Words, message, said_of
from sigtrack.store.interface import DigestChoice, Found, Query
from sigtrack.text import primary_language
from sigtrack.text.scripts import guess_language
from sigtrack.views.hits import ID_SHOWN, Headings, grouped, marked_title, story_of, time_of, when
from sigtrack.views.stories import Front, Weighed, is_urgent
from sigtrack.views.visits import LEVELS, Timeline, evidence_of, place_of, visitor_in_words
from sigtrack.views.wording import WordingAsked

_ALSO = 8  # other items of a story
_VISITS = 24
_BEFORE = timedelta(days=90)  # how long before the window reports of its visits may begin
_BEHIND, _AHEAD = timedelta(days=30), timedelta(days=21)
_PHRASES = 10
_FORMULAS = 6  # rows kept for formulas when other phrases changed too
_WEEK = timedelta(days=7)
_INSTANT = timedelta(microseconds=1)
_SPANS = 16  # columns of the table of hits
_CHANGES = said_of("wording", "new", "risen", "fallen", "gone")
_CHANCES = said_of("chance", "sure", "very likely", "likely", "perhaps", "may be chance")


def briefing(
    background: Background, wanted: Wanted, shape: Shape, *, stories_only: bool = False
) -> Briefing:
    """Return everything about a window. `stories_only` skips what a feed of stories lacks."""
    words = background.words
    now, zone = words.now, words.zone
    query = background.query(wanted)
    told = told_in(background, query, shape)
    front = front_in(told, query, background, background.scales(query))
    page = _Page(front, background, has_looked=told.last is not None)
    days = [_day(when(one.stored), zone) for one in told.found]
    since = _day(query.since, zone) if query.since else min(days, default=now.date())
    until = max(since, _day(query.until - _INSTANT if query.until else now, zone))
    visits = () if stories_only else _lanes(query, background)
    trends, note = ((), "") if stories_only else _trends(wanted, background)
    return Briefing(
        title=words.span(since, until),
        asked=_narrowed_to(wanted, shape, words),
        summary=summary_of(told.found, wanted.since, None, words),
        at=now.astimezone(zone),
        since=since,
        until=until,
        first=tuple(map(page.line, front.first)),
        lists=tuple(page.lists(shape.limit)),
        hits=_counts(told.found, background.files.index.headings, since, until, words),
        visits=visits[:_VISITS],
        visits_left_out=len(visits[_VISITS:]),
        wording=trends,
        wording_note=note,
        expected=next(iter(background.expected()), None),
        language=words.language,
    )


def page_of_digest(background: Background, choice: DigestChoice, digest: DigestSettings) -> str:
    """Return the page that a digest attaches. It covers the time since the digest before it, or a
    week for a first digest."""
    zone = background.words.zone
    since = choice.last.at if choice.last else choice.at - _WEEK
    wanted = Wanted(
        since=f"{since.astimezone(zone):%Y-%m-%d %H:%M}",
        watchlists=digest.watchlists,
        priority=digest.priority,
    )
    page = briefing(background, wanted, Shape(sure=digest.sure))
    return "".join(render(page, "html", width=None, colour=False, terminal=False, zone=zone))


class _Page:
    """Turns weighed stories into the lines of the page."""

    def __init__(self, front: Front, background: Background, *, has_looked: bool) -> None:
        self._has_looked = has_looked  # otherwise every story would be new
        self._front = front
        self._words, self._said = background.words, background.said
        self._names = background.files.catalogue.names()
        stories = {story_of(one.lead) for one in front.stories}
        self._items = grouped(background.store.items_of_stories(stories), story_of)

    def lists(self, limit: int | None) -> Iterable[StoryList]:
        for id, stories in self._front.lists.items():
            shown = stories[:limit] if limit else stories
            yield StoryList(
                title=self._words.title(self._said.headings.of(id)),
                stories=tuple(map(self.line, shown)),
                above=sum(one.watchlists[0] == id for one in self._front.first),
                left_out=len(stories) - len(shown),
            )

    def line(self, story: Weighed) -> StoryLine:
        lead = story.lead
        told = self._items.get(story_of(lead)) or list(story.items)
        why = (*story.remarks, self._said.expectation(story), self._said.reason(story))
        others = [one for one in told if one.id != lead.id]
        return StoryLine(
            id=story_of(lead),
            item=lead.id[:ID_SHOWN],
            headline=marked_title(lead, story.hits[lead.id]),
            at=time_of(lead, self._words),
            changed_at=max(one.revised_at or one.moment for one in (lead, *told)),
            publishers=tuple(dict.fromkeys(self._names[one.item.feed] for one in (lead, *others))),
            languages=_languages((lead, *others)),
            lists=self._said.titles(story),
            why=tuple(filter(None, why)),
            gloss=self._said.gist(story),
            weight=story.weight,
            parts=tuple(
                f"{part.points:+} {part.what}" for part in parts_of(story.traits, self._words)
            ),
            flag=self._flag(story),
            also=tuple(self._telling(one, story) for one in others[:_ALSO]),
        )

    def _flag(self, story: Weighed) -> Literal["", "new", "urgent"]:
        if is_urgent(story, self._words.now):
            return "urgent"
        return "new" if story.is_new and self._has_looked else ""

    def _telling(self, stored: StoredItem, story: Weighed) -> OtherTelling:
        return OtherTelling(
            publisher=self._names[stored.item.feed],
            headline=marked_title(stored, story.hits.get(stored.id, ())),
            at=time_of(stored, self._words),
        )


def _languages(items: Iterable[StoredItem]) -> tuple[str, ...]:
    """Primary language tags, the lead's first."""
    tags = (primary_language(one.item.language) for one in items)
    return tuple(dict.fromkeys(filter(None, tags)))


def _counts(
    found: Sequence[Found], headings: Headings, since: date, until: date, words: Words
) -> HitCounts:
    """Count items by watchlist and day, or by spans of several days in a long window."""
    days = (until - since).days + 1
    step = -(-days // _SPANS)
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    for id, item in {(one.hit.watchlist, one.stored.id): one.stored for one in found}.items():
        counted[id[0]][(_day(when(item), words.zone) - since).days // step] += 1
    spans = range(-(-days // step))
    begins = [since + timedelta(days=step * number) for number in spans]
    return HitCounts(
        spans=tuple(map(partial(_span_in_words, words=words), begins, [None, *begins])),
        rows=tuple(
            (words.title(headings.of(id)), tuple(numbers[number] for number in spans))
            for id, numbers in sorted(counted.items(), key=lambda one: -one[1].total())
        ),
        days=step,
    )


def _span_in_words(day: date, before: date | None, words: Words) -> str:
    """ "28 Feb", then "1 Mar", "2", and with the year after New Year."""
    if before and before.month == day.month and before.year == day.year:
        return words.say(message("{day}", "column"), day=day.day)
    return words.day_and_month(day, with_year=before is not None and before.year != day.year)


def _lanes(query: Query, background: Background) -> tuple[Lane, ...]:
    """Return visits that were reported in the window or take place in it. The first `_VISITS` are
    chosen by rank, sure ones first, and sorted by day."""
    words, files = background.words, background.files
    now = words.now
    told_from = (query.since or now) - _BEFORE
    officials = {feed.id for feed in files.catalogue.feeds if feed.role.is_official}
    asked = Query(since=told_from, until=query.until)
    told = background.readings.visits(asked)
    timeline: Timeline = timeline_of(told, (0, None, None), officials)
    since, until = query.since or told_from, query.until or now
    stays = [
        stay for stay in settled(timeline.stays, now) if _is_of(stay, since, until, words.zone)
    ]
    stays.sort(key=lambda stay: (list(Rank).index(stay.visitor.rank), not stay.is_sure))
    shown = sorted(stays[:_VISITS], key=lambda stay: (stay.date or "9", stay.visitor.name))
    return tuple(_lane(stay, files.index.actors, words) for stay in (*shown, *stays[_VISITS:]))


def _is_of(stay: Stay, since: datetime, until: datetime, zone: tzinfo) -> bool:
    first = whole_day(stay.date)
    last = whole_day(stay.until) or first
    if stay.last_report and since <= stay.last_report < until:
        return last is None or last >= _day(since - _BEHIND, zone)  # else it recalls an old visit
    if first is None or last is None:
        return False
    return first <= _day(until + _AHEAD, zone) and last >= _day(since, zone)


def _lane(stay: Stay, actors: Mapping[str, Actor], words: Words) -> Lane:
    first = whole_day(stay.date)
    is_month = bool(stay.date and not first and "-" in stay.date)
    month = date.fromisoformat(f"{stay.date}-01") if is_month else None
    return Lane(
        who=visitor_in_words(stay.visitor, Naming(words, actors), with_country=True),
        where=place_of(stay, actors, words),
        when=_days_of(stay, words),
        phase="not confirmed" if stay.lapsed else _PHASES[stay.phase],
        first=first or month,
        last=whole_day(stay.until) or first or (_end_of(month) if month else None),
        level=words.say(LEVELS.get(stay.level, "")),
        evidence=evidence_of(stay, 2),
        is_vague=is_month,
    )


def _days_of(stay: Stay, words: Words) -> str:
    if stay.date is None:
        return words.say("day not told")
    return words.days(stay.date, stay.until, with_year=True)


def _end_of(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _trends(wanted: Wanted, background: Background) -> tuple[tuple[Trend, ...], str]:
    """Return phrases that appeared, vanished, rose or fell, and a note if there are none."""
    words, files = background.words, background.files
    say = words.say
    if wanted.since.startswith("last-") or wanted.since == "all":
        return (), say("Wording compares spans of time: ask for --since 7d, or since a day.")
    query = background.query(replace(wanted, priority=None, starred=False))
    measured = wordings.measured(background.store, query, WordingAsked(), files)
    if not measured.corpus.has_past:
        return (), say("There is too little text before this window to say what is new in it.")
    formulas, others = _changed(measured.formulas), _changed(measured.unknown)
    rows = [*formulas[: max(_FORMULAS, _PHRASES - len(others))], *others]
    note = "" if rows else say("No phrase is new, gone, risen or fallen.")
    names = files.catalogue.names()
    return tuple(_trend(row, names, words) for row in rows[:_PHRASES]), note


def _changed(rows: Iterable[PhraseRow]) -> list[PhraseRow]:
    found = [row for row in rows if row.change in _CHANGES]
    return sorted(
        found, key=lambda row: (list(_CHANGES).index(row.change), row.chance.p, row.phrase)
    )


def _trend(row: PhraseRow, names: FeedNames, words: Words) -> Trend:
    return Trend(
        change=words.say(_CHANGES[row.change]),
        sure=words.say(_CHANCES[row.chance.words]),
        phrase=Marked(text=row.phrase, language=guess_language(row.phrase)),
        stories=row.now.stories,
        rate=row.now.rate,
        before=row.before.rate,
        steps=row.trend,
        first=_day(row.first.told.moment, words.zone).isoformat(),
        publisher=names[row.first.told.publisher.id],
    )


_AT_LEAST = {
    Priority.LOW: message("low and above"),
    Priority.NORMAL: message("normal and above"),
    Priority.HIGH: message("high and above"),
    Priority.URGENT: message("urgent and above"),
}


def _narrowed_to(wanted: Wanted, shape: Shape, words: Words) -> str:
    parts = (
        *wanted.watchlists,
        *wanted.sources,
        *wanted.languages,
        words.say(_AT_LEAST[wanted.priority]) if wanted.priority else "",
        words.say(message("starred", "story")) if wanted.starred else "",
        words.say(message("sure", "story")) if shape.sure else "",
    )
    return words.listed(parts)


def _day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


_PHASES: Mapping[Phase, LanePhase] = {
    Phase.PLANNED: "planned",
    Phase.ONGOING: "under way",
    Phase.DONE: "over",
    Phase.CANCELLED: "called off",
}
