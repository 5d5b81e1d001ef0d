"""What a second reader says of hits, shown beside them by `report` and `show` with `--opinions`.

An opinion decides nothing: it adds, removes and reorders no hit. Without the option nothing here
is loaded and no question goes to the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sigtrack.analyze.opinions import Question, question_of, without_addresses
from sigtrack.app.index import Index
from sigtrack.model import Column, Hit, Opinion, Stance, Table
from sigtrack.speech import ENGLISH, Messages, message
from sigtrack.store import Found, Store
from sigtrack.views.hits import shortened

Signal = tuple[str, str]  # ids of a watchlist and of a signal in it
SAYS: Mapping[Stance, str] = {"agrees": "agrees", "doubts": "doubts it", "unsure": "is unsure"}
_SAID: Mapping[Stance, str] = {
    "doubts": message("second reader: doubts it: {quote}"),
    "unsure": message("second reader: is unsure: {quote}"),
}
_ABOUT_ONE: Mapping[Stance, str] = {
    "doubts": message("second reader: doubts it ({signal}): {quote}"),
    "unsure": message("second reader: is unsure ({signal}): {quote}"),
}
_LONGEST_QUOTE = 80  # characters of a quote beside a story


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionsOnHits:
    """The latest opinion on each hit, by item, watchlist and signal, and the titles of signals."""

    opinions: Mapping[tuple[str, str, str], Opinion] = field(default_factory=dict)
    titles: Mapping[Signal, str] = field(default_factory=dict)

    def of(self, hit: Hit) -> Opinion | None:
        return self.opinions.get((hit.item, hit.watchlist, hit.signal))

    def remark(self, hits: Iterable[Hit], messages: Messages = ENGLISH) -> str:
        """Return what is said beside a story with these hits, "" if nobody was asked.

        "second reader: doubts it (Fog): “a fog of numbers”; +1": the first doubt, else what it is
        unsure of, with the signal if the story has several, and how many more there are.
        """
        hits = tuple(hits)
        told = [(hit, opinion) for hit in hits if (opinion := self.of(hit))]
        if not told:
            return ""
        others = [one for one in told if one[1].stance != "agrees"]
        others.sort(key=lambda one: one[1].stance != "doubts")
        if not others:
            return messages.say("second reader: agrees")
        hit, opinion = others[0]
        signals = {(one.watchlist, one.signal) for one in hits}
        title = self.titles.get((hit.watchlist, hit.signal), hit.signal)
        said = messages.say(
            (_ABOUT_ONE if len(signals) > 1 else _SAID)[opinion.stance],
            signal=messages.title(title),
            quote=quoted(opinion),
        )
        return messages.clauses((said, f"+{len(others) - 1}" if len(others) > 1 else ""))


class OpinionReader:
    """Reads opinions from a store."""

    def __init__(self, store: Store, index: Index) -> None:
        self._store = store
        self._titles = index.signal_titles()
        self._questions = {key: one.fingerprint for key, one in questions_of(index).items()}

    def on(self, found: Iterable[Found]) -> OpinionsOnHits:
        """Return the latest opinions on these hits, whichever model they are of."""
        found = tuple(found)
        kept = self._store.opinions({one.stored.number for one in found})
        latest = {(number, opinion.question): opinion for number, opinion in kept}
        told = {}
        for stored, hit, _ in found:
            signal = hit.watchlist, hit.signal
            if opinion := latest.get((stored.number, self._questions.get(signal, ""))):
                told[(hit.item, *signal)] = opinion
        return OpinionsOnHits(opinions=told, titles=self._titles)


def questions_of(index: Index) -> dict[Signal, Question]:
    """Return what a second reader is asked about the hits of each signal."""
    return {
        (watchlist.id, signal.id): question_of(watchlist, signal)
        for watchlist in index.watchlists
        for signal in watchlist.signals
    }


def quoted(opinion: Opinion, most: int = _LONGEST_QUOTE) -> str:
    """Return the quote on one line, in quotation marks. No program makes a link of it."""
    return f"“{shortened(without_addresses(' '.join(opinion.quote.split())), most)}”"


def opinion_record(opinion: Opinion | None) -> dict[str, Any] | None:
    if opinion is None:
        return None
    return {
        "stance": opinion.stance,
        "quote": opinion.quote,
        "reason": opinion.reason,
        "model": opinion.model,
        "at": opinion.at,
    }


def opinions_table(hits: Iterable[Hit], opinions: OpinionsOnHits) -> list[Table]:
    """Return the table of `show`; nothing if there is no opinion on any of these hits."""
    rows = tuple(
        (
            f"{hit.watchlist} / {hit.signal}",
            SAYS[opinion.stance],
            " · ".join(filter(None, (quoted(opinion, 300), opinion.reason))),
            opinion.model,
            opinion.at,
        )
        for hit in hits
        if (opinion := opinions.of(hit))
    )
    if not rows:
        return []
    columns = (
        Column(name="signal", kind="key"),
        Column(name="says"),
        Column(name="because of", kind="main"),
        Column(name="model"),
        Column(name="asked"),
    )
    return [Table(title="Second reader", columns=columns, rows=rows)]
