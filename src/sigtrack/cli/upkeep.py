"""`sigtrack cron` and `sigtrack doctor`: that it runs by itself, and whether it would."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from sigtrack.cli import options as of
from sigtrack.cli.frame import Frame


def cron(
    frame: Frame,
    only: Annotated[
        str, typer.Option("--only", metavar="KIND", help="crontab or systemd.")
    ] = "both",
) -> None:
    """Print lines for crontab and units for systemd that run fetch, digest and backup."""
    from sigtrack.app import cron as use

    of.one_of(("both", "crontab", "systemd"), only, "kind")
    settings, program = frame.settings, _program()
    parts = []
    if only != "systemd":
        parts.append(use.crontab(settings, program, os.environ))
    if only != "crontab":
        parts.append(use.systemd(settings, program, os.environ))
    frame.write(["\n".join(parts)])


def _program() -> list[str]:
    """The console script by its full path, or this Python where there is none."""
    script = Path(sys.argv[0])
    if script.name == "sigtrack" and os.access(script, os.X_OK):
        return [str(script.absolute())]
    return [sys.executable, "-m", "sigtrack"]


def doctor(
    frame: Frame,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask the mail server, up to the login.")
    ] = False,
) -> None:
    """Say whether everything would work; exits with 1 if something would not."""
    from sigtrack.app import doctor as use

    findings = use.examine(frame.settings, os.environ, online=online)
    wrong = [one for one in findings if one.state == "wrong"]
    frame.show(use.report_of(wrong if frame.flags.quiet else findings))
    if wrong:
        raise typer.Exit(1)
