"""`sigtrack report`: the hits of a window, and which of them are new since the last look.

In the group "weight" the heaviest stories come first (see `views.stories`). The other groups are
tables of hits, the latest first within a priority.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from itertools import compress, islice
from typing import TYPE_CHECKING, Any, Literal

from sigtrack.app.in_force import InForce
from sigtrack.app.stories import NOTHING, Headlines, Standing, done_in, standings_of
from sigtrack.app.window import Wanted, phrase_of, query_of
from sigtrack.frozen import frozen
from sigtrack.model import Block, Hit, Note, Problem, Report, Role, Stay, StoredItem, Table, Visit
from sigtrack.speech import ENGLISH, Messages, Words
from sigtrack.store.interface import Found, Look, Query
from sigtrack.store.sql import Store
from sigtrack.views import hits
from sigtrack.views.hits import (
    FIELDS,
    grouped,
    is_sure,
    items_in_stories,
    record_of,
    story_of,
    tables_by_group,
    without_article,
)
from sigtrack.views.stories import Front, StoryWords, Weighed, first_table, front_of, list_tables

if TYPE_CHECKING:
    from sigtrack.app.edits import EditReader
    from sigtrack.app.expect import Outlook
    from sigtrack.app.opinions import OpinionsOnHits
    from sigtrack.app.readings import Readings
    from sigtrack.app.weights import Scales


READER = "report"
Group = Literal["weight"] | hits.Group
GROUPS: tuple[Group, ...] = ("weight", *hits.GROUPS)
_STORY = FIELDS.index("story") + 1
WEIGHED_FIELDS = (*FIELDS[:_STORY], "weight", "marks", "notes", *FIELDS[_STORY:])


@frozen
class Shape:
    """How the report is laid out. `is_look`: a person sees it, so its hits are not new next time.
    `with_done`: include stories that the reader marked as done. `sure`: only stories that an
    official publisher or two publishers report. `with_light`: also show stories that a reader of
    the first lines can do without (a report that a filter narrows shows them anyway).
    `with_records`: also make a record of each hit, which a table does not need. `opinions`: tell
    what a second reader says of the hits; otherwise the store is not asked."""

    group: Group = "weight"
    limit: int | None = None
    is_look: bool = True
    with_done: bool = False
    sure: bool = False
    with_light: bool = True
    with_records: bool = True
    opinions: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        usual = WEIGHED_FIELDS if self.group == "weight" else FIELDS
        return (*usual, "opinion") if self.opinions else usual


class Background:
    """What the stories of a store are weighed and explained with. Names, visits, expectations and
    edits are read when they are first needed. `words` are those of the reader, who reads now."""

    def __init__(self, store: Store, files: InForce, words: Words) -> None:
        self.store = store
        self.files = files
        self.words = words
        self.problems: tuple[Problem, ...] = ()  # of visits that `outlooks` has read

    def query(self, wanted: Wanted) -> Query:
        """Return what the store is asked. Raises Misuse for values that cannot be read."""
        return query_of(wanted, self.store, self.files, self.words.now, self.words.zone)

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        return self.files.catalogue.roles()

    @cached_property
    def said(self) -> StoryWords:
        index = self.files.index
        return StoryWords(index.headings, index.signal_titles(), self.words, self.files.languages)

    @cached_property
    def readings(self) -> Readings:
        from sigtrack.app.readings import Readings

        return Readings(self.store, self.files.readings)

    @cached_property
    def outlooks(self) -> Sequence[Outlook]:
        """The expectations of all watchlists. Visits are read only if one of them needs them."""
        from sigtrack.app.expect import outlooks
        from sigtrack.app.visits import all_stays

        def stays() -> Sequence[Stay]:
            self.problems = self.readings.problems("visits")
            return all_stays(self.readings)

        lists, now = self.files.index.watchlists, self.words.now
        return outlooks(self.store, self.files, lists, now=now, stays=stays)

    def scales(self, query: Query, expected: Mapping[str, str] | None = None) -> Scales:
        """Return the scales for the hits of one window. Visits are read from the store at once.
        Items that no run has read weigh without visits, because reading a whole window takes longer
        than a report. `expected` are items that fulfil an expectation, by default those of now."""
        from sigtrack.app.visits import visits_around

        told = visits_around(self.store, query)
        return self._scales(lambda stored: told.get(stored.id, ()), expected)

    def scales_for_items(self) -> Scales:
        """Return the scales for single items. Items that no run has read are read now."""
        from sigtrack.app.visits import believed, visits_around

        def visits(stored: StoredItem) -> Sequence[Visit]:
            day = Query(since=stored.moment, until=stored.moment)
            told = self.readings.visits_of(stored)
            return believed(stored, told, lambda: visits_around(self.store, day))

        return self._scales(visits, None)

    def _scales(
        self, visits: Callable[[StoredItem], Sequence[Visit]], expected: Mapping[str, str] | None
    ) -> Scales:
        from sigtrack.app.expect import fulfilled
        from sigtrack.app.weights import Scales

        return Scales(
            self.store,
            actors=self.files.index.actors,
            headlines=Headlines(self.store, lambda: self.files.rules),
            roles=self.roles,
            visits=visits,
            desk=self.files.desk,
            expected=fulfilled(self.outlooks) if expected is None else expected,
            messages=self.words,
        )

    def expected(self) -> list[Table]:
        """Return the block of the expectations, if there are any."""
        from sigtrack.app.expect import block_of

        return [block_of(self.outlooks, self.words)] if self.outlooks else []

    def changed(self, query: Query) -> Sequence[Block]:
        """Return the block of the visits that changed in a window, if any did."""
        from sigtrack.app.visits import changed_in

        return changed_in(self.readings, query, self.files.index.actors, words=self.words)

    def edited(self, stored: StoredItem, since: datetime | None) -> str:
        """Return what an edit since a moment changed in an item, "" for no edit."""
        return self._edits.remark(stored, since, self.words)

    def opinions_on(self, found: Iterable[Found]) -> OpinionsOnHits:
        from sigtrack.app.opinions import opinions_on

        return opinions_on(found, self.store, self.files.index)

    @cached_property
    def _edits(self) -> EditReader:  # only a report with edited items needs it
        from sigtrack.app.edits import EditReader

        return EditReader(self.store, self.files)


def report(background: Background, wanted: Wanted, shape: Shape) -> Report:
    """Return the heaviest stories and then the others by watchlist, or tables by group.

    The reader's look is saved, unless a filter narrows the report: hits that were not shown stay
    new, and so do light stories and rows that the limit cuts.
    """
    store, words = background.store, background.words
    query = background.query(wanted)
    told = told_in(background, query, shape)
    found, records = told.found, told.records
    blocks: list[Block] = []
    narrowed = _is_narrowed(wanted)
    is_look = shape.is_look and not shape.sure and not narrowed
    shown: set[str] = set()  # ids of items
    aside: set[str] = set()  # of light stories that are not shown
    if shape.group != "weight":
        tables, shown = _tables_of(told, shape.group, shape.limit, background)
        blocks += [*tables, *background.expected()]
    elif found:
        scales = background.scales(query)
        front = front_in(told, query, background, scales)
        records = _in_order(front, told, shape.fields) if shape.with_records else records
        with_light = shape.with_light or narrowed
        stories = front.shown(shape.limit, with_light=with_light)
        shown.update(one.id for story in stories for one in story.items)
        if not with_light:
            light = (story for story in front.stories if story.is_light)
            aside.update(one.id for story in light for one in story.items)
        said = background.said
        blocks += [
            first_table(with_parts(front, scales) if shape.is_look else front, said),
            *background.expected(),
            *(background.changed(query) if is_look else ()),
            *list_tables(front, said, limit=shape.limit, with_light=with_light),
        ]
    else:
        blocks += background.expected()
    if is_look:
        store.look(READER, words.now, unseen=unseen_in(found, shown, told.last))
    return Report(
        title=words.say("Signals"),
        blocks=(Note(text=told.summary(wanted.since, words, aside)), *blocks),
        language=words.language,
        records=tuple(records),
        fields=shape.fields,
    )


def _tables_of(
    told: Told, group: hits.Group, limit: int | None, background: Background
) -> tuple[list[Table], set[str]]:
    """Return a table a group, and the ids of the items in them."""
    words = background.words
    found = tables_by_group(
        told.found,
        group=group,
        headings=background.files.index.headings,
        zone=words.zone,
        limit=limit,
        is_new=told.is_new,
        roles=background.roles,
        messages=words,
        remark=partial(told.remark, messages=words),
    )
    tables, shown = [], set[str]()
    for table, ids in found:
        tables.append(table)
        shown |= ids
    return tables, shown


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
        return self.last is None or self.last.is_new(number)

    def summary(self, since: str, words: Words, aside: Collection[str] = frozenset()) -> str:
        told = summary_of(self.found, since, self.last, words, aside)
        return words.clauses((told, *_of_done(self.done, words)))

    def standing(self, story: Weighed) -> Standing:
        return self.standings.get(story_of(story.lead), NOTHING)


def told_in(background: Background, query: Query, shape: Shape) -> Told:
    """Return the hits of a window, without stories that `shape` excludes."""
    store = background.store
    records: list[Mapping[str, Any]] = []
    with_records = shape.with_records
    hits = store.hits(query, articles=with_records)
    found = list(_recorded(hits, records) if with_records else hits)
    standings = standings_of(store, {story_of(one.stored) for one in found})
    done = set() if shape.with_done else done_in(found, standings)
    hidden = done | (_unsure(store, found, background.roles) if shape.sure else set())
    shown = [story_of(one.stored) not in hidden for one in found]
    found = list(compress(found, shown))
    records = list(compress(records, shown))
    opinions = background.opinions_on(found) if shape.opinions else None
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


def front_in(told: Told, query: Query, background: Background, scales: Scales) -> Front:
    """Return the stories of these hits in the order of display, the heaviest first."""
    weighed = scales.weigh(told.found, is_new=told.is_new)
    return front_of([annotated(story, told, background, query) for story in weighed])


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
            "{n} story is done, --all shows it",
            "{n} stories are done, --all shows them",
            len(done),
        )


def annotated(story: Weighed, told: Told, background: Background, query: Query) -> Weighed:
    """Add the reader's marks, the first edit among the items, and what the second reader says."""
    words = background.words
    marks = told.standing(story).remarks(story.items, words)
    edited = (background.edited(one, query.since) for one in story.items if one.revised_at)
    opinion = told.remark((h for one in story.items for h in story.hits[one.id]), words)
    remarks = (*marks, *islice(filter(None, edited), 1), *filter(None, (opinion,)))
    return replace(story, remarks=remarks)


def _in_order(front: Front, told: Told, fields: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the records story by story in the order of display, the lead first, with the weight
    and marks of the story."""
    recorded = zip(told.found, told.records, strict=True)
    by_item = grouped(recorded, lambda one: one[0].stored.id)
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
            for _, record in by_item[stored.id]
        ]
    return ordered


def _recorded(hits: Iterable[Found], records: list[Mapping[str, Any]]) -> Iterator[Found]:
    """Yield the hits without articles after adding a record of each, while its text is at hand."""
    for one in hits:
        records.append(record_of(one.stored, one.hit))
        yield one._replace(stored=without_article(one.stored))


def summary_of(
    found: list[Found],
    since: str,
    last: Look | None,
    words: Words,
    aside: Collection[str] = frozenset(),
) -> str:
    """Say in one sentence how many hits there are, of how many sources, and how many are new.

    Items `aside` are not counted as new: otherwise light stories, which the report does not show,
    would be called new for ever.
    """
    window = phrase_of(since, words)
    if not found:
        return words.say("no hits {window}", window=window)
    items = {one.stored.id for one in found}
    stories = {story_of(one.stored) for one in found}
    sources = {one.stored.item.feed for one in found}
    text = words.say(
        "{items} with {hits} from {sources} {window}",
        items=items_in_stories(len(items), len(stories), words),
        hits=words.plural("{n} hit", "{n} hits", len(found)),
        sources=words.plural("{n} source", "{n} sources", len(sources)),
        window=window,
    )
    if last is None:
        return text
    fresh = {one.stored.id for one in found if last.is_new(one.number)}
    new = len(fresh.difference(aside))
    seen = f"{last.at.astimezone(words.zone):%Y-%m-%d %H:%M}"
    if new:
        said = words.say("{n} new since the last look on {when}", n=new, when=seen)
    else:
        said = words.say("nothing new since the last look on {when}", when=seen)
    return words.clauses((text, said))
