"""Whether a watchlist of the user was edited since it was last found good, without reading a term.

`report` matches nothing and must not wait for the watchlists; but while a file is broken, every
run says so.
"""

from __future__ import annotations

from sigtrack.app.headings import head_of
from sigtrack.config import Settings
from sigtrack.model import Problem
from sigtrack.text.documents import read_text
from sigtrack.watch import shipped_watchlists
from sigtrack.watch.examples import EXAMPLES
from sigtrack.watch.last_good import LastGood


def is_any_edited(settings: Settings) -> bool:
    """True also for a file that no run has looked at yet, and for one that takes the place of a
    shipped one without saying so. A broken one is never found good."""
    kept = LastGood(settings.last_good)
    shipped = {file.stem for file in shipped_watchlists().glob("[!_.]*.toml")}
    for file in sorted(settings.watchlists.glob("[!.]*.toml")):
        if file.name.endswith(EXAMPLES):
            continue
        text, found = read_text(file), kept.find(file)
        if found is None or isinstance(text, Problem) or text != found[0].text:
            return True
        head = head_of(text)
        if head.get("id") in shipped and head.get("replaces") is not True:
            return True
    return False
