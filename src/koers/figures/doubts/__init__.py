"""Whether figures that came in can be right: what a person has to look at before they are used."""
