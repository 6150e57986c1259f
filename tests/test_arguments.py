from datetime import date

import pytest

from geomap.extraction import extract
from geomap.layers import load_layers
from geomap.model import Count, Document
from geomap.recognition import recognize
from geomap.resolution import resolve, unnamed_regions

LAYERS = load_layers()[0]


def events(text, published=date(2024, 5, 10)):
    document = Document("d", text, published=published)
    toponyms = resolve(recognize(document), document)
    return extract(
        document, sorted([*toponyms, *unnamed_regions(toponyms, document)], key=lambda t: t.span.start), LAYERS
    )


def only(text, layer, published=date(2024, 5, 10)):
    (event,) = [e for e in events(text, published) if e.layer == layer]
    return event


def where(event):
    return event.toponym.place.name if event.toponym else None


@pytest.mark.parametrize(
    ("text", "layer", "place"),
    [
        ("A bus fell into a ravine near Cusco, Peru, on Monday, killing 19 people.", "accident", "Cusco"),
        ("An earthquake shook northern Chile on Monday.", "natural_disaster", "Chile"),
        ("Two boats carrying migrants capsized off Lampedusa, Italy.", "accident", "Lampedusa"),
        ("Police in Accra, Ghana, arrested nine men on Monday.", "arrest", "Accra"),
        ("A bomb exploded outside Baghdad, Iraq, on Monday.", "bombing", "Baghdad"),
        ("The strain caused its first outbreak outside Africa, doctors said.", "disease_outbreak", None),
        ("Brazil condemned the coup.", "condemnation", None),
        ("Last week Eritrea bombed Sudan with warplanes.", "air_strike", "Sudan"),
        ("Oman denounced the raid, and Paris urged calm.", "condemnation", None),
    ],
)
def test_where(text, layer, place):
    assert where(only(text, layer)) == place


def test_a_spot_that_no_gazetteer_knows_lies_in_the_town_that_holds_it():
    event = only(
        "Gunmen shot dead three guards at the Qwertyplex mall in Gothenburg, Sweden.", "violence_against_civilians"
    )
    assert where(event) in ("Gothenburg", "Göteborg")


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        ("on Wednesday", date(2024, 5, 8), date(2024, 5, 8)),
        ("last week", date(2024, 4, 29), date(2024, 5, 5)),
        ("on 3 March", date(2024, 3, 3), date(2024, 3, 3)),
        ("yesterday", date(2024, 5, 9), date(2024, 5, 9)),
    ],
)
def test_when(when, start, end):
    event = only(f"A car bomb exploded in Quetta, Pakistan, {when}, killing four people.", "bombing")
    assert (event.start, event.end) == (start, end)


def test_two_events_of_one_sentence_keep_their_own_dates():
    text = "After Monday's earthquake in Arequipa, Peru, rescuers on Thursday evacuated two villages."
    found = {e.layer: e.start for e in events(text)}
    assert found["natural_disaster"] == date(2024, 5, 6)
    assert found["humanitarian"] == date(2024, 5, 9)


@pytest.mark.parametrize(
    ("text", "layer", "killed", "injured"),
    [
        ("At least 12 people died when a ferry sank in Lake Kivu.", "accident", Count(12, None), None),
        (
            "A suicide bomber killed seven soldiers and wounded 15 in Baidoa, Somalia.",
            "bombing",
            Count(7, 7),
            Count(15, 15),
        ),
        ("A landslide buried a village in Nepal; nobody was killed.", "natural_disaster", Count(0, 0), None),
        ("A bomb exploded at a bank in Lima, Peru. No casualties were reported.", "bombing", Count(0, 0), Count(0, 0)),
        (
            "Divers recovered the bodies of three workers after an explosion at a power plant near Turin, Italy. "
            "This brings the death toll to six.",
            "accident",
            Count(6, 6),
            None,
        ),
        (
            "A bus hit a wall in Nantes, France. Two people were killed. Another passenger was also killed.",
            "accident",
            Count(3, 3),
            None,
        ),
        (
            "Seven people were injured and one other was injured when a tram derailed in Graz, Austria.",
            "accident",
            None,
            Count(8, 8),
        ),
    ],
)
def test_how_many(text, layer, killed, injured):
    event = only(text, layer)
    assert (event.killed, event.injured) == (killed, injured)


def test_who_did_it_to_whom_and_with_what():
    event = only("Rebels fired rockets at an army base in Tillabéri, Niger.", "missile_strike")
    assert {a.name for a in event.actors if a.role == "source"} == {"Rebels"}
    assert "rocket" in event.weapon


def test_a_weapon_is_no_actor():
    event = only("An Israeli missile struck a depot near Homs, Syria.", "missile_strike")
    (actor,) = [a for a in event.actors if a.role == "source"]
    assert (actor.country, "missile" in actor.name) == ("IL", False)


def test_who_only_claims_an_attack_did_not_do_it():
    for event in events("The general denied the US claims of a missile attack on Hodeidah, Yemen."):
        assert "US" not in [a.name for a in event.actors if a.role == "source"]


def test_no_casualties_is_said_of_all_in_the_sentence_before():
    text = (
        "A drone strike hit a base near Erbil and a bomb exploded at a market in Basra, Iraq. "
        "No casualties were reported."
    )
    assert {e.layer: e.killed for e in events(text)} == {"drone_strike": Count(0, 0), "bombing": Count(0, 0)}


def test_where_the_hurt_are_brought_is_not_where_it_was():
    assert where(only("Three people who were hurt in the blast were flown to Karachi.", "bombing")) is None


def test_a_court_is_no_hospital():
    text = "Four men were taken to court over bombings in Karachi, Pakistan."
    assert where(only(text, "bombing")) == "Karachi"


def test_what_is_said_of_a_place_is_not_said_there():
    text = "Kenya called for a quick end to the violence in eastern Congo."
    assert where(only(text, "appeal")) is None
