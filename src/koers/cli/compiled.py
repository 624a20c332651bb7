"""`python -m koers.cli.compiled`: what a first start compiles, compiled before it.

Kernels are compiled for the processor on which they run, and Numba takes none that was compiled
elsewhere or for a file with another date: a wheel cannot bring them along. Here the example is
looked at in a home that goes away again, which calls each kernel that a first picture calls.
"""

from __future__ import annotations

import os
import tempfile

from koers.cli import setup


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="koers-") as home:
        os.environ["KOERS_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koers.web.settings")
        os.environ.pop("DATABASE_URL", None)
        setup.wake_django()
        from koers.apps.picture.services.screening import compute_first_picture
        from koers.apps.plan.services.bundled import bundled_plans, load_bundled_plan
        from koers.sources.example import write_example

        write_example(setup.figure_store())
        example = next(plan for plan in bundled_plans() if plan.fictitious)
        plan = load_bundled_plan(example.slug)
        assert plan is not None
        compute_first_picture(plan.municipality, lambda done, total, text: None)


if __name__ == "__main__":
    main()
