"""When a visit is: days that a text names, made whole by the day of publication.

"on Tuesday", 13-14 Jan, 내달 4∼7일, 3月中旬, 下周: each language has its own forms. A month or day
that could be of two years is the one nearest to the publication, and a planned visit looks ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sigtrack.model import Phase

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ],
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, name in enumerate(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    )
}
_M = "|".join(sorted(_MONTHS, key=len, reverse=True))
_D = r"\d{1,2}"
_EN = re.compile(
    rf"\b(?P<month>{_M}) (?P<day>{_D})(?!\d)"
    rf"(?: ?(?:to|and|through)? ?(?:(?:{_M}) )?(?P<last>{_D})(?!\d))?"
    r"(?:,? (?P<year>20\d\d)\b)?"
    rf"|\b(?P<day2>{_D})(?: ?(?:to|and)? ?(?P<last2>{_D}))? (?P<month2>{_M})\b"
    r"(?:,? (?P<year2>20\d\d)\b)?"
    r"|\b(?:in|for|until|early|mid|late|mid to late|next|in early|in mid|in late)"
    rf" (?P<only>{_M})\b(?! \d)"
    rf"|\b(?P<week>{'|'.join(_WEEKDAYS)})\b"
    r"|\b(?P<rel>tomorrow|today|tonight|yesterday|(?:next|last|this) week|(?:later|late) this month"
    r"|end of (?:the |this )?month"
    r"|early next month|(?:next|last|this) month|(?:next|this) year)\b",
    re.IGNORECASE,
)
_TO = r"(?:~|∼|-|至|から|～|부터| )+"
_PART = r"(?:初|초|中旬|중순|下旬|하순|말|末|底|中)?"
_MONTHS_AWAY = "내달|다음 ?달|来月|下个月|下月|下個月|지난달|先月|上月|이달|今月|本月|月内|月內"
_DAYS_AWAY = "내일|오늘|어제|あす|明日|きょう|今日|今天|昨日|昨天|明天|今起|明(?=抵|访|訪)"
_WEEKS_AWAY = "다음 ?주|내주|来週|下周|下週|지난주|先週|上周|上週|이번 ?주|今週|本周|本週"
_YEARS_AWAY = "내년|来年|明年|年内|年內|연내|올해|今年|지난해|작년|昨年|去年"
_CJK = re.compile(
    rf"(?:(?P<year>20\d\d)[年년] ?)?(?P<month>{_D})[月월] ?(?P<day>{_D})[日일]?"
    rf"(?: ?{_TO} ?(?:{_D}[月월] ?)?(?P<last>{_D})[日일])?"
    rf"|(?P<rmonth>{_MONTHS_AWAY}) ?{_PART} ?"
    rf"(?:(?P<rday>{_D})(?: ?{_TO} ?(?P<rlast>{_D}))?[日일])?"
    rf"|(?P<away>{_YEARS_AWAY}) ?(?P<amonth>{_D})[月월]{_PART}"
    rf"|(?P<only>{_D})[月월]{_PART}"
    rf"|(?P<han>十[一二]?|[一二三四五六七八九])月{_PART}"
    rf"|(?<![\d月월.])(?P<bare>{_D})[日일]?(?: ?(?:~|∼|至|から|～|-) ?| )(?P<blast>{_D})[日일]"
    r"(?![間间간])"
    rf"|(?<![\d月월번째第])(?<!박)(?<!박 )(?<!泊)(?P<bare1>{_D})[日일]"
    r"(?!間|间|本|程|중|째|目|정|차)"
    rf"|(?P<rel>{_DAYS_AWAY}|{_WEEKS_AWAY}|{_YEARS_AWAY})"
)
_IS_END = re.compile(r" ?(?:まで|까지|为止)")
_AHEAD = (Phase.PLANNED, Phase.CANCELLED)  # what was called off was to come
_HAN = {han: number for number, han in enumerate("一二三四五六七八九十", start=1)}
_HAN |= {"十一": 11, "十二": 12}
_JUST_SAID = 2  # a day without a month so shortly before is when a plan was told
_IS_REPORT = re.compile(
    r"[^,.]{0,24}?(?:에 따르면|인용)"
    r"|[^,.]{0,6}?(?:보;|나왔|알려졌|밝혔|전했|보도|말했|발표했|宣布|表示|报道|報導|電|电|說|说"
    r"|発表した|明らかにした|報じた)"
)
_ENDS_AT = re.compile(
    r"(?:until|through|till|\b(?:ends|concludes|finishes|wraps up|winds up) on) (?:next )?\Z"
    r"|(?:停留|逗留|访问|訪問|延续|持续|行程)(?:至|到)\Z",
    re.IGNORECASE,
)
_DAYS = {
    **dict.fromkeys(("tomorrow", "내일", "あす", "明日", "明天", "明"), 1),
    **dict.fromkeys(("today", "tonight", "오늘", "きょう", "今日", "今天", "今起"), 0),
    **dict.fromkeys(("yesterday", "어제", "昨日", "昨天"), -1),
}
_WEEKS = {
    **dict.fromkeys(("next week", "다음주", "내주", "来週", "下周", "下週"), 1),
    **dict.fromkeys(("last week", "지난주", "先週", "上周", "上週"), -1),
    **dict.fromkeys(("this week", "이번주", "今週", "本周", "本週"), 0),
}
_RELATIVE_MONTHS = {
    **dict.fromkeys(
        ("내달", "다음달", "来月", "下个月", "下月", "下個月", "next month", "early next month"), 1
    ),
    **dict.fromkeys(("지난달", "先月", "上月", "last month"), -1),
    **dict.fromkeys(
        (
            "이달",
            "今月",
            "本月",
            "月内",
            "月內",
            "this month",
            "late this month",
            "later this month",
        ),
        0,
    ),
}
_YEARS = {
    **dict.fromkeys(("내년", "来年", "明年", "next year"), 1),
    **dict.fromkeys(("지난해", "작년", "昨年", "去年"), -1),
    **dict.fromkeys(("年内", "年內", "연내", "올해", "今年", "this year"), 0),
}


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
        return _weekday(found, _WEEKDAYS[parts["week"].lower()], today, phase)
    return _relative(found, (parts["rel"] or "").lower(), today)


def _eastern(found: re.Match[str], today: date, phase: Phase | None) -> When | None:
    parts = found.groupdict()
    if parts["month"]:
        year = int(parts["year"]) if parts["year"] else None
        last = int(parts["last"]) if parts["last"] else None
        return _day(found, year, int(parts["month"]), int(parts["day"]), last, today)
    if parts["rmonth"]:
        shift = _RELATIVE_MONTHS.get(parts["rmonth"].replace(" ", ""), 0)
        year, month = _shifted(today, shift)
        if not parts["rday"]:
            return When(found.start(), f"{year}-{month:02}")
        last = int(parts["rlast"]) if parts["rlast"] else None
        return _day(found, year, month, int(parts["rday"]), last, today)
    if parts["amonth"]:
        month = min(max(int(parts["amonth"]), 1), 12)
        return When(found.start(), f"{today.year + _YEARS[parts['away']]}-{month:02}")
    if parts["only"] or parts["han"]:
        return _month(found, int(parts["only"] or _HAN[parts["han"]]), today)
    bare = parts["bare"] or parts["bare1"]
    if bare:
        last = int(parts["blast"]) if parts["blast"] else None
        return _near_day(found, int(bare), last, today, phase)
    return _relative(found, (parts["rel"] or "").replace(" ", ""), today)


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
        known = [d for d in known if d >= today] or known
    elif phase in (Phase.DONE, Phase.ONGOING):
        known = [d for d in known if d <= today + timedelta(days=1)] or known
    if not known:
        return None
    first = min(known, key=lambda d: abs((d - today).days))
    return When(found.start(), first.isoformat(), _until(first, last))


def _weekday(found: re.Match[str], weekday: int, today: date, phase: Phase | None) -> When:
    ahead = (weekday - today.weekday()) % 7
    behind = ahead - 7 if ahead else 0
    shift = ahead if phase in _AHEAD else behind
    return When(found.start(), (today + timedelta(days=shift)).isoformat())


def _month(found: re.Match[str], month: int, today: date) -> When | None:
    if not 1 <= month <= 12:
        return None
    year = min(_years(today), key=lambda y: abs((y - today.year) * 12 + month - today.month))
    return When(found.start(), f"{year}-{month:02}")


def _relative(found: re.Match[str], words: str, today: date) -> When | None:
    if words in _DAYS:
        return When(found.start(), (today + timedelta(days=_DAYS[words])).isoformat())
    if words in _WEEKS:
        day = today + timedelta(days=7 * _WEEKS[words])
        return When(found.start(), f"{day:%Y-%m}")
    if words.startswith("end of"):
        return When(found.start(), f"{today:%Y-%m}")
    if words in _RELATIVE_MONTHS:
        year, month = _shifted(today, _RELATIVE_MONTHS[words])
        return When(found.start(), f"{year}-{month:02}")
    if words in _YEARS:
        return When(found.start(), str(today.year + _YEARS[words]))
    return None


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
