"""Real tables of plans: which cells come into the right field without a hand?

    python -m benchmarks.plans ../shared/cases/plans [more files or folders]

Every file is read as the screen reads it, with what Koers proposes and nothing chosen by a person,
taken into an empty plan, and compared with what is in the plan then, cell by cell. A cell is right
where it stands in a field that its column names in plain Dutch (FIELDS below, which knows nothing
of the import); elsewhere where it is kept in another field; said where the check page names it as
not read; and silent where it is nowhere. Ends with 1 where less than 95 % is right or a cell is
silent.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SUFFIXES = (".xlsx", ".xls", ".ods", ".csv", ".docx", ".odt")
LEAST = 0.95
_MONTH = r"jan|feb|mrt|maart|apr|mei|jun|jul|aug|sep|okt|nov|dec"
FIELDS = (
    (rf"^(?:q|k|kw|kwartaal) ?[1-4]|^[1-4]e kwartaal|^(?:{_MONTH})[a-z]*\.?$", ("planning",)),
    (r"^(?:nr|nummer|volgnummer)\b", ("number",)),
    (r"^sub-?thema|deelthema|onderwerp", ("sub_theme",)),
    (r"^(?:prioriteit|thema|speerpunt|hoofdthema|programma|opgave)", ("priority", "sub_theme")),
    (r"veiligheidsveld|^veld|domein|pijler", ("safety_field",)),
    (r"resultaat|resultaten|output|product", ("result",)),
    (r"indicator|\bkpi\b", ("topics", "aim")),
    (
        r"wat willen|eenheid|frequentie|definitie|doel|streef|nulmeting|ambitie|\bnorm|realisatie"
        r"|\bbron|target|effect|^20\d\d",
        ("aim",),
    ),
    (r"\bstatus|stand van zaken|voortgang|stoplicht", ("state",)),
    (r"^(?:start|begin|van\b|vanaf)", ("start", "planning")),
    (r"gereed|eind|deadline|uiterlijk|^tot\b", ("end", "due", "planning")),
    (r"planning|wanneer|periode|tijdpad|termijn|looptijd", ("planning", "start", "end", "due")),
    (r"partner|samen|betrokken|partijen|met wie|ketenp", ("partners", "note")),
    (r"trekker|verantwoordelijk|wie\b|eigenaar|regie|actiehouder|leider", ("owner",)),
    (r"budget|kosten|middelen|dekking|bedrag|financ", ("budget", "note")),
    (r"\buren|capaciteit", ("hours",)),
    (
        r"maatregel|actie|activiteit|project|inzet|aanpak|^wat\b",
        ("title", "action", "description"),
    ),
    (r"toelichting|opmerking|omschrijving|beschrijving", ("description", "note")),
    (r"gebied|wijk|buurt|\bkern", ("areas",)),
)
# What another state is called in Koers; of an action that runs the word is kept.
STATES = {
    "gereed": "klaar gedaan",
    "afgerond": "klaar gedaan",
    "in uitvoering": "loopt",
    "gestart": "loopt",
    "nog niet gestart": "gepland open",
    "nog te doen": "open gepland",
    "vertraagd": "loopt gevaar",
}
TICKS = {"x", "v", "✓", "✔", "●", "ja", "1"}


@dataclass
class Count:
    """What became of the cells of a file."""

    right: int = 0
    elsewhere: int = 0
    said: int = 0
    silent: int = 0
    not_right: list[str] = field(default_factory=list)

    @property
    def cells(self) -> int:
        return self.right + self.elsewhere + self.said + self.silent

    def add(self, what: str, where: str) -> None:
        setattr(self, what, getattr(self, what) + 1)
        if what != "right":
            self.not_right.append(f"{what}: {where}")


def count(tables: Any, plan: Any) -> Count:
    """Read tables into a plan without a hand, and look where every cell went."""
    from koers.apps.exchange.applying import carry_out
    from koers.apps.exchange.bands import bands_of
    from koers.apps.exchange.checking import check
    from koers.apps.exchange.known import Known
    from koers.apps.exchange.mapping import proposals
    from koers.apps.exchange.part import names_of
    from koers.apps.exchange.standing import laid_out
    from koers.tables.reading.book import BookError

    known = Known(plan)
    tables = laid_out(tables)
    found = Count()
    parts = proposals(tables)
    try:
        preview = check(tables, parts, known, {})
    except BookError as problem:
        # The page of the columns says what must still be pointed at.
        for table in tables:
            for _ in (c for row in table.rows for c in row if _text(c)):
                found.add("said", f"{table.name}: {problem}")
        return found
    preview.leave_out_wrong()
    carry_out("0" * 32, preview, known)
    plan.refresh_from_db()
    said = _Said(preview)
    for place, part in enumerate(parts):
        table = tables[part.table]
        names = names_of(table, part.first, part.last) if part.last else [""] * table.width
        held = _held(preview, place, plan)
        bands = bands_of(table, part)
        for row in range(part.last + 1, len(table.rows) + 1):
            if row in bands:
                below = [words for r, words in sorted(held.items()) if r > row][:1]
                _judge_band(found, bands[row], below, said, table.name, row)
                continue
            for column in range(table.width):
                _judge(found, table, row, column, names, held.get(row), said)
    for number, table in enumerate(tables):
        if number not in {part.table for part in parts}:
            cells = sum(bool(str(c or "").strip()) for r in table.rows for c in r)
            for _ in range(cells):
                found.add("said" if said.table(table.name) else "silent", table.name)
    return found


class _Said:
    """What the check page names as not read."""

    def __init__(self, preview: Any) -> None:
        self.unread = preview.unread
        self.wrong = {
            (line.source.table, line.source.row)
            for line in preview.lines
            if line.problems or line.left_out
        }

    def table(self, name: str) -> bool:
        return any(u.table == name and u.what.startswith("de hele tabel") for u in self.unread)

    def row(self, table: str, row: int) -> bool:
        numbers = {
            int(n)
            for u in self.unread
            if u.table == table and "rij" in u.what
            for n in re.findall(r"\d+", u.what)
        }
        return (table, row) in self.wrong or row in numbers

    def column(self, table: str, name: str) -> bool:
        return any(
            u.table == table and u.choice and u.what.startswith(f"kolom '{name[:80] or 'kolom'}")
            for u in self.unread
        )


def _judge(
    found: Count, table: Any, row: int, column: int, names: list[str], held: Any, said: Any
) -> None:
    text = "\n".join(" ".join(t.split()) for t in _text(table.cell(row, column)).splitlines())
    if not text or table.is_covered(row, column) or " ".join(text.split()) == names[column]:
        return
    name = names[column]
    where = f"{table.name} rij {row} '{name}': {text[:50]!r}"
    fields = fields_of(name)
    if held is None:
        told = said.row(table.name, row)
        found.add("said" if told else "silent", where)
    elif any(_is_in(text, name, key, held) for key in fields):
        found.add("right", where)
    elif _plain(text) and any(_plain(text) in _plain(words) for words in held.values()):
        found.add("elsewhere", where)
    elif said.column(table.name, name) or said.row(table.name, row):
        found.add("said", where)
    else:
        found.add("silent", where)


def _judge_band(
    found: Count, text: str, below: Iterable[Any], said: Any, table: str, row: int
) -> None:
    where = f"{table} rij {row} (band): {text[:50]}"
    for held in below:
        if any(_plain(text).endswith(_plain(held[k])) and held[k] for k in BANDS):
            found.add("right", where)
            return
    found.add("said" if said.row(table, row) else "silent", where)


BANDS = ("priority", "safety_field", "sub_theme")


def fields_of(name: str) -> tuple[str, ...]:
    """In which fields a column of this name belongs; none where plain Dutch does not tell."""
    for part in (name.rpartition(" – ")[2], name):
        plain = part.lower().strip()
        for pattern, fields in FIELDS:
            if re.search(pattern, plain):
                return fields
    return ()


def _held(preview: Any, place: int, plan: Any) -> dict[int, dict[str, str]]:
    """By row what the plan has of it, in words by field."""
    from koers.apps.plan.models import Action, Measure

    found: dict[int, dict[str, str]] = {}
    for line in preview.lines:
        if line.source.part != place or line.source.row < 0:
            continue
        words = found.setdefault(line.source.row, {})
        if line.is_goal and line.outcome in ("new", "same"):
            words.update(_words_of_goal(line, plan) | words)
        elif line.made is not None:
            model = Measure if line.is_measure else Action
            made = model.objects.get(pk=line.made.pk)
            words.update(_words_of(made))
    # Rows of actions under a measure that stands on the row before them.
    last: dict[str, str] = {}
    for row in sorted(found):
        if "title" in found[row]:
            last = found[row]
        elif last:
            found[row] = {**last, **found[row]}
    return {row: words for row, words in found.items() if words}


def _words_of_goal(line: Any, plan: Any) -> dict[str, str]:
    """A goal, or a text of the plan that is none."""
    from koers.apps.plan.models import Goal

    goal = Goal.objects.filter(priority__plan=plan, written=line.values["written"]).first()
    if goal is not None:
        return {"aim": f"{goal.title}\n{goal.written}", "priority": goal.priority.title}
    texts = plan.aims.split("\n")
    return {"aim": next((a for a in texts if a == line.values["written"]), "")}


def _words_of(line: Any) -> dict[str, str]:
    """The fields of a line in words, as they are on its page."""
    from koers.apps.plan.models import Action
    from koers.indicators import load_indicators

    owner = f"{line.owner or ''} {line.owner_department}"
    words = {
        "owner": owner,
        "planning": line.planning,
        "number": line.number,
        "state": line.get_state_display(),
    }
    if isinstance(line, Action):
        words |= {"action": line.title, "note": line.note, "due": str(line.due or "")}
        return words | ({"state": f"{words['state']} {line.note}"})
    known = load_indicators()
    amount = "" if line.budget is None else f"{line.budget:.2f}"
    return words | {
        **{name: getattr(line, name) for name in ("title", "sub_theme", "aim", "result")},
        "safety_field": line.band,
        "description": line.description,
        "priority": line.priority.title,
        "state": f"{words['state']} {line.state_reason}",
        "start": str(line.start or ""),
        "end": str(line.end or ""),
        "partners": "\n".join(p.name for p in line.partners.all()),
        "topics": "\n".join(known[t].title for t in line.topics if t in known),
        "areas": "\n".join(line.areas),
        "budget": f"{amount}\n{line.budget_words}",
        "hours": f"{'' if line.hours is None else line.hours}\n{line.budget_words}",
    }


def _is_in(text: str, name: str, key: str, held: dict[str, str]) -> bool:
    words = held.get(key, "")
    if text in ("-", "–") and key in held:
        return True
    if key == "planning" and text.lower() in TICKS:
        return _plain(name.rpartition(" – ")[2]) in _plain(words)
    if key in ("start", "end", "due"):
        return bool(words) and words == _day(text)
    if key == "state" and text.lower() in STATES:
        return any(_plain(word) in _plain(words) for word in STATES[text.lower()].split())
    if key == "hours":
        text = re.sub(r" ?(?:uur|uren)$", "", text)
    if key == "partners":
        there = {_plain(one) for one in words.split("\n")}
        names = re.split(r"[;,\n/]| en | [+&] ", text)
        return all(_plain(one) in there for one in names if one.strip()) or _plain(text) in there
    if key in ("budget", "hours") and _amount(text) and _amount(text) == words.split("\n")[0]:
        return True
    return bool(_plain(text)) and _plain(text) in _plain(words)


def _day(text: str) -> str:
    """A day as 2026-03-31, of the ordinary ways to write one."""
    found = re.fullmatch(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", text)
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text[:10]


def _amount(text: str) -> str:
    """'€ 1.500,-' as 1500.00; '' for what is more than an amount."""
    found = re.fullmatch(r"€? ?(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d\d)|,-|\.0)?", text)
    return f"{found[1].replace('.', '')}.{found[2] or '00'}" if found else ""


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-zà-ÿ€%/]", "", str(text).lower())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--year", type=int, default=2025, help="first year of the plan")
    parser.add_argument("--cells", action="store_true", help="name each cell that is not right")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(KOERS_HOME=home, DJANGO_SETTINGS_MODULE="koers.web.settings")
        os.environ.pop("DATABASE_URL", None)
        sys.exit(_all(args))


def _all(args: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from koers.apps.people.models import Municipality
    from koers.apps.plan.models import Plan
    from koers.tables.reading.grid import open_grids

    call_command("migrate", verbosity=0)
    place = Municipality.objects.create(code="VB01", name="Voorbeeldrecht", fictitious=True)
    total: Counter[str] = Counter()
    print(f"{'file':44} {'cells':>6} {'right':>6} {'elsewhere':>9} {'said':>5} {'silent':>6}")
    for path in sorted(p for given in args.paths for p in _files(given)):
        with transaction.atomic():
            plan = Plan.objects.create(
                municipality=place, slug="p", title="Plan", start_year=args.year,
                end_year=args.year + 2,
            )  # fmt: skip
            found = count(open_grids(path, path.suffix.lower()), plan)
            transaction.set_rollback(True)
        for name in ("cells", "right", "elsewhere", "said", "silent"):
            total[name] += getattr(found, name)
        print(_line(path.name, found.cells, found.right, found.elsewhere, found.said, found.silent))
        for where in found.not_right if args.cells else ():
            print(f"    {where}")
    print(_line("all", *(total[n] for n in ("cells", "right", "elsewhere", "said", "silent"))))
    return int(total["silent"] > 0 or total["right"] < LEAST * total["cells"])


def _line(name: str, cells: int, right: int, elsewhere: int, said: int, silent: int) -> str:
    part = f"{100 * right / cells:.1f} %" if cells else "-"
    return f"{name[:44]:44} {cells:6} {right:6} {elsewhere:9} {said:5} {silent:6}  {part}"


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES]


if __name__ == "__main__":
    main()
