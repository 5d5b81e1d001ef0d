"""The names of actors, places and topics as a reader of one language writes them.

The gazetteer lists spellings of all languages together, so a name is chosen by its letters: the
first spelling in Hangul for Korean, the first in Kana or in Han as Japan writes it, the first in
simplified Han for Chinese. Where the first is not what a newspaper of that country prints (the
press abbreviates and a matcher needs that), the catalogue of the language has the name, under
`name` (see `speech`). A name without any spelling of the language stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from itertools import chain

from sigtrack.lexicon.books import shipped_lexicon
from sigtrack.lexicon.han import as_simplified, may_be_japanese
from sigtrack.model import Actor
from sigtrack.speech import Messages
from sigtrack.text.scripts import HAN, HANGUL, KANA

_LEAST = 2  # letters: a single one is what headlines abbreviate to
_BETWEEN = "·・ "  # what may stand between the parts of a name
_KOREAN = re.compile(f"[{HANGUL}{_BETWEEN}]+")
_JAPANESE = re.compile(f"[{HAN}{KANA}{_BETWEEN}]+")
_HAN_ONLY = re.compile(f"[{HAN}{_BETWEEN}]+")


class Naming:
    """Names in the language of `messages`; English names are those of the gazetteer."""

    def __init__(self, messages: Messages, actors: Mapping[str, Actor]) -> None:
        self.messages = messages
        self._actors = actors

    def of(self, actor: Actor) -> str:
        """Return the name of an actor or topic."""
        is_word = actor.kind == "topic"
        return self._told(actor.name, lambda: actor.names, is_word=is_word)

    def by_id(self, id: str, otherwise: str = "") -> str:
        """Return the name of a country or another actor; without one `otherwise`, else the id."""
        actor = self._actors.get(id)
        return self.of(actor) if actor else otherwise or id

    def place(self, site: str) -> str:
        """Return the name of a town, hall or region that visits are read with."""
        return self._told(site, lambda: self._places.get(site, ()))

    def _told(
        self, name: str, spellings: Callable[[], Iterable[str]], *, is_word: bool = False
    ) -> str:
        language = self.messages.language
        if language == "en":
            return name
        told = self.messages.name(name) or spelling_in(language, spellings(), is_word=is_word)
        return told or name

    @cached_property
    def _places(self) -> Mapping[str, tuple[str, ...]]:
        """The spellings of places by their English name."""
        found = dict(_shipped_places())
        for actor in self._actors.values():
            if actor.kind == "venue":
                found[actor.name] = actor.names
            elif actor.capital:
                found.setdefault(actor.capital, actor.metonyms)
        return found


@cache
def _shipped_places() -> Mapping[str, tuple[str, ...]]:
    entries = shipped_lexicon().places.entries("place")
    return {place.text("site"): place.words("names") for place in entries}


def spelling_in(language: str, names: Iterable[str], *, is_word: bool = False) -> str:
    """Return the first of the names that a language can have, "" if there is none.

    Chinese names are those in simplified letters. Of words (`is_word`) these may be Japanese, so
    the first that Japan cannot write is taken, if there is one.
    """
    bare = [name for one in names if len(name := one.lstrip("=~")) >= _LEAST]
    if language == "ko":
        return next(filter(_KOREAN.fullmatch, bare), "")
    if language == "ja":
        return next((one for one in bare if _JAPANESE.fullmatch(one) and may_be_japanese(one)), "")
    simple = {name: as_simplified(name) for name in bare if _HAN_ONLY.fullmatch(name)}
    written = [name for name in simple if simple[name] == name]
    of_china = (name for name in written if is_word and not may_be_japanese(name))
    return next(chain(of_china, written, filter(None, simple.values())), "")
