"""Random kills of what `koers start` started, and of all of it, while people write."""

from __future__ import annotations

import math
import random
import time

from benchmarks.faults.counting import Row
from benchmarks.faults.looking import integrity
from benchmarks.faults.running import LONGEST, Scene, Site, say
from benchmarks.faults.writing import Writers

WEB, WORKER, ALL = "a web process", "the worker", "the site with its session"
WORDS = {WEB: "serve_apart", WORKER: "worker --parent"}
OFTEN = (5, 3, 2)
BETWEEN = (0.05, 1.0)
LOOK_EVERY = 10


def kills(site: Site, scene: Scene, number: int, seed: int, until: float = math.inf) -> list[Row]:
    """A row of each kind; all writes are judged together, in the first of them. Fewer than asked
    where the time is over, which is said."""
    chance = random.Random(f"kills-{seed}")
    kinds = (WEB, WORKER, ALL)
    rows = {what: Row(f"kill -9: {what}", site.name, 0, apart=False) for what in kinds}
    total = Row("random kills, all", site.name, number)
    with Writers(site, scene) as writers:
        for done in range(1, number + 1):
            if time.monotonic() > until:
                total.times = done - 1
                total.wrong.append(f"the time was over after {done - 1} of {number} kills")
                break
            time.sleep(chance.uniform(*BETWEEN))
            what = _drawn(site, chance)
            moment = time.monotonic()
            if what == ALL:
                site.kill_all()
                # Before anything of Koers touches it.
                _judge(writers, total)
                site.start()
            row = rows[what]
            row.times += 1
            row.seconds.append(seconds := writers.good_since(moment))
            if seconds > LONGEST:
                total.wrong.append(f"after {what} was killed nobody could write any more")
                break
            if done % LOOK_EVERY == 0 or done == number:
                _judge(writers, total)
                say(f"{site.name}: {done} of {number} kills, {total.acknowledged} acknowledged")
        writers.finish()
        _judge(writers, total)
        total.said = f"writes not saved: {writers.trouble() or 'none'}"
    total.seconds = [s for row in rows.values() for s in row.seconds]
    if site.name == "SQLite":
        found = integrity(site.file)
        total.said += f"; integrity {found}"
        total.wrong += [] if found == "ok" else ["the database is damaged"]
    return [total, *(row for row in rows.values() if row.times)]


def _judge(writers: Writers, total: Row) -> None:
    """What was once lost, doubled or half stays so in the row, whatever is there later."""
    before = total.lost, total.doubled, total.half
    writers.judge(total)
    total.lost, total.doubled, total.half = map(
        max, before, (total.lost, total.doubled, total.half)
    )


def _drawn(site: Site, chance: random.Random) -> str:
    """What is killed now; the whole site is drawn here, and killed by who starts it again."""
    what = chance.choices((WEB, WORKER, ALL), OFTEN)[0]
    if what != ALL and not site.kill_one(WORDS[what], chance):
        # It was killed before and waits to be started again.
        other = WEB if what == WORKER else WORKER
        return other if site.kill_one(WORDS[other], chance) else ALL
    return what
