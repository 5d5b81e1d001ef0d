"""The rules in force as every command may know them: no terms, no words, and no time lost.

Ids, titles, signals, expectations and problems come from the loader that `watchlists check` uses
too, by way of the state folder (see `rules_cache`). No command reads a watchlist in another way:
four that skimmed the files for ids and titles each missed something that TOML allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sigtrack.app.hits import Headings
from sigtrack.config import Settings
from sigtrack.model import Actor, Problem, WatchlistHead
from sigtrack.store import KINDS, Kind

_BROKEN = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """`watchlists` are those in force, by id; `terms` how many each of them has; `actors` the
    gazetteer. `readings` is what decides how each kind of reading is read, as one short string: the
    gazetteer, the words of the lexicon, and the code that reads with them; `tellings` decides the
    same for what stories compare.

    `broken` are files with errors of which no good version is in force: the id (else the name of
    the file) and the title, as far as they can be read. Their old hits are still there.
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
        """How a run that otherwise went well ends: the user must mend a file."""
        return _BROKEN if self.broken else 0

    @property
    def headings(self) -> Headings:
        return headings_of((*self.broken, *self.watchlists))

    def signal_titles(self) -> dict[tuple[str, str], str]:
        """By watchlist and signal id."""
        return {(w.id, s.id): s.title or s.id for w in self.watchlists for s in w.signals}

    def fingerprints(self) -> dict[str, str]:
        """What the store asks by: watchlist id to fingerprint."""
        return {watchlist.id: watchlist.fingerprint for watchlist in self.watchlists}


def headings_of(watchlists: Iterable[WatchlistHead]) -> Headings:
    """By id, in its order; a file in force goes before a broken one that has its id."""
    titles = {one.id: one.title or one.id for one in watchlists if one.id}
    return Headings(watchlists=dict(sorted(titles.items())))


def load_index(settings: Settings) -> Index:
    """Without the code that loads and matches, if nothing has changed since that last ran."""
    from sigtrack.app.rules_cache import RulesCache

    kept: Index | None = RulesCache(settings).read("index")
    if kept is not None:
        return kept
    from sigtrack.app.rules import load_rules

    return load_rules(settings).index
