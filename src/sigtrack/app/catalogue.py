"""The feeds in force: the shipped catalogue, overridden by the user's own `feeds.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from sigtrack.config import Settings
from sigtrack.lexicon.zones import main_zone
from sigtrack.model import Feed, Problem, Role
from sigtrack.watch import shipped_text
from sigtrack.watch.feeds import load_feeds

_BROKEN = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """`broken`: the user's file has an error, and no earlier good version of it is in force."""

    feeds: tuple[Feed, ...]
    problems: tuple[Problem, ...]
    broken: bool = False

    @property
    def exit_code(self) -> int:
        """The exit code of a run that otherwise went well: 78 if the user must mend the file."""
        return _BROKEN if self.broken else 0

    def roles(self) -> dict[str, Role]:
        return {feed.id: feed.role for feed in self.feeds}

    def zones(self) -> dict[str, str]:
        """Return the time zone of each feed's publisher: an IANA name, "" if it is unknown.

        Empty while the user's file is broken, because its zones are unknown then.
        """
        if self.broken:
            return {}
        return {feed.id: feed.timezone or main_zone(feed.country) for feed in self.feeds}

    def as_rules_see_it(self) -> tuple[Feed, ...]:
        """Return the feeds with what matching may ask of them: no secret, no path of an address."""
        return tuple(
            Feed(
                id=feed.id,
                url=f"https://{urlsplit(feed.url).hostname or ''}/",
                language=feed.language,
                country=feed.country,
                timezone=feed.timezone,
                role=feed.role,
                group=feed.group,
            )
            for feed in self.feeds
        )


def load_catalogue(settings: Settings) -> Catalogue:
    loaded = load_feeds(
        shipped_text("feeds.toml"), settings.feeds, last_good=settings.state / "feeds"
    )
    return Catalogue(feeds=loaded.feeds, problems=loaded.problems, broken=loaded.broken)
