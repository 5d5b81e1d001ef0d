"""`sigtrack init`: set up a desk in one command: settings, feeds, watchlists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sigtrack.app import feeds, setup, watchlists
from sigtrack.app.in_force import load_catalogue
from sigtrack.config import DESK, Settings, countries_in
from sigtrack.errors import CannotWrite, Misuse
from sigtrack.model import Feed, Note, Problem, Report
from sigtrack.text import clean
from sigtrack.text.scripts import cure_of_language
from sigtrack.views.hits import count
from sigtrack.watch.feed_edits import changing_feeds

_NOT_CHOSEN = "not of this desk (sigtrack init)"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAnswers:
    """The countries that a desk watches, and its readers. `countries` and `languages` are written
    as in the config. Empty `roles` mean publishers of every role. `copied` are watchlists that the
    user will change."""

    countries: str = DESK
    languages: str = "en"
    mail: str = ""
    roles: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    opml: Path | None = None


def countries(given: str) -> str:
    """Return countries as the config has them. Raises Misuse for other text."""
    found = given.upper().replace(",", " ").split()
    for one in found:
        if not re.fullmatch("[A-Z]{2}", one):
            raise Misuse(
                f"{clean(one)!r} is not a country", hint="two capitals each, such as KR, JP"
            )
    return ", ".join(dict.fromkeys(found)) or DESK


def languages(given: str) -> str:
    """Return languages as the config has them. Raises Misuse for other text."""
    found = given.lower().replace(",", " ").split()
    for one in found:
        if (cure := cure_of_language(one)) or len(one) != 2:
            raise Misuse(
                f"{clean(one)!r} is not a language", hint=cure or "two letters each: en, ko"
            )
    return ", ".join(dict.fromkeys(found)) or "en"


def init(desk: DeskAnswers, ours: Settings) -> tuple[Report, tuple[Problem, ...]]:
    """Write the files of the desk without overwriting any. Entries of an OPML file that cannot be
    used are problems. Raises CannotWrite, having written nothing, if a desk is already set up."""
    refuse_second(ours)
    load = partial(load_catalogue, ours)
    left_out = [feed.id for feed in load().feeds if not (feed.paused or _is_of(feed, desk))]
    notes = [note for id in desk.copied for note in watchlists.copy(ours, id).blocks[:-1]]
    notes += setup.init_config(ours, _config(desk, ours)).blocks
    problems: tuple[Problem, ...] = ()
    if left_out:
        with changing_feeds(ours.feeds) as edits:
            edits.pause(left_out, _NOT_CHOSEN)
    if desk.opml:
        imported, problems = feeds.import_opml(ours.feeds, desk.opml, load)
        notes += imported.blocks
    active = [feed for feed in load().feeds if not feed.paused]
    return Report(blocks=(*notes, *_next_steps(desk, active, left_out))), problems


def refuse_second(ours: Settings) -> None:
    """Raises CannotWrite if the user already has settings or feeds."""
    for path in (Path(ours.config.value), ours.feeds):
        if path.exists():
            raise CannotWrite(
                f"{clean(str(path))} exists already, so this desk is set up",
                hint="edit it, or move it away and run sigtrack init again",
            )


def _is_of(feed: Feed, desk: DeskAnswers) -> bool:
    """Whether the desk fetches this feed. Feeds without a country belong to every desk, and a desk
    with the default countries fetches the feeds of all countries."""
    if desk.roles and feed.role not in desk.roles:
        return False
    is_near = feed.country is None or feed.country in countries_in(desk.countries)
    return is_near or desk.countries == DESK


def _config(desk: DeskAnswers, ours: Settings) -> str:
    """Return the template with the desk's values uncommented."""
    text = setup.template(ours)
    text = _switched_on(text, "desk", f'"{desk.countries}"')
    text = _switched_on(text, "languages", f'"{desk.languages}"')
    if desk.mail:
        for heading in ("[mail]", "[digest.morning]"):
            text = text.replace(f"# {heading}", heading, 1)
        text = _switched_on(text, "from", f'"sigtrack <{desk.mail}>"')  # the first is in [mail]
        text = _switched_on(text, "to", f'["{desk.mail}"]')
    return text


def _switched_on(text: str, key: str, value: str) -> str:
    return re.sub(
        rf"^# {key} = .*$", lambda _: f"{key} = {value}", text, count=1, flags=re.MULTILINE
    )


def _next_steps(
    desk: DeskAnswers, active: Sequence[Feed], left_out: Sequence[str]
) -> Iterable[Note]:
    others = f", {len(left_out)} of other desks are paused" if left_out else ""
    asked = f"{count(len(active), 'feed')} will be asked{others}: sigtrack feeds list --all"
    yield Note(text=asked, level="good")
    if desk.mail:
        yield Note(
            text="[mail] in the config says how mail is sent; check it with: sigtrack doctor"
        )
        yield Note(text="to send a digest each morning: sigtrack cron")
    yield Note(text="now: sigtrack fetch, then: sigtrack report")
