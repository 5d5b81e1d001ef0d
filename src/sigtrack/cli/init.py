"""`sigtrack init`: three questions, or options that answer them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from sigtrack.cli import completing, options
from sigtrack.cli.frame import Frame, complain
from sigtrack.errors import Misuse


def init(
    frame: Frame,
    countries: Annotated[
        str | None,
        typer.Option(metavar="KR,JP", help="Countries that you watch; they decide your feeds."),
    ] = None,
    languages: Annotated[
        str | None,
        typer.Option(metavar="en,ko", help="Languages that you read; others get a gloss."),
    ] = None,
    mail: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Who gets a digest each morning.")
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE", help="Only publishers of this role (repeatable)."),
    ] = None,
    copy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="Copy this watchlist, to change it (repeatable).",
            autocompletion=completing.watchlists,
        ),
    ] = None,
    opml: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also import the feeds of another reader.")
    ] = None,
) -> None:
    """Set up your own desk: settings, feeds and watchlists.

    On a terminal it asks for what no option gives. Existing files are never overwritten.
    """
    from sigtrack.app import init
    from sigtrack.model import Role

    init.refuse_second(frame.settings)
    asks = sys.stdin.isatty() and sys.stderr.isatty() and not frame.flags.quiet
    answer = _asked if asks else _unasked
    desk = init.DeskAnswers(
        countries=answer(
            countries,
            "Countries that your desk watches, such as KR, JP (Enter: East Asia, and all feeds)",
            init.countries,
        ),
        languages=answer(languages, "Languages that you read (Enter: en)", init.languages),
        mail=answer(mail, "Mail a digest each morning to (Enter: to nobody)", _address_or_none),
        roles=tuple(options.one_of(tuple(Role), one, "role") for one in role or ()),
        copied=tuple(copy or ()),
        opml=opml,
    )
    report, problems = init.init(desk, frame.settings)
    frame.say_problems(problems)
    if not frame.flags.quiet:
        frame.show(report)


def _address_or_none(given: str) -> str:
    return options.address(given) if given else ""


def _asked(given: str | None, question: str, read: Callable[[str], str]) -> str:
    """Return the option's value, or else the first valid answer."""
    if given is not None:
        return read(given)
    while True:
        answer = typer.prompt(question, default="", show_default=False, err=True)
        try:
            return read(answer.strip())
        except Misuse as error:
            complain(f"{error.message}; {error.hint}")


def _unasked(given: str | None, _question: str, read: Callable[[str], str]) -> str:
    return read(given or "")
