"""Where a later app takes part in an earlier one, so that imports go one way.

The earlier app declares a place, with what a function there takes and gives::

    MEASURE_PANELS = Place[[HttpRequest, Measure], str]("plan.measure", "HTML at a measure")

A later app enrols a function in its ``enrolled.py``, and the type checker holds it to that::

    @enrol(MEASURE_PANELS)
    def effect_of(request: HttpRequest, measure: Measure) -> str: ...

``koers.apps.people.checks`` looks at every place when Koers starts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar, get_args, get_type_hints

Takes = ParamSpec("Takes")
Gives = TypeVar("Gives")
Payload = TypeVar("Payload")


class EnrolmentError(Exception):
    """A name that is taken, or one too many; for a developer, when the apps are loaded."""


@dataclass(frozen=True)
class Enrolled(Generic[Takes, Gives]):
    """A function at a place; its ``name`` occurs there once."""

    name: str
    function: Callable[Takes, Gives]


class Place(Generic[Takes, Gives]):
    """Where any number of functions may enrol; they are asked in the order of the installed apps.

    ``name`` begins with the app that declares it. ``about`` says what is given and what becomes of
    it. ``may_be_empty`` is the reason why nobody has to be there; without one a start without
    anybody is refused.
    """

    at_most: int | None = None

    def __init__(self, name: str, about: str, *, may_be_empty: str = "") -> None:
        if name in declared:
            raise EnrolmentError(f"{name} is declared twice")
        self.name, self.about, self.may_be_empty = name, about, may_be_empty
        self.enrolled: dict[str, Enrolled[Takes, Gives]] = {}
        declared[name] = self

    def all(self, *args: Takes.args, **kwargs: Takes.kwargs) -> list[Gives]:
        """What each of them gives; what is empty is left out."""
        given = (e.function(*args, **kwargs) for e in list(self.enrolled.values()))
        return [piece for piece in given if piece]

    def named(self, name: str) -> Callable[Takes, Gives] | None:
        """The function that enrolled under this name."""
        found = self.enrolled.get(name)
        return found.function if found else None

    def add(self, name: str, function: Callable[Takes, Gives]) -> None:
        if name in self.enrolled:
            raise EnrolmentError(f"{name} is at {self.name} already")
        if self.at_most is not None and len(self.enrolled) >= self.at_most:
            raise EnrolmentError(f"{self.name} is for one, and {[*self.enrolled][0]} is there")
        self.enrolled[name] = Enrolled(name, function)

    @property
    def takes(self) -> tuple[Any, ...]:
        """The types of what a function here is given."""
        return tuple(get_args(self._declared_as)[0])

    @property
    def gives(self) -> Any:
        return get_args(self._declared_as)[1]

    @property
    def _declared_as(self) -> Any:
        """``Place[[…], …]``, with which it was made."""
        return self.__orig_class__  # type: ignore[attr-defined]


class Question(Place[Takes, Gives]):
    """A place for one function."""

    at_most = 1

    def ask(self, *args: Takes.args, **kwargs: Takes.kwargs) -> Gives | None:
        """What it gives; None where nobody enrolled."""
        for enrolled in self.enrolled.values():
            return enrolled.function(*args, **kwargs)
        return None


class Announcement(Place[[Payload], None], Generic[Payload]):
    """Something that happened: whoever enrolled is told, in the transaction of whoever tells."""

    def tell(self, payload: Payload) -> None:
        for enrolled in list(self.enrolled.values()):
            enrolled.function(payload)

    @property
    def takes(self) -> tuple[Any, ...]:
        return get_args(self._declared_as)

    @property
    def gives(self) -> Any:
        return type(None)


declared: dict[str, Place[..., Any]] = {}
"""Every place, by its name."""


def enrol(
    place: Place[Takes, Gives], name: str = ""
) -> Callable[[Callable[Takes, Gives]], Callable[Takes, Gives]]:
    """Put a function at a place, under its own name or the one that the place looks for."""

    def register(function: Callable[Takes, Gives]) -> Callable[Takes, Gives]:
        place.add(name or f"{function.__module__}.{function.__qualname__}", function)
        return function

    return register


def misfit(place: Place[..., Any], function: Callable[..., Any]) -> str:
    """Why a function does not fit the place, in English for whoever wrote it; "" where it does."""
    parameters = list(inspect.signature(function).parameters.values())
    required = [p for p in parameters if p.default is p.empty and p.kind != p.VAR_POSITIONAL]
    if len(required) > len(place.takes) or len(parameters) < len(place.takes):
        return f"takes {len(parameters)} arguments, the place gives {len(place.takes)}"
    hints = get_type_hints(function)
    for parameter, wanted in zip(parameters, place.takes, strict=False):
        if hints.get(parameter.name) != wanted:
            return f"{parameter.name} is not said to be {_words(wanted)}"
    if not _is_kind_of(hints.get("return"), place.gives):
        return f"is not said to give {_words(place.gives)}"
    return ""


def _is_kind_of(found: Any, wanted: Any) -> bool:
    if found == wanted:
        return True
    return isinstance(found, type) and isinstance(wanted, type) and issubclass(found, wanted)


def _words(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint)
