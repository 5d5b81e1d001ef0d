"""The folders of watchlists: shipped, the user's own, and what stays in force when one is broken.

A file `_shared.toml` gives its groups to every file of its folder; the user's files also see the
shipped groups, and a group of the same name in the user's own `_shared.toml` goes first for them.
Shipped files see shipped groups only, so that nothing a user writes can break them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.resources.abc import Traversable
from pathlib import Path

from sigtrack.model import Actor, Place, Problem, Watchlist
from sigtrack.text.documents import path_of, read_text
from sigtrack.watch.fingerprints import fingerprint_of_actors
from sigtrack.watch.groups import Groups
from sigtrack.watch.last_good import LastGood, Version, stays_in_force
from sigtrack.watch.watchlists import Known, has_errors, in_order, load_shared, load_watchlist

SHARED = "_shared.toml"
MOST_FILES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """`broken` are the paths of files with errors of which no good version is in force.

    `problems` holds the errors of stale files too, each followed by a warning that says which
    version stays in force.
    """

    watchlists: tuple[Watchlist, ...] = ()  # by id
    problems: tuple[Problem, ...] = ()
    broken: tuple[str, ...] = ()


def load_watchlists(
    shipped: Path | Traversable,
    user: Path | None,
    *,
    actors: Mapping[str, Actor],
    last_good: Path | None = None,
    matcher_version: str = "",
    advice: bool = True,
) -> Loaded:
    """Everything that is in force, and everything that is wrong, of both folders.

    `user` need not exist. `last_good` is a state folder for good versions of the user's files;
    None keeps nothing. Without `advice` there are no warnings about terms (see `advice`).
    """
    known = Known(
        actors=actors,
        shared={},
        gazetteer=fingerprint_of_actors(actors),
        matcher_version=matcher_version,
        advice=advice,
    )
    ours = _Folder(known, None, shipped=True)
    files = ours.open(shipped)
    kept = LastGood(last_good) if last_good else None
    theirs = _Folder(replace(known, shared=ours.known.shared), kept)
    if user is not None:
        theirs.load(theirs.open(user))
    # Shipped files are named for their ids; one that the user replaced need not be read (0.1 s).
    ours.load([file for file in files if file.name[: -len(".toml")] not in theirs.watchlists])
    watchlists = ours.watchlists | theirs.watchlists
    problems = tuple(theirs.problems)
    if advice:
        for id, copy in theirs.watchlists.items():
            problems = without_advice_on_shipped(problems, copy, shipped / f"{id}.toml", ours.known)
    return Loaded(
        watchlists=tuple(watchlists[id] for id in sorted(watchlists)),
        problems=in_order(ours.problems) + in_order(list(problems)),
        broken=(*ours.broken, *theirs.broken),
    )


def without_advice_on_shipped(
    problems: tuple[Problem, ...], copy: Watchlist, shipped: Path | Traversable, known: Known
) -> tuple[Problem, ...]:
    """Without the warnings of a copy that the shipped file gets too, if there is one.

    A copy is judged by what its owner changed: a copy of trade has 189 warnings untouched.
    """
    warned = any(p.severity == "warning" and p.place.path == copy.place.path for p in problems)
    text = read_text(shipped) if warned and shipped.is_file() else ""
    if not isinstance(text, str) or not text:
        return problems
    told = {p.message for p in load_watchlist(path_of(shipped), text, known, shipped=True)[1]}
    return tuple(
        p
        for p in problems
        if p.severity != "warning" or p.place.path != copy.place.path or p.message not in told
    )


@dataclass(slots=True)
class _Folder:
    known: Known
    last_good: LastGood | None
    shipped: bool = False
    shared_text: str = ""
    watchlists: dict[str, Watchlist] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def open(self, folder: Path | Traversable) -> list[Path | Traversable]:
        """Its watchlist files, once its shared groups are known."""
        listed = self._listed(folder)
        for file in listed:
            if file.name == SHARED:
                self._load_shared(file)
        return [file for file in listed if file.name != SHARED]

    def load(self, files: Iterable[Path | Traversable]) -> None:
        for file in files:
            self._load_file(file)

    def _listed(self, folder: Path | Traversable) -> list[Path | Traversable]:
        try:
            listed = sorted(folder.iterdir(), key=lambda file: file.name)
        except FileNotFoundError:
            return []
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self._say(path_of(folder), f"this folder cannot be read, {reason}", "check its name")
            self.broken.append(path_of(folder))
            return []
        for file in listed:
            if file.name.lower().endswith(".toml.txt"):
                self._say(
                    path_of(file), "this file is not read", "rename it to end in .toml", "warning"
                )
        found = [
            file
            for file in listed
            if file.name.lower().endswith(".toml") and not file.name.startswith(".")
        ]
        if len(found) > MOST_FILES:
            self._say(path_of(folder), f"only the first {MOST_FILES} files are read", "use fewer")
        return found[:MOST_FILES]

    def _load_shared(self, file: Path | Traversable) -> None:
        text = read_text(file)
        loaded: tuple[Groups, tuple[Problem, ...]]
        if isinstance(text, Problem):
            loaded = {}, (text,)
        else:
            loaded = load_shared(path_of(file), text, self.known.actors, advice=self.known.advice)
        groups, problems = loaded
        self.problems += problems
        if not has_errors(problems) and isinstance(text, str):
            self._keep(file, Version(text=text))
        elif kept := self._find(file):
            text = kept[0].text
            self.problems.append(stays_in_force(file, kept[1]))
            groups, _ = load_shared(path_of(file), text, self.known.actors)
        else:
            self.broken.append(path_of(file))
        self.shared_text = text if isinstance(text, str) else ""
        self.known = replace(self.known, shared={**self.known.shared, **groups})

    def _load_file(self, file: Path | Traversable) -> None:
        path = path_of(file)
        text = read_text(file)
        loaded: tuple[Watchlist | None, tuple[Problem, ...]]
        if isinstance(text, Problem):
            loaded = None, (text,)
        else:
            loaded = load_watchlist(path, text, self.known, shipped=self.shipped)
        watchlist, problems = loaded
        self.problems += problems
        if watchlist is not None and isinstance(text, str) and self._is_new(watchlist, path):
            self._keep(file, Version(text=text, shared=self.shared_text))
        else:
            watchlist = self._stale(file)
        if watchlist is None:
            self.broken.append(path)
        else:
            self.watchlists[watchlist.id] = watchlist

    def _is_new(self, watchlist: Watchlist, path: str) -> bool:
        twin = self.watchlists.get(watchlist.id)
        if twin is not None:
            self._say(
                path,
                f'the id "{watchlist.id}" is that of {twin.place.path} as well',
                "give each file an id of its own",
                line=watchlist.place.line,
            )
        return twin is None

    def _stale(self, file: Path | Traversable) -> Watchlist | None:
        kept = self._find(file)
        if kept is None:
            return None
        version, at = kept
        path = path_of(file)
        groups: Groups = {}
        if version.shared:
            groups, _ = load_shared(path, version.shared, self.known.actors)
        known = replace(self.known, shared={**self.known.shared, **groups})
        watchlist, _ = load_watchlist(path, version.text, known)
        if watchlist is None or watchlist.id in self.watchlists:
            return None
        self.problems.append(stays_in_force(file, at))
        return replace(watchlist, stale=True)

    def _find(self, file: Path | Traversable) -> tuple[Version, datetime] | None:
        if self.last_good is None or not isinstance(file, Path):
            return None
        return self.last_good.find(file)

    def _keep(self, file: Path | Traversable, version: Version) -> None:
        if self.last_good is not None and isinstance(file, Path):
            self.problems += self.last_good.keep_or_warn(file, version)

    def _say(
        self, path: str, message: str, hint: str, severity: str = "error", *, line: int = 0
    ) -> None:
        self.problems.append(
            Problem(
                message=message,
                hint=hint,
                place=Place(path=path, line=line),
                severity="warning" if severity == "warning" else "error",
            )
        )
