"""The tags that pages are made of."""

import pytest
from django import forms
from django.template import Context, Template
from django.urls import NoReverseMatch


def rendered(source, **context):
    return Template("{% load koers %}" + source).render(Context(context))


def test_a_link_button_is_a_link_with_the_classes_of_the_component():
    html = rendered(
        '{% link_button "Begin een plan" "plan:new" kind="secondary" css="k-noprint" %}'
    )
    classes = (
        "utrecht-button-link utrecht-button-link--html-a utrecht-button-link--secondary-action"
        " k-noprint"
    )
    assert html == f'<a class="{classes}" href="/plan/nieuw/">Begin een plan</a>'


def test_a_link_button_says_what_it_is_about_and_takes_a_query():
    html = rendered(
        '{% link_button "Behandelen" "plan:new" about=signal overleg=7 %}', signal="Meer <inbraken>"
    )
    assert 'href="/plan/nieuw/?overleg=7"' in html
    assert '>Behandelen<span class="k-visually-hidden">: Meer &lt;inbraken&gt;</span></a>' in html


def test_a_link_button_to_a_view_that_does_not_exist_fails():
    with pytest.raises(NoReverseMatch):
        rendered('{% link_button "Nergens" "plan:bestaat-niet" %}')


def test_the_trail_escapes_names_and_keeps_its_links():
    html = rendered(
        '{% crumbs %} <a href="/">Plan</a> › {{ name }} {% endcrumbs %}', name="A & <b>"
    )
    assert (
        html == '<nav class="k-crumbs" aria-label="Kruimelpad"><a href="/">Plan</a> › A &amp;'
        " &lt;b&gt;</nav>"
    )


@pytest.mark.parametrize(
    ("chance", "said", "coloured"),
    [
        (0.004, "minder dan 1 van de 10", 0),
        (0.05, "1 van de 10", 1),
        (0.32, "3 van de 10", 3),
        (0.949, "9 van de 10", 9),
        (0.999, "meer dan 9 van de 10", 9),
    ],
)
def test_a_chance_is_so_many_of_ten_people_and_the_same_in_words(chance, said, coloured):
    html = rendered("{% chance_picture chance %}", chance=chance)
    assert f"Kans: {said}." in html
    kinds = [html.count(f'class="k-chance__{kind}"') for kind in ("on", "half", "off")]
    assert kinds[0] == coloured
    assert sum(kinds) == 10
    # Nothing is certain or impossible: at both ends one of the ten is coloured in part.
    assert (kinds[1] == 1) == ("dan" in said)


def test_without_a_chance_there_is_no_picture():
    assert rendered("{% chance_picture chance %}", chance=None).strip() == ""


class Asked(forms.Form):
    note = forms.CharField(label="Toelichting", required=False)
    seen = forms.BooleanField(label="Laat ook zien hoe ver het is", required=False)


def test_a_box_to_tick_is_not_said_to_may_stay_empty():
    html = str(Asked())
    assert html.count("(mag leeg blijven)") == 1
    assert html.index("(mag leeg blijven)") < html.index("Laat ook zien hoe ver het is")
