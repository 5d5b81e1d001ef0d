"""Reads one `[[signal]]` of a watchlist: reads its keys, replaces its groups, checks its sense.

A signal may ask for a journey: "@KR > @JP", "@KR > any", "any > @nara", "any > ?". Its examples may
stand in a file of their own beside the watchlist, `trade.examples.toml` for `trade.toml`:

    format = 1

    [curbs]                       # the id of a signal
    should_match     = ["…"]
    should_not_match = ["…"]

They are added to those in the watchlist and decide no hit: a mistake here leaves the watchlist in
force.

A group of terms has a name: `$name` of the file itself, `$shared/name` of `_shared.toml`. The
matcher never sees a `$group`. In a list it is replaced by the group's terms. Beside NEAR, or inside
brackets, it is replaced by a choice of the group's phrases, so a group that is used there must not
hold NEAR, title:, author: or category:. The terms keep the line on which they are written, so that
a hit points to the word and not to the list that uses the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sigtrack.frozen import frozen
from sigtrack.lexicon.classes import WordClass
from sigtrack.model import (
    Actor,
    Choice,
    Example,
    Feed,
    Journey,
    Near,
    Phase,
    Phrase,
    Place,
    Priority,
    Problem,
    Reference,
    Role,
    Scope,
    Signal,
    Term,
    Unit,
    VisitRule,
    is_meant,
    names_several,
)
from sigtrack.model.rules import ANY, TermField, Terms, Written
from sigtrack.text import clean
from sigtrack.text.documents import did_you_mean, read_document
from sigtrack.text.scripts import LANGUAGE, cure_of_language
from sigtrack.watch.tables import CURES, FORMAT, Findings, TomlTable, keys_of

Groups = Mapping[str, Terms]  # by the name after $
DEEPEST = 16  # groups inside groups
MOST_TERMS = 200_000  # in one file, counted where groups are replaced; a shipped file has half


@dataclass(slots=True)
class Expansion:
    """Replaces groups by terms; every mistake found is a key of `problems`.

    `shared` are groups that are already expanded.
    """

    groups: Groups
    shared: Groups = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    _done: dict[str, Terms] = field(default_factory=dict)
    _fields: dict[tuple[str, str], Terms] = field(default_factory=dict)
    _choices: dict[str, Choice] = field(default_factory=dict)
    _under_way: list[str] = field(default_factory=list)
    _spent: int = 0

    def terms(self, written: Iterable[Term]) -> Terms:
        """Return the terms with `$groups` replaced, without duplicates, in order."""
        found: dict[Term, None] = {}
        for term in written:
            if self.exhausted:
                break
            terms = self._expanded(term)
            self.spend(len(terms), term.place)
            for one in terms:
                found.setdefault(one)
        return tuple(found)

    def all_groups(self) -> dict[str, Terms]:
        return {name: self._group(name, Place()) for name in self.groups}

    @property
    def exhausted(self) -> bool:
        return self._spent > MOST_TERMS

    def spend(self, count: int, place: Place) -> None:
        """Count terms: a small file may use one large group a thousand times."""
        if self._spent <= MOST_TERMS < self._spent + count:
            self._say(
                place, f"this file comes to more than {MOST_TERMS:,} terms", "use fewer groups"
            )
        self._spent += count

    def _expanded(self, term: Term) -> Terms:
        body = term.body
        if isinstance(body, Near):
            left, right = self._side(body.left, term.place), self._side(body.right, term.place)
            if left is body.left and right is body.right:
                return (term,)
            whole = replace(body, left=left, right=right)
            return (replace(term, body=whole, source=term.as_written),)
        if isinstance(body, Choice):
            side = self._side(body, term.place)
            if side is body:
                return (term,)
            return (replace(term, body=side, source=term.as_written),)
        if isinstance(body, Reference) and body.kind == "$":
            terms = self._group(body.id, term.place)
            return self._within(term.field, body.id, terms, term.place) if term.field else terms
        return (term,)

    def _within(self, field: TermField, name: str, terms: Terms, place: Place) -> Terms:
        """Return the terms of a group for one field. Cached, because `title:$group` is common."""
        if (field, name) not in self._fields:
            mark = f"{field}:"
            for term in terms:
                if term.field not in (None, field):
                    self._say(
                        place,
                        f'{mark}${name[:60]} cannot be: the group holds "{str(term)[:60]}"',
                        f"write {mark} before a group of words only",
                    )
            self._fields[field, name] = tuple(
                replace(term, field=field, source=mark + term.as_written.removeprefix(mark))
                for term in terms
            )
        return self._fields[field, name]

    def _group(self, name: str, place: Place) -> Terms:
        if name in self.shared:
            return self.shared[name]
        if name in self._done:
            return self._done[name]
        if name not in self.groups:
            self._say(
                place,
                f"there is no group ${name[:60]}",
                did_you_mean(
                    name,
                    {**self.shared, **self.groups},
                    "write it under [terms], or in _shared.toml",
                    sign="$",
                    told=len(self.problems),
                ),
            )
            return ()
        if name in self._under_way:
            row = " > ".join(f"${one}" for one in [*self._under_way[-3:], name])
            self._say(place, f"a group holds itself, {row}", "take it out of one of the lists")
            return ()
        if len(self._under_way) >= DEEPEST:
            self._say(place, f"groups are nested more than {DEEPEST} deep", "write them flat")
            return ()
        self._under_way.append(name)
        self._done[name] = self.terms(self.groups[name])
        self._under_way.pop()
        return self._done[name]

    def _side(self, unit: Unit, place: Place) -> Unit:
        if self.exhausted:
            return unit
        if isinstance(unit, Reference) and unit.kind == "$":
            choice = self._as_choice(unit.id, place)
        elif isinstance(unit, Choice):
            options = tuple(self._options_of(unit, place))
            choice = unit if options == unit.options else Choice(options=options)
        else:
            return unit
        self.spend(len(choice.options), place)
        return choice if choice.options else unit

    def _options_of(self, choice: Choice, place: Place) -> dict[Phrase | Reference, None]:
        found: dict[Phrase | Reference, None] = {}
        for option in choice.options:
            if isinstance(option, Reference) and option.kind == "$":
                found.update(dict.fromkeys(self._as_choice(option.id, place).options))
            else:
                found.setdefault(option)
        return found

    def _as_choice(self, name: str, place: Place) -> Choice:
        """Return one choice for a group; without options if it is not allowed here."""
        if name in self._choices:
            return self._choices[name]
        found: dict[Phrase | Reference, None] = {}
        for term in self._group(name, place):
            if term.field or isinstance(term.body, Near):
                self._say(
                    place,
                    f'${name[:60]} cannot stand here: it holds "{str(term)[:60]}"',
                    "beside NEAR and in brackets a group may hold only words: no NEAR, title:, "
                    "author: or category:",
                )
                return Choice(options=())
            body = term.body
            found.update(dict.fromkeys(body.options if isinstance(body, Choice) else (body,)))
        self._choices[name] = Choice(options=tuple(found))
        return self._choices[name]

    def _say(self, place: Place, message: str, hint: str) -> None:
        problem = place.problem(message, hint)
        self.problems.setdefault(problem)


_SIDE = r"(?:@([A-Za-z0-9-]+)|any)"
_JOURNEY = re.compile(rf"{_SIDE}\s*>\s*(?:{_SIDE}|(\?))")


def read_journey(table: TomlTable, key: str, actors: Mapping[str, Actor]) -> Journey | None:
    """Return the journey under a key, None if there is none; mistakes are in `table.found`."""
    value = table.values.get(key)
    if value is None:
        return None
    found = _JOURNEY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        cure = CURES[table.keys[key].kind].format(key=key)
        table.mistake(f"{key} is not a visit", f"write {cure}", key)
        return None
    visitor, host = found[1] or "", found[2] or ""
    for id in filter(None, (visitor, host)):
        if id not in actors:
            cure = did_you_mean(id, actors, "a country is its code (@KR), a person an id", sign="@")
            table.mistake(f"there is no actor @{clean(id[:60])}", cure, key)
    return Journey(visitor=visitor, host=host, anywhere=bool(found[3]))


EXAMPLES = ".examples.toml"
_KEYS = {name: keys_of("signal")[name] for name in ("should_match", "should_not_match")}


def with_examples(
    signals: Iterable[Signal], path: str, text: str
) -> tuple[tuple[Signal, ...], list[Problem]]:
    """Return the signals with the examples of the file, and the problems of the file."""
    known = {signal.id: signal for signal in signals}
    document = read_document(path, text, headings="[signal-id]")
    if isinstance(document, Problem):
        return tuple(known.values()), [document]
    found = Findings(problems=list(document.warnings))
    for name, value in document.values.items():
        place = document.place(name)
        if name == "format":
            if value != FORMAT:
                found.say(place, "this format is unknown", f"write format = {FORMAT}")
        elif name not in known:
            cure = did_you_mean(name, known, "a heading is the id of a signal: [curbs]")
            found.say(place, f"the watchlist has no signal {clean(name[:60])}", cure)
        elif not isinstance(value, dict):
            found.say(place, f"{name} holds no examples", f"write [{name}] and should_match below")
        else:
            table = TomlTable(document, value, (name,), _KEYS, found)
            table.refuse_unknown_keys({})
            old = known[name]
            known[name] = replace(
                old,
                should_match=(*old.should_match, *examples_of(table, "should_match")),
                should_not_match=(*old.should_not_match, *examples_of(table, "should_not_match")),
            )
    return tuple(known.values()), found.problems


ELSEWHERE = {
    name: f"{name} belongs to the file: move it above the first [[signal]] and [terms]"
    for name in keys_of("watchlist").keys() - keys_of("signal").keys()
} | {"scope": "write in", "since": "write from", "languages": "write langs", "lang": "write langs"}


@frozen
class Common:
    ignore: Terms = ()
    none: Terms = ()
    unless: Terms = ()

    @property
    def size(self) -> int:
        return len(self.ignore) + len(self.none) + len(self.unless)


def read_signal(
    table: TomlTable, expansion: Expansion, common: Common, actors: Mapping[str, Actor]
) -> Signal:
    """Return the signal, as far as it can be read; mistakes are in `table.found`."""
    table.refuse_unknown_keys(ELSEWHERE)
    expansion.spend(common.size, table.place())
    if expansion.exhausted:
        common = Common()
    any_, all_ = table.terms("any"), table.groups_of_terms("all")
    none, ignore, unless = (table.terms(name) for name in ("none", "ignore", "unless"))
    any_of, all_of = expansion.terms(any_), tuple(map(expansion.terms, all_))
    priority, scope = table.text("priority"), table.text("in")
    signal = Signal(
        id=table.id(),
        title=table.text("title"),
        why=table.text("why"),
        priority=Priority(priority) if priority else Priority.NORMAL,
        any=any_of,
        all=all_of,
        visit=_visit(table, actors),
        none=_joined(expansion.terms(none), common.none),
        ignore=_joined(expansion.terms(ignore), common.ignore),
        unless=_joined(expansion.terms(unless), common.unless),
        scope=Scope(scope) if scope else Scope.ANY,
        min_hits=table.whole("min_hits", 1),
        min_actors=table.whole("min_actors", 0),
        actors_within=table.whole("actors_within", 0),
        sources=_sources(table, "sources"),
        not_sources=_sources(table, "not_sources"),
        langs=_languages(table),
        since=table.day("from"),
        until=table.day("until"),
        should_match=examples_of(table, "should_match"),
        should_not_match=examples_of(table, "should_not_match"),
        written=as_written(
            ("any", any_),
            *(("all", group) for group in all_),
            ("ignore", ignore),
            ("none", none),
            ("unless", unless),
        ),
        place=table.place(),
    )
    _check_sense(signal, table)
    return signal


def check_actors(found: Findings, actors: Mapping[str, Actor]) -> None:
    """Add a problem for every `@actor` that is not in the gazetteer."""
    for term, _ in found.terms:
        for reference in term.references():
            if reference.kind == "@" and reference.id != ANY and reference.id not in actors:
                cure = did_you_mean(
                    reference.id,
                    actors,
                    "a country is its code (@KR), a person an id (@takaichi)",
                    sign="@",
                    told=len(found.problems),
                )
                found.say(term.place, f"there is no actor @{reference.id[:60]}", cure)


def check_sources(found: Findings, feeds: Iterable[Feed]) -> None:
    by_id = {feed.id: feed for feed in feeds}
    for source, place in found.sources:
        if source in by_id or any(is_meant(source, feed) for feed in by_id.values()):
            continue
        cure = "sigtrack feeds list shows all feeds"
        if "." in source and not names_several(source):
            cure = f'write "*.{clean(source[:60])}" for all feeds published there'
        elif not names_several(source):
            cure = did_you_mean(source, by_id, cure, told=len(found.problems))
        found.say(place, f'"{clean(source[:60])}" is not a feed', cure, warning=True)


def check_classes(found: Findings, classes: Mapping[str, WordClass]) -> None:
    """Add a problem for every `#class` that is not in the lexicon."""
    for term, _ in found.terms:
        for one in term.classes():
            if one.name not in classes:
                cure = _right_class(one.name, classes, told=len(found.problems))
                found.say(term.place, f"there is no class {one.name[:60]}", cure)


def _right_class(name: str, classes: Mapping[str, WordClass], *, told: int) -> str:
    shorter = name.rpartition("-")[0]
    if shorter in classes:
        return f"write a space after the class: {shorter} {name[len(shorter) + 1 :][:60]}"
    otherwise = "sigtrack watchlists words lists all classes"
    return did_you_mean(name, classes, otherwise, told=told)


def as_written(*lists: tuple[str, Terms]) -> Written:
    """Return the lists that are not empty, as text."""
    return tuple((key, tuple(term.as_written for term in terms)) for key, terms in lists if terms)


def _joined(own: Terms, common: Terms) -> Terms:
    """Join two lists without duplicates. The lists of a file are long, those of a signal short."""
    if not own or not common:
        return own or common
    here = frozenset(own)
    return (*own, *(term for term in common if term not in here))


def examples_of(table: TomlTable, name: str) -> tuple[Example, ...]:
    return tuple(Example(text=text, place=place) for text, place in table.strings(name))


def _visit(table: TomlTable, actors: Mapping[str, Actor]) -> VisitRule | None:
    phases = []
    for phase, place in table.strings("phase"):
        if phase in list(Phase):
            phases.append(Phase(phase))
        else:
            known = f"phases: {', '.join(Phase)}"
            table.found.say(
                place, f'there is no phase "{phase[:40]}"', did_you_mean(phase, Phase, known)
            )
    journey = read_journey(table, "visit", actors)
    if journey is None:
        return None
    return VisitRule(journey=journey, phases=tuple(phases), place=table.place("visit"))


def _sources(table: TomlTable, name: str) -> tuple[str, ...]:
    sources = []
    for source, place in table.strings(name):
        kind, colon, role = source.partition(":")
        if colon and kind == "role" and role not in list(Role):
            known = ", ".join(Role)
            table.found.say(
                place,
                f'there is no role "{role[:60]}"',
                did_you_mean(role, Role, f"roles: {known}"),
            )
        else:
            table.found.sources.append((source, place))
        sources.append(source)
    return tuple(sources)


def _languages(table: TomlTable) -> tuple[str, ...]:
    languages = []
    for language, place in table.strings("langs"):
        if not re.fullmatch(LANGUAGE, language):
            table.found.say(
                place, f'"{language[:40]}" is not a language code', 'write "en", "ko", "ja" or "zh"'
            )
        elif cure := cure_of_language(language):
            table.found.say(place, f'"{language}" is not a language', cure, warning=True)
        languages.append(language)
    return tuple(languages)


def _check_sense(signal: Signal, table: TomlTable) -> None:
    written = table.values
    if not any(written.get(key) for key in ("any", "all", "visit")):
        table.found.say(
            signal.place,
            f'signal "{signal.id}" has nothing to look for',
            'write any = ["a term"], or all = [["a"], ["b"]]',
        )
    if written.get("phase") and "visit" not in written:
        table.mistake("phase needs a visit", 'write visit = "@KR > @JP", or delete it', "phase")
    if signal.min_hits > 1 and not written.get("any"):
        table.mistake(
            "min_hits counts words of any, which is missing", "write any, or delete it", "min_hits"
        )
    if signal.actors_within and not (written.get("any") and signal.min_actors):
        table.mistake(
            "actors_within is a distance of countries from words of any, so it needs both",
            "write any and min_actors = 2, or delete it",
            "actors_within",
        )
    if signal.since and signal.until and signal.since > signal.until:
        table.mistake("until is before from", "swap the two days", "until")
