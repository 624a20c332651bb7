"""A text of blocks: how it is typed, what becomes of ids when it is edited, and the older form."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.records.decision import HEADINGS, DecisionText
from koers.records.text import (
    Drawing,
    Items,
    Line,
    Paragraph,
    Section,
    SectionedText,
    edited,
    parse,
    plain,
    renewed,
    said,
    shown,
)

FIRST = "De gemeente werkt samen met politie en partners om criminaliteit te voorkomen."
SECOND = "Er wordt elke maand overlegd over de veiligheid in de wijken."
THIRD = "Het college legt het plan voor aan de raadscommissie."


def new_ids():
    numbers = count(1)
    return lambda: f"nieuw-{next(numbers)}"


def after(old, text):
    return edited("k", old, text, new_ids())


def ids(blocks):
    return [block.id for block in blocks]


def three():
    return parse("k", f"{FIRST}\n\n{SECOND}\n\n{THIRD}")


def test_what_was_kept_before_records_is_read_by_heading():
    kept = {
        "subject": "Plan",
        "decision": "1. In te stemmen;\n2. Voor te leggen.",
        "reasons": "Waarom.\n\nPrioriteit 1: Wonen;\nPrioriteit 2: Jeugd.\n\n- een\n- twee",
        "legal_basis": "",
    }
    found = DecisionText.read(kept)
    assert [(s.key, s.heading) for s in found.sections] == [(k, HEADINGS[k]) for k in kept]
    assert found.section("decision").blocks == (
        Items(id="decision-1", items=("In te stemmen;", "Voor te leggen."), ordered=True),
    )
    assert found.section("reasons").blocks == (
        Paragraph(id="reasons-1", text="Waarom."),
        Line(id="reasons-2-1", text="Prioriteit 1: Wonen;"),
        Line(id="reasons-2-2", text="Prioriteit 2: Jeugd."),
        Items(id="reasons-3", items=("een", "twee"), ordered=False),
    )
    assert {key: found.plain(key) for key in kept} == kept
    assert len(found.in_order) == 10 and found.plain("finances") == ""


def test_a_text_comes_back_as_it_was_kept():
    drawing = Drawing(id="figuur", svg="<svg/>", alt="woorden", caption="kop", source="bron")
    text = SectionedText(sections=(Section(key="a", heading="A", blocks=(*three(), drawing)),))
    assert SectionedText.read(text.kept()) == text
    assert text.kept()["schema"] == 1


def test_editing_one_paragraph_leaves_the_ids_of_the_others():
    again = after(three(), f"{FIRST}\n\n{SECOND[:-1]} en het centrum.\n\n{THIRD}")
    assert ids(again) == ["k-1", "k-2", "k-3"]
    assert said(again[1]).endswith("en het centrum.")


def test_a_paragraph_that_is_put_between_gets_an_id_of_its_own():
    again = after(three(), f"{FIRST}\n\nIets heel anders, over geld.\n\n{SECOND}\n\n{THIRD}")
    assert ids(again) == ["k-1", "nieuw-1", "k-2", "k-3"]


def test_a_paragraph_that_is_taken_out_takes_its_id_along():
    again = after(three(), f"{FIRST}\n\n{THIRD}")
    assert ids(again) == ["k-1", "k-3"]


def test_paragraphs_that_change_places_keep_their_ids():
    assert sorted(ids(after(three(), f"{SECOND}\n\n{FIRST}\n\n{THIRD}"))) == ["k-1", "k-2", "k-3"]


def test_a_paragraph_that_became_another_is_another():
    assert ids(after(three(), f"{FIRST}\n\nKosten: geen.\n\n{THIRD}"))[1] == "nieuw-1"


def test_a_list_is_no_paragraph_with_the_same_words():
    assert ids(after(parse("k", "- rust\n- orde"), "rust; orde")) == ["nieuw-1"]


def test_only_what_somebody_changed_is_no_longer_as_koers_filled_it_in():
    old = tuple(block.model_copy(update={"filled": True}) for block in three())
    again = after(old, f"{FIRST}\n\n{SECOND[:-1]}!\n\n{THIRD}")
    assert [block.filled for block in again] == [True, False, True]


def test_what_is_not_typed_stays():
    drawing = Drawing(id="figuur", svg="<svg/>", alt="woorden", caption="kop", source="bron")
    assert ids(after((*three(), drawing), FIRST)) == ["k-1", "figuur"]


def test_a_passage_to_confirm_is_typed_with_its_mark_and_confirmed_without_it():
    asked = parse("k", "[nog te bevestigen: Er is een enquête gehouden.]")
    assert asked == (Paragraph(id="k-1", text="Er is een enquête gehouden.", confirmed=False),)
    marked = "[nog te bevestigen: Er is een enquête gehouden.]"
    assert plain(asked) == said(shown(asked[0])) == marked
    (confirmed,) = after(asked, "Er is een enquête gehouden.")
    assert (confirmed.id, confirmed.confirmed) == ("k-1", True)
    listed = parse("k", "[nog te bevestigen: 1. een\n2. twee]")
    assert listed == (Items(id="k-1", items=("een", "twee"), ordered=True, confirmed=False),)
    assert plain(listed) == "[nog te bevestigen: 1. een\n2. twee]"
    assert shown(listed[0]).items[1] == "[nog te bevestigen: twee]"


def test_a_text_names_the_sections_that_wait_and_is_confirmed_by_block():
    text = DecisionText.read({"subject": "A", "finances": "[nog te bevestigen: Niets.]\n\nWel."})
    assert [s.key for s in text.unconfirmed] == ["finances"]
    assert text.confirm("finances-1").unconfirmed == ()
    assert text.heading_of("finances-1") == "Financiën"
    assert text.block("finances-9") is None


# --- filling in again -------------------------------------------------------------------------


def filled(text):
    return tuple(b.model_copy(update={"filled": True}) for b in parse("k", text))


def test_what_nobody_edited_is_renewed_and_what_people_wrote_stays():
    old = list(filled(f"{FIRST}\n\n{SECOND}\n\n{THIRD}"))
    old[1] = old[1].model_copy(update={"text": "Eigen woorden.", "filled": False})
    own = Paragraph(id="eigen", text="Een alinea erbij.")
    again = renewed((*old, own), filled("Nieuw begin.\n\nKoers weet beter.\n\nNieuw einde."))
    assert [said(b) for b in again] == [
        "Nieuw begin.",
        "Eigen woorden.",
        "Nieuw einde.",
        "Een alinea erbij.",
    ]
    assert ids(again) == ["k-1", "k-2", "k-3", "eigen"]


def test_a_line_more_in_the_plan_comes_in_its_place_and_one_less_goes():
    lines = "Prioriteit 1: A;\nPrioriteit 2: B."
    old = filled(f"{FIRST}\n\n{lines}\n\n{THIRD}")
    more = renewed(old, filled(f"{FIRST}\n\n{lines[:-1]};\nPrioriteit 3: C.\n\n{THIRD}"))
    assert [said(b) for b in more][1:4] == [
        "Prioriteit 1: A;",
        "Prioriteit 2: B;",
        "Prioriteit 3: C.",
    ]
    assert said(more[4]) == THIRD
    less = renewed(more, filled(f"{FIRST}\n\nPrioriteit 1: A.\n\n{THIRD}"))
    assert [said(b) for b in less] == [FIRST, "Prioriteit 1: A.", THIRD]


def test_what_was_confirmed_stays_so_as_long_as_it_says_the_same():
    fresh = [b.model_copy(update={"confirmed": False}) for b in filled(FIRST)]
    old = [fresh[0].model_copy(update={"confirmed": True})]
    assert renewed(old, fresh)[0].confirmed
    other = [fresh[0].model_copy(update={"text": "Iets anders."})]
    assert not renewed(old, other)[0].confirmed


# Without signs of a list: a paragraph that happens to begin with one is a list once it is typed.
words = st.text("abc de.\n[]:", max_size=60)


@given(words, words)
def test_whatever_is_typed_ids_are_unique_and_typing_the_same_changes_nothing(one, other):
    first = parse("k", one)
    again = after(first, other)
    assert len(set(ids(again))) == len(again)
    assert after(again, plain(again)) == again


@pytest.mark.parametrize("text", ["", " \n\n \n"])
def test_nothing_is_no_block(text):
    assert parse("k", text) == ()


def test_what_somebody_took_out_does_not_come_back_when_it_is_filled_in_again():
    fresh = filled(f"{FIRST}\n\n{SECOND}\n\n{THIRD}")
    section = Section(key="k", heading="K", blocks=fresh).typed(f"{FIRST}\n\n{THIRD}")
    assert section.removed == ("k-2",)
    assert [said(b) for b in section.renewed(fresh).blocks] == [FIRST, THIRD]
