"""How far a visit has come when the item appears, and at which level it is told.

The verb says most ("arrives", "wraps up"), a mark beside a noun the rest (방문 예정, 訪米を延期,
结束访华), the day the remainder: what lies ahead is planned. What one sentence leaves open, the
others may tell. Put off is called off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.choice import Told, means_the_title
from sigtrack.analyze.visits.lexicon import Token
from sigtrack.analyze.visits.page import Line, Page
from sigtrack.analyze.visits.sentence import Event
from sigtrack.lexicon import any_of
from sigtrack.model import Level, Phase

# Letters between a verb and a mark that belongs to it.
_REACH = {"en": 30, "ko": 18, "ja": 14, "zh": 12}
_BEFORE = 4  # in Korean and Japanese, where marks follow
_NAME = 5  # words of a meeting before the noun
_NEAR = 8  # between a meeting and the word that it lies ahead
_DATE = len("2026-01-13")
_MEETINGS = ("meet", "attend", "host")
_AHEAD = frozenset(clues.words("still-ahead"))
_SAID = frozenset(clues.words("made-known"))
_WHILE = frozenset(clues.words("meanwhile"))
_WEAK = frozenset(clues.words("weak"))
_THERE = frozenset(clues.words("there"))
_OF = clues.words("of", "ja")
_TOWARD = frozenset(clues.words("toward", "ja"))
_TO_OPEN = re.compile(clues.written("to-open", "en"))
_ARRIVED = re.compile(clues.one_of("arrived"))
_DAYS = {name.lower(): number for number, name in enumerate(clues.WEEKDAYS_EN)}
_ENDS = re.compile(
    rf"{clues.written('ends-on', 'en')}(?P<day>{any_of(clues.WEEKDAYS_EN)})", re.IGNORECASE
)
_MEANWHILE = re.compile(rf"(?:{clues.written('meanwhile', 'en')})\Z", re.IGNORECASE)
_APART = re.compile(rf"(?:{clues.written('apart', 'en')})\Z", re.IGNORECASE)
_CALLED_OFF_BEFORE = re.compile(rf"(?:{clues.written('called-off-before', 'en')})\Z")


@dataclass(frozen=True, slots=True)
class _Case:
    """One event to be judged. `first` is the first day that its sentence tells, `if_planned` the
    same day if the visit is planned (Friday, 3일: the next one)."""

    told: Told
    page: Page
    first: str | None
    if_planned: str | None
    today: str

    @property
    def kind(self) -> str:
        return self.told.event.kind

    @property
    def lang(self) -> str:
        return self.page.lang

    def lies(self, *, ahead: bool) -> bool:
        """A full day that is ahead, or behind."""
        if self.first is None or len(self.first) != _DATE:
            return False
        return self.first > self.today if ahead else self.first < self.today


def phase_of(
    told: Told, page: Page, first: str | None, if_planned: str | None, today: date
) -> Phase:
    case = _Case(told, page, first, if_planned, today.isoformat())
    phase = _by_sentence(case)
    if phase is None:
        return _by_others(case)
    if phase is Phase.PLANNED and _is_there(case):
        return Phase.ONGOING
    return phase


def level_of(told: Told, page: Page) -> Level:
    """As the sentence of the event has it, else one that is about no other country."""
    own = min(told.line.levels, default=None, key=_start)
    sides = {told.event.host, *(visitor.country for visitor in told.event.visitors)}
    for line in page.others(told.line):
        if own is None and {spot.country for spot in line.sentence.spots} <= sides:
            own = min(line.levels, default=None, key=_start)
    if own is not None:
        return Level(own.value)
    gathers = any(_is_at_gathering(line) for line in page.lines)
    return Level.SIDELINES if gathers else Level.UNSPECIFIED


def _is_at_gathering(line: Line) -> bool:
    """A gathering of many is named, and not as what comes before or after."""
    return any(not _APART.search(line.text[: token.start]) for token in line.sentence.many)


def _start(token: Token) -> int:
    return token.start


# By the sentence itself


def _by_sentence(case: _Case) -> Phase | None:
    """None where the sentence leaves it open."""
    own = [mark for mark in case.told.line.marks if _belongs(mark, case)]
    if any(mark.value is Phase.CANCELLED and _calls_off(mark, case) for mark in own):
        return Phase.CANCELLED
    if case.kind == "leave" or _leaves(case, case.told.line):
        return Phase.DONE
    if case.kind == "trip" and _is_meanwhile(case, own):
        return Phase.ONGOING
    if case.told.event.phase is not None:
        return _by_verb(case, own)
    if case.lang == "en" and _is_to(case):
        return Phase.PLANNED
    return _by_marks(case, own)


def _by_verb(case: _Case, own: Sequence[Token]) -> Phase | None:
    event = case.told.event
    if event.phase is Phase.ONGOING:
        announced = case.lang == "en" and any(
            mark.value is Phase.PLANNED and _right_before(mark, case) for mark in own
        )
        line, (start, _) = case.told.line, event.at
        arrives = _ARRIVED.match(line.text, start)
        departs = case.lang == "en" and not arrives or clues.DEPARTS.search(line.text)
        if announced or (event.kind == "go" and departs and case.lies(ahead=True)):
            return Phase.PLANNED
    return event.phase


def _is_meanwhile(case: _Case, own: Sequence[Token]) -> bool:
    """Eyes deal during Taipei trip: he is there, unless it is told to be over or to come."""
    event, others = case.told.event, case.page.others(case.told.line)
    start = min(event.at[0], event.spot.start if event.spot else event.at[0])
    over = any(mark.value is Phase.DONE for mark in own) or case.lies(ahead=True)
    ahead = any(
        line.text.startswith("will ", one.at[0]) or one.phase is Phase.PLANNED
        for line in others
        for one in line.events
        if one.host == event.host
    )
    during = case.lang == "en" and _MEANWHILE.search(case.told.line.text, 0, start)
    return bool(during) and not over and not ahead


def _is_to(case: _Case) -> bool:
    """Merz to lead delegation on first trip: the infinitive of headlines."""
    agents = case.told.line.sentence.agents
    return any(
        case.told.line.text.startswith(" to ", visitor.end)
        for visitor in case.told.event.visitors
        if not visitor.sure or any(visitor is agent for agent in agents)
    )


def _by_marks(case: _Case, own: Sequence[Token]) -> Phase | None:
    """By the nearest mark, else by the day."""
    marks = [mark for mark in own if _tells_phase(mark, case)]
    if marks:
        nearest = min(marks, key=lambda mark: _distance(mark, case))
        value: Phase = nearest.value
        today = value is Phase.PLANNED and case.kind == "meet" and case.if_planned == case.today
        return Phase.ONGOING if today or _ends_later(nearest, case) else value
    if case.first is None:
        return None
    if case.first > case.today[: len(case.first)]:
        return Phase.PLANNED
    if case.lies(ahead=False) and _was_held(case):
        return Phase.DONE  # on a day that is known, and over
    if case.first != case.today or _has_left(case):
        return None
    return Phase.DONE if case.kind in _MEETINGS and _is_over(case.page) else Phase.ONGOING


def _ends_later(mark: Token, case: _Case) -> bool:
    ends = _ENDS.match(case.told.line.text, mark.start) if case.lang == "en" else None
    weekday = date.fromisoformat(case.today).weekday()
    return ends is not None and _DAYS[ends["day"].lower()] != weekday


def _tells_phase(mark: Token, case: _Case) -> bool:
    word = case.told.line.words(mark)
    if word in _TOWARD and case.told.line.text.startswith(_OF, mark.end):
        return False
    if mark.value is Phase.CANCELLED or (case.kind in ("stay", "say") and word in _SAID):
        return False
    if mark.value is Phase.DONE and case.kind == "meet" and word in _WHILE:
        return _leads_the_meeting(mark, case)
    is_past = case.lies(ahead=False) and (case.if_planned or "") < case.today
    return not (mark.value is Phase.PLANNED and is_past and word not in _AHEAD)


def _leads_the_meeting(mark: Token, case: _Case) -> bool:
    """After Trump-Putin summit, after a US-Russia summit: nothing but its name stands between."""
    start = case.told.event.at[0]
    gap = _without_people(case, mark.end, start)
    return mark.end <= start and "," not in gap and len(gap.split()) <= _NAME


def _belongs(mark: Token, case: _Case) -> bool:
    """Near enough to the verb, in its clause, on the side where the language puts it."""
    start, end = case.told.event.at
    if case.told.line.words(mark) == "to":
        opens = mark.start == end + 1 and _TO_OPEN.match(case.told.line.text, mark.end)
        return bool(opens) if case.kind == "trip" else mark.end + 1 == start
    if mark.start < end and start < mark.end:
        return True
    ahead = mark.end <= start
    if not ahead and case.told.line.words(mark) in _WHILE:
        return False
    text = case.told.line.text
    gap = _without_people(case, mark.end, start) if ahead else text[end : mark.start]
    if len(gap) > _reach(case) or any(c in gap for c in ".!?;"):
        return False
    if not ahead or case.lang in ("en", "zh"):
        return True
    return len(gap) <= _BEFORE and (mark.value is Phase.CANCELLED or " " not in gap.strip())


def _without_people(case: _Case, start: int, end: int) -> str:
    """What stands there beside names and titles: "following Foreign Minister Wang Yi's visit"."""
    text, agents = case.told.line.text, case.told.line.sentence.agents
    if case.lang not in ("en", "zh"):
        return text[start:end]
    cut = [a for a in agents if start <= a.start and a.end <= end]
    return "".join(
        text[at] for at in range(start, end) if not any(a.start <= at < a.end for a in cut)
    )


def _reach(case: _Case) -> int:
    halved = case.kind in ("meet", "stay") and case.lang != "en"
    return _REACH[case.lang] // 2 if halved else _REACH[case.lang]


def _calls_off(mark: Token, case: _Case) -> bool:
    """ "after postponed trip" calls nothing off."""
    if case.lang != "en":
        return True
    before = case.told.line.text[max(0, mark.start - 14) : mark.start].lower().rstrip()
    return case.kind != "stay" and not _CALLED_OFF_BEFORE.search(before)


def _right_before(mark: Token, case: _Case) -> bool:
    start = case.told.event.at[0]
    return mark.end <= start and case.told.line.text[mark.end : start].count(" ") <= 2


def _distance(mark: Token, case: _Case) -> int:
    start, end = case.told.event.at
    return max(start - mark.end, mark.start - end, 0)


# By the other sentences


def _has_left(case: _Case) -> bool:
    return any(_leaves(case, line) for line in case.page.others(case.told.line))


def _leaves(case: _Case, line: Line) -> bool:
    host = case.told.event.host
    return any(event.kind == "leave" and event.host == host for event in line.events)


def _is_notice(case: _Case) -> bool:
    """モディ・インド首相の訪日, and not a word more: a ministry makes it known in advance."""
    text, (start, end) = case.told.line.text, case.told.event.at
    return case.first is None and text[:start].endswith(_OF) and not text[end:].strip()


def _by_others(case: _Case) -> Phase:
    others = case.page.others(case.told.line)
    for line, event in ((one, event) for one in others for event in one.events):
        if event.host != case.told.event.host or _is_somebody_else(event, line, case):
            continue
        if event.kind == "leave":
            return Phase.DONE
        if event.kind in ("go", "stay") and event.phase in (Phase.ONGOING, Phase.DONE):
            return event.phase
        if event.kind == "go" and line.text.startswith("will ", event.at[0]):
            return Phase.PLANNED
    if case.kind in _MEETINGS and any(_is_ahead(line) for line in others):
        return Phase.PLANNED
    if case.kind in _MEETINGS and _is_over(case.page):
        return Phase.DONE
    if any(line.words(mark) in _THERE for line in others for mark in line.marks):
        return Phase.ONGOING
    if any(clues.GOES_ON.search(line.text) for line in others):
        return Phase.ONGOING
    something_else = any(m.value is Phase.CANCELLED for m in case.told.line.marks)
    told = {
        m.value
        for line in others
        for m in line.marks
        if line.words(m) not in _WEAK
        and not any(a.start <= m.start and m.end <= a.end for a in line.sentence.agents)
        and (m.value is not Phase.CANCELLED or (not something_else and _is_of_this(line, case)))
    }
    order = (Phase.CANCELLED, Phase.DONE, Phase.ONGOING, Phase.PLANNED)
    default = Phase.PLANNED if case.lang == "ja" and _is_notice(case) else Phase.ONGOING
    return next((phase for phase in order if phase in told), default)


def _is_ahead(line: Line) -> bool:
    """정상회담을 하루 앞둔 14일: another sentence has the meeting ahead."""
    meetings = [event.at[1] for event in line.events if event.kind == "meet"]
    ahead = [mark.start for mark in line.marks if line.words(mark) in _AHEAD]
    return any(0 <= at - end <= _NEAR for at in ahead for end in meetings)


def _was_held(case: _Case) -> bool:
    """A meeting whose place is told, of which nothing is said to be ahead or to go on."""
    marks = [m for m in case.told.line.marks if case.told.line.words(m) not in _WEAK]
    planned = any(mark.value is Phase.PLANNED for mark in marks) or any(
        _is_ahead(line) for line in case.page.lines
    )
    there = any(line.words(mark) in _THERE for line in case.page.lines for mark in line.marks)
    return case.kind in _MEETINGS and bool(case.told.event.host) and not planned and not there


def _is_of_this(line: Line, case: _Case) -> bool:
    """What the sentence calls off, if it names anything, is this visit."""
    hosts = {event.host for event in line.events}
    return not hosts or case.told.event.host in hosts


def _is_over(page: Page) -> bool:
    """Told as past, and nobody is said to be still there."""
    attended = page.lang == "zh" and any(_attends(line) for line in page.body)
    return (page.is_over or attended) and not any(
        mark.value is Phase.ONGOING and line.words(mark) not in _WEAK
        for line in page.lines
        for mark in line.marks
    )


def _attends(line: Line) -> bool:
    return any(act.value.kind == "attend" for act in line.sentence.acts)


def _is_there(case: _Case) -> bool:
    """The title has him leave, or what is planned at a meeting; the body has him there."""
    if case.kind in ("meet", "stay"):
        own = case.told.line.events
        if case.lang == "en" and any(
            e.kind == "stay" and e.phase is Phase.ONGOING and e.at[1] <= case.told.event.at[0]
            for e in own
        ):
            return True  # in Beijing to meet Wang Yi
        return any(
            line.words(mark) in _THERE
            for line in case.page.others(case.told.line)
            for mark in line.marks
        )
    return case.kind in ("go", "trip") and any(
        event.phase is Phase.ONGOING and _ARRIVED.match(line.text, event.at[0])
        for line in case.page.others(case.told.line)
        for event in line.events
        if not _is_somebody_else(event, line, case)
    )


def _is_somebody_else(event: Event, line: Line, case: _Case) -> bool:
    """An English sentence has a subject: where it is not the visitor, his men went ahead."""
    return case.lang == "en" and not event.visitors and not means_the_title(event, line, case.lang)
