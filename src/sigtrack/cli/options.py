"""The options that commands share, each described once, and what is made of them."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import typer

from sigtrack.cli import completing
from sigtrack.cli.frame import Flags, Frame
from sigtrack.errors import Misuse
from sigtrack.text import clean

if TYPE_CHECKING:
    from sigtrack.app.window import Wanted

Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="WHEN",
        help="7d, 24h, 2026-01-12, last-fetch, last-digest or all.",
        show_default=False,
    ),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="WHEN", help="A day is meant to its end.")
]
Watchlists = Annotated[
    list[str] | None,
    typer.Option(
        "--watchlist",
        "-w",
        metavar="ID",
        help="Only this watchlist (repeatable).",
        autocompletion=completing.watchlists,
    ),
]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        "-s",
        metavar="FEED",
        help="Only this feed, role:ministry, country:KR, group:japan or '*.go.jp' (repeatable).",
        autocompletion=completing.sources,
    ),
]
Languages = Annotated[
    list[str] | None, typer.Option("--lang", metavar="LANG", help="Only en, ko, ja, zh, ...")
]
Level = Annotated[
    str | None,
    typer.Option("--priority", metavar="LEVEL", help="At least: low, normal, high, urgent."),
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", "-n", metavar="N", min=0, help="At most N rows a table, 0 = all."),
]
ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if nothing was found.")]
Sure = Annotated[
    bool, typer.Option("--sure", help="Only what an official publisher or two publishers tell.")
]
Item = Annotated[
    str,
    typer.Argument(metavar="ID", help="An id, or how it begins.", autocompletion=completing.items),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write here instead of stdout."),
]
Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="PATH",
        help="The database: a file, or postgresql://user@host/name.",
        show_default=False,
    ),
]
Config = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="The config file.", show_default=False),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what a person must act on.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")]
Bom = Annotated[
    bool, typer.Option("--bom", help="With csv: a mark at its start, so that Excel reads Korean.")
]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours (or set NO_COLOR).")]

_MAY_BE_FILES = ("feed", "what", "old", "new", "text")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 15  # rows a table where a person reads and did not say how many


# Told here, because no help should wait for the room `present`, which knows them too (0.1 s).
_MORE = {"html": "html (a page to mail or print)", "atom": "atom (a feed)"}


def _format(*more: str) -> Any:
    """The option of a command that also has these formats."""
    others = f"; {' or '.join(_MORE[one] for one in more)}" if more else ""
    told = f"table, json, jsonl, csv or md{others}."
    return Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help=told)]


Series = Annotated[
    str | None,
    typer.Option("--series", metavar="SERIES", help="Texts of one kind: us-japan-rok-ministers."),
]


def _common(
    format: str = "table",
    output: Output = None,
    db: Db = None,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
    bom: Bom = False,
) -> None:
    """The options of every command; read by `_put_together`, never called."""


def with_frame(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command every common option, and hand them over as its first argument, a Frame.

    typer reads a command's options from its signature, so the signature is put together here.
    """
    return _framed(command, ())


def with_page(command: Callable[..., None]) -> Callable[..., None]:
    """The same, for a command that can also be a page and a feed."""
    return _framed(command, ("html", "atom"))


def with_view(command: Callable[..., None]) -> Callable[..., None]:
    """The same, for a command that can also be a page."""
    return _framed(command, ("html",))


def _framed(command: Callable[..., None], more: tuple[str, ...]) -> Callable[..., None]:
    def call(common: dict[str, Any], given: dict[str, Any]) -> None:
        from sigtrack.present import FORMATS

        flags = Flags(**common)
        one_of((*FORMATS, *more), flags.format, "format")
        command(_frame(flags), **given)

    return _put_together(command, call, hints={"format": _format(*more)})


def _frame(flags: Flags) -> Frame:
    """Before any work is done: --output must be a file that may be replaced."""
    if flags.bom and flags.format != "csv":
        raise Misuse("--bom is for csv", hint="write: --format csv --bom")
    frame = Frame(flags)
    if flags.output is not None:
        frame.refuse_own(flags.output)
    return frame


def _put_together(
    command: Callable[..., None], call: Callable[..., None], *, hints: Mapping[str, Any]
) -> Callable[..., None]:
    """A function with the options of both. `call` gets the common ones that were given, and the
    command's own; `hints` take the place of theirs."""
    own = [
        parameter
        for parameter in inspect.signature(command).parameters.values()
        if parameter.name != "frame"
    ]
    shared = list(inspect.signature(_common).parameters.values())
    types = get_type_hints(_common, include_extras=True)
    types |= get_type_hints(command, include_extras=True)
    types |= hints

    def run(**given: Any) -> None:
        for name, value in given.items():
            _check_is_text(name, value)
        common = {p.name: given.pop(p.name) for p in shared}
        call(common, given)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {p.name: types[p.name] for p in (*own, *shared)} | {"return": None}
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            p.replace(annotation=types[p.name], kind=inspect.Parameter.KEYWORD_ONLY)
            for p in (*own, *shared)
        ]
    )
    return run


def _check_is_text(name: str, value: Any) -> None:
    """Bytes that are not UTF-8 reach us as lone surrogates, which neither the database nor any
    output can take. In the name of a file they are allowed."""
    for one in value if isinstance(value, list | tuple) else (value,):
        if (
            isinstance(one, str)
            and not one.isascii()
            and _SURROGATE.search(one)
            and name not in ("db", "config")
            and not (name in _MAY_BE_FILES and os.access(one, os.F_OK))
        ):
            raise Misuse(
                f"{clean(one)!r} is not text in UTF-8",
                hint="type it again, or set the locale of the terminal to UTF-8",
            )


_Choice = TypeVar("_Choice", bound=str)


def one_of(choices: tuple[_Choice, ...], given: str, what: str) -> _Choice:
    """The choice as the user wrote it. Raises Misuse with the choices."""
    for choice in choices:
        if choice == given:
            return choice
    raise Misuse(f"there is no {what} {clean(given)!r}", hint=f"one of: {', '.join(choices)}")


def address(given: str) -> str:
    """A mail address. Raises Misuse for what is none."""
    from sigtrack.config.keys import ADDRESS

    if not re.fullmatch(ADDRESS, given):
        raise Misuse(f"{clean(given)!r} is not an address", hint="write desk@example.org")
    return given


def wanted(
    since: str,
    *,
    until: str | None,
    sources: list[str] | None,
    languages: list[str] | None,
    watchlists: list[str] | None = None,
    priority: str | None = None,
    starred: bool = False,
) -> Wanted:
    """What the options of a window ask for. Raises Misuse for a priority that is none."""
    from sigtrack.app.window import Wanted
    from sigtrack.model import Priority

    return Wanted(
        since=since,
        until=until,
        watchlists=tuple(watchlists or ()),
        sources=tuple(sources or ()),
        languages=tuple(languages or ()),
        priority=one_of(tuple(Priority), priority, "priority") if priority else None,
        starred=starred,
    )


def rows(given: int | None, *, usual: int = _SHOWN) -> int | None:
    """Rows a table: what the user said, 0 for all, and otherwise as many as can be read."""
    return (usual if given is None else given) or None
