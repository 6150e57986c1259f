"""Outlines and footprints hold what they should, and nothing else."""

from __future__ import annotations

import json
import tomllib
import zlib
from itertools import accumulate
from pathlib import Path

import pytest
import shapely
from pyproj import Geod
from shapely.geometry import Point

from geomap import regions
from geomap.model import Place, Relation, Span
from geomap.regions import footprint, outline, radius_of

GEOD = Geod(ellps="WGS84")
DATA = Path(regions.__file__).parent / "_data"
ISFAHAN = Place("geonames:418863", "Isfahan", 32.65246, 51.67462, "city", "IR", "Isfahan", 1_547_164)
ALEPPO = Place("geonames:170063", "Aleppo", 36.2012, 37.1612, "city", "SY", "Aleppo", 1_602_264)


def _country(code: str) -> Place:
    return Place(f"country:{code}", code, 0.0, 0.0, "country", code)


def _area(place: Place, kind: str, **fields: object) -> regions.Area:
    area = footprint(place, Relation(kind, Span(0, 0, ""), **fields))  # type: ignore[arg-type]
    assert area is not None
    return area


def _holds(geometry: shapely.Geometry, latitude: float, longitude: float) -> bool:
    return bool(geometry.covers(Point(longitude, latitude)))


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(GEOD.inv(a[1], a[0], b[1], b[0])[2]) / 1000


@pytest.mark.parametrize(
    ("code", "inside", "outside"),
    [
        ("SY", (33.51, 36.29), (33.89, 35.50)),
        ("FR", (48.85, 2.35), (4.92, -52.31)),  # French Guiana is GF
        ("NO", (59.91, 10.75), (78.22, 15.65)),  # Svalbard is SJ
        ("XK", (42.66, 21.16), (44.79, 20.45)),
        ("PS", (31.50, 34.45), (32.08, 34.78)),
        ("UA", (44.95, 34.10), (55.75, 37.62)),  # Crimea
        ("SY", (33.00, 35.80), (32.70, 35.30)),  # the Golan Heights
        ("EH", (27.15, -13.20), (28.44, -11.10)),
        ("SO", (9.56, 44.06), (11.59, 43.15)),
        ("CY", (35.33, 33.32), (36.80, 34.63)),
    ],
)
def test_countries(code, inside, outside):
    geometry = outline(_country(code))
    assert geometry is not None
    assert _holds(geometry, *inside)
    assert not _holds(geometry, *outside)


@pytest.mark.parametrize(
    ("name", "code", "inside"),
    [
        ("Bavaria", "DE", (48.14, 11.58)),
        ("Île-de-France", "FR", (48.85, 2.35)),
        ("Scotland", "GB", (55.95, -3.19)),
        ("Sicily", "IT", (37.50, 15.09)),
        ("Khyber Pakhtunkhwa", "PK", (34.01, 71.58)),
        ("Ar-Raqqah Governorate", "SY", (35.95, 39.01)),
        ("Donetsk", "UA", (48.00, 37.80)),
        ("North Kivu", "CD", (-1.68, 29.22)),
        ("Zamboanga Peninsula", "PH", (7.80, 123.40)),
        ("Texas", "US", (30.27, -97.74)),
    ],
)
def test_divisions_by_any_usual_name(name, code, inside):
    geometry = outline(Place("x", name, *inside, "admin1", code))
    assert geometry is not None
    assert _holds(geometry, *inside)


def test_a_name_spelled_alike_is_not_enough():
    # South Kivu is spelled much like North Kivu, and lies elsewhere; Kenya's counties have no outline.
    north = outline(Place("x", "North Kivu", -0.8, 29.0, "admin1", "CD"))
    south = outline(Place("x", "South Kivu", -3.0, 28.4, "admin1", "CD"))
    assert north is not None
    assert south is not None
    assert north.intersection(south).area < 1e-6
    assert outline(Place("x", "Nakuru", -0.3, 36.1, "admin1", "KE")) is None


@pytest.mark.parametrize(
    ("name", "code", "inside", "outside"),
    [
        ("Donbas", "UA", (48.57, 39.31), (49.99, 36.23)),
        ("Kashmir", None, (34.08, 74.80), (31.63, 74.87)),
        ("the Sahel", None, (16.27, -0.04), (5.35, -4.02)),
        ("Horn of Africa", None, (9.03, 38.74), (-1.29, 36.82)),
        ("New England", "US", (42.36, -71.06), (40.71, -74.01)),
        ("Deep South", "TH", (6.87, 101.25), (32.38, -86.31)),
        ("Deep South", "US", (32.38, -86.31), (6.87, 101.25)),
    ],
)
def test_named_regions(name, code, inside, outside):
    geometry = outline(Place("x", name, 0.0, 0.0, "region", code))
    assert geometry is not None
    assert _holds(geometry, *inside)
    assert not _holds(geometry, *outside)


def test_continents_and_what_has_no_outline():
    africa = outline(Place("x", "Africa", 2.0, 16.0, "continent"))
    assert africa is not None
    assert _holds(africa, -1.29, 36.82)
    assert outline(ISFAHAN) is None
    assert outline(Place("x", "Natanz", 33.7, 51.7, "site", "IR")) is None
    assert outline(Place("x", "Red Sea", 20.0, 38.0, "sea")) is None


def test_every_name_in_the_table_of_regions_is_found():
    table = tomllib.loads((DATA / "regions.toml").read_text(encoding="utf-8"))
    directions = {"north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest", "central"}
    assert len(table["parts"]) >= 40
    missing = [
        f"{code}.{direction}: {name}"
        for code, parts in table["parts"].items()
        for direction, names in parts.items()
        for name in names
        if direction not in directions or not regions._unit(f"{code}/{name}")
    ]
    missing += [
        f"{name}: {unit}"
        for name, entry in table["regions"].items()
        for unit in entry.get("units", ())
        if not regions._unit(unit)
    ]
    known = regions._countries().by_code
    missing += [
        f"{name}: {code}"
        for name, entry in table["regions"].items()
        for code in entry.get("countries", ())
        if code not in known
    ]
    assert missing == []
    assert all(
        set(e) <= {"also", "units", "countries", "continents", "box", "world"} for e in table["regions"].values()
    )


@pytest.mark.parametrize(
    ("code", "direction", "inside", "outside"),
    [
        ("SY", "south", (32.62, 36.10), (36.20, 37.16)),
        ("LB", "south", (33.27, 35.20), (34.44, 35.83)),
        ("UA", "east", (48.00, 37.80), (49.84, 24.03)),
        ("CD", "east", (-1.68, 29.22), (-4.32, 15.31)),
        ("CD", "northeast", (1.57, 30.24), (-1.68, 29.22)),
        ("NG", "northeast", (11.83, 13.15), (6.45, 3.40)),
        ("IT", "south", (40.85, 14.27), (45.46, 9.19)),
        ("US", "west", (34.05, -118.24), (40.71, -74.01)),
        # not in the table: cut from the outline
        ("PT", "north", (41.15, -8.40), (37.02, -7.93)),
        ("PY", "central", (-23.40, -57.43), (-27.33, -55.87)),
        ("AU", "north", (-12.46, 130.90), (-37.81, 144.96)),
        ("CL", "south", (-51.73, -72.40), (-23.65, -70.40)),
        ("US", "east", (40.71, -74.01), (61.22, -149.90)),
    ],
)
def test_a_part_of_a_country(code, direction, inside, outside):
    area = _area(_country(code), "direction", direction=direction)
    assert area.precision == "region"
    assert area.geometry.is_valid
    assert _holds(area.geometry, *inside)
    assert not _holds(area.geometry, *outside)


def test_the_antimeridian_is_no_edge_and_no_wrap():
    russia = _area(_country("RU"), "direction", direction="northeast").geometry
    assert russia.is_valid
    assert _holds(russia, 66.0, 172.0)
    assert _holds(russia, 66.0, -172.5)
    assert not _holds(russia, 66.0, 30.0)
    assert all(-180 <= x <= 180 for x in shapely.get_coordinates(russia)[:, 0])
    # No part spans the globe.
    assert all(p.bounds[2] - p.bounds[0] < 180 for p in shapely.get_parts(russia))
    fiji = _area(_country("FJ"), "coast").geometry
    assert _holds(fiji, -16.5, 179.99)
    assert _holds(fiji, -16.5, -179.99) or _holds(fiji, -17.5, -179.99)
    assert not _holds(fiji, -17.0, 0.0)


def test_a_part_of_a_division_of_a_region_and_of_a_town():
    texas = _area(Place("x", "Texas", 31.0, -99.0, "admin1", "US"), "direction", direction="north")
    assert _holds(texas.geometry, 35.22, -101.83)
    assert not _holds(texas.geometry, 26.2, -98.2)
    west_africa = _area(Place("x", "Africa", 2.0, 16.0, "continent"), "direction", direction="west")
    assert _holds(west_africa.geometry, 7.38, 3.95)
    assert not _holds(west_africa.geometry, 30.04, 31.24)
    eastern = _area(ALEPPO, "direction", direction="east")
    assert eastern.precision == "town"
    point = eastern.geometry.representative_point()
    assert point.x > ALEPPO.longitude
    assert eastern.radius_km < 25


@pytest.mark.parametrize(
    ("direction", "bearing"), [("north", 0), ("northeast", 45), ("east", 90), ("south", 180), ("west", 270)]
)
@pytest.mark.parametrize("km", [5.0, 20.0, 300.0])
@pytest.mark.parametrize("latitude", [0.0, 32.65, -54.0, 65.0])
def test_distances_are_true_wherever_the_place_lies(latitude, km, direction, bearing):
    place = Place("x", "Somewhere", latitude, 51.67, "city")
    area = _area(place, "offset", direction=direction, distance_km=km)
    longitude, there, _ = GEOD.fwd(51.67, latitude, bearing, km * 1000)
    assert _holds(area.geometry, there, longitude)
    position = area.geometry.representative_point()
    assert _km((latitude, 51.67), (position.y, position.x)) == pytest.approx(km, rel=0.16)
    away = [_km((latitude, 51.67), (y, x)) for x, y in shapely.get_coordinates(area.geometry)]
    assert min(away) > 0.8 * km
    assert max(away) < 1.2 * km


def test_a_bearing_alone_and_a_distance_alone():
    north = _area(ISFAHAN, "offset", direction="north")
    assert north.geometry.bounds[1] >= ISFAHAN.latitude - 0.001
    assert (
        max(_km((ISFAHAN.latitude, ISFAHAN.longitude), (y, x)) for x, y in shapely.get_coordinates(north.geometry)) < 31
    )
    ring = _area(ISFAHAN, "offset", distance_km=20.0).geometry
    assert not _holds(ring, ISFAHAN.latitude, ISFAHAN.longitude)
    for bearing in (10, 100, 190, 280):
        longitude, latitude, _ = GEOD.fwd(ISFAHAN.longitude, ISFAHAN.latitude, bearing, 20_000)
        assert _holds(ring, latitude, longitude)


def test_beside_a_country():
    area = _area(_country("IL"), "offset", direction="north")
    assert _holds(area.geometry, 33.40, 35.50)
    israel = outline(_country("IL"))
    assert israel is not None
    assert area.geometry.intersection(israel).area < 0.01
    assert not _holds(area.geometry, 29.5, 35.0)


def test_near_grows_with_the_town_and_is_the_outline_of_a_country():
    village = _area(Place("x", "Village", 8.0, 49.8, "city", "SO", None, 2_000), "near")
    assert village.radius_km < _area(ISFAHAN, "near").radius_km < 30
    assert village.radius_km > 4
    assert _area(ISFAHAN, "near", distance_km=3.0).radius_km == pytest.approx(3.0, abs=0.3)
    assert _area(_country("SY"), "near").precision == "country"


@pytest.mark.parametrize("code", ["YE", "SO", "LB", "IL", "JP", "NO"])
def test_off_a_coast_is_sea_and_nearer_to_it_than_to_another(code):
    area = _area(_country(code), "coast")
    assert area.precision == "sea"
    land = regions._countries().shapes
    touching = regions._countries().tree.query(area.geometry, predicate="intersects")
    assert sum(area.geometry.intersection(land[i]).area for i in touching.tolist()) < 1e-6
    point = area.geometry.representative_point()
    own = outline(_country(code))
    assert own is not None
    assert own.distance(point) < 1.6


def test_off_a_coast_by_side_distance_and_town():
    south, west = (_area(_country("YE"), "coast", direction=d).geometry for d in ("south", "west"))
    assert _holds(south, 12.5, 46.0)
    assert _holds(west, 15.0, 42.2)
    assert not _holds(west, 14.5, 50.5)
    far = _area(_country("SO"), "coast", distance_km=200.0).geometry
    assert _holds(far, 5.0, 50.2)
    assert not _holds(far, 5.0, 48.6)
    eyl = Place("x", "Eyl", 7.98, 49.82, "city", "SO", None, 18_000)
    near = _area(eyl, "coast")
    assert near.precision == "sea"
    assert _km((7.98, 49.82), (near.geometry.centroid.y, near.geometry.centroid.x)) < 60


def test_no_coast_no_area():
    relation = Relation("coast", Span(0, 0, ""))
    assert footprint(_country("TD"), relation) is None
    assert footprint(ISFAHAN, relation) is None


def test_borders():
    blue_line = _area(_country("LB"), "border", other=_country("IL"))
    west, south, east, north = blue_line.geometry.bounds
    assert 32.9 < south < 33.15
    assert north < 33.5
    assert 35.0 < west < 35.2
    assert east < 36.0
    assert _holds(blue_line.geometry, 33.10, 35.40)
    assert blue_line.precision == "region"
    either = _area(_country("LB"), "border").geometry
    assert _holds(either, 33.10, 35.40)
    assert _holds(either, 34.62, 36.35)
    assert not _holds(either, 33.89, 35.52)
    southern = _area(_country("SY"), "border", direction="south").geometry
    assert _holds(southern, 32.55, 36.2)
    assert not _holds(southern, 36.65, 38.0)
    assert _area(_country("IL"), "border", other=_country("LB")).geometry.intersects(blue_line.geometry)


def test_no_border_no_area():
    assert footprint(_country("JP"), Relation("border", Span(0, 0, ""))) is None
    assert footprint(_country("FR"), Relation("border", Span(0, 0, ""), other=_country("JP"))) is None
    assert footprint(ISFAHAN, Relation("border", Span(0, 0, ""))) is None


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("direction", {"direction": "up"}), ("direction", {}), ("offset", {}), ("coast", {}), ("near", {})],
)
def test_what_can_not_be_drawn_is_left_out(kind, fields):
    assert footprint(Place("x", "Red Sea", 20.0, 38.0, "sea"), Relation(kind, Span(0, 0, ""), **fields)) is None
    if kind in ("direction", "offset"):
        assert footprint(_country("SY"), Relation(kind, Span(0, 0, ""), **fields)) is None


@pytest.mark.parametrize("code", ["RU", "FJ", "AQ", "US", "KI", "MV", "VA", "SG", "ID", "NZ", "GL"])
@pytest.mark.parametrize("kind", ["direction", "near", "border"])
def test_the_shapes_are_valid_rounded_and_no_accident_of_the_run(code, kind):
    relation = Relation(kind, Span(0, 0, ""), direction="southeast" if kind == "direction" else None)
    area = footprint(_country(code), relation)
    if area is None:
        return
    assert area.geometry.is_valid
    assert area.geometry.geom_type in ("Polygon", "MultiPolygon")
    corners = shapely.get_coordinates(area.geometry)
    assert abs(corners - corners.round(4)).max() < 1e-9
    regions._main_body.cache_clear()
    again = footprint(_country(code), relation)
    assert again is not None
    assert shapely.to_wkb(again.geometry) == shapely.to_wkb(area.geometry)


def test_the_radius_reaches_every_corner_from_the_position():
    disc = _area(ISFAHAN, "near").geometry
    center = disc.representative_point()
    reach = max(_km((center.y, center.x), (y, x)) for x, y in shapely.get_coordinates(disc))
    assert radius_of(disc) == pytest.approx(reach, abs=0.2)
    # Alaska and Hawaii don't make the United States larger.
    states = outline(_country("US"))
    assert states is not None
    assert 2000 < radius_of(states) < 3500


def test_neighbors_share_their_border_exactly():
    for table in (regions._countries(), regions._units()):
        assert shapely.is_valid(table.shapes).all()
        assert shapely.coverage_is_valid(table.shapes)


def numbers_in(letters):
    """Numbers as training/basemap.py writes them."""
    numbers, rest, place = [], 0, 1
    for letter in letters:
        value = [chr(c) for c in range(0x23, 0x7E) if chr(c) != "\\"].index(letter)
        rest, place = rest + value % 45 * place, place * 45
        if value < 45:
            numbers.append(rest // 2 if rest % 2 == 0 else -(rest + 1) // 2)
            rest, place = 0, 1
    return numbers


def test_the_base_map():
    packed = (DATA / "outlines" / "basemap.json.zlib").read_bytes()
    assert len(packed) <= 118_000
    data = json.loads(zlib.decompress(packed))
    arcs = []
    for letters in data["arcs"]:
        steps = numbers_in(letters)
        x, y = accumulate(steps[::2]), accumulate(steps[1::2])
        arcs.append([(a / 100, b / 100) for a, b in zip(x, y, strict=True)])

    def ring(numbers):
        return [point for n in numbers for point in (arcs[~n][::-1] if n < 0 else arcs[n])]

    countries = {}
    for code, name, (longitude, latitude, width), rings in data["countries"]:
        assert name
        assert -180 <= longitude / 100 <= 180
        assert -90 <= latitude / 100 <= 90
        assert width > 0
        parts = [shapely.Polygon(ring(numbers)) for numbers in rings]
        assert all(part.is_valid for part in parts), name
        whole = parts[0]
        for part in parts[1:]:  # holes and parts by the even-odd rule
            whole = whole.symmetric_difference(part)
        countries[code] = whole
    assert len(countries) >= 240
    lines = {*data["admin1"], *data["disputed"]}
    used = {~n if n < 0 else n for row in data["countries"] for numbers in row[3] for n in numbers}
    assert used | lines == set(range(len(arcs)))
    assert not used & set(data["admin1"])
    cities = list(zip(*data["cities"], strict=True))
    ranks = [rank for *_, rank in cities]
    assert ranks == sorted(ranks)
    assert {"Damascus", "Nairobi", "Lima"} <= {name for name, *_, rank in cities if rank == 0}
    assert _holds(countries["SY"], 33.51, 36.29)
    assert _holds(countries["UA"], 45.3, 34.4)
    west, _, east, _ = countries["RU"].bounds
    assert west >= -180
    assert east <= 180
