"""Did the measure work: what is fixed beforehand, the evaluations, and what the meeting decides on
them."""
