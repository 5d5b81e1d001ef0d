"""The catalogue of feeds: what is shipped, and on top of it what the user wrote.

A user's `feeds.toml` holds feeds of their own and changes to shipped ones: an entry with a shipped
id changes just the keys that it names. The shipped text is trusted (a test has seen it) and read
at every start; in the user's file every mistake is a `Problem` with line and cure, and an entry
with a mistake is left out. Editing is in `sigtrack.watch.feed_edits`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sigtrack.model import Feed, Problem, Role
from sigtrack.text import clean, mask_credentials, safe_link
from sigtrack.watch.documents import Document, is_there, path_of, read_document, read_text
from sigtrack.watch.feed_edits import changing_feeds
from sigtrack.watch.groups import did_you_mean
from sigtrack.watch.keys import LANGUAGE, Key
from sigtrack.watch.tables import Findings, Table

__all__ = ["changing_feeds", "feed_id_for", "load_feeds"]

FEED_KEYS = {
    key.name: key
    for key in (
        Key("id", "id", "Name of the source in reports and in `sources` of watchlists."),
        Key("url", "text", "An http or https address."),
        Key("title", "text", "What people call it."),
        Key("language", "text", "Of its items: en, ko, ja, zh-Hans, zh-Hant."),
        Key("country", "text", "Of the publisher: two capitals."),
        Key("role", "text", "Who speaks.", one_of=tuple(Role)),
        Key("paused", "text", "Why it is not fetched; false = it is fetched."),
        Key("removed", "text", "true takes a shipped feed away."),
        Key("allow_private", "text", "true lets the address be on the user's own network."),
        Key("note", "text", "For readers."),
    )
}
_FILE_KEYS = {
    key.name: key
    for key in (
        Key("format", "format", "Version of this format: 1."),
        Key("feed", "tables", "The feeds."),
    )
}
_LONGEST_ID = 40
_LONGEST_URL = 2_000
_NO_NAME = frozenset(
    (
        *("www", "www2", "www3", "rss", "feed", "feeds", "com", "org", "net", "info", "co", "or"),
        *("go", "ac", "gov", "edu", "ne", "kr", "jp", "cn", "tw", "hk", "uk", "eu", "us", "int"),
    )
)

Problems = tuple[Problem, ...]


def load_feeds(shipped_text: str, user_path: Path | None) -> tuple[tuple[Feed, ...], Problems]:
    """Shipped feeds in their order, then the user's own; and what is wrong, by line.

    `user_path` need not exist. A user's file that is no TOML changes nothing.
    """
    entries = {values["id"]: values for values in tomllib.loads(shipped_text)["feed"]}
    problems: Problems = ()
    if user_path is not None and is_there(user_path):
        theirs, problems = _load_user(user_path, entries)
        for feed_id, values in theirs.items():
            entries[feed_id] = {**entries.get(feed_id, {}), **values}
    feeds = (_feed(values) for values in entries.values() if not values.get("removed"))
    return tuple(feeds), problems


def feed_id_for(url: str, title: str, taken: Collection[str]) -> str:
    """A short id that is not taken: from the title if it is in Latin letters, else the host."""
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
        return ""  # mostly another script: what is left of it names nothing
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
        role=Role(values.get("role", Role.AGGREGATOR)),
        paused="paused by you" if paused is True else paused or None,
        allow_private=values.get("allow_private", False),
        note=values.get("note", ""),
    )


def _load_user(
    path: Path, shipped: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, dict[str, Any]], Problems]:
    text = read_text(path)
    document = text if isinstance(text, Problem) else read_document(path_of(path), text)
    if isinstance(document, Problem):
        return {}, (document,)
    found = Findings(problems=list(document.warnings))
    _check_file(document, found)
    entries: dict[str, dict[str, Any]] = {}
    for table in _tables(document, found):
        before = _errors(found)
        values = _entry(table, shipped)
        if values.get("id") in entries:
            table.found.say(
                table.place("id"),
                f'the id "{values["id"]}" is written twice',
                "give each feed an id of its own",
            )
        if _errors(found) == before:
            entries[values["id"]] = values
            _warn_of_twin(table, values, {**shipped, **entries})
    return entries, tuple(sorted(found.problems, key=lambda problem: problem.place.line))


def _errors(found: Findings) -> int:
    return sum(problem.severity == "error" for problem in found.problems)


def _check_file(document: Document, found: Findings) -> None:
    top = Table(document, document.values, (), _FILE_KEYS, found)
    moved = dict.fromkeys(FEED_KEYS, "write it below a heading [[feed]]")
    top.refuse_unknown_keys({**moved, "feeds": "each feed is headed [[feed]]"})
    if document.values.get("format", 1) != 1:
        found.say(
            document.place("format"), "this file is of a format that is not known", "format = 1"
        )


def _tables(document: Document, found: Findings) -> Iterator[Table]:
    feeds = document.values.get("feed", [])
    if not isinstance(feeds, list) or not all(isinstance(one, Mapping) for one in feeds):
        found.say(document.place("feed"), "feed holds no feeds", "head each feed [[feed]]")
        return
    for index, values in enumerate(feeds):
        yield Table(document, values, ("feed", index), FEED_KEYS, found)


def _entry(table: Table, shipped: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that the user wrote, checked."""
    table.refuse_unknown_keys({"name": "the name of a feed is its title", "lang": "write language"})
    values: dict[str, Any] = {"id": table.id()}
    for name in ("title", "note", "role", "language", "country"):
        if name in table.values:
            values[name] = table.text(name)
    for name in ("removed", "allow_private"):
        if name in table.values:
            values[name] = _yes_or_no(table, name)
    if "paused" in table.values:
        paused = table.values["paused"]
        values["paused"] = paused if isinstance(paused, bool) else table.text("paused")
    _check_codes(table, values)
    if "url" in table.values:
        values["url"] = _url(table)
    elif values["id"] and values["id"] not in shipped:
        hint = did_you_mean(values["id"], shipped, 'write url = "https://…"')
        table.found.say(table.place(), f'the feed "{values["id"]}" has no url', hint)
    return values


def _yes_or_no(table: Table, name: str) -> bool:
    value = table.values[name]
    if not isinstance(value, bool):
        table.found.say(table.place(name), f"{name} is true or false", f"write {name} = true")
        return False
    return value


def _check_codes(table: Table, values: dict[str, Any]) -> None:
    """Language and country; an empty text takes back what the shipped entry says."""
    for name, pattern, cure in (
        ("language", LANGUAGE, 'language = "ko", "zh-Hant"'),
        ("country", "[A-Z]{2}", 'two capitals: country = "KR"'),
    ):
        value = values.get(name)
        if value and not re.fullmatch(pattern, value):
            table.found.say(table.place(name), f'"{value[:60]}" is no {name}', cure)
        if value == "":
            values[name] = None
    if values.get("role") == "":
        del values["role"]


def _url(table: Table) -> str:
    value = table.values["url"]
    if not isinstance(value, str):
        return table.text("url")
    url = value.strip()
    if not safe_link(url) or not url.isprintable() or len(url) > _LONGEST_URL:
        shown = clean(mask_credentials(url))[:80]
        table.found.say(
            table.place("url"),
            f'"{shown}" is no address of a feed' if shown else "url is empty",
            "an address begins with http:// or https:// and holds no spaces",
        )
    return url


def _warn_of_twin(
    table: Table, values: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]
) -> None:
    url = values.get("url")
    for feed_id, other in entries.items():
        if url and other.get("url") == url and feed_id != values["id"]:
            table.found.say(
                table.place("url"),
                f"{values['id']} has the address of {feed_id}, so it is fetched twice",
                f"delete one, or write removed = true for {feed_id}",
                warning=True,
            )
            return
