"""A block of a digest below its stories: one line each, eight at most, and the number left out."""

from __future__ import annotations

from collections.abc import Sequence

from sigtrack.app.hits import ID_SHOWN
from sigtrack.model import Cell, Column, Table
from sigtrack.speech import Words, message

MORE = message("And {n} more.")
_SHOWN = 8
_EVIDENCE = 2


def block_of(
    title: str,
    columns: tuple[Column, ...],
    rows: Sequence[tuple[Cell, ...]],
    words: Words,
    *,
    urgent: int = 0,
) -> tuple[Table, ...]:
    """Return a table, or nothing if there are no rows. `title` and the names of `columns` are
    messages. The first `urgent` rows are marked as urgent."""
    if not rows:
        return ()
    left = len(rows) - _SHOWN
    return (
        Table(
            title=words.say(title),
            caption=words.say(MORE, n=left) if left > 0 else "",
            columns=words.columns(columns),
            rows=tuple(rows[:_SHOWN]),
            emphasis=tuple("urgent" for _ in rows[:_SHOWN][:urgent]),
        ),
    )


def ids_of(evidence: Sequence[str]) -> str:
    """Return the first ids, in the short form that the reader may type."""
    return " ".join(id[:ID_SHOWN] for id in evidence[:_EVIDENCE])
