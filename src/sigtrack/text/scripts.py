"""The script of a letter, the end of a word, and the distance between two words.

Four classes are enough for four languages: letters of words with spaces (Latin, Cyrillic, digits),
Hangul (words with particles attached), and Han and Kana (no spaces at all). A change of class is a
word border: AI반도체, 對미, 李대통령.

Language tags as feeds and users write them (BCP 47), and which of them are languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache

from sigtrack.text import primary_language
from sigtrack.text.regex import regex

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
HIRAGANA = "\u3041-\u3096"  # of words
KATAKANA = "\u30a1-\u30fa\u30fc"
KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
HANGUL = "\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e"

# What may follow a word of two syllables: particles, and suffixes that keep the meaning.
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
FREE_HANGUL = 3  # syllables of a word that means the same whatever stands beside it

_HAN = regex(f"[{HAN}]")
_KANA = regex(f"[{KANA}]")
_HANGUL = regex(f"[{HANGUL}]")
_WORD = regex(
    rf"(?P<cjk>[{HAN}{KANA}]+)|(?P<hangul>[{HANGUL}]+)|(?P<number>\d+(?:[.,]\d+)+)"
    rf"|(?P<spaced>(?:[A-Za-z0-9]+|[^\W_{HAN}{KANA}{HANGUL}]+|(?<=[^\W_])'(?=[^\W_]))+)"
)
# Longer than any word: a text without spaces must not cost its length at every find.
LONGEST_WORD = 80
REST_OF_HANGUL = rf"[{HANGUL}]{{0,{LONGEST_WORD}}}"
REST_OF_SPACED = rf"(?:[^\W_{HAN}{KANA}{HANGUL}]|'(?=[^\W_])){{0,{LONGEST_WORD}}}"
_REST_OF_HANGUL = regex(REST_OF_HANGUL)
_REST_OF_SPACED = regex(REST_OF_SPACED)
# A full stop ends a sentence before a space or the end. 。 always does, and ! and ? do before Han
# and Kana, which have no spaces: 118 of 274 。 and 172 of 450 full-width marks have no space.
# Not a day: "Trump met Xi Thursday" is how agencies write.
_GIVEN = regex(r" (?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)[A-Z][a-z]+")
_SENTENCE_END = regex(rf"。|[.!?](?= |\Z)|[!?](?=[{HAN}{KANA}])")


def _ranges(letters: str, script: str) -> Iterator[tuple[str, str, str]]:
    for found in re.finditer("(.)(?:-(.))?", letters):
        yield found[1], found[2] or found[1], script


# The last first. A pattern of Han takes 2 ms to compile, and every command asks about characters.
_RANGES = sorted(
    (*_ranges(HAN, "han"), *_ranges(KANA, "kana"), *_ranges(HANGUL, "hangul")), reverse=True
)


@cache
def script_of(char: str) -> str:
    """Return "han", "kana", "hangul", or "spaced" for everything else (including marks)."""
    _, last, script = next((one for one in _RANGES if one[0] <= char), ("", "", "spaced"))
    return script if char <= last else "spaced"


_LETTER_OF = {"spaced": "s", "hangul": "h", "han": "c", "kana": "k"}


class _Classes(dict[str, str]):
    """The class of each character as one letter, filled when a character first appears."""

    def __missing__(self, char: str) -> str:
        self[char] = _LETTER_OF[script_of(char)] if char.isalnum() else " "
        return self[char]


# "s" spaced letter or digit, "h" Hangul, "c" Han, "k" Kana, " " mark: for a quick look at the
# characters beside a word.
CLASS_OF = _Classes()


def classes_of(text: str) -> str:
    """Return the class of each character, as a string of the same length."""
    return "".join(map(CLASS_OF.__getitem__, text))


def is_han(char: str) -> bool:
    return script_of(char) == "han"


def is_cjk(char: str) -> bool:
    """Whether a character is Han or Kana, scripts without spaces."""
    return script_of(char) in ("han", "kana")


def is_hangul(char: str) -> bool:
    return script_of(char) == "hangul"


def is_spaced(char: str) -> bool:
    """Whether it is a letter or digit of a script with spaces (Latin, Cyrillic, digits)."""
    return char.isalnum() and script_of(char) == "spaced"


def hangul_may_go_on(
    text: str,
    start: int,
    end: int,
    *,
    also: Collection[str] = (),
    verbs: Collection[str] | None = None,
) -> bool:
    """Whether the word that ends with `start` to `end` may have the letters that follow there.

    After three syllables anything may follow, after fewer syllables a particle, after two also a
    suffix or another noun. `also` are further endings. `verbs` are for phrases that may be verbs or
    nouns: these syllables, with which verbs continue, may follow then, but neither suffix nor noun,
    which would make another word (support and approval rating, harmful and hazardous substance).
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
    """Whether a text has at least as much Hangul as Han and Kana. Other characters do not count."""
    if not _HANGUL.search(text):
        return False  # without a look at each character
    kinds = classes_of(text)
    return kinds.count("h") >= kinds.count("c") + kinds.count("k")


def guess_language(text: str) -> str | None:
    """Guess the language by script: Hangul ko, Kana ja, Han zh; None if there is none."""
    if text.isascii():
        return None
    if is_mostly_hangul(text):
        return "ko"
    if _KANA.search(text):
        return "ja"
    return "zh" if _HAN.search(text) else None


def count_words(folded: str) -> int:
    """Count the words of folded text: a number 1, a Hangul word 1, n Han or Kana ceil(n/2)."""
    return sum(_weight(m) for m in _WORD.finditer(folded))


def words_between(folded: str, start: int, end: int, most: int) -> int | None:
    """Return the number of words strictly between two spans.

    Returns None if there are more than `most`, or if a sentence ends between them. `start` is the
    end of the first span, `end` the start of the second. If the first span ends inside a word, the
    rest of that word (a particle, an inflection) is not counted, nor is the beginning of the word
    in which the second span starts.
    """
    start = end_of_word(folded, start)
    end = start_of_word(folded, end)
    if end <= start:
        return 0
    total = 0
    for m in _WORD.finditer(folded, start, end):
        total += _weight(m) if m.lastgroup == "cjk" else 1  # saves a call for most words
        if total > most:
            return None
    stop = _SENTENCE_END.search(folded, start, end + 1)  # one more: the pattern looks ahead
    return None if stop and stop.start() < end else total


def end_of_words(folded: str, most: int) -> int:
    """Return where the first `most` words of the text end (its length if it has fewer)."""
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
    """Return the end of the word in which a span ends (`at` itself for Han and Kana)."""
    if at == 0 or folded[at : at + 1] in (" ", ""):
        return at  # as nearly always
    kind = CLASS_OF[folded[at - 1]]
    if kind not in "hs":
        return at
    rest = (_REST_OF_HANGUL if kind == "h" else _REST_OF_SPACED).match(folded, at)
    return rest.end() if rest else at


def start_of_word(folded: str, at: int) -> int:
    if at >= len(folded):
        return at
    kind = CLASS_OF[folded[at]]
    if kind not in "hs":
        return at
    least = max(0, at - LONGEST_WORD)
    while at > least and CLASS_OF[folded[at - 1]] == kind:
        at -= 1
    return at


def is_of_another(text: str, start: int, end: int, name: str) -> bool:
    """Whether a surname in a text, first in the full name, has a given name of another behind it:
    "China's Li Yanqing". Only where most words begin small, because there a large letter tells a
    name."""
    if not _GIVEN.match(text, end) or not name.startswith(f"{text[start:end]} "):
        return False
    initials = [word[0] for word in text.split()]
    return sum(map(str.islower, initials)) > sum(map(str.isupper, initials))


def cells_wide(text: str) -> int:
    """Return the width of a text in terminal cells (UAX 11), without importing Rich."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    joined = unicodedata.category(character) in ("Mn", "Me", "Cf")
    return 0 if joined or "\u1160" <= character <= "\u11ff" else 1


LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"
# ISO 639-1 without Kanuri (kr) and Twi (tw): people who write these mean a country.
_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko ks ku kv kw ky la lb lg "
    "li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw "
    "ta te tg th ti tk tl tn to tr ts tt ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_TWO_LETTERS = frozenset(_CODES.split())
_OF_THREE = {"kor": "ko", "jpn": "ja", "zho": "zh", "chi": "zh", "eng": "en"}
_BY_NAME = {"korean": "ko", "japanese": "ja", "chinese": "zh", "english": "en"}
_OF_COUNTRY = {
    "kr": "ko",
    "kp": "ko",
    "jp": "ja",
    "cn": "zh",
    "tw": "zh-Hant",
    "hk": "zh-Hant",
    "us": "en",
    "gb": "en",
    "au": "en",
    "vn": "vi",
    "ua": "uk",
}


def cure_of_language(tag: str) -> str | None:
    """Return what to write instead of a tag that is not a language; None if it is a language.

    Tags of three letters are not checked: ISO 639-3 has 7,900 of them.
    """
    primary = primary_language(tag)
    if re.fullmatch(LANGUAGE, tag, re.IGNORECASE) and (
        len(primary) == 3 or primary in _TWO_LETTERS
    ):
        return None
    meant = _OF_COUNTRY.get(primary) or _BY_NAME.get(primary)
    return f"did you mean {meant}?" if meant else "write en, ko, ja, zh or zh-Hant, for example"


def language_meant(primary: str) -> str | None:
    """Return the language that the first part of a tag means, None if it means none.

    The name of a country or language, written there by mistake, is understood too. The result has
    two letters if the language has a code of two letters.
    """
    primary = primary.lower()
    if primary in _TWO_LETTERS:
        return primary
    if len(primary) == 3:
        return _OF_THREE.get(primary, primary)
    return _OF_COUNTRY.get(primary) or _BY_NAME.get(primary)
