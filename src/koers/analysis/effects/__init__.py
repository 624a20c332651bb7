"""Did a measure work? Weighted displacement difference, synthetic control, interrupted time series,
and the verdict."""
