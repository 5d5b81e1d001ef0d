"""What a digest says, before it is the text and the HTML of a mail.

Words that are the same in every mail (labels, dates) are already in the reader's language here;
only the publishers' words are left in theirs, and say in which.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sigtrack.model.report import Block, Marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One story told in a few lines.

    `headline` has the link, and is marked only where nothing else is; `quote` is the sentence that
    matched. `facts` are publisher, time and what else is short; `why` says why the reader sees it.
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
    """How the mail came about: sentences, each with a command to type ("" = none)."""

    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """`language` is that of the labels (BCP 47). `summary` stands above everything."""

    subject: str
    summary: str
    parts: tuple[Section | Block, ...] = ()
    footer: Footer = field(default=Footer())
    language: str = "en"
