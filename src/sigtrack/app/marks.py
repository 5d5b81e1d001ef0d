"""`sigtrack mark`, and the effect of marks on a report.

A mark belongs to the items of a story with their words at that time. So it stays when stories are
formed again, and a story that was done is open again when an item comes in or is edited.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sigtrack.errors import Misuse
from sigtrack.model import Column, ItemMark, MarkKind, Note, Report, StoredItem, Table
from sigtrack.speech import ENGLISH, Messages, message
from sigtrack.store import Found, Store
from sigtrack.text import clean
from sigtrack.views.hits import ID_SHOWN, count, story_of

KINDS: tuple[MarkKind, ...] = ("done", "star", "note")
_LONGEST = 500  # characters of a note


@dataclass(frozen=True, slots=True, kw_only=True)
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
        """Yield what a report says beside a story of these items."""
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
    found: dict[str, list[ItemMark]] = {}
    for mark in store.marks_of_stories(stories):
        found.setdefault(mark.story, []).append(mark)
    return {
        story: Standing(
            is_starred=any(one.kind == "star" for one in marks),
            notes=tuple(dict.fromkeys(one.note for one in marks if one.kind == "note")),
            done={one.item: one.at for one in marks if one.kind == "done"},
        )
        for story, marks in found.items()
    }


def done_in(found: Iterable[Found], standings: Mapping[str, Standing]) -> set[str]:
    """Return the stories whose items with hits are all done."""
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
    if off:
        return f"{kind} removed from {count(number, 'item')}" if number else f"there was no {kind}"
    what = {"done": "done", "star": "starred", "note": "noted"}[kind]
    return f"{what}, {count(of, 'item')} of the story"


def table_of(store: Store, stored: StoredItem) -> list[Table]:
    """Return the table of marks in `show`; nothing if the item's story has none."""
    told = {(one.kind, one.note): one.at for one in store.marks_of_stories((story_of(stored),))}
    if not told:
        return []
    columns = (
        Column(name="mark", kind="key"),
        Column(name="since"),
        Column(name="words", kind="main"),
    )
    rows = tuple((kind, at, note) for (kind, note), at in told.items())
    return [Table(title="Marks of its story", columns=columns, rows=rows)]
