"""Sentences, dates and days as the readers of a digest write them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sigtrack.app.digest_sentences import SENTENCES
from sigtrack.lexicon import shipped_lexicon


class Words:
    """The sentences and dates of one language. `now` decides which dates need their year."""

    def __init__(self, language: str, *, now: datetime, zone: tzinfo) -> None:
        self._sentences = SENTENCES[language]
        self._language = language
        book = shipped_lexicon().language(language)
        self._weekdays = tuple(names[0] for names in book.section("weekdays").values())
        self._months = tuple(names[0] for names in book.section("months").values())
        # 년, 월, 일; English has none in its dates.
        self._units = {name: words[0] for name, words in book.section("units").items()}
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
        weekday = self._weekdays[local.weekday()]
        other_year = local.year != self._now.year
        if self._language == "en":
            date = f"{weekday} {local.day} {self._months[local.month - 1]}"
            return f"{date} {local.year}" if other_year else date
        year = self._year(local.year) if other_year else ""
        date = f"{self._months[local.month - 1]}{self._gap}{local.day}{self._units['day']}"
        before, after = "()" if self._language == "ko" else "（）"
        return f"{year}{self._gap if year else ''}{date}{before}{weekday}{after}"

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
        if self._language == "en":
            return f"{day} {name}"
        return f"{name}{self._gap}{day}{self._units['day']}"

    def _month(self, year: int, month: int, *, always: bool) -> str:
        """With its year `always`, or if it is another one."""
        name = self._months[month - 1]
        if not always and year == self._now.year:
            return name
        if self._language == "en":
            return f"{name} {year}"
        return f"{self._year(year)}{self._gap}{name}"

    @property
    def _gap(self) -> str:
        """Korean writes its dates with spaces."""
        return " " if self._language == "ko" else ""

    def _year(self, year: int) -> str:
        return str(year) if self._language == "en" else f"{year}{self._units['year']}"

    def _local(self, moment: datetime) -> datetime:
        try:
            return moment.astimezone(self._zone)
        except OverflowError:  # the years 1 and 9999 have days without a local time
            return moment
