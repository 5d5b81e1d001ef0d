"""A comparison as records of the machine formats."""

from __future__ import annotations

from typing import Any

from sigtrack.app.compare import Compared
from sigtrack.model import StatementChange

FIELDS = ("changes", "formulas")
CHANGE_FIELDS = ("kind", "before", "after", "similarity", "topic", "direction", "weight", "names")


def change_record(change: StatementChange) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "before": change.before,
        "after": change.after,
        "similarity": round(change.similarity, 3),
        "topic": change.topic,
        "direction": change.direction,
        "weight": change.weight,
        "names": ", ".join(change.names),
    }


def record_of(compared: Compared) -> dict[str, Any]:
    """Return the record of a comparison; `missing` only if --expected was given."""
    record: dict[str, Any] = {
        "changes": [change_record(one) for one in compared.comparison.changes],
        "formulas": [
            {
                "id": one.id,
                "before": one.before,
                "after": one.after,
                "change": one.change,
                "rung_before": one.rung_before,
                "rung_after": one.rung_after,
            }
            for one in compared.comparison.formulas
        ],
    }
    if compared.missing is not None:
        record["missing"] = [
            {
                "id": one.formula.id,
                "texts": one.texts,
                "of": one.of,
                "since": one.since,
                "last": one.last,
                "sentence": one.place.sentence,
                "instead": [other.id for other in one.instead],
            }
            for one in compared.missing
        ]
    return record
