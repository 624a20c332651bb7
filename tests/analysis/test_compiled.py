"""The kernels say the same compiled and as plain Python: what the compiler makes of them is what is
written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from koers.analysis import compiled as module

SCREENED = """
import sys
import numpy as np
from koers.analysis.panel import Panel
from koers.analysis.period import Period, span
from koers.analysis.screening.pooled import pooled_windows
from koers.analysis.clusters.circles import circles

rng = np.random.default_rng(3)
counts = rng.poisson(1.2, (4, 1, 30)).astype(float)
counts[1, 0, 7], counts[:, 0, 11] = np.nan, np.nan
areas = tuple(f"BU00010{i // 2}0{i}" for i in range(4))
months = span(Period(2020, 1, "month"), Period(2022, 6, "month"))
groups = {area: (f"WK{area[2:8]}", "GM0001") for area in areas}
panel = Panel(counts, areas, ("1.1.1",), months, np.full((4, 30), 900.0), groups)
single, three = pooled_windows(panel, (1, 3))
alone = pooled_windows(Panel(counts[:1], areas[:1], ("1.1.1",), months, np.full((1, 30), 9.0)))
around = circles(rng.random(9), rng.random(9), np.ones(9), 0.5)
np.savez(
    sys.argv[1],
    *(x.predictive.mean for x in (single, three, *alone)),
    *(x.predictive.variance for x in (single, three, *alone)),
    single.parts.own,
    around.neighbours,
    around.ends,
)
"""


def run(target: Path, **settings: str) -> list[np.ndarray]:
    subprocess.run(
        [sys.executable, "-c", SCREENED, str(target)], check=True, env={**os.environ, **settings}
    )
    with np.load(target) as found:
        return [found[name] for name in found.files]


def test_compiled_and_plain_python_find_the_same(tmp_path):
    compiled = run(tmp_path / "compiled.npz")
    plain = run(tmp_path / "plain.npz", NUMBA_DISABLE_JIT="1")
    assert len(compiled) == len(plain) == 13
    assert any(np.isfinite(x).any() for x in compiled[:2])
    for one, other in zip(compiled, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with one kernel, and no place but its own for compiled code."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "kernel.py").write_text("one = 1\n")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    module.cache_folder.cache_clear()
    yield folder
    module.cache_folder.cache_clear()


def test_compiled_code_is_kept_where_the_environment_says(package, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "named"))
    assert module.cache_folder(package).parent == tmp_path / "named"


def test_compiled_code_is_kept_beside_the_source_else_in_the_folder_of_the_user(package, tmp_path):
    assert module.cache_folder(package).parent == package / "__pycache__"
    module.cache_folder.cache_clear()
    (package / "__pycache__").rename(tmp_path / "gone")
    (package / "__pycache__").write_text("a file where a folder should be")
    assert module.cache_folder(package).parent == tmp_path / "user" / "koers"


def test_nowhere_to_write_is_no_place_and_code_is_compiled_each_time(package, tmp_path):
    (package / "__pycache__").write_text("")
    (tmp_path / "user").write_text("")
    assert module.cache_folder(package) is None


def test_code_of_another_kernel_in_the_package_is_not_used_again_after_a_change(package):
    before = module.cache_folder(package)
    (package / "kernel.py").write_text("one = 2\n")
    module.cache_folder.cache_clear()
    assert module.cache_folder(package) != before


def test_a_division_by_zero_is_infinite_and_not_an_error(monkeypatch):
    def inverse(x):
        return 1.0 / x

    monkeypatch.setattr(module, "cache_folder", lambda package: None)
    assert module.compiled(inverse)(0.0) == np.inf
