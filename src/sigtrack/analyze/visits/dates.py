"""When a visit is: days that a text names, made whole by the day of publication.

"on Tuesday", 13-14 Jan, 내달 4∼7일, 3月中旬, 下周: each language has its own forms. A month or day
that could be of two years is the one nearest to the publication, and a planned visit looks ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.clues import EASTERN
from sigtrack.lexicon import LANGUAGES, any_of, shipped_lexicon
from sigtrack.model import Phase

_D = r"\d{1,2}"
# By name in small letters: January and 一月, but not 1月, which has a digit.
_MONTHS = {
    name.lower(): int(number)
    for lang in LANGUAGES
    for number, names in shipped_lexicon().language(lang).section("months").items()
    for name in names
    if not name[0].isdigit()
}
_WEEKDAYS = {name.lower(): number for number, name in enumerate(clues.WEEKDAYS_EN)}
_UNITS: Mapping[str, Mapping[str, int]] = {  # and how many of them ahead
    "day": {"yesterday": -1, "today": 0, "tomorrow": 1},
    "week": {"last-week": -1, "this-week": 0, "next-week": 1},
    "month": {"last-month": -1, "this-month": 0, "next-month": 1},
    "year": {"last-year": -1, "this-year": 0, "next-year": 1},
}
# By the words, without spaces but in English.
_RELATIVE = {
    word if word.isascii() else word.replace(" ", ""): (unit, shift)
    for unit, shifts in _UNITS.items()
    for key, shift in shifts.items()
    for word in clues.words(key, section="relative")
}
_TOMORROW = ("day", 1)


def _away(*units: str) -> str:
    """One of the words in Korean, Japanese or Chinese for such a unit from today."""
    keys = (key for unit in units for key in _UNITS[unit])
    return any_of(w for key in keys for w in clues.words(key, *EASTERN, section="relative"))


_M = any_of(name for name in _MONTHS if name.isascii())
_TO_EN = clues.one_of("to-day", "en")
_EN = re.compile(
    rf"\b(?P<month>{_M}) (?P<day>{_D})(?!\d)"
    rf"(?: ?(?:{_TO_EN})? ?(?:(?:{_M}) )?(?P<last>{_D})(?!\d))?"
    r"(?:,? (?P<year>20\d\d)\b)?"
    rf"|\b(?P<day2>{_D})(?: ?(?:{_TO_EN})? ?(?P<last2>{_D}))? (?P<month2>{_M})\b"
    r"(?:,? (?P<year2>20\d\d)\b)?"
    rf"|\b(?:{clues.one_of('before-month', 'en')}) (?P<only>{_M})\b(?! \d)"
    rf"|\b(?:(?P<next>{clues.one_of('coming-day', 'en')}) )?(?P<week>{any_of(_WEEKDAYS)})\b"
    rf"|\b(?P<rel>{any_of(word for word in _RELATIVE if word.isascii())})\b",
    re.IGNORECASE,
)
_Y, _MON, _DAY = (
    "".join(clues.words(unit, *EASTERN, section="units")) for unit in ("year", "month", "day")
)
_TO = rf"(?:~|∼|-|～| |{clues.one_of('to-day', *EASTERN)})+"
_PART = rf"(?:{clues.one_of('part-of-month', *EASTERN)})?"
_NOT_BEFORE = "".join(clues.written("not-before-day", lang, part="dates") for lang in LANGUAGES)
_CJK = re.compile(
    rf"(?:(?P<year>20\d\d)[{_Y}] ?)?(?P<month>{_D})[{_MON}] ?(?P<day>{_D})[{_DAY}]?"
    rf"(?: ?{_TO} ?(?:{_D}[{_MON}] ?)?(?P<last>{_D})[{_DAY}])?"
    rf"|(?P<rmonth>{_away('month')}) ?{_PART} ?"
    rf"(?:(?P<rday>{_D})(?: ?{_TO} ?(?P<rlast>{_D}))?[{_DAY}])?"
    rf"|(?P<away>{_away('year')}) ?(?P<amonth>{_D})[{_MON}]{_PART}"
    rf"|(?P<only>{_D})[{_MON}]{_PART}"
    rf"|(?P<han>{any_of(name for name in _MONTHS if not name.isascii())}){_PART}"
    rf"|(?<![\d{_MON}.])(?P<bare>{_D})[{_DAY}]?(?: ?{_TO} ?| )(?P<blast>{_D})[{_DAY}]"
    rf"(?!{clues.one_of('for-days', *EASTERN)})"
    rf"|(?<!\d){_NOT_BEFORE}(?P<bare1>{_D})[{_DAY}](?!{clues.one_of('no-day', *EASTERN)})"
    rf"|(?P<rel>{_away('day', 'week', 'year')})"
    rf"|(?P<morrow>{clues.written('tomorrow', 'zh', part='dates')})"
)
_IS_END = re.compile(rf" ?(?:{clues.one_of('until', *EASTERN)})")
_AHEAD = (Phase.PLANNED, Phase.CANCELLED)  # what was called off was to come
_JUST_SAID = 2  # a day without a month so shortly before is when a plan was told
_TURN = 5  # days around the turn of a month that need no name of it
_SOON = 21  # days ahead that a day without a month can be, if it is over this month
_IS_REPORT = re.compile(
    rf"[^,.]{{0,24}}?(?:{clues.one_of('told-by')})|[^,.]{{0,6}}?(?:{clues.one_of('was-told')})"
)
_ENDS_AT = re.compile(rf"(?:{clues.written('ends-at', part='dates')})\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class When:
    """`first` as far as known ("2026-01"); `last` a day, if told; where it stands in the text."""

    at: int
    first: str
    last: str | None = None

    @property
    def is_day(self) -> bool:
        return len(self.first) == len("2026-01-13")


def dates_in(text: str, lang: str, today: date, phase: Phase | None) -> Iterator[When]:
    """Every day, month or year that the text names, in order."""
    pattern = _EN if lang == "en" else _CJK
    for found in pattern.finditer(text):
        is_span = any(value for name, value in found.groupdict().items() if "last" in name)
        if (
            (not is_span and _IS_END.match(text, found.end()))
            or _IS_REPORT.match(text, found.end())
            or _ENDS_AT.search(text[: found.start()])
        ):
            continue
        when = _english(found, today, phase) if lang == "en" else _eastern(found, today, phase)
        if when is not None:
            yield when


def _english(found: re.Match[str], today: date, phase: Phase | None) -> When | None:
    parts = found.groupdict()
    month = parts["month"] or parts["month2"]
    if month:
        number = _MONTHS[month.lower()]
        day, last = parts["day"] or parts["day2"], parts["last"] or parts["last2"]
        year = parts["year"] or parts["year2"]
        return _day(
            found,
            int(year) if year else None,
            number,
            int(day),
            int(last) if last else None,
            today,
        )
    if parts["only"]:
        if parts["only"].islower():
            return None
        return _month(found, _MONTHS[parts["only"].lower()], today)
    if parts["week"]:
        ahead = Phase.PLANNED if parts["next"] else phase
        return _weekday(found, _WEEKDAYS[parts["week"].lower()], today, ahead)
    return _relative(found, _RELATIVE[parts["rel"].lower()], today)


def _eastern(found: re.Match[str], today: date, phase: Phase | None) -> When | None:
    parts = found.groupdict()
    if parts["month"]:
        year = int(parts["year"]) if parts["year"] else None
        last = int(parts["last"]) if parts["last"] else None
        return _day(found, year, int(parts["month"]), int(parts["day"]), last, today)
    if parts["rmonth"]:
        _, shift = _RELATIVE[parts["rmonth"].replace(" ", "")]
        year, month = _shifted(today, shift)
        if not parts["rday"]:
            return When(found.start(), f"{year}-{month:02}")
        last = int(parts["rlast"]) if parts["rlast"] else None
        return _day(found, year, month, int(parts["rday"]), last, today)
    if parts["amonth"]:
        month = min(max(int(parts["amonth"]), 1), 12)
        return When(found.start(), f"{today.year + _RELATIVE[parts['away']][1]}-{month:02}")
    if parts["only"] or parts["han"]:
        return _month(found, int(parts["only"] or _MONTHS[parts["han"]]), today)
    bare = parts["bare"] or parts["bare1"]
    if bare:
        last = int(parts["blast"]) if parts["blast"] else None
        return _near_day(found, int(bare), last, today, phase)
    away = _TOMORROW if parts["morrow"] else _RELATIVE[parts["rel"].replace(" ", "")]
    return _relative(found, away, today)


def _day(
    found: re.Match[str], year: int | None, month: int, day: int, last: int | None, today: date
) -> When | None:
    candidates = [_made(y, month, day) for y in ((year,) if year else _years(today))]
    days = [d for d in candidates if d is not None]
    if not days:
        return None
    first = min(days, key=lambda d: abs((d - today).days))
    return When(found.start(), first.isoformat(), _until(first, last))


def _near_day(
    found: re.Match[str], day: int, last: int | None, today: date, phase: Phase | None
) -> When | None:
    """A day without a month: of this one or a neighbour, ahead for plans, behind for the rest."""
    days = [_made(*_shifted(today, shift), day) for shift in (-1, 0, 1)]
    known = [d for d in days if d is not None]
    if phase in _AHEAD:
        if any(0 < (today - d).days <= _JUST_SAID for d in known):
            return None
        known = [d for d in known if d >= today and (d - today).days <= _SOON] or known
    elif phase is None:  # without "last" or "next" a day is of this month
        known = [d for d in known if d.month == today.month or abs((d - today).days) <= _TURN]
    elif phase in (Phase.DONE, Phase.ONGOING):
        known = [d for d in known if d <= today + timedelta(days=1)] or known
    if not known:
        return None
    first = min(known, key=lambda d: abs((d - today).days))
    return When(found.start(), first.isoformat(), _until(first, last))


def _weekday(found: re.Match[str], weekday: int, today: date, phase: Phase | None) -> When:
    ahead = (weekday - today.weekday()) % 7
    behind = ahead - 7 if ahead else 0
    # What is told of tomorrow as if it were happening is: further east the day has begun.
    shift = ahead if phase in _AHEAD or ahead == 1 else behind
    return When(found.start(), (today + timedelta(days=shift)).isoformat())


def _month(found: re.Match[str], month: int, today: date) -> When | None:
    if not 1 <= month <= 12:
        return None
    year = min(_years(today), key=lambda y: abs((y - today.year) * 12 + month - today.month))
    return When(found.start(), f"{year}-{month:02}")


def _relative(found: re.Match[str], away: tuple[str, int], today: date) -> When:
    """A day in full, a week or month by its month, a year."""
    unit, shift = away
    match unit:
        case "day":
            return When(found.start(), (today + timedelta(days=shift)).isoformat())
        case "week":
            return When(found.start(), f"{today + timedelta(days=7 * shift):%Y-%m}")
        case "month":
            year, month = _shifted(today, shift)
            return When(found.start(), f"{year}-{month:02}")
    return When(found.start(), str(today.year + shift))


def _shifted(today: date, months: int) -> tuple[int, int]:
    at = today.year * 12 + today.month - 1 + months
    return at // 12, at % 12 + 1


def _years(today: date) -> tuple[int, int, int]:
    return today.year - 1, today.year, today.year + 1


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _until(first: date, last: int | None) -> str | None:
    if last is None:
        return None
    day = _made(first.year, first.month, last)
    if day is not None and day < first:
        day = _made(*_shifted(first, 1), last)
    return day.isoformat() if day and day >= first and (day - first).days <= 30 else None
