"""Mail by a server: a verdict for each recipient, whatever the server does."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

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
from sigtrack.deliver.by_mail import Server, check, send
from smtp_server import BAD, Mode, SmtpServer, smtp_server

DESK = ("a@desk.example", BAD, "b@desk.example")
MAIL = Envelope(sender="us@desk.example", recipients=DESK, body=b"Subject: x\r\n\r\n.\r\nend\r\n")


def server_at(mail: SmtpServer, **more: object) -> Server:
    given = {"host": "127.0.0.1", "port": mail.port, "security": "none", "timeout": 600.0, **more}
    return Server(**given)  # type: ignore[arg-type]


def test_what_the_server_took_is_accepted_and_arrives_as_it_was(mail: SmtpServer) -> None:
    stages: list[str] = []
    mail.at = stages.append
    assert send(MAIL, server_at(mail)) == dict.fromkeys(DESK, Accepted())
    (received,) = mail.mailbox
    assert (received.sender, received.recipients) == ("us@desk.example", DESK)
    assert received.body == MAIL.body
    assert stages == ["connect", "ehlo", "mail", "rcpt", "rcpt", "rcpt", "data", "taken", "quit"]
    timers = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    assert all(one.finished.is_set() for one in timers)


@pytest.mark.parametrize(
    ("ours", "told"),
    [
        ("mail.desk.example", "mail.desk.example"),
        ("desk", "[127.0.0.1]"),
        ("책상.example", "[127.0.0.1]"),
    ],
)
def test_we_call_ourselves_by_a_whole_name_or_an_address(
    mail: SmtpServer, monkeypatch: pytest.MonkeyPatch, ours: str, told: str
) -> None:
    """Servers refuse a name without a dot (RFC 5321 4.1.1.1)."""
    monkeypatch.setattr(socket, "gethostname", lambda: ours)
    monkeypatch.setattr(socket, "getfqdn", lambda *_: "slow.name.service")
    check(server_at(mail))
    assert mail.clients == [told]


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [
        ("greylisting", Deferred("451 4.7.1 come back later")),
        ("puts data off", Deferred("452 4.3.1 no room")),
        ("drop in data", Deferred("the connection was dropped")),
        ("lost answer", Deferred("the connection was dropped")),
        ("refuses mail", Refused("550 5.1.1 no such desk")),
        ("refuses data", Refused("554 5.7.1 this looks like spam")),
        ("no data", Refused("500 5.5.1 no mail today")),
        ("refuses sender", Refused("550 5.7.1 we do not take mail from you")),
    ],
)
def test_a_server_that_does_not_take_it_is_quoted(
    mail: SmtpServer, mode: Mode, verdict: object
) -> None:
    mail.mode = mode
    assert send(MAIL, server_at(mail)) == dict.fromkeys(DESK, verdict)


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ((200, 250, 299), Accepted),
        ((199, 300, 354, 400, 451, 499, 600), Deferred),
        ((500, 550, 599), Refused),
    ],
)
def test_only_2xx_is_accepted_and_only_5xx_refused(codes: tuple[int, ...], kind: type) -> None:
    assert {type(verdict_of(code, b"so be it")) for code in codes} == {kind}


def test_what_a_server_says_is_short_and_steers_no_terminal() -> None:
    words = said(451, b"\x1b[31mno \xff room " + b"0" * 300)
    assert words.startswith("451 [31mno \ufffd room 00")
    assert len(words) == 200


def test_one_bad_recipient_of_three_keeps_nothing_from_the_others(mail: SmtpServer) -> None:
    mail.mode = "bad recipient"
    verdicts = send(MAIL, server_at(mail))
    assert [type(verdicts[one]) for one in DESK] == [Accepted, Refused, Accepted]
    assert mail.mailbox[0].recipients == ("a@desk.example", "b@desk.example")


def test_a_recipient_is_sent_to_only_if_the_server_says_250_or_251(mail: SmtpServer) -> None:
    """252 is an answer to VRFY: nobody was added (RFC 5321 4.2.3)."""
    mail.mode = "odd answer"
    verdicts = send(MAIL, server_at(mail))
    assert verdicts[BAD] == Deferred("252 2.5.0 we shall see")
    assert [type(verdicts[one]) for one in DESK] == [Accepted, Deferred, Accepted]
    mail.mode = "forwards"  # 251
    assert send(MAIL, server_at(mail)) == dict.fromkeys(DESK, Accepted())


def test_a_slow_server_is_left_in_time(mail: SmtpServer) -> None:
    mail.mode = "slow"
    verdicts: dict[str, Verdict] = {}
    for timeout in (0.1, 1, 10, 100):  # a busy machine may need more to get as far as the mail
        with suppress(Unreachable):
            verdicts = verdicts or send(MAIL, server_at(mail, timeout=timeout))
    assert verdicts == dict.fromkeys(DESK, Deferred("no answer in time"))


def test_a_server_that_says_a_byte_at_a_time_is_left_too(mail: SmtpServer) -> None:
    mail.mode = "drip"
    for timeout in (0.05, 0.5, 5):  # a busy machine may miss the time for one byte
        with pytest.raises(Unreachable) as raised:
            send(MAIL, server_at(mail, timeout=timeout))
        if "no answer in time" not in raised.value.reason:
            break
    assert raised.value.kind == "later"


@pytest.mark.parametrize(
    ("mode", "kind", "words"),
    [
        ("busy", "later", "421 4.3.2 too many of you"),
        ("closed", "later", "connection"),
        ("shut", "refused", "500 5.3.2 no mail here"),
    ],
)
def test_without_a_conversation_no_recipient_is_refused(
    mail: SmtpServer, mode: Mode, kind: str, words: str
) -> None:
    mail.mode = mode
    with pytest.raises(Unreachable, match=words) as raised:
        send(MAIL, server_at(mail))
    assert raised.value.kind == kind


def test_a_server_that_speaks_no_tls_is_told(mail: SmtpServer) -> None:
    with pytest.raises(Unreachable, match="no secure connection: wrong version number") as raised:
        send(MAIL, server_at(mail, security="tls"))
    assert raised.value.kind == "later"


def test_a_server_that_is_not_there_is_tried_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}: connection refused") as raised:
        send(MAIL, Server(host="127.0.0.1", port=port, security="none"))
    assert raised.value.kind == "later"


def test_a_server_whose_name_is_none_wants_a_person() -> None:
    with pytest.raises(Unreachable, match="its host name is not valid") as raised:
        check(Server(host="mail..example.org", port=587))
    assert raised.value.kind == "refused"


# --- secured


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def context(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(found)
    return found


@pytest.mark.parametrize("implicit", [False, True])
def test_a_secured_server_takes_login_and_mail(
    authority: trustme.CA, ca_file: Path, implicit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda *_: "slow.name.service")
    with smtp_server(tls=context(authority), implicit=implicit, login=True) as mail:
        server = server_at(
            mail,
            security="tls" if implicit else "starttls",
            ca_file=str(ca_file),
            user="desk",
            password="right",
        )
        check(server)
        assert mail.mailbox == []
        assert set(send(MAIL, server).values()) == {Accepted()}
        assert mail.logins == [("desk", "right")] * 2
        assert "slow.name.service" not in mail.clients


def test_a_login_that_is_refused_wants_a_person_and_tells_no_password(
    authority: trustme.CA, ca_file: Path
) -> None:
    with smtp_server(tls=context(authority), login=True) as mail:
        server = server_at(
            mail, security="starttls", ca_file=str(ca_file), user="desk", password="wrong"
        )
        with pytest.raises(Unreachable, match="refused the login: 535") as raised:
            send(MAIL, server)
    assert raised.value.kind == "login"
    assert "wrong" not in raised.value.reason + repr(server)


@pytest.mark.parametrize(
    ("user", "password"), [("desk", "w\u00e4chter"), ("w\u00e4chter", "right")]
)
def test_a_login_that_smtp_cannot_say_is_told_and_no_bug(
    authority: trustme.CA, ca_file: Path, user: str, password: str
) -> None:
    with smtp_server(tls=context(authority), login=True) as mail:
        server = server_at(
            mail, security="starttls", ca_file=str(ca_file), user=user, password=password
        )
        with pytest.raises(Unreachable, match="letters beyond ASCII cannot be sent") as raised:
            check(server)
    assert raised.value.kind == "login"
    assert "chter" not in raised.value.reason


@pytest.mark.parametrize("implicit", [False, True])
def test_a_certificate_of_a_stranger_is_not_believed(authority: trustme.CA, implicit: bool) -> None:
    with smtp_server(tls=context(authority), implicit=implicit) as mail:
        server = server_at(mail, security="tls" if implicit else "starttls")
        with pytest.raises(Unreachable, match="certificate is not trusted") as raised:
            send(MAIL, server)
        assert raised.value.kind == "refused"
        assert mail.mailbox == []


def test_a_certificate_for_another_name_is_not_believed(
    authority: trustme.CA, ca_file: Path
) -> None:
    with (
        smtp_server(tls=context(authority, "other.example")) as mail,
        pytest.raises(Unreachable, match="certificate is not trusted"),
    ):
        send(MAIL, server_at(mail, security="starttls", ca_file=str(ca_file)))


def test_starttls_is_never_optional(mail: SmtpServer) -> None:
    with pytest.raises(Unreachable, match="does not offer STARTTLS") as raised:
        send(MAIL, Server(host="127.0.0.1", port=mail.port))
    assert raised.value.kind == "refused"
    assert mail.mailbox == []


def test_a_server_without_logins_gets_no_password(mail: SmtpServer) -> None:
    with pytest.raises(Unreachable, match="does not offer a login") as raised:
        send(MAIL, server_at(mail, user="desk", password="right"))
    assert raised.value.kind == "refused"
    mail.mode = "odd login"
    with pytest.raises(Unreachable, match=r":\d+: No suitable authentication method found"):
        send(MAIL, server_at(mail, user="desk", password="right"))


def test_a_file_of_certificates_that_holds_none_is_named(mail: SmtpServer, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    for content, words in (
        (None, "no such file or directory"),
        ("no certificate", "it contains no certificate"),
    ):
        if content:
            file.write_text(content)
        with pytest.raises(Unreachable, match=f"ca_file {file}: {words}$") as raised:
            send(MAIL, server_at(mail, security="tls", ca_file=str(file)))
        assert raised.value.kind == "refused"
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unreachable, match="pipe is a device or a pipe, not a file"):
        send(MAIL, server_at(mail, security="tls", ca_file=str(tmp_path / "pipe")))
