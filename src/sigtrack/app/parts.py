"""The parts of a story: what was done in it, act by act, as headlines tell it.

A summit is an arrival, talks, a statement and a departure, and every paper tells another of them.
Only acts between governments are parts (`[part]` of topics.toml), and only those that two
different headlines tell: one alone may be about something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from itertools import islice

from sigtrack.analyze.stories import gist_of
from sigtrack.match import Matcher
from sigtrack.model import Item

_READ = 60  # headlines of a story
_LEAST = 2  # headlines that tell a part, and parts that are worth a line
_MOST = 5

Parts = Callable[[Iterable[Item]], str]  # `parts_told` with names


def parts_told(items: Iterable[Item], matcher: Matcher, kinds: Collection[str]) -> str:
    """ "arrives ×2 · meet ×15 · statement ×3": how many headlines tell each, in the order in which
    they were first told; "" if there are not two parts.

    `items` are the earliest first; `matcher` has the names of topics, of which `kinds` are parts.
    """
    titles = {item.title: item for item in items}
    if len(titles) < 2 * _LEAST:
        return ""
    told: Counter[str] = Counter()
    for item in islice(titles.values(), _READ):
        named = (one for one in matcher.mentions(gist_of(item)) if one.field == "title")
        told.update(list(dict.fromkeys(one.actor.name for one in named if one.actor.id in kinds)))
    most = [act for act, headlines in told.most_common(_MOST) if headlines >= _LEAST]
    if len(most) < _LEAST:
        return ""
    return " · ".join(f"{act} ×{told[act]}" for act in told if act in most)
