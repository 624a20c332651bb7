"""When something happens, as people write it in a plan: days, quarters, seasons, weeks,
'doorlopend', '2x per jaar', 'voor de zomer', 'n.t.b.'.

A text is understood whole or not at all: a word that is not known makes that no day is read.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from koers import dutch
from koers.dutch import MONTH_NUMBERS
from koers.tables.reading.said import NOTHING, UNKNOWN, plain, said, without_remarks


class When(StrEnum):
    """What kind of planning a text is."""

    DAYS = "days"
    """Days, or a period with a first and a last one."""
    ALWAYS = "always"
    REPEATED = "repeated"
    UNKNOWN = "unknown"
    NOTHING = "nothing"
    NO_YEAR = "no_year"
    """A period of which the year is not said."""
    IMPOSSIBLE = "impossible"
    """A day that does not exist."""
    WORDS = "words"
    """Not understood."""


@dataclass(frozen=True)
class Span:
    """From the first day to and with the last; None where it is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True)
class Planning:
    """What is understood beside what is ``written``.

    ``vague`` where a person chose words that leave room ('voorjaar'); ``exact`` where it is one
    day; ``taken_year`` is a year that the text does not say.
    """

    written: str
    when: When
    spans: tuple[Span, ...] = ()
    vague: bool = False
    exact: bool = False
    taken_year: int | None = None

    @property
    def start(self) -> date | None:
        firsts = [span.first for span in self.spans]
        return None if None in firsts else min((f for f in firsts if f), default=None)

    @property
    def end(self) -> date | None:
        lasts = [span.last for span in self.spans]
        return None if None in lasts else max((x for x in lasts if x), default=None)

    @property
    def words(self) -> str:
        """The spans in full, which are read back to the same spans."""
        return ", ".join(map(_in_full, self.spans))


def planning_of(cell: Any, year: int | None = None) -> Planning:
    """What a cell says of when; ``year`` is that of what names none. It never fails."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return Planning(cell.isoformat(), When.DAYS, (Span(cell, cell),), exact=True)
    written = said(cell)
    text = _tidied(written)
    if text in NOTHING:
        return Planning(written, When.NOTHING)
    if text in UNKNOWN:
        return Planning(written, When.UNKNOWN)
    try:
        return _understood(written, text, year)
    except (ValueError, OverflowError):
        return Planning(written, When.IMPOSSIBLE)


def _understood(written: str, text: str, year: int | None) -> Planning:
    rest, when = text, When.DAYS
    if (found_on := _ON.fullmatch(rest)) is not None:
        rest = f"vanaf {found_on['first']}"
    for found, kind in ((_ALWAYS, When.ALWAYS), (_REPEATED, When.REPEATED)):
        if found.search(rest):
            rest, when = _EDGE.sub("", " ".join(found.sub(" ", rest).split())), kind
    if not rest:
        return Planning(written, when)
    parts = _read(rest)
    if parts is None:
        return Planning(written, When.WORDS)
    known = [part.year for part in parts if part.year]
    taken = None
    if any(part.year is None for part in parts):
        taken = None if known else year
        if not known and year is None:
            return Planning(written, When.NO_YEAR)
        parts = _with_years(parts, year)
    spans = _spans(parts)
    if not _in_order(spans, any(part.taken for part in parts)):
        return Planning(written, When.WORDS)
    vague = when != When.DAYS or any(part.vague for part in parts)
    exact = len(parts) == 1 and not vague and parts[0].one_day and not parts[0].open_ended
    return Planning(written, when, spans, vague, exact, taken)


@dataclass(frozen=True)
class _Part:
    """A period without or with its year; ``join`` is how it follows on the one before it."""

    of: Callable[[int], tuple[date, date]]
    year: int | None
    vague: bool = False
    one_day: bool = False
    join: str = ""
    edge: str = ""
    taken: bool = False

    @property
    def open_ended(self) -> bool:
        return bool(self.edge)


def _with_years(parts: list[_Part], year: int | None) -> list[_Part]:
    """A period without a year is of the year that follows, else of the one before it."""
    found: list[_Part] = []
    later: int | None = None
    for part in reversed(parts):
        later = part.year or later
        found.append(part if part.year else replace(part, year=later, taken=True))
    found.reverse()
    before = year
    for n, part in enumerate(found):
        found[n] = part if part.year else replace(part, year=before, taken=True)
        before = found[n].year
    return found


def _spans(parts: list[_Part]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for before, part in zip([parts[0], *parts], parts, strict=False):
        first, last = part.of(part.year or 0)
        if part.join == "to" and spans:
            if before.taken and part.year == before.year and last < (spans[-1].first or last):
                # 'okt t/m mrt 2027' begins in the year before.
                spans[-1] = Span(_year_before(spans[-1].first), None)
            spans[-1] = Span(spans[-1].first, last)
        elif part.edge == "from":
            spans.append(Span(first, None))
        elif part.edge == "by":
            spans.append(Span(None, last))
        elif part.edge == "before":
            # Before the summer is before its holidays.
            first = date(first.year, 7, 1) if part.vague and first.month == 6 else first
            spans.append(Span(None, first - timedelta(days=1)))
        elif part.edge == "after":
            spans.append(Span(last + timedelta(days=1), None))
        else:
            spans.append(Span(first, last))
    return tuple(spans)


def _in_order(spans: tuple[Span, ...], taken: bool) -> bool:
    """Whether no period ends before it begins; and where a year was taken from another period
    whether they follow on each other, because else it may be of the year before."""
    if any(s.first and s.last and s.last < s.first for s in spans):
        return False
    days = [s.first or s.last or date.min for s in spans]
    return not taken or days == sorted(days)


def _year_before(day: date | None) -> date | None:
    return day and date(day.year - 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


def _read(text: str) -> list[_Part] | None:
    """The periods of a text; None where something in it is not understood."""
    parts: list[_Part] = []
    at, join = 0, ""
    while at < len(text):
        edge = ""
        if found := _EDGES.match(text, at):
            edge, at = _EDGE_KINDS[found.lastgroup or ""], found.end()
        part = next(_atoms(text, at), None)
        if part is None:
            return None
        at = part[1]
        # Only the whole of a list may be open at an end.
        if edge and (parts or join):
            return None
        parts.append(replace(part[0], join=join, edge=edge))
        if at >= len(text):
            return parts
        found = _JOINS.match(text, at)
        if found is None or found.end() == at:
            return None
        join, at = found.lastgroup or "", found.end()
        if join == "to" and (parts[-1].edge not in ("", "from") or parts[-1].join == "to"):
            return None
        if join == "to":
            parts[-1] = replace(parts[-1], edge="")
    return None


def _atoms(text: str, at: int) -> Iterator[tuple[_Part, int]]:
    for pattern, made in _ATOMS:
        if (found := pattern.match(text, at)) and (part := made(found)) is not None:
            yield part, found.end()


def _months(first: int, last: int) -> Callable[[int], tuple[date, date]]:
    def of(year: int) -> tuple[date, date]:
        return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])

    return of


def _day(found: re.Match[str]) -> _Part | None:
    groups = found.groupdict()
    month = MONTH_NUMBERS.get(groups["m"], 0) if groups["m"].isalpha() else int(groups["m"])
    day, year = int(groups["d"]), _year(groups.get("y"))
    if not month and groups["m"].isalpha():
        return None

    def of(year: int) -> tuple[date, date]:
        return date(year, month, day), date(year, month, day)

    return _Part(of, year, one_day=True)


def _month(found: re.Match[str]) -> _Part | None:
    groups = found.groupdict()
    name = groups["m"]
    month = int(name) if name.isdigit() else MONTH_NUMBERS.get(name, 0)
    if not month:
        return None
    third = groups.get("third")
    if not third:
        return _Part(_months(month, month), _year(groups.get("y")))
    from_day = {"begin": 1, "medio": 11, "half": 11, "eind": 21}[third]

    def of(year: int) -> tuple[date, date]:
        end = calendar.monthrange(year, month)[1] if from_day == 21 else from_day + 9
        return date(year, month, from_day), date(year, month, end)

    return _Part(of, _year(groups.get("y")), vague=True)


def _part_of_year(size: int) -> Callable[[re.Match[str]], _Part]:
    def made(found: re.Match[str]) -> _Part:
        number = _ORDINALS.get(found["n"]) or int(found["n"])
        number = 12 // size if number == _LAST else number
        return _Part(_months(size * (number - 1) + 1, size * number), _year(found["y"]))

    return made


def _season(found: re.Match[str]) -> _Part | None:
    first, last = _SEASONS[found["s"]]
    return _Part(_months(first, last), _year(found["y"]), vague=True)


def _over_new_year(found: re.Match[str]) -> _Part | None:
    year, next_year = _year(found["y"]), _year(found["z"])
    if year is None or next_year != year + 1:
        return None
    (m1, d1), (m2, d2) = _OVER_NEW_YEAR[found["s"]]

    def of(year: int) -> tuple[date, date]:
        last = d2 or calendar.monthrange(year + 1, m2)[1]
        return date(year, m1, d1), date(year + 1, m2, last)

    return _Part(of, year, vague=True)


def _week(found: re.Match[str]) -> _Part:
    number = int(found["n"])

    def of(year: int) -> tuple[date, date]:
        return date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7)

    return _Part(of, _year(found["y"]))


def _whole_year(found: re.Match[str]) -> _Part:
    third = found["third"] if "third" in found.re.groupindex else None
    first, last = _THIRDS.get(third or "", (1, 12))
    return _Part(_months(first, last), _year(found["y"]), vague=bool(third))


def _two_years(found: re.Match[str]) -> _Part | None:
    year, next_year = _year(found["y"]), _year(found["z"])
    if year is None or next_year is None or next_year <= year:
        return None
    after = next_year - year

    def of(year: int) -> tuple[date, date]:
        return date(year, 1, 1), date(year + after, 12, 31)

    return _Part(of, year)


def _year(text: str | None) -> int | None:
    if not text:
        return None
    year = int(text) if len(text) == 4 else 2000 + int(text)
    if not 1990 <= year <= 2100:
        raise ValueError(text)
    return year


_LAST = 99
_ORDINALS = {
    **{word: n for n, word in enumerate(("eerste", "tweede", "derde", "vierde"), 1)},
    **{word: n for n, word in enumerate(("i", "ii", "iii", "iv"), 1)},
    "laatste": _LAST,
}
_SEASONS = {
    "voorjaar": (3, 5),
    "lente": (3, 5),
    "zomer": (6, 8),
    "zomerperiode": (6, 8),
    "zomervakantie": (7, 8),
    "najaar": (9, 11),
    "herfst": (9, 11),
}
_THIRDS = {"begin": (1, 3), "medio": (5, 8), "half": (5, 8), "eind": (10, 12)}
_OVER_NEW_YEAR = {
    "winter": ((12, 1), (2, 0)),
    "jaarwisseling": ((12, 1), (1, 2)),
    "schooljaar": ((8, 1), (7, 31)),
}
_NAMES = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
_Y = (
    r"(?:(?: ?(?:van|in|-|/|,)? ?)'?(?P<y>(?:19|20|21)\d{2}"
    rf"|(?:(?<=')|(?<=[a-z.\d][-/ ]))\d{{2}}(?! ?(?:{_NAMES})\b))(?!\d))?"
)
_NTH = r"(?P<n>[1-4]|eerste|tweede|derde|vierde|laatste|iii|ii|iv|i)(?:e|ste|de)?"


def _atom(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:in|het|de|per|week van) )?(?:{pattern})(?![\w])")


_ATOMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Part | None]], ...] = (
    (_atom(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"), _day),
    (_atom(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.]'?(?P<y>\d{4}|\d{2})"), _day),
    (_atom(rf"(?P<d>\d{{1,2}})[- ](?P<m>{_NAMES})\.?{_Y}"), _day),
    (_atom(r"(?P<y>\d{4})-?w(?P<n>\d{1,2})"), _week),
    (_atom(rf"(?:week|weeknummer|wk)\.? ?(?P<n>\d{{1,2}}){_Y}"), _week),
    (
        _atom(rf"(?:(?P<third>begin|medio|half|eind) )?(?P<m>{_NAMES})\.?{_Y}"),
        _month,
    ),
    (_atom(r"(?P<y>(?:19|20)\d{2})-(?P<m>0[1-9]|1[0-2])"), _month),
    (_atom(r"(?P<m>0?[1-9]|1[0-2])[-/](?P<y>(?:19|20)\d{2})"), _month),
    (_atom(r"(?P<y>(?:19|20)\d{2})[- ]?(?:q|k|kw|kwartaal )(?P<n>[1-4])"), _part_of_year(3)),
    (_atom(rf"(?:q|k|kw|kwartaal)\.? ?(?P<n>[1-4]){_Y}"), _part_of_year(3)),
    (_atom(rf"{_NTH} ?(?:kwartaal|kwart|kw|q)\.?{_Y}"), _part_of_year(3)),
    (_atom(rf"(?:h|halfjaar) ?(?P<n>[12]){_Y}"), _part_of_year(6)),
    (
        _atom(
            r"(?P<n>[12]|eerste|tweede|ii|i)(?:e|ste|de)? ?"
            rf"(?:helft(?: van (?:het )?jaar)?|half ?jaar){_Y}"
        ),
        _part_of_year(6),
    ),
    (_atom(rf"(?:t|tertaal) ?(?P<n>[1-3]){_Y}"), _part_of_year(4)),
    (_atom(rf"(?P<n>[1-3]|eerste|tweede|derde)(?:e|ste|de)? ?tertaal{_Y}"), _part_of_year(4)),
    (
        _atom(
            rf"(?P<s>{'|'.join(_OVER_NEW_YEAR)}) '?(?P<y>\d{{4}}|\d{{2}}) ?[-/] ?'?"
            r"(?P<z>\d{4}|\d{2})"
        ),
        _over_new_year,
    ),
    (
        _atom(rf"(?P<s>{'|'.join(sorted(_SEASONS, key=len, reverse=True))}){_Y}"),
        _season,
    ),
    (_atom(r"(?P<y>20\d{2}) ?[-/] ?'?(?P<z>\d{2})"), _two_years),
    (_atom(r"(?:(?P<third>begin|medio|half|eind) )(?P<y>(?:19|20)\d{2})"), _whole_year),
    (
        _atom(r"(?:(?:heel|gehele|hele|jaar|gehele jaar|hele jaar) )?(?P<y>(?:19|20)\d{2})"),
        _whole_year,
    ),
)
_EDGES = re.compile(
    r"(?:(?P<from>(?:start |starten |begin )?vanaf|met ingang van|m\.?i\.?v\.?|start(?:en|datum)?"
    r"(?: in| per)?:?|sinds)|(?P<by>uiterlijk(?: in| op)?|gereed(?: in| op| voor)?:?"
    r"|deadline:?|t/m|tot en met|afgerond in|tegen)|(?P<before>voor|vóór|tot)"
    r"|(?P<after>na)) (?:de |het )?"
)
_EDGE_KINDS = {"from": "from", "by": "by", "before": "before", "after": "after"}
_JOINS = re.compile(
    r"(?P<to> ?(?:t/m|tot en met|t\.?e\.?m\.?|tm|tot|-) ?)"
    r"|(?P<both> ?(?:,? en |, ?|; ?|/ ?|\+ ?|& ?|\n) ?)"
)
_ALWAYS = re.compile(
    r"\b(?:doorlopend(?:e)?|continue?|permanent|structureel|lopend|loopt door|hele planperiode"
    r"|(?:de |het )?(?:hele|gehele) (?:plan)?(?:periode|looptijd)"
    r"|(?:het )?(?:hele|gehele) jaar(?: door)?(?! (?:19|20)\d)|jaarrond|gedurende het jaar)"
    r"(?! (?:jaar|proces))\b"
)
_ON = re.compile(
    r"(?P<first>.*\d.*?)(?: ?(?:t/m|tot en met|tot|-) (?:doorlopend|structureel|continu)"
    r"|,? (?:e\.?v\.?|en verder|en volgende jaren|en later))"
)
_COUNT = r"(?:\d{1,3}|een|één|eens|twee|drie|vier|tweemaal|minimaal \d{1,2}|min\. \d{1,2})"
_UNIT = r"(?:jaar|kwartaal|maand|week|half ?jaar|dag|tertaal|twee jaar|2 jaar|zes weken|6 weken)"
_REPEATED = re.compile(
    rf"\b(?:{_COUNT} ?(?:x|keer|maal|×)? ?(?:per|p/|in de|/) ?{_UNIT}"
    rf"|(?:elke?|ieder|iedere|per) {_UNIT}|(?:half|twee|drie|vier)?(?:jaarlijks|wekelijks"
    r"|maandelijks)|(?:jaar|kwartaal|maand|week)lijks(?:e)?|periodiek|regelmatig|dagelijks"
    r"|tweejaarlijks|op afroep|incidenteel|naar behoefte|indien nodig"
    rf"|{_COUNT} ?(?:x|keer|maal|×))(?![\w])"
)
_EDGE = re.compile(r"^[\s,;:/-]+|[\s,;:/-]+$")
_TOGETHER = re.compile(
    r"\b([1-4])(?:e|ste|de)?((?: ?(?:,|en|t/m|-|/|\+|&|tot en met) ?))([1-4](?:e|ste|de))"
    r" (kwartaal|helft|half ?jaar|tertaal)"
)
_SHORT = re.compile(
    r"\b(q|k|kwartaal|kwartalen|week|weken|wk) ?(\d{1,2})( ?[-/+&,] ?| en | t/m )"
    r"(\d{1,2})(?![\d./-])"
)


def _tidied(written: str) -> str:
    text = without_remarks(plain(written.replace("–", "-").replace("—", "-")))
    text = text.replace("kwartalen", "kwartaal").replace("weken ", "week ")
    text = re.sub(
        r"\b(?:ca|circa|ongeveer|planning|gepland|periode|kalenderjaar)\b[.:]? ?", "", text
    )
    text = _TOGETHER.sub(r"\1e \4\2\3 \4", text)
    for _ in range(4):
        text = _SHORT.sub(r"\1 \2\3\1 \4", text)
    return text.strip()


def _in_full(span: Span) -> str:
    if span.first is None and span.last is None:
        return ""
    if span.first is None:
        return f"uiterlijk {dutch.day(span.last)}" if span.last else ""
    if span.last is None:
        return f"vanaf {dutch.day(span.first)}"
    if span.first == span.last:
        return dutch.day(span.first)
    return f"{dutch.day(span.first)} t/m {dutch.day(span.last)}"
