"""A real headless Chromium that looks at a real server."""

import os
import shutil
from pathlib import Path

import pytest

from tests.apps.conftest import example_home, figures, municipality, other, person, plan  # noqa: F401

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci)")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run"]  # fmt: skip
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=flags)


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(browser, request, live_server):
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=live_server.url)
    yield context.new_page()
    context.close()


def assert_accessible(page):
    """No violation that axe knows of, and no sideways scrolling."""
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)["violations"]
    lines = [f"{v['id']}: {v['help']}\n    {n['html'][:160]}" for v in found for n in v["nodes"][:3]]
    assert not lines, f"{page.url}\n" + "\n".join(lines)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
