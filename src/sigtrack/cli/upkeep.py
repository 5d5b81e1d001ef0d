"""`sigtrack cron`, `doctor` and `schema`: run sigtrack regularly, check the installation, and
describe the output for other programs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame


def cron(
    frame: Frame,
    only: Annotated[
        str, typer.Option("--only", metavar="KIND", help="crontab or systemd.")
    ] = "both",
) -> None:
    """Print crontab lines and systemd units that run fetch, digest and backup."""
    from sigtrack.app import cron

    options.one_of(("both", "crontab", "systemd"), only, "kind")
    settings, program = frame.settings, _program()
    parts = []
    if only != "systemd":
        parts.append(cron.crontab(settings, program, os.environ))
    if only != "crontab":
        parts.append(cron.systemd(settings, program, os.environ))
    frame.write(["\n".join(parts)])


def _program() -> list[str]:
    """The console script by its full path, or else this Python with `-m sigtrack`."""
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
    """Check the whole installation; exits with 1 if something is wrong."""
    from sigtrack.app import doctor

    findings = doctor.examine(frame.settings, os.environ, online=online)
    wrong = [one for one in findings if one.state == "wrong"]
    frame.show(doctor.report_of(wrong if frame.flags.quiet else findings))
    if wrong:
        raise typer.Exit(1)


def schema(
    frame: Frame,
    command: Annotated[
        list[str] | None, typer.Argument(help="A command: report, or visits --by item.")
    ] = None,
) -> None:
    """Print the JSON Schema of what a command writes with --format json, or list all schemas.

    A line of --format jsonl is one item of that list, and so is a line of --format csv.
    """
    from sigtrack.app import schemas
    from sigtrack.present.records import dumps

    if not command:
        frame.show(schemas.list_schemas())
        return
    frame.write([dumps(schemas.schema_of(" ".join(command)), indent=2), "\n"])
