"""The work of a scan: which files, cut into tasks, and what became of each task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Piece(NamedTuple):
    """A file of an archive, or a part of it: bytes of JSONL, row groups of Parquet.

    `kind` is that of the archive, `size` in bytes of the file; `last` is not included, 0 = to the
    end.
    """

    address: str
    kind: str
    size: int
    first: int = 0
    last: int = 0


class Task(NamedTuple):
    """What one process does at a time, and does again if it does not come to its end. Numbers
    begin with 1."""

    number: int
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        return sum(piece.size for piece in self.pieces)


@dataclass(slots=True, kw_only=True)
class Done:
    """What a task came to. `kept` are items with hits; `unreadable` are rows that gave no item,
    with an example; `broken` are addresses of files that could not be read to their end, and
    why."""

    task: int
    items: int = 0
    kept: int = 0
    hits: int = 0
    unreadable: int = 0
    example: str = ""
    broken: tuple[tuple[str, str], ...] = ()
