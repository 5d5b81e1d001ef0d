"""Where things are and how the user wants them: flag, environment, file, default, in this order.

Every setting remembers where its value came from, so that `config show` can tell. The folder of
the config file is the config folder: `feeds.toml`, `actors.toml` and `watchlists/` lie beside it.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from sigtrack.errors import InputUnreadable, Misconfigured, Misuse, NoPermission
from sigtrack.model import Place, Problem
from sigtrack.text import clean

TEMPLATE = """\
# sigtrack's settings. Every line is optional; what is commented out is the default.

# Where items and hits are kept. A path; ~ is your home folder.
# db = "{db}"

# The zone in which times are shown, for example "Asia/Seoul". The default is this machine's.
# timezone = "Asia/Seoul"

# The window of `sigtrack report` when --since is not given: 7d, 24h, 2026-01-12, last-fetch, all.
# since = "7d"

# Sent to publishers with every request, so that they can reach you. A mail address or a page.
# contact = "desk@example.org"
"""

_KEYS = ("db", "timezone", "since", "contact")
_EXAMPLE = 'a line looks like: timezone = "Asia/Seoul"'
_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value and where it came from, in the user's words: "--db", "SIGTRACK_DB", a path."""

    value: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    config: Setting  # path of the config file, which need not exist
    db: Setting
    timezone: Setting  # "" = this machine's
    since: Setting
    contact: Setting
    now: Setting  # "" = the clock
    state: Path  # folder for what may be lost: last good versions of watchlists

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
    def watchlists(self) -> Path:
        return self.folder / "watchlists"

    def zone(self) -> tzinfo:
        """The zone of all times shown."""
        if not self.timezone.value:
            return datetime.now(UTC).astimezone().tzinfo or UTC
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.timezone.value)

    def clock(self) -> datetime:
        """Aware UTC; `SIGTRACK_NOW` makes runs repeatable."""
        return datetime.fromisoformat(self.now.value) if self.now.value else datetime.now(UTC)


def load_settings(
    environment: Mapping[str, str], *, config: str | None = None, db: str | None = None
) -> Settings:
    """Read the file and the environment. Raises Misconfigured with all problems of the file."""
    where = _config_path(environment, config)
    path = Path(where.value)
    file = _read(path, must_exist=where.origin != "default")
    home = Path(environment.get("HOME") or Path.home())
    data = _folder(environment, "XDG_DATA_HOME", home / ".local" / "share")

    def pick(key: str, variable: str | None, default: str, flag: str | None = None) -> Setting:
        if flag is not None:
            return Setting(value=flag, origin=f"--{key}")
        if variable and environment.get(variable):
            return Setting(value=environment[variable], origin=variable)
        if key in file:
            return Setting(value=file[key], origin=str(path))
        return Setting(value=default, origin="default")

    settings = Settings(
        config=where,
        db=pick("db", "SIGTRACK_DB", str(data / "sigtrack.db"), db),
        timezone=pick("timezone", "TZ", ""),
        since=pick("since", None, "7d"),
        contact=pick("contact", None, ""),
        now=pick("now", "SIGTRACK_NOW", ""),
        state=_folder(environment, "XDG_STATE_HOME", home / ".local" / "state"),
    )
    return _checked(settings, home)


def _config_path(environment: Mapping[str, str], flag: str | None) -> Setting:
    if flag:
        return Setting(value=flag, origin="--config")
    if environment.get("SIGTRACK_CONFIG"):
        return Setting(value=environment["SIGTRACK_CONFIG"], origin="SIGTRACK_CONFIG")
    home = Path(environment.get("HOME") or Path.home())
    folder = _folder(environment, "XDG_CONFIG_HOME", home / ".config")
    return Setting(value=str(folder / "config.toml"), origin="default")


def _folder(environment: Mapping[str, str], variable: str, default: Path) -> Path:
    """XDG folders must be absolute; the specification says to ignore others."""
    given = environment.get(variable, "")
    return (Path(given) if given and Path(given).is_absolute() else default) / "sigtrack"


def _checked(settings: Settings, home: Path) -> Settings:
    """Expand what a shell would have, and refuse what no run could use."""
    zone = settings.timezone.value.removeprefix(":")
    if zone and not _is_zone(zone):
        if settings.timezone.origin != "TZ":
            raise Misuse(
                f"timezone {clean(zone)!r} in {settings.timezone.origin} is not known",
                hint='use a name such as "Asia/Seoul" or "Europe/Berlin"',
            )
        zone = ""  # POSIX forms such as KST-9 are for the C library, which already heeds TZ
    now = _moment(settings.now.value)
    db = settings.db.value
    if db.startswith("~/"):
        db = str(home / db[2:])
    return replace(
        settings,
        db=replace(settings.db, value=db),
        timezone=replace(settings.timezone, value=zone),
        now=replace(settings.now, value=now),
    )


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _moment(text: str) -> str:
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(
            f"SIGTRACK_NOW={clean(text)!r} is no time",
            hint="write it like 2026-01-15T12:00:00+09:00",
        ) from None
    aware = moment if moment.tzinfo else moment.astimezone()
    return aware.astimezone(UTC).isoformat()


def _read(path: Path, *, must_exist: bool) -> dict[str, str]:
    """The settings of the file, checked; {} if there is none."""
    if not path.exists() and not must_exist:
        return {}
    text = _text(path)
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r" \(at line (\d+)", str(error))
        place = Place(path=str(path), line=int(found[1]) if found else 0)
        message = clean(str(error).partition(" (at ")[0])
        raise _unusable(
            [Problem(message=f"this is not TOML: {message}", hint=_EXAMPLE, place=place)]
        ) from None
    problems = [p for key, value in values.items() if (p := _problem(key, value, path, text))]
    if problems:
        raise _unusable(problems)
    return values


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise _unusable([_no_file(path, "is no file")])
        if path.stat().st_size > _LARGEST:
            raise _unusable([_no_file(path, "is larger than 1 MiB, which settings never are")])
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputUnreadable(
            f"{clean(str(path))} does not exist", hint="make one with: sigtrack config init"
        ) from None
    except UnicodeDecodeError:
        raise _unusable([_no_file(path, "is not written in UTF-8")]) from None
    except OSError as error:
        raise NoPermission(f"{clean(str(path))} cannot be read: {error.strerror}") from None


def _no_file(path: Path, what: str) -> Problem:
    return Problem(message=f"the file {what}", place=Place(path=str(path)))


def _unusable(problems: list[Problem]) -> Misconfigured:
    return Misconfigured("the settings cannot be used", problems=problems)


def _problem(key: str, value: Any, path: Path, text: str) -> Problem | None:
    found = re.search(rf"^[ \t]*[\[\"']*{re.escape(key)}\b", text, re.MULTILINE)
    place = Place(path=str(path), line=text.count("\n", 0, found.start()) + 1 if found else 0)
    if key not in _KEYS:
        close = difflib.get_close_matches(key, _KEYS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(_KEYS)}"
        return Problem(message=f"{clean(key)} is no setting", hint=hint, place=place)
    if not isinstance(value, str):
        return Problem(message=f"{key} must be a text in quotes", place=place)
    return None
