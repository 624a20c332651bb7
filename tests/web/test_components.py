"""The tags that pages are made of."""

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch


def rendered(source, **context):
    return Template("{% load koers %}" + source).render(Context(context))


def test_a_link_button_is_a_link_with_the_classes_of_the_component():
    html = rendered('{% link_button "Begin een plan" "plan:new" kind="secondary" css="k-noprint" %}')
    classes = "utrecht-button-link utrecht-button-link--html-a utrecht-button-link--secondary-action k-noprint"
    assert html == f'<a class="{classes}" href="/plan/nieuw/">Begin een plan</a>'


def test_a_link_button_says_what_it_is_about_and_takes_a_query():
    html = rendered('{% link_button "Behandelen" "plan:new" about=signal overleg=7 %}', signal="Meer <inbraken>")
    assert 'href="/plan/nieuw/?overleg=7"' in html
    assert '>Behandelen<span class="k-visually-hidden">: Meer &lt;inbraken&gt;</span></a>' in html


def test_a_link_button_to_a_view_that_does_not_exist_fails():
    with pytest.raises(NoReverseMatch):
        rendered('{% link_button "Nergens" "plan:bestaat-niet" %}')


def test_the_trail_escapes_names_and_keeps_its_links():
    html = rendered('{% crumbs %} <a href="/">Plan</a> › {{ name }} {% endcrumbs %}', name="A & <b>")
    assert html == '<nav class="k-crumbs" aria-label="Kruimelpad"><a href="/">Plan</a> › A &amp; &lt;b&gt;</nav>'
