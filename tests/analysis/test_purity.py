"""The statistics stand alone."""

import subprocess
import sys


def test_the_statistics_need_neither_django_nor_a_database_nor_a_drawing():
    script = (
        "import sys, koers.analysis.clusters, koers.analysis.comparison, koers.analysis.forecast,"
        " koers.analysis.screening; print([m for m in ('django', 'duckdb', 'vl_convert', 'typst',"
        " 'koers.figures') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
