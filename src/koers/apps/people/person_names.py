"""What in a text looks like the name of a person, and not like a street, a school or a firm that
bears one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from koers.dutch import without_accents

NAMES = Path(__file__).parent / "data" / "voornamen.txt"

# Between a first name (or initials, or a title) and a surname.
_BETWEEN = (
    r"(?:(?:(?:[Vv]\.\s?d\.\s?|[Vv]/d\s|[Vv]\.\s))?"
    r"(?:(?:[Vv]an|[Dd]er|[Dd]en|[Dd]e|[Hh]et|'t|[Tt]en|[Tt]er|[Tt]e|[Oo]p|[Ii]n|[Uu]it|[Aa]an"
    r"|[Ee]l|[Aa]l|[Bb]en|[Bb]in|[Vv]on|[Dd]i|[Dd]a|[Dd]os|[Dd]u|[Ll]a|[Ll]e|\u00e0)\s+|d'){0,3})"
)
_CAPITAL = r"[^\W\d_a-z\u00df-\u00ff]"
WORD = rf"(?:'s-)?{_CAPITAL}[\w'-]{{1,40}}"
# "De V." and "Van 't H.", as a newspaper writes a suspect.
_SHORTENED = r"(?:(?:[Vv]an|[Dd]e[rn]?|'t|[Tt]e[rn]?|[Ee]l|[Aa]l)\s+){1,3}[A-Z]\.(?!\w)"
_SURNAME = rf"(?:{_BETWEEN}{WORD}(?:\s*-\s*(?:{_BETWEEN}){WORD})?)"
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
_ALSO_SURNAMES = re.compile(r"(?:huis|bos|kerk|molen|haven|toren|vaart|groep|zaal|markt|baan)$")
# 'Max Verstappen-weekend'.
_COMPOUND = re.compile(r"-[a-z]{4,}$")
_INSTITUTION = re.compile(
    r"\s+(?:[Cc]ollege|[Ss]chool|[Ll]yceum|[Gg]ymnasium|[Pp]ark|[Pp]lein|[Ss]tichting|[Ff]onds"
    r"|[Hh]uis|[Ss]tadion|[Mm]useum|[Tt]heater|[Bb]rug|[Bb]asisschool|[Ss]traat|[Ll]aan|[Ww]eg"
    r"|[Hh]al|[Kk]liniek|[Ss]upermarkt|[Aa]rena|[Bb]v|B\.?V\.?|N\.?V\.?)\b"
)
# What bears the name of a person stands before it.
_INSTITUTION_BEFORE = re.compile(
    r"\b(?:[Ww]inkelcentrum|[Zz]wembad|[Ss]porthal|[Ss]portpark|\w*[Cc]ollege|\w*[Ss]chool|[Ss]tichting"
    r"|[Mm]useum|[Ww]ijkcentrum|[Bb]uurthuis|\w*huis|[Rr]estaurant|[Cc]af\u00e9|[Bb]akkerij|[Ff]irma"
    r"|[Ss]lagerij|\w*[Pp]raktijk|[Mm]akelaardij|[Ww]inkel|[Ss]upermarkt|[Hh]otel|[Kk]erk|[Tt]heater"
    r"|[Kk]apsalon|[Gg]arage|[Aa]utobedrijf|[Ff]lat|[Pp]ark|[Hh]of|[Bb]ureau)\s$"
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
_BELONGING = (
    r"(?:[Aa]uto|[Ss]cooter|[Bb]rommer|[Ff]atbike|[Ff]iets|[Tt]elefoon|[Ww]oning|[Hh]uis|[Kk]amer"
    r"|[Oo]uders|[Vv]rienden|[Gg]roepje|[Hh]ond|[Tt]uin|[Ss]chuur)\s+(?:van|rond)"
)
_OFFICE = (
    r"(?:[Ww]ijkagent|[Bb]uurtregisseur|[Jj]ongerenwerker|[Bb]ewoner|[Bb]ewoonster|[Vv]erdachte"
    r"|[Ss]lachtoffer|[Gg]etuige|[Mm]elder|[Dd]ader|[Aa]angever|[Cc]ontactpersoon|[Ww]ethouder"
    r"|[Rr]aadslid|[Aa]gente?|[Bb]oa|BOA|[Ww]ijkagente|[Hh]andhaver|[Hh]andhaafster|[Jj]ongeren?"
    r"|[Jj]ongen|[Mm]eisje|[Ll]eerling|[Dd]ocente?|[Tt]rainer|[Cc]oach|[Hh]uismeester|[Bb]eheerder"
    r"|[Cc]onci\u00ebrge|[Ee]igenaar|[Ee]igenares|[Hh]uurder|[Vv]oorzitter|[Dd]irecteur|[Cc]ollega"
    r"|[Ww]inkelier|[Oo]ndernemer|[Hh]uisarts|[Pp]astoor|[Dd]ominee|[Cc]ontact|[Tt]weeling"
    r"|[Aa]fspraak met|[Gg]esproken met|[Gg]esprek met|[Tt]weelingzus|[Bb]roertje|[Zz]usje):?"
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
    rf"(?<![\w-])(?:(?:van|de[rn]?|'t|te[rn]?|el)\s+){{0,3}}{WORD},\s?(?P<initials>(?:(?:[A-Z]"
    rf"|{_LONG_INITIAL})\.\s?){{1,6}})(?!\w)"
)
_KIN_NAMED = re.compile(rf"\b(?:{_KIN}|{_BELONGING})\s+(?P<name>{WORD})")
_OFFICE_NAMED = re.compile(rf"\b{_OFFICE}\s+(?:is\s+)?{_INITIALS}?\s*(?P<name>{_SURNAME})")
# As a newspaper writes a suspect, or a report a child.
_FIRST_SHORTENED = re.compile(rf"(?<![\w-])(?P<name>{WORD})\s+[A-Z]\.(?!\s?\w\.|\w)")
_AGED = re.compile(
    rf"(?<![\w-])(?P<name>{WORD})(?:\s\(|,\s|\s\()(?:van\s|is\s)?\d{{1,2}}(?:\s?(?:jaar|jr\.?)|\))"
)
_AGE_OF = re.compile(
    rf"\b(?:\d{{1,2}}-jarige|\d{{1,2}}\s?jr\.?)\s+(?P<name>{WORD})"
    rf"|(?<![\w-])(?P<other>{WORD})\s+(?:is|van)\s+\d{{1,2}}\b(?!\s?(?:%|procent|euro|uur|keer|\w+ber\b"
    r"|januari|februari|maart|april|mei|juni|juli|augustus|tot\b)|[.:,-]\d)"
)
_SAYS = (
    r"(?:zegt|zei|belt|belde|vertelt|vertelde|woont|woonde|vraagt|vroeg|meldt|meldde|wil|wilde|weet"
    r"|mailt|mailde|appt|appte|spijbelt|liep|loopt|kwam)"
)
_SAID_BY = re.compile(
    rf"(?<![\w-])(?P<name>{WORD})\s+{_SAYS}\b|\b(?:zegt|zei|volgens|aldus|vertel|vraag|bel|mail|app)\s+"
    rf"(?P<other>{WORD})(?![\w'-])"
)
_ONLY_INITIALS = re.compile(
    r"\b(?:[Vv]erdachte|[Gg]etuige|[Ss]lachtoffer|[Mm]elder|[Aa]angever|[Dd]ader)\s+"
    r"[A-Z]\.\s?(?:[A-Z]\.\s?){1,3}(?!\w)"
)
_SEVERAL = re.compile(rf"(?<![\w-])(?P<name>{WORD}),\s(?:{WORD},\s)?(?P<other>{WORD})\sen\s{WORD}")
_INITIALLED = re.compile(rf"(?<![\w.]){_INITIALS}\s*(?:{_SURNAME}|{_SHORTENED})")
_TWOWORDS = re.compile(rf"(?<![\w-])(?P<first>{WORD})\s+(?P<last>{_SURNAME})")


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, the surest first."""
    yield from _titled(text)
    for pattern in (_NAMED_SMALL, _ONLY_INITIALS):
        yield from (found.span() for found in pattern.finditer(text))
    for found in _OFFICE_NAMED.finditer(text):
        if _is_given(_first_word(found["name"])) and not _is_place(
            text, found.end(), found["name"]
        ):
            yield found.span("name")
    for pattern in (_KIN_NAMED, _FIRST_SHORTENED, _AGED, _AGE_OF, _SAID_BY):
        for found in pattern.finditer(text):
            if _is_given(found["name"] or found["other"]):
                yield found.span()
    for found in _SEVERAL.finditer(text):
        if _is_given(found["name"]) and _is_given(found["other"]):
            yield found.span()
    yield from _first_and_last(text)


def _titled(text: str) -> Iterator[tuple[int, int]]:
    """After a title, or with initials before or behind."""
    for pattern in (_NAMED, _INITIALLED):
        for found in pattern.finditer(text):
            if not _NO_INITIALS.match(found[0]) and not _is_street(text, found.end(), found[0]):
                yield found.span()
    for found in _SURNAME_FIRST.finditer(text):
        if not _NO_INITIALS.match(found["initials"]) and not _is_place(
            text, found.end(), found[0].split(",")[0]
        ):
            yield found.span()


def _first_and_last(text: str) -> Iterator[tuple[int, int]]:
    """A common given name with a surname after it; the search goes on at the next word where the
    first is no given name."""
    at = 0
    while found := _TWOWORDS.search(text, at):
        first = found["first"]
        known = _is_given(first) or _is_given(first.split("-")[0])
        # In capitals: also what follows is, or a heading would be a name.
        if first.isupper() and not (found["last"].isupper() and len(found["last"]) > 3):
            known = False
        if _INSTITUTION_BEFORE.search(text, max(0, found.start() - 40), found.start()):
            known = False
        if known and not _is_place(text, found.end(), found[0]):
            yield found.span()
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


def _is_street(text: str, end: int, words: str) -> bool:
    """The same of who is named by a title or initials: 'dr. A. Nijhuis' is no house."""
    last = words.split()[-1]
    return _is_place(text, end, words) and not (
        _ALSO_SURNAMES.search(last) and not _INSTITUTION.match(text, end)
    )


def _is_place(text: str, end: int, words: str) -> bool:
    """Whether these words name a street, an institution or a firm rather than a person."""
    last = words.rstrip("'\u2019").split()[-1]
    if _COMPOUND.search(last):
        return True
    last = last.rpartition("-")[2]
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
