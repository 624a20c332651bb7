"""The image is made and run as the page says, on this computer."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

IMAGE = "koers-base"
HERE = "--runtime runc run --ulimit nofile=4096:4096 --ulimit nproc=4096:4096"
ASK = (
    "import urllib.request as u; [print(u.urlopen('http://127.0.0.1:8000' + p).read()[:80])"
    " for p in ('/readyz', '/openbaar/')]"
)
LOOK = """id; touch /opt/koers/no /etc/no 2>&1; touch /var/lib/koers/yes && echo writes its home
mount | grep -E ' / | /var/lib/koers '"""


def follow(blocks: list[str], work: Path, dist: Path) -> None:
    # As on a computer that is a container itself.
    environment = {
        **os.environ,
        "BUILDAH_ISOLATION": "chroot",
        "BASE": f"localhost/{IMAGE}",
    }
    run(f"buildah rm --all; tar -C {work}/base -c . | podman import - {IMAGE}", work, environment)
    build, *_ = blocks[0].splitlines()
    # The packages lie ready, as no index is asked.
    run(build.replace("build ", f"build --volume {work}/wheels:/wheels:ro ", 1), dist, environment)
    # Under cgroups of version 1, where limits may not be raised.
    start = blocks[0].splitlines()[1].replace("podman run ", f"podman {HERE} ", 1)
    run("podman rm --force koers; podman volume rm --force koers", dist, environment)
    run(start, dist, environment)
    try:
        for _ in range(120):
            if "Koers is klaar" in run("podman logs koers", dist, environment, loud=False):
                break
            time.sleep(1)
        run("podman logs koers", dist, environment)
        time.sleep(5)
        for command in ("koers check", f'python3 -c "{ASK}"', f"sh -c '{LOOK}'"):
            run(f"podman exec koers {command}", dist, environment)
        run(
            "time podman stop --time 20 koers; podman inspect --format '{{.State.ExitCode}}' koers",
            dist,
            environment,
        )
    finally:
        run("podman rm --force koers; podman volume rm --force koers", dist, environment)


def run(command: str, folder: Path, environment: dict[str, str], *, loud: bool = True) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if loud:
        print(f"=== {command}\n---\n{done.stdout}", flush=True)
    if done.returncode and loud:
        sys.exit(f"This failed with {done.returncode}.")
    return done.stdout
