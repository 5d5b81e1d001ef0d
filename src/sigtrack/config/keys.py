"""The keys that a config file may hold: what each value must be, and the message that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sigtrack.model import Priority
from sigtrack.speech import INTERFACES

# An address that mail servers accept without extensions: ASCII, one @, no white space, no quotes.
ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]*[A-Za-z0-9]"
_ADDRESS = re.compile(ADDRESS)
_NAMED = re.compile(rf"[^<>\x00-\x1f\x7f-\x9f\u2028\u2029]*<{ADDRESS}>|{ADDRESS}")
# For the header List-Unsubscribe; no comma, which separates, and no braces but these.
_UNSUBSCRIBE = re.compile(
    r"https://(?:[A-Za-z0-9._~:/?#@!$&'()*+;=%-]|\{address\})+"
    rf"|mailto:{ADDRESS}(?:\?[A-Za-z0-9._~:/?@!$&'()*+;=%-]*)?"
)
# Without credentials, query and fragment: it ends where more of a path may follow.
_ENDPOINT = re.compile(
    r"https?://(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?(?:/[^\s?#@]*)?"
)
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3


@dataclass(frozen=True, slots=True)
class ConfigKey:
    """A key of the config file: `fits` checks a value, `must` ends a message: "KEY must be ..."."""

    fits: Callable[[Any], bool]
    must: str


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable()


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(one) and one for one in value)


def _is_address(value: Any) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST_ADDRESS
        and _ADDRESS.fullmatch(value) is not None
    )


def _is_sender(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 400 and _NAMED.fullmatch(value) is not None


def _is_addresses(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_address, value)) and len(value) <= 100


def _is_endpoint(value: Any) -> bool:
    if not (isinstance(value, str) and len(value) <= 500 and _ENDPOINT.fullmatch(value)):
        return False
    try:
        return urlsplit(value).port != 0
    except ValueError:  # a port above 65535, or brackets around what is no address
        return False


def _is_unsubscribe(value: Any) -> bool:
    """So short that no line of the mail is over 998 letters, whatever the recipient is called."""
    return _is_texts(value) and all(
        len(one) <= 200 and one.count("{") <= 1 and _UNSUBSCRIBE.fullmatch(one) for one in value
    )


def _one_of(*choices: str) -> ConfigKey:
    return ConfigKey(lambda value: value in choices, f"one of {', '.join(choices)}")


def _number(least: int, most: int) -> ConfigKey:
    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

    return ConfigKey(fits, f"a whole number from {least} to {most:,}")


def _is_countries(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Z]{2}(?:[ ,]+[A-Z]{2})*", value) is not None


def _is_languages(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z]{2}(?:[ ,]+[a-z]{2})*", value) is not None


_TEXT = ConfigKey(_is_text, "a text in quotes, on one line")
_BOOL = ConfigKey(lambda value: isinstance(value, bool), "true or false")
_TEXTS = ConfigKey(_is_texts, 'a list of texts, such as ["north-korea", "trade"]')
_SENDER = ConfigKey(
    _is_sender, 'an address such as "desk@example.org" or "The desk <desk@example.org>"'
)

TOP: Mapping[str, ConfigKey] = {
    "db": _TEXT,
    "timezone": _TEXT,
    "since": _TEXT,
    "contact": _TEXT,
    "desk": ConfigKey(_is_countries, 'countries by their two capitals, such as "KR, JP, CN"'),
    "interface": _one_of(*INTERFACES),
    "languages": ConfigKey(_is_languages, 'languages by their two letters, such as "en, ko"'),
    "full_text": _one_of("off", "hits"),
}
MAIL: Mapping[str, ConfigKey] = {
    "from": _SENDER,
    "host": _TEXT,
    "port": _number(1, 65_535),
    "security": _one_of("starttls", "tls", "none"),
    "user": _TEXT,
    "ca_file": _TEXT,
    "sendmail": _TEXT,
}
DIGEST: Mapping[str, ConfigKey] = {
    "to": ConfigKey(_is_addresses, 'a list of addresses, such as ["desk@example.org"]'),
    "from": _SENDER,
    "watchlists": _TEXTS,
    "priority": _one_of(*Priority),
    "language": _one_of(*INTERFACES),
    "when_empty": _one_of("never", "weekly"),
    "limit": _number(1, 1_000),
    "thread": _BOOL,
    "sure": _BOOL,
    "page": _BOOL,
    "notify": _TEXTS,
    "unsubscribe": ConfigKey(
        _is_unsubscribe,
        "a list of https and mailto addresses, such as "
        '["mailto:desk@example.org?subject=unsubscribe"]',
    ),
}
OPINIONS: Mapping[str, ConfigKey] = {
    "url": ConfigKey(_is_endpoint, 'an address such as "http://127.0.0.1:8080/v1"'),
    "model": _TEXT,
    "key_env": _TEXT,
    "key_file": _TEXT,
    "timeout": _number(1, 600),
    "at_most": _number(1, 10_000),
    "send_text_to": _TEXT,
}
TABLES = ("mail", "digest", "opinions")
