"""What news is about: words for the same thing in several languages, and how common they are.

The shipped `topics.toml` is read like `actors.toml`, because its words are read by the same rules.
It is trusted, as users have none of their own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sigtrack.model import Actor

TopicKind = Literal["act", "thing", "place"]
# Weights in tenths of a natural logarithm: 55 = one in some 250 headlines or less.
COMMON = {"always": 15, "often": 25, "usual": 35, "known": 45}
RARE = 55
_COUNTRY = 45
_ACT = 25
_SECTIONS: Mapping[str, TopicKind] = {"acts": "act", "things": "thing", "places": "place"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """`actors` are topics as actors of the kind "topic", by id; ids begin with act:, thing: or
    place:. `common` are weights below those that their kind has otherwise, by id. `plain` are
    words that tell next to nothing, with spaces between."""

    actors: Mapping[str, Actor]
    common: Mapping[str, int]
    plain: str

    def weight(self, actor: Actor) -> int:
        """How much it tells that two items name it."""
        usual = RARE
        if actor.kind == "country":
            usual = _COUNTRY
        elif actor.id.startswith("act:"):
            usual = _ACT
        return min(usual, self.common.get(actor.id, RARE))


def load_topics(text: str) -> Topics:
    document = tomllib.loads(text)
    topics = [
        Actor(id=f"{kind}:{name}", kind="topic", country=None, names=_words(words))
        for section, kind in _SECTIONS.items()
        for name, words in document[section].items()
    ]
    named = {actor.id.partition(":")[2]: actor.id for actor in topics}
    common = {
        named.get(name, name): COMMON[rank]
        for rank, names in document["common"].items()
        for name in _words(names)
    }
    plain = " ".join(word for words in document["plain"].values() for word in _words(words))
    return Topics(actors={actor.id: actor for actor in topics}, common=common, plain=plain)


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(",") if word.strip())
