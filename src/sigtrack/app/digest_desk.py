"""What the files and the store say, gathered for the writing of digests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from sigtrack.app.catalogue import load_catalogue
from sigtrack.app.digest_further import FurtherReader, Shelf
from sigtrack.app.digest_letter import Desk
from sigtrack.app.edited import is_any_edited
from sigtrack.app.expecting import expects_anything
from sigtrack.app.grouping import by_story
from sigtrack.app.headings import load_headings
from sigtrack.app.rules import load_rules
from sigtrack.app.signal_titles import load_signal_titles
from sigtrack.config import Settings, smtp_password
from sigtrack.errors import Misconfigured
from sigtrack.lexicon import Lexicon, load_lexicon
from sigtrack.model import Actor, Problem, Watchlist
from sigtrack.store import Store
from sigtrack.watch import shipped_text
from sigtrack.watch.actors import load_actors
from sigtrack.watch.phrases import load_formulary


def load_desk(store: Store, settings: Settings) -> Desk:
    catalogue = load_catalogue(settings)
    zone = settings.zone()
    rules = load_rules(settings) if is_any_edited(settings) else None
    return Desk(
        zone=zone,
        headings=load_headings(settings, rules),
        signals=load_signal_titles(settings, rules),
        feeds=catalogue.feeds,
        states=store.feed_states(),
        last_fetch=store.last_run("fetch"),
        options=options_of(settings),
        group=by_story(catalogue.roles()),
        further=FurtherReader(store, _shelf_of(settings), catalogue.feeds, zone),
    )


def _shelf_of(settings: Settings) -> Shelf:
    """Mistakes in files are told by the commands that check them; here what is good counts."""

    @cache
    def actors() -> Mapping[str, Actor]:
        return load_actors(shipped_text("actors.toml"), settings.actors)[0]

    @cache
    def lexicon() -> Lexicon:
        return load_lexicon(settings.folder)[0]

    @cache
    def expecting() -> Sequence[Watchlist]:
        return load_rules(settings).watchlists if expects_anything(settings) else ()

    return Shelf(
        actors=actors,
        lexicon=lexicon,
        expecting=expecting,
        formulary=cache(lambda: load_formulary(shipped_text("phrases.toml"))),
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
