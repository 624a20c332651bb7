"""`koers decide`: the college decision of a plan as PDF."""

import os
from pathlib import Path

import click

from koers.cli import setup


@click.command()
@click.argument("plan")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="BESTAND.pdf",
    help="Waar de PDF komt te staan.",
)
def decide(plan: str, out: Path) -> None:
    """Maak het collegebesluit van PLAN als PDF (PDF/UA-1 en PDF/A-2a).

    PLAN is de korte naam van een plan: gemeente en jaren, zoals mijn-gemeente-2025-2027. Een
    onbekende naam geeft de lijst van plannen die er zijn. Dezelfde cijfers en teksten geven altijd
    precies hetzelfde bestand.
    """
    setup.wake_django()
    from koers.apps.decisions.services.document import latest_decision, to_pdf
    from koers.apps.plan.models import Plan
    from koers.apps.plan.services.bundled import load_bundled_plan

    found = Plan.objects.filter(slug=plan).first() or load_bundled_plan(plan)
    if found is None:
        known = ", ".join(Plan.objects.values_list("slug", flat=True)) or "nog geen"
        setup.fail(f"Er is geen plan '{plan}'. Plannen hier: {known}.", 2)
    if not out.parent.is_dir():
        setup.fail(f"De map {out.parent} bestaat niet.", 2)
    pdf = to_pdf(latest_decision(found))
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    beside.write_bytes(pdf)
    beside.replace(out)
    setup.say(f"{out}: collegebesluit van {found.municipality}, {len(pdf) / 1000:.0f} kB.")
