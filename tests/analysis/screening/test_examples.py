"""The worked examples of the public functions do what they say."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = ["clusters.scan", "fdr", "revisions", "screening.family", "screening.pooled", "screening.series"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run_as_written(name):
    result = doctest.testmod(importlib.import_module(f"koers.analysis.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
