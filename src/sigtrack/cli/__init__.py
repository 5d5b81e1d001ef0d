"""`sigtrack` on the command line: arguments in, one report out, an exit code.

Commands are thin: they turn options into values, call one use case and print what it gives.
Use cases are imported when their command runs, so that `sigtrack --help` and `report` start
without the network, the parsers and everything else they do not need.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import cache
from io import TextIOWrapper

from sigtrack.cli.frame import complain, silence_stdout
from sigtrack.errors import Misconfigured, SigtrackError

_BUG = 70


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
        # typer gives the code of `typer.Exit` back when it does not stand alone
        code = _command()(arguments, prog_name="sigtrack", standalone_mode=False)
        sys.stdout.flush()
    except SigtrackError as error:
        return _explained(error)
    except (BrokenPipeError, SystemExit):  # the option parser exits when the reader has gone
        silence_stdout()
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:  # noqa: BLE001 - the outermost frame decides how a bug exits
        return _of_click(error)
    return code if isinstance(code, int) else 0


@cache
def _command() -> Callable[..., object]:
    """All commands and their options, made once in a process: it takes 17 ms."""
    from typer.main import get_command

    from sigtrack.cli.commands import app

    return get_command(app)


def _explained(error: SigtrackError) -> int:
    if isinstance(error, Misconfigured):
        for problem in error.problems:
            complain(str(problem))
    complain(f"sigtrack: {error.message}")
    if error.hint:
        complain(f"  {error.hint}")
    return error.exit_code


def _of_click(error: Exception) -> int:
    """Usage errors and aborts of the option parser, known by shape: typer brings its own click."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):
        show()
        return code
    if type(error).__name__ == "Abort":
        return 128 + signal.SIGINT
    import traceback

    traceback.print_exception(error)
    complain("sigtrack: this is a bug, and nothing that you did; please report the lines above")
    return _BUG
