"""The content of a digest, before it becomes the text and the HTML of a mail.

Labels and dates are already in the reader's language here. The publishers' words stay in their own
language and name it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sigtrack.model.report import Block, Marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A story in a few lines.

    `headline` has the link, and is marked only if nothing else is; `quote` is the sentence that
    matched. `facts` are publisher, time and other short facts; `why` is the reason for showing the
    story.
    """

    headline: Marked
    facts: tuple[str, ...]
    quote: Marked | None = None
    why: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Stories under one heading."""

    title: str
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """How the mail came about: sentences, each with a command to type ("" if there is none)."""

    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The content of a mail. `language` is that of the labels (BCP 47). `summary` comes first."""

    subject: str
    summary: str
    parts: tuple[Section | Block, ...] = ()
    footer: Footer = field(default=Footer())
    language: str = "en"
