"""What export promises: the contract's properties, standard files, the same bytes, whole files, nothing that runs."""

from __future__ import annotations

import csv
import json
import time
from dataclasses import replace
from datetime import date

import jsonschema
import pytest
from shapely import LinearRing, LineString, MultiPolygon, Polygon, box
from shapely.geometry import shape

from geomap import export
from geomap.errors import OutputError
from geomap.model import Actor, Count, Source

CONTRACT = [
    "id", "layer", "layer_title", "title", "start", "end", "date_precision", "place", "place_as_written", "country",
    "admin1", "precision", "radius_km", "gazetteer_id", "actors_source", "actors_target", "weapon", "killed_min",
    "killed_max", "injured_min", "injured_max", "missing_min", "missing_max", "displaced_min", "displaced_max",
    "arrested_min", "arrested_max", "fired_min", "fired_max", "intercepted_min", "intercepted_max", "status",
    "attributed_to", "denied_by", "quote", "sources", "n_reports", "n_publishers", "score", "plover", "acled", "cameo",
]  # fmt: skip


def valid(properties: object) -> None:
    checker = jsonschema.Draft202012Validator(
        export.schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    checker.validate(properties)


def test_properties_are_those_of_the_contract(make_incident, strike_layer):
    row = export.properties(make_incident(), strike_layer)
    assert list(row) == CONTRACT
    valid(row)
    expected = {
        "layer_title": "Air strike",
        "start": "2025-03-03",
        "country": "SY",
        "gazetteer_id": "geonames:1",
        "actors_source": ["Air Force"],
        "actors_target": ["villagers"],
        "killed_min": 12,
        "killed_max": None,
        "injured_min": 0,
        "injured_max": 0,
        "attributed_to": "mayor",
        "denied_by": "army",
        "n_reports": 2,
        "n_publishers": 2,
        "plover": ["ASSAULT:aerial"],
        "cameo": ["195"],
    }
    assert {name: row[name] for name in expected} == expected
    assert row["sources"][0] == {
        "publisher": "Arkala Post",
        "url": "https://example.org/1",
        "title": "Bridge bombed",
        "published": "2025-03-04",
    }


def test_what_is_not_said_is_null(make_incident, unlocated):
    unsaid = dict.fromkeys(("start", "end", "date_precision", "weapon", "killed", "injured"))
    bare = make_incident(actors=(), claims=(), **unsaid, **unlocated)
    row = export.properties(bare, None)
    valid(row)
    nothing = {name for name, value in row.items() if value is None}
    assert nothing == {
        "start", "end", "date_precision", "place", "place_as_written", "country", "admin1", "precision", "radius_km",
        "gazetteer_id", "weapon", "killed_min", "killed_max", "injured_min", "injured_max", "attributed_to",
        "denied_by", "missing_min", "missing_max", "displaced_min", "displaced_max", "arrested_min", "arrested_max",
        "fired_min", "fired_max", "intercepted_min", "intercepted_max",
    }  # fmt: skip
    assert row["layer_title"] == "Air strike"
    assert row["plover"] == []


def test_schema_refuses_a_wrong_status_and_an_unknown_property(make_incident, strike_layer):
    row = export.properties(make_incident(), strike_layer)
    with pytest.raises(jsonschema.ValidationError):
        valid({**row, "status": "rumoured"})
    with pytest.raises(jsonschema.ValidationError):
        valid({**row, "extra": 1})
    with pytest.raises(jsonschema.ValidationError):
        valid({**row, "start": "3 March"})


def test_geojson_has_longitude_first_and_keeps_incidents_without_a_place(make_incident, strike_layer, unlocated):
    found = export.to_geojson([make_incident(), make_incident("b2", **unlocated)], [strike_layer])
    assert found["type"] == "FeatureCollection"
    assert found["features"][0]["geometry"] == {"type": "Point", "coordinates": [36.298765, 33.512346]}
    assert found["features"][1]["geometry"] is None
    for feature in found["features"]:
        assert feature["type"] == "Feature"
        valid(feature["properties"])


def test_rings_follow_the_right_hand_rule(make_incident):
    hole = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0)]
    clockwise = Polygon([(0, 0), (0, 4), (4, 4), (4, 0)], [hole])
    two = MultiPolygon([clockwise, Polygon([(10, 0), (10, 1), (11, 1)])])
    line = LineString([(0, 0), (1, 1.23456789)])
    areas = export.areas_to_geojson([
        make_incident("a", footprint=clockwise), make_incident("b", footprint=two), make_incident("c"),
        make_incident("d", footprint=line),
    ])  # fmt: skip
    assert [f["properties"]["id"] for f in areas["features"]] == ["a", "b", "d"]
    for rings in [areas["features"][0]["geometry"]["coordinates"], *areas["features"][1]["geometry"]["coordinates"]]:
        assert LinearRing(rings[0]).is_ccw
        assert not any(LinearRing(ring).is_ccw for ring in rings[1:])
    assert areas["features"][2]["geometry"]["coordinates"] == [[0, 0], [1, 1.234568]]


def test_footprint_across_the_antimeridian_is_cut_there(make_incident):
    area = export.areas_to_geojson([make_incident(footprint=box(178, -18, 183, -16))])["features"][0]["geometry"]
    assert area["type"] == "MultiPolygon"
    parts = sorted(part.bounds for part in shape(area).geoms)
    assert parts == [(-180.0, -18.0, -177.0, -16.0), (178.0, -18.0, 180.0, -16.0)]


def test_geodataframe_has_the_properties_as_columns(make_incident, strike_layer, unlocated):
    frame = export.to_geodataframe([make_incident(), make_incident("b2", **unlocated)], [strike_layer])
    assert list(frame.columns) == [*CONTRACT, "geometry"]
    assert frame.crs.to_epsg() == 4326
    assert (frame.geometry[0].x, frame.geometry[0].y) == (36.298765, 33.512346)
    assert frame.geometry[1] is None
    assert frame.start.dt.month.tolist() == [3, 3]
    assert frame.killed_min.sum() == 24
    assert frame.actors_target[0] == ["villagers"]
    assert list(export.to_geodataframe([], [strike_layer]).columns) == [*CONTRACT, "geometry"]


def test_titles_and_codes_come_from_the_built_in_layers_by_default(make_incident, strike_layer, monkeypatch):
    raid = replace(strike_layer, title="Raid")
    monkeypatch.setattr("geomap.layers.load_layers", lambda folder: ([raid], []))
    assert export.to_geodataframe([make_incident()]).layer_title[0] == "Raid"
    assert export.to_geojson([make_incident()])["features"][0]["properties"]["layer_title"] == "Raid"


@pytest.fixture
def hostile(make_incident):
    """An incident whose every text tries something, and which has a footprint."""
    nasty = '=HYPERLINK("http://evil.example","x")\x00\ud800]]><script>alert(1)</script>${7*7}\'; --'
    return make_incident(
        "c3",
        title=nasty,
        weapon="+1",
        place_as_written="\t@x",
        actors=(Actor(nasty, "source"),),
        sources=(Source(nasty, "https://example.org/?a=1&b=<>", nasty, date(2025, 1, 1)),),
        footprint=box(10, 10, 11, 11),
        killed=Count(0, 130),
    )


def test_each_format_is_read_back_with_the_same_content(make_incident, strike_layer, unlocated, hostile, tmp_path):
    import geopandas
    import pyogrio

    incidents = [make_incident(), make_incident("b2", **unlocated), hostile]
    paths = export.write(incidents, [strike_layer], tmp_path / "deep" / "out", export.FORMATS)
    assert [p.name for p in paths] == export.file_names(export.FORMATS)
    assert sorted(p.name for p in (tmp_path / "deep" / "out").iterdir()) == sorted(p.name for p in paths)
    folder = paths[0].parent
    frames = {
        "geojson": geopandas.read_file(folder / "incidents.geojson"),
        "gpkg": geopandas.read_file(folder / "incidents.gpkg", layer="incidents"),
        "parquet": geopandas.read_parquet(folder / "incidents.parquet"),
    }
    for name, frame in frames.items():
        assert list(frame.columns) == [*CONTRACT, "geometry"], name
        assert frame.crs.to_epsg() == 4326, name
        assert frame.id.tolist() == ["00000000000000a1", "b2", "c3"], name
        assert frame.geometry.isna().tolist() == [False, True, False], name
        assert frame.geometry[0].x == 36.298765, name
        assert [str(v)[:10] for v in frame.start] == ["2025-03-03"] * 3, name
        assert frame.killed_min.tolist() == [12, 12, 0], name
        assert "<script>" in frame.title[2], name
    assert json.loads(frames["gpkg"].sources[0]) == export.properties(incidents[0], strike_layer)["sources"]
    assert json.loads(frames["parquet"].actors_source[0]) == ["Air Force"]
    for areas in (
        geopandas.read_file(folder / "areas.geojson"),
        geopandas.read_file(folder / "incidents.gpkg", layer="areas"),
        geopandas.read_parquet(folder / "areas.parquet"),
    ):
        assert areas.id.tolist() == ["c3"]
        assert areas.geometry[0].equals(box(10, 10, 11, 11))
    points = pyogrio.read_dataframe(folder / "incidents.kml", layer="incidents")
    assert points.Name[0] == "Air strike at Arkala"
    assert len(points) == 3
    assert pyogrio.read_dataframe(folder / "incidents.kml", layer="areas").id.tolist() == ["c3"]


def test_the_same_incidents_give_the_same_bytes(make_incident, strike_layer, hostile, tmp_path):
    incidents = [make_incident(), hostile]
    first = export.write(incidents, [strike_layer], tmp_path / "one", export.FORMATS)
    time.sleep(1.1)  # a clock in a file would show
    second = export.write(incidents, [strike_layer], tmp_path / "two", export.FORMATS)
    for a, b in zip(first, second, strict=True):
        assert a.read_bytes() == b.read_bytes(), a.name


def test_no_incident_gives_empty_files_with_all_columns(strike_layer, tmp_path):
    import geopandas

    export.write([], [strike_layer], tmp_path, export.FORMATS)
    assert json.loads((tmp_path / "incidents.geojson").read_text()) == {"type": "FeatureCollection", "features": []}
    assert list(geopandas.read_parquet(tmp_path / "incidents.parquet").columns) == [*CONTRACT, "geometry"]
    assert len(geopandas.read_file(tmp_path / "incidents.gpkg", layer="incidents")) == 0


def test_geojson_is_always_written_and_only_what_was_asked(make_incident, strike_layer, tmp_path):
    paths = export.write([make_incident()], [strike_layer], tmp_path, ["csv"])
    assert [p.name for p in paths] == ["incidents.geojson", "areas.geojson", "incidents.csv"]
    with pytest.raises(ValueError, match="'shp' is no format; use geojson, gpkg"):
        export.write([], [], tmp_path, ["shp"])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1"])
def test_csv_cell_runs_as_no_formula(make_incident, strike_layer, tmp_path, text):
    export.write([make_incident(weapon=text)], [strike_layer], tmp_path, ["csv"])
    with (tmp_path / "incidents.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["weapon"] == "'" + text


def test_csv_has_positions_and_plain_cells(make_incident, strike_layer, unlocated, tmp_path):
    incidents = [make_incident(longitude=-71.5, title="Größe, “x”\nzwei"), make_incident("b", **unlocated)]
    export.write(incidents, [strike_layer], tmp_path, ["csv"])
    with (tmp_path / "incidents.csv").open(encoding="utf-8", newline="") as file:
        located, lost = csv.DictReader(file)
    assert list(located) == [*CONTRACT, "latitude", "longitude"]
    assert (located["latitude"], located["longitude"]) == ("33.512346", "-71.5")
    assert (lost["latitude"], lost["place"]) == ("", "")
    assert located["title"] == "Größe, “x”\nzwei"
    assert json.loads(located["actors_target"]) == ["villagers"]


def test_kml_description_is_text_and_not_markup(make_incident, strike_layer, tmp_path):
    import pyogrio

    incident = make_incident()
    event = replace(incident.events[0], sentence=replace(incident.events[0].sentence, text="<img src=x onerror=y>"))
    export.write([replace(incident, events=(event,))], [strike_layer], tmp_path, ["kml"])
    shown = pyogrio.read_dataframe(tmp_path / "incidents.kml", layer="incidents").description[0]
    assert shown == "&lt;img src=x onerror=y&gt;"


def test_unwritable_folder_is_said_in_one_line_and_leaves_nothing(make_incident, strike_layer, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(OutputError, match=r"file.*--output") as caught:
        export.check_writable(blocked / "out", ["map.html"])
    assert "\n" not in str(caught.value)
    with pytest.raises(OutputError, match="file"):
        export.write([make_incident()], [strike_layer], blocked / "out", ["geojson"])
    (tmp_path / "out" / "map.html").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"map\.html"):
        export.check_writable(tmp_path / "out", ["map.html"])


def test_checking_makes_nothing(tmp_path):
    export.check_writable(tmp_path / "a" / "b", ["map.html"])
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_whole_or_as_it_was(tmp_path):
    target = tmp_path / "x.geojson"
    target.write_text("before")

    def half(error):
        with export.whole_file(target) as path:
            path.write_text("half")
            raise error

    with pytest.raises(RuntimeError):
        half(RuntimeError())
    assert target.read_text() == "before"
    with pytest.raises(OutputError, match=r"x\.geojson.*No space"):
        half(OSError(28, "No space left on device"))
    assert target.read_text() == "before"
    with export.whole_file(target) as path:
        path.write_text("after")
        assert target.read_text() == "before"
    assert target.read_text() == "after"
    assert [p.name for p in tmp_path.iterdir()] == ["x.geojson"]
