"""Which digests there are, when each is due, what each reads of a store, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sigtrack.app.digest.letter import NO_FETCH, Contents, Desk, digest_of, was_told
from sigtrack.app.digest.news import FurtherReader
from sigtrack.app.in_force import InForce
from sigtrack.app.readings import Readings
from sigtrack.app.report import Background
from sigtrack.config import DigestSettings, MailSettings, Settings, smtp_password
from sigtrack.deliver import service_name
from sigtrack.deliver.by_mail import Letter, address_of, compose
from sigtrack.errors import Misconfigured, Misuse
from sigtrack.frozen import frozen
from sigtrack.model import Note, Problem, Report
from sigtrack.present.letter import render_html, render_text
from sigtrack.speech import Words, language_in
from sigtrack.store import is_on_server, shown_place
from sigtrack.store.interface import Delivery, DigestChoice, Mail, MailDraft, Query
from sigtrack.store.sql import Store
from sigtrack.text import clean
from sigtrack.views.hits import count, no_such


def load_desk(store: Store, settings: Settings) -> Desk:
    files = InForce(settings)
    # Mistakes in files are reported by the commands that check them; valid parts count here.
    index, catalogue = files.index, files.catalogue
    return Desk(
        zone=files.zone,
        headings=index.headings,
        signals=index.signal_titles(),
        feeds=catalogue.feeds,
        states=store.feed_states(),
        last_fetch=store.last_run("fetch"),
        options=options_of(settings),
        languages=files.languages,
        contents=ContentsReader(store, files),
        problems=Readings(store, files.readings).problems("visits", "wording"),
    )


class ContentsReader:
    """Reads the contents of digests from the store; one reader for all digests of a run.

    Reading takes seconds, and a digest is written inside a transaction that blocks other writers.
    So the latest answer is kept: the caller asks once before the transaction, and again inside it
    without waiting.
    """

    def __init__(self, store: Store, files: InForce) -> None:
        self._store, self._files = store, files
        self._further = FurtherReader(store, files)
        self._asked: object = None
        self._contents = Contents()

    def __call__(self, choice: DigestChoice, settings: DigestSettings) -> Contents:
        asked = (choice.digest, choice.last, choice.upto, settings)
        if asked != self._asked:
            self._contents = self._read(choice, settings)
            self._asked = asked
        return self._contents

    def _read(self, choice: DigestChoice, settings: DigestSettings) -> Contents:
        words = Words(settings.language, now=choice.at, zone=self._files.zone)
        background = Background(self._store, self._files, words)
        further = self._further(choice, settings, words)
        page = ""
        if settings.page:
            from sigtrack.app.briefing import page_of_digest

            page = page_of_digest(background, choice, settings)
        if not choice.found:
            return Contents(further=further, page=page)
        since = min(found.stored.moment for found in choice.found)
        scales = background.scales(Query(since=since), further.fulfils)
        told = was_told(choice.last, settings)
        stories = scales.weigh(choice.found, told=told, sure=settings.sure)
        return Contents(stories=stories, further=further, page=page)


def options_of(settings: Settings) -> tuple[str, ...]:
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
        problem = mail.place.problem(
            f"there is no password for {mail.user} at {mail.host}",
            "set SIGTRACK_SMTP_PASSWORD or SIGTRACK_SMTP_PASSWORD_FILE, or put it into the "
            'keyring (service "sigtrack")',
        )
        raise Misconfigured("mail cannot be sent", problems=[problem])
    return found.value


UNNAMED = "default"
_NOBODY = "sigtrack@localhost"
_HEARTBEAT = timedelta(days=7)


@frozen
class PlannedDigest:
    """One digest with its settings. `to`: the recipients of --to for this mail, or none."""

    settings: DigestSettings
    mail: MailSettings
    to: tuple[str, ...] = ()

    @property
    def sender(self) -> str:
        return self.settings.sender or self.mail.sender

    @property
    def recipients(self) -> tuple[str, ...]:
        """The recipients by their names in the outbox: addresses, and names of chat services."""
        return self.to or (*self.settings.to, *map(service_name, self.settings.notify))

    @property
    def query(self) -> Query:
        return Query(watchlists=self.settings.watchlists, priority=self.settings.priority)


def plans_of(
    settings: Settings,
    name: str | None = None,
    *,
    to: Sequence[str] = (),
    sure: bool = False,
    page: bool = False,
) -> list[PlannedDigest]:
    """Return the digest of this name, or all. If the config has none, there is an unnamed one of
    all watchlists in the language of the reader, without recipients. `sure` and `page` are added to
    the config. Raises Misuse if there is no digest of this name."""
    digests, mail = list(settings.digests.values()), settings.mail
    unnamed = DigestSettings(name=UNNAMED, language=language_in(settings.interface.value))
    chosen = digests or [unnamed]
    if name is not None:
        known = [one.name for one in digests]
        chosen = [one for one in chosen if one.name == name]
        if not chosen:
            otherwise = "" if known else "name one in the config: [digest.morning]"
            raise no_such("digest", name, known, otherwise)
    if to and len(chosen) > 1:
        raise Misuse("--to is for one digest", hint="name it: sigtrack digest NAME --to ADDRESS")
    chosen = [replace(one, sure=one.sure or sure, page=one.page or page) for one in chosen]
    return [PlannedDigest(settings=one, mail=mail, to=tuple(dict.fromkeys(to))) for one in chosen]


def sort_out(
    plans: Sequence[PlannedDigest],
    watchlists: Sequence[str],
    broken: Mapping[str, Sequence[Problem]],
    *,
    to_be_sent: bool,
) -> tuple[list[PlannedDigest], dict[str, Sequence[Problem]]]:
    """Return the digests that can be made, and for each of the others the problems that prevent it.
    `broken` are digests whose config cannot be read.

    Raises Misconfigured if none can be made.
    """
    able: list[PlannedDigest] = []
    unable = dict(broken)
    for plan in plans:
        found = stale_names(plan, watchlists)
        found += no_way_out(plan) if to_be_sent else []
        if found:
            unable[plan.settings.name] = found
        else:
            able.append(plan)
    if not able:
        problems = dict.fromkeys(problem for found in unable.values() for problem in found)
        raise Misconfigured("no digest was made", problems=problems)
    return able, unable


def stale_names(plan: PlannedDigest, watchlists: Sequence[str]) -> list[Problem]:
    hint = f"one of: {', '.join(watchlists)}"
    place = plan.settings.place
    return [
        place.problem(f"there is no watchlist {clean(id)}", hint)
        for id in plan.settings.watchlists
        if id not in watchlists
    ]


def no_way_out(plan: PlannedDigest) -> list[Problem]:
    mail, is_mailed = plan.mail, bool(plan.to or plan.settings.to)
    found: list[tuple[str, str]] = []
    if not plan.recipients:
        found.append(("no digest is named", "add [digest.morning] with to = [...], or use --to"))
    if is_mailed and not plan.sender:
        cure = 'add to [mail]: from = "desk@example.org"'
        found.append(("no sender of mail is configured", cure))
    if is_mailed and not mail.host and not os.access(mail.sendmail, os.X_OK):
        lack = f"no mail server is configured, and there is no {mail.sendmail}"
        found.append((lack, 'add to [mail]: host = "smtp.example.org"'))
    return [mail.place.problem(lack, cure) for lack, cure in found]


def preview(
    store: Store, plan: PlannedDigest, desk: Desk, now: datetime
) -> tuple[DigestChoice, MailDraft]:
    """Return the mail that the next run would make. Nothing is marked as read."""
    choice = store.unread(plan.settings.name, plan.query, now)
    return choice, write(choice, plan, desk)


def make(store: Store, plan: PlannedDigest, desk: Desk, now: datetime) -> Mail | None:
    """Put the next mail of the digest into the outbox; None if there is nothing to send."""

    def draft_of(choice: DigestChoice) -> MailDraft | None:
        return write(choice, plan, desk) if is_due(choice, plan.settings, desk) else None

    # Read the contents now and keep them: inside the transaction it would block all writers for
    # seconds.
    desk.contents(store.unread(plan.settings.name, plan.query, now), plan.settings)
    return store.choose(plan.settings.name, plan.query, now, draft_of)


def is_due(choice: DigestChoice, settings: DigestSettings, desk: Desk) -> bool:
    """Whether to send a mail: if there are stories, or other news worth a mail; else once a week,
    unless the user set `when_empty` to never."""
    contents = desk.contents(choice, settings)
    if contents.stories or contents.further.rouses:
        return True
    if settings.when_empty == "never":
        return False
    return choice.last is None or choice.at - choice.last.at >= _HEARTBEAT


def write(choice: DigestChoice, plan: PlannedDigest, desk: Desk) -> MailDraft:
    digest = digest_of(choice, plan.settings, desk)
    letter = Letter(
        digest=plan.settings.name,
        number=choice.number,
        sender=plan.sender or _NOBODY,
        recipients=plan.to or plan.settings.to,
        subject=digest.subject,
        at=choice.at.astimezone(desk.zone).replace(microsecond=0),
        text=render_text(digest, desk.zone),
        html=render_html(digest, desk.zone),
        answers=choice.answers if plan.settings.thread else "",
        page=desk.contents(choice, plan.settings).page,
        unsubscribe=plan.settings.unsubscribe,
        page_name=f"signals-{choice.at.astimezone(desk.zone):%Y-%m-%d}.html",
    )
    return MailDraft(
        message_id=letter.message_id,
        subject=clean(digest.subject),
        sender=address_of(letter.sender),
        body=compose(letter),
        recipients=plan.recipients,
        by_hand=bool(plan.to),
    )


def take_as_read(store: Store, plans: Sequence[PlannedDigest], now: datetime) -> Report:
    """`--init`: let these digests begin now."""
    notes, records = [], []
    for plan in plans:
        name = plan.settings.name
        hits = store.take_as_read(name, now)
        text = f"{name}: {count(hits, 'hit')} taken as read; the next digest begins here"
        notes.append(Note(text=text, level="good"))
        records.append({"digest": name, "read": hits})
    return Report(blocks=tuple(notes), records=tuple(records))


def intention_of(
    store: Store, plan: PlannedDigest, desk: Desk, choice: DigestChoice, draft: MailDraft
) -> Report:
    """`--dry-run`: report what would be sent, and to whom."""
    name = plan.settings.name
    due = is_due(choice, plan.settings, desk)
    waiting = sum(mail.digest == name for mail in store.waiting())
    record = {
        "digest": name,
        "hits": len(choice.found),
        "due": due,
        "subject": draft.subject,
        "recipients": list(plan.recipients),
        "waiting": waiting,
    }
    text = f"{name}: nothing new, nothing would be sent"
    if due:
        whom = ", ".join(plan.recipients) or "nobody"
        text = f"{name}: would be sent to {whom}: {draft.subject}"
    blocks = [Note(text=text)]
    if waiting:
        blocks.append(Note(text=f"{name}: {count(waiting, 'mail')} from before still waiting"))
    return Report(blocks=tuple(blocks), records=(record,))


def warnings_of(desk: Desk, now: datetime) -> list[str]:
    """Warn of what would silently make every digest empty."""
    run = desk.last_fetch
    if run is None or now - run.began < NO_FETCH:
        return []
    when = run.began.astimezone(desk.zone)
    return [f"no feed has been asked since {when:%Y-%m-%d %H:%M}: does sigtrack fetch still run?"]


def text_of(mail: Mail | MailDraft) -> str:
    from email import message_from_bytes
    from email.policy import default

    part = message_from_bytes(mail.body, policy=default).get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def to_send(store: Store, plans: Sequence[PlannedDigest]) -> list[Mail]:
    """Return the waiting mails of these digests, with the deliveries to try now.

    A recipient that the config no longer names is dropped and does not get the mail. With --to
    (`PlannedDigest.to`) all other recipients wait for a run without it.
    """
    by_name = {plan.settings.name: plan for plan in plans}
    mails = [(mail, by_name[mail.digest]) for mail in store.waiting() if mail.digest in by_name]
    found = []
    for mail, plan in mails:
        waiting = [one for one in mail.deliveries if one.state == "waiting"]
        if plan.to:
            wanted = [one for one in waiting if one.by_hand and one.recipient in plan.to]
        else:
            wanted = [one for one in waiting if one.by_hand or one.recipient in plan.recipients]
            gone = [one for one in waiting if one not in wanted]
            _drop(store, mail, gone)
        if wanted:
            found.append(replace(mail, deliveries=tuple(wanted)))
    return found


def _drop(store: Store, mail: Mail, gone: Sequence[Delivery]) -> None:
    reason = "no longer a recipient"
    after = [replace(one, state="dropped", reason=reason) for one in gone]
    if after:
        store.save_deliveries(mail.number, after)
