"""The settings of the second reader: which address is asked, with which key, and who may be sent
texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sigtrack.config.mail import is_loopback, secret_in
from sigtrack.errors import Misconfigured
from sigtrack.model import Place, Problem
from sigtrack.text import clean

_PATH = "/chat/completions"
_SET_UP = """\
write into config.toml: [opinions], url = "http://127.0.0.1:8080/v1" and model = "its-name"; \
any server will do that speaks as OpenAI's chat completions do"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionSettings:
    """`[opinions]`. `timeout` is in seconds, `at_most` the hits that one run asks about.

    A host that is not this machine gets texts only if `send_text_to` names it. The key is never
    held here: `key_env` names a variable, `key_file` a file of which it is the first line.
    """

    url: str = ""
    model: str = ""
    key_env: str = ""
    key_file: str = ""
    timeout: int = 60
    at_most: int = 50
    send_text_to: str = ""
    place: Place = field(default=Place(), compare=False)

    @property
    def endpoint(self) -> str:
        """The address that is asked; "" if none is set."""
        base = self.url.rstrip("/")
        return base if not base or base.endswith(_PATH) else base + _PATH

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    def is_allowed(self) -> bool:
        """Whether texts may be sent to the host."""
        return is_loopback(self.host) or self.send_text_to.lower() == self.host

    def obstacles(self) -> tuple[Problem, ...]:
        """Return what keeps the second reader from being asked."""
        if not (self.url and self.model):
            what = "url" if not self.url else "model"
            message = f"no second reader is configured: [opinions] has no {what}"
            return (Problem(message=message, hint=_SET_UP, place=self.place),)
        if self.is_allowed():
            return ()
        host = clean(self.host)
        message = (
            f"{host} is not this machine, so titles, summaries and texts of items that your "
            "watchlists hit, and what your signals watch, would be sent there"
        )
        hint = f'to allow it, add to [opinions]: send_text_to = "{host}"'
        return (Problem(message=message, hint=hint, place=self.place),)

    def check(self) -> None:
        """Raises Misconfigured if there are obstacles."""
        for problem in self.obstacles():
            raise Misconfigured("no second reader was asked", problems=[problem])

    def key(self, environment: Mapping[str, str]) -> str:
        """Return the key, "" if none is configured.

        Raises Misconfigured or InputUnreadable if it is not where the settings say, because the
        server would take a request without it for one with a wrong key.
        """
        if self.key_file:
            hint = "key_file in [opinions] names it; the key is its first line"
            key, where = secret_in(Path(self.key_file), "key", hint), clean(self.key_file)
        else:
            key, where = environment.get(self.key_env, ""), f"the variable {clean(self.key_env)}"
        key = key.strip()
        if (self.key_file or self.key_env) and not (key and key.isascii() and key.isprintable()):
            message = f"{where} holds no key for {clean(self.host)}"
            hint = "put it there, or change key_env or key_file in [opinions]"
            problem = Problem(message=message, hint=hint, place=self.place)
            raise Misconfigured("no second reader was asked", problems=[problem])
        return key


def opinions_of(values: Mapping[str, Any], place: Place, home: Path) -> OpinionSettings:
    """Return the settings for the checked keys of `[opinions]`."""
    given = dict(values)
    if str(given.get("key_file", "")).startswith("~/"):
        given["key_file"] = str(home / given["key_file"][2:])
    return OpinionSettings(**given, place=place)


def clashes_in(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
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
    """Whether what is sent to the address can be read on the way."""
    try:
        address = urlsplit(url)
    except ValueError:  # `keys` says so
        return False
    return address.scheme == "http" and not is_loopback(address.hostname or "")
