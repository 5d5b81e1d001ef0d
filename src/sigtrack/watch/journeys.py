"""Reads journeys as watchlists write them: "@KR > @JP", "@KR > any", "any > @nara", "any > ?"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sigtrack.model import Actor, Journey
from sigtrack.text import clean
from sigtrack.text.documents import did_you_mean
from sigtrack.watch.keys import CURES
from sigtrack.watch.tables import TomlTable

_SIDE = r"(?:@([A-Za-z0-9-]+)|any)"
_JOURNEY = re.compile(rf"{_SIDE}\s*>\s*(?:{_SIDE}|(\?))")


def read_journey(table: TomlTable, key: str, actors: Mapping[str, Actor]) -> Journey | None:
    """Return the journey under a key, None if there is none; mistakes are in `table.found`."""
    value = table.values.get(key)
    if value is None:
        return None
    found = _JOURNEY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        cure = CURES[table.keys[key].kind].format(key=key)
        table.found.say(table.place(key), f"{key} is not a visit", f"write {cure}")
        return None
    visitor, host = found[1] or "", found[2] or ""
    for id in filter(None, (visitor, host)):
        if id not in actors:
            cure = did_you_mean(id, actors, "a country is its code (@KR), a person an id", sign="@")
            table.found.say(table.place(key), f"there is no actor @{clean(id[:60])}", cure)
    return Journey(visitor=visitor, host=host, anywhere=bool(found[3]))
