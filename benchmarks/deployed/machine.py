"""A fresh Debian that boots a systemd of its own (systemd-nspawn), without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

BASE = ("python3", "python3-venv", "ca-certificates")
MACHINE = ("systemd-sysv", "dbus", "cron", "nginx-light", "curl", "openssl", "postgresql")
PIP = "[global]\nno-index = true\nfind-links = /wheels\n"
PLAIN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}


def make(work: Path, mirror: str) -> None:
    """``work/base``, an image with Python and nothing more, and ``work/fresh``, what the page
    begins with; packages that it asks for are there, as there is no network. What is there of
    a former time is used again."""
    base, fresh = work / "base", work / "fresh"
    if not base.exists():
        _run(
            "debootstrap",
            "--variant=minbase",
            f"--include={','.join(BASE)}",
            "bookworm",
            base,
            mirror,
        )
        (base / "etc/pip.conf").write_text(PIP)
        (base / "wheels").mkdir()
    if not fresh.exists():
        _run("cp", "-a", base, fresh)
        _run("cp", "-L", "/etc/resolv.conf", fresh / "etc/resolv.conf")
        install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends "
        _run(
            "chroot",
            fresh,
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "sh",
            "-ec",
            install + " ".join(MACHINE),
        )
        with (fresh / "etc/hosts").open("a") as hosts:
            hosts.write("127.0.0.1 localhost\n")


def wheels(work: Path, lock: Path) -> Path:
    """The pinned packages in a folder, for a machine that reaches no index."""
    folder = work / "wheels"
    if not folder.exists():
        _run(
            *("python3", "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"),
            *("--python-version", "3.11", "--only-binary", ":all:", "--platform", "any"),
            *("--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_28_x86_64"),
            *("-r", lock, "-d", folder),
        )
    return folder


@dataclass(frozen=True)
class Machine:
    leader: str
    folder: Path

    def run(self, commands: str, *, stop_at_fault: bool = True) -> subprocess.CompletedProcess[str]:
        """What root types, in the folder `dist`."""
        how = "-ec" if stop_at_fault else "-c"
        return subprocess.run(
            ["nsenter", "-t", self.leader, "-a", "sh", how, f"cd /root/dist\n{commands}"],
            env=PLAIN,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )

    def answer(self, command: str, question: bytes, answer: str) -> str:
        """What is said to a command that asks on a terminal, and gets this answer each time."""
        ours, its = os.openpty()
        with subprocess.Popen(
            ["nsenter", "-t", self.leader, "-a", "sh", "-c", command],
            env=PLAIN,
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        ) as process:
            os.close(its)
            said, answered = b"", 0
            with suppress(OSError):  # The terminal closes when the command ends.
                while piece := os.read(ours, 4096):
                    said += piece
                    while said.count(question) > answered:
                        time.sleep(1)
                        os.write(ours, f"{answer}\n".encode())
                        answered += 1
            process.wait()
        os.close(ours)
        return said.decode(errors="replace")

    def with_network(self, *command: str) -> list[str]:
        """A command of this computer that reaches the ports of the machine."""
        return ["nsenter", "-t", self.leader, "-n", *command]


@contextmanager
def booted(work: Path, dist: Path) -> Iterator[Machine]:
    """The fresh machine with the folder `dist`; what it writes lies over it in ``work/changes``
    (on a slow disk: mount a tmpfs there first)."""
    folder, changes = work / "machine", work / "changes"
    folder.mkdir(exist_ok=True)
    for name in ("upper", "work"):
        shutil.rmtree(changes / name, ignore_errors=True)
        (changes / name).mkdir(parents=True)
    layers = f"lowerdir={work / 'fresh'},upperdir={changes / 'upper'},workdir={changes / 'work'}"
    _run("mount", "-t", "overlay", "-o", layers, "overlay", folder)
    try:
        shutil.copytree(dist, folder / "root/dist")
        with _boot(work, folder) as machine:
            yield machine
    finally:
        _run("umount", folder)


@contextmanager
def _boot(work: Path, folder: Path) -> Iterator[Machine]:
    with (work / "boot.log").open("w") as log:
        process = subprocess.Popen(
            [
                *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--console=pipe"),
                *("--private-network", f"--bind-ro={work / 'wheels'}:/wheels", "-D", folder, "-b"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            yield Machine(_leader(process), folder)
        finally:
            process.terminate()
            process.wait(60)


def _leader(process: subprocess.Popen[bytes]) -> str:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for _ in range(120):
        for child in children.read_text().split():
            asked = ["nsenter", "-t", child, "-a", "systemctl", "is-system-running", "--wait"]
            state = subprocess.run(asked, capture_output=True, text=True, env=PLAIN).stdout.strip()
            if state in ("running", "degraded"):
                return child
        time.sleep(0.5)
    raise SystemExit("The machine does not boot; see boot.log.")


def _run(*command: str | Path) -> None:
    subprocess.run([str(word) for word in command], check=True)
