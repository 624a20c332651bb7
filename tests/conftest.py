"""What every test may ask for."""

import os
from pathlib import Path

import hypothesis
import pytest

# A busy machine is slow, not wrong: no example has a deadline.
hypothesis.settings.register_profile("koers", deadline=None)
hypothesis.settings.load_profile("koers")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real figures and reference results, beside the checkout."""
    return SHARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SHARED.is_dir():
        return
    absent = pytest.mark.skip(reason="the folder ../shared with real figures is not here")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(absent)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where nothing may be skipped (CI), a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("KOERS_NOTHING_SKIPPED") == "1" and skipped:
        reporter.write_line(f"{len(skipped)} tests were skipped, and here nothing may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
