"""Whether a file of SQLite can be read, seen past everything that asks it something."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

SHOWN, STEPS = 3, 10_000


def damage_in(file: Path, how: str = "quick_check", seconds: float | None = None) -> str:
    """What is wrong with a file; '' where nothing is, or where ``seconds`` are too few to say.

    ``how`` is "quick_check", or "integrity_check" which also compares every index with its table.
    """
    if not file.stat().st_size and (file.parent / "figures" / "snapshots").exists():
        return "het bestand is leeg"
    try:
        # Read only: whoever looks changes nothing, not even what is left of a broken off write.
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            if seconds is not None:
                until = time.monotonic() + seconds
                db.set_progress_handler(lambda: time.monotonic() > until, STEPS)
            lines = [str(row[0]) for row in db.execute(f"PRAGMA {how}({SHOWN})")]
    except sqlite3.OperationalError:
        # Locked, out of time, or the disk does not answer: that is no damage.
        return ""
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if lines == ["ok"] else "; ".join(line.replace("\n", " ")[:120] for line in lines)
