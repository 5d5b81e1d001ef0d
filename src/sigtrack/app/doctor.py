"""`sigtrack doctor`: checks every part of the installation and changes nothing.

Only `online` contacts another machine: the mail server, up to the login.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from sigtrack.app.digest.letter import NO_FETCH, is_silent
from sigtrack.app.digest.planning import PlannedDigest, no_way_out, plans_of, stale_names
from sigtrack.app.digest.sending import server_of
from sigtrack.app.feeds import FeedStanding, standings
from sigtrack.app.in_force import InForce
from sigtrack.app.intake import INSTALL, installed_encoder
from sigtrack.config import Settings, smtp_password
from sigtrack.deliver import Unreachable, by_mail
from sigtrack.errors import NoStore, SigtrackError
from sigtrack.frozen import frozen
from sigtrack.lexicon.zones import has_zone_data
from sigtrack.model import Actor, Problem, Report, Table, columns_of
from sigtrack.store import files_of_store, is_on_server, open_store, shown_place, unwritable
from sigtrack.store.sql import Store
from sigtrack.text import clean, mask_credentials, mask_proxy
from sigtrack.text.documents import read_text
from sigtrack.views.hits import count

State = Literal["fine", "note", "wrong"]
_COLUMNS = columns_of("part|key", "state", "finding|main whole")
_SEVERAL = 3  # failures in a row
_MAY_WRITE = "run as its owner, or change its permissions"
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@frozen(kw_only=False)
class Finding:
    """`hint` says how to mend what is wrong."""

    part: str
    state: State
    finding: str
    hint: str = ""


def examine(settings: Settings, environment: Mapping[str, str], *, online: bool) -> list[Finding]:
    """Return all findings. `wrong` marks those that keep some part from working."""
    files = InForce(settings)
    findings = [_config(settings), *_watchlists(files), *_actors(files)]
    findings += (
        *_told("feeds", files.catalogue.problems),
        *_zones(),
        _semantic(),
        *_full_texts(settings),
    )
    findings += (*_state(settings), *_stored(settings, files))
    findings += _mail(settings, files, online=online)
    findings += (*_opinions(settings), *_proxy(environment))
    findings += _secrets(settings, files)
    return findings


def report_of(findings: Sequence[Finding]) -> Report:
    told = ((one, "; ".join(filter(None, (one.finding, one.hint)))) for one in findings)
    rows = tuple((one.part, one.state, mask_credentials(text)) for one, text in told)
    records = tuple(
        {field: mask_credentials(said) for field, said in asdict(one).items()} for one in findings
    )
    table = Table(
        columns=_COLUMNS,
        rows=rows,
        emphasis=tuple("urgent" if one.state == "wrong" else "" for one in findings),
    )
    return Report(blocks=(table,), records=records)


def _config(settings: Settings) -> Finding:
    path, is_there = clean(settings.config.value), Path(settings.config.value).exists()
    text = path if is_there else f"no file at {path}, so defaults are used"
    return Finding("config", "fine", text)


def _watchlists(files: InForce) -> Iterator[Finding]:
    index = files.index
    yield from _told("watchlists", index.problems)
    signals = sum(len(watchlist.signals) for watchlist in index.watchlists)
    text = f"{count(len(index.watchlists), 'watchlist')} in force, {count(signals, 'signal')}"
    yield Finding("watchlists", "fine", text)


def _actors(files: InForce) -> Iterator[Finding]:
    actors = files.index.actors
    stale = unverified(actors, files.now.date())
    if not stale:
        yield Finding("actors", "fine", f"{len(actors)} known")
        return
    ids = ", ".join(actor.id for actor in stale[:5]) + (", ..." if len(stale) > 5 else "")
    text = f"{count(len(stale), 'office holder')} not verified for a year: {ids}"
    hint = "correct what has changed in actors.toml of the config folder, with checked = a month"
    yield Finding("actors", "note", text, hint=hint)


def _told(part: str, problems: Iterable[Problem]) -> Iterator[Finding]:
    for problem in problems:
        yield Finding(part, "wrong" if problem.severity == "error" else "note", str(problem))


def _zones() -> Iterator[Finding]:
    if not has_zone_data():
        text = "this machine has no time zone data, so summer time is not known"
        yield Finding("zones", "note", text, hint="install tzdata")


def _semantic() -> Finding:
    if encoder := installed_encoder():
        text = f"titles of two languages are compared by their meaning as well: {encoder.version}"
        return Finding("semantic", "fine", text)
    text = "the extra is not installed, so titles of two languages are compared by names and acts"
    return Finding("semantic", "fine", text, hint=INSTALL)


def _full_texts(settings: Settings) -> Iterator[Finding]:
    if settings.full_text.value == "off":
        return
    from sigtrack.app import full_texts  # which loads the network code

    if full_texts.can_read_full_texts():
        yield Finding("full texts", "fine", "fetch reads the pages of items with a hit")
    else:
        text = 'full_text = "hits" does nothing, because its extra is not installed'
        yield Finding("full texts", "wrong", text, hint=full_texts.INSTALL)


def _state(settings: Settings) -> Iterator[Finding]:
    if what := unwritable(str(settings.last_good / "file")):
        text = (
            "good versions of files cannot be kept, because this user may not write "
            f"to {clean(what)}"
        )
        yield Finding("state", "wrong", text, hint=_MAY_WRITE)


def _stored(settings: Settings, files: InForce) -> Iterator[Finding]:
    if is_on_server(settings.db.value):
        yield from _opened(settings, files)
        return
    what = unwritable(settings.db.value)
    if what is not None:
        text = f"fetch cannot store anything, because this user may not write to {clean(what)}"
        yield Finding("database", "wrong", text, hint=_MAY_WRITE)
    if not os.access(settings.db.value, os.F_OK):
        if what is not None:
            return
        text = f"there is no database yet at {clean(settings.db.value)}"
        yield Finding("database", "note", text, hint="begin with: sigtrack fetch")
        return
    path = Path(settings.db.value)
    if path.is_file() and path.stat().st_size == 0:
        text = f"{clean(settings.db.value)} is empty, and will be used as a new one"
        hint = "if you expected a database there, put a backup in its place"
        yield Finding("database", "wrong", text, hint=hint)
        return
    yield from _opened(settings, files)


def _opened(settings: Settings, files: InForce) -> Iterator[Finding]:
    try:
        with open_store(settings.db.value, mode="read") as store:
            yield from _database(store)
            yield from _feeds(store, files)
            yield from _outbox(store)
    except NoStore as error:
        yield Finding("database", "note", error.message, hint=error.hint)
    except SigtrackError as error:
        yield Finding("database", "wrong", error.message, hint=error.hint)


def _database(store: Store) -> Iterator[Finding]:
    for wrong in store.check():
        hint = "restore a backup"
        yield Finding("database", "wrong", f"{store.name}: {wrong}", hint=hint)
    census = store.census()
    text = f"{count(census.items, 'item')}, {census.size / 1e6:,.1f} MB in {store.name}"
    yield Finding("database", "fine", text)


def _feeds(store: Store, files: InForce) -> Iterator[Finding]:
    now, active = files.now, [feed for feed in files.catalogue.feeds if not feed.paused]
    yield Finding("feeds", "fine", f"{len(active)} active")
    known, run = standings(active, store, now), store.last_run("fetch")
    if run and known and not any(one.state.answered_at for one in known):
        yield Finding("feeds", "note", "none has answered yet", hint="sigtrack fetch says why")
    for what, some in _ailing(known, now).items():
        ids = ", ".join(one.feed.id for one in some[:5]) + (", ..." if len(some) > 5 else "")
        text = f"{len(some)} {what}: {ids}"
        yield Finding("feeds", "note", text, hint="see: sigtrack feeds list --all")
    if run is None:
        yield Finding("fetch", "note", "never run", hint="try: sigtrack fetch")
        return
    text = f"last run {run.began.astimezone(files.zone):%Y-%m-%d %H:%M}"
    if now - run.began >= NO_FETCH:
        yield Finding("fetch", "wrong", text, hint="sigtrack cron prints lines that run it")
    else:
        yield Finding("fetch", "fine", text)


def _ailing(feeds: Sequence[FeedStanding], now: datetime) -> dict[str, list[FeedStanding]]:
    """Return feeds by their trouble, in the words of the finding; each feed once."""
    found: dict[str, list[FeedStanding]] = {}
    for one in feeds:
        if is_silent(one.feed, {one.feed.id: one.state}, now):
            found.setdefault("without an answer for a day", []).append(one)
        elif one.state.failures >= _SEVERAL:
            found.setdefault(f"failed {_SEVERAL} times or more in a row", []).append(one)
        elif one.frozen:
            found.setdefault("without news for four times as long as usual", []).append(one)
    return found


def _outbox(store: Store) -> Iterator[Finding]:
    for mail in store.waiting():
        waiting = [one for one in mail.deliveries if one.state == "waiting"]
        reason = next((one.reason for one in waiting if one.reason), "not tried yet")
        text = f"mail {mail.number} waits for {count(len(waiting), 'recipient')}: {reason}"
        yield Finding("outbox", "note", text, hint="try: sigtrack digest --pending")


def _mail(settings: Settings, files: InForce, *, online: bool) -> Iterator[Finding]:
    digests = list(settings.digests.values())
    for name, problems in settings.broken_digests.items():
        yield from _told(f"digest {clean(name)}", problems)
    if not digests and not settings.broken_digests:
        hint = "sigtrack config init writes a config that shows how"
        yield Finding("digests", "note", "none is named", hint=hint)
    if not digests and not settings.mail.host:
        return
    for plan in plans_of(settings) if digests else ():
        yield from _digest(plan, files)
    if settings.mail.host:
        yield _server(settings, online=online)
    elif os.access(settings.mail.sendmail, os.X_OK):  # else each digest says what is missing
        yield Finding("mail", "fine", f"is sent by {clean(settings.mail.sendmail)}")


def _digest(plan: PlannedDigest, files: InForce) -> Iterator[Finding]:
    part = f"digest {plan.settings.name}"
    known = list(files.index.headings.watchlists)
    obstacles = stale_names(plan, known) + no_way_out(plan)
    yield from _told(part, obstacles)
    if not obstacles:
        whom = count(len(plan.recipients), "recipient")
        yield Finding(part, "fine", f"{whom}, from {plan.sender or 'nobody'}")


def _server(settings: Settings, *, online: bool) -> Finding:
    mail = settings.mail
    where = f"{mail.host}:{mail.port}, {mail.security}"
    try:
        password = smtp_password(settings) if mail.user else None
    except SigtrackError as error:
        return Finding("mail", "wrong", error.message, hint=error.hint)
    if mail.user and password is None:
        hint = "set SIGTRACK_SMTP_PASSWORD or SIGTRACK_SMTP_PASSWORD_FILE"
        return Finding("mail", "wrong", f"no password for {mail.user}", hint=hint)
    login = f", as {mail.user} (password: {password.origin})" if password else ""
    if not online:
        return Finding("mail", "fine", f"is sent by {where}{login}", hint="--online tries it")
    try:
        by_mail.check(server_of(mail, password.value if password else ""))
    except Unreachable as error:
        return Finding("mail", "wrong", error.reason)
    return Finding("mail", "fine", f"{where} accepts us{login}")


def _opinions(settings: Settings) -> Iterator[Finding]:
    asked = settings.opinions
    if not asked.url:
        return
    for problem in asked.obstacles():
        yield Finding("opinions", "wrong", problem.message, hint=problem.hint)
    if not asked.obstacles():
        text = f"{clean(asked.model)} is asked at {clean(asked.endpoint)}"
        yield Finding("opinions", "fine", text)


def _proxy(environment: Mapping[str, str]) -> Iterator[Finding]:
    proxies = dict.fromkeys(environment[name] for name in _PROXIES if environment.get(name))
    if proxies:
        names = ", ".join(mask_proxy(clean(proxy)) for proxy in proxies)
        text = f"feeds are fetched through {names}, which decides what addresses can be reached"
        yield Finding("proxy", "note", text)


def _secrets(settings: Settings, files: InForce) -> Iterator[Finding]:
    by_group = stat.S_IRGRP | stat.S_IROTH
    if any(digest.notify for digest in settings.digests.values()):
        yield from _readable(
            Path(settings.config.value), "the addresses of chat services", by_group
        )
    text = read_text(settings.feeds)
    feeds = files.catalogue.feeds
    has_secret_headers = any(feed.access.headers for feed in feeds)
    if has_secret_headers or (isinstance(text, str) and mask_credentials(text) != text):
        yield from _readable(settings.feeds, "passwords of feeds", by_group)
    for feed in feeds:
        for file in filter(None, (feed.access.cookie_file, feed.access.password_file)):
            with suppress(RuntimeError):  # no such home; `fetch` says so
                yield from _readable(Path(file).expanduser(), f"a secret of {feed.id}", by_group)
    if settings.password_file.value:
        yield from _readable(Path(settings.password_file.value), "the password of mail", by_group)
    if settings.opinions.key_file:
        yield from _readable(Path(settings.opinions.key_file), "the key of opinions", by_group)
    with suppress(SigtrackError):  # reported above
        for database in files_of_store(settings.db.value)[:1]:
            yield from _readable(database, "items, hits and who gets mail", stat.S_IROTH)
    if shown_place(settings.db.value) != settings.db.value:
        yield from _readable(Path(settings.config.value), "the password of the database", by_group)


def _readable(path: Path, holds: str, bits: int) -> Iterator[Finding]:
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if mode & bits:
        who = "every user of this machine" if mode & stat.S_IROTH else "its group"
        yield Finding(
            part="secrets",
            state="note",
            finding=f"{clean(str(path))} holds {holds}, and {who} may read it",
            hint=f"chmod 600 {shlex.quote(clean(str(path)))}",
        )


STALE_AFTER = timedelta(days=365)


def unverified(actors: Mapping[str, Actor], today: date) -> list[Actor]:
    """Return persons in office whose `checked` is missing or older than a year, by id."""
    found = [
        actor
        for actor in actors.values()
        if actor.kind == "person"
        and any(tenure.until is None or today < tenure.until for tenure in actor.tenures)
        and today - _last_day(actor.checked) > STALE_AFTER
    ]
    return sorted(found, key=lambda actor: actor.id)


def _last_day(checked: str) -> date:
    """Return the last day of "2026", the 28th of "2026-02", or the day "2026-02-03"; long ago for
    what was never checked."""
    if not checked:
        return date.min
    year, month, day = (*map(int, checked.split("-")), 0, 0)[:3]
    return date(year, month or 12, day or 28)
