"""The settings of mail and digests, the place of the password, and the settings of `opinions`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from sigtrack.errors import InputUnreadable, Misconfigured
from sigtrack.files import NotAFile, open_file
from sigtrack.frozen import frozen
from sigtrack.model import Place, Priority, Problem
from sigtrack.speech import Language
from sigtrack.text import clean

if TYPE_CHECKING:
    from sigtrack.config.settings import Setting, Settings

Security = Literal["starttls", "tls", "none"]

SENDMAIL = "/usr/sbin/sendmail"
_PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_KEYRING = "sigtrack"  # the service under which a keyring holds the password
_LONGEST_SECRET = 4096


@frozen
class MailSettings:
    """How mail is sent: by the server `host` or, if `host` is "", by the program `sendmail`."""

    sender: str = ""  # key `from`
    host: str = ""
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    ca_file: str = ""
    sendmail: str = SENDMAIL
    place: Place = field(default=Place(), compare=False)


@frozen
class DigestSettings:
    """The settings of one `[digest.NAME]`. Empty `watchlists` means all watchlists."""

    name: str
    to: tuple[str, ...] = ()
    sender: str = ""  # key `from`; "" = the sender of [mail]
    watchlists: tuple[str, ...] = ()
    priority: Priority | None = None
    language: Language = "en"
    when_empty: Literal["never", "weekly"] = "never"
    limit: int = 30
    thread: bool = False
    sure: bool = False
    page: bool = False
    notify: tuple[str, ...] = ()
    unsubscribe: tuple[str, ...] = ()  # https and mailto addresses
    place: Place = field(default=Place(), compare=False)


def mail_of(values: Mapping[str, Any], place: Place) -> MailSettings:
    """Return the settings for the checked keys of `[mail]`."""
    given = {_FIELDS.get(key, key): value for key, value in values.items()}
    port = _PORTS[given.get("security", "starttls")]
    return MailSettings(**{"port": port, **given}, place=place)


def digest_of(
    name: str, values: Mapping[str, Any], place: Place, interface: Language
) -> DigestSettings:
    """Return the settings for the checked keys of `[digest.NAME]`, without duplicate recipients.
    A digest without a language is written in that of the `interface`."""
    given: dict[str, Any] = {
        _FIELDS.get(key, key): tuple(dict.fromkeys(value)) if isinstance(value, list) else value
        for key, value in values.items()
    }
    if "priority" in given:
        given["priority"] = Priority(given["priority"])
    return DigestSettings(name=name, **{"language": interface, **given}, place=place)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, without asking the name service."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def smtp_password(settings: Settings) -> Setting | None:
    """Return the password and where it was found, or None if there is none.

    The password is never part of a message. Raises InputUnreadable for a password file that cannot
    be read, because sending without a password would look like a wrong password.
    """
    from sigtrack.config.settings import Setting

    if settings.password.value:
        return settings.password
    if settings.password_file.value:
        file = settings.password_file.value
        hint = "SIGTRACK_SMTP_PASSWORD_FILE names it; the password is its first line"
        password = secret_in(Path(file), "password", hint)
        return Setting(value=password, origin=f"SIGTRACK_SMTP_PASSWORD_FILE ({file})")
    found = _from_keyring(settings.mail)
    return Setting(value=found, origin="keyring") if found else None


def secret_in(path: Path, what: str, hint: str) -> str:
    """Return the first line of a file that holds a secret. `what` names the secret in messages.

    Raises InputUnreadable, with the hint, for a file that cannot be read.
    """
    try:
        with open_file(path) as file:
            return file.readline(_LONGEST_SECRET).decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        if isinstance(error, NotAFile):
            reason = f"it {error.what}"
        raise InputUnreadable(
            f"the {what} file {clean(str(path))} cannot be read: {reason.lower()}", hint=hint
        ) from None


def _from_keyring(mail: MailSettings) -> str:
    """Return "" if no keyring is installed or if it cannot be opened (cron has no session)."""
    if not mail.user:
        return ""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(_KEYRING, f"{mail.user}@{mail.host}") or ""
    except KeyringError:
        return ""


_FIELDS = {"from": "sender"}


_PATH = "/chat/completions"
_SET_UP = """\
write into config.toml: [opinions], url = "http://127.0.0.1:8080/v1" and model = "its-name"; \
any server will do that speaks as OpenAI's chat completions do"""


@frozen
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
