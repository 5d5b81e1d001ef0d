"""`sigtrack rematch`: match stored items with the present watchlists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from types import MappingProxyType

from sigtrack.app.hits import count
from sigtrack.app.intake import match_pending
from sigtrack.app.readings import Progress
from sigtrack.app.rules import Rules
from sigtrack.app.window import moment_of
from sigtrack.model import Feed, Note, Report
from sigtrack.store import Store


def rematch(
    store: Store,
    rules: Rules,
    feeds: Sequence[Feed],
    *,
    zones: Mapping[str, str] = MappingProxyType({}),
    since: str | None = None,
    now: datetime,
    zone: tzinfo,
    progress: Progress | None = None,
) -> Report:
    """Match what some watchlist has not seen in its present form, and items of feeds whose time
    zone in `zones` has changed. Readings by older rules are renewed.

    With `since`, earlier items keep their hits; "all" matches everything again. The stories of
    items that are matched again are formed again as well.
    """
    run = store.begin_run("rematch", now)
    store.keep_zones(zones)
    moment = moment_of(since, now, zone) if since and since != "all" else None
    store.renew_readings(rules.readings.fingerprints, moment)
    if since:
        store.match_from(rules.index.fingerprints(), moment)
        store.untell(moment)
    waiting = store.pending(rules.index.fingerprints())
    unread = store.unread_count(rules.readings.fingerprints)
    new = match_pending(store, rules, feeds, now, progress, renew=True)
    store.finish_run(run, now)
    done = [f"{count(waiting, 'revision')} matched, {count(new, 'hit')} new"] if waiting else []
    done += [f"{count(unread, 'revision')} read again"] if unread else []
    nothing = "nothing to match: every item has been matched with the watchlists as they are"
    record = {"matched": waiting, "new_hits": new, "read": unread}
    return Report(blocks=(Note(text="; ".join(done) or nothing),), records=(record,))
