from dataclasses import replace
from itertools import pairwise

import pytest

from geomap.encoder import default_encoder
from geomap.layers import load_layers
from geomap.triggers import find_triggers, is_negated

LAYERS = load_layers()[0]


def triggers(text, layers=LAYERS):
    reading = default_encoder().read(text)
    return [
        (reading.span(m.tokens.start, m.tokens.stop).text, m.layer)
        for m in find_triggers(reading, default_encoder(), layers)
    ]


def test_triggers_come_in_order_with_their_layers():
    found = triggers("Thousands protested in Tbilisi, Georgia, on Sunday while an earthquake shook Batumi.")
    assert [layer for _, layer in found] == ["protest", "natural_disaster"]


def test_words_that_belong_together_are_one_trigger():
    text = "Iran launched a missile and drone attack on Erbil, Iraq, on Monday night, Kurdish officials said."
    assert len([words for words, _ in triggers(text) if "attack" in words or "missile" in words]) == 1


def test_no_two_happenings_stand_side_by_side():
    for text in (
        "Three people died in a stabbing spree in Leeds, England, on Friday.",
        "Seven people were killed in an arson attack on a house in Nantes, France.",
        "Twin bombings tore through a camp near Kohat, Pakistan.",
    ):
        reading = default_encoder().read(text)
        found = [m.tokens for m in find_triggers(reading, default_encoder(), LAYERS)]
        assert all(b.start > a.stop for a, b in pairwise(found))


def test_a_denial_is_no_happening_beside_the_one_that_it_denies():
    found = triggers("The general denied the claims of a missile attack on Hodeidah, Yemen.")
    assert [layer for _, layer in found] == ["missile_strike"]


@pytest.mark.parametrize(
    "text",
    [
        "The army declined to comment on the matter.",
        "The orchestra played Mahler in Vienna.",
        "The company launched a website for gardeners in Leeds.",
    ],
)
def test_what_is_no_happening(text):
    assert triggers(text) == []


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("Officials said that there had been no missile attack on Aden, Yemen.", True),
        ("Officials said that there had been a missile attack on Aden, Yemen.", False),
    ],
)
def test_what_did_not_happen_is_told_apart(text, negated):
    reading = default_encoder().read(text)
    (mention,) = [m for m in find_triggers(reading, default_encoder(), LAYERS) if m.layer == "missile_strike"]
    assert is_negated(reading, mention) is negated


def test_a_near_miss_silences_the_tagger_too():
    text = "Schools in Taipei took part in an air raid drill on Monday."
    assert "air_strike" not in {layer for _, layer in triggers(text)}
    bare = [replace(layer, near_misses=()) for layer in LAYERS]
    assert "air_strike" in {layer for _, layer in triggers(text, bare)}


def test_an_untrained_layer_fires_by_its_own_triggers_and_takes_the_words():
    mine = replace(LAYERS[0], id="river_cleanup", triggers=("river cleanup", "clean + river"), near_misses=())
    found = triggers(
        "Volunteers cleaned the river in Pune, India, and carried off six tons of plastic.", [*LAYERS, mine]
    )
    assert ("cleaned", "river_cleanup") in found
    assert len([layer for words, layer in found if words == "cleaned"]) == 1


def test_a_later_sentence_of_a_long_text_is_heard_too():
    filler = (
        "The town lies on a plain between two rivers and lives from its weavers, potters and a market for melons. " * 12
    )
    found = triggers(
        f"{filler}On Tuesday a car bomb exploded outside the market in Tikrit, Iraq, killing three people."
    )
    assert [layer for _, layer in found] == ["bombing"]
