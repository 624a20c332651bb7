"""`koers administrator`: the link of set-up for a municipality that nobody administers yet."""

from __future__ import annotations

import click

from koers.cli import setup
from koers.environment import origin_of


@click.command()
@click.argument("code")
def administrator(code: str) -> None:
    """Maak een link waarmee iemand de eerste beheerder van gemeente CODE wordt (zoals GM0001).

    Dat kan alleen zolang die gemeente geen beheerder heeft; daarna nodigt die zelf uit. De link
    werkt één keer en blijft zeven dagen geldig. Is KOERS_ADDRESS niet ingesteld, zet dan het adres
    van de site ervoor.
    """
    setup.wake_django()
    from koers.apps.people.invitations import set_up, without_administrator
    from koers.apps.people.models import Municipality

    found = Municipality.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Municipality.objects.values_list("code", flat=True))
        setup.fail(f"Gemeente {code} is hier niet. Wel: {known or 'nog geen enkele'}.", 2)
    if found not in without_administrator():
        setup.fail(f"Gemeente {found} heeft al een beheerder. Vraag die om een uitnodiging.")
    click.echo(origin_of() + set_up(found))
