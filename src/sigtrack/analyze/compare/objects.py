"""The weight of objects in a statement, and which of them harden it (tables of topics.toml)."""

from __future__ import annotations

from collections.abc import Iterable, Set
from itertools import combinations

from sigtrack.analyze.compare.reading import Reading
from sigtrack.analyze.compare.signs import LEAD, LEAVE, MENTION
from sigtrack.lexicon import Lexicon

_NEAR = 20  # letters from the beginning of a sentence to its subject
LAST = 99
UNKNOWN = 0


class Objects:
    """Objects of statements in which `parties` speak; these countries are not objects."""

    def __init__(self, lexicon: Lexicon, parties: Set[str]) -> None:
        book = lexicon.topics
        self._levels = {  # an object that the user has raised has the highest weight
            name: level
            for level in (LEAVE, MENTION, LEAD)
            for name in book.words("weight", f"{level}")
        }
        self._alone = frozenset(book.words("weight", "alone"))
        self._levels |= dict.fromkeys(self._alone, LEAD)
        self._places = {name: place for place, name in enumerate(book.words("weight", "3"))}
        for pair, names in book.section("weight", "lead").items():
            if set(pair.split("-")) == parties:
                self._levels |= dict.fromkeys(names, LEAD)
        self._harder = frozenset(book.words("way", "harder"))
        self._softer = frozenset(book.words("way", "softer"))
        self._promised = [
            country
            for pair, countries in book.section("way", "promised").items()
            if set(pair.split("-")) == parties
            for country in countries
        ]
        self._parties = parties

    def of(self, one: Reading) -> frozenset[str]:
        """Return named objects, countries that do not speak, and each pair of these ("KP-RU")."""
        others = sorted(one.countries - self._parties)
        pairs = ("-".join(pair) for pair in combinations(others, 2))
        named = one.objects | {name for name in (*others, *pairs) if name in self._levels}
        return named - self._alone or named

    def level(self, objects: Iterable[str]) -> int:
        """3 lead with it, 2 mention it, 1 leave it; 0 for no object."""
        return max((self._levels.get(name, UNKNOWN) for name in objects), default=UNKNOWN)

    def place(self, objects: Set[str]) -> int:
        """Return the place of the first of them in the table, which is the order of reporting."""
        return min((self._places[name] for name in objects & self._places.keys()), default=LAST)

    def harden(self, objects: Set[str]) -> bool:
        return bool(objects & self._harder)

    def promise(self, one: Reading) -> bool:
        """Whether the sentence begins with a party that was asked for promises."""
        named = one.clues.get("country", ())
        first = next(iter(named), None)
        return first is not None and first.owner.value in self._promised and first.start < _NEAR

    def soften(self, objects: Set[str]) -> bool:
        """Whether something is offered and nothing is demanded."""
        return bool(objects & self._softer)
