"""The watchlists and the gazetteer in force: loaded, compiled, and tried on their examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache as cached
from functools import cached_property
from typing import TYPE_CHECKING

from sigtrack.app.in_force import Index, load_catalogue
from sigtrack.app.readings import ReadingRules
from sigtrack.app.rules_cache import (
    RulesCache,
    hash_of_reading,
    kept_or_made,
    without_collection,
)
from sigtrack.config import Settings
from sigtrack.lexicon import Lexicon, load_lexicon, shipped_lexicon
from sigtrack.model import Actor, Feed, Item, Problem, Watchlist, WatchlistHead
from sigtrack.store.interface import KINDS, Kind
from sigtrack.watch import shipped_text, shipped_watchlists

if TYPE_CHECKING:
    from sigtrack.lexicon.classes import Places, WordClass
    from sigtrack.match import Matcher, Plan

    Words = tuple[Lexicon, Mapping[str, WordClass]]


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
        self.readings = ReadingRules(index, lambda: words()[0], cache)
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
        return kept_or_made(self._cache, "watchlists", self._watchlists)

    def matcher(self, feeds: Sequence[Feed] = ()) -> Matcher:
        """Return the matcher, compiled once for each catalogue, from a cached plan (else 0.4 s)."""
        from sigtrack.lexicon.classes import Later
        from sigtrack.match import Matcher

        key, words, plan, cache = tuple(feeds), self._words, self._plan, self._cache
        if key not in self._matchers:
            self._matchers[key] = Matcher(
                (),
                self.actors,
                feeds=feeds,
                visits=self.readings.visits,
                places=Later(lambda: _places_in(plan, words()[1], cache)),
                finder=self.readings.finder.of,
                plan=plan,
            )
        return self._matchers[key]

    def matcher_of(self, watchlists: Iterable[Watchlist], feeds: Sequence[Feed] = ()) -> Matcher:
        """Compile a matcher for other watchlists, with the names and words in force."""
        from sigtrack.lexicon.finder import OneFinder
        from sigtrack.match import Matcher

        return Matcher(
            watchlists,
            self.actors,
            feeds=feeds,
            visits=self.readings.visits,
            classes=self.classes,
            finder=OneFinder().of,
            lexicon=self.lexicon,
        )

    def failed_examples(self, watchlists: Iterable[Watchlist]) -> tuple[Problem, ...]:
        """Return an error for each should_match without a hit and should_not_match with one."""
        tried = [
            watchlist
            for watchlist in watchlists
            if any(s.should_match or s.should_not_match for s in watchlist.signals)
        ]
        if not tried:
            return ()
        # One matcher for all, because the actors alone take 0.1 s to compile.
        matcher = self.matcher_of(tried)
        return tuple(problem for watchlist in tried for problem in _failures(watchlist, matcher))

    @cached_property
    def _plan(self) -> Plan:
        from sigtrack.match import Plan, plan_of

        def make() -> Plan:
            return plan_of(self._watchlists(), self.actors, self.lexicon, self.classes)

        return kept_or_made(self._cache, "plan", make, Plan.whole)


def _places_in(plan: Plan, classes: Mapping[str, WordClass], cache: RulesCache | None) -> Places:
    """Return where the words of a plan are written; from the cache for all of its classes at once,
    because to look up the few that explain one hit takes 0.1 s (three files are read)."""
    from sigtrack.lexicon.classes import PlacesOf

    places = PlacesOf(classes)

    def of_all() -> Places:
        return {one.name: places[one.name] for one in plan.classes if one.name in classes}

    return kept_or_made(cache, "lines", of_all) if cache else places


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


def load_rules(settings: Settings, cache: RulesCache | None = None) -> Rules:
    """Return everything in force and its problems, from the cache if no file has changed."""
    cache = cache or RulesCache(settings)
    kept: Index | None = cache.read("index")
    if kept is not None:
        return Rules(
            kept,
            watchlists=lambda: _load(settings, cache)._watchlists(),
            words=lambda: _words_of(load_lexicon(settings.folder)[0], kept.actors, settings),
            cache=cache,
        )
    return _load(settings, cache)


def _load(settings: Settings, cache: RulesCache) -> Rules:
    rules = _read(settings, cache, advice=False)
    if rules._cache:
        rules._cache.write(index=rules.index)
        made = [rules._watchlists]

        def watchlists() -> tuple[Watchlist, ...]:
            return (made.pop() if made else _load(settings, cache)._watchlists)()

        # Mostly asked once, to make the plan; then they would only take 40 MiB.
        rules._watchlists = watchlists
    return rules


def check_rules(settings: Settings) -> Rules:
    """Load the rules from the files, with advice among the problems, for `watchlists check`."""
    return _read(settings, advice=True)


@cached
def shipped_rules() -> Rules:
    """Return the shipped watchlists and actors alone, for the demo and the gold sets."""
    return _read(None, advice=False)


@without_collection()
def _read(settings: Settings | None, cache: RulesCache | None = None, *, advice: bool) -> Rules:
    """Read the files of the package and, with settings, those of the user."""
    from sigtrack.match import MATCHER_VERSION
    from sigtrack.watch.actors import load_actors
    from sigtrack.watch.folders import load_watchlists

    actors, wrong = load_actors(shipped_text("actors.toml"), settings.actors if settings else None)
    lexicon, wrong_words = load_lexicon(settings.folder if settings else None)
    words = _words_of(lexicon, actors, settings)
    loaded = load_watchlists(
        shipped_watchlists(),
        settings.watchlists if settings else None,
        actors=actors,
        classes=words[1],
        last_good=settings.last_good if settings else None,
        matcher_version=f"{MATCHER_VERSION}{lexicon.fingerprint}",
        advice=advice,
        feeds=load_catalogue(settings).feeds if settings and advice else (),
        try_examples=rules_of((), actors, words=words).failed_examples,
    )
    problems: Iterable[Problem] = (*wrong, *wrong_words, *loaded.problems)
    if not advice:  # every run repeats that an earlier version is in force
        problems = (p for p in problems if p.severity == "error" or "stays in force" in p.message)
    return rules_of(
        loaded.watchlists,
        actors,
        words=words,
        readings=readings_of(actors, lexicon),
        tellings=hash_of_reading("tellings", _fingerprint_of(actors, lexicon)),
        problems=problems,
        broken=loaded.fallen,
        # Without a cache where good versions are not kept: else they would never be.
        cache=None if loaded.unkept else cache,
    )


def _words_of(lexicon: Lexicon, actors: Mapping[str, Actor], settings: Settings | None) -> Words:
    from sigtrack.lexicon.classes import Classes

    if settings is None:
        return lexicon, Classes(lexicon, actors)
    from sigtrack.watch.actors import gazetteer_of

    # Read for names of countries and places alone: 20 ms.
    gazetteer = cached(lambda: gazetteer_of(lexicon, settings.actors))
    return lexicon, Classes(lexicon, actors, gazetteer)


def readings_of(actors: Mapping[str, Actor], lexicon: Lexicon) -> dict[Kind, str]:
    """Return a hash for each kind of reading: see `Index.readings`."""
    theirs = _fingerprint_of(actors, lexicon)
    return {kind: hash_of_reading(kind, theirs) for kind in KINDS}


def _fingerprint_of(actors: Mapping[str, Actor], lexicon: Lexicon) -> str:
    from sigtrack.watch.versions import fingerprint_of_actors

    return f"{fingerprint_of_actors(actors)} {lexicon.fingerprint}"
