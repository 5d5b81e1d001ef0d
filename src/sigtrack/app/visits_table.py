"""`sigtrack visits` as a timeline: a row for each stay, or for each item."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import tzinfo

from sigtrack.app.hits import ID_SHOWN, count, is_undated, key_of_times, time_of, when
from sigtrack.app.visits import Timeline, VisitsAsked, both, chosen
from sigtrack.app.visits_cells import (
    evidence_of,
    key_to,
    level_of,
    place_of,
    symbol_and_days,
    visitor_of,
)
from sigtrack.app.visits_history import history_of
from sigtrack.app.visits_records import FIELDS, ITEM_FIELDS, item_record, record_of
from sigtrack.model import (
    Actor,
    Block,
    Cell,
    Column,
    Marked,
    Note,
    Report,
    Stay,
    StoredItem,
    Table,
    Visit,
)


def table_of(
    timeline: Timeline,
    asked: VisitsAsked,
    actors: Mapping[str, Actor],
    since: str,
    *,
    history: tzinfo | None = None,
) -> Report:
    """Return a row for each stay, by its first day. With `history`, a time zone, the history of
    each stay follows below it."""
    stays = list(chosen(timeline.stays, asked, actors))
    shown = stays[-asked.limit :] if asked.limit else stays
    caption = "; ".join(filter(None, (key_to(shown), _last_of(shown, stays))))
    columns = (
        Column(name="when", kind="key"),
        Column(name="who", kind="key"),
        Column(name="where", kind="main"),
        Column(name="evidence", kind="key"),
        Column(name="level"),
    )
    undated = {stored.id for stored, _ in timeline.items if is_undated(stored)}
    rows = tuple(
        row for stay in shown for row in (_row(stay, actors), *_turns(stay, history, undated))
    )
    note = Note(text=f"{count(len(stays), 'visit')} in {count(timeline.read, 'item')} {since}")
    blocks: tuple[Block, ...] = (note,)
    if rows:
        blocks += (Table(title="Visits", columns=columns, rows=rows, caption=caption),)
    return Report(
        title="Visits", blocks=blocks, records=tuple(map(record_of, stays)), fields=FIELDS
    )


def items_of(timeline: Timeline, asked: VisitsAsked, actors: Mapping[str, Actor]) -> Report:
    """Return a row for each item with a visit, by time of publication.

    Talks without a known place are not visits: they are only counted.
    """
    who, host = both(asked, actors)
    told = [
        (stored, visit)
        for stored, visit in sorted(timeline.items, key=lambda one: (when(one[0]), one[0].id))
        if visit.is_from_to(who, host)
    ]
    found = [one for one in told if one[1].host_country]
    columns = (
        Column(name="when"),
        Column(name="headline", kind="main"),
        Column(name="visit", kind="key"),
        Column(name="phase"),
        Column(name="id", kind="key"),
    )
    shown = found[-asked.limit :] if asked.limit else found
    rows = tuple(_item_row(stored, visit) for stored, visit in shown)
    left = len(told) - len(found)
    placeless = f"{count(left, 'item')} without a host country left out" if left else ""
    note = f"{count(len(found), 'item')} with a visit"
    if not rows and placeless:
        note += f"; {placeless}"
    blocks: tuple[Block, ...] = (Note(text=note),)
    if rows:
        key = key_of_times(stored for stored, _ in shown)
        caption = "; ".join(filter(None, (_last_of(shown, found), placeless, key)))
        blocks += (Table(columns=columns, rows=rows, caption=caption),)
    records = tuple(item_record(stored, visit) for stored, visit in found)
    return Report(title="Visits", blocks=blocks, records=records, fields=ITEM_FIELDS)


def _last_of(shown: Sequence[object], found: Sequence[object]) -> str:
    return f"the last {len(shown)} of {len(found):,}" if len(shown) < len(found) else ""


def _row(stay: Stay, actors: Mapping[str, Actor]) -> tuple[Cell, ...]:
    return (
        symbol_and_days(stay),
        visitor_of(stay),
        place_of(stay, actors),
        evidence_of(stay, 1),
        level_of(stay),
    )


def _turns(stay: Stay, zone: tzinfo | None, undated: Collection[str]) -> Iterator[tuple[Cell, ...]]:
    if zone is not None:
        for day, told, item in history_of(stay, zone, undated):
            yield day, "", told, item, ""


def _item_row(stored: StoredItem, visit: Visit) -> tuple[Cell, ...]:
    item = stored.item
    spans = tuple((s.start, s.end) for s in visit.spans if s.field == "title")
    who = "+".join(dict.fromkeys(v.country for v in visit.visitors))
    return (
        time_of(stored),
        Marked(text=item.title, spans=spans, link=item.url, language=item.language),
        f"{who} → {visit.host_country}",
        str(visit.phase),
        stored.id[:ID_SHOWN],
    )
