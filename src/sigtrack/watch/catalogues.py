"""The catalogues of topics (`topics.toml`) and of formulas and ladders (`phrases.toml`).

Topics of the news are words for the same thing in several languages, and how common they are. They
are read like the actors of `actors.toml`, because the same rules apply to their words. They come
from `topics.toml` and the user's file of that name. Words that the user adds elsewhere count too:
an act of `lang/en.toml` for the topic with the name of its class, and new places of `places.toml`.
Of the shipped words there, only the places that topics.toml names count, because the others were
chosen for reading visits, and stories are tuned to the words of topics.toml.

The shipped `phrases.toml` is trusted: `tests/test_phrases.py` checks its form. A user's file adds
formulas, and wordings to known formulas; `lexicon.schema` defines what it may hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Literal

from sigtrack.frozen import frozen
from sigtrack.lexicon import LANGUAGES, Entry, Lexicon, shipped_lexicon, words_of
from sigtrack.model import Actor, Formula, Formulary, Ladder

TopicKind = Literal["act", "thing", "place"]
# Weights in tenths of a natural logarithm: 55 = in one of about 250 headlines, or rarer.
COMMON = {"always": 15, "often": 25, "usual": 35, "known": 45}
RARE = 55
_COUNTRY = 45
_ACT = 25
_SECTIONS: Mapping[str, TopicKind] = {"acts": "act", "things": "thing", "places": "place"}


@frozen
class Topics:
    """All topics.

    `actors` are topics as actors of the kind "topic", by id; ids begin with act:, thing: or place:.
    `common` are weights, by id, below the usual weight of their kind. `plain` are words that tell
    almost nothing, separated by spaces. `business` are ids of companies and markets, `parts` ids of
    acts that are part of an event between governments.
    """

    actors: Mapping[str, Actor]
    common: Mapping[str, int]
    plain: str
    business: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()

    def weight(self, actor: Actor) -> int:
        """Return how much it tells that two items name this actor."""
        usual = RARE
        if actor.kind == "country":
            usual = _COUNTRY
        elif actor.id.startswith("act:"):
            usual = _ACT
        return min(usual, self.common.get(actor.id, RARE))


def load_topics(lexicon: Lexicon, actors: Iterable[Actor] = ()) -> Topics:
    """Return the topics, of which kinds of another are that other one. `actors` are those in force:
    a place that they name is not a topic."""
    book = lexicon.topics
    words = {
        f"{kind}:{name}": lexicon.topic(section, name)
        for section, kind in _SECTIONS.items()
        for name in book.section(section)
    }
    for code in LANGUAGES:
        for act in lexicon.language(code).added.entries("act"):
            id = f"act:{act.text('class')}"
            if id in words and act.text("side") != "letter":
                words[id] += act.words()
    for id, names in _new_places(lexicon, words, actors):
        words[id] = (*words.get(id, ()), *names)
    for name, kinds in book.section("kind").items():
        for kind in kinds:
            words[f"thing:{name}"] += words.pop(f"thing:{kind}", ())
    ids: dict[str, list[str]] = {}
    for id in words:
        ids.setdefault(id.partition(":")[2], []).append(id)
    labels = {name: " ".join(words) for name, words in book.section("called").items()}
    common = {
        id: COMMON[rank]
        for name, rank in book.by_word("common").items()
        for id in ids.get(name, [name])
    }
    return Topics(
        actors={
            id: Actor(
                id=id,
                kind="topic",
                country=None,
                names=tuple(" ".join(w.split()) for w in some),
                label=labels.get(id.partition(":")[2], ""),
            )
            for id, some in words.items()
        },
        common=common,
        plain=" ".join(word for some in book.section("plain").values() for word in some),
        business=frozenset(id for name in book.by_word("business") for id in ids.get(name, ())),
        parts=frozenset(f"act:{name}" for name in book.by_word("part")),
    )


def _new_places(
    lexicon: Lexicon, words: Mapping[str, tuple[str, ...]], actors: Iterable[Actor]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the topics of the user's places, new or known, with the names that are new."""
    places = lexicon.places.added.entries("place")
    if not places:
        return
    named = {_bare(name) for actor in actors for name in (*actor.names, *actor.metonyms)}
    known = {_bare(w): id for id, some in words.items() if id.startswith("place:") for w in some}
    for place in places:
        names = {_bare(name): name for name in place.words("names")}
        if named.isdisjoint(names):
            new = f"place:{place.text('site').lower()}"
            id = next((known[one] for one in names if one in known), new)
            yield id, tuple(name for one, name in names.items() if one not in known)
            known = dict.fromkeys(names, id) | known


def _bare(name: str) -> str:
    return name.lstrip("=~").lower()


OWN = "own"  # the topic of a user's formula that names none


def load_formulary(lexicon: Lexicon | None = None) -> Formulary:
    """Return formulas and ladders in the order of the files; without a lexicon the shipped ones."""
    book = (lexicon or shipped_lexicon()).phrases
    by_id: dict[str, list[Entry]] = {}
    for entry in book.entries("phrase"):
        by_id.setdefault(entry.text("id"), []).append(entry)
    ladders = book.pages[0].values["ladder"]
    return Formulary(
        formulas=tuple(map(_formula, by_id.values())), ladders=tuple(map(_ladder, ladders))
    )


def _formula(entries: Sequence[Entry]) -> Formula:
    """Join entries with one id: the first describes the formula, and all give it words."""
    wordings = {
        language: tuple(dict.fromkeys(chain.from_iterable(e.words(language) for e in entries)))
        for language in LANGUAGES
    }
    raw = entries[0].values
    return Formula(
        id=raw["id"],
        topic=raw.get("topic", OWN),
        wordings={language: words for language, words in wordings.items() if words},
        opposes=tuple(raw.get("opposes", ())),
        ladder=raw.get("ladder"),
        rung=raw.get("rung"),
        between=raw.get("between", False),
    )


def _ladder(raw: Mapping[str, Any]) -> Ladder:
    return Ladder(
        id=raw["id"],
        title=raw["title"],
        rungs={
            language: tuple(
                words_of(rung.split("|"), is_chinese=language == "zh") for rung in raw[language]
            )
            for language in LANGUAGES
            if language in raw
        },
        country=raw.get("country"),
        is_object=raw.get("object", False),
    )
