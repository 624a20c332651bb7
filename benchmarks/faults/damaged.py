"""Every file of the archive of an example home damaged in every way, in an order that is drawn; six
at a time, of six tables, for a site that has just started. Pages of every role are asked for, and
none may break; where one does, each of the six is tried alone.

python -m benchmarks.faults.damaged [--seed 14] [--seconds 600]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

TEST = "tests/apps/test_damaged.py::test_whatever_file_is_damaged_no_page_of_any_role_breaks"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--seconds", type=float, default=600)
    asked = parser.parse_args()
    environment = {
        **os.environ,
        "KOERS_DAMAGED_SEED": str(asked.seed),
        "KOERS_DAMAGED_SECONDS": str(asked.seconds),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-rP", "--show-capture=stdout", TEST]
    raise SystemExit(subprocess.run(command, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
