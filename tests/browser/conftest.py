"""A real headless Chromium that looks at a real server."""

import os
import shutil
from pathlib import Path

import pytest

from tests.apps.conftest import (  # noqa: F401
    example_home,
    figures,
    municipality,
    neighbour,
    neighbours_table,
    other,
    person,
    plan,
)

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
SCREENS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser():
    chromium = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if chromium is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci)")
    from playwright.sync_api import sync_playwright

    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=flags)


@pytest.fixture(params=SCREENS.values(), ids=SCREENS)
def page(browser, request, live_server):
    yield from opened(browser, live_server, request.param)


@pytest.fixture
def desk(browser, live_server):
    """A page for a test that looks at each width itself, by ``assert_accessible_at_each_width``."""
    yield from opened(browser, live_server, SCREENS["desk"])


def opened(browser, live_server, size):
    context = browser.new_context(viewport=size, base_url=live_server.url)
    yield context.new_page()
    context.close()


def assert_accessible_at_each_width(page):
    for size in SCREENS.values():
        page.set_viewport_size(size)
        assert_accessible(page)
    page.set_viewport_size(SCREENS["desk"])


def assert_accessible(page):
    """No violation that axe knows of, and no sideways scrolling."""
    if not page.evaluate("typeof axe === 'object'"):
        page.add_script_tag(path=str(AXE))
    # Only what is wrong comes out of the browser: all that axe looked at is most of the time.
    found = page.evaluate(
        """tags => axe.run(document, {
            runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']
        }).then(told => told.violations)""",
        TAGS,
    )
    lines = [
        f"{v['id']}: {v['help']}\n    {n['html'][:160]}" for v in found for n in v["nodes"][:3]
    ]
    assert not lines, f"{page.url}\n" + "\n".join(lines)
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
