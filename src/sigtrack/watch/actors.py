"""The gazetteer: who the actors are and what the press calls them.

The shipped `actors.toml` is read at every start. So it is written in a form that `tomllib` reads
fast (a text of words instead of a list of strings: 8 ms instead of 20), and it is trusted: its
lines are not looked up. A user's own `actors.toml` adds entries or replaces shipped ones by id.
Every mistake in it is a `Problem` with line and cure, and an entry with a mistake is left out, so
that the shipped entry stays in force.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sigtrack.lexicon import Book, Lexicon, words_of
from sigtrack.lexicon.books import KINDS_OF_PLACE, Page
from sigtrack.model import Actor, Place, Problem, Tenure
from sigtrack.text import clean
from sigtrack.text.documents import (
    DocumentCheck,
    did_you_mean,
    is_there,
    path_of,
    read_document,
    read_text,
)
from sigtrack.text.scripts import LANGUAGE
from sigtrack.watch.tables import ID

OFFICES = (
    *("head-of-state", "head-of-government", "vice-president", "vice-premier", "speaker"),
    *("foreign-minister", "defence-minister", "trade-minister", "commerce-minister"),
    *("finance-minister", "economy-minister", "unification-minister", "minister"),
    *("vice-minister", "security-adviser", "chief-of-staff", "spokesperson", "party-leader"),
    *("envoy", "ambassador", "negotiator", "official"),
)
_COMMON = ("id", "names", "metonyms", "bare", "not", "checked", "note")
KEYS: Mapping[str, tuple[str, ...]] = {
    "country": (*_COMMON, "capital"),
    "body": (*_COMMON, "country"),
    "office": (*_COMMON, "country", "role"),
    "person": (*_COMMON, "country", "held"),
    "venue": (*_COMMON, "country", "kind", "meaning"),
}
_KIND: Mapping[str, Literal["country", "person", "office", "venue"]] = {
    "country": "country",
    "body": "office",
    "office": "office",
    "person": "person",
    "venue": "venue",
}
_FILE_KEYS = ("format", "checked", *KEYS)
_COUNTRY_ID = re.compile("[A-Z]{2}")
_COUNTRY = re.compile("[A-Z]{2}|ASEAN")
_ID = re.compile(ID)
_LANGUAGE = re.compile(LANGUAGE)
_MONTH = re.compile(r"\d{4}(-\d\d){0,2}")
_NO_WORD = re.compile(r"[][@$*(){}\"“”]|[=~](?=[\s=~]|\Z)|(?<=\S)[=~]|\bNEAR/")
_ONE_SYLLABLE = re.compile("[\uac00-\ud7a3]")

Problems = tuple[Problem, ...]


def load_actors(shipped_text: str, user_path: Path | None) -> tuple[Mapping[str, Actor], Problems]:
    """Return all actors by id, shipped ones and the user's, and all problems by line.

    `user_path` need not exist. A user's file that is not TOML changes nothing.
    """
    shipped, problems = _shipped_actors(shipped_text)
    if user_path is None:
        return dict(shipped), problems
    theirs, found = _load_user(user_path)
    return {**shipped, **theirs}, (*problems, *found)


@lru_cache(maxsize=1)
def _shipped_actors(text: str) -> tuple[Mapping[str, Actor], Problems]:
    reading = _Reading(lambda *_: Place(), values=tomllib.loads(text), trusted=True)
    return reading.actors(), tuple(reading.problems)


def gazetteer_of(lexicon: Lexicon, user_path: Path) -> Book:
    """Return the shipped file and the user's as they are written, to look up the lines of words."""
    shipped = lexicon.gazetteer
    text = read_text(user_path) if is_there(user_path) else None
    if not isinstance(text, str):
        return shipped
    document = read_document(path_of(user_path), text)
    if isinstance(document, Problem):
        return shipped
    return Book((*shipped.pages, Page(document.path, text, document.values)))


def _load_user(path: Path) -> tuple[dict[str, Actor], list[Problem]]:
    if not is_there(path):
        return {}, []
    document = read_document(path_of(path), read_text(path))
    if isinstance(document, Problem):
        return {}, [document]
    reading = _Reading(document.place, list(document.warnings), values=document.values)
    actors = reading.actors()
    problems = sorted(reading.problems, key=lambda problem: problem.place.line)
    return actors, problems


@dataclass(slots=True)
class _Reading(DocumentCheck):
    """One file, read entry by entry."""

    values: Mapping[str, Any] = field(default_factory=dict)
    trusted: bool = False  # words are not checked: a test has checked them
    checked: str = ""

    def actors(self) -> dict[str, Actor]:
        self._check_file()
        found: dict[str, Actor] = {}
        for heading in KEYS:
            for index, values in self.entries(heading, self.values.get(heading, [])):
                before = self._errors()
                actor = _ActorEntry(self, heading, index, values).actor()
                if actor.id in found:
                    self.say(
                        (heading, index, "id"),
                        f'the id "{clean(actor.id)}" is written twice',
                        "give each entry an id of its own",
                    )
                if self._errors() == before:
                    found[actor.id] = actor
        return found

    def _errors(self) -> int:
        return sum(problem.severity == "error" for problem in self.problems)

    def _check_file(self) -> None:
        self.refuse_unknown_keys(self.values, _FILE_KEYS, (), "here")
        if self.values.get("format", 1) != 1:
            self.say(("format",), "this file has an unknown format", "write format = 1")
        checked = self.values.get("checked", "")
        if isinstance(checked, str) and (not checked or _MONTH.fullmatch(checked)):
            self.checked = checked
        else:
            self.say(("checked",), "checked is not a month", 'write checked = "2026-03"')


@dataclass(slots=True)
class _ActorEntry:
    """One entry. Each method returns the value of a key, or a default after noting a problem."""

    reading: _Reading
    heading: str
    index: int
    values: Mapping[str, Any]

    def actor(self) -> Actor:
        actor_id = self._id()
        before = len(self.reading.problems)
        self.reading.refuse_unknown_keys(
            self.values, KEYS[self.heading], (self.heading, self.index), f"in [[{self.heading}]]"
        )
        self._check_kind()
        names = self._words("names")
        if not names and len(self.reading.problems) == before:
            self._say((), "an entry has no names", "write names = 'one name, another name'")
        return Actor(
            id=actor_id,
            kind=_KIND[self.heading],
            country=actor_id if self.heading == "country" else self._country(),
            names=names,
            metonyms=_once(self._words("capital") + self._words("metonyms")),
            bare=self._words("bare"),
            masks=self._words("not"),
            tenures=self._tenures(),
            meaning=self._text("meaning"),
            checked=self._checked(),
        )

    def _say(self, path: tuple[str | int, ...], message: str, hint: str, **more: bool) -> None:
        self.reading.say((self.heading, self.index, *path), message, hint, **more)

    def _id(self) -> str:
        value = self.values.get("id")
        is_country = self.heading == "country"
        pattern = _COUNTRY_ID if is_country else _ID
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        cure = 'two capitals: id = "KR"' if is_country else 'write id = "small-letters-and-digits"'
        if value is None:
            self._say((), "id is missing", cure)
        else:
            self._say(("id",), f'"{clean(str(value)[:60])}" cannot be an id here', cure)
        return ""

    def _country(self) -> str | None:
        value = self.values.get("country")
        if value is None or (isinstance(value, str) and _COUNTRY.fullmatch(value)):
            return value
        self._say(
            ("country",),
            f'"{clean(str(value)[:60])}" is not a country',
            'two capitals: country = "KR", or "ASEAN"; leave it out if it represents no country',
        )
        return None

    def _text(self, name: str) -> str:
        value = self.values.get(name, "")
        if isinstance(value, str):
            return clean(value) if value else ""
        self._say((name,), f"{name} is not text", f'write {name} = "words in quotes"')
        return ""

    def _check_kind(self) -> None:
        """Check the kind of a venue: the class of words to which its names belong."""
        kind = self._text("kind")
        if kind and kind not in KINDS_OF_PLACE:
            cure = did_you_mean(kind, KINDS_OF_PLACE, f"known are {', '.join(KINDS_OF_PLACE)}")
            self._say(("kind",), f'"{clean(kind[:60])}" is not a kind of place', cure)

    def _checked(self) -> str:
        value = self._text("checked")
        if not value or _MONTH.fullmatch(value):
            return value or self.reading.checked
        self._say(("checked",), "checked is not a month", 'write checked = "2026-03"')
        return ""

    def _words(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name)
        if value is None:
            return ()
        return _once(tuple(self._each_word(value, (name,))))

    def _each_word(self, value: Any, path: tuple[str | int, ...]) -> Iterator[str]:
        is_chinese = path[-1] == "zh" if len(path) > 1 else None  # None: all languages in one list
        match value:
            case str():
                words = words_of(value, is_chinese=is_chinese)
                self._check_words(words, path)
                yield from words
            case list():
                for index, word in enumerate(value):
                    if isinstance(word, str) and word.strip():
                        words = words_of([word], is_chinese=is_chinese)
                        self._check_words(words, (*path, index))
                        yield from words
                    else:
                        self._say((*path, index), "a word is not text", 'write ["one", "two"]')
            case Mapping() if len(path) == 1:
                for language, words in value.items():
                    if not _LANGUAGE.fullmatch(language):
                        hint = f"write {path[0]}.en, {path[0]}.ko, {path[0]}.ja or {path[0]}.zh"
                        self._say((*path, language), f'"{clean(language)}" is not a language', hint)
                    yield from self._each_word(words, (*path, language))
            case _:
                self._say(path, f"{path[0]} holds no words", f"write {path[0]} = 'one, another'")

    def _check_words(self, words: Sequence[str], path: tuple[str | int, ...]) -> None:
        if self.reading.trusted:
            return
        if _NO_WORD.search(" , ".join(words)):
            wrong = next((word for word in words if _NO_WORD.search(word)), words[0])
            hint = "only = and ~ before a word have a meaning here"
            self._say(path, f'"{clean(wrong[:60])}" is not a plain name', hint)
        if path[0] in ("names", "metonyms"):
            for word in filter(_ONE_SYLLABLE.fullmatch, words):
                hint = f"one syllable of Hangul is found in every text: put {word} under bare"
                self._say(path, f'"{word}" is too short for a name', hint, warning=True)

    def _tenures(self) -> tuple[Tenure, ...]:
        if self.heading == "office":
            role = self._text("role")
            return (Tenure(office=role),) if role and self._is_office(role, ("role",)) else ()
        held = self.values.get("held", [])
        if isinstance(held, list):
            return tuple(t for i, one in enumerate(held) if (t := self._tenure(one, i)) is not None)
        self._say(("held",), "held is not a list", f"write held = [{_TENURE}]")
        return ()

    def _tenure(self, value: Any, index: int) -> Tenure | None:
        path = ("held", index)
        if not isinstance(value, Mapping):
            self._say(
                path, "held holds something that is not an office", f"write held = [{_TENURE}]"
            )
            return None
        for name in value:
            if name not in ("office", "from", "to"):
                cure = did_you_mean(name, ("office", "from", "to"), f"write {_TENURE}")
                self._say((*path, name), f"there is no key {clean(name[:60])} in held", cure)
        office = value.get("office", "")
        if not self._is_office(office, path):
            return None
        since, until = self._day(value, "from", path), self._day(value, "to", path)
        if since and until and until <= since:
            self._say(path, "this office ends before it begins", "from comes first, then to")
        return Tenure(office=office, since=since, until=until)

    def _is_office(self, office: Any, path: tuple[str | int, ...]) -> bool:
        if office in OFFICES:
            return True
        shown = clean(str(office)[:60]) or "nothing"
        cure = did_you_mean(shown, OFFICES, f"known are {', '.join(OFFICES)}")
        self._say(path, f"{shown} is not an office known here", cure)
        return False

    def _day(self, value: Mapping[str, Any], name: str, path: tuple[str | int, ...]) -> date | None:
        day = value.get(name)
        if day is None or (isinstance(day, date) and not isinstance(day, datetime)):
            return day
        self._say(
            (*path, name), f"{name} is not a day", f"write {name} = 2026-01-05, without quotes"
        )
        return None


_TENURE = '{ office = "foreign-minister", from = 2025-07-21 }'


def _once(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
