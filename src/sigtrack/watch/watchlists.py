"""Watchlist files: from text to rules, with all problems.

A file is loaded alone (`load_watchlist`), and the folders together (`folders.load_watchlists`):
shipped files and the user's own, which replace shipped ones if they say so. A broken file does not
stop the others; if a user's file was good before, that version stays in force (see `last_good`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from sigtrack.lexicon.classes import WordClass
from sigtrack.model import Actor, Feed, Problem, Signal, Term, Watchlist
from sigtrack.model.rules import Terms
from sigtrack.text.documents import read_document
from sigtrack.watch.advice import advise
from sigtrack.watch.csv_terms import CsvFiles
from sigtrack.watch.expects import read_expects
from sigtrack.watch.fingerprints import fingerprint_of_rules
from sigtrack.watch.groups import Expansion, Groups
from sigtrack.watch.keys import FILE_KEYS, FORMAT, SHARED_KEYS, SIGNAL_KEYS
from sigtrack.watch.signals import (
    Common,
    as_written,
    check_actors,
    check_classes,
    check_sources,
    read_signal,
)
from sigtrack.watch.tables import Findings, TomlTable

GROUP_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_ELSEWHERE = {
    name: f"{name} belongs to a signal: write it below [[signal]]"
    for name in SIGNAL_KEYS.keys() - FILE_KEYS.keys()
} | {"signals": "write [[signal]] above each signal", "rule": "write [[signal]]"}
_Problems = tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
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
    table = TomlTable(document, document.values, (), FILE_KEYS, found)
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


def load_shared(
    path: str,
    text: str,
    actors: Mapping[str, Actor],
    *,
    classes: Mapping[str, WordClass] | None = None,
    advice: bool = True,
    csv: CsvFiles | None = None,
) -> tuple[Groups, _Problems]:
    """Return the groups of a `_shared.toml` as "shared/name", as far as they can be read."""
    document = read_document(path, text)
    if isinstance(document, Problem):
        return {}, (document,)
    found = Findings(problems=list(document.warnings), csv=csv or CsvFiles(path))
    table = TomlTable(document, document.values, (), SHARED_KEYS, found)
    if not _is_of_this_format(table):
        return {}, tuple(found.problems)
    table.refuse_unknown_keys({"signal": "signals belong to a watchlist file, not to the groups"})
    groups = _read_groups(table)
    expansion = Expansion({**groups, **{f"shared/{name}": groups[name] for name in groups}})
    expanded = expansion.all_groups()
    check_actors(found, actors)
    check_classes(found, {} if classes is None else classes)
    problems = [*found.problems, *expansion.problems]
    if advice:
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
    table.found.say(table.place("format"), message, hint)
    return False


def _read_groups(table: TomlTable) -> dict[str, Terms]:
    value = table.values.get("terms", {})
    if not isinstance(value, dict):
        table.found.say(
            table.place("terms"), "terms is not a table", "write [terms] above the groups"
        )
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
        groups.found.say(
            groups.place(name),
            f'"{name[:60]}" cannot be the name of a group',
            "letters, digits, hyphens and underscores",
        )
    if name in FILE_KEYS and not isinstance(groups.values[name], list | dict):
        groups.found.say(
            groups.place(name),
            f"{name} is under [terms], so it is read as a group",
            f"move {name} above [terms], to the top of the file",
        )
        return ()
    terms = groups.group(name)
    if not groups.values[name]:
        groups.found.say(groups.place(name), f"group ${name[:60]} is empty", "fill or delete it")
    return terms


def _read_signals(
    table: TomlTable, expansion: Expansion, common: Common, actors: Mapping[str, Actor]
) -> tuple[Signal, ...]:
    value = table.values.get("signal", [])
    if isinstance(value, dict):
        table.found.say(
            table.place("signal"), "[signal] has one bracket too few", "write [[signal]]"
        )
        return ()
    if not _is_list_of_tables(value):
        table.found.say(
            table.place("signal"), "signal is not a table", "write [[signal]] above each"
        )
        return ()
    if not value and not table.values.get("expect"):
        table.found.say(table.place(), "there is no signal", "write [[signal]] and its keys below")
    signals: dict[str, Signal] = {}
    for index, one in enumerate(value):
        below = TomlTable(table.document, one, ("signal", index), SIGNAL_KEYS, table.found)
        signal = read_signal(below, expansion, common, actors)
        if signal.id in signals and signal.id:
            table.found.say(
                below.place("id"),
                f'two signals have the id "{signal.id}"',
                f"the other is on line {signals[signal.id].place.line}; rename one",
            )
        signals[signal.id] = signal
    return tuple(signals.values())


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _advise_on_name(table: TomlTable, watchlist_id: str) -> None:
    stem = PurePath(table.document.path).stem
    if watchlist_id and stem and stem != watchlist_id:
        table.found.say(
            table.place("id"),
            f'the file is called {stem}, its id is "{watchlist_id}"',
            "reports use the id; the same name for both is easier to find",
            warning=True,
        )
