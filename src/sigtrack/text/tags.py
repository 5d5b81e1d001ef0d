"""Language tags as feeds and users write them (BCP 47), and which of them are languages."""

from __future__ import annotations

import re

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
    primary = tag.partition("-")[0].lower()
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
