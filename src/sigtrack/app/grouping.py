"""Which story an item is in, and which item stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sigtrack.model import Role, StoredItem

_OFFICIAL = {role: place for place, role in enumerate(Role)}


def story_of(stored: StoredItem) -> str:
    return stored.story or stored.id


def lead_first(items: Iterable[StoredItem], roles: Mapping[str, Role]) -> list[StoredItem]:
    """The earliest item of the most official role, then the others, earliest first."""
    by_time = sorted(items, key=lambda stored: (stored.moment, stored.id))
    lead = min(by_time, key=lambda s: _OFFICIAL[roles.get(s.item.feed, Role.AGGREGATOR)])
    return [lead, *(stored for stored in by_time if stored is not lead)]
