"""The stories of a briefing as a feed (Atom, RFC 4287), for people who read hits in a feed reader.

Each story is one entry. The id of an entry is made of the id of the story, so it stays when items
are added; `updated` changes when an item arrives or is edited. Dates are in the reader's zone.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from sigtrack.model import Seen
from sigtrack.present.cells import local
from sigtrack.present.page import compiled
from sigtrack.speech import Messages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from jinja2 import Template

    from sigtrack.model.briefing import Briefing
    from sigtrack.present import Surface

_NAMES = uuid.UUID("6d1c1c35-6a52-5a3e-9f0c-0a4b6c8f1d27")  # sigtrack's own, drawn at random
_NO_XML = str.maketrans(dict.fromkeys("\ufffe\uffff", "\N{REPLACEMENT CHARACTER}"))


def render(briefing: Briefing, surface: Surface) -> Iterator[str]:
    moments = [story.changed_at for story in briefing.stories]
    updated = max(moments, default=briefing.at)
    for chunk in _template().generate(
        feed=briefing, zone=surface.zone, updated=updated, say=Messages(briefing.language).say
    ):
        yield chunk.translate(_NO_XML)
    yield "\n"


@cache
def _template() -> Template:
    return compiled("atom.xml.jinja", urn=_urn, time_of=_time_of)


def _urn(kind: str, name: str) -> str:
    return uuid.uuid5(_NAMES, f"{kind} {name}").urn


def _time_of(at: datetime | Seen, zone: tzinfo) -> str:
    """Return the time as RFC 3339."""
    moment = local(at.at if isinstance(at, Seen) else at, zone)
    return moment.isoformat(timespec="seconds")
