"""What in a free text looks like a person: numbers by their own checks, addresses and names as
people write them.

How often this is right is measured by ``tests/apps/test_personal_data.py``; see
``docs/methods/persoonsgegevens.md``. It points out, it does not decide: who writes says whether the
words must stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType, number_type
from stdnum import iban
from stdnum.nl import bsn

from koers.apps.people.person_names import WORD, names_in

MOST_FOUND = 200
MOST_TRIES = 10_000
"""Numbers that are looked at as a telephone number before the search ends: each costs much."""


# Verbs and small words that end as a plural does.
_NO_PLURAL = (
    r"(?:staan|gaan|slaan|wonen|klagen|zijn|hebben|worden|kunnen|moeten|willen|mogen|zullen|komen"
    r"|melden|bellen|vragen|zitten|liggen|lopen|zien|doen|krijgen|geven|maken|laten|tussen|tegen"
    r"|binnen|buiten|boven|samen|morgen|gisteren|alleen|heen|geen|een|toen|waren|hadden|werden"
    r"|sinds|als|was|eens|tijdens|steeds|langs|volgens|thuis|huis|heeft|meldt|is|alsmede|reeds"
    r"|soms|ergens|nergens|hoogstens|minstens|vervolgens|bewonen|gevonden|aangehouden|gezien"
    r"|gehouden|gelegen|betreden|begaan|ingeslagen|ingebroken|gestolen|onderzoeken|bezoeken)"
)
_STREET = (
    r"(?:straat|str\.?|laan|weg|plein|dreef|kade|hof|singel|gracht|plantsoen|pad|steeg|dijk|park"
    r"|burg|wal|vaart|ring|kwartier|erf|gaarde|akker|veld|markt|oord|horst|meent|zoom|rede|berg"
    r"|hoeve|werf|boulevard|allee)"
)
_NUMBER = (
    r"(?!(?:19|20)\d\d(?![\w-]))(?!\d{1,3}(?:e|de|ste|\s?[xX])\b)"
    r"\d{1,5}(?:\s?[a-zA-Z](?![\w])|[-/]\s?\d{1,4}\b"
    r"|\s?(?:hs|rd|zw|ov|bis|huis|rood|zwart|boven)\b|-[A-Za-z]\b)?(?![\w%])"
)
_COUNTED = (
    rf"(?!\s+(?!{_NO_PLURAL}\b)[a-z]{{2,30}}(?:en|s)\b)"
    r"(?![.:]\d\d\b)(?!\s?-\s?\d{1,2}\s+(?:januari|februari|maart|april|mei|juni|juli|augustus"
    r"|\w+ber)\b)(?!\s*(?:tot|-|t/m)\s*\d{1,2}(?:[.:]\d\d)?\s*uur)"
    r"(?!\s*(?:%|procent|\w{0,20}aanhoudingen|\w{0,20}(?:meldingen|incidenten|inbraken|diefstallen"
    r"|controles|vernielingen|klachten|conflicten)|boa's|agenten|handhavers|jongeren|jeugdigen|meldingen|personen|mensen|bewoners|inwoners|leerlingen"
    r"|fietsen|fietsers|auto's|scooters|woningen|huizen|huishoudens|winkels|keer|maal|incidenten"
    r"|inbraken|diefstallen|boetes|controles|bekeuringen|camera's|lantaarns|uur|dagen|weken"
    r"|maanden|jaar|euro|meter|km|kilometer|m2|bomen|plaatsen|parkeerplaatsen|deelnemers|bezoekers"
    r"|ondernemers|aangiften|misdrijven|januari|februari|maart|april|mei|juni|juli|augustus"
    r"|september|oktober|november|december)\b)"
)
_ADDRESS = re.compile(
    rf"(?<![\w'])(?:'s-)?{WORD.replace('{1,40}', '{0,40}')}?{_STREET}"
    rf"(?:\s+(?:nr\.\s?|(?:nr|nummer|no\.?|huisnummer|huisnr\.?)\s)|\s)\s*{_NUMBER}{_COUNTED}"
    rf"|\b(?!(?:snelweg|autosnelweg|spoorweg|vaarweg|onderweg)\s)[a-z'-]{{3,40}}"
    rf"(?:straat|str\.|laan|weg|plein|singel|gracht|kade|dreef)\s+{_NUMBER}{_COUNTED}"
    rf"|\b(?:Laan|Weg|Plein|Hof|Kade|Pad|Singel|Park|Dreef)\s+(?:van|op|aan|der|de)\s+"
    rf"(?:(?:de|der|den|het)\s+)?{WORD}(?:\s+{WORD}){{0,2}}\s+{_NUMBER}{_COUNTED}"
)
_AT_NUMBER = re.compile(
    r"\b(?:(?:op|pand|woning|flat|bewoner(?:s)?\s+van)\s+(?:nummer|nr\.?)|huisnummer|huisnr\.?):?\s+"
    r"\d{1,5}\w?\b|\b(?:[Aa]ppartement|[Ww]oning)\s+\d{1,4}[a-zA-Z]?\b"
)
# Two capitals after a year or a number that are a word, a unit or a province.
_POSTCODE = re.compile(
    r"\b[1-9]\d{3}(?:\s?(?!(?:SA|SD|SS)\b)(?!(?<=\s)(?:EN|IS|IN|OF|OP|OM|ER|ZO|DE|TE|OK|PK|NH)\b)"
    r"[A-Z]{2}|(?!km|ha|kg|kb|mb|gb|ml|cm|mm|st|pk|kw)[a-z]{2})\b(?:\s+\d{1,5}\w?\b)?"
    r"|\b[1-9]\d{3}\s[a-z]{2}\s(?:nr\.?|nummer)\s?\d{1,5}\b"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_EMAIL_SAID = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:[(\[]\s?(?:at|apenstaartje)\s?[)\]]|\s(?:apenstaartje|at)(?=\s[\w-]+"
    r"(?:\.|\spunt\s)[a-z]{2,4}\b))\s?[\w-]{1,63}(?:(?:\.|\spunt\s)[a-z]{2,10})?",
    re.IGNORECASE,
)
_ACCOUNT_SAID = re.compile(
    r"\b(?:snap(?:chat)?|insta(?:gram)?|tiktok|telegram|facebook)\b(?::|\s(?:is|als|onder|account|naam)|\s?-)*"
    r"\s+(?P<account>@?[\w.]{0,30}(?:\d|_|\w\.\w)[\w.]{0,30})",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.@/])@[A-Za-z_][\w.]{2,40}")
_BORN = re.compile(
    r"\b(?:geb\.?(?:\s?dat\.?)?|geboren|geboorte(?:datum|jaar)):?\s{0,3}(?:op\s{1,3})?"
    r"\d{1,2}(?:[-/ .]\d{1,2}|\s+[a-z]{3,9})"
    r"|\bgeboortejaar:?\s{1,3}(?:19|20)\d\d|\b\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d\s+geboren\b"
)
# Also of ranges that are not in use: a slip of the pen is still somebody's number.
_MOBILE = re.compile(
    r"(?<!\w)(?:\+31|0031|\(?0)[\s-]?(?:\(0\))?6\)?(?:\s?[-\u2013./]?\s?\d){8}(?!\w)"
)
_DIGITS = re.compile(
    r"(?<![\w.,-])(?<!\u20ac)(?<!\u20ac )(?:\d(?:[ .]?\d){7,8}|\d{3}-\d{3}-\d{3}|\d{4}-\d{2}-\d{3})"
    rf"(?![\w]|[.,-]\d|\s(?:euro\b|(?!{_NO_PLURAL}\b)[a-z]{{2,30}}(?:en|s)\b))"
)
_IBAN = re.compile(
    r"\b(?:NL\s?\d{2}[\s.-]?[A-Z]{4}(?:[\s.-]?\d){10}|[A-Z]{2}\d{2}(?:[\s.-]?[A-Z0-9]{2,4}){3,8})\b",
    re.IGNORECASE,
)
_IP = re.compile(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])"
)
_PLATE = re.compile(
    r"(?<![\w-])(?:[A-Z]{2}-\d{2}-\d{2}|\d{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-\d{2}"
    r"|[A-Z]{2}-\d{2}-[A-Z]{2}|[A-Z]{2}-[A-Z]{2}-\d{2}|\d{2}-[A-Z]{2}-[A-Z]{2}"
    r"|\d{2}-[A-Z]{3}-\d|\d-[A-Z]{3}-\d{2}|[A-Z]{2}-\d{3}-[A-Z]|[A-Z]-\d{3}-[A-Z]{2}"
    r"|[A-Z]{3}-\d{2}-[A-Z]|[A-Z]-\d{2}-[A-Z]{3}|\d-[A-Z]{2}-\d{3}|\d{3}-[A-Z]{2}-\d"
    r"|[B-DF-HJ-NP-TV-Z]{2} \d{2} [B-DF-HJ-NP-TV-Z]{2}"
    r"|[B-DF-HJ-NP-TV-Z] \d{3} [B-DF-HJ-NP-TV-Z]{2})(?![\w-])"
)
# Without dashes, of the series that hold no vowel.
_C = "[B-DF-HJ-NP-TV-XZ]"
_PLATE_WHOLE = re.compile(
    rf"(?<![\w-])(?:{_C}{{2}}\d{{3}}{_C}|{_C}\d{{3}}{_C}{{2}}|\d{{2}}{_C}{{3}}\d|\d{_C}{{3}}\d{{2}}"
    rf"|{_C}{{3}}\d{{2}}{_C}|{_C}\d{{2}}{_C}{{3}}|\d{_C}{{2}}\d{{3}})(?![\w-])"
)
# In small letters three of them hold no vowel (1-jan-26), and two are no word (12-en-13).
_TWO = r"(?!en|of|in|op|om|na|tm)[a-z]{2}"
_THREE = r"[b-df-hj-np-tv-z]{3}"
_PLATE_SMALL = re.compile(
    rf"(?<![\w-])(?:{_TWO}-\d{{2}}-\d{{2}}|\d{{2}}-\d{{2}}-{_TWO}|\d{{2}}-{_TWO}-\d{{2}}"
    rf"|{_TWO}-\d{{2}}-{_TWO}|{_TWO}-{_TWO}-\d{{2}}|\d{{2}}-{_TWO}-{_TWO}"
    rf"|\d{{2}}-{_THREE}-\d|\d-{_THREE}-\d{{2}}|{_TWO}-\d{{3}}-[a-z]|[a-z]-\d{{3}}-{_TWO}"
    rf"|{_THREE}-\d{{2}}-[a-z]|[a-z]-\d{{2}}-{_THREE}|\d-{_TWO}-\d{{3}}|\d{{3}}-{_TWO}-\d)"
    r"(?![\w-])"
)
_PLATE_SAID = re.compile(
    r"\b(?:[Kk]enteken(?:nummer|plaat)?|[Aa]uto|[Ss]cooter|[Bb]usje|[Bb]rommer|[Nn]ummerbord):?"
    r"\s+(?:(?:is|met|nr\.?|nummer|kenteken)\s+){0,2}(?P<plate>[A-Za-z0-9]{6}"
    r"|[A-Za-z0-9]{1,3}(?:[- ][A-Za-z0-9]{1,3}){2})\b"
)
_BSN_SAID = re.compile(
    r"\b(?:bsn|b\.s\.n\.|burgerservicenummer|sofinummer)(?:-?nummer|-?nr\.?|\snr\.?)?:?\s*"
    r"(?:(?:is|van\s\w{1,20}):?\s)?(?P<number>\d[\d .-]{7,11}\d)",
    re.IGNORECASE,
)

_BETWEEN_GROUPS = re.compile(r"[\s.-]")
_SHORTEST_IBAN = 15
_SAME = str.maketrans("\u2019\u2018\u2010\u2011\u2013\u2212\u00a0\u202f", "''----  ")
"""What a word processor makes of apostrophes, hyphens and spaces, one letter for one."""

_PRIVATE_NUMBERS = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.VOIP,
    PhoneNumberType.PAGER,
}


class Personal(NamedTuple):
    """Words that look personal, and what they look like."""

    kind: str
    words: str


def likely_personal(text: str) -> list[Personal]:
    """What in a text looks personal, in the order in which it stands there; of a text full of it
    the first ``MOST_FOUND`` that are seen."""
    found: list[tuple[int, int, Personal]] = []
    for kind, start, end in _all(text.translate(_SAME)):
        if not any(start < e and s < end for s, e, _ in found):
            found.append((start, end, Personal(kind, text[start:end].strip())))
        if len(found) == MOST_FOUND:
            break
    return [personal for _, _, personal in sorted(found)]


def _all(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind and place, the surest first: of two that overlap the first counts."""
    yield from _spans("een e-mailadres", _EMAIL, text)
    yield from _spans("een e-mailadres", _EMAIL_SAID, text)
    yield from _ibans(text)
    yield from (("een burgerservicenummer", *m.span("number")) for m in _BSN_SAID.finditer(text))
    yield from _spans("een IP-adres", _IP, text)
    yield from _spans("een kenteken", _PLATE, text)
    yield from _spans("een kenteken", _PLATE_SMALL, text)
    yield from _spans("een kenteken", _PLATE_WHOLE, text)
    for said in _PLATE_SAID.finditer(text):
        if any(c.isdigit() for c in said["plate"]):
            yield "een kenteken", *said.span("plate")
    yield from _spans("een geboortedatum", _BORN, text)
    yield from _phones(text)
    for digits in _DIGITS.finditer(text):
        if bsn.is_valid(digits[0]) and len(bsn.compact(digits[0])) == 9:
            yield "een burgerservicenummer", *digits.span()
    yield from _spans("een account", _HANDLE, text)
    yield from (("een account", *m.span("account")) for m in _ACCOUNT_SAID.finditer(text))
    yield from _spans("een huisadres", _ADDRESS, text)
    yield from _spans("een huisadres", _AT_NUMBER, text)
    yield from _spans("een postcode", _POSTCODE, text)
    yield from (("een naam", *span) for span in names_in(text))


def _spans(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, int, int]]:
    return ((kind, *found.span()) for found in pattern.finditer(text))


def _ibans(text: str) -> Iterator[tuple[str, int, int]]:
    """Also with words behind it that look like its next group."""
    for found in _IBAN.finditer(text):
        start, end = found.span()
        while end - start >= _SHORTEST_IBAN:
            if iban.is_valid(_BETWEEN_GROUPS.sub("", text[start:end])):
                yield "een rekeningnummer", start, end
                break
            last = list(_BETWEEN_GROUPS.finditer(text, start, end))
            end = last[-1].start() if last else start


def _phones(text: str) -> Iterator[tuple[str, int, int]]:
    """Numbers of persons; not those of a service (0800, 0900, 14 + area code)."""
    for match in PhoneNumberMatcher(text, "NL", Leniency.VALID, MOST_TRIES):
        if number_type(match.number) in _PRIVATE_NUMBERS:
            yield "een telefoonnummer", match.start, match.end
    yield from _spans("een telefoonnummer", _MOBILE, text)
