"""Measure CPU seconds and memory of whole process trees, with the compared ways taking turns.

Every benchmark of this folder gives medians of five turns and ratios within one run, because the
speed of a machine drifts. CPU seconds count a process and the children that it has waited for.
Memory is the largest sum of PSS over the tree, read every 20 ms, and 500 times in a long run (0 if
the system does not provide it, as on macOS).
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TURNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    cpu: float  # seconds, user and system
    wall: float  # seconds
    peak: float  # MiB


def cost_of(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command once. Raises CalledProcessError if it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0.0
    done = threading.Event()

    def look() -> None:
        nonlocal peak
        # Ever less often: a look takes milliseconds, and a long run has a long peak.
        while not done.wait(max(0.02, (time.perf_counter() - began) / 500)):
            peak = max(peak, _memory_of_tree(process.pid))

    watcher = threading.Thread(target=look)
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    wall = time.perf_counter() - began
    return Cost(cpu=usage.ru_utime + usage.ru_stime, wall=wall, peak=peak)


def medians(ways: Mapping[str, Callable[[], Cost]], turns: int = TURNS) -> dict[str, Cost]:
    """Return the median of each figure separately. The first turn warms caches and is ignored."""
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for turn in range(turns + 1):
        for name, way in ways.items():
            cost = way()
            if turn:
                costs[name].append(cost)
    return {
        name: Cost(
            cpu=statistics.median(cost.cpu for cost in several),
            wall=statistics.median(cost.wall for cost in several),
            peak=statistics.median(cost.peak for cost in several),
        )
        for name, several in costs.items()
    }


def cpu_of(work: Callable[[], object]) -> Cost:
    """Return the cost of one call in this process, without memory."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(cpu=time.process_time() - cpu, wall=time.perf_counter() - began, peak=0.0)


def print_costs(costs: Mapping[str, Cost], *, per: int = 1, unit: str = "") -> None:
    """Print a line for each way; ratios are to the first. `per` divides, to give ms a `unit`."""
    first = next(iter(costs.values()))
    for name, cost in costs.items():
        figure = f"{1000 * cost.cpu / per:10.2f} ms/{unit}" if unit else f"{cost.cpu:9.3f} CPU s"
        memory = f"{cost.peak:7.0f} MiB" if cost.peak else ""
        print(f"  {name:34}{figure}  × {cost.cpu / first.cpu:6.2f}{memory}")


def missing(peers: Mapping[str, bool]) -> None:
    """Print which peers are not installed."""
    for name in sorted(name for name, there in peers.items() if not there):
        print(f"  {name:34}not installed")


def _memory_of_tree(root: int) -> float:
    total, waiting = 0.0, [root]
    while waiting:
        pid = waiting.pop()
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
            total += next((int(line.split()[1]) for line in lines if line[:4] == "Pss:"), 0) / 1024
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += map(int, (task / "children").read_text("ascii").split())
    return total
