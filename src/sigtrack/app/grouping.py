"""Which story an item belongs to, and which item leads a story."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sigtrack.model import Role, StoredItem


def story_of(stored: StoredItem) -> str:
    return stored.story or stored.id


def is_official(feeds: Iterable[str], roles: Mapping[str, Role]) -> bool:
    """Whether one of these feeds is of a government or a body of governments."""
    return any(feed in roles and roles[feed].is_official for feed in feeds)


def is_sure(feeds: Collection[str], roles: Mapping[str, Role]) -> bool:
    """Whether an official publisher or two publishers report the story."""
    return len(feeds) > 1 or is_official(feeds, roles)


def officiality(feed: str, roles: Mapping[str, Role]) -> int:
    """Return the rank of a feed's role; 0 is the most official."""
    return roles.get(feed, Role.AGGREGATOR).officiality


def lead_first(items: Iterable[StoredItem], roles: Mapping[str, Role]) -> list[StoredItem]:
    """Return the lead (the earliest item of the most official role), then the others by time."""
    by_time = sorted(items, key=lambda stored: (stored.moment, stored.id))
    lead = min(by_time, key=lambda stored: officiality(stored.item.feed, roles))
    return [lead, *(stored for stored in by_time if stored is not lead)]
