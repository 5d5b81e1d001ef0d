"""Digests: the hits that each has not told yet, and the mails that wait to be delivered.

A hit is unread if its number is after the digest's look, or if it is in `unseen`: its number is
earlier, but an edit of the publisher hid it when the window passed it. The look moves in the
transaction that puts the mail into the outbox, so that a hit is either unread or in a mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from sigtrack.errors import InputUnreadable
from sigtrack.store.interface import Delivery, DigestChoice, Look, Mail, MailDraft, Query
from sigtrack.store.sql.database import Database, Row, StorePart, upsert
from sigtrack.store.sql.feeds import last_look, look_here, set_look
from sigtrack.store.sql.reading import unread_hits
from sigtrack.store.sql.rows import RowForm, stamp

ANY_DIGEST = "digest"  # the reader behind `--since last-digest`

_MAIL = RowForm(Mail, "number i, digest t, made_at m, message_id t, subject t, sender t, body b")
_MESSAGE_ID = RowForm(tuple, "message_id t")
_MAILS = f"SELECT {_MAIL.columns} FROM mails"
_DELIVERY = RowForm(
    Delivery,
    "recipient t, by_hand ?, state t, tried_at M, refused_since M, reason t, told ?",
    state=("waiting", "sent", "dropped"),
)
_DELIVERIES = f"SELECT {_DELIVERY.columns} FROM deliveries WHERE mail = ? ORDER BY recipient"
_SAVE_DELIVERY = upsert("deliveries", f"mail, {_DELIVERY.columns}", key="mail, recipient")
_SHOWN = """
    EXISTS (
        SELECT 1 FROM sightings s JOIN revisions r ON r.number = s.revision
        JOIN items i ON i.number = r.item AND i.latest = r.number
        WHERE s.hit = {hit}
    )
"""


def reader_of(digest: str) -> str:
    return f"{ANY_DIGEST}:{digest}"


class OutboxPart(StorePart):
    def unread(self, digest: str, query: Query, at: datetime) -> DigestChoice:
        """Return what the next mail of the digest would be made of; write nothing.

        The watchlists and priority of the query narrow it. Hits that they leave out count as read
        as soon as the mail is made.
        """
        database = self._database
        look = last_look(database, reader_of(digest))
        found = tuple(unread_hits(database, query, digest, look.hit if look else 0))
        sql = "SELECT message_id FROM mails WHERE digest = ? ORDER BY number DESC LIMIT 1"
        before = database.first(_MESSAGE_ID.value, sql, (digest,))
        return DigestChoice(
            digest=digest,
            number=database.last_number("mails") + 1,
            at=at,
            last=look,
            upto=look_here(database, at),
            answers=before[0] if before else "",
            found=found,
        )

    def choose(
        self,
        digest: str,
        query: Query,
        at: datetime,
        write: Callable[[DigestChoice], MailDraft | None],
    ) -> Mail | None:
        """Pass the unread hits to `write`, put its draft into the outbox and move the digest's
        look, all in one transaction. Nothing changes if `write` returns None."""
        with self._database.lasting(), self._database.transaction():
            choice = self.unread(digest, query, at)
            draft = write(choice)
            if draft is None:
                return None
            number = _add_mail(self._database, choice, draft)
            _move_look(self._database, choice)
        return self.mail(number)

    def take_as_read(self, digest: str, at: datetime) -> int:
        """Count every hit up to now as read by this digest; return how many had not been read."""
        with self._database.transaction():
            look = last_look(self._database, reader_of(digest))
            after = look.hit if look else 0
            count = self._database.value("SELECT count(*) FROM hits WHERE number > ?", (after,))
            self._database.execute("DELETE FROM unseen WHERE digest = ?", (digest,))
            _look(self._database, digest, look_here(self._database, at))
        return int(count)

    def waiting(self) -> list[Mail]:
        """Return mails that some recipient is still to get, oldest first, with all deliveries."""
        rows = self._database.rows(
            f"""
            {_MAILS} WHERE number IN (SELECT mail FROM deliveries WHERE state = 'waiting')
            ORDER BY number
            """
        )
        return [_mail(self._database, row) for row in rows]

    def mail(self, number: int) -> Mail:
        """Raises InputUnreadable if there is no such mail (it was never made, or was pruned)."""
        database = self._database
        known = number <= database.last_number("mails")  # a larger one may be no number to it
        row = database.row(f"{_MAILS} WHERE number = ?", (number,)) if known else None
        if row is None:
            raise InputUnreadable(
                f"there is no mail {number}", hint="it was never made, or db prune has removed it"
            )
        return _mail(database, row)

    def save_deliveries(self, mail: int, deliveries: Iterable[Delivery]) -> None:
        """Save the new states of these deliveries, in one transaction."""
        rows = [(mail, *_DELIVERY.row(one)) for one in deliveries]
        with self._database.transaction():
            self._database.execute_many(_SAVE_DELIVERY, rows)


def _add_mail(database: Database, choice: DigestChoice, draft: MailDraft) -> int:
    number = database.insert(
        "mails",
        "digest, made_at, message_id, subject, sender, body",
        (
            choice.digest,
            stamp(choice.at),
            draft.message_id,
            draft.subject,
            draft.sender,
            draft.body,
        ),
    )
    database.execute_many(
        _SAVE_DELIVERY,
        [
            (number, recipient, draft.by_hand, "waiting", None, None, "", False)
            for recipient in draft.recipients
        ],
    )
    return number


def _move_look(database: Database, choice: DigestChoice) -> None:
    before = choice.last.hit if choice.last else 0
    database.execute(
        f"DELETE FROM unseen WHERE digest = ? AND {_SHOWN.format(hit='unseen.hit')}",
        (choice.digest,),
    )
    database.execute(
        f"""
        INSERT INTO unseen (digest, hit)
        SELECT ?, number FROM hits WHERE number > ? AND NOT {_SHOWN.format(hit="hits.number")}
        """,
        (choice.digest, before),
    )
    _look(database, choice.digest, choice.upto)


def _look(database: Database, digest: str, upto: Look) -> None:
    for reader in (reader_of(digest), ANY_DIGEST):
        set_look(database, reader, upto)


def read_all(database: Database) -> None:
    """Read every mail, as a check. Raises StoreCorrupt for a mail that cannot be read."""
    for row in database.each(f"{_MAILS} ORDER BY number"):
        _mail(database, row)


def _mail(database: Database, row: Row) -> Mail:
    deliveries = tuple(database.values(_DELIVERY.value, _DELIVERIES, row[:1]))
    return replace(database.read(_MAIL.value, row), deliveries=deliveries)


def prune_mails(database: Database, before: datetime) -> None:
    """Runs inside the caller's transaction. Keeps each digest's last mail: the next answers it."""
    database.execute(
        """
        DELETE FROM mails
        WHERE made_at < ?
            AND number NOT IN (SELECT mail FROM deliveries WHERE state = 'waiting')
            AND number NOT IN (SELECT max(number) FROM mails GROUP BY digest)
        """,
        (stamp(before),),
    )
