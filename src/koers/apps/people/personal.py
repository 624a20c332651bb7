"""What in a free text looks like a person: numbers by their own checks, addresses and names as
people write them.

How often this is right is measured by ``tests/apps/test_personal_data.py``; see
``docs/methods/persoonsgegevens.md``. It points out, it does not decide: who writes says whether the
words must stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType, number_type
from stdnum import iban
from stdnum.nl import bsn

from koers.dutch import without_accents

MOST_FOUND = 200
MOST_TRIES = 10_000
"""Numbers that are looked at as a telephone number before the search ends: each costs much."""
NAMES = Path(__file__).parent / "data" / "voornamen.txt"

# Between a first name (or initials, or a title) and a surname.
_BETWEEN = (
    r"(?:(?:[Vv]an|[Dd]er|[Dd]en|[Dd]e|[Hh]et|'t|[Tt]en|[Tt]er|[Tt]e|[Oo]p|[Ii]n|[Uu]it|[Aa]an"
    r"|[Ee]l|[Aa]l|[Bb]en|[Bb]in|[Vv]on|[Dd]i|[Dd]a|[Dd]os|[Dd]u|[Ll]a|[Ll]e|\u00e0)\s+|d'){0,3}"
)
_CAPITAL = r"[^\W\d_a-z\u00df-\u00ff]"
_WORD = rf"(?:'s-)?{_CAPITAL}[\w'-]{{1,40}}"
# "De V." and "Van 't H.", as a newspaper writes a suspect.
_SHORTENED = r"(?:(?:[Vv]an|[Dd]e[rn]?|'t|[Tt]e[rn]?|[Ee]l|[Aa]l)\s+){1,3}[A-Z]\.(?!\w)"
_SURNAME = rf"(?:{_BETWEEN}{_WORD}(?:\s*-\s*(?:{_BETWEEN}){_WORD})?)"
_LONG_INITIAL = r"(?:Th|Chr|Ph|Joh|Jac|Tj|Wm|IJ)"
_INITIALS = (
    rf"(?:(?:(?:[A-Z]|{_LONG_INITIAL})\.-?\s?){{1,6}}(?:{_LONG_INITIAL}\.\s?|[A-Z]\w\.\s?)?)"
)
_TITLED_INITIALS = rf"(?:{_INITIALS}|[A-Z]{{1,4}}\s+)"
# What follows a street or an institution that bears a person's name.
_PLACE = re.compile(
    r"(?:straat|str|laan|weg|plein|dreef|kade|hof|hofje|singel|gracht|plantsoen|pad|steeg|dijk|park"
    r"|brug|poort|plaats|baan|tunnel|veld|wal|ring|kwartier|wijk|buurt|school|college|lyceum"
    r"|gymnasium|mavo|havo|bos|haven|huis|hal|stadion|centrum|kerk|zaal|theater|fonds|stichting"
    r"|toren|vaart|route|markt|flat|groep|kliniek|ziekenhuis|museum|molen)$",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"\s+(?:[Cc]ollege|[Ss]chool|[Ll]yceum|[Gg]ymnasium|[Pp]ark|[Pp]lein|[Ss]tichting|[Ff]onds"
    r"|[Hh]uis|[Ss]tadion|[Mm]useum|[Tt]heater|[Bb]rug|[Bb]asisschool|[Ss]traat|[Ll]aan|[Ww]eg"
    r"|[Hh]al|[Kk]liniek|[Ss]upermarkt|[Aa]rena|[Bb]v|B\.?V\.?|N\.?V\.?)\b"
)
_FIRMS = frozenset(
    {"albert heijn", "jan linders", "dirk van den broek", "douwe egberts", "anne frank"}
)
# Letters with points that are no initials: forms of firms, and forms of address.
_NO_INITIALS = re.compile(r"(?:B\.\s?V|N\.\s?V|V\.\s?O\.\s?F|[ZH]\.\s?K\.\s?H|N\.\s?B|P\.\s?S)\.")
# Who is named after these is a person; the words themselves are not.
_TITLE = (
    r"(?:[Dd]hr\.?|[Dd]e\s+[Hh]r\.?|[Hh]r\.|[Dd]s\.|[Mm]evr\.?|[Mm]w\.?|[Mm]vr\.?|[Mm]ej\.?|[Dd]e\s+heer"
    r"|[Dd]e\s+heren|[Hh]eer|[Mm]evrouw|[Mm]eneer|[Mm]ijnheer|[Mm]eester|[Ff]amilie|[Ff]am\.?"
    r"|[Ee]chtpaar|[Gg]ezin|[Ww]eduwe|[Dd]rs\.?|[Dd]r\.|[Ii]r\.|[Ii]ng\.|[Mm]r\.|[Pp]rof\."
    r"|DHR\.?|MEVR\.?|MW\.?|MEVROUW|DE\s+HEER|MENEER|FAM\.|FAMILIE)(?:\s+|(?<=\.))"
)
_KIN = (
    r"(?:[Zz]oon|[Dd]ochter|[Vv]ader|[Mm]oeder|[Bb]roer|[Zz]us|[Oo]pa|[Oo]ma|[Vv]riend|[Vv]riendin"
    r"|[Oo]om|[Tt]ante|[Nn]eef|[Nn]icht|[Pp]artner|[Ee]x|[Bb]uurman|[Bb]uurvrouw)"
    r"(?:\s+(?:van|genaamd))?"
)
_OFFICE = (
    r"(?:[Ww]ijkagent|[Bb]uurtregisseur|[Jj]ongerenwerker|[Bb]ewoner|[Bb]ewoonster|[Vv]erdachte"
    r"|[Ss]lachtoffer|[Gg]etuige|[Mm]elder|[Dd]ader|[Aa]angever|[Cc]ontactpersoon|[Ww]ethouder"
    r"|[Rr]aadslid|[Aa]gent|[Bb]oa|BOA)"
)
_NAMED = re.compile(
    rf"\b{_TITLE}(?:en\s+{_TITLE})?{_TITLED_INITIALS}?\s*(?:{_SURNAME}|{_SHORTENED})"
)
# Written without capitals; what a person does may follow a title too.
_NAMED_SMALL = re.compile(
    r"\b(?:dhr|mevr|mw|mvr)(?:\.\s?|\s+)(?!(?:en|of|is|was|wil|had|heeft|kan|kon|komt|kwam|belt"
    r"|belde|woont|zegt|zei|gaf|geeft|gaat|ging|vraagt|vroeg|doet|deed|die|dat|met|op|uit|zal"
    r"|moet|ziet|zag|krijgt|meldt|meldde|weet|wist)\b)(?:(?:van|de[rn]?|'t|te[rn]?|el)\s+){0,3}"
    r"[a-z][\w'-]{2,40}"
)
_SURNAME_FIRST = re.compile(
    rf"(?<![\w-])(?:(?:van|de[rn]?|'t|te[rn]?|el)\s+){{0,3}}{_WORD},\s?(?P<initials>(?:(?:[A-Z]"
    rf"|{_LONG_INITIAL})\.\s?){{1,6}})(?!\w)"
)
_KIN_NAMED = re.compile(rf"\b{_KIN}\s+(?P<name>{_WORD})")
_OFFICE_NAMED = re.compile(rf"\b{_OFFICE}\s+{_INITIALS}?\s*(?P<name>{_SURNAME})")
_INITIALLED = re.compile(rf"(?<![\w.]){_INITIALS}\s*(?:{_SURNAME}|{_SHORTENED})")
_TWO_WORDS = re.compile(rf"(?<![\w-])(?P<first>{_WORD})\s+(?P<last>{_SURNAME})")

_STREET = (
    r"(?:straat|str\.?|laan|weg|plein|dreef|kade|hof|singel|gracht|plantsoen|pad|steeg|dijk|park"
    r"|burg|wal|vaart|ring|kwartier|erf|gaarde|akker|veld|markt|oord|horst|meent|zoom|rede|berg"
    r"|hoeve|werf|boulevard|allee)"
)
_NUMBER = (
    r"(?!(?:19|20)\d\d(?![\w-]))\d{1,5}(?:\s?[a-zA-Z](?![\w])|[-/]\s?\d{1,4}\b|\s?(?:hs|bis|huis|rood|zwart|boven)\b|"
    r"-[A-Za-z]\b)?(?![\w%])"
)
_COUNTED = (
    r"(?![.:]\d\d\s*uur)(?!\s*(?:tot|-|t/m)\s*\d{1,2}(?:[.:]\d\d)?\s*uur)"
    r"(?!\s*(?:%|procent|\w{0,20}aanhoudingen|\w{0,20}(?:meldingen|incidenten|inbraken|diefstallen"
    r"|controles|vernielingen|klachten|conflicten)|boa's|agenten|handhavers|jongeren|jeugdigen|meldingen|personen|mensen|bewoners|inwoners|leerlingen"
    r"|fietsen|fietsers|auto's|scooters|woningen|huizen|huishoudens|winkels|keer|maal|incidenten"
    r"|inbraken|diefstallen|boetes|controles|bekeuringen|camera's|lantaarns|uur|dagen|weken"
    r"|maanden|jaar|euro|meter|km|kilometer|m2|bomen|plaatsen|parkeerplaatsen|deelnemers|bezoekers"
    r"|ondernemers|aangiften|misdrijven|januari|februari|maart|april|mei|juni|juli|augustus"
    r"|september|oktober|november|december)\b)"
)
_ADDRESS = re.compile(
    rf"(?<![\w'])(?:'s-)?{_WORD.replace('{1,40}', '{0,40}')}?{_STREET}"
    rf"(?:\s+(?:nr\.\s?|(?:nr|nummer|no\.?|huisnummer|huisnr\.?)\s)|\s)\s*{_NUMBER}{_COUNTED}"
    rf"|\b(?!(?:snelweg|autosnelweg|spoorweg|vaarweg|onderweg)\s)[a-z'-]{{3,40}}"
    rf"(?:straat|str\.|laan|weg|plein|singel|gracht|kade|dreef)\s+{_NUMBER}{_COUNTED}"
    rf"|\b(?:Laan|Weg|Plein|Hof|Kade|Pad|Singel|Park|Dreef)\s+(?:van|op|aan|der|de)\s+"
    rf"(?:(?:de|der|den|het)\s+)?{_WORD}(?:\s+{_WORD}){{0,2}}\s+{_NUMBER}{_COUNTED}"
)
_AT_NUMBER = re.compile(
    r"\b(?:(?:op|bewoner(?:s)?\s+van)\s+(?:nummer|nr\.?)|huisnummer|huisnr\.?):?\s+\d{1,5}\w?\b"
)
# Two capitals after a year or a number that are a word, a unit or a province.
_POSTCODE = re.compile(
    r"\b[1-9]\d{3}(?:\s?(?!(?:SA|SD|SS)\b)(?!(?<=\s)(?:EN|IS|IN|OF|OP|OM|ER|ZO|DE|TE|OK|PK|NH)\b)"
    r"[A-Z]{2}|(?!km|ha|kg|kb|mb|gb|ml|cm|mm|st|pk|kw)[a-z]{2})\b(?:\s+\d{1,5}\w?\b)?"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_HANDLE = re.compile(r"(?<![\w.@/])@[A-Za-z_][\w.]{2,40}")
_BORN = re.compile(
    r"\b(?:geb\.?|geboren|geboortedatum:?)\s{0,3}(?:op\s{1,3})?"
    r"\d{1,2}(?:[-/ .]\d{1,2}|\s+[a-z]{3,9})"
)
# Also of ranges that are not in use: a slip of the pen is still somebody's number.
_MOBILE = re.compile(
    r"(?<!\w)(?:\+31|0031|\(?0)[\s-]?(?:\(0\))?6\)?(?:\s?[-\u2013./]?\s?\d){8}(?!\w)"
)
_DIGITS = re.compile(
    r"(?<![\w.,-])(?<!\u20ac)(?<!\u20ac )(?:\d(?:[ .]?\d){7,8}|\d{3}-\d{3}-\d{3}|\d{4}-\d{2}-\d{3})"
    r"(?![\w]|[.,-]\d|\s(?:euro|inwoners)\b)"
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
    yield from _ibans(text)
    yield from (("een burgerservicenummer", *m.span("number")) for m in _BSN_SAID.finditer(text))
    yield from _spans("een IP-adres", _IP, text)
    yield from _spans("een kenteken", _PLATE, text)
    yield from _spans("een kenteken", _PLATE_SMALL, text)
    for said in _PLATE_SAID.finditer(text):
        if any(c.isdigit() for c in said["plate"]):
            yield "een kenteken", *said.span("plate")
    yield from _spans("een geboortedatum", _BORN, text)
    yield from _phones(text)
    for digits in _DIGITS.finditer(text):
        if bsn.is_valid(digits[0]) and len(bsn.compact(digits[0])) == 9:
            yield "een burgerservicenummer", *digits.span()
    yield from _spans("een account", _HANDLE, text)
    yield from _spans("een huisadres", _ADDRESS, text)
    yield from _spans("een huisadres", _AT_NUMBER, text)
    yield from _spans("een postcode", _POSTCODE, text)
    yield from _names(text)


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


def _names(text: str) -> Iterator[tuple[str, int, int]]:
    for pattern in (_NAMED, _INITIALLED):
        for found in pattern.finditer(text):
            if not _NO_INITIALS.match(found[0]) and not _is_place(text, found.end(), found[0]):
                yield "een naam", *found.span()
    yield from _spans("een naam", _NAMED_SMALL, text)
    for found in _SURNAME_FIRST.finditer(text):
        if not _NO_INITIALS.match(found["initials"]) and not _is_place(
            text, found.end(), found[0].split(",")[0]
        ):
            yield "een naam", *found.span()
    for found in _OFFICE_NAMED.finditer(text):
        if _is_given(_first_word(found["name"])) and not _is_place(
            text, found.end(), found["name"]
        ):
            yield "een naam", *found.span("name")
    for found in _KIN_NAMED.finditer(text):
        if _is_given(found["name"]):
            yield "een naam", *found.span("name")
    yield from _first_and_last(text)


def _first_and_last(text: str) -> Iterator[tuple[str, int, int]]:
    """A common given name with a surname after it; the search goes on at the next word where the
    first is no given name."""
    at = 0
    while found := _TWO_WORDS.search(text, at):
        first = found["first"]
        known = _is_given(first) or _is_given(first.split("-")[0])
        # In capitals: also what follows is, or a heading would be a name.
        if first.isupper() and not (found["last"].isupper() and len(found["last"]) > 3):
            known = False
        if known and not _is_place(text, found.end(), found[0]):
            yield "een naam", *found.span()
            at = found.end()
        else:
            at = found.start("last")


def _is_given(word: str) -> bool:
    """Whether it is a common given name, in whatever capitals, with or without its diacritics."""
    if word in given_names():
        return True
    bare = without_accents(word)
    return (bare.capitalize() if len(bare) > 2 and bare.isupper() else bare) in given_names()


def _first_word(name: str) -> str:
    return name.split()[0].split("-")[0]


def _is_place(text: str, end: int, words: str) -> bool:
    """Whether these words name a street, an institution or a firm rather than a person."""
    last = words.rstrip("'\u2019").split()[-1]
    if _PLACE.search(last) and not _is_whole_word_surname(last):
        return True
    return words.lower() in _FIRMS or _INSTITUTION.match(text, end) is not None


def _is_whole_word_surname(word: str) -> bool:
    """'Bos' or 'Dijk' alone is a surname, 'Vondelpark' is not."""
    return word.lower() in {"bos", "dijk", "poort", "brug", "berg", "veld", "ring", "molen", "hof"}


@cache
def given_names() -> frozenset[str]:
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())
