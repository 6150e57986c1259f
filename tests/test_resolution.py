import pytest
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from geomap.model import Document, Span, Toponym
from geomap.recognition import recognize
from geomap.resolution import geocode_text, resolve, unnamed_regions


def located(text, *names, country=None):
    """Resolve the given names (text, or (text, kind)) of a text, as recognition would have found them."""
    toponyms, at = [], 0
    for name in names:
        word, kind = name if isinstance(name, tuple) else (name, "literal")
        start = text.index(word, at)
        at = start + len(word)
        toponyms.append(Toponym(Span(start, at, word), kind))
    return resolve(toponyms, Document("d", text, country=country))


@pytest.mark.parametrize(
    ("text", "names", "country", "near"),
    [
        ("A fire broke out in Paris, Texas, on Monday.", ["Paris", "Texas"], "US", (33.66, -95.56)),
        ("A fire broke out in Paris on Monday.", ["Paris"], "FR", (48.85, 2.35)),
        ("Floods cut off Tripoli in the north of Lebanon.", ["Tripoli", "Lebanon"], "LB", (34.43, 35.84)),
        ("Militias clashed in Tripoli, Libya.", ["Tripoli", "Libya"], "LY", (32.89, 13.19)),
        ("Police in Córdoba, Argentina, arrested four men.", ["Córdoba", "Argentina"], "AR", (-31.41, -64.18)),
        ("The mayor of Springfield, Ill., resigned.", ["Springfield", "Ill."], "US", (39.80, -89.64)),
    ],
)
def test_the_text_decides_which_namesake_is_meant(text, names, country, near):
    place = located(text, *names)[0].place
    assert place.country == country
    assert abs(place.latitude - near[0]) < 0.3
    assert abs(place.longitude - near[1]) < 0.3


@pytest.mark.parametrize(
    ("text", "name", "feature"),
    [
        ("A bomb exploded in Herat province.", "Herat", "admin1"),
        ("A bomb exploded in Herat.", "Herat", "city"),
        ("Fires burned in the state of Chihuahua, officials said.", "Chihuahua", "admin1"),
        ("Fires burned in the city of Chihuahua, officials said.", "Chihuahua", "city"),
        ("New York state police closed the road.", "New York", "admin1"),
        ("The mayor of New York resigned.", "New York", "city"),
        ("The governor of Kharkiv spoke.", "Kharkiv", "admin1"),
        ("The county of Durham was flooded.", "Durham", "admin2"),
    ],
)
def test_a_word_beside_the_name_says_what_it_is(text, name, feature):
    assert located(text, name)[0].place.feature == feature


def test_a_province_and_its_town_may_stand_in_one_text():
    province, town = located("Shelling in Herat province went on. Shops in Herat closed.", "Herat", "Herat")
    assert (province.place.feature, town.place.feature) == ("admin1", "city")


def test_a_name_with_its_container_settles_one_with_a_mere_cue():
    places = located("Paris, Texas, voted. The Paris city council met.", "Paris", "Texas", "Paris")
    assert {t.place.country for t in places} == {"US"}


def test_a_country_is_not_its_capital_of_the_same_name():
    capital, country = located("Guatemala City was quiet, but not all of Guatemala.", "Guatemala City", "Guatemala")
    assert (capital.place.feature, country.place.feature) == ("city", "country")


def test_a_state_goes_before_the_small_town_called_like_it():
    text = "A man in Florida won a prize. He had lived in New York and in Albany before."
    assert located(text, "Florida", "New York", "Albany")[0].place.feature == "admin1"
    assert located("Staff in Washington and in Maryland stayed away.", "Washington")[0].place.feature == "city"


@pytest.mark.parametrize("word", ["West", "Western", "southeastern"])
def test_a_compass_word_alone_is_no_name(word):
    assert located(f"The {word} countries met in Colombo, Sri Lanka.", word, "Colombo", "Sri Lanka")[0].place is None


def test_a_sea_is_known_by_its_short_name():
    text = "Storms crossed the Atlantic from Iowa."
    assert located(text, "Atlantic", "Iowa")[0].place.feature == "sea"


def test_accents_tell_namesakes_apart():
    assert located("Police went to the state of Pará.", "Pará")[0].place.country == "BR"


@pytest.mark.parametrize(
    ("text", "names", "found"),
    [
        ("Soldiers left Mali. The capital was calm.", ["Mali"], []),
        ("Soldiers left Mali. Gunfire was heard in the capital.", ["Mali"], [("the capital", "Bamako")]),
        ("Troops entered Sinaloa. Roads across the state were shut.", ["Sinaloa"], [("the state", "Sinaloa")]),
        ("Rain fell on Goma. The city has no drains.", ["Goma"], [("The city", "Goma")]),
        ("Rain fell on Goma. The city council met.", ["Goma"], []),
        ("In Chad, a fire. It hit the country hard.", ["Chad"], [("the country", "Chad")]),
        ("Nobody knew the capital.", [], []),
    ],
)
def test_what_the_city_the_state_and_the_capital_stand_for(text, names, found):
    meant = unnamed_regions(located(text, *names), Document("d", text))
    assert [(t.span.text, t.place.name) for t in meant] == found


@pytest.mark.parametrize(
    ("text", "names", "middle"),
    [
        ("A bus burned on the road between Kano and Kaduna.", ["Kano", "Kaduna"], (11.2, 8.0)),
        ("A bus burned on the Kano-Kaduna road.", ["Kano", "Kaduna"], (11.2, 8.0)),
        ("A bus burned on the road from Kano to Kaduna.", ["Kano", "Kaduna"], (11.2, 8.0)),
    ],
)
def test_a_road_lies_between_its_towns(text, names, middle):
    from shapely.geometry import Point

    toponyms = located(text, *names)
    related = [t for t in toponyms if t.relation is not None]
    assert {t.relation.type for t in related} == {"between"}
    shape = related[0].footprint
    assert shape.contains(Point(middle[1], middle[0]))
    assert all(shape.distance(Point(t.place.longitude, t.place.latitude)) < 0.1 for t in toponyms)


def test_halfway_is_the_middle_of_the_way():
    from shapely.geometry import Point

    toponyms = located("A bus burned halfway between Kano and Kaduna.", "Kano", "Kaduna")
    shape = toponyms[0].footprint
    assert shape.contains(Point(8.0, 11.25))
    assert all(shape.distance(Point(t.place.longitude, t.place.latitude)) > 0.1 for t in toponyms)


def test_a_hospital_lies_in_the_town_it_is_called_after():
    text = "Floods hit Donegal. Letterkenny hospital took four in."
    assert located(text, "Donegal", "Letterkenny hospital")[1].place.name == "Letterkenny"
    assert located("The Lincoln hospital opened.", "Lincoln hospital")[0].place is None


def test_talks_between_two_countries_are_no_area():
    toponyms = located("Talks between Iran and Oman went on.", "Iran", "Oman")
    assert all(t.relation is None for t in toponyms)


def test_neighbors_decide():
    text = "Trains between Athens, Marietta and Macon were late; Atlanta was not affected."
    assert {t.place.country for t in located(text, "Athens", "Marietta", "Macon", "Atlanta")} == {"US"}


def test_a_hint_decides_where_the_text_does_not():
    text = "Roads in Cambridge were closed."
    assert located(text, "Cambridge", country="US")[0].place.country == "US"
    assert located(text, "Cambridge", country="GB")[0].place.country == "GB"


def test_mentions_of_one_name_are_one_place():
    text = "Valencia, Venezuela, was dark. Shops in Valencia closed."
    first, _, second = located(text, "Valencia", "Venezuela", "Valencia")
    assert first.place == second.place
    assert first.place.country == "VE"


def test_what_no_gazetteer_knows_has_no_place():
    (toponym,) = located("The elves left Qwxyzzyville at dawn.", "Qwxyzzyville")
    assert (toponym.place, toponym.precision, toponym.candidates) == (None, None, ())


def test_a_demonym_is_its_country():
    (toponym,) = located("Two Chadian soldiers died.", ("Chadian", "demonym"))
    assert (toponym.place.country, toponym.kind) == ("TD", "demonym")


def test_score_and_candidates_are_kept():
    (toponym,) = located("A storm hit San José.", "San José")
    assert 0 < toponym.score <= 1
    assert len(toponym.candidates) > 1
    assert toponym.candidates[0] == toponym.place


def test_a_street_lies_in_the_town_that_the_text_names():
    text = "Shots were fired on Qwertzberg Street in Leeds, England."
    street, town, _ = located(text, "Qwertzberg Street", "Leeds", "England")
    assert street.place == town.place
    assert street.score < town.score


@pytest.mark.parametrize(
    ("text", "name", "inside", "outside"),
    [
        ("Shells fell in southern Syria overnight.", "Syria", (36.1, 32.62), (37.16, 36.2)),
        ("Shells fell in the south of Syria overnight.", "Syria", (36.1, 32.62), (37.16, 36.2)),
        ("A convoy was hit 20 km north of Isfahan.", "Isfahan", (51.67, 32.83), (51.67, 32.65)),
        ("A tanker was boarded off the coast of Yemen.", "Yemen", (45.0, 12.5), (44.2, 15.35)),
    ],
)
def test_relative_places_have_a_footprint(text, name, inside, outside):
    from shapely.geometry import Point

    (toponym,) = located(text, name)
    assert toponym.relation is not None
    assert toponym.footprint.intersects(Point(inside))
    assert not toponym.footprint.intersects(Point(outside))
    assert toponym.precision in ("region", "sea", "admin")
    latitude, longitude = toponym.position
    assert toponym.footprint.intersects(Point(longitude, latitude).buffer(0.001))


def test_the_southern_region_is_that_of_the_country_named_before():
    text = "State media in Damascus spoke of strikes on Syria. Radars in the southern region were hit."
    document = Document("d", text)
    (found,) = unnamed_regions(located(text, "Damascus", "Syria"), document)
    assert found.place.country == "SY"
    assert found.written in text
    assert unnamed_regions([], document) == []


class OnePlace(Geocoder):
    """Knows one hamlet, as a service would answer."""

    def geocode(self, query, *, exactly_one=True, timeout=None):
        found = [Location("Qwxyzzyville, Nowhere", (10.0, 20.0), {"place_id": 7})] if query == "Qwxyzzyville" else []
        return (found or [None])[0] if exactly_one else found or None


def test_any_geopy_geocoder_can_be_asked():
    text = "The elves left Qwxyzzyville at dawn."
    toponyms = [Toponym(Span(15, 27, "Qwxyzzyville"), "literal")]
    (toponym,) = resolve(toponyms, Document("d", text), geocoder=OnePlace())
    assert (toponym.place.latitude, toponym.place.longitude) == (10.0, 20.0)


@pytest.mark.parametrize(
    ("query", "near", "precision"),
    [
        ("Capri, Italy", (40.55, 14.24), "town"),
        ("southern Syria", (32.9, 36.3), "region"),
        ("20 km north of Isfahan", (32.83, 51.67), "region"),
        ("Bogota", (4.61, -74.08), "town"),
    ],
)
def test_geocode_text(query, near, precision):
    best = geocode_text(query)[0]
    assert abs(best["lat"] - near[0]) < 0.6
    assert abs(best["lon"] - near[1]) < 0.6
    assert best["precision"] == precision
    assert (best["geometry"] is None) == (precision == "town")


@pytest.mark.parametrize("query", ["", "qwxyzzyville", "???", "of the"])
def test_geocode_text_without_an_answer(query):
    assert geocode_text(query) == []


def test_recognized_and_resolved_together():
    document = Document("d", "Protesters blocked roads in Cochabamba, Bolivia, after the vote.")
    found = {t.span.text: t.place.country for t in resolve(recognize(document), document) if t.place}
    assert found == {"Cochabamba": "BO", "Bolivia": "BO"}
