"""Write incidents as files for GIS, tables and scripts.

In: `Incident`s and the `Layer`s they belong to. Out: GeoJSON (RFC 7946), a GeoDataFrame, GeoPackage, GeoParquet, CSV
and KML. Positions are WGS 84 degrees, longitude first in GeoJSON, at most 6 decimals (0.1 m); radii kilometres; counts
persons; dates ISO 8601. The same incidents give the same bytes in every format.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geomap.errors import OutputError
from geomap.model import Incident, Layer
from geomap.records import DECIMALS, PROPERTIES, kind_of, properties, rounded, schema

if TYPE_CHECKING:
    import pyarrow as pa
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "FORMATS",
    "areas_to_geojson",
    "check_writable",
    "file_names",
    "properties",
    "schema",
    "to_geodataframe",
    "to_geojson",
    "whole_file",
    "write",
]

#: The formats that `write` knows; GeoJSON is always written.
FORMATS = ("geojson", "gpkg", "parquet", "csv", "kml")
# A cell that a spreadsheet takes for a formula; the full-width signs count as their plain forms there.
_FORMULA = re.compile(r"[\t\r]|\s*[=+\-@＝＋－＠]")
_AREA_PROPERTIES = ("id", "layer", "title", "place", "place_as_written", "precision", "radius_km")


# --- GeoJSON and the GeoDataFrame


def to_geojson(incidents: Sequence[Incident], layers: Sequence[Layer] | None = None) -> dict[str, Any]:
    """Give an RFC 7946 FeatureCollection: a Point a feature, null geometry for an incident without a place.

    Without `layers` the built-in ones give titles and codes.
    """
    features = []
    for incident, row in zip(incidents, _rows(incidents, layers), strict=True):
        position = _position(incident)
        geometry = {"type": "Point", "coordinates": list(position)} if position else None
        features.append({"type": "Feature", "geometry": geometry, "properties": row})
    return {"type": "FeatureCollection", "features": features}


def areas_to_geojson(incidents: Sequence[Incident]) -> dict[str, Any]:
    """Give an RFC 7946 FeatureCollection of the footprints; property "id" is the incident's.

    Exterior rings run counterclockwise, holes clockwise; a footprint that crosses the antimeridian is cut there.
    """
    import shapely

    features = [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(area)), "properties": row}
        for row, area in _areas(incidents)
    ]
    return {"type": "FeatureCollection", "features": features}


def to_geodataframe(incidents: Sequence[Incident], layers: Sequence[Layer] | None = None) -> GeoDataFrame:
    """Give a GeoDataFrame in EPSG:4326, a row an incident; its columns are the properties and "geometry".

    Points; None for an incident without a place. "start" and "end" are datetime64, counts Int64 (persons), lists Python
    lists. Without `layers` the built-in ones give titles and codes.
    """
    import geopandas
    import pandas as pd
    from shapely import Point

    rows = _rows(incidents, layers)
    columns = {}
    for name, rule in PROPERTIES.items():
        dtype = {"date": "datetime64[ms]", "integer": "Int64", "number": "float64"}.get(kind_of(rule), "object")
        columns[name] = pd.Series([row[name] for row in rows], dtype=dtype)
    positions = [_position(incident) for incident in incidents]
    points: Any = [Point(p) if p else None for p in positions]
    geometry = geopandas.GeoSeries(points, crs="EPSG:4326")
    return geopandas.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326")


def _rows(incidents: Sequence[Incident], layers: Sequence[Layer] | None) -> list[dict[str, object]]:
    if layers is None:
        from geomap.layers import load_layers

        layers, _ = load_layers(None)
    by_id = {layer.id: layer for layer in layers}
    return [properties(incident, by_id.get(incident.layer)) for incident in incidents]


def _position(incident: Incident) -> tuple[float, float] | None:
    """Give (longitude, latitude) in degrees."""
    longitude, latitude = rounded(incident.longitude, DECIMALS), rounded(incident.latitude, DECIMALS)
    return None if longitude is None or latitude is None else (longitude, latitude)


def _areas(incidents: Sequence[Incident]) -> list[tuple[dict[str, object], BaseGeometry]]:
    found = []
    for incident in incidents:
        if incident.footprint is not None and not incident.footprint.is_empty:
            row = properties(incident, None)
            found.append(({name: row[name] for name in _AREA_PROPERTIES}, _standard(incident.footprint)))
    return found


def _standard(area: BaseGeometry) -> BaseGeometry:
    """Give a geometry as RFC 7946 wants it: cut at the antimeridian, right-hand rule, two dimensions, short numbers."""
    import numpy as np
    import shapely

    area = shapely.force_2d(area)
    west, _, east, _ = area.bounds
    if west < -180 or east > 180:
        area = shapely.make_valid(area)
        parts = []
        for turn in (-360, 0, 360):
            part = shapely.transform(area, lambda xy, turn=turn: xy + np.array([turn, 0.0]))  # type: ignore[misc]
            parts.append(part.intersection(shapely.box(-180, -90, 180, 90)))
        area = shapely.union_all(parts)
    return _oriented(shapely.transform(area, lambda xy: np.round(xy, DECIMALS) + 0.0))


def _oriented(area: BaseGeometry) -> BaseGeometry:
    from shapely import Polygon
    from shapely.geometry.base import BaseMultipartGeometry
    from shapely.geometry.polygon import orient

    if isinstance(area, Polygon):
        return orient(area)
    if isinstance(area, BaseMultipartGeometry):
        multi: Any = type(area)
        parts: BaseGeometry = multi([_oriented(part) for part in area.geoms])
        return parts
    return area


# --- files


def file_names(formats: Sequence[str]) -> list[str]:
    """Give the names of the files that `write` makes for these formats, in the order it makes them.

    Raises ValueError for a format that is not in `FORMATS`.
    """
    if unknown := [name for name in formats if name not in FORMATS]:
        raise ValueError(f"{unknown[0]!r} is no format; use {', '.join(FORMATS)}")
    names = {
        "geojson": ["incidents.geojson", "areas.geojson"],
        "gpkg": ["incidents.gpkg"],
        "parquet": ["incidents.parquet", "areas.parquet"],
        "csv": ["incidents.csv"],
        "kml": ["incidents.kml"],
    }
    return [name for key in FORMATS if key == "geojson" or key in formats for name in names[key]]


def check_writable(folder: Path, names: Sequence[str]) -> None:
    """Raise OutputError, before any work is done, where files of these names can't be made in a folder."""
    standing = folder
    while not standing.exists() and standing != standing.parent:
        standing = standing.parent
    if not standing.is_dir():
        raise OutputError(f"{folder}: {str(standing)!r} is no folder; give another with --output")
    if not os.access(standing, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: no permission to write in {str(standing)!r}; give another folder with --output")
    for name in names:
        if (folder / name).is_dir():
            raise OutputError(f"{folder / name}: a folder has this name; remove it or give another --output")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Lend a path to write to, which becomes `path` once the block ends well; else `path` stays as it was.

    Raises OutputError for an OSError in the block.
    """
    working = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # In a folder of its own under its own name: GDAL looks at suffixes, and keeps journals beside the file.
        working = Path(tempfile.mkdtemp(prefix=".geomap-", dir=path.parent))
        yield working / path.name
        (working / path.name).replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{path}: can't be written ({reason}); give another place with --output") from error
    finally:
        if working is not None:
            shutil.rmtree(working, ignore_errors=True)


def write(incidents: Sequence[Incident], layers: Sequence[Layer], folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write the files that `file_names(formats)` names into a folder, and give their paths.

    incidents.geojson and areas.geojson are always written. Each file is written whole or not at all.
    Raises OutputError where one can't be written, ValueError for an unknown format.
    """
    paths = {name: folder / name for name in file_names(formats)}
    collections = {
        "incidents.geojson": to_geojson(incidents, layers),
        "areas.geojson": areas_to_geojson(incidents),
    }
    for name, collection in collections.items():
        with whole_file(paths[name]) as path:
            path.write_text(_dumps(collection), encoding="utf-8", newline="\n")
    if "incidents.csv" in paths:
        with whole_file(paths["incidents.csv"]) as path:
            _write_csv(incidents, layers, path)
    if set(formats) & {"gpkg", "parquet", "kml"}:
        points, areas = _points_table(incidents, layers), _areas_table(incidents)
        if "incidents.gpkg" in paths:
            with whole_file(paths["incidents.gpkg"]) as path:
                _write_gdal(points, areas, path, "GPKG")
        if "incidents.parquet" in paths:
            for name, table in (("incidents.parquet", points), ("areas.parquet", areas)):
                with whole_file(paths[name]) as path:
                    _write_parquet(table, path)
        if "incidents.kml" in paths:
            with whole_file(paths["incidents.kml"]) as path:
                _write_gdal(_for_kml(points), _for_kml(areas), path, "LIBKML")
    return list(paths.values())


def _dumps(collection: Mapping[str, Any]) -> str:
    """Give a FeatureCollection with one feature a line, so that two builds can be compared line by line."""
    lines = [json.dumps(f, ensure_ascii=False, allow_nan=False) for f in collection["features"]]
    return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + ("\n" if lines else "") + "]}\n"


def _write_csv(incidents: Sequence[Incident], layers: Sequence[Layer], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*PROPERTIES, "latitude", "longitude"])
        for incident, row in zip(incidents, _rows(incidents, layers), strict=True):
            longitude, latitude = _position(incident) or (None, None)
            writer.writerow([*(_cell(value) for value in row.values()), latitude, longitude])


def _cell(value: object) -> object:
    """Give the value of a CSV cell; a text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    return value


def _points_table(incidents: Sequence[Incident], layers: Sequence[Layer]) -> pa.Table:
    import shapely

    positions = [_position(incident) for incident in incidents]
    geometries = [shapely.Point(p) if p else None for p in positions]
    return _table(_rows(incidents, layers), tuple(PROPERTIES), geometries)


def _areas_table(incidents: Sequence[Incident]) -> pa.Table:
    areas = _areas(incidents)
    return _table([row for row, _ in areas], _AREA_PROPERTIES, [area for _, area in areas])


def _table(
    rows: Sequence[Mapping[str, object]], names: Sequence[str], geometries: Sequence[BaseGeometry | None]
) -> pa.Table:
    """Give an Arrow table whose types do not depend on the rows: an empty column keeps its type."""
    import pyarrow as pa
    import shapely

    types = {"date": pa.date32(), "integer": pa.int64(), "number": pa.float64()}
    columns: dict[str, pa.Array] = {}
    for name in names:
        kind = kind_of(PROPERTIES[name])
        values: list[Any] = [row[name] for row in rows]
        if kind == "date":
            values = [date.fromisoformat(value) if value else None for value in values]
        elif kind == "array":
            values = [json.dumps(value, ensure_ascii=False) for value in values]
        columns[name] = pa.array(values, type=types.get(kind, pa.string()))
    wkb = [shapely.to_wkb(geometry) if geometry is not None else None for geometry in geometries]
    columns["geometry"] = pa.array(wkb, type=pa.binary())
    return pa.table(columns)


def _for_kml(table: pa.Table) -> pa.Table:
    """Give a table with the columns that KML viewers show: Name, description, and begin and end for the time slider.

    Viewers take a description for HTML, so it is escaped. GDAL puts texts into CDATA sections and does not see to texts
    that hold the end of one, so a space parts that.
    """
    import html

    import pyarrow as pa

    names = {"title": "Name", "start": "begin", "quote": "description"}
    columns: dict[str, pa.Array] = {}
    for name in table.column_names:
        column = table.column(name)
        if pa.types.is_string(column.type):
            texts = [text.replace("]]>", "]] >") if text else text for text in column.to_pylist()]
            if name == "quote":
                texts = [html.escape(text) if text else text for text in texts]
            column = pa.array(texts, type=pa.string())
        columns[names.get(name, name)] = column
    return pa.table(columns)


def _write_gdal(points: pa.Table, areas: pa.Table, path: Path, driver: str) -> None:
    import pyogrio
    from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

    # GDAL stamps the GeoPackage with this instead of the clock.
    clock = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1970-01-01T00:00:00Z"})
    try:
        for table, layer, kind in ((points, "incidents", "Point"), (areas, "areas", "Unknown")):
            pyogrio.write_arrow(
                table, path, layer=layer, driver=driver, geometry_name="geometry", geometry_type=kind, crs="EPSG:4326",
                append=layer == "areas",
            )  # fmt: skip
    except (CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError) as error:
        raise OSError(f"{driver}: {error}") from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": clock})


def _write_parquet(table: pa.Table, path: Path) -> None:
    import geopandas
    import pandas as pd

    frame = table.drop_columns(["geometry"]).to_pandas(types_mapper=pd.ArrowDtype)
    geometry = geopandas.GeoSeries.from_wkb(table.column("geometry").to_pylist(), crs="EPSG:4326")
    geopandas.GeoDataFrame(frame, geometry=geometry).to_parquet(path, index=False)
