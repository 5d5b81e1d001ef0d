"""What sigtrack knows about languages and about the world, as values read from data files.

The words are in `data/lang/en.toml`, `ko.toml`, `ja.toml`, `zh.toml`, in `data/places.toml`,
`data/topics.toml` and `data/phrases.toml`; Python code holds no words. The head of each file
explains how to write it, `schema` defines what it may hold. A file is read once, when its first
word is needed.

    lexicon = shipped_lexicon()              # the shipped files alone; no file is read yet
    lexicon, problems = load_lexicon(folder) # with the user's files of the same form in `folder`

    korean = lexicon.language("ko")          # a Book; lexicon.places is a Book, too
    korean.words("weekdays", "mon")          # ("월", "월요일"): of one key, the user's words last
    korean.section("weekdays")               # {"mon": ("월", "월요일"), ...}, in the order written
    korean.section("offices", "of")          # of a table within a table
    for act in korean.entries("act"):        # each [[act]], the shipped ones first
        act.text("class"), act.words("words"), act.place("방문")
    korean.place_of("월요일", "weekdays", "mon")   # lang/ko.toml:31; this is slow

    lexicon.words("weekdays", "mon")         # of all languages
    lexicon.by_word("weekdays")              # {"월": "mon", "월요일": "mon", ...}
    any_of(words)                            # a regular expression for one of them
    lexicon.pattern("patterns", "dates", "day")  # where words are not enough: see below

Where words are not enough (what may stand between a place and its verb), a language has regular
expressions under `[patterns.PART]`, to which users cannot add. `pattern` joins those of all
languages, `language("ja").pattern("patterns", "dates", "day")` returns one of them. Their line ends
are ignored, and {HAN}, {KANA}, {HANGUL} stand for all letters of a script. Regular expressions in
Python are for what belongs to no language: digits, blanks, brackets, the order of the pieces.

A word that stands under several keys belongs to each of them. Missing keys are empty, never an
error: misspelt keys are found by the schema.
"""

from sigtrack.lexicon.books import (
    LANGUAGES,
    Book,
    Entry,
    Lexicon,
    any_of,
    load_lexicon,
    shipped_lexicon,
    words_of,
)

__all__ = [
    "LANGUAGES",
    "Book",
    "Entry",
    "Lexicon",
    "any_of",
    "load_lexicon",
    "shipped_lexicon",
    "words_of",
]
