"""Shapes: outlines of countries, divisions and named regions, and areas described by means of a place.

In: a `Place` and a `Relation` ("southern Syria", "20 km north of Isfahan", "off the coast of Yemen"). Out: polygons in
WGS 84 degrees (longitude, latitude), cut at the antimeridian, rounded to four decimals, and radii in kilometres.

Distances from a point are geodesics. Outlines are cut in a Lambert azimuthal equal-area plane of their own, in metres.
The outlines and what a direction means for a country are data: _data/outlines (Natural Earth) and _data/regions.toml.
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.affinity import scale, translate
from shapely.geometry import GeometryCollection, MultiPoint, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geomap.errors import GeomapError
from geomap.model import Place, Precision, Relation

__all__ = ["Area", "footprint", "outline", "radius_of"]

_Array = npt.NDArray[np.float64]

_DATA = Path(__file__).parent / "_data"
_GEOD = pyproj.Geod(ellps="WGS84")
_BEARINGS = {
    "north": 0, "northeast": 45, "east": 90, "southeast": 135,
    "south": 180, "southwest": 225, "west": 270, "northwest": 315,
}  # fmt: skip
#: Share of a country's extent along the bearing that "southern" means, where regions.toml does not say.
_THIRD = 1 / 3
#: Share of a country's area that "central" means.
_CENTRAL = 0.35
#: Parts of a country further than this (km) from its main body play no role in "southern" or "eastern".
_MAIN_BODY_KM = 500.0
#: "20 km north": a sector of the bearing ± half the angle between two of the eight winds, and of the distance ± 15 %.
_HALF_ANGLE = 22.5
_SPREAD = 0.15
#: How far (km) "north of Homs" and "north of Israel" reach, where the text gives no distance.
_REACH_TOWN_KM = 30.0
_REACH_COUNTRY_KM = 100.0
#: Width (km) of the zone on each side of a border, and of the sea off a country's and a town's coast.
_BORDER_KM = 10.0
_COAST_COUNTRY_KM = 100.0
_COAST_TOWN_KM = 50.0
#: Coast within this distance (km) belongs to a town.
_TOWN_COAST_KM = 20.0
#: Persons a km² of built-up area; an assumption, within the range of today's towns (some 2,000 to 10,000).
_DENSITY = 4000.0
_GENERIC = re.compile(
    r"(?:province|governorate|region|state|oblast|county|district|department|prefecture|muhafazat|wilaya|wilayat|division|"
    r"autonomous|republic|krai|territory|rayon|voivodeship|the|of|de|and)$"
)
_ARTICLES = re.compile(r"(?:al|ar|as|ash|an|ad|at|az|el|ed|es)$")
_LETTERS = str.maketrans("əıøłđðæœßŋ", "eioldðaosn", "'’‘`ʻʿʾ´.")
#: Words by which names differ that are spelled much alike.
_COMPASS = re.compile(
    r"\b(?:north|south|east|west|norte|sul|sur|nord|sud|est|ouest|upper|lower|central|middle|alta|baja|new|greater)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Area:
    """What a relation to a place describes."""

    geometry: BaseGeometry  #: polygon or multipolygon in degrees
    precision: Precision
    radius_km: float  #: kilometres, see `radius_of`


def _key(name: str) -> str:
    """Fold a name, so that "Ar Raqqah Governorate" and "Raqqah" are one."""
    folded = unicodedata.normalize("NFKD", name).casefold().translate(_LETTERS)
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", folded)
    kept = [w for w in words if not _GENERIC.match(w)] or words
    return " ".join([w for w in kept if not _ARTICLES.match(w)] or kept)


def _keys(name: str) -> list[str]:
    """Give the keys of a name; "Homs (Hims)" has three."""
    inner = re.fullmatch(r"(.+?)\s*\((.+)\)", name)
    return [_key(n) for n in (name, *(inner.groups() if inner else ()))]


@dataclass(frozen=True)
class _Outlines:
    """A table of outlines, decoded from WKB once."""

    codes: list[str]
    names: list[str]
    continents: list[str]
    spellings: list[list[str]]
    divisions: list[str]
    shapes: npt.NDArray[Any]

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    @cached_property
    def by_code(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for i, code in enumerate(self.codes):
            index.setdefault(code, []).append(i)
        return index

    @cached_property
    def by_name(self) -> dict[str, tuple[dict[str, list[int]], ...]]:
        """For each country: keys of names, of GeoNames divisions and of other spellings, each to rows."""
        index: dict[str, tuple[dict[str, list[int]], ...]] = {}
        for i, code in enumerate(self.codes):
            lists = ([self.names[i]], [self.divisions[i]] if self.divisions[i] else [], self.spellings[i])
            for table, names in zip(index.setdefault(code, ({}, {}, {})), lists, strict=True):
                for key in dict.fromkeys(k for n in names for k in _keys(n)):
                    table.setdefault(key, []).append(i)
        return index


@lru_cache(maxsize=2)
def _read(file: str) -> _Outlines:
    from pyarrow.parquet import ParquetFile

    path = _DATA / "outlines" / file
    try:
        table = ParquetFile(path).read(use_threads=False).to_pydict()
    except (OSError, ValueError) as error:
        raise GeomapError(f"{path}: outlines can't be read ({error}); install geomap again") from error
    n = len(table["country"])
    return _Outlines(
        codes=table["country"],
        names=table["name"],
        continents=table.get("continent", [""] * n),
        spellings=table.get("names", [[]] * n),
        divisions=table.get("division", [""] * n),
        shapes=shapely.from_wkb(np.array(table["geometry"], dtype=object)),
    )


_countries = partial(_read, "countries.parquet")
_units = partial(_read, "admin1.parquet")


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    path = _DATA / "regions.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise GeomapError(f"{path}: named regions can't be read ({error}); install geomap again") from error


@lru_cache(maxsize=1)
def _region_names() -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for name, entry in _table()["regions"].items():
        for key in dict.fromkeys(_key(n) for n in (name, *entry.get("also", ()))):
            index.setdefault(key, []).append(name)
    return index


def _match(country: str, name: str) -> list[int]:
    """Give the rows of the units of a country that bear a name, as a unit, a GeoNames division or another spelling."""
    tables = _units().by_name.get(country, ())
    return next((table[key] for table in tables for key in _keys(name) if key in table), [])


def _match_division(place: Place, name: str) -> list[int]:
    """Give the rows of a division of the gazetteer, also where its name is spelled otherwise or groups some units."""
    names, divisions, spellings = _units().by_name.get(place.country or "", ({}, {}, {}))
    for table in (divisions, names, spellings):
        for key in _keys(name):
            if key in table:
                return table[key]
    merged = spellings | divisions | names
    point = Point(place.longitude, place.latitude)
    for key in difflib.get_close_matches(_key(name), merged, n=3, cutoff=0.75):
        same = sorted(_COMPASS.findall(key)) == sorted(_COMPASS.findall(_key(name)))
        # Spelling alone may err; the place must lie there as well.
        if same and any(shapely.dwithin(_units().shapes[i], point, 0.1) for i in merged[key]):
            return merged[key]
    return []


def _union(shapes: Sequence[BaseGeometry]) -> BaseGeometry | None:
    joined: BaseGeometry | None = shapely.union_all(np.array(shapes, dtype=object)) if len(shapes) > 1 else None
    return shapes[0] if len(shapes) == 1 else joined


def _unit(reference: str) -> list[BaseGeometry]:
    """Give the shapes of "SY/Daraa"; of a region of regions.toml where no division has the name."""
    country, _, name = reference.partition("/")
    rows = _match(country, name)
    region = _region(name) if not rows and name in _table()["regions"] else None
    return [_units().shapes[i] for i in rows] if region is None else [region]


@lru_cache(maxsize=256)
def _region(name: str) -> BaseGeometry | None:
    """Give the shape of an entry of regions.toml."""
    entry, table = _table()["regions"][name], _countries()
    codes, continents = entry.get("countries", ()), entry.get("continents", ())
    shapes = [
        shape
        for code, continent, shape in zip(table.codes, table.continents, table.shapes, strict=True)
        if code in codes or continent in continents or entry.get("world", False)
    ]
    shapes += [shape for reference in entry.get("units", ()) for shape in _unit(reference)]
    if "box" in entry:
        limits = box(*entry["box"])
        shapes = [shapely.intersection(s, limits) for s in shapes if s.intersects(limits)]
    joined = _union(shapes)
    return None if joined is None else _polygons(joined)


@lru_cache(maxsize=4096)
def outline(place: Place) -> BaseGeometry | None:
    """Give the polygon of a country, of a first-level division or of a named region; None for what has none here.

    Borders are those of Natural Earth at some 2 km, in degrees (EPSG:4326).
    """
    if place.feature == "country" and place.country in _countries().by_code:
        shape: BaseGeometry = _countries().shapes[_countries().by_code[place.country][0]]
        return shape
    if place.feature == "admin1" and place.country:
        names = [n for n in dict.fromkeys((place.name, place.admin1)) if n]
        rows = next((found for name in names if (found := _match_division(place, name))), [])
        if rows:
            return _union([_units().shapes[i] for i in rows])
    if place.feature in ("region", "continent", "admin1"):
        for name in _region_names().get(_key(place.name), ()):
            entry = _table()["regions"][name]
            codes = [*entry.get("countries", ()), *(u.partition("/")[0] for u in entry.get("units", ()))]
            if place.country is None or place.country in codes:
                return _region(name)
    rows = _match(place.country, place.name) if place.feature == "region" and place.country else []
    return _union([_units().shapes[i] for i in rows])


class _Plane:
    """A Lambert azimuthal equal-area projection around a point; metres."""

    def __init__(self, longitude: float, latitude: float) -> None:
        self._center = longitude
        self._laea = pyproj.Proj(proj="laea", lon_0=round(longitude, 4), lat_0=round(latitude, 4), ellps="WGS84")

    def project(self, degrees: _Array) -> _Array:
        """Project rows of longitude and latitude to rows of x and y."""
        return np.column_stack(self._laea(degrees[:, 0], degrees[:, 1]))

    def forward(self, geometry: Any) -> Any:
        """Project degrees to metres; long edges follow the meridian or parallel they were drawn along."""
        return shapely.transform(shapely.segmentize(geometry, 1.0), self.project)

    def back(self, geometry: BaseGeometry) -> BaseGeometry:
        """Project metres to degrees, cut at the antimeridian."""

        def inverse(meters: _Array) -> _Array:
            longitude, latitude = self._laea(meters[:, 0], meters[:, 1], inverse=True)
            # Around the center without a jump, so that a polygon across the antimeridian stays whole until it is cut.
            return np.column_stack([(longitude - self._center + 180) % 360 - 180 + self._center, latitude])

        shape: Any = shapely.transform(shapely.segmentize(geometry, 100_000.0), inverse)
        if shape.bounds[0] >= -180 and shape.bounds[2] <= 180:
            cut: BaseGeometry = shape
        else:
            turned = [translate(shapely.make_valid(shape), turn) for turn in (-360.0, 0.0, 360.0)]
            cut = shapely.union_all([shapely.intersection(t, box(-180, -90, 180, 90)) for t in turned])
        return cut


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """Keep the polygons of a geometry, made valid."""
    if geometry.geom_type in ("Polygon", "MultiPolygon") and geometry.is_valid:
        return geometry
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(geometry)))
    flat = [p for p in parts if p.geom_type == "Polygon"]
    return flat[0] if len(flat) == 1 else MultiPolygon(flat)


def _true_area(parts: Any) -> _Array:
    """Give relative areas of polygons in degrees, true to scale: longitude and the sine of latitude."""
    flat = shapely.transform(parts, lambda c: np.column_stack([c[:, 0], np.degrees(np.sin(np.radians(c[:, 1])))]))
    return np.asarray(shapely.area(flat), dtype=np.float64)


@lru_cache(maxsize=512)
def _main_body(geometry: BaseGeometry) -> tuple[_Plane, BaseGeometry]:
    """Give a plane around the largest part of a shape, and there the parts that lie near it or near one that does.

    This leaves out Alaska and Hawaii, Easter Island, the Azores; it keeps Corsica, Socotra, Sakhalin. Parts that the
    antimeridian cuts in two come together.
    """
    parts = shapely.get_parts(geometry)
    center = parts[int(np.argmax(_true_area(parts)))].centroid
    plane = _Plane(center.x, center.y)
    flat = plane.forward(parts)
    if len(parts) > 1:
        near = shapely.buffer(shapely.simplify(flat, 20_000.0), _MAIN_BODY_KM * 500.0, quad_segs=2)
        clusters = shapely.get_parts(shapely.union_all(near))
        home = clusters[int(np.argmin(shapely.distance(clusters, plane.forward(center))))]
        flat = flat[shapely.intersects(flat, home)]
    return plane, _polygons(_dissolve(flat))


def _dissolve(flat: Any) -> BaseGeometry:
    """Join polygons of a plane on a grid of one metre, which closes the seam where the antimeridian cut them."""
    joined: BaseGeometry = shapely.union_all(shapely.make_valid(flat), grid_size=1.0)
    return joined


def _finish(shape: BaseGeometry, precision: Precision) -> Area | None:
    """Round a shape in degrees and measure it; None where nothing is left."""
    rounded = _polygons(shapely.set_precision(_polygons(shape), 0.0001))
    if rounded.is_empty:
        return None
    rounded = shapely.normalize(rounded)
    return Area(rounded, precision, radius_of(rounded))


def _finish_flat(plane: _Plane, shape: BaseGeometry, precision: Precision) -> Area | None:
    """The same for a shape in a plane; detail below a five-hundredth of its extent is left out."""
    tolerance = min(2_000.0, max(shape.bounds[2] - shape.bounds[0], shape.bounds[3] - shape.bounds[1]) / 500.0)
    return None if shape.is_empty else _finish(plane.back(_polygons(shapely.simplify(shape, tolerance))), precision)


def radius_of(geometry: BaseGeometry) -> float:
    """Give the distance (km) from a shape's representative point to its farthest vertex, along the geodesic.

    A circle around `Toponym.position` with this radius holds the shape. Parts far from the main body (overseas
    territory) don't count.
    """
    point = geometry.representative_point()
    plane, body = _main_body(geometry)
    corners = shapely.get_coordinates(plane.back(body))
    center = np.broadcast_to([point.x, point.y], corners.shape)
    _, _, meters = _GEOD.inv(center[:, 0], center[:, 1], corners[:, 0], corners[:, 1])
    return round(float(np.max(meters)) / 1000.0, 1)


def footprint(place: Place, relation: Relation) -> Area | None:
    """Give the area that a relation to a place describes; None where it describes none ("off the coast of Chad").

    - direction: the divisions that regions.toml names, else the outer third along the bearing; of a town, a sector
    - offset: a sector, or a ring where no bearing is given
    - near: a circle of 5 to 25 km by the town's size; of a country or division, its outline
    - coast: the sea nearer to this coast than to another; border: the land 10 km to both sides
    - between: a strip along the geodesic to the other place, its middle third for "central"
    """
    if place.feature == "sea":
        return None
    if relation.type == "between":
        return _strip(place, relation.other, relation.direction == "central")
    shape = outline(place)
    if relation.type == "direction":
        return _part(place, shape, relation.direction)
    if relation.type == "offset":
        return _offset(place, shape, relation.direction, relation.distance_km)
    if relation.type == "near":
        return _near(place, shape, relation.distance_km)
    if relation.type == "coast":
        return _coast(place, shape, relation.direction, relation.distance_km)
    return _border(place, shape, relation)


def _town_radius(place: Place) -> float:
    """Give the radius (km) of the built-up area that so many people fill; 3 km where their number is not known."""
    if not place.population:
        return 3.0
    return min(25.0, max(1.0, math.sqrt(place.population / (math.pi * _DENSITY))))


def _sector(place: Place, low_km: float, high_km: float, bearing: float | None, half_angle: float) -> BaseGeometry:
    """Give the part of a ring around a place; all of it where no bearing is given."""
    plane = _Plane(place.longitude, place.latitude)
    around = np.linspace(0.0, 360.0, 73)[:-1]
    angles = around if bearing is None else bearing + np.linspace(-half_angle, half_angle, 17)

    def arc(km: float) -> _Array:
        start = (np.full(len(angles), place.longitude), np.full(len(angles), place.latitude))
        longitude, latitude, _ = _GEOD.fwd(*start, angles, np.full(len(angles), km * 1000.0))
        return plane.project(np.column_stack([longitude, latitude]))

    outer = arc(high_km)
    inner = arc(low_km) if low_km > 0 else None
    if bearing is None:
        return plane.back(Polygon(outer, [inner] if inner is not None else []))
    return plane.back(Polygon(np.vstack([outer, inner[::-1] if inner is not None else np.zeros((1, 2))])))


def _beyond(shape: BaseGeometry, direction: str, share: float, extent: BaseGeometry | None = None) -> BaseGeometry:
    """Give what lies in the outer share of the extent along a bearing, in a plane."""
    angle = math.radians(_BEARINGS[direction])
    along, across = np.array([math.sin(angle), math.cos(angle)]), np.array([math.cos(angle), -math.sin(angle)])
    reach = shapely.get_coordinates(_large(extent if extent is not None else shape)) @ along
    cut = reach.max() - share * (reach.max() - reach.min())
    far = 1e8
    corners = [cut * along - far * across, cut * along + far * across]
    return shapely.intersection(shape, Polygon([*corners, corners[1] + far * along, corners[0] + far * along]))


def _large(shape: BaseGeometry, share: float = 0.01) -> BaseGeometry:
    """Keep the parts that have some share of the largest one's area: islets don't make a country longer."""
    parts = shapely.get_parts(shape)
    areas = shapely.area(parts)
    kept = parts[areas >= share * areas.max()] if len(parts) > 1 else parts
    return GeometryCollection(kept.tolist())


def _center(shape: BaseGeometry) -> BaseGeometry:
    """Give the middle of a shape: its hull, shrunk until it holds the share of the area that "central" means."""
    hull, middle = shape.convex_hull, shape.centroid
    low, high = 0.0, 1.0
    part = shape
    for _ in range(12):
        factor = (low + high) / 2
        part = shapely.intersection(scale(hull, factor, factor, origin=middle), shape)
        low, high = (factor, high) if part.area < _CENTRAL * shape.area else (low, factor)
    return part


def _part(place: Place, shape: BaseGeometry | None, direction: str | None) -> Area | None:
    if direction is None or (direction != "central" and direction not in _BEARINGS):
        return None
    if shape is None:
        radius = max(1.5, _town_radius(place))
        central = direction == "central"
        wedge = _sector(place, 0.0, radius / (1 + central), None if central else _BEARINGS[direction], 45.0)
        return _finish(wedge, "town")
    named = _named_part(place, direction)
    if named is not None:
        plane, body = _main_body(named)
        return _finish_flat(plane, body, "region")
    plane, body = _main_body(shape)
    return _finish_flat(plane, _center(body) if direction == "central" else _beyond(body, direction, _THIRD), "region")


def _named_part(place: Place, direction: str) -> BaseGeometry | None:
    """Give the shape that regions.toml has for "southern Syria" or "West Africa"."""
    if place.feature == "country":
        names = _table()["parts"].get(place.country, {}).get(direction, ())
        return _union([shape for name in names for shape in _unit(f"{place.country}/{name}")])
    for form in (f"{direction} {place.name}", f"{direction}ern {place.name}"):
        for name in _region_names().get(_key(form), ()):
            return _region(name)
    return None


def _offset(place: Place, shape: BaseGeometry | None, direction: str | None, km: float | None) -> Area | None:
    bearing = _BEARINGS.get(direction) if direction is not None else None
    if (direction is not None and bearing is None) or (direction is None and not km):
        return None
    if shape is None:
        low, high = (km * (1 - _SPREAD), km * (1 + _SPREAD)) if km else (0.0, _REACH_TOWN_KM)
        return _finish(_sector(place, low, high, bearing, _HALF_ANGLE), "region")
    plane, body = _main_body(shape)
    # Beside a country or division: the strip along its border or coast on that side.
    low, high = (km * (1 - _SPREAD), km * (1 + _SPREAD)) if km else (0.0, _REACH_COUNTRY_KM)
    coarse = shapely.simplify(body, 1_000.0 + math.sqrt(body.area) / 1_000.0)
    strip = coarse.buffer(high * 1000.0).difference(coarse.buffer(low * 1000.0) if low else body)
    if direction is not None:
        middle = body.centroid
        far = 4 * math.hypot(body.bounds[2] - body.bounds[0], body.bounds[3] - body.bounds[1]) + high * 4000.0
        angles = np.radians(_BEARINGS[direction] + np.linspace(-45, 45, 9))
        arc = np.column_stack([middle.x + far * np.sin(angles), middle.y + far * np.cos(angles)])
        strip = strip.intersection(Polygon(np.vstack([arc, [[middle.x, middle.y]]])))
        strip = _beyond(strip, direction, 0.2, body)
    if not km and not strip.is_empty:
        # "North of Israel" is on land, as far as there is land.
        land = shapely.intersection(strip, _land(plane, strip))
        strip = land if land.area > 0.2 * strip.area else strip
    return _finish_flat(plane, strip, "region")


def _near(place: Place, shape: BaseGeometry | None, km: float | None) -> Area | None:
    if shape is None:
        radius = km if km else min(25.0, max(5.0, 3 * _town_radius(place)))
        return _finish(_sector(place, 0.0, radius, None, 0.0), "region")
    plane, body = _main_body(shape)
    if km:
        return _finish_flat(plane, body.buffer(km * 1000.0), "region")
    kinds: dict[str, Precision] = {"country": "country", "admin1": "admin"}
    return _finish_flat(plane, body, kinds.get(place.feature, "region"))


def _strip(place: Place, other: Place | None, middle: bool) -> Area | None:
    """Give a strip along the geodesic between two places, a sixth as wide as it is long and at least 6 km."""
    if other is None:
        return None
    ends = (place.longitude, place.latitude, other.longitude, other.latitude)
    bearing, _, meters = _GEOD.inv(*ends)
    if meters < 1.0:
        return None
    share = np.linspace(1 / 3, 2 / 3, 9) if middle else np.linspace(0.0, 1.0, 17)
    at = (np.full(len(share), place.longitude), np.full(len(share), place.latitude))
    longitude, latitude, _ = _GEOD.fwd(*at, np.full(len(share), bearing), share * meters)
    center = len(share) // 2
    plane = _Plane(float(longitude[center]), float(latitude[center]))
    line = shapely.LineString(plane.project(np.column_stack([longitude, latitude])))
    return _finish_flat(plane, shapely.buffer(line, max(3_000.0, meters / 12.0), quad_segs=6), "region")


def _land(plane: _Plane, zone: BaseGeometry) -> BaseGeometry:
    """Give all land in a zone of a plane."""
    table, pieces = _countries(), []
    for part in shapely.get_parts(plane.back(zone)):
        window = box(*part.bounds).buffer(0.5)
        for i in sorted(table.tree.query(window).tolist()):
            pieces.append(shapely.intersection(table.shapes[i], window))
    flat = plane.forward(np.array([p for p in pieces if not p.is_empty], dtype=object))
    return _dissolve(flat)


def _coast(place: Place, shape: BaseGeometry | None, direction: str | None, km: float | None) -> Area | None:
    """Cut the sea beside a coast: what is nearer to this coast than to any other."""
    if shape is None:
        plane = _Plane(place.longitude, place.latitude)
        body: BaseGeometry = Point(0.0, 0.0).buffer(_TOWN_COAST_KM * 1000.0)
        home = body
        reach = 1000.0 * (km * (1 + _SPREAD) if km else _COAST_TOWN_KM)
    else:
        plane, body = _main_body(shape)
        reach = 1000.0 * (km * (1 + _SPREAD) if km else _COAST_COUNTRY_KM)
        # The coast of Yemen is that of its mainland, without Socotra.
        home = _large(body, 0.05)
    detail = min(2_000.0, reach / 50.0)
    zone = shapely.simplify(home, 2 * detail).buffer(reach, quad_segs=6)
    exact = _land(plane, zone.buffer(reach, quad_segs=3))
    own = shapely.intersection(body, exact)
    if shapely.intersection(own, zone).is_empty:
        return None
    # Few vertices, and none of them on land: the coast is moved out by no less than it may have been moved in.
    land = shapely.simplify(shapely.simplify(exact, detail).buffer(1.9 * detail, quad_segs=2), 0.9 * detail)
    sea = zone.difference(land)
    if km:
        sea = sea.difference(shapely.simplify(home, 2 * detail).buffer(1000.0 * km * (1 - _SPREAD), quad_segs=6))
    if km and shape is None:
        # A distance from a town says enough; another's coast may well be nearer so far out.
        beside = sea
    else:
        beside = sea.intersection(_nearest(own, exact.difference(body.buffer(100.0, quad_segs=1)), reach))
        if km and beside.is_empty:
            beside = sea
    if direction in _BEARINGS:
        beside = _beyond(beside, direction, 0.5, home)
    # Lakes and inlets are no sea.
    parts = [p for p in shapely.get_parts(beside) if p.geom_type == "Polygon" and p.area > 5 * reach * detail]
    return _finish(plane.back(shapely.multipolygons(parts)), "sea") if parts else None


def _nearest(own: BaseGeometry, foreign: BaseGeometry, reach: float) -> BaseGeometry:
    """Give the part of a plane that is nearer to one shape than to another: the cells of the points along its edge."""
    spacing = max(2_000.0, reach / 15.0)

    def points(shape: BaseGeometry) -> _Array:
        edge = shapely.segmentize(shapely.simplify(shape, spacing / 4), spacing)
        return np.unique(np.round(shapely.get_coordinates(edge)), axis=0)

    mine = points(own)
    theirs = points(foreign) if not foreign.is_empty else np.empty((0, 2))
    theirs = theirs[shapely.dwithin(shapely.points(theirs), own.envelope, 2 * reach)]
    everywhere = own.envelope.buffer(4 * reach)
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(np.vstack([mine, theirs])), extend_to=everywhere))
    owner = shapely.STRtree(cells).query(shapely.points(mine), predicate="intersects")[1]
    joined: BaseGeometry = shapely.union_all(cells[np.unique(owner)])
    return joined


def _border(place: Place, shape: BaseGeometry | None, relation: Relation) -> Area | None:
    """Give the land to both sides of a border."""
    if shape is None:
        return None
    if relation.other is not None:
        other = outline(relation.other)
        sides = [] if other is None else [other]
    else:
        table = _countries() if place.feature == "country" else _units()
        near = table.shapes[np.sort(table.tree.query(shape, predicate="touches"))]
        sides = [s for s in near.tolist() if not s.equals(shape)]
    lines = [line for side in sides for line in _shared(shape, side)]
    if not lines:
        return None
    edge = shapely.union_all(lines)
    plane = _Plane(edge.centroid.x, edge.centroid.y)
    flat = plane.forward(edge)
    if relation.direction in _BEARINGS:
        body = plane.forward(shapely.simplify(shape, 0.05))
        facing = [_beyond(flat, relation.direction, share, body) for share in (_THIRD, 0.5)]
        flat = next((part for part in facing if not part.is_empty), flat)
    width = max(_BORDER_KM, (relation.distance_km or 0.0) * (1 + _SPREAD)) * 1000.0
    zone = flat.buffer(width)
    window = box(*edge.bounds).buffer(2.0)
    land = plane.forward(np.array([shapely.intersection(s, window) for s in (shape, *sides)], dtype=object))
    zone = shapely.intersection(zone, _dissolve(land))
    return _finish_flat(plane, zone, "region")


def _shared(one: BaseGeometry, two: BaseGeometry) -> Iterable[BaseGeometry]:
    """Give the lines that two outlines have in common."""
    lines = shapely.intersection(one.boundary, two.boundary)
    found = [g for g in shapely.get_parts(lines) if g.geom_type == "LineString" and not g.is_empty]
    if not found and one.intersects(two) and not one.within(two) and not two.within(one):
        # Outlines of regions may be cut by a box and overlap.
        along = shapely.intersection(one.boundary, two.buffer(0.02))
        found = [g for g in shapely.get_parts(along) if g.geom_type == "LineString" and not g.is_empty]
    return found
