"""Key figures, registered crime, survey and response times, by OData v3 and v4."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.analysis.period import Period
from koers.figures.store import FigureStore
from koers.sources import response, statline
from koers.sources.headers import retry_after
from koers.sources.layout import Dimension, Layout
from koers.sources.odata import Service
from koers.sources.odata4 import ServiceV4
from koers.sources.places import UnknownUnitError, unit_of
from koers.sources.report import FigureFileError
from koers.sources.scope import Scope
from koers.sources.web import Patience, TryAgainError
from koers.sources.wide import plain_name
from tests.sources.odata_server import Table, serve

QUICK = Patience(attempts=3, timeout=5.0, first_wait=0.002, longest_wait=0.01)
HERE = Scope(("GM9001",))
KEY_FIGURES = next(t for t in statline.KEY_FIGURES if t.year == 2024)


def together(batches):
    """All batches as one."""
    parts = list(batches)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def v3(
    areas, rows, topics, *, kind="GeoDimension", area="RegioS", periods=None, extra=None, width=6
):
    """A table of v3: topics are (key, title, unit, heading)."""
    dimensions = (
        {area: (kind, areas)}
        | ({"Perioden": ("TimeDimension", periods)} if periods else {})
        | (extra or {})
    )
    properties = [{"Key": name, "Type": kind} for name, (kind, _) in dimensions.items()]
    headings = sorted({heading for *_, heading in topics if heading})
    properties += [
        {"ID": 100 + k, "Type": "TopicGroup", "Title": title} for k, title in enumerate(headings)
    ]
    properties += [
        {
            "ID": 200 + k,
            "Key": key,
            "Type": "Topic",
            "Title": title,
            "Unit": unit,
            "ParentID": 100 + headings.index(heading) if heading else None,
        }
        for k, (key, title, unit, heading) in enumerate(topics)
    ]
    entities = {
        "TableInfos": [{"Title": "Tabel", "Modified": "2026-11-15T02:00:00"}],
        "DataProperties": properties,
    }
    for name, (_, codes) in dimensions.items():
        padding = width if name == area else max(map(len, codes))
        entities[name] = [
            {"Key": code.ljust(padding), "Title": code, "Status": "Definitief"} for code in codes
        ]
    entities["TypedDataSet"] = rows
    return Table(entities)


def v4(dimensions, measures, observations):
    entities = {
        "Properties": [
            {"Identifier": "T", "Title": "Tabel", "Modified": "2026-11-15T02:00:00+01:00"}
        ],
        "Dimensions": [
            {"Identifier": name, "Kind": kind, "Title": name}
            for name, (kind, _) in dimensions.items()
        ],
        "MeasureCodes": [
            {"Identifier": code, "Title": title, "Unit": unit} for code, title, unit in measures
        ],
        "MeasureGroups": [],
        "Observations": [
            {
                "Id": k,
                "ValueAttribute": "None" if row["Value"] is not None else "Confidential",
                **row,
            }
            for k, row in enumerate(observations)
        ],
    }
    for name, (_, codes) in dimensions.items():
        entities[f"{name}Codes"] = [
            {"Identifier": code, "Title": code, "Status": None} for code in codes
        ]
    return Table(entities)


AREAS = ["NL00", "GM9001", "GM9002", "WK900100", "BU90010000", "BU90010001", "BU90020000"]


def key_figures_v3():
    topics = [
        ("AantalInwoners_5", "Aantal inwoners", "aantal", ""),
        ("k_0Tot15Jaar_8", "0 tot 15 jaar", "aantal", ""),
        ("Woningvoorraad_35", "Woningvoorraad", "aantal", ""),
    ]
    rows = [
        {
            "WijkenEnBuurten": code.ljust(10),
            "AantalInwoners_5": 100 + k,
            "k_0Tot15Jaar_8": None,
            "Woningvoorraad_35": k,
        }
        for k, code in enumerate(AREAS)
    ]
    return v3(AREAS, rows, topics, kind="GeoDetail", area="WijkenEnBuurten", width=10)


def key_figures_v4():
    measures = [
        ("T001036", "Aantal inwoners", "aantal"),
        ("M0000A", "0 tot 15 jaar", "aantal"),
        ("M0000W", "Woningvoorraad", "aantal"),
        ("M0000X", "Iets anders", "%"),
    ]
    observations = [
        {"Measure": measure, "WijkenEnBuurten": code, "Value": value}
        for k, code in enumerate(AREAS)
        for measure, value in (("T001036", 100 + k), ("M0000A", None), ("M0000W", k), ("M0000X", 5))
    ]
    return v4({"WijkenEnBuurten": ("GeoDetail", AREAS)}, measures, observations)


def rows_of(delivery):
    columns = together(delivery.batches())
    keys = zip(columns["area"], columns["topic"], columns["period"], strict=True)
    return {
        key: None if value != value else value
        for key, value in zip(keys, columns["value"], strict=True)
    }


def test_key_figures_are_the_same_by_v3_and_by_v4():
    with (
        serve({"85984NED": key_figures_v3()}, page=3) as old,
        serve({"85984NED": key_figures_v4()}, page=3) as new,
        Service(old.address, QUICK) as three,
        ServiceV4(f"{new.address}/v4", QUICK) as four,
    ):
        by_three = statline.fetch_table([three], KEY_FIGURES, HERE)
        by_four = statline.fetch_table([four], KEY_FIGURES, HERE)
        # Where the old service no longer has the table, the new one gives it.
        del old.tables["85984NED"]
        with Service(old.address, QUICK) as gone:
            fallen_back = statline.fetch_table([gone, four], KEY_FIGURES, HERE)
    assert rows_of(by_three) == rows_of(by_four) == rows_of(fallen_back)
    assert rows_of(by_three)["BU90010001", "inhabitants", "2024"] == 105
    assert rows_of(by_three)["BU90010001", "age-0-14", "2024"] is None
    assert ("BU90020000", "inhabitants", "2024") not in rows_of(by_three)
    assert any("Huishoudens" in remark for remark in by_three.remarks)


def test_another_unit_or_a_column_that_is_gone_is_refused_with_what_changed():
    table = key_figures_v3()
    table.entities["DataProperties"][1]["Unit"] = "x 1 000"
    with (
        serve({"85984NED": table}) as source,
        Service(source.address, QUICK) as service,
        pytest.raises(FigureFileError, match="eenheid van AantalInwoners_5 is 'x 1 000'"),
    ):
        statline.fetch_table([service], KEY_FIGURES, HERE)
    table = key_figures_v3()
    table.entities["DataProperties"].pop(1)
    with (
        serve({"85984NED": table}) as source,
        Service(source.address, QUICK) as service,
        pytest.raises(FigureFileError, match="AantalInwoners ontbreekt"),
    ):
        statline.fetch_table([service], KEY_FIGURES, HERE)


def survey_table():
    areas, periods = ["NL01", "RE04", "BT0401", "GM9002"], ["2021JJ00", "2023JJ00"]
    topics = [
        (
            "VoeltZichWeleensOnveiligInBuurt_50",
            "Voelt zich weleens onveilig in buurt",
            "%",
            "Onveiligheid",
        ),
        (
            "RapportcijferVeiligheidInBuurt_60",
            "Rapportcijfer veiligheid in buurt",
            "rapportcijfer",
            "Onveiligheid",
        ),
        ("Slachtoffers_68", "Slachtoffers", "%", "Traditionele criminaliteit totaal"),
        ("Slachtoffers_132", "Slachtoffers", "%", "Online criminaliteit"),
    ]
    rows = [
        {
            "RegioS": area.ljust(6),
            "Perioden": period,
            "Marges": margin,
            "VoeltZichWeleensOnveiligInBuurt_50": 10.5 + k,
            "RapportcijferVeiligheidInBuurt_60": 7.5,
            "Slachtoffers_68": 17.0,
            "Slachtoffers_132": 15.0,
        }
        for area in areas
        for period in periods
        for k, margin in enumerate(("MW00000", "MOG0095"))
    ]
    return v3(
        areas,
        rows,
        topics,
        periods=periods,
        extra={"Marges": ("Dimension", ["MW00000", "MOG0095"])},
    )


def test_the_survey_gives_teams_and_says_that_a_small_municipality_has_no_figure_of_its_own():
    with serve({"85146NED": survey_table()}) as source, Service(source.address, QUICK) as service:
        found = statline.fetch_table([service], statline.VEILIGHEIDSMONITOR, HERE)
    rows = rows_of(found)
    assert rows["BT0401", "unsafe-own-neighbourhood", "2023"] == 10.5
    assert rows["NL", "victims-traditional", "2021"] == 17.0
    assert rows["NL", "victims-online", "2021"] == 15.0
    assert not any(area == "GM9001" for area, _, _ in rows)
    assert any("GM9001 heeft in deze tabel geen eigen cijfer" in remark for remark in found.remarks)
    assert "70.000" in found.draft.note


def test_registered_crime_keeps_the_codes_of_cbs():
    areas, periods, kinds = (
        ["NL01", "GM9001", "PV27"],
        ["2023JJ00", "2024JJ00"],
        ["T001161", "CRI1000"],
    )
    rows = [
        {
            "RegioS": a.ljust(6),
            "Perioden": p,
            "SoortMisdrijf": k,
            "TotaalGeregistreerdeMisdrijven_1": 7,
        }
        for a in areas
        for p in periods
        for k in kinds
    ]
    table = v3(
        areas,
        rows,
        [("TotaalGeregistreerdeMisdrijven_1", "Totaal geregistreerde misdrijven", "aantal", "")],
        periods=periods,
        extra={"SoortMisdrijf": ("Dimension", kinds)},
    )
    with serve({"83648NED": table}) as source, Service(source.address, QUICK) as service:
        found = statline.fetch_table(
            [service], statline.REGISTERED, Scope(("GM9001",), Period.parse("2024"))
        )
    assert set(rows_of(found)) == {(a, k, "2024") for a in ("NL", "GM9001") for k in kinds}
    assert found.draft.units == dict.fromkeys(kinds, "aantal")


def test_response_times_give_the_share_within_the_norm():
    topics = [
        ("Totaal_2", "Totaal", "aantal", ""),
        ("Reactietijd0Tot15Minuten_3", "0 tot 15 minuten", "aantal", ""),
    ]
    rows = [
        {"RegioS": "GM9001", "Perioden": p, "Totaal_2": t, "Reactietijd0Tot15Minuten_3": n}
        for p, t, n in (("2024JJ00", 80, 60), ("2025JJ00", 0, 0), ("2025MM01", 10, 9))
    ]
    table = v3(["GM9001"], rows, topics, periods=["2024JJ00", "2025JJ00", "2025MM01"])
    with serve({"47008NED": table}) as source, Service(source.address, QUICK) as service:
        found = response.fetch_response(service, HERE)
    rows = rows_of(found)
    assert found.draft.units["prio1-within-norm"] == "%"
    assert found.draft.topics.keys() == {topic for _, topic, _ in rows}
    assert rows["GM9001", "prio1-within-norm", "2024"] == 75.0
    assert rows["GM9001", "prio1-within-norm", "2025-01"] == 90.0
    assert ("GM9001", "prio1-within-norm", "2025") not in rows


def test_response_times_that_come_as_percentages_are_not_divided_again():
    topics = [
        ("Totaal_2", "Totaal", "aantal", ""),
        ("Reactietijd0Tot15Minuten_3", "0 tot 15 minuten", "%", ""),
    ]
    rows = [
        {
            "RegioS": "GM9001",
            "Perioden": "2024JJ00",
            "Totaal_2": 80,
            "Reactietijd0Tot15Minuten_3": 82.5,
        }
    ]
    table = v3(["GM9001"], rows, topics, periods=["2024JJ00"])
    with serve({"47008NED": table}) as source, Service(source.address, QUICK) as service:
        found = rows_of(response.fetch_response(service, HERE))
    assert found["GM9001", "prio1-within-norm", "2024"] == 82.5


def test_a_police_unit_is_what_cbs_says_else_the_bundled_list_else_unknown():
    topics = [
        ("Code_32", "Code", "code", "Politie Regionale eenheden"),
        ("Code_34", "Code", "code", "Provincies"),
    ]
    rows = [
        {"RegioS": code, "Code_32": unit.ljust(8), "Code_34": "PV27"}
        for code, unit in (("GM9001", "RE04"), ("GM9002", "RE04"), ("GM9003", "RE05"))
    ]
    table = v3(["GM9001", "GM9002", "GM9003"], rows, topics)
    with serve({"86059NED": table}) as source, Service(source.address, QUICK) as service:
        assert unit_of("GM9001", service)[0] == ("GM9001", "GM9002")
    members, known_from = unit_of("GM0397", None)
    assert len(members) == 32 and "lijst bij Koers" in known_from
    with pytest.raises(UnknownUnitError, match="GM9001"):
        unit_of("GM9001", None)


@pytest.mark.shared
def test_the_recorded_shape_of_v4_is_read(shared):
    folder = shared / "data" / "protocol" / "v4_80416ned"

    def rows(name):
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["value"]

    observations = rows("Observations_first6")
    table = Table(
        {
            "Properties": [{"Title": "Pompprijzen"}],
            "Dimensions": rows("Dimensions"),
            "MeasureCodes": rows("MeasureCodes"),
            "PeriodenCodes": rows("PeriodenCodes_first2"),
            "Observations": observations,
        }
    )
    with (
        serve({"80416ned": table}, page=4) as source,
        ServiceV4(f"{source.address}/v4", QUICK) as service,
    ):
        measure, period = (
            service.measures("80416ned"),
            service.dimension("80416ned", ["TimeDimension"]),
        )
        from koers.sources.reading import Question

        received = service.read("80416ned", Layout((measure, period), ("Value",)), [Question("")])
        found = {}
        for piece in received:
            for m, p, value in zip(
                *(piece.columns[n] for n in ("Measure", "Perioden", "Value")), strict=True
            ):
                found[measure.plain[m], period.plain[p]] = value
    assert found == {(row["Measure"], row["Perioden"]): row["Value"] for row in observations}


@given(
    st.lists(st.from_regex(r"[A-Z0-9.]{1,8}", fullmatch=True), min_size=1, max_size=8, unique=True),
    st.data(),
)
def test_codes_are_found_with_and_without_padding_and_filters_are_padded(codes, data):
    width = max(map(len, codes)) + data.draw(st.integers(0, 3))
    dimension = Dimension(
        "Soort", "Dimension", tuple({"Key": code.ljust(width), "Title": code} for code in codes)
    )
    shown = [code.ljust(data.draw(st.sampled_from([0, width, width + 2]))) for code in codes]
    layout = Layout((dimension,), ("V",))
    columns = layout.read([{"Soort": code, "V": k} for k, code in enumerate(shown)])
    assert [dimension.plain[k] for k in columns["Soort"]] == codes
    assert dimension.equals(codes) == " or ".join(
        f"Soort eq '{code.ljust(width)}'" for code in codes
    )


@given(
    st.one_of(
        st.text(min_size=1),
        st.booleans(),
        st.just(-1.0),
        st.just(float("inf")),
        st.lists(st.integers()),
    )
)
def test_what_is_no_count_is_never_read_as_one(value):
    dimension = Dimension("Soort", "Dimension", ({"Key": "A", "Title": "A"},))
    with pytest.raises(TryAgainError):
        Layout((dimension,), ("V",)).read([{"Soort": "A", "V": value}])


@given(st.integers(1990, 2030), st.integers(1, 12), st.integers(1990, 2030))
def test_a_scope_wants_what_is_not_before_its_first_period(year, month, first):
    scope = Scope(None, Period(first, 1, "year"))
    assert scope.wants(Period.parse(f"{year}MM{month:02d}")) == (year >= first)
    assert scope.wants(Period.parse(f"{year}JJ00")) == (year >= first)


def test_a_name_is_the_same_whether_cbs_made_it_or_wrote_it():
    assert plain_name("k_0Tot15Jaar_8") == plain_name("0 tot 15 jaar")
    assert plain_name("AantalInwoners_5") == plain_name("Aantal inwoners")


def test_retry_after_is_a_number_or_a_moment_and_never_endless():
    assert retry_after("7") == 7
    assert retry_after("999999") == 300
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("straks") is None


def test_the_store_keeps_a_wide_table(tmp_path):
    with serve({"85984NED": key_figures_v3()}) as source, Service(source.address, QUICK) as service:
        found = statline.fetch_table([service], KEY_FIGURES, HERE)
        snapshot = FigureStore(tmp_path).write_stream(found.draft, found.batches())
    assert snapshot.manifest.table == "85984NED"
    assert snapshot.manifest.rows == len(AREAS[:-1]) * 3
