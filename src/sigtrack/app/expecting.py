"""Whether any watchlist of the user expects something, without reading a term.

`report` asks this first: most users expect nothing, and their report must not wait for it.
"""

from __future__ import annotations

from sigtrack.config import Settings

_MARK = "[[expect]]"


def expects_anything(settings: Settings) -> bool:
    """The shipped lists hold no expectations; files that cannot be read hold none either."""
    for file in sorted(settings.watchlists.glob("[!_.]*.toml")):
        try:
            if _MARK in file.read_text(encoding="utf-8", errors="replace"):
                return True
        except OSError:
            continue
    return False
