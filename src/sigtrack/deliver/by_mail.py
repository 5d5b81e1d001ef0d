"""A digest as a mail, by a server or by sendmail, with a verdict for each recipient.

The same letter always gives the same bytes. The headers are written here and not by a message of
the `email` package: it decodes a headline that looks like an encoded word (`=?utf-8?q?...?=`) when
it is set, and folds some long headlines into text that reads differently. A header here has one of
four forms (an address, a date, an id, encoded words), and none of them can contain a line break
from a headline.

A server is spoken to as in RFC 5321: MAIL, RCPT for each recipient, DATA. The certificate is
checked and STARTTLS is never optional. Every answer has a time limit, and so has the whole
conversation: a server that sends one byte a minute is cut off like a silent one.

Every mail transfer agent installs a sendmail program. Its exit codes are those of sysexits.h. A
mail that it accepted is in its queue and counts as sent.
"""

from __future__ import annotations

import hashlib
import re
import smtplib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import field
from datetime import datetime
from email.charset import BASE64, Charset
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sigtrack.deliver import (
    Accepted,
    Deferred,
    Envelope,
    Refused,
    Unreachable,
    Verdict,
    said,
    verdict_of,
)
from sigtrack.errors import reason_of
from sigtrack.files import NotAFile, open_file
from sigtrack.frozen import frozen
from sigtrack.text import clean

_POLICY = SMTP.clone(cte_type="7bit")
_UTF_8 = Charset("utf-8")
_UTF_8.header_encoding = BASE64  # whatever the text: one form to test
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
    return Header(text, _UTF_8, maxlinelen=_LINE - 2, header_name=header).encode(linesep="\r\n")


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


_PATIENCE = 10  # a whole conversation may take this many time-outs


@frozen
class Server:
    """The mail server and how to reach it. `timeout` is in seconds, for each answer."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout: float = 30.0

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def send(envelope: Envelope, server: Server) -> dict[str, Verdict]:
    """Return a verdict for each recipient. Raises Unreachable if there was no conversation."""
    verdicts: dict[str, Verdict] = {}
    try:
        with _conversation(server) as smtp:
            _talk(smtp, envelope, verdicts)
    except Unreachable:
        if not verdicts:
            raise
    return verdicts


def check(server: Server) -> None:
    """Connect, secure the connection, log in and quit. Raises Unreachable."""
    with _conversation(server) as smtp:
        smtp.noop()


def _talk(smtp: smtplib.SMTP, envelope: Envelope, verdicts: dict[str, Verdict]) -> None:
    """Fill `verdicts`, even if the conversation breaks. Recipients that RCPT accepts get their
    verdict from the answer to DATA."""
    willing: list[str] = []
    try:
        code, answer = smtp.mail(envelope.sender)
        if code != 250:
            verdicts.update(dict.fromkeys(envelope.recipients, _no(code, answer)))
            return
        for recipient in envelope.recipients:
            code, answer = smtp.rcpt(recipient)
            if code in (250, 251):
                willing.append(recipient)
            else:
                verdicts[recipient] = _no(code, answer)
        if willing:
            code, answer = smtp.data(envelope.body)
            verdicts.update(dict.fromkeys(willing, verdict_of(code, answer)))
    except smtplib.SMTPResponseException as error:  # DATA itself was refused
        verdicts.update(dict.fromkeys(willing, _no(error.smtp_code, error.smtp_error)))
    except (OSError, smtplib.SMTPException) as error:
        for recipient in envelope.recipients:
            verdicts.setdefault(recipient, Deferred(_reason(error)))


def _no(code: int, answer: bytes | str) -> Verdict:
    """Return Refused or Deferred: an unexpected 2xx code does not count as accepted."""
    return Refused(said(code, answer)) if code >= 500 else Deferred(said(code, answer))


@contextmanager
def _conversation(server: Server) -> Iterator[smtplib.SMTP]:
    """A conversation after the login. Every error before that is Unreachable."""
    with ExitStack() as closing:
        try:
            smtp = _connected(server)
            closing.callback(smtp.close)
            _enter(smtp, server)
        except smtplib.SMTPNotSupportedError as error:
            what = "STARTTLS" if "STARTTLS" in str(error) else "a login"
            raise Unreachable(f"{server} does not offer {what}", "refused") from None
        except smtplib.SMTPResponseException as error:
            raise _not_let_in(error, server) from None
        except (OSError, smtplib.SMTPException, UnicodeError) as error:  # or the host is no name
            raise Unreachable(f"{server}: {_reason(error)}", _kind(error)) from None
        yield smtp
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()  # its answer does not matter: the verdicts are in


class _Limited(smtplib.SMTP):
    """A connection that limits the whole conversation, however often the server answers."""

    _limit: threading.Timer | None = None

    def getreply(self) -> tuple[int, bytes]:
        if self._limit is None:
            self._limit = threading.Timer(self.timeout * _PATIENCE, _cut, [self])
            self._limit.daemon = True
            self._limit.start()
        return super().getreply()

    def close(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
        super().close()


class _LimitedTls(_Limited, smtplib.SMTP_SSL):
    pass


def _connected(server: Server) -> smtplib.SMTP:
    # smtplib would ask the name service for our own name, which may take any time.
    name = socket.gethostname()
    name = name if "." in name and name.isascii() else "[127.0.0.1]"
    if server.security == "tls":
        return _LimitedTls(
            server.host,
            server.port,
            local_hostname=name,
            timeout=server.timeout,
            context=_context(server),
        )
    return _Limited(server.host, server.port, local_hostname=name, timeout=server.timeout)


def _enter(smtp: smtplib.SMTP, server: Server) -> None:
    smtp.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        smtp.starttls(context=_context(server))
        smtp.ehlo()
    if not server.user:
        return
    try:
        smtp.login(server.user, server.password)
    except UnicodeError:  # smtplib encodes them
        reason = "a user name or password with letters beyond ASCII cannot be sent"
        raise Unreachable(f"{server}: {reason}", "login") from None


def _context(server: Server) -> ssl.SSLContext:
    try:
        if server.ca_file:
            open_file(Path(server.ca_file)).close()  # OpenSSL would wait for a pipe
        return ssl.create_default_context(cafile=server.ca_file or None)
    except NotAFile as error:
        raise Unreachable(f"ca_file {server.ca_file} {error.what}", "refused") from None
    except ssl.SSLError:
        reason = "it contains no certificate"
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
    raise Unreachable(f"ca_file {server.ca_file}: {reason}", "refused")


def _not_let_in(error: smtplib.SMTPResponseException, server: Server) -> Unreachable:
    told = said(error.smtp_code, error.smtp_error)
    if error.smtp_code < 500:
        return Unreachable(f"{server}: {told}")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Unreachable(f"{server} refused the login: {told}", "login")
    return Unreachable(f"{server}: {told}", "refused")


def _kind(error: Exception) -> Literal["later", "refused"]:
    for_good = isinstance(error, ssl.SSLCertVerificationError | UnicodeError)
    return "refused" if for_good else "later"


def _reason(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "no answer in time"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}"
        case ssl.SSLError():
            return f"no secure connection: {(error.reason or 'unknown').lower().replace('_', ' ')}"
        case socket.gaierror():
            return "its host name is unknown"
        case UnicodeError():
            return "its host name is not valid"
        case smtplib.SMTPServerDisconnected():
            # smtplib puts the time-out of a read into this error
            return (
                "no answer in time" if "timed out" in str(error) else "the connection was dropped"
            )
        case OSError() if error.strerror:
            return error.strerror.lower()
    return said(0, str(error)).removeprefix("0 ") or "the connection broke"


def _cut(smtp: smtplib.SMTP) -> None:
    with suppress(OSError):
        if smtp.sock:
            smtp.sock.shutdown(socket.SHUT_RDWR)


_FAILS_FOR_GOOD = frozenset(
    {64, 65, 66, 67, 68, 77, 78}
)  # usage, data, no user, no host, no permission


def send_by_program(
    envelope: Envelope, program: str, *, timeout: float = 30.0
) -> dict[str, Verdict]:
    """Return one verdict for all recipients. Raises Unreachable if the program cannot be run."""
    try:
        done = subprocess.run(
            [program, "-i", "-f", envelope.sender, "--", *envelope.recipients],
            input=envelope.body.replace(b"\r\n", b"\n"),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"{program} did not finish within {timeout:.0f} s") from None
    except OSError as error:
        reason = f"{program} cannot be run: {reason_of(error)}"
        raise Unreachable(reason, "refused") from None
    return dict.fromkeys(envelope.recipients, _verdict_of_exit(done, program))


def _verdict_of_exit(done: subprocess.CompletedProcess[bytes], program: str) -> Verdict:
    if done.returncode == 0:
        return Accepted()
    words = clean(done.stderr.decode("utf-8", "replace"))[:200]
    reason = f"{program} ended with {done.returncode}" + (f": {words}" if words else "")
    return Refused(reason) if done.returncode in _FAILS_FOR_GOOD else Deferred(reason)
