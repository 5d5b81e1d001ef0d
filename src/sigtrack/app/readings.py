"""What stored items tell of visits: read once, by the run that brings them, and asked of the store.

What no run has come to yet is read when somebody asks, so an answer is never short of an item. An
edit of the data files (a person who takes office, a verb of the user's own) makes readings old:
`fetch` renews those of the last 90 days, `rematch` all, and until then every answer says how many
items were read by older rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from sigtrack.app.hits import count, without_article
from sigtrack.model import Actor, Item, Problem, StoredItem, Visit
from sigtrack.store import Query, Store

if TYPE_CHECKING:
    from sigtrack.analyze.visits.reader import VisitReader
    from sigtrack.app.index import Index
    from sigtrack.config import Settings
    from sigtrack.lexicon import Lexicon

RENEWED = timedelta(days=90)  # what `fetch` reads again
Progress = Callable[[int, int], None]  # done, of how many


class VisitRules:
    """What visits are read with; the reader is made when the first item is to be read (0.1 s).

    `fingerprint` says by which rules: see `Index.reading`.
    """

    def __init__(
        self, fingerprint: str, actors: Mapping[str, Actor], lexicon: Callable[[], Lexicon]
    ) -> None:
        self.fingerprint = fingerprint
        self._actors = actors
        self._lexicon = lexicon

    def visits(self, item: Item) -> tuple[Visit, ...]:
        return self._reader.visits(item)

    @cached_property
    def _reader(self) -> VisitReader:
        # A run that brings nothing reads nothing, and need not compile its patterns.
        from sigtrack.analyze.visits.reader import VisitReader

        return VisitReader(self._actors, self._lexicon())


def visit_rules_of(index: Index, settings: Settings) -> VisitRules:
    """For commands that need no other rules."""

    def lexicon() -> Lexicon:
        from sigtrack.lexicon import load_lexicon

        return load_lexicon(settings.folder)[0]

    return VisitRules(index.reading, index.actors, lexicon)


def read_pending(store: Store, rules: VisitRules, progress: Progress | None = None) -> None:
    """Read what nobody has read with these rules."""
    waiting = store.unread_count(rules.fingerprint) if progress else 0
    done = 0
    for batch in store.unread_revisions(rules.fingerprint):
        store.save_readings(batch, ((one, rules.visits(one.item)) for one in batch.items))
        done += len(batch.items)
        if progress:
            progress(done, max(waiting, done))


class Readings:
    """The answers of one store."""

    def __init__(self, store: Store, rules: VisitRules) -> None:
        self._store = store
        self._rules = rules

    def told(self, query: Query) -> Iterator[tuple[StoredItem, tuple[Visit, ...]]]:
        """Items that tell of visits, without their articles, in no order."""
        upto = self._store.read_so_far(self._rules.fingerprint).upto
        after = max(upto, query.after_revision or 0)
        for stored in self._store.items(replace(query, after_revision=after)):
            if visits := self._rules.visits(stored.item):
                yield without_article(stored), visits
        yield from (one for one in self._store.readings(query) if one[0].number <= upto)

    def of(self, stored: StoredItem) -> tuple[Visit, ...]:
        """What one item tells, in whatever revision."""
        return self._rules.visits(stored.item)

    def problems(self) -> tuple[Problem, ...]:
        """That some answers may be those of older rules."""
        older = self._store.read_so_far(self._rules.fingerprint).older
        if not older:
            return ()
        were = "was" if older == 1 else "were"
        return (
            Problem(
                message=f"{count(older, 'item')} {were} read for visits by older rules",
                hint="read them again with: sigtrack rematch",
                severity="warning",
            ),
        )
