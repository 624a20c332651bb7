"""The worked examples of the public functions do what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import koers.analysis

ANALYSIS = Path(koers.analysis.__file__).parent
MODULES = [
    ".".join(file.relative_to(ANALYSIS).with_suffix("").parts)
    for file in sorted(ANALYSIS.rglob("*.py"))
    if ">>> " in file.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run_as_written(name):
    result = doctest.testmod(importlib.import_module(f"koers.analysis.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
