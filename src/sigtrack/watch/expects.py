"""The `[[expect]]` tables of a watchlist: what is expected, after what, and by when.

A file is read alone here, so a wrong id of another watchlist is not found; `sigtrack expect`
reports it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sigtrack.model import Actor, Expectation, Journey
from sigtrack.text.documents import did_you_mean
from sigtrack.watch.journeys import read_journey
from sigtrack.watch.keys import CURES, EXPECT_KEYS, ID
from sigtrack.watch.tables import TomlTable

_DAYS = re.compile(r"(\d{1,3})d")
_SIGNAL = re.compile(f"{ID}(/{ID})?")
_ELSEWHERE = {
    "any": "an expectation has no terms: write them below [[signal]] and name the signal here",
    "until": "write by",
    "from": "write after",
    "signal": 'write signals = ["watchlist/signal"]',
}


def read_expects(
    table: TomlTable, actors: Mapping[str, Actor], own: set[str], watchlist: str
) -> tuple[Expectation, ...]:
    """Return the expectations that can be read; mistakes are in `table.found`."""
    value = table.values.get("expect", [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        table.found.say(
            table.place("expect"), "expect is not a table", "write [[expect]] above each"
        )
        return ()
    found: dict[str, Expectation] = {}
    for index, one in enumerate(value):
        below = TomlTable(table.document, one, ("expect", index), EXPECT_KEYS, table.found)
        expectation = _ExpectReader(below, actors, own, watchlist).read()
        if expectation.id in found and expectation.id:
            line = found[expectation.id].place.line
            table.found.say(
                below.place("id"),
                f'two expectations have the id "{expectation.id}"',
                f"the other is on line {line}; rename one",
            )
        found[expectation.id] = expectation
    return tuple(found.values())


class _ExpectReader:
    """Reads one table, key by key."""

    def __init__(
        self, table: TomlTable, actors: Mapping[str, Actor], own: set[str], watchlist: str
    ) -> None:
        self._table = table
        self._actors = actors
        self._own = own
        self._watchlist = watchlist

    def read(self) -> Expectation:
        table = self._table
        table.refuse_unknown_keys(_ELSEWHERE)
        expectation = Expectation(
            id=table.id(),
            title=table.text("title"),
            why=table.text("why"),
            signals=tuple(self._signals()),
            visit=read_journey(table, "visit", self._actors),
            after=self._after(),
            by=self._by(),
            place=table.place(),
        )
        if not table.values.get("signals") and not table.values.get("visit"):
            table.found.say(
                table.place(),
                "this expectation can never be met",
                'write signals = ["watchlist/signal"], or visit = "@KR > @JP"',
            )
        by, after = expectation.by, expectation.after
        if isinstance(by, date) and isinstance(after, date) and by < after:
            table.found.say(
                table.place("by"), "the day of by is before that of after", "swap the two days"
            )
        return expectation

    def _signals(self) -> list[str]:
        signals = []
        for text, place in self._table.strings("signals"):
            if not _SIGNAL.fullmatch(text):
                self._table.found.say(
                    place, f'"{text[:60]}" names no signal', 'write "watchlist/signal"'
                )
                continue
            watchlist, _, signal = text.partition("/")
            if watchlist == self._watchlist and signal and signal not in self._own:
                cure = did_you_mean(signal, self._own, f"this file has {', '.join(self._own)}")
                self._table.found.say(place, f"there is no signal {text}", cure)
            signals.append(text)
        return signals

    def _after(self) -> date | Journey | None:
        value = self._table.values.get("after")
        return value if _is_day(value) else read_journey(self._table, "after", self._actors)

    def _by(self) -> date | int:
        value = self._table.values.get("by")
        if isinstance(value, date) and _is_day(value):
            return value
        days = _DAYS.fullmatch(value) if isinstance(value, str) else None
        if days is None:
            what = "by is missing" if value is None else "by is not a day"
            self._say("by", what)
            return 0
        if self._table.values.get("after") is None:
            self._table.found.say(
                self._table.place("by"), "days are counted from after", "write after, or a day"
            )
        return int(days[1])

    def _say(self, key: str, message: str) -> None:
        cure = CURES[EXPECT_KEYS[key].kind].format(key=key)
        self._table.found.say(self._table.place(key), message, f"write {cure}")


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)
