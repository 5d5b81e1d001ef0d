"""Turns hits into tables for people and records for machines, and says what such views share.

Which item leads a story, how times, ids and marked words are written, which sentence of an article
is quoted, and how a block of a letter is laid out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any, Literal, TypeVar

from sigtrack.analyze.stories.tellings import bare_title, is_column, word_keys
from sigtrack.errors import Misuse
from sigtrack.frozen import frozen
from sigtrack.model import (
    Cell,
    ClassWord,
    Column,
    Hit,
    Item,
    Marked,
    Note,
    Problem,
    Role,
    Seen,
    Span,
    StoredItem,
    Table,
)
from sigtrack.speech import ENGLISH, Messages, Words, message, named_columns
from sigtrack.store.interface import Found
from sigtrack.text import clean
from sigtrack.text.fold import fold_text
from sigtrack.text.scripts import is_cjk
from sigtrack.text.sentences import sentences

_Thing = TypeVar("_Thing")
_Key = TypeVar("_Key")


def grouped(things: Iterable[_Thing], key: Callable[[_Thing], _Key]) -> dict[_Key, list[_Thing]]:
    """Return the things by key, and under each key in the order in which they came."""
    found: dict[_Key, list[_Thing]] = {}
    for one in things:
        found.setdefault(key(one), []).append(one)
    return found


def story_of(stored: StoredItem) -> str:
    return stored.story or stored.id


def is_official(feeds: Iterable[str], roles: Mapping[str, Role]) -> bool:
    return any(feed in roles and roles[feed].is_official for feed in feeds)


def is_sure(feeds: Collection[str], roles: Mapping[str, Role]) -> bool:
    """Whether an official publisher or two publishers report the story."""
    return len(feeds) > 1 or is_official(feeds, roles)


def officiality(feed: str, roles: Mapping[str, Role]) -> int:
    """Return the rank of a feed's role; 0 is the most official."""
    return roles.get(feed, Role.AGGREGATOR).officiality


def lead_first(
    items: Iterable[StoredItem],
    roles: Mapping[str, Role],
    is_aside: Callable[[StoredItem], bool] = lambda _: False,
) -> list[StoredItem]:
    """Return the lead, then the others by time. The lead is of the most official role, and its
    headline tells most of what the others tell; of equal ones it is the earliest. A comment or
    round-up is lead only of its like. `is_aside` tells of the best few whether they are another
    side of the story, such as what it did to a market."""
    by_time = sorted(items, key=lambda stored: (stored.moment, stored.id))
    if len(by_time) == 1:
        return by_time
    typical = _typical([stored.item for stored in by_time[:_COMPARED]])
    best = sorted(
        by_time,
        key=lambda one: (
            is_column(one.item.title),
            officiality(one.item.feed, roles),
            -typical.get(one.item.title, 0.0),
        ),
    )
    lead = next((one for one in best[:_TRIED] if not is_aside(one)), best[0])
    return [lead, *(stored for stored in by_time if stored is not lead)]


_COMPARED = 100  # headlines
_READ = 300  # characters of each
_TRIED = 4


def _typical(items: Sequence[Item]) -> Mapping[str, float]:
    """Return for each headline how much it tells of what all those of its language tell. Of two
    none tells more."""
    if len({item.title for item in items}) < 3:
        return {}
    words = {
        item.title: [(item.language, word) for word in word_keys(bare_title(item.title[:_READ]))]
        for item in items
    }
    seen = Counter(word for item in items for word in words[item.title])
    return {
        title: sum(seen[word] - 1 for word in some) / math.sqrt(len(some) or 1)
        for title, some in words.items()
    }


Marks = tuple[tuple[int, int], ...]
Group = Literal["story", "watchlist", "source", "day", "none"]
GROUPS: tuple[Group, ...] = ("story", "watchlist", "source", "day", "none")
ID_SHOWN = 6  # hex digits of an item's id in tables; any unique prefix is accepted
FIELDS = (
    *("item", "uid", "title", "link", "source", "lang", "published", "first_seen", "story"),
    *("watchlist", "signal", "priority", "score", "spans"),
)


@dataclass(slots=True, kw_only=True)
class Row:
    """One line of a table: an item, or items of one story with the lead first.

    `hits` are those of this table, by item id.
    """

    items: list[StoredItem]
    hits: dict[str, list[Hit]] = field(default_factory=dict)
    is_new: bool = False

    @property
    def stored(self) -> StoredItem:
        return self.items[0]

    @property
    def all_hits(self) -> list[Hit]:
        return [hit for stored in self.items for hit in self.hits[stored.id]]

    @property
    def rank(self) -> int:
        return max(hit.priority.rank for hit in self.all_hits)

    @property
    def feeds(self) -> int:
        return len({stored.item.feed for stored in self.items})


@frozen
class Headings:
    """Titles of watchlists, in the order of display."""

    watchlists: Mapping[str, str]

    def of(self, watchlist: str) -> str:
        return self.watchlists.get(watchlist, watchlist)

    def check(self, asked: Iterable[str]) -> None:
        """Raises Misuse for a watchlist that does not exist."""
        for id in asked:
            if id not in self.watchlists:
                raise no_such("watchlist", id, self.watchlists)


def tables_by_group(
    found: Sequence[Found],
    *,
    group: Group,
    headings: Headings,
    zone: tzinfo,
    limit: int | None,
    roles: Mapping[str, Role],
    is_new: Callable[[int], bool] = lambda _: False,
    messages: Messages = ENGLISH,
    remark: Callable[[Iterable[Hit]], str] = lambda _: "",
) -> Iterator[tuple[Table, set[str]]]:
    """Yield the table of each group, with at most `limit` rows (None = all), the most important
    first, and the ids of the items in it.

    A story is one row with its lead (which `roles` of feeds decide). In the groups "source" and
    "story" each item is a row. `is_new` tells from a hit's number whether it is new to the reader.
    `remark` is what stands below a headline with these hits, "" for nothing.
    """
    key, title, order = _grouping(group, headings, zone, messages)
    if group == "story":
        key, title, order = _of_stories(found, roles, messages)
    is_line_a_story = group in ("watchlist", "day", "none")
    groups: dict[str, dict[str, Row]] = {}
    for stored, hit, number in found:
        rows = groups.setdefault(key(stored, hit), {})
        row = rows.setdefault(story_of(stored) if is_line_a_story else stored.id, Row(items=[]))
        if stored.id not in row.hits:
            row.items.append(stored)
        row.hits.setdefault(stored.id, []).append(hit)
        row.is_new |= is_new(number)
    for rows in groups.values():
        for row in rows.values():
            row.items = lead_first(row.items, roles)
    for name in sorted(groups, key=order):
        every = sorted(groups[name].values(), key=_importance)
        shown = every[:limit]
        remarks = [remark(row.all_hits) for row in shown]
        ids = {stored.id for row in shown for stored in row.items}
        yield _table(title(name), every, group, remarks, messages), ids


def _importance(row: Row) -> tuple[int, float, str]:
    return (-row.rank, -when(row.stored).timestamp(), row.stored.id)


_ONCE = ""  # the group of stories with one item


def _of_stories(found: Sequence[Found], roles: Mapping[str, Role], messages: Messages) -> Grouping:
    """Group by story: a table for each story of several items, largest first; then all others."""
    items: dict[str, dict[str, StoredItem]] = {}
    for stored, _, _ in found:
        items.setdefault(story_of(stored), {})[stored.id] = stored
    leads = {
        story: lead_first(members.values(), roles)[0]
        for story, members in items.items()
        if len(members) > 1
    }

    def order(story: str) -> tuple[bool, int, float, str]:
        if story == _ONCE:
            return True, 0, 0.0, story
        return False, -len(items[story]), -when(leads[story]).timestamp(), story

    return (
        lambda stored, _: story_of(stored) if story_of(stored) in leads else _ONCE,
        lambda story: leads[story].item.title if story in leads else messages.say("told once"),
        order,
    )


def without_article(stored: StoredItem) -> StoredItem:
    """Return the item without its summary and texts, which would fill the memory."""
    return replace(stored, item=replace(stored.item, summary="", text="", full_text=""))


def record_of_item(stored: StoredItem) -> dict[str, Any]:
    item = stored.item
    return {
        "item": stored.id,
        "uid": item.uid,
        "title": item.title,
        "link": item.url,
        "source": item.feed,
        "lang": item.language,
        "published": item.published,
        "first_seen": stored.first_seen,
        "story": stored.story,
    }


def record_of(stored: StoredItem, hit: Hit) -> dict[str, Any]:
    return record_of_item(stored) | {
        "watchlist": hit.watchlist,
        "signal": hit.signal,
        "priority": str(hit.priority),
        "score": hit.score,
        "spans": [_span_record(stored, span) for span in hit.spans],
    }


def marked_title(stored: StoredItem, hits: Iterable[Hit]) -> Marked:
    """Return the headline, with the words marked on which hits rest."""
    return title_of(stored.item, marks_of("title", (s for hit in hits for s in hit.spans)))


def title_of(item: Item, marks: Marks = ()) -> Marked:
    return Marked(text=item.title, spans=marks, link=item.url, language=item.language)


def marks_of(field: str, spans: Iterable[Span]) -> Marks:
    """Return where these spans stand in a field of an item, in order."""
    return tuple(sorted({(span.start, span.end) for span in spans if span.field == field}))


def words_at(stored: StoredItem, span: Span) -> str:
    text: str = getattr(stored.item, span.field)
    return text[span.start : span.end]


def marked_part(
    text: str,
    field: str,
    spans: Iterable[Span],
    link: str = "",
    *,
    start: int = 0,
    end: int | None = None,
) -> Marked:
    """Return a part of a field with its marks; marks that reach beyond it are cut later."""
    marks = tuple((first - start, last - start) for first, last in marks_of(field, spans))
    return Marked(text=text[start:end], spans=marks, link=link)


def _span_record(stored: StoredItem, span: Span) -> dict[str, Any]:
    return {
        "field": span.field,
        "start": span.start,
        "end": span.end,
        "text": words_at(stored, span),
        "term": span.term,
    } | ({"classes": list(map(_class_record, span.classes))} if span.classes else {})


def _class_record(one: ClassWord) -> dict[str, Any]:
    place = one.place
    return {"class": one.name, "word": one.word, "file": place.path, "line": place.line}


def when(stored: StoredItem) -> datetime:
    """Return the time to show: the publisher's, unless it is in the future; else when we saw it."""
    published = stored.item.published
    return published if published and published <= stored.moment else stored.moment


def is_undated(stored: StoredItem) -> bool:
    """Whether the publisher gave no date, or one in the future."""
    return when(stored) != stored.item.published


def time_of(stored: StoredItem, messages: Messages = ENGLISH) -> datetime | Seen:
    """Return the cell for the time; `Seen` if the time is not the publisher's."""
    if not is_undated(stored):
        return when(stored)
    return Seen(at=when(stored), label=messages.say(message("seen", "item")))


def key_of_times(stored: Iterable[StoredItem], messages: Messages = ENGLISH) -> str:
    """Return the caption that explains the mark of `time_of`; "" if no item has it."""
    return messages.say("seen: undated") if any(map(is_undated, stored)) else ""


# Three functions: the group of a hit, the title of a group, and the sort key of a group.
Grouping = tuple[Callable[[StoredItem, Hit], str], Callable[[str], str], Callable[[str], Any]]


def _grouping(group: Group, headings: Headings, zone: tzinfo, messages: Messages) -> Grouping:
    match group:
        case "watchlist":
            order = list(headings.watchlists)
            return (
                lambda _, hit: hit.watchlist,
                lambda id: messages.title(headings.of(id)),
                lambda name: (order.index(name) if name in order else len(order), name),
            )
        case "source":
            return (lambda stored, _: stored.item.feed, str, str)
        case "day":
            return (
                lambda stored, _: when(stored).astimezone(zone).date().isoformat(),
                str,
                lambda day: -int(day.replace("-", "")),  # the latest first
            )
        case "none" | "story":
            return (lambda _, __: "", lambda _: "", str)


WHEN, HEADLINE, ID = named_columns("when", "headline|main", "id|key")
_SOURCE, _ALSO, _SIGNAL, _REMARKS = named_columns(
    "source", "+n|key right", "signal", "remarks|below"
)


def _table(
    title: str, rows: Sequence[Row], group: Group, remarks: Sequence[str], messages: Messages
) -> Table:
    """Return the table of the first rows, as many as there are remarks."""
    shown = rows[: len(remarks)]
    with_source, with_remarks = group != "source", any(remarks)
    with_also = with_source and any(row.feeds > 1 for row in shown)
    columns = (
        *(WHEN, HEADLINE, *[_SOURCE] * with_source, *[_ALSO] * with_also, ID, _SIGNAL),
        *[_REMARKS] * with_remarks,
    )
    undated = key_of_times((row.stored for row in shown), messages)
    return Table(
        title=title,
        caption=_caption(rows, len(rows) - len(shown), undated, messages),
        columns=messages.columns(columns),
        rows=tuple(
            (*_cells(row, group, messages, with_also=with_also), *[remark] * with_remarks)
            for row, remark in zip(shown, remarks, strict=True)
        ),
        emphasis=tuple(_emphasis(row) for row in shown),
    )


def _cells(row: Row, group: Group, messages: Messages, *, with_also: bool) -> tuple[Cell, ...]:
    stored = row.stored
    cells: list[Cell] = [time_of(stored, messages), marked_title(stored, row.hits[stored.id])]
    if group != "source":
        cells.append(stored.item.feed)
    if with_also:
        cells.append(f"+{row.feeds - 1}" if row.feeds > 1 else "")
    names = dict.fromkeys(
        (hit.signal if group == "watchlist" else hit.watchlist)
        + (" (full text)" if hit.needs_full_text else "")
        for hit in row.all_hits
    )
    return (*cells, row.stored.id[:ID_SHOWN], ", ".join(names))


def _emphasis(row: Row) -> Literal["", "new", "urgent", "dim"]:
    if row.rank == 4:
        return "urgent"
    return "new" if row.is_new else ""


def _caption(rows: Sequence[Row], left_out: int, undated: str, messages: Messages) -> str:
    has_also = any(row.feeds > 1 for row in rows)
    return messages.listed(
        (
            items_in_stories(sum(len(row.items) for row in rows), len(rows), messages),
            messages.say("+n: also in n feeds") if has_also else "",
            how_many_new(sum(row.is_new for row in rows), len(rows), messages),
            undated,
            messages.say("{n} not shown, -n 0 shows all", n=left_out) if left_out else "",
        )
    )


def items_in_stories(items: int, stories: int, messages: Messages) -> str:
    """ "5 items in 2 stories", or "5 items" if each item is a story."""
    told = messages.plural("{n} item", "{n} items", items)
    if items <= stories:
        return told
    of = messages.plural("{n} story", "{n} stories", stories)
    return messages.say("{items} in {stories}", items=told, stories=of)


def how_many_new(new: int, of: int, messages: Messages) -> str:
    """ "3 new", "all new", or "" if nothing is new."""
    if not new:
        return ""
    return messages.say("{n} new", n=new) if new < of else messages.say("all new")


def note_of(problem: Problem) -> Note:
    return Note(text=str(problem), level="warning" if problem.severity == "error" else "plain")


def no_such(
    what: str, name: str, known: Iterable[str], otherwise: str = "", *, sign: str = ""
) -> Misuse:
    """Return the error for a name that nothing has. The hint is a similar one of the `known`, else
    `otherwise`, by default all of them."""
    from sigtrack.text.documents import did_you_mean

    known = list(known)
    otherwise = otherwise or f"one of: {', '.join(known)}"
    hint = did_you_mean(name.lstrip(sign) if sign else name, known, otherwise, sign=sign)
    return Misuse(f"there is no {what} {clean(name[:60])!r}", hint=hint)


def count(number: int, noun: str) -> str:
    """Return "1 item", "2 items" or "1,204 items"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(text: str, most: int) -> str:
    """Return a text of more than `most` characters cut, with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


MORE = message("And {n} more.")
_SHOWN = 8
_EVIDENCE = 2


def block_of(
    title: str,
    columns: tuple[Column, ...],
    rows: Sequence[tuple[Cell, ...]],
    words: Words,
    *,
    urgent: int = 0,
) -> tuple[Table, ...]:
    """Return a table, or nothing if there are no rows. `title` and the names of `columns` are
    messages. The first `urgent` rows are marked as urgent."""
    if not rows:
        return ()
    left = len(rows) - _SHOWN
    return (
        Table(
            title=words.say(title),
            caption=words.say("{n} more", n=left) if left > 0 else "",
            columns=words.columns(columns),
            rows=tuple(rows[:_SHOWN]),
            emphasis=tuple("urgent" for _ in rows[:_SHOWN][:urgent]),
        ),
    )


def ids_of(evidence: Sequence[str]) -> str:
    """Return the first ids, in the short form that the reader may type."""
    return " ".join(id[:ID_SHOWN] for id in evidence[:_EVIDENCE])


LONGEST = 360  # characters; Han and Hangul need half as many for the same content
_LEAD_IN = 60  # characters kept before the first mark of a sentence that is cut


def headline_of(stored: StoredItem, hits: Iterable[Hit]) -> Marked:
    item = stored.item
    marks = _marks(item.title, (s for hit in hits for s in hit.spans if s.field == "title"))
    return title_of(item, marks)


def quote_of(stored: StoredItem, hits: Sequence[Hit]) -> Marked | None:
    """Return the sentence of summary, text or full text with most terms of the first hit.

    None if all terms are in the title, or if the sentence only repeats the title.
    """
    item = stored.item
    title = fold_text(item.title).lower().strip(" .")
    fields = (("summary", item.summary), ("text", item.text), ("full_text", item.full_text))
    for part, text in fields:
        spans = [span for hit in hits for span in hit.spans if span.field == part]
        first = {span.term for span in hits[0].spans if span.field == part} if hits else set()
        best = _best(text, spans, first) if first else None
        if best is None or fold_text(text[slice(*best)]).lower().strip(" .") == title:
            continue
        return _cut(text, best, spans, item.language)
    return None


def passages(text: str, spans: Sequence[Span], language: str | None) -> Iterator[Marked]:
    """Yield the sentences of a text in which these spans stand, in order."""
    for start, end in sentences(text):
        if any(start <= span.start and span.end <= end for span in spans):
            yield _cut(text, (start, end), spans, language)


def _best(text: str, spans: Sequence[Span], wanted: Collection[str]) -> tuple[int, int] | None:
    """Return the sentence with most of the wanted terms; of several, the earliest."""
    found: tuple[int, int] | None = None
    most = 0
    for start, end in sentences(text):
        here = {s.term for s in spans if s.start >= start and s.end <= end and s.term in wanted}
        if len(here) > most:
            most, found = len(here), (start, end)
    return found


def _cut(
    text: str, sentence: tuple[int, int], spans: Sequence[Span], language: str | None
) -> Marked:
    start, end = sentence
    inside = [s for s in spans if s.start >= start and s.end <= end]
    before = after = ""
    if end - start > LONGEST:
        first = min(span.start for span in inside)
        if first - start > LONGEST - _LEAD_IN:
            start, before = _word_start(text, first - _LEAD_IN, first), "… "
        if end - start > LONGEST:
            end, after = _word_end(text, start + LONGEST, first), " …"
    words = f"{before}{text[start:end]}"
    marks = _marks(words, inside, len(before) - start)
    return Marked(text=f"{words}{after}", spans=marks, language=language)


def _word_start(text: str, at: int, least: int) -> int:
    space = text.find(" ", at, least)
    return space + 1 if space >= 0 else at


def _word_end(text: str, at: int, least: int) -> int:
    space = text.rfind(" ", max(least, at - 40), at)
    return space if space >= 0 else at


def _marks(text: str, spans: Iterable[Span], shift: int = 0) -> Marks:
    """Return marks in order, inside the text; marks with only a space between them are joined."""
    found: list[tuple[int, int]] = []
    size = len(text)
    inside = ((max(span.start + shift, 0), min(span.end + shift, size)) for span in spans)
    for start, end in sorted(inside):
        if start >= end:
            continue
        if found and _belong_together(text, found[-1][1], start):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _belong_together(text: str, end: int, start: int) -> bool:
    """Whether two marks touch, or only a space is between them and not beside Han or Kana."""
    if text[end:start] != " ":
        return start <= end
    return not is_cjk(text[end - 1]) and not is_cjk(text[start])
