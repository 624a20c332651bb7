"""What is public comes back as it was kept."""

import datetime as dt

from koers.records.published import (
    PublishedGoal,
    PublishedMeasure,
    PublishedPlan,
    PublishedPriority,
)

SINCE = {
    "kind": "value",
    "unit": "per_1000_inhabitants",
    "direction": "most",
    "path": ["2026: 11"],
    "base": 12.0,
    "base_period": "2024",
    "peers": [],
    "question": "",
    "said": None,
}
KEPT = {
    "schema": 2,
    "title": "Plan",
    "start_year": 2025,
    "end_year": 2027,
    "summary": "Kort",
    "adopted_on": "2025-03-11",
    "progress_on": "2026-11-27",
    "lines": [
        {
            "line": 3,
            "slug": "jeugd",
            "title": "Jeugd",
            "description": "",
            "safety_field": "Jeugd en veiligheid",
            "sub_themes": ["Op straat"],
            "attention": False,
            "aside": False,
            "begins": None,
            "ends": None,
            "indicators": ["jeugdoverlast"],
            "goals": [
                {
                    "line": 5,
                    "title": "Minder",
                    "indicator": "jeugdoverlast",
                    "area_code": "",
                    "target": 10.0,
                    "due": "2027-12-31",
                    **SINCE,
                }
            ],
            "measures": [
                {
                    "line": 7,
                    "title": "Toezicht",
                    "description": "",
                    "sub_theme": "Op straat",
                    "kind": "enforcement",
                    "state": "running",
                    "start": "2026-01-01",
                    "end": None,
                }
            ],
        }
    ],
}


def test_a_published_plan_comes_back_as_it_was_kept():
    found = PublishedPlan.read(KEPT)
    assert found.kept() == KEPT
    day = dt.date(2027, 12, 31)
    assert found.line("jeugd") == PublishedPriority(
        line=3,
        slug="jeugd",
        title="Jeugd",
        safety_field="Jeugd en veiligheid",
        sub_themes=("Op straat",),
        indicators=("jeugdoverlast",),
        goals=(
            PublishedGoal(
                line=5,
                title="Minder",
                indicator="jeugdoverlast",
                target=10,
                due=day,
                unit="per_1000_inhabitants",
                direction="most",
                path=("2026: 11",),
                base=12,
                base_period="2024",
            ),
        ),
        measures=(
            PublishedMeasure(
                line=7,
                title="Toezicht",
                sub_theme="Op straat",
                kind="enforcement",
                state="running",
                start=dt.date(2026, 1, 1),
            ),
        ),
    )
    assert found.line("anders") is None


def test_a_goal_that_was_published_before_goals_had_kinds_is_a_value_and_a_date():
    (line,) = KEPT["lines"]
    (goal,) = line["goals"]
    old = {name: value for name, value in goal.items() if name not in SINCE}
    line = {k: v for k, v in line.items() if k not in ("safety_field", "sub_themes")}
    found = PublishedPlan.read({**KEPT, "schema": 1, "lines": [{**line, "goals": [old]}]})
    assert (found.lines[0].safety_field, found.lines[0].sub_themes) == ("", ())
    aim = found.lines[0].goals[0].aim("GM9001")
    assert (aim.kind, aim.unit, aim.target, aim.area) == ("value", "", 10.0, "GM9001")
    assert aim.due == dt.date(2027, 12, 31)


def test_attention_themes_stand_apart_from_priorities():
    theme = PublishedPriority(line=1, slug="evenementen", title="Evenementen", attention=True)
    found = PublishedPlan.read(KEPT).model_copy(update={"lines": (theme,)})
    assert (found.priorities, found.attention_themes) == ((), (theme,))
