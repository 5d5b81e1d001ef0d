"""Mail by the sendmail of the machine: a small program of ours in its place, real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sigtrack.deliver import Accepted, Deferred, Envelope, Refused, Unreachable
from sigtrack.deliver.by_mail import send_by_program

MAIL = Envelope(
    sender="us@desk.example", recipients=("a@desk.example", "-b@desk.example"), body=b"a\r\n.\r\nb\r\n"
)  # fmt: skip


def program(folder: Path, script: str) -> str:
    path = folder / "sendmail"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_the_mail_and_its_recipients_are_handed_over(tmp_path: Path) -> None:
    sendmail = program(tmp_path, f'echo "$@" > {tmp_path}/arguments; cat > {tmp_path}/body')
    assert set(send_by_program(MAIL, sendmail).values()) == {Accepted()}
    arguments = (tmp_path / "arguments").read_text().strip()
    assert arguments == "-i -f us@desk.example -- a@desk.example -b@desk.example"
    assert (tmp_path / "body").read_bytes() == b"a\n.\nb\n"


def test_its_exit_code_says_whether_to_try_again(tmp_path: Path) -> None:
    """By sysexits.h: wrong usage, data, user, host, permission or configuration stay wrong."""
    code = tmp_path / "code"
    sendmail = program(tmp_path, f"cat > /dev/null; echo no such desk >&2; exit $(cat {code})")
    for_good = []
    for number in (1, *range(64, 79), 255):
        code.write_text(str(number))
        first, second = send_by_program(MAIL, sendmail).values()
        assert first == second and isinstance(first, Refused | Deferred)
        assert first.reason == f"{sendmail} ended with {number}: no such desk"
        if isinstance(first, Refused):
            for_good.append(number)
    assert for_good == [64, 65, 66, 67, 68, 77, 78]


def test_what_it_says_is_short_and_steers_no_terminal(tmp_path: Path) -> None:
    words = r"printf '\033[31mno \377 room%0300d' 0 >&2"
    (loud, _) = send_by_program(
        MAIL, program(tmp_path, f"cat > /dev/null; {words}; exit 75")
    ).values()
    assert isinstance(loud, Deferred)
    said = loud.reason.partition(" ended with 75: ")[2]
    assert len(said) == 200 and said.startswith("[31mno \ufffd room000")
    (silent, _) = send_by_program(MAIL, program(tmp_path, "cat > /dev/null; exit 75")).values()
    assert isinstance(silent, Deferred) and silent.reason.endswith(" ended with 75")


def test_a_program_that_is_missing_or_hangs_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="cannot be run: no such file") as raised:
        send_by_program(MAIL, str(tmp_path / "none"))
    assert raised.value.kind == "refused"
    with pytest.raises(Unreachable, match=r"sendmail did not finish within 0 s$") as raised:
        send_by_program(MAIL, program(tmp_path, "exec sleep 60"), timeout=0.1)
    assert raised.value.kind == "later"
