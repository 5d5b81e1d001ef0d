"""What is handed over, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sigtrack.text import clean

_LONGEST = 200  # characters of a server's answer that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A mail on its way. `sender` and `recipients` are bare addresses, `body` is sent as it is."""

    sender: str
    recipients: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    pass


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now (4xx, a dropped connection, a time-out). It may even have arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not so (5xx)."""

    reason: str


Verdict = Accepted | Deferred | Refused


class Unreachable(Exception):
    """Nobody was asked about any recipient: there is no use in trying the next mail.

    `kind`: "later" passes by itself; "login" and "refused" want a person.
    """

    def __init__(self, reason: str, kind: Literal["later", "login", "refused"] = "later") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


def said(code: int, answer: bytes | str) -> str:
    """What a server said, fit for a terminal: "451 try again later"."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return clean(f"{code} {text}")[:_LONGEST]


def verdict_of(code: int, answer: bytes | str) -> Verdict:
    """By the first digit, as RFC 5321 4.2.1 has it; what is out of order may pass."""
    if 200 <= code < 300:
        return Accepted()
    return Refused(said(code, answer)) if 500 <= code < 600 else Deferred(said(code, answer))
