"""`sigtrack opinions`: asks a second reader about stored hits, and shows what it said beside them.

One hit after the other, the latest first, and each opinion is saved before the next hit is asked
about, so a run that is stopped keeps what it has. The run ends early if the server says that it
should (a key that is refused, a redirect, a long wait) or fails several times in a row.

`report` and `show` show opinions with `--opinions`. An opinion decides nothing: it adds, removes
and reorders no hit. Without the option nothing here is loaded and no question goes to the store.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sigtrack.analyze.opinions import (
    LONGEST_PASSAGE,
    PROMPT,
    Judgement,
    Question,
    Unfounded,
    Unusable,
    judgement_in,
    question_of,
    request_of,
    without_addresses,
)
from sigtrack.app.in_force import Index
from sigtrack.app.window import phrase_of
from sigtrack.config import OpinionSettings
from sigtrack.errors import Unavailable
from sigtrack.fetch.client import Endpoint, Reply, retry_after
from sigtrack.fetch.trouble import Unfetchable
from sigtrack.frozen import frozen
from sigtrack.model import (
    Block,
    Cell,
    Hit,
    Item,
    Note,
    Opinion,
    Report,
    Span,
    Stance,
    Table,
    columns_of,
)
from sigtrack.speech import ENGLISH, Messages, message
from sigtrack.store.interface import Found, Query
from sigtrack.store.sql import Store
from sigtrack.text import clean
from sigtrack.views.hits import ID_SHOWN, count, marked_title, record_of, shortened, without_article

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


@frozen
class OpinionsOnHits:
    """The latest opinion on each hit, by item, watchlist and signal, and the titles of signals."""

    opinions: Mapping[tuple[str, str, str], Opinion] = field(default_factory=dict)
    titles: Mapping[Signal, str] = field(default_factory=dict)

    def of(self, hit: Hit) -> Opinion | None:
        return self.opinions.get((hit.item, *hit.key))

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
        signals = {one.key for one in hits}
        title = self.titles.get(hit.key, hit.signal)
        said = messages.say(
            (_ABOUT_ONE if len(signals) > 1 else _SAID)[opinion.stance],
            signal=messages.title(title),
            quote=quoted(opinion),
        )
        return messages.clauses((said, f"+{len(others) - 1}" if len(others) > 1 else ""))


def opinions_on(found: Iterable[Found], store: Store, index: Index) -> OpinionsOnHits:
    """Return the latest opinions on these hits, whichever model they are of."""
    found, questions = tuple(found), questions_of(index)
    kept = store.opinions({one.stored.number for one in found})
    latest = {(number, opinion.question): opinion for number, opinion in kept}
    told = {}
    for stored, hit, _ in found:
        question = questions.get(hit.key)
        if question and (opinion := latest.get((stored.number, question.fingerprint))):
            told[(hit.item, *hit.key)] = opinion
    return OpinionsOnHits(opinions=told, titles=index.signal_titles())


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
    columns = columns_of("signal|key", "says", "because of|main", "model", "asked")
    return [Table(title="Second reader", columns=columns, rows=rows)]


FIELDS = ("item", "title", "link", "source", "lang", "watchlist", "signal", "opinion")
_FAILURES = 3  # answers in a row that are of no use
_TRIES = 3  # requests for one hit, if the server is busy
_WAIT, _LONGEST_WAIT = 5.0, 120.0  # seconds: if a busy server does not say how long, and at most
_BUSY = (429, 503)
_LONGEST_WORDS = 200  # of a server's own explanation
_KEPT = "opinions so far are kept; run it again to go on"
_STANCES = tuple(SAYS)

Post = Callable[[bytes], Reply]  # raises Unfetchable


class OpenQuestion(NamedTuple):
    """A hit, without its article, and what a second reader is asked about it."""

    found: Found
    question: Question


@frozen
class Todo:
    """`chosen` are asked about in this run. `others` are too many for it, `known` have an opinion
    already."""

    chosen: Sequence[OpenQuestion]
    others: int
    known: int


@dataclass(slots=True, kw_only=True)
class AskedSoFar:
    """The hits that were asked about and what came of each; `halted` says why a run ended early."""

    judged: list[tuple[OpenQuestion, Judgement]] = field(default_factory=list)
    halted: Unavailable | None = None


def todo_of(store: Store, query: Query, index: Index, model: str, at_most: int | None) -> Todo:
    """Choose the hits to ask about, the latest first; `at_most` None means all. Hits of signals
    that are no longer there are left out, and hits that need the full text of a page, because the
    second reader gets the words of the feed."""
    questions = questions_of(index)
    found = [
        OpenQuestion(one._replace(stored=without_article(one.stored)), questions[one.hit.key])
        for one in store.hits(query)
        if not one.hit.needs_full_text and one.hit.key in questions
    ]
    numbers = {one.found.stored.number for one in found}
    known = {(number, kept.question) for number, kept in _kept(store, numbers, model)}
    todo = [one for one in found if _key(one) not in known]
    chosen = todo[:at_most]
    return Todo(chosen=chosen, others=len(todo) - len(chosen), known=len(found) - len(todo))


def _key(one: OpenQuestion) -> tuple[int, str]:
    return one.found.stored.number, one.question.fingerprint


def _kept(store: Store, numbers: set[int], model: str) -> list[tuple[int, Opinion]]:
    every = store.opinions(numbers)
    return [one for one in every if one[1].model == model and one[1].prompt == PROMPT]


@frozen(kw_only=False)
class SecondReader:
    """Asks one question at a time, and says in words why an answer is of no use. `key` is only for
    keeping it out of messages: a server may repeat it."""

    settings: OpinionSettings
    post: Post
    clock: Callable[[], datetime]
    sleep: Callable[[float], object]
    key: str = ""

    @property
    def host(self) -> str:
        return clean(self.settings.host)

    def judge(self, item: Item, spans: Sequence[Span], question: Question) -> Judgement:
        """Raises Unavailable if it is no use to ask anything else."""
        try:
            reply = self._reply(request_of(item, spans, question, self.settings.model))
        except Unfetchable as error:
            return Unusable(error.reason)
        if reply.status == 200:
            model, at = self.settings.model, self.clock()
            return judgement_in(reply.body, item, question, model=model, at=at)
        if refusal := _REFUSALS.get(300 if 300 <= reply.status < 400 else reply.status):
            reason, hint = refusal
            raise Unavailable(f"{self.host} {reason}{self._explained(reply)}", hint=hint)
        return Unusable(f"answered {reply.status}{self._explained(reply)}")

    def _reply(self, body: bytes) -> Reply:
        reply = self.post(body)
        for _ in range(_TRIES - 1):
            if reply.status not in _BUSY:
                return reply
            wait = retry_after(reply.headers, self.clock())
            if wait is not None and wait > _LONGEST_WAIT:
                raise Unavailable(f"{self.host} wants no question for {wait:,.0f} s", hint=_KEPT)
            self.sleep(_WAIT if wait is None else wait)
            reply = self.post(body)
        if reply.status in _BUSY:
            busy = f"{self.host} is busy: it answered {reply.status} {_TRIES} times"
            raise Unavailable(f"{busy}{self._explained(reply)}", hint=_KEPT)
        return reply

    def _explained(self, reply: Reply) -> str:
        """Return what the server says of an error, in one short line without the key."""
        try:
            words: Any = json.loads(reply.body)["error"]["message"]
        except (ValueError, LookupError, TypeError, RecursionError):
            return ""
        if not isinstance(words, str):
            return ""
        words = words.replace(self.key, "…") if self.key else words
        return f": {without_addresses(clean(words[: 4 * _LONGEST_WORDS]))[:_LONGEST_WORDS]}"


_REFUSALS: Mapping[int, tuple[str, str]] = {
    300: (
        "redirects to another address, which is not followed: texts and key are for this one only",
        "set url in [opinions] to the address that answers itself",
    ),
    401: ("does not accept the key", "set key_env or key_file in [opinions]"),
    403: ("does not allow it", "set key_env or key_file in [opinions], or ask whom it belongs to"),
    404: ("has nothing there, or no such model", "look at url and model in [opinions]"),
}


def ask(
    store: Store,
    todo: Todo,
    reader: SecondReader,
    progress: Callable[[int, int], object] | None = None,
) -> AskedSoFar:
    """Ask about the chosen hits, and save each opinion at once."""
    asked = AskedSoFar()
    failures = 0
    for number, one in enumerate(todo.chosen, 1):
        try:
            judgement = _judged(store, one, reader)
        except Unavailable as error:
            asked.halted = error
            break
        asked.judged.append((one, judgement))
        failures = failures + 1 if isinstance(judgement, Unusable) else 0
        nothing_came = number == failures == len(todo.chosen)
        if isinstance(judgement, Unusable) and (failures == _FAILURES or nothing_came):
            again = f", after {failures - 1} more failures in a row" if failures > 1 else ""
            asked.halted = Unavailable(f"{reader.host} {judgement.reason}{again}", hint=_KEPT)
            break
        if progress:
            progress(number, len(todo.chosen))
    return asked


def _judged(store: Store, one: OpenQuestion, reader: SecondReader) -> Judgement:
    """The same words may have been asked about in the meantime, by this run or by another."""
    number, question = _key(one)
    for _, kept in _kept(store, {number}, reader.settings.model):
        if kept.question == question:
            return kept
    item = store.revision(number).item
    judgement = reader.judge(item, one.found.hit.spans, one.question)
    if isinstance(judgement, Opinion):
        store.keep_opinion(number, judgement)
    return judgement


def reader_of(
    settings: OpinionSettings,
    environment: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
    sleep: Callable[[float], object],
) -> SecondReader:
    """Raises Misconfigured or InputUnreadable if the settings do not allow to ask anybody."""
    settings.check()
    key = settings.key(environment)
    endpoint = Endpoint(settings.endpoint, key=key, seconds=settings.timeout)
    return SecondReader(settings, endpoint.post, key=key, clock=clock, sleep=sleep)


def rehearsal_of(todo: Todo, settings: OpinionSettings, since: str) -> Report:
    """Say what would be asked, where, and what would be sent there."""
    blocks: list[Block] = []
    if todo.chosen:
        blocks.append(Table(columns=_COLUMNS[:3], rows=tuple(_row(one)[:3] for one in todo.chosen)))
    blocks.append(Note(text=_plan(todo, settings) if todo.chosen else _nothing(todo, since)))
    blocks += [Note(text=str(one), level="warning") for one in settings.obstacles()]
    records = tuple(_record(one) for one in todo.chosen)
    return Report(title="Second reader", blocks=tuple(blocks), records=records, fields=FIELDS)


def _plan(todo: Todo, settings: OpinionSettings) -> str:
    model, address = clean(settings.model), clean(settings.endpoint)
    return (
        f"{count(len(todo.chosen), 'question')} would go to {model or 'no model'} at "
        f"{address or 'no address'}, each with the title, summary and text of an item (of a long "
        f"one up to {LONGEST_PASSAGE:,} characters) and what its signal watches{_rest(todo)}"
    )


def report_of(asked: AskedSoFar, todo: Todo, since: str) -> Report:
    """List the answers, doubts first, and count them."""
    blocks: list[Block] = []
    if asked.judged:
        judged = sorted(asked.judged, key=lambda one: _rank(one[1]))
        blocks.append(Table(columns=_COLUMNS, rows=tuple(_row(*one) for one in judged)))
    blocks.append(Note(text=_counted(asked, todo) if todo.chosen else _nothing(todo, since)))
    records = tuple(_record(*one) for one in asked.judged)
    return Report(title="Second reader", blocks=tuple(blocks), records=records, fields=FIELDS)


def _rank(judgement: Judgement) -> int:
    if isinstance(judgement, Opinion):
        return {"doubts": 0, "unsure": 1, "agrees": 2}[judgement.stance]
    return 3


def _counted(asked: AskedSoFar, todo: Todo) -> str:
    """ "41 asked: 33 agree, 5 doubt, 3 unsure" and what else there is to say."""
    judgements = [judgement for _, judgement in asked.judged]
    stances = Counter(one.stance for one in judgements if isinstance(one, Opinion))
    verbs = zip(_STANCES, ("agree", "doubt", "unsure"), strict=True)
    parts = [f"{stances[stance]} {verb}" for stance, verb in verbs]
    if unfounded := sum(isinstance(one, Unfounded) for one in judgements):
        answers = count(unfounded, "answer")
        parts.append(f"{answers} without a quote that stands in the text")
    if unusable := sum(isinstance(one, Unusable) for one in judgements):
        parts.append(f"{count(unusable, 'answer')} of no use")
    return f"{len(judgements)} asked: {', '.join(parts)}{_rest(todo)}"


def _rest(todo: Todo) -> str:
    known = f"; {count(todo.known, 'hit')} asked about before" if todo.known else ""
    return known + (f"; {count(todo.others, 'hit')} left for another run" if todo.others else "")


def _nothing(todo: Todo, since: str) -> str:
    if todo.known:
        return f"nothing to ask: there is an opinion on all hits {phrase_of(since)}"
    return f"nothing to ask: no hits {phrase_of(since)}"


_COLUMNS = columns_of("headline|main", "id|key", "signal", "second reader", "because of|below")


def _row(one: OpenQuestion, judgement: Judgement | None = None) -> tuple[Cell, ...]:
    stored, hit, _ = one.found
    title = marked_title(stored, (hit,))
    signal = f"{hit.watchlist} / {hit.signal}"
    match judgement:
        case Opinion():
            because = " · ".join(filter(None, (quoted(judgement, 200), judgement.reason)))
            says = SAYS[judgement.stance]
        case Unfounded():
            says, because = "does not count", "its quote does not stand in the text"
        case Unusable(reason):
            says, because = "does not count", f"it {reason}"
        case None:
            says = because = ""
    return title, stored.id[:ID_SHOWN], signal, says, because


def _record(one: OpenQuestion, judgement: Judgement | None = None) -> dict[str, Any]:
    opinion = judgement if isinstance(judgement, Opinion) else None
    record = record_of(one.found.stored, one.found.hit) | {"opinion": opinion_record(opinion)}
    return {name: record[name] for name in FIELDS}
