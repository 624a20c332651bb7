"""The options of `koers screen` that only one method has, named and defaulted as in R."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from koers.analysis.screening.farrington import FarringtonOptions

P = "Farrington: "


class Number(click.FloatRange):
    """A number within bounds; click lets "nan" through, which lies outside of any."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"'{value}' is geen getal.", param, ctx)
        return number


class Pair(click.ParamType[tuple[int, int]]):
    name = "GEVALLEN,PERIODEN"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        try:
            cases, periods = (int(part) for part in value.split(","))
        except ValueError:
            self.fail(f"'{value}' is geen tweetal gehele getallen, zoals 5,4.", param, ctx)
        if cases < 0 or periods < 1:
            self.fail(
                f"'{value}': het aantal gevallen is 0 of meer, het aantal perioden 1 of meer.",
                param,
                ctx,
            )
        return cases, periods


OPTIONS = (
    click.option(
        "--b",
        type=click.IntRange(1),
        default=5,
        show_default=True,
        help=P + "jaren voorgeschiedenis.",
    ),
    click.option(
        "--w",
        type=click.IntRange(0),
        show_default="3, bij jaren 0",
        help=P + "perioden aan weerszijden van dezelfde periode in eerdere jaren.",
    ),
    click.option(
        "--no-periods",
        type=click.IntRange(1),
        default=1,
        show_default=True,
        help=P
        + "delen van het jaar die elk een eigen niveau hebben; 1 gebruikt alleen de vensters.",
    ),
    click.option(
        "--past-weeks-not-included",
        type=click.IntRange(0),
        show_default="gelijk aan --w",
        help=P + "laatste perioden die niet meetellen in de voorgeschiedenis.",
    ),
    click.option(
        "--reweight/--no-reweight",
        default=True,
        show_default=True,
        help=P + "laat eerdere uitschieters minder meetellen.",
    ),
    click.option(
        "--weights-threshold",
        type=Number(),
        default=2.58,
        show_default=True,
        help=P + "vanaf welk residu een telling een uitschieter is.",
    ),
    click.option(
        "--trend/--no-trend",
        default=True,
        show_default=True,
        help=P + "een trend, waar die duidelijk is.",
    ),
    click.option(
        "--p-threshold-trend",
        type=Number(),
        default=0.05,
        show_default=True,
        help=P + "onder welke p-waarde een trend duidelijk is.",
    ),
    click.option(
        "--population-offset/--no-population-offset",
        default=False,
        show_default=True,
        help=P + "tellingen naar verhouding van de kolom population.",
    ),
    click.option(
        "--powertrans",
        type=click.Choice(["2/3", "1/2", "none"]),
        default="2/3",
        show_default=True,
        help=P + "transformatie bij de drempel delta.",
    ),
    click.option(
        "--limit54",
        type=Pair(),
        default=(5, 4),
        show_default="5,4",
        help=P + "geen drempel bij minder GEVALLEN in de laatste PERIODEN.",
    ),
    click.option(
        "--threshold-method",
        type=click.Choice(["delta", "nbPlugin", "muan"]),
        default="delta",
        show_default=True,
        help=P + "hoe de drempel wordt gemaakt.",
    ),
    click.option(
        "--alpha",
        type=Number(0, 1, min_open=True, max_open=True),
        show_default="farrington 0.05, ears-c1 en ears-c2 0.001, ears-c3 0.025",
        help="Farrington en EARS: kans op een stijging door toeval alleen.",
    ),
)
FARRINGTON = (
    "b",
    "w",
    "no_periods",
    "past_weeks_not_included",
    "reweight",
    "weights_threshold",
    "trend",
    "p_threshold_trend",
    "population_offset",
    "powertrans",
    "limit54",
    "threshold_method",
    "alpha",
)
DEFAULT_ALPHA, DEFAULT_W = 0.05, 3


def method_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def check_that_they_belong(context: click.Context, method: str) -> None:
    """Refuse an option that the method would ignore."""
    for name in FARRINGTON:
        given = context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
        allowed = method == "farrington" or name == "alpha" and method.startswith("ears")
        if given and not allowed:
            raise click.UsageError(
                f"--{name.replace('_', '-')} hoort bij --method farrington, niet bij {method}."
            )


def farrington_options(given: dict[str, Any], frequency: str = "month") -> FarringtonOptions:
    """The options as the method takes them; every value that it would refuse, the command line has
    refused before.

    ``w`` is R's 3 where it is not given; of years, where no window fits beside the year itself, 0.
    """
    from koers.analysis.screening.farrington import FarringtonOptions

    values = {name: given[name] for name in FARRINGTON}
    values["alpha"] = DEFAULT_ALPHA if values["alpha"] is None else values["alpha"]
    values["w"] = (0 if frequency == "year" else DEFAULT_W) if values["w"] is None else values["w"]
    return FarringtonOptions(**values)
