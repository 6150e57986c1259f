"""The map's page as a file: what it holds, that it is self-contained, and that texts stay data."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import folium
import pytest
from shapely.geometry import Point, Polygon

from geomap import render
from geomap.errors import OutputError
from geomap.model import Actor, Claim, Count, Document, Incident, Layer, Source, Span
from geomap.render import render_map, write_map

MakeIncident = Callable[..., Incident]

INJECTIONS = [
    "</script><script>window.__x=1</script>",
    "${window.__x=1}",
    "<img src=x onerror=window.__x=1>",
    "{{ 7 * 191 }}{% for x in 'ab' %}{{ x }}{% endfor %}",
    "`+(window.__x=1)+`",
    "javascript:window.__x=1",
    "--><svg onload=window.__x=1>",
]


def html_of(map_: folium.Map) -> str:
    return str(map_.get_root().render())


def block(html: str, name: str) -> Any:
    """What the page's script reads under a name."""
    packed = re.search(rf'id="geomap-{name}">([^<]*)<', html)
    assert packed is not None
    return json.loads(zlib.decompress(base64.b64decode(packed[1])))


def facts(html: str, row: int = 0) -> dict[str, str]:
    return dict(block(html, "text-0")[row]["facts"])


def hostile(incident: Incident, text: str) -> Incident:
    """The incident with the text in every field that can hold one."""
    assert incident.place is not None
    event = replace(incident.events[0], trigger=Span(0, len(text), text), sentence=Span(0, len(text), text))
    return replace(
        incident,
        id=text,
        layer=text,
        title=text,
        place=replace(incident.place, name=text, admin1=text, country=text),
        place_as_written=f"near {text}",
        actors=(Actor(text, "source", text, text, text), Actor(text, "target")),
        weapon=text,
        claims=(Claim(Span(0, len(text), text), text, "denies", text, text),),
        events=(event,),
        sources=(Source(text, text, text, None),),
    )


def test_same_incidents_give_the_same_bytes(make_incident: MakeIncident, strike_layer: Layer, tmp_path: Path) -> None:
    incidents = [make_incident(f"{n:016x}", footprint=Polygon([(36, 33), (37, 33), (37, 34)])) for n in range(3)]
    for name, order in (("a.html", incidents), ("b.html", incidents[::-1])):
        write_map(render_map(order, [strike_layer]), tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_rendering_twice_changes_nothing(make_incident: MakeIncident, strike_layer: Layer) -> None:
    map_ = render_map([make_incident()], [strike_layer])
    assert html_of(map_) == html_of(map_)


def test_nothing_is_loaded_from_elsewhere(make_incident: MakeIncident, strike_layer: Layer) -> None:
    loaded: list[str] = []

    class Loads(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            loaded.extend(value or "" for name, value in attrs if name in {"src", "srcset", "href", "action", "data"})

    html = html_of(render_map([make_incident()], [strike_layer]))
    Loads().feed(html)
    assert loaded == ["data:,"]
    assert not re.search(r"url\((?!['\"]?(data:|#))", html)
    assert "@import" not in html
    assert "sourceMappingURL" not in html


def test_policy_forbids_requests_and_foreign_scripts(make_incident: MakeIncident, strike_layer: Layer) -> None:
    html = html_of(render_map([make_incident()], [strike_layer]))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert html.index(policy[0]) < html.index("<script")


@pytest.mark.parametrize("text", INJECTIONS)
def test_text_is_never_markup(text: str, make_incident: MakeIncident, strike_layer: Layer) -> None:
    clean = html_of(render_map([make_incident()], [strike_layer], title="Map"))
    layer = replace(strike_layer, title=text, group=text, icon=text, color=text)
    incident = hostile(make_incident(), text)
    document = Document("d1", text, text, text, text)
    html = html_of(render_map([incident], [layer, replace(layer, id=text)], title=text, documents={"d1": document}))
    assert f"<title>{escape(text)}</title>" in html
    assert text not in html.replace(f"<title>{escape(text)}</title>", "")
    assert "1337" not in html
    assert len(re.findall("<script", html)) == len(re.findall("<script", clean))
    assert block(html, "head")["layers"][0]["color"] == "#6b7280"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org",
        "https://a b",
        "http://[",
        "x" * 5000,
    ],
)
def test_only_web_addresses_become_links(url: str, make_incident: MakeIncident, strike_layer: Layer) -> None:
    source = Source("Arkala Post", url, "Bridge bombed", None)
    html = html_of(render_map([make_incident(sources=(source,))], [strike_layer]))
    row = block(html, "text-0")[0]
    assert [s["url"] for s in row["sources"]] == [""]
    assert {q["url"] for q in row["quotes"]} == {""}


def test_layers_are_those_that_occur(make_incident: MakeIncident, strike_layer: Layer) -> None:
    unused = replace(strike_layer, id="flood", title="Flood")
    incidents = [make_incident("a"), make_incident("b"), make_incident("c", layer="volcano_eruption")]
    head = block(html_of(render_map(incidents, [unused, strike_layer])), "head")
    assert [(layer["id"], layer["title"]) for layer in head["layers"]] == [
        ("air_strike", "Air strike"),
        ("volcano_eruption", "Volcano eruption"),
    ]
    assert sorted(head["columns"]["layer"]) == [0, 0, 1]


def test_an_incident_without_a_place_is_kept_and_not_drawn(
    make_incident: MakeIncident, strike_layer: Layer, unlocated: dict[str, object]
) -> None:
    html = html_of(render_map([make_incident(**unlocated)], [strike_layer]))
    columns = block(html, "head")["columns"]
    assert (columns["lat"], columns["lon"]) == ([None], [None])
    assert facts(html)["Place"] == "not stated"
    assert "Precision" not in facts(html)


@pytest.mark.parametrize("latitude", [float("nan"), float("inf"), 91.0])
def test_an_impossible_position_is_not_drawn(latitude: float, make_incident: MakeIncident, strike_layer: Layer) -> None:
    html = html_of(render_map([make_incident(latitude=latitude)], [strike_layer]))
    assert block(html, "head")["columns"]["lat"] == [None]


def test_footprints_are_in_the_page_once_and_thin(make_incident: MakeIncident, strike_layer: Layer) -> None:
    round_area = Point(36, 33).buffer(1.0, quad_segs=20_000)
    incidents = [make_incident(f"{n}", footprint=round_area, precision="region") for n in range(4)]
    head = block(html_of(render_map(incidents, [strike_layer])), "head")
    assert head["columns"]["shape"] == [0, 0, 0, 0]
    [shape] = head["shapes"]
    assert shape["type"] == "Polygon"
    assert 8 < len(shape["coordinates"][0]) < 1000


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "3 March 2025"),
        ({"date_precision": "published"}, "Reported on 3 March 2025"),
        ({"date_precision": "week"}, "Week of 3 March 2025"),
        ({"date_precision": "month"}, "March 2025"),
        ({"date_precision": "year"}, "2025"),
        ({"end": date(2025, 3, 5)}, "3–5 March 2025"),
        ({"end": date(2025, 4, 5)}, "3 March 2025 – 5 April 2025"),
        ({"start": None, "end": None, "date_precision": None}, "Date not stated"),
    ],
)
def test_dates_say_how_exact_they_are(
    fields: dict[str, Any], words: str, make_incident: MakeIncident, strike_layer: Layer
) -> None:
    assert block(html_of(render_map([make_incident(**fields)], [strike_layer])), "text-0")[0]["when"] == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (Count(12, 12), "12"),
        (Count(12, None), "at least 12"),
        (Count(0, 130), "up to 130"),
        (Count(10, 1200), "10 to 1,200"),
        (Count(0, 0), "none"),
        (None, None),
    ],
)
def test_counts_keep_their_bounds(
    count: Count | None, words: str | None, make_incident: MakeIncident, strike_layer: Layer
) -> None:
    assert facts(html_of(render_map([make_incident(killed=count)], [strike_layer]))).get("Killed") == words


def test_details_say_where_who_and_who_says_so(make_incident: MakeIncident, strike_layer: Layer) -> None:
    incident = make_incident(place_as_written="the bridge at Arkala", radius_km=26.4)
    said = facts(html_of(render_map([incident], [strike_layer])))
    assert said["Place"] == "“the bridge at Arkala” → Arkala, Rural Damascus, Syria"
    assert said["Precision"] == "A town, within about 26 km"
    assert said["Status"].startswith("Disputed")
    assert (said["Asserted by"], said["Denied by"], said["Confirmed by"]) == ("mayor", "army", "mayor")
    assert said["Actors"] == "the air force (Air Force) → villagers"
    assert said["Reports"] == "2 reports from 2 publishers"


def test_quotes_name_their_publisher_and_mark_the_trigger(make_incident: MakeIncident, strike_layer: Layer) -> None:
    documents = {"d1": Document("d1", "…", url="https://example.org/1", publisher="Arkala Post")}
    row = block(html_of(render_map([make_incident()], [strike_layer], documents=documents)), "text-0")[0]
    first, second = row["quotes"]
    assert first["text"][slice(*first["mark"])] == "bombed"
    assert (first["publisher"], first["url"]) == ("Arkala Post", "https://example.org/1")
    assert (second["text"], second["publisher"]) == ("The mayor confirmed it.", "")


def test_steering_characters_and_lone_surrogates_are_dropped(
    make_incident: MakeIncident, strike_layer: Layer, tmp_path: Path
) -> None:
    incident = make_incident(title="a\u202eb\x00c\ud800d می\u200cرود")
    write_map(render_map([incident], [strike_layer], title="T\ud800"), tmp_path / "map.html")
    html = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert block(html, "text-0")[0]["title"] == "a b c d می\u200cرود"


def test_no_incidents_give_a_map_that_says_so() -> None:
    head = block(html_of(render_map([], [])), "head")
    assert head["layers"] == []
    assert head["columns"]["id"] == []


def test_many_incidents_stay_small(make_incident: MakeIncident, strike_layer: Layer) -> None:
    incident = make_incident()
    few, many = ([replace(incident, id=f"{n:016x}") for n in range(count)] for count in (1, 2000))
    sizes = [len(html_of(render_map(rows, [strike_layer]))) for rows in (few, many)]
    assert sizes[1] - sizes[0] < 2000 * 150


def test_folium_layers_can_be_added(make_incident: MakeIncident, strike_layer: Layer) -> None:
    map_ = render_map([make_incident()], [strike_layer])
    assert isinstance(map_, folium.Map)
    folium.Marker([33.0, 36.0]).add_to(map_)
    html = html_of(map_)
    assert "L.marker(" in html.split("var map_incidents")[1]
    assert "https://cdn" not in html


def test_online_layers_can_be_allowed(make_incident: MakeIncident, strike_layer: Layer) -> None:
    map_ = render_map([make_incident()], [strike_layer])
    map_.offline = False
    html = html_of(map_)
    assert "Content-Security-Policy" not in html
    assert "jquery" in html


def test_write_makes_the_folder_and_leaves_no_other_file(
    make_incident: MakeIncident, strike_layer: Layer, tmp_path: Path
) -> None:
    write_map(render_map([make_incident()], [strike_layer]), tmp_path / "new" / "map.html")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["map.html"]


def test_a_failed_write_leaves_the_old_file(make_incident: MakeIncident, strike_layer: Layer, tmp_path: Path) -> None:
    (tmp_path / "map.html").mkdir()
    with pytest.raises(OutputError, match=re.escape(str(tmp_path / "map.html"))):
        write_map(render_map([make_incident()], [strike_layer]), tmp_path / "map.html")
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_a_missing_part_is_named(
    make_incident: MakeIncident, strike_layer: Layer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "_BASEMAP", tmp_path / "absent.json")
    with pytest.raises(OutputError, match=r"absent\.json.*install geomap again"):
        render_map([make_incident()], [strike_layer])
