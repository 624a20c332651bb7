"""One small declarative file an indicator, and their reader."""

from koers.indicators.reader import Indicator, IndicatorError, load_indicators

__all__ = ["Indicator", "IndicatorError", "load_indicators"]
