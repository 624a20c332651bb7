"""Same numbers, faster: `farrington` beside R on the 1,000 series of the reference, in one run and
on one core.

    python -m benchmarks.farrington ../shared/reference/farrington [--series 1000]

Needs R with the package surveillance (Debian: r-cran-surveillance); without it only ours is timed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS")
MONTHS, JUDGED, RUNS = 120, range(108, 120), 15


def main() -> int:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument(
        "folder", type=Path, help="the folder with series_input.csv.gz and time_reference.R"
    )
    ask.add_argument("--series", type=int, default=1000)
    given = ask.parse_args()
    os.environ.update(dict.fromkeys(THREADS, "1"))
    core = {min(os.sched_getaffinity(0))}
    os.sched_setaffinity(0, core)
    print(f"{platform.platform()}, Python {platform.python_version()}, core {core}")

    cold, fastest, median, total = ours(given.folder, given.series)
    evaluations = given.series * len(JUDGED)
    print(
        f"Koers: {evaluations} evaluations, processor time, fastest of {RUNS} runs {fastest:.4f} s,"
        f" median {median:.4f} s; sum of bounds {total:.6f}"
    )
    print(
        "       cold start in this process (import, compile or load the cache, first run)"
        f" {cold:.2f} s"
    )
    reference = in_r(given.folder, given.series)
    if reference is None:
        print("R: not here, so no ratio")
        return 1
    print(f"R:     {reference}")
    # Seconds of the processor, so that what else the machine does favours neither.
    print(
        f"ratio: {reference['user_s'] / median:.0f} (median), {reference['user_s'] / fastest:.0f}"
        " (fastest)"
    )
    return 0 if abs(reference["upperbound_sum"] - total) < 1e-6 * total else 1


def ours(folder: Path, series: int) -> tuple[float, float, float, float]:
    """Seconds of the cold start, the fastest and the median run, and the sum of the bounds."""
    begin = time.perf_counter()
    import numpy as np

    from koers.analysis.panel import Panel
    from koers.analysis.period import Period, span
    from koers.analysis.screening.farrington import FarringtonOptions, farrington

    imported = time.perf_counter() - begin
    counts = np.loadtxt(
        folder / "series_input.csv.gz", delimiter=",", skiprows=1, usecols=3
    ).reshape(-1, 1, MONTHS)
    names = tuple(map(str, range(series)))
    months = span(Period(2014, 1, "month"), Period(2023, 12, "month"))
    panel = Panel(counts[:series].copy(), names, ("x",), months, np.ones((series, MONTHS)))
    options = FarringtonOptions(
        b=5,
        w=1,
        no_periods=10,
        reweight=True,
        weights_threshold=2.58,
        trend=True,
        p_threshold_trend=1,
        alpha=0.01,
        past_weeks_not_included=3,
        limit54=(0, 4),
        threshold_method="nbPlugin",
    )
    begin = time.perf_counter()
    farrington(panel, options, positions=JUDGED)
    first = time.perf_counter() - begin
    times = []
    for _ in range(RUNS):
        begin = time.process_time()
        found = farrington(panel, options, positions=JUDGED)
        times.append(time.process_time() - begin)
    return imported + first, min(times), float(np.median(times)), float(np.nansum(found.upper))


def in_r(folder: Path, series: int) -> dict | None:
    """What time_reference.R prints."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    done = subprocess.run(
        [program, str(folder / "time_reference.R"), str(folder), str(series)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
