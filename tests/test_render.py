"""The map's page as a file: what it holds, that it is self-contained, and that texts stay data."""

from __future__ import annotations

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
from geomap.errors import InputError, OutputError
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


LETTERS = [chr(c) for c in range(0x21, 0x7F) if chr(c) not in "<>&"]
WORDS = (
    "title", "written", "date_written", "weapon", "counts", "doers", "targets", "claims", "quotes", "sources", "more",
)  # fmt: skip
SPOT = ("lat", "lon", "place", "country", "precision", "radius", "shape", "admin1", "gazetteer")


def unpacked(html: str, name: str) -> str:
    """What the page's script reads under a name."""
    packed = re.search(rf'id="geomap-{name}">([^<]*)<', html)
    assert packed is not None
    value = {letter: n for n, letter in enumerate(LETTERS)}
    pairs = packed[1][: len(packed[1]) // 2 * 2]
    bits = "".join(f"{value[a] * 91 + value[b]:013b}" for a, b in zip(pairs[::2], pairs[1::2], strict=True))
    whole = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits) - 7, 8))
    return zlib.decompress(whole[: len(whole) - len(packed[1]) % 2]).decode("utf-8")


def head(html: str) -> Any:
    return json.loads(unpacked(html, "head"))


def words(html: str, row: int = 0) -> dict[str, Any]:
    order, *lines = unpacked(html, "text-0").split("\n")
    return dict(zip(WORDS, json.loads(lines[json.loads(order).index(row)]), strict=True))


def spot(html: str, row: int = 0) -> dict[str, Any]:
    data = head(html)
    return dict(zip(SPOT, data["spots"][data["columns"]["spot"][row]], strict=True))


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
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert not re.search(r"url\((?!['\"]?(data:|#))", styles)
    assert "@import" not in styles
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
    assert head(html)["layers"][0]["color"] == "#6b7280"


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
    assert [url for _, _, url, _, _ in words(html)["sources"]] == [""]


def test_layers_are_those_that_occur(make_incident: MakeIncident, strike_layer: Layer) -> None:
    unused = replace(strike_layer, id="flood", title="Flood")
    incidents = [make_incident("a"), make_incident("b"), make_incident("c", layer="volcano_eruption")]
    data = head(html_of(render_map(incidents, [unused, strike_layer])))
    assert [(layer["id"], layer["title"]) for layer in data["layers"]] == [
        ("air_strike", "Air strike"),
        ("volcano_eruption", "Volcano eruption"),
    ]
    assert sorted(data["columns"]["layer"]) == [0, 0, 1]


def test_an_incident_without_a_place_is_kept_and_not_drawn(
    make_incident: MakeIncident, strike_layer: Layer, unlocated: dict[str, object]
) -> None:
    html = html_of(render_map([make_incident(**unlocated)], [strike_layer]))
    assert spot(html) == dict.fromkeys(SPOT, -1) | {
        "lat": None, "lon": None, "radius": 0, "admin1": "", "gazetteer": "",
    }  # fmt: skip


@pytest.mark.parametrize("latitude", [float("nan"), float("inf"), 91.0])
def test_an_impossible_position_is_not_drawn(latitude: float, make_incident: MakeIncident, strike_layer: Layer) -> None:
    html = html_of(render_map([make_incident(latitude=latitude)], [strike_layer]))
    assert (spot(html)["lat"], spot(html)["lon"]) == (None, None)


def test_footprints_are_in_the_page_once_and_thin(make_incident: MakeIncident, strike_layer: Layer) -> None:
    round_area = Point(36, 33).buffer(1.0, quad_segs=20_000)
    incidents = [make_incident(f"{n}", footprint=round_area, precision="region") for n in range(4)]
    html = html_of(render_map(incidents, [strike_layer]))
    assert [spot(html, row)["shape"] for row in range(4)] == [0, 0, 0, 0]
    [shape] = head(html)["shapes"]
    assert shape["type"] == "Polygon"
    assert 8 < len(shape["coordinates"][0]) < 1000


def test_days_and_their_precision_are_kept(make_incident: MakeIncident, strike_layer: Layer) -> None:
    incidents = [
        make_incident("a", end=date(2025, 3, 5), date_precision="week"),
        make_incident("b", start=None, end=None, date_precision=None, date_as_written="on Monday"),
    ]
    html = html_of(render_map(incidents, [strike_layer]))
    data = head(html)
    columns = data["columns"]
    assert columns["start"] == [(date(2025, 3, 3) - date(1970, 1, 1)).days, None]
    assert columns["days"] == [2, 0]
    assert [data["exactness"][n] if n >= 0 else None for n in columns["exact"]] == ["week", None]
    assert words(html, 1)["date_written"] == "on Monday"


def test_counts_keep_their_bounds(make_incident: MakeIncident, strike_layer: Layer) -> None:
    incident = make_incident(killed=Count(12, None), injured=Count(0, 0), fired=Count(10, 1200))
    html = html_of(render_map([incident], [strike_layer]))
    kinds = head(html)["counts"]
    assert {kinds[n]: (low, high) for n, low, high in words(html)["counts"]} == {
        "killed": (12, None),
        "injured": (0, 0),
        "fired": (10, 1200),
    }


def test_words_say_where_who_and_who_says_so(make_incident: MakeIncident, strike_layer: Layer) -> None:
    html = html_of(render_map([make_incident(place_as_written="the bridge at Arkala", radius_km=26.4)], [strike_layer]))
    data, said, where = head(html), words(html), spot(html)
    assert said["written"] == "the bridge at Arkala"
    assert data["places"][where["place"]] == "Arkala"
    assert (data["countries"][where["country"]], where["admin1"]) == ("SY", "Rural Damascus")
    assert (data["precisions"][where["precision"]], where["radius"]) == ("town", 26.4)
    assert (said["doers"], said["targets"]) == (["Air Force"], ["villagers"])
    claims = [(data["stances"][stance], name) for stance, name, _ in said["claims"]]
    assert claims == [("asserts", "mayor"), ("denies", "army"), ("confirms", "mayor")]
    assert [data["actors"][n] for n in data["columns"]["actors"][0]] == ["Air Force", "villagers"]
    assert data["columns"]["reports"] == [2]


def test_quotes_name_their_source_and_mark_the_trigger(make_incident: MakeIncident, strike_layer: Layer) -> None:
    first = make_incident().sources[0]
    documents = {"d1": Document("d1", "…", first.title, first.url, first.publisher, first.published)}
    said = words(html_of(render_map([make_incident()], [strike_layer], documents=documents)))
    text, start, end, source = said["quotes"][0]
    assert text[start:end] == "bombed"
    assert said["sources"][source][0] == "Arkala Post"
    assert said["quotes"][1] == ["The mayor confirmed it.", -1, -1, -1]
    assert said["claims"][2][2] == 1


def test_steering_characters_and_lone_surrogates_are_dropped(
    make_incident: MakeIncident, strike_layer: Layer, tmp_path: Path
) -> None:
    incident = make_incident(title="a\u202eb\x00c\ud800d می\u200cرود")
    write_map(render_map([incident], [strike_layer], title="T\ud800"), tmp_path / "map.html")
    html = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert words(html)["title"] == "a b c d می\u200cرود"


def test_no_incidents_give_a_map_that_says_so() -> None:
    data = head(html_of(render_map([], [])))
    assert data["layers"] == []
    assert data["columns"]["id"] == []


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


def test_a_background_map_may_come_from_its_own_hosts_only(make_incident: MakeIncident, strike_layer: Layer) -> None:
    html = html_of(render_map([make_incident()], [strike_layer], tiles="OpenTopoMap"))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    images = next(rule for rule in policy[1].split("; ") if rule.startswith("img-src"))
    assert images.split()[1:] == ["data:", *(f"https://{s}.tile.opentopomap.org" for s in "abc")]
    tiles = head(html)["options"]["tiles"]
    assert tiles["url"].startswith("https://{s}.tile.opentopomap.org/")
    assert "© OpenStreetMap" in tiles["attribution"][0]["text"]
    # Such services refuse requests that name no site; a page without tiles tells no one where it is.
    assert '<meta name="referrer" content="strict-origin-when-cross-origin">' in html
    assert '<meta name="referrer" content="no-referrer">' in html_of(render_map([make_incident()], [strike_layer]))


@pytest.mark.parametrize("name", ["Nowhere.Map", "Thunderforest.OpenCycleMap", "https://example.org/{z}/{x}/{y}.png"])
def test_an_unknown_background_map_is_named_with_a_remedy(name: str) -> None:
    with pytest.raises(InputError, match=r"try OpenStreetMap\.Mapnik"):
        render_map([], [], tiles=name)


def test_a_color_that_is_none_is_named() -> None:
    with pytest.raises(InputError, match=r"'red; x'.*#rrggbb"):
        render_map([], [], accent="red; x")


def test_description_and_language_are_in_the_page(make_incident: MakeIncident, strike_layer: Layer) -> None:
    html = html_of(
        render_map([make_incident()], [strike_layer], description="Made by </us>", language="ar", accent="#123456")
    )
    assert head(html)["description"] == "Made by </us>"
    assert head(html)["options"] == {"language": "ar", "accent": "#123456", "tiles": None}
    assert '<html lang="ar">' in html


@pytest.mark.parametrize(
    "text", ["a`b", "${window.__x=1}", r"\${1}", r"C:\users\u12", "</script><script>1</script>", r"\`${1}`"]
)
@pytest.mark.parametrize("kind", ["popup", "parsed popup", "tooltip"])
def test_texts_of_folium_objects_stay_texts(text: str, kind: str) -> None:
    map_ = render_map([], [])
    if kind == "tooltip":
        folium.Marker([0, 0], tooltip=text).add_to(map_)
    else:
        folium.Marker([0, 0], popup=folium.Popup(text, parse_html=kind != "popup")).add_to(map_)
    html = html_of(map_)
    script = html[html.index("var map_incidents") :]
    unescaped = re.sub(r"\\.", "", script)
    assert "${" not in unescaped
    assert unescaped.count("`") == 2
    assert html.count("<script>") == html_of(render_map([], [])).count("<script>")
    assert html_of(map_) == html


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
