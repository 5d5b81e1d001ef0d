"""The code of a worker process: documents in, answers out, under limits that it sets itself.

    request  two numbers (8 bytes each: a length, and the bytes of memory allowed), pickled
             documents: bodies and keyword arguments
    answer   one length, pickled (packed answers, retire)

The process sets its limits again before each request: the address space depends on the size of the
documents, and the kernel limits computing time only in sum. It ends by itself when its parent is
gone. It imports this room and, for documents that are not plain, feedparser, or
trafilatura for pages.
"""

from __future__ import annotations

import math
import os
import pickle
import resource
import signal
import struct
import traceback
from dataclasses import fields, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from sigtrack.model import Item, Parsed, Unreadable
from sigtrack.parse import parse_feed

if TYPE_CHECKING:
    from sigtrack.parse import document

REQUEST = struct.Struct(">QQ")
ANSWER = struct.Struct(">Q")
READY = b"+"
Document = tuple[bytes, dict[str, Any]]  # a body and the keyword arguments of its reader
Answer: TypeAlias = "Parsed | document.Document | Unreadable | str"  # a string is a traceback


def serve(cpu_seconds: int, kept_memory: int) -> None:
    """Answer requests on stdin until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides on Ctrl-C
    answers = os.fdopen(os.dup(1), "wb")
    _silence()
    _limit(resource.RLIMIT_CORE, 0)
    answers.write(READY)
    answers.flush()
    with os.fdopen(0, "rb") as requests:
        while _answer_one(requests, answers, cpu_seconds, kept_memory):
            pass


def _answer_one(requests: BinaryIO, answers: BinaryIO, cpu_seconds: int, kept_memory: int) -> bool:
    head = requests.read(REQUEST.size)
    if len(head) < REQUEST.size:
        return False
    length, memory = REQUEST.unpack(head)
    _limit(resource.RLIMIT_AS, memory)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime) + cpu_seconds)
    try:
        documents: list[Document] = pickle.loads(requests.read(length))
        packed = [_packed(_answer(body, arguments)) for body, arguments in documents]
        retire = _resident() > kept_memory
        data = pickle.dumps((packed, retire), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        retire, data = True, pickle.dumps(([_too_big()], True))
    answers.write(ANSWER.pack(len(data)))
    answers.write(data)
    answers.flush()
    return not retire


# pickle handles a dataclass in Python, which takes six times as long as a tuple.
_ITEM = tuple(field.name for field in fields(Item))
_values_of = attrgetter(*_ITEM)


def _packed(answer: Answer) -> Any:
    if not isinstance(answer, Parsed):
        return answer
    return replace(answer, items=()), [_values_of(item) for item in answer.items]


def unpacked(packed: Any) -> Answer:
    if not isinstance(packed, tuple):
        answer: Answer = packed
        return answer
    parsed, rows = packed
    assert isinstance(parsed, Parsed)
    return replace(parsed, items=tuple(Item(**dict(zip(_ITEM, row, strict=True))) for row in rows))


def _answer(body: bytes, arguments: dict[str, Any]) -> Answer:
    try:
        if "in_worker" not in arguments:
            return parse_feed(body, **arguments)
        from sigtrack.parse.document import read_document

        return read_document(body, **arguments)
    except MemoryError:
        return _too_big()
    except Exception:  # noqa: BLE001 - our bug: the parent raises it with this traceback
        return traceback.format_exc()


def _resident() -> int:
    """Return the bytes in memory now; 0 if unknown. (ru_maxrss begins with that of the parent.)"""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _too_big() -> Unreadable:
    memory = resource.getrlimit(resource.RLIMIT_AS)[0] // 2**20
    return Unreadable(reason=f"it needs more than {memory} MiB of memory to read")


def _silence() -> None:
    """Keep later output of the process away from the answers and the terminal."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _limit(what: int, soft: int) -> None:
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(what, (soft, hard))
