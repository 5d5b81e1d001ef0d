"""What every command needs: settings, the terminal, and where output goes.

Data goes to stdout, everything else to stderr. Colour and width are decided here, once, from the
environment; rendering code gets them as values.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from sigtrack.errors import CannotWrite, Misuse, cannot_write
from sigtrack.text import clean, mask_credentials

# Settings, store and formats are imported where they are used: `sigtrack --help` needs none.
if TYPE_CHECKING:
    from datetime import datetime, tzinfo
    from pathlib import Path

    from sigtrack.app.in_force import InForce
    from sigtrack.app.report import Background
    from sigtrack.app.window import Wanted
    from sigtrack.cli.options import Flags
    from sigtrack.config import Settings
    from sigtrack.model import Briefing, Problem, Report
    from sigtrack.store.interface import Mode, Query
    from sigtrack.store.sql import Store

_BOM = ("\ufeff",)  # without it some spreadsheets read UTF-8 in the machine's old code page


OnProgress = Callable[..., None]  # how much is done, of how much, and perhaps what, in words


class Frame:
    """One run of one command: its flags, settings, clock and output."""

    def __init__(self, flags: Flags) -> None:
        self.flags = flags

    @cached_property
    def settings(self) -> Settings:
        return self.load_settings()

    def load_settings(self, *, is_new: bool = False) -> Settings:
        """Read the settings; `is_new`: the config file that is named need not be there."""
        from sigtrack.config import load_settings

        return load_settings(os.environ, config=self.flags.config, db=self.flags.db, is_new=is_new)

    @cached_property
    def zone(self) -> tzinfo:
        return self.settings.zone()

    @cached_property
    def files(self) -> InForce:
        from sigtrack.app.in_force import InForce

        return InForce(self.settings)

    @property
    def now(self) -> datetime:
        return self.settings.clock()

    @property
    def is_terminal(self) -> bool:
        """Whether the report goes to a terminal (a file given by --output is not one)."""
        return self.flags.output is None and sys.stdout.isatty()

    def refuse_own(self, output: Path, option: str = "--output") -> None:
        """Raises Misuse if the output would replace the database, its locks or the settings."""
        from sigtrack import files
        from sigtrack.store import files_of_store

        if files.is_stream(output):
            return
        settings = self.settings
        own = dict.fromkeys(files_of_store(settings.db.value)[:1], "the database")
        own |= dict.fromkeys(files_of_store(settings.db.value)[1:], "a file of the database")
        own |= dict.fromkeys(settings.files(), "a file of the settings")
        inside = (settings.watchlists, settings.words, settings.last_good, settings.rules_cache)
        for path, what in own.items():
            if files.are_same(output, path):
                raise _refused(output, option, what)
        if any(files.is_inside(output, folder) for folder in inside):
            raise _refused(output, option, "a file of the settings")

    def has_store(self) -> bool:
        """Whether there is a database yet."""
        from sigtrack.store import is_there

        return is_there(self.settings.db.value)

    def store(self, mode: Mode) -> Store:
        from sigtrack.store import open_store

        return open_store(
            self.settings.db.value, mode=mode, warn=lambda text: complain(f"sigtrack: {text}")
        )

    def query(self, store: Store, wanted: Wanted) -> Query:
        """Return what the store is asked. Raises Misuse for values that cannot be read."""
        from sigtrack.app.window import query_of

        return query_of(wanted, store, self.files, self.now, self.zone)

    def say_if_empty(self, store: Store, found: Collection[object]) -> None:
        """Say where items come from, if nothing was found because nothing is stored."""
        if not found and not self.flags.quiet and store.is_empty():
            complain("no items are stored yet: sigtrack fetch downloads feeds")

    def background(self, store: Store, language: str = "en") -> Background:
        """Return what stories are explained with. Warns if expectations need old readings."""
        from sigtrack.app.report import Background
        from sigtrack.speech import Words

        background = Background(store, self.files, Words(language, now=self.now, zone=self.zone))
        if background.outlooks:
            self.say_problems(background.problems)
        return background

    def show(self, report: Report | Briefing) -> None:
        """Write the report in the chosen format, to stdout or to the file of --output."""
        from sigtrack.present import FOR_PEOPLE, render, with_zone

        if self.flags.format in FOR_PEOPLE:
            report = with_zone(report, self.zone)
        chunks = render(
            report,
            self.flags.format,
            width=shutil.get_terminal_size((100, 24)).columns,
            colour=self._has_colour(),
            terminal=self.is_terminal,
            escapes=not is_dumb(),
            zone=self.zone,
        )
        self.write(chain(_BOM * self.flags.bom, chunks))

    def tell(self, report: Report) -> None:
        """Show what was done, unless --quiet."""
        if not self.flags.quiet:
            self.show(report)

    def write(self, chunks: Iterable[str]) -> None:
        """Write text as it is, to stdout or to the file of --output."""
        if self.flags.output is None:
            _print(chunks)
        else:
            self.write_file(self.flags.output, (chunk.encode("utf-8") for chunk in chunks))

    def write_file(self, path: Path, pieces: Iterable[bytes], option: str = "--output") -> None:
        """Write a file of the user: completely, or leave the earlier file as it was."""
        from sigtrack.files import replace_file

        self.refuse_own(path, option)  # again: a file may be there now that was not before
        try:
            replace_file(path, pieces, in_place=True)
        except OSError as error:
            raise _unwritable(clean(str(path)), error, option) from None

    def say(self, text: str) -> None:
        """Print a warning or a remark for people to stderr, unless --quiet."""
        if not self.flags.quiet:
            complain(text)

    def say_problems(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            complain(str(problem))

    @contextmanager
    def progress(self, what: str, *, counted: bool = True) -> Iterator[OnProgress | None]:
        """A progress bar on stderr if that is a terminal; without a count it only moves."""
        if self.flags.quiet or is_dumb() or not sys.stderr.isatty():
            yield None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        figures = (MofNCompleteColumn(), TimeRemainingColumn()) if counted else ()
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), *figures)
        console = Console(stderr=True, no_color=not self._has_colour())
        with Bar(*columns, console=console, transient=True) as bar:
            task = bar.add_task(what, total=None)

            def told(done: int, total: int, words: str = "", /) -> None:
                bar.update(task, completed=done, total=total, description=words or what)

            yield told

    def _has_colour(self) -> bool:
        return not (self.flags.no_color or os.environ.get("NO_COLOR"))


def is_dumb() -> bool:
    """Whether the terminal knows no escape sequences."""
    return os.environ.get("TERM", "") in ("dumb", "unknown")


def complain(text: str) -> None:
    """Print lines to stderr, cleaned and with credentials masked, whatever they quote."""
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip(" ")))
        print(f"{indent}{mask_credentials(clean(line))}", file=sys.stderr)  # noqa: T201


def silence_stdout() -> None:
    """Point stdout to the null device, so that Python's flush at exit raises no second error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print(chunks: Iterable[str]) -> None:
    try:
        sys.stdout.writelines(chunks)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence_stdout()
        raise _unwritable("the output", error) from None


def _unwritable(name: str, error: OSError, option: str = "--output") -> CannotWrite:
    return cannot_write(name, error, f"choose another file with {option}")


def _refused(output: Path, option: str, what: str) -> Misuse:
    return Misuse(
        f"{option} {clean(str(output))} would replace {what}",
        hint="name another file; nothing was changed",
    )
