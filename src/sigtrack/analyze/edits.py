"""What a silent edit changed: the words that differ, and how much they matter.

Title and body are laid side by side as statements are (see `compare`), each by itself, since a
title that changes is read by more people than a sentence far below. Names weigh besides: who is
named in the title instead of somebody else leads, whatever the words around them.

Pure: two versions of a text in, an edit out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sigtrack.analyze.compare import compare
from sigtrack.analyze.compare.signs import LEAD, LEAVE, MENTION
from sigtrack.lexicon import Lexicon
from sigtrack.model import Direction, Formulary, StatementChange
from sigtrack.model.statements import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A text as it stood once; `named` are those whom its title names."""

    title: str
    body: str
    named: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """`weight`: 3 lead with it, 2 mention it, 1 leave it. `gone` and `come` are the words of the
    heaviest change, in the title or else in the body ("" on the side where nothing stood), and
    `direction` and `topic` are its own. `marks` are the words of the new title that differ:
    half-open ranges of code points. `names_gone` and `names_come`: who is named in one title only.
    """

    weight: int
    in_title: bool
    gone: str
    come: str
    direction: Direction | None = None
    topic: str = ""
    marks: tuple[Mark, ...] = ()
    names_gone: tuple[str, ...] = ()
    names_come: tuple[str, ...] = ()


def edit_of(
    before: Version, after: Version, formulary: Formulary, lexicon: Lexicon | None = None
) -> Edit:
    """The change that matters most; of equals that of the title."""
    in_title = _heaviest(before.title, after.title, formulary, lexicon)
    in_body = _heaviest(before.body, after.body, formulary, lexicon)
    best = max(filter(None, (in_title, in_body)), key=lambda one: one.weight, default=None)
    gone = tuple(one for one in before.named if one not in after.named)
    come = tuple(one for one in after.named if one not in before.named)
    weight = best.weight if best else LEAVE
    if gone or come:
        weight = max(weight, LEAD if gone and come else MENTION)
    is_title = best is None or best is in_title
    is_other = best is None or (is_title and best.kind != "reworded")  # all of the title
    words = _words(best) if best and not is_other else (before.title, after.title)
    return Edit(
        weight=weight,
        in_title=is_title,
        gone=words[0],
        come=words[1],
        direction=best.direction if best else None,
        topic=best.topic if best else "",
        marks=best.marks_after if best and best is in_title and best.after == after.title else (),
        names_gone=gone,
        names_come=come,
    )


def _heaviest(
    old: str, new: str, formulary: Formulary, lexicon: Lexicon | None
) -> StatementChange | None:
    """None where only signs, capitals or spaces differ, or nothing."""
    if old == new:
        return None
    changes = compare(old, new, formulary, lexicon).changes
    return next((one for one in changes if one.kind not in ("kept", "moved")), None)


def _words(change: StatementChange) -> tuple[str, str]:
    """The words that differ; of a sentence that came or went all of it."""
    if change.kind != "reworded":
        return change.before or "", change.after or ""
    return _marked(change.before, change.marks_before), _marked(change.after, change.marks_after)


def _marked(sentence: str | None, marks: Collection[Mark]) -> str:
    return " … ".join(sentence[start:end] for start, end in marks) if sentence else ""
