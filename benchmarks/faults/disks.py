"""A disk that is full, while people write: the home stands on a small file system of its own."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.faults.counting import Row
from benchmarks.faults.looking import empty_log, integrity
from benchmarks.faults.running import LONGEST, Scene, Site, copied, say, seconds_until
from benchmarks.faults.writing import Writers

SIZE = 256 << 20
FREE = {"nothing": 0, "64 KiB": 64 << 10, "1 MiB": 1 << 20}
PIECE = 1 << 20
FELT_WITHIN = 60.0


@contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """A file system of ``SIZE`` in memory at this folder; whether it could be made."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        say(f"no small disk can be mounted here: {made.stderr.strip()}")
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def fill(place: Path, free: int) -> Path:
    """A file that leaves so many bytes (of whole pages of the file system)."""
    file = place / "full"
    with file.open("wb", buffering=0) as out:
        while (left := _free(place) - free) > 0:
            try:
                out.write(bytes(min(left, PIECE)))
            except OSError:
                break
    return file


def _free(place: Path) -> int:
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize


def full_disks(template: Path, scene: Scene, folder: Path, seconds: float) -> list[Row]:
    """A row of each size; the site keeps running through all of them."""
    with small_disk(folder / "small") as made:
        if not made:
            return [
                Row(
                    f"disk full, {name} left", "SQLite", 0, said="NOT DONE: no tmpfs can be mounted"
                )
                for name in FREE
            ]
        site = Site(copied(template, folder / "small" / "home"))
        try:
            site.start()
            rows = []
            for name in FREE:
                rows.append(_full(site, scene, name, seconds))
                if site.ended:
                    site.start()
            return rows
        finally:
            site.stop()


def _full(site: Site, scene: Scene, name: str, seconds: float) -> Row:
    row = Row(f"disk full, {name} left", site.name)
    with Writers(site, scene) as writers:
        # Or it has room to write in for a while.
        empty_log(site.file)
        begin = time.monotonic()
        filler = fill(site.home.parent, FREE[name])
        felt = seconds_until(lambda: bool(writers.trouble(begin)), FELT_WITHIN)
        time.sleep(seconds)
        row.said = f"page {site.page('/', scene.sessions[0])}, public {site.page('/openbaar/')}"
        row.said += f", /readyz {site.page('/readyz')}"
        end = time.monotonic()
        filler.unlink()
        row.seconds.append(found := writers.good_since(end))
        if felt >= FELT_WITHIN:
            row.wrong.append("the disk was never full")
        if found > LONGEST:
            row.wrong.append("with room again nobody could write")
        row.said += f"; {writers.good_in(begin, end)} saved while full"
        row.said += f", not saved: {writers.trouble() or 'none'}"
        row.wrong += site.ended
        writers.finish()
        writers.judge(row)
    if (found_in := integrity(site.file)) != "ok":
        row.wrong.append(f"integrity: {found_in}")
    say(f"{row.fault}: {row.acknowledged} acknowledged, {row.said}")
    return row
