"""The last version of each file without mistakes, and fingerprints of the rules in a version.

An analyst who breaks a watchlist at night must not lose the hits of the morning, or get back the
feeds that she had removed. So the last good text stays in force while her file is broken, kept
beside the store. A version is a JSON file that also holds the text of `_shared.toml` at that time,
because a watchlist is good only together with its groups.

A fingerprint covers everything that decides the hits of a watchlist. The store asks "which items
has this watchlist not seen?" by fingerprint. So it changes whenever the rules, the gazetteer that
they use, or the matcher change, and never when a comment, a title, an example or the order of a
list changes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sigtrack import files
from sigtrack.errors import reason_of
from sigtrack.frozen import frozen
from sigtrack.model import Actor, Place, Problem, Signal, Term
from sigtrack.model.rules import BYLINES, Terms
from sigtrack.text.documents import path_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from sigtrack.lexicon.classes import WordClass


@frozen
class Version:
    """A good version of a file.

    `passed` is the fingerprint of the rules under which the examples passed; "" if there are no
    examples, or if they were not tried (versions of 2026-11 and before).
    """

    text: str
    shared: str = ""
    passed: str = ""
    csv: Mapping[str, str] = field(default_factory=dict)  # texts of the CSV files that it names


@frozen(kw_only=False)
class LastGood:
    """Good versions by file. `folder` is created when the first version is kept."""

    folder: Path

    def find(self, file: Path) -> tuple[Version, datetime] | None:
        """Return the last good version of a file and when it was first kept (UTC), or None."""
        kept = self.path_of(file)
        try:
            if kept.is_symlink():  # we make none, so it is somebody else's
                return None
            with files.open_file(kept) as stream:
                read = json.load(stream)
            at = datetime.fromtimestamp(kept.stat().st_mtime, UTC)
            passed = str(read.get("passed", ""))
            csv = {str(name): str(text) for name, text in read.get("csv", {}).items()}
            version = Version(
                text=str(read["text"]), shared=str(read["shared"]), passed=passed, csv=csv
            )
            return version, at
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None  # never kept, or damaged: then the errors of the file count

    def keep(self, file: Path, version: Version) -> None:
        """Write a version atomically, unless it is kept already. Raises OSError."""
        before = self.find(file)
        if before and before[0] == version:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(version), ensure_ascii=True)
        kept = self.path_of(file)
        if kept.is_symlink():
            kept.unlink()  # not the file that it leads to
        files.replace_file(kept, [text.encode("ascii")], mode=files.PRIVATE)

    def keep_or_warn(self, file: Path, version: Version) -> tuple[Problem, ...]:
        """Keep a version; return a warning if the folder cannot be written."""
        try:
            self.keep(file, version)
        except OSError as error:
            warning = Place(path=path_of(self.folder)).problem(
                f"good versions of your files cannot be kept here, {reason_of(error)}",
                "make the folder writable; until then there is no good version to fall back on",
                warning=True,
            )
            return (warning,)
        return ()

    def path_of(self, file: Path) -> Path:
        """Return where the version of a file is kept, whether there is one or not."""
        # Two config folders may share one state folder.
        place = os.fsencode(file.absolute())
        return self.folder / f"{hashlib.sha256(place).hexdigest()[:24]}.json"


def stays_in_force(file: Path | Traversable, at: datetime, what: str = "") -> Problem:
    """Return the warning of every run while a file is broken; `what` names the part that stays."""
    return Place(path=path_of(file)).problem(
        f"{what}the last good version, of {at:%Y-%m-%d %H:%M} UTC, stays in force",
        "correct the errors of this file, so that your changes take effect",
        warning=True,
    )


def fingerprint_of_rules(
    watchlist_id: str,
    signals: Iterable[Signal],
    *,
    gazetteer: str,
    matcher_version: str,
    classes: Mapping[str, WordClass],
) -> str:
    """Return 64 hex digits.

    `gazetteer` (see `fingerprint_of_actors`) counts only if the signals use actors. Of `classes`,
    only those that the signals name count.
    """
    signals = sorted(signals, key=lambda signal: signal.id)
    content = {
        "watchlist": watchlist_id,
        "signals": [_rules(signal) for signal in signals],
        "gazetteer": gazetteer if any(map(_names_actors, signals)) else "",
        "matcher": matcher_version,
        **_contents(signals, classes),
    }
    return _hash(content)


def fingerprint_of_actors(actors: Mapping[str, Actor]) -> str:
    """Return the fingerprint of a gazetteer, without meanings and check dates."""
    return _hash([_actor(actors[id]) for id in sorted(actors)])


def _rules(signal: Signal) -> dict[str, object]:
    visit = signal.visit
    return {
        "id": signal.id,
        "priority": signal.priority,
        "any": _spelled(signal.any),
        "all": sorted(_spelled(group) for group in signal.all),
        "none": _spelled(signal.none),
        "ignore": _spelled(signal.ignore),
        "unless": _spelled(signal.unless),
        "in": signal.scope,
        "min": [signal.min_hits, signal.min_actors],
        "sources": [sorted(signal.sources), sorted(signal.not_sources), sorted(signal.langs)],
        "days": [str(signal.since), str(signal.until)],
        # What most signals lack is left out, so that their fingerprints stay as they were.
        **({"within": signal.actors_within} if signal.actors_within else {}),
        **({"visit": str(visit.journey), "phase": sorted(visit.phases)} if visit else {}),
        # Before these fields existed, `author:kim` meant two words.
        **({"bylines": True} if any(term.field in BYLINES for term in _terms(signal)) else {}),
    }


def _contents(
    signals: Iterable[Signal], classes: Mapping[str, WordClass]
) -> dict[str, dict[str, list[str]]]:
    """Return the words of each class.

    Empty without classes, so that such watchlists keep their fingerprints.
    """
    # Signals share most of their terms: of 41,000 in the shipped lists 8,000 are distinct.
    terms = {id(term): term for signal in signals for term in _terms(signal)}.values()
    names = {one.name for term in terms for one in term.classes()}
    words = {name: sorted(classes[name].words) for name in sorted(names) if name in classes}
    return {"classes": words} if words else {}


def _spelled(terms: Terms) -> list[str]:
    return sorted(map(str, terms))


def _names_actors(signal: Signal) -> bool:
    return (signal.min_actors > 0 or signal.visit is not None) or any(
        True for term in _terms(signal) for _ in term.references()
    )


def _terms(signal: Signal) -> Iterator[Term]:
    for terms in (signal.any, *signal.all, signal.none, signal.ignore, signal.unless):
        yield from terms


def _actor(actor: Actor) -> list[object]:
    tenures = [[one.office, str(one.since), str(one.until)] for one in actor.tenures]
    words = [sorted(some) for some in (actor.names, actor.metonyms, actor.bare, actor.masks)]
    return [actor.id, actor.kind, actor.country, *words, tenures]


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
