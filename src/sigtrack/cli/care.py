"""Commands that look after sigtrack: `init`, `db`, `config`, `cron`, `doctor` and `schema`.

The last three run sigtrack regularly, check the installation, and describe the output for other
programs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame, complain
from sigtrack.cli.options import Commands, argument, option
from sigtrack.errors import Misuse, NoStore


def init(
    frame: Frame,
    countries: str | None = option(
        "KR,JP", "Countries that you watch; they decide your feeds.", None
    ),
    languages: str | None = option("en,ko", "Languages that you read; others get a gloss.", None),
    mail: str | None = option("ADDRESS", "Who gets a digest each morning.", None),
    role: list[str] | None = option("ROLE", "Only publishers of this role (repeatable).", None),
    copy: list[str] | None = option(
        "ID",
        "Copy this watchlist, to change it (repeatable).",
        None,
        autocompletion=options.watchlists,
    ),
    opml: Path | None = option("FILE", "Also import the feeds of another reader.", None),
) -> None:
    """Set up your own desk: settings, feeds and watchlists.

    On a terminal it asks for what no option gives. Existing files are never overwritten.
    """
    from sigtrack.app import setup
    from sigtrack.model import Role

    frame.settings = frame.load_settings(is_new=True)
    setup.refuse_second(frame.settings)
    asks = sys.stdin.isatty() and sys.stderr.isatty() and not frame.flags.quiet
    answer = _asked if asks else lambda given, _question, read: read(given or "")
    desk = setup.DeskAnswers(
        countries=answer(
            countries,
            "Countries that your desk watches, such as KR, JP (Enter: East Asia, and all feeds)",
            setup.countries,
        ),
        languages=answer(languages, "Languages that you read (Enter: en)", setup.languages),
        mail=answer(
            mail,
            "Mail a digest each morning to (Enter: to nobody)",
            lambda given: given and options.address(given),
        ),
        roles=tuple(options.one_of(tuple(Role), one, "role") for one in role or ()),
        copied=tuple(copy or ()),
        opml=opml,
    )
    report, problems = setup.init(desk, frame.settings)
    frame.say_problems(problems)
    frame.tell(report)


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


db = Commands(help="Manage the database.", no_args_is_help=True)
config = Commands(help="Manage the settings.", no_args_is_help=True)


@db.add()
def info(frame: Frame) -> None:
    """Show what the database holds."""
    from sigtrack.app import database

    with frame.store("read") as store:
        frame.show(database.info(store))


@db.add()
def check(frame: Frame) -> None:
    """Check that the database is sound; exits with 1 if it is not."""
    from sigtrack.app import database

    with frame.store("read") as store:
        result = database.check(store)
    frame.show(result)
    if result.records:
        raise typer.Exit(1)


@db.add()
def backup(frame: Frame, path: Path = argument("", "A file that does not exist.")) -> None:
    """Write a consistent copy, even while a fetch is running."""
    from sigtrack.app import database

    with frame.store("read") as store:
        result = database.backup(store, path)
    frame.tell(result)


@db.add()
def copy(
    frame: Frame,
    old: str = argument("", "A database: a file or a postgresql:// URL."),
    new: str = argument("", "Where its copy is made; nothing may be there."),
) -> None:
    """Copy a database into a new one: from a file to a PostgreSQL server, or back."""
    from sigtrack.app import database
    from sigtrack.store import open_store

    try:
        source = open_store(old, mode="read")
    except NoStore as error:
        raise NoStore(error.message, hint="where yours is, says: sigtrack config show") from None
    with source, open_store(new, mode="create") as target:
        result = database.copy(source, target)
    frame.tell(result)


@db.add()
def datasette(frame: Frame) -> None:
    """Print metadata for Datasette: facets, search, and hits by week.

    The database has views for people: hits_readable, items_readable, stories_readable and
    visits_readable.
    """
    from sigtrack.app import database
    from sigtrack.present.records import dumps

    metadata = database.datasette_metadata(frame.settings.db.value)
    with frame.store("read"):  # an older database gets the views now
        frame.write([dumps(metadata, indent=2), "\n"])


@db.add()
def prune(
    frame: Frame,
    before: str = option("--before WHEN", "2025-01-01 or 400d."),
    dry_run: options.DryRun = False,
) -> None:
    """Remove old items for good; they do not come back as new."""
    from sigtrack.app import database

    with frame.store("read" if dry_run else "write") as store:
        result = database.prune(store, before, dry_run=dry_run, now=frame.now, zone=frame.zone)
    frame.show(result)


@config.add("show")
def show_config(frame: Frame) -> None:
    """Show every setting and where its value comes from."""
    from sigtrack.app import setup

    for problems in frame.settings.broken_digests.values():
        frame.say_problems(problems)
    frame.show(setup.show(frame.settings))


@config.add("init")
def init_config(frame: Frame) -> None:
    """Write a config file with every setting explained."""
    from sigtrack.app import setup

    frame.settings = frame.load_settings(is_new=frame.flags.output is None)
    text = setup.template(frame.settings)
    if frame.flags.output is None:
        frame.tell(setup.init_config(frame.settings, text))
    else:
        frame.write([text])
        frame.say(f"written: {frame.flags.output}")


def cron(frame: Frame, only: str = option("--only KIND", "crontab or systemd.", "both")) -> None:
    """Print crontab lines and systemd units that run fetch, digest and backup."""
    from sigtrack.app import setup

    options.one_of(("both", "crontab", "systemd"), only, "kind")
    schedule = setup.Schedule(frame.settings, _program(), os.environ)
    parts = [schedule.crontab()] if only != "systemd" else []
    parts += [schedule.systemd()] if only != "crontab" else []
    frame.write(["\n".join(parts)])


def _program() -> list[str]:
    """The console script by its full path, or else this Python with `-m sigtrack`."""
    script = Path(sys.argv[0])
    if script.name == "sigtrack" and os.access(script, os.X_OK):
        return [str(script.absolute())]
    return [sys.executable, "-m", "sigtrack"]


def doctor(
    frame: Frame,
    online: bool = option("--online", "Also ask the mail server, up to the login.", False),
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
    command: list[str] | None = argument("", "A command: report, or visits --by item.", None),
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
