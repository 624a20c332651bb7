"""python -m benchmarks.faults all|sources|site …; each says with ``--help`` what it does."""

from __future__ import annotations

import sys

from benchmarks.faults import everything, site, sources

KINDS = {"all": everything.main, "sources": sources.main, "site": site.main}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in KINDS:
        raise SystemExit(__doc__)
    KINDS[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
