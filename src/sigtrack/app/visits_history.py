"""`sigtrack visits --history`: what became known about a visit, when, and by which item."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import tzinfo
from itertools import groupby

from sigtrack.app.hits import ID_SHOWN
from sigtrack.app.visits_cells import PHASES, day_in_words
from sigtrack.model import Cell, Phase, Stay, Turn
from sigtrack.speech import ENGLISH

_FIRST: Mapping[Phase, str] = {
    Phase.PLANNED: "announced",
    Phase.ONGOING: "first reported as under way",
    Phase.DONE: "first reported as over",
    Phase.CANCELLED: "first reported as called off",
}


def history_of(stay: Stay, zone: tzinfo, undated: Collection[str]) -> Iterator[tuple[Cell, ...]]:
    """Yield day (in `zone`), event and id: a row for each item, oldest first.

    For `undated` items (ids) the day is that of the fetch, and the row says so.
    """
    for (at, item), turns in groupby(stay.history, key=lambda turn: (turn.at, turn.item)):
        day = at.astimezone(zone).date().isoformat()
        told = ", ".join(map(_sentence_about, turns))
        told += " (undated, seen then)" if item in undated else ""
        yield f"└ {day_in_words(day)}", told, item[:ID_SHOWN]


def _sentence_about(turn: Turn) -> str:
    match turn.kind:
        case "first":
            return _FIRST[Phase(turn.value)]
        case "phase":
            return ENGLISH.say(PHASES[Phase(turn.value)])
        case "date":
            return f"date {day_in_words(turn.value)}"
        case "venue" | "level":
            return f"{turn.kind} {turn.value}"
