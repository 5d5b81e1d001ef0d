"""Watchlists and catalogues: the files of the user, loaded and checked.

Every mistake in a file becomes a `Problem` with file, line and cure; all problems are shown at
once.
"""

from pathlib import Path

MOST_FILES = 500  # watchlists in a folder
SHARED = "_shared.toml"  # the groups that its watchlists share
_PACKAGE = Path(__file__).parents[1]


def shipped_text(name: str) -> str:
    """Return the text of a shipped catalogue: "feeds.toml", "actors.toml", ..."""
    return (_PACKAGE / "data" / name).read_text(encoding="utf-8")


def shipped_watchlists() -> Path:
    """Return the folder of the shipped watchlists: in the wheel, or at the top of a checkout."""
    inside = _PACKAGE / "watchlists"
    return inside if inside.is_dir() else _PACKAGE.parents[1] / "watchlists"
