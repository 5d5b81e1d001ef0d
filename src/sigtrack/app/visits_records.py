"""Visits as records of the machine formats."""

from __future__ import annotations

from typing import Any

from sigtrack.model import Stay, StoredItem, Turn, Visit

_VISIT = (
    *("visitor", "visitor_country", "host_country", "place", "date", "phase", "level", "rank"),
    "evidence",
)
FIELDS = (*_VISIT, "history", "sure", "lapsed")
ITEM_FIELDS = ("uid", *_VISIT)


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
        "history": [_turn(turn) for turn in stay.history],
        "sure": stay.is_sure,
        "lapsed": stay.lapsed,
    }


def _turn(turn: Turn) -> dict[str, Any]:
    return {"kind": turn.kind, "value": str(turn.value), "at": turn.at, "item": turn.item}


def item_record(stored: StoredItem, visit: Visit) -> dict[str, Any]:
    """Return the record of an item's main visit."""
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
