"""Loading from the live sources: what is asked of which, in which order, and what came of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx

from koers.analysis.period import Period
from koers.figures.doubts.look import judged
from koers.figures.folders import StorageError
from koers.figures.manifest import Snapshot
from koers.figures.store import FigureStore
from koers.sources.bounded import unpacked
from koers.sources.catalogue import Asking, Task, tasks_for
from koers.sources.delivery import Delivery, whole_rows
from koers.sources.drift import refuse_if_changed
from koers.sources.odata import Service
from koers.sources.odata4 import ServiceV4
from koers.sources.pdok import Boundaries
from koers.sources.pieces import FULL, Workshop, disk_full
from koers.sources.report import FigureFileError, LoadReport
from koers.sources.scope import Scope
from koers.sources.web import (
    LATER,
    NoConnectionError,
    NothingNewerError,
    NotThereError,
    OutOfTimeError,
    Patience,
    Web,
)

YEARS_OF_MONTHS = 7
START = 100_000
Progress = Callable[[float, float, str], None]


@dataclass(frozen=True)
class Addresses:
    """Where the services are; a test or a mirror may put others here."""

    police: str = "https://dataderden.cbs.nl"
    statline: str = "https://opendata.cbs.nl"
    statline_v4: str = "https://datasets.cbs.nl/odata/v1"
    pdok: str = "https://api.pdok.nl/cbs"
    pdok_wfs: str = "https://service.pdok.nl/cbs"
    bron: str = "https://downloads.rijkswaterstaatdata.nl/bron"


def reachable(addresses: Addresses, timeout: float = 3.0) -> bool:
    """Whether the police figures answer within ``timeout`` seconds, looking up the name
    included."""
    address = f"{addresses.police}/ODataFeed/odata/47018NED/TableInfos?%24format=json"
    return _answers(
        address, timeout, lambda answer: answer.is_success and b'"value"' in _start(answer, timeout)
    )


def _start(answer: httpx.Response, seconds: float) -> bytes:
    """The first bytes of an answer: whether it is one, is seen by those."""
    end, found = time.monotonic() + seconds, b""
    for part in unpacked("", answer):
        found += part
        if len(found) > START or time.monotonic() > end:
            break
    return found


def _answers(address: str, timeout: float, good: Callable[[httpx.Response], bool]) -> bool:
    answered = threading.Event()

    def ask() -> None:
        try:
            with httpx.stream("GET", address, timeout=timeout) as answer:
                if good(answer):
                    answered.set()
        except (httpx.HTTPError, ValueError, FigureFileError):
            pass

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout)
    return answered.is_set()


@contextmanager
def statline_if_it_answers(addresses: Addresses) -> Iterator[Service | None]:
    """CBS StatLine, or None where it does not answer."""
    if not _answers(addresses.statline, 3.0, lambda answer: True):
        yield None
        return
    with Service(addresses.statline, Patience(attempts=3)) as statline:
        yield statline


@dataclass
class _Hosts:
    """Which addresses answer at all, asked once a load: one that does not is not waited for table
    after table."""

    timeout: float = 3.0
    known: dict[str, bool] = field(default_factory=dict)

    def answers(self, address: str) -> bool:
        if address not in self.known:
            self.known[address] = _answers(address, self.timeout, lambda answer: True)
        return self.known[address]


def load_live(
    store: FigureStore,
    municipalities: Sequence[str] | None,
    topics: Mapping[str, Sequence[str]] | None,
    this_year: int,
    addresses: Addresses | None = None,
    progress: Progress = lambda done, total, text: None,
    *,
    sources: Sequence[str] = (),
    since: Period | None = None,
    fresh: bool = False,
    patience: Patience | None = None,
) -> LoadReport:
    """The figures of these municipalities as snapshots; a table that fails is in the report, the
    others go on.

    Parameters
    ----------
    municipalities : sequence of codes, optional
        None is the whole country.
    topics : mapping, optional
        The codes that are wanted of each scheme (crime, nuisance); None is all of them.
    sources : sequence of names
        Of sources (politie, cbs, pdok, bron) or tables; empty is everything. What is named must
        answer; of the rest a source that cannot be reached is only remarked.
    since : Period, optional
        The first year or month; without it seven years of months, and of years what there is.
    fresh : bool
        Ask again for tables that have not changed.
    patience : Patience, optional
        Also how long all of it may take; what then is not in, is refused, and the next load goes on
        from there.

    Raises
    ------
    FigureFileError
        When another load is under way in this home, or a name is unknown.
    """
    addresses = addresses or Addresses()
    patience = patience or Patience()
    workshop = Workshop(Path(store.root).parent)
    report = LoadReport()
    with (
        workshop.alone(),
        Service(addresses.police, patience, workshop) as police,
        Service(addresses.statline, patience, workshop) as statline,
        ServiceV4(addresses.statline_v4, patience, workshop) as statline_v4,
        Boundaries(addresses.pdok, addresses.pdok_wfs, patience) as boundaries,
        Web(patience) as bron,
    ):
        hosts = _Hosts()
        asking = Asking(
            answers=hosts.answers,
            store=store,
            workshop=workshop,
            police=police,
            statline=statline,
            statline_v4=statline_v4,
            boundaries=boundaries,
            bron=bron,
            bron_address=addresses.bron,
            this_year=this_year,
            topics=topics,
            months=Scope(
                _codes(municipalities), since or Period(this_year - YEARS_OF_MONTHS, 1, "year")
            ),
            years=Scope(_codes(municipalities), since),
        )
        tasks = tasks_for(asking, sources)
        report.have |= {snapshot.manifest.id for snapshot in store.everything()}
        for number, task in enumerate(tasks):
            steps = _Steps(progress, number, len(tasks), task.table)
            _run(
                store,
                workshop,
                task,
                bool(sources),
                fresh,
                hosts,
                steps,
                report,
                _codes(municipalities),
                patience,
            )
            progress(number + 1, len(tasks), "")
    return report


def _codes(municipalities: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if municipalities is None else tuple(municipalities)


def _run(
    store: FigureStore,
    workshop: Workshop,
    task: Task,
    named: bool,
    fresh: bool,
    hosts: _Hosts,
    steps: _Steps,
    report: LoadReport,
    asked: Sequence[str] | None,
    patience: Patience,
) -> None:
    """One task; whatever goes wrong ends up in the report and leaves what was in the archive as it
    was."""
    try:
        if patience.over:
            raise OutOfTimeError(task.table)
        if not any(hosts.answers(address) for address in task.addresses):
            raise NoConnectionError(task.table, "de bron antwoordt niet.", LATER)
        if not fresh and (kept := _unchanged(store, workshop, task)):
            for snapshot in kept:
                report.take(store, snapshot, new=False)
            return
        deliveries = task.run(steps)
        snapshots = [_keep(store, delivery, report, asked) for delivery in deliveries]
        workshop.note(
            task.name, {"stamp": task.stamp(), "scope": task.scope, "snapshots": snapshots}
        )
    except NothingNewerError as nothing:
        report.notes.append(f"{task.table}: overgeslagen; {nothing.problem}")
    except NotThereError as refusal:
        _refuse(task, refusal, report, remark=not (named or task.required or _had(store, task)))
    except NoConnectionError as refusal:
        _refuse(task, refusal, report, remark=not (named or task.required))
    except FigureFileError as refusal:
        report.refused.append(refusal)
    except StorageError as error:
        report.refused.append(FigureFileError(task.table, str(error), ""))
    except OSError as error:
        if error.errno not in FULL:
            raise
        report.refused.append(disk_full(task.table))


def _refuse(task: Task, refusal: FigureFileError, report: LoadReport, *, remark: bool) -> None:
    if remark:
        report.notes.append(f"{task.table}: overgeslagen; {refusal.problem}")
    else:
        report.refused.append(refusal)


def _had(store: FigureStore, task: Task) -> bool:
    return any(s.manifest.table == task.table for s in store.snapshots())


def _unchanged(store: FigureStore, workshop: Workshop, task: Task) -> list[Snapshot] | None:
    """The snapshots of the last time, where the source says that nothing has changed since and they
    are still in use, or wait for a person or were rejected by one."""
    known = workshop.known(task.name)
    if not known.get("snapshots") or known.get("scope") != task.scope:
        return None
    current = {s.manifest.id: s for s in store.current()}
    current |= {h.id: h.snapshot for h in store.held.all() if not h.used}
    if not all(identity in current for identity in known["snapshots"]):
        return None
    stamp = task.stamp()
    if not stamp or stamp != known.get("stamp"):
        return None
    return [current[identity] for identity in known["snapshots"]]


def _keep(
    store: FigureStore, delivery: Delivery, report: LoadReport, asked: Sequence[str] | None
) -> str:
    new = refuse_if_changed(store, delivery.draft)
    report.notes.extend((*delivery.remarks, *new))
    with whole_rows(delivery.draft.table):
        snapshot = store.write_stream(
            delivery.draft, delivery.batches(), look=partial(judged, asked=asked)
        )
    report.take(store, snapshot, snapshot.manifest.id not in report.have)
    report.have.add(snapshot.manifest.id)
    delivery.finished()
    return snapshot.manifest.id


class _Steps:
    """One bar for everything: a table is one step of it; the text tells how many rows a second come
    in."""

    def __init__(self, progress: Progress, number: int, tasks: int, table: str) -> None:
        self._progress, self._number, self._tasks, self._table = progress, number, tasks, table
        self._begin = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        seconds = max(time.monotonic() - self._begin, 1e-3)
        rate = f"{done / seconds:,.0f}/s".replace(",", ".")
        text = f"{self._table} {done:,} van {total:,} ({rate})".replace(",", ".")
        self._progress(self._number + min(done / max(total, 1), 1.0), self._tasks, text)
