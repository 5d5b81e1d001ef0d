"""`sigtrack scan --cluster`: the tasks of a scan on the machines of a Ray cluster.

Daft hands out the tasks, one row of a table each, and its Ray runner does again what a machine that
dies had under way. A machine does a task as a process of a local scan does, in a folder of its own,
and the files that it writes come back as bytes: only this process writes the output and the
manifest. The rules go along as the user's files, so the machines need sigtrack and the archives,
and nothing else.

Ray and Daft come with the extra `cluster`. Whoever reaches the ports of a cluster can run code on
it, so a cluster without a token is refused unless the user asks for it. Telemetry is switched off
before either is imported, here and on the machines.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from sigtrack import __version__
from sigtrack.app.in_force import Catalogue, InForce
from sigtrack.app.rules import Rules, load_rules
from sigtrack.app.rules_cache import decode, encode, files_of_rules
from sigtrack.app.scan_batch import (
    Job,
    Scanner,
    error_told,
    fingerprint_of_scan,
    scan_task,
    told_of,
)
from sigtrack.config import Settings, load_settings
from sigtrack.errors import InputUnreadable, Misconfigured, Misuse, NoPermission, SigtrackError
from sigtrack.frozen import frozen
from sigtrack.model import Done, Piece, Task
from sigtrack.parse.archives import need
from sigtrack.store.scans import PARTS, ScanFolder
from sigtrack.text import clean

INSTALL = "pip install 'sigtrack[cluster]'"
_NO_TELEMETRY = {
    "DO_NOT_TRACK": "1",
    "DAFT_ANALYTICS_ENABLED": "0",
    "SCARF_NO_ANALYTICS": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}
_QUIET = {"DAFT_PROGRESS_BAR": "0"}
_PATIENCE = 600  # seconds: a busy machine starts a process and imports Daft for the first time


class RuleFiles(NamedTuple):
    """What a machine needs to make the rules: the user's files, by path below the config folder,
    and the encoded feeds as rules see them."""

    files: Mapping[str, bytes]
    feeds: bytes


class Machine(NamedTuple):
    """What a machine of the cluster says of itself. `sigtrack` is "" if it is not installed;
    `missing` are files that it does not see."""

    name: str
    python: str
    sigtrack: str
    missing: tuple[str, ...] = ()


@frozen
class Cluster:
    """A cluster that answers. `settings` are those of the user."""

    settings: Settings
    ray: Any
    daft: Any

    def run(
        self,
        job: Job,
        folder: ScanFolder,
        at_once: int,
        files: InForce,
        finished: Callable[[Done], object],
    ) -> None:
        """Do all open tasks, at most so many at once (0: one for each core of the cluster).

        Raises Misconfigured if the rules have mistakes or a machine does not fit, and
        InputUnreadable if it does not see the archives or the cluster gives up.
        """
        tasks = folder.open_tasks
        if not tasks:
            return
        sent = rule_files(self.settings, files.rules, files.catalogue)
        refuse_misfits(self._machines(_samples(tasks)))
        by_number = {task.number: task for task in tasks}
        cores = int(self.ray.cluster_resources().get("CPU", 1))
        with _cluster_trouble():
            for row in self._rows(job, sent, tasks, min(at_once or cores, cores, len(tasks))):
                news = json.loads(row["news"])
                if "error" in news:
                    raise error_told(news)
                folder.keep_parts(news["task"], {name: row[name] for name in PARTS})
                finished(_done(news, by_number[news["task"]]))

    def _machines(self, samples: Sequence[str]) -> list[Machine]:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        def about() -> tuple[str, str, str, list[str]]:  # travels as code: it imports no sigtrack
            import platform
            from importlib.util import find_spec
            from pathlib import Path

            version = ""
            if find_spec("sigtrack"):
                from sigtrack import __version__ as version
            lacking = [one for one in samples if not Path(one).exists()]
            return platform.node(), platform.python_version(), version, lacking

        ask = self.ray.remote(num_cpus=0, max_retries=0)(about)
        nodes = [one["NodeID"] for one in self.ray.nodes() if one["Alive"]]
        with _cluster_trouble():
            asked = [
                ask.options(scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False))
                for node in nodes
            ]
            answers = self.ray.get([one.remote() for one in asked], timeout=_PATIENCE)
        return [Machine(name, python, ours, tuple(lack)) for name, python, ours, lack in answers]

    def _rows(
        self, job: Job, sent: RuleFiles, tasks: Sequence[Task], at_once: int
    ) -> Iterator[Mapping[str, Any]]:
        """Yield what `Bench.do` gives for each task, as it is done."""
        daft = self.daft
        parts = {name: daft.DataType.binary() for name in PARTS}
        given = daft.DataType.struct({"news": daft.DataType.string(), **parts})

        @daft.cls(max_concurrency=at_once)
        class Scan:
            def __init__(self) -> None:
                self.bench = Bench(job, sent)

            @daft.method.batch(return_dtype=given, batch_size=1)  # type: ignore[untyped-decorator]
            def scan(self, asked: Any) -> list[dict[str, Any]]:
                return [self.bench.do(one) for one in asked.to_pylist()]

        table = daft.from_pydict({"asked": [asked_of(task) for task in tasks]})
        scanned = table.into_partitions(len(tasks)).select(Scan().scan(table["asked"]).alias("row"))
        for batch in scanned.to_arrow_iter():
            yield from (row["row"] for row in batch.to_pylist())


@contextmanager
def cluster_at(address: str, settings: Settings) -> Iterator[Cluster]:
    """Connect to a cluster, and leave it at the end.

    Raises Misuse for an address that is none and if the extra is missing, InputUnreadable if nobody
    answers, NoPermission for a wrong token, and Misconfigured for another Ray or Python.
    """
    if not address.startswith("ray://"):
        raise Misuse(
            f"cannot read {clean(address)!r} as the address of a cluster",
            hint="write --cluster ray://HOST:10001",
        )
    need("ray", "daft", "grpc", hint=INSTALL)
    os.environ.update(_NO_TELEMETRY | _QUIET)
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    import ray

    with _cluster_trouble(address), warnings.catch_warnings(action="ignore"):
        _connect(ray, address)
    try:
        import daft

        daft.set_runner_ray(noop_if_initialized=True)
        daft.set_execution_config(actor_udf_ready_timeout=_PATIENCE)
        yield Cluster(settings=settings, ray=ray, daft=daft)
    finally:
        ray.shutdown()


def _connect(ray: Any, address: str) -> None:
    try:
        ray.init(
            address,
            log_to_driver=False,
            logging_level="CRITICAL",
            runtime_env={"env_vars": _NO_TELEMETRY},
        )
    except RuntimeError as error:
        if "ersion mismatch" not in str(error):
            raise
        raise Misconfigured(
            f"{clean(address)} has another Ray or Python: {clean(str(error))[:200]}",
            problems=(),
            hint=f"install the same on every machine: {INSTALL}",
        ) from None


@contextmanager
def _cluster_trouble(address: str = "the cluster") -> Iterator[None]:
    from daft.exceptions import DaftCoreException
    from ray.exceptions import AuthenticationError, RayError

    try:
        yield
    except AuthenticationError as error:
        raise NoPermission(
            f"cannot log in to {clean(address)} ({_first_line(error)})",
            hint="copy ~/.ray/auth_token of the machines of the cluster to this one",
        ) from None
    except (ConnectionError, TimeoutError) as error:
        raise InputUnreadable(
            f"{clean(address)} does not answer ({_last_line(error)})",
            hint="check host and port (usually 10001), that `ray start --head` runs there, and "
            "that ~/.ray/auth_token is the same there and here",
        ) from None
    except (RayError, DaftCoreException) as error:
        raise InputUnreadable(
            f"{clean(address)} gave up ({_last_line(error)})",
            hint="what is complete is kept, and the same command goes on from there; without "
            "--cluster a file that ends the processes that read it is left out and named",
        ) from error


def _first_line(error: BaseException) -> str:
    return clean(str(error).strip().partition("\n")[0])[:200] or type(error).__name__


def _last_line(error: BaseException) -> str:
    """Where an error quotes what happened elsewhere, its last line says why."""
    return clean(str(error).strip().rpartition("\n")[2])[:300] or type(error).__name__


def rule_files(settings: Settings, rules: Rules, catalogue: Catalogue) -> RuleFiles:
    """Raises Misconfigured if a file has a mistake: its last good version is on this machine."""
    wrong = [one for one in (*rules.index.problems, *catalogue.problems) if one.severity == "error"]
    if wrong:
        raise Misconfigured(
            "a cluster gets the files of the rules as they are, and some have mistakes",
            problems=wrong,
            hint="mend them, or scan without --cluster",
        )
    files = {
        path.relative_to(settings.folder).as_posix(): path.read_bytes()
        for path in files_of_rules(settings)
    }
    return RuleFiles(files, encode(catalogue.as_rules_see_it()))


def _samples(tasks: Sequence[Task]) -> list[str]:
    """Return the first and the last local file, by which machines tell whether they see them."""
    local = [piece.address for task in tasks for piece in task.pieces if "://" not in piece.address]
    return sorted({_from_anywhere(one) for one in (*local[:1], *local[-1:])})


def refuse_misfits(machines: Iterable[Machine]) -> None:
    """Raises Misconfigured for the first machine that could not do its tasks."""
    ours = platform.python_version_tuple()[:2]
    for machine in machines:
        name = clean(machine.name)
        if not machine.sigtrack:
            raise _misfit(f"{name} in the cluster has no sigtrack")
        if machine.sigtrack != __version__:
            theirs = clean(machine.sigtrack)
            raise _misfit(f"{name} in the cluster has sigtrack {theirs}, and this is {__version__}")
        if tuple(machine.python.split(".")[:2]) != ours:
            theirs = clean(machine.python)
            raise _misfit(
                f"{name} in the cluster has Python {theirs}, and this is {'.'.join(ours)}"
            )
        if machine.missing:
            raise InputUnreadable(
                f"{name} in the cluster has no file {clean(machine.missing[0])}",
                hint="every machine reads the archives itself: put them on s3:// or in a folder "
                "that all share",
            )


def _misfit(message: str) -> Misconfigured:
    hint = f"on every machine: {INSTALL[:-1]}=={__version__}', with the same Python"
    return Misconfigured(message, problems=(), hint=hint)


def asked_of(task: Task) -> str:
    """Write a task for a machine; local files are named from the root."""
    whole = [piece._replace(address=_from_anywhere(piece.address)) for piece in task.pieces]
    return json.dumps({"task": task.number, "pieces": whole})


def _from_anywhere(address: str) -> str:
    return address if "://" in address else str(Path(address).absolute())


def _done(news: Mapping[str, Any], task: Task) -> Done:
    """Return the outcome, with broken files named as the user did."""
    names = {_from_anywhere(piece.address): piece.address for piece in task.pieces}
    broken = tuple((names[address], why) for address, why in news["broken"])
    return Done(**{**news, "broken": broken})


class Bench:
    """Does tasks on a machine of the cluster, and leaves nothing there."""

    def __init__(self, job: Job, sent: RuleFiles) -> None:
        self._job, self._sent = job, sent

    @cached_property
    def _scanner(self) -> Scanner:
        feeds = Catalogue(feeds=decode(self._sent.feeds), problems=())
        with tempfile.TemporaryDirectory(prefix="sigtrack-") as home:
            for name, content in {"config.toml": b"", **self._sent.files}.items():
                path = Path(home, "config", name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            variables = {"HOME": home, "XDG_STATE_HOME": str(Path(home, "state"))}
            settings = load_settings(variables, config=str(Path(home, "config", "config.toml")))
            rules = load_rules(settings)
            if fingerprint_of_scan(rules, feeds) != self._job.rules:
                name = platform.node()
                raise _misfit(f"{name} in the cluster has another state of sigtrack than this one")
            return self._job.scanner_with(rules, feeds)

    def do(self, asked: str) -> dict[str, Any]:
        """Return the outcome of a task, or the error that ends the scan, and the bytes of its
        files."""
        try:
            return self._done(json.loads(asked))
        except SigtrackError as error:
            return {"news": json.dumps(told_of(error)), **dict.fromkeys(PARTS, b"")}

    def _done(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        task = Task(asked["task"], tuple(Piece(*one) for one in asked["pieces"]))
        with tempfile.TemporaryDirectory(prefix="sigtrack-") as place:
            folder = ScanFolder(Path(place))
            folder.begin({})
            done = scan_task(task, folder, self._job.columns, self._scanner)
            files = {name: folder.part(name, task.number).read_bytes() for name in PARTS}
        return {"news": json.dumps(asdict(done)), **files}
