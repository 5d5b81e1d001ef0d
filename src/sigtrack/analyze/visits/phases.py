"""Decides how far a visit has come when the item appears, and at which level it is.

The verb tells most ("arrives", "wraps up"), then a mark beside a noun (방문 예정, 訪米を延期,
结束访华), then the day: a day in the future means planned. If one sentence leaves it open, others
may tell. A postponed visit counts as called off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from sigtrack.analyze.visits.dates import dates_in
from sigtrack.analyze.visits.lexicon import VisitToken, clue, one_of, words
from sigtrack.analyze.visits.page import AnalysedItem, Line, ToldEvent
from sigtrack.analyze.visits.sentence import Event
from sigtrack.frozen import frozen
from sigtrack.model import Level, Phase

DEPARTS = re.compile(one_of("departs"))
# Letters between a verb and a mark that belongs to it.
_REACH = {"en": 30, "ko": 18, "ja": 14, "zh": 12}
_BEFORE = 4  # in Korean and Japanese, where marks follow
_BESIDE = 2  # letters between a meeting and the word for its being planned all the same
_NEAR = 8  # letters between a meeting and the word for its being planned
_DATE = len("2026-01-13")
_HOSTS = ("host", "receive")
_MEETINGS = ("meet", "attend", *_HOSTS)
_BREAK = re.compile(r"[.!?;]")
_ARRIVED = re.compile(one_of("arrived"))
_WILL = "will "
_NEXT = frozenset(
    word
    for key in ("tomorrow", "next-week", "next-month", "next-year")
    for word in words(key, section="relative")
)
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
    def lang(self) -> str:
        return self.page.lang

    @property
    def meets(self) -> bool:
        return self.event.kind in _MEETINGS

    @property
    def own_days(self) -> list[str]:
        """The days, months and years that its sentence names."""
        today = date.fromisoformat(self.today)
        return [when.first for when in dates_in(self.line.text, self.lang, today, None)]

    def lies(self, *, ahead: bool) -> bool:
        """Whether the first day is a full day in the future, or in the past."""
        if self.first is None or len(self.first) != _DATE:
            return False
        return self.first > self.today if ahead else self.first < self.today


def phase_of(
    told: ToldEvent, page: AnalysedItem, first: str | None, if_planned: str | None, today: date
) -> Phase:
    others = page.others(told.line)
    case = _Case(told.event, told.line, others, page, first, if_planned, today.isoformat())
    phase = _by_sentence(case)
    if phase is None:
        return _by_others(case)
    return Phase.ONGOING if phase is Phase.PLANNED and _is_there(case) else phase


def level_of(told: ToldEvent, page: AnalysedItem) -> Level:
    """Return the level in the sentence of the event, or in one about no other country."""
    sides = {told.event.host, *(visitor.country for visitor in told.event.visitors)}
    others = (s for s in page.others(told.line) if {p.country for p in s.sentence.spots} <= sides)
    levels = [line.levels for line in (told.line, *others) if line.levels]
    if levels:
        return Level(min(levels[0], key=lambda token: token.start).value)
    # A gathering of many is named, and not as what comes before or after.
    gathers = any(
        not line.sentence.before("apart", token.start)
        for line in page.lines
        for token in line.sentence.many
    )
    return Level.SIDELINES if gathers else Level.UNSPECIFIED


# By the sentence itself


def _by_sentence(case: _Case) -> Phase | None:
    """Return the phase, or None if the sentence leaves it open."""
    own = [mark for mark in case.line.marks if _belongs(mark, case)]
    off = any(mark.value is Phase.CANCELLED for mark in own) and case.event.kind != "stay"
    if off or case.event.phase is Phase.CANCELLED:
        return Phase.PLANNED if _goes_all_the_same(case) else Phase.CANCELLED
    lately = case.line.sentence.before("lately", case.event.at[0])
    if lately or case.event.kind == "leave" or _leaves(case, case.line):
        return Phase.DONE
    if case.event.kind in ("trip", "go") and case.line.sentence.after("not-yet", case.event.at[1]):
        return Phase.PLANNED
    if case.first != case.today and not case.lies(ahead=False) and _is_ahead(case.event, case.line):
        return Phase.PLANNED
    if case.event.kind == "trip" and _is_meanwhile(case, own):
        return Phase.ONGOING
    if case.event.phase is not None:
        return _by_verb(case, own)
    if case.lang == "en" and _is_to(case):
        return Phase.PLANNED
    if case.meets and case.line.sentence.before("may-bring", case.event.at[0]):
        return Phase.PLANNED
    return _by_marks(case, own)


def _goes_all_the_same(case: _Case) -> bool:
    """Whether only a gathering is left out: 国連総会は欠席, but トランプ氏と会談予定."""
    told = [event for event in case.line.events if event.host == case.event.host]
    left_out = [act.end for act in case.line.sentence.acts if act.value.kind == "attend"]
    if any(mark.start in left_out and mark.end < case.event.at[0] for mark in case.line.marks):
        return case.event.kind in ("go", "trip")  # 国連総会出席|見送りへ 訪米は…
    plans = [mark for mark in case.line.marks if mark.value is Phase.PLANNED]
    return any(event.kind == "attend" for event in told) and any(
        event.kind == "meet" and max(start - mark.end, mark.start - end) <= _BESIDE
        for event in told
        for start, end in (event.at,)
        for mark in plans
    )


def _by_verb(case: _Case, own: Sequence[VisitToken]) -> Phase | None:
    """Return the phase of the verb, unless the visit or departure is still ahead."""
    event, text, start = case.event, case.line.text, case.event.at[0]
    if event.phase is not Phase.ONGOING:
        return event.phase
    announced = case.lang in ("en", "zh") and any(
        mark.value is Phase.PLANNED and mark.end <= start and text[mark.end : start].count(" ") <= 2
        for mark in own
    )
    departs = (case.lang == "en" and not _ARRIVED.match(text, start)) or DEPARTS.search(text)
    leaves = case.lies(ahead=True) and (event.kind == "meet" or (event.kind == "go" and departs))
    return Phase.PLANNED if announced or leaves else event.phase


def _is_meanwhile(case: _Case, own: Sequence[VisitToken]) -> bool:
    """Whether he is there, not before or after: "Eyes deal during Taipei trip", 방미 기간 중."""
    event = case.event
    start = min(event.at[0], event.spot.start if event.spot else event.at[0])
    if case.lies(ahead=True) or any(mark.value is Phase.DONE for mark in own):
        return False
    ahead = any(
        line.text.startswith(_WILL, one.at[0]) or one.phase is Phase.PLANNED
        for line in case.others
        for one in line.events
        if one.host == event.host
    )
    sentence = case.line.sentence
    meanwhile = sentence.before("meanwhile", start) or sentence.after("during", event.at[1])
    return not ahead and meanwhile is not None


def _is_to(case: _Case) -> bool:
    """Whether it is the infinitive of headlines: "Merz to lead delegation on first trip"."""
    agents = case.line.sentence.agents
    return any(
        case.line.text.startswith((" to ", " still to "), visitor.end)
        and case.event.kind not in _HOSTS
        for visitor in case.event.visitors
        if not visitor.sure or any(visitor is agent for agent in agents)
    )


def _by_marks(case: _Case, own: Sequence[VisitToken]) -> Phase | None:
    """Return the phase of the nearest mark, or else by the day."""
    marks = [mark for mark in own if _tells_phase(mark, case)]
    if marks:
        start, end = case.event.at
        ruling = [
            m for m in marks if m.end <= start and case.line.sentence.word(m) in words("governs")
        ]
        nearest = min(ruling or marks, key=lambda m: max(start - m.end, m.start - end, 0))
        value: Phase = nearest.value
        came = case.event.kind == "trip" and nearest.start < end and start < nearest.end
        if value is Phase.DONE and (_met_today(case) or (came and case.first == case.today)):
            return Phase.ONGOING
        if value is Phase.ONGOING and case.lies(ahead=True) and case.first in case.own_days:
            return Phase.PLANNED  # 19日启程, said on the 18th
        meets = value is Phase.PLANNED and case.event.kind == "meet"
        return Phase.ONGOING if meets and case.if_planned == case.today else value
    if case.first is None:
        return None
    today = case.first == case.today
    if case.first > case.today[: len(case.first)]:
        return Phase.PLANNED
    if case.lies(ahead=False) and _was_held(case):
        return Phase.DONE  # on a day that is known, and over
    if not today or any(_leaves(case, line) for line in case.others):
        return None
    over = case.meets and not _met_today(case) and _is_over(case.page)
    return Phase.DONE if over else Phase.ONGOING


def _met_today(case: _Case) -> bool:
    """Whether he met his hosts or was received today, and so is there; who met abroad are done."""
    sides = {visitor.country for visitor in case.event.visitors}
    received = len(sides) == 1 or case.event.kind in _HOSTS
    return case.meets and case.first == case.today and received


def _tells_phase(mark: VisitToken, case: _Case) -> bool:
    word = case.line.sentence.word(mark)
    if word in words("toward") and case.line.text.startswith(words("of", "ja"), mark.end):
        return False
    known = mark.value is Phase.CANCELLED or (
        case.event.kind in ("stay", "say") and word in words("made-known")
    )
    if known:
        return False
    is_past = case.lies(ahead=False) and (case.if_planned or "") < case.today
    return not (mark.value is Phase.PLANNED and is_past and word not in words("still-ahead"))


def _belongs(mark: VisitToken, case: _Case) -> bool:
    """Whether a mark is near the verb, in its clause, on the side where the language puts it."""
    sentence, (start, end) = case.line.sentence, case.event.at
    if sentence.is_quoted(mark.start) and not sentence.is_quoted(start):
        return False  # of something else
    word = sentence.word(mark)
    if word == "to":
        opens = mark.start == end + 1 and sentence.after("to-open", mark.end)
        return bool(opens) if case.event.kind == "trip" else mark.end + 1 == start
    if mark.start < end and start < mark.end:
        return True
    if mark.value is Phase.CANCELLED and _is_of_another(case, mark):
        return False
    halved = case.lang != "en" and case.event.kind in ("meet", "stay")
    reach = _REACH[case.lang] // 2 if halved else _REACH[case.lang]
    if mark.end > start:
        return _belongs_behind(mark, case, reach)
    gap = _without_names(case, mark.end, start)
    if word in words("governs"):
        return not _BREAK.search(gap)
    if _BREAK.search(gap) or len(gap) > reach:
        return False
    anywhere = case.lang in ("en", "zh") or word in _NEXT
    beside = mark.value is Phase.CANCELLED or " " not in gap.strip()
    return anywhere or (len(gap) <= _BEFORE and beside)


def _belongs_behind(mark: VisitToken, case: _Case, reach: int) -> bool:
    sentence, (_, end), spot = case.line.sentence, case.event.at, case.event.spot
    if spot and case.event.kind == "meet" and end <= spot.start and spot.end <= mark.start:
        end = spot.end  # 회담, 나라서 개최 조율
    gap = sentence.text[end : mark.start]
    word = sentence.word(mark)
    if word in words("toward") and " " in gap and sentence.text[mark.end : mark.end + 1].strip():
        return False  # 初訪問 「第三国」へ首脳会談: another clause
    if case.lang == "zh" and " " in (gap if word in words("governs") else gap.strip()):
        return False  # another headline, with its own subject
    parted = case.event.kind in ("go", "trip") and re.search("[ ,]", gap)
    if parted and word in _AT_ONCE and any(act.start > end for act in sentence.acts):
        return False  # 訪英、あす会談へ: another clause, with its own verb
    near = len(gap) <= reach and not _BREAK.search(gap)
    return near and word not in words("meanwhile")


def _is_of_another(case: _Case, mark: VisitToken) -> bool:
    """Whether something else is called off: visits Russia as talks are on hold."""
    first, last = sorted(((mark.start, mark.end), case.event.at))
    acts = (act for act in case.line.sentence.acts if first[1] < act.start < last[0])
    return any(act.value.kind == "meet" for act in acts) and case.event.kind in ("go", "trip")


def _without_names(case: _Case, start: int, end: int) -> str:
    """Return the text without people and the place.

    "following Foreign Minister Wang Yi's visit", 将对朝鲜民主主义人民共和国进行访问.
    """
    text, spot = case.line.text, case.event.spot
    agents = case.line.sentence.agents if case.lang in ("en", "zh") else ()
    names = [(agent.start, agent.end) for agent in agents]
    names += [(spot.start, spot.end)] if spot and case.lang == "zh" else []
    cut = [(first, last) for first, last in names if start <= first and last <= end]
    return "".join(
        text[at] for at in range(start, end) if not any(first <= at < last for first, last in cut)
    )


# By the other sentences


def _leaves(case: _Case, line: Line) -> bool:
    host = case.event.host
    return any(event.kind == "leave" and event.host == host for event in line.events)


def _by_a_ministry(case: _Case) -> Phase | None:
    """Return the phase of a Japanese ministry's bare headline.

    インド首相の訪日 is planned; 総理大臣の式典への参列 is over; 総理大臣のAPEC首脳会議への出席 is
    planned, because what a leader did at a summit is told by session.
    """
    before, (start, end) = case.line.text[: case.event.at[0]], case.event.at
    if case.lang != "ja" or not any(of in before for of in words("of", "ja")):
        return None
    announced = case.line.sentence.before("announced", start)
    if case.line.sentence.after("reported", start) and not announced:
        return Phase.DONE
    theirs = case.line.sentence.before("of-whom", start)  # and not 8回目の訪米
    bare = (announced or theirs) and not case.line.text[end:].strip()
    return Phase.PLANNED if bare and case.first is None else None


def _by_others(case: _Case) -> Phase:
    others, own = case.others, (case.event, case.line)
    same = ((event, line) for line in others for event in line.events)
    there = [(event, line) for event, line in same if event.host == case.event.host]
    for event, _ in there:
        if event.kind == "leave":
            return Phase.DONE
        if event.kind in ("go", "stay") and event.phase in (Phase.ONGOING, Phase.DONE):
            return event.phase
    if _any_tells(others, "there"):
        return Phase.ONGOING
    if case.first != case.today and any(_is_ahead(event, line) for event, line in there):
        return Phase.PLANNED
    occasion = case.event.kind == "attend" and case.event.spot and not case.event.spot.is_place
    was = any(_was(event, line, case) for event, line in (own, *there))
    over = was or (case.meets and not occasion and _is_over(case.page))
    if over and not _attended_yesterday(case):
        return Phase.DONE
    if any(clue("goes-on").search(line.text) for line in others):
        return Phase.ONGOING
    told = _told_elsewhere(case)
    order = (Phase.CANCELLED, Phase.DONE, Phase.ONGOING, Phase.PLANNED)
    default = _by_a_ministry(case) or Phase.ONGOING
    return next((phase for phase in order if phase in told), default)


def _is_ahead(event: Event, line: Line) -> bool:
    """Whether the form of the verb says that it is to come: will go; 방한하는 시진핑, 회담한다."""
    start = event.at[0]
    if event.kind == "go" and line.text.startswith(_WILL, start):
        return True
    opens = event.kind == "attend" and line.sentence.before("held-soon", start)
    return bool(opens or line.sentence.after("to-come", _ends(event)))


def _was(event: Event, line: Line, case: _Case) -> bool:
    """Whether the sentence says that it was: "talks in Rome were a win"; 경주에서 열린 회담."""
    held = event.kind == "meet" and case.first != case.today
    was = line.sentence.after("was", _ends(event))
    return bool(was or (held and line.sentence.before("was-held", event.at[0])))


def _ends(event: Event) -> int:
    """Return where the verb and the place behind it end: "talks in Budapest"."""
    return max(event.at[1], event.spot.end if event.spot else 0)


def _told_elsewhere(case: _Case) -> set[Phase]:
    """Return the phases of marks in other sentences, without common words and parts of a name.

    Called off counts only if it can mean this visit.
    """
    something_else = any(m.value is Phase.CANCELLED for m in case.line.marks)
    return {
        mark.value
        for line in case.others
        for mark in line.marks
        if line.sentence.word(mark) not in words("weak")
        and not _is_told_of_another_journey(mark, line, case)
        and not (mark.value is Phase.CANCELLED and (something_else or not line.sentence.acts))
    }


def _is_told_of_another_journey(mark: VisitToken, line: Line, case: _Case) -> bool:
    """Whether the sentence tells another journey, or the mark is what somebody says."""
    hosts = {event.host for event in line.events if event.host}
    said = line.field == "title" and line.sentence.is_quoted(mark.start)
    return case.event.host not in hosts if hosts else said


def _was_held(case: _Case) -> bool:
    """Whether it is a meeting with a place, and nothing says that it is ahead or goes on."""
    planned = any(
        mark.value is Phase.PLANNED and case.line.sentence.word(mark) not in words("weak")
        for mark in case.line.marks
    )
    held = (case.meets or _met_on_trip(case)) and case.event.host and not planned
    there = _attended_yesterday(case) or _any_tells(case.page.lines, "there")
    return bool(held) and not there


def _attended_yesterday(case: _Case) -> bool:
    """Whether it is a gathering of yesterday, after which nobody leaves at once, as at the UN."""
    yesterday = date.fromisoformat(case.today) - timedelta(days=1)
    return case.event.kind == "attend" and case.first == yesterday.isoformat()


def _met_on_trip(case: _Case) -> bool:
    """Whether day and meeting stand beside the trip: 28일 일본을 방문해 총리와 회담."""
    if case.event.kind != "trip":
        return False
    meets = any(act.value.kind == "meet" for act in case.line.sentence.acts)
    days = case.own_days
    return meets and bool(days) and all(day < case.today[: len(day)] for day in days)


def _any_tells(lines: Sequence[Line], key: str) -> bool:
    """Whether a mark of the sentences is one of these words."""
    return any(line.sentence.word(mark) in words(key) for line in lines for mark in line.marks)


def _is_over(page: AnalysedItem) -> bool:
    """Whether it is told in the past, and nobody is said to be still there."""
    attended = page.lang == "zh" and any(
        act.value.kind == "attend" for line in page.body for act in line.sentence.acts
    )
    return (page.is_over or attended) and not any(
        mark.value is Phase.ONGOING and line.sentence.word(mark) not in words("weak")
        for line in page.lines
        for mark in line.marks
    )


def _is_there(case: _Case) -> bool:
    """Whether he is there: the title has the departure or a plan, but the body has him there."""
    if case.event.kind in ("meet", "stay"):
        here = case.lang == "en" and any(  # in Beijing to meet Wang Yi
            e.kind == "stay" and e.phase is Phase.ONGOING and e.at[1] <= case.event.at[0]
            for e in case.line.events
        )
        return here or _any_tells(case.others, "there")
    homes = {visitor.country for visitor in case.event.visitors}
    return case.event.kind in ("go", "trip") and any(
        _ARRIVED.match(line.text, event.at[0])
        and (event.phase is Phase.ONGOING or (event.kind == "leave" and event.host in homes))
        for line in case.others
        for event in line.events
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
