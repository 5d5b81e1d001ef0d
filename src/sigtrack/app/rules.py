"""The watchlists and the gazetteer in force, the test of their examples, and their problems."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache as cached
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sigtrack.app.in_force import Index
from sigtrack.app.readings import ReadingRules, once
from sigtrack.app.rules_cache import Part, RulesCache, hash_of_reading
from sigtrack.config import Settings
from sigtrack.lexicon import Lexicon, load_lexicon, shipped_lexicon
from sigtrack.lexicon.classes import Classes, Later, Places, PlacesOf, WordClass
from sigtrack.lexicon.finder import OneFinder
from sigtrack.match import MATCHER_VERSION, Matcher, Plan, plan_of
from sigtrack.model import Actor, Feed, Item, Problem, Watchlist, WatchlistHead
from sigtrack.store.interface import KINDS, Kind
from sigtrack.text.documents import path_of, read_text
from sigtrack.watch import SHARED, shipped_text, shipped_watchlists
from sigtrack.watch.catalogues import Topics, load_topics

if TYPE_CHECKING:
    from sigtrack.watch.folders import Loaded


Words = tuple[Lexicon, Mapping[str, WordClass]]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Names:
    topics: Topics
    plan: Plan
    finder: OneFinder

    def matcher(self) -> Matcher:
        """Return a matcher for mentions, always the same; it has no watchlists."""
        return self._matcher

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher((), {}, plan=self.plan, finder=self.finder.of)


def _kept_or_made(
    cache: RulesCache | None,
    part: Part,
    make: Callable[[], Made],
    whole: Callable[[Made], Made] = lambda made: made,
) -> Made:
    """Return a part from the cache; else make it, and keep what `whole` makes of it.

    What was kept is read back: of 130,000 instances a run decodes a few thousand, and those that
    were made take 60 MiB.
    """
    kept: Made | None = cache.read(part) if cache else None
    if kept is not None:
        return kept
    with _without_collection():
        made = make()
        if cache is None:
            return made
        cache.write(**{part: whole(made)})
        kept = cache.read(part)
    return made if kept is None else kept


def names_of(
    actors: Mapping[str, Actor], lexicon: Lexicon | None = None, finder: OneFinder | None = None
) -> Names:
    """Compile the names; without a lexicon (with the user's words) by the shipped one."""
    lexicon = lexicon or shipped_lexicon()
    topics = load_topics(lexicon, actors.values())
    plan = plan_of((), {**actors, **topics.actors}, lexicon)
    return Names(topics, plan, finder or OneFinder())


class Rules:
    """The rules in force. The index is loaded at once; the rest is read or made on first use."""

    def __init__(
        self,
        index: Index,
        *,
        watchlists: Callable[[], tuple[Watchlist, ...]],
        words: Callable[[], Words],
        cache: RulesCache | None = None,
    ) -> None:
        self.index = index
        self._watchlists = watchlists
        # Nothing here refers back to these rules, so they are gone with the last who holds them.
        self._words = words = cached(words)
        self._cache = cache
        finder = OneFinder()
        self._names = names = cached(lambda: _kept_names(index.actors, words, cache, finder))
        self.readings = ReadingRules(
            index.readings,
            index.actors,
            lambda: words()[0],
            names,
            lambda part, make: _kept_or_made(cache, part, make),
            finder,
        )
        self._matchers: dict[tuple[Feed, ...], Matcher] = {}

    @property
    def actors(self) -> Mapping[str, Actor]:
        return self.index.actors

    @property
    def lexicon(self) -> Lexicon:
        return self._words()[0]

    @property
    def classes(self) -> Mapping[str, WordClass]:
        return self._words()[1]

    @cached_property
    def watchlists(self) -> tuple[Watchlist, ...]:
        """The watchlists with all their terms, by id. Callers that need no terms use the index."""
        return _kept_or_made(self._cache, "watchlists", self._watchlists)

    def matcher(self, feeds: Sequence[Feed] = ()) -> Matcher:
        """Return the matcher, compiled once for each catalogue, from a cached plan (else 0.4 s)."""
        key, words, plan, cache = tuple(feeds), self._words, self._plan, self._cache
        if key not in self._matchers:
            self._matchers[key] = matcher_of(
                (),
                self.actors,
                feeds,
                lambda: words()[0],
                places=Later(lambda: _places_in(plan, words()[1], cache)),
                plan=plan,
                visits=self.readings,
            )
        return self._matchers[key]

    @property
    def names(self) -> Names:
        """The names in headlines, independent of watchlists."""
        return self._names()

    @cached_property
    def _plan(self) -> Plan:
        def make() -> Plan:
            return plan_of(self._watchlists(), self.actors, self.lexicon, self.classes)

        return _kept_or_made(self._cache, "plan", make, Plan.whole)


def _places_in(plan: Plan, classes: Mapping[str, WordClass], cache: RulesCache | None) -> Places:
    """Return where the words of a plan are written; from the cache for all of its classes at once,
    because to look up the few that explain one hit takes 0.1 s (three files are read)."""
    places = PlacesOf(classes)

    def of_all() -> Places:
        return {one.name: places[one.name] for one in plan.classes if one.name in classes}

    return _kept_or_made(cache, "lines", of_all) if cache else places


def _kept_names(
    actors: Mapping[str, Actor],
    words: Callable[[], Words],
    cache: RulesCache | None,
    finder: OneFinder,
) -> Names:
    def make() -> tuple[Topics, Plan]:
        made = names_of(actors, words()[0])
        return made.topics, made.plan

    def whole(made: tuple[Topics, Plan]) -> tuple[Topics, Plan]:
        return made[0], made[1].whole()

    return once(
        "names",
        cache.fingerprint("names") if cache else None,
        lambda: Names(*_kept_or_made(cache, "names", make, whole), finder),
    )


def rules_of(
    watchlists: Iterable[Watchlist],
    actors: Mapping[str, Actor],
    *,
    words: Words | None = None,
    readings: Mapping[Kind, str] | None = None,
    tellings: str = "",
    problems: Iterable[Problem] = (),
    broken: Iterable[WatchlistHead] = (),
    cache: RulesCache | None = None,
) -> Rules:
    watchlists = tuple(watchlists)
    index = Index(
        watchlists=tuple(watchlist.head() for watchlist in watchlists),
        terms={w.id: sum(signal.size for signal in w.signals) for w in watchlists},
        actors=actors,
        readings=readings or dict.fromkeys(KINDS, ""),
        tellings=tellings,
        problems=tuple(problems),
        broken=tuple(broken),
    )
    return Rules(
        index,
        watchlists=lambda: watchlists,
        words=lambda: words or (shipped_lexicon(), {}),
        cache=cache,
    )


def matcher_of(
    watchlists: Iterable[Watchlist],
    actors: Mapping[str, Actor],
    feeds: Sequence[Feed] = (),
    lexicon: Callable[[], Lexicon] = shipped_lexicon,
    *,
    classes: Mapping[str, WordClass] | None = None,
    places: Places | None = None,
    plan: Plan | None = None,
    visits: ReadingRules | None = None,
) -> Matcher:
    """Return a matcher with a reader of visits, which some watchlists need."""
    readings = visits or ReadingRules({}, actors, lexicon)
    return Matcher(
        watchlists,
        actors,
        feeds=feeds,
        visits=readings.visits,
        classes=classes,
        places=places,
        lexicon=lexicon() if plan is None else None,
        finder=readings.finder.of,
        plan=plan,
    )


@contextmanager
def _without_collection() -> Iterator[None]:
    """Switch off garbage collection while half a million objects are made: loading and compiling
    the shipped watchlists takes 0.6 instead of 0.9 s. They are not excluded from later collections,
    because a program that lives on would never be rid of them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def load_rules(settings: Settings) -> Rules:
    """Return everything in force and its problems, from the cache if no file has changed."""
    cache = RulesCache(settings)
    kept: Index | None = cache.read("index")
    if kept is not None:
        return Rules(
            kept,
            watchlists=lambda: _load(settings, cache)._watchlists(),
            words=lambda: _words_of(load_lexicon(settings.folder)[0], kept.actors, settings),
            cache=cache,
        )
    return _load(settings, cache)


@_without_collection()
def _load(settings: Settings, cache: RulesCache) -> Rules:
    actors, words, problems, loaded = _read_files(settings, advice=False)
    # Every run repeats that an earlier version is in force.
    told = (p for p in problems if p.severity == "error" or "stays in force" in p.message)
    # Without a cache where good versions are not kept: else they would never be.
    rules = _rules_from(loaded, actors, words, told, None if loaded.unkept else cache)
    if rules._cache:
        rules._cache.write(index=rules.index)
        made = [rules._watchlists]

        def watchlists() -> tuple[Watchlist, ...]:
            return (made.pop() if made else _load(settings, cache)._watchlists)()

        # Mostly asked once, to make the plan; then they would only take 40 MiB.
        rules._watchlists = watchlists
    return rules


@_without_collection()
def check_rules(settings: Settings) -> Rules:
    """Load the rules from the files, with advice among the problems, for `watchlists check`."""
    actors, words, problems, loaded = _read_files(settings, advice=True)
    return _rules_from(loaded, actors, words, problems)


def _rules_from(
    loaded: Loaded,
    actors: Mapping[str, Actor],
    words: Words,
    problems: Iterable[Problem],
    cache: RulesCache | None = None,
) -> Rules:
    return rules_of(
        loaded.watchlists,
        actors,
        words=words,
        readings=readings_of(actors, words[0]),
        tellings=hash_of_reading("tellings", _fingerprint_of(actors, words[0])),
        problems=problems,
        broken=loaded.fallen,
        cache=cache,
    )


def _read_files(
    settings: Settings, *, advice: bool
) -> tuple[Mapping[str, Actor], Words, tuple[Problem, ...], Loaded]:
    from sigtrack.app.in_force import load_catalogue
    from sigtrack.watch.actors import load_actors
    from sigtrack.watch.folders import load_watchlists

    actors, actor_problems = load_actors(shipped_text("actors.toml"), settings.actors)
    lexicon, word_problems = load_lexicon(settings.folder)
    words = _words_of(lexicon, actors, settings)
    loaded = load_watchlists(
        shipped_watchlists(),
        settings.watchlists,
        actors=actors,
        classes=words[1],
        last_good=settings.last_good,
        matcher_version=f"{MATCHER_VERSION}{lexicon.fingerprint}",
        advice=advice,
        feeds=load_catalogue(settings).feeds if advice else (),
        try_examples=lambda lists: failed_examples(lists, actors, words[1], lambda: lexicon),
    )
    return actors, words, (*actor_problems, *word_problems, *loaded.problems), loaded


def _words_of(lexicon: Lexicon, actors: Mapping[str, Actor], settings: Settings) -> Words:
    from sigtrack.watch.actors import gazetteer_of

    # Read for names of countries and places alone: 20 ms.
    gazetteer = cached(lambda: gazetteer_of(lexicon, settings.actors))
    return lexicon, Classes(lexicon, actors, gazetteer)


@cached
@_without_collection()
def shipped_rules() -> Rules:
    """Return the shipped watchlists and actors alone, for the demo and the gold sets."""
    from sigtrack.watch.actors import load_actors
    from sigtrack.watch.folders import load_watchlists

    actors, problems = load_actors(shipped_text("actors.toml"), None)
    words = shipped_lexicon(), Classes(shipped_lexicon(), actors)
    loaded = load_watchlists(
        shipped_watchlists(),
        None,
        actors=actors,
        classes=words[1],
        matcher_version=str(MATCHER_VERSION),
        advice=False,
    )
    return _rules_from(loaded, actors, words, (*problems, *loaded.problems))


def readings_of(actors: Mapping[str, Actor], lexicon: Lexicon) -> dict[Kind, str]:
    """Return a hash for each kind of reading: see `Index.readings`."""
    theirs = _fingerprint_of(actors, lexicon)
    return {kind: hash_of_reading(kind, theirs) for kind in KINDS}


def _fingerprint_of(actors: Mapping[str, Actor], lexicon: Lexicon) -> str:
    from sigtrack.watch.versions import fingerprint_of_actors

    return f"{fingerprint_of_actors(actors)} {lexicon.fingerprint}"


def load_edit(
    path: Path, actors: Mapping[str, Actor], classes: Mapping[str, WordClass]
) -> tuple[Watchlist | None, tuple[Problem, ...]]:
    """Load one file by itself, with the shipped groups and those of its folder. Returns None for
    the watchlist if the file is broken."""
    from sigtrack.watch.folders import (
        ids_of,
        trouble_replacing,
        with_examples_of,
        without_advice_on_shipped,
    )
    from sigtrack.watch.signals import EXAMPLES
    from sigtrack.watch.watchlists import Known, load_shared, load_watchlist

    groups: dict[str, Any] = {}
    known = Known(actors=actors, shared=groups, classes=classes)
    for file in (shipped_watchlists() / SHARED, path.parent / SHARED):
        shared = read_text(file)
        if isinstance(shared, str):
            groups |= load_shared(path_of(file), shared, known)[0]
    text = read_text(path)
    if isinstance(text, Problem):
        return None, (text,)
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
    lexicon: Callable[[], Lexicon] = shipped_lexicon,
) -> tuple[Problem, ...]:
    """Return an error for each should_match without a hit, and each should_not_match with one."""
    tried = [
        watchlist
        for watchlist in watchlists
        if any(s.should_match or s.should_not_match for s in watchlist.signals)
    ]
    if not tried:
        return ()
    # One matcher for all, because the actors alone take 0.1 s to compile.
    matcher = matcher_of(tried, actors, lexicon=lexicon, classes=classes)
    return tuple(problem for watchlist in tried for problem in _failures(watchlist, matcher))


def _failures(watchlist: Watchlist, matcher: Matcher) -> Iterable[Problem]:
    for signal in watchlist.signals:
        for examples, should in ((signal.should_match, True), (signal.should_not_match, False)):
            for example in examples:
                item = Item(feed="example", uid=example.text, title=example.text)
                keys = {hit.key for hit in matcher.hits(item)}
                if ((watchlist.id, signal.id) in keys) is not should:
                    what = "should match and does not" if should else "should not match and does"
                    cure = "ask why with: sigtrack watchlists test TEXT"
                    yield example.place.problem(f"{signal.id}: {example.text!r} {what}", cure)
