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


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(75, Deferred), (71, Deferred), (1, Deferred), (67, Refused), (78, Refused)],
)
def test_its_exit_code_says_whether_to_try_again(
    tmp_path: Path, code: int, verdict: type[object]
) -> None:
    sendmail = program(tmp_path, f"cat > /dev/null; echo no such desk >&2; exit {code}")
    (first, _) = send_by_program(MAIL, sendmail).values()
    assert type(first) is verdict
    assert f"ended with {code}: no such desk" in str(first)


def test_a_program_that_is_missing_or_hangs_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="cannot be run: no such file") as raised:
        send_by_program(MAIL, str(tmp_path / "none"))
    assert raised.value.kind == "refused"
    with pytest.raises(Unreachable, match="did not finish within") as raised:
        send_by_program(MAIL, program(tmp_path, "exec sleep 60"), timeout=0.1)
    assert raised.value.kind == "later"
