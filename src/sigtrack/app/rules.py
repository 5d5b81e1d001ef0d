"""The watchlists and the gazetteer in force, their examples tried, and what is wrong with them."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sigtrack.app.hits import Headings
from sigtrack.config import Settings
from sigtrack.lexicon import Lexicon, load_lexicon, shipped_lexicon
from sigtrack.lexicon.classes import Classes, WordClass
from sigtrack.match import MATCHER_VERSION, Matcher
from sigtrack.model import Actor, Example, Item, Problem, Role, Signal, Watchlist
from sigtrack.text.documents import path_of, read_text
from sigtrack.watch import shipped_text, shipped_watchlists
from sigtrack.watch.actors import gazetteer_of, load_actors
from sigtrack.watch.examples import EXAMPLES
from sigtrack.watch.folders import (
    SHARED,
    ids_of,
    load_watchlists,
    trouble_replacing,
    with_examples_of,
    without_advice_on_shipped,
)
from sigtrack.watch.watchlists import Known, load_shared, load_watchlist

if TYPE_CHECKING:
    from sigtrack.analyze.visits import VisitReader

_BROKEN = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`broken` are files with errors of which no good version is in force."""

    watchlists: tuple[Watchlist, ...]
    actors: Mapping[str, Actor]
    problems: tuple[Problem, ...]
    lexicon: Lexicon = field(default_factory=shipped_lexicon)
    broken: tuple[str, ...] = ()
    classes: Mapping[str, WordClass] = field(default_factory=dict)
    _matchers: dict[Any, Matcher] = field(default_factory=dict, compare=False, repr=False)

    @property
    def exit_code(self) -> int:
        """How a run that otherwise went well ends: the user must mend a file."""
        return _BROKEN if self.broken else 0

    def fingerprints(self) -> dict[str, str]:
        """What the store asks by: watchlist id to fingerprint."""
        return {watchlist.id: watchlist.fingerprint for watchlist in self.watchlists}

    def matcher(self, roles: Mapping[str, Role] | None = None) -> Matcher:
        """Compiled once (0.2 s for the shipped watchlists) for each catalogue of roles."""
        key = tuple(sorted((roles or {}).items()))
        if key not in self._matchers:
            with _made_to_stay():
                self._matchers[key] = matcher_of(
                    self.watchlists, self.actors, roles, self.lexicon, classes=self.classes
                )
        return self._matchers[key]


def matcher_of(
    watchlists: Iterable[Watchlist],
    actors: Mapping[str, Actor],
    roles: Mapping[str, Role] | None = None,
    lexicon: Lexicon | None = None,
    *,
    classes: Mapping[str, WordClass] | None = None,
) -> Matcher:
    """With a reader of visits, made when the first item is asked for one (0.1 s)."""

    @cache
    def reader() -> VisitReader:
        from sigtrack.analyze.visits import VisitReader  # most watchlists ask for no visit

        return VisitReader(actors, lexicon)

    return Matcher(
        watchlists,
        actors,
        roles=roles,
        visits=lambda item: reader().visits(item),
        classes=classes,
        lexicon=lexicon,
    )


@contextmanager
def _made_to_stay() -> Iterator[None]:
    """Half a million objects that live as long as the program: no garbage is looked for among
    them, now or later (0.9 to 0.6 s for loading and compiling the shipped watchlists)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


@_made_to_stay()
def load_rules(settings: Settings, *, warnings: bool = False) -> Rules:
    """Everything in force, and its errors; advice (`warnings`) is for `watchlists check` only."""
    actors, actor_problems = load_actors(shipped_text("actors.toml"), settings.actors)
    lexicon, word_problems = load_lexicon(settings.folder)
    classes = Classes(lexicon, actors, gazetteer_of(lexicon, settings.actors))
    loaded = load_watchlists(
        shipped_watchlists(),
        settings.watchlists,
        actors=actors,
        classes=classes,
        last_good=settings.last_good,
        matcher_version=f"{MATCHER_VERSION}{lexicon.fingerprint}",
        advice=warnings,
        try_examples=lambda watchlists: failed_examples(watchlists, actors, classes, lexicon),
    )
    problems = (*actor_problems, *word_problems, *loaded.problems)
    wrong = (p for p in problems if warnings or p.severity == "error" or _is_about_force(p))
    return Rules(
        watchlists=loaded.watchlists,
        actors=actors,
        problems=tuple(wrong),
        broken=loaded.broken,
        lexicon=lexicon,
        classes=classes,
    )


@_made_to_stay()
def shipped_rules() -> Rules:
    """The shipped watchlists and actors alone, whatever the user has: for the demo and the gold."""
    actors, actor_problems = load_actors(shipped_text("actors.toml"), None)
    classes = Classes(shipped_lexicon(), actors)
    loaded = load_watchlists(
        shipped_watchlists(),
        None,
        actors=actors,
        classes=classes,
        matcher_version=str(MATCHER_VERSION),
        advice=False,
    )
    return Rules(
        watchlists=loaded.watchlists,
        actors=actors,
        problems=(*actor_problems, *loaded.problems),
        broken=loaded.broken,
        classes=classes,
    )


def load_edit(
    path: Path, actors: Mapping[str, Actor], classes: Mapping[str, WordClass]
) -> tuple[Watchlist | None, tuple[Problem, ...]]:
    """One file by itself, with the shipped groups and those of its own folder; None if broken."""
    groups: dict[str, Any] = {}
    for file in (shipped_watchlists() / SHARED, path.parent / SHARED):
        shared = read_text(file)
        if isinstance(shared, str):
            groups |= load_shared(path_of(file), shared, actors, classes=classes)[0]
    text = read_text(path)
    if isinstance(text, Problem):
        return None, (text,)
    known = Known(actors=actors, shared=groups, classes=classes)
    watchlist, problems = load_watchlist(path_of(path), text, known)
    examples = path.with_name(f"{path.stem}{EXAMPLES}")
    if watchlist is not None and examples.is_file():
        watchlist, wrong = with_examples_of(watchlist, examples)
        problems = (*problems, *wrong)
    if watchlist is not None:
        twin = shipped_watchlists() / f"{watchlist.id}.toml"
        problems = without_advice_on_shipped(problems, watchlist, twin, known)
        ids = ids_of(shipped_watchlists().glob("[!_.]*.toml"))
        if (trouble := trouble_replacing(watchlist, ids)) and path.parent != shipped_watchlists():
            problems = (*problems, replace(trouble, severity="warning"))
    return watchlist, problems


def failed_examples(
    watchlists: Iterable[Watchlist],
    actors: Mapping[str, Actor],
    classes: Mapping[str, WordClass],
    lexicon: Lexicon | None = None,
) -> tuple[Problem, ...]:
    """An error for each should_match that does not, and each should_not_match that does."""
    tried = [
        watchlist
        for watchlist in watchlists
        if any(s.should_match or s.should_not_match for s in watchlist.signals)
    ]
    if not tried:
        return ()
    # One for all: the actors alone take it 0.1 s.
    matcher = matcher_of(tried, actors, lexicon=lexicon, classes=classes)
    return tuple(problem for watchlist in tried for problem in _failures(watchlist, matcher))


def headings_of(watchlists: Iterable[Watchlist]) -> Headings:
    return Headings(watchlists={w.id: w.title or w.id for w in watchlists})


def _is_about_force(problem: Problem) -> bool:
    """The warning that says what is in force other than one might think: every run repeats it."""
    return "stays in force" in problem.message


def _failures(watchlist: Watchlist, matcher: Matcher) -> Iterable[Problem]:
    for signal in watchlist.signals:
        for example in signal.should_match:
            if not _hits(matcher, watchlist, signal, example):
                yield _failure(signal, example, "should match and does not")
        for example in signal.should_not_match:
            if _hits(matcher, watchlist, signal, example):
                yield _failure(signal, example, "should not match and does")


def _hits(matcher: Matcher, watchlist: Watchlist, signal: Signal, example: Example) -> bool:
    item = Item(feed="example", uid=example.text, title=example.text)
    key = (watchlist.id, signal.id)
    return any((hit.watchlist, hit.signal) == key for hit in matcher.hits(item))


def _failure(signal: Signal, example: Example, what: str) -> Problem:
    return Problem(
        message=f"{signal.id}: {example.text!r} {what}",
        hint="ask why with: sigtrack watchlists test TEXT",
        place=example.place,
    )
