"""Reads when a visit is: the days that a text names, completed by the day of publication.

"on Tuesday", 13-14 Jan, 내달 4∼7일, 3月中旬, 下周: each language has its own forms. If a month or
day could be in two years, the one nearest to the publication counts, and a planned visit is in the
future.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from string import digits

from sigtrack.analyze.visits.lexicon import EASTERN, one_of, words
from sigtrack.frozen import frozen
from sigtrack.lexicon import LANGUAGES, any_of, shipped_lexicon
from sigtrack.model import Phase

# By name in small letters: January and 一月, but not 1月, which has a digit.
_MONTHS = {
    name.lower(): int(number)
    for lang in LANGUAGES
    for number, names in shipped_lexicon().language(lang).section("months").items()
    for name in names
    if not name[0].isdigit()
}
# English names in small letters; Monday is 0.
WEEKDAYS = {
    names[1].lower(): number
    for number, names in enumerate(shipped_lexicon().language("en").section("weekdays").values())
}
_UNITS = {"day": ("yesterday", "today", "tomorrow")} | {
    unit: (f"last-{unit}", f"this-{unit}", f"next-{unit}") for unit in ("week", "month", "year")
}
# The unit and how many units ahead, by words, without spaces except in English.
_RELATIVE = {
    word if word.isascii() else word.replace(" ", ""): (unit, shift)
    for unit, keys in _UNITS.items()
    for shift, key in enumerate(keys, start=-1)
    for word in words(key, section="relative")
}


def _away(*units: str) -> str:
    """Return a pattern for Korean, Japanese or Chinese words for such a unit relative to today."""
    keys = (key for unit in units for key in _UNITS[unit])
    return any_of(w for key in keys for w in words(key, *EASTERN, section="relative"))


# Numbers after names of groups only tell them apart.
_D = r"\d{1,2}"
_M = any_of(name for name in _MONTHS if name.isascii())
_TO_EN = one_of("to-day", "en")
_EN = re.compile(
    rf"\b(?P<month>{_M}) (?P<day>{_D})(?!\d)"
    rf"(?: ?(?:{_TO_EN})? ?(?:(?:{_M}) )?(?P<last>{_D})(?!\d))?"
    r"(?:,? (?P<year>20\d\d)\b)?"
    rf"|\b(?P<day2>{_D})(?: ?(?:{_TO_EN})? ?(?P<last2>{_D}))? (?P<month2>{_M})\b"
    r"(?:,? (?P<year2>20\d\d)\b)?"
    rf"|\b(?:{one_of('before-month', 'en')}) (?P<only>{_M})\b(?! \d)"
    rf"|\b(?P<week>{any_of(WEEKDAYS)})\b"
    rf"|\b(?P<rel>{any_of(word for word in _RELATIVE if word.isascii())})\b",
    re.IGNORECASE,
)
_Y, _MON, _DAY = (
    "".join(words(unit, *EASTERN, section="units")) for unit in ("year", "month", "day")
)
_TO = rf"(?:~|∼|-|～| |{one_of('to-day', *EASTERN)})+"
_NOT_BEFORE = "".join(
    shipped_lexicon().language(lang).pattern("patterns", "dates", "not-before-day")
    for lang in EASTERN
)
_ACTS_ON_DAY = shipped_lexicon().pattern("patterns", "dates", "acts-on-day")
_CJK = re.compile(
    rf"(?:(?P<year>20\d\d)[{_Y}] ?)?(?P<month>{_D})[{_MON}] ?(?P<day>{_D})[{_DAY}]?"
    rf"(?: ?{_TO} ?(?:{_D}[{_MON}] ?)?(?P<last>{_D})[{_DAY}])?"
    rf"|(?<![\d.,])(?P<month2>1[0-2]|[1-9]) (?P<day5>[12]\d|3[01]|[1-9]){_ACTS_ON_DAY}"
    rf"|(?P<nearby>{_away('month')}) ?"
    rf"(?:(?P<day2>{_D})(?: ?{_TO} ?(?P<last2>{_D}))?[{_DAY}])?"
    rf"|(?P<away>{_away('year')}) ?(?P<month3>{_D})[{_MON}]"
    rf"|(?:(?P<year3>20\d\d)[{_Y}] ?)?(?P<only>{_D})[{_MON}]"
    rf"|(?P<only2>{any_of(name for name in _MONTHS if not name.isascii())})"
    rf"|(?<![\d{_MON}.])(?P<day3>{_D})[{_DAY}]?(?: ?{_TO} ?| )(?P<last3>{_D})[{_DAY}]"
    rf"|(?<!\d){_NOT_BEFORE}(?P<day4>{_D})[{_DAY}](?!{one_of('no-day', *EASTERN)})"
    rf"|(?<!\d)(?P<rel>{_away('day', 'week', 'year')})"
)
_IS_END = re.compile(rf" ?(?:{one_of('until', *EASTERN)})")
_AHEAD = (Phase.PLANNED, Phase.CANCELLED)  # a cancelled visit was in the future
_SOON = 21  # days ahead for a day without a month, if that day of this month is over
_IS_REPORT = re.compile(
    rf"[^,.]{{0,24}}?(?:{one_of('told-by')})|[^,.]{{0,6}}?(?:{one_of('was-told')})"
)
_ENDS_AT = re.compile(
    rf"(?:{shipped_lexicon().pattern('patterns', 'dates', 'ends-at')})\Z", re.IGNORECASE
)


@frozen(kw_only=False)
class When:
    """A time: `first` as far as known ("2026-01"), `last` a day, `at` its place in the text."""

    at: int
    first: str
    last: str | None = None

    @property
    def is_day(self) -> bool:
        return len(self.first) == len("2026-01-13")


def dates_in(text: str, lang: str, today: date, phase: Phase | None) -> Iterator[When]:
    """Yield every day, month or year that the text names, in order."""
    for at, parts in _named_in(text, lang):
        if told := _day_of(parts, today, phase):
            yield When(at, *told)


@lru_cache(maxsize=32)  # each event of an item asks for the days of all its lines
def _named_in(text: str, lang: str) -> Sequence[tuple[int, Mapping[str, str]]]:
    named = []
    for found in (_EN if lang == "en" else _CJK).finditer(text):
        parts = {name.rstrip(digits): told for name, told in found.groupdict().items() if told}
        ends = "last" not in parts and _IS_END.match(text, found.end())
        is_report = _IS_REPORT.match(text, found.end())
        if not (ends or is_report or _ENDS_AT.search(text, 0, found.start())):
            named.append((found.start(), parts))
    return named


_Told = tuple[str, str | None]  # the first day, as far as told, and the last


def _day_of(parts: Mapping[str, str], today: date, phase: Phase | None) -> _Told | None:
    last = parts.get("last")
    match parts:
        case {"week": name}:
            return _weekday(WEEKDAYS[name.lower()], today, phase), None
        case {"nearby": word, "day": day}:
            year, number = _shifted(today, _relation(word)[1])
            return _day((year,), number, day, last, today)
        case {"rel": word} | {"nearby": word}:
            known = _relative(*_relation(word), today)
            return (known, None) if known else None
        case {"away": word, "month": month}:
            return _month(month, today.year + _relation(word)[1], today)
        case {"month": month, "day": day}:
            near = (today.year - 1, today.year, today.year + 1)
            years = (int(parts["year"]),) if "year" in parts else near
            return _day(years, _number(month), day, last, today)
        case {"only": month}:
            return _month(month, int(parts.get("year", 0)), today)
        case {"day": day}:
            return _near_day(int(day), last, today, phase)
    return None


def _number(month: str) -> int:
    return int(month) if month.isdigit() else _MONTHS[month.lower()]


def _relation(word: str) -> tuple[str, int]:
    return _RELATIVE[word.lower() if word.isascii() else word.replace(" ", "")]


def _day(years: Sequence[int], month: int, day: str, last: str | None, today: date) -> _Told | None:
    return _nearest([_made(year, month, int(day)) for year in years], last, today)


def _nearest(days: Sequence[date | None], last: str | None, today: date) -> _Told | None:
    first = min((d for d in days if d), key=lambda d: abs((d - today).days), default=None)
    return (first.isoformat(), _until(first, last)) if first else None


def _near_day(day: int, last: str | None, today: date, phase: Phase | None) -> _Told | None:
    """Complete a day without a month: a future one for plans, and of this month if none is said."""
    days = [_made(*_shifted(today, shift), day) for shift in (-1, 0, 1)]
    known = [d for d in days if d is not None]
    if phase in _AHEAD:
        known = [d for d in known if 0 <= (d - today).days <= _SOON] or known
    elif phase is None:
        known = [d for d in known if d.month == today.month]
    return _nearest(known, last, today)


def _weekday(weekday: int, today: date, phase: Phase | None) -> str:
    ahead = (weekday - today.weekday()) % 7
    behind = ahead - 7 if ahead else 0
    # What is told about tomorrow in the present tense is happening: further east it is tomorrow
    # already.
    shift = ahead if phase in _AHEAD or ahead == 1 else behind
    return (today + timedelta(days=shift)).isoformat()


def _month(name: str, year: int, today: date) -> _Told | None:
    """Return a month of a year, or the nearest one if that is 0."""
    month = _number(name)
    years = (year,) if year else (today.year + 1, today.year, today.year - 1)
    away = min(years, key=lambda y: abs((y - today.year) * 12 + month - today.month))
    known = 1 <= month <= 12 and abs(away - today.year) <= 1
    return (f"{away}-{month:02}", None) if known else None


def _relative(unit: str, shift: int, today: date) -> str | None:
    """Return a day in full, a week as the month that holds it all, a month, or a year."""
    match unit:
        case "day":
            return (today + timedelta(days=shift)).isoformat()
        case "week":
            monday = today + timedelta(days=7 * shift - today.weekday())
            months = {f"{day:%Y-%m}" for day in (monday, monday + timedelta(days=6))}
            return months.pop() if len(months) == 1 else None
        case "month":
            year, month = _shifted(today, shift)
            return f"{year}-{month:02}"
    return str(today.year + shift)


def _shifted(today: date, months: int) -> tuple[int, int]:
    at = today.year * 12 + today.month - 1 + months
    return at // 12, at % 12 + 1


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _until(first: date, last: str | None) -> str | None:
    days = [_made(*_shifted(first, shift), int(last)) for shift in (0, 1)] if last else []
    return next((day.isoformat() for day in days if day and day >= first), None)
