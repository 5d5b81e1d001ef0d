"""`sigtrack edits`: silent edits by publishers, the heaviest change first.

An edit is shown if a watchlist hit some revision of the item and the change matters. Other edits
are counted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sigtrack.analyze.compare import Edit, TextVersion, edit_of
from sigtrack.analyze.compare.reading import MENTION
from sigtrack.app.in_force import InForce
from sigtrack.app.window import phrase_of
from sigtrack.frozen import frozen
from sigtrack.model import Marked, Note, Report, StoredItem, Table, columns_of
from sigtrack.speech import ENGLISH, Messages, message
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from sigtrack.views.hits import ID_SHOWN, count, shortened, title_of, without_article

FIELDS = (
    *("item", "revision", "edited", "title", "title_before", "link", "source", "lang", "story"),
    *("weight", "in", "gone", "come", "direction", "topic", "names_gone", "names_come"),
)
_LONGEST = 60  # characters shown of changed words, on each side
_NAMED = ("person", "country")
_HEADS = {
    ("hardened", True): message("hardened"),
    ("softened", True): message("softened"),
    ("hardened", False): message("hardened in the text"),
    ("softened", False): message("softened in the text"),
    ("", False): message("in the text"),
}
_COLUMNS = columns_of("edited", "headline as it is now|main", "id|key", "change|below")


@frozen
class Edited:
    """A revision, the one before it, and how the words changed."""

    before: StoredItem
    after: StoredItem
    edit: Edit

    @property
    def at(self) -> datetime:
        return self.after.revised_at or self.after.first_seen


class EditReader:
    """Compares revisions of stored items. The rules are loaded with the first edit."""

    def __init__(self, store: Store, files: InForce) -> None:
        self._store, self._files = store, files

    def edit(self, after: StoredItem) -> Edited | None:
        """Return what this revision changed; None if no earlier revision is stored."""
        past = [one for one in self._store.revisions(after.id) if one.revision < after.revision]
        if not past:
            return None
        before, rules = past[-1], self._files.readings
        versions = self._version(before), self._version(after)
        edit = edit_of(*versions, rules.formulary, rules.lexicon)
        return Edited(before=before, after=after, edit=edit)

    def remark(
        self, stored: StoredItem, since: datetime | None, messages: Messages = ENGLISH
    ) -> str:
        """Describe the last edit of an item for a report; "" if it matters little or is older."""
        if stored.revised_at is None or (since is not None and stored.revised_at < since):
            return ""
        latest = self._store.revisions(stored.id)[-1]  # with its text
        found = self.edit(latest)
        if found is None or found.edit.weight < MENTION:
            return ""
        told = change_of(found.edit, messages)
        if _head(found.edit, messages):
            return messages.say("edited, {change}", change=told)
        return messages.say("edited: {change}", change=told)

    def _version(self, stored: StoredItem) -> TextVersion:
        item = stored.item
        named = (
            one.actor.name
            for one in self._files.readings.mentions(without_article(stored).item)
            if one.actor.kind in _NAMED
        )
        return TextVersion(
            title=item.title, body=item.text or item.summary, named=tuple(dict.fromkeys(named))
        )


def change_of(edit: Edit, messages: Messages = ENGLISH) -> str:
    """softened: DPRK → Korean Peninsula; name Cho Hyun → Cho Tae-yul."""
    names = _turn(", ".join(edit.names_gone), ", ".join(edit.names_come), messages)
    words, head = _turn(edit.gone, edit.come, messages), _head(edit, messages)
    told = messages.say("{head}: {words}", head=head, words=words) if head else words
    if not names:
        return told
    if not head and names == words:
        return names
    renamed = messages.say("name {names}", names=names)
    return messages.clauses((told, renamed)) if head else renamed


def _head(edit: Edit, messages: Messages) -> str:
    """ "softened in the text"; "" for neutral words of the title."""
    turned = edit.direction if edit.direction in ("hardened", "softened") else ""
    said = _HEADS.get((turned, edit.in_title))
    return messages.say(said) if said else ""


def _turn(gone: str, come: str, messages: Messages) -> str:
    """ "old → new"; "gone: x" or "new: x" if one side is empty."""
    gone, come = shortened(gone, _LONGEST), shortened(come, _LONGEST)
    if gone and come:
        return f"{gone} → {come}"
    if gone:
        return messages.say("gone: {words}", words=gone)
    return messages.say("new: {words}", words=come) if come else ""


def edits(
    store: Store, query: Query, files: InForce, *, since: str, every: bool, limit: int | None
) -> Report:
    """Report the edits of a window, one row each; `since` is its start as the user wrote it.

    `every` adds edits of items without a hit, and edits of little weight. Watchlists and priority
    of the query restrict which hits count.
    """
    revisions = list(store.edited(replace(query, after_revision=_after(store, since))))
    read = [one for one in revisions if every or _is_hit(store, one, query)]
    found = [one for one in map(EditReader(store, files).edit, read) if one is not None]
    found = [one for one in found if every or one.edit.weight >= MENTION]
    found.sort(key=lambda one: one.at, reverse=True)
    found.sort(key=lambda one: one.edit.weight, reverse=True)
    left = len(revisions) - len(found)
    summary = Note(text=_summary(found, left, since, every=every))
    return Report(
        title="Silent edits",
        blocks=(summary, _table(found, limit)) if found else (summary,),
        records=tuple(map(_record, found)),
        fields=FIELDS,
    )


def _after(store: Store, since: str) -> int | None:
    """Return the last revision before a window that begins with a run or a mail."""
    match since:
        case "last-fetch":
            run = store.last_run("fetch")
            return run.after_revision if run else None
        case "last-digest":
            look = store.last_look("digest")
            return look.revision if look else None
    return None


def _is_hit(store: Store, revision: StoredItem, query: Query) -> bool:
    least = query.priority.rank if query.priority else 0
    return any(
        (not query.watchlists or one.hit.watchlist in query.watchlists)
        and one.hit.priority.rank >= least
        for one in store.hits_of(revision.id)
    )


def _summary(found: list[Edited], left: int, since: str, *, every: bool) -> str:
    sources = len({one.after.item.feed for one in found})
    none = "no edit" if every else "no edit that matters"
    text = f"{count(len(found), 'edit')} of {count(sources, 'source')}" if found else none
    others = f"; {count(left, 'other edit')} not shown without --all" if left else ""
    return f"{text} {phrase_of(since)}{others}"


def _table(found: list[Edited], limit: int | None) -> Table:
    shown = found[:limit] if limit else found
    left = len(found) - len(shown)
    return Table(
        title="Edits",
        caption=f"{left} not shown, -n 0 shows all" if left else "the heaviest first",
        columns=_COLUMNS,
        rows=tuple(_row(one) for one in shown),
    )


def _row(one: Edited) -> tuple[datetime, Marked, str, str]:
    item, edit = one.after.item, one.edit
    facts = (change_of(edit) or "signs, capitals or spaces", edit.topic, item.feed)
    title = title_of(item, edit.marks)
    return one.at, title, one.after.id[:ID_SHOWN], " · ".join(filter(None, facts))


def _record(one: Edited) -> dict[str, Any]:
    item, edit = one.after.item, one.edit
    return {
        "item": one.after.id,
        "revision": one.after.revision,
        "edited": one.at,
        "title": item.title,
        "title_before": one.before.item.title,
        "link": item.url,
        "source": item.feed,
        "lang": item.language,
        "story": one.after.story,
        "weight": edit.weight,
        "in": "title" if edit.in_title else "text",
        "gone": edit.gone,
        "come": edit.come,
        "direction": edit.direction,
        "topic": edit.topic,
        "names_gone": list(edit.names_gone),
        "names_come": list(edit.names_come),
    }
