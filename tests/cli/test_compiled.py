"""What setting up compiles is what the first picture calls."""

import os
import subprocess
import sys


def test_compiling_ahead_calls_the_kernels_of_a_first_picture_and_leaves_no_home(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "koers.cli.compiled"],
        env={**os.environ, "TMPDIR": str(tmp_path), "NUMBA_DEBUG_CACHE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for kernel in ("areas.screen_topic", "level.levels", "sums._add_areas"):
        assert kernel in done.stdout, kernel
    assert [*tmp_path.iterdir()] == []
