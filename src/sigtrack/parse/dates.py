"""Read dates as publishers write them.

feedparser reads KST and JST as UTC and takes `2026/11/24` for 1 November, so this module reads the
raw string: ISO 8601 in all its forms, RFC 822 and its many dialects, asctime, and the forms of
Korean, Japanese and Chinese pages (`2026. 11. 24. 오후 3:05`, `令和8年1月13日`).

Rules for what a date does not say:
- a time without a zone is the publisher's local time if the zone, country or language of the feed
  tells it (see `lexicon.zones`), else UTC;
- a date without a time is midnight UTC: that is the same day in Greenwich, Seoul and Tokyo, so
  no list by day moves it, and for `lexicon.zones.publishers_time` it is that day everywhere;
- a zone of the IANA database (`Asia/Seoul`) is looked up on this machine; if it is not found, the
  whole date is None, because the time may be wrong by half a day;
- `01/02/2026` can be two days and is None. So are a day and month without a year, and years before
  1900 or after 2100. A wrong date is worse than none: an undated item is sorted by when it was
  first seen.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from sigtrack.frozen import frozen
from sigtrack.lexicon import LANGUAGES, Lexicon, any_of, shipped_lexicon
from sigtrack.lexicon.zones import main_zone, zone_of, zone_of_language
from sigtrack.text.regex import regex

_LONGEST = 100  # characters; no date is longer, and patterns are not tried on whole texts
_YEARS = range(1900, 2101)

_EIGHT = timedelta(hours=8)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC_822 = {name: number for number, name in enumerate(_MONTHS, 1)}
# The groups of patterns of days: see `_written`.
_MDY = regex(
    r"(?:[^\W\d]+\.?,? )?(?P<name>[^\W\d]{3,})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? "
    r"(?P<year>\d{4})(?!\d)"
)
_ASCTIME = regex(
    r"(?:[^\W\d]+,? )?(?:(?P<name_first>[^\W\d]{3,}) )?(?P<day>\d{1,2})"
    r"(?(name_first)| (?P<name>[^\W\d]{3,})),? "
    r"(?P<time>\d\d?:\d\d(?::\d\d)?(?: ?[a-z+\d:-]+)?) (?P<year>\d{4})\Z"
)
_SLASHED = regex(r"(?P<one>\d{1,2})[/.-](?P<two>\d{1,2})[/.-](?P<year>\d{4})(?!\d)")
_COMPACT = regex(
    r"(?P<digits>(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d))"
    r"(?: ?t? ?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?"
)
_YEAR_MONTH = regex(r"(?P<year>\d{4})(?:[-/.](?P<month>\d\d?))?\Z")
_ISO_RARE = regex(r"(\d{4}-?w\d\d(?:-?\d)?|\d{4}-?\d{3})(?=t|\Z)")
_EPOCH = regex(r"(\d{10})(\d{3})?(?:\.\d+)?\Z")
_HOUR_ONLY = regex(r"[ t,]*(\d\d)(\d\d)?(\d\d)?(?:[.,]\d+)?(?=z|[+-]|\Z)")
_USUAL = regex(
    rf"(?:(?:[A-Z][a-z]{{2}}, )?(\d\d?) ({'|'.join(_RFC_822)}) (\d{{4}}) "
    r"|(\d{4}-\d\d-\d\d)T)((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)"
    r"(?:\.\d+)?(?: ?(GMT|UTC|Z|[+-](?:0\d|1[0-3]):?[0-5]\d))?\Z",
    re.ASCII,
)
_ZONE = regex(r" ?\(?([a-z]{1,5})?\)? ?(?:([+-]) ?(\d{1,2}):?(\d\d)?)?")
# Looked for in the original spelling, because the names of the database have capitals.
_PLACE = regex(r"[A-Z][A-Za-z_]+(?:/[A-Za-z][\w+-]*){1,2}(?=[\])]?\s*\Z)", re.ASCII)


@frozen(kw_only=False)
class _WrittenDay:
    year: int
    month: int
    day: int
    rest: str  # the text after the day, with the time


class _Forms:
    """How the languages write months, days and hours. Nine in ten dates need none of it, and to
    read it takes 30 ms."""

    def __init__(self, lexicon: Lexicon) -> None:
        def letters(unit: str) -> str:
            """Return the signs that follow a number of this unit: 年년."""
            return "".join(lexicon.words("units", unit))

        books = [lexicon.language(lang) for lang in LANGUAGES]
        self.zones = {  # offsets from UTC, written as "-03:30"
            name.lower(): int(f"{ahead[0]}1")
            * timedelta(hours=int(ahead[1:3]), minutes=int(ahead[4:]))
            for name, ahead in lexicon.by_word("zone").items()
        }
        self.months = {  # in Latin letters, lower case, without accents
            name.lower(): int(number)
            for book in (*books, lexicon.language("west"))
            for number, names in book.section("months").items()
            for name in names
            if name.isascii()
        }
        self.morning, self.afternoon = (lexicon.words("day-parts", half) for half in ("am", "pm"))
        self.first_year = lexicon.words("clues", "first-year")
        self.eras = {
            name: int(first)
            for book in books
            for first, names in book.section("eras").items()
            for name in names
        }
        weekdays = any_of(
            name
            for book in books
            for names in book.section("weekdays").values()
            for name in names
            if not name.isascii()
        )
        days = rf"(?:\(?(?:{weekdays})\)?)"
        marks = any_of((*self.morning, *self.afternoon))
        year, month, day = map(letters, ("year", "month", "day"))
        hour, minute, second = map(letters, ("hour", "minute", "second"))
        self.ymd = re.compile(
            rf"(?P<year>\d{{4}}) ?[-/.{year}] ?(?P<month>\d{{1,2}}) ?[-/.{month}] ?"
            rf"(?P<day>\d{{1,2}})(?!\d) ?[{day}.]?,? ?{days}?"
        )
        self.era = re.compile(
            rf"(?P<era>{any_of(self.eras)}) ?(?P<year>\d{{1,2}}|{any_of(self.first_year)}) ?"
            rf"[{year}] ?(?P<month>\d{{1,2}}) ?[{month}] ?(?P<day>\d{{1,2}}) ?[{day}] ?{days}?"
        )
        self.dmy = re.compile(
            r"(?:[^\W\d]+\.?,? ?)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[ -](?:de )?"
            r"(?P<name>[^\W\d]{3,})\.?,?[ -](?:de )?"
            rf"(?P<year>\d{{4}}(?!\d)|\d\d(?!\d| ?[:h{hour}]|\.\d))"  # 13 Jan 14:00 has no year
        )
        self.time = re.compile(
            rf"(?: - |[ t,.]*)(?:at |um |à )?({marks})? ?"
            rf"(\d{{1,2}}) ?[:.{hour}] ?(?:(\d{{1,2}}) ?[{minute}]?)?"
            rf"(?: ?:? ?(\d{{1,2}})(?:[.,]\d+)? ?[{second}]?)? ?"
            rf"(?:({marks}|a\.m\.?|p\.m\.?)(?![a-z]))?"
        )


@cache
def _forms() -> _Forms:
    return _Forms(shipped_lexicon())


def local_zone(country: str | None, language: str | None, timezone: str | None = None) -> tzinfo:
    """Return the zone for times without one: of the feed, its country or its language, else UTC."""
    name = timezone or (main_zone(country) if country else zone_of_language(language))
    return zone_of(name) or UTC


def parse_date(raw: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the moment, aware, with the offset that was written; None if it cannot be read.

    `zone` is for times without a zone. CST is China Standard Time if `zone` is +08:00 (a Chinese
    publisher), else American Central Time. Years outside 1900 to 2100 give None too.
    """
    if found := _USUAL.match(raw):
        return _usual(found, zone)
    text = _normal(raw)
    if not text:
        return None
    place = _PLACE.search(raw)
    try:
        if found := _EPOCH.match(text):
            return _sensible(datetime.fromtimestamp(int(found[1]), UTC))
        return _calendar(text, zone, place[0] if place else "")
    except (ValueError, OverflowError):  # the 31st of February, hour 27
        return None


def _usual(found: re.Match[str], zone: tzinfo) -> datetime | None:
    """Read the forms that nine in ten feeds use (RFC 822 and RFC 3339), without trying all."""
    day, month, year, iso, time, offset = found.groups()
    date = iso or f"{year}-{_RFC_822[month]:02}-{int(day):02}"
    ahead = "+00:00" if offset in ("GMT", "UTC", "Z") else offset or ""
    try:
        moment = datetime.fromisoformat(f"{date}T{time}{ahead}")
        if not offset:
            here = moment.replace(tzinfo=zone).utcoffset() or timedelta(0)
            moment = moment.replace(tzinfo=timezone(here))
        return _sensible(moment)
    except (ValueError, OverflowError):
        return None


def _normal(raw: str) -> str:
    if len(raw) > _LONGEST:
        return ""
    folded = unicodedata.normalize("NFKC", raw).replace("−", "-").casefold()
    return " ".join(folded.split())


def _calendar(text: str, zone: tzinfo, place: str) -> datetime | None:
    day = _day_of(text)
    if day is None:
        return None
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if not day.rest.strip(" ,."):
        return _sensible(moment)
    hours, rest = _time_of(day.rest)
    if hours is None:
        return _sensible(moment)
    local = (moment + hours).replace(tzinfo=zone)
    offset = _offset_of(rest, local.utcoffset())
    if offset is None and place:
        local = local.replace(tzinfo=_zone_of(place))
    if offset is None:
        offset = local.utcoffset() or timedelta(0)
    return _sensible(local.replace(tzinfo=timezone(offset)))


def _zone_of(place: str) -> ZoneInfo:
    """Return the zone. Raises ValueError if this machine does not know it."""
    try:
        return ZoneInfo(place)
    except (KeyError, OSError) as error:  # no such zone, or the name of a folder
        raise ValueError(place) from error


def _sensible(moment: datetime) -> datetime | None:
    return moment if moment.astimezone(UTC).year in _YEARS else None


def _day_of(text: str) -> _WrittenDay | None:
    forms = _forms()
    patterns = (forms.ymd, forms.era, forms.dmy, _MDY, _SLASHED, _ASCTIME, _YEAR_MONTH, _COMPACT)
    for found in (pattern.match(text) for pattern in patterns):
        if found and (day := _written(found.groupdict(), text[found.end() :])):
            return day
    return _rare(text)


def _written(told: dict[str, str | None], rest: str) -> _WrittenDay | None:
    """Return the day of the groups that a pattern has told, None if they tell no certain day."""
    year, month, day = told.get("year") or "", _month_of(told), int(told.get("day") or 1)
    if era := told.get("era"):
        number = 1 if year in _forms().first_year else int(year)
        year = str(_forms().eras[era] - 1 + number)
    if told.get("one"):
        one, two = int(told["one"] or 0), int(told["two"] or 0)
        if (one > 12) == (two > 12) and one != two:
            return None  # either number could be the month
        day, month = (one, two) if one > 12 else (two, one)
    if month is None or (told.get("digits") and rest[:1].isdigit()):
        return None
    if hour := told.get("hour"):
        rest = f" {hour}:{told['minute']}:{told['second'] or '00'}{rest}"
    return _WrittenDay(_full_year(year), month, day, told.get("time") or rest)


def _month_of(told: dict[str, str | None]) -> int | None:
    name = unicodedata.normalize("NFD", told.get("name") or told.get("name_first") or "")
    if not name:
        return int(told.get("month") or 1)
    return _forms().months.get("".join(c for c in name if not unicodedata.combining(c)))


def _rare(text: str) -> _WrittenDay | None:
    """Read week dates and days of the year (ISO 8601)."""
    found = _ISO_RARE.match(text)
    if not found:
        return None
    if "w" in found[1]:
        day = datetime.fromisoformat(found[1].upper())
    else:
        digits = found[1].replace("-", "")
        day = datetime(int(digits[:4]), 1, 1) + timedelta(days=int(digits[4:]) - 1)  # noqa: DTZ001
        if day.year != int(digits[:4]):
            return None
    return _WrittenDay(day.year, day.month, day.day, text[found.end() :])


def _full_year(digits: str) -> int:
    century = 0 if len(digits) > 2 else 2000 if int(digits) < 69 else 1900  # as in POSIX
    return int(digits) + century


def _time_of(rest: str) -> tuple[timedelta | None, str]:
    found = _forms().time.match(rest)
    if not found:
        short = _HOUR_ONLY.match(rest)
        if not short:
            return None, rest
        parts = timedelta(
            hours=int(short[1]), minutes=int(short[2] or 0), seconds=int(short[3] or 0)
        )
        return parts, rest[short.end() :]
    hour, minute, second = int(found[2]), int(found[3] or 0), min(int(found[4] or 0), 59)
    if hour > 24 or minute > 59:
        raise ValueError(rest)
    mark = (found[1] or found[5] or "").replace(".", "")
    if mark in _forms().afternoon and hour < 12:
        hour += 12
    elif mark in _forms().morning and hour == 12:
        hour = 0
    return timedelta(hours=hour, minutes=minute, seconds=second), rest[found.end() :]


def _offset_of(rest: str, usual: timedelta | None) -> timedelta | None:
    found = _ZONE.match(rest)
    if not found:
        return None
    name, sign, hours, minutes = found.groups()
    if name == "cst" and usual == _EIGHT:
        return _EIGHT
    if sign:
        if int(hours) > 14 or int(minutes or 0) > 59:
            return None
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return offset if sign == "+" else -offset
    return _forms().zones.get(name)
