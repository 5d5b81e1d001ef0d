"""How words are written in the data files, so that no word is written twice.

    meet, meets            commas and line ends separate words
    [to/will] visit        each of the parts in square brackets
    visit(s/ed)            the word as it is, and with each of the endings in round brackets
    联合声明                and its other Chinese spelling (聯合聲明), if that is certain

Everything that reads the files uses this module, so the words are the same as if each were written
out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

MOST_MEANT = 500  # words that one word with brackets may stand for
_BRACKETS = re.compile(r"\[(?P<each>[^][()]*)\]|\((?P<endings>[^][()]*)\)")


def words_of(value: object, *, is_chinese: bool | None = False) -> tuple[str, ...]:
    """Return the words of one key, each once. `value` is a list, or a text with commas or lines.

    `is_chinese` says whether the words have another spelling. None is for a list in several
    languages: then only words that cannot be Japanese have another spelling.
    """
    if isinstance(value, str):
        return _words_in(value, is_chinese)
    parts = value if isinstance(value, list) else ()
    words = (w for part in parts if isinstance(part, str) and (w := part.strip()))
    return _meant(words, is_chinese)


@lru_cache(maxsize=16_384)
def _words_in(text: str, is_chinese: bool | None) -> tuple[str, ...]:
    parts = text.replace("\n", ",").split(",")
    return _meant((word for part in parts if (word := part.strip())), is_chinese)


def _meant(written: Iterator[str], is_chinese: bool | None) -> tuple[str, ...]:
    words = dict.fromkeys(one for word in written for one in spelled_out(word))
    if is_chinese is False:
        return tuple(words)
    from sigtrack.lexicon.han import other_spelling  # imported here: it uses this module itself

    found: dict[str, None] = {}
    for word in words:
        found[word] = None
        if not word.isascii() and (other := other_spelling(word, is_chinese=bool(is_chinese))):
            found[other[1]] = None
    return tuple(found)


def spelled_out(word: str) -> Sequence[str]:
    """Return the words that a word with brackets stands for.

    Returns the word itself if the brackets are wrong or stand for too many words.
    """
    if "[" not in word and "(" not in word:
        return (word,)
    words, end = [""], 0
    for found in _BRACKETS.finditer(word):
        inside = f"/{found['endings']}" if found["each"] is None else found["each"]
        each = inside.split("/")
        if len(words) * len(each) > MOST_MEANT:
            return (word,)
        before = word[end : found.start()]
        words = [f"{start}{before}{one}" for start in words for one in each]
        end = found.end()
    return [f"{start}{word[end:]}" for start in words]
