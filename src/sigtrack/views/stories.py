"""The default view of `report`: the heaviest stories first, then the others by watchlist.

Each story is shown once. The first few are chosen from all watchlists. Every other story is under
the watchlist where it weighs most, and its other watchlists are named beside it. The parts of a
story are what was done in it, act by act, as its headlines report it: a summit is an arrival,
talks, a statement and a departure, and papers report different parts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal, TypeVar

from sigtrack.analyze.weight import (
    FRONT,
    Traits,
    WeightPart,
    heaviest,
    in_languages,
    light_below,
    parts_of,
    weight_of,
    worth_first,
)
from sigtrack.frozen import frozen
from sigtrack.model import (
    Actor,
    Hit,
    Mention,
    Phase,
    Priority,
    StoredItem,
    Table,
    Visit,
    whole_day,
)
from sigtrack.speech import Messages, Words, message, named_columns
from sigtrack.store.interface import Found
from sigtrack.text import primary_language
from sigtrack.text.scripts import guess_language
from sigtrack.views.hits import (
    HEADLINE,
    ID,
    ID_SHOWN,
    WHEN,
    Headings,
    how_many_new,
    items_in_stories,
    key_of_times,
    marked_title,
    time_of,
    when,
)
from sigtrack.views.visits import LEVELS, PHASES


@frozen
class Gist:
    """What was read of a headline besides names: a visit, acts and subjects, each by the word that
    `topics.toml` has for it in the reader's language."""

    visit: Visit | None = None
    acts: tuple[str, ...] = ()
    things: tuple[str, ...] = ()


@frozen
class Weighed:
    """A story with its weight.

    `items` are those with hits, the lead first; `hits` are theirs by item, `best` is the best hit.
    `watchlists` are those that hit it, first the one where it weighs most. `who` is visitor and
    host, or else who is named in the headline, "" for nobody. `expected` is the title of the
    expectation that it fulfils, or "". `before` are hits of the story that the reader was told
    before. `is_light`: a reader of the first lines can do without it. For a line of a report:
    `remarks` come first, `told_parts` are the parts of the story.
    """

    items: tuple[StoredItem, ...]
    hits: Mapping[str, Sequence[Hit]]
    best: Hit
    watchlists: tuple[str, ...]
    traits: Traits
    who: str = ""
    expected: str = ""
    is_new: bool = False
    gist: Gist = field(default=Gist())
    before: tuple[Found, ...] = ()
    remarks: tuple[str, ...] = ()
    told_parts: str = ""
    is_light: bool = False

    @property
    def lead(self) -> StoredItem:
        return self.items[0]

    @property
    def parts(self) -> tuple[WeightPart, ...]:
        return parts_of(self.traits)

    @property
    def weight(self) -> int:
        return weight_of(self.traits)


Signals = Mapping[tuple[str, str], str]  # titles by watchlist and signal
_TODAY = timedelta(days=1)
_BETWEEN = " · "
_TOLD = (Phase.PLANNED, Phase.CANCELLED)
_SEVERAL = 3  # publishers
_THINGS = 3  # things named in a gloss
_COLUMNS = (WHEN, HEADLINE, ID, *named_columns("why|below"))
WHAT_WEIGHS_MOST = message("What weighs most")


@frozen
class Front:
    """The heaviest stories, and all others by watchlist, in the order of display.

    If all stories of a watchlist are among the first, its list is empty.
    """

    first: tuple[Weighed, ...]
    lists: Mapping[str, tuple[Weighed, ...]]

    def shown(self, limit: int | None, *, with_light: bool = True) -> Iterator[Weighed]:
        """Yield the stories that are shown if each list has `limit` rows (None = all)."""
        yield from self.first
        for some in self.lists.values():
            yield from _rows_of(some, limit, with_light=with_light)

    @property
    def stories(self) -> tuple[Weighed, ...]:
        return (*self.first, *(story for some in self.lists.values() for story in some))


def front_of(
    weighed: Sequence[Weighed], late: Sequence[Weighed] = (), *, limit: int | None = None
) -> Front:
    """Choose the first stories, and sort the others by watchlist.

    `weighed` are sorted by weight. `late` stories come after all of them and are never among the
    first. `limit` is the most stories in all (None = no limit).
    """
    most = FRONT if limit is None else min(FRONT, limit)
    weights = [(one.weight, one.traits.subjects) for one in weighed]
    heavy = heaviest(weights, most)
    is_near = any(weighed[place].traits.at_home for place in heavy)
    kept = [place for place in heavy if _is_remarkable(weighed[place])]
    places = worth_first([one.traits for one in weighed], heavy, kept)
    light = light_below(weights, places) | {*heavy} - {*places}
    others = [
        replace(
            story,
            is_light=(place in light or story.traits.is_aside(is_near))
            and not _is_remarkable(story),
        )
        for place, story in enumerate(weighed)
        if place not in places
    ]
    others += late
    others.sort(key=lambda story: story.is_light)  # a list stands where its first shown line does
    lists: dict[str, list[Weighed]] = {one.watchlists[0]: [] for one in (*others, *weighed)}
    for story in others if limit is None else others[: limit - len(places)]:
        lists[story.watchlists[0]].append(story)
    return Front(
        first=tuple(weighed[place] for place in places),
        lists={id: tuple(some) for id, some in lists.items()},
    )


def _is_remarkable(story: Weighed) -> bool:
    """Whether the story is shown even if it is light: it is urgent or was expected, has a mark or
    was edited, or several publishers report it and not only comment on it."""
    widely = story.traits.publishers >= _SEVERAL and not story.traits.comment
    urgent = story.traits.priority is Priority.URGENT
    return widely or urgent or bool(story.expected or story.remarks)


def first_table(front: Front, said: StoryWords) -> Table:
    """Return the table of the first stories, which no limit cuts."""
    return _table(said.words.say(WHAT_WEIGHS_MOST), front.first, "", said, is_first=True)


def list_tables(
    front: Front, said: StoryWords, *, limit: int | None, with_light: bool = True
) -> Iterator[Table]:
    """Yield a table for each watchlist, the one with the heaviest story first. Each has at most
    `limit` rows (None = all), and counts light stories only unless `with_light`."""
    above = {id: [one for one in front.first if one.watchlists[0] == id] for id in front.lists}
    for id, stories in front.lists.items():
        shown = _rows_of(stories, limit, with_light=with_light)
        title = said.words.title(said.headings.of(id))
        caption = _caption(stories, above[id], shown, said.words)
        yield _table(title, shown, caption, said, is_first=False)


def _rows_of(
    stories: Sequence[Weighed], limit: int | None, *, with_light: bool
) -> Sequence[Weighed]:
    return [story for story in stories if with_light or not story.is_light][: limit or None]


def _table(
    title: str, stories: Sequence[Weighed], caption: str, said: StoryWords, *, is_first: bool
) -> Table:
    words = said.words
    undated = key_of_times((story.lead for story in stories), words)
    return Table(
        title=title,
        caption=words.listed((caption, undated)),
        columns=words.columns(_COLUMNS),
        rows=tuple(
            (
                time_of(story.lead, words),
                marked_title(story.lead, story.hits[story.lead.id]),
                story.lead.id[:ID_SHOWN],
                said.line(story, is_first=is_first),
            )
            for story in stories
        ),
        emphasis=tuple(_emphasis(story, words.now) for story in stories),
    )


@frozen(kw_only=False)
class StoryWords:
    """What is said of a story beside its headline, for all outputs, which only lay it out.

    `headings` and `signals` are titles. A headline in none of `languages` gets a gloss.
    """

    headings: Headings
    signals: Signals
    words: Words
    languages: Collection[str] = ()

    def line(self, story: Weighed, *, is_first: bool) -> str:
        """Return the line below a headline of a report.

        "Lee Jae Myung → Japan: Nara · Leaders meet · yna and 3 others in 2 languages · Trade"
        """
        say, parts = self.words.say, story.told_parts
        lists = self.lists(story, is_first=is_first)
        told = (
            *story.remarks,
            *self.why(story),
            self._publishers(story),
            lists if is_first or not lists else say("also {lists}", lists=lists),
            say("told in parts: {parts}", parts=parts) if parts else "",
        )
        return _BETWEEN.join(filter(None, told))

    def why(self, story: Weighed) -> Iterator[str]:
        """Yield who is named, the gloss, and the expectation or else the reason; "" for none."""
        yield self.gist(story)
        yield self.expectation(story) or self.reason(story)

    def lists(self, story: Weighed, *, is_first: bool) -> str:
        """Name the story's watchlists; not the one under which it stands, unless it `is_first`, so
        that it stands under none."""
        return self.words.lists(self.titles(story)[0 if is_first else 1 :])

    def titles(self, story: Weighed) -> tuple[str, ...]:
        return tuple(self.words.title(self.headings.of(id)) for id in story.watchlists)

    def expectation(self, story: Weighed) -> str:
        """Name the expectation that the story fulfils, "" if none."""
        title = self.words.title(story.expected)
        return self.words.say("expected: {title}", title=title) if title else ""

    def reason(self, story: Weighed) -> str:
        best = story.best
        return self.words.title(self.signals.get(best.key, best.signal))

    def gist(self, story: Weighed) -> str:
        """Return who is named in the headline, and a gloss of it if the reader needs one."""
        return _BETWEEN.join(filter(None, (story.who, *self._gloss(story))))

    def _gloss(self, story: Weighed) -> Iterable[str]:
        """Return what was read of a headline: the visit or the act, the day, and the subjects,
        without what the story's `who` says already (APEC)."""
        item, gist, words = story.lead.item, story.gist, self.words
        visit = gist.visit
        # One item alone may not know the present phase, or the exact month.
        phase = [words.say(PHASES[visit.phase])] if visit and visit.phase in _TOLD else []
        language = item.language or guess_language(item.title) or ""
        if not language or primary_language(language) in self.languages:
            # Else `who` says of a visit that is called off that somebody goes.
            return phase if visit and visit.phase is Phase.CANCELLED else ()
        told = [*gist.acts[:1]]
        if visit:
            level = [words.say(LEVELS[visit.level])] if visit.level in LEVELS else []
            told = phase + level
            if visit.date and whole_day(visit.date):
                told.append(words.days(visit.date, visit.until))
        named = re.split(r"\W{2,}", story.who.lower())
        things = [thing for thing in gist.things if thing.lower() not in named]
        return dict.fromkeys(filter(None, (*told, *things[:_THINGS])))

    def _publishers(self, story: Weighed) -> str:
        told, others = story.lead.item.feed, story.traits.publishers - 1
        if others:
            told = self.words.plural(
                "{name} and {n} other publisher",
                "{name} and {n} other publishers",
                others,
                name=told,
            )
        return in_languages(told, story.traits.languages, self.words)


def _emphasis(story: Weighed, now: datetime) -> Literal["", "new", "urgent", "dim"]:
    if is_urgent(story, now):
        return "urgent"
    return "new" if story.is_new else ""


def is_urgent(story: Weighed, now: datetime) -> bool:
    """Whether the story is urgent and has an item of the last 24 hours."""
    last = max(map(when, story.items))
    return story.traits.priority is Priority.URGENT and last > now - _TODAY


def _caption(
    stories: Sequence[Weighed],
    above: Sequence[Weighed],
    shown: Sequence[Weighed],
    messages: Messages,
) -> str:
    """Say how many stories a list has, and how many that the reader sees are new. Light ones stay
    new, and are not called so in each report."""
    every, seen = [*above, *stories], [*above, *shown]
    left_out = len(every) - len(seen)
    new = sum(story.is_new for story in seen)
    if new and all(story.is_new for story in every):
        new = len(every)
    there = messages.say("{n} above", n=len(above)) if stories else messages.say("all above")
    return messages.listed(
        (
            items_in_stories(sum(len(story.items) for story in every), len(every), messages),
            how_many_new(new, len(every), messages),
            there if above else "",
            messages.say("{n} not shown, -n 0 shows all", n=left_out) if left_out else "",
        )
    )


_READ = 60  # headlines of a story that are read
_LEAST_PARTS = 2  # headlines that report a part, and parts that are worth a line
_MOST_PARTS = 5

One = TypeVar("One")


def parts_told(
    headlines: Mapping[str, One],
    named: Callable[[One], Iterable[Mention]],
    kinds: Collection[str],
    name_of: Callable[[Actor], str] = lambda actor: actor.name,
) -> str:
    """ "arrives ×2 · meet ×15 · statement ×3": the number of headlines for each part, in the order
    of first report; "" if there are fewer than two parts.

    `headlines` are by title, earliest first, and `named` is what one of them names. `kinds` are the
    topics that count as parts, and `name_of` says what they are called.
    """
    if len(headlines) < 2 * _LEAST_PARTS:
        return ""
    told: Counter[str] = Counter()
    for headline in islice(headlines.values(), _READ):
        acts = (one.actor for one in named(headline) if one.actor.id in kinds)
        told.update(list(dict.fromkeys(map(name_of, acts))))
    most = [act for act, headlines in told.most_common(_MOST_PARTS) if headlines >= _LEAST_PARTS]
    if len(most) < _LEAST_PARTS:
        return ""
    return " · ".join(f"{act} ×{told[act]}" for act in told if act in most)
