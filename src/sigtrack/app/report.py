"""`sigtrack report`: the hits of a window, and which of them are new since the last look.

In the group "weight" the heaviest stories come first (see `views.stories`). The other groups are
tables of hits, the latest first within a priority.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import cache, partial
from itertools import compress, islice
from typing import TYPE_CHECKING, Any, Literal

from sigtrack.app.stories import NOTHING, Standing, done_in, standings_of
from sigtrack.app.window import Wanted, phrase_of, query_of
from sigtrack.frozen import frozen
from sigtrack.model import Block, Feed, Hit, Note, Report, Role, StoredItem, Table
from sigtrack.speech import ENGLISH, Messages, Words
from sigtrack.store.interface import Found, Look, Query, Store
from sigtrack.views import hits
from sigtrack.views.hits import (
    FIELDS,
    Headings,
    is_sure,
    items_in_stories,
    record_of,
    sections_of,
    story_of,
    without_articles,
)
from sigtrack.views.stories import Front, Signals, first_table, front_of, list_tables

if TYPE_CHECKING:
    from sigtrack.app.edits import EditReader
    from sigtrack.app.expect import Outlook
    from sigtrack.app.in_force import Index
    from sigtrack.app.opinions import OpinionReader, OpinionsOnHits
    from sigtrack.app.weights import Scales
    from sigtrack.config import Settings
    from sigtrack.views.stories import Weighed

READER = "report"
Group = Literal["weight"] | hits.Group
GROUPS: tuple[Group, ...] = ("weight", *hits.GROUPS)
_STORY = FIELDS.index("story") + 1
WEIGHED_FIELDS = (*FIELDS[:_STORY], "weight", "marks", "notes", *FIELDS[_STORY:])


@frozen
class Shape:
    """How the report is laid out. `is_look`: a person sees it, so its hits are not new next time.
    `with_done`: include stories that the reader marked as done. `sure`: only stories that an
    official publisher or two publishers report. `with_records`: also make a record of each hit,
    which a table does not need. `opinions` reads what a second reader says of the hits; None leaves
    it out, and then the store is not asked."""

    group: Group = "weight"
    limit: int | None = None
    is_look: bool = True
    with_done: bool = False
    sure: bool = False
    with_records: bool = True
    opinions: OpinionReader | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The keys of a record."""
        usual = WEIGHED_FIELDS if self.group == "weight" else FIELDS
        return (*usual, "opinion") if self.opinions else usual


@frozen
class Weighing:
    """What is needed to weigh stories, made when the window is known.

    `words` are those of the reader. `signals` are titles by watchlist and signal. `changed` returns
    blocks of the visits that changed in the window. `edited` says what an edit since a moment
    changed in an item, "" for no edit. `gloss` is the gloss of `Weighed`.
    """

    words: Words
    scales: Callable[[Query], Scales]
    signals: Signals
    changed: Callable[[Query], Sequence[Block]] = lambda _: ()
    edited: Callable[[StoredItem, datetime | None], str] = lambda *_: ""
    gloss: Callable[[Weighed], tuple[str, ...]] = lambda _: ()


def report(
    store: Store,
    wanted: Wanted,
    shape: Shape,
    *,
    headings: Headings,
    feeds: Iterable[Feed],
    now: datetime,
    zone: tzinfo,
    messages: Messages = ENGLISH,
    roles: Mapping[str, Role] | None = None,
    expected: Sequence[Block] = (),
    weighing: Weighing | None = None,
) -> Report:
    """Return the heaviest stories and then the others by watchlist, or tables by group.

    `expected` are blocks of expectations (see `app.expect`); the group "weight" needs `weighing`.
    The reader's look is saved, unless a filter narrows the report: hits that were not shown stay
    new, and so do rows that the limit cuts.
    """
    query = query_of(wanted, store, feeds, now, zone)
    told = told_in(store, query, shape, roles or {})
    found, records = told.found, told.records
    blocks: list[Block] = [Note(text=told.summary(wanted.since, zone, messages))]
    is_look = shape.is_look and not shape.sure and not _is_narrowed(wanted)
    shown: set[str] = set()  # ids of items
    if shape.group != "weight":
        tables, shown = _tables_of(told, shape.group, shape.limit, headings, zone, roles, messages)
        blocks += [*tables, *expected]
    elif found and weighing:
        scales = weighing.scales(query)
        front = front_in(told, query, weighing, scales)
        records = _in_order(front, told, shape.fields) if shape.with_records else records
        shown.update(one.id for story in front.shown(shape.limit) for one in story.items)
        blocks += [
            first_table(
                with_parts(front, scales) if shape.is_look else front,
                headings,
                weighing.signals,
                now,
                messages,
            ),
            *expected,
            *(weighing.changed(query) if is_look else ()),
            *list_tables(front, headings, weighing.signals, now, messages, limit=shape.limit),
        ]
    else:
        blocks += expected
    if is_look:
        store.look(READER, now, unseen=unseen_in(found, shown, told.last))
    return Report(
        title=messages.say("Signals"),
        blocks=tuple(blocks),
        language=messages.language,
        records=tuple(records),
        fields=shape.fields,
    )


def _tables_of(
    told: Told,
    group: hits.Group,
    limit: int | None,
    headings: Headings,
    zone: tzinfo,
    roles: Mapping[str, Role] | None,
    messages: Messages,
) -> tuple[list[Table], set[str]]:
    """Return a table a group, and the ids of the items in them."""
    sections = sections_of(
        told.found,
        group=group,
        headings=headings,
        zone=zone,
        limit=limit,
        is_new=told.is_new,
        roles=roles,
        messages=messages,
    )
    remark = partial(told.remark, messages=messages)
    shown = {id for section in sections for id in section.items}
    return [one.table(group, messages, remark) for one in sections], shown


@frozen
class Told:
    """The hits to show, a record of each or none, the marks of their stories, the stories that
    are left out because they are done, the reader's last look, and what a second reader says of the
    hits (None if that is not asked for)."""

    found: list[Found]
    records: list[Mapping[str, Any]]
    standings: Mapping[str, Standing]
    done: Collection[str]
    last: Look | None
    opinions: OpinionsOnHits | None = None

    def remark(self, hits: Iterable[Hit], messages: Messages = ENGLISH) -> str:
        """Return what the second reader says of these hits, "" for nothing."""
        return self.opinions.remark(hits, messages) if self.opinions else ""

    def is_new(self, number: int) -> bool:
        """Whether the hit of this number is new to the reader."""
        return self.last is None or self.last.is_new(number)

    def summary(self, since: str, zone: tzinfo, messages: Messages = ENGLISH) -> str:
        return messages.clauses(
            (
                summary_of(self.found, since, self.last, zone, messages),
                *_of_done(self.done, messages),
            )
        )

    def standing(self, story: Weighed) -> Standing:
        return self.standings.get(story_of(story.lead), NOTHING)


def told_in(store: Store, query: Query, shape: Shape, roles: Mapping[str, Role]) -> Told:
    """Return the hits of a window, without stories that `shape` excludes."""
    records: list[Mapping[str, Any]] = []
    hits = store.hits(query)
    found = list(without_articles(_recorded(hits, records) if shape.with_records else hits))
    standings = standings_of(store, {story_of(one.stored) for one in found})
    done = set() if shape.with_done else done_in(found, standings)
    hidden = done | (_unsure(store, found, roles) if shape.sure else set())
    shown = [story_of(one.stored) not in hidden for one in found]
    found = list(compress(found, shown))
    records = list(compress(records, shown))
    opinions = shape.opinions.on(found) if shape.opinions else None
    if opinions:
        from sigtrack.app.opinions import opinion_record

        records = [
            {**record, "opinion": opinion_record(opinions.of(one.hit))}
            for one, record in zip(found, records, strict=False)  # or there are no records
        ]
    return Told(
        found=found,
        records=records,
        standings=standings,
        done=done,
        last=store.last_look(READER),
        opinions=opinions,
    )


def front_in(told: Told, query: Query, weighing: Weighing, scales: Scales) -> Front:
    """Return the stories of these hits in the order of display, the heaviest first."""
    weighed = scales.weigh(told.found, is_new=told.is_new)
    return front_of([annotated(story, told, weighing, query) for story in weighed])


def with_parts(front: Front, scales: Scales) -> Front:
    """Add the parts of the first stories; up to 60 headlines of each are read."""
    first = tuple(replace(story, told_parts=scales.parts(story)) for story in front.first)
    return replace(front, first=first)


def _is_narrowed(wanted: Wanted) -> bool:
    """Whether a filter hides hits of the window."""
    return bool(
        wanted.watchlists
        or wanted.sources
        or wanted.languages
        or wanted.priority
        or wanted.until
        or wanted.starred
    )


def unseen_in(found: Sequence[Found], shown: Collection[str], last: Look | None) -> set[int]:
    """Return the hits that stay new: those cut from this window, and unseen ones outside it."""
    here = {one.number: one.stored.id for one in found}
    before = last.unseen - here.keys() if last else frozenset()
    cut = (number for number, id in here.items() if id not in shown)
    return {*before, *(number for number in cut if not last or last.is_new(number))}


def _unsure(store: Store, found: Iterable[Found], roles: Mapping[str, Role]) -> set[str]:
    tellers: dict[str, set[str]] = {}
    for one in found:
        tellers.setdefault(story_of(one.stored), set()).add(one.stored.item.feed)
    for stored in store.items_of_stories(tellers):
        tellers[story_of(stored)].add(stored.item.feed)
    return {story for story, feeds in tellers.items() if not is_sure(feeds, roles)}


def _of_done(done: Collection[str], messages: Messages) -> Iterator[str]:
    if done:
        yield messages.plural(
            "{n} story is done, --all shows them",
            "{n} stories are done, --all shows them",
            len(done),
        )


def annotated(story: Weighed, told: Told, weighing: Weighing, query: Query) -> Weighed:
    """Add the reader's marks, the first edit among the items, what the second reader says, and a
    gloss."""
    marks = told.standing(story).remarks(story.items, weighing.words)
    edited = (weighing.edited(one, query.since) for one in story.items if one.revised_at)
    opinion = told.remark((h for one in story.items for h in story.hits[one.id]), weighing.words)
    remarks = (*marks, *islice(filter(None, edited), 1), *filter(None, (opinion,)))
    return replace(story, remarks=remarks, gloss=weighing.gloss(story))


def _in_order(front: Front, told: Told, fields: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the records story by story in the order of display, the lead first, with the weight
    and marks of the story."""
    by_item: dict[str, list[Mapping[str, Any]]] = {}
    for one, record in zip(told.found, told.records, strict=True):
        by_item.setdefault(one.stored.id, []).append(record)
    ordered: list[Mapping[str, Any]] = []
    for story in front.stories:
        standing = told.standing(story)
        of_story = {
            "weight": story.weight,
            "marks": list(standing.kinds),
            "notes": list(standing.notes),
        }
        ordered += [
            {key: of_story[key] if key in of_story else record[key] for key in fields}
            for stored in story.items
            for record in by_item[stored.id]
        ]
    return ordered


def _recorded(hits: Iterable[Found], records: list[Mapping[str, Any]]) -> Iterator[Found]:
    """Yield the hits after adding a record of each, while its text is at hand."""
    for one in hits:
        records.append(record_of(one.stored, one.hit))
        yield one


def summary_of(
    found: list[Found],
    since: str,
    last: Look | None,
    zone: tzinfo,
    messages: Messages = ENGLISH,
) -> str:
    """Say in one sentence how many hits there are, of how many sources, and how many are new."""
    window = phrase_of(since, messages)
    if not found:
        return messages.say("no hits {window}", window=window)
    items = {one.stored.id for one in found}
    stories = {story_of(one.stored) for one in found}
    sources = {one.stored.item.feed for one in found}
    text = messages.say(
        "{items} with {hits} from {sources} {window}",
        items=items_in_stories(len(items), len(stories), messages),
        hits=messages.plural("{n} hit", "{n} hits", len(found)),
        sources=messages.plural("{n} source", "{n} sources", len(sources)),
        window=window,
    )
    if last is None:
        return text
    new = len({one.stored.id for one in found if last.is_new(one.number)})
    seen = f"{last.at.astimezone(zone):%Y-%m-%d %H:%M}"
    if new:
        said = messages.say("{n} new since the last look on {when}", n=new, when=seen)
    else:
        said = messages.say("nothing new since the last look on {when}", when=seen)
    return messages.clauses((text, said))


def weighing_of(
    store: Store,
    settings: Settings,
    index: Index,
    roles: Mapping[str, Role],
    outlooks: Sequence[Outlook],
    *,
    now: datetime,
    words: Words,
) -> Weighing:
    """Return what stories are weighed with. Names, visits and edits are read on first use."""
    from sigtrack.app.expect import fulfilled
    from sigtrack.views.stories import gloss_of

    def scales(query: Query) -> Scales:
        from sigtrack.app.weights import scales_for

        expected = fulfilled(outlooks)
        return scales_for(
            store, query, index, settings, roles=roles, expected=expected, messages=words
        )

    def changed(query: Query) -> Sequence[Block]:
        from sigtrack.app.readings import Readings, reading_rules_of
        from sigtrack.app.visits import changed_in

        readings = Readings(store, reading_rules_of(index, settings))
        return changed_in(readings, query, index.actors, now=now, words=words)

    languages = settings.languages_read()

    @cache
    def reader() -> EditReader:  # only a report with edited items needs it
        from sigtrack.app.edits import EditReader
        from sigtrack.app.rules import load_rules

        return EditReader(store, lambda: load_rules(settings))

    return Weighing(
        words=words,
        scales=scales,
        signals=index.signal_titles(),
        changed=changed,
        edited=lambda stored, since: reader().remark(stored, since, words),
        gloss=lambda story: gloss_of(story, languages, words),
    )
