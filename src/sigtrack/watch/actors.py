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
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sigtrack.lexicon import Book, Lexicon, words_of
from sigtrack.lexicon.books import KINDS_OF_PLACE, Page
from sigtrack.model import Actor, Problem, Tenure
from sigtrack.text import clean
from sigtrack.text.documents import (
    TomlDocument,
    did_you_mean,
    is_there,
    path_of,
    read_document,
    read_text,
)
from sigtrack.text.scripts import LANGUAGE
from sigtrack.text.toml_lines import Lines
from sigtrack.watch.tables import Findings, TomlTable, keys_of

OFFICES = (
    *("head-of-state", "head-of-government", "vice-president", "vice-premier", "speaker"),
    *("foreign-minister", "defence-minister", "trade-minister", "commerce-minister"),
    *("finance-minister", "economy-minister", "unification-minister", "minister"),
    *("vice-minister", "security-adviser", "chief-of-staff", "spokesperson", "party-leader"),
    *("envoy", "ambassador", "negotiator", "official"),
)
_KIND: Mapping[str, Literal["country", "person", "office", "venue"]] = {
    "country": "country",
    "body": "office",
    "office": "office",
    "person": "person",
    "venue": "venue",
}
_COUNTRY_ID = re.compile("[A-Z]{2}")
_COUNTRY = re.compile("[A-Z]{2}|ASEAN")
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
    document, found = TomlDocument("", tomllib.loads(text), Lines({})), Findings()
    return _actors(document, found, trusted=True), tuple(found.problems)


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
    found = Findings(problems=list(document.warnings))
    actors = _actors(document, found)
    return actors, sorted(found.problems, key=lambda problem: problem.place.line)


def _actors(document: TomlDocument, found: Findings, *, trusted: bool = False) -> dict[str, Actor]:
    """Read the entries without a mistake. If `trusted`, words are not checked: a test has checked
    them."""
    top = TomlTable(document, document.values, (), keys_of("actors"), found)
    top.refuse_unknown_keys()
    if document.values.get("format", 1) != 1:
        top.mistake("this file has an unknown format", "write format = 1", "format")
    checked = _month(top)
    actors: dict[str, Actor] = {}
    for heading in _KIND:
        for table in top.tables(heading):
            before = found.errors
            actor = _ActorEntry(table, heading, checked, trusted).actor()
            if actor.id in actors:
                message = f'the id "{clean(actor.id)}" is written twice'
                table.mistake(message, "give each entry an id of its own", "id")
            if found.errors == before:
                actors[actor.id] = actor
    return actors


def _month(table: TomlTable) -> str:
    value = table.text("checked")
    if not value or _MONTH.fullmatch(value):
        return value
    table.mistake("checked is not a month", 'write checked = "2026-03"', "checked")
    return ""


@dataclass(slots=True)
class _ActorEntry:
    """One entry. Each method returns the value of a key, or a default after noting a problem."""

    table: TomlTable
    heading: str
    checked: str
    trusted: bool

    def actor(self) -> Actor:
        table, found = self.table, self.table.found
        before = len(found.problems)
        table.refuse_unknown_keys()
        actor_id = self._code() if self.heading == "country" else table.id()
        self._check_kind()
        names = self._words("names")
        if not names and len(found.problems) == before:
            table.mistake("an entry has no names", "write names = 'one name, another name'")
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
            checked=_month(table) or self.checked,
        )

    def _text(self, name: str) -> str:
        return self.table.text(name) if name in self.table.keys else ""

    def _code(self) -> str:
        """Return the id of a country."""
        given, cure = self.table.values.get("id"), 'two capitals: id = "KR"'
        if isinstance(given, str) and _COUNTRY_ID.fullmatch(given):
            return given
        if given is None:
            self.table.mistake("id is missing", cure)
        else:
            self.table.mistake(f'"{clean(str(given)[:60])}" cannot be an id here', cure, "id")
        return ""

    def _country(self) -> str | None:
        value = self._text("country")
        if value and not _COUNTRY.fullmatch(value):
            cure = 'two capitals: country = "KR", or "ASEAN"; leave it out if it represents none'
            self.table.mistake(f'"{value[:60]}" is not a country', cure, "country")
        return value or None

    def _check_kind(self) -> None:
        """Check the kind of a venue: the class of words to which its names belong."""
        kind = self._text("kind")
        if kind and kind not in KINDS_OF_PLACE:
            cure = did_you_mean(kind, KINDS_OF_PLACE, f"known are {', '.join(KINDS_OF_PLACE)}")
            self.table.mistake(f'"{kind[:60]}" is not a kind of place', cure, "kind")

    def _words(self, name: str) -> tuple[str, ...]:
        value = self.table.values.get(name)
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
                        self.table.mistake(
                            "a word is not text", 'write ["one", "two"]', *path, index
                        )
            case Mapping() if len(path) == 1:
                for language, words in value.items():
                    if not _LANGUAGE.fullmatch(language):
                        hint = f"write {path[0]}.en, {path[0]}.ko, {path[0]}.ja or {path[0]}.zh"
                        message = f'"{clean(language)}" is not a language'
                        self.table.mistake(message, hint, *path, language)
                    yield from self._each_word(words, (*path, language))
            case _:
                cure = f"write {path[0]} = 'one, another'"
                self.table.mistake(f"{path[0]} holds no words", cure, *path)

    def _check_words(self, words: Sequence[str], path: tuple[str | int, ...]) -> None:
        if self.trusted:
            return
        if _NO_WORD.search(" , ".join(words)):
            wrong = next((word for word in words if _NO_WORD.search(word)), words[0])
            hint = "only = and ~ before a word have a meaning here"
            self.table.mistake(f'"{clean(wrong[:60])}" is not a plain name', hint, *path)
        if path[0] in ("names", "metonyms"):
            for word in filter(_ONE_SYLLABLE.fullmatch, words):
                hint = f"one syllable of Hangul is found in every text: put {word} under bare"
                message = f'"{word}" is too short for a name'
                self.table.mistake(message, hint, *path, warning=True)

    def _tenures(self) -> tuple[Tenure, ...]:
        if self.heading == "office":
            role = self._text("role")
            is_known = bool(role) and self._is_office(self.table, role, "role")
            return (Tenure(office=role),) if is_known else ()
        held = self.table.tables("held") if "held" in self.table.keys else ()
        return tuple(filter(None, map(self._tenure, held)))

    def _tenure(self, table: TomlTable) -> Tenure | None:
        table.refuse_unknown_keys()
        office = table.text("office")
        if not self._is_office(table, office):
            return None
        since, until = table.day("from"), table.day("to")
        if since and until and until <= since:
            table.mistake("this office ends before it begins", "from comes first, then to")
        return Tenure(office=office, since=since, until=until)

    def _is_office(self, table: TomlTable, office: str, *path: str) -> bool:
        if office in OFFICES:
            return True
        shown = office[:60] or "nothing"
        cure = did_you_mean(shown, OFFICES, f"known are {', '.join(OFFICES)}")
        table.mistake(f"{shown} is not an office known here", cure, *path)
        return False


def _once(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
