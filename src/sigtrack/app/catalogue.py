"""The feeds in force: the shipped catalogue and the user's own `feeds.toml` on top of it."""

from __future__ import annotations

from dataclasses import dataclass

from sigtrack.config import Settings
from sigtrack.model import Feed, Problem, Role
from sigtrack.watch import shipped_text
from sigtrack.watch.feeds import load_feeds

_BROKEN = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    feeds: tuple[Feed, ...]
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """How a run that otherwise went well ends: an entry with an error is left out."""
        return _BROKEN if any(problem.severity == "error" for problem in self.problems) else 0

    def roles(self) -> dict[str, Role]:
        return {feed.id: feed.role for feed in self.feeds}


def load_catalogue(settings: Settings) -> Catalogue:
    feeds, problems = load_feeds(shipped_text("feeds.toml"), settings.feeds)
    return Catalogue(feeds=feeds, problems=problems)
