"""What a file of the lexicon may hold, and the check of the user's files.

A new section of words is one line in `SECTIONS`, a new kind of entry is one in `ENTRIES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from sigtrack.frozen import frozen
from sigtrack.lexicon.books import (
    KINDS_OF_PLACE,
    LANGUAGES,
    MOST_MEANT,
    RANKS,
    Key,
    Page,
    keys_of,
    under_each_key,
    words_of,
)
from sigtrack.model import Problem
from sigtrack.text import clean
from sigtrack.text.documents import (
    TomlDocument,
    did_you_mean,
    path_of,
    read_document,
    read_text,
)

MONTHS = tuple(str(number) for number in range(1, 13))
PHASES = ("planned", "ongoing", "done", "cancelled")
KINDS = ("go", "trip", "leave", "host", "meet", "attend", "say", "send", "invite", "remote")
RELATIVE = (
    *("yesterday", "today", "tomorrow"),
    *("last-week", "this-week", "next-week", "last-month", "this-month", "next-month"),
    *("last-year", "this-year", "next-year"),
)
UNITS = ("year", "month", "day", "hour", "minute", "second")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ANY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")  # keys of a section that lists none
_COUNTRY = re.compile("[A-Z]{2}")
_HOSTS = re.compile(r"20\d\d [A-Z]{2}(?:, 20\d\d [A-Z]{2})*")
_PARTIES = re.compile(r"[A-Z]{2}(?:-[A-Z]{2})+|none")
# What words do in a statement, besides those that have degrees.
STATEMENT = (
    *("importance", "welcome", "force", "utmost", "relief", "hedge", "offer", "talks"),
    *("programme", "courtesy", "agenda", "date", "document", "claim", "mood", "dispute", "met"),
    *("negation", "affirmed", "condition", "free", "keep", "threat", "cushion", "opposition"),
    *("ought", "must", "ours", "answered", "filler"),
)
FORMS = ("joint", "readout", "remarks", "briefing", "fact-sheet", "statement")  # kinds of texts
_LONGEST = 120  # letters of a word
_BRACKETS = frozenset("[]()")
_ABOUT_BRACKETS = (
    f"write visit(s/ed) or [to/will] visit; no bracket in another, {MOST_MEANT} words at most"
)
MOST_WORDS = 20_000  # of one file; the largest shipped file has 2,000
_FILE_KEYS = ("format", "note")


@frozen
class SectionRule:
    """A table of words by key. Without `keys`, any short name in small letters is a key."""

    keys: tuple[str, ...] = ()
    pattern: re.Pattern[str] = _ANY
    own: bool = False  # sigtrack's own: these are not words to which a user can add


@frozen
class WordRule:
    """A key of an entry: `words`, or a text that is `one_of` or fits `pattern`."""

    kind: Literal["words", "text"] = "text"
    one_of: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    cure: str = ""
    needed: bool = False


_OWN = (  # sections of a language to which nobody can add
    *("scale", "counted", "number", "headline", "ordinal", "row", "compound", "han", "record"),
    *("label", "joint", "ending", "patterns"),
)
# By kind of file, then by the name of the table as written in brackets.
SECTIONS: Mapping[str, Mapping[str, SectionRule]] = {
    "language": {
        "months": SectionRule(keys=MONTHS),
        "weekdays": SectionRule(keys=WEEKDAYS),
        "offices": SectionRule(keys=(*RANKS, "nobody")),
        "offices.home": SectionRule(pattern=_COUNTRY),
        "offices.of": SectionRule(pattern=_COUNTRY),
        "marks": SectionRule(keys=(*PHASES, "over")),
        "levels": SectionRule(keys=("state", "official", "working", "informal", "sidelines")),
        "vetoes": SectionRule(keys=("sport", "show", "other")),
        "letters": SectionRule(pattern=_COUNTRY),
        "units": SectionRule(keys=UNITS),
        "day-parts": SectionRule(keys=("am", "pm")),
        "eras": SectionRule(pattern=re.compile(r"\d{4}")),
        "relative": SectionRule(keys=RELATIVE),
        "posts": SectionRule(),
        "clues": SectionRule(),
        # For comparing statements.
        "criticism": SectionRule(keys=tuple(map(str, range(1, 11)))),
        "demand": SectionRule(keys=tuple(map(str, range(4)))),
        "commitment": SectionRule(keys=tuple(map(str, range(6)))),
        "statement": SectionRule(keys=STATEMENT),
        "set": SectionRule(),
        "same": SectionRule(),
        "country": SectionRule(pattern=_COUNTRY),
        "parties": SectionRule(pattern=_PARTIES),
        "topic": SectionRule(),
        "object": SectionRule(),
        # For headlines, stories, wording.
        "between": SectionRule(keys=("both", "ties")),
        "texts": SectionRule(keys=FORMS),
        "zone": SectionRule(own=True, pattern=re.compile(r"[+-]\d\d:\d\d")),
        # For matching, advice, tables of items.
        "name": SectionRule(keys=("beside",)),
        "ambiguous": SectionRule(own=True, pattern=re.compile(".+")),
        # Among them `patterns`: regular expressions where a list of words is not enough.
        **dict.fromkeys(_OWN, SectionRule(own=True)),
    },
    "places": {},
    "phrases": {},
    "topics": {
        "acts": SectionRule(),
        "things": SectionRule(),
        "places": SectionRule(),
        "common": SectionRule(keys=("always", "often", "usual", "known")),
        "plain": SectionRule(keys=("en", "ko", "han", "kana")),
        "business": SectionRule(keys=("companies", "markets")),
        "kind": SectionRule(own=True),
        "called": SectionRule(own=True),
        "part": SectionRule(keys=("acts",)),
        "weight": SectionRule(keys=("1", "2", "3", "alone")),
        "weight.lead": SectionRule(pattern=_PARTIES),
        "way": SectionRule(keys=("harder", "softer")),
        "way.promised": SectionRule(pattern=_PARTIES),
    },
}
# By kind of file, then by the heading as written in double brackets.
ENTRIES: Mapping[str, Mapping[str, Mapping[str, WordRule]]] = {
    "language": {
        "act": {
            "class": WordRule(pattern=_ANY, cure='write class = "visit"', needed=True),
            "kind": WordRule(one_of=KINDS, needed=True),
            "phase": WordRule(one_of=PHASES),
            "side": WordRule(one_of=("before", "after", "both", "letter")),
            "words": WordRule(kind="words", needed=True),
            "not": WordRule(kind="words"),
        },
    },
    "places": {
        "place": {
            "country": WordRule(pattern=_COUNTRY, cure='two capitals: country = "KR"', needed=True),
            "site": WordRule(needed=True),
            "kind": WordRule(one_of=KINDS_OF_PLACE),
            "names": WordRule(kind="words", needed=True),
        },
        "gathering": {
            "country": WordRule(pattern=_COUNTRY, cure='two capitals: country = "KR"'),
            "site": WordRule(),
            "hosts": WordRule(pattern=_HOSTS, cure="write hosts = '2026 CN, 2027 VN'"),
            "names": WordRule(kind="words", needed=True),
        },
    },
    "phrases": {
        "phrase": {
            "id": WordRule(pattern=_ANY, cure='write id = "new-chapter"', needed=True),
            "topic": WordRule(),
            **dict.fromkeys(LANGUAGES, WordRule(kind="words")),
            **dict.fromkeys(("present", "absent", "change"), WordRule()),
        },
    },
    "topics": {},
}


def read_page(file: Path, kind: str) -> tuple[Page | None, tuple[Problem, ...]]:
    """Read a user's file. Returns a page with only the correct parts, and its problems by line.

    The page is None if the file is not text or not TOML. `kind` is one of the keys of `ENTRIES`.
    """
    text = read_text(file)
    document = read_document(path_of(file), text)
    if isinstance(document, Problem):
        return None, (document,)
    check = _Check(document, kind)
    values = under_each_key(check.file(document.values))
    problems = sorted(check.problems, key=lambda problem: problem.place.line)
    return Page(document.path, text if isinstance(text, str) else "", values), tuple(problems)


def problems_of(path: str, text: str, kind: str) -> tuple[Problem, ...]:
    """Return the problems of a shipped file, in which all sections are allowed."""
    document = read_document(path, text)
    if isinstance(document, Problem):
        return (document,)
    check = _Check(document, kind, is_shipped=True)
    check.file(document.values)
    return tuple(check.problems)


class _Check:
    """Checks one document: returns what is correct and collects the rest as problems, each at its
    key, so that a user sees all mistakes of a file in one run."""

    def __init__(self, document: TomlDocument, kind: str, *, is_shipped: bool = False) -> None:
        self.problems = list(document.warnings)
        self._document = document
        self._kind = kind
        self._is_shipped = is_shipped
        self._count = 0  # words so far

    def say(self, path: tuple[Key, ...], message: str, hint: str) -> None:
        place = self._document.place(*path)
        self.problems.append(place.problem(message, hint))

    def file(self, values: Mapping[str, Any]) -> dict[str, Any]:
        sections, entries = SECTIONS[self._kind], ENTRIES[self._kind]
        tops = dict.fromkeys(name.partition(".")[0] for name in sections)
        right: dict[str, Any] = {}
        for name, value in values.items():
            if name == "format" and value != 1:
                hint = "write format = 1"
                self.say((name,), "this file has an unknown format", hint)
            elif name in entries:
                right[name] = [self._entry(*entry) for entry in self._entries(name, value)]
            elif name in tops:
                right[name] = self._section((name,), value)
            elif name not in _FILE_KEYS:
                known = (*tops, *entries)
                self.say(
                    (name,),
                    f"there is no section {clean(name[:60])} here",
                    did_you_mean(name, known, f"known are {', '.join(known)}"),
                )
        return right

    # Tables of words

    def _section(self, path: tuple[str, ...], value: Any) -> dict[str, Any]:
        name = ".".join(path)
        if not isinstance(value, Mapping):
            self.say(
                path, f"{name} holds no keys", f"head it [{name}], and write the words below it"
            )
            return {}
        section = SECTIONS[self._kind].get(name)
        if section is not None and section.own and not self._is_shipped:
            self.say(path, f"[{name}] cannot be added to", "add words to other sections instead")
            return {}
        inner = {
            n.removeprefix(f"{name}.").partition(".")[0]: n
            for n in SECTIONS[self._kind]
            if n.startswith(f"{name}.")
        }
        right: dict[str, Any] = {}
        for key, words in value.items():
            if key in inner and isinstance(words, Mapping):
                right[key] = self._section((*path, key), words)
            elif section is None or not self._is_key(section, key):
                known = (*(section.keys if section else ()), *inner)
                otherwise = (
                    f"known are {', '.join(known)}" if known else "write it in small letters"
                )
                self.say(
                    (*path, key),
                    f"there is no key {clean(key[:60])} in [{name}]",
                    did_you_mean(key, known, otherwise),
                )
            elif section.own:
                right[key] = words
            else:
                right[key] = list(self._words((*path, key), words))
        return right

    @staticmethod
    def _is_key(section: SectionRule, key: str) -> bool:
        return all(
            one in section.keys if section.keys else section.pattern.fullmatch(one)
            for one in keys_of(key)
        )

    def _words(self, path: tuple[Key, ...], value: Any) -> Iterator[str]:
        key = path[-1]
        if not isinstance(value, str | list):
            self.say(path, f"{key} holds no words", f"write {key} = 'one, another'")
            return
        if isinstance(value, list) and not all(isinstance(word, str) for word in value):
            self.say(path, "a word is not text", f'write {key} = ["one", "two"]')
        words = words_of(value)
        if not words:
            self.say(path, f"{key} is empty", "write words, or delete the line")
        before = self._count
        self._count += len(words)
        if self._count > MOST_WORDS:
            if before <= MOST_WORDS:
                self.say(path, f"this file has more than {MOST_WORDS:,} words", "delete some words")
            return
        for word in words:
            if len(word) > _LONGEST or clean(word) != word:
                self.say(
                    path, f'"{clean(word[:60])}" is not a word', "write plain words with commas"
                )
            elif not _BRACKETS.isdisjoint(word):
                self.say(path, f'the brackets of "{word[:60]}" cannot be read', _ABOUT_BRACKETS)
            else:
                yield word

    # Entries

    def _entries(
        self, heading: str, tables: Any
    ) -> Iterator[tuple[tuple[str, int], Mapping[str, Any]]]:
        """Yield the entries below `[[heading]]` with their paths."""
        hint = f"head each entry [[{heading}]]"
        if not isinstance(tables, list):
            self.say((heading,), f"{heading} is not a list of entries", hint)
            return
        for index, values in enumerate(tables):
            if isinstance(values, Mapping):
                yield (heading, index), values
            else:
                self.say((heading, index), "an entry has no keys", f"head it [[{heading}]]")

    def _entry(self, path: tuple[str, int], values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the entry, empty if it is wrong, so that the next ones keep their numbers."""
        fields = ENTRIES[self._kind][path[0]]
        before = len(self.problems)
        for name in values:
            if name in fields:
                continue
            cure = did_you_mean(name, fields, f"known are {', '.join(fields)}")
            message = f"there is no key {clean(name[:60])} in [[{path[0]}]]"
            self.say((*path, name), message, cure)
        right: dict[str, Any] = {}
        for key, one in fields.items():
            if key not in values:
                if one.needed:
                    self.say(path, f"{key} is missing", one.cure or f"write {key} = '…'")
            elif one.kind == "words":
                right[key] = list(self._words((*path, key), values[key]))
            elif self._fits(one, values[key]):
                right[key] = values[key]
            else:
                shown = clean(str(values[key])[:60])
                self.say((*path, key), f'"{shown}" cannot be {key} here', _cure_of(key, one, shown))
        return right if len(self.problems) == before else {}

    @staticmethod
    def _fits(one: WordRule, value: Any) -> bool:
        if not isinstance(value, str) or clean(value) != value:
            return False
        if one.one_of:
            return value in one.one_of
        return one.pattern is None or bool(one.pattern.fullmatch(value))


def _cure_of(key: str, one: WordRule, shown: str) -> str:
    if one.one_of:
        return did_you_mean(shown, one.one_of, f"write one of {', '.join(one.one_of)}")
    return one.cure or f"write {key} = 'a text'"
