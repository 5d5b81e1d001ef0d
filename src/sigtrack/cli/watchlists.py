"""`sigtrack watchlists`: list, show, check, test, copy, new."""

from __future__ import annotations

from typing import Annotated

import typer

from sigtrack.cli.frame import Frame
from sigtrack.cli.options import with_frame

app = typer.Typer(help="Look after the watchlists.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The id of a watchlist.")]


@app.command("list")
@with_frame
def list_(frame: Frame) -> None:
    """List the watchlists in force."""
    from sigtrack.app import watchlists as use
    from sigtrack.app.rules import load_rules

    rules = load_rules(frame.settings)
    frame.say_problems(rules.problems)
    frame.show(use.list_watchlists(rules))


@app.command()
@with_frame
def show(frame: Frame, id: Id) -> None:
    """Show what a watchlist watches, and why."""
    from sigtrack.app import watchlists as use
    from sigtrack.app.rules import load_rules

    frame.show(use.show_watchlist(load_rules(frame.settings), id))


@app.command()
@with_frame
def check(frame: Frame) -> None:
    """Check every watchlist and try its examples; exits with 1 if something is wrong."""
    from sigtrack.app import watchlists as use
    from sigtrack.app.rules import load_rules

    rules = load_rules(frame.settings, warnings=True)
    problems = use.problems_of(rules)
    frame.show(use.check(rules, problems))
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


@app.command()
@with_frame
def test(
    frame: Frame,
    text: Annotated[str, typer.Argument(help="A headline, in quotes.")],
    lang: Annotated[str | None, typer.Option(help="Its language: en, ko, ja, zh.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also signals of which no word stands there.")
    ] = False,
) -> None:
    """Say which signals stand in a text, term by term, and why others do not."""
    from sigtrack.app import watchlists as use
    from sigtrack.app.rules import load_rules

    rules = load_rules(frame.settings)
    frame.say_problems(rules.problems)
    frame.show(use.try_text(rules, text, language=lang, every=every, now=frame.now))


@app.command()
@with_frame
def copy(frame: Frame, id: Id) -> None:
    """Copy a shipped watchlist to your own folder, where it replaces the shipped one."""
    from sigtrack.app import watchlists as use

    frame.show(use.copy(frame.settings, id))


@app.command()
@with_frame
def new(
    frame: Frame,
    id: Id,
    title: Annotated[str, typer.Option(help="Its title in reports.")] = "",
) -> None:
    """Begin a watchlist of your own from a commented template."""
    from sigtrack.app import watchlists as use

    frame.show(use.new(frame.settings, id, title))
