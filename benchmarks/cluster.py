"""Scan the same headlines on this machine and on a Ray cluster of three nodes, and compare.

    python benchmarks/cluster.py FILE ...        JSONL with titles, as `sigtrack scan` reads it

The headlines are copied into JSONL and Parquet, 1,000 in a file. Three nodes are started on
loopback, with a token and one core each, and stopped at the end. Each kind of archive is scanned by
one process and by the cluster. The exit code is 1 unless both leave the same files, byte for byte,
and JSONL and Parquet have the same items, hits and counts. This needs the extra `cluster`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from measure import cost_of
from questions import environment_of

NODES = 3
A_FILE = 1_000  # headlines
COLUMNS = ("title", "summary", "date", "source", "url", "lang")
PARTS = ("items", "hits", "counts")
_RAY = str(Path(sys.executable).with_name("ray"))
_STORE = 200_000_000  # bytes; Ray accepts 75 MB or more, and takes gigabytes by default


def write(lines: list[str], home: Path) -> None:
    """Write the archives `jsonl` and `parquet`, not packed, so that there are several tasks."""
    for kind in ("jsonl", "parquet"):
        (home / kind).mkdir()
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    for number in range(0, len(lines), A_FILE):
        some = lines[number : number + A_FILE]
        told = [json.loads(line) for line in some]
        rows = [{name: one.get(name) for name in COLUMNS} for one in told]
        table = pa.Table.from_pylist(rows, schema=schema)
        (home / "jsonl" / f"{number:06}.jsonl").write_text("\n".join(some), "utf-8")
        file = home / "parquet" / f"{number:06}.parquet"
        parquet.write_table(table, file, compression="none", use_dictionary=False)


@contextmanager
def cluster(environment: dict[str, str], home: Path) -> Iterator[str]:
    """Start the nodes and yield the address for clients."""
    quiet = subprocess.DEVNULL  # the token is a secret
    make = [_RAY, "get-auth-token", "--generate"]
    subprocess.run(make, env=environment, check=True, stdout=quiet, stderr=quiet)
    port, door = _free_port(), _free_port()
    head = ["--head", f"--port={port}", f"--ray-client-server-port={door}"]
    head += ["--include-dashboard=false", f"--temp-dir={home / 't'}"]
    try:
        for role in (head, *[[f"--address=127.0.0.1:{port}"]] * (NODES - 1)):
            command = [_RAY, "start", *role, "--node-ip-address=127.0.0.1", "--num-cpus=1"]
            command += [f"--object-store-memory={_STORE}", "--disable-usage-stats"]
            subprocess.run(command, env=environment, check=True, stdout=quiet, stderr=quiet)
        yield f"ray://127.0.0.1:{door}"
    finally:
        for kind in (signal.SIGTERM, signal.SIGKILL):
            for process in _processes_at(home):
                with suppress(ProcessLookupError):
                    os.kill(process, kind)
            time.sleep(5)


def _processes_at(home: Path) -> Iterator[int]:
    """Yield the processes whose home this is: `ray stop` would stop those of others, too."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"HOME={home}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def scan(archive: Path, name: str, environment: dict[str, str], *how: str) -> Path:
    folder = archive.with_name(f"{archive.name}-{name}")
    where = (str(archive), "--to", str(folder))
    cost = cost_of([sys.executable, "-m", "sigtrack", "scan", *where, "-q", *how], environment)
    tasks = (folder / "scan.jsonl").read_text("utf-8").count('"kept"')
    print(f"{folder.name}: {tasks} tasks, {cost.wall:.0f} s, {cost.cpu:.0f} CPU s", flush=True)
    return folder


def is_same(one: Path, other: Path) -> bool:
    files = sorted(path.relative_to(one) for path in one.glob("*/*.parquet"))
    there = sorted(path.relative_to(other) for path in other.glob("*/*.parquet"))
    same = files == there and all((one / f).read_bytes() == (other / f).read_bytes() for f in files)
    print(f"{one.name} and {other.name}: {len(files)} files, {'the same' if same else 'DIFFER'}")
    return same


def _rows(folder: Path, part: str) -> Counter[str]:
    """Return the rows in words, whichever task they are in; counts are added up."""
    rows: Counter[str] = Counter()
    for file in (folder / part).glob("*.parquet"):
        for row in parquet.read_table(file).to_pylist():
            many = row.pop("items", 1)
            rows[repr({name: value for name, value in row.items() if name != "first_seen"})] += many
    return rows


def main(paths: list[str]) -> int:
    read = (Path(path).read_text("utf-8").splitlines() for path in paths)
    lines = list(chain.from_iterable(read))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write(lines, home)
        environment = environment_of(home) | {
            "HOME": folder,
            "RAY_AUTH_MODE": "token",
            "RAY_raylet_start_wait_time_s": "200",  # a node waits so long for its own processes
        }
        print(f"{len(lines):,} headlines", flush=True)
        kinds = ("jsonl", "parquet")
        with cluster(environment, home) as address:
            shared = {
                kind: scan(home / kind, "shared", environment, f"--cluster={address}")
                for kind in kinds
            }
        alone = {kind: scan(home / kind, "alone", environment, "-j1") for kind in kinds}
        same = [is_same(alone[kind], shared[kind]) for kind in kinds]
        for part in PARTS:
            rows = [_rows(alone[kind], part) for kind in kinds]
            same.append(rows[0] == rows[1])
            verdict = "the same" if same[-1] else "DIFFER"
            print(f"{part} of JSONL and Parquet: {sum(rows[0].values()):,}, {verdict}")
        return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
