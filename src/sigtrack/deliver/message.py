"""Turn a digest into a mail: the same letter always gives the same bytes.

The headers are written here and not by the `email` package: it decodes a headline that looks like
an encoded word (`=?utf-8?q?...?=`) when it is set, and folds some long headlines into text that
reads differently. A header here has one of four forms (an address, a date, an id, encoded words),
and none of them can contain a line break from a headline.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from sigtrack.frozen import frozen
from sigtrack.text import clean

_POLICY = SMTP.clone(cte_type="7bit")
_WORD = 42  # bytes of UTF-8 in one encoded word: 56 letters of base64 and 12 around them (RFC 2047)
_LINE = 78  # letters in one line (RFC 5322 2.1.1)
_LONGEST_NAME = 60
# Not delivery failures (NDR), which the sender needs (MS-OXCMAIL).
_NO_ANSWERS = "DR, RN, NRN, OOF, AutoReply"
_UNDISCLOSED = "undisclosed-recipients:;"
_WHOSE = b"{address}"
_DATE = re.compile(rb"^Date: ([^\r\n]+)", re.MULTILINE)
_UNSUBSCRIBE = re.compile(rb"^List-Unsubscribe: [^\r\n]+(?:\r\n [^\r\n]+)*", re.MULTILINE)
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")


@frozen
class Letter:
    """Everything that decides the bytes of a mail.

    `answers` is the Message-ID of the mail before it, "" for none. `page` is an HTML document to
    attach under the name `page_name`, "" for none. `unsubscribe` are https and mailto addresses;
    `{address}` in one stands for the recipient until the mail is sent.
    """

    digest: str
    number: int
    sender: str  # "The desk <desk@example.org>" or the bare address
    recipients: tuple[str, ...]  # of mail; several are not shown to each other
    subject: str
    at: datetime
    text: str
    html: str
    answers: str = ""
    page: str = ""
    page_name: str = "page.html"
    unsubscribe: tuple[str, ...] = ()

    @property
    def message_id(self) -> str:
        """A hash of the content, so no second database or run can create the same id."""
        parts = (self.sender, self.subject, self.at.isoformat(), self.text, *self.recipients)
        seal = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:20]
        return f"<sigtrack.{self.digest}.{self.number}.{seal}@{domain_of(self.sender)}>"


def compose(letter: Letter) -> bytes:
    """Return the mail with CRLF line ends, in 7 bits, with no line over 998 bytes."""
    lines = [
        f"From: {_named(letter.sender)}",
        f"To: {letter.recipients[0] if len(letter.recipients) == 1 else _UNDISCLOSED}",
        f"Subject: {encoded(letter.subject, 'Subject')}",
        f"Date: {format_datetime(letter.at)}",
        f"Message-ID: {letter.message_id}",
        f"List-Id: <{letter.digest}.sigtrack.{domain_of(letter.sender)}>",
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        f"X-Auto-Response-Suppress: {_NO_ANSWERS}",
        *_unsubscribe(letter.unsubscribe),
    ]
    if letter.answers:
        lines += [f"In-Reply-To: {letter.answers}", f"References: {letter.answers}"]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii") + _body(letter)


def is_personal(body: bytes) -> bool:
    """Return whether each recipient needs a copy of their own: see `Letter.unsubscribe`."""
    found = _UNSUBSCRIBE.search(_head_of(body))
    return bool(found and _WHOSE in found[0])


def as_sent(body: bytes, at: datetime, recipient: str) -> bytes:
    """Return a composed mail as it leaves: dated `at`, in the zone that it was written in, and
    with the recipient's address for unsubscribing. The Message-ID does not change, so mail
    programs recognize a second copy.
    """
    head = _head_of(body)
    whose = quote(recipient, safe="").encode("ascii")

    def date(found: re.Match[bytes]) -> bytes:
        zone = parsedate_to_datetime(found[1].decode("ascii")).tzinfo
        return b"Date: " + format_datetime(at.astimezone(zone)).encode()

    sent = _UNSUBSCRIBE.sub(lambda found: found[0].replace(_WHOSE, whose), _DATE.sub(date, head))
    return sent + body[len(head) :]


def _head_of(body: bytes) -> bytes:
    return body.partition(b"\r\n\r\n")[0]


def _unsubscribe(addresses: tuple[str, ...]) -> list[str]:
    """Return headers of RFC 2369 3.2, and of RFC 8058, which needs an https address."""
    if not addresses:
        return []
    lines = ["List-Unsubscribe: " + ",\r\n ".join(f"<{one}>" for one in addresses)]
    if any(one.startswith("https:") for one in addresses):
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return lines


def address_of(sender: str) -> str:
    """Return the bare address of "The desk <desk@example.org>"."""
    return sender.rpartition("<")[2].rstrip("> ")


def domain_of(sender: str) -> str:
    return address_of(sender).rpartition("@")[2] or "localhost"


def encoded(text: str, header: str, *, always: bool = False) -> str:
    """Return a header's text as it is if that is safe, else as encoded words in UTF-8."""
    text = clean(text)
    fits = not always and len(header) + 2 + len(text) <= _LINE
    if fits and text.isascii() and text.isprintable() and "=?" not in text:
        return text
    return "\r\n ".join(
        f"=?utf-8?b?{base64.b64encode(part).decode('ascii')}?="
        for part in _parts(text.encode("utf-8"))
    )


def _parts(text: bytes) -> list[bytes]:
    """Cut between characters, because each encoded word must decode by itself."""
    parts = []
    while text:
        end = min(_WORD, len(text))
        while end < len(text) and text[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(text[:end])
        text = text[end:]
    return parts


def _named(sender: str) -> str:
    """Encode a name that is more than plain words, so that no quoting is needed."""
    name = clean(sender.rpartition("<")[0])[:_LONGEST_NAME].strip()
    if not name:
        return address_of(sender)
    shown = name if _PLAIN_WORDS.fullmatch(name) else encoded(name, "From", always=True)
    address = f"<{address_of(sender)}>"
    line = f"From: {shown}".rpartition("\n")[2]
    return (
        f"{shown} {address}" if len(line) + 1 + len(address) <= _LINE else f"{shown}\r\n {address}"
    )


def _sendable(text: str) -> str:
    """Replace lone surrogates, which are not characters and cannot be mailed."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _body(letter: Letter) -> bytes:
    """Return a multipart/alternative with the text first, because mail programs show the last part
    that they can display. With a page attached it is the first part of a multipart/mixed."""
    message = EmailMessage(policy=_POLICY)
    message.set_content(_sendable(letter.text), subtype="plain")
    message.add_alternative(_sendable(letter.html), subtype="html")
    seal = hashlib.sha256(letter.message_id.encode()).hexdigest()[:24]
    message.set_boundary(f"=_sigtrack_{seal}")  # no encoded part contains "=_" (RFC 2045 6.7)
    if letter.page:
        message.add_attachment(
            _sendable(letter.page), subtype="html", cte="base64", filename=letter.page_name
        )
        message.set_boundary(f"=_sigtrack_page_{seal}")
    return message.as_bytes()
