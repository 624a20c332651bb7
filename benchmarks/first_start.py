"""python -m benchmarks.first_start FOLDER: `koers start --figures FOLDER` in an empty home, in
seconds of the clock and of the processor, until it says that Koers is ready.

Kernels and Python are compiled at the first start of an environment: ask in a fresh clone, after
`python3 scripts/setup.py start`, and once more for a start that has no need to.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.ports import free_port

KOERS = Path(sys.executable).with_name("koers")


def main(figures: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as home:
        log, load = Path(home) / "said", os.getloadavg()[0]
        environment["KOERS_HOME"] = str(Path(home) / "home")
        begin = time.monotonic()
        with log.open("w") as out:
            process = subprocess.Popen(
                [KOERS, "start", "--figures", figures, "--port", str(free_port())],
                env=environment,
                stdout=out,
                stderr=out,
            )
        try:
            while "Koers is klaar" not in log.read_text():
                if process.poll() is not None:
                    sys.exit(log.read_text())
                time.sleep(0.05)
            seconds = time.monotonic() - begin
            spent = sum(processor(one) for one in tree(process.pid))
        finally:
            process.terminate()
            process.wait(20)
    print(
        f"ready after {seconds:.1f} s, {spent:.1f} s of processor time, at a load of {load:.1f}"
        f" before and {os.getloadavg()[0]:.1f} after"
    )


def tree(pid: int) -> list[int]:
    children = [
        int(child)
        for thread in Path(f"/proc/{pid}/task").iterdir()
        for child in (thread / "children").read_text().split()
    ]
    return [pid, *(below for child in children for below in tree(child))]


def processor(pid: int) -> float:
    """Seconds of a process and of those of its children that have ended."""
    found = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, found[11:15])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(sys.argv[1])
