"""A verdict with what has to be known with it: the only way from a verdict to text.

``analysis.effects.verdict.Verdict`` has no text of its own, so no page, mail or document can tell
one without its caveats.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from koers.analysis.effects.verdict import Verdict
from koers.apps.evaluation import words
from koers.records.evaluation import Judgement, Parameters, Result

LABELS = {
    Verdict.WORKS: "werkt",
    Verdict.BACKFIRES: "averechts",
    Verdict.PROBABLY: "werkt waarschijnlijk",
    Verdict.NOTHING: "geen aantoonbaar effect",
    Verdict.TOO_LITTLE: "te weinig gegevens",
}
SAME_SIDE = (
    {Verdict.WORKS, Verdict.PROBABLY},
    {Verdict.BACKFIRES},
    {Verdict.NOTHING, Verdict.TOO_LITTLE},
)


class Caveat(Enum):
    """In a few words; all but ``AFTER_PEAK``, for which the estimate allows, keep a proposal from
    being strong."""

    INTERIM = "tussenstand"
    LATE = "opzet pas na het begin vastgelegd"
    CHANGED = "opzet na het begin gewijzigd"
    DISAGREE = "andere berekeningen spreken het tegen"
    ALONE = "geen andere berekening mogelijk"
    WITHHELD = "gekozen na een piek, geen effect gegeven"
    NOT_HOLDING = "deze methode houdt hier niet"
    AFTER_PEAK = "begonnen na een piek"


@dataclass(frozen=True)
class Judged:
    """What was found of a measure and what has to be said with it."""

    result: Result
    parameters: Parameters

    @property
    def verdict(self) -> Verdict:
        found = self.result.main.verdict
        assert found is not None
        return found

    @property
    def caveats(self) -> tuple[Caveat, ...]:
        found, asked = self.result, self.parameters
        answered = [row for row in found.sensitivity if not row.error]
        there = {
            Caveat.INTERIM: not found.final and not self.known_early,
            Caveat.LATE: asked.fixed_late,
            Caveat.CHANGED: bool(asked.late_changes),
            Caveat.DISAGREE: any(not self._agrees(row) for row in answered),
            Caveat.ALONE: not answered,
            Caveat.WITHHELD: found.main.withheld,
            Caveat.NOT_HOLDING: found.main.false_calls is not None,
            Caveat.AFTER_PEAK: found.main.after_peak and not found.main.withheld,
        }
        return tuple(caveat for caveat, holds in there.items() if holds)

    @property
    def known_early(self) -> bool:
        """Whether the verdict stands by the limits for looking every month."""
        firm = self.verdict in (Verdict.WORKS, Verdict.BACKFIRES)
        return firm and self.result.main.known_since > 0

    def _agrees(self, row: Judgement) -> bool:
        return any({row.verdict, self.verdict} <= side for side in SAME_SIDE)

    @property
    def weak(self) -> bool:
        """Whether nothing strong may follow from it."""
        return any(caveat != Caveat.AFTER_PEAK for caveat in self.caveats)

    @property
    def tone(self) -> str:
        """The colour of its badge: of a weak verdict neither good nor bad."""
        return "warn" if self.weak else words.TONES.get(self.verdict, "warn")

    def __str__(self) -> str:
        return self.of_row(self.result.main)

    def of_row(self, row: Judgement) -> str:
        """A calculation in a few words: the verdict, and what holds of all of them."""
        if row.error or row.verdict is None:
            return row.error
        own = {
            Caveat.AFTER_PEAK: row.after_peak,
            Caveat.WITHHELD: row.withheld,
            Caveat.NOT_HOLDING: row.false_calls is not None,
        }
        main = row == self.result.main
        about_main = (Caveat.DISAGREE, Caveat.ALONE)
        said = [
            caveat.value
            for caveat in Caveat
            if own.get(caveat, caveat in self.caveats and (main or caveat not in about_main))
        ]
        label = LABELS[row.verdict]
        return f"{label} (let op: {', '.join(said)})" if said else label

    def of_secondary(self, row: Judgement) -> str:
        """That an outcome beside that of the verdict has none, and what holds of it."""
        if row.error:
            return f"nevenuitkomst, geen oordeel: {row.error}"
        there = {
            Caveat.INTERIM: not self.result.final,
            Caveat.LATE: self.parameters.fixed_late,
            Caveat.CHANGED: bool(self.parameters.late_changes),
            Caveat.WITHHELD: row.withheld,
            Caveat.NOT_HOLDING: row.false_calls is not None,
            Caveat.AFTER_PEAK: row.after_peak and not row.withheld,
        }
        said = [caveat.value for caveat in Caveat if there.get(caveat)]
        return "nevenuitkomst, geen oordeel" + (f" (let op: {', '.join(said)})" if said else "")

    @property
    def sentence(self) -> str:
        """The verdict with its margin, then a sentence for each caveat."""
        found = self.result
        said = {
            Caveat.INTERIM: words.interim_sentence(found),
            Caveat.LATE: (
                "De opzet is pas na het begin van de maatregel vastgelegd; lees het oordeel als"
                " verkennend."
            ),
            Caveat.CHANGED: self._changed,
            Caveat.DISAGREE: words.agreement_sentence(found, self._agrees),
            Caveat.ALONE: words.agreement_sentence(found, self._agrees),
            Caveat.WITHHELD: words.withheld_sentence(),
            Caveat.NOT_HOLDING: words.false_calls_sentence(found.main),
            Caveat.AFTER_PEAK: words.peak_sentence(found.main),
        }
        known = words.known_sentence(found) if self.known_early else ""
        return " ".join(
            [
                words.verdict_sentence(found.main),
                *([known] if known else []),
                *(said[caveat] for caveat in self.caveats),
            ]
        )

    @property
    def _changed(self) -> str:
        often = self.parameters.late_changes
        times = "één keer" if often == 1 else f"{often} keer"
        return f"De opzet is na het begin {times} gewijzigd."

    @property
    def agreement(self) -> str:
        """Whether other methods and choices point the same way."""
        return words.agreement_sentence(self.result, self._agrees)
