"""What a renumbering of areas did to a series, in words: where it runs on under a new code, and
where it cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from koers.figures.areas import Area
from koers.figures.renumbering import Break, Join

SHOWN = 6


def said_of(
    code: str, joined: Sequence[Join], broken: Sequence[Break], known: Mapping[str, Area]
) -> tuple[str, ...]:
    """Of one area: the codes that it had before, and what its series cannot be joined with."""
    words, now, codes = [], code, {code}
    before = {join.new: join for join in joined}
    while (join := before.pop(now, None)) is not None:
        words.append(
            f"Tot {join.year} had dit gebied de code {join.old}. De reeks loopt door: het is"
            " hetzelfde gebied met een nieuwe code."
        )
        now = join.old
        codes.add(now)
    return (*words, *(_gap(gap, known) for gap in broken if gap.area in codes))


def said_of_sum(
    codes: Sequence[str], broken: Sequence[Break], known: Mapping[str, Area]
) -> tuple[str, ...]:
    """Of an area that is the sum of others: which of those have a series that does not run on."""
    parts = list(dict.fromkeys(gap.area for gap in broken if gap.area in set(codes)))
    if not parts:
        return ()
    whole = "deze buurt" if len(parts) == 1 else f"deze {len(parts)} buurten"
    return (
        f"Van {whole} loopt de reeks niet door over een nieuwe indeling: {_names(parts, known)}.",
    )


def _gap(gap: Break, known: Mapping[str, Area]) -> str:
    others = _names(gap.others, known)
    if gap.reason == "overlap":
        return (
            f"De reeks loopt bij {gap.year} niet door: er zijn cijfers over dezelfde tijd onder de"
            f" oude code ({others}) en onder de nieuwe. Koers telt die niet bij elkaar op."
        )
    if gap.reason == "redrawn":
        with_whom = f" (met {others})" if others else ""
        return (
            f"De reeks breekt in {gap.year}: toen kreeg dit gebied andere grenzen{with_whom}. De"
            " cijfers van ervoor en van erna kunnen over een ander gebied gaan; ze zijn niet met"
            " elkaar te vergelijken."
        )
    how = "afgesplitst van" if gap.reason == "split" else "samengevoegd uit"
    return (
        f"De reeks begint in {gap.year}: toen is dit gebied {how} {others}. De jaren ervoor zijn er"
        " niet mee te vergelijken."
    )


def _names(codes: Sequence[str], known: Mapping[str, Area]) -> str:
    named = [
        f"{known[c].name} ({c})" if c in known and known[c].name != c else c for c in codes[:SHOWN]
    ]
    return ", ".join(named) + (f" en nog {len(codes) - SHOWN}" if len(codes) > SHOWN else "")
