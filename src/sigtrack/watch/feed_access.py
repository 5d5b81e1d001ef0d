"""What `feeds.toml` may say of how one feed is asked: who asks, with what secrets, by what way.

A secret is named, not written: by a file or a variable of the environment. No message here repeats
a value of `headers` or `proxy`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sigtrack.model import Access
from sigtrack.text import clean, proxy_address
from sigtrack.watch.keys import Key
from sigtrack.watch.tables import TomlTable

ACCESS_KEYS = (
    Key("user_agent", "text", "Who asks, in place of sigtrack/…", most=200),
    Key("headers", "table", 'More headers: { "Accept-Language" = "ko" }.'),
    Key("cookie_file", "text", "A file; its first line is sent as Cookie."),
    Key("cookie_env", "text", "The same from a variable of the environment."),
    Key("user", "text", "Who logs in (basic authentication).", most=200),
    Key("password_file", "text", "A file; its first line is the password of user."),
    Key("password_env", "text", "The same from a variable of the environment."),
    Key("proxy", "text", 'http://host:port; "" goes there directly.'),
    Key("ca_file", "text", "PEM file of the authorities that are trusted for this feed."),
    Key("timeout", "whole", "Seconds for everything about this feed.", least=1),
)
ELSEWHERE = {
    "password": "write password_file or password_env: do not put the password into this file",
    "cookie": "write cookie_file or cookie_env: do not put the cookie into this file",
}
_NAMES = tuple(key.name for key in ACCESS_KEYS)
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
            table.found.say(table.place(other), f"{one} and {other} are both here", "keep one")
    return values


def access_of(values: Mapping[str, Any]) -> Access:
    """From the checked keys of a feed."""
    return Access(**{name: values[name] for name in _NAMES if name in values})


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
        table.found.say(table.place(name), wrong, cure)
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
        table.found.say(table.place("headers"), wrong, cure)
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
        table.found.say(table.place("headers"), wrong, cure)


def _is_sendable(value: object) -> bool:
    return (
        isinstance(value, str)
        and bool(value.strip())
        and value.isprintable()
        and len(value) <= _LONGEST_HEADER
    )


_PLACE = {"user-agent": "write user_agent", "cookie": "write cookie_file or cookie_env"}
