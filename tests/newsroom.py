"""News for the tests of digests: items and their hits, put into a desk's store without ado.

What `import` does, without the gazetteer, which takes longer to load than a digest to be sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import visiting
from desk import LIGHTHOUSES, NOW
from sigtrack.app.in_force import Catalogue, Index, InForce
from sigtrack.app.intake import changes_of, match_pending
from sigtrack.app.readings import ReadingRules
from sigtrack.app.rules import Rules, readings_of, rules_of
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Item, fingerprint_of
from sigtrack.store import open_store
from sigtrack.store.sql import Store
from sigtrack.watch.watchlists import Known, load_watchlist

WRECKS = (
    'format = 1\nid = "wrecks"\ntitle = "Wrecks"\n[[signal]]\nid = "s"\ntitle = "A wreck"\n'
    'priority = "urgent"\nany = ["wreck"]\n'
)


@cache
def rules() -> Rules:
    """Both watchlists, without actors; visits are read as any command reads them."""
    known = Known(actors={}, shared={})
    texts = {"lighthouses.toml": LIGHTHOUSES, "wrecks.toml": WRECKS}
    loaded = [load_watchlist(path, text, known)[0] for path, text in texts.items()]
    found = rules_of([one for one in loaded if one], {})
    actors, words = visiting.actors(), shipped_lexicon()
    index = Index(actors=actors, readings=readings_of(actors, words))
    found.readings = ReadingRules(index, shipped_lexicon)
    return found


class Files(InForce):
    """The files that a test has in force, its clock and its zone."""

    now = datetime.fromisoformat(NOW)
    zone = UTC

    def __init__(self, **files: Any) -> None:
        vars(self).update(files)


def news(title: str, *, uid: str = "", summary: str = "", lang: str = "en", day: int = 14) -> Item:
    return Item(
        feed="harbour",
        uid=uid or title,
        title=title,
        url="https://example.org/1",
        summary=summary,
        language=lang,
        published=datetime(2026, 1, day, 11, tzinfo=UTC),
        fingerprint=fingerprint_of(title, summary, ""),
    )


def tell(store: Store, items: Sequence[Item]) -> None:
    at = datetime.fromisoformat(NOW)
    store.save(changes_of(store, "harbour", items), at)
    match_pending(store, rules(), Catalogue(), at)


def learn(db: Path, items: Iterable[Item]) -> None:
    with open_store(str(db)) as store:
        tell(store, list(items))
