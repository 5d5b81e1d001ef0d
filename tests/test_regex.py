"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import re

import pytest

from sigtrack.text.regex import regex


def test_it_finds_what_the_compiled_pattern_finds() -> None:
    ours, usual = regex("(?P<port>busan)|seoul", re.IGNORECASE), re.compile("(?P<port>busan)|seoul", re.I)  # fmt: skip
    for text in ("Busan and Seoul", "Incheon"):
        for _ in range(2):
            found, expected = ours.search(text), usual.search(text)
            assert (found and found.groupdict()) == (expected and expected.groupdict())
            assert ours.findall(text) == usual.findall(text)
    assert (ours.pattern, ours.flags, ours.groups) == (usual.pattern, usual.flags, usual.groups)


def test_words_are_asked_for_once_and_only_if_the_pattern_is_used() -> None:
    asked = []

    def words() -> str:
        asked.append("harbour")
        return "harbour"

    pattern = regex(words)
    assert asked == []
    assert pattern.match("harbour")
    assert not pattern.match("quay")
    assert asked == ["harbour"]


def test_a_mistake_is_told_when_the_pattern_is_used() -> None:
    pattern = regex("(")
    with pytest.raises(re.error, match="unterminated"):
        pattern.match("")
