"""Wording that is new, gone, hardened or softened, each told by one digest only.

A phrase is new if no item known at the last digest contains it. Items that arrived since count as
said now, and items known before as said before, whatever their date. A change on a ladder is told
by the digest whose items bring it. A phrase is gone if its last use was `GONE` ago and its absence
since is more than chance: that moment falls between two digests only once. With too little earlier
text nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sigtrack.analyze.wording import (
    SURE,
    Counts,
    PhraseRow,
    Publisher,
    Said,
    SaidItem,
    Shift,
    Step,
    Texts,
    Window,
    chance_of,
    measure,
)
from sigtrack.app.compare import Compared
from sigtrack.app.digest_block import block_of, ids_of
from sigtrack.app.readings import Readings
from sigtrack.app.suggestions import difference
from sigtrack.model import Cell, Column, Formulary, Span, StoredItem, Table
from sigtrack.speech import Words, message
from sigtrack.store import DigestChoice, Look

GONE = timedelta(days=30)
BASELINE = timedelta(days=90)
_INSTANT = timedelta(microseconds=1)
_COLUMNS = (
    Column(name=message("change", "column"), kind="key"),
    Column(name=message("phrase", "column"), kind="main"),
    Column(name=message("use", "column")),
    Column(name=message("evidence", "column")),
)
_WAYS = {"hardened": message("hardened"), "softened": message("softened")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An item that a digest reads. `before` is its revision at the last digest: None if it was not
    stored, the same if nothing has changed. Articles may be missing."""

    stored: StoredItem
    before: StoredItem | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """The wording that a digest tells. Rows and shifts are in the order of `measure`."""

    new: tuple[PhraseRow, ...] = ()
    gone: tuple[PhraseRow, ...] = ()
    shifts: tuple[Shift, ...] = ()


def since_of(choice: DigestChoice, last: Look) -> datetime:
    """Return the first moment whose items are read."""
    return min(choice.at - GONE, last.at) - BASELINE


def reworded(
    arrivals: Iterable[Arrival],
    readings: Readings,
    texts: Texts,
    formulary: Formulary,
    publishers: Mapping[str, Publisher],
    choice: DigestChoice,
    last: Look,
) -> Reworded:
    def said_in(stored: StoredItem, publisher: Publisher) -> Said:
        return _told_by(stored, publisher, stored.moment), readings.wording_of(stored.number)

    told: dict[int, SaidItem] = {}
    edits: list[tuple[Said, Said]] = []
    for one in arrivals:
        publisher = publishers.get(one.stored.item.feed) or Publisher(id=one.stored.item.feed)
        item = _told_by(one.stored, publisher, _learned(one, last))
        told[item.number] = item._replace(anchors=one.spans, is_hit=True)
        if one.before is not None and one.before.number != one.stored.number:
            edits.append((said_in(one.before, publisher), said_in(one.stored, publisher)))
    recent = choice.at - GONE
    measured = measure(
        told.values(),
        ((told[number], read) for number, read in readings.wording(told)),
        formulary,
        Window(since=last.at),
        texts,
        edits=edits,
        label_of=lambda one: "recent" if one.moment >= recent else "before",
    )
    if not measured.corpus.has_past:
        return Reworded()
    return Reworded(
        new=tuple(row for row in measured.formulas if row.change == "new"),
        gone=tuple(row for row in measured.formulas if _is_gone(row, last.at - GONE, recent)),
        shifts=measured.steps.shifts,
    )


def _told_by(stored: StoredItem, publisher: Publisher, moment: datetime) -> SaidItem:
    return SaidItem(
        id=stored.id,
        number=stored.number,
        revision=stored.revision,
        publisher=publisher,
        story=stored.story or stored.item.fingerprint or stored.id,
        moment=moment,
        said_at=stored.revised_at or moment,
    )


def _learned(one: Arrival, last: Look) -> datetime:
    """Return when the item was learned, only as precisely as the last digest divides time."""
    moment = one.stored.moment
    if one.before is None:
        return max(moment, last.at)
    return min(moment, last.at - _INSTANT)


def _is_gone(row: PhraseRow, since: datetime, until: datetime) -> bool:
    """Whether the last use is between these moments and its absence since more than chance."""
    if row.parts is None or not since <= row.last.told.moment < until:
        return False
    now, before = row.parts.get("recent"), row.parts.get("before")
    if now is None or before is None:
        return False
    counts = Counts(0, now.of, before.stories, before.of)
    return chance_of((counts,)).p < SURE


def other_wording(
    found: Reworded, statements: Iterable[Compared], names: Mapping[str, str], words: Words
) -> tuple[Table, ...]:
    """Return the block of statements compared with earlier ones, and of what `reworded` returns.
    `names` are publishers by the id of their feed."""
    rows = [*(_statement(one, words) for one in statements), *_rows(found, names, words)]
    return block_of(message("Wording"), _COLUMNS, rows, words)


def _statement(compared: Compared, words: Words) -> tuple[Cell, ...]:
    ways, first = difference(compared)
    counted = words.listed(f"{words.say(_WAYS[way])} {number}" for way, number in ways.items())
    change = (first.after or first.before or "") if first else ""
    ids = tuple(one.id.partition("@")[0] for one in (compared.old, compared.new))
    return (
        words.say(message("statement", "wording")),
        f"{compared.old.label} → {compared.new.label}",
        ": ".join(filter(None, (counted, change))),
        ids_of(ids),
    )


def _rows(found: Reworded, names: Mapping[str, str], words: Words) -> Iterator[tuple[Cell, ...]]:
    def name_of(publisher: Publisher) -> str:
        return names.get(publisher.id, publisher.id)

    for shift in found.shifts:
        ids = tuple(dict.fromkeys(step.told.id for step in (shift.before, shift.after)))
        yield (
            words.say(_WAYS[shift.change]),
            f"{_words_of(shift.before)} → {_words_of(shift.after)}",
            name_of(shift.after.told.publisher),
            ids_of(ids),
        )
    for row in found.new:
        who = words.named(map(name_of, row.publishers[:2]))
        yield (
            words.say(message("new", "wording")),
            row.phrase,
            words.say("first by {who}", who=who),
            ids_of((row.first.told.id,)),
        )
    for row in found.gone:
        yield (
            words.say(message("gone", "wording")),
            row.phrase,
            words.say("last used {when}", when=words.day(row.last.told.moment)),
            ids_of((row.last.told.id,)),
        )


def _words_of(step: Step) -> str:
    start, end = step.span
    return step.sentence.text[start:end]
