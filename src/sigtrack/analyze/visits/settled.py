"""Which visits must be over by now, though nobody has told so.

Arrivals are news and departures seldom are: without a clock most visits would be under way for
good. Pure: the clock is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sigtrack.model import Phase, Stay, whole_day

LASTS = timedelta(days=7)  # the longest that a visit under way goes on without another word


def settled(stays: Iterable[Stay], now: datetime) -> list[Stay]:
    """The same stays, in the same order, as they stand at `now`.

    A stay under way is over (done) when its last day is more than `LASTS` before the day of `now`;
    where no last day is told, the first day or that of the last report counts, whichever is later.
    The day of `now` is that in UTC, so that it is the same for every reader.
    Its history stays as it was told. Plans are left as they are: that their days have passed does
    not say that anybody went (see `Stop.lapsed`).
    """
    return [
        replace(stay, phase=Phase.DONE) if _is_long_past(stay, now.astimezone(UTC).date()) else stay
        for stay in stays
    ]


def _is_long_past(stay: Stay, today: date) -> bool:
    end = _last_day(stay)
    return stay.phase is Phase.ONGOING and end is not None and end + LASTS < today


def _last_day(stay: Stay) -> date | None:
    if stay.until is not None:
        return date.fromisoformat(stay.until)
    heard = stay.last_report.date() if stay.last_report else None
    return max((day for day in (whole_day(stay.date), heard) if day), default=None)
