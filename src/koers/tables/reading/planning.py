"""When something happens, as people write it in a plan: days, quarters, seasons, weeks,
'doorlopend', '2x per jaar', 'voor de zomer', 'n.t.b.'.

A text is understood whole or not at all: a word that is not known makes that no day is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from koers import dutch
from koers.tables.reading.periods import Part, periods_at
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


def _with_years(parts: list[Part], year: int | None) -> list[Part]:
    """A period without a year is of the year that follows, else of the one before it."""
    found: list[Part] = []
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


def _spans(parts: list[Part]) -> tuple[Span, ...]:
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


def _read(text: str) -> list[Part] | None:
    """The periods of a text; None where something in it is not understood."""
    parts: list[Part] = []
    at, join = 0, ""
    while at < len(text):
        edge = ""
        if found := _EDGES.match(text, at):
            edge, at = _EDGE_KINDS[found.lastgroup or ""], found.end()
        part = next(periods_at(text, at), None)
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
