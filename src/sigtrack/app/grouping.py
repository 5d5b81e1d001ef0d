"""Items of one story side by side, the one that stands for it first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sigtrack.model import Role, StoredItem

_OFFICIAL = {role: place for place, role in enumerate(Role)}


def by_story(
    roles: Mapping[str, Role],
) -> Callable[[Iterable[StoredItem]], list[Sequence[StoredItem]]]:
    """How to group items; `roles` are those of feeds. An item without a story is alone."""

    def group(items: Iterable[StoredItem]) -> list[Sequence[StoredItem]]:
        stories: dict[str, list[StoredItem]] = {}
        for stored in items:
            stories.setdefault(story_of(stored), []).append(stored)
        return [lead_first(story, roles) for story in stories.values()]

    return group


def story_of(stored: StoredItem) -> str:
    return stored.story or stored.id


def officiality(feed: str, roles: Mapping[str, Role]) -> int:
    """0 for the most official voice."""
    return _OFFICIAL[roles.get(feed, Role.AGGREGATOR)]


def lead_first(items: Iterable[StoredItem], roles: Mapping[str, Role]) -> list[StoredItem]:
    """The earliest item of the most official role, then the others, earliest first."""
    by_time = sorted(items, key=lambda stored: (stored.moment, stored.id))
    lead = min(by_time, key=lambda stored: officiality(stored.item.feed, roles))
    return [lead, *(stored for stored in by_time if stored is not lead)]
