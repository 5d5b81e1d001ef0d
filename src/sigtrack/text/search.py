"""The language of `sigtrack search`: reads a search into a small tree and applies it to a text.

    search  = all { "OR" all }
    all     = part { ["AND"] part }                    words side by side must all be there
    part    = ("NOT" | "-") part | near
    near    = unit [ "NEAR/" 1..50 unit ]              at most so many words between, in any order
    unit    = [field ":"] ( word ["*"] | '"' words '"' | "@" id | "#" class | "(" search ")" )
    field   = "title" | "author" | "category"          without it: title and text
Anything else is refused with its place, never searched as a word. A name is replaced by its
spellings when the search is read (`@KP`: the names of North Korea; 会谈: 會談, 会談), so a store
that runs a search needs neither the gazetteer nor the tables of Han. `SearchJudge` defines slowly
and plainly what a tree means: a store may use any index, and must find the same items. In Han, Kana
and Hangul a distance is counted in characters.

`index_tokens` makes the tokens of the search index. Words in alphabets are folded (NFKC, case) and
kept whole. Han, Kana and Hangul have no spaces between what a reader would call words, so every run
of them becomes overlapping pairs: 共同声明 is 共同, 同声, 声明. So a search for 声明 finds it, as a
search for 회담 finds 정상회담을. The last character of a run is a token too, so that a single
character, searched as the beginning of a pair, is found everywhere.

Pure. The index must be rebuilt when `index_tokens` changes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple, NoReturn, assert_never, cast

from sigtrack.errors import Misuse
from sigtrack.frozen import frozen
from sigtrack.text import clean
from sigtrack.text.regex import regex

_PAIRED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u1100-\u11ff\ua960-\ua97c"
    "\uac00-\ud7fb\U00020000-\U0003ffff"
)
_RUN = regex(rf"(?P<paired>[{_PAIRED}]+)|(?:(?![{_PAIRED}])[^\W_])+")
_PLAIN = regex("[A-Za-z0-9]+")

_ACCENTED = regex("[\u00c0-\u024f\u1e00-\u1eff]")


class Token(NamedTuple):
    """A token and its half-open place in the original text; pairs overlap."""

    text: str
    start: int
    end: int


def index_tokens(text: str, *, keep_case: bool = False) -> str:
    """Return the tokens of a text in order, separated by spaces."""
    if text.isascii():  # nothing to normalize, and nothing in pairs
        return " ".join(_PLAIN.findall(text if keep_case else text.lower()))
    folded = _folded(text, keep_case=keep_case)
    return " ".join(token for run, paired in _runs(folded) for token in _tokens(run, paired))


def tokens_of(text: str) -> list[Token]:
    from sigtrack.text.fold import clusters  # 14 ms, which saving items does not need

    starts: list[int] = []
    ends: list[int] = []
    pieces: list[str] = []
    for start, end in clusters(text):
        pieces.append(_folded(text[start:end]))
        starts += [start] * len(pieces[-1])
        ends += [end] * len(pieces[-1])
    found: list[Token] = []
    for run in _RUN.finditer("".join(pieces)):
        at = run.start()
        for token in _tokens(run[0], run["paired"] is not None):
            found.append(Token(token, starts[at], ends[at + len(token) - 1]))
            at += 1 if run["paired"] else 0
    return found


def phrase_tokens(
    words: str, *, begins: bool = False, keep_case: bool = False
) -> tuple[tuple[str, ...], bool]:
    """Return the tokens of words in a row, and whether the last token may be only a beginning.

    It may if `begins`, or if the words end with a single character of Han, Kana or Hangul, which is
    the beginning of a pair.
    """
    runs = _runs(_folded(words, keep_case=keep_case))
    if not runs:
        return (), begins
    *before, (last, paired) = runs
    tokens = [token for run, in_pairs in before for token in _tokens(run, in_pairs)]
    lone = paired and len(last) == 1
    tokens += _tokens(last, paired)[: -1 if paired and not lone else None]
    return tuple(tokens), begins or lone


def without_accents(token: str) -> str:
    """Remove the accents of Latin letters, which searches ignore."""
    if token.isascii():
        return token
    return _ACCENTED.sub(lambda found: unicodedata.normalize("NFD", found[0])[0], token)


def _folded(text: str, *, keep_case: bool = False) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return plain if keep_case else unicodedata.normalize("NFKC", plain.casefold())


def _runs(folded: str) -> list[tuple[str, bool]]:
    return [(m[0], m["paired"] is not None) for m in _RUN.finditer(folded)]


def _tokens(run: str, paired: bool) -> list[str]:
    return [run[i : i + 2] for i in range(len(run))] if paired else [run]


Field = Literal["", "title", "author", "category"]
FIELDS: tuple[Field, ...] = ("title", "author", "category")
LONGEST = 2_000  # characters of a search
MOST_WORDS = 200  # including operators and brackets
FARTHEST = 50  # words between two sides of NEAR
_DEEPEST = 20  # brackets inside brackets

Spell = Callable[[str], Sequence[str]]  # returns the spellings of a word, "@KP" or "#tariff"


@frozen(kw_only=False)
class Spelling:
    """Words in a row. `begins`: the last word may continue; `exact`: only with these capitals."""

    words: str
    begins: bool = False
    exact: bool = False


@frozen(kw_only=False)
class Spelled:
    """Any of these spellings, in one field ("" = title or text)."""

    spellings: tuple[Spelling, ...]
    field: Field = ""


@frozen(kw_only=False)
class Nearby:
    left: Spelled
    right: Spelled
    distance: int


@frozen(kw_only=False)
class Every:
    parts: tuple[Search, ...]


@frozen(kw_only=False)
class AnyOf:
    parts: tuple[Search, ...]


@frozen(kw_only=False)
class Without:
    part: Search


Search = Spelled | Nearby | Every | AnyOf | Without


def as_written(name: str) -> Sequence[str]:
    """Return a word as its only spelling. No names are known."""
    return () if name[0] in "@#" else (name,)


def parse_search(text: str, spell: Spell = as_written) -> Search:
    """Read a search into a tree. `spell` may raise Misuse for an unknown name.

    Raises Misuse with the place (in characters from 1) and a proposal that would work.
    """
    if len(text) > LONGEST:
        raise Misuse(
            f"the search has {len(text):,} characters, and may have {LONGEST:,}",
            hint="search for fewer words at a time",
        )
    return _Parser(text.translate(_LOOKALIKES), spell).search()


class _Piece(NamedTuple):
    """A piece of the search. `kind` is "word", "quoted", or the piece itself: "(", ")", "OR" ..."""

    kind: str
    at: int
    text: str
    field: Field = ""
    star: bool = False


class _Parser:
    def __init__(self, text: str, spell: Spell) -> None:
        self._spell = spell
        self._pieces = [*_cut(text), _Piece("end", len(text), "")]
        self._next = 0
        self._depth = 0

    def search(self) -> Search:
        words = len(self._pieces) - 1
        if not words:
            raise Misuse("there is nothing to search for", hint='write words, or "words in a row"')
        if words > MOST_WORDS:
            raise Misuse(
                f"the search has {words:,} words, and may have {MOST_WORDS}",
                hint="search for fewer words at a time",
            )
        tree = self._any()
        if self._peek.kind == ")":
            _refuse(
                self._peek,
                "closes a bracket that is not open",
                "leave it out, or open one before it",
            )
        return tree

    @property
    def _peek(self) -> _Piece:
        return self._pieces[self._next]

    def _take(self) -> _Piece:
        self._next += 1
        return self._pieces[self._next - 1]

    def _any(self) -> Search:
        parts = [self._all()]
        while self._peek.kind == "OR":
            self._take()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self) -> Search:
        parts = [self._part()]
        while self._peek.kind not in ("OR", ")", "end"):
            if self._peek.kind == "AND":
                self._take()
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _part(self) -> Search:
        nots = 0
        while self._peek.kind == "NOT":
            self._take()
            nots += 1
        tree = self._near()
        return Without(tree) if nots % 2 else tree

    def _near(self) -> Search:
        left = self._unit()
        if self._peek.kind != "NEAR":
            return left
        near = self._take()
        right = self._unit()
        if self._peek.kind == "NEAR":
            _refuse(self._peek, "is the second in a row", "join two with AND: a NEAR/5 b AND ...")
        one, other = _as_one(left), _as_one(right)
        if one is None or other is None:
            cure = f"write {near.text} between words, names or (a OR b)"
            _refuse(near, "stands beside AND, NOT or NEAR", cure)
        if one.field != other.field:
            _refuse(near, "joins two fields", f"write title:(a {near.text} b)")
        return Nearby(one, other, int(near.text.removeprefix("NEAR/")))

    def _unit(self) -> Search:
        piece = self._take()
        if piece.kind == "(":
            return _in_field(self._inside(piece), piece.field)
        if piece.kind not in ("word", "quoted"):
            self._refuse_gap(piece)
        return self._spelled(piece)

    def _refuse_gap(self, piece: _Piece) -> NoReturn:
        where, side = piece, "before"
        if piece.kind == "end":
            where, side = self._pieces[-2], "after"
        cure = f"write words there, or {_quoted(where)} for the word"
        _refuse(where, f"has nothing {side} it", cure if where.kind != ")" else "write words there")

    def _inside(self, bracket: _Piece) -> Search:
        self._depth += 1
        if self._depth > _DEEPEST:
            _refuse(bracket, f"is more than {_DEEPEST} brackets deep", "use fewer brackets")
        tree = self._any()
        if self._peek.kind != ")":
            _refuse(bracket, "is not closed", "close it with )")
        self._take()
        self._depth -= 1
        return tree

    def _spelled(self, piece: _Piece) -> Spelled:
        name = piece.text
        if not any(map(str.isalnum, name)):
            _refuse(piece, "has no letter or digit", "leave it out")
        try:
            known = self._spell(name)
        except Misuse as wrong:
            _refuse(piece, wrong.message, wrong.hint)
        if piece.kind == "word" and name[0] in "@#":
            found = tuple(filter(None, map(_as_listed, known)))
            if not found:
                _refuse(piece, "has no words to search for", "write the words themselves")
        else:
            found = tuple(Spelling(one, piece.star) for one in known)
        return Spelled(found, piece.field)


def _cut(text: str) -> Iterator[_Piece]:
    at = 0
    while found := _PIECE.match(text, at):
        at = found.end()
        if found["minus"]:
            yield _Piece("NOT", found.start("minus"), "-")
        field = _field_of(found)
        start = found.start("field") if field else found.start("piece")
        if found["bracket"]:
            yield _Piece(found["bracket"], start, found["bracket"], field)
        elif found["quoted"] is not None:
            words = found["quoted"].lstrip("@#")  # in quotes these are not names
            star = words.endswith("*") or bool(found["star"])
            yield _Piece("quoted", start, words.rstrip("*"), field, star)
        else:
            yield _word(found["word"], start, field)
    if rest := text[at:].strip():
        opening = _Piece("word", text.index(rest, at), rest[0])
        _refuse(opening, "opens quotes that are not closed", 'close them with "')


def _field_of(found: re.Match[str]) -> Field:
    name = found["field"] or ""
    if name and name.lower() not in FIELDS:
        cure = f'fields are title:, author: and category:; for the words write "{name}:..."'
        _refuse(_Piece("word", found.start("field"), f"{name}:"), "is not a field", cure)
    return cast(Field, name.lower())


def _word(word: str, at: int, field: Field) -> _Piece:
    piece = _Piece("word", at, word, field)
    if not field and word in ("OR", "AND", "NOT"):
        return piece._replace(kind=word)
    if not field and _NEAR.fullmatch(word):
        return piece._replace(kind="NEAR")
    for wrong, what, cure in _WRONG:
        if found := wrong.search(word):
            name = found[0]
            _refuse(piece, what.format(name), cure.format(name, name.upper(), _quoted(piece)))
    return piece._replace(text=word.rstrip("*"), star=word.endswith("*"))


def _refuse(piece: _Piece, what: str, cure: str) -> NoReturn:
    raise Misuse(f"search, character {piece.at + 1}: {clean(piece.text[:40])} {what}", hint=cure)


def _quoted(piece: _Piece) -> str:
    return f'"{piece.text}"'


def _in_field(tree: Search, field: Field) -> Search:
    """Apply the field before a bracket to everything inside that has no field."""
    match tree:
        case Spelled():
            return replace(tree, field=tree.field or field)
        case Every() | AnyOf():
            return replace(tree, parts=tuple(_in_field(part, field) for part in tree.parts))
        case Without():
            return Without(_in_field(tree.part, field))
        case Nearby():
            if tree.left.field:
                return tree
            left, right = (replace(side, field=field) for side in (tree.left, tree.right))
            return Nearby(left, right, tree.distance)
        case _:
            assert_never(tree)


def _as_one(tree: Search) -> Spelled | None:
    """Return alternatives as one choice of spellings, which may stand beside NEAR; else None."""
    if isinstance(tree, Spelled):
        return tree
    if not isinstance(tree, AnyOf):
        return None
    parts = [_as_one(part) for part in tree.parts]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or len({part.field for part in known}) > 1:
        return None
    return Spelled(tuple(one for part in known for one in part.spellings), known[0].field)


def _as_listed(word: str) -> Spelling | None:
    """Return the spelling of a word of the data files, None for a single character.

    =Iron and short capitals match only as they are written. A single character means a country only
    beside other characters.
    """
    plain = word.lstrip("=~").rstrip("*")
    if len(plain) < 2:
        return None
    exact = word.startswith("=") or bool(_SHORT_CAPITALS.fullmatch(plain))
    return Spelling(plain, word.endswith("*"), exact)


# --- the judge


class Searched:
    """An item to be searched: the tokens of its columns, which are made when needed."""

    def __init__(
        self, title: str, body: str = "", author: str = "", categories: Iterable[str] = ()
    ) -> None:
        """`body` is summary and text, with a line end between them."""
        category = "\n".join(categories)
        self._texts = {"title": title, "body": body, "author": author, "category": category}
        self._tokens: dict[tuple[str, bool], list[str]] = {}

    def tokens(self, column: str, *, exact: bool) -> list[str]:
        """Return the tokens in small letters or, if `exact`, as they are written."""
        key = column, exact
        if key not in self._tokens:
            indexed = index_tokens(self._texts[column], keep_case=exact).split()
            self._tokens[key] = [without_accents(token) for token in indexed]
        return self._tokens[key]


class SearchJudge:
    """The meaning of a search, applied to one item at a time."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._known: dict[int, _Patterns] = {}  # by identity: a tree does not change

    def stands_in(self, item: Searched) -> bool:
        return self._stands(self._search, item)

    def marks_in(self, title: str) -> tuple[tuple[int, int], ...]:
        """Return half-open ranges of the words of a title that the search asks for, in order."""
        tokens = tokens_of(title)
        item = Searched(title)
        found: set[tuple[int, int]] = set()
        for spelled in spelled_in(self._search):
            if "title" in columns_of(spelled):
                lone = {one.words for one in spelled.spellings if len(one.words) == 1}
                for start, end in self._places(spelled, item, "title"):
                    found.add(_range(tokens[start:end], lone))
        return tuple(sorted(found))

    def _stands(self, search: Search, item: Searched) -> bool:
        match search:
            case Spelled():
                return any(any(self._places(search, item, one)) for one in columns_of(search))
            case Nearby():
                return any(self._are_near(search, item, one) for one in columns_of(search.left))
            case Every():
                return all(self._stands(part, item) for part in search.parts)
            case AnyOf():
                return any(self._stands(part, item) for part in search.parts)
            case Without():
                return not self._stands(search.part, item)
            case _:
                assert_never(search)

    def _places(self, spelled: Spelled, item: Searched, column: str) -> Iterator[tuple[int, int]]:
        """Yield half-open ranges of tokens."""
        patterns = self._known.get(id(spelled))
        if patterns is None:
            patterns = self._known[id(spelled)] = _Patterns(spelled)
        for finder, exact in ((patterns.lower, False), (patterns.cased, True)):
            if finder:
                yield from finder.places(item.tokens(column, exact=exact))

    def _are_near(self, near: Nearby, item: Searched, column: str) -> bool:
        left, right = (list(self._places(side, item, column)) for side in (near.left, near.right))
        return any(
            max(a[0], b[0]) - min(a[1], b[1]) <= near.distance and (a[1] <= b[0] or b[1] <= a[0])
            for a in left
            for b in right
        )


class _Patterns:
    def __init__(self, spelled: Spelled) -> None:
        self.lower = _Finder(one for one in spelled.spellings if not one.exact)
        self.cased = _Finder(one for one in spelled.spellings if one.exact)


class _Finder:
    """Finds rows of tokens by the first one, and single tokens that may continue by prefix."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        self._rows: dict[str, list[tuple[list[str], bool]]] = {}
        beginnings: dict[str, None] = {}
        for one in spellings:
            tokens, begins = phrase_tokens(one.words, begins=one.begins, keep_case=one.exact)
            wanted = [without_accents(token) for token in tokens]
            if len(wanted) == 1 and begins:
                beginnings.setdefault(wanted[0])
            elif wanted:
                self._rows.setdefault(wanted[0], []).append((wanted, begins))
        self._beginnings = tuple(beginnings)

    def __bool__(self) -> bool:
        return bool(self._rows or self._beginnings)

    def places(self, tokens: list[str]) -> Iterator[tuple[int, int]]:
        for at, token in enumerate(tokens):
            if self._beginnings and token.startswith(self._beginnings):
                yield at, at + 1
            for wanted, begins in self._rows.get(token, ()):
                end = at + len(wanted)
                last = tokens[end - 1] if end <= len(tokens) else ""
                goes_on = begins and last.startswith(wanted[-1])
                if (goes_on or last == wanted[-1]) and tokens[at : end - 1] == wanted[:-1]:
                    yield at, end


def _range(tokens: Sequence[Token], lone: Collection[str]) -> tuple[int, int]:
    """Return the range of tokens; only the first character of a pair if it was searched alone."""
    first, last = tokens[0], tokens[-1]
    is_lone = len(tokens) == 1 and len(first.text) == 2 and first.text[0] in lone
    return first.start, first.start + 1 if is_lone else last.end


def columns_of(spelled: Spelled) -> tuple[str, ...]:
    return (spelled.field,) if spelled.field else ("title", "body")


def needs_judge(search: Search) -> bool:
    """Whether a search also asks for distances or exact letters."""
    return any(
        isinstance(one, Nearby) or any(spelling.exact for spelling in one.spellings)
        for one in _leaves(search, negated=True)
    )


def spelled_in(search: Search, *, negated: bool = False) -> Iterator[Spelled]:
    """Yield everything that a found item may contain. Parts under NOT count if `negated`."""
    for one in _leaves(search, negated=negated):
        yield from (one.left, one.right) if isinstance(one, Nearby) else (one,)


def _leaves(search: Search, *, negated: bool) -> Iterator[Spelled | Nearby]:
    match search:
        case Spelled() | Nearby():
            yield search
        case Every() | AnyOf():
            for part in search.parts:
                yield from _leaves(part, negated=negated)
        case Without():
            if negated:
                yield from _leaves(search.part, negated=negated)
        case _:
            assert_never(search)


_LOOKALIKES = str.maketrans("“”„‟〝〞＂（）＃＠：＊　", '"""""""()#@:* ')
_PIECE = regex(
    r"\s*(?P<minus>-(?=[^\s-]))?(?:(?P<field>[A-Za-z]+):(?=[^\s)]))?"
    r'(?P<piece>"(?P<quoted>[^"]*)"(?P<star>\*)?|(?P<bracket>[()])|(?P<word>[^\s()"]+))'
)
_NEAR = regex(rf"NEAR/(?:{'|'.join(str(number) for number in range(1, FARTHEST + 1))})")
# Words that look like more than a word: (pattern, what is wrong, the cure). {0} is what was found,
# {1} the same in capitals, {2} the whole word in quotes.
_WRONG = (
    (
        re.compile(r"^(?:NEAR|BEFORE)$|^(?i:near|before)/.*"),
        "cannot be read",
        f"write NEAR/5 for at most 5 words between (1 to {FARTHEST}), or {{2}} for the word",
    ),
    (re.compile(r"^(?:or|not)$"), "is in small letters", "write {1}, or {2} for the word"),
    (
        re.compile(rf"^(?i:{'|'.join(FIELDS)}):$"),
        "has nothing after it",
        "write {0}words, without a space",
    ),
    (
        re.compile(r"[$=~^|\\{}\[\]<>]|(?<!^)[@#]|\*(?!\Z)|^\*$"),
        "has a {0} where no {0} can be",
        "for these characters write {2}; a star ends a word",
    ),
)
_SHORT_CAPITALS = regex("[A-Z]{2,3}")
