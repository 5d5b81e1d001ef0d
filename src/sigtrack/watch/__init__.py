"""Watchlists and catalogues: what the user wrote, loaded and checked.

Every mistake in a file becomes a `Problem` with file, line and cure; all are shown at once.
"""

from importlib.resources import files


def shipped_text(name: str) -> str:
    """One of the catalogues that travel with the program: "feeds.toml", "actors.toml", ..."""
    return (files("sigtrack") / "data" / name).read_text(encoding="utf-8")
