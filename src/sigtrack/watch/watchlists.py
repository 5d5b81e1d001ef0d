"""Watchlist files: from text to rules, with all problems.

A file is loaded alone (`load_watchlist`), and the folders together (`folders.load_watchlists`):
shipped files and the user's own, which replace shipped ones if they say so. A broken file does not
stop the others; if a user's file was good before, that version stays in force (see `versions`).

An `[[expect]]` says what is expected, after what, and by when. As a file is read alone, a wrong id
of another watchlist is not found here; `sigtrack expect` reports it.

There are also warnings about correct terms that may not mean what their writer thinks; never
errors. Each rule is a function from a word, a phrase or a whole file to a sentence and its cure.
The matcher (`match.needles`) counts a single Han character only in certain places, does not find
two syllables of Hangul at the end of a longer word, and ignores a star on Han.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import PurePath
from typing import Any

from sigtrack.frozen import frozen
from sigtrack.lexicon import shipped_lexicon
from sigtrack.lexicon.classes import WordClass
from sigtrack.model import (
    Actor,
    Expectation,
    Feed,
    Journey,
    Near,
    Phrase,
    Problem,
    Signal,
    Term,
    Watchlist,
    Word,
)
from sigtrack.model.rules import Terms
from sigtrack.text.documents import did_you_mean, read_document
from sigtrack.text.scripts import is_cjk, is_han, is_hangul
from sigtrack.watch.signals import (
    Common,
    Expansion,
    Groups,
    as_written,
    check_actors,
    check_classes,
    check_sources,
    read_journey,
    read_signal,
)
from sigtrack.watch.tables import (
    CURES,
    FORMAT,
    ID,
    CsvFiles,
    Findings,
    TomlTable,
    keys_of,
)
from sigtrack.watch.terms import comparable, remarks_on_phrase, remarks_on_word
from sigtrack.watch.versions import fingerprint_of_rules

Advice = tuple[str, str]  # message, hint

_BORDER = re.compile(r"(?<!\d)[,;:](?!\d)|[,;:]$|(?<=\w\w)\.$")
_IDLE_SIGNS = re.compile(r"[\[\]{}|^\\「」『』【】《》〈〉]")


def advise(
    terms: Iterable[tuple[Term, str]], signals: Iterable[Signal], shared: Groups
) -> list[Problem]:
    """Return the warnings about a file.

    `terms` are as written, each with the language of its list; `shared` has the words of borrowed
    groups.
    """
    terms = list(terms)
    written = [word for term, _ in terms for word in _words(term)]
    borrowed = {one.id for term, _ in terms for one in term.references() if one.kind == "$"}
    written += [word for name in borrowed for term in shared.get(name, ()) for word in _words(term)]
    tails = {word.literal[-2:] for word in written if len(word.literal) > 2 or word.head}
    found = []
    for term, _ in terms:
        for message, hint in (*_of_term(term), *_of_tails(term, tails)):
            found.append(term.place.problem(message, hint, warning=True))
    for signal in signals:
        found += _of_signal(signal)
    return found


def _phrases(term: Term) -> Iterator[tuple[Word, ...]]:
    """Yield the words of each phrase without classes.

    Words beside a class, such as `#city` and a particle, are completed by the words of the class.
    """
    for option in term.options:
        if isinstance(option, Phrase) and not option.classes:
            yield tuple(word for word in option.words if isinstance(word, Word))


def _words(term: Term) -> Iterator[Word]:
    for words in _phrases(term):
        yield from words


def _of_term(term: Term) -> Iterator[Advice]:
    for words in _phrases(term):
        for word in words:
            yield from _of_word(word)
        for word in words[:-1]:
            if not word.quoted and _BORDER.search(word.literal):
                yield (
                    f'a phrase cannot continue after the mark in "{word}"',
                    "leave out the mark, or join the two sides with NEAR/3",
                )
        if not any(word.quoted for word in words):
            yield from remarks_on_phrase([str(word) for word in words])
        means = _ambiguous().get(words[0].literal) if len(words) == 1 else None
        if means:
            yield means


@cache
def _ambiguous() -> Mapping[str, Advice]:
    listed = shipped_lexicon().language("ko").section("ambiguous")
    return {word: (f"{word} is {what}", f"write {cure}") for word, (what, cure) in listed.items()}


@cache
def _compound_tails() -> frozenset[str]:
    return frozenset(shipped_lexicon().words("compound", "tails"))


def _of_word(word: Word) -> Iterator[Advice]:
    literal = comparable(word.literal)
    if word.quoted:
        return
    yield from remarks_on_word(literal)
    if _IDLE_SIGNS.search(literal):
        yield f'brackets and signs are ignored in "{word}"', "put the word in double quotes"
    if len(literal) == 1 and is_han(literal):
        yield (
            f"{literal} is one Han character: it counts only without other Han beside it, "
            "or in a row such as 日韓",
            "also list the words that you mean (米国, 美国)",
        )
    if len(literal) == 1 and is_hangul(literal):
        yield f"{literal} is one syllable, which is in too many words", "write a longer word"
    if (word.tail and is_cjk(literal[-1])) or (word.head and is_cjk(literal[0])):
        yield (
            f'the star of "{word}" does nothing',
            "words of Han and Kana are found anywhere without it",
        )


def _of_tails(term: Term, tails: Collection[str]) -> Iterator[Advice]:
    """Advise on ends of compounds, of which `tails` are those that the file lists."""
    for word in _words(term):
        literal = comparable(word.literal)
        if literal in _compound_tails() and literal not in tails:
            yield (
                f"{literal} is not found at the end of a longer word",
                f"write *{literal}, or list the compounds",
            )


def _of_signal(signal: Signal) -> Iterator[Problem]:
    wanted = (*signal.any, *(term for group in signal.all for term in group))
    for name, against in (("none", signal.none), ("ignore", signal.ignore)):
        refused = set(against)
        for term in wanted:
            if term in refused and not isinstance(term.body, Near):
                yield term.place.problem(
                    f'"{str(term)[:60]}" of signal "{signal.id}" is in {name} as well',
                    "it can never count: delete it in one of them",
                    warning=True,
                )


GROUP_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_ELSEWHERE = {
    name: f"{name} belongs to a signal: write it below [[signal]]"
    for name in keys_of("signal").keys() - keys_of("watchlist").keys()
} | {"signals": "write [[signal]] above each signal", "rule": "write [[signal]]"}
_SHARED_KEYS = {name: keys_of("watchlist")[name] for name in ("format", "terms")}
_Problems = tuple[Problem, ...]


@frozen
class Known:
    """What a watchlist may refer to, and what its fingerprint covers besides its own words.

    `advice` switches on warnings about correct but surprising terms, which take a fifth of the
    time.
    """

    actors: Mapping[str, Actor]
    shared: Groups  # by the name after $: "shared/name"
    gazetteer: str = ""  # fingerprint of the actors
    matcher_version: str = ""
    advice: bool = True
    classes: Mapping[str, WordClass] = field(default_factory=dict)
    csv: CsvFiles | None = None  # None: the files beside the watchlist
    feeds: tuple[Feed, ...] = ()  # of the catalogue; if empty, sources are not checked


def load_watchlist(
    path: str, text: str, known: Known, *, shipped: bool = False
) -> tuple[Watchlist | None, _Problems]:
    """Return the watchlist, None if it has errors, and its problems by line, including warnings."""
    document = read_document(path, text)
    if isinstance(document, Problem):
        return None, (document,)
    found = Findings(problems=list(document.warnings), csv=known.csv or CsvFiles(path))
    table = TomlTable(document, document.values, (), keys_of("watchlist"), found)
    if not _is_of_this_format(table):
        return None, tuple(found.problems)
    table.refuse_unknown_keys(_ELSEWHERE)
    expansion = Expansion(_read_groups(table), known.shared)
    expansion.all_groups()
    ignore, none, unless = (table.terms(name) for name in ("ignore", "none", "unless"))
    common = Common(
        ignore=expansion.terms(ignore), none=expansion.terms(none), unless=expansion.terms(unless)
    )
    watchlist_id, title, why = table.id(), table.text("title"), table.text("why")
    replaces = table.flag("replaces")
    signals = _read_signals(table, expansion, common, known.actors)
    expects = read_expects(table, known.actors, {signal.id for signal in signals}, watchlist_id)
    check_actors(found, known.actors)
    check_classes(found, known.classes)
    if known.feeds:
        check_sources(found, known.feeds)
    _advise_on_name(table, watchlist_id)
    problems = [*found.problems, *expansion.problems]
    if known.advice:
        problems += advise(found.terms, signals, known.shared)
    if has_errors(problems):
        return None, in_order(problems)
    watchlist = Watchlist(
        id=watchlist_id,
        title=title,
        why=why,
        signals=signals,
        expects=expects,
        fingerprint=fingerprint_of_rules(
            watchlist_id,
            signals,
            gazetteer=known.gazetteer,
            matcher_version=known.matcher_version,
            classes=known.classes,
        ),
        written=as_written(("ignore", ignore), ("none", none), ("unless", unless)),
        place=document.place("id"),
        shipped=shipped,
        replaces=replaces,
    )
    return watchlist, in_order(problems)


def load_shared(path: str, text: str, known: Known) -> tuple[Groups, _Problems]:
    """Return the groups of a `_shared.toml` as "shared/name", as far as they can be read."""
    document = read_document(path, text)
    if isinstance(document, Problem):
        return {}, (document,)
    found = Findings(problems=list(document.warnings), csv=known.csv or CsvFiles(path))
    table = TomlTable(document, document.values, (), _SHARED_KEYS, found)
    if not _is_of_this_format(table):
        return {}, tuple(found.problems)
    table.refuse_unknown_keys({"signal": "signals belong to a watchlist file, not to the groups"})
    groups = _read_groups(table)
    expansion = Expansion({**groups, **{f"shared/{name}": groups[name] for name in groups}})
    expanded = expansion.all_groups()
    check_actors(found, known.actors)
    check_classes(found, known.classes)
    problems = [*found.problems, *expansion.problems]
    if known.advice:
        problems += advise(found.terms, (), {})
    return {f"shared/{name}": expanded[name] for name in groups}, in_order(problems)


def has_errors(problems: list[Problem] | _Problems) -> bool:
    return any(problem.severity == "error" for problem in problems)


def in_order(problems: list[Problem]) -> _Problems:
    """Sort by file and line, without duplicates; errors come before warnings of the same line."""
    once = dict.fromkeys(problems)
    return tuple(sorted(once, key=lambda one: (one.place.path, one.place.line, one.severity)))


def _is_of_this_format(table: TomlTable) -> bool:
    value = table.values.get("format")
    if value == FORMAT and type(value) is int:
        return True
    if value is None:
        message, hint = "format is missing", f"write format = {FORMAT} on the first line"
    elif type(value) is int and value > FORMAT:
        message = "this file is written for a later sigtrack"
        hint = "upgrade with: pip install -U sigtrack"
    else:
        message, hint = "this format is unknown", f"write format = {FORMAT}"
    table.mistake(message, hint, "format")
    return False


def _read_groups(table: TomlTable) -> dict[str, Terms]:
    value = table.values.get("terms", {})
    if not isinstance(value, dict):
        table.mistake("terms is not a table", "write [terms] above the groups", "terms")
        return {}
    groups = TomlTable(table.document, value, ("terms",), {}, table.found)
    return {name: _read_group(groups, name) for name in value}


def written_groups(path: str, text: str) -> dict[str, list[tuple[Term, str]]]:
    """Return the groups of a file by name as written: terms with the language of their list."""
    document = read_document(path, text)
    if isinstance(document, Problem) or not isinstance(document.values.get("terms"), dict):
        return {}
    found = Findings(csv=CsvFiles(path))
    groups = TomlTable(document, document.values["terms"], ("terms",), {}, found)
    written: dict[str, list[tuple[Term, str]]] = {}
    for name in groups.values:
        before = len(found.terms)
        groups.group(name)
        written[name] = found.terms[before:]
    return written


def _read_group(groups: TomlTable, name: str) -> Terms:
    if not re.fullmatch(GROUP_ID, name):
        groups.mistake(
            f'"{name[:60]}" cannot be the name of a group',
            "letters, digits, hyphens and underscores",
            name,
        )
    if name in keys_of("watchlist") and not isinstance(groups.values[name], list | dict):
        groups.mistake(
            f"{name} is under [terms], so it is read as a group",
            f"move {name} above [terms], to the top of the file",
            name,
        )
        return ()
    terms = groups.group(name)
    if not groups.values[name]:
        groups.mistake(f"group ${name[:60]} is empty", "fill or delete it", name)
    return terms


def _read_signals(
    table: TomlTable, expansion: Expansion, common: Common, actors: Mapping[str, Actor]
) -> tuple[Signal, ...]:
    if not table.values.get("signal") and not table.values.get("expect"):
        table.mistake("there is no signal", "write [[signal]] and its keys below")
    signals: dict[str, Signal] = {}
    for below in table.tables("signal"):
        signal = read_signal(below, expansion, common, actors)
        _say_if_there(below, signal, signals, "signals")
        signals[signal.id] = signal
    return tuple(signals.values())


def _say_if_there(
    table: TomlTable,
    one: Signal | Expectation,
    others: Mapping[str, Signal] | Mapping[str, Expectation],
    kind: str,
) -> None:
    if one.id and (other := others.get(one.id)):
        table.mistake(
            f'two {kind} have the id "{one.id}"',
            f"the other is on line {other.place.line}; rename one",
            "id",
        )


def _advise_on_name(table: TomlTable, watchlist_id: str) -> None:
    stem = PurePath(table.document.path).stem
    if watchlist_id and stem and stem != watchlist_id:
        table.mistake(
            f'the file is called {stem}, its id is "{watchlist_id}"',
            "reports use the id; the same name for both is easier to find",
            "id",
            warning=True,
        )


_DAYS = re.compile(r"(\d{1,3})d")
_SIGNAL = re.compile(f"{ID}(/{ID})?")
_NOT_EXPECTED_HERE = {
    "any": "an expectation has no terms: write them below [[signal]] and name the signal here",
    "until": "write by",
    "from": "write after",
    "signal": 'write signals = ["watchlist/signal"]',
}


def read_expects(
    table: TomlTable, actors: Mapping[str, Actor], own: set[str], watchlist: str
) -> tuple[Expectation, ...]:
    """Return the expectations that can be read; mistakes are in `table.found`."""
    found: dict[str, Expectation] = {}
    for below in table.tables("expect"):
        expectation = _ExpectReader(below, actors, own, watchlist).read()
        _say_if_there(below, expectation, found, "expectations")
        found[expectation.id] = expectation
    return tuple(found.values())


@dataclass(slots=True)
class _ExpectReader:
    """Reads one table, key by key."""

    _table: TomlTable
    _actors: Mapping[str, Actor]
    _own: set[str]
    _watchlist: str

    def read(self) -> Expectation:
        table = self._table
        table.refuse_unknown_keys(_NOT_EXPECTED_HERE)
        expectation = Expectation(
            id=table.id(),
            title=table.text("title"),
            why=table.text("why"),
            signals=tuple(self._signals()),
            visit=read_journey(table, "visit", self._actors),
            after=self._after(),
            by=self._by(),
            place=table.place(),
        )
        if not table.values.get("signals") and not table.values.get("visit"):
            table.mistake(
                "this expectation can never be met",
                'write signals = ["watchlist/signal"], or visit = "@KR > @JP"',
            )
        by, after = expectation.by, expectation.after
        if isinstance(by, date) and isinstance(after, date) and by < after:
            table.mistake("the day of by is before that of after", "swap the two days", "by")
        return expectation

    def _signals(self) -> list[str]:
        signals = []
        for text, place in self._table.strings("signals"):
            if not _SIGNAL.fullmatch(text):
                self._table.found.say(
                    place, f'"{text[:60]}" names no signal', 'write "watchlist/signal"'
                )
                continue
            watchlist, _, signal = text.partition("/")
            if watchlist == self._watchlist and signal and signal not in self._own:
                cure = did_you_mean(signal, self._own, f"this file has {', '.join(self._own)}")
                self._table.found.say(place, f"there is no signal {text}", cure)
            signals.append(text)
        return signals

    def _after(self) -> date | Journey | None:
        value = self._table.values.get("after")
        return value if _is_day(value) else read_journey(self._table, "after", self._actors)

    def _by(self) -> date | int:
        value = self._table.values.get("by")
        if isinstance(value, date) and _is_day(value):
            return value
        days = _DAYS.fullmatch(value) if isinstance(value, str) else None
        if days is None:
            what = "by is missing" if value is None else "by is not a day"
            cure = CURES[self._table.keys["by"].kind].format(key="by")
            self._table.mistake(what, f"write {cure}", "by")
            return 0
        if self._table.values.get("after") is None:
            self._table.mistake("days are counted from after", "write after, or a day", "by")
        return int(days[1])


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)
