"""Changes of wording as records of the machine formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sigtrack.analyze.wording import Share, Shift, Step, Texts, Wording


def records_of(measured: Wording, watchlist: str | None) -> Iterator[Mapping[str, Any]]:
    """Yield the records; `by` only if parts were asked for. Times are on the publisher's clock."""
    texts = measured.corpus.texts
    for row in (*measured.formulas, *measured.unknown):
        record: dict[str, Any] = {
            "phrase": row.phrase,
            "watchlist": watchlist,
            "count": row.count,
            "stories": row.now.stories,
            "baseline_rate": round(row.before.rate, 3),
            "rate": round(row.now.rate, 3),
            "change": row.change,
            "score": round(row.chance.z, 3),
            "first_seen": texts.stored(row.first.told).moment,
            "last_seen": texts.stored(row.last.told).moment,
            "publishers": [publisher.id for publisher in row.publishers],
            "evidence": list(dict.fromkeys(use.told.id for use in row.uses)),
            "item_rate": round(row.item_rate, 3),
            "item_baseline_rate": round(row.item_rate_before, 3),
            "of": row.now.of,
            "stories_before": row.before.stories,
            "of_before": row.before.of,
            "sure": row.chance.words,
        }
        if row.parts is not None:
            record["by"] = {label: _part(share) for label, share in row.parts.items()}
        yield record


def shift_records_of(measured: Wording, watchlist: str | None) -> Iterator[Mapping[str, Any]]:
    for shift in measured.steps.shifts:
        yield {
            "ladder": shift.ladder.id,
            "watchlist": watchlist,
            "change": shift.change,
            "rung_before": shift.before.rung,
            "rung_after": shift.after.rung,
            "before": shift.before.sentence.text,
            "after": shift.after.sentence.text,
            "similarity": round(shift.similarity, 3),
            "edit": shift.is_edit,
            "publishers": [step.told.publisher.id for step in (shift.before, shift.after)],
            "moments": [
                when_of(step, shift, measured.corpus.texts) for step in (shift.before, shift.after)
            ],
            "evidence": [shift.before.told.id, shift.after.told.id],
        }


def when_of(step: Step, shift: Shift, texts: Texts) -> datetime:
    """Return the time of a step. An edit has the time when it was seen, because the item keeps the
    date of its publication."""
    stored = texts.stored(step.told)
    return (stored.revised_at if shift.is_edit else None) or stored.moment


def _part(share: Share) -> dict[str, Any]:
    return {"stories": share.stories, "of": share.of, "rate": round(share.rate, 3)}
