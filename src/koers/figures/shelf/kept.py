"""Answers that hold as long as the snapshots that they were taken from: kept on the shelf, up to a
bound, and let go with it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


class Answers:
    """What was asked before. Of each question the last few answers stay, so many as the question
    says."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[Callable[..., Any], OrderedDict[Hashable, Any]] = {}

    def ask(
        self, question: Callable[..., Any], key: Hashable, most: int, work: Callable[[], T]
    ) -> T:
        """The answer that is kept, else what ``work`` gives. Two threads may work on the same one;
        neither waits. An answer that is still ``pending`` is not kept."""
        with self._lock:
            known = self._of.setdefault(question, OrderedDict())
            if key in known:
                known.move_to_end(key)
                found: T = known[key]
                return found
        answer = work()
        if getattr(answer, "pending", False):
            return answer
        with self._lock:
            known[key] = answer
            while len(known) > most:
                known.popitem(last=False)
        return answer

    def __len__(self) -> int:
        return sum(len(known) for known in self._of.values())


class Keeping(Protocol):
    """What keeps answers: a shelf."""

    @property
    def answers(self) -> Answers: ...


S = TypeVar("S", bound=Keeping)
Question = Callable[Concatenate[S, P], T]


def kept(most: int) -> Callable[[Question[S, P, T]], Question[S, P, T]]:
    """Marks a question to a shelf (its first argument): the last ``most`` answers stay there."""

    def mark(question: Question[S, P, T]) -> Question[S, P, T]:
        def ask(shelf: S, *args: P.args, **kwargs: P.kwargs) -> T:
            key = (args, tuple(sorted(kwargs.items())))
            return shelf.answers.ask(question, key, most, lambda: question(shelf, *args, **kwargs))

        return update_wrapper(cast(Question[S, P, T], ask), question)

    return mark
