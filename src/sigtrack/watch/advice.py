"""Warnings about correct terms that may not mean what their writer thinks; never errors.

Each rule is a function from a word, a phrase or a whole file to a sentence and its cure. The
matcher (`match.needles`) counts a single Han character only in certain places, does not find two
syllables of Hangul at the end of a longer word, and ignores a star on Han.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sigtrack.lexicon import shipped_lexicon
from sigtrack.lexicon.han import other_spelling
from sigtrack.model import Near, Phrase, Problem, Signal, Term, Word
from sigtrack.text.scripts import is_cjk, is_han, is_hangul
from sigtrack.watch.groups import Groups
from sigtrack.watch.words import comparable, remarks_on_phrase, remarks_on_word

Advice = tuple[str, str]  # message, hint

_BORDER = re.compile(r"(?<!\d)[,;:](?!\d)|[,;:]$|(?<=\w\w)\.$")
_IDLE_SIGNS = re.compile(r"[\[\]{}|^\\「」『』【】《》〈〉]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _FileWords:
    """All words of a file and of the groups that it uses, and the ends of compounds in them."""

    words: frozenset[str]
    tails: frozenset[str]


def advise(
    terms: Iterable[tuple[Term, str]], signals: Iterable[Signal], shared: Groups
) -> list[Problem]:
    """Return the warnings about a file.

    `terms` are as written, each with the language of its list; `shared` has the words of borrowed
    groups.
    """
    terms = list(terms)
    written = [word for term, _ in terms for word in _words(term)]
    borrowed = {one.id for term, _ in terms for one in term.references() if one.kind == "$"}
    written += [word for name in borrowed for term in shared.get(name, ()) for word in _words(term)]
    company = _FileWords(
        words=frozenset(word.literal for word in written),
        tails=frozenset(
            word.literal[-2:] for word in written if len(word.literal) > 2 or word.head
        ),
    )
    found = []
    for term, language in terms:
        for message, hint in (*_of_term(term), *_of_company(term, language, company)):
            found.append(Problem(message=message, hint=hint, place=term.place, severity="warning"))
    for signal in signals:
        found += _of_signal(signal)
    return found


def _phrases(term: Term) -> Iterator[tuple[Word, ...]]:
    """Yield the words of each phrase without classes.

    Words beside a class, such as `#city` and a particle, are completed by the words of the class.
    """
    for option in term.options:
        if isinstance(option, Phrase) and not option.classes:
            yield tuple(word for word in option.words if isinstance(word, Word))


def _words(term: Term) -> Iterator[Word]:
    for words in _phrases(term):
        yield from words


def _of_term(term: Term) -> Iterator[Advice]:
    for words in _phrases(term):
        for word in words:
            yield from _of_word(word)
        for word in words[:-1]:
            if not word.quoted and _BORDER.search(word.literal):
                yield (
                    f'a phrase cannot continue after the mark in "{word}"',
                    "leave out the mark, or join the two sides with NEAR/3",
                )
        if not any(word.quoted for word in words):
            yield from remarks_on_phrase([str(word) for word in words])
        means = _ambiguous().get(words[0].literal) if len(words) == 1 else None
        if means:
            yield means


@cache
def _ambiguous() -> Mapping[str, Advice]:
    listed = shipped_lexicon().language("ko").section("ambiguous")
    return {word: (f"{word} is {what}", f"write {cure}") for word, (what, cure) in listed.items()}


@cache
def _compound_tails() -> frozenset[str]:
    """Return the words that end Korean compounds."""
    return frozenset(shipped_lexicon().words("compound", "tails"))


def _of_word(word: Word) -> Iterator[Advice]:
    literal = comparable(word.literal)
    if word.quoted:
        return
    yield from remarks_on_word(literal)
    if _IDLE_SIGNS.search(literal):
        yield f'brackets and signs are ignored in "{word}"', "put the word in double quotes"
    if len(literal) == 1 and is_han(literal):
        yield (
            f"{literal} is one Han character: it counts only without other Han beside it, "
            "or in a row such as 日韓",
            "also list the words that you mean (米国, 美国)",
        )
    if len(literal) == 1 and is_hangul(literal):
        yield f"{literal} is one syllable, which is in too many words", "write a longer word"
    if (word.tail and is_cjk(literal[-1])) or (word.head and is_cjk(literal[0])):
        yield (
            f'the star of "{word}" does nothing',
            "words of Han and Kana are found anywhere without it",
        )


def _of_company(term: Term, language: str, company: _FileWords) -> Iterator[Advice]:
    """Yield advice about words that are missing beside a term."""
    for word in _words(term):
        literal = comparable(word.literal)
        if literal in _compound_tails() and literal not in company.tails:
            yield (
                f"{literal} is not found at the end of a longer word",
                f"write *{literal}, or list the compounds",
            )
        if len(literal) < 2 or language[:2] in ("ja", "ko", "en") or not _is_han_word(literal):
            continue
        other = other_spelling(literal, is_chinese=language[:2] == "zh")
        if other and other[1] not in company.words:
            yield (
                f"the {other[0]} form of {literal} is not listed",
                f"add {other[1]} if it is right",
            )


def _is_han_word(literal: str) -> bool:
    """Whether a word has Han characters and otherwise only Latin letters and digits (G7峰会)."""
    return any(map(is_han, literal)) and all(is_han(char) or char.isascii() for char in literal)


def _of_signal(signal: Signal) -> Iterator[Problem]:
    """Yield warnings about terms of a signal that cancel each other."""
    wanted = (*signal.any, *(term for group in signal.all for term in group))
    for name, against in (("none", signal.none), ("ignore", signal.ignore)):
        refused = set(against)
        for term in wanted:
            if term in refused and not isinstance(term.body, Near):
                yield Problem(
                    message=f'"{str(term)[:60]}" of signal "{signal.id}" is in {name} as well',
                    hint="it can never count: delete it in one of them",
                    place=term.place,
                    severity="warning",
                )
