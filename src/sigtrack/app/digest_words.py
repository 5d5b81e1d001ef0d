"""Sentences, dates and days of a digest in its readers' language (one file each in data/digest)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import cache

from sigtrack.lexicon import shipped_lexicon
from sigtrack.watch import shipped_text


class Words:
    """Sentences and dates of one language. `now` decides which dates show their year."""

    def __init__(self, language: str, *, now: datetime, zone: tzinfo) -> None:
        said, book = said_in(language), shipped_lexicon().language(language)
        self._sentences, self._dates = said["sentences"], said["dates"]
        self._months = [words[0] for words in book.section("months").values()]
        self._weekdays = [words[0] for words in book.section("weekdays").values()]
        self._now = now.astimezone(zone)
        self._zone = zone

    def say(self, sentence: str, **values: object) -> str:
        return self._sentences[sentence].format(**values)

    def stories(self, number: int) -> str:
        return self.say("story" if number == 1 else "stories", n=number)

    def zone(self) -> str:
        return self._now.tzname() or "UTC"

    def time(self, moment: datetime) -> str:
        """ "Sun 4 Jan 09:12", in the zone; with the year if it is not this year."""
        return f"{self.day(moment)} {self._local(moment):%H:%M}"

    def day(self, moment: datetime) -> str:
        local = self._local(moment)
        day = self._day(local.year, local.month, local.day)
        return self._dates["weekday"].format(day=day, weekday=self._weekdays[local.weekday()])

    def days(self, first: str, last: str | None = None) -> str:
        """ "13-14 Jan". The days may lack parts: "2026-01-13", "2026-01" or "2026"."""
        year, month, day = (*map(int, first.split("-")), 0, 0)[:3]
        if not month:
            return self._dates["year"].format(year=year)
        if not day:
            return self._month(year, month, always=True)
        begin = self._day(year, month, day)
        if last is None or last <= first:
            return begin
        until, its_month, end = map(int, last.split("-"))
        if (until, its_month) != (year, month):
            return f"{begin} - {self._day(until, its_month, end)}"
        return self._dates["days"].format(first=day, last=end, month=self._month(year, month))

    def _day(self, year: int, month: int, day: int) -> str:
        return self._dates["day"].format(day=day, month=self._month(year, month))

    def _month(self, year: int, month: int, *, always: bool = False) -> str:
        """With the year if `always`, or if it is not this year."""
        name = self._months[month - 1]
        if not always and year == self._now.year:
            return name
        return self._dates["month"].format(month=name, year=year)

    def _local(self, moment: datetime) -> datetime:
        try:
            return moment.astimezone(self._zone)
        except OverflowError:  # the years 1 and 9999 have days without a local time
            return moment


@cache
def said_in(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return the `sentences` and the `dates` of a language."""
    return tomllib.loads(shipped_text(f"digest/{language}.toml"))
