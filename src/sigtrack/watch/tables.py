"""The keys of the user's files, and the reader of their tables.

A key says what it may hold and what it does. Four readers use these: the loader (which keys exist),
the messages that explain a value of the wrong kind, the new watchlist that works and explains
itself, and the JSON Schema for editors that complete keys and underline mistakes. A schema cannot
check the grammar inside the strings: `watchlists check` does that.

A table is read key by key. The reader does not stop at a mistake: it returns the default, notes the
problem with its line, and continues, so that a user sees all mistakes in one run.

Long lists of terms may stand in CSV files beside a watchlist, as a spreadsheet writes them:

    [terms]
    firms = { csv = "firms.csv" }                      every row, its first column
    firms = { csv = "firms.csv", column = "name" }     below the heading "name"

Each cell is a term like any other. A CSV file belongs to the version of the watchlist that names
it: while it has mistakes, the last good version of both stays in force.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from sigtrack.frozen import frozen
from sigtrack.model import Place, Problem, Term
from sigtrack.text import clean
from sigtrack.text.documents import TomlDocument, did_you_mean, path_of, read_text
from sigtrack.text.scripts import LANGUAGE
from sigtrack.watch import shipped_text
from sigtrack.watch.terms import in_both_spellings, parse_term

FORMAT = 1
GROUP = r"\w[\w-]{0,39}"  # a group of feeds
ID = r"[a-z0-9][a-z0-9-]{0,63}"

CURES = {  # by kind
    "text": '{key} = "words in quotes"',
    "id": '{key} = "small-letters-digits-hyphens"',
    "whole": "{key} = 2, a whole number without quotes",
    "date": "{key} = 2026-01-05, without quotes",
    "date or visit": '{key} = 2026-01-05 without quotes, or {key} = "@KR > @JP"',
    "date or days": '{key} = 2026-01-20 without quotes, or {key} = "7d"',
    "visit": '{key} = "@KR > @JP", or "any > @JP": who goes to whom',
    "strings": '{key} = ["one", "two"]',
    "terms": '{key} = ["one term", "another"], or a list for each language: {key}.en = ["…"]',
    "groups of terms": '{key} = [["either", "or"], ["and one of these"]]',
    "format": "format = 1",
    "words": "{key} = 'one, another'",
    "flag": "{key} = true, without quotes",
    "table": "a heading [{key}] and its lines below",
    "tables": "a heading [[{key}]] with two brackets above each",
    "tables in a list": '{key} = [{{ office = "foreign-minister", from = 2025-07-21 }}]',
}


@frozen(kw_only=False)
class Key:
    name: str
    kind: str
    means: str
    one_of: tuple[str, ...] = ()
    least: int = 0
    most: int = 2_000  # characters of a text, or of each string of a list


_KIND = re.compile(r"([a-z-]+)(?:\[(.+)\])?(?:>(\d+))?(?:<(\d+))?")


@cache
def keys_of(table: str) -> Mapping[str, Key]:
    """Return the keys of a table of the user's files, as `data/keys.toml` tells them."""
    lines = _written_keys()[table]["keys"].strip().splitlines()
    return {key.name: key for key in map(_key, lines)}


@cache
def _written_keys() -> Mapping[str, Any]:
    return tomllib.loads(shipped_text("keys.toml"))


def _key(line: str) -> Key:
    name, told, means = line.split(None, 2)
    found = _KIND.fullmatch(told)
    assert found, line
    kind, one_of, least, most = found.groups()
    return Key(
        name,
        kind.replace("-", " "),
        means,
        one_of=tuple(one_of.split("|")) if one_of else (),
        least=int(least or 0),
        most=int(most or 2_000),
    )


_VISIT = r"^(@[A-Za-z0-9-]+|any) *> *(@[A-Za-z0-9-]+|any|\?)$"

Schema = dict[str, Any]

_TERM = (
    "Words, @actors, $groups and #classes: denuclear*, Lee NEAR/8 @JP, $meeting, #meet, to #city, "
    "@KR:cities. sigtrack watchlists words lists the classes."
)
_TERM_LIST: Schema = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "description": _TERM},
}
_TERMS: Schema = {
    "anyOf": [
        _TERM_LIST,
        {
            "type": "object",
            "patternProperties": {f"^{LANGUAGE}$": _TERM_LIST},
            "additionalProperties": False,
        },
    ]
}
_CSV: Schema = {
    "type": "object",
    "properties": {
        "csv": {"type": "string", "pattern": r"^[^/\\]+\.[cC][sS][vV]$"},
        "column": {"type": "string"},
    },
    "required": ["csv"],
    "additionalProperties": False,
    "description": 'Terms in a file beside this one: { csv = "firms.csv", column = "name" }.',
}


def watchlist_schema() -> Schema:
    """Return the JSON Schema (2020-12) of a watchlist file."""
    signal = _object(keys_of("signal"), required=["id"])
    signal["anyOf"] = [{"required": [name]} for name in ("any", "all", "visit")]
    file = _object(keys_of("watchlist"), required=["format", "id"])
    file["anyOf"] = [{"required": ["signal"]}, {"required": ["expect"]}]
    file["properties"]["signal"] |= {"type": "array", "items": signal, "minItems": 1}
    expect = _object(keys_of("expect"), required=["id", "by"])
    expect["anyOf"] = [{"required": ["signals"]}, {"required": ["visit"]}]
    file["properties"]["expect"] |= {"type": "array", "items": expect}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sigtrack watchlist",
        **file,
    }


def _object(keys: Mapping[str, Key], required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": {name: _value(key) for name, key in keys.items()},
        "required": required,
        "additionalProperties": False,
    }


def _value(key: Key) -> Schema:
    longest = {"maxLength": key.most}
    shapes: dict[str, Schema] = {
        "text": {"type": "string", **({"enum": list(key.one_of)} if key.one_of else longest)},
        "id": {"type": "string", "pattern": f"^{ID}$"},
        "whole": {"type": "integer", "minimum": key.least, "maximum": 1_000},
        "date": {"type": "string", "format": "date"},
        "visit": {"type": "string", "pattern": _VISIT},
        "date or visit": {
            "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "pattern": _VISIT}]
        },
        "date or days": {
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "pattern": "^\\d{1,3}d$"},
            ]
        },
        "strings": _strings(key),
        "terms": _TERMS,
        "groups of terms": {"type": "array", "items": {**_TERM_LIST, "minItems": 1}},
        "format": {"const": FORMAT},
        "flag": {"type": "boolean"},
        "table": {"type": "object", "additionalProperties": {"anyOf": [_CSV, _TERMS]}},
        "tables": {},
        "tables in a list": {},
        "words": {},
    }
    return {"description": key.means, **shapes[key.kind]}


def _strings(key: Key) -> Schema:
    if not key.one_of:
        item = {"type": "string", "minLength": 1, "maxLength": key.most}
        return {"type": "array", "items": item}
    return {"type": "array", "items": {"enum": list(key.one_of)}}


def copied_watchlist_text(shipped: str) -> str:
    return re.sub(r"^(id[ \t]*=.*\n)", r"\1replaces = true\n", shipped, count=1, flags=re.MULTILINE)


def new_watchlist_text(id: str, title: str) -> str:
    """Return a commented watchlist with this id and title that loads without problems."""
    template = shipped_text("templates/watchlist.toml")
    return template.format(id=_string(id), title=_string(title or id))


def _string(text: str) -> str:
    # A JSON string of clean text is a TOML string.
    return json.dumps(clean(text), ensure_ascii=False)


_NAME = re.compile(r"[^/\\]+\.csv", re.IGNORECASE)
_BOM = "\ufeff"


class CsvFiles:
    """The CSV files beside a file at `path`.

    `kept` are the texts of an earlier version by name; None reads the folder. `read` are the texts
    that were used.
    """

    def __init__(self, path: str, kept: Mapping[str, str] | None = None) -> None:
        self._folder = Path(path).parent
        self._kept = kept
        self.read: dict[str, str] = {}

    def path(self, name: str) -> str:
        return path_of(self._folder / name)

    def text(self, name: str) -> str | Problem:
        text = read_text(self._folder / name) if self._kept is None else self._kept.get(name, "")
        if isinstance(text, str):
            self.read[name] = text
        return text


def is_csv(value: object) -> bool:
    return isinstance(value, Mapping) and "csv" in value


def csv_terms(groups: TomlTable, group: str) -> Iterator[Term]:
    """Yield the terms of such a group in the order of the file; mistakes go to the findings."""
    found, value = groups.found, groups.values[group]
    place = groups.place(group)
    name, column = value["csv"], value.get("column", "")
    if more := set(value) - {"csv", "column"}:
        found.say(place, f"{group} has {clean(min(more))[:40]}", "it may have csv and column")
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        found.say(place, f"csv of {group} is not the name of a file", 'write csv = "firms.csv"')
    elif not isinstance(column, str):
        found.say(place, f"column of {group} is not text", 'write column = "name"')
    elif isinstance(text := found.csv.text(name), Problem):
        hint = f"{text.hint}; it must be beside this file"
        found.say(place, f"{clean(name)[:60]}: {text.message}", hint)
    else:
        is_empty, known = True, len(found.problems)
        for cell, line in _cells(groups, text, name, column, place):
            is_empty = False
            where = Place(path=found.csv.path(name), line=line)
            if (term := found.term(cell, where, "")) is not None:
                yield term
        if is_empty and len(found.problems) == known:
            found.say(place, f"group ${group[:60]} is empty", f"fill {clean(name)[:60]}")


def _cells(
    groups: TomlTable, text: str, name: str, column: str, place: Place
) -> Iterator[tuple[str, int]]:
    """Yield each cell that is not empty, with its line."""
    reader = csv.reader(text.removeprefix(_BOM).splitlines(), strict=True)
    at = 0
    try:
        if column:
            heads = [clean(head) for head in next(reader, [])]
            if column not in heads:
                cure = did_you_mean(column, heads, f"it has {', '.join(heads)[:80]}")
                message = f'{clean(name)[:60]} has no column "{clean(column)[:40]}"'
                groups.found.say(place, message, cure)
                return
            at = heads.index(column)
        for row in reader:
            if cell := clean(row[at]) if len(row) > at else "":
                yield cell, reader.line_num
    except csv.Error as error:
        where = Place(path=groups.found.csv.path(name), line=reader.line_num)
        groups.found.say(where, f"this is not CSV, {error}", "save it again as CSV in UTF-8")


_IS_CHINESE = {"zh": True, "ja": False, "ko": False, "en": False}  # other lists may be mixed
MOST_TERMS = 10_000  # in one file; shipped files have 300
MOST_LETTERS = 300_000  # of all terms in one file


@dataclass(slots=True)
class Findings:
    """What has been found in one file so far.

    These are its problems, every term as written with the language of its list, and every source
    that a signal names.
    """

    problems: list[Problem] = field(default_factory=list)
    terms: list[tuple[Term, str]] = field(default_factory=list)
    sources: list[tuple[str, Place]] = field(default_factory=list)
    csv: CsvFiles = field(default_factory=lambda: CsvFiles(""))  # the CSV files beside the file
    _terms_left: int = MOST_TERMS
    _letters_left: int = MOST_LETTERS

    def say(self, place: Place, message: str, hint: str, *, warning: bool = False) -> None:
        self.problems.append(place.problem(message, hint, warning=warning))

    @property
    def errors(self) -> int:
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def _is_full(self) -> bool:
        return self._terms_left < 0 or self._letters_left < 0

    def term(self, source: str, place: Place, language: str) -> Term | None:
        if self._is_full:
            return None
        term = parse_term(source, place)
        if isinstance(term, Term):
            term = in_both_spellings(term, is_chinese=_IS_CHINESE.get(language[:2]))
        meant = len(list(term.options)) if isinstance(term, Term) else 0
        self._terms_left -= max(1, meant - source.count(" OR "))  # brackets make more of one
        self._letters_left -= len(source)
        if self._is_full:
            most = f"{MOST_TERMS:,} terms or {MOST_LETTERS:,} letters"
            self.say(place, f"this file has more than {most} in them", "split it by theme")
            return None
        if isinstance(term, Problem):
            self.problems.append(term)
            return None
        self.terms.append((term, language))
        return term


_Kind = TypeVar("_Kind")


@dataclass(slots=True)
class TomlTable:
    """A table. `path` leads from the document's root to it: () or ("signal", 0)."""

    document: TomlDocument
    values: Mapping[str, Any]
    path: tuple[str | int, ...]
    keys: Mapping[str, Key]
    found: Findings

    def place(self, *path: str | int) -> Place:
        return self.document.place(*self.path, *path)

    def mistake(self, message: str, hint: str, *path: str | int, warning: bool = False) -> None:
        """Add a problem at a path below the table, or at the table itself."""
        self.found.say(self.place(*path), message, hint, warning=warning)

    def tables(self, name: str) -> list[TomlTable]:
        """Return the tables below [[name]], whose keys are those of that name."""
        value = self._value(name, list, [])
        if not all(isinstance(one, Mapping) for one in value):
            message = f"{name} holds something that is not a table"
            self.mistake(message, self._cure(name), name)
            return []
        return [
            TomlTable(self.document, one, (*self.path, name, index), keys_of(name), self.found)
            for index, one in enumerate(value)
        ]

    def refuse_unknown_keys(self, elsewhere: Mapping[str, str] = MappingProxyType({})) -> None:
        """Add a problem for each unknown key.

        `elsewhere` says where keys of other tables belong.
        """
        for name in self.values:
            if name not in self.keys:
                known = ", ".join(self.keys)
                cure = elsewhere.get(name) or did_you_mean(
                    name, self.keys, f"known are: {known}", told=len(self.found.problems)
                )
                self.mistake(f"there is no key {clean(name[:60])} here", cure, name)

    def _value(self, name: str, kind: type[_Kind], default: _Kind) -> _Kind:
        """Return the value, or the default if there is none, or none of this kind."""
        value = self.values.get(name, default)
        if type(value) is kind:
            return value
        self._wrong_kind(name)
        return default

    def text(self, name: str) -> str:
        value = self._value(name, str, "")
        if self._is_too_long(value, name):
            return ""
        allowed = self.keys[name].one_of
        if value and allowed and value not in allowed:
            hint = did_you_mean(value, allowed, "")
            self.mistake(
                f'{name} = "{clean(value[:60])}" is none of {", ".join(allowed)}',
                hint or f'write {name} = "{allowed[0]}"',
                name,
            )
            return ""
        return clean(value)

    def id(self, name: str = "id") -> str:
        if self.values.get(name) is None:
            self.mistake(f"{name} is missing", f'write {name} = "some-name"')
            return ""
        value = self._value(name, str, "")
        if isinstance(self.values[name], str) and not re.fullmatch(ID, value):
            better = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")[:40]
            self.mistake(
                f'"{clean(value[:60])}" cannot be an id',
                f'small letters, digits and hyphens, at most 64: "{better or "some-name"}"',
                name,
            )
            return ""
        return value

    def whole(self, name: str, default: int) -> int:
        value, least = self._value(name, int, default), self.keys[name].least
        if type(self.values.get(name)) is int and not least <= value <= 1_000:
            self.mistake(f"{name} must be from {least} to 1,000", "write another number", name)
            return default
        return value

    def flag(self, name: str) -> bool:
        return self._value(name, bool, False)

    def day(self, name: str) -> date | None:
        value = self.values.get(name)
        if value is None or type(value) is date:
            return value
        self._wrong_kind(name)
        return None

    def strings(self, name: str) -> Iterator[tuple[str, Place]]:
        """Yield each string of a list with its place, cleaned; empty strings are problems."""
        for index, one in enumerate(self._value(name, list, [])):
            place = self.place(name, index)
            if isinstance(one, str) and clean(one):
                if not self._is_too_long(one, name, index):
                    yield clean(one), place
            else:
                self.found.say(place, f"{name} holds something that is not text", self._cure(name))

    def group(self, name: str) -> tuple[Term, ...]:
        """Return the terms of a group, which is a list of terms or names a CSV file."""
        return tuple(csv_terms(self, name)) if is_csv(self.values[name]) else self.terms(name)

    def terms(self, name: str) -> tuple[Term, ...]:
        """Return the terms of a list, or of a table of lists by language."""
        return tuple(self._terms(name, self.values.get(name, []), (name,)))

    def groups_of_terms(self, name: str) -> tuple[tuple[Term, ...], ...]:
        value = self._value(name, list, [])
        if any(isinstance(one, str) for one in value):
            self._explain_flat_list(name, value)
            return ()
        groups = []
        for index, group in enumerate(value):
            if not isinstance(group, list):
                self.mistake(f"every group of {name} must be a list", self._cure(name), name, index)
            elif not group:
                self.mistake(f"a group of {name} is empty", "fill or delete it", name, index)
            else:
                groups.append(tuple(self._list(group, (name, index), "")))
        return tuple(groups)

    def _explain_flat_list(self, name: str, value: list[Any]) -> None:
        words = [clean(str(one)[:20]) for one in value if isinstance(one, str)][:2]
        both = ", ".join(f'["{word}"]' for word in words)
        either = ", ".join(f'"{word}"' for word in words)
        self.mistake(
            f"{name} is a list of lists",
            f"write {name} = [{both}] if each must be there, [[{either}]] if one is enough",
            name,
        )

    def _terms(self, name: str, value: Any, path: tuple[str | int, ...]) -> Iterator[Term]:
        if isinstance(value, list):
            yield from self._list(value, path, "")
            return
        if not isinstance(value, Mapping):
            self.mistake(f"{name} is not a list", self._cure("", name), *path)
            return
        for language, terms in value.items():
            if not re.fullmatch(LANGUAGE, language):
                self.mistake(
                    f'"{clean(language[:40])}" is not a language',
                    f'write {name}.en, {name}.ko, {name}.ja or {name}.zh = ["…"]',
                    *path,
                    language,
                )
            elif isinstance(terms, list):
                yield from self._list(terms, (*path, language), language)
            else:
                self.mistake(
                    f"{name}.{language} is not a list", self._cure("", name), *path, language
                )

    def _list(self, value: list[Any], path: tuple[str | int, ...], language: str) -> Iterator[Term]:
        for index, one in enumerate(value):
            place = self.place(*path, index)
            if not isinstance(one, str):
                self.found.say(place, "a term must be a string", 'write "words in quotes"')
            elif (term := self.found.term(one, place, language)) is not None:
                yield term

    def _is_too_long(self, value: str, name: str, *below: int) -> bool:
        most = self.keys[name].most
        if len(value) <= most:
            return False
        message = f"{name} has {len(value):,} characters, the most is {most:,}"
        self.mistake(message, "write it shorter", name, *below)
        return True

    def _cure(self, name: str, shown: str = "") -> str:
        kind = self.keys[name].kind if name in self.keys else "terms"
        return "write " + CURES[kind].format(key=shown or name)

    def _wrong_kind(self, name: str) -> None:
        nouns = {str: "text", bool: "true or false", int: "a number", list: "a list"}
        value = self.values.get(name)
        noun = nouns.get(type(value), "a table" if isinstance(value, dict) else "something else")
        self.mistake(f"{name} is {noun} here", self._cure(name), name)
