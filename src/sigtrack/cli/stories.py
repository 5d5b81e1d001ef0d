"""`sigtrack stories`: which events there were, and who told them."""

from __future__ import annotations

from typing import Annotated

import typer

from sigtrack.cli import options as of
from sigtrack.cli.frame import Frame


def stories(
    frame: Frame,
    since: of.Since = None,
    until: of.Until = None,
    watchlist: of.Watchlists = None,
    source: of.Sources = None,
    lang: of.Languages = None,
    priority: of.Level = None,
    every: Annotated[bool, typer.Option("--all", help="Also stories without a hit.")] = False,
    limit: of.Limit = None,
    exit_code: of.ExitCode = False,
) -> None:
    """Show events, each with everything that tells it, the most widely told first.

    The table has what was told more than once; the machine formats have single items as well.
    """
    from sigtrack.app import stories as use
    from sigtrack.app.catalogue import load_catalogue
    from sigtrack.app.index import load_index

    wanted = of.wanted(
        since or frame.settings.since.value,
        until=until,
        watchlists=watchlist,
        sources=source,
        languages=lang,
        priority=priority,
    )
    load_index(frame.settings).headings.check(wanted.watchlists)
    catalogue = load_catalogue(frame.settings)
    with frame.store("read") as store:
        result = use.stories(
            store,
            wanted,
            every=every,
            limit=of.rows(limit),
            feeds=catalogue.feeds,
            roles=catalogue.roles(),
            now=frame.now,
            zone=frame.zone,
        )
    frame.show(result)
    if exit_code and not result.records:
        raise typer.Exit(1)


def mark(
    frame: Frame,
    item: of.Item,
    kind: Annotated[str, typer.Argument(metavar="MARK", help="done, star or note.")],
    note: Annotated[str, typer.Argument(metavar="[WORDS]", help="Of a note.")] = "",
    off: Annotated[
        bool, typer.Option("--off", help="Take the mark off; of notes all, or the one named.")
    ] = False,
) -> None:
    """Mark a story as done, star it, or write a note beside it.

    The id is that of any item of the story. `report` leaves out what is done until an item comes
    in or an item is edited; `report --starred` shows what is starred. `db prune` keeps what is
    starred or has a note.
    """
    from sigtrack.app import marks as use

    chosen = of.one_of(use.KINDS, kind, "mark")
    with frame.store("write") as store:
        result = use.mark(store, item, chosen, note, off=off, now=frame.now)
    if not frame.flags.quiet:
        frame.show(result)
