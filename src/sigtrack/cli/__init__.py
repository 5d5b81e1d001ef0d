"""`sigtrack` on the command line: arguments in, one report out, an exit code.

Commands are thin: they turn options into values, call one use case and print what it gives.
Use cases are imported when their command runs, so that `sigtrack --help` and `report` start
without the network, the parsers and everything else they do not need.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from functools import cache
from io import TextIOWrapper
from typing import Any

from sigtrack.cli.frame import complain, silence_stdout
from sigtrack.errors import Exhausted, Misconfigured, NoPermission, SigtrackError
from sigtrack.text import clean

COMPLETE = "_SIGTRACK_COMPLETE"  # the variable that a shell sets when it asks what fits
_BUG = 70
_STOPPED = 128 + signal.SIGINT


def main() -> None:
    """The console script. Exits; never returns."""
    # Closed by whoever started us (`>&-`): Python has no stream then, and the database would get
    # the number of the missing one.
    sys.stdout = sys.stdout or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    sys.stderr = sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # headlines in four scripts, a locale of one
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of one command line."""
    try:
        if asked := os.environ.get(COMPLETE):
            return _proposals(asked)
        # typer gives the code of `typer.Exit` back when it does not stand alone
        code = _command_for(arguments)(arguments, prog_name="sigtrack", standalone_mode=False)
        sys.stdout.flush()
    except SigtrackError as error:
        return _explained(error)
    except (BrokenPipeError, SystemExit):  # the option parser exits when the reader has gone
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
    """See `app_of`; made once in a process."""
    from typer.main import get_command

    from sigtrack.cli.commands import app_of
    from sigtrack.cli.guide import with_examples

    return with_examples(get_command(app_of(name, outline=outline)))


def _proposals(asked: str) -> int:
    """What a shell asks for when its user presses the Tab key (see `sigtrack completion`)."""
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
    complain("sigtrack: stopped; what was stored is kept, and the next run goes on from there")
    return _STOPPED


def _refusal(error: BaseException | None) -> SigtrackError | None:
    """What the system may refuse to any line of any library: no bug of theirs, nor of ours."""
    while error is not None:
        if isinstance(error, BaseExceptionGroup):
            return next(filter(None, map(_refusal, error.exceptions)), None)
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            return Exhausted(
                "the system allows no more open files", hint="raise the limit: ulimit -n 256"
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


def _of_click(error: Exception) -> int:
    """Usage errors and aborts of the option parser, known by shape: typer brings its own click."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):
        show()
        return code
    if type(error).__name__ == "Abort":  # also the end of what answers a question
        return _stopped()
    import traceback

    complain("".join(traceback.format_exception(error)))  # it may quote what a stranger wrote
    complain("sigtrack: this is a bug, and nothing that you did; please report the lines above")
    return _BUG
