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
