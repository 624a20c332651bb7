"""For which municipalities and from when: what a load asks for."""

from __future__ import annotations

from dataclasses import dataclass

from koers.analysis.period import Period


@dataclass(frozen=True)
class Scope:
    """``municipalities`` None is the whole country; ``since`` is a year or a month, None is
    everything there is."""

    municipalities: tuple[str, ...] | None
    since: Period | None = None

    @property
    def everywhere(self) -> bool:
        return self.municipalities is None

    @property
    def codes(self) -> tuple[str, ...]:
        return self.municipalities or ()

    def holds(self, code: str) -> bool:
        """Whether a CBS code is one of these municipalities or lies in one."""
        return self.everywhere or f"GM{code[2:6]}" in self.codes

    def wants(self, period: Period) -> bool:
        if self.since is None:
            return True
        if self.since.frequency == period.frequency:
            return period >= self.since
        return period.year >= self.since.year

    def nothing_since(self, last: str) -> str:
        """Why a table that ends with ``last`` has nothing for this scope, in plain Dutch."""
        until = f"de cijfers gaan tot en met {last}" if last else "de tabel heeft nog geen cijfers"
        return f"{until}; vanaf {self.since} is er nog niets."

    @property
    def text(self) -> str:
        """The same for the same scope."""
        where = "alles" if self.everywhere else ",".join(sorted(self.codes))
        return f"{where} vanaf {self.since or 'het begin'}"
