"""Decides how far a visit has come when the item appears, and at which level it is.

The verb tells most ("arrives", "wraps up"), then a mark beside a noun (방문 예정, 訪米を延期,
结束访华), then the day: a day in the future means planned. If one sentence leaves it open, others
may tell. A postponed visit counts as called off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sigtrack.analyze.visits.dates import dates_in
from sigtrack.analyze.visits.lexicon import VisitToken, clue, one_of, words
from sigtrack.analyze.visits.page import AnalysedItem, Line, ToldEvent
from sigtrack.analyze.visits.people import Agent
from sigtrack.analyze.visits.sentence import Event, Spot
from sigtrack.frozen import frozen
from sigtrack.model import Level, Phase

DEPARTS = re.compile(one_of("departs"))
# Letters between a verb and a mark that belongs to it.
_REACH = {"en": 30, "ko": 18, "ja": 14, "zh": 12}
_BEFORE = 4  # in Korean and Japanese, where marks follow
_DATE = len("2026-01-13")
_JOURNEYS = ("go", "trip")
_MEETINGS = ("meet", "attend", "host", "receive")
_BREAK = re.compile(r"[.!?;]|\b(?:as|while)\b")  # another clause
_ARRIVED = re.compile(one_of("arrived"))
_AT_ONCE = (*words("tomorrow", "ja", section="relative"), *words("toward", "ja"))


@frozen(kw_only=False)
class _Case:
    """One event to be judged.

    `first` is the first day that its sentence names, `if_planned` the same day if the visit is
    planned (Friday, 3일: the next one).
    """

    event: Event
    line: Line
    others: Sequence[Line]
    page: AnalysedItem
    first: str | None
    if_planned: str | None
    today: str

    @property
    def meets(self) -> bool:
        """Whether it is a meeting; after a gathering of yesterday, as at the UN, nobody leaves."""
        yesterday = date.fromisoformat(self.today) - timedelta(days=1)
        stays_on = self.event.kind == "attend" and self.first == yesterday.isoformat()
        return self.event.kind in _MEETINGS and not stays_on

    @property
    def own_days(self) -> list[str]:
        """The days, months and years that its sentence names."""
        today = date.fromisoformat(self.today)
        return [when.first for when in dates_in(self.line.text, self.page.lang, today, None)]

    def lies(self, *, ahead: bool) -> bool:
        """Whether the first day is a full day in the future, or in the past."""
        known = self.first if self.first and len(self.first) == _DATE else self.today
        return known > self.today if ahead else known < self.today


def phase_of(
    told: ToldEvent, page: AnalysedItem, first: str | None, if_planned: str | None, today: date
) -> Phase:
    others = page.others(told.line)
    case = _Case(told.event, told.line, others, page, first, if_planned, f"{today}")
    phase = _by_sentence(case)
    there = phase in (None, Phase.PLANNED) and _is_there(case)
    return Phase.ONGOING if there else phase or _by_others(case)


def level_of(told: ToldEvent, page: AnalysedItem) -> Level:
    """Return the level in the sentence of the event, or in one about no other country."""
    sides = {told.event.host, *(visitor.country for visitor in told.event.visitors)}
    others = (s for s in page.others(told.line) if {p.country for p in s.sentence.spots} <= sides)
    levels = [line.levels for line in (told.line, *others) if line.levels]
    if levels:
        return Level(min(levels[0], key=lambda token: token.start).value)
    # A gathering of many is named, and neither elsewhere nor as what comes before or after.
    gathers = any(
        not line.sentence.before("apart", token.start)
        for line in page.lines
        if not (spots := line.sentence.spots)
        or told.event.host in (None, *(place.country for place in spots))
        for token in line.sentence.many
    )
    return Level.SIDELINES if gathers else Level.UNSPECIFIED


# By the sentence itself


def _by_sentence(case: _Case) -> Phase | None:
    """Return the phase, or None if the sentence leaves it open."""
    event, sentence = case.event, case.line.sentence
    own = [mark for mark in case.line.marks if _belongs(mark, case)]
    phases = {mark.value for mark in own}
    if event.phase is Phase.CANCELLED or (Phase.CANCELLED in phases and event.kind != "stay"):
        return Phase.CANCELLED
    told = (one for line in case.page.lines for one in line.events if one.host == event.host)
    if sentence.before("lately", event.at[0]) or any(one.kind == "leave" for one in told):
        return Phase.DONE
    until_today = case.first == case.today or case.lies(ahead=False)
    if not until_today and _is_ahead(event, case.line):
        return Phase.PLANNED
    meanwhile = sentence.before("meanwhile", event.at[0]) or sentence.after("during", event.at[1])
    ahead = _is_to(case) or any(_is_ahead(one, line) for one, line in _of_host(case))
    if event.kind == "trip" and meanwhile and not ahead:
        return Phase.ONGOING
    if event.phase is not None:
        return _by_verb(case, own)
    planned = _is_to(case) or sentence.before("may-bring", event.at[0])
    return Phase.PLANNED if planned else _by_marks(case, own)


def _by_verb(case: _Case, own: Sequence[VisitToken]) -> Phase | None:
    """Return the phase of the verb, unless the visit or departure is still ahead."""
    event, text, start = case.event, case.line.text, case.event.at[0]
    plans = own if case.page.lang in ("en", "zh") else ()  # 大阪へぶらり is no plan
    announced = any(mark.value is Phase.PLANNED and mark.end <= start for mark in plans)
    announced = announced or case.line.sentence.before("if-when", start) is not None
    arrives = _ARRIVED.match(text, start) if case.page.lang == "en" else not DEPARTS.search(text)
    leaves = event.kind == "go" and case.lies(ahead=True) and not arrives
    return Phase.PLANNED if event.phase is Phase.ONGOING and (announced or leaves) else event.phase


def _is_to(case: _Case) -> bool:
    """Whether it is the infinitive of headlines: "Merz to lead delegation on first trip"."""
    return case.event.kind not in ("host", "receive") and any(
        case.line.text.startswith((" to ", " still to ", " set to "), visitor.end)
        for visitor in case.event.visitors
    )


def _by_marks(case: _Case, own: Sequence[VisitToken]) -> Phase | None:
    """Return the phase of the nearest mark, or else by the day.

    A plan for a day in the past is none, unless its word says that it is still ahead.
    """
    (start, end), sentence = case.event.at, case.line.sentence
    word = sentence.word
    past = case.lies(ahead=False)
    over = past and (case.if_planned or "") < case.today
    plans = [m for m in own if m.value is Phase.PLANNED and word(m) not in words("still-ahead")]
    lapsed = [m for m in plans if not sentence.before("future", m.end)]
    marks = [m for m in own if not over or m not in lapsed]
    # Who met his hosts or was received today is there; who met abroad is done.
    abroad = len({visitor.country for visitor in case.event.visitors}) > 1
    received = case.meets and not abroad and case.first == case.today
    if marks:
        nearest = min(marks, key=lambda m: max(start - m.end, m.start - end, 0))
        value: Phase = nearest.value
        if value is Phase.ONGOING and case.lies(ahead=True) and case.first in case.own_days:
            return Phase.PLANNED  # 19日启程, said on the 18th
        return Phase.ONGOING if received and value is Phase.DONE else value
    if case.first is None:
        return None
    if case.first > case.today[: len(case.first)]:
        return Phase.PLANNED
    if past and _was_held(case):
        return Phase.DONE  # on a day that is known, and over
    if case.first != case.today:
        return None
    return Phase.DONE if case.meets and abroad and _is_over(case.page) else Phase.ONGOING


def _belongs(mark: VisitToken, case: _Case) -> bool:
    """Whether a mark is near the verb, in its clause, on the side where the language puts it."""
    sentence, (start, end), lang = case.line.sentence, case.event.at, case.page.lang
    if sentence.is_quoted(mark.start) and not sentence.is_quoted(start):
        return False  # of something else
    if sentence.after("no-goal", mark.end) and sentence.word(mark) in words("toward"):
        return False  # 会議への出席, 訪問へ出発
    if sentence.word(mark) == "to":
        return start == mark.end + 1 or (case.event.kind == "trip" and mark.start == end + 1)
    halved = lang != "en" and case.event.kind in ("meet", "stay")
    reach = _REACH[lang] // 2 if halved else _REACH[lang]
    if mark.end > start:
        return _belongs_behind(mark, case, reach)
    gap, follows = sentence.text[mark.end : start], lang in ("ko", "ja")
    # Another journey may be called off before its place (방일 접고 미국행); where marks follow, a
    # person between is another subject.
    spots = sentence.spots if mark.value is not Phase.CANCELLED else []
    named: list[Agent | Spot] = [*spots, *([] if follows else sentence.agents)]
    inside = (one for one in named if mark.end <= one.start and one.end <= start)
    near = len(gap) - sum(one.end - one.start for one in inside) <= (_BEFORE if follows else reach)
    return (near or sentence.word(mark) in words("governs")) and not _BREAK.search(gap)


def _belongs_behind(mark: VisitToken, case: _Case, reach: int) -> bool:
    sentence, end = case.line.sentence, case.event.at[1]
    gap, word = sentence.text[end : mark.start], sentence.word(mark)
    if case.page.lang == "zh" and " " in gap:
        return False  # another headline, with its own subject
    if word in _AT_ONCE and re.search("[ ,]", gap):
        return False  # 訪英、あす会談へ: another clause
    return len(gap) <= reach and not _BREAK.search(gap) and word not in words("meanwhile")


# By the other sentences


def _is_elsewhere(line: Line, host: str | None) -> bool:
    """Whether the sentence tells only of visits to other countries."""
    hosts = {event.host for event in line.events if event.host}
    return bool(hosts) and host not in hosts


def _is_only_named(case: _Case) -> bool:
    """Whether it is a Japanese ministry's bare headline of a plan: インド首相の訪日."""
    start, end = case.event.at
    theirs = case.line.sentence.before("of-whom", start)  # and not 8回目の訪米
    ends = not case.line.text[end:].strip()
    return theirs is not None and ends and case.event.kind != "meet"


def _of_host(case: _Case) -> list[tuple[Event, Line]]:
    """Return what the other sentences tell of the same country."""
    told = ((event, line) for line in case.others for event in line.events)
    return [(event, line) for event, line in told if event.host == case.event.host]


def _by_others(case: _Case) -> Phase:
    others, there = case.others, _of_host(case)
    for event, _ in there:
        if event.kind in ("go", "stay") and event.phase in (Phase.ONGOING, Phase.DONE):
            return event.phase
    if any(_is_ahead(event, line) for event, line in there):
        return Phase.PLANNED
    if case.meets and _is_over(case.page):
        return Phase.DONE
    if any(clue("goes-on").search(line.text) for line in others):
        return Phase.ONGOING
    told = _told_in(line for line in others if not _is_elsewhere(line, case.event.host))
    if any(mark.value is Phase.CANCELLED for mark in case.line.marks):
        told.discard(Phase.CANCELLED)  # something else is, because of the visit
    order = (Phase.CANCELLED, Phase.DONE, Phase.ONGOING, Phase.PLANNED)
    default = Phase.PLANNED if _is_only_named(case) else Phase.ONGOING
    return next((phase for phase in order if phase in told), default)


def _is_ahead(event: Event, line: Line) -> bool:
    """Whether the form of the verb says that it is to come: will go; 방한하는 시진핑, 회담한다."""
    ends = max(event.at[1], event.spot.end if event.spot else 0)  # talks in Budapest| will …
    will = line.text.startswith("will ", event.at[0])
    return will or line.sentence.after("to-come", ends) is not None


def _was_held(case: _Case) -> bool:
    """Whether it is a meeting, or days and a meeting stand beside the trip.

    28일 일본을 방문해 총리와 회담.
    """
    if case.event.host is None or Phase.PLANNED in _told_in([case.line]):
        return False
    days = case.own_days
    meets = any(act.value.kind == "meet" for act in case.line.sentence.acts)
    over = bool(days) and all(day < case.today[: len(day)] for day in days)
    return case.meets or (meets and over)


def _told_in(lines: Iterable[Line]) -> set[Phase]:
    """Return the phases of all marks that are no common words, and not what somebody says."""
    marks = ((mark, line.sentence) for line in lines for mark in line.marks)
    own = ((mark, one) for mark, one in marks if not one.is_quoted(mark.start))
    return {mark.value for mark, one in own if one.word(mark) not in words("weak")}


def _is_over(page: AnalysedItem) -> bool:
    """Whether it is told in the past, and nobody is said to be still there."""
    marks = (mark for line in page.lines for mark in line.marks)
    return page.is_over and not any(mark.value is Phase.ONGOING for mark in marks)


def _is_there(case: _Case) -> bool:
    """Whether he is there: the title has the departure or a plan, but the body has him there."""
    told = (line.sentence.word(mark) for line in case.others for mark in line.marks)
    return any(word in words("there") for word in told) or any(
        event.phase is Phase.ONGOING and _ARRIVED.match(line.text, event.at[0])
        for line in case.others
        for event in line.events
        if case.event.kind in _JOURNEYS
    )


def means_the_title(event: Event, line: Line) -> bool:
    """Whether the sentence has a subject without a name: "the president", "he", or none at all."""
    agents = [a for a in line.sentence.agents if a.start < event.at[1]]
    if any(a.rank is None for a in agents):
        return False
    if any(a.country == "" for a in agents):
        return True
    pronoun = line.sentence.after("pronoun", 0) is not None
    return pronoun if line.sentence.lang == "en" else not agents
