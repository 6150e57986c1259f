import math
from dataclasses import replace
from datetime import date

import pytest

from geomap.layers import load_layers
from geomap.merging import Thresholds, coreference, happenings, merge, reasons, summarize
from geomap.model import Actor, Claim, Count, Document, Event, Place, Span, Toponym

LAYERS = load_layers()[0]
IZMIR = Place("geonames:311046", "İzmir", 38.41, 27.14, "city", "TR", "İzmir", 2500000)
TURKEY = Place("geonames:298795", "Türkiye", 39.0, 35.0, "country", "TR")
LIMA = Place("geonames:3936456", "Lima", -12.04, -77.03, "city", "PE", "Lima", 7700000)


def at(place, start=0):
    precision = "town" if place.feature == "city" else "country"
    return Toponym(
        Span(start, start + 4, place.name), "literal", place=place, precision=precision, radius_km=10.0, score=0.9
    )


def event(
    layer="natural_disaster", trigger="earthquake", start=0, document="a", place=None, day=date(2024, 3, 1), **more
):
    fields = {
        "id": f"{document}-{start}",
        "document": document,
        "layer": layer,
        "trigger": Span(start, start + len(trigger), trigger),
        "sentence": Span(start, start + 60, "A sentence."),
        "toponym": at(place, start) if place else None,
        "start": day,
        "end": day,
        "date_precision": "published" if day else None,
        "actors": (),
        "weapon": None,
        "killed": None,
        "injured": None,
        "status": "reported",
        "claims": (),
        "main": True,
        "score": 0.9,
    }
    return Event(**fields | more)


def document(name, day=date(2024, 3, 1), publisher=None):
    return Document(name, f"Text of {name}.", title=name, publisher=publisher or f"Paper {name}", published=day)


def test_later_mentions_join_the_first():
    groups = coreference([event(place=IZMIR), event(trigger="quake", start=200), event(place=TURKEY, start=300)])
    assert [len(g) for g in groups] == [3]


def test_two_words_of_one_sentence_are_one_happening_unless_both_count():
    first = event(layer="arrest", trigger="raids", day=None)
    bare = event(layer="arrest", trigger="arrested", start=20, day=None)
    assert len(coreference([first, bare])) == 1
    counted = [replace(e, killed=Count(n, n)) for n, e in ((3, first), (4, bare))]
    assert len(coreference(counted)) == 2
    # ... and a third word that counts nothing does not bring them together.
    third = replace(bare, id="a-40", trigger=Span(40, 48, "detained"))
    assert len(coreference([*counted, third])) == 2


def test_a_riot_has_two_sides_within_a_sentence():
    crowd = event("riot", "stormed", place=LIMA, actors=(Actor("protesters", "source", type="civilians"),))
    police = event("riot", "opened fire", start=20, place=LIMA, actors=(Actor("police", "source", type="police"),))
    assert len(coreference([crowd, police])) == 2
    assert len(coreference([crowd, replace(police, sentence=crowd.sentence)])) == 1


def test_near_a_town_is_in_the_province_that_holds_it():
    from shapely.geometry import Point

    province = Place("admin1:TR.IZ", "İzmir", 38.2, 27.3, "admin1", "TR")
    near = replace(at(IZMIR), footprint=Point(27.14, 38.41).buffer(0.2))
    wide = replace(at(province), precision="admin", radius_km=120.0)
    found = reasons(event(toponym=near), [event(toponym=wide, start=90)])
    assert ("the places agree", 0.5) in found


@pytest.mark.parametrize(
    "other",
    [
        event(start=100, place=LIMA),
        event(start=100, layer="protest", trigger="march", place=IZMIR),
        event(start=100, place=IZMIR, day=date(2023, 2, 6), date_precision="day", main=False),
    ],
)
def test_what_contradicts_stays_apart(other):
    first = event(place=IZMIR, day=date(2024, 3, 1), date_precision="day")
    assert len(coreference([first, other])) == 2


def test_condemnations_by_two_states_are_two():
    oman = event("condemnation", "denounced", actors=(Actor("Oman", "source", country="OM"),))
    france = event("condemnation", "condemned", start=90, actors=(Actor("France", "source", country="FR"),))
    assert len(coreference([oman, france])) == 2


def test_the_attack_points_back_to_the_strike():
    strike = event(
        "missile_strike",
        "missile struck",
        place=IZMIR,
        claims=(Claim(Span(0, 2, "US"), "US", "asserts", "", "a"),),
        status="claimed",
    )
    denial = event(
        "air_strike",
        "attack",
        start=150,
        status="denied",
        claims=(Claim(Span(150, 154, "Army"), "Army", "denies", "", "a"),),
    )
    (group,) = coreference([strike, denial])
    whole = summarize(group)
    assert (whole.layer, whole.status, len(whole.claims)) == ("missile_strike", "disputed", 2)
    assert whole.toponym.place is IZMIR


def test_reports_of_one_happening_become_one_incident():
    events = [
        event(place=IZMIR, document="a", killed=Count(3, 3)),
        event(place=IZMIR, document="b", day=date(2024, 3, 2), killed=Count(5, 5)),
    ]
    (incident,) = merge(events, [document("a"), document("b", date(2024, 3, 2))], LAYERS)
    assert incident.publishers == ("Paper a", "Paper b")
    assert incident.killed == Count(5, 5), "the latest toll counts"
    assert incident.start == date(2024, 3, 1)
    assert len(incident.events) == 2
    assert "İzmir" in incident.title


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [("air defense sites", "air defense positions", 1), ("some of the farmers", "some of the drivers", 2)],
)
def test_targets_without_a_name_are_known_by_their_words(first, second, number):
    doer = Actor("Israel", "source", country="IL")
    parts = [
        event("air_strike", "struck", document=d, actors=(doer, Actor(name, "target")))
        for d, name in (("a", first), ("b", second))
    ]
    assert len(merge(parts, [document("a"), document("b")], LAYERS)) == number


def test_the_ends_of_the_calendar_do_no_harm():
    last = {"place": IZMIR, "day": date.max, "date_precision": "day"}
    assert len(coreference([event(**last), event(trigger="quake", start=90, **last)])) == 1


def said_by(name, document, day=date(2024, 3, 1), **more):
    country = {"Oman": "OM", "France": "FR"}.get(name)
    speaker = Actor(name, "source", country=country, canonical=name, type="state" if country else "person")
    return event("condemnation", "condemned", document=document, day=day, actors=(speaker,), **more)


@pytest.mark.parametrize(
    ("other", "number"),
    [
        (said_by("Oman", "b"), 1),
        (said_by("France", "b"), 2),
        (said_by("Oman", "b", day=date(2024, 3, 2)), 2),
    ],
)
def test_one_speaker_condemns_once_a_day(other, number):
    incidents = merge([said_by("Oman", "a"), other], [document("a"), document("b")], LAYERS)
    assert len(incidents) == number


def test_plans_without_a_date_meet_by_the_day_of_their_reports():
    plan = {"layer": "diplomatic_meeting", "trigger": "meeting", "place": LIMA, "day": None, "status": "planned"}
    same = merge([event(**plan), event(document="b", **plan)], [document("a"), document("b")], LAYERS)
    later = document("b", day=date(2024, 6, 1))
    apart = merge([event(**plan), event(document="b", **plan)], [document("a"), later], LAYERS)
    assert (len(same), len(apart)) == (1, 2)


def test_an_unnamed_doer_may_be_the_one_that_another_report_names():
    shot = {"layer": "interception", "trigger": "shot down", "place": IZMIR}
    named = event(actors=(Actor("Turkish air defense", "source", country="TR"),), **shot)
    unnamed = event(document="b", actors=(Actor("air defense", "source"),), **shot)
    other = event(document="b", actors=(Actor("Greek air defense", "source", country="GR"),), **shot)
    documents = [document("a"), document("b")]
    assert len(merge([named, unnamed], documents, LAYERS)) == 1
    assert len(merge([named, other], documents, LAYERS)) == 2


def test_another_day_is_another_happening():
    events = [event(place=IZMIR, document="a"), event(place=IZMIR, document="b", day=date(2024, 3, 20))]
    assert len(merge(events, [document("a"), document("b", date(2024, 3, 20))], LAYERS)) == 2


def test_events_without_a_place_are_kept_without_a_position():
    (incident,) = merge([event("appeal", "urged")], [document("a")], LAYERS)
    assert (incident.place, incident.latitude, incident.footprint) == (None, None, None)


def test_order_of_input_changes_nothing():
    events = [event(place=IZMIR, document="a"), event(place=LIMA, document="b"), event(place=IZMIR, document="c")]
    documents = [document(n) for n in "abc"]
    assert merge(events, documents, LAYERS) == merge(events[::-1], documents[::-1], LAYERS)


def test_an_id_survives_a_further_report():
    first = event(place=IZMIR, document="a")
    later = event(place=IZMIR, document="b", day=date(2024, 3, 2))
    (alone,) = merge([first], [document("a")], LAYERS)
    (both,) = merge([first, later], [document("a"), document("b", date(2024, 3, 2))], LAYERS)
    assert alone.id == both.id


def test_daily_happenings_at_one_place_do_not_become_one():
    days = [date(2024, 3, d) for d in (1, 2, 3, 4, 5, 6)]
    events = [event(place=IZMIR, document=str(d.day), day=d) for d in days]
    found = merge(events, [document(str(d.day), d) for d in days], LAYERS)
    assert len(found) > 1
    for incident in found:
        starts = [e.start for e in incident.events]
        assert (max(starts) - min(starts)).days <= 2


def test_a_country_and_a_town_in_it_need_more_to_agree():
    vague = event(place=TURKEY, document="a")
    exact = event(place=IZMIR, document="b")
    documents = [document("a"), document("b")]
    assert len(merge([vague, exact], documents, LAYERS)) == 2
    toll = {"killed": Count(41, 41), "injured": Count(200, 200)}
    alike = [event(place=TURKEY, document="a", **toll), event(place=IZMIR, document="b", **toll)]
    assert len(merge(alike, documents, LAYERS)) == 1


def test_reasons_say_what_joins_and_what_parts():
    first = event(place=IZMIR, day=date(2024, 3, 1), date_precision="day")
    again = event(trigger="earthquake", start=100, place=IZMIR, day=date(2024, 3, 1), date_precision="day")
    told = dict(reasons(again, [first]))
    assert told["the types agree"] > 0
    assert told["the places agree"] > 0
    assert dict(reasons(event("protest", "march"), [first])) == {"the types differ": -math.inf}


def test_thresholds_decide_what_is_one():
    pair = [event(place=IZMIR), event(trigger="quake", start=200)]
    assert len(coreference(pair)) == 1
    assert len(coreference(pair, Thresholds(same=9.0))) == 2


def test_figures_of_one_day_that_contradict_are_a_range():
    def toll(document, low, high, day=date(2024, 3, 2)):
        return event(place=IZMIR, document=document, day=day, killed=Count(low, high))

    events = [toll("a", 3, 3, date(2024, 3, 1)), toll("b", 7, 7), toll("c", 12, 12)]
    days = {"a": date(2024, 3, 1), "b": date(2024, 3, 2), "c": date(2024, 3, 2)}
    (incident,) = merge(events, [document(n, d) for n, d in days.items()], LAYERS)
    assert incident.killed == Count(7, 12)


def test_who_copies_is_no_second_publisher():
    text = "An earthquake shook Izmir. Nobody was hurt. Schools stay closed on Tuesday, the governor said."
    events = [event(place=IZMIR, document=name) for name in "abc"]
    documents = [
        replace(document("a"), text=text),
        replace(document("b"), text=f"{text} Read more on our site."),
        replace(document("c"), text="Izmir trembled at dawn. People ran out of their houses. The power failed."),
    ]
    (incident,) = merge(events, documents, LAYERS)
    assert incident.publishers == ("Paper a", "Paper c")
    assert len(incident.sources) == 3


def test_background_without_a_place_is_left_out():
    background = event("armed_clash", "war", main=False, day=None)
    located = event("armed_clash", "war", start=90, main=False, day=None, place=IZMIR)
    assert happenings([background]) == []
    assert len(happenings([located])) == 1
    assert merge([background], [document("a")], LAYERS) == []
    assert len(happenings([background, event("armed_clash", "fighting", start=40)])) == 1


def test_another_name_for_it_is_no_second_attack():
    told = "Rebels attacked a port, calling it a preemptive strike."
    sentence = Span(0, len(told), told)
    attack = event("armed_clash", "attacked", start=told.index("attacked"), place=IZMIR, sentence=sentence)
    strike = event("air_strike", "strike", start=told.index("strike"), sentence=sentence)
    assert len(coreference([attack, strike])) == 1
