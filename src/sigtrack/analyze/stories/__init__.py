"""One event told once: which items tell the same event, whoever wrote them, in whatever language.

An event includes what it lasts for and what answers it: a visit from arrival to wrap-up, a launch,
the reactions to it and the account of state media.

Every item is reduced to what it tells (`tellings`): who and what is named in title and lead, its
numbers, and the other words. Two items tell one event when they share enough of that (`likeness`),
on one day; stories grow from the most alike pairs, and only while their items are alike on the
average, where two that contradict each other (`contradiction`) count against it (`clusters`), so
that a chain of similar items does not become one story. What the whole day talks about counts for
less on that day (`heat`), but a report does not count for less because many reprint it.

Pure: tellings in the order of time in, stories out. What an item names is a value passed in, and
so is whoever knows how close two titles are in meaning. The same items give the same stories, in
whatever order they arrived. Work and memory go with the items of two days, so a million items are
told in a stream (`stream`); what a few new ones change is found without the others (`changed`).
"""

from sigtrack.analyze.stories.changed import find_changed_stories
from sigtrack.analyze.stories.likeness import Closeness
from sigtrack.analyze.stories.stream import find_stories
from sigtrack.analyze.stories.tellings import (
    Telling,
    as_text,
    from_text,
    gist_of,
    telling_of,
    word_keys,
)
from sigtrack.analyze.stories.titles import is_column

__all__ = [
    "Closeness",
    "Telling",
    "as_text",
    "find_changed_stories",
    "find_stories",
    "from_text",
    "gist_of",
    "is_column",
    "telling_of",
    "word_keys",
]
