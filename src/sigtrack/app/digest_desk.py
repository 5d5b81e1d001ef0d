"""What the files and the store say, gathered for the writing of digests."""

from __future__ import annotations

from pathlib import Path

from sigtrack.app.catalogue import load_catalogue
from sigtrack.app.digest_letter import Desk
from sigtrack.app.grouping import by_story
from sigtrack.app.headings import load_headings
from sigtrack.app.signal_titles import load_signal_titles
from sigtrack.config import Settings, smtp_password
from sigtrack.errors import Misconfigured
from sigtrack.model import Problem
from sigtrack.store import Store


def load_desk(store: Store, settings: Settings) -> Desk:
    catalogue = load_catalogue(settings)
    return Desk(
        zone=settings.zone(),
        headings=load_headings(settings),
        signals=load_signal_titles(settings),
        feeds=catalogue.feeds,
        states=store.feed_states(),
        last_fetch=store.last_run("fetch"),
        options=options_of(settings),
        group=by_story(catalogue.roles()),
    )


def options_of(settings: Settings) -> tuple[str, ...]:
    """What must follow a command for it to see the files of this run."""
    options: list[str] = []
    for name, setting in (("config", settings.config), ("db", settings.db)):
        if setting.origin == f"--{name}":
            options += [f"--{name}", str(Path(setting.value).absolute())]
    return tuple(options)


def password_of(settings: Settings) -> str:
    """For the login; "" where there is none. Raises Misconfigured when it is missing."""
    mail = settings.mail
    if not mail.host or not mail.user:
        return ""
    found = smtp_password(settings)
    if found is None:
        raise Misconfigured(
            "mail cannot be sent",
            problems=[
                Problem(
                    message=f"there is no password for {mail.user} at {mail.host}",
                    hint="set SIGTRACK_SMTP_PASSWORD or SIGTRACK_SMTP_PASSWORD_FILE, or put it "
                    'into the keyring (service "sigtrack")',
                    place=mail.place,
                )
            ],
        )
    return found.value
