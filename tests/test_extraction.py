from dataclasses import replace
from datetime import date

import pytest

from geomap.extraction import extract
from geomap.layers import load_layers
from geomap.model import Count, Document
from geomap.recognition import recognize
from geomap.resolution import resolve

LAYERS = load_layers()[0]


def events(text, published=date(2024, 5, 10), layers=LAYERS):
    document = Document("d", text, published=published)
    return extract(document, resolve(recognize(document), document), layers)


def only(text, layer):
    return next(e for e in events(text) if e.layer == layer)


def test_what_where_when_and_how_many():
    event = only(
        "A car bomb exploded outside a market in Mogadishu, Somalia, on Wednesday, killing 11 people and wounding 20.",
        "bombing",
    )
    assert event.toponym.place.name == "Mogadishu"
    assert event.start == event.end == date(2024, 5, 8)
    assert event.date_precision == "day"
    assert (event.killed, event.injured) == (Count(11, 11), Count(20, 20))
    assert event.status == "reported"


def test_news_without_a_time_is_dated_by_its_publication():
    event = only("An earthquake shook Arequipa, Peru, damaging hundreds of homes.", "natural_disaster")
    assert (event.start, event.date_precision) == (date(2024, 5, 10), "published")


def test_without_a_date_of_publication_there_is_no_date():
    found = events("An earthquake shook Arequipa, Peru, damaging hundreds of homes.", published=None)
    assert [e.start for e in found] == [None]


def test_an_attribution_is_kept_with_the_claim():
    event = only(
        "Rebels said they had captured the town of Kisangani in the Democratic Republic of the Congo.",
        "territorial_change",
    )
    assert event.status == "claimed"
    assert any(c.stance == "asserts" and "Rebels" in c.name for c in event.claims)


def test_a_government_named_by_its_capital_is_never_the_place():
    for event in events("Ankara condemned the raid, and Washington urged both sides to show restraint."):
        assert event.toponym is None


def test_offsets_and_quotes_are_those_of_the_text():
    text = "Ferry workers went on strike in Piraeus, Greece. A storm sank two boats off Crete."
    for event in events(text):
        assert text[event.trigger.start : event.trigger.end] == event.trigger.text
        assert event.trigger.text in event.sentence.text
        assert text[event.sentence.start : event.sentence.end] == event.sentence.text


@pytest.mark.parametrize(
    "text", ["", "The orchestra played Mahler in Vienna.", "Comments (0)", "Share this article\nRead more"]
)
def test_texts_without_events(text):
    assert events(text) == []


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.id)
def test_example_and_counter_of_each_layer(layer):
    assert layer.id in {e.layer for e in events(layer.example)}
    assert layer.id not in {e.layer for e in events(layer.counter)}


def test_a_layer_that_a_user_adds_works_untrained():
    mine = replace(
        LAYERS[0], id="wildlife_crime", title="Wildlife crime", triggers=("poaching", "poacher"), near_misses=()
    )
    text = "Rangers said poachers had killed four elephants near Luangwa, Zambia."
    found = [e for e in events(text, layers=[*LAYERS, mine]) if e.layer == "wildlife_crime"]
    assert len(found) == 1
    assert found[0].trigger.text == "poachers"
    assert found[0].toponym is not None


def test_types_that_are_not_asked_for_are_left_out():
    protest = [layer for layer in LAYERS if layer.id == "protest"]
    text = "Thousands protested in Tbilisi, Georgia, while an earthquake shook Batumi."
    assert {e.layer for e in events(text, layers=protest)} == {"protest"}


LONG = "The town lies on a plain between two rivers and lives from its weavers, potters and a market for melons. " * 8


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("Ministers will discuss the bombings at their summit in Nairobi, Kenya, next week.", "bombing"),
        ("Delegates in Vienna are due to debate the missile strike on Thursday.", "missile_strike"),
        ("ASEAN leaders are expected to discuss the earthquake at a summit in Jakarta.", "natural_disaster"),
    ],
)
def test_what_is_discussed_has_happened_elsewhere(text, layer):
    event = only(text, layer)
    assert event.toponym is None
    assert event.status == "reported"
    assert not [actor for actor in event.actors if actor.role == "source"]


def test_what_is_discussed_keeps_its_own_place():
    event = only("Talks in Geneva about the shelling of Kharkiv will resume on Monday.", "shelling")
    assert event.toponym.written == "Kharkiv"


def test_who_is_on_alert_is_not_who_made_it_so():
    event = only(
        "Kenya had been in a state of high alert following Somalia's pledge to retaliate against the unprecedented "
        "rocket attack against Somalia last Saturday.",
        "military_posture",
    )
    assert [a.name for a in event.actors if a.role == "source"] == ["Kenya"]


def test_who_is_known_only_from_the_doers_is_claimed():
    event = only(
        "The rebels said they had captured the town of Goma in the Democratic Republic of the Congo.",
        "territorial_change",
    )
    assert event.status == "claimed"


def test_a_blame_in_the_next_sentence_is_a_claim():
    found = events("A drone struck a barracks in Kassala, Sudan, on Monday. The army blamed the Rapid Support Forces.")
    strike = next(e for e in found if e.layer == "drone_strike")
    assert [(c.name, c.stance) for c in strike.claims] == [("army", "asserts")]
    assert strike.status == "claimed"


def test_a_denial_in_another_sentence_is_a_claim():
    found = events(
        f"A missile struck a depot in Aden, Yemen, on Monday, the Saudi army said. {LONG}"
        "Abdul Malik, a spokesman for the Houthis, denied that a missile attack had taken place."
    )
    denying = [c.name for e in found for c in e.claims if c.stance == "denies"]
    assert denying == ["Abdul Malik"]


def test_a_denial_of_an_attack_is_not_one_of_its_interception():
    found = events(
        f"A missile struck a depot in Aden, Yemen, on Monday, the Saudi army said. {LONG}"
        "Air defense shot down two drones, state media said. Local officials denied that an attack had taken place."
    )
    denied = {e.layer for e in found if any(c.stance == "denies" for c in e.claims)}
    assert "interception" in {e.layer for e in found}
    assert denied
    assert "interception" not in denied


def test_what_nobody_says_happened_is_no_event():
    assert [e.layer for e in events("There was no earthquake in Arequipa, Peru, on Monday.")] == []


STORY = (
    "Two men shot a shopkeeper dead in Malmö, Sweden, on Monday. Witnesses called the police at once. "
    "Neighbors laid flowers at the door, and the shop stayed closed for the week, as did all others of the street. "
    "The shopkeeper had sold fruit, bread and newspapers there for thirty years, and half the quarter knew his name. "
    "{} "
    "The quarter has many shops and two schools. Trees stand on both sides of the street, and on the square there "
    "is a fountain where children play in summer. Nobody could remember such a thing to have happened there before."
)


def test_deeds_without_a_place_take_the_scene():
    found = events(STORY.format("A prosecutor charged two brothers with murder on Thursday."))
    charge = next(e for e in found if e.layer == "justice")
    first = next(e for e in found if e.layer == "violence_against_civilians")
    assert charge.toponym.place == first.toponym.place
    assert charge.toponym.score < first.toponym.score


def test_words_of_officials_take_no_scene():
    found = events(STORY.format("The prime minister of Norway condemned the killing."))
    assert [e.toponym for e in found if e.layer == "condemnation"] == [None]


def test_who_counts_the_cases_of_a_disease_confirms_them():
    (counted,) = [e for e in events("Ghana reports 31 new cases of cholera.") if e.layer == "disease_outbreak"]
    (told,) = [e for e in events("A cholera outbreak spread in Accra, Ghana.") if e.layer == "disease_outbreak"]
    assert (counted.status, told.status) == ("confirmed", "reported")


@pytest.mark.parametrize(
    ("dateline", "place"),
    [("SEVERN, Md. (WXYZ) — ", "Severn"), ("PADUCAH, Ky. - ", "Paducah"), ("", None)],
)
def test_a_local_story_is_placed_by_its_dateline(dateline, place):
    found = events(f"{dateline}A man was arrested on Monday after he stole a tractor, police said.")
    (arrest,) = [e for e in found if e.layer == "arrest"]
    assert (arrest.toponym.place.name if arrest.toponym else None) == place


CALM = (
    "The weather has been mild for weeks, and the farms of the county have sown early this year. Neighbors say that "
    "nothing of the kind was ever heard of in their street, which has a bakery, a school and a playing field. The "
    "river is low, and those who fish in it come home with little. Old people speak of the great drought, when "
    "even the wells fell dry and the cattle were driven over the hills to where there was grass. "
)


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ("", "Slidell"),
        ("The band comes from Lacombe, Louisiana.", "Slidell"),  # a town as near as this is of the same story
        ("The band comes from Portland, Oregon.", None),
    ],
)
def test_a_story_of_one_town_happens_there(rest, place):
    bakery = "The bakery of Slidell, Louisiana, will open again in May, and the county's school has a new hall."
    text = f"A man of 24 was arrested on Thursday. {CALM}{bakery} Nobody has bought a ticket. {rest}"
    (arrest,) = [e for e in events(text) if e.layer == "arrest"]
    assert (arrest.toponym.place.name if arrest.toponym else None) == place


def test_a_story_from_a_capital_does_not_happen_there():
    text = f"WASHINGTON (AP) — {CALM}{CALM}A man of 24 was arrested on Thursday."
    assert [e.toponym for e in events(text) if e.layer == "arrest"] == [None]


@pytest.mark.parametrize("told", ["is still recovering from a crash", "was hurt in a crash three years ago"])
def test_what_lies_back_is_background(told):
    assert not only(f"The driver {told} and hopes to race again in Monza, Italy.", "accident").main


def test_who_died_elsewhere_is_not_added():
    text = "Two miners were killed and another was hurt when a shaft collapsed in Soma, Turkey."
    fall = next(e for e in events(f"{text} 22 workers have died there since May.") if e.layer == "accident")
    assert fall.killed == Count(2, 2)


def test_counts_of_people_and_weapons_go_to_the_event_they_are_of():
    flood, wreck = (
        only(
            "Floods in Sindh, Pakistan, have displaced 12,000 people. "
            "A ferry sank off Cebu, Philippines. Nine are missing.",
            layer,
        )
        for layer in ("natural_disaster", "accident")
    )
    assert (flood.displaced, flood.missing) == (Count(12_000, 12_000), None)
    assert (wreck.displaced, wreck.missing) == (None, Count(9, 9))
    arrest = only("Police arrested more than 120 protesters in Tbilisi, Georgia, on Thursday.", "arrest")
    assert arrest.arrested == Count(120, None)
    barrage = only("Iran fired about 200 ballistic missiles at Tel Aviv on Tuesday.", "missile_strike")
    assert (barrage.fired, barrage.killed) == (Count(200, 200), None)
