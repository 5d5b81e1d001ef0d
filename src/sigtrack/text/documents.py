"""Reads a file of the user with care: bytes, then text, then TOML with lines.

Whatever is at the path (nothing, a folder, a device, a film, a file in another encoding), the
answer is a `Problem`, given quickly and without reading more than a mebibyte.
"""

from __future__ import annotations

import errno
import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sigtrack.files import NotAFile, open_file
from sigtrack.frozen import frozen
from sigtrack.model import Place, Problem
from sigtrack.text import clean
from sigtrack.text.regex import regex

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from sigtrack.text.toml_lines import Lines

LARGEST = 1 << 20  # bytes; the largest shipped file has 20 KiB
MOST_PROPOSALS = 50
_BOM = "\ufeff"
_JAMO = regex("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
_REASONS = {
    errno.ENOENT: ("there is no such file", "check the name"),
    errno.EACCES: ("you may not read this file", "change its permissions: chmod u+r"),
    errno.EPERM: ("you may not read this file", "change its permissions: chmod u+r"),
    errno.ELOOP: ("this link points to itself", "replace it by a file"),
    errno.ENAMETOOLONG: ("this name is too long", "shorten it"),
}


@frozen(kw_only=False)
class TomlDocument:
    path: str
    values: Mapping[str, Any]
    lines: Lines
    warnings: tuple[Problem, ...] = ()

    def place(self, *path: str | int) -> Place:
        return Place(path=self.path, line=self.lines.of(*path))


def path_of(file: Path | Traversable) -> str:
    """Return the name of a file, cleaned, because a stranger may have chosen it."""
    return clean(str(file))


def is_there(file: Path) -> bool:
    """Whether anything is at the path.

    A link that leads nowhere counts, and so does a folder that we may not read: these are mistakes
    to report.
    """
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def read_text(file: Path | Traversable) -> str | Problem:
    """Return the text of a UTF-8 file of at most 1 MiB. `read_document` deals with a BOM."""
    try:
        raw = _read_bytes(file)
    except OSError as error:
        message, hint = _REASONS.get(
            error.errno or 0, (f"this file cannot be read, {error.strerror or error}", "check it")
        )
        return Place(path=path_of(file)).problem(message, hint)
    if isinstance(raw, Problem):
        return raw
    return _decode(raw, path_of(file))


def _read_bytes(file: Path | Traversable) -> bytes | Problem:
    if not isinstance(file, Path):
        return file.read_bytes()
    place = Place(path=path_of(file))
    try:
        with open_file(file) as stream:
            raw = stream.read(LARGEST + 1)  # files grow, so the size is checked while reading
    except NotAFile as error:
        return place.problem(f"this {error.what}", "move it away")
    if len(raw) > LARGEST:
        return place.problem(
            f"this file is larger than {LARGEST >> 20} MiB",
            "split it by theme, or move it away if it is not a watchlist",
        )
    return raw


def _decode(raw: bytes, path: str) -> str | Problem:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Place(path=path, line=1).problem(
            "this file is saved as UTF-16", "save it as UTF-8 (in Notepad: Save as, Encoding)"
        )
    at = raw.find(b"\0")
    if at >= 0:
        return Place(path=path, line=raw.count(b"\n", 0, at) + 1).problem(
            "there is a NUL byte here",
            "this is not a text file, or it is damaged: restore it from a copy",
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Place(path=path, line=raw.count(b"\n", 0, error.start) + 1).problem(
            "this line is not UTF-8", "save the file as UTF-8 (not EUC-KR, Shift JIS, GBK or ANSI)"
        )


def read_document(
    path: str, text: str | Problem, *, headings: str = "[[signal]] or [terms]"
) -> TomlDocument | Problem:
    """Return the values of a TOML text with their lines, or its first mistake in plain words.

    `text` is what `read_text` returned; its problem is passed on. `headings` are examples of
    headings that the file may hold.
    """
    if isinstance(text, Problem):
        return text
    import tomllib  # both are imported here, because most commands read no such file: 3 ms

    from sigtrack.text.toml_lines import MOST_TOKENS, Lines, check_shape, explain, tokens_of

    body = text.removeprefix(_BOM)
    tokens = list(islice(tokens_of(body), MOST_TOKENS + 2))
    if absurd := check_shape(tokens):
        line, message = absurd
        return Place(path=path, line=line).problem(message, "write it flat, or split the file")
    try:
        values = tomllib.loads(body)
    except ValueError as error:  # TOMLDecodeError, or int() or date() on absurd numbers
        trouble = explain(body, str(error), headings=headings)
        return Place(path=path, line=trouble.line).problem(trouble.message, trouble.hint)
    warnings = _warnings(text, path)
    return TomlDocument(path=path, values=values, lines=Lines.of_tokens(tokens), warnings=warnings)


def _warnings(text: str, path: str) -> tuple[Problem, ...]:
    warnings = []
    if text.startswith(_BOM):
        warnings.append(
            Place(path=path, line=1).problem(
                "the file begins with a byte order mark (BOM)",
                'it is skipped; save the file as "UTF-8 without BOM"',
                warning=True,
            )
        )
    if found := _JAMO.search(text):
        line = text.count("\n", 0, found.start()) + 1
        words = re.findall(r"\w+", text.split("\n")[line - 1])
        example = next((word for word in words if _JAMO.search(word)), "")
        warnings.append(
            Place(path=path, line=line).problem(
                "Hangul is decomposed here: letters in pieces (ㅎㅏㄴ) instead of "
                f"syllables ({unicodedata.normalize('NFC', example)})",
                "it is read as syllables; to search the file by hand, save it in NFC",
                warning=True,
            )
        )
    return tuple(warnings)


def did_you_mean(
    word: str, known: Iterable[str], otherwise: str = "", *, sign: str = "", told: int = 0
) -> str:
    """Return "did you mean …" if a known word is similar, ignoring case; `otherwise` if none is.

    Comparing is slow, and nobody reads the hundredth proposal: after `told` reaches a limit,
    `otherwise` is returned.
    """
    if told >= MOST_PROPOSALS:
        return otherwise
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word[:80].lower(), list(by_lower), n=1, cutoff=0.6)
    return f"did you mean {sign}{by_lower[near[0]]}?" if near else otherwise
