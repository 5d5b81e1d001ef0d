"""Countries and set phrases that only one version of a sentence names.

A country counts if it does not speak in the statement, a set phrase if naming it is news (an award,
nuclear capabilities). If one is named instead of another, the sentence is reworded, not unnamed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Set

from sigtrack.analyze.compare.clues import NO_SET
from sigtrack.analyze.compare.reading import GOAL, Reading
from sigtrack.model.statements import ChangeKind

_POSSESSIVE = re.compile("['’]s?\\Z")
Names = tuple[ChangeKind, tuple[str, ...]]  # the kind of the change, and the words of the text


def named(old: Reading, new: Reading, parties: Set[str]) -> Names:
    """Return what only one version of a sentence names; nothing if the goal is another one."""
    if old.rungs.get(GOAL) != new.rungs.get(GOAL):
        return "reworded", ()
    before, after = _names(old, parties), _names(new, parties)
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    if gone and not come:
        return "unnamed", tuple(word for name, word in before.items() if name in gone)
    if come and not gone:
        return "named", tuple(word for name, word in after.items() if name in come)
    return "reworded", ()


def named_nowhere(one: Reading, other: Set[str], *, is_old: bool) -> Names:
    """Return set phrases that the other text has nowhere. `other` has all its set phrases."""
    found = {name: word for name, word in _names(one, ()).items() if name[0] == "set"}
    words = tuple(word for (_, name), word in found.items() if name not in other)
    return ("unnamed" if is_old else "named", words) if words else ("reworded", ())


def _names(one: Reading, parties: Collection[str]) -> dict[tuple[str, str], str]:
    """Return the first words for each name, in the order of the text."""
    found = [
        found
        for kind in ("country", "set")
        for found in one.clues.get(kind, ())
        if found.owner.value != NO_SET and found.owner.value not in parties
    ]
    names: dict[tuple[str, str], str] = {}
    for each in sorted(found):
        names.setdefault(each.owner, _POSSESSIVE.sub("", one.text[each.start : each.end]))
    return names
