"""Groups items into stories: items that tell of one event, from any publisher, in any language.

An event includes its whole duration and the answers to it: a visit from arrival to end, a launch,
the reactions to it and the account of state media.

Every item is reduced to what it tells (`tellings`): who and what is named in title and lead, its
numbers, and the other words. Two items tell of one event if they share enough of that (`likeness`)
within one day. Stories grow from the most alike pairs, as long as their items are alike on average;
two items that contradict each other (`contradiction`) count against it (`clusters`). So a chain of
similar items does not become one story. What the whole day talks about counts less on that day
(`heat`), but a report does not count less because many feeds reprint it.

Pure: takes tellings in the order of time and returns stories. What an item names is passed in as a
value, and so is the function that knows how close two titles are in meaning. The same items give
the same stories, in whatever order they arrived. Work and memory depend on the items of two days,
so a million items are processed as a stream (`stream`). What a few new items change is
found without comparing the others again (`changed`).
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
