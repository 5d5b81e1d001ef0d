"""The expectations in a digest: seen, overdue and still open.

An expectation that is overdue or seen is told once, by the next digest; an open one is told in
every digest that is sent. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sigtrack.app.digest_block import block_of, ids_of
from sigtrack.app.digest_words import Words
from sigtrack.app.expect import Outlook, Status
from sigtrack.model import Cell, Column, Journey, Table

_COLUMNS = (
    Column(name="status", kind="key"),
    Column(name="expected", kind="main"),
    Column(name="day"),
    Column(name="evidence"),
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
    return block_of("expected", _COLUMNS, rows, words, urgent=late)


def _row(one: Outlook, words: Words) -> tuple[Cell, ...]:
    return (
        _status(one, words),
        _title(one),
        _day(one, words),
        ids_of(one.evidence),
    )


def _status(one: Outlook, words: Words) -> str:
    return words.say("seen_at_last" if one.status == "seen" else one.status)


def _title(one: Outlook) -> str:
    return one.expectation.title or one.expectation.id


def _day(one: Outlook, words: Words) -> str:
    if one.seen:
        return _said(one.seen, words)
    if one.by:
        return words.say("due", when=_said(one.by, words))
    if isinstance(one.expectation.after, Journey):
        return words.say("due_after", n=one.expectation.by, visit=one.expectation.after)
    return ""


def _said(day: date, words: Words) -> str:
    return words.days(day.isoformat())


def news_of(one: Outlook, words: Words) -> str:
    """Return a line for the subject of a mail without stories."""
    mark = "▲ " if one.status == "overdue" else ""
    return f"{mark}{_status(one, words)}: {_title(one)}"
