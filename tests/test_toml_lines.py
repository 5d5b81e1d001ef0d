"""Every value knows its line; every wrong TOML text gets a line and a cure."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sigtrack.model import Problem
from sigtrack.text.documents import TomlDocument, read_document
from sigtrack.text.toml_lines import Lines, check_shape, tokens_of

TEXT = '''\
# a comment with "quotes" and [brackets]
format = 1
id     = "x" # another
numbers = [1.5, 2, 0x1F]
day = 1979-05-27 07:32:00

[terms]
text = [
  "one", "two",   # three
  'four',

  """five
  and a half""", "six",
]
"odd \\"key\\"".en = ["seven"]

[[signal]]
id = "a"
all = [["b"],
  ["c",
   "d"]]
any.en = ["e"]
any.ko = [
  "f"]
[[signal]]
none = { en = ["g"], ko = [
  "h"] }
[signal.ignore]
en = ["i"]
'''


def test_each_key_table_and_string_stands_on_its_line():
    of = Lines.of_tokens(tokens_of(TEXT)).of
    assert of("format") == 2
    assert [of("terms", "text", i) for i in range(5)] == [9, 9, 10, 12, 13]
    assert of("terms", 'odd "key"', "en", 0) == 15
    assert of("signal", 0) == 17
    assert of("signal", 0, "id") == 18
    assert of("signal", 0, "all", 0, 0) == 19
    assert of("signal", 0, "all", 1, 1) == 21
    assert of("signal", 0, "any", "en", 0) == 22
    assert of("signal", 0, "any", "ko", 0) == 24
    assert of("signal", 1) == 25
    assert of("signal", 1, "none", "ko", 0) == 27
    assert of("signal", 1, "ignore", "en", 0) == 29


def test_what_has_no_line_stands_on_that_of_its_parent():
    of = Lines.of_tokens(tokens_of(TEXT)).of
    assert of("signal", 0, "title") == 17
    assert of("nothing") == 1


def write(value: Any, draw: Any) -> str:
    gap = draw(st.sampled_from(["", " ", "\n", " # x\n ", "\r\n"]))
    if isinstance(value, list):
        inside = ",".join(gap + write(one, draw) for one in value)
        return f"[{inside}{gap}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {write(one, draw)}" for key, one in value.items()) + " }"
    form = draw(st.sampled_from(['"{}"', "'{}'", '"""{}"""', '"""\n{}"""', "'''{}'''", '"\\"{}"']))
    return str(form).format(value)


SHAPES = st.recursive(
    st.just("leaf"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["en", "ko", '"a.b"']), inner, max_size=2)
    ),
    max_leaves=8,
)


@st.composite
def documents(draw: Any) -> str:
    names = iter(f"leaf{i}." for i in range(1000))

    def named(shape: Any) -> Any:
        if isinstance(shape, list):
            return [named(one) for one in shape]
        if isinstance(shape, dict):
            return {key: named(one) for key, one in shape.items()}
        return next(names)

    lines = []
    for i in range(draw(st.integers(0, 4))):
        lines.append(draw(st.sampled_from(["", f"[t{i}]", "[[s]]", f"[[s]]\n[s.u{i}]", "# c"])))
        for j in range(draw(st.integers(0, 3))):
            key = draw(st.sampled_from([f"k{i}{j}", f"'k{i}{j}'", f"d{i}{j} . en"]))
            lines.append(f"{key} = {write(named(draw(SHAPES)), draw)}")
    return "\n".join(lines)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
    else:
        yield path, value


@given(text=documents())
def test_the_line_of_every_string_holds_it(text: str):
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # a table by language across lines, which TOML forbids
        return
    lines = Lines.of_tokens(tokens_of(text))
    for path, value in leaves(values):
        at = lines.of(*path)
        here, below = [*text.split("\n"), ""][at - 1 : at + 1]
        word = value.strip('"')
        assert word in here or (here.endswith('"""') and word in below)


@given(text=st.text("[]{}=.,'\"\\#\n\r a1") | st.text())
@example(text='"""\n\\"""\n\\"""')
@example(text="[[[\n" * 40)
def test_the_scanner_takes_any_text(text: str):
    assert all(text.startswith(token.text, token.start) for token in tokens_of(text))
    check_shape(tokens_of(text))


@given(text=st.text("[]{}=.,'\"\\#\n\r a1") | st.text())
def test_any_text_is_a_document_or_one_problem(text: str):
    result = read_document("w.toml", text)
    if isinstance(result, Problem):
        assert result.message
        assert result.hint
        assert 1 <= result.place.line <= text.count("\n") + 1
    else:
        assert isinstance(result, TomlDocument)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('a = 1\nany = [“joint statement”]', 2, "typographic"),
        ('a = 1\nany = ["joint statement”]\nb = 1', 2, "typographic"),
        ('any = [\n "a"\n "b"\n]', 2, "comma is missing"),
        ('any = ["a" "b"]', 1, "comma is missing"),
        ('all = [["a"]\n["b"]]', 1, "comma is missing"),
        ('any = ["a",, "b"]', 1, "comma too many"),
        ('x = 1\nany = ["a", "b"\n\n', 2, "not closed"),
        ('any = ["a",\n[[signal]]\nid = "x"', 1, "not closed"),
        ('any = ["a",\nall = [["b"]]', 1, "not closed"),
        ('any = ["a"\nall = [["b"]]', 1, "not closed"),
        ('x = 1\ntitle = "open\ny = 2', 2, "a string is not closed"),
        ("title = 'open", 1, "a string is not closed"),
        ('x = 1\ntitle = """open\n\n', 2, "a string is not closed"),
        ('priority = high', 1, "without quotes"),
        ('x = True', 1, "True"),
        ('x =\ny = 1', 1, "nothing after"),
        ('priority: "high"', 1, "colon"),
        ('joint statement = 1', 1, "key"),
        ('x = 1\nhello', 2, "key"),
        ('x = "say "hello" now"', 1, "quote inside"),
        ('any = ["say "hello" now"]', 1, "quote inside"),
        ('any = "a", "b"', 1, "without brackets"),
        ('from = 2026-1-5', 1, "date"),
        ('x = "\\d+"', 1, "backslash"),
        ('x = "a\x01b"', 1, "U+0001"),
        ('a = 1\na = 2', 2, "a is written twice"),
        ('any = ["a"]\nany.en = ["b"]\n', 2, "written twice"),
        ('[terms]\n[terms]\n', 2, "terms is written twice"),
        ('[signal]\nid = 1\n[[signal]]\nid = 2\n', 3, "[[signal]]"),
        ('[[signal]\nid = "x"', 1, "heading"),
        ('x = ' + '[' * 5000 + ']' * 5000, 1, "nested too deep"),
        ('x = ' + '{a=' * 5000, 1, "nested too deep"),
        ('a.' * 100_000 + 'a = 1', 1, "too many dots"),
        ('[' + 'a.' * 100_000 + 'a]', 1, "too many dots"),
        ('[[a]]\n' * 20_100, 20_001, "more than 20,000 keys"),
    ],
)  # fmt: skip
def test_a_wrong_text_names_the_line_and_the_cure(text: str, line: int, words: str):
    problem = read_document("w.toml", text)
    assert isinstance(problem, Problem)
    assert words in problem.message + problem.hint, str(problem)
    assert problem.place.line == line, str(problem)


def test_a_byte_order_mark_is_skipped_and_explained():
    document = read_document("w.toml", "\ufeffformat = 1")
    assert isinstance(document, TomlDocument)
    assert document.values == {"format": 1}
    assert "BOM" in document.warnings[0].message
    assert document.warnings[0].severity == "warning"


def test_decomposed_hangul_is_explained_once_with_its_line():
    document = read_document("w.toml", 'a = 1\nb = ["\u1107\u116e\u11a8\u1112\u1161\u11ab"]')
    assert isinstance(document, TomlDocument)
    (warning,) = document.warnings
    assert "decomposed" in warning.message
    assert "북한" in warning.message
    assert warning.place.line == 2
