"""Mail by a server or by the sendmail program of this machine, and a verdict for each recipient.

A server is spoken to as in RFC 5321: MAIL, RCPT for each recipient, DATA. The certificate is
checked and STARTTLS is never optional. Every answer has a time limit, and so has the whole
conversation: a server that sends one byte a minute is cut off like a silent one.

Every mail transfer agent installs a sendmail program. Its exit codes are those of sysexits.h. A
mail that it accepted is in its queue and counts as sent.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import field
from pathlib import Path
from typing import Literal

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
from sigtrack.files import NotAFile, open_file
from sigtrack.frozen import frozen
from sigtrack.text import clean

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
    try:
        smtp = _connected(server)
    except smtplib.SMTPResponseException as error:
        raise _not_let_in(error.smtp_code, error.smtp_error, server) from None
    except (OSError, smtplib.SMTPException, UnicodeError) as error:  # or the host is no name
        raise Unreachable(f"{server}: {_reason(error)}", _kind(error)) from None
    try:
        _enter(smtp, server)
        yield smtp
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()  # its answer does not matter: the verdicts are in
    finally:
        smtp.close()


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
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=_context(server))
            smtp.ehlo()
        if server.user:
            smtp.login(server.user, server.password)
    except smtplib.SMTPNotSupportedError as error:
        what = "STARTTLS" if "STARTTLS" in str(error) else "a login"
        raise Unreachable(f"{server} does not offer {what}", "refused") from None
    except smtplib.SMTPAuthenticationError as error:
        raise _not_let_in(error.smtp_code, error.smtp_error, server, login=True) from None
    except UnicodeError:  # smtplib encodes them
        reason = "a user name or password with letters beyond ASCII cannot be sent"
        raise Unreachable(f"{server}: {reason}", "login") from None
    except smtplib.SMTPResponseException as error:
        raise _not_let_in(error.smtp_code, error.smtp_error, server) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"{server}: {_reason(error)}", _kind(error)) from None


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


def _not_let_in(
    code: int, answer: bytes | str, server: Server, *, login: bool = False
) -> Unreachable:
    if code < 500:
        return Unreachable(f"{server}: {said(code, answer)}")
    if login:
        return Unreachable(f"{server} refused the login: {said(code, answer)}", "login")
    return Unreachable(f"{server}: {said(code, answer)}", "refused")


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
        reason = (error.strerror or str(error)).lower()
        raise Unreachable(f"{program} cannot be run: {reason}", "refused") from None
    return dict.fromkeys(envelope.recipients, _verdict_of_exit(done, program))


def _verdict_of_exit(done: subprocess.CompletedProcess[bytes], program: str) -> Verdict:
    if done.returncode == 0:
        return Accepted()
    words = clean(done.stderr.decode("utf-8", "replace"))[:200]
    reason = f"{program} ended with {done.returncode}" + (f": {words}" if words else "")
    return Refused(reason) if done.returncode in _FAILS_FOR_GOOD else Deferred(reason)
