"""Benjamini and Hochberg's rule, straight from the paper and slow."""


def naive(p: list[float]) -> list[float]:
    """Of each test the smallest rate at which the rule would pick it."""
    ordered = sorted(p)
    rates = [min(1.0, x * len(p) / (k + 1)) for k, x in enumerate(ordered)]
    return [min(r for x, r in zip(ordered, rates, strict=True) if x >= one) for one in p]
