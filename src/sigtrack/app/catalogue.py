"""The feeds in force: the shipped catalogue and the user's own `feeds.toml` on top of it."""

from __future__ import annotations

from dataclasses import dataclass

from sigtrack.config import Settings
from sigtrack.model import Feed, Problem, Role
from sigtrack.watch import shipped_text
from sigtrack.watch.feeds import load_feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    feeds: tuple[Feed, ...]
    problems: tuple[Problem, ...]

    def roles(self) -> dict[str, Role]:
        return {feed.id: feed.role for feed in self.feeds}


def load_catalogue(settings: Settings) -> Catalogue:
    feeds, problems = load_feeds(shipped_text("feeds.toml"), settings.feeds)
    return Catalogue(feeds=feeds, problems=problems)
