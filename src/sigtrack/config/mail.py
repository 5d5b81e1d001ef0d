"""The settings of mail and digests, and where the password is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sigtrack.errors import InputUnreadable
from sigtrack.files import NotAFile, open_file
from sigtrack.model import Place, Priority
from sigtrack.speech import Language
from sigtrack.text import clean

if TYPE_CHECKING:
    from sigtrack.config.settings import Setting, Settings

Security = Literal["starttls", "tls", "none"]

SENDMAIL = "/usr/sbin/sendmail"
_PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_KEYRING = "sigtrack"  # the service under which a keyring holds the password
_LONGEST_SECRET = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
