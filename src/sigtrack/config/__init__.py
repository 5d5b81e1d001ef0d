"""Settings: each comes from a flag, the environment, the config file or a default, in this order.

Every setting remembers where its value came from, so that `config show` can show it. The folder of
the config file is the config folder: `feeds.toml`, `actors.toml`, `places.toml`, `topics.toml`,
`lang/` and `watchlists/` lie in it. `file` defines what the file may hold and reads it.

The settings of mail, digests and the second reader come first, and where the password is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from sigtrack.config.file import File, is_loopback, read_file, split_names
from sigtrack.errors import InputUnreadable, Misconfigured, Misuse
from sigtrack.files import NotAFile, lock_file_of, open_file
from sigtrack.frozen import frozen
from sigtrack.lexicon.zones import has_zone_data, zone_of
from sigtrack.model import Place, Priority, Problem
from sigtrack.speech import Language, language_in
from sigtrack.text import clean, mask_credentials, service_of

_READS = "en"  # the language that readers know if they set none
DESK = "KR, KP, JP, CN, TW"  # the countries of a desk if the user sets none


@frozen
class Setting:
    """A value and its origin in words that the user knows: "--db", "SIGTRACK_DB", a path."""

    value: str
    origin: str


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


def smtp_password(settings: Settings) -> Setting | None:
    """Return the password and where it was found, or None if there is none.

    The password is never part of a message. Raises InputUnreadable for a password file that cannot
    be read, because sending without a password would look like a wrong password.
    """
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
        if not (self.url and self.model):
            what = "url" if not self.url else "model"
            message = f"no second reader is configured: [opinions] has no {what}"
            return (self.place.problem(message, _SET_UP),)
        if self.is_allowed():
            return ()
        host = clean(self.host)
        message = (
            f"{host} is not this machine, so titles, summaries and texts of items that your "
            "watchlists hit, and what your signals watch, would be sent there"
        )
        hint = f'to allow it, add to [opinions]: send_text_to = "{host}"'
        return (self.place.problem(message, hint),)

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
            problem = self.place.problem(message, hint)
            raise Misconfigured("no second reader was asked", problems=[problem])
        return key


def opinions_of(values: Mapping[str, Any], place: Place, home: Path) -> OpinionSettings:
    """Return the settings for the checked keys of `[opinions]`."""
    key_file = _at_home(values.get("key_file", ""), home)
    return OpinionSettings(**{**values, "key_file": key_file}, place=place)


@frozen
class Settings:
    config: Setting  # path of the config file, which need not exist
    db: Setting
    timezone: Setting  # "" = this machine's
    since: Setting
    contact: Setting
    desk: Setting  # countries, two capitals each
    interface: Setting  # the language of reports and mails
    languages: Setting  # languages that the reader knows, two letters each
    full_text: Setting  # "hits": fetch reads the pages of items with a hit; else "off"
    now: Setting  # "" = the clock
    state: Path  # folder of files that may be lost: last good versions of the user's files
    password: Setting = field(repr=False)  # of the mail server; see `smtp_password`
    password_file: Setting
    mail: MailSettings = field(default=MailSettings())
    digests: Mapping[str, DigestSettings] = field(default_factory=dict)
    broken_digests: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    opinions: OpinionSettings = field(default=OpinionSettings())
    tables: tuple[tuple[str, Setting], ...] = ()  # [mail], [opinions], [digest.NAME] for `listed`

    @property
    def folder(self) -> Path:
        return Path(self.config.value).parent

    @property
    def feeds(self) -> Path:
        return self.folder / "feeds.toml"

    @property
    def actors(self) -> Path:
        return self.folder / "actors.toml"

    @property
    def places(self) -> Path:
        return self.folder / "places.toml"

    @property
    def topics(self) -> Path:
        return self.folder / "topics.toml"

    @property
    def words(self) -> Path:
        """The folder of the user's own words, with one file for each language."""
        return self.folder / "lang"

    @property
    def watchlists(self) -> Path:
        return self.folder / "watchlists"

    @property
    def last_good(self) -> Path:
        """The folder of the last good versions of watchlists."""
        return self.state / "watchlists"

    @property
    def good_feeds(self) -> Path:
        """The folder of the last good version of `feeds`."""
        return self.state / "feeds"

    @property
    def rules_cache(self) -> Path:
        """The folder where rules read from watchlists are kept for the next command."""
        return self.state / "rules"

    def files(self) -> Iterator[Path]:
        """Yield the user's own files, existing or not. No output may replace them."""
        yield Path(self.config.value)
        for path in (self.feeds, self.actors, self.places, self.topics):
            yield from (path, lock_file_of(path))
        yield from self.watchlists.glob("*")
        named = (self.password_file.value, self.mail.ca_file, self.opinions.key_file)
        yield from map(Path, filter(None, named))

    def listed(self) -> Iterator[tuple[str, Setting]]:
        """Yield what `config show` shows: names, values without secrets, and origins."""
        own = ("timezone", "since", "contact", "desk", "interface", "languages", "full_text")
        for name in ("config", "db", *own):
            setting: Setting = getattr(self, name)
            yield name, replace(setting, value=mask_credentials(setting.value))
        yield from self.tables
        for name, secret in (("password", self.password), ("password file", self.password_file)):
            if secret.value:
                shown = "set" if secret is self.password else secret.value
                yield f"mail {name}", replace(secret, value=shown)

    def countries(self) -> frozenset[str]:
        return countries_in(self.desk.value)

    def languages_read(self) -> frozenset[str]:
        """Return the languages whose headlines need no gloss."""
        return frozenset((*split_names(self.languages.value), self.interface.value))

    def zone(self) -> tzinfo:
        if not self.timezone.value:
            return datetime.now(UTC).astimezone().tzinfo or UTC
        return _zone(self.timezone.value) or UTC

    def clock(self) -> datetime:
        """Return the time now in aware UTC. `SIGTRACK_NOW` makes runs repeatable."""
        return datetime.fromisoformat(self.now.value) if self.now.value else datetime.now(UTC)


def countries_in(desk: str) -> frozenset[str]:
    """Return the countries in a value of `desk`, such as "KR, JP"."""
    return frozenset(split_names(desk))


def load_settings(
    environment: Mapping[str, str],
    *,
    config: str | None = None,
    db: str | None = None,
    is_new: bool = False,
) -> Settings:
    """Read the config file and the environment. `is_new`: a file that is named need not be there.

    Raises Misconfigured with all problems of the file, unless all of them are in digests; these are
    returned in `broken_digests`.
    """
    home = Path(environment.get("HOME") or Path.home())
    where = _config_path(environment, config, home)
    path = Path(where.value)
    file = read_file(path, must_exist=where.origin != "default" and not is_new)
    data = _folder(environment, "XDG_DATA_HOME", home / ".local" / "share")

    def pick(key: str, variable: str | None, default: str, flag: str | None = None) -> Setting:
        if flag is not None:
            return Setting(value=flag, origin=f"--{key}")
        if variable and environment.get(variable):
            return Setting(value=environment[variable], origin=variable)
        if key in file.top:
            return Setting(value=file.top[key], origin=str(path))
        return Setting(value=default, origin="default")

    interface = pick("interface", None, "")
    if not interface.value:
        interface = _of_locale(environment)
    settings = Settings(
        config=where,
        db=pick("db", "SIGTRACK_DB", str(data / "sigtrack.db"), db),
        timezone=pick("timezone", "TZ", ""),
        since=pick("since", None, "7d"),
        contact=pick("contact", None, ""),
        desk=pick("desk", None, DESK),
        interface=interface,
        languages=pick("languages", None, _READS),
        full_text=pick("full_text", None, "off"),
        now=pick("now", "SIGTRACK_NOW", ""),
        state=_folder(environment, "XDG_STATE_HOME", home / ".local" / "state"),
        password=pick("", "SIGTRACK_SMTP_PASSWORD", ""),
        password_file=pick("", "SIGTRACK_SMTP_PASSWORD_FILE", ""),
        mail=mail_of(file.mail, file.place("mail")),
        digests={
            name: digest_of(name, values, file.place("digest", name), language_in(interface.value))
            for name, values in file.digests.items()
        },
        broken_digests=file.broken,
        opinions=opinions_of(file.opinions, file.place("opinions"), home),
        tables=tuple(_tables(file, str(path))),
    )
    return _checked(settings, home)


def _tables(file: File, origin: str) -> Iterator[tuple[str, Setting]]:
    for table, values in (
        ("mail", file.mail),
        ("opinions", file.opinions),
        *((f"digest.{name}", values) for name, values in file.digests.items()),
    ):
        for key, value in values.items():
            yield f"{table}.{key}", Setting(value=_shown(key, value), origin=origin)


def _shown(key: str, value: Any) -> str:
    """Return the value as text.

    Addresses of chat services hold secrets, so only the service is shown.
    """
    if key == "notify":
        services = map(service_of, value)
        return ", ".join(f"{service}://…" if service else "…" for service in services)
    if isinstance(value, list):
        return mask_credentials(", ".join(value))
    return mask_credentials(str(value).lower() if isinstance(value, bool) else str(value))


def _of_locale(environment: Mapping[str, str]) -> Setting:
    """Return the language of messages as POSIX finds it; English for one that sigtrack lacks."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if told := environment.get(variable):
            return Setting(value=language_in(told), origin=variable)
    return Setting(value=language_in(""), origin="default")


def _config_path(environment: Mapping[str, str], flag: str | None, home: Path) -> Setting:
    if flag:
        return Setting(value=flag, origin="--config")
    if named := environment.get("SIGTRACK_CONFIG"):
        return Setting(value=named, origin="SIGTRACK_CONFIG")
    folder = _folder(environment, "XDG_CONFIG_HOME", home / ".config")
    return Setting(value=str(folder / "config.toml"), origin="default")


def _folder(environment: Mapping[str, str], variable: str, default: Path) -> Path:
    """Ignore XDG folders that are not absolute, as the specification says."""
    given = environment.get(variable, "")
    return (Path(given) if given and Path(given).is_absolute() else default) / "sigtrack"


def _checked(settings: Settings, home: Path) -> Settings:
    """Expand what a shell would expand, and refuse values that cannot be used."""
    zone = settings.timezone.value.removeprefix(":")
    if zone and _zone(zone) is None:
        if settings.timezone.origin != "TZ" or _is_mistyped(zone):
            raise Misuse(
                f"timezone {clean(zone)!r} in {settings.timezone.origin} is not known",
                hint='use a name such as "Asia/Seoul" or "Europe/Berlin"',
            )
        zone = ""  # the C library reads TZ itself
    return replace(
        settings,
        db=replace(settings.db, value=_at_home(settings.db.value, home)),
        timezone=replace(settings.timezone, value=zone),
        now=replace(settings.now, value=_moment(settings.now.value)),
    )


def _is_mistyped(zone: str) -> bool:
    """Whether a TZ is a name that nobody knows ("Asia/Soul"), with which the C library would take
    UTC for local time. Other forms (KST-9, CET-1CEST,M3.5.0/2, the path of a file) are left to it,
    and so are names on a machine that knows none."""
    area, slash, _ = zone.partition("/")
    return bool(slash) and area.isalpha() and has_zone_data()


def _at_home(path: str, home: Path) -> str:
    return str(home / path[2:]) if path.startswith("~/") else path


def _zone(name: str) -> tzinfo | None:
    """Return the zone, with the names of its hours (KST) if the machine has time zone data."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return zone_of(name)


def _moment(text: str) -> str:
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(
            f"cannot read SIGTRACK_NOW={clean(text)!r} as a time",
            hint="write it like 2026-01-15T12:00:00+09:00",
        ) from None
    aware = moment if moment.tzinfo else moment.astimezone()
    return aware.astimezone(UTC).isoformat()
