"""What is public comes back as it was kept."""

import datetime as dt

from koers.records.published import (
    PublishedGoal,
    PublishedMeasure,
    PublishedPlan,
    PublishedPriority,
)

KEPT = {
    "schema": 1,
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
            "attention": False,
            "indicators": ["jeugdoverlast"],
            "goals": [
                {
                    "line": 5,
                    "title": "Minder",
                    "indicator": "jeugdoverlast",
                    "area_code": "",
                    "target": 10.0,
                    "due": "2027-12-31",
                }
            ],
            "measures": [
                {
                    "line": 7,
                    "title": "Toezicht",
                    "description": "",
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
        indicators=("jeugdoverlast",),
        goals=(
            PublishedGoal(line=5, title="Minder", indicator="jeugdoverlast", target=10, due=day),
        ),
        measures=(
            PublishedMeasure(
                line=7,
                title="Toezicht",
                kind="enforcement",
                state="running",
                start=dt.date(2026, 1, 1),
            ),
        ),
    )
    assert found.line("anders") is None


def test_attention_themes_stand_apart_from_priorities():
    theme = PublishedPriority(line=1, slug="evenementen", title="Evenementen", attention=True)
    found = PublishedPlan.read(KEPT).model_copy(update={"lines": (theme,)})
    assert (found.priorities, found.attention_themes) == ((), (theme,))
