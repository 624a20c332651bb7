"""The benchmarks of single faults, each in a process of its own, as rows of the table."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.faults.counting import Row, from_lines
from benchmarks.faults.running import say

LOADS = re.compile(r"right figures: (\d+); a clear error: (\d+); wrong: (\d+)")
INJECTED = re.compile(r"^(\d+) faults in", re.MULTILINE)
KIND = re.compile(
    r"^ +(\d+) (drop|429|50\d|slow|cut|half|garb|repe|miss|wrong|no n|unkn|drip)", re.M
)
DAMAGES = re.compile(r"(\d+) of (\d+) damages, (\d+) pages asked, (\d+) broken")
SEEN = re.compile(
    r"(\d+) forms at .*?in (\d+) statements; .*?half of it at (\d+) points", re.DOTALL
)
KILLS = re.compile(
    r"(\d+) kills: nothing of it there (\d+), all of it (\d+), half (\d+), too slow (\d+),"
    r" came to its end without writing (\d+)"
)
COPIES = re.compile(r"^(\S+) (\w+): (\d+) kills .*\((.*)\); wrong: (\d+), left behind: (\d+)", re.M)


def _run(*words: object, **more: str) -> tuple[str, str]:
    """What it said, and what is wrong where it broke without saying what."""
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        check=False,
    )
    say(f"{' '.join(map(str, words))}: {done.returncode}, {time.monotonic() - begin:.0f} s")
    last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
    return done.stdout, "" if done.returncode == 0 else f"ended with {done.returncode} {last}"


def sources(faults: int, seed: int) -> list[Row]:
    """Lost is nothing here: a load that kept wrong figures counts as half."""
    said, wrong = _run("benchmarks.faults", "sources", "--faults", faults, "--seed", seed)
    row = Row("sources that answer badly", "archive", faults)
    if found := LOADS.search(said):
        right, refused, kept_wrong = map(int, found.groups())
        row.acknowledged, row.half = right, kept_wrong
        kinds = len(KIND.findall(said))
        injected = INJECTED.search(said)
        row.times = int(injected[1]) if injected else 0
        row.said = f"{kinds} kinds; loads: {right} right, {refused} refused in words"
        if kinds < 10:
            row.wrong.append("fewer than ten kinds of faults")
    return [_with(row, wrong, found)]


def damages(seconds: float, seed: int) -> list[Row]:
    said, wrong = _run("benchmarks.faults.damaged", "--seed", seed, "--seconds", seconds)
    row = Row("files of the archive damaged", "archive")
    if found := DAMAGES.search(said):
        row.times = int(found[1])
        row.said = f"{found[3]} pages of every role asked, {found[4]} broken"
        if found[4] != "0":
            row.wrong.append("pages broke")
    return [_with(row, wrong, found)]


def crash_points(
    database: str, every_form: int, every: int, seed: int, minutes: float
) -> list[Row]:
    """``acknowledged`` is how many statements of forms were looked after from outside."""
    words = ("--forms", every_form, "--every", every, "--seed", seed, "--database", database)
    said, wrong = _run("benchmarks.faults", "site", *words, "--minutes", minutes)
    row = Row("crash points of forms", "PostgreSQL" if database == "postgres" else "SQLite")
    seen, killed = SEEN.search(said), KILLS.search(said)
    if seen and killed:
        row.times, row.half = int(killed[1]), int(seen[3]) + int(killed[4])
        row.said = (
            f"{seen[1]} forms, {seen[2]} statements looked after; killed: nothing of it"
            f" {killed[2]}, all of it {killed[3]}"
        )
        if killed[5] != "0":
            row.wrong.append(f"{killed[5]} too slow")
        if killed[6] != "0":
            row.said += f"; came to its end without writing {killed[6]}"
    return [_with(row, wrong, seen and killed)]


def copies(kills: int, seed: int) -> list[Row]:
    said, wrong = _run("benchmarks.faults.moved", "--kills", kills, "--seed", seed)
    rows = [
        Row(
            f"{what} killed",
            where,
            int(number),
            half=int(bad) + int(left),
            said=ends,
        )
        for where, what, number, ends, bad, left in COPIES.findall(said)
    ]
    return rows if not wrong and rows else [*rows, Row("copies killed", wrong=[wrong or said])]


def mails(home: Path, **database: str) -> list[Row]:
    said, wrong = _run("benchmarks.faults.post", home, **database)
    rows = from_lines(said)
    return rows if not wrong and rows else [*rows, Row("mail", wrong=[wrong or said])]


def _with(row: Row, wrong: str, found: object) -> Row:
    if wrong or not found:
        row.wrong.append(wrong or "it said nothing that can be read")
    return row
