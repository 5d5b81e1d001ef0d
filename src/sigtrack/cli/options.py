"""The options that commands share, each described once, their values, and their completion by Tab.

Completion by the Tab key: ids of watchlists, feeds, items and digests.

Each proposal has a title, which zsh and fish show. After any error there are no proposals, because
nobody wants a traceback in the line that they are typing.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import is_dataclass, replace
from functools import cached_property, wraps
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar, get_type_hints

import typer

from sigtrack.cli.frame import Frame
from sigtrack.errors import Misuse, SigtrackError
from sigtrack.frozen import frozen
from sigtrack.text import clean

if TYPE_CHECKING:
    from sigtrack.app.window import Wanted

_MOST = 200
_TITLE = 60  # letters
_SIGNS = frozenset(" ,.?!-")

Proposals: TypeAlias = Iterator[tuple[str, str]]


def _quietly(propose: Callable[[Frame], Proposals]) -> Callable[[str], list[tuple[str, str]]]:
    @wraps(propose, assigned=("__name__", "__doc__"))
    def proposals(incomplete: str) -> list[tuple[str, str]]:
        found: Iterable[tuple[str, str]] = ()
        with suppress(SigtrackError, OSError):
            found = list(islice(_fitting(propose(Frame(Flags())), incomplete), _MOST))
        return list(found)

    del proposals.__wrapped__  # else typer unwraps it and asks for the original's parameters
    return proposals


def _fitting(proposed: Proposals, incomplete: str) -> Proposals:
    return ((id, _harmless(title)) for id, title in proposed if id.startswith(incomplete))


def _harmless(title: str) -> str:
    """Keep letters, digits and a few signs: shells evaluate proposals, and anyone writes
    headlines."""
    return "".join(c for c in title if c.isalnum() or c in _SIGNS)[:_TITLE]


@_quietly
def watchlists(frame: Frame) -> Proposals:
    yield from frame.files.index.headings.watchlists.items()


@_quietly
def feeds(frame: Frame) -> Proposals:
    yield from ((feed.id, feed.title) for feed in frame.files.catalogue.feeds)


@_quietly
def sources(frame: Frame) -> Proposals:
    """Roles, feeds of the catalogue, and feeds that only the database knows."""
    from sigtrack.model import Role

    yield from ((f"role:{role}", "") for role in Role)
    titles = {feed.id: feed.title for feed in frame.files.catalogue.feeds}
    yield from titles.items()
    with frame.store("read") as store:
        yield from ((id, "") for id in store.sources() if id not in titles)


@_quietly
def items(frame: Frame) -> Proposals:
    """The latest items; nobody types ids of old ones."""
    from sigtrack.store.interface import Query
    from sigtrack.views.hits import ID_SHOWN

    with frame.store("read") as store:
        for stored in store.items(Query(limit=_MOST)):
            yield stored.id[:ID_SHOWN], stored.item.title


@_quietly
def digests(frame: Frame) -> Proposals:
    yield from ((name, "") for name in frame.settings.digests)


def option(spelled: str, told: str, default: Any = ..., **more: Any) -> Any:
    """An option by its names and that of its value: "--limit -n N". Without a name it is called as
    its parameter is. It is the default of a parameter, or describes the type of several."""
    names = [one for one in spelled.split() if one.startswith("-")]
    values = [one for one in spelled.split() if not one.startswith("-")]
    return typer.Option(default, *names, metavar=values[0] if values else None, help=told, **more)


def argument(name: str, told: str, default: Any = ..., **more: Any) -> Any:
    """An argument by its name in the help; "" if it is called as its parameter is."""
    return typer.Argument(default, metavar=name or None, help=told, **more)


Since = Annotated[
    str | None,
    option(
        "--since WHEN", "7d, 24h, 2026-01-12, last-fetch, last-digest or all.", show_default=False
    ),
]
Until = Annotated[str | None, option("--until WHEN", "End of the period; a day counts to its end.")]
Watchlists = Annotated[
    list[str] | None,
    option("--watchlist -w ID", "Only this watchlist (repeatable).", autocompletion=watchlists),
]
Sources = Annotated[
    list[str] | None,
    option(
        "--source -s FEED",
        "Only this feed, role:ministry, country:KR, group:japan or '*.go.jp' (repeatable).",
        autocompletion=sources,
    ),
]
Languages = Annotated[list[str] | None, option("--lang LANG", "Only en, ko, ja, zh, ...")]
Level = Annotated[str | None, option("--priority LEVEL", "At least: low, normal, high, urgent.")]
Limit = Annotated[int | None, option("--limit -n N", "At most N rows a table, 0 = all.", min=0)]
ExitCode = Annotated[bool, option("--exit-code", "Exit with 1 if nothing was found.")]
Sure = Annotated[
    bool, option("--sure", "Only what an official publisher or two publishers report.")
]
Opinions = Annotated[
    bool, option("--opinions", "Also what a second reader says of hits: sigtrack opinions.")
]
Item = Annotated[str, argument("ID", "An item id, or its beginning.", autocompletion=items)]
DryRun = Annotated[bool, option("--dry-run", "Show what would be done, but do nothing.")]


@frozen
class Flags:
    """The options that every command has."""

    format: str = "table"
    output: Annotated[Path | None, option("--output -o FILE", "Write here instead of stdout.")] = (
        None
    )
    db: Annotated[
        str | None,
        option(
            "--db PATH", "The database: a file, or postgresql://user@host/name.", show_default=False
        ),
    ] = None
    config: Annotated[
        str | None, option("--config FILE", "The config file.", show_default=False)
    ] = None
    quiet: Annotated[bool, option("--quiet -q", "Print only what you must act on.")] = False
    verbose: Annotated[bool, option("--verbose -v", "Print more.")] = False
    no_color: Annotated[bool, option("--no-color", "No colours (or set NO_COLOR).")] = False
    bom: Annotated[
        bool, option("--bom", "With csv: add a byte order mark, so that Excel reads Korean.")
    ] = False


@frozen
class ItemOptions:
    """Which items a command is about. A command that takes it has these options, in this order."""

    since: Since = None
    until: Until = None
    source: Sources = None
    lang: Languages = None

    def wanted(self, since: str) -> Wanted:
        """Return the period and filters; `since` counts if the user gives none."""
        from sigtrack.app.window import Wanted

        return Wanted(
            since=self.since or since,
            until=self.until,
            sources=tuple(self.source or ()),
            languages=tuple(self.lang or ()),
        )


@frozen
class HitOptions(ItemOptions):
    """Which hits a command is about: also by their watchlists and priority."""

    watchlist: Watchlists = None
    priority: Level = None

    def wanted(self, since: str, *, starred: bool = False) -> Wanted:
        """Return the period and filters; `since` counts if the user gives none. Raises Misuse for
        an unknown priority."""
        from sigtrack.model import Priority

        level = self.priority
        return replace(
            ItemOptions.wanted(self, since),
            watchlists=tuple(self.watchlist or ()),
            priority=one_of(tuple(Priority), level, "priority") if level else None,
            starred=starred,
        )


_MAY_BE_FILES = ("feed", "what", "old", "new", "text")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 15  # rows a table for people, if --limit is not given


# Described here, because --help should not wait for `present`, which knows them too (0.1 s).
_MORE = {"html": "html (a page to mail or print)", "atom": "atom (a feed)"}


def _format(*more: str) -> Any:
    """Return the --format option of a command that also has these formats."""
    others = f"; {' or '.join(_MORE[one] for one in more)}" if more else ""
    told = f"table, json, jsonl, csv or md{others}."
    return Annotated[str, option("--format -f FORMAT", told)]


Series = Annotated[
    str | None, option("--series SERIES", "A series of statements: us-japan-rok-ministers.")
]


class Commands(typer.Typer):
    """Commands that are functions of a Frame and of their own options."""

    def add(
        self, name: str | None = None, *more_formats: str
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Decorate a function that is called as the command is, if no other name is given."""

        def added(function: Callable[..., None]) -> Callable[..., None]:
            return self.command(name)(Runnable(function, *more_formats))

        return added


class Runnable:
    """A function with the options of a command and the common ones, which it passes on as a Frame.

    typer reads options from a signature, which is put together here, on demand: of fifty commands
    one is run. A parameter whose type is a dataclass stands for an option a field.
    """

    def __init__(self, command: Callable[..., None], *more_formats: str) -> None:
        self.__name__, self.__doc__ = command.__name__, command.__doc__
        self._command = command
        self._more = more_formats

    def __call__(self, **given: Any) -> None:
        from sigtrack.present import FORMATS

        for name, value in given.items():
            usual = self.__signature__.parameters[name].default
            _check_value(name, value, getattr(usual, "default", usual))
        flags = Flags(**_taken(Flags, given))
        one_of((*FORMATS, *self._more), flags.format, "format")
        if flags.bom and flags.format != "csv":
            raise Misuse("--bom is for csv", hint="write: --format csv --bom")
        several = {name: kind(**_taken(kind, given)) for name, kind in self._several.items()}
        frame = Frame(flags)
        if flags.output is not None:
            frame.refuse_own(flags.output)  # before any work
        self._command(frame, **several, **given)

    @cached_property
    def _types(self) -> dict[str, Any]:
        return get_type_hints(self._command, include_extras=True)

    @cached_property
    def _several(self) -> dict[str, type]:
        return {
            name: kind
            for name, kind in self._types.items()
            if isinstance(kind, type) and is_dataclass(kind)
        }

    def _options(self) -> Iterator[tuple[inspect.Parameter, Any]]:
        """Yield the command's options and then the common ones, each with its type."""
        for p in inspect.signature(self._command).parameters.values():
            if p.name in self._several:
                yield from _typed(self._several[p.name])
            elif p.name != "frame":
                yield p, self._types[p.name]
        yield from _typed(Flags)

    @cached_property
    def __signature__(self) -> inspect.Signature:
        types = {"format": _format(*self._more)}
        options = (
            p.replace(annotation=types.get(p.name, kind), kind=inspect.Parameter.KEYWORD_ONLY)
            for p, kind in self._options()
        )
        return inspect.Signature(list(options))

    @cached_property
    def __annotations__(self) -> dict[str, Any]:  # type: ignore[override]
        types = {name: p.annotation for name, p in self.__signature__.parameters.items()}
        return {**types, "return": None}


def _typed(one: Callable[..., Any]) -> list[tuple[inspect.Parameter, Any]]:
    types = get_type_hints(one, include_extras=True)
    return [(p, types[p.name]) for p in inspect.signature(one).parameters.values()]


def _taken(one: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """Take the values of these parameters out of `given`."""
    return {name: given.pop(name) for name in inspect.signature(one).parameters}


def _check_value(name: str, value: Any, usual: Any) -> None:
    """Raises Misuse for an empty value, which a script gives whose variable is not set, and for
    bytes that are not UTF-8: they arrive as lone surrogates, which neither the database nor any
    output accepts. They are allowed in file names."""
    for one in value if isinstance(value, list | tuple) else (value,):
        if one == "" != usual:
            raise Misuse(
                f"the value of {name.replace('_', '-')} is empty",
                hint="write one, or leave it out",
            )
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
    """Return the choice that equals `given`. Raises Misuse, listing the choices."""
    for choice in choices:
        if choice == given:
            return choice
    raise Misuse(f"there is no {what} {clean(given)!r}", hint=f"one of: {', '.join(choices)}")


def address(given: str) -> str:
    """Return a mail address. Raises Misuse if it is not one."""
    from sigtrack.config.file import ADDRESS

    if not re.fullmatch(ADDRESS, given):
        raise Misuse(f"{clean(given)!r} is not an address", hint="write desk@example.org")
    return given


def exit_if_none(exit_code: bool, found: Collection[object]) -> None:
    """With --exit-code, leave with 1 if nothing was found."""
    if exit_code and not found:
        raise typer.Exit(1)


def rows(given: int | None, *, usual: int = _SHOWN) -> int | None:
    """Return the rows a table: the user's number, None for all (0, or more than any store can
    count), or else `usual`."""
    wanted = usual if given is None else given
    return wanted if 0 < wanted < sys.maxsize else None
