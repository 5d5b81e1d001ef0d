"""The names in headlines: the gazetteer and the topics as one plan without rules.

Stories and weights use it. Compiling takes 0.3 s, so it is kept with the rules (see `Rules.names`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sigtrack.lexicon import Lexicon, shipped_lexicon
from sigtrack.match import Matcher, Plan, plan_of
from sigtrack.model import Actor
from sigtrack.watch.catalogues import Topics, load_topics


@dataclass(frozen=True)
class Names:
    topics: Topics
    plan: Plan

    def matcher(self) -> Matcher:
        """Return a matcher for mentions, always the same; it has no watchlists."""
        return self._matcher

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher((), {}, plan=self.plan)


def names_of(actors: Mapping[str, Actor], lexicon: Lexicon | None = None) -> Names:
    """Compile the names; without a lexicon (with the user's words) by the shipped one."""
    lexicon = lexicon or shipped_lexicon()
    topics = load_topics(lexicon, actors.values())
    return Names(topics, plan_of((), {**actors, **topics.actors}, lexicon))
