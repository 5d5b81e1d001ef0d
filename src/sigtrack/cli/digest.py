"""`sigtrack digest`: make, send and show mails of what is new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sigtrack.cli import options
from sigtrack.cli.frame import Frame, complain
from sigtrack.cli.options import argument, option
from sigtrack.errors import Busy, Misconfigured, Misuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sigtrack.app.digest.letter import Desk
    from sigtrack.app.digest.planning import PlannedDigest
    from sigtrack.model import Problem
    from sigtrack.store.sql import Store


def digest(
    frame: Frame,
    name: str | None = argument(
        "NAME",
        "A digest of the config. Default: all of them.",
        None,
        autocompletion=options.digests,
    ),
    to: list[str] | None = option(
        "--to ADDRESS", "Send it to this address instead (repeatable).", None
    ),
    init: bool = option("--init", "Count all present hits as read, and send nothing.", False),
    pending: bool = option("--pending", "Only send mails that are still waiting.", False),
    sure: options.Sure = False,
    page: bool = option("--page", "Attach the report of the same period as a page.", False),
    dry_run: options.DryRun = False,
    stdout: bool = option("--stdout", "Print the text of the next mail; nothing is sent.", False),
    eml: Path | None = option("--eml FILE", "Write the next mail here; nothing is sent.", None),
    again: int | None = option("--again NUMBER", "Print an earlier mail.", None),
) -> None:
    """Mail what is new since the last digest.

    A mail that could not be sent waits, and the next run sends it unchanged. With --dry-run,
    --stdout and --eml nothing is sent and nothing counts as read.
    """
    from sigtrack.app.digest import planning

    if again is not None:
        with frame.store("read") as store:
            mail = store.mail(again)
        if eml:
            frame.write_file(eml, [mail.body], "--eml")
        else:
            frame.write([planning.text_of(mail)])
        return
    settings = frame.settings
    if eml:
        frame.refuse_own(eml, "--eml")
    broken = {one: found for one, found in settings.broken_digests.items() if name in (None, one)}
    if broken and (name is not None or not settings.digests):
        problems = [problem for some in broken.values() for problem in some]
        raise Misconfigured("no digest was made", problems=problems)
    addresses = [options.address(one) for one in to or ()]
    plans = planning.plans_of(settings, name, to=addresses, sure=sure, page=page)
    if eml and len(plans) > 1:
        raise Misuse("--eml is for one digest", hint="name it: sigtrack digest NAME --eml FILE")
    preview = bool(dry_run or stdout or eml)
    if init and preview:
        raise Misuse(
            "--init counts hits as read, and --dry-run, --stdout and --eml change nothing",
            hint="leave out one of them",
        )
    with frame.store("read" if preview else "write") as store:
        if init:
            frame.tell(planning.take_as_read(store, plans, frame.now))
            raise typer.Exit(_tell_unable(broken))
        desk = planning.load_desk(store, settings)
        frame.say_problems(desk.problems)
        known = list(desk.headings.watchlists)
        able, unable = planning.sort_out(plans, known, broken, to_be_sent=not preview)
        if preview:
            _preview(frame, store, able, desk, stdout=stdout, eml=eml)
            raise typer.Exit(_tell_unable(unable))
        plans = [plan for plan in plans if not planning.no_way_out(plan)]  # earlier mails can go
        code = _deliver(frame, store, plans, () if pending else able, desk, unable)
    raise typer.Exit(code)


def _tell_unable(unable: Mapping[str, Sequence[Problem]]) -> int:
    """Print why these digests cannot be made; return the exit code."""
    for problem in dict.fromkeys(problem for found in unable.values() for problem in found):
        complain(str(problem))
    if unable:
        were = "digest {} was" if len(unable) == 1 else "digests {} were"
        names = were.format(", ".join(sorted(unable)))
        complain(f"sigtrack: {names} not made; the others go on")
    return Misconfigured.exit_code if unable else 0


def _deliver(
    frame: Frame,
    store: Store,
    plans: Sequence[PlannedDigest],
    new: Sequence[PlannedDigest],
    desk: Desk,
    unable: Mapping[str, Sequence[Problem]],
) -> int:
    """Make the `new` mails and send all that wait; return the exit code."""
    from sigtrack.app.digest import planning, sending

    password = ""
    if any(plan.to or plan.settings.to for plan in plans):
        password = planning.password_of(frame.settings)
    unable_code = _tell_unable(unable)
    store.begin_sending()
    for plan in new:
        planning.make(store, plan, desk, frame.now)
    addresses = [url for plan in plans for url in plan.settings.notify]
    sent = sending.send(
        store,
        planning.to_send(store, plans),
        sending.way_of(frame.settings.mail, password),
        sending.notify_of(addresses),
        frame.settings.clock,
    )
    for line in (*planning.warnings_of(desk, frame.now), *sending.complaints_of(sent)):
        complain(f"sigtrack: {line}")
    frame.tell(sending.report_of(sent))
    # Deferred mails are sent by the next run; a wrong config needs a person.
    later = sent.exit_code in (0, Busy.exit_code)
    return unable_code or sent.exit_code if later else sent.exit_code


def _preview(
    frame: Frame,
    store: Store,
    plans: Sequence[PlannedDigest],
    desk: Desk,
    *,
    stdout: bool,
    eml: Path | None,
) -> None:
    from sigtrack.app.digest import planning

    for plan in plans:
        choice, draft = planning.preview(store, plan, desk, frame.now)
        if eml:
            frame.write_file(eml, [draft.body], "--eml")
        if stdout:
            frame.write([planning.text_of(draft)])
        elif not eml:
            frame.show(planning.intention_of(store, plan, desk, choice, draft))
