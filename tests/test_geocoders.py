from __future__ import annotations

import pytest
from geopy.exc import GeocoderQueryError
from geopy.location import Location
from geopy.point import Point

from geomap.gazetteer import Gazetteer, haversine
from geomap.geocoders import GazetteerGeocoder, place_from_location


@pytest.fixture(scope="module")
def geocoder() -> GazetteerGeocoder:
    return GazetteerGeocoder(gazetteer=Gazetteer.open())


@pytest.mark.parametrize(
    ("query", "latitude", "longitude"),
    [
        ("Capri, Italy", 40.55, 14.24),
        ("Springfield, Ill.", 39.8, -89.64),
        ("Springfield, IL, USA", 39.8, -89.64),
        ("Paris, Texas, US", 33.66, -95.56),
        ("Paris", 48.85, 2.35),
        ("Washington, D.C.", 38.9, -77.03),
        ("Alexandria, Rapides Parish, La.", 31.31, -92.45),
        ("London, Ontario", 42.98, -81.23),
        ("Harlem, New York City", 40.81, -73.95),
        ("Tripoli, Lebanon", 34.44, 35.83),
        ("Georgetown, South America", 6.8, -58.16),
    ],
)
def test_geocode(geocoder, query, latitude, longitude):
    location = geocoder.geocode(query)
    assert haversine(location.latitude, location.longitude, latitude, longitude) < 20


@pytest.mark.parametrize("query", ["", ", ,", "Xyzzyland", "Paris, Xyzzyland", "Aleppo, Peru", "x" * 5000])
def test_no_answer_is_none(geocoder, query):
    assert geocoder.geocode(query) is None
    assert geocoder.geocode(query, exactly_one=False) is None


def test_an_answer_says_what_it_is(geocoder):
    location = geocoder.geocode("Isfahan")
    assert location.raw["id"] == "geonames:418863"
    assert set(location.raw) == {"id", "name", "feature", "country", "admin1", "population"}
    assert location.address == "Isfahan, Iran"


def test_lists_limits_and_country_codes(geocoder):
    many = geocoder.geocode("Springfield", exactly_one=False)
    assert len(many) > 10
    assert len(geocoder.geocode("Springfield", exactly_one=False, limit=3)) == 3
    assert geocoder.geocode("London", country_codes="ca").raw["country"] == "CA"
    both = geocoder.geocode("Victoria", exactly_one=False, country_codes=["AU", "CA"])
    assert {location.raw["country"] for location in both} == {"AU", "CA"}
    assert geocoder.geocode("Aleppo", country_codes=["PE"]) is None


@pytest.mark.parametrize("query", ["32.65, 51.67", (32.65, 51.67), Point(32.65, 51.67)])
def test_reverse(geocoder, query):
    assert geocoder.reverse(query).raw["name"] == "Isfahan"
    assert len(geocoder.reverse(query, exactly_one=False, limit=4)) == 4


def test_what_is_no_query_is_a_geopy_error(geocoder):
    for call in (
        lambda: geocoder.geocode({"city": "Paris"}),
        lambda: geocoder.geocode("Paris", exactly_one=False, limit=0),
        lambda: geocoder.reverse("nowhere"),
        lambda: geocoder.reverse((95, 400)),
    ):
        with pytest.raises(GeocoderQueryError):
            call()


def test_an_own_answer_gives_the_place_of_the_gazetteer(geocoder):
    for query in ("Isfahan", "Syria", "Rapides Parish", "Strait of Hormuz", "Fordow"):
        best = geocoder.gazetteer.candidates(query)[0]
        assert place_from_location(geocoder.geocode(query)) == best


def test_an_answer_of_nominatim_gives_a_place():
    raw = {
        "osm_type": "relation",
        "osm_id": 4479751,
        "addresstype": "city",
        "name": "Isfahan",
        "address": {"state": "Isfahan Province", "country_code": "ir"},
    }
    place = place_from_location(Location("Isfahan, Isfahan Province, Iran", (32.65, 51.67), raw))
    assert (place.id, place.feature, place.country) == ("osm:relation/4479751", "city", "IR")
    assert (place.name, place.admin1, place.latitude) == ("Isfahan", "Isfahan Province", 32.65)


def test_an_answer_of_geonames_and_of_photon_gives_a_place():
    raw = {"geonameId": 418863, "name": "Isfahan", "countryCode": "IR", "fcode": "PPLA", "population": 1547164}
    place = place_from_location(Location("Isfahan, IR", (32.65, 51.67), raw))
    assert (place.id, place.feature, place.population) == ("geonames:418863", "city", 1547164)
    raw = {"properties": {"osm_type": "N", "osm_id": 5, "name": "Natanz", "countrycode": "IR", "type": "city"}}
    place = place_from_location(Location("Natanz", (33.5, 51.9), raw))
    assert (place.id, place.name, place.country) == ("osm:node/5", "Natanz", "IR")


def test_an_answer_of_a_stranger_is_an_address():
    raw = {"id": 7, "address": "1 Main St", "country": "<script>", "population": "many", "name": "a\nb" * 300}
    first = place_from_location(Location("1 Main St, Springfield", (39.8, -89.6), raw))
    assert first.id.startswith("geocoder:")
    assert (first.feature, first.country, first.population) == ("address", None, None)
    assert "\n" not in first.name
    assert len(first.name) <= 200
    assert first == place_from_location(Location("1 Main St, Springfield", (39.8, -89.6), raw))
    assert first.id != place_from_location(Location("2 Main St, Springfield", (39.8, -89.6), raw)).id
    assert place_from_location(Location("5 Rue X, Lyon", (45.7, 4.8), [])).name == "5 Rue X"
