"""A period as people name it in a plan: a day, a month, a quarter, a season, a school year."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from koers.dutch import MONTH_NUMBERS


@dataclass(frozen=True)
class Part:
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


def periods_at(text: str, at: int) -> Iterator[tuple[Part, int]]:
    """The periods that a text names from a place, each with where it ends."""
    for pattern, made in _ATOMS:
        if (found := pattern.match(text, at)) and (part := made(found)) is not None:
            yield part, found.end()


def _months(first: int, last: int) -> Callable[[int], tuple[date, date]]:
    def of(year: int) -> tuple[date, date]:
        return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])

    return of


def _day(found: re.Match[str]) -> Part | None:
    groups = found.groupdict()
    month = MONTH_NUMBERS.get(groups["m"], 0) if groups["m"].isalpha() else int(groups["m"])
    day, year = int(groups["d"]), _year(groups.get("y"))
    if not month and groups["m"].isalpha():
        return None

    def of(year: int) -> tuple[date, date]:
        return date(year, month, day), date(year, month, day)

    return Part(of, year, one_day=True)


def _month(found: re.Match[str]) -> Part | None:
    groups = found.groupdict()
    name = groups["m"]
    month = int(name) if name.isdigit() else MONTH_NUMBERS.get(name, 0)
    if not month:
        return None
    third = groups.get("third")
    if not third:
        return Part(_months(month, month), _year(groups.get("y")))
    from_day = {"begin": 1, "medio": 11, "half": 11, "eind": 21}[third]

    def of(year: int) -> tuple[date, date]:
        end = calendar.monthrange(year, month)[1] if from_day == 21 else from_day + 9
        return date(year, month, from_day), date(year, month, end)

    return Part(of, _year(groups.get("y")), vague=True)


def _part_of_year(size: int) -> Callable[[re.Match[str]], Part]:
    def made(found: re.Match[str]) -> Part:
        number = _ORDINALS.get(found["n"]) or int(found["n"])
        number = 12 // size if number == _LAST else number
        return Part(_months(size * (number - 1) + 1, size * number), _year(found["y"]))

    return made


def _season(found: re.Match[str]) -> Part | None:
    first, last = _SEASONS[found["s"]]
    return Part(_months(first, last), _year(found["y"]), vague=True)


def _over_new_year(found: re.Match[str]) -> Part | None:
    year, next_year = _year(found["y"]), _year(found["z"])
    if year is None or next_year != year + 1:
        return None
    (m1, d1), (m2, d2) = _OVER_NEW_YEAR[found["s"]]

    def of(year: int) -> tuple[date, date]:
        last = d2 or calendar.monthrange(year + 1, m2)[1]
        return date(year, m1, d1), date(year + 1, m2, last)

    return Part(of, year, vague=True)


def _week(found: re.Match[str]) -> Part:
    number = int(found["n"])

    def of(year: int) -> tuple[date, date]:
        return date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7)

    return Part(of, _year(found["y"]))


def _whole_year(found: re.Match[str]) -> Part:
    third = found["third"] if "third" in found.re.groupindex else None
    first, last = _THIRDS.get(third or "", (1, 12))
    return Part(_months(first, last), _year(found["y"]), vague=bool(third))


def _two_years(found: re.Match[str]) -> Part | None:
    year, next_year = _year(found["y"]), _year(found["z"])
    if year is None or next_year is None or next_year <= year:
        return None
    after = next_year - year

    def of(year: int) -> tuple[date, date]:
        return date(year, 1, 1), date(year + after, 12, 31)

    return Part(of, year)


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


_ATOMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Part | None]], ...] = (
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
