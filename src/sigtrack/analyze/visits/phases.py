"""How far a visit has come when the item appears, and at which level it is told.

The verb says most ("arrives", "wraps up"), a mark beside a noun the rest (방문 예정, 訪米を延期,
结束访华), the day the remainder: what lies ahead is planned. Put off is called off.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sigtrack.analyze.visits.events import Event
from sigtrack.analyze.visits.lexicon import Token
from sigtrack.model import Level, Phase

_REACH = {
    "en": 30,
    "ko": 18,
    "ja": 14,
    "zh": 12,
}  # letters between a verb and a mark that is its own
_AHEAD = ("앞두고", "앞둔", "예정", "앞서")
_SAID = frozenset(
    [
        "announces",
        "announced",
        "宣布",
        "发表",
        "發表",
        "발표",
        "発表",
        "confirms",
        "confirmed",
        "确认",
        "確認",
    ]
)
_LEVELS = ("state", "official", "working", "informal", "sidelines")


def phase_of(
    event: Event, text: str, marks: Sequence[Token], lang: str, first: str | None, today: date
) -> tuple[Phase, bool]:
    """The phase, and whether the words of the sentence tell it (or only the lack of any)."""
    own = [m for m in marks if _belongs(m, event, text, lang)]
    if any(m.value is Phase.CANCELLED and _calls_off(m, event, text, lang) for m in own):
        return Phase.CANCELLED, True
    if event.kind == "leave":
        return Phase.DONE, True
    told = {m.value for m in own}
    if event.phase is Phase.PLANNED and event.kind == "go" and lang != "en":
        return (
            Phase.DONE if Phase.DONE in told and lang == "zh" and False else Phase.PLANNED
        ), True
    if event.phase is not None:
        if event.phase is Phase.ONGOING and lang == "en" and Phase.PLANNED in told:
            if any(m.value is Phase.PLANNED and _right_before(m, event, text) for m in own):
                return Phase.PLANNED, True
        if (
            event.phase is Phase.ONGOING
            and first
            and len(first) == 10
            and first > today.isoformat()
        ):
            if event.kind == "go" and lang == "en":
                return Phase.PLANNED, True
        return event.phase, True
    if lang == "en" and any(text.startswith(" to ", v.end) for v in event.visitors):
        return Phase.PLANNED, True
    return _by_marks(event, own, text, lang, first, today)


def _by_marks(
    event: Event, own: Sequence[Token], text: str, lang: str, first: str | None, today: date
) -> tuple[Phase, bool]:
    near = sorted(own, key=lambda m: _distance(m, event))
    if event.kind in ("stay", "say"):
        near = [m for m in near if text[m.start : m.end].lower() not in _SAID]
    for mark in near:
        if mark.value is Phase.CANCELLED:
            continue
        if mark.value is Phase.DONE and event.kind == "meet" and lang == "en":
            if text[mark.start : mark.end].lower() in ("after", "before", "following"):
                continue
        if mark.value is Phase.PLANNED and first and len(first) == 10 and first < today.isoformat():
            if lang != "ko" or text[mark.start : mark.end] not in _AHEAD:
                continue
        return mark.value, True
    if first and len(first) == 10:
        if first > today.isoformat():
            return Phase.PLANNED, True
        return Phase.ONGOING, first == today.isoformat()
    if first and first > today.isoformat()[: len(first)]:
        return Phase.PLANNED, True
    return Phase.ONGOING, False


def _belongs(mark: Token, event: Event, text: str, lang: str) -> bool:
    """Near enough to the verb, in its clause, on the side where the language puts it."""
    start, end = event.at
    word = text[mark.start : mark.end].lower()
    if word == "to":
        return event.kind != "trip" and mark.end + 1 == start
    if mark.start < end and start < mark.end:
        return True
    gap = text[mark.end : start] if mark.end <= start else text[end : mark.start]
    reach = _REACH[lang] // 2 if event.kind in ("meet", "stay") and lang != "en" else _REACH[lang]
    if len(gap) > reach or any(c in gap for c in ".!?;"):
        return False
    if mark.value is Phase.CANCELLED:
        return lang in ("en", "zh") or mark.start >= end or len(gap) <= 4
    if lang in ("ko", "ja") and mark.end <= start:
        return len(gap) <= 4 and " " not in gap.strip()
    return True


def _calls_off(mark: Token, event: Event, text: str, lang: str) -> bool:
    """ "after postponed trip" calls nothing off; nor does 연기 of another thing."""
    if lang != "en":
        return True
    before = text[max(0, mark.start - 14) : mark.start].lower().rstrip()
    if before.endswith((" after", " after a", "once", "previously", "after being")):
        return False
    return event.kind != "stay"


def _right_before(mark: Token, event: Event, text: str) -> bool:
    return mark.end <= event.at[0] and text[mark.end : event.at[0]].count(" ") <= 2


def _distance(mark: Token, event: Event) -> int:
    start, end = event.at
    return max(start - mark.end, mark.start - end, 0)


def level_of(levels: Sequence[str], event: Event) -> Level:
    """The highest level that the item names; a gathering of many is no bilateral visit."""
    for level in _LEVELS:
        if level in levels:
            return Level(level)
    return Level.SIDELINES if event.many else Level.UNSPECIFIED
