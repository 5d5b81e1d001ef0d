"""What sigtrack knows of languages and of the world, as values read from data files.

The words stand in `data/lang/en.toml`, `ko.toml`, `ja.toml`, `zh.toml`, in `data/places.toml`,
`data/topics.toml` and `data/phrases.toml`; Python holds none. How the files are written is told on
their first page, what may stand in them in `schema`. A file is read when the first word of it is
asked for, and once.

    lexicon = shipped_lexicon()              # the shipped files alone; no file is read yet
    lexicon, problems = load_lexicon(folder) # and the user's files of the same form in `folder`

    korean = lexicon.language("ko")          # a Book; lexicon.places is one, too
    korean.words("weekdays", "mon")          # ("월", "월요일"): of one key, the user's words last
    korean.section("weekdays")               # {"mon": ("월", "월요일"), ...}, in the order written
    korean.section("offices", "of")          # of a table within a table
    for act in korean.entries("act"):        # each [[act]], the shipped ones first
        act.text("class"), act.words("words"), act.place("방문")
    korean.place_of("월요일", "weekdays", "mon")   # lang/ko.toml:31; slow, so only when asked for

    lexicon.words("weekdays", "mon")         # of all languages
    lexicon.by_word("weekdays")              # {"월": "mon", "월요일": "mon", ...}
    any_of(words)                            # a regular expression for one of them
    lexicon.pattern("patterns", "dates", "day")  # where words do not do: see below

Where words alone do not tell (what may stand between a place and its verb), a language has regular
expressions under `[patterns.PART]`, which users cannot add to; `pattern` joins those of all
languages, `language("ja").pattern("patterns", "dates", "day")` is one of them. Their line ends
count for nothing, and {HAN}, {KANA}, {HANGUL} are all letters of a script. Regular expressions in
Python are for what no language has of its own: digits, blanks, brackets, the order of the pieces.

A word that several keys have belongs to each of them. What is missing is empty, never an error: the
schema is there to find misspelt keys.
"""

from sigtrack.lexicon.books import (
    LANGUAGES,
    Book,
    Entry,
    Lexicon,
    any_of,
    load_lexicon,
    shipped_lexicon,
)
from sigtrack.lexicon.written import words_of

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
