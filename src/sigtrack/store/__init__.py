"""Where items and hits are kept: `interface` says what a store does, `sqlite` does it."""

from __future__ import annotations

from sigtrack.store.interface import (
    Batch,
    Census,
    Choice,
    Delivery,
    Draft,
    Found,
    Look,
    Mail,
    Query,
    Run,
    RunKind,
    Saved,
    Store,
)

__all__ = [
    "Batch",
    "Census",
    "Choice",
    "Delivery",
    "Draft",
    "Found",
    "Look",
    "Mail",
    "Query",
    "Run",
    "RunKind",
    "Saved",
    "Store",
    "open_store",
]


def open_store(place: str, *, read_only: bool = False, patience: float = 5.0) -> Store:
    """The store at a path (made when it is not there, unless `read_only`).

    `patience`: seconds to wait for another run or writer before Busy. With `read_only` nothing is
    created and a database that cannot be written will do; looks are still recorded if they can be.
    """
    from sigtrack.store.sqlite import open_sqlite

    return open_sqlite(place, read_only=read_only, patience=patience)
