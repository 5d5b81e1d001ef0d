"""The parts of a story: what was done in it, act by act, as its headlines report it.

A summit is an arrival, talks, a statement and a departure, and papers report different parts. Only
acts between governments count (`[part]` of topics.toml), and only if two different headlines report
them: a single headline may be about something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from itertools import islice

from sigtrack.analyze.stories import gist_of
from sigtrack.match import Matcher
from sigtrack.model import Actor, Item

_READ = 60  # headlines of a story that are read
_LEAST = 2  # headlines that report a part, and parts that are worth a line
_MOST = 5

Parts = Callable[[Iterable[Item]], str]  # `parts_told` with its names


def parts_told(
    items: Iterable[Item],
    matcher: Matcher,
    kinds: Collection[str],
    name_of: Callable[[Actor], str] = lambda actor: actor.name,
) -> str:
    """ "arrives ×2 · meet ×15 · statement ×3": the number of headlines for each part, in the order
    of first report; "" if there are fewer than two parts.

    `items` are sorted by time, earliest first. `matcher` has the names of topics; `kinds` are the
    topics that count as parts, and `name_of` says what they are called.
    """
    titles = {item.title: item for item in items}
    if len(titles) < 2 * _LEAST:
        return ""
    told: Counter[str] = Counter()
    for item in islice(titles.values(), _READ):
        named = (one for one in matcher.mentions(gist_of(item)) if one.field == "title")
        told.update(
            list(dict.fromkeys(name_of(one.actor) for one in named if one.actor.id in kinds))
        )
    most = [act for act, headlines in told.most_common(_MOST) if headlines >= _LEAST]
    if len(most) < _LEAST:
        return ""
    return " · ".join(f"{act} ×{told[act]}" for act in told if act in most)
