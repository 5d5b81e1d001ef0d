"""The time zones of countries and the clocks of publishers.

"today" and "on Wednesday" mean days of the publisher's calendar, not of the reader's. The zones of
countries are in `data/zones.toml`, with offsets for machines without time zone data.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import cache

from sigtrack.frozen import frozen
from sigtrack.lexicon.books import ZONES, values_of_shipped
from sigtrack.text import primary_language

_OF_THE_MACHINE = frozenset(("localtime", "posixrules", "Factory"))  # files, but no zones


@frozen(kw_only=False)
class _ZoneTable:
    countries: Mapping[str, str]  # code to zone
    languages: Mapping[str, str]  # primary tag to zone
    offsets: Mapping[str, tuple[timezone, bool]]  # by zone; True: the offset varies


@cache
def _table() -> _ZoneTable:
    read = values_of_shipped(ZONES)
    countries: dict[str, str] = {}
    offsets: dict[str, tuple[timezone, bool]] = {}
    for country, line in read["countries"].items():
        zone, written, *varies = line.split()
        hours, minutes = map(int, written[1:].split(":"))
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if written[0] == "-" else 1)
        countries[country] = zone
        offsets[zone] = (timezone(offset), bool(varies))
    return _ZoneTable(countries, read["languages"], offsets)


def main_zone(country: str | None) -> str:
    """Return the zone in which most of a country's press is written; "" if it is not known."""
    return _table().countries.get((country or "").upper(), "")


def zone_of_language(language: str | None) -> str:
    """Return the zone in which most texts of a language are written; "" for most languages."""
    return _table().languages.get(primary_language(language), "")


@cache
def zone_of(name: str) -> tzinfo | None:
    """Return the zone of an IANA name, None if it is not known on this machine.

    Zones that have not varied since 2000 need no time zone data. Without such data, the other zones
    of our table have their winter offset all year, and zones outside the table are not known.
    """
    fixed, varies = _table().offsets.get(name, (None, True))
    if not varies:
        return fixed
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # 5 ms that most of East Asia never needs

    try:
        return fixed if name in _OF_THE_MACHINE else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return fixed


def known_zones() -> frozenset[str]:
    """Return all names that `zone_of` knows; slow."""
    from zoneinfo import available_timezones

    return frozenset(_table().offsets.keys() | available_timezones()) - _OF_THE_MACHINE


def has_zone_data() -> bool:
    """Whether this machine knows more zones than our table."""
    return bool(known_zones() - _table().offsets.keys())


def publishers_time(moment: datetime, zone: str, language: str | None) -> datetime:
    """Return the moment with the offset of the publisher's clock: its date is the publisher's.

    `moment` is aware and has the offset that was written, UTC if none was. `zone` (an IANA name) is
    the zone of the feed or of its country, and is used if there is one. Without it, the written
    offset is used. If that is UTC, which programs write when the place is not known (RFC 9557, 2),
    the zone of the language is used, as for times without an offset.

    Midnight in UTC is how a date without a time is stored: then it means that day, in any zone.
    """
    is_utc = not moment.utcoffset()
    if is_utc and moment.time() == time.min:
        return moment
    if not zone and is_utc:
        zone = zone_of_language(language)
    clock = zone_of(zone) if zone else None
    if clock is None:
        return moment
    try:
        # A fixed offset: differences between times of one varying zone go by the wall clock.
        ahead = moment.astimezone(clock).utcoffset() or timedelta(0)
        return moment.astimezone(clock if isinstance(clock, timezone) else timezone(ahead))
    except OverflowError:  # in the years 1 and 9999 no other clock is possible
        return moment.astimezone(UTC)
