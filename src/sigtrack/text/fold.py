"""Makes spellings and words comparable, with an index back to the publisher's own letters.

Both sides of every comparison are folded: the words of a watchlist and the words of an item. `fold`
unifies compatibility forms (NFKC: full-width digits, half-width Kana, ligatures, decomposed
Hangul). It replaces everything that separates words but not clauses (space, hyphen, dash, slash,
line break, quotes, brackets, symbols) by one space. It keeps what has a meaning later: letters and
digits, `, . ; :` and the marks that end sentences, the apostrophe inside a word, and `&` and `+`,
which are words of their own. It removes the full stop of an abbreviation, which ends no sentence,
and the comma of `3,500`.

The index is made only when it is needed, because most items have no hits and never need it.

`Stems` go beyond spelling: inflection, clause marks, British and American. A formula must be found
as "strongly opposed any attempt" if the catalogue says "strongly oppose any attempts". So a text is
rewritten as its stems with one space between them, and a phrase is found in it by plain search.
Latin words lose regular endings (the first steps of Porter 1980: what is joined wrongly is joined
in the same way on both sides). Han, Kana and Hangul stay as folding leaves them, and are cut where
the script changes. Commas are removed; the end of a sentence or clause becomes `|`, which no phrase
crosses.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

from sigtrack.text.regex import regex
from sigtrack.text.scripts import (
    CLASS_OF,
    HAN,
    HANGUL,
    HANGUL_PARTICLES,
    KANA,
    script_of,
)

_MIDDLE_DOTS = frozenset("·・･‧∙⋅•ㆍᆞ᛫")  # ㆍ and its NFKC form ᆞ are what Korean keyboards type
_FULL_STOPS = "。｡"
_KEPT = frozenset(",.;:!?'&+·。")
_SAME = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, _MIDDLE_DOTS), ord("·")),
    **dict.fromkeys(map(ord, _FULL_STOPS), ord("。")),
    **dict.fromkeys(map(ord, "、､﹑"), ord(",")),
    **dict.fromkeys(map(ord, "…⋯‥"), ord(";")),  # a border of clauses that stands in no number
    **dict.fromkeys(map(ord, "™℠"), ord(" ")),  # NFKC would make letters of them
    **dict.fromkeys(map(ord, "‘’‛ʼ＇`´′"), ord("'")),
    0x0130: ord("I"),  # the only letter whose lower case has two characters
}


class _FoldTable(dict[str, str]):
    """What characters become, one for one, so that offsets stay; it fills itself."""

    def __missing__(self, char: str) -> str:
        folded = chr(_SAME.get(ord(char), ord(char)))
        self[char] = folded if _stays(folded) else " "
        return self[char]


def _stays(char: str) -> bool:
    """Whether a character is kept. ㎞ and ㈱ are symbols, but NFKC makes letters of them."""
    return (
        char in _KEPT
        or char.isalnum()
        or unicodedata.combining(char) > 0
        or any(map(str.isalnum, unicodedata.normalize("NFKC", char)))
    )


_TABLE = _FoldTable()
# All but characters that stay, since to find the few others takes a quarter of `str.translate`.
# Texts in ASCII have a pattern of their own, as sets of Han take 2 ms to compile.
_LETTERS = "A-Za-z0-9가-힣一-鿿ぁ-ゖァ-ヺ"  # nothing to fold
_MARKS = " ,.;:!?'&+"
_IN_ASCII = regex(f"[^A-Za-z0-9{_MARKS}]")
_ANYWHERE = regex(f"[^{_LETTERS}{_MARKS}·。À-ÖØ-öа-яА-Я\u30fc]")
_ABBREVIATED = frozenset(
    (
        *("Mr", "Mrs", "Ms", "Dr", "Prof", "Gen", "Lt", "Col", "Maj", "Capt", "Adm", "Sgt", "Sen"),
        *("Rep", "Gov", "Amb", "St", "Jr", "Sr", "vs", "Co", "Corp", "Inc", "Ltd", "Jan"),
        *("Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec"),
    )
)
# The last word before a full stop, if it may be an abbreviation: St, Sept, vs.
_SHORT = "|".join(
    rf"(?<=(?<![^\W_]){word}\.)" for word in ("vs", *("[A-Z]" + n * "[a-z]" for n in range(4)))
)
_GAP = r"(?:[ ·]|(?<![^\W_])'|'(?![^\W\d_]))"
# What cannot be decided character by character. Each branch begins with one plain character, so
# that `re` skips all other letters quickly: this runs over every letter of every item.
_OTHERS = (
    rf" (?=[ ·']){_GAP}+|·{_GAP}*|'(?:(?<![^\W_]')|(?![^\W\d_])){_GAP}*"
    r"|&|\+"
    r"|,(?<=\d,)(?=\d{3}(?!\d))"
)
_STOPS = (  # an acronym from its first dot on, the stop of an abbreviation, an ellipsis
    r"\.(?<=[A-Za-z]\.)(?<![A-Za-z0-9][A-Za-z]\.)[A-Za-z](?:\.[A-Za-z])*"
    r"(?:\.(?![A-Za-z0-9.\u0300-\u036f])|(?![A-Za-z0-9]))"
    rf"|\.(?=[ '·&+])(?:{_SHORT})"
    r"|\.\.+"
)
_WITH_STOPS = regex(f"{_STOPS}|{_OTHERS}")
_WITHOUT_STOPS = regex(_OTHERS)
_PLAIN = regex(f"[{_LETTERS}]+")
_REST = regex(r"[^\W_]*")
_LAST_WORD = regex(r"[^\W_]*\Z")
_NUMBER = regex(r"[ ·']*\d")
_ENDINGS = HANGUL_PARTICLES | {"간", "간의"}
_LONG = 4_000  # letters of a text that is not kept
_COUNTRIES = "한미일중북러영독불남"  # syllables that stand for a country in Korean compounds


Edit = tuple[int, int, int]  # a range, and how many characters it became; not 1 for 1


@dataclass(frozen=True)
class Folded:
    """A folded text. `text` keeps case, `lower` does not; both have the same length and offsets."""

    original: str
    text: str
    lower: str
    edits: tuple[Edit, ...] | None  # None if nothing moved

    @cached_property
    def original_lower(self) -> str:
        return self.original.lower()

    @cached_property
    def _index(self) -> tuple[list[int], list[int]] | None:
        return None if self.edits is None else _index(self.original, self.edits)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in `original` of a folded half-open range that is not empty."""
        index = self._index
        if index is None:
            return start, end
        return index[0][start], index[1][end - 1]

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Return the folded range of the text between two offsets in `original`."""
        index = self._index
        if index is None:
            return start, end
        return bisect_right(index[1], start), bisect_left(index[0], end)

    def is_before_dot(self, at: int) -> bool:
        """Whether a middle dot, which folding made a space, follows the folded character."""
        end = self.origin(at, at + 1)[1]
        return self.original[end : end + 1] in _MIDDLE_DOTS


def fold(text: str) -> Folded:
    """Fold a text. Folding twice gives the same result as folding once.

    The last short texts are kept, because an item is read several times in a row: for visits, for
    names, for wording, and there by sentence.
    """
    return _fold(text) if len(text) > _LONG else _kept_fold(text)


def _fold(text: str) -> Folded:
    folded, edits = _folded(text)
    return Folded(text, folded, folded.lower(), edits)


_kept_fold = lru_cache(maxsize=64)(_fold)


def fold_text(text: str) -> str:
    """Return `fold(text).text` without the index."""
    return _folded(text)[0]


def _folded(text: str) -> tuple[str, tuple[Edit, ...] | None]:
    table = _by_table(text)
    is_normal = unicodedata.is_normalized("NFKC", table)
    if not is_normal:
        table = _by_table(unicodedata.normalize("NFKC", table))
    edits: list[Edit] = []

    def edited(found: re.Match[str]) -> str:
        new, (start, end) = _replacement(found), found.span()
        if end - start != 1 or len(new) != 1:
            edits.append((start, end, len(new)))
        return new

    folded = _context(table).sub(edited, table)
    return folded, tuple(edits) if edits or not is_normal else None


def _by_table(text: str) -> str:
    others = _IN_ASCII if text.isascii() else _ANYWHERE
    return others.sub(lambda found: _TABLE[found[0]], text)


@lru_cache(maxsize=65536)
def fold_word(text: str) -> str:
    """Fold a word of a needle as if text followed it (S. Korea, St. Petersburg)."""
    return text if _PLAIN.fullmatch(text) else fold_text(f"{text} ").strip()


def _context(table: str) -> re.Pattern[str]:
    return _WITH_STOPS if "." in table else _WITHOUT_STOPS


def _replacement(found: re.Match[str]) -> str:
    run = found[0]
    match run[0]:
        case "&" | "+":
            return _sign(found)
        case ",":
            return ""
        case ".":
            if run == ".":
                return _stop(found)
            return ";" if run[1] == "." else run.replace(".", "")  # an ellipsis, an acronym
    # A middle dot joins two pieces of one character.
    return "" if run == "·" and _joins(found.string, found.start()) else " "


def _stop(found: re.Match[str]) -> str:
    """Return the replacement for a full stop. That of an abbreviation (Mr. Kim) is removed."""
    text, at = found.string, found.start()
    last = _LAST_WORD.search(text[max(0, at - 5) : at])
    word = last[0] if last else ""
    if word == "No":  # No. 2 and No. (2), but not: They said No. Then
        return "" if _NUMBER.match(text, at + 1) else "."
    short = word in _ABBREVIATED or (len(word) == 1 and "A" <= word <= "Z")
    return "" if short else "."


def _sign(found: re.Match[str]) -> str:
    """Return a sign with spaces: `R&D` and `R & D` are the same three words."""
    text, start, end = found.string, found.start(), found.end()
    before = "" if start == 0 or text[start - 1] in " ·'" else " "
    after = "" if end == len(text) or text[end] in " ·'&+" else " "
    return f"{before}{found[0]}{after}"


def _joins(text: str, dot: int) -> bool:
    """Whether the dot stands between two pieces of one character (a particle may follow)."""
    left, before = text[dot - 1 : dot], text[dot - 2 : dot - 1] if dot > 1 else ""
    right = text[dot + 1 : dot + 2]
    if not (left.isalpha() and right.isalpha()) or before.isalnum():
        return False
    if left.isascii() and right.isascii():  # N·o would become the abbreviation No
        return False
    if not unicodedata.is_normalized("NFKC", left + right):  # ㄱ·ㅏ would become 가
        return False
    rest = _REST.match(text, dot + 2)
    tail = rest[0] if rest else ""
    if not tail or script_of(tail[0]) != script_of(right):
        return True
    # 한·미동맹 and 한·일간 are one word, 한·미국 and 한·인도 are two names
    return (
        right in _COUNTRIES and tail[0] not in "국본" and (left in _COUNTRIES or tail in _ENDINGS)
    )


def _index(text: str, edits: Iterable[Edit]) -> tuple[list[int], list[int]]:
    """Return where each folded character begins and ends in the original text."""
    table = _by_table(text)
    if unicodedata.is_normalized("NFKC", table):
        starts, ends = list(range(len(table))), list(range(1, len(table) + 1))
    else:
        starts, ends = _normalized(table)
    new_starts: list[int] = []
    new_ends: list[int] = []
    done = 0
    for start, end, width in edits:
        new_starts += starts[done:start] + starts[start : start + 1] * width
        new_ends += ends[done:start] + ends[end - 1 : end] * width
        done = end
    return new_starts + starts[done:], new_ends + ends[done:]


def _normalized(table: str) -> tuple[list[int], list[int]]:
    """Apply NFKC to each cluster, so that each character keeps the place of its cluster."""
    starts: list[int] = []
    ends: list[int] = []
    for a, b in clusters(table):
        size = len(unicodedata.normalize("NFKC", table[a:b]))
        starts += [a] * size
        ends += [b] * size
    return starts, ends


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield each base with the marks, Jamo or voice of half-width Kana that combine with it."""
    start = 0
    for at in range(1, len(text)):
        if not _combines(text, start, at):
            yield start, at
            start = at
    if text:
        yield start, len(text)


def _combines(text: str, start: int, at: int) -> bool:
    char = text[at]
    if char < "\u0300":
        return False
    if unicodedata.combining(char):
        return True
    before, nfkc = text[start:at], unicodedata.normalize
    return nfkc("NFKC", before + char) != nfkc("NFKC", before) + nfkc("NFKC", char)


BORDER = "|"
_BORDERS = frozenset("。;:!?.")
_TOKEN = regex(
    rf"[{HAN}{KANA}]+|[{HANGUL}]+"
    rf"|(?:[a-z0-9]+|[^\W_{HAN}{KANA}{HANGUL}]+|(?<=[^\W_])'(?=[^\W_]))+"
    r"|[。;:!?]|\.(?= |\Z)"
)
_PLAIN_TOKEN = regex(r"[a-z0-9']+|[;:!?]|\.(?= |\Z)")  # the same in ASCII, four times as fast
_SPELLINGS = (("isation", "ization"), ("defence", "defense"), ("favour", "favor"))
_VOWEL = regex("[aeiouy]")
_SHORTEST = 4  # letters that a stem needs to lose an ending: noted is not "not"


class Stems:
    """A text as stems. `text` has one space before, between and after them."""

    __slots__ = ("_folded", "_known", "original", "text")

    def __init__(self, text: str) -> None:
        self.original = text
        self._folded: Folded = fold(text)
        self._known: _Places | None = None  # most texts are only searched
        pieces = _stemmed(self._folded.lower)
        self.text = f" {pieces} " if pieces else " "

    @property
    def _places(self) -> _Places:
        if self._known is None:
            lower = self._folded.lower
            tokens = [found.span() for found in _tokens(lower).finditer(lower)]
            lengths = map(len, self.text[1:-1].split(" "))
            stems = [*accumulate((length + 1 for length in lengths), initial=1)]
            self._known = _Places(stems[: len(tokens)], tokens)
        return self._known

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the publisher's text for a range of `text` (without outer spaces)."""
        start += self.text[start] == " "
        end -= self.text[end - 1] == " "
        return self._folded.origin(self._of(start, 0), self._of(end - 1, 1))

    def tokens(self) -> Iterator[tuple[str, int, int, str]]:
        """Yield each token in small letters, its range in the publisher's text, and what stands
        between it and the token before, without spaces."""
        lower, index, before = self._folded.lower, self._folded._index, 0
        for start, end in self._places.tokens:
            first, past = (start, end) if index is None else (index[0][start], index[1][end - 1])
            yield lower[start:end], first, past, lower[before:start].strip()
            before = end

    def _of(self, at: int, beyond: int) -> int:
        """Return a place in the folded text: exact without stems, otherwise the word's border."""
        stems, tokens = self._places
        number = bisect_right(stems, at) - 1
        start, end = tokens[number]
        if CLASS_OF[self._folded.lower[start]] in "ckh":
            return start + at - stems[number] + beyond
        return end if beyond else start


class _Places(NamedTuple):
    """Where each stem begins in the text as stems, and its token stands in the folded text."""

    stems: list[int]
    tokens: list[tuple[int, int]]


_FREQUENT = 1 << 13  # words: of more, each takes 300 bytes and is seldom met again


def stems_of(text: str) -> str:
    return _stemmed(fold_text(text).lower())


def _stemmed(lower: str) -> str:
    return " ".join(map(_piece, _tokens(lower).findall(lower)))


def _tokens(lower: str) -> re.Pattern[str]:
    return _PLAIN_TOKEN if lower.isascii() else _TOKEN


@lru_cache(maxsize=_FREQUENT)
def _piece(token: str) -> str:
    """Return what stands for a token in the text as stems."""
    if token in _BORDERS:
        return BORDER
    return stem(token) if script_of(token[0]) == "spaced" else token


@lru_cache(maxsize=_FREQUENT)
def stem(word: str) -> str:
    """Return the stem of a folded lower-case word. A stem is no word: do not stem it again."""
    for british, american in _SPELLINGS:
        word = word.replace(british, american)
    word = word.removesuffix("'s")
    if word.endswith("ies") and len(word) > 4:
        word = f"{word[:-3]}y"
    elif word.endswith("s") and len(word) > 3 and word[-2] not in "su'" and word[-2:] != "is":
        word = word[:-1]
    word = _without_tense(word)
    return word[:-1] if word.endswith("e") and len(word) > _SHORTEST else word


def without_particle(word: str) -> str:
    """Return a Hangul word without the particle at its end, if two syllables remain."""
    for length in (2, 1):
        if len(word) > length + 1 and word[-length:] in HANGUL_PARTICLES:
            return word[:-length]
    return word


def _without_tense(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return f"{word[:-3]}y"
    for ending in ("ed", "ing"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= _SHORTEST and _VOWEL.search(rest):
            is_doubled = rest[-1] == rest[-2] and rest[-1] not in "lsze"
            return rest[:-1] if is_doubled else rest
    return word
