"""Send the outbox, mail by mail. The outcome of each mail is saved before the next one is sent.

A deferred delivery (4xx, a dropped connection, a time-out) is tried again at the next run and
reported once. A refused one (5xx) is reported at every run and tried again, because a full mailbox
or a wrong filter rule may be mended. After five days of refusals it is dropped and reported for the
last time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sigtrack.app.digest.planning import text_of
from sigtrack.config import MailSettings
from sigtrack.deliver import (
    Accepted,
    Deferred,
    Envelope,
    Refused,
    Unreachable,
    Verdict,
    is_name,
    service_name,
)
from sigtrack.deliver.by_mail import Server, as_sent, is_personal, send_by_program
from sigtrack.deliver.by_mail import send as send_by_server
from sigtrack.model import Note, Report
from sigtrack.store.interface import Delivery, Mail
from sigtrack.store.sql import Store
from sigtrack.views.hits import count, grouped

FIELDS = ("digest", "mail", "message_id", "subject", "recipient", "state", "reason")
_GIVE_UP = timedelta(days=5)
_DEFERRED, _REFUSED, _LOGIN = 75, 69, 77

Way = Callable[[Envelope], Mapping[str, Verdict]]
Notify = Callable[[str, Mail], Verdict]  # the recipient is the name of a chat service


@dataclass(slots=True, kw_only=True)
class Sending:
    """The outcome of a run. `news` are its deliveries; those in `told_before` were reported
    before."""

    news: list[tuple[Mail, Delivery]] = field(default_factory=list)
    told_before: set[tuple[int, str]] = field(default_factory=set)
    trouble: list[Unreachable] = field(default_factory=list)
    shut: Unreachable | None = None  # why no mail can leave
    refused: int = 0

    @property
    def exit_code(self) -> int:
        kinds = {trouble.kind for trouble in self.trouble}
        if "login" in kinds:
            return _LOGIN
        if self.refused or "refused" in kinds:
            return _REFUSED
        return _DEFERRED if any(one.state == "waiting" for _, one in self.news) else 0

    def records(self) -> tuple[dict[str, Any], ...]:
        return tuple(
            {
                "digest": mail.digest,
                "mail": mail.number,
                "message_id": mail.message_id,
                "subject": mail.subject,
                "recipient": one.recipient,
                "state": one.state,
                "reason": one.reason,
            }
            for mail, one in self.news
        )


def way_of(mail: MailSettings, password: str) -> Way:
    """Return a sender by the mail server if one is configured, else by sendmail."""
    if not mail.host:
        return lambda envelope: send_by_program(envelope, mail.sendmail)
    server = server_of(mail, password)
    return lambda envelope: send_by_server(envelope, server)


def server_of(mail: MailSettings, password: str) -> Server:
    return Server(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        password=password,
        ca_file=mail.ca_file,
    )


def notify_of(addresses: Iterable[str]) -> Notify:
    from sigtrack import deliver

    known = {service_name(url): url for url in addresses}

    def notify(recipient: str, mail: Mail) -> Verdict:
        if recipient not in known:
            return Deferred("its address is not in the config")
        return deliver.notify(known[recipient], title=mail.subject, text=text_of(mail))

    return notify


def send(
    store: Store, mails: Sequence[Mail], way: Way, notify: Notify, clock: Callable[[], datetime]
) -> Sending:
    """Send all mails, oldest first. If the mail server cannot be reached, the rest is deferred."""
    sending = Sending()
    for mail in mails:
        waiting = {one.recipient: one for one in mail.deliveries if one.state == "waiting"}
        for names in _batches(mail, waiting):
            if is_name(names[0]):
                verdicts = {names[0]: _notified(notify, names[0], mail, sending)}
            else:
                verdicts = _mailed(way, names, mail, clock(), sending)
            at = clock()
            after = [_after(waiting[name], verdicts[name], at, sending) for name in verdicts]
            store.save_deliveries(mail.number, after)
            sending.told_before |= {(mail.number, name) for name in names if waiting[name].told}
            sending.news += ((mail, one) for one in after)
    return sending


def _mailed(
    way: Way, names: tuple[str, ...], mail: Mail, at: datetime, sending: Sending
) -> dict[str, Verdict]:
    if sending.shut is None:
        body = as_sent(mail.body, at, names[0])
        try:
            return dict(way(Envelope(sender=mail.sender, recipients=names, body=body)))
        except Unreachable as error:
            sending.shut = error
            sending.trouble.append(error)
    return dict.fromkeys(names, Deferred(sending.shut.reason))


def _batches(mail: Mail, recipients: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Who gets the same bytes at once; each chat service by itself."""
    by_mail = tuple(name for name in recipients if not is_name(name))
    if is_personal(mail.body):
        yield from ((name,) for name in by_mail)
    elif by_mail:
        yield by_mail
    yield from ((name,) for name in recipients if is_name(name))


def _notified(notify: Notify, name: str, mail: Mail, sending: Sending) -> Verdict:
    try:
        return notify(name, mail)
    except Unreachable as error:
        sending.trouble.append(error)
        return Deferred(error.reason)


def _after(before: Delivery, verdict: Verdict, at: datetime, sending: Sending) -> Delivery:
    tried = replace(before, tried_at=at, told=True)
    match verdict:
        case Accepted():
            return replace(tried, state="sent", reason="", refused_since=None)
        case Deferred(reason):
            return replace(tried, reason=reason, refused_since=None)
        case Refused(reason):
            sending.refused += 1
            since = before.refused_since or at
            state = "dropped" if at - since >= _GIVE_UP else before.state
            return replace(tried, state=state, reason=reason, refused_since=since)


def report_of(sending: Sending) -> Report:
    """Report what was sent and what still waits, with a line for each mail."""
    notes = []
    for group in grouped(sending.news, lambda one: one[0].number).values():
        mail = group[0][0]
        sent = sum(one.state == "sent" for _, one in group)
        waits = sum(one.state == "waiting" for _, one in group)
        if sent:
            text = f"{mail.digest}: sent to {count(sent, 'recipient')}: {mail.subject}"
            notes.append(Note(text=text, level="good"))
        if waits:
            text = f"{mail.digest}: {count(waits, 'recipient')} still to get: {mail.subject}"
            notes.append(Note(text=f"{text}; it is tried again at the next run"))
    if not notes:
        notes.append(Note(text="nothing to send"))
    return Report(blocks=tuple(notes), records=sending.records(), fields=FIELDS)


def complaints_of(sending: Sending) -> list[str]:
    """Return what the user must hear: deferrals once, refusals at every run."""
    lines: dict[str, None] = {}
    wanted = {trouble.reason for trouble in sending.trouble if trouble.kind != "later"}
    for mail, one in sending.news:
        again = (mail.number, one.recipient) in sending.told_before
        match one.state:
            case "sent":
                continue
            case "dropped":
                days = f"for {_GIVE_UP.days} days"
                text = f"{one.recipient} was refused {days} and will not get: {mail.subject}"
            case "waiting" if one.refused_since:
                text = f"{one.recipient} was refused: {one.reason}"
            case "waiting":
                if again and one.reason not in wanted:
                    continue
                text = f"mail is put off until the next run: {one.reason}"
        lines[f"digest {mail.digest}: {text}"] = None
    return list(lines)
