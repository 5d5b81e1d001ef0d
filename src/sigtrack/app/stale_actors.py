"""Office holders change: entries of the gazetteer that nobody has verified for a year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sigtrack.model import Actor

STALE_AFTER = timedelta(days=365)


def unverified(actors: Mapping[str, Actor], today: date) -> list[Actor]:
    """Persons in office whose `checked` is missing or older than a year, by id."""
    found = [a for a in actors.values() if a.kind == "person" and _serves(a, today)]
    return sorted((a for a in found if _is_stale(a, today)), key=lambda actor: actor.id)


def _serves(actor: Actor, today: date) -> bool:
    return any(tenure.until is None or today < tenure.until for tenure in actor.tenures)


def _is_stale(actor: Actor, today: date) -> bool:
    day = _last_day(actor.checked)
    return day is None or today - day > STALE_AFTER


def _last_day(checked: str) -> date | None:
    """Of "2026", "2026-02" or "2026-02-03": the year is meant to its end, the month to its 28th."""
    if not checked:
        return None
    year, month, day = (*map(int, checked.split("-")), 0, 0)[:3]
    return date(year, month or 12, day or 28)
