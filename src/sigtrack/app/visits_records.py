"""Visits as the objects of the machine formats."""

from __future__ import annotations

from typing import Any

from sigtrack.model import Stay, StoredItem, Visit

FIELDS = (
    *("visitor", "visitor_country", "host_country", "place", "date", "phase", "level", "rank"),
    "evidence",
)


def record_of(stay: Stay) -> dict[str, Any]:
    return {
        "visitor": stay.visitor.name,
        "visitor_country": stay.visitor.country,
        "host_country": stay.host_country,
        "place": ", ".join(stay.sites) or None,
        "date": stay.date,
        "phase": str(stay.phase),
        "level": str(stay.level),
        "rank": str(stay.visitor.rank),
        "evidence": list(stay.evidence),
    }


def item_record(stored: StoredItem, visit: Visit) -> dict[str, Any]:
    """The main visit of an item. `host_country` is null for talks whose place is not told."""
    visitor = visit.visitors[0]
    return {
        "uid": stored.item.uid,
        "visitor": visitor.name,
        "visitor_country": visitor.country,
        "host_country": visit.host_country,
        "place": visit.place,
        "date": visit.date,
        "phase": str(visit.phase),
        "level": str(visit.level),
        "rank": str(visit.rank),
        "evidence": [stored.id],
    }
