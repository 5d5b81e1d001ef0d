"""`sigtrack visits` and `sigtrack expect`: who goes to whom, and which events are expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame
from sigtrack.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrack.app.expect import Outlook
    from sigtrack.app.in_force import Index
    from sigtrack.model import Block, Stay
    from sigtrack.speech import Messages
    from sigtrack.store.interface import Store

Who = Annotated[
    str | None,
    typer.Option("--who", metavar="ACTOR", help="Only visits by this actor: @KR, @takaichi."),
]
Host = Annotated[
    str | None,
    typer.Option("--host", metavar="ACTOR", help="Only visits to this actor or place: @JP, @nara."),
]


LineFor = Annotated[
    str, typer.Option("--by", metavar="WHAT", help="A line for each: visit or item.")
]
Matrix = Annotated[
    bool,
    typer.Option("--matrix", help="A table of visitors and hosts: dates, intervals, returns."),
]
SequenceOf = Annotated[
    str | None,
    typer.Option(
        "--sequence", metavar="ACTOR", help="The stops of one actor, and what is unusual."
    ),
]
History = Annotated[
    bool,
    typer.Option(
        "--history",
        help="Also when each visit was announced, fixed, begun or called off, and by which item.",
    ),
]


def visits(
    frame: Frame,
    since: options.Since = "90d",
    until: options.Until = None,
    who: Who = None,
    host: Host = None,
    source: options.Sources = None,
    lang: options.Languages = None,
    by: LineFor = "visit",
    matrix: Matrix = False,
    sequence: SequenceOf = None,
    history: History = False,
    sure: options.Sure = False,
    limit: options.Limit = None,
    exit_code: options.ExitCode = False,
) -> None:
    """Show visits of leaders, ministers and envoys as a timeline, with evidence."""
    from sigtrack.app import visits
    from sigtrack.app.in_force import load_catalogue, load_index
    from sigtrack.app.readings import reading_rules_of
    from sigtrack.views.visits import (
        VisitsAsked,
        actor_of,
        items_of,
        matrix_of,
        sequence_of,
        table_of,
    )

    options.one_of(("visit", "item"), by, "line")
    _check_one_report(
        sequence=sequence,
        matrix=matrix,
        history=history,
        by_item=by == "item",
        narrowed=who or host,
    )
    index = load_index(frame.settings)
    frame.say_problems(index.problems)
    actors = index.actors
    asked = VisitsAsked(who=who or "", host=host or "", limit=limit or None)
    for given in (who, host, sequence):
        if given:
            actor_of(given, actors)
    wanted = options.wanted(since or "90d", until=until, sources=source, languages=lang)
    rules = reading_rules_of(index, frame.settings)
    feeds = load_catalogue(frame.settings).feeds  # roles show which publishers are official
    with frame.store("read") as store:
        timeline = visits.read_timeline(
            store, wanted, feeds, rules, now=frame.now, zone=frame.zone, sure=sure
        )
    frame.say_problems(timeline.problems)
    if sequence:
        result = sequence_of(timeline, sequence, actors)
    elif matrix:
        result = matrix_of(timeline, asked, actors)
    elif by == "item":
        result = items_of(timeline, asked, actors)
    else:
        zone = frame.zone if history else None
        result = table_of(timeline, asked, actors, f"since {wanted.since}", history=zone)
    frame.show(result)
    options.exit_if_none(exit_code, result.records)


def _check_one_report(
    *, sequence: str | None, matrix: bool, history: bool, by_item: bool, narrowed: str | None
) -> None:
    """Raises Misuse for options that belong to different reports."""
    if matrix and sequence:
        raise Misuse("--matrix and --sequence are two reports", hint="choose one of them")
    if sequence and narrowed:
        raise Misuse(
            "--sequence follows one actor to every host",
            hint="leave out --who and --host, or leave out --sequence",
        )
    if history and (matrix or sequence or by_item):
        raise Misuse(
            "--history is for the timeline",
            hint="leave out --matrix, --sequence and --by item; --format json has it in each visit",
        )


def expect(frame: Frame, exit_code: options.ExitCode = False) -> None:
    """Show the expectations of watchlists: open, seen, overdue or expired."""
    from sigtrack.app import expect
    from sigtrack.app.in_force import load_index

    index = load_index(frame.settings)
    frame.say_problems((*index.problems, *expect.problems_of(index.watchlists)))
    with frame.store("read") as store:
        found = outlooks_of(frame, store, index)
    frame.show(expect.report_of(found))
    options.exit_if_none(exit_code, found)


def blocks_of(outlooks: Sequence[Outlook], messages: Messages) -> list[Block]:
    """Return the blocks that `report` shows for these outlooks."""
    from sigtrack.app import expect

    return [expect.block_of(outlooks, messages)] if outlooks else []


def outlooks_of(frame: Frame, store: Store, index: Index) -> list[Outlook]:
    """Return the outlooks of all expectations. Visits are read only if there are any."""
    from sigtrack.app.expect import outlooks
    from sigtrack.app.readings import Readings, reading_rules_of
    from sigtrack.app.visits import all_stays

    readings = Readings(store, reading_rules_of(index, frame.settings))

    def stays() -> tuple[Stay, ...]:
        frame.say_problems(readings.problems("visits"))
        return all_stays(readings)

    return outlooks(
        store, index.watchlists, index.actors, now=frame.now, zone=frame.zone, stays=stays
    )
