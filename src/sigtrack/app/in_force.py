"""The feeds in force, and what every command may know of the rules without loading their terms.

Ids, titles, signals, expectations and problems come from the loader that `watchlists check` uses,
through a cache in the state folder (see `rules_cache`). No command reads watchlists in another way:
four commands that only skimmed the files each missed something that TOML allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sigtrack.config import Settings
from sigtrack.errors import Misconfigured
from sigtrack.frozen import frozen
from sigtrack.lexicon.zones import main_zone
from sigtrack.model import Actor, Feed, Problem, Role, WatchlistHead
from sigtrack.store.interface import KINDS, Kind
from sigtrack.views.hits import Headings
from sigtrack.watch import shipped_text

if TYPE_CHECKING:
    from sigtrack.app.readings import ReadingRules
    from sigtrack.app.rules import Rules
    from sigtrack.app.rules_cache import RulesCache
    from sigtrack.lexicon.books import Lexicon


class FeedNames(dict[str, str]):
    """What each feed is called: its title, or else its id, as that of a feed that is gone."""

    def __missing__(self, feed: str) -> str:
        return feed


@frozen
class Catalogue:
    """`broken`: the user's file has an error, and no earlier good version of it is in force."""

    feeds: tuple[Feed, ...] = ()
    problems: tuple[Problem, ...] = ()
    broken: bool = False

    @property
    def exit_code(self) -> int:
        """The exit code of a run that otherwise went well: 78 if the user must mend the file."""
        return Misconfigured.exit_code if self.broken else 0

    def roles(self) -> dict[str, Role]:
        return {feed.id: feed.role for feed in self.feeds}

    def names(self) -> FeedNames:
        return FeedNames({feed.id: feed.title or feed.id for feed in self.feeds})

    def zones(self) -> dict[str, str]:
        """Return the time zone of each feed's publisher: an IANA name, "" if it is unknown.

        Empty while the user's file is broken, because its zones are unknown then.
        """
        if self.broken:
            return {}
        return {feed.id: feed.timezone or main_zone(feed.country) for feed in self.feeds}

    def as_rules_see_it(self) -> tuple[Feed, ...]:
        """Return the feeds with what matching may ask of them: no secret, no path of an address."""
        return tuple(
            Feed(
                id=feed.id,
                url=f"https://{urlsplit(feed.url).hostname or ''}/",
                language=feed.language,
                country=feed.country,
                timezone=feed.timezone,
                role=feed.role,
                group=feed.group,
            )
            for feed in self.feeds
        )


def load_catalogue(settings: Settings, cache: RulesCache | None = None) -> Catalogue:
    """Return the feeds in force and their problems, from the cache if no file has changed. What has
    problems is not kept there: some are those of the machine."""
    kept: Sequence[Feed] | None = cache.read("feeds") if cache else None
    if kept is not None:
        return Catalogue(feeds=tuple(kept))
    from sigtrack.watch.feeds import load_feeds  # reads files of the user with care: 10 ms

    loaded = load_feeds(shipped_text("feeds.toml"), settings.feeds, last_good=settings.good_feeds)
    if cache and not (loaded.problems or loaded.broken):
        cache.write(feeds=loaded.feeds)
    return Catalogue(feeds=loaded.feeds, problems=loaded.problems, broken=loaded.broken)


@frozen
class Index:
    """`watchlists` are those in force, by id; `terms` is the number of terms of each; `actors` is
    the gazetteer. `readings` maps each kind of reading to a short hash of everything that decides
    its result: the gazetteer, the words of the lexicon, and the code; `tellings` is
    the same for what stories compare.

    `broken` are files with errors that have no good version in force, with id (else the name of the
    file) and title as far as they can be read. Their old hits are still stored.
    """

    watchlists: tuple[WatchlistHead, ...] = ()
    terms: Mapping[str, int] = field(default_factory=dict)
    actors: Mapping[str, Actor] = field(default_factory=dict)
    readings: Mapping[Kind, str] = field(default_factory=lambda: dict.fromkeys(KINDS, ""))
    tellings: str = ""
    problems: tuple[Problem, ...] = ()
    broken: tuple[WatchlistHead, ...] = ()

    @property
    def exit_code(self) -> int:
        """The exit code of a run that otherwise went well: 78 if the user must mend a file."""
        return Misconfigured.exit_code if self.broken else 0

    @property
    def headings(self) -> Headings:
        """Titles by id, sorted. A file in force overrides a broken one of the same id."""
        lists = (*self.broken, *self.watchlists)
        titles = {one.id: one.title or one.id for one in lists if one.id}
        return Headings(watchlists=dict(sorted(titles.items())))

    def signal_titles(self) -> dict[tuple[str, str], str]:
        return {(w.id, s.id): s.title or s.id for w in self.watchlists for s in w.signals}

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of each watchlist by id, as the store needs them."""
        return {watchlist.id: watchlist.fingerprint for watchlist in self.watchlists}


class InForce:
    """The files in force, with the clock and the zone of the settings. Each file is loaded when it
    is first asked for, and once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def now(self) -> datetime:
        return self._settings.clock()

    @cached_property
    def zone(self) -> tzinfo:
        return self._settings.zone()

    @cached_property
    def catalogue(self) -> Catalogue:
        return load_catalogue(self._settings, self._cache)

    @cached_property
    def rules(self) -> Rules:
        from sigtrack.app.rules import load_rules

        return load_rules(self._settings, self._cache)

    @cached_property
    def _cache(self) -> RulesCache:
        from sigtrack.app.rules_cache import RulesCache

        return RulesCache(self._settings)

    @cached_property
    def index(self) -> Index:
        return self.rules.index

    @cached_property
    def lexicon(self) -> tuple[Lexicon, tuple[Problem, ...]]:
        """The words of the languages, with the user's, and the mistakes in these."""
        from sigtrack.lexicon import load_lexicon

        return load_lexicon(self._settings.folder)

    @cached_property
    def readings(self) -> ReadingRules:
        return self.rules.readings

    @cached_property
    def desk(self) -> frozenset[str]:
        return self._settings.countries()

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages whose headlines need no gloss."""
        return self._settings.languages_read()
