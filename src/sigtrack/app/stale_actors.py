"""Entries of the gazetteer that may be outdated: office holders that nobody verified for a year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sigtrack.model import Actor

STALE_AFTER = timedelta(days=365)


def unverified(actors: Mapping[str, Actor], today: date) -> list[Actor]:
    """Return persons in office whose `checked` is missing or older than a year, by id."""
    found = [a for a in actors.values() if a.kind == "person" and _serves(a, today)]
    return sorted((a for a in found if _is_stale(a, today)), key=lambda actor: actor.id)


def _serves(actor: Actor, today: date) -> bool:
    return any(tenure.until is None or today < tenure.until for tenure in actor.tenures)


def _is_stale(actor: Actor, today: date) -> bool:
    day = _last_day(actor.checked)
    return day is None or today - day > STALE_AFTER


def _last_day(checked: str) -> date | None:
    """Return the last day of "2026", the 28th of "2026-02", or the day "2026-02-03"."""
    if not checked:
        return None
    year, month, day = (*map(int, checked.split("-")), 0, 0)[:3]
    return date(year, month or 12, day or 28)
