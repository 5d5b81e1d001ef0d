"""`sigtrack init`, `config` and `cron`: a desk, its settings, and when sigtrack runs.

`init` sets up a desk in one command: settings, feeds, watchlists.

`config init` writes a first config file. `cron` writes crontab lines and systemd units to copy,
with full paths, for four jobs: fetch twice an hour, send the digests in the morning, retry waiting
mails every twenty minutes, and back up the database once a week. All are quiet, because cron mails
their output: they print only what a person must act on.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sigtrack import files
from sigtrack.config import DESK, Settings, countries_in
from sigtrack.config.file import split_names
from sigtrack.errors import CannotWrite, Misuse, cannot_write
from sigtrack.frozen import frozen
from sigtrack.lexicon.zones import main_zone
from sigtrack.model import Feed, Note, Problem, Report, Table, columns_of
from sigtrack.store import files_of_store, is_on_server, shown_place
from sigtrack.text import clean, mask_proxy
from sigtrack.text.scripts import cure_of_language
from sigtrack.watch import shipped_text

_COLUMNS = columns_of("setting|key", "value|main whole", "from")


def show(settings: Settings) -> Report:
    rows = [
        (name, clean(shown_place(setting.value)) or "not set", setting.origin)
        for name, setting in settings.listed()
    ]
    for name in ("feeds", "watchlists", "actors", "places", "topics", "words"):
        path: Path = getattr(settings, name)
        rows.append((name, clean(str(path)), "there" if path.exists() else "not there yet"))
    records = tuple({"setting": a, "value": b, "from": c} for a, b, c in rows)
    # The whole path, which the first row shows, has no room here on a narrow terminal.
    config = settings.config.value
    shown = tuple((a, b, Path(config).name if c == config else c) for a, b, c in rows)
    table = Table(title="Settings", columns=_COLUMNS, rows=shown)
    return Report(blocks=(table,), records=records)


def template(settings: Settings) -> str:
    db = shown_place(settings.db.value).replace("\\", "/")
    return shipped_text("templates/config.toml").format(db=db)


def init_config(settings: Settings, text: str) -> Report:
    """Write a first config file. Raises CannotWrite if one exists."""
    return Report(blocks=(write_new(Path(settings.config.value), text),))


def write_new(path: Path, text: str) -> Note:
    """Write a file of the user's, and its folder. Raises CannotWrite if the file exists."""
    shown = clean(str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.create_file(path, [text.encode("utf-8")], mode=files.PRIVATE)
    except FileExistsError:
        raise exists_already(path) from None
    except OSError as error:
        raise cannot_write(shown, error) from None
    return Note(text=f"written: {shown}", level="good")


def exists_already(path: Path) -> CannotWrite:
    return CannotWrite(f"{clean(str(path))} exists already", hint="edit it, or move it away first")


_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_PROXIES_IN_ANY_CASE = (*_PROXIES, *(name.lower() for name in _PROXIES))
_HANDED_ON = ("SIGTRACK_SMTP_PASSWORD_FILE", *_PROXIES_IN_ANY_CASE)
_DAYS_KEPT = 60
_PUT_OFF = (75,)  # no failure: another run was faster, or the mail waits
_COPIES = "[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9].db"  # named by day: date +%F


@frozen(kw_only=False)
class CronJob:
    """`script` is for a shell. `when` (crontab) and `calendar` (systemd) are the same times."""

    name: str
    about: str
    when: str
    calendar: str
    script: str
    fine: tuple[int, ...] = ()  # exit codes that are not failures


@frozen(kw_only=False)
class Schedule:
    """What runs sigtrack regularly. `program` is the command that runs it, with full paths."""

    settings: Settings
    program: Sequence[str]
    environment: Mapping[str, str]

    def crontab(self) -> str:
        """Return lines to add with: crontab -e."""
        yourself = "holds a password: write the line yourself"
        lines = [
            "# sigtrack, to be added with: crontab -e",
            "# What these jobs print is mailed by cron, and they print only what needs a person.",
            *(f"# {one} {yourself}" for one in self._secrets()),
            *(f"{name}={value}" for name, value in self._variables(secret=False)),
        ]
        if not self._has_digests():
            lines.append("# The config has no digest: sigtrack config init shows how to add one.")
        # cron takes % for a line break
        lines += [f"{job.when} {job.script}".replace("%", "\\%") for job in self._jobs()]
        return "".join(f"{line}\n" for line in lines)

    def systemd(self) -> str:
        """Return units for ~/.config/systemd/user, each below the name of its file."""
        jobs = self._jobs()
        names = " ".join(f"sigtrack-{job.name}.timer" for job in jobs)
        units = [
            "# sigtrack, to be saved as the files named, in ~/.config/systemd/user; then:\n"
            f"#   systemctl --user daemon-reload && systemctl --user enable --now {names}\n"
            "#   loginctl enable-linger    # so that it also runs while nobody is logged in\n"
            + "".join(
                f"# {shown} holds a password: add it yourself to each service,\n"
                "#   as Environment=, and let nobody else read these files: chmod 600\n"
                for shown in self._secrets()
            )
        ]
        return "\n".join((*units, *map(self._unit, jobs)))

    def _has_digests(self) -> bool:
        return bool(self.settings.digests or self.settings.broken_digests)

    def _jobs(self) -> list[CronJob]:
        fetch = self._run("fetch", "--quiet")
        jobs = [CronJob("fetch", "Ask the feeds", "7,37 * * * *", "*:07,37", fetch, _PUT_OFF)]
        if self._has_digests():
            pending = self._run("digest", "--pending", "--quiet")
            digest, late = self._run("digest", "--quiet"), "Send what could not be sent"
            jobs += [
                CronJob("digest", "Mail what is new", "30 6 * * *", "06:30", digest, _PUT_OFF),
                CronJob("outbox", late, "*/20 * * * *", "*:00/20", pending, _PUT_OFF),
            ]
        return [*jobs, self._backup()]

    def _run(self, *words: str) -> str:
        return shlex.join([*self.program, *words, *self._files()])

    def _backup(self) -> CronJob:
        """A weekly copy beside the database, or in the state folder if that is on a server. Old
        copies are deleted after the new one is written."""
        place, beside = self.settings.db.value, self.settings.state
        if not is_on_server(place):
            beside = files_of_store(place)[0].absolute().parent
        where = shlex.quote(str(beside / "backups"))
        copy = f"{self._run('db', 'backup', '--quiet')} {where}/$(date +%F).db"
        old = f"find {where} -maxdepth 1 -type f -name '{_COPIES}' -mtime +{_DAYS_KEPT} -delete"
        script = f"mkdir -p {where} && {copy} && {old}"
        return CronJob("backup", "Copy the database", "15 3 * * 0", "Sun 03:15", script)

    def _files(self) -> Iterator[str]:
        """Name the config and database in use, because cron lacks the session's XDG folders."""
        config = Path(self.settings.config.value).absolute()
        if config.exists():
            yield from ("--config", str(config))
        place = self.settings.db.value
        if not is_on_server(place):
            yield from ("--db", str(files_of_store(place)[0].absolute()))
        elif shown_place(place) == place:
            yield from ("--db", place)

    def _variables(self, *, secret: bool) -> list[tuple[str, str]]:
        """Return the variables that cron and systemd lack: those with a password, or all others."""
        given = ((name, self.environment.get(name, "")) for name in _HANDED_ON)
        return [
            (name, value)
            for name, value in given
            if value and (name in _PROXIES_IN_ANY_CASE and "@" in value) is secret
        ]

    def _secrets(self) -> list[str]:
        """Return proxies and a database with a password, masked."""
        place, shown = self.settings.db.value, shown_place(self.settings.db.value)
        told = self.settings.db.origin == self.settings.config.value  # then --config finds it
        of_database = [] if told or shown == place else [f"--db {shown}"]
        given = self._variables(secret=True)
        return of_database + [f"{name}={mask_proxy(clean(value))}" for name, value in given]

    def _unit(self, job: CronJob) -> str:
        variables = (f"{name}={value}" for name, value in self._variables(secret=False))
        settings = (
            *(f"Environment={_quoted(variable)}\n" for variable in variables),
            *(f"SuccessExitStatus={code}\n" for code in job.fine),
        )
        return shipped_text("templates/systemd.txt").format(
            name=job.name,
            about=job.about,
            settings="".join(settings),
            script=_quoted(job.script),
            calendar=job.calendar,
        )


def _quoted(text: str) -> str:
    """Quote one word of a unit file, where systemd expands % and $."""
    for sign, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        text = text.replace(sign, written)
    return f'"{text}"'


_NOT_CHOSEN = "not of this desk (sigtrack init)"


@frozen
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
    found = split_names(given)
    for one in found:
        if not main_zone(one):
            raise Misuse(
                f"{clean(one)!r} is not a country", hint="two capitals each, such as KR, JP"
            )
    return ", ".join(dict.fromkeys(map(str.upper, found))) or DESK


def languages(given: str) -> str:
    """Return languages as the config has them. Raises Misuse for other text."""
    found = split_names(given.lower())
    for one in found:
        if (cure := cure_of_language(one)) or len(one) != 2:
            raise Misuse(
                f"{clean(one)!r} is not a language", hint=cure or "two letters each: en, ko"
            )
    return ", ".join(dict.fromkeys(found)) or "en"


def init(desk: DeskAnswers, ours: Settings) -> tuple[Report, tuple[Problem, ...]]:
    """Write the files of the desk without overwriting any. Entries of an OPML file that cannot be
    used are problems. Raises CannotWrite, having written nothing, if a desk is already set up, and
    as `feeds_of_opml` does, having written nothing either."""
    # `config show` and `cron` need none of these.
    from sigtrack.app import feeds, watchlists
    from sigtrack.app.in_force import load_catalogue
    from sigtrack.watch.feed_edits import changing_feeds

    refuse_second(ours)
    imported, problems = feeds.feeds_of_opml(desk.opml) if desk.opml else ((), ())
    left_out = [
        feed.id for feed in load_catalogue(ours).feeds if not (feed.paused or _is_of(feed, desk))
    ]
    notes = [note for id in desk.copied for note in watchlists.copy(ours, id).blocks[:-1]]
    notes += init_config(ours, _config(desk, ours)).blocks
    if left_out:
        with changing_feeds(ours.feeds) as edits:
            edits.pause(left_out, _NOT_CHOSEN)
    if desk.opml:
        notes += feeds.add_all(ours, imported).blocks
    active = [feed for feed in load_catalogue(ours).feeds if not feed.paused]
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
    text = template(ours)
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
    from sigtrack.views.hits import count

    others = f", {len(left_out)} of other desks are paused" if left_out else ""
    asked = f"{count(len(active), 'feed')} will be asked{others}: sigtrack feeds list --all"
    yield Note(text=asked, level="good")
    if desk.mail:
        yield Note(
            text="[mail] in the config says how mail is sent; check it with: sigtrack doctor"
        )
        yield Note(text="to send a digest each morning: sigtrack cron")
    yield Note(text="now: sigtrack fetch, then: sigtrack report")
