"""What the words around a place or a person say, language by language.

Regular expressions over folded text: prepositions and particles that make a place a location, words
that make it something else, and what may stand between people and the noun of their meeting. The
words come from the shipped lexicon, where each list and pattern says what it means.
"""

from __future__ import annotations

import re

from sigtrack.lexicon import LANGUAGES, any_of, shipped_lexicon
from sigtrack.model import Rank
from sigtrack.text.scripts import HANGUL

_LEXICON = shipped_lexicon()
EASTERN = LANGUAGES[1:]


def words(key: str, *langs: str, section: str = "clues") -> tuple[str, ...]:
    """A list of clues in these languages, or in all."""
    books = [_LEXICON.language(lang) for lang in langs or LANGUAGES]
    return tuple(dict.fromkeys(word for book in books for word in book.words(section, key)))


def one_of(key: str, *langs: str, section: str = "clues") -> str:
    """A regular expression for one of the words of such a list."""
    return any_of(words(key, *langs, section=section))


def written(key: str, *langs: str, part: str = "visits") -> str:
    """The pattern of these languages, or of all that have it."""
    patterns = (_LEXICON.language(lang).pattern("patterns", part, key) for lang in langs)
    return "|".join(patterns) if langs else _LEXICON.pattern("patterns", part, key)


def _like(key: str, *langs: str) -> re.Pattern[str]:
    return re.compile(written(key, *langs), re.IGNORECASE)


def _exactly(key: str, *langs: str) -> re.Pattern[str]:
    return re.compile(written(key, *langs))


def _ends_like(key: str, *langs: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{written(key, *langs)})\Z", re.IGNORECASE)


def _ends_exactly(key: str, *langs: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{written(key, *langs)})\Z")


WEEKDAYS_EN = tuple(names[1] for names in _LEXICON.language("en").section("weekdays").values())
REACH = {"en": 3, "ko": 4, "ja": 6, "zh": 6}  # words between a verb and its place

# Places: "in the Hungarian capital", 도쿄서, 東京都内で, 在北京.
IN = _ends_like("in", "en")
TO = re.compile(f"^(?:{written('to', 'en')})")
NEAR_KO = 24  # letters between a country and the meeting that is held there
AT_KO = _exactly("at", "ko")
AT_VENUE_KO = _exactly("at-venue", "ko")
AT_JA = _exactly("at", "ja")
AT_ZH = re.compile(rf"(?:{one_of('at', 'zh')})\Z")
FOR_ZH = re.compile(rf"(?:{one_of('for', 'zh')})\Z")
PARLIAMENT = _like("parliament", "en")
BEFORE_MEETING_KO = _exactly("before-meeting", "ko")
AFTER_PLACE_KO = _exactly("after-place", "ko")
AFTER_PLACE_ZH = words("after-place", "zh")
PLACE_ENDS_KO = re.compile(rf"(?:{written('place-ends', 'ko')})\Z")
AT_OCCASION_KO = _exactly("at-occasion", "ko")
WITHIN = _exactly("within")

# "Embassy in Paris", "Koreans in Japan": no journey; 대통령실 speaks, unless a particle follows.
PEOPLE = _ends_like("people")
SPEAKS = frozenset(words("speaks"))
TOWARD_PLACE_KO = _exactly("toward-place", "ko")
MISSION = _like("mission")
LIVING = _ends_like("living", "en")
LIVES_THERE = words("lives-there", "en")

# "State visit with dinner to the United States"; "on Delhi trip, Wang Yi …".
FURTHER = _exactly("further", "en")
OF = _exactly("of", "en")
EMBASSY = _like("embassy", "en")
DURING = _ends_like("during", "en")
OBJECT = _ends_exactly("object", "en")
OTHER_TIME = _exactly("other-time", "en")
BY = _ends_exactly("by", "en")
OF_SOMEBODY = _exactly("of-somebody", "en")
TO_A_PLACE = _ends_exactly("to-a-place", "en")
NOT_A_NAME_BEFORE = _exactly("not-a-name-before", "en")
BREAK = re.compile(r"[.;:!?]")
OF_PLACES = words("of-places", "en")
INSIDE = words("inside", "en")
TAKES_BACK = _ends_like("takes-back", "en")
ELSEWHERE = _exactly("elsewhere", "en")
LEAVES_IT = _exactly("leaves-it", "en")
SENT = {lang: _like("sent", lang) for lang in LANGUAGES}
NO_PLAN = _ends_like("no-plan")
NO_ENTRY = _exactly("no-entry", "ko")
NOT_PLANNED = _exactly("not-planned")
DISCUSSES = _ends_like("discusses", "en")
NOT_SUBJECT = _ends_like("not-subject", "en")
LOOKS_FOR = _exactly("looks-for", "ko")
OBJECT_OF = {lang: _exactly("object-of", lang) for lang in ("ko", "ja")}
POSSESSED = _exactly("possessed")
SOMEBODY_DID = _exactly("somebody-did")
WHO_DID = _exactly("who-did")
SPEAKER_AT_END = re.compile(r": (?:[\w ]+ )?\Z")  # "…: experts say"
BREAK_BEFORE = re.compile(r"[.;!?]")

# People named in one breath, and what they do together.
LIST = re.compile(rf"(?:{one_of('realm')})? ?(?:,|、| |{one_of('and')}) ?{written('article', 'en')}")
TOGETHER = _exactly("together", "en")
NOUNS = frozenset(words("talks", "en"))
STATES_MEET = {rank: words(f"{rank}s-meet") for rank in (Rank.LEADER, Rank.ENVOY)}
STATES_TO, OPENS_TALKS = (
    {lang: _like(key, lang) for lang in LANGUAGES} for key in ("states-to", "opens-talks")
)
SAME_MEETING = _exactly("same-meeting", "en")
AT_A_MEETING = _ends_like("at-a-meeting", "en")
NAMED_MEETING = words("named-meeting", "en")
BARE_MEETING = words("bare-meet", "zh")
_KINDS, _VERBS, _DETAILS = (one_of(f"talks-{part}", "en") for part in ("kind", "verb", "detail"))
ATTACHED = re.compile(
    rf"(?:'s?)?(?: (?:{_KINDS}|\d+))*(?: (?:{_VERBS}|[A-Z]\w+))?(?: (?:{_DETAILS}|[A-Z]\w+))* "
)
THEIRS = _exactly("theirs", "en")
BETWEEN = _exactly("between", "en")
REPORTERS = _ends_exactly("reporters")
OCCASION = re.compile(one_of("occasion"), re.IGNORECASE)
JOINS = _exactly("joins", "en")
OF_THE_TWO = _exactly("of-the-two", "ko")
AS_GUEST = _exactly("as-guest")

# Wanted is not held: 회담 희망, 会談に意欲, "wants to meet".
WISHED = _exactly("wished")
WISHES = _ends_like("wishes", "en")

# Somebody is somewhere, and no verb of travel says so.
ONLY_A_COMMA = ("", ",")
TO_DO_SOMETHING = _exactly("to-do-something", "en")
GAP_JA = _exactly("gap", "ja")
THERE_JA = _exactly("there", "ja")
GAP_KO = (*ONLY_A_COMMA, *words("beside", "ko"))
THERE_KO = _exactly("there", "ko")
SUBJECT_KO = words("subject", "ko")
GAP_ZH = words("at", "zh")
SHORT_KO = {
    letter: country
    for country, letters in _LEXICON.language("ko").section("letters", "joined").items()
    for letter in letters
}
SHORT_BEFORE_KO = re.compile(rf"(?<![{HANGUL}\d])[{''.join(SHORT_KO)}] \Z")
WAY_KO = _exactly("way", "ko")
STARTS = {lang: words("from", lang) for lang in ("ko", "ja")}
FROM = {lang: _exactly("from", lang) for lang in STARTS}
LEAVES_KO = words("sets-out", "ko")
CAPITAL_ZH = words("beijing", "zh")

DEPARTS = re.compile(one_of("departs"))
# 2019년 6월 오사카에서 열린; "met in Singapore in 2018": what was, not what is.
YEAR_BEFORE = re.compile(
    rf"((?:19|20)\d\d) ?(?:{one_of('year', *EASTERN, section='units')})"
    rf"(?! ?(?:{one_of('since-year')}))[^,;]{{0,40}}\Z"
)
YEAR_AFTER = _exactly("year-after", "en")
SOON_BEFORE = _exactly("soon-before")
SOON_AFTER = _ends_like("soon-after", "en")
# The next stop is told: he is still here.
GOES_ON = _like("goes-on")

# Titles, and what stands beside them.
LINKS = {lang: _exactly("link", lang) for lang in LANGUAGES}
TITLE_OF = _exactly("title-of", "en")
BESIDE_TITLE = re.compile(rf"[ ·\u30fb]{{0,2}}(?:{written('elected', 'en')})?")
MINISTRY = _exactly("ministry")
NOMINEE = _exactly("nominee")
FORMER = re.compile(one_of("former"), re.IGNORECASE)
FORMERLY = re.compile(rf"(?:{one_of('former')})[ -]?\Z", re.IGNORECASE)
IS_A_GATHERING = _exactly("is-a-gathering", "ko")
SENT_TO = words("sent-to", "ko")
STRANGER = {lang: _ends_exactly("stranger", lang) for lang in ("ko", "ja")}
HOME_OF_NAMES = words("home-of-names", "ja")
SURNAMES = frozenset(words("surname", "ko"))
NOT_THEMSELVES = _like("not-themselves")
GIVEN_NAME = _exactly("given-name", "en")
THEIR_ENVOY = _exactly("their-envoy")
BESIDE_LETTERS = frozenset(words("beside-letters", "zh"))  # before one letter for a country
