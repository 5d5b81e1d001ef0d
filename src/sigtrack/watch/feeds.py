"""The catalogue of feeds: the shipped feeds, and the user's additions and changes.

A user's `feeds.toml` holds the user's own feeds and changes to shipped ones: an entry with a
shipped id changes only the keys that it names. The shipped text is trusted (a test has checked it)
and read at every start; in the user's file every mistake is a `Problem` with line and cure.

For every part of the file with a mistake, the last version without mistakes stays in force. If no
such version is known, an entry with a mistake is left out, and shipped feeds that the user may have
removed there are not fetched. Editing is in `feed_edits`.

An entry may say how its feed is asked: who asks, with what secrets, by what way. A secret is named,
not written: by a file or a variable of the environment. No message here repeats a value of
`headers` or `proxy`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sigtrack.frozen import frozen
from sigtrack.lexicon.zones import has_zone_data, known_zones, zone_of
from sigtrack.model import Access, Feed, Place, Problem, Role
from sigtrack.text import clean, mask_credentials, proxy_address, safe_link
from sigtrack.text.documents import (
    TomlDocument,
    did_you_mean,
    is_there,
    path_of,
    read_document,
    read_text,
)
from sigtrack.text.scripts import LANGUAGE
from sigtrack.watch.tables import GROUP, Findings, TomlTable, keys_of
from sigtrack.watch.versions import LastGood, Version, stays_in_force

ELSEWHERE = {
    "password": "write password_file or password_env: do not put the password into this file",
    "cookie": "write cookie_file or cookie_env: do not put the cookie into this file",
}
_NAMES = tuple(one.name for one in fields(Access))
_FILES = ("cookie_file", "password_file", "ca_file")
_PAIRS = (("cookie_file", "cookie_env"), ("password_file", "password_env"))
_MOST_HEADERS = 20
_LONGEST_HEADER = 2_000
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OURS = frozenset(  # these say what we can do, or where a message ends
    (
        *("host", "connection", "keep-alive", "content-length", "transfer-encoding", "te"),
        *("trailer", "upgrade", "expect", "range", "accept-encoding", "proxy-authorization"),
        *("proxy-connection", "if-none-match", "if-modified-since", "user-agent", "cookie"),
    )
)


def access_values(table: TomlTable) -> dict[str, Any]:
    """The keys of a feed that say how it is asked, checked; those alone that were written."""
    values: dict[str, Any] = {}
    for name in _NAMES:
        if name in table.values:
            values[name] = _value(table, name)
    for one, other in _PAIRS:
        if values.get(one) and values.get(other):
            table.mistake(f"{one} and {other} are both here", "keep one", other)
    return values


def _value(table: TomlTable, name: str) -> Any:
    if name == "timeout":
        return table.whole(name, 0) or None
    if name == "headers":
        return tuple(_headers(table))
    if not table.text(name):
        return ""
    text = table.values[name].strip()  # a secret may hold what `clean` would mend
    wrong, cure = _mistake(name, text)
    if wrong:
        table.mistake(wrong, cure, name)
    return text


def _mistake(name: str, text: str) -> tuple[str, str]:
    """What is wrong with the text of a key, and the cure."""
    if not text.isprintable():
        return f"{name} has characters that cannot be printed", "write it again"
    if name == "proxy" and not proxy_address(text):
        return (
            "proxy is not the address of a proxy",
            "write http://host:port; in a password / is written %2F, @ %40, # %23 and % %25",
        )
    if name in _FILES and not text.startswith(("/", "~")):
        return f"{name} is not a whole path", "begin it with / or ~: cron runs in another folder"
    if name.endswith("_env") and not _VARIABLE.fullmatch(text):
        return f"{name} is not the name of a variable", 'write it like "HARBOUR_SECRET"'
    if name == "user" and ":" in text:
        return "a user has no colon in the name", "write the part before it"
    return "", ""


def _headers(table: TomlTable) -> Iterator[tuple[str, str]]:
    written = table.values["headers"]
    cure = 'write headers = { "Accept-Language" = "ko" }'
    if not isinstance(written, Mapping) or len(written) > _MOST_HEADERS:
        wrong = f"headers is a table of at most {_MOST_HEADERS} texts"
        table.mistake(wrong, cure, "headers")
        return
    for name, value in written.items():
        shown = clean(name)[:60]
        if not _HEADER.fullmatch(name):
            wrong = f'"{shown}" is not the name of a header'
        elif name.lower() in _OURS:
            wrong, cure = f"{shown} is not written here", _PLACE.get(name.lower(), "leave it out")
        elif not _is_sendable(value):
            wrong = f"the value of {shown} cannot be sent"
        else:
            yield name, value.strip()
            continue
        table.mistake(wrong, cure, "headers")


def _is_sendable(value: object) -> bool:
    return (
        isinstance(value, str)
        and bool(value.strip())
        and value.isprintable()
        and len(value) <= _LONGEST_HEADER
    )


_PLACE = {"user-agent": "write user_agent", "cookie": "write cookie_file or cookie_env"}


_LONGEST_ID = 40
_LONGEST_URL = 2_000
_NO_NAME = frozenset(
    (
        *("www", "www2", "www3", "rss", "feed", "feeds", "com", "org", "net", "info", "co", "or"),
        *("go", "ac", "gov", "edu", "ne", "kr", "jp", "cn", "tw", "hk", "uk", "eu", "us", "int"),
    )
)

_HELD = "not fetched while feeds.toml has mistakes, because there is no good version of it"

Problems = tuple[Problem, ...]
Entries = Mapping[str, Mapping[str, Any]]  # the written keys, by id


@frozen
class LoadedFeeds:
    """Shipped feeds in their order, then the user's own, and all problems by line.

    `broken`: there is a mistake for which no good version is in force.
    """

    feeds: tuple[Feed, ...]
    problems: Problems = ()
    broken: bool = False


def load_feeds(
    shipped_text: str, user_path: Path | None, *, last_good: Path | None = None
) -> LoadedFeeds:
    """Return the feeds in force. `user_path` need not exist.

    `last_good` is a state folder for the good version of the user's file; None keeps nothing.
    """
    shipped = _shipped_entries(shipped_text)
    if user_path is None or not is_there(user_path):
        return LoadedFeeds(feeds=_merged(shipped, {}))
    kept = LastGood(last_good) if last_good else None
    before = kept.find(user_path) if kept else None
    text = read_text(user_path)
    is_blank = isinstance(text, str) and not text.strip()
    if is_blank and before and _read_user(user_path, before[0].text, shipped).entries:
        text = Place(path=path_of(user_path)).problem(
            "this file is empty", "restore it, or delete it to use the shipped feeds"
        )
    read = _read_user(user_path, text, shipped)
    if read.is_good:
        assert isinstance(text, str)
        unkept = kept.keep_or_warn(user_path, Version(text=text)) if kept else ()
        return LoadedFeeds(feeds=_merged(shipped, read.entries), problems=(*read.problems, *unkept))
    if before is None:
        held = _held(read, shipped)
        told = (_tell_held(user_path, len(held)),) if held else ()
        feeds = _merged(shipped, {**held, **read.entries})
        return LoadedFeeds(feeds=feeds, problems=(*read.problems, *told), broken=True)
    old = _read_user(user_path, before[0].text, shipped).entries
    stay = {id: values for id, values in old.items() if id not in read.entries}
    part = "" if read.is_unreadable else "where an entry has a mistake or is gone, "
    is_uncovered = read.mistaken - old.keys() or (read.is_any_id_lost and not stay)
    return LoadedFeeds(
        feeds=_merged(shipped, {**read.entries, **stay}),
        problems=(*read.problems, stays_in_force(user_path, before[1], part)),
        broken=bool(is_uncovered) and not read.is_unreadable,
    )


@lru_cache(maxsize=1)
def _shipped_entries(text: str) -> Entries:
    return {one["id"]: one for one in tomllib.loads(text)["feed"]}


@dataclass(slots=True)
class _UserFile:
    """The correct entries of the user's file, and which entries may be lost.

    `by_address` are ids of the entries with an address, the first of each.
    `mistaken` are ids of entries with a mistake. `is_any_id_lost`: the id of some entry cannot be
    read. `is_any_change_lost`: such an entry may have been a change to any shipped feed.
    """

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_address: dict[str, str] = field(default_factory=dict)
    problems: Problems = ()
    mistaken: set[str] = field(default_factory=set)
    is_any_id_lost: bool = False
    is_any_change_lost: bool = False
    is_unreadable: bool = False

    @property
    def is_good(self) -> bool:
        return not any(problem.severity == "error" for problem in self.problems)


def _merged(shipped: Entries, theirs: Entries) -> tuple[Feed, ...]:
    entries = dict(shipped)
    for id, values in theirs.items():
        entries[id] = {**shipped.get(id, {}), **values}
    return tuple(_feed(values) for values in entries.values() if not values.get("removed"))


def _held(read: _UserFile, shipped: Entries) -> dict[str, dict[str, Any]]:
    """Return shipped feeds that the user may have changed, paused until the file is corrected."""
    ids = shipped.keys() if read.is_any_change_lost else shipped.keys() & read.mistaken
    active = [id for id, values in shipped.items() if id in ids and not values.get("paused")]
    return {id: {"id": id, "paused": _HELD} for id in active if id not in read.entries}


def _tell_held(path: Path, number: int) -> Problem:
    what = "1 shipped feed is" if number == 1 else f"{number} shipped feeds are"
    return Place(path=path_of(path)).problem(
        f"{what} not fetched, because this file may have changed or removed shipped feeds",
        "correct its errors, or delete the file to use the shipped feeds",
        warning=True,
    )


def feed_id_for(url: str, title: str, taken: Collection[str]) -> str:
    """Return a short id that is not taken: from a title in Latin letters, or else the host."""
    name = _slug(title)
    if len(name) < 3:
        name = _slug(_host_name(url)) or name or "feed"
    if name not in taken:
        return name
    numbered = [f"{name}-{number}" for number in range(2, 30)]
    numbered += [f"{name}-{sha256(f'{url} {more}'.encode()).hexdigest()[:8]}" for more in range(9)]
    return next(free for free in numbered if free not in taken)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    letters = sum(char.isalpha() for char in text)
    if sum(char.isalpha() for char in plain) * 2 < letters:
        return ""  # mostly another script: the rest would be no useful name
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > _LONGEST_ID:
        slug = slug[: _LONGEST_ID + 1].rpartition("-")[0] or slug[:_LONGEST_ID]
    return slug


def _host_name(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    labels = [label for label in host.split(".") if label not in _NO_NAME]
    return "-".join(labels)


def _feed(values: Mapping[str, Any]) -> Feed:
    paused = values.get("paused")
    return Feed(
        id=values["id"],
        url=values["url"],
        title=values.get("title", ""),
        language=values.get("language"),
        country=values.get("country"),
        timezone=values.get("timezone"),
        role=Role(values.get("role", Role.AGGREGATOR)),
        group=values.get("group", ""),
        paused="paused by you" if paused is True else paused or None,
        allow_private=values.get("allow_private", False),
        note=values.get("note", ""),
        access=Access(**{name: values[name] for name in _NAMES if name in values}),
    )


def _read_user(path: Path, text: str | Problem, shipped: Entries) -> _UserFile:
    document = read_document(path_of(path), text, headings="[[feed]]")
    if isinstance(document, Problem):
        return _UserFile(problems=(document,), is_any_change_lost=True, is_unreadable=True)
    found = Findings(problems=list(document.warnings))
    read = _UserFile()
    tables = _tables(document, found)
    read.is_any_id_lost = read.is_any_change_lost = found.errors > 0
    for table in tables:
        before = found.errors
        values = _entry(table, shipped)
        id = values["id"]
        if id in read.entries:
            table.mistake(
                f'the id "{id}" is written twice', "give each feed an id of its own", "id"
            )
        elif found.errors == before:
            read.entries[id] = values
            _warn_of_twin(table, values, shipped, read)
        elif id and (id in shipped or "url" in table.values):
            read.mistaken.add(id)
        else:
            read.is_any_id_lost = True
            read.is_any_change_lost |= "url" not in table.values
    read.problems = tuple(sorted(found.problems, key=lambda problem: problem.place.line))
    return read


def _tables(document: TomlDocument, found: Findings) -> list[TomlTable]:
    """Return the tables of the feeds, after checking the top of the file."""
    top = TomlTable(document, document.values, (), keys_of("feeds"), found)
    moved = dict.fromkeys(keys_of("feed"), "write it below a heading [[feed]]")
    top.refuse_unknown_keys({**moved, "feeds": "write [[feed]] above each feed"})
    if document.values.get("format", 1) != 1:
        top.mistake("this file has an unknown format", "write format = 1", "format")
    return top.tables("feed")


def _entry(table: TomlTable, shipped: Entries) -> dict[str, Any]:
    """Return the keys that the user wrote, checked."""
    elsewhere = {"name": "the name of a feed is its title", "lang": "write language"}
    table.refuse_unknown_keys({**elsewhere, **ELSEWHERE})
    values: dict[str, Any] = {"id": table.id()}
    for name in ("title", "note", "role", "group", "language", "country", "timezone"):
        if name in table.values:
            values[name] = table.text(name)
    for name in ("removed", "allow_private"):
        if name in table.values:
            values[name] = table.flag(name)
    if "paused" in table.values:
        paused = table.values["paused"]
        values["paused"] = paused if isinstance(paused, bool) else table.text("paused")
    _check_codes(table, values)
    values |= access_values(table)
    if "url" in table.values:
        values["url"] = _url(table)
    elif values["id"] and values["id"] not in shipped:
        hint = did_you_mean(values["id"], shipped, 'write url = "https://…"')
        table.mistake(f'the feed "{values["id"]}" has no url', hint)
    return values


def _check_codes(table: TomlTable, values: dict[str, Any]) -> None:
    """Check language, country, group and time zone. An empty text removes the shipped value."""
    for name, pattern, cure in (
        ("language", LANGUAGE, 'language = "ko", "zh-Hant"'),
        ("country", "[A-Z]{2}", 'two capitals: country = "KR"'),
        ("group", GROUP, 'letters, digits and hyphens: group = "japan"'),
    ):
        value = values.get(name)
        if value and not re.fullmatch(pattern, value):
            table.mistake(f'"{value[:60]}" is not a {name}', cure, name)
        if value == "" and name != "group":
            values[name] = None
    zone = values.get("timezone")
    if zone and zone_of(zone) is None:
        shown = clean(zone)[:60]
        table.mistake(
            f'"{shown}" is not a time zone known here',
            timezone_hint(zone, told=len(table.found.problems)),
            "timezone",
        )
    if zone == "":
        values["timezone"] = None
    if values.get("role") == "":
        del values["role"]


def timezone_hint(name: str, *, told: int = 0) -> str:
    """Return what to write instead of an unknown zone; `told` as in `did_you_mean`."""
    hint = did_you_mean(name, known_zones(), 'write it like "Asia/Seoul"', told=told)
    return hint if has_zone_data() else f"{hint}; for other zones install tzdata on this machine"


def _url(table: TomlTable) -> str:
    value = table.values["url"]
    if not isinstance(value, str):
        return table.text("url")
    url = value.strip()
    if not safe_link(url) or not url.isprintable() or len(url) > _LONGEST_URL:
        shown = clean(mask_credentials(url))[:80]
        table.mistake(
            f'"{shown}" is not the address of a feed' if shown else "url is empty",
            "an address begins with http:// or https:// and holds no spaces",
            "url",
        )
    return url


def _warn_of_twin(
    table: TomlTable, values: Mapping[str, Any], shipped: Entries, read: _UserFile
) -> None:
    id, url = values["id"], values.get("url")
    if not url:
        return
    unchanged = (one for one in shipped if one not in read.entries)
    twin = next((one for one in unchanged if shipped[one].get("url") == url), None)
    twin = twin or read.by_address.setdefault(url, id)
    if twin != id:
        table.mistake(
            f"{id} has the address of {twin}, so it is fetched twice",
            f"delete one, or write removed = true for {twin}",
            "url",
            warning=True,
        )
