"""The content of the panes of `sigtrack browse`, as `report`, `show` and `search` would print it.

Nothing here knows of a screen. A `Browser` has its own store and is used by one thread.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cached_property

from sigtrack.app import report
from sigtrack.app.in_force import FeedNames, InForce
from sigtrack.app.items import reasons, revisions_of, search
from sigtrack.app.stories import NOTHING, Standing, mark, standings_of, table_of
from sigtrack.app.weights import Scales
from sigtrack.app.window import Wanted
from sigtrack.config import Settings
from sigtrack.errors import InputUnreadable
from sigtrack.frozen import frozen
from sigtrack.model import (
    Block,
    Column,
    Marked,
    MarkKind,
    Note,
    Report,
    Seen,
    Span,
    StoredItem,
    Table,
    columns_of,
)
from sigtrack.present.cells import one_line
from sigtrack.speech import Words
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from sigtrack.text import safe_link
from sigtrack.views.hits import (
    ID_SHOWN,
    count,
    is_undated,
    marked_part,
    marked_title,
    story_of,
    time_of,
    when,
)
from sigtrack.views.stories import Front, Weighed, first_table, list_tables

ALL, STARRED = "", "*"  # ids of the two piles that are not watchlists
MOST_FOUND = 200  # items of a search
OPENED_BY_DIGIT = 9  # other items of a story that a digit key opens
_MOST_ALSO = 50
_LONGEST = 50_000  # characters of an article that are shown
_PARAGRAPH = re.compile(r"\S[^\n]*")
_PROSE = (Column(name="", kind="main", whole=True),)
_ALSO = columns_of("|key", "when", "headline|main", "source")


@frozen
class Pile:
    """A list on the left: a watchlist, ALL or STARRED. `new` of its `size` stories are unread.
    `size` is None if the list is read only when it is chosen."""

    id: str
    title: str
    new: int = 0
    size: int | None = None


@frozen
class PaneHeading:
    """The title of a table of the report, shown between stories."""

    title: str
    caption: str


@frozen
class PaneLine:
    """A story with its lead as `item`, or an item found by a search with "" as `story`. `below` is
    the reason of a story or the source of an item."""

    item: str
    story: str
    at: datetime | Seen
    headline: Marked
    below: str
    is_urgent: bool = False
    is_new: bool = False


PaneRow = PaneHeading | PaneLine


@frozen
class Opened:
    """An item to read. `others` are the items of its story, which the report numbers from 1."""

    story: str
    report: Report
    others: tuple[str, ...]


class Browser:
    """Answers the questions of the panes. Call `load` before asking for piles and stories."""

    def __init__(self, store: Store, settings: Settings, *, since: str, with_done: bool) -> None:
        self._store, self._settings = store, settings
        self._files = InForce(settings)
        self._since = since
        self._shape = report.Shape(with_done=with_done)
        self._seen: set[str] = set()  # stories read since the last `load`
        self._zone = settings.zone()

    def close(self) -> None:
        self._store.close()

    def load(self) -> str:
        """Read the stories of the window as they are now; return the first line of the report."""
        self._seen.clear()
        words = Words("en", now=self._settings.clock(), zone=self._zone)
        self._background = report.Background(self._store, self._files, words)
        self._window = self._stories(Wanted(since=self._since))
        self._starred: _Stories | None = None
        self._unread = _unread_in(self._window.told)
        return self._window.told.summary(self._since, words)

    def piles(self) -> tuple[Pile, ...]:
        """Return ALL, STARRED, and each watchlist that has stories, ordered by title."""
        stories = self._window.front.stories
        by_list: dict[str, list[Weighed]] = {}
        for story in stories:
            for id in story.watchlists:
                by_list.setdefault(id, []).append(story)
        titles = self._files.index.headings
        return (
            self._pile(ALL, "All", stories),
            Pile(id=STARRED, title="Starred"),
            *(self._pile(id, titles.of(id), by_list[id]) for id in sorted(by_list, key=titles.of)),
        )

    def page(self, pile: str) -> tuple[PaneRow, ...]:
        """Return the rows of a pile: ALL in the order of the report, others by weight."""
        if pile == ALL:
            return tuple(self._as_reported(self._window.front))
        if pile == STARRED:
            self._starred = self._stories(Wanted(since="all", starred=True))
            return tuple(self._lines(self._starred.by_weight()))
        stories = [one for one in self._window.by_weight() if pile in one.watchlists]
        return tuple(self._lines(stories))

    def search(self, text: str) -> tuple[PaneRow, ...]:
        """Return the latest items that `sigtrack search` finds.

        Raises Misuse if the search text cannot be read.
        """
        found = search(
            self._store, text, Query(), files=self._files, order="date", limit=MOST_FOUND
        )
        return tuple(
            PaneLine(item=record["item"], story="", at=at, headline=headline, below=source)
            for block in found.blocks
            if isinstance(block, Table)
            for (at, headline, source, _), record in zip(block.rows, found.records, strict=True)
            if isinstance(at, datetime | Seen)
            and isinstance(headline, Marked)
            and isinstance(source, str)
        )

    def open(self, item: str) -> Opened:
        """Return an item with its text, its story and its reasons."""
        stored = self._store.get(item)
        verdicts = self._files.rules.matcher(self._files.catalogue.feeds).explain(stored.item)
        weighed = self._scales.story_of(stored)
        told = self._store.items_of_stories((story_of(stored),))
        others = sorted((one for one in told if one.id != stored.id), key=when)
        blocks: list[Block] = [
            *_prose(
                stored,
                {span for one in verdicts if one.hit for span in one.found},
                self._names[stored.item.feed],
                self._zone,
            ),
            *_also(others, weighed),
            *revisions_of(self._store.revisions(stored.id)),
            *table_of(self._store, stored),
            *reasons(stored, verdicts, every=False, weighed=weighed, narrow=True),
        ]
        return Opened(
            story=story_of(stored),
            report=Report(blocks=tuple(blocks)),
            others=tuple(one.id for one in others[:OPENED_BY_DIGIT]),
        )

    def see(self, story: str) -> None:
        """Note that the reader has read this story; its hits are no longer new to `report`."""
        self._seen.add(story)
        numbers = {one.number for one in self._window.told.found if story_of(one.stored) == story}
        if not numbers:
            return
        hit, unseen = self._unread
        last = self._store.last_look(report.READER)
        if last and last.hit >= hit:  # written by this browser, or by a report run meanwhile
            hit, unseen = last.hit, set(last.unseen)
        self._store.look(report.READER, self._settings.clock(), hit, unseen - numbers)

    def toggle(self, item: str, kind: MarkKind) -> str:
        """Set or remove the mark `done` or `star`; return a sentence that says which."""
        stored = self._store.get(item)
        standing = self._standing(story_of(stored))
        items = self._store.items_of_stories((story_of(stored),))
        off = standing.is_starred
        if kind == "done":
            off = bool(standing.done) and not standing.open_items(items)
        return self._mark(stored, kind, "", off=off)

    def notes(self, item: str) -> tuple[str, ...]:
        return self._standing(story_of(self._store.get(item))).notes

    def note(self, item: str, words: str) -> str:
        """Replace the notes of a story by this one; empty `words` remove them."""
        stored = self._store.get(item)
        if not words.strip():
            return self._mark(stored, "note", "", off=True)
        if self._standing(story_of(stored)).notes:
            self._mark(stored, "note", "", off=True)
        return self._mark(stored, "note", words, off=False)

    def link(self, item: str) -> str:
        """Return the http(s) address of an item, "" if it has none."""
        return safe_link(self._store.get(item).item.url)

    def citation(self, item: str) -> str:
        """Return publisher, title, date (the publisher's own day) and link on one line."""
        stored = self._store.get(item)
        day = when(stored)
        parts = (
            self._names[stored.item.feed],
            f"“{stored.item.title}”",
            f"{'seen ' * is_undated(stored)}{day.day} {day:%B %Y}",
            safe_link(stored.item.url),
        )
        return one_line(", ".join(filter(None, parts)))

    def changes(self, item: str) -> Report:
        """Compare the last two revisions of an item, as `compare ID` does.

        Raises InputUnreadable if it has only one.
        """
        from sigtrack.app.compare import MOST_SECONDS, compare_texts, of_item
        from sigtrack.views.compare import report_of

        revisions = self._store.revisions(item)
        if len(revisions) < 2:
            raise InputUnreadable("this item was never changed: it has one revision")
        formulary, lexicon = self._files.readings.formulary, self._files.readings.lexicon
        old, new = map(of_item, revisions[-2:])
        compared = compare_texts(old, new, formulary, lexicon, seconds=MOST_SECONDS)
        return report_of(replace(compared, is_edit=True), formulary)

    def _mark(self, stored: StoredItem, kind: MarkKind, words: str, *, off: bool) -> str:
        now = self._settings.clock()
        told = mark(self._store, stored.id, kind, words, off=off, now=now)
        for stories in filter(None, (self._window, self._starred)):
            stories.marked(story_of(stored), self._standing(story_of(stored)))
        return "".join(block.text for block in told.blocks if isinstance(block, Note))

    def _standing(self, story: str) -> Standing:
        return standings_of(self._store, (story,)).get(story, NOTHING)

    def _stories(self, wanted: Wanted) -> _Stories:
        background = self._background
        query = background.query(wanted)
        told = report.told_in(background, query, self._shape)
        scales = background.scales(query)
        front = report.with_parts(report.front_in(told, query, background, scales), scales)
        return _Stories(told=told, query=query, background=background, front=front)

    def _pile(self, id: str, title: str, stories: Sequence[Weighed]) -> Pile:
        new = sum(one.is_new and story_of(one.lead) not in self._seen for one in stories)
        return Pile(id=id, title=title, new=new, size=len(stories))

    def _as_reported(self, front: Front) -> Iterator[PaneRow]:
        first = first_table(front, self._background.said)
        lists = list_tables(front, self._background.said, limit=None)
        tables = zip((first, *lists), (front.first, *front.lists.values()), strict=True)
        for table, stories in tables:
            if stories:
                yield PaneHeading(title=table.title, caption=table.caption)
                yield from self._of_table(table, stories)

    def _lines(self, stories: Sequence[Weighed]) -> Iterator[PaneRow]:
        front = Front(first=tuple(stories), lists={})
        return self._of_table(first_table(front, self._background.said), stories)

    def _of_table(self, table: Table, stories: Iterable[Weighed]) -> Iterator[PaneRow]:
        for (*_, why), story, emphasis in zip(table.rows, stories, table.emphasis, strict=True):
            lead = story.lead
            yield PaneLine(
                item=lead.id,
                story=story_of(lead),
                at=time_of(lead),
                headline=marked_title(lead, story.hits[lead.id]),
                below=str(why),
                is_urgent=emphasis == "urgent",
                is_new=story.is_new and story_of(lead) not in self._seen,
            )

    @cached_property
    def _names(self) -> FeedNames:
        return self._files.catalogue.names()

    @cached_property
    def _scales(self) -> Scales:
        return self._background.scales_for_items()


@dataclass(slots=True, kw_only=True)
class _Stories:
    """The stories of a window, with what their rows are made of."""

    told: report.Told
    query: Query
    background: report.Background
    front: Front

    def by_weight(self) -> list[Weighed]:
        return sorted(
            self.front.stories, key=lambda one: (one.weight, one.lead.moment), reverse=True
        )

    def marked(self, story: str, standing: Standing) -> None:
        self.told = replace(self.told, standings={**self.told.standings, story: standing})
        first, *lists = (
            tuple(self._renewed(one) if story_of(one.lead) == story else one for one in some)
            for some in (self.front.first, *self.front.lists.values())
        )
        self.front = Front(first=first, lists=dict(zip(self.front.lists, lists, strict=True)))

    def _renewed(self, story: Weighed) -> Weighed:
        return report.annotated(story, self.told, self.background, self.query)


def _unread_in(told: report.Told) -> tuple[int, set[int]]:
    """Return the last hit that a window shows, and the hits up to it that are new to the reader.

    As after a report, hits outside the window stop being new once something is read.
    """
    last = max((one.number for one in told.found), default=0)
    hit = max(last, told.last.hit if told.last else 0)
    return hit, report.unseen_in(told.found, (), told.last)


def _prose(
    stored: StoredItem, spans: Collection[Span], publisher: str, zone: tzinfo
) -> list[Block]:
    """Return headline, facts, summary and text of an item, with the words of its hits marked."""
    item, at = stored.item, when(stored).astimezone(zone)
    seen = "seen " if is_undated(stored) else ""
    facts = (publisher, f"{seen}{at:%Y-%m-%d %H:%M}", item.language, item.author, item.category)
    blocks: list[Block] = [
        Table(
            columns=(*_PROSE, Column(name="", kind="below")),
            rows=((marked_part(item.title, "title", spans, item.url), _between(facts)),),
        )
    ]
    field, text = ("text", item.text) if item.text else ("full_text", item.full_text)
    if not text.startswith(item.summary.rstrip("…")):
        blocks += paragraphs(item.summary, "summary", spans)
    if item.full_text:
        blocks.append(Note(text="The text of the linked page:"))
    blocks += paragraphs(text[:_LONGEST], field, spans)
    if (left := len(text) - _LONGEST) > 0:
        rest = f"{left:,} more characters: sigtrack show {stored.id[:ID_SHOWN]} -f json"
        blocks.append(Note(text=rest))
    blocks.append(Note(text=safe_link(item.url) or "no link"))
    return blocks


def _between(facts: Iterable[str | None]) -> str:
    return " · ".join(filter(None, facts))


def paragraphs(text: str, field: str, spans: Collection[Span]) -> Iterator[Table]:
    """Yield each paragraph as its own table, because formats leave an empty line between tables."""
    for found in _PARAGRAPH.finditer(text):
        part = marked_part(text, field, spans, start=found.start(), end=found.end())
        yield Table(columns=_PROSE, rows=((part,),))


def _also(others: Sequence[StoredItem], weighed: Weighed | None) -> Iterator[Table]:
    """Yield the table of the other items of a story; the first ones are numbered."""
    if not others:
        return
    hits = weighed.hits if weighed else {}
    rows = tuple(
        (
            f"{place}" if place <= OPENED_BY_DIGIT else "",
            time_of(one),
            marked_title(one, hits.get(one.id, ())),
            one.item.feed,
        )
        for place, one in enumerate(others[:_MOST_ALSO], 1)
    )
    left = len(others) - len(rows)
    caption = f"{count(len(others), 'item')}{f', {left:,} not shown' if left else ''}"
    yield Table(title="Also in this story", caption=caption, columns=_ALSO, rows=rows)
