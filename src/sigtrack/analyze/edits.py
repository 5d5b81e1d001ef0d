"""What a silent edit changed: the words that differ, and how much they matter.

Titles and bodies are compared as statements are (see `compare`), but separately, because more
people read a changed title than a sentence far below. Changes of names are weighed too: if the
title names somebody instead of somebody else, the edit has the highest weight.

Pure: takes two versions of a text and returns an edit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sigtrack.analyze.compare import compare
from sigtrack.analyze.compare.topics import LEAD, LEAVE, MENTION
from sigtrack.lexicon import Lexicon
from sigtrack.model import Direction, Formulary, StatementChange
from sigtrack.model.statements import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVersion:
    """A text at one time. `named` are the people and countries that its title names."""

    title: str
    body: str
    named: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What changed between two versions.

    `weight`: 3 lead with it, 2 mention it, 1 leave it. `gone` and `come` are the old and the new
    words of the heaviest change, in the title or else in the body ("" if there are none);
    `direction` and `topic` belong to that change. `marks` are the words of the new title that
    differ, as half-open ranges of code points. `names_gone` and `names_come` are named in only one
    of the titles.
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
    before: TextVersion, after: TextVersion, formulary: Formulary, lexicon: Lexicon | None = None
) -> Edit:
    """Return the change with the highest weight; of equal changes, that of the title."""
    in_title = _heaviest(before.title, after.title, formulary, lexicon)
    in_body = _heaviest(before.body, after.body, formulary, lexicon)
    best = max(filter(None, (in_title, in_body)), key=lambda one: one.weight, default=None)
    gone = tuple(one for one in before.named if one not in after.named)
    come = tuple(one for one in after.named if one not in before.named)
    weight = best.weight if best else LEAVE
    if gone or come:
        weight = max(weight, LEAD if gone and come else MENTION)
    is_title = best is None or best is in_title
    is_other = best is None or (is_title and best.kind != "reworded")  # the whole title counts
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
    """Return the heaviest change, or None if at most punctuation, case or spaces differ."""
    if old == new:
        return None
    changes = compare(old, new, formulary, lexicon).changes
    return next((one for one in changes if one.kind not in ("kept", "moved")), None)


def _words(change: StatementChange) -> tuple[str, str]:
    """Return the words that differ, or the whole of an added or dropped sentence."""
    if change.kind != "reworded":
        return change.before or "", change.after or ""
    return _marked(change.before, change.marks_before), _marked(change.after, change.marks_after)


def _marked(sentence: str | None, marks: Collection[Mark]) -> str:
    return " … ".join(sentence[start:end] for start, end in marks) if sentence else ""
