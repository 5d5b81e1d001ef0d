"""`sigtrack stories` and `sigtrack mark`."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame

if TYPE_CHECKING:
    from sigtrack.app.parts import Parts
    from sigtrack.match import Matcher


def stories(
    frame: Frame,
    since: options.Since = None,
    until: options.Until = None,
    watchlist: options.Watchlists = None,
    source: options.Sources = None,
    lang: options.Languages = None,
    priority: options.Level = None,
    every: Annotated[bool, typer.Option("--all", help="Also stories without a hit.")] = False,
    limit: options.Limit = None,
    exit_code: options.ExitCode = False,
) -> None:
    """Show events with all items that report them, the most widely reported first.

    The table has stories of more than one item; the machine formats have single items as well.
    """
    from sigtrack.app import stories
    from sigtrack.app.catalogue import load_catalogue
    from sigtrack.app.index import load_index

    wanted = options.wanted(
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
        result = stories.stories(
            store,
            wanted,
            every=every,
            limit=options.rows(limit),
            feeds=catalogue.feeds,
            roles=catalogue.roles(),
            now=frame.now,
            zone=frame.zone,
            parts=_parts(frame),
        )
    frame.show(result)
    if exit_code and not result.records:
        raise typer.Exit(1)


def _parts(frame: Frame) -> Parts:
    """Names are loaded when the first story is shown."""
    from sigtrack.app.parts import parts_told
    from sigtrack.app.rules import load_rules

    @cache
    def names() -> tuple[Matcher, Collection[str]]:
        names = load_rules(frame.settings).names
        return names.matcher(), names.topics.parts

    return lambda items: parts_told(items, *names())


def mark(
    frame: Frame,
    item: options.Item,
    kind: Annotated[str, typer.Argument(metavar="MARK", help="done, star or note.")],
    note: Annotated[str, typer.Argument(metavar="[WORDS]", help="The text of a note.")] = "",
    off: Annotated[
        bool, typer.Option("--off", help="Remove the mark; of notes, all or the one given.")
    ] = False,
) -> None:
    """Mark a story as done, star it, or add a note to it.

    The id may be that of any item of the story. `report` leaves out a story that is done until a
    new item joins it or an item is edited; `report --starred` shows starred stories. `db prune`
    keeps items with a star or a note.
    """
    from sigtrack.app import marks

    chosen = options.one_of(marks.KINDS, kind, "mark")
    with frame.store("write") as store:
        result = marks.mark(store, item, chosen, note, off=off, now=frame.now)
    if not frame.flags.quiet:
        frame.show(result)
