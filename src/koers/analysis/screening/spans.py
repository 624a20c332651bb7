"""Which sums over successive periods are forecast, and from when."""

from __future__ import annotations

from typing import NamedTuple

from koers.analysis.compiled import inlined
from koers.analysis.screening.layers import Ints


class Windows(NamedTuple):
    """The sums to forecast: their ``lengths`` (W,) in periods, the shortest first; ``guard``, how
    many periods just before a sum its forecast does not use; ``first``, the period from which every
    sum that ends there is forecast, and not only what ``is_forecast``."""

    lengths: Ints
    guard: int
    first: int


class Window(NamedTuple):
    """A sum over ``length`` periods from ``start`` to ``last``, forecast as known before
    ``origin``; the ``number``-th of its kind."""

    number: int
    length: int
    start: int
    last: int
    origin: int


@inlined
def is_forecast(window: int, last: int, first: int) -> bool:
    """Whether the sum over ``window`` periods that ends in period ``last`` is forecast: from
    ``first`` on each of them.

    Before that it only teaches, and overlapping sums tell the same thing more than once.
    """
    return last >= first or last % max(window // 3, 1) == 0


@inlined
def window_of(windows: Windows, number: int, last: int) -> Window:
    length = windows.lengths[number]
    start = last - length + 1
    return Window(number, length, start, last, start - windows.guard)
