"""What the words around a place or a person say, language by language.

Regular expressions over folded text: prepositions and particles that make a place a location, words
that make it something else, and what may stand between people and the noun of their meeting.
"""

from __future__ import annotations

import re

from sigtrack.text.scripts import HANGUL

REACH = {"en": 3, "ko": 4, "ja": 6, "zh": 6}  # words between a verb and its place

# Places: "in the Hungarian capital", 도쿄서, 東京都内で, 在北京.
IN = re.compile(
    r"\b(?:in|at|near|outside) (?:the |a |an |his |her |south |north |central |downtown )?"
    r"(?:[a-z]+ (?:city|town|capital|resort|island) of )?\Z",
    re.IGNORECASE,
)
TO = re.compile(r"^ ?(?:to|in|at|of|through|into|on)? ?(?:the |south |north |east |south east )?")
NEAR_KO = 24  # letters between a country and the meeting that is held there
AT_KO = re.compile(rf"(?:에)?서(?![{HANGUL}])|에서")
AT_VENUE_KO = re.compile(
    rf" (?:[{HANGUL}]+ )?(?:고찰|사찰|호텔|공항|별장|리조트|궁|회의장|공군기지)(?:에서|서)"
)
AT_JA = re.compile(
    r"(?:市|都|府|県|都内|市内|近郊|郊外|中心部)?"
    r"(?:で|にて|の首相官邸で|において|での|に集|開催|に ?\Z)"
)
AT_ZH = re.compile(r"[在于於]\Z")
FOR_ZH = re.compile(r"[对對在]\Z")
PARLIAMENT = re.compile(r"(?:'s)? (?:parliament|congress|national assembly)", re.IGNORECASE)
BEFORE_MEETING_KO = re.compile(r"(?:(?:정상|고위급|무역|양자|확대|단독|첫|[한미중일러북]{2,3}) ?)*")
AFTER_PLACE_KO = (" 개최", "서 ", " 면담")
AFTER_PLACE_ZH = ("会", "會", "举行", "舉行", "出席")
WITHIN = re.compile(r"(?:,? ?(?:in |the |city of )?|의 ?|の|省|市|現 ?)")

# "Embassy in Paris", "Koreans in Japan": no journey.
MISSION = re.compile(
    r"(?:'s)? ?(?:embass|diplomatic mission|mission|consulate)"
    r"|대사관|주재|大使館|使馆|使館|領事館",
    re.IGNORECASE,
)
LIVING = re.compile(
    r"\b(?:(?<!special )(?<!presidential )envoy|officials|analysts|experts|sources|reporters"
    r"|observers|diplomats|lawmakers"
    r"|koreans?|japanese|chinese|residents?|nationals?|citizens?|compatriots?|troops|forces"
    r"|embassy|ambassador|people|communit(?:y|ies)|firms|companies|plants?|war|living|held|hailed"
    r"|protests?|rally|born) (?:in|at) (?:the )?\Z",
    re.IGNORECASE,
)

# "State visit with dinner to the United States"; "on Delhi trip, Wang Yi …".
FURTHER = re.compile(r"(?: (?!and |to )[A-Za-z]+){1,5} to (?:the )?")
OF = re.compile(r"(?: to| in)?(?: (?!to |in |by )[A-Za-z-]+){1,5} of (?:the )?")
EMBASSY = re.compile(r"embass|mission|consul", re.IGNORECASE)
DURING = re.compile(
    r"\b(?:on|during|in|ahead of|before|after|amid) (?:his |her |the |a )?(?:[\w-]+ ){0,3}\Z",
    re.IGNORECASE,
)
OBJECT = re.compile(r"\b(?:for|with|to|at|of) (?:[\w'-]+ ){0,2}\Z")
OTHER_TIME = re.compile(r"\b(?:before|after|ahead of|following)\b")
BY = re.compile(r"\bby (?:the |a |an )?\Z")
OF_SOMEBODY = re.compile(r" (?:of|by) (?:the )?")
TO_A_PLACE = re.compile(r"\bto (?:the )?\Z")
NOT_A_NAME_BEFORE = re.compile(r"\b(?:in|at|from|after|over|on|and|as|for)\b")
BREAK = re.compile(r"[.;:!?]")
BREAK_BEFORE = re.compile(r"[.;!?]")

# People named in one breath, and what they do together.
LIST = re.compile(r" ?(?:,|and|&|및|와|과|・|·|、|や|と|及び|及|和|与|與| ) ?(?:and )?(?:the )?")
TOGETHER = (" with ", " to meet ", " meets ", "'s meeting with ")
NOUNS = frozenset(
    (
        *("talks", "summit", "summits", "meeting", "meetings", "dialogue"),
        *("consultations", "gathering", "dinner"),
    )
)
_KINDS = (
    "trilateral|bilateral|trade|nuclear|first|second|third|annual|leaders'|peace|security|border"
    "|defense|defence|historic|upcoming|planned|high|level|stakes|two|day|days|of|summit|hour"
)
_OPENS = (
    "open|opens|end|ends|hold|holds|held|begin|begins|start|starts|resume|resumes|kick off|wrap up"
    "|conclude|concludes|to hold|to open|set for|gather for|for|in|at|to start|to begin|before"
    "|will hold|arrive for|launch|enter|finish"
)
_DETAILS = (
    "a|the|their|new|fresh|two|three|four|days|day|of|round|first|second|trade|nuclear|border"
    "|summit|bilateral|trilateral|high|level|crisis"
)
ATTACHED = re.compile(
    rf"(?:'s?)?(?: (?:{_KINDS}|\d+))*(?: (?:{_OPENS}|[A-Z]\w+))?(?: (?:{_DETAILS}|[A-Z]\w+))* "
)
BETWEEN = re.compile(
    r" (?:with|between|of|among|by) (?:(?:the|visiting|his|her|their|counterpart) )*"
    r"(?:[\w'’, -]{0,40} and )?"
)
REPORTERS = re.compile(r"(?:기자들?|기자단|취재진)(?:과|와|을|를)? ?\Z|記者団?[とに] ?\Z")
SCENE = re.compile(r"parade|summit|conference|forum|ceremon|inauguration|funeral", re.IGNORECASE)

# Wanted is not held: 회담 희망, 会談に意欲, "wants to meet".
WISHED = re.compile(
    r"(?:을|를)? ?(?:뜻|희망|의사|제안|의향|용의|의지|요청|가능성|성사|의욕)"
    r"|に意欲|を希望|を提案|を呼びかけ|意愿|意願"
)
WISHES = re.compile(
    r"\b(?:wants? to|hopes? to|offers? to|ready to|willing to|open to|like to|would love to"
    r"|proposes? to|asks? to|desire to|refuses? to|unlikely to) \Z",
    re.IGNORECASE,
)

# Somebody is somewhere, and no verb of travel says so.
ONLY_A_COMMA = ("", ",")
TO_DO_SOMETHING = re.compile(r" to [a-z]+ [^,;:.]*")
GAP_JA = re.compile(r"[,はがら ]*(?:\d+[月日]|から|に|きょう|あす|午後|午前| )*")
THERE_JA = re.compile(r"(?:市|都内|市内)?(?:で(?![あし])|に\Z)")
GAP_KO = (",", "이", "가", "은", "는", "")
THERE_KO = re.compile(r"(?:에)?서(?![가-힣])")
GAP_ZH = ("在", "于", "於")
SHORT_KO = {"미": "US", "러": "RU", "일": "JP", "영": "GB", "독": "DE", "불": "FR"}
SHORT_BEFORE_KO = re.compile(rf"(?<![{HANGUL}\d])[{''.join(SHORT_KO)}] \Z")
WAY_KO = re.compile(r"(행|行|으로|로)(?![가-힣])")
FROM_KO = re.compile(r"(?:역|국제공항|공항|시)?(?:에서|서|을|를)? ?")
FROM_JA = re.compile(r"(?:駅|空港|国際空港)?(?:を|から)")
LEAVES_KO = ("출국", "출발", "떠", "향")

DEPARTS = re.compile(r"启程|啟程|动身|動身|出発|출국|출발")
# 2019년 6월 오사카에서 열린; "met in Singapore in 2018": what was, not what is.
YEAR_BEFORE = re.compile(r"((?:19|20)\d\d) ?[년年](?! ?(?:이후|以来|以來|以降|만에))[^,;]{0,40}\Z")
YEAR_AFTER = re.compile(r"[^,;.]{0,40}?\bin (?:[A-Z][a-z]+ )?((?:19|20)\d\d)\b")
SOON_BEFORE = re.compile(
    r" ?(?:직전|직후|전(?![가-힣])|앞두고|앞둔|を前に|前に|直前|を控え|之前|前夕)"
)
SOON_AFTER = re.compile(r"\b(?:before|ahead of|after|following) (?:[\w']+ ){0,3}\Z", re.IGNORECASE)
# The next stop is told: he is still here.
GOES_ON = re.compile(
    r"\b(?:goes|moves|travels|flies|heads) on to\b|\bthen (?:goes|heads|travels|flies) to\b"
    r"|に移る|へ移る|に移動する|转往|轉往|将转赴|將轉赴|(?:으로|로) 이동한다",
    re.IGNORECASE,
)
