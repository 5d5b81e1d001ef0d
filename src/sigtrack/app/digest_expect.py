"""The expectations in a digest: seen, overdue and still open.

An expectation that is overdue or seen is told once, by the next digest; an open one is told in
every digest that is sent. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sigtrack.app.digest_block import block_of, ids_of
from sigtrack.app.expect import (
    EVIDENCE,
    EXPECTED,
    STATUS,
    STATUSES,
    Outlook,
    Status,
    days_after,
    title_of,
)
from sigtrack.model import Cell, Column, Journey, Table
from sigtrack.speech import Words, message

_COLUMNS = (
    STATUS,
    Column(name=message("expected", "column"), kind="main"),
    Column(name=message("day", "column")),
    EVIDENCE,
)
_ORDER: Mapping[Status, int] = {"overdue": 0, "seen": 1, "open": 2}


def to_tell(was: Sequence[Outlook], now: Sequence[Outlook]) -> list[Outlook]:
    """Return outlooks that became overdue or seen since the last digest (`was`), then open ones."""
    before = {_key(one): one.status for one in was}
    told = [
        one
        for one in now
        if one.status == "open"
        or (one.status in ("overdue", "seen") and before.get(_key(one)) != one.status)
    ]
    return sorted(told, key=lambda one: _ORDER[one.status])


def _key(one: Outlook) -> tuple[str, str]:
    return one.watchlist, one.expectation.id


def expected(told: Sequence[Outlook], words: Words) -> tuple[Table, ...]:
    """Return the block of the outlooks that `to_tell` returns."""
    rows = [_row(one, words) for one in told]
    late = sum(one.status == "overdue" for one in told)
    return block_of(EXPECTED, _COLUMNS, rows, words, urgent=late)


def _row(one: Outlook, words: Words) -> tuple[Cell, ...]:
    return (
        words.say(STATUSES[one.status]),
        title_of(one, words),
        _day(one, words),
        ids_of(one.evidence),
    )


def _day(one: Outlook, words: Words) -> str:
    if one.seen:
        return _said(one.seen, words)
    if one.by:
        return words.say(message("by {when}", "expectation"), when=_said(one.by, words))
    if isinstance(one.expectation.after, Journey):
        return days_after(one, words)
    return ""


def _said(day: date, words: Words) -> str:
    return words.days(day.isoformat())


def news_of(one: Outlook, words: Words) -> str:
    """Return a line for the subject of a mail without stories."""
    mark = "▲ " if one.status == "overdue" else ""
    return f"{mark}{words.say(STATUSES[one.status])}: {title_of(one, words)}"
