"""What a digest reads of a store, whose lists it has, and whether it may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sigtrack.app.catalogue import load_catalogue
from sigtrack.app.digest.letter import Contents, Desk, was_told
from sigtrack.app.digest.news import FurtherReader, Shelf
from sigtrack.app.index import Index, load_index
from sigtrack.app.readings import Readings, reading_rules_of
from sigtrack.app.weights import Scales, scales_for
from sigtrack.config import DigestSettings, Settings, smtp_password
from sigtrack.errors import Misconfigured
from sigtrack.model import Problem
from sigtrack.speech import Messages
from sigtrack.store import DigestChoice, Query, Store, is_on_server, shown_place


def load_desk(store: Store, settings: Settings) -> Desk:
    catalogue = load_catalogue(settings)
    zone = settings.zone()
    index = load_index(settings)

    def scales(choice: DigestChoice, of: DigestSettings, expected: Mapping[str, str]) -> Scales:
        since = min((found.stored.moment for found in choice.found), default=None)
        return scales_for(
            store,
            Query(since=since),
            index,
            settings,
            roles=catalogue.roles(),
            expected=expected,
            messages=Messages(of.language),
        )

    def page(choice: DigestChoice, of: DigestSettings) -> str:
        from sigtrack.app.briefing import page_of_digest

        return page_of_digest(store, settings, index, catalogue, choice, of)

    shelf = _shelf_of(settings, index)
    further = FurtherReader(store, shelf, catalogue.feeds, zone)
    return Desk(
        zone=zone,
        headings=index.headings,
        signals=index.signal_titles(),
        feeds=catalogue.feeds,
        states=store.feed_states(),
        last_fetch=store.last_run("fetch"),
        options=options_of(settings),
        languages=settings.languages_read(),
        contents=ContentsReader(further, scales, page),
        problems=Readings(store, shelf.readings).problems("visits", "wording"),
    )


class ContentsReader:
    """Reads the contents of digests from the store; one reader for all digests of a run.

    Reading takes seconds, and a digest is written inside a transaction that blocks other writers.
    So the latest answer is kept: the caller asks once before the transaction, and again inside it
    without waiting.
    """

    def __init__(
        self,
        further: FurtherReader,
        scales: Callable[[DigestChoice, DigestSettings, Mapping[str, str]], Scales],
        page: Callable[[DigestChoice, DigestSettings], str] = lambda *_: "",
    ) -> None:
        """`scales` weigh the stories of a choice; they get the titles of expectations by the items
        that fulfil them. `page` is called for digests that attach a page."""
        self._further = further
        self._scales = scales
        self._page = page
        self._asked: object = None
        self._contents = Contents()

    def __call__(self, choice: DigestChoice, settings: DigestSettings) -> Contents:
        asked = (choice.digest, choice.last, choice.upto, settings)
        if asked != self._asked:
            self._contents = self._read(choice, settings)
            self._asked = asked
        return self._contents

    def _read(self, choice: DigestChoice, settings: DigestSettings) -> Contents:
        further = self._further(choice, settings)
        page = self._page(choice, settings) if settings.page else ""
        if not choice.found:
            return Contents(further=further, page=page)
        scales = self._scales(choice, settings, further.fulfils)
        told = was_told(choice.last, settings)
        stories = scales.weigh(choice.found, told=told, sure=settings.sure)
        return Contents(stories=stories, further=further, page=page)


def _shelf_of(settings: Settings, index: Index) -> Shelf:
    """Mistakes in files are reported by the commands that check them; valid parts count here."""
    return Shelf(
        actors=index.actors,
        readings=reading_rules_of(index, settings),
        expecting=index.watchlists,
    )


def options_of(settings: Settings) -> tuple[str, ...]:
    """Return the options that make a command use the files of this run."""
    options: list[str] = []
    for name, setting in (("config", settings.config), ("db", settings.db)):
        if setting.origin == f"--{name}":
            is_file = not is_on_server(setting.value)
            value = Path(setting.value).absolute() if is_file else shown_place(setting.value)
            options += [f"--{name}", str(value)]
    return tuple(options)


def password_of(settings: Settings) -> str:
    """Return the mail password, "" if none is needed. Raises Misconfigured if it is missing."""
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
