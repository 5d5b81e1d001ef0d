"""`sigtrack stories`, `mark`, `opinions`, `browse`, `visits` and `expect`: what happened, and what
is expected to happen."""

from __future__ import annotations

import gc
import os
import sys
import time

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame, is_dumb
from sigtrack.cli.options import argument, option
from sigtrack.errors import Misuse
from sigtrack.text import clean

_BUG = 70


def stories(
    frame: Frame,
    filters: options.HitOptions,
    every: bool = option("--all", "Also stories without a hit.", False),
    limit: options.Limit = None,
    exit_code: options.ExitCode = False,
) -> None:
    """Show events with all items that report them, the most widely reported first.

    The table has stories of more than one item; the machine formats have single items as well.
    """
    from sigtrack.app import stories

    wanted = filters.wanted(frame.settings.since.value)
    frame.files.index.headings.check(wanted.watchlists)
    with frame.store("read") as store:
        result = stories.stories(
            store,
            frame.query(store, wanted),
            every=every,
            limit=options.rows(limit),
            roles=frame.files.catalogue.roles(),
            headlines=stories.Headlines(store, lambda: frame.files.rules),
        )
        frame.say_if_empty(store, result.records)
    frame.show(result)
    options.exit_if_none(exit_code, result.records)


def mark(
    frame: Frame,
    item: options.Item,
    kind: str = argument("MARK", "done, star or note."),
    note: str = argument("[WORDS]", "The text of a note.", ""),
    off: bool = option("--off", "Remove the mark; of notes, all or the one given.", False),
) -> None:
    """Mark a story as done, star it, or add a note to it.

    The id may be that of any item of the story. `report` leaves out a story that is done until a
    new item joins it or an item is edited; `report --starred` shows starred stories. `db prune`
    keeps items with a star or a note.
    """
    from sigtrack.app import stories

    chosen = options.one_of(stories.KINDS, kind, "mark")
    with frame.store("write") as store:
        result = stories.mark(store, item, chosen, note, off=off, now=frame.now)
    frame.tell(result)


def opinions(
    frame: Frame,
    filters: options.HitOptions,
    limit: int | None = option("--limit -n N", "Ask about at most N hits, 0 = all.", None, min=0),
    dry_run: options.DryRun = False,
) -> None:
    """Ask a language model of yours whether stored hits are about their signals.

    It is an opinion only: no hit is added, removed or reordered, and `report --opinions` and
    `show --opinions` tell it beside the hits. An answer counts if the words that it quotes stand
    in the item letter for letter. Opinions are kept, and a hit is asked about once. [opinions] in
    config.toml names the address and the model; --dry-run says what would be sent where.
    """
    from sigtrack.app import opinions

    settings = frame.settings.opinions
    wanted = filters.wanted(frame.settings.since.value)
    index = frame.files.index
    frame.say_problems(index.problems)
    index.headings.check(wanted.watchlists)
    clock = frame.settings.clock
    if not dry_run:  # before the store is opened: most who come here first have no [opinions]
        reader = opinions.reader_of(settings, os.environ, clock=clock, sleep=time.sleep)
    with frame.store("read" if dry_run else "write") as store:
        query = frame.query(store, wanted)
        at_most = options.rows(limit, usual=settings.at_most)
        todo = opinions.todo_of(store, query, index, settings.model, at_most)
        if dry_run:
            frame.show(opinions.rehearsal_of(todo, settings, wanted.since))
            return
        with frame.progress("asking") as progress:
            asked = opinions.ask(store, todo, reader, progress)
    frame.tell(opinions.report_of(asked, todo, wanted.since))
    if asked.halted:
        raise asked.halted


def browse(
    frame: Frame,
    since: options.Since = None,
    every: bool = option("--all", "Also stories that you have marked as done.", False),
) -> None:
    """Read stories on the whole screen: lists, stories, and texts with the reasons.

    The order and the words are those of `report`, the marks those of `mark`. A story that you have
    read is no longer new, in `report` as well. The key ? lists all keys. Needs the extra `tui`.
    """
    from sigtrack.app.browse import Browser

    _check_screen(frame)
    from sigtrack.tui import Browse

    settings, since = frame.settings, since or frame.settings.since.value
    frame.say_problems(frame.files.index.problems)
    frame.store("read").close()  # without a database the message is not for a screen

    def browser() -> Browser:
        return Browser(frame.store("read"), settings, since=since, with_done=every)

    if frame.flags.no_color:
        os.environ["NO_COLOR"] = "1"  # where Textual looks for it
    # A full collection looks at all rules and stories: up to 0.6 s in which no key is answered.
    gc.set_threshold(*gc.get_threshold()[:2], 1_000_000)
    screen = Browse(browser, frame.zone)
    if error := screen.run(mouse=False):  # so the terminal itself can select text
        raise error
    raise typer.Exit(_BUG if screen.return_code else 0)


def _check_screen(frame: Frame) -> None:
    """Raises Misuse where there is no screen to draw on, or nothing to draw with."""
    try:
        import textual  # noqa: F401
    except ImportError:
        hint = "pip install 'sigtrack[tui]'"
        raise Misuse("browse needs Textual, which is not installed", hint=hint) from None
    if is_dumb():
        raise Misuse(
            f"the terminal {clean(os.environ['TERM'])} cannot move its cursor",
            hint="use sigtrack report there, or set TERM to what the terminal is",
        )
    if frame.flags.format != "table" or not (
        frame.is_terminal and sys.stdin.isatty() and sys.stderr.isatty()
    ):
        raise Misuse(
            "browse needs a terminal, and has no other format",
            hint="for a file or a program: sigtrack report -f json",
        )


def visits(
    frame: Frame,
    filters: options.ItemOptions,
    who: str | None = option("--who ACTOR", "Only visits by this actor: @KR, @takaichi.", None),
    host: str | None = option(
        "--host ACTOR", "Only visits to this actor or place: @JP, @nara.", None
    ),
    by: str = option("--by WHAT", "A line for each: visit or item.", "visit"),
    matrix: bool = option(
        "--matrix", "A table of visitors and hosts: dates, intervals, returns.", False
    ),
    sequence: str | None = option(
        "--sequence ACTOR", "The stops of one actor, and what is unusual.", None
    ),
    history: bool = option(
        "--history",
        "Also when each visit was announced, fixed, begun or called off, and by which item.",
        False,
    ),
    sure: options.Sure = False,
    limit: options.Limit = None,
    exit_code: options.ExitCode = False,
) -> None:
    """Show visits of leaders, ministers and envoys as a timeline, with evidence."""
    from sigtrack.app import visits
    from sigtrack.app.window import phrase_of
    from sigtrack.views.visits import (
        VisitsAsked,
        actor_of,
        items_of,
        matrix_of,
        sequence_of,
        table_of,
    )

    options.one_of(("visit", "item"), by, "line")
    _check_one_report(sequence, who or host, matrix=matrix, history=history, by_item=by == "item")
    frame.say_problems(frame.files.index.problems)
    actors = frame.files.index.actors
    asked = VisitsAsked(who=who or "", host=host or "", limit=limit or None)
    for given in (who, host, sequence):
        if given:
            actor_of(given, actors)
    wanted = filters.wanted("90d")
    with frame.store("read") as store:
        query = frame.query(store, wanted)
        timeline = visits.read_timeline(store, query, frame.files, sure=sure)
        frame.say_if_empty(store, timeline.items)
    frame.say_problems(timeline.problems)
    if sequence:
        result = sequence_of(timeline, sequence, actors)
    elif matrix:
        result = matrix_of(timeline, asked, actors)
    elif by == "item":
        result = items_of(timeline, asked, actors)
    else:
        zone = frame.zone if history else None
        result = table_of(timeline, asked, actors, phrase_of(wanted.since), history=zone)
    frame.show(result)
    options.exit_if_none(exit_code, result.records)


def _check_one_report(
    sequence: str | None, narrowed: str | None, *, matrix: bool, history: bool, by_item: bool
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

    index = frame.files.index
    frame.say_problems((*index.problems, *expect.problems_of(index.watchlists)))
    with frame.store("read") as store:
        found = frame.background(store).outlooks
    frame.show(expect.report_of(found))
    options.exit_if_none(exit_code, found)
