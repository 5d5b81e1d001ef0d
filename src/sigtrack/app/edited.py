"""Whether a watchlist of the user was edited since it was last found good, without reading a term.

`report` matches nothing and must not wait for the watchlists; but while a file is broken, every
run says so.
"""

from __future__ import annotations

from sigtrack.config import Settings
from sigtrack.text.documents import read_text
from sigtrack.watch.last_good import LastGood


def is_any_edited(settings: Settings) -> bool:
    """True also for a file that no run has looked at yet; a broken one is never found good."""
    kept = LastGood(settings.last_good)
    for file in sorted(settings.watchlists.glob("[!.]*.toml")):
        found = kept.find(file)
        if found is None or read_text(file) != found[0].text:
            return True
    return False
