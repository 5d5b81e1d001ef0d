"""What becomes of mails that wait: whom a person hears of, and when one is given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sigtrack.app.digest.sending import Sending, complaints_of, notify_of, report_of, send
from sigtrack.deliver import Accepted, Deferred, Envelope, Refused, Unreachable, Verdict
from sigtrack.store import open_store
from sigtrack.store.interface import DigestChoice, MailDraft, Query
from sigtrack.store.sql import Store

NOW = datetime(2026, 1, 14, 12, tzinfo=UTC)
A, B, CHAT = "a@desk.example", "b@desk.example", "notify:json:012345"
FULL = Refused("552 mailbox full")
LATER = Deferred("451 later")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "store.db")) as opened:
        yield opened


def write(store: Store, *recipients: str, subject: str = "Nara") -> None:
    def draft(choice: DigestChoice) -> MailDraft:
        return MailDraft(
            message_id=f"<{choice.number}@desk.example>",
            subject=subject,
            sender="us@desk.example",
            body=b"Subject: Nara\r\nDate: Wed, 14 Jan 2026 12:00:00 +0000\r\n\r\ntext\r\n",
            recipients=recipients,
        )

    assert store.choose("morning", Query(), NOW, draft)


def run(
    store: Store,
    *verdicts: Verdict | Unreachable,
    hours: float = 0,
    chat: Verdict | Unreachable | None = None,
) -> Sending:
    """All that waits, `hours` after the beginning. `verdicts` are those of one mail after the
    other, the last one of all others; a verdict is that of all recipients of a mail."""
    left = list(verdicts)

    def of(verdict: Verdict | Unreachable | None) -> Verdict:
        assert verdict is not None
        if isinstance(verdict, Unreachable):
            raise verdict
        return verdict

    def way(envelope: Envelope) -> dict[str, Verdict]:
        verdict = left.pop(0) if len(left) > 1 else left[0]
        return dict.fromkeys(envelope.recipients, of(verdict))

    at = NOW + timedelta(hours=hours)
    return send(store, store.waiting(), way, lambda *_: of(chat), lambda: at)


def states(store: Store, number: int = 1) -> dict[str, str]:
    return {one.recipient: one.state for one in store.mail(number).deliveries}


def said(sending: Sending) -> list[str]:
    return [block.text for block in report_of(sending).blocks]  # type: ignore[union-attr]


def test_five_days_of_refusals_and_nothing_less_drop_a_recipient(store: Store) -> None:
    write(store, A)
    for hours in (0, 60, 119.9):
        assert run(store, FULL, hours=hours).exit_code == 69
        assert states(store) == {A: "waiting"}
    last = run(store, FULL, hours=120)
    assert states(store) == {A: "dropped"}
    assert complaints_of(last) == [
        f"digest morning: {A} was refused for 5 days and will not get: Nara"
    ]
    assert store.waiting() == []


def test_a_server_that_wavers_begins_the_five_days_anew(store: Store) -> None:
    write(store, A)
    run(store, FULL)
    run(store, LATER, hours=100)
    assert store.mail(1).deliveries[0].refused_since is None
    run(store, FULL, hours=121)
    assert states(store) == {A: "waiting"}
    run(store, FULL, hours=241)
    assert states(store) == {A: "dropped"}


def test_what_was_sent_in_the_end_remembers_no_refusal(store: Store) -> None:
    write(store, A)
    run(store, FULL)
    assert run(store, Accepted(), hours=1).exit_code == 0
    (one,) = store.mail(1).deliveries
    assert (one.state, one.reason, one.refused_since) == ("sent", "", None)
    assert one.tried_at == NOW + timedelta(hours=1)


def test_what_is_put_off_is_told_once_and_what_is_refused_each_time(store: Store) -> None:
    write(store, A)
    first = run(store, LATER)
    assert first.exit_code == 75
    assert complaints_of(first) == ["digest morning: mail is put off until the next run: 451 later"]
    assert complaints_of(run(store, LATER)) == []
    for _ in range(2):
        assert complaints_of(run(store, FULL)) == [
            f"digest morning: {A} was refused: 552 mailbox full"
        ]


@pytest.mark.parametrize(
    ("kind", "code", "again"), [("later", 75, 0), ("login", 77, 1), ("refused", 69, 1)]
)
def test_where_no_mail_can_leave_the_server_is_asked_once(
    store: Store, kind: str, code: int, again: int
) -> None:
    write(store, A)
    write(store, B, CHAT)
    shut = Unreachable("the door is shut", kind)  # type: ignore[arg-type]
    sending = run(store, shut, Accepted(), chat=Accepted())
    assert sending.exit_code == code
    assert [one.reason for one in sending.trouble] == ["the door is shut"]
    assert states(store) == {A: "waiting"}
    assert states(store, 2) == {B: "waiting", CHAT: "sent"}
    told = ["digest morning: mail is put off until the next run: the door is shut"]
    assert complaints_of(sending) == told
    assert complaints_of(run(store, shut)) == told * again


def test_a_chat_service_that_is_not_there_keeps_no_mail(store: Store) -> None:
    write(store, A, CHAT)
    sending = run(store, Accepted(), chat=Unreachable("Apprise is not installed", "refused"))
    assert states(store) == {A: "sent", CHAT: "waiting"}
    assert sending.exit_code == 69


def test_a_chat_service_that_the_config_no_longer_names_waits(store: Store) -> None:
    write(store, CHAT)
    (mail,) = store.waiting()
    assert isinstance(notify_of(["json://127.0.0.1:9/"])(CHAT, mail), Deferred)


def test_the_report_counts_whom_a_mail_reached_and_whom_not(store: Store) -> None:
    write(store, A, CHAT)
    assert said(run(store, Accepted(), chat=LATER)) == [
        "morning: sent to 1 recipient: Nara",
        "morning: 1 recipient still to get: Nara; it is tried again at the next run",
    ]
    assert said(run(store, Accepted(), chat=Accepted())) == ["morning: sent to 1 recipient: Nara"]
    done = run(store, Accepted())
    assert said(done) == ["nothing to send"]
    assert done.exit_code == 0


def test_the_records_say_what_became_of_each_delivery(store: Store) -> None:
    write(store, A)
    (record,) = run(store, FULL).records()
    assert record == {
        "digest": "morning",
        "mail": 1,
        "message_id": "<1@desk.example>",
        "subject": "Nara",
        "recipient": A,
        "state": "waiting",
        "reason": "552 mailbox full",
    }
