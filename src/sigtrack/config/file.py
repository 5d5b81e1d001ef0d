"""The config file: its keys and its reader. `data/templates/config.toml` explains each key."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sigtrack.errors import InputUnreadable, Misconfigured, NoPermission
from sigtrack.files import NotAFile, open_file
from sigtrack.frozen import frozen
from sigtrack.lexicon.zones import main_zone
from sigtrack.model import Place, Priority, Problem
from sigtrack.speech import INTERFACES
from sigtrack.text import clean
from sigtrack.text.regex import regex
from sigtrack.text.scripts import cure_of_language

if TYPE_CHECKING:
    from sigtrack.text.documents import TomlDocument

# An address that mail servers accept without extensions: ASCII, one @, no white space, no quotes.
ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]*[A-Za-z0-9]"
_NAMED = rf"[^<>\x00-\x1f\x7f-\x9f\u2028\u2029]*<{ADDRESS}>|{ADDRESS}"
# For the header List-Unsubscribe; no comma, which separates, and no braces but these.
_UNSUBSCRIBE = (
    r"https://(?:[A-Za-z0-9._~:/?#@!$&'()*+;=%-]|\{address\})+"
    rf"|mailto:{ADDRESS}(?:\?[A-Za-z0-9._~:/?@!$&'()*+;=%-]*)?"
)
# Without credentials, query and fragment: it ends where more of a path may follow.
_ENDPOINT = r"https?://(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?(?:/[^\s?#@]*)?"
_PERIOD = r" *\d{1,5} *[mhdw] *|\d{4}-\d\d-\d\d[0-9T :.+Z-]{0,30}|all|last-(?:fetch|digest)"
NAME = regex(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_LARGEST = 1024 * 1024  # bytes of the file
_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3


@frozen(kw_only=False)
class ConfigKey:
    """A key of the config file: `fits` checks a value, `must` ends a message: "KEY must be ..."."""

    fits: Callable[[Any], bool]
    must: str


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable()


def _written_as(form: str, longest: int = _LARGEST) -> Callable[[Any], bool]:
    pattern = regex(form)
    return lambda value: (
        isinstance(value, str) and len(value) <= longest and pattern.fullmatch(value) is not None
    )


def split_names(written: str) -> list[str]:
    """Return the names in a value such as "KR, JP"."""
    return written.replace(",", " ").split()


def _listing(form: str, is_known: Callable[[str], object]) -> Callable[[Any], bool]:
    """Return whether a value is a list, such as "KR, JP", of known names of this form."""
    is_list = _written_as(f"{form}(?:[ ,]+{form})*")
    return lambda value: is_list(value) and all(map(is_known, split_names(value)))


def _each(fits: Callable[[Any], bool], most: int = _LARGEST) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(fits, value))


_is_address = _written_as(ADDRESS, _LONGEST_ADDRESS)
_is_to_leave = _written_as(_UNSUBSCRIBE, 200)  # so no line of a mail is over 998 letters


def _is_endpoint(value: Any) -> bool:
    if not _written_as(_ENDPOINT, 500)(value):
        return False
    try:
        return urlsplit(str(value)).port != 0
    except ValueError:  # a port above 65535, or brackets around what is no address
        return False


def _one_of(*choices: str) -> ConfigKey:
    return ConfigKey(lambda value: value in choices, f"one of {', '.join(choices)}")


def _number(least: int, most: int) -> ConfigKey:
    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

    return ConfigKey(fits, f"a whole number from {least} to {most:,}")


_TEXT = ConfigKey(_is_text, "a text in quotes, on one line")
_BOOL = ConfigKey(lambda value: isinstance(value, bool), "true or false")
_TEXTS = ConfigKey(
    _each(lambda value: _is_text(value) and value != ""),
    'a list of texts, such as ["north-korea", "trade"]',
)
_SENDER = ConfigKey(
    _written_as(_NAMED, 400),
    'an address such as "desk@example.org" or "The desk <desk@example.org>"',
)

TOP: Mapping[str, ConfigKey] = {
    "db": ConfigKey(
        lambda value: _is_text(value) and value != "",
        "a text in quotes: a file or a postgresql URL",
    ),
    "timezone": _TEXT,
    "since": ConfigKey(_written_as(_PERIOD), 'a period in quotes, such as "7d" or "2026-01-12"'),
    "contact": _TEXT,
    "desk": ConfigKey(
        _listing("[A-Z]{2}", main_zone),
        'countries by their two capitals, such as "KR, JP, CN"',
    ),
    "interface": _one_of(*INTERFACES),
    "languages": ConfigKey(
        _listing("[a-z]{2}", lambda language: not cure_of_language(language)),
        'languages by their two letters, such as "en, ko"',
    ),
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
    "to": ConfigKey(_each(_is_address, 100), 'a list of addresses, such as ["desk@example.org"]'),
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
        _each(lambda value: _is_to_leave(value) and value.count("{") <= 1),
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


_HEADINGS = "[mail] or [digest.morning]"
_NAMELESS = ("every digest needs a name", "write [digest.morning], and its keys below it")
_KEY = regex(r"\s*[\"']?([\w.-]+)[\"']?\s*(?:=|:\s)")
_SECRET_KEY = regex("notify|pass|secret|token|key", re.IGNORECASE)


@frozen
class File:
    """Checked values: the top-level ones, those of `[mail]`, of `[opinions]` and of each
    `[digest.NAME]`.

    `broken` are the digests that cannot be used, each with its problems. Other digests still work.
    """

    path: str
    top: Mapping[str, str] = field(default_factory=dict)
    mail: Mapping[str, Any] = field(default_factory=dict)
    opinions: Mapping[str, Any] = field(default_factory=dict)
    digests: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    broken: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    places: Mapping[tuple[str, ...], Place] = field(default_factory=dict)

    def place(self, *path: str) -> Place:
        return self.places.get(path, Place(path=self.path))


def read_file(path: Path, *, must_exist: bool) -> File:
    """Read the config file. Returns an empty File if there is none.

    Raises Misconfigured with every problem of the file if at least one problem is outside digests.
    """
    shown = clean(str(path))
    try:
        if not (must_exist or path.exists() or path.is_symlink()):
            return File(path=shown)
    except PermissionError:
        pass  # we may not look into this folder; reading the file reports it
    text = _text(path)
    from sigtrack.text.documents import read_document  # most have no file

    document = read_document(shown, text, headings=_HEADINGS)
    if isinstance(document, Problem):
        raise _unusable([_without_secret(text, document)])
    return _checked(document)


_PlaceOf = Callable[..., Place]


def _checked(document: TomlDocument) -> File:
    values, place = document.values, document.place
    top = {key: value for key, value in values.items() if key not in TABLES}
    problems = [*_check_keys(place, top, TOP, (), also=TABLES)]
    for name, check_table in (("mail", _check_mail), ("opinions", _check_opinions)):
        table = values.get(name, {})
        if isinstance(table, dict):
            problems += check_table(place, table)
        else:
            hint = f"write [{name}], and its keys below it"
            problems.append(place(name).problem(f"{name} must be a table", hint))
    named = values.get("digest", {})
    if not isinstance(named, dict):
        problems.append(place("digest").problem(*_NAMELESS))
        named = {}
    checked = {name: tuple(_check_digest(place, name, table)) for name, table in named.items()}
    broken = {name: found for name, found in checked.items() if found}
    if problems:
        found = [*problems, *(problem for some in broken.values() for problem in some)]
        raise _unusable(sorted(found, key=lambda problem: problem.place.line))
    digests = {name: table for name, table in named.items() if name not in broken}
    paths = [("mail",), ("opinions",), *(("digest", name) for name in digests)]
    return File(
        path=document.path,
        top=top,
        mail=values.get("mail", {}),
        opinions=values.get("opinions", {}),
        digests=digests,
        broken=broken,
        places={path: document.place(*path) for path in paths},
    )


def _check_mail(place: _PlaceOf, mail: Mapping[str, Any]) -> Iterator[Problem]:
    if "password" in mail:
        mail = {key: value for key, value in mail.items() if key != "password"}
        yield place("mail", "password").problem(
            "the password must not be in this file",
            "use SIGTRACK_SMTP_PASSWORD, SIGTRACK_SMTP_PASSWORD_FILE or a keyring",
        )
    yield from _check_keys(place, mail, MAIL, ("mail",))
    host = str(mail.get("host", ""))
    if mail.get("security") == "none" and not is_loopback(host):
        yield place("mail", "security").problem(
            'security "none" would send mail and password unencrypted',
            'use "starttls" or "tls": "none" is only for this machine',
        )
    if host and mail.get("sendmail"):
        yield place("mail", "sendmail").problem(
            "mail is sent either by a server or by sendmail, not by both",
            "delete host or sendmail",
        )


def _check_opinions(place: _PlaceOf, values: Mapping[str, Any]) -> Iterator[Problem]:
    known = {key: value for key, value in values.items() if key != "key"}
    yield from _check_keys(place, known, OPINIONS, ("opinions",))
    for key, message, hint in _clashes_in(values):
        yield place("opinions", key).problem(message, hint)


def _check_digest(place: _PlaceOf, name: str, values: Any) -> Iterator[Problem]:
    path = ("digest", name)
    if not isinstance(values, dict):
        yield place("digest").problem(*_NAMELESS)
        return
    if not NAME.fullmatch(name):
        yield place(*path).problem(
            f"{clean(name)!r} cannot be the name of a digest",
            "use small letters, digits and hyphens, at most 40",
        )
    yield from _check_keys(place, values, DIGEST, path)
    if not values.get("to") and not values.get("notify"):
        cure = 'add: to = ["desk@example.org"]'
        yield place(*path).problem(f"digest {clean(name)} has no recipients", cure)


def _check_keys(
    place: _PlaceOf,
    values: Mapping[str, Any],
    known: Mapping[str, ConfigKey],
    path: tuple[str, ...],
    *,
    also: Iterable[str] = (),
) -> Iterator[Problem]:
    from sigtrack.text.documents import did_you_mean

    names = (*known, *also)
    where = f" of [{path[0]}]" if path else ""
    for key, value in values.items():
        if key not in known:
            hint = did_you_mean(key, names, f"known are {', '.join(names)}")
            yield place(*path, key).problem(f"{clean(key)} is not a setting{where}", hint)
        elif not known[key].fits(value):
            yield place(*path, key).problem(f"{key} must be {known[key].must}")


def _without_secret(text: str, problem: Problem) -> Problem:
    """Return the problem of a text that is not TOML, which may quote its line."""
    if not _is_secret(text, problem.place.line):
        return problem
    return replace(
        problem,
        message="a value is not TOML here, and it is not shown because it may be a secret",
        hint="put every text in quotes, and separate the texts of a list by commas",
    )


def _is_secret(text: str, line: int) -> bool:
    """Whether a line belongs to a key that holds a secret, or that is named as if it did."""
    lines = text.split("\n")[:line]
    keys = [found[1] for one in lines if (found := _KEY.match(one))]
    return bool(keys and _SECRET_KEY.search(keys[-1]))


def _text(path: Path) -> str:
    try:
        with open_file(path) as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise _unusable([_no_file(path, "is larger than 1 MiB, too large for settings")])
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except NotAFile as error:
        raise _unusable([_no_file(path, error.what)]) from None
    except FileNotFoundError:
        raise InputUnreadable(
            f"{clean(str(path))} does not exist",
            hint=f"create it with: sigtrack config init --config {clean(str(path))}",
        ) from None
    except UnicodeDecodeError:
        raise _unusable([_no_file(path, "is not written in UTF-8")]) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _unusable([_no_file(path, "is a link that points to itself")]) from None
        raise NoPermission(f"{clean(str(path))} cannot be read: {error.strerror}") from None


def _no_file(path: Path, what: str) -> Problem:
    return Place(path=clean(str(path))).problem(f"the file {what}")


def _unusable(problems: list[Problem]) -> Misconfigured:
    return Misconfigured("the settings cannot be used", problems=problems)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, without asking the name service."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _clashes_in(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield keys of `[opinions]` that cannot stand together: key, message and hint."""
    if "key" in values:
        hint = "name the variable or the file that holds it: key_env or key_file"
        yield "key", "the key must not be in this file", hint
    if values.get("key_env") and values.get("key_file"):
        yield "key_file", "the key comes from a variable or from a file", "delete one of the two"
    has_key = values.get("key_env") or values.get("key_file")
    if has_key and _is_open(str(values.get("url", ""))):
        hint = "use https: http without encryption is only for this machine, or without a key"
        yield "url", "the key would be sent unencrypted", hint


def _is_open(url: str) -> bool:
    try:
        address = urlsplit(url)
    except ValueError:  # `keys` says so
        return False
    return address.scheme == "http" and not is_loopback(address.hostname or "")
