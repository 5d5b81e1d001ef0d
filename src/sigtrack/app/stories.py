"""`sigtrack stories` and `sigtrack mark`: events with all items that report them, and their marks.

A mark belongs to the items of a story with their words at that time. So it stays when stories are
formed again, and a story that was done is open again when an item comes in or is edited.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from sigtrack.analyze.stories.tellings import gist_of, named_in_title, titled_in
from sigtrack.errors import Misuse
from sigtrack.frozen import frozen
from sigtrack.model import (
    Actor,
    Cell,
    MarkKind,
    Mention,
    Note,
    Report,
    Role,
    StoredItem,
    Table,
    columns_of,
)
from sigtrack.speech import ENGLISH, Messages, message
from sigtrack.store.interface import Found, Member, Query
from sigtrack.text import clean
from sigtrack.views.hits import (
    ID_SHOWN,
    count,
    grouped,
    key_of_times,
    officiality,
    story_of,
    time_of,
    title_of,
)
from sigtrack.views.stories import parts_told

if TYPE_CHECKING:
    from sigtrack.app.rules import Rules
    from sigtrack.store.sql import Store
    from sigtrack.watch.catalogues import Topics

FIELDS = ("story", "lead", "items", "uids", "sources", "first", "last")
_COLUMNS = columns_of("when", "headline|main", "items|right", "sources", "id|key", "parts|below")
_ALSO = 3  # sources named besides the lead's


class Headlines:
    """Who and what the headlines of stored items name, as it is kept with what stories compare
    ("tellings"). Headlines that are too old for that are read again. `rules` are loaded for the
    first headline."""

    def __init__(self, store: Store, rules: Callable[[], Rules]) -> None:
        self._store = store
        self._loaded = cache(rules)

    @property
    def _rules(self) -> Rules:
        return self._loaded()

    @property
    def topics(self) -> Topics:
        return self._rules.readings.topics

    def named(self, stored: StoredItem) -> tuple[Mention, ...]:
        """Return the topics and the actors in office, in the order of the bare title (`gist_of`),
        in which their places are."""
        with suppress(ValueError, KeyError):
            if kept := self._store.telling(stored.number, self._rules.index.tellings):
                return tuple(
                    Mention(actor=self._actor(id), field="title", start=start, end=end)
                    for id, start, end in titled_in(kept)
                )
        return named_in_title(self._rules.readings.mentions(gist_of(stored.item)))

    def parts(
        self, items: Iterable[StoredItem], name_of: Callable[[Actor], str] = lambda one: one.name
    ) -> str:
        """Return the parts of a story (see `parts_told`), of which these are items in order."""
        headlines = {one.item.title: one for one in items}
        return parts_told(headlines, self.named, self.topics.parts, name_of)

    def _actor(self, id: str) -> Actor:
        return self.topics.actors.get(id) or self._rules.actors[id]


def stories(
    store: Store,
    query: Query,
    *,
    every: bool,
    limit: int | None,
    roles: Mapping[str, Role],
    headlines: Headlines | None = None,
) -> Report:
    """Report stories with some wanted item, the largest first; `every` counts items without hits.

    A story is complete: items outside the window or without hits belong to it. Single items are
    stories as well. `headlines` tell the parts of stories.
    """
    if every:
        query = replace(query, watchlists=(), priority=None, after_hit=None)
    members = grouped(store.members(query, every=every), lambda one: one.story)
    found = [_GroupedStory.of(some, roles) for some in members.values()]
    found.sort(key=lambda one: (-len(one.items), -one.items[-1].moment.timestamp(), one.id))
    several = [one for one in found if len(one.items) > 1]
    shown = several[:limit] if limit else several
    blocks: list[Note | Table] = [Note(text=_summary(found, several))]
    if shown:
        leads = [store.revision(one.lead.number) for one in shown]
        told = _parts(store, shown, headlines)
        blocks.append(_table(shown, leads, told, len(several) - len(shown)))
    records = tuple(map(_record, found))
    return Report(title="Stories", blocks=tuple(blocks), records=records, fields=FIELDS)


@frozen(kw_only=False)
class _GroupedStory:
    """`items` are sorted by time, earliest first."""

    lead: Member
    items: tuple[Member, ...]

    @classmethod
    def of(cls, members: Iterable[Member], roles: Mapping[str, Role]) -> Self:
        items = sorted(members, key=lambda one: (one.moment, one.id))
        return cls(min(items, key=lambda one: officiality(one.feed, roles)), tuple(items))

    @property
    def id(self) -> str:
        return self.lead.story

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds of the items, the lead's first."""
        return tuple(dict.fromkeys((self.lead.feed, *(one.feed for one in self.items))))


def _record(story: _GroupedStory) -> dict[str, Any]:
    return {
        "story": story.id,
        "lead": story.lead.id,
        "items": [one.id for one in story.items],
        "uids": [one.uid for one in story.items],
        "sources": sorted(set(story.feeds)),
        "first": story.items[0].moment,
        "last": story.items[-1].moment,
    }


def _summary(found: Sequence[_GroupedStory], several: Sequence[object]) -> str:
    if not found:
        return "no stories"
    items = sum(len(one.items) for one in found)
    stories = f"{len(found):,} stories" if len(found) > 1 else "1 story"
    return f"{count(items, 'item')} in {stories}, {len(several):,} of them told more than once"


def _parts(store: Store, shown: Sequence[_GroupedStory], headlines: Headlines | None) -> list[str]:
    if headlines is None:
        return [""] * len(shown)
    items = grouped(store.items_of_stories([one.id for one in shown]), story_of)
    return [headlines.parts(items[one.id]) for one in shown]


def _table(
    shown: Sequence[_GroupedStory], leads: Sequence[StoredItem], parts: Sequence[str], left_out: int
) -> Table:
    left = f"{left_out} not shown, -n 0 shows all" if left_out else ""
    return Table(
        columns=_COLUMNS,
        rows=tuple(map(_cells, shown, leads, parts)),
        caption=", ".join(filter(None, (key_of_times(leads), left))),
    )


def _cells(story: _GroupedStory, lead: StoredItem, parts: str) -> tuple[Cell, ...]:
    more = len(story.feeds) - 1 - _ALSO
    names = ", ".join(story.feeds[: 1 + _ALSO]) + (f" +{more}" if more > 0 else "")
    return (time_of(lead), title_of(lead.item), len(story.items), names, lead.id[:ID_SHOWN], parts)


KINDS: tuple[MarkKind, ...] = ("done", "star", "note")
_LONGEST = 500  # characters of a note


@frozen
class Standing:
    """The marks of one story. `done` maps items to the time when they were marked as done."""

    is_starred: bool = False
    notes: tuple[str, ...] = ()
    done: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[MarkKind, ...]:
        has = {"done": bool(self.done), "star": self.is_starred, "note": bool(self.notes)}
        return tuple(kind for kind in KINDS if has[kind])

    def open_items(self, items: Iterable[StoredItem]) -> list[StoredItem]:
        """Return items that are not done, or were edited since."""
        return [
            one
            for one in items
            if one.id not in self.done
            or (one.revised_at is not None and one.revised_at > self.done[one.id])
        ]

    def remarks(self, items: Collection[StoredItem], messages: Messages = ENGLISH) -> Iterator[str]:
        if self.is_starred:
            yield "★"
        if self.done:
            left = len(self.open_items(items))
            told = messages.say("+{n} since it was done", n=left)
            yield told if left else messages.say(message("done", "mark"))
        yield from (messages.say("note: {note}", note=note) for note in self.notes)


NOTHING = Standing()


def standings_of(store: Store, stories: Collection[str]) -> dict[str, Standing]:
    """Return marks by story; stories without marks are left out."""
    found = grouped(store.marks_of_stories(stories), lambda one: one.story)
    return {
        story: Standing(
            is_starred=any(one.kind == "star" for one in marks),
            notes=tuple(dict.fromkeys(one.note for one in marks if one.kind == "note")),
            done={one.item: one.at for one in marks if one.kind == "done"},
        )
        for story, marks in found.items()
    }


def done_in(found: Iterable[Found], standings: Mapping[str, Standing]) -> set[str]:
    items: dict[str, dict[str, StoredItem]] = {}
    for one in found:
        items.setdefault(story_of(one.stored), {})[one.stored.id] = one.stored
    return {
        story
        for story, some in items.items()
        if story in standings and not standings[story].open_items(some.values())
    }


def mark(
    store: Store, prefix: str, kind: MarkKind, note: str, *, off: bool, now: datetime
) -> Report:
    """Mark the story of the item whose id begins so, or with `off` remove the mark.

    Raises Misuse for a note without words, and for words with another mark.
    """
    words = clean(note)
    _check(kind, words, off=off)
    stored = store.get(prefix)
    story = story_of(stored)
    items = [one.id for one in store.items_of_stories((story,))] or [stored.id]
    if off:
        number = store.unmark_items(items, kind, words)
    else:
        store.mark_items(items, kind, words, now)
        number = len(items)
    title = f"{stored.id[:ID_SHOWN]} {stored.item.title}"
    text = f"{_sentence_about(kind, off=off, number=number, of=len(items))}: {title}"
    return Report(
        blocks=(Note(text=text, level="good" if number else "plain"),),
        records=({"story": story, "mark": kind, "note": words, "off": off, "items": items},),
    )


def _check(kind: MarkKind, words: str, *, off: bool) -> None:
    if kind != "note" and words:
        raise Misuse(f"{kind} takes no words", hint='write: sigtrack mark ID note "..."')
    if kind == "note" and not words and not off:
        raise Misuse("a note needs words", hint='write: sigtrack mark ID note "..."')
    if len(words) > _LONGEST:
        raise Misuse(f"a note of {len(words):,} characters", hint=f"at most {_LONGEST} are kept")


def _sentence_about(kind: MarkKind, *, off: bool, number: int, of: int) -> str:
    what = {"done": "done", "star": "starred", "note": "noted"}[kind]
    if off and not number:
        return "there was no note" if kind == "note" else f"it was not {what}"
    if off:
        return f"{kind} removed from {count(number, 'item')}"
    return f"{what}, {count(of, 'item')} of the story"


def table_of(store: Store, stored: StoredItem) -> list[Table]:
    """Return the table of marks in `show`; nothing if the item's story has none."""
    told = {(one.kind, one.note): one.at for one in store.marks_of_stories((story_of(stored),))}
    if not told:
        return []
    columns = columns_of("mark|key", "since", "words|main")
    rows = tuple((kind, at, note) for (kind, note), at in told.items())
    return [Table(title="Marks of its story", columns=columns, rows=rows)]
