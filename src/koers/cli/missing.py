"""`--missing`: what a combination is of which a file of counts has no row."""

import click

missing_option = click.option(
    "--missing",
    type=click.Choice(["zero", "unknown"]),
    help=(
        "Wat een combinatie van gebied, onderwerp en periode zonder rij is: nul of onbekend."
        " Zonder deze keuze wordt een bestand met zulke gaten geweigerd."
    ),
)
