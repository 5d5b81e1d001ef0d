"""What the files and the store say, gathered for the writing of digests."""

from __future__ import annotations

from pathlib import Path

from sigtrack.app.catalogue import load_catalogue
from sigtrack.app.digest_further import FurtherReader, Shelf
from sigtrack.app.digest_letter import Desk
from sigtrack.app.grouping import by_story
from sigtrack.app.index import Index, load_index
from sigtrack.app.readings import Readings, reading_rules_of
from sigtrack.config import Settings, smtp_password
from sigtrack.errors import Misconfigured
from sigtrack.model import Problem
from sigtrack.store import Store


def load_desk(store: Store, settings: Settings) -> Desk:
    catalogue = load_catalogue(settings)
    zone = settings.zone()
    index = load_index(settings)
    shelf = _shelf_of(settings, index)
    return Desk(
        zone=zone,
        headings=index.headings,
        signals=index.signal_titles(),
        feeds=catalogue.feeds,
        states=store.feed_states(),
        last_fetch=store.last_run("fetch"),
        options=options_of(settings),
        group=by_story(catalogue.roles()),
        further=FurtherReader(store, shelf, catalogue.feeds, zone),
        problems=Readings(store, shelf.readings).problems("visits", "wording"),
    )


def _shelf_of(settings: Settings, index: Index) -> Shelf:
    """Mistakes in files are told by the commands that check them; here what is good counts."""
    return Shelf(
        actors=index.actors,
        readings=reading_rules_of(index, settings),
        expecting=index.watchlists,
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
