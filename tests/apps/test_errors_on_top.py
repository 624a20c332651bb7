"""What is wrong with a form is summed up above it with links to the fields, and the focus is there;
seen on every form that walking the site finds."""

import random
import re
from pathlib import Path

from benchmarks.fuzz.files import Files
from benchmarks.fuzz.filling import filled
from benchmarks.fuzz.site import site_of, walk
from django.db import transaction
from django.urls import reverse

from koers.apps.plan.models import Measure

SOURCE = Path(__file__).resolve().parents[2] / "src" / "koers"
TYPED = ("text", "textarea", "select", "email", "password", "number", "date", "input", "file")
ABOUT_ERRORS = {
    "web/templates/components/errors.html",
    "apps/exchange/templates/exchange/_column.html",  # under a summary, on its page
}


def summary_of(page: str) -> str:
    found = re.search(r'<div role="alert"[^>]*k-errors.*?</div>', page, re.S)
    return found[0] if found else ""


def not_summed_up(page: str) -> list[str]:
    """What is missing above the errors of a page."""
    wrong = len(re.findall(r'class="k-field k-field--error"', page))
    if not wrong:
        return []
    summary, ids = summary_of(page), set(re.findall(r'\bid="([^"]+)"', page))
    links = re.findall(r'href="#([^"]*)"', summary)
    missing = [f"nothing has the id {link}" for link in links if link not in ids]
    if "autofocus" not in summary or 'tabindex="-1"' not in summary:
        missing.append("no focus")
    return missing if len(links) >= wrong else [*missing, f"{len(links)} links, {wrong} wrong"]


def test_the_errors_of_every_form_of_the_site_are_summed_up(neighbour, plan):
    site = site_of(neighbour.adviser)
    walk(site, 75)
    seen, bad = 0, {}
    for form in site.forms:
        if form.method != "post" or not any(k in TYPED for k, _, _ in form.fields.values()):
            continue
        sent = filled(form, random.Random(1), Files())
        emptied = [
            (n, v if form.fields.get(n, ("hidden",))[0] == "hidden" else "") for n, v in sent
        ]
        emptied = [(n, v) for n, v in emptied if not isinstance(v, tuple)]
        with site.signed_in(), transaction.atomic():
            answer = site.ask(site.inside, form, emptied)
            transaction.set_rollback(True)
        page = answer.content.decode() if "html" in answer.get("Content-Type", "") else ""
        seen += "k-field--error" in page
        if missing := not_summed_up(page):
            bad[form.action] = missing
    assert bad == {}
    assert seen > 15


def test_an_error_that_is_not_summed_up_is_seen():
    wrong = '<div class="k-field k-field--error"><input id="id_a">'
    above = '<div role="alert" class="k-errors"{}><a href="#{}">A</a></div>'
    focused = ' tabindex="-1" autofocus'
    assert not_summed_up(wrong) and not_summed_up(above.format("", "id_a") + wrong)
    assert not_summed_up(above.format(focused, "id_b") + wrong)
    assert not not_summed_up(above.format(focused, "id_a") + wrong)


def test_no_template_shows_the_errors_of_a_field_by_itself():
    shown = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.html")
        if re.search(r"{{ *[\w.]*errors|in [\w.]+\.errors %}", file.read_text(encoding="utf-8"))
    }
    assert shown == ABOUT_ERRORS


def test_a_link_leads_to_the_first_tick_of_a_list(adviser, plan):
    line = plan.priorities.first()
    sent = {"title": "Minder", "kind": "prevention", "state": "planned", "topics": "bestaat-niet"}
    page = adviser.post(reverse("plan:add", args=["maatregel", line.pk]), sent).content.decode()
    first = re.search(r'href="#(id_topics_\d+_\d+)"', summary_of(page))
    assert first and f'id="{first[1]}"' in page
    assert not Measure.objects.filter(title="Minder").exists()
