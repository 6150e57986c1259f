"""What the command line promises: exit codes, data alone on standard output, one line a problem, whole files."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

import geomap
from geomap import cli
from geomap.errors import EmptyError, InputError, LayerError, Problem
from geomap.model import Actor, Claim, Count, Document, Event, Place, Relation, Span, Toponym

# All of them now, before stand-ins take the place of what they import.
for _module in pkgutil.iter_modules(geomap.__path__):
    if _module.name != "__main__":
        importlib.import_module(f"geomap.{_module.name}")

TEXT = "Jets bombed Arkala."
DOCUMENT = Document("d1", TEXT, published=date(2025, 3, 4))


def run(*arguments):
    """Run a command; give its exit code, that of wrong usage too."""
    try:
        return cli.main([str(a) for a in arguments])
    except SystemExit as stop:
        return stop.code


def stand_in(monkeypatch, module, **names):
    """Let a stage's module hold these names only."""
    import geomap

    fake = SimpleNamespace(**names)
    monkeypatch.setitem(sys.modules, f"geomap.{module}", fake)
    monkeypatch.setattr(geomap, module, fake, raising=False)


@pytest.fixture
def stages(monkeypatch, make_incident, strike_layer, unlocated):
    """Stages that need no data: two incidents from one document, and a page that is one line."""
    state = SimpleNamespace(
        incidents=(make_incident(), make_incident("b2", **unlocated)),
        problems=[], asked=None, documents=[DOCUMENT], read=[], fault=None,
    )  # fmt: skip

    def build(sources, **options):
        if state.fault is not None:
            raise state.fault
        state.asked = {"sources": [str(s) for s in sources], **options}
        options["progress"]("events", 1, 1)
        return SimpleNamespace(
            incidents=state.incidents, documents=(DOCUMENT,), layers=(strike_layer,), problems=tuple(state.problems)
        )

    def places(documents, *, spans=False, progress=None):
        return ((d, [TOPONYM] if d.text == TEXT else []) for d in documents)

    def events(documents, layers, *, thresholds=None, progress=None):
        return ((d, [EVENT]) for d in documents)

    def read(sources, *, published=None, country=None):
        state.read = list(sources)
        return state.documents, state.problems

    opened = SimpleNamespace(info=lambda: {"places": 3})
    stand_in(monkeypatch, "gazetteer", Gazetteer=SimpleNamespace(open=lambda path=None, progress=None: opened))
    stand_in(monkeypatch, "pipeline", build=build, places=places, events=events)
    stand_in(monkeypatch, "documents", read=read)
    stand_in(
        monkeypatch, "layers",
        load_layers=lambda folder: ([strike_layer], []),
        check_layers=lambda folder: list(state.problems),
    )  # fmt: skip

    def render_map(incidents, layers, *, title, documents, **look):
        state.look = {"title": title, **look}
        return f"<html>{title} {len(incidents)} {sorted(documents)}"

    def check_tiles(name):
        if name != "OpenTopoMap":
            raise InputError(f"tiles {name!r}: no background map of this name")

    stand_in(
        monkeypatch, "render",
        render_map=render_map, check_tiles=check_tiles, write_map=lambda page, path: path.write_text(page),
    )  # fmt: skip
    return state


PLACE = Place("geonames:1", "Arkala", 33.5, 36.25, "city", "SY", "Rural Damascus", 12000)
TOPONYM = Toponym(
    Span(12, 18, "Arkala"), "literal", Relation("offset", Span(5, 18, "bombed Arkala"), "north", 20.0),
    place=PLACE, precision="town", radius_km=4.0, score=0.75,
)  # fmt: skip
EVENT = Event(
    id="e1",
    document="d1",
    layer="air_strike",
    trigger=Span(5, 11, "bombed"),
    sentence=Span(0, 19, TEXT),
    toponym=replace(TOPONYM, relation=None),
    start=date(2025, 3, 4),
    end=date(2025, 3, 4),
    date_precision="published",
    actors=(Actor("Jets", "source"),),
    weapon=None,
    killed=Count(12, None),
    injured=None,
    status="reported",
    claims=(Claim(Span(0, 4, "Jets"), "mayor", "asserts", TEXT, "d1"),),
    main=True,
    score=0.5,
)


def test_build_writes_the_map_and_the_data_and_prints_nothing_but_the_summary(stages, tmp_path, capsys):
    out = tmp_path / "out"
    assert run("build", "a.txt", "b", "-o", out, "--format", "csv,geojson", "--title", "March", "--jobs", 2) == 0
    assert sorted(p.name for p in out.iterdir()) == ["areas.geojson", "incidents.csv", "incidents.geojson", "map.html"]
    assert (out / "map.html").read_text() == "<html>March 2 ['d1']"
    assert len(json.loads((out / "incidents.geojson").read_text())["features"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    row = next(line for line in printed.err.splitlines() if "Air strike" in line)
    assert [int(w) for w in row.split() if w.isdigit()] == [2, 1, 1, 2]  # all, located, without a place, disputed
    for name in ("map.html", "incidents.csv", "areas.geojson"):
        assert f"wrote {out / name} (" in printed.err
    assert stages.asked["sources"] == ["a.txt", "b"]
    assert stages.asked["jobs"] == 2


def test_options_of_the_map_come_before_its_settings(stages, tmp_path):
    settings = tmp_path / "own.toml"
    settings.write_text('[map]\ntitle = "Valley"\ndescription = "Why."\naccent = "#aa3311"\n', encoding="utf-8")
    shared = ("build", "a.txt", "-o", tmp_path / "out", "--config", settings)
    assert run(*shared) == 0
    look = {"title": "Valley", "description": "Why.", "accent": "#aa3311", "language": "en", "tiles": None}
    assert stages.look == look
    assert run(*shared, "--title", "March", "--language", "ar", "--tiles", "OpenTopoMap", "--accent", "#000000") == 0
    assert stages.look == look | {"title": "March", "language": "ar", "tiles": "OpenTopoMap", "accent": "#000000"}


@pytest.mark.parametrize(
    ("option", "value"), [("--accent", "blue"), ("--language", "x y"), ("--tiles", "Atlantis"), ("--title", "")]
)
def test_a_look_that_cannot_be_is_said_before_the_work(stages, tmp_path, capsys, option, value):
    assert run("build", "a.txt", "-o", tmp_path / "out", option, value) == 1
    said = capsys.readouterr().err
    assert option.strip("-") in said
    assert repr(value) in said
    assert stages.asked is None
    assert not (tmp_path / "out").exists()


def test_build_hands_its_options_on(stages, tmp_path):
    options = ("--published", "2025-03-04", "--country", "sy", "--since", "2025-01-01", "--until", "2025-12-31")
    assert run("build", "a", "-o", tmp_path, "--layers", "mine", *options) == 0
    assert stages.asked["published"] == date(2025, 3, 4)
    assert stages.asked["country"] == "SY"
    assert (stages.asked["since"], stages.asked["until"]) == (date(2025, 1, 1), date(2025, 12, 31))
    assert str(stages.asked["layers_folder"]) == "mine"


def test_quiet_build_prints_nothing(stages, tmp_path, capsys):
    assert run("build", "a.txt", "-o", tmp_path, "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_bad_inputs_are_named_and_the_rest_is_written(stages, tmp_path, capsys):
    stages.problems = [Problem("gone.txt", "no such file"), Problem("b.txt", "empty\n\x1b[31mred")]
    assert run("build", "a", "-o", tmp_path) == 1
    assert (tmp_path / "map.html").exists()
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("geomap: ")]
    assert lines == ["geomap: error: gone.txt: no such file", "geomap: error: b.txt: empty  [31mred"]


def test_strict_build_writes_nothing_if_there_is_a_problem(stages, tmp_path, capsys):
    stages.problems = [Problem("gone.txt", "no such file")]
    assert run("build", "a", "-o", tmp_path / "out", "--strict") == 1
    assert not (tmp_path / "out").exists()
    assert "gone.txt: no such file" in capsys.readouterr().err
    stages.problems = []
    assert run("build", "a", "-o", tmp_path / "out", "--strict") == 0


@pytest.mark.parametrize("fault", [EmptyError("'x': no document found"), LayerError("mine: no valid layer")])
def test_expected_error_is_one_line(stages, tmp_path, capsys, fault):
    stages.fault = fault
    assert run("build", "x", "-o", tmp_path / "out") == 1
    assert capsys.readouterr() == ("", f"geomap: error: {fault}\n")
    assert not (tmp_path / "out").exists()


def test_unexpected_error_is_one_line_unless_debugging(stages, tmp_path, capsys):
    stages.fault = ZeroDivisionError("division\nby zero")
    assert run("build", "x", "-o", tmp_path) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "ZeroDivisionError: division by zero" in error
    assert "--debug" in error
    with pytest.raises(ZeroDivisionError):
        run("build", "x", "-o", tmp_path, "--debug")


def test_interrupted(stages, tmp_path, capsys):
    stages.fault = KeyboardInterrupt()
    assert run("build", "x", "-o", tmp_path) == 130
    assert capsys.readouterr().err == "geomap: error: interrupted\n"


def test_output_that_cannot_be_written_is_said_before_the_work(stages, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert run("build", "x", "-o", tmp_path / "file") == 1
    assert stages.asked is None
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "file" in error
    assert "--output" in error


def test_without_source_the_folder_seeds_is_read(stages, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run("build") == 2
    assert "seeds/" in capsys.readouterr().err
    (tmp_path / "seeds").mkdir()
    assert run("build") == 0
    assert stages.asked["sources"] == ["seeds"]
    assert (tmp_path / "output" / "map.html").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build", "a", "--published", "3 March"], "'3 March' is no date; give it as YYYY-MM-DD"),
        (["build", "a", "--country", "Syria"], "'Syria' is no country"),
        (["build", "a", "--country", "QQ"], "'QQ' is no country"),
        (["build", "a", "--format", "csv,shp"], "'shp' is no format; use geojson"),
        (["build", "a", "--jobs", "0"], "'0' is no number from 1"),
        (["build", "a", "--since", "2025-02-01", "--until", "2025-01-01"], "--since 2025-02-01 is after"),
        (["build", "a", "--colour", "red"], "--colour"),
        (["geocode"], "QUERY"),
        (["geocode", " "], "QUERY is empty"),
        (["nonsense"], "'nonsense'"),
        ([], "COMMAND"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(stages, capsys, arguments, said):
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("geomap: error: ")
    assert printed.err.count("\n") == 1
    assert said in printed.err


def test_a_dash_for_a_file_is_standard_output(stages, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("places", "docs.jsonl", "-o", "-") == 0
    assert json.loads(capsys.readouterr().out)["id"]
    assert list(tmp_path.iterdir()) == []


def test_places_prints_a_json_line_a_document(stages, capsys):
    stages.documents = [replace(DOCUMENT, id="z"), Document("a", "Nothing here.")]
    assert run("places", "docs.jsonl") == 0
    assert stages.read == ["docs.jsonl"]
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {
        "id": "z",
        "toponyms": [
            {
                "start": 12, "end": 18, "text": "Arkala", "kind": "literal", "name": "Arkala", "lat": 33.5,
                "lon": 36.25, "country": "SY", "admin1": "Rural Damascus", "precision": "town", "radius_km": 4.0,
                "score": 0.75, "gazetteer_id": "geonames:1",
                "relation": {"type": "offset", "text": "bombed Arkala", "direction": "north", "distance_km": 20.0},
            }
        ],
    }  # fmt: skip
    assert second == {"id": "a", "toponyms": []}


def test_places_resolves_given_spans(stages, monkeypatch, capsys):
    asked = []

    def places(documents, *, spans=False, progress=None):
        asked.append(spans)
        return iter(())

    monkeypatch.setattr(sys.modules["geomap.pipeline"], "places", places)
    assert run("places", "docs.jsonl", "--spans") == 0
    assert asked == [True]


def test_events_prints_the_contract(stages, capsys):
    assert run("events", "-") == 0
    assert stages.read == ["-"]
    assert json.loads(capsys.readouterr().out) == {
        "id": "d1",
        "events": [
            {
                "layer": "air_strike",
                "trigger": {"start": 5, "end": 11, "text": "bombed"},
                "place": {"text": "Arkala", "name": "Arkala", "lat": 33.5, "lon": 36.25, "country": "SY",
                          "precision": "town", "radius_km": 4.0},
                "start": "2025-03-04", "end": "2025-03-04", "date_precision": "published", "date_as_written": None,
                "killed": [12, None], "injured": None, "missing": None, "displaced": None, "arrested": None,
                    "fired": None, "intercepted": None, "status": "reported", "attributed_to": "mayor",
                "actors": [{"name": "Jets", "role": "source"}], "quote": TEXT, "score": 0.5,
            }
        ],
    }  # fmt: skip


def test_lines_go_to_a_file_whole_or_not_at_all(stages, tmp_path, monkeypatch, capsys):
    target = tmp_path / "out.jsonl"
    target.write_text("before\n")

    def failing(documents, layers, *, progress=None):
        yield DOCUMENT, [EVENT]
        raise LayerError("x.toml: broken")

    monkeypatch.setattr(sys.modules["geomap.pipeline"], "events", failing)
    assert run("events", "docs.jsonl", "-o", target) == 1
    assert target.read_text() == "before\n"
    assert run("places", "docs.jsonl", "-o", target) == 0
    assert json.loads(target.read_text())["id"] == "d1"
    assert capsys.readouterr().out == ""
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]


@pytest.mark.parametrize("command", ["places", "events"])
def test_unread_documents_are_named_after_the_others_are_done(stages, tmp_path, capsys, command):
    stages.problems = [Problem("docs.jsonl:3", "no JSON")]
    assert run(command, "docs.jsonl") == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["id"] == "d1"
    assert printed.err == "geomap: error: docs.jsonl:3: no JSON\n"
    stages.problems, stages.documents = [], []
    assert run(command, "docs.jsonl", "-o", tmp_path / "out.jsonl") == 1
    assert "docs.jsonl: no document found" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_any_character_of_a_text_is_valid_json(stages, tmp_path):
    stages.documents = [Document("\ud800 \U0001f600 \x00\n", TEXT)]
    target = tmp_path / "out.jsonl"
    assert run("places", "x", "-o", target) == 0
    lines = target.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["\ud800 \U0001f600 \x00\n"]


def test_geocode_prints_a_json_array(stages, monkeypatch, capsys):
    def geocode_text(query, *, limit=5):
        return [{"name": "Syrië", "lat": 35.0}][:limit] if query == "southern Syria" else []

    stand_in(monkeypatch, "resolution", geocode_text=geocode_text)
    assert run("geocode", "southern Syria", "--limit", 1) == 0
    assert json.loads(capsys.readouterr().out) == [{"name": "Syrië", "lat": 35.0}]
    assert run("geocode", "Xyzzy") == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out) == []
    assert "'Xyzzy': no such place" in printed.err


def test_layers_prints_a_table_or_json(stages, capsys):
    assert run("layers") == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split() == ["id", "title", "group", "triggers"]
    assert row.split("  ") == ["air_strike", "Air strike", "Armed conflict", "1"]
    assert run("layers", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["plover"] == ["ASSAULT:aerial"]


def test_layers_check_fails_on_a_problem(stages, capsys):
    assert run("layers", "--check") == 0
    stages.problems = [Problem("x.toml: color", "'red' is no color")]
    assert run("layers", "--check") == 1
    assert capsys.readouterr() == ("", "geomap: error: x.toml: color: 'red' is no color\n")


def test_gazetteer_info_and_build(stages, monkeypatch, tmp_path, capsys):
    assert run("gazetteer", "info") == 0
    assert json.loads(capsys.readouterr().out) == {"places": 3}

    def build(path, progress):
        progress(0.5, "half way")
        path.write_bytes(b"x" * 1500)

    stand_in(monkeypatch, "gazetteer_build", build=build)
    sys.modules["geomap.gazetteer"].default_path = lambda: tmp_path / "default.sqlite"
    assert run("gazetteer", "build") == 0
    assert (tmp_path / "default.sqlite").stat().st_size == 1500
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "default.sqlite (1.5 kB)" in printed.err
    assert run("gazetteer") == 2


def test_schema_prints_the_properties(capsys):
    assert run("schema") == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["killed_min"]["type"] == ["integer", "null"]
    assert "kilometres" in schema["properties"]["radius_km"]["description"]


def test_version(capsys):
    assert run("--version") == 0
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert capsys.readouterr().out == f"geomap {project['version']}\n"


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from geomap.cli import main\n"
        "try: main(['build', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & set(sys.argv[1:])), file=sys.stderr)"
    )
    heavy = ["geopandas", "pandas", "numpy", "shapely", "folium", "onnxruntime", "rich", "pydantic", "trafilatura"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "--published" in done.stdout


def test_reader_that_goes_away_is_no_error():
    command = [sys.executable, "-m", "geomap", "schema"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        error = process.stderr.read()
        code = process.wait()
    assert error == b""
    assert code == 141
