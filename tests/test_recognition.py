from itertools import pairwise

import pytest

from geomap import pipeline
from geomap.model import Document
from geomap.recognition import recognize


def names(text):
    return [(t.span.text, t.kind) for t in recognize(Document("d", text))]


def test_names_with_their_kinds():
    found = dict(names("Kenyan police said on Tuesday that a bus had overturned near Nakuru, Kenya."))
    assert found["Kenyan"] == "demonym"
    assert found["Nakuru"] == "literal"
    assert found["Kenya"] == "literal"


def test_a_government_is_no_place():
    assert dict(names("Ankara condemned the strike and said that Athens had been warned."))["Ankara"] == "metonym"


def test_offsets_are_exact():
    text = "Two villages near Kandahar, Afghanistan, were flooded; Afghans in Herat sent help."
    for toponym in recognize(Document("d", text)):
        assert text[toponym.span.start : toponym.span.end] == toponym.span.text


@pytest.mark.parametrize("text", ["", "No names here at all.", "!!!", "the southern region of the country was hit"])
def test_nothing_to_find(text):
    assert names(text) == []


def test_names_do_not_overlap_and_are_in_order():
    text = "From Lagos, Nigeria, to Accra, Ghana; then Lomé, Togo. Lagos again, and Ghanaians in Lagos." * 5
    spans = [t.span for t in recognize(Document("d", text))]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert sum(s.text == "Lagos" for s in spans) == 15


def test_direction_words_are_left_to_the_relation():
    assert ("Mali", "literal") in names("Gunmen attacked a convoy in northern Mali on Sunday.")


def test_possessive_is_no_part_of_the_name():
    assert any(name == "Bogotá" for name, _ in names("Thousands marched through Bogotá's centre."))


def test_a_possessive_may_be_part_of_a_name_that_the_gazetteer_has():
    found = names("Floods hit Cox's Bazar on Monday, and Kenya's Nakuru on Tuesday; a boat left Martha's Vineyard.")
    assert [name for name, _ in found] == ["Cox's Bazar", "Kenya", "Nakuru", "Martha's Vineyard"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Licking County Board of Realtors met in Newark, Ohio.", "Licking County"),
        ("He moved from Eugene, Ore., to Boise, Idaho.", "Ore."),
        ("QUETTA, Pakistan — A bomb struck a van.", "QUETTA"),
        ("Officers at Bagram Air Base heard two blasts.", "Bagram Air Base"),
    ],
)
def test_names_are_whole(text, name):
    assert name in [t.span.text for t in recognize(Document("d", text))]


def test_what_is_left_unread_changes_no_name():
    text = (
        "It was over. Nobody came, and he was not there when they went home. " * 8 + "Then Accra woke up. They left. "
    )
    document = Document("d", text)
    assert recognize(document) == recognize(document, whole=True)


def test_documents_read_ahead_come_in_order():
    documents = [
        Document(str(i), f"The road to {name} is open.") for i, name in enumerate(["Accra", "Lima", "Oslo"] * 9)
    ]
    found = [(d.id, [t.span.text for t in toponyms]) for d, toponyms in pipeline.places(documents)]
    assert found == [(str(i), [name]) for i, name in enumerate(["Accra", "Lima", "Oslo"] * 9)]
