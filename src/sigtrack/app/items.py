"""`sigtrack search` and `sigtrack show`: find items by their words, and explain one of them.

`show ID` tells why an item matched, term by term, and why other signals did not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from sigtrack.app.stories import table_of
from sigtrack.errors import Misuse
from sigtrack.model import (
    Block,
    Cell,
    Column,
    Marked,
    Note,
    Report,
    Span,
    StoredItem,
    Table,
    columns_of,
)
from sigtrack.store.interface import Found, FullText, Query
from sigtrack.text import mask_credentials
from sigtrack.text.documents import did_you_mean
from sigtrack.text.regex import regex
from sigtrack.text.search import Search, SearchJudge, parse_search
from sigtrack.views.hits import (
    ID_SHOWN,
    Marks,
    count,
    key_of_times,
    marked_part,
    marks_of,
    passages,
    record_of,
    record_of_item,
    shortened,
    time_of,
    title_of,
    words_at,
)

if TYPE_CHECKING:
    from sigtrack.app.in_force import InForce
    from sigtrack.app.opinions import OpinionsOnHits
    from sigtrack.match import Matcher, Verdict
    from sigtrack.store.sql import Store
    from sigtrack.views.stories import Weighed

FIELDS = ("item", "uid", "title", "summary", "link", "source", "lang", "published", "first_seen")
_COLUMNS = columns_of("when", "headline|main", "source", "id|key")
_HAN = regex("[\u3400-\u9fff\uf900-\ufaff]")
_LONGEST_TITLE = 90

_ITEM = (
    *("item", "uid", "title", "summary", "text", "full_text", "link", "source", "lang"),
    *("author", "categories", "published", "first_seen", "story"),
)
Order = Literal["date", "rank"]


def search(
    store: Store, text: str, query: Query, *, files: InForce, order: Order, limit: int | None
) -> Report:
    """Return the items whose latest revision fits a search (see `text.search`)."""
    asked = parse_search(text, _Spellings(files))
    found = list(store.search(asked, replace(query, limit=limit), order=order))
    blocks = (_table(text, asked, found),) if found else (Note(text=f"no item holds {text!r}"),)
    return Report(
        title="Search", blocks=blocks, records=tuple(map(_found_record, found)), fields=FIELDS
    )


class _Spellings:
    """How words and names are spelled. The gazetteer and the lexicon are loaded only for names."""

    def __init__(self, files: InForce) -> None:
        self._files = files

    def __call__(self, name: str) -> Sequence[str]:
        if name[0] == "#" or name.endswith(":cities"):
            return self._of_class(name)
        if name[0] == "@":
            return tuple(self._of_actor(name[1:]))
        if not _HAN.search(name):
            return (name,)
        from sigtrack.lexicon.books import spellings_of

        return spellings_of(name)

    def _of_actor(self, name: str) -> Iterator[str]:
        """Yield the names of a country with its bodies and people, or of one other actor."""
        actors = self._files.index.actors
        known = {id.lower(): actor for id, actor in actors.items()}
        actor = known.get(name.lower())
        if actor is None:
            otherwise = "a country is its code (@KR), a person an id (@takaichi)"
            raise Misuse(
                "is not in the gazetteer",
                hint=did_you_mean(name, actors, otherwise, sign="@"),
            )
        for one in actors.values():
            if one is actor or (actor.kind == "country" and one.country == actor.id):
                yield from (*one.names, *one.metonyms)

    def _of_class(self, name: str) -> Sequence[str]:
        classes = self._files.rules.classes
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
            title_of(one.item, judge.marks_in(one.item.title)),
            one.item.feed,
            one.id[:ID_SHOWN],
        )
        for one in found
    )
    caption = ", ".join(filter(None, (count(len(rows), "item"), key_of_times(found))))
    return Table(
        title=shortened(text, _LONGEST_TITLE), caption=caption, columns=_COLUMNS, rows=rows
    )


def _found_record(one: StoredItem) -> dict[str, object]:
    record = record_of_item(one) | {"summary": one.item.summary}
    return {name: record[name] for name in FIELDS}


def show(
    store: Store,
    stored: StoredItem,
    matcher: Matcher,
    *,
    every: bool,
    weighed: Weighed | None = None,
    opinions_on: Callable[[Iterable[Found]], OpinionsOnHits] | None = None,
) -> Report:
    """Report an item, its hits with their words and lines of files, and the near misses.

    The hits are worked out now, with the present watchlists. `every` lists all signals that did not
    hit, not only the nearest. `weighed` is the story of the item, if it has hits. `opinions_on`
    gives what a second reader says of hits; None leaves it out.
    """
    revisions = store.revisions(stored.id)
    verdicts = matcher.explain(stored.item)
    found = by_weight(verdicts)
    page = store.full_text(stored.number)
    blocks: list[Block] = [_words(stored, found)]
    if text := stored.item.text:  # which --format json has
        blocks.append(Note(text=f"the feed carries the article: {len(text):,} characters"))
    blocks += [*_page(stored, page, found), *revisions_of(revisions)]
    blocks += table_of(store, stored)
    blocks += reasons(stored, verdicts, every=every, weighed=weighed)
    record = _record(stored, revisions, verdicts) | _weight_record(weighed)
    if opinions_on:
        from sigtrack.app.opinions import opinion_record, opinions_table

        hits = [verdict.hit for verdict in by_weight(verdicts) if verdict.hit]
        told = opinions_on(Found(stored, hit, 0) for hit in hits)
        blocks += opinions_table(hits, told)
        for hit, of_hit in zip(hits, record["hits"], strict=True):
            of_hit["opinion"] = opinion_record(told.of(hit))
    return Report(title=stored.item.title, blocks=tuple(blocks), records=(record,))


def reasons(
    stored: StoredItem,
    verdicts: Sequence[Verdict],
    *,
    every: bool,
    weighed: Weighed | None,
    narrow: bool = False,
) -> list[Block]:
    """Return what the story weighs, why signals hit the item, and why others did not. `narrow`: for
    a pane, in which lines of files stand below the terms."""
    blocks: list[Block] = [_weight(weighed)] if weighed else []
    hits = by_weight(verdicts)
    blocks += [why(stored, verdict, narrow=narrow) for verdict in hits]
    if not hits:
        blocks.append(Note(text="no signal hits this item"))
    return blocks + why_not(stored, verdicts, every=every)


def _words(stored: StoredItem, hits: Sequence[Verdict]) -> Table:
    item = stored.item
    spans = {span for verdict in hits for span in verdict.found}
    rows: list[tuple[Cell, ...]] = [("title", marked_part(item.title, "title", spans, item.url))]
    if item.summary:
        rows.append(("summary", marked_part(item.summary, "summary", spans)))
    if item.author:
        rows.append(("author", marked_part(item.author, "author", spans)))
    if item.categories:
        rows.append(("categories", marked_part(item.category, "category", spans)))
    rows += [
        ("source", item.feed),
        ("published", item.published or "undated"),
        ("first seen", stored.first_seen),
        ("language", item.language or "unknown"),
        ("link", item.url or "none"),
        ("id", stored.id),
        ("uid", item.uid),
    ]
    return Table(columns=_PAIR, rows=tuple(rows))


_MISSES = 3  # near misses that are shown
_PASSAGES = 5  # sentences of the full text
_PAIR = columns_of("|key", "|main whole")


def _page(stored: StoredItem, page: FullText | None, hits: Sequence[Verdict]) -> Iterator[Block]:
    """Say what became of the linked page, if it was asked; show the sentences that a hit needed."""
    if page is None:
        return
    if not page.text:
        yield Note(text=f"there is no text of the linked page: it {page.reason}")
        return
    spans = [span for verdict in hits for span in verdict.found if span.field == "full_text"]
    found = list(passages(page.text, spans, stored.item.language))
    rows = tuple((passage,) for passage in found[:_PASSAGES])
    left = len(found) - len(rows)
    told = f"{len(page.text):,} characters read from {mask_credentials(page.url)}"
    yield Table(
        title="Full text of the linked page",
        caption=told + (f"; {left} more sentences with words of hits" if left else ""),
        columns=(Column(name="", kind="main", whole=True),),
        rows=rows,
    )


def revisions_of(revisions: Sequence[StoredItem]) -> list[Table]:
    if len(revisions) == 1:
        return []
    rows = tuple(
        (one.revision, one.revised_at or one.first_seen, Marked(text=one.item.title))
        for one in revisions
    )
    columns = columns_of("revision|right", "seen", "title|main")
    caption = count(len(rows), "revision")
    return [Table(title="Revisions", caption=caption, columns=columns, rows=rows)]


def _weight(weighed: Weighed) -> Table:
    told = count(len(weighed.items), "item")
    return Table(
        title="Weight of its story",
        caption=f"{weighed.weight}; {told} with hits" + (f"; {weighed.who}" if weighed.who else ""),
        columns=columns_of("points|right", "for|main"),
        rows=tuple((f"{part.points:+}", part.what) for part in weighed.parts),
    )


def _weight_record(weighed: Weighed | None) -> dict[str, Any]:
    """`weight` is None if the item's story has no hits."""
    parts = weighed.parts if weighed else ()
    return {
        "weight": weighed.weight if weighed else None,
        "parts": [{"points": part.points, "for": part.what} for part in parts],
    }


def why(stored: StoredItem, verdict: Verdict, *, narrow: bool = False) -> Table:
    """Return a table of the words that made a hit, with their terms and lines of the watchlist."""
    hit = verdict.hit
    assert hit is not None
    title = verdict.signal.title or verdict.signal.id
    return Table(
        title=f"{verdict.watchlist} / {verdict.signal.id}",
        caption=f"{title}; priority {hit.priority}, score {hit.score}",
        columns=_NARROW_TERMS if narrow else _TERMS,
        rows=tuple(_row(stored, span) for span in verdict.found),
    )


_TERMS = columns_of("words|key", "in|key", "term|main", "line|main whole")
_NARROW_TERMS = columns_of("words|key", "in|key", "term|main", "line|below")


def _row(stored: StoredItem, span: Span) -> tuple[Cell, ...]:
    words = words_at(stored, span)
    places = (span.place, *(one.place for one in span.classes))
    lines = ", ".join(dict.fromkeys(place.short for place in places))
    return Marked(text=words), span.field.replace("_", " "), _with_words(span, words), lines


def _with_words(span: Span, words: str) -> str:
    """Return the term, and words of the lexicon that were found, unless they are the whole text."""
    term = brief(span.term)
    told = ", ".join(f"{one.word} is {one.name}" for one in span.classes if one.word != words)
    return f"{term} ({told})" if told else term


def brief(term: str) -> str:
    """Shorten long lists of choices in a term: the watchlist has them in full."""
    return _CHOICES.sub(_first_choices, term)


_CHOICES = re.compile(r"\(([^()]+)\)")


def _first_choices(found: re.Match[str]) -> str:
    choices = found[1].split(" OR ")
    left = len(choices) - _CHOICES_SHOWN
    if left < 2:
        return found[0]
    return f"({' OR '.join(choices[:_CHOICES_SHOWN])} or {left} more)"


_CHOICES_SHOWN = 3


def title_marks(verdicts: Iterable[Verdict]) -> Marks:
    return marks_of("title", (span for verdict in verdicts for span in verdict.found))


def by_weight(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the hits, the strongest reason first."""
    hits = [(verdict, hit) for verdict in verdicts if (hit := verdict.hit)]
    hits.sort(key=lambda one: (-one[1].priority.rank, -one[1].score))
    return [verdict for verdict, _ in hits]


def why_not(stored: StoredItem, verdicts: Sequence[Verdict], *, every: bool) -> list[Table]:
    """Return a table of the nearest three signals that did not hit, or of `every` one."""
    misses = [v for v in verdicts if not v.hit] if every else _nearest(stored, verdicts)
    rows = tuple(
        (
            f"{verdict.watchlist} / {verdict.signal.id}",
            _reason(stored, verdict),
            _texts(stored, verdict.found or verdict.masked),
        )
        for verdict in misses
    )
    columns = columns_of("signal|key", "why not|main", "words found")
    table = Table(title="Why not", caption=count(len(rows), "signal"), columns=columns, rows=rows)
    return [table] if rows else []


def _nearest(stored: StoredItem, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return misses that lack one condition and have a word that explains no hit.

    Those with the rarest word come first: a word in many signals, such as a country or "missile",
    makes none of them near.
    """
    told = {(span.field, span.start) for v in verdicts if v.hit for span in v.found}
    words = Counter(word for v in verdicts for word in _words_of(stored, v))
    near = [
        verdict
        for verdict in verdicts
        if verdict.lacking == 1
        and any((span.field, span.start) not in told for span in verdict.found or verdict.masked)
    ]
    near.sort(
        key=lambda v: (min(words[one] for one in _words_of(stored, v)), -v.signal.priority.rank)
    )
    return near[:_MISSES]


def _words_of(stored: StoredItem, verdict: Verdict) -> set[str]:
    return {words_at(stored, span) for span in verdict.found or verdict.masked}


def _reason(stored: StoredItem, verdict: Verdict) -> str:
    if verdict.vetoed:
        return f"vetoed by {_texts(stored, verdict.vetoed)}"
    if verdict.masked and not verdict.found:
        return "its words are part of an ignored phrase"
    return verdict.reason


def _texts(stored: StoredItem, spans: Sequence[Span]) -> str:
    return ", ".join(dict.fromkeys(words_at(stored, span) for span in spans))


def _record(
    stored: StoredItem, revisions: Sequence[StoredItem], verdicts: Sequence[Verdict]
) -> dict[str, Any]:
    item = stored.item
    record = record_of_item(stored) | {
        **{name: getattr(item, name) for name in ("summary", "text", "full_text", "author")},
        "categories": list(item.categories),
    }
    return {name: record[name] for name in _ITEM} | {
        "revisions": [
            {"revision": r.revision, "seen": r.revised_at or r.first_seen, "title": r.item.title}
            for r in revisions
        ],
        "hits": [_hit_record(stored, v) for v in by_weight(verdicts)],
        "not": [
            {"watchlist": v.watchlist, "signal": v.signal.id, "reason": _reason(stored, v)}
            for v in verdicts
            if not v.hit
        ],
    }


def _hit_record(stored: StoredItem, verdict: Verdict) -> dict[str, Any]:
    assert verdict.hit is not None
    record = record_of(stored, verdict.hit)
    keys = ("watchlist", "signal", "priority", "score", "spans")
    lines = [str(span.place) for span in verdict.found]
    return {key: record[key] for key in keys} | {"lines": lines}
