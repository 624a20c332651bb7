"""A decision of which somebody confirmed every passage, for the tests that adopt it."""

from koers.apps.decisions.models import Decision


def confirm_all(decision: Decision) -> Decision:
    decision.texts = decision.texts.confirm(*(block.id for block in decision.texts.blocks))
    decision.save()
    return decision
