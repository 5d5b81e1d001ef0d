"""What people read, in their language: messages, dates, and the names of actors and places.

    words = Words("ko", now=..., zone=...)
    words.say("also {names}", names="yna")
    words.day(moment)
    Naming(words, actors).by_id("KR")

Only what a reader of reports, mails and pages sees is translated; help, errors and records are not.

The code holds each message in English, whole and with named placeholders, so that a translator is
free in the order of words. A catalogue has the translations of one language, in the form of gettext
(`data/locale/ko.po`). It is read as it is written: nothing is compiled, so an installation from a
folder knows at once what a translator has changed. English needs no catalogue and reads none.

Messages are marked where they are used, so that a test finds each of them:

    words.say("also {names}", names=...)
    words.plural("{n} new story", "{n} new stories", 3)
    message("over", "phase")      # for a table; `words.say` takes it. The context tells two apart

The gazetteer lists spellings of all languages together, so a name is chosen by its letters: the
first spelling in Hangul for Korean, the first in Kana or in Han as Japan writes it, the first in
simplified Han for Chinese. Where the first is not what a newspaper of that country prints (the
press abbreviates and a matcher needs that), the catalogue of the language has the name, under
`name`. A name without any spelling of the language stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, tzinfo
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Literal, TypeVar, get_args

from sigtrack.frozen import frozen
from sigtrack.lexicon.books import as_simplified, may_be_japanese, shipped_lexicon
from sigtrack.model import Actor, Column, columns_of
from sigtrack.text.regex import regex
from sigtrack.text.scripts import HAN, HANGUL, KANA

_Word = TypeVar("_Word", bound=str)
Language = Literal["en", "ko", "ja", "zh"]
INTERFACES: tuple[Language, ...] = get_args(Language)
TITLE, NAME, NOTE = "title", "name", "note"  # contexts of messages that stand in data files
_FOLDER = Path(__file__).parents[1] / "data" / "locale"
_LINE = regex(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s+)?"((?:[^"\\]|\\.)*)"')
_ESCAPE = regex(r"\\(.)")
_PLURAL = regex(r"plural\s*=\s*([^;]+)")
_LISTS = 2  # watchlists named beside a story
_GLUE = "\x04"  # between context and message, as in compiled catalogues of gettext


def language_in(locale: str) -> Language:
    """Return the language of a locale such as "ko_KR.UTF-8"; English for any other."""
    told = re.split("[_.@-]", locale.lower())[0]
    return next((one for one in INTERFACES if one == told), "en")


def message(text: str, context: str = "") -> str:
    """Mark a message for translation and return it with its context, for `Messages.say`."""
    return f"{context}{_GLUE}{text}" if context else text


def marked(context: str, *texts: str) -> tuple[str, ...]:
    return tuple(message(text, context) for text in texts)


def said_of(context: str, *words: _Word) -> dict[_Word, str]:
    """Return the message of each of these words, which are said as they are written in English."""
    return {word: message(word, context) for word in words}


def named_columns(*told: str) -> tuple[Column, ...]:
    """Return columns, told as for `columns_of`, whose names are messages."""
    return tuple(replace(one, name=message(one.name, "column")) for one in columns_of(*told))


_WEEKDAYS = marked("weekday", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *marked("month", "Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *marked("month", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_WHOLE_MONTHS = (
    *marked("whole month", "January", "February", "March", "April", "May", "June"),
    *marked("whole month", "July", "August", "September", "October", "November", "December"),
)
# Each without and with the year.
_DAY = marked("date", "{first} {month}", "{first} {month} {year}")
_DAYS = marked("date", "{first}-{last} {month}", "{first}-{last} {month} {year}")
_MONTH_TO_MONTH = marked(
    "date", "{first} {month} - {last} {until}", "{first} {month} - {last} {until} {year}"
)
_YEAR_TO_YEAR = message("{first} {month} {year} - {last} {until} {to}", "date")


@frozen
class Translations:
    """The entries of a catalogue by message: each has a translation for each form of the plural.

    `form` tells from a number which form it takes.
    """

    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    form: Callable[[int], int] = lambda number: int(number != 1)

    def of(self, message: str) -> str:
        """Return the translation of a message, "" if there is none."""
        return self.entries.get(message, ("",))[0]


class Messages:
    """Says messages in one language. A message without a translation is said in English."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._translations = translations_in(language)

    def say(self, message: str, /, **values: object) -> str:
        return self.phrase(message).format(**values)

    def plural(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Say a message about a number of things, which is the placeholder {n}."""
        return self.phrase_for(one, many, number).format(n=f"{number:,}", **values)

    def phrase(self, message: str) -> str:
        return self._translations.of(message) or message.rpartition(_GLUE)[2]

    def phrase_for(self, one: str, many: str, number: int) -> str:
        forms = self._translations.entries.get(one)
        if forms:
            return forms[min(self._translations.form(number), len(forms) - 1)]
        return one if number == 1 else many

    def title(self, text: str) -> str:
        """Return the title of a shipped watchlist or signal; a user's own stays as it is."""
        return self._translations.of(message(text, TITLE)) or text

    def note(self, text: str) -> str:
        """Return a note of the gazetteer; "" in a language that has no translation of it."""
        return text if self.language == "en" else self._translations.of(message(text, NOTE))

    def name(self, text: str) -> str:
        """Return the name of an actor, a place or a topic, "" if the catalogue has none."""
        return self._translations.of(message(text, NAME))

    def listed(self, parts: Iterable[str]) -> str:
        """Join parts that are not empty: "5 items, all new"."""
        return self.say(message(", ", "between parts")).join(filter(None, parts))

    def lists(self, titles: Sequence[str]) -> str:
        """Name the first watchlists of a story, and count the others: "Visits; Trade; +1"."""
        left = len(titles) - _LISTS
        return self.clauses((*titles[:_LISTS], f"+{left}" if left > 0 else ""))

    def named(self, names: Iterable[str], most: int | None = None) -> str:
        """Join names that are not empty, and count those beyond `most`: "yna, kbs and 3 more"."""
        names = list(filter(None, names))
        told, left = names[:most], 0 if most is None else len(names) - most
        said = self.say(message(", ", "between names")).join(told)
        return self.say("{names} and {n} more", names=said, n=left) if left > 0 else said

    def clauses(self, parts: Iterable[str]) -> str:
        return self.say(message("; ", "between parts")).join(filter(None, parts))

    def columns(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """Return columns with their headings, which are messages, in this language."""
        return tuple(replace(one, name=self.say(one.name)) for one in columns)

    def days_and_year(
        self, first: str, last: str | None = None, *, this_year: int | None = None
    ) -> str:
        """ "13-14 Jan 2026"; without the year if all days are in `this_year`. The days may lack
        parts: "2026-01-13", "2026-01" or "2026"."""
        year, month, day = (*map(int, first.split("-")), 0, 0)[:3]
        if not month:
            return self.say(message("{year}", "date"), year=year)
        if not day:
            return self.say("{month} {year}", month=self.say(_MONTHS[month - 1]), year=year)
        begin = date(year, month, day)
        end = date.fromisoformat(last) if last and last > first else None
        with_year = {begin.year, (end or begin).year} != {this_year}
        return self._in_words(begin, end, _MONTHS, with_year=with_year)

    def _in_words(
        self, first: date, last: date | None, months: Sequence[str], *, with_year: bool
    ) -> str:
        said = {"first": first.day, "month": self.say(months[first.month - 1]), "year": first.year}
        if last is None:
            form = _DAY
        else:
            said["last"], said["until"] = last.day, self.say(months[last.month - 1])
            form = _DAYS if first.month == last.month else _MONTH_TO_MONTH
            if first.year != last.year:
                return self.say(_YEAR_TO_YEAR, **said, to=last.year)
        return self.say(form[with_year], **said)


class Words(Messages):
    """Messages and dates of one language. `now` decides which dates show their year."""

    def __init__(self, language: str, *, now: datetime, zone: tzinfo) -> None:
        super().__init__(language)
        self.now = now
        self._now = now.astimezone(zone)
        self.zone = zone

    def zone_name(self) -> str:
        return self._now.tzname() or "UTC"

    def time(self, moment: datetime) -> str:
        """ "Sun 4 Jan 09:12", in the zone; with the year if it is not this year."""
        return self.say("{day} {time}", day=self.day(moment), time=f"{self._local(moment):%H:%M}")

    def day(self, moment: datetime) -> str:
        """ "Sun 4 Jan", in the zone; with the year if it is not this year."""
        local = self._local(moment)
        weekday = self.say(_WEEKDAYS[local.weekday()])
        return self.say("{weekday} {day}", weekday=weekday, day=self.day_and_month(local))

    def day_and_month(self, day: date, *, with_year: bool | None = None) -> str:
        """ "4 Jan"; with the year if it is not this year, or as `with_year` says."""
        is_other = day.year != self._now.year
        with_year = is_other if with_year is None else with_year
        return self._in_words(day, None, _MONTHS, with_year=with_year)

    def days(self, first: str, last: str | None = None, *, with_year: bool = False) -> str:
        """Say the days as `days_and_year` does, without the year if all are in this year."""
        this_year = None if with_year else self._now.year
        return self.days_and_year(first, last, this_year=this_year)

    def span(self, first: date, last: date) -> str:
        """ "2-8 March 2026", for a heading."""
        return self._in_words(first, last if last > first else None, _WHOLE_MONTHS, with_year=True)

    def _local(self, moment: datetime) -> datetime:
        try:
            return moment.astimezone(self.zone)
        except OverflowError:  # the years 1 and 9999 have days without a local time
            return moment


@cache
def translations_in(language: str) -> Translations:
    """Return the catalogue of a language; without entries for English."""
    if language == "en":
        return Translations()
    return read_translations((_FOLDER / f"{language}.po").read_text(encoding="utf-8"))


def read_translations(text: str) -> Translations:
    """Read a catalogue (.po) of gettext. Entries that are fuzzy or not translated are left out.

    Raises ValueError with the line for what is neither an entry nor a remark.
    """
    entries: dict[str, tuple[str, ...]] = {}
    form = Translations().form
    for entry in _entries(text):
        forms = tuple(value for key, value in entry.items() if key.startswith("msgstr"))
        name = message(entry.get("msgid", ""), entry.get("msgctxt", ""))
        if not name:
            form = _form_of("".join(forms))
        elif all(forms) and forms:
            entries[name] = forms
    return Translations(entries=entries, form=form)


def _entries(text: str) -> Iterator[dict[str, str]]:
    entry: dict[str, str] = {}
    key, is_fuzzy = "", False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            if entry:
                yield from () if is_fuzzy else (entry,)
                entry, key, is_fuzzy = {}, "", False
            is_fuzzy |= line.startswith("#,") and "fuzzy" in line
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None or not (found[1] or key):
            raise ValueError(f"line {number} of a catalogue is no entry: {line!r}")
        key = found[1] or key
        entry[key] = entry.get(key, "") + _ESCAPE.sub(_unescaped, found[2])
    if entry and not is_fuzzy:
        yield entry


def _unescaped(found: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(found[1], found[1])


def _form_of(head: str) -> Callable[[int], int]:
    from gettext import c2py  # only it reads the C of a catalogue's head safely

    found = _PLURAL.search(head)
    form: Callable[[int], int] = c2py(found[1].strip()) if found else Translations().form
    return form


ENGLISH = Messages("en")


_LEAST = 2  # letters: a single one is what headlines abbreviate to
_BETWEEN = "·・ "  # what may stand between the parts of a name
_KOREAN = regex(f"[{HANGUL}{_BETWEEN}]+")
_JAPANESE = regex(f"[{HAN}{KANA}{_BETWEEN}]+")
_HAN_ONLY = regex(f"[{HAN}{_BETWEEN}]+")


class Naming:
    """Names in the language of `messages`; English names are those of the gazetteer."""

    def __init__(self, messages: Messages, actors: Mapping[str, Actor]) -> None:
        self.messages = messages
        self._actors = actors

    def of(self, actor: Actor) -> str:
        is_word = actor.kind == "topic"
        return self._told(actor.name, lambda: actor.names, is_word=is_word)

    def by_id(self, id: str, otherwise: str = "") -> str:
        """Return the name of a country or another actor; without one `otherwise`, else the id."""
        actor = self._actors.get(id)
        return self.of(actor) if actor else otherwise or id

    def place(self, site: str) -> str:
        """Return the name of a town, hall or region that visits are read with."""
        return self._told(site, lambda: self._places.get(site, ()))

    def _told(
        self, name: str, spellings: Callable[[], Iterable[str]], *, is_word: bool = False
    ) -> str:
        language = self.messages.language
        if language == "en":
            return name
        told = self.messages.name(name) or spelling_in(language, spellings(), is_word=is_word)
        return told or name

    @cached_property
    def _places(self) -> Mapping[str, tuple[str, ...]]:
        found = dict(_shipped_places())
        for actor in self._actors.values():
            if actor.kind == "venue":
                found[actor.name] = actor.names
            elif actor.capital:
                found[actor.capital] = actor.metonyms  # a place of that name is what lies in it
        return found


@cache
def _shipped_places() -> Mapping[str, tuple[str, ...]]:
    entries = shipped_lexicon().places.entries("place")
    return {place.text("site"): place.words("names") for place in entries}


def spelling_in(language: str, names: Iterable[str], *, is_word: bool = False) -> str:
    """Return the first of the names that a language can have, "" if there is none.

    Chinese names are those in simplified letters. Of words (`is_word`) these may be Japanese, so
    the first that Japan cannot write is taken, if there is one.
    """
    bare = [name for one in names if len(name := one.lstrip("=~")) >= _LEAST]
    if language == "ko":
        return next(filter(_KOREAN.fullmatch, bare), "")
    if language == "ja":
        return next((one for one in bare if _JAPANESE.fullmatch(one) and may_be_japanese(one)), "")
    simple = {name: as_simplified(name) for name in bare if _HAN_ONLY.fullmatch(name)}
    written = [name for name in simple if simple[name] == name]
    of_china = (name for name in written if is_word and not may_be_japanese(name))
    return next(chain(of_china, written, filter(None, simple.values())), "")
