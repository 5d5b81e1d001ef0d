"""A mail server on loopback that can be kind, cautious, broken, slow or rude.

`server.mode` says what it does with the next mail; `server.mailbox` holds what it took, also what
it took without saying so. `at` is told every stage of a conversation as it is reached.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Literal

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

Mode = Literal[
    "fine", "greylisting", "drop in data", "lost answer", "bad recipient", "slow", "drip",
    "refuses mail", "refuses data", "puts data off", "refuses sender", "busy", "shut", "closed", "odd answer", "odd login", "forwards", "no data",
]  # fmt: skip
BAD = "gone@desk.example"


@dataclass(frozen=True)
class Received:
    """A mail as it arrived. `answered`: the client was told that it was taken."""

    sender: str
    recipients: tuple[str, ...]
    body: bytes
    answered: bool

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.body, policy=default)  # type: ignore[return-value]

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass
class SmtpServer:
    port: int = 0
    mode: Mode = "fine"
    mailbox: list[Received] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)  # how they call themselves
    conversations: int = 0
    at: Callable[[str], None] = lambda stage: None
    released: asyncio.Event = field(default_factory=asyncio.Event)
    transports: list[asyncio.BaseTransport] = field(default_factory=list)

    # what aiosmtpd asks its handler

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        self.clients.append(name)
        self.at("ehlo")
        if self.mode == "odd login":
            answers.insert(1, "250-AUTH GSSAPI")
        return answers

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.at("mail")
        if self.mode == "refuses sender":
            return "550 5.7.1 we do not take mail from you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.at("rcpt")
        if self.mode == "greylisting":
            return "451 4.7.1 come back later"
        if self.mode == "refuses mail" or (self.mode == "bad recipient" and address == BAD):
            return "550 5.1.1 no such desk"
        if self.mode == "odd answer" and address == BAD:
            return "252 2.5.0 we shall see"
        envelope.rcpt_tos.append(address)
        return "251 we forward it" if self.mode == "forwards" else "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.at("data")
        match self.mode:
            case "refuses data":
                return "554 5.7.1 this looks like spam"
            case "puts data off":
                return "452 4.3.1 no room"
            case "slow":
                await self.released.wait()
                return "451 too late"
        lost = self.mode == "lost answer"
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        self.mailbox.append(
            Received(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content, not lost)
        )
        if lost:
            assert server.transport is not None
            server.transport.abort()
        self.at("taken")
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.at("quit")
        return "221 Bye"

    def check_login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        login = (data.login.decode(), data.password.decode())
        self.logins.append(login)
        return AuthResult(success=login == ("desk", "right"), handled=False)


class _Smtp(SMTP):
    """aiosmtpd's server, which by itself is never rude."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.transports.append(transport)
        super().connection_made(transport)

    async def _handle_client(self) -> None:
        handler: SmtpServer = self.event_handler
        handler.conversations += 1
        handler.at("connect")
        assert self.transport is not None
        if handler.mode == "closed":
            self.transport.abort()
        if handler.mode in ("busy", "shut"):
            busy = handler.mode == "busy"
            await self.push("421 4.3.2 too many of you" if busy else "500 5.3.2 no mail here")
            self.transport.close()
            return
        if handler.mode == "drip":
            while not handler.released.is_set() and not self.transport.is_closing():
                self.transport.write(b"2")
                await asyncio.sleep(0.002)
            return
        await super()._handle_client()

    async def smtp_DATA(self, argument: str) -> None:
        handler: SmtpServer = self.event_handler
        if handler.mode == "no data":
            await self.push("500 5.5.1 no mail today")
            return
        if handler.mode != "drop in data":
            await super().smtp_DATA(argument)
            return
        await self.push("354 go on")
        await self._reader.read(20)
        assert self.transport is not None
        self.transport.abort()


@contextmanager
def smtp_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False
) -> Iterator[SmtpServer]:
    """With `tls` STARTTLS is offered and required, or with `implicit` spoken from the start."""
    handler = SmtpServer()
    options: dict[str, Any] = {}
    if tls is not None and not implicit:
        options |= {"tls_context": tls, "require_starttls": True}
    if login:
        options |= {"authenticator": handler.check_login, "auth_required": True}
        options["auth_require_tls"] = tls is not None and not implicit
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        with warnings.catch_warnings():  # of a login outside STARTTLS: the TLS is around it
            warnings.simplefilter("ignore", UserWarning)
            return _Smtp(handler, hostname="mail.desk.example", loop=loop, **options)

    listening = loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if implicit else None)
    server = loop.run_until_complete(listening)
    handler.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield handler
    finally:
        asyncio.run_coroutine_threadsafe(_end(server, handler), loop).result(600)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server, handler: SmtpServer) -> None:
    handler.released.set()
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for transport in handler.transports:
        transport.abort()  # type: ignore[attr-defined]
    await asyncio.sleep(0.01)  # the loop closes sockets in its next round


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    with smtp_server() as server:
        yield server
