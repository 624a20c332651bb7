"""Lines for every table that has none, made of nothing but the models: what a field may hold it
holds somewhere, and the same seed makes the same lines."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from koers.upkeep.copying import insert
from koers.upkeep.home import UpkeepError
from koers.upkeep.tables import Model, fields_of, is_json, models_of

AMSTERDAM = dt.timezone(dt.timedelta(hours=1))
WORDS = (
    "Zoë's “plan” 100% \\ klaar; --",
    "regel een\nregel twee\ttab",
    "emoji 🚲 en ﬁ-ligatuur",
    "<b>vet</b> & 'aanhaling'",
    "éé́n ̈ combinerend",
)
MOMENTS = (
    dt.datetime(2026, 10, 25, 2, 30, 0, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    dt.datetime(2026, 10, 25, 2, 30, 0, 1, tzinfo=AMSTERDAM),
    dt.datetime(2026, 3, 29, 3, 0, 0, 999_999, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    dt.datetime(1990, 1, 1, tzinfo=dt.UTC),
    dt.datetime(2099, 12, 31, 23, 59, 59, 123_456, tzinfo=dt.timezone(-dt.timedelta(hours=11))),
)
DOCUMENTS = (
    {},
    [],
    None,
    "tekst",
    {"b": 1, "a": [1.5, -0.0, 1e-7, 10**18, True, None, "é\n\"'\\ 🚲"], "": {"diep": [[[]]]}},
    {"lang": "woord " * 2000},
)


def fill(
    database: BaseDatabaseWrapper, seed: int, rows: int = 3, *, like_the_application: bool = False
) -> list[str]:
    """Give each table that has no line some; their names, in order. A table that takes none is told
    by what the database said.

    JSON is anything that JSON may be, or ``like_the_application`` what a new line has.
    """
    drawn, filled = random.Random(seed), []
    json_of = _default if like_the_application else _document
    waiting = models_of(database)
    while waiting:
        ready = [m for m in waiting if not any(n in waiting for n in _needs(m))] or waiting[:1]
        for model in ready:
            waiting.remove(model)
            if not model._base_manager.using(database.alias).exists():
                _fill(model, database, drawn, rows, json_of)
                filled.append(model._meta.label)
    return filled


def without_rows(database: BaseDatabaseWrapper) -> list[str]:
    return [
        model._meta.label
        for model in models_of(database)
        if not model._base_manager.using(database.alias).exists()
    ]


def _needs(model: Model) -> list[Any]:
    return [
        field.related_model
        for field in fields_of(model)
        if field.is_relation and not field.null and field.related_model is not model
    ]


def _fill(
    model: Model,
    database: BaseDatabaseWrapper,
    drawn: random.Random,
    rows: int,
    json_of: Callable[[models.Field, random.Random, int], str],
) -> None:
    made, refusals = 0, []
    for number in itertools.count(1):
        if made == rows or number > 60:
            break
        values = tuple(
            json_of(field, drawn, number)
            if is_json(field)
            else _value(field, database, drawn, number)
            for field in fields_of(model)
        )
        try:
            with transaction.atomic(using=database.alias):
                insert(model, [values], database)
                database.check_constraints([model._meta.db_table])
            made += 1
        except (IntegrityError, UpkeepError) as error:
            refusals.append(str(error))
    if not made:
        raise SystemExit(f"{model._meta.label} takes no line: {refusals[-1]}")


def _document(field: models.Field, drawn: random.Random, number: int) -> str:
    return json.dumps(drawn.choice(DOCUMENTS if number > 1 else DOCUMENTS[-2:]))


def _default(field: models.Field, drawn: random.Random, number: int) -> str | None:
    made = field.get_prep_value(field.get_default())
    if made is None:
        return None if field.null else "{}"
    return json.dumps(made, cls=field.encoder)


def _value(
    field: models.Field, database: BaseDatabaseWrapper, drawn: random.Random, number: int
) -> Any:
    if isinstance(field, models.AutoField):
        return 1000 + 7 * number
    if field.is_relation:
        return _reference(field, database, drawn)
    if field.null and drawn.random() < 0.4:
        return None
    if field.choices:
        return drawn.choice([value for value, _ in field.flatchoices])
    return _plain(field, database, drawn, number)


def _reference(field: models.Field, database: BaseDatabaseWrapper, drawn: random.Random) -> Any:
    keys = list(
        field.related_model._base_manager.using(database.alias)
        .order_by("pk")
        .values_list(field.target_field.attname, flat=True)
    )
    if field.null and (not keys or drawn.random() < 0.3):
        return None
    return drawn.choice(keys) if keys else drawn.randint(1, 10**6)


def _plain(
    field: models.Field, database: BaseDatabaseWrapper, drawn: random.Random, number: int
) -> Any:
    kind = field.get_internal_type()
    if kind in ("CharField", "SlugField", "TextField", "EmailField"):
        return _text(field, drawn, number)
    if "Integer" in kind:
        most = 2**15 - 1 if "Small" in kind else 2**31 - 1
        return drawn.choice([0, number, most])
    made = {
        "BooleanField": lambda: drawn.random() < 0.5,
        "DateTimeField": lambda: drawn.choice(MOMENTS),
        "DateField": lambda: drawn.choice(MOMENTS).date(),
        "TimeField": lambda: dt.time(23, 59, 59, 1),
        "DurationField": lambda: dt.timedelta(days=-3, microseconds=7),
        "FloatField": lambda: drawn.choice([0.1 + 0.2, 1e-300, -1.5, 0.0]),
        "DecimalField": lambda: Decimal(drawn.randint(-999, 999)).scaleb(-field.decimal_places),
        "UUIDField": lambda: uuid.UUID(int=drawn.getrandbits(128), version=4),
        "BinaryField": lambda: bytes(range(256)),
    }
    return made[kind]()


def _text(field: models.Field, drawn: random.Random, number: int) -> str:
    most = field.max_length or 20_000
    if most <= 12:
        return f"{number}{drawn.getrandbits(30):x}"[:most]
    text = f"{drawn.getrandbits(30):x} {drawn.choice(WORDS)}"
    return (text * (1 + most // len(text)) if number == 1 else text)[:most]


def values_of(model: Model, database: BaseDatabaseWrapper) -> Iterator[dict[str, Any]]:
    """Each row by its columns, as a record that later versions are held against."""
    from koers.upkeep.tables import pieces_of, said

    fields = fields_of(model)
    for piece in pieces_of(model, database):
        for row in piece:
            yield {
                str(f.column): said(value, is_json(f)) for f, value in zip(fields, row, strict=True)
            }
