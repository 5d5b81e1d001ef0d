"""The `sigtrack` command: reads arguments, prints one report, returns an exit code.

Commands are thin: they turn options into values, call one use case and print what it returns. Use
cases are imported when their command runs, so `sigtrack --help` and `report` start without the
network, the parsers and everything else that they do not need.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import signal
import sys
from functools import cache
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from sigtrack.cli.frame import complain, silence_stdout
from sigtrack.errors import (
    NO_ROOM,
    Exhausted,
    InputUnreadable,
    Misconfigured,
    NoPermission,
    SigtrackError,
    cannot_write,
)
from sigtrack.text import clean

COMPLETE = "_SIGTRACK_COMPLETE"  # the variable that a shell sets when it asks for completions
_BUG = 70
_STOPPED = 128 + signal.SIGINT
# New objects before Python looks for circles of objects, of which we make few. At its usual 700 a
# tenth of the CPU of an import and a fifth of `wording` over 100,000 items went into looking. A
# command that only asks makes fewer than this; a run as long as an import needs no more memory.
_COLLECTED = 200_000


def main() -> None:
    """The entry point of the console script. Exits, never returns."""
    gc.set_threshold(_COLLECTED)
    atexit.register(gc.freeze)  # else Python looks for circles at its end: a sixth of a report
    # If the caller closed a stream (`>&-`), Python has None for it, and the database would get its
    # file number.
    sys.stdout = sys.stdout or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    sys.stderr = sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # the locale may lack some scripts
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        if asked := os.environ.get(COMPLETE):
            return _proposals(asked)
        # typer returns the code of `typer.Exit` when standalone_mode is False
        code = _command_for(arguments)(arguments, prog_name="sigtrack", standalone_mode=False)
        sys.stdout.flush()
    except SigtrackError as error:
        return _explained(error)
    except (BrokenPipeError, SystemExit):  # typer exits when the reader of stdout has gone
        silence_stdout()
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return _stopped()
    except Exception as error:  # noqa: BLE001 - the outermost frame decides how a bug exits
        if refusal := _refusal(error):
            return _explained(refusal)
        return _of_click(error)
    if code == _STOPPED:  # typer turns KeyboardInterrupt into this
        return _stopped()
    return code if isinstance(code, int) else 0


def _command_for(arguments: list[str]) -> Any:
    if arguments in ([], ["--help"], ["-h"]):
        return _command(outline=True)
    return _command(*arguments[:1])


@cache
def _command(name: str = "", *, outline: bool = False) -> Any:
    """Build the commands (see `app_of`), once in a process."""
    from typer.main import get_command

    from sigtrack.cli.commands import app_of
    from sigtrack.cli.guide import with_examples

    return with_examples(get_command(app_of(name, outline=outline)))


def _proposals(asked: str) -> int:
    """Answer a shell whose user presses the Tab key (see `sigtrack completion`)."""
    from typer import completion

    completion.completion_init()  # type: ignore[attr-defined]
    return completion.shell_complete(_command(), {}, "sigtrack", COMPLETE, asked)


def _explained(error: SigtrackError) -> int:
    if isinstance(error, Misconfigured):
        for problem in error.problems:
            complain(str(problem))
    complain(f"sigtrack: {error.message}")
    if error.hint:
        complain(f"  {error.hint}")
    return error.exit_code


def _stopped() -> int:
    complain("sigtrack: stopped; stored items are kept, and the next run continues from there")
    return _STOPPED


def _refusal(error: BaseException | None) -> SigtrackError | None:
    """Find an error that the system may raise in any library; it is not a bug."""
    while error is not None:
        if isinstance(error, BaseExceptionGroup):
            return next(filter(None, map(_refusal, error.exceptions)), None)
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            return Exhausted(
                "the system allows no more open files", hint="raise the limit: ulimit -n 256"
            )
        if isinstance(error, OSError) and error.errno in NO_ROOM and error.filename is None:
            silence_stdout()  # typer writes helps itself
            return cannot_write("the output", error, "make room, or write it elsewhere")
        if isinstance(error, FileNotFoundError) and error.filename is None and _is_nowhere():
            return InputUnreadable(
                "the folder in which this was started is gone", hint="go to another with cd"
            )
        if isinstance(error, PermissionError) and error.filename is not None:
            return NoPermission(
                f"this user may not open {clean(os.fsdecode(error.filename))}",
                hint="run as its owner, or change its permissions and those of its folder",
            )
        if isinstance(error, MemoryError):
            return Exhausted(
                "there is not enough memory", hint="end other programs, or raise the limit"
            )
        error = error.__cause__
    return None


def _is_nowhere() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _of_click(error: Exception) -> int:
    """Handle usage errors and aborts. They are recognised by their attributes, because typer brings
    its own click. Any other error is a bug."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):
        _reword(error)
        show()
        if hint := _hint_at(error):
            complain(f"  {hint}")
        return code
    if type(error).__name__ == "Abort":  # also when the input ends at a question
        return _stopped()
    import traceback

    complain("".join(traceback.format_exception(error)))  # it may quote text from a feed
    complain("sigtrack: this is a bug, not a mistake of yours; please report the lines above")
    return _BUG


def _reword(error: Any) -> None:
    """click says "is not a valid int range" of a number that is none or too small."""
    kind = getattr(getattr(error, "param", None), "type", None)
    if type(error).__name__ == "BadParameter" and getattr(kind, "name", "").startswith("int"):
        least = getattr(kind, "min", None)
        error.message = "write a whole number" + (f", {least} or more" if least is not None else "")


def _hint_at(error: Any) -> str:
    """Before the name of a command only --help is known, and --version."""
    command = getattr(getattr(error, "ctx", None), "command", None)
    if type(error).__name__ == "NoSuchOption" and hasattr(command, "commands"):
        return "write options after the command, such as: sigtrack report --since 7d"
    return ""
