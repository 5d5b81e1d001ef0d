"""What a letter belongs to, where a word ends, and how far two words are apart.

Four classes are enough for four languages: letters that are written in words with spaces (Latin,
Cyrillic, digits), Hangul (words with particles attached), and Han and Kana (no spaces at all). A
change of class is a word border: AI반도체, 對미, 李대통령.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
HIRAGANA = "\u3041-\u3096"  # of words
KATAKANA = "\u30a1-\u30fa\u30fc"
KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
HANGUL = "\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e"

# What may follow a word of two syllables: particles, and suffixes that leave the meaning alone.
HANGUL_PARTICLES = frozenset(
    [
        *"은는이가을를의에께와과랑도만로서라나든며여",
        "에서",
        "에게",
        "으로",
        "부터",
        "까지",
        "보다",
        "처럼",
    ]
)
HANGUL_SUFFIXES = frozenset("군측제율액법발판용당")
HANGUL_ENDINGS = "다요까죠함됨임"  # the last syllable of a sentence
FREE_HANGUL = 3  # syllables that mean the same whatever follows or precedes them

_HAN = re.compile(f"[{HAN}]")
_KANA = re.compile(f"[{KANA}]")
_HANGUL = re.compile(f"[{HANGUL}]")
_WORD = re.compile(
    rf"(?P<cjk>[{HAN}{KANA}]+)|(?P<hangul>[{HANGUL}]+)|(?P<number>\d+(?:[.,]\d+)+)"
    rf"|(?P<spaced>(?:[^\W_{HAN}{KANA}{HANGUL}]|(?<=[^\W_])'(?=[^\W_]))+)"
)
# Longer than any word: a text without spaces must not cost its length at every find.
LONGEST_WORD = 80
REST_OF_HANGUL = rf"[{HANGUL}]{{0,{LONGEST_WORD}}}"
REST_OF_SPACED = rf"(?:[^\W_{HAN}{KANA}{HANGUL}]|'(?=[^\W_])){{0,{LONGEST_WORD}}}"
_REST_OF_HANGUL = re.compile(REST_OF_HANGUL)
_REST_OF_SPACED = re.compile(REST_OF_SPACED)
# A full stop ends a sentence before a space or the end. 。 always does, and ! and ? do before Han
# and Kana, which leave no space: so stand 118 of 274 。 and 172 of 450 full-width marks.
_SENTENCE_END = re.compile(rf"。|[.!?](?= |\Z)|[!?](?=[{HAN}{KANA}])")


@cache
def script_of(char: str) -> str:
    """ "han", "kana", "hangul", or "spaced" for everything else (marks too)."""
    if _HAN.match(char):
        return "han"
    if _HANGUL.match(char):
        return "hangul"
    return "kana" if _KANA.match(char) else "spaced"


_LETTER_OF = {"spaced": "s", "hangul": "h", "han": "c", "kana": "k"}


class _Classes(dict[str, str]):
    """One letter for the class of a character, filled as characters are met."""

    def __missing__(self, char: str) -> str:
        self[char] = _LETTER_OF[script_of(char)] if char.isalnum() else " "
        return self[char]


# "s" spaced letter or digit, "h" Hangul, "c" Han, "k" Kana, " " mark: for quick looks at what
# stands beside a word.
CLASS_OF = _Classes()


def classes_of(text: str) -> str:
    """As long as the text, the class of each character."""
    return "".join(map(CLASS_OF.__getitem__, text))


def is_han(char: str) -> bool:
    return script_of(char) == "han"


def is_cjk(char: str) -> bool:
    """Han or Kana: scripts without spaces."""
    return script_of(char) in ("han", "kana")


def is_hangul(char: str) -> bool:
    return script_of(char) == "hangul"


def is_spaced(char: str) -> bool:
    """A letter or digit of a script that is written in words (Latin, Cyrillic, digits)."""
    return char.isalnum() and script_of(char) == "spaced"


def hangul_may_go_on(
    text: str,
    start: int,
    end: int,
    *,
    also: Collection[str] = (),
    verbs: Collection[str] | None = None,
) -> bool:
    """Whether the word that ends with `start` to `end` may go on as it does there.

    After three syllables anything may follow, after fewer a particle, after two also a suffix or
    another noun. `also` are endings beyond these. `verbs` are for phrases that are verbs or nouns
    alike: the syllables with which verbs go on may follow then, and neither suffix nor noun, which
    make another word of it (support and approval rating, harmful and hazardous substance).
    """
    if CLASS_OF[text[end - 1]] != "h" or CLASS_OF[text[end : end + 1]] != "h":
        return True
    first = end - 1
    while first > start and CLASS_OF[text[first - 1]] == "h":
        first -= 1
    if end - first >= FREE_HANGUL:
        return True
    rest = text[end : end_of_word(text, end)]
    if rest in HANGUL_PARTICLES or rest in also:
        return True
    if verbs is not None:
        return rest[0] in verbs
    return end - first == 2 and (len(rest) > 1 or rest in HANGUL_SUFFIXES)


def is_mostly_hangul(text: str) -> bool:
    """More Hangul than Han and Kana; Latin letters and digits are not asked."""
    kinds = classes_of(text)
    hangul = kinds.count("h")
    return hangul > 0 and hangul >= kinds.count("c") + kinds.count("k")


def guess_language(text: str) -> str | None:
    """By script alone: Hangul ko, Kana ja, Han zh; None where the script does not tell."""
    if is_mostly_hangul(text):
        return "ko"
    if _KANA.search(text):
        return "ja"
    return "zh" if _HAN.search(text) else None


def count_words(folded: str) -> int:
    """Words of folded text: a number 1, a Hangul word 1, a run of n Han or Kana ceil(n/2)."""
    return sum(_weight(m) for m in _WORD.finditer(folded))


def words_between(folded: str, start: int, end: int, most: int) -> int | None:
    """How many words stand strictly between two spans, or None: too many, or a sentence ends.

    `start` is the end of the first span, `end` the start of the second. The rest of a word into
    which the first span ends (a particle, an inflection) belongs to that word and is not counted,
    nor is the beginning of the word in which the second starts.
    """
    start = end_of_word(folded, start)
    end = start_of_word(folded, end)
    if end <= start:
        return 0
    total = 0
    for m in _WORD.finditer(folded, start, end):
        total += _weight(m) if m.lastgroup == "cjk" else 1  # a call less for most words
        if total > most:
            return None
    stop = _SENTENCE_END.search(folded, start, end + 1)  # one more: it looks ahead
    return None if stop and stop.start() < end else total


def end_of_words(folded: str, most: int) -> int:
    """Where the first `most` words of the text end (its length if it has fewer)."""
    total = 0
    for m in _WORD.finditer(folded):
        weight = _weight(m) if m.lastgroup == "cjk" else 1
        if total + weight > most:  # a long run of Han or Kana is cut
            return m.start() + 2 * (most - total)
        total += weight
        if total == most:
            return m.end()
    return len(folded)


def _weight(found: re.Match[str]) -> int:
    return (found.end() - found.start() + 1) // 2 if found.lastgroup == "cjk" else 1


def end_of_word(folded: str, at: int) -> int:
    """Where the word ends into which a span ending at `at` reaches (Han and Kana have none)."""
    if at == 0:
        return at
    if is_hangul(folded[at - 1]):
        rest = _REST_OF_HANGUL.match(folded, at)
    elif is_spaced(folded[at - 1]):
        rest = _REST_OF_SPACED.match(folded, at)
    else:
        return at
    return rest.end() if rest else at


def start_of_word(folded: str, at: int) -> int:
    """Where the word starts in which a span starting at `at` stands."""
    if at >= len(folded):
        return at
    same = is_hangul if is_hangul(folded[at]) else is_spaced
    least = max(0, at - LONGEST_WORD)
    while at > least and same(folded[at]) and same(folded[at - 1]):
        at -= 1
    return at


def cells_wide(text: str) -> int:
    """Terminal cells of the text, by East Asian Width (UAX 11): Rich is not imported for this."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    joined = unicodedata.category(character) in ("Mn", "Me", "Cf")
    return 0 if joined or "\u1160" <= character <= "\u11ff" else 1
