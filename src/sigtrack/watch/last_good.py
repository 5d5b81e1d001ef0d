"""The last version of each file without mistakes, kept beside the store.

An analyst who breaks a watchlist at night must not lose the hits of the morning, or get back the
feeds that she had removed. So the last good text stays in force while her file is broken. A version
is a JSON file that also holds the text of `_shared.toml` at that time, because a watchlist is good
only together with its groups.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.resources.abc import Traversable
from pathlib import Path

from sigtrack import files
from sigtrack.model import Place, Problem
from sigtrack.text.documents import path_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A good version of a file.

    `passed` is the fingerprint of the rules under which the examples passed; "" if there are no
    examples, or if they were not tried (versions of 2026-11 and before).
    """

    text: str
    shared: str = ""
    passed: str = ""
    csv: Mapping[str, str] = field(default_factory=dict)  # texts of the CSV files that it names


@dataclass(frozen=True, slots=True)
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
            reason = (error.strerror or str(error)).lower()
            warning = Problem(
                message=f"good versions of your files cannot be kept here, {reason}",
                hint="make the folder writable; until then there is no good version to fall back "
                "on",
                place=Place(path=path_of(self.folder)),
                severity="warning",
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
    return Problem(
        message=f"{what}the last good version, of {at:%Y-%m-%d %H:%M} UTC, stays in force",
        hint="correct the errors of this file, so that your changes take effect",
        place=Place(path=path_of(file)),
        severity="warning",
    )
