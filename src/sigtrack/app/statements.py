"""`sigtrack statements`: the archive of issued texts, and joint texts that feeds brought for it.

A text is joint if its headline says so and two to four governments are named. It is in full if it
is long and does not come from a newspaper; it is the article of the feed, or that of the linked
page where `fetch` has read it. Series and level are read from the headline and the first lines. It
is compared with the latest earlier text of its series and language, archived or suggested, so two
consecutive texts are compared even if neither is archived.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from itertools import islice, pairwise
from typing import Any, Literal

from sigtrack.analyze.fixed_phrases import FixedPhrases, longest
from sigtrack.analyze.visits.people import rank_of
from sigtrack.analyze.wording.usage import Publisher
from sigtrack.app.compare import compare_texts, of_archive, of_item, statement_of
from sigtrack.app.in_force import InForce
from sigtrack.app.readings import Readings
from sigtrack.app.wording import publisher_of
from sigtrack.errors import InputUnreadable, Misuse
from sigtrack.frozen import frozen
from sigtrack.model import (
    LEVELS,
    UNNAMED,
    Actor,
    ArchivedStatement,
    Block,
    Cell,
    Item,
    Marked,
    Note,
    Rank,
    Report,
    StatementChange,
    StoredItem,
    Table,
    WordingRead,
    columns_of,
    fingerprint_of,
    statement_id,
)
from sigtrack.store.interface import Look, Query
from sigtrack.store.sql import Store
from sigtrack.text import clean, safe_link
from sigtrack.text.fold import Stems
from sigtrack.views.compare import Compared, Source, what_changed
from sigtrack.views.hits import ID_SHOWN, count, grouped
from sigtrack.watch.tables import ID

FIELDS = ("statement", "series", "level", "date", "title", "url", "lang", "characters")
_COLUMNS = columns_of("date|key", "title|main", "level", "lang", "characters|right", "id|key")
_PAIR = columns_of("|key", "|main")


@frozen
class StatementWish:
    """What the user says of a text. "" and None take the value from the text."""

    series: str
    date: str = ""
    title: str = ""
    level: str = ""
    url: str = ""


def add(store: Store, source: Source, wish: StatementWish, *, at: datetime) -> Report:
    """Add the text to the archive, or report that it is there already."""
    told = _statement(source, wish, at)
    if store.keep_statement(told):
        there = len(store.statements(told.series))
        text = f"{told.id[:ID_SHOWN]} added to {told.series}: {_named(told)}"
        hint = f"{count(there, 'text')} in it now: sigtrack statements list --series {told.series}"
        blocks = (Note(text=text, level="good"), Note(text=hint))
    else:
        (told,) = store.find_statements(told.id)
        text = f"the archive has these words already: {told.id[:ID_SHOWN]}, {_named(told)}"
        hint = f"to give it another date or title: sigtrack statements remove {told.id[:ID_SHOWN]}"
        blocks = (Note(text=text, level="warning"), Note(text=hint))
    return Report(blocks=blocks, records=(_record(told),))


def list_statements(store: Store, series: str | None) -> Report:
    """List the archive by series, oldest first."""
    found = store.statements(series)
    by_name = grouped(found, lambda one: one.series)
    blocks: tuple[Table | Note, ...] = tuple(_table(name, some) for name, some in by_name.items())
    if not blocks:
        what = f"no statement of {series}" if series else "no statement"
        blocks = (Note(text=f"the archive has {what}; sigtrack statements add puts one into it"),)
    return Report(
        title="Statements", blocks=blocks, records=tuple(map(_record, found)), fields=FIELDS
    )


def show(store: Store, prefix: str) -> Report:
    one = _get(store, prefix)
    facts: tuple[tuple[Cell, ...], ...] = (
        ("series", one.series),
        ("date", f"{one.date}"),
        ("level", one.level or "not said"),
        ("language", one.language or "unknown"),
        ("link", one.url or "none"),
        ("added", one.added_at),
        ("id", one.id),
    )
    # An empty note is an empty line, which separates paragraphs.
    first, *rest = one.text.split("\n\n")
    paragraphs = [Note(text=first), *(Note(text=part) for text in rest for part in ("", text))]
    return Report(
        title=one.title,
        blocks=(Table(columns=_PAIR, rows=facts), *paragraphs),
        records=(_record(one) | {"text": one.text},),
    )


def remove(store: Store, prefix: str) -> Report:
    one = _get(store, prefix)
    store.remove_statement(one.id)
    return Report(blocks=(Note(text=f"{_named(one)} removed from {one.series}", level="good"),))


def _statement(source: Source, wish: StatementWish, at: datetime) -> ArchivedStatement:
    if not re.fullmatch(ID, wish.series):
        raise Misuse(
            f'"{clean(wish.series)}" cannot be the name of a series',
            hint="lower-case letters, digits and hyphens: who and on what level, "
            "such as us-japan-rok-ministers",
        )
    link = safe_link(wish.url)
    if wish.url and not link:
        raise Misuse(f"{clean(wish.url)} is not an http(s) address")
    fingerprint = fingerprint_of("", "", source.text)
    return ArchivedStatement(
        id=statement_id(wish.series, fingerprint),
        series=wish.series,
        level=_level(wish),
        date=_day(source, wish),
        title=clean(wish.title) or source.title or source.name,
        url=link or source.url,
        language=source.tongue,
        text=source.text,
        fingerprint=fingerprint,
        added_at=at,
    )


def _level(wish: StatementWish) -> str:
    """Return the user's level, or the one at the end of the series: us-japan-rok-vice-ministers."""
    if wish.level and wish.level not in LEVELS:
        raise Misuse(
            f'there is no level "{clean(wish.level)}"', hint=f"one of: {', '.join(LEVELS)}"
        )
    told = (level for level in LEVELS if f"-{wish.series}".endswith(f"-{level}"))
    return wish.level or max(told, key=len, default="")


def _day(source: Source, wish: StatementWish) -> date:
    if not wish.date and source.date is None:
        raise Misuse(f"{source.name} does not say its date", hint="add --date 2024-01-05")
    try:
        return date.fromisoformat(wish.date or f"{source.date}")
    except ValueError:
        told = f'"{clean(wish.date)}" is not a day'
        raise Misuse(told, hint="write it like 2024-01-05") from None


def _get(store: Store, prefix: str) -> ArchivedStatement:
    wanted = prefix.strip().lower()
    found = statement_of(store, wanted) if re.fullmatch("[0-9a-f]{3,12}", wanted) else None
    if found is None:
        raise InputUnreadable(
            f'no statement has an id that begins with "{clean(prefix)}"',
            hint="look at: sigtrack statements list",
        )
    return found


def _table(series: str, some: Sequence[ArchivedStatement]) -> Table:
    rows = tuple(
        (
            f"{one.date}",
            Marked(text=one.title, link=one.url, language=one.language),
            one.level,
            one.language,
            len(one.text),
            one.id[:ID_SHOWN],
        )
        for one in some
    )
    return Table(title=series, caption=count(len(rows), "text"), columns=_COLUMNS, rows=rows)


def _named(one: ArchivedStatement) -> str:
    return f"{one.title} ({one.date})"


def _record(one: ArchivedStatement) -> dict[str, Any]:
    values = (one.id, one.series, one.level, one.date, one.title, one.url, one.language)
    return dict(zip(FIELDS, (*values, len(one.text)), strict=True))


SUGGESTION_FIELDS = ("item", *FIELDS[1:], "before")
_WHOLE = 1_500  # bytes: a report about a statement is shorter, in any script
_PARTIES = range(2, 5)
_LEAD = 600  # letters that name the speakers
_MOST_COMPARED = 5
WAYS: tuple[Literal["softened", "hardened"], ...] = ("softened", "hardened")
# The names of governments in series, in the order of series.
_CALLED = {"US": "us", "CN": "china", "JP": "japan", "KR": "rok", "KP": "dprk"}
_LEVELS = {
    Rank.LEADER: "leaders",
    Rank.SPEAKER: "officials",
    Rank.MINISTER: "ministers",
    Rank.ENVOY: "officials",
}
_LOWER = "lower"
_POSTS = {"security-adviser": "advisors", "lower": _LOWER}
_SUGGESTED = columns_of("date|key", "title|main", "series|key", "characters|right", "id|key")


@frozen
class Suggestion:
    """`before` is the earlier text of the same series; None if there is none."""

    source: Source
    item: str
    series: str
    level: str
    before: Source | None = None


class Suggester:
    """Finds suggestions in one store."""

    def __init__(self, store: Store, files: InForce) -> None:
        self._store, self._rules = store, files.readings
        self._readings = Readings(store, files.readings)
        self._publishers = {feed.id: publisher_of(feed) for feed in files.catalogue.feeds}

    @cached_property
    def _titles(self) -> FixedPhrases[str]:
        """Titles of offices, each with its level."""
        words = self._rules.lexicon.words
        posts = [(title, level) for post, level in _POSTS.items() for title in words("posts", post)]
        ranks = [(title, _LEVELS[rank]) for rank in _LEVELS for title in words("offices", rank)]
        return FixedPhrases((*posts, *ranks))

    def suggestions(self, query: Query) -> list[Suggestion]:
        """Return suggestions among the items of the query, without archived texts, oldest first."""
        archived = self._series()
        known = {one.fingerprint for some in archived.values() for one in some}
        so_far = {name: list(map(of_archive, some)) for name, some in archived.items()}
        told: list[Suggestion] = []
        for stored, read in sorted(self._joint(query), key=lambda pair: pair[0].moment):
            source = of_item(stored)
            fingerprint = fingerprint_of("", "", source.text)
            if fingerprint in known:
                continue
            known.add(fingerprint)
            level = self._level(stored.item)
            series = series_of(read, level, self._rules.actors)
            before = _last_before(source, so_far.get(series, ()))
            so_far.setdefault(series, []).append(source)
            told.append(
                Suggestion(source=source, item=stored.id, series=series, level=level, before=before)
            )
        return told

    def arrived(self, last: Look) -> list[Compared]:
        """Compare texts that arrived or were archived after a look with the text before each."""
        pairs: dict[str, tuple[Source, Source]] = {}
        for series in self._series().values():
            for before, after in pairwise(series):
                if after.added_at > last.at:
                    pairs[after.fingerprint] = of_archive(before), of_archive(after)
        new = Query(after_revision=last.revision)
        if next(self._joint(new), None):
            arrived = {one.id for one in self._store.outlines(new)}
            for one in self.suggestions(Query()):
                if one.item in arrived and one.before:
                    pairs[one.item] = one.before, one.source
        return [self._compared(*pair) for pair in list(pairs.values())[-_MOST_COMPARED:]]

    def compared(self, one: Suggestion) -> Compared | None:
        return self._compared(one.before, one.source) if one.before else None

    def _compared(self, old: Source, new: Source) -> Compared:
        return compare_texts(old, new, self._rules.formulary, self._rules.lexicon)

    def _series(self) -> Mapping[str, list[ArchivedStatement]]:
        return grouped(self._store.statements(), lambda one: one.series)

    def _joint(self, query: Query) -> Iterator[tuple[StoredItem, WordingRead]]:
        feeds = {one.number: one.feed for one in self._store.outlines(query)}
        for number, read in self._readings.wording(feeds):
            if read.form != "joint" or len(_feed_named(read)) not in _PARTIES:
                continue
            publisher = self._publishers.get(feeds[number], Publisher(id=feeds[number]))
            if publisher.is_official or publisher.country is None:
                stored = self._store.revision(number)
                if len(_article(stored.item).encode()) >= _WHOLE:
                    yield stored, read

    def _level(self, item: Item) -> str:
        """Return the level of the first title in the headline, or else in the first lines; else the
        rank of the first person named."""
        lead = _article(item)[:_LEAD]
        for text in (item.title, lead):
            if level := self._called(text):
                return level
        day = item.published.date() if item.published else None
        for mention in self._rules.mentions(replace(item, text=lead)):
            rank = rank_of(mention.actor, day)[0] if mention.actor.kind == "person" else None
            if rank:
                return _LEVELS[rank]
        return ""

    def _called(self, text: str) -> str:
        """Return the level of the first title; a minister after "vice" is a vice minister."""
        found = [one.owner for one in longest(self._titles.find(Stems(text)))]
        if found[:2] == [_LOWER, _LEVELS[Rank.MINISTER]]:
            return "vice-ministers"
        return next((one for one in found if one != _LOWER), "")


def _article(item: Item) -> str:
    return item.text or item.full_text


def series_of(read: WordingRead, level: str, actors: Mapping[str, Actor]) -> str:
    """Return us-japan-rok-leaders: short names of governments, in a fixed order, and the level."""
    parties = _feed_named(read)
    short = [name for country, name in _CALLED.items() if country in parties]
    others = sorted(_slug(actors[one].name) for one in parties if one not in _CALLED)
    return "-".join(filter(None, (*short, *others, level)))


def _feed_named(read: WordingRead) -> list[str]:
    return [one for one in read.parties.split() if one != UNNAMED]


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def _last_before(source: Source, series: Iterable[Source]) -> Source | None:
    earlier = [
        one
        for one in series
        if one.tongue == source.tongue and one.date and source.date and one.date <= source.date
    ]
    return max(earlier, key=lambda one: str(one.date), default=None)


def suggest(suggester: Suggester, query: Query, limit: int | None) -> Report:
    """List what can be archived, newest first. The newest text of each series is compared with the
    one before it."""
    found = suggester.suggestions(query)[::-1]
    if not found:
        return Report(
            title="Suggested statements",
            blocks=(Note(text="no feed has brought a full joint text that is not in the archive"),),
            fields=SUGGESTION_FIELDS,
        )
    shown = found[:limit]
    left = len(found) - len(shown)
    caption = count(len(found), "text") + (f", {left} not shown, -n 0 shows all" if left else "")
    table = Table(title="", caption=caption, columns=_SUGGESTED, rows=tuple(map(_row, shown)))
    first = shown[0]
    hint = (
        f"to archive one: sigtrack statements add {first.item[:ID_SHOWN]} --series {first.series}"
    )
    return Report(
        title="Suggested statements",
        blocks=(table, Note(text=hint), *_differences(suggester, shown)),
        records=tuple(map(_suggestion_record, found)),
        fields=SUGGESTION_FIELDS,
    )


def difference(compared: Compared) -> tuple[Mapping[str, int], StatementChange | None]:
    """Return how many important changes harden and soften the text, and the heaviest change."""
    heavy = [one for one in compared.comparison.changes if one.weight > 1 and one.kind != "kept"]
    ways = Counter(one.direction for one in heavy)
    return {way: ways[way] for way in WAYS if ways[way]}, next(iter(heavy), None)


def _sentence_about(compared: Compared) -> str:
    ways, first = difference(compared)
    if first is None:
        return "no change that matters"
    counted = ", ".join(f"{number} {way}" for way, number in ways.items()) or "neither way"
    return f"{counted}; first {what_changed(first)} · {first.sentence}"


def _differences(suggester: Suggester, shown: Sequence[Suggestion]) -> Iterator[Block]:
    newest: dict[str, Suggestion] = {}
    for one in shown:
        newest.setdefault(one.series, one)
    pairs = ((one, suggester.compared(one)) for one in newest.values() if one.before)
    for one, compared in islice(pairs, _MOST_COMPARED):
        assert compared is not None, "there is a text before it"
        days = f"{compared.old.date} → {compared.new.date}"
        ids = [side.id.partition("@")[0][:ID_SHOWN] for side in (compared.old, compared.new)]
        yield Note(text=f"{one.series}, {days}: {_sentence_about(compared)}")
        yield Note(text=f"both texts: sigtrack compare {' '.join(ids)}")


def _row(one: Suggestion) -> tuple[Any, ...]:
    source = one.source
    title = Marked(text=source.title, link=source.url, language=source.language)
    return f"{source.date}", title, one.series, len(source.text), one.item[:ID_SHOWN]


def _suggestion_record(one: Suggestion) -> dict[str, Any]:
    source = one.source
    before = one.before.id.partition("@")[0] if one.before else None
    values = (one.item, one.series, one.level, source.date, source.title, source.url)
    return dict(
        zip(SUGGESTION_FIELDS, (*values, source.tongue, len(source.text), before), strict=True)
    )
