"""The folders of watchlists: shipped, the user's own, and the versions that replace broken files.

A user's file replaces a shipped one only with `replaces = true`, because a new file with the same
id by accident would silence a theme.

A file whose examples fail is broken, like a file with an error in a line. Examples are tried once
for a text and its rules (otherwise a tenth of a second at each start); what has passed is kept with
the last good version.

A file `_shared.toml` gives its groups to every file of its folder. The user's files can use the
shipped groups as well, and groups in the user's own `_shared.toml` come first for them. Shipped
files use shipped groups only, so nothing that a user writes can break them.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sigtrack.errors import reason_of
from sigtrack.frozen import frozen
from sigtrack.lexicon.classes import Later, WordClass
from sigtrack.model import Actor, Feed, Place, Problem, Watchlist, WatchlistHead
from sigtrack.text.documents import did_you_mean, path_of, read_document, read_text
from sigtrack.watch import MOST_FILES, SHARED, shipped_watchlists
from sigtrack.watch.signals import EXAMPLES, Groups, with_examples
from sigtrack.watch.tables import ID, CsvFiles
from sigtrack.watch.versions import LastGood, Version, fingerprint_of_actors, stays_in_force
from sigtrack.watch.watchlists import Known, has_errors, in_order, load_shared, load_watchlist

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

TryExamples = Callable[[Sequence[Watchlist]], Sequence[Problem]]


@frozen
class Loaded:
    """The watchlists in force, and all problems.

    `fallen` are files with errors and without a good version: their id (or else their name) and
    title, as far as these can be read. `unkept`: a good version could not be kept. `problems`
    includes the errors of stale files, each followed by a warning that says which version stays in
    force.
    """

    watchlists: tuple[Watchlist, ...] = ()  # by id
    problems: tuple[Problem, ...] = ()
    fallen: tuple[WatchlistHead, ...] = ()
    unkept: bool = False


def load_watchlists(
    shipped: Path | Traversable,
    user: Path | None,
    *,
    actors: Mapping[str, Actor],
    classes: Mapping[str, WordClass] | None = None,
    last_good: Path | None = None,
    matcher_version: str = "",
    advice: bool = True,
    feeds: tuple[Feed, ...] = (),
    try_examples: TryExamples | None = None,
) -> Loaded:
    """Load everything that is in force in both folders, and all problems.

    `user` need not exist. `last_good` is a state folder for good versions of the user's files; None
    keeps nothing. Without `advice` there are no warnings about terms (see `watchlists`), without
    `feeds` no warnings about sources. `try_examples` returns an error for each example of a user's
    file that fails; None tries no examples.
    """
    known = Known(
        actors=actors,
        shared={},
        gazetteer=fingerprint_of_actors(actors),
        matcher_version=matcher_version,
        advice=advice,
        classes={} if classes is None else classes,
        feeds=feeds,
    )
    ours = _Folder(known, None, shipped=True)
    files = ours.open(shipped)
    kept = LastGood(last_good) if last_good else None
    theirs = _Folder(
        replace(known, shared=ours.known.shared),
        kept,
        taken=_ids_of(files),
        try_examples=try_examples,
    )
    if user is not None:
        theirs.load(theirs.open(user))
    # Shipped files are named for their ids, so a replaced file need not be read (0.1 s).
    ours.load([file for file in files if Path(file.name).stem not in theirs.watchlists])
    watchlists = ours.watchlists | theirs.watchlists
    problems = tuple(theirs.problems)
    if advice:
        for id, copy in theirs.watchlists.items():
            problems = _without_advice_on_shipped(
                problems, copy, shipped / f"{id}.toml", ours.known
            )
    return Loaded(
        watchlists=tuple(watchlists[id] for id in sorted(watchlists)),
        problems=in_order(ours.problems) + in_order(list(problems)),
        fallen=(*ours.fallen, *theirs.fallen),
        unkept=theirs.unkept,
    )


def load_edit(
    path: Path, actors: Mapping[str, Actor], classes: Mapping[str, WordClass]
) -> tuple[Watchlist | None, tuple[Problem, ...]]:
    """Load one file by itself, with the shipped groups and those of its folder. Returns None for
    the watchlist if the file is broken."""
    ours = _Folder(Known(actors=actors, shared={}, classes=classes), None, shipped=True)
    files = ours.open(shipped_watchlists())
    theirs = _Folder(ours.known, None)
    if (shared := path.with_name(SHARED)).is_file():
        theirs.share(shared)
    if (examples := path.with_name(f"{path.stem}{EXAMPLES}")).is_file():
        theirs.examples[path.name] = examples
    edit = theirs.read(path)
    watchlist, problems = edit.watchlist, edit.problems
    if watchlist is not None:
        twin = shipped_watchlists() / f"{watchlist.id}.toml"
        problems = _without_advice_on_shipped(problems, watchlist, twin, theirs.known)
        trouble = _trouble_replacing(watchlist, _ids_of(files))
        if trouble and path.parent != shipped_watchlists():
            problems = (*problems, replace(trouble, severity="warning"))
    return watchlist, problems


def _ids_of(shipped: Iterable[Path | Traversable]) -> frozenset[str]:
    """Return the ids of shipped files, which are named for them."""
    return frozenset(Path(file.name).stem for file in shipped)


def _trouble_replacing(watchlist: Watchlist, shipped: Collection[str]) -> Problem | None:
    """Return an error if a file has the id of a shipped watchlist by accident.

    Returns a warning if the file says that it replaces a shipped watchlist, but none has its id.
    """
    if watchlist.replaces == (watchlist.id in shipped):
        return None
    if watchlist.replaces:
        return watchlist.place.problem(
            f'no shipped watchlist is called "{watchlist.id}", so this file replaces none',
            did_you_mean(watchlist.id, shipped, "delete the line replaces = true"),
            warning=True,
        )
    return watchlist.place.problem(
        f'the id "{watchlist.id}" is that of a shipped watchlist, which stays in force',
        "choose another id; or to replace it on purpose, write below the id: replaces = true",
    )


def _without_advice_on_shipped(
    problems: tuple[Problem, ...], copy: Watchlist, shipped: Path | Traversable, known: Known
) -> tuple[Problem, ...]:
    """Drop the warnings of a copy that the shipped file, if there is one, gets too.

    Only the changes in a copy should give warnings: an untouched copy of trade has 189.
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


@frozen
class _Candidate:
    """A file as it is now: its text and its watchlist, as far as they can be read."""

    file: Path | Traversable
    text: str = ""
    csv: Mapping[str, str] = field(default_factory=dict)  # texts of the CSV files that it names
    watchlist: Watchlist | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Folder:
    """One folder. `taken` are the ids of shipped watchlists, for a folder of the user."""

    known: Known
    last_good: LastGood | None
    shipped: bool = False
    taken: frozenset[str] = frozenset()
    try_examples: TryExamples | None = None
    shared_text: str = ""
    shared_csv: Mapping[str, str] = field(default_factory=dict)
    watchlists: dict[str, Watchlist] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    examples: dict[str, Path | Traversable] = field(default_factory=dict)  # by watchlist file
    fallen: list[WatchlistHead] = field(default_factory=list)
    unkept: bool = False

    def open(self, folder: Path | Traversable) -> list[Path | Traversable]:
        listed = self._listed(folder)
        files = {file.name for file in listed}
        for file in listed:
            if file.name == SHARED:
                self.share(file)
            elif file.name.endswith(EXAMPLES):
                of = f"{file.name.removesuffix(EXAMPLES)}.toml"
                self.examples[of] = file
                if of not in files:
                    self._say(path_of(file), f"there is no {of} beside it", "rename or delete it")
        own = (SHARED, *(file.name for file in self.examples.values()))
        return [file for file in listed if file.name not in own]

    def load(self, files: Iterable[Path | Traversable]) -> None:
        candidates = [self.read(file) for file in files]
        failed = self._failed_examples(candidates)
        for candidate in candidates:
            self._take(candidate, failed.get(path_of(candidate.file), []))

    def _listed(self, folder: Path | Traversable) -> list[Path | Traversable]:
        try:
            listed = sorted(folder.iterdir(), key=lambda file: file.name)
        except FileNotFoundError:
            return []
        except OSError as error:
            message = f"this folder cannot be read, {reason_of(error)}"
            self._say(path_of(folder), message, "check its name")
            self.fallen.append(WatchlistHead(id="", place=Place(path=path_of(folder))))
            return []
        for file in listed:
            if file.name.lower().endswith(".toml.txt"):
                cure = "rename it to end in .toml"
                self._say(path_of(file), "this file is not read", cure, warning=True)
        found = [
            file
            for file in listed
            if file.name.lower().endswith(".toml") and not file.name.startswith(".")
        ]
        if len(found) > MOST_FILES:
            self._say(path_of(folder), f"only the first {MOST_FILES} files are read", "use fewer")
        return found[:MOST_FILES]

    def share(self, file: Path | Traversable) -> None:
        shared: Groups
        if self.shipped:
            shared = Later(lambda: self._shared_groups(file))
        else:
            shared = {**self.known.shared, **self._shared_groups(file)}
        self.known = replace(self.known, shared=shared)

    def _shared_groups(self, file: Path | Traversable) -> Groups:
        path, text, csv = path_of(file), read_text(file), CsvFiles(path_of(file))
        groups: Groups = {}
        problems: tuple[Problem, ...] = ()
        if isinstance(text, Problem):
            problems = (text,)
        else:
            groups, problems = load_shared(path, text, replace(self.known, csv=csv))
        self.problems += problems
        if not has_errors(problems) and isinstance(text, str):
            self._keep(file, Version(text=text, csv=csv.read))
        elif kept := self._find(file):
            text, csv = kept[0].text, CsvFiles(path, kept[0].csv)
            self.problems.append(stays_in_force(file, kept[1]))
            groups, _ = load_shared(path, text, replace(self.known, csv=csv))
        else:
            self.fallen.append(WatchlistHead(id="", place=Place(path=path)))
        self.shared_text = text if isinstance(text, str) else ""
        self.shared_csv = csv.read
        return groups

    def read(self, file: Path | Traversable) -> _Candidate:
        text = read_text(file)
        if isinstance(text, Problem):
            return _Candidate(file=file, problems=(text,))
        csv = CsvFiles(path_of(file))
        known = replace(self.known, csv=csv)
        watchlist, problems = load_watchlist(path_of(file), text, known, shipped=self.shipped)
        if watchlist is not None and (beside := self.examples.get(file.name)):
            written = read_text(beside)
            if isinstance(written, Problem):
                problems = (*problems, written)
            else:
                signals, wrong = with_examples(watchlist.signals, path_of(beside), written)
                watchlist, problems = replace(watchlist, signals=signals), (*problems, *wrong)
        return _Candidate(
            file=file, text=text, csv=csv.read, watchlist=watchlist, problems=problems
        )

    def _failed_examples(self, candidates: Sequence[_Candidate]) -> dict[str, list[Problem]]:
        """Return the failed examples by file.

        All are tried at once, because a matcher for each file would cost 0.1 s.
        """
        untried = []
        for one in candidates:
            if one.watchlist is None or not _has_examples(one.watchlist):
                continue
            kept = self._find(one.file)
            if kept is None or kept[0] != self._version(one, one.watchlist):
                untried.append(one.watchlist)
        failed: dict[str, list[Problem]] = defaultdict(list)
        owners = {
            path_of(self.examples[one.file.name]): path_of(one.file)
            for one in candidates
            if one.file.name in self.examples
        }
        for problem in self._try(untried):
            path = problem.place.path
            failed[owners.get(path, path)].append(problem)
        return failed

    def _try(self, watchlists: Sequence[Watchlist]) -> Sequence[Problem]:
        return self.try_examples(watchlists) if self.try_examples and watchlists else ()

    def _take(self, candidate: _Candidate, failed: Sequence[Problem]) -> None:
        path, watchlist = path_of(candidate.file), candidate.watchlist
        self.problems += (*candidate.problems, *failed)
        if (
            watchlist is not None
            and not failed
            and self._is_new(watchlist, path)
            and self._may_replace(watchlist)
        ):
            self._keep(candidate.file, self._version(candidate, watchlist))
        else:
            watchlist = self._stale(candidate.file)
        if watchlist is None:
            self.fallen.append(_head_of_broken(path, candidate.text))
        else:
            self.watchlists[watchlist.id] = watchlist

    def _version(self, one: _Candidate, watchlist: Watchlist) -> Version:
        csv = {**self.shared_csv, **one.csv}
        passed = _trial_of(watchlist)
        return Version(text=one.text, shared=self.shared_text, passed=passed, csv=csv)

    def _may_replace(self, watchlist: Watchlist) -> bool:
        problem = None if self.shipped else _trouble_replacing(watchlist, self.taken)
        if problem is None:
            return True
        self.problems.append(problem)
        return problem.severity == "warning"

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
        watchlist, _ = self._load_version(file, version)
        if watchlist is None or watchlist.id in self.watchlists:
            return None
        if not version.passed and _has_examples(watchlist) and self._try([watchlist]):
            return None  # it was kept without trying its examples
        self.problems.append(stays_in_force(file, at))
        return replace(watchlist, stale=True)

    def _load_version(
        self, file: Path | Traversable, version: Version
    ) -> tuple[Watchlist | None, tuple[Problem, ...]]:
        path = path_of(file)
        groups: Groups = {}
        csv = CsvFiles(path, version.csv)
        if version.shared:
            groups, _ = load_shared(path, version.shared, replace(self.known, csv=csv))
        known = replace(self.known, shared={**self.known.shared, **groups}, csv=csv)
        return load_watchlist(path, version.text, known)

    def _find(self, file: Path | Traversable) -> tuple[Version, datetime] | None:
        if self.last_good is None or not isinstance(file, Path):
            return None
        return self.last_good.find(file)

    def _keep(self, file: Path | Traversable, version: Version) -> None:
        if self.last_good is not None and isinstance(file, Path):
            warnings = self.last_good.keep_or_warn(file, version)
            self.unkept |= bool(warnings)
            self.problems += warnings

    def _say(
        self, path: str, message: str, hint: str, *, line: int = 0, warning: bool = False
    ) -> None:
        self.problems.append(Place(path=path, line=line).problem(message, hint, warning=warning))


def _trial_of(watchlist: Watchlist) -> str:
    """Return a hash of the rules and the examples tried on them; "" without examples."""
    if not _has_examples(watchlist):
        return ""
    examples = [
        (signal.id, list(map(str, signal.should_match)), list(map(str, signal.should_not_match)))
        for signal in watchlist.signals
    ]
    return hashlib.sha256(f"{watchlist.fingerprint} {examples}".encode()).hexdigest()


def _head_of_broken(path: str, text: str) -> WatchlistHead:
    """Return id and title: old hits of the file still exist, and people know its old id."""
    document = read_document(path, text)
    values = {} if isinstance(document, Problem) else document.values
    id, title = values.get("id"), values.get("title")
    return WatchlistHead(
        id=id if isinstance(id, str) and re.fullmatch(ID, id) else Path(path).stem,
        title=title if isinstance(title, str) else "",
        place=Place(path=path),
    )


def _has_examples(watchlist: Watchlist) -> bool:
    return any(signal.should_match or signal.should_not_match for signal in watchlist.signals)
