"""How many examples a test draws: the number that it names, and many more in `make test-all`."""

import os

MANY = os.environ.get("HYPOTHESIS_EXAMPLES") == "many"


def examples(few: int) -> int:
    return 10 * few if MANY else few
