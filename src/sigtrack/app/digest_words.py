"""Sentences, dates and days as the readers of a digest write them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sigtrack.app.digest_sentences import SENTENCES

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "ko": tuple("월화수목금토일"),
    "ja": tuple("月火水木金土日"),
    "zh": tuple("一二三四五六日"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Words:
    """The sentences and dates of one language. `now` decides which dates need their year."""

    def __init__(self, language: str, *, now: datetime, zone: tzinfo) -> None:
        self._sentences = SENTENCES[language]
        self._language = language
        self._now = now.astimezone(zone)
        self._zone = zone

    def say(self, sentence: str, **values: object) -> str:
        return self._sentences[sentence].format(**values)

    def stories(self, number: int) -> str:
        return self.say("story" if number == 1 else "stories", n=number)

    def zone(self) -> str:
        return self._now.tzname() or "UTC"

    def time(self, moment: datetime) -> str:
        """ "Sun 4 Jan 09:12", in the zone; with the year if it is another one."""
        local = self._local(moment)
        return f"{self.day(moment)} {local:%H:%M}"

    def day(self, moment: datetime) -> str:
        local = self._local(moment)
        weekday = _DAYS[self._language][local.weekday()]
        other_year = local.year != self._now.year
        match self._language:
            case "en":
                date = f"{weekday} {local.day} {_MONTHS[local.month - 1]}"
                return f"{date} {local.year}" if other_year else date
            case "ko":
                year = f"{local.year}년 " if other_year else ""
                return f"{year}{local.month}월 {local.day}일({weekday})"
        year = f"{local.year}年" if other_year else ""
        weekday = f"（{weekday}）" if self._language == "ja" else f"（周{weekday}）"
        return f"{year}{local.month}月{local.day}日{weekday}"

    def days(self, first: str, last: str | None = None) -> str:
        """ "13-14 Jan", of days as far as they are told: "2026-01-13", "2026-01" or "2026"."""
        year, month, day = (*map(int, first.split("-")), 0, 0)[:3]
        if not day:
            return self._month(year, month, always=True) if month else self._year(year)
        begin = self._day_of(year, month, day)
        if last is None or last <= first:
            return begin
        until, its_month, end = map(int, last.split("-"))
        if (until, its_month) != (year, month):
            return f"{begin} - {self._day_of(until, its_month, end)}"
        if self._language == "en":
            return f"{day}-{self._day_of(until, its_month, end)}"
        return f"{begin}-{end}{begin[-1]}"

    def _day_of(self, year: int, month: int, day: int) -> str:
        name = self._month(year, month, always=False)
        match self._language:
            case "en":
                return f"{day} {name}"
            case "ko":
                return f"{name} {day}일"
        return f"{name}{day}日"

    def _month(self, year: int, month: int, *, always: bool) -> str:
        """With its year `always`, or if it is another one."""
        told = always or year != self._now.year
        match self._language:
            case "en":
                return f"{_MONTHS[month - 1]} {year}" if told else _MONTHS[month - 1]
            case "ko":
                return f"{self._year(year)} {month}월" if told else f"{month}월"
        return f"{self._year(year)}{month}月" if told else f"{month}月"

    def _year(self, year: int) -> str:
        return {"en": f"{year}", "ko": f"{year}년"}.get(self._language, f"{year}年")

    def _local(self, moment: datetime) -> datetime:
        try:
            return moment.astimezone(self._zone)
        except OverflowError:  # the years 1 and 9999 have days without a local time
            return moment
