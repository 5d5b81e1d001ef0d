"""`sigtrack search QUERY`: find items by their words, whether or not a watchlist matched them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Literal

from sigtrack.app.index import load_index
from sigtrack.config import Settings
from sigtrack.errors import Misuse
from sigtrack.model import Actor, Column, Marked, Note, Report, StoredItem, Table
from sigtrack.store import Query, Store
from sigtrack.text.documents import did_you_mean
from sigtrack.text.search import Search, SearchJudge, parse_search
from sigtrack.views.hits import ID_SHOWN, count, key_of_times, shortened, time_of

FIELDS = ("item", "uid", "title", "summary", "link", "source", "lang", "published", "first_seen")
_COLUMNS = (
    Column(name="when"),
    Column(name="headline", kind="main"),
    Column(name="source"),
    Column(name="id", kind="key"),
)
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_LONGEST_TITLE = 90

Order = Literal["date", "rank"]


def search(
    store: Store, text: str, query: Query, *, settings: Settings, order: Order, limit: int | None
) -> Report:
    """Return the items whose latest revision fits a search (see `text.search`)."""
    asked = parse_search(text, _Spellings(settings))
    found = list(store.search(asked, replace(query, limit=limit), order=order))
    blocks = (_table(text, asked, found),) if found else (Note(text=f"no item holds {text!r}"),)
    return Report(title="Search", blocks=blocks, records=tuple(map(_record, found)), fields=FIELDS)


class _Spellings:
    """How words and names are spelled. The gazetteer and the lexicon are loaded only for names."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, name: str) -> Sequence[str]:
        if name[0] == "#" or name.endswith(":cities"):
            return self._of_class(name)
        if name[0] == "@":
            return tuple(self._of_actor(name[1:]))
        if not _HAN.search(name):
            return (name,)
        from sigtrack.lexicon.han import spellings_of

        return spellings_of(name)

    @cached_property
    def _actors(self) -> Mapping[str, Actor]:
        return load_index(self._settings).actors

    def _of_actor(self, name: str) -> Iterator[str]:
        """Yield the names of a country with its bodies and people, or of one other actor."""
        known = {id.lower(): actor for id, actor in self._actors.items()}
        actor = known.get(name.lower())
        if actor is None:
            otherwise = "a country is its code (@KR), a person an id (@takaichi)"
            raise Misuse(
                "is not in the gazetteer",
                hint=did_you_mean(name, self._actors, otherwise, sign="@"),
            )
        for one in self._actors.values():
            if one is actor or (actor.kind == "country" and one.country == actor.id):
                yield from (*one.names, *one.metonyms)

    def _of_class(self, name: str) -> Sequence[str]:
        from sigtrack.app.rules import load_rules

        classes = load_rules(self._settings).classes
        found = classes.get(name) or classes.get(name.removesuffix("s"))
        if found is None:
            otherwise = "sigtrack watchlists words lists all classes"
            raise Misuse("is not a class of words", hint=did_you_mean(name, classes, otherwise))
        return found.words


def _table(text: str, asked: Search, found: list[StoredItem]) -> Table:
    judge = SearchJudge(asked)
    rows = tuple(
        (
            time_of(one),
            Marked(
                text=one.item.title,
                spans=judge.marks_in(one.item.title),
                link=one.item.url,
                language=one.item.language,
            ),
            one.item.feed,
            one.id[:ID_SHOWN],
        )
        for one in found
    )
    caption = ", ".join(filter(None, (count(len(rows), "item"), key_of_times(found))))
    return Table(
        title=shortened(text, _LONGEST_TITLE), caption=caption, columns=_COLUMNS, rows=rows
    )


def _record(one: StoredItem) -> dict[str, object]:
    item = one.item
    values = (
        *(one.id, item.uid, item.title, item.summary, item.url, item.feed, item.language),
        *(item.published, one.first_seen),
    )
    return dict(zip(FIELDS, values, strict=True))
