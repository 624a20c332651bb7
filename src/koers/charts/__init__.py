"""Results to Vega-Lite specifications, and those to accessible SVG."""

from koers.charts.maps import AreaFigure, area_map
from koers.charts.render import Chart
from koers.charts.series import Expected, Line, lines_chart, small_trend, trend_chart
from koers.charts.strips import Strip, comparison_chart

__all__ = [
    "AreaFigure",
    "Chart",
    "Expected",
    "Line",
    "Strip",
    "area_map",
    "comparison_chart",
    "lines_chart",
    "small_trend",
    "trend_chart",
]
