"""The map as a reader meets it: opened from the disk, with no network."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import folium
import pytest
from shapely.geometry import box

from geomap.export import to_geojson
from geomap.model import Actor, Claim, Count, Incident, Layer, Source, Span
from geomap.render import render_map, write_map

pytestmark = pytest.mark.browser

MakeIncident = Callable[..., Incident]
Open = Callable[..., Any]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def layers(strike_layer: Layer) -> list[Layer]:
    return [
        strike_layer,
        replace(strike_layer, id="protest", title="Protest", group="Unrest", color="#228833", icon="P"),
        replace(strike_layer, id="flood", title="Flood", group="Disasters", color="#0077bb", icon="F"),
    ]


@pytest.fixture
def incidents(make_incident: MakeIncident, unlocated: dict[str, object]) -> list[Incident]:
    """Six with a place, far enough apart for marks of their own, and one without."""
    at = [(33.5, 36.3), (35.7, 51.4), (30.0, 31.2), (41.0, 29.0), (50.4, 30.5), (41.0, 43.0)]
    rows = [
        make_incident(
            f"incident-{n}",
            layer=["air_strike", "protest"][n % 2],
            title=f"Report number {n}",
            latitude=latitude,
            longitude=longitude,
            start=date(2025, 3, 1 + n),
            end=date(2025, 3, 1 + n),
            status=["reported", "confirmed", "claimed", "disputed", "denied", "planned"][n],
        )
        for n, (latitude, longitude) in enumerate(at)
    ]
    rows[5] = replace(rows[5], precision="region", radius_km=300.0, footprint=box(41, 39, 45, 43), main=False)
    return [*rows, make_incident("nowhere", layer="flood", title="Flood somewhere", **unlocated)]


@pytest.fixture
def page_of(tmp_path: Path, layers: list[Layer]) -> Callable[..., Path]:
    def write(incidents: list[Incident], **options: Any) -> Path:
        path = tmp_path / "map.html"
        write_map(render_map(incidents, layers, **options), path)
        return path

    return write


def counts(page: Any) -> dict[str, int]:
    return {layer["id"]: layer["count"] for layer in page.evaluate("geomap.layers()")}


def until(page: Any, expression: str) -> None:
    """Wait until an expression holds; the page's policy forbids Playwright's own way."""
    for _ in range(120):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


def drawn(page: Any) -> int:
    return int(page.locator(".gm-marker").count())


def fits(page: Any) -> bool:
    """Whether nothing makes the page wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_opens_without_network_or_complaint(
    scheme: str, size: tuple[int, int], open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    opened = open_page(page_of(incidents), color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    assert opened.page.evaluate("geomap.count()") == 7
    assert drawn(opened.page) == 6
    assert opened.page.locator(".gm-country").count() > 0
    opened.page.evaluate("geomap.select('incident-1')")
    opened.page.wait_for_selector(".gm-details")
    assert opened.page.locator(".leaflet-control-attribution").inner_text().count("Natural Earth") == 1
    assert fits(opened.page)
    assert opened.trouble == []
    assert opened.requests == []


def test_each_layer_is_named_and_counted(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    page.click("#gm-tab-types")
    rows = page.locator(".gm-layers .gm-row")
    assert [row.split("\n")[-1] for row in rows.all_inner_texts()] == ["3", "3", "1"]
    assert counts(page) == {"air_strike": 3, "protest": 3, "flood": 1}
    assert [g.strip() for g in page.locator("legend").all_inner_texts()] == ["Armed conflict", "Unrest", "Disasters"]


def test_layers_can_be_switched_alone_in_groups_and_all(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    page.click("#gm-tab-types")
    page.uncheck("[data-layer=protest]")
    assert page.evaluate("geomap.visible()") == ["incident-4", "incident-2", "incident-0"]
    assert drawn(page) == 3
    page.click(".gm-heading >> text=None")
    assert drawn(page) == 0
    page.locator(".gm-row", has_text="Protest").hover()
    page.get_by_role("button", name="Show only Protest").click()
    assert page.evaluate("geomap.visible()") == ["incident-5", "incident-3", "incident-1"]
    assert page.locator(".gm-group input").first.is_checked() is False
    page.locator(".gm-group input").first.check()
    assert drawn(page) == 6
    page.click(".gm-heading >> text=All")
    page.wait_for_selector(".gm-reset", state="hidden")


def test_many_layers_can_be_searched(
    open_page: Open, tmp_path: Path, incidents: list[Incident], strike_layer: Layer
) -> None:
    layers = [replace(strike_layer, id=f"type{n}", title=f"Type {n}") for n in range(30)]
    rows = [replace(incidents[0], id=f"{n:03}", layer=f"type{n}", latitude=20.0 + n) for n in range(30)]
    write_map(render_map(rows, layers), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html").page
    page.click("#gm-tab-types")
    page.fill(".gm-find", "type 29")
    assert page.locator(".gm-layers .gm-row:visible").count() == 1
    page.fill(".gm-find", "")
    assert page.locator(".gm-layers .gm-row:visible").count() == 30
    assert page.evaluate("(p => p.scrollHeight > p.clientHeight)(document.querySelector('#gm-types'))")


def test_the_card_says_what_is_known(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    page = open_page(page_of(incidents)).page
    page.locator(".gm-marker[aria-label^='Report number 3']").click()
    card = page.locator(".gm-details")
    card.wait_for()
    page.click(".gm-codes summary")
    text = card.inner_text()
    for words in (
        "Report number 3", "4 March 2025", "within about 4 km", "Disputed", "mayor", "army", "at least 12",
        "Air Force → villagers", "ASSAULT:aerial", "incident-3", "0.88", "2 reports from 2 publishers",
    ):  # fmt: skip
        assert words in text, words
    link = card.get_by_role("link", name="Bridge bombed")
    assert link.get_attribute("href") == "https://example.org/1"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert card.locator("mark").first.inner_text() == "bombed"
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    assert page.evaluate("geomap.selected()") is None


def test_marks_and_list_work_with_the_keyboard(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    mark = page.locator(".gm-marker[aria-label^='Report number 0']")
    assert mark.get_attribute("tabindex") == "0"
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".gm-details")
    assert page.evaluate("geomap.selected()") == "incident-0"
    assert page.evaluate("document.activeElement.closest('.gm-details') !== null")
    page.keyboard.press("Escape")
    page.locator(".gm-item").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.id") == "incident-3"
    page.wait_for_selector(".gm-ring")
    page.keyboard.press("Enter")
    page.wait_for_selector(".gm-details[data-id=incident-3]")
    page.keyboard.press("Escape")
    until(page, "document.activeElement.dataset.id === 'incident-3'")


def test_incidents_without_a_place_are_listed_apart(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    assert "nowhere" not in page.evaluate("geomap.visible()")
    assert page.locator(".gm-which").inner_text().split() == ["Map", "6", "No", "place", "1"]
    page.click(".gm-which >> text=No place")
    page.locator(".gm-item", has_text="Flood somewhere").click()
    page.wait_for_selector(".gm-details dl")
    assert page.evaluate("geomap.selected()") == "nowhere"


def test_search_finds_words_without_their_accents(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    path = page_of([*incidents[:5], replace(incidents[5], title="Inundación en Córdoba")])
    page = open_page(path).page
    page.fill(".gm-search input", "CORDOBA inundacion")
    page.wait_for_selector("text=1 of 6 match")
    page.wait_for_selector(".gm-marker[aria-label^='Inundación']")
    assert page.evaluate("geomap.visible()") == ["incident-5"]
    page.click(".gm-reset")
    assert page.input_value(".gm-search input") == ""
    assert len(page.evaluate("geomap.matching()")) == 6


def test_dates_filter_by_field_and_by_key(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    page.fill("input[type=date] >> nth=0", "2025-03-03")
    page.fill("input[type=date] >> nth=1", "2025-03-04")
    page.locator("input[type=date] >> nth=1").press("Enter")
    page.wait_for_selector("text=3 of 7 match")
    assert page.evaluate("geomap.visible()") == ["incident-3", "incident-2"]
    page.locator(".gm-dates input[type=range]").nth(1).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("text=4 of 7 match")
    assert page.input_value("input[type=date] >> nth=1") == "2025-03-05"
    assert page.locator(".gm-dates rect:not(.gm-out)").count() == 3
    assert "1 without a date" not in page.locator(".gm-undated").inner_text()


def test_handle_and_map_can_be_dragged(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    handles = page.locator(".gm-dates input[type=range]")
    box = handles.nth(1).bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=6)
    page.mouse.up()
    assert page.input_value("input[type=date] >> nth=1") < "2025-03-06"
    until(page, "geomap.matching().length < 7 && location.hash.includes('to=')")
    page.go_back()
    until(page, "geomap.matching().length === 7")
    shown = page.evaluate("geomap.visible().length")
    page.mouse.move(800, 300)
    page.mouse.down()
    page.mouse.move(1250, 690, steps=6)
    page.mouse.up()
    until(page, "location.hash.includes('at=')")
    until(page, f"geomap.visible().length < {shown}")
    until(page, "document.querySelectorAll('.gm-item').length === geomap.visible().length")


def test_play_moves_the_dates_to_the_end(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    page.get_by_role("button", name="Play").click()
    until(page, "geomap.matching().length < 7")
    page.wait_for_selector("button[aria-label=Pause]")
    page.wait_for_selector("button[aria-label=Play]", timeout=15_000)
    assert page.input_value("input[type=date] >> nth=1") == "2025-03-06"


def test_every_filter_narrows_map_list_counts_and_export(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    assert incidents[1].place is not None
    rows = [*incidents]
    rows[1] = replace(
        rows[1], place=replace(rows[1].place, country="IR"), actors=(Actor("Rebels", "source"),), score=0.2
    )
    page = open_page(page_of(rows)).page
    page.click("#gm-tab-filters")

    def shown() -> list[str]:
        found = page.evaluate("geomap.visible()")
        page.click("#gm-tab-list")
        listed = page.locator(".gm-item").evaluate_all("items => items.map(item => item.dataset.id)")
        page.click("#gm-tab-filters")
        assert found == [i for i in page.evaluate("geomap.matching()") if i != "nowhere"]
        assert listed == found
        assert drawn(page) == len(found)
        return [one[-1] for one in found]

    page.uncheck("[data-background]")
    page.uncheck("[data-status=denied]")
    assert shown() == ["3", "2", "1", "0"]
    page.click(".gm-reset")
    page.uncheck("[data-precision=region]")
    assert shown() == ["4", "3", "2", "1", "0"]
    page.click(".gm-reset")
    page.fill("[data-filter=country] input", "iran")
    page.keyboard.press("Enter")
    assert shown() == ["1"]
    page.click("[data-filter=country] .gm-chips button")
    page.fill("[data-filter=actor] input", "Rebels")
    page.keyboard.press("Enter")
    assert shown() == ["1"]
    page.click(".gm-reset")
    page.fill("[data-filter=publisher] input", "arkala")
    page.keyboard.press("Enter")
    assert len(shown()) == 6
    page.click(".gm-reset")
    page.locator(".gm-score input").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert shown() == ["5", "4", "3", "2", "0"]
    page.click("#gm-tab-list")
    page.click(".gm-save summary")
    with page.expect_download() as download:
        page.click("[data-save=geojson]")
    saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["features"]
    assert sorted(f["properties"]["id"] for f in saved) == sorted(page.evaluate("geomap.matching()"))


def test_what_is_saved_is_what_geomap_exports(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident], layers: list[Layer]
) -> None:
    page = open_page(page_of(incidents)).page
    page.click(".gm-save summary")
    saved = {}
    for kind in ("geojson", "csv", "png"):
        with page.expect_download() as download:
            page.click(f"[data-save={kind}]")
        assert download.value.suggested_filename == f"incidents.{kind}"
        saved[kind] = Path(download.value.path()).read_bytes()
    features = {f["properties"]["id"]: f for f in json.loads(saved["geojson"])["features"]}
    for feature in to_geojson(incidents, layers)["features"]:
        own = features[feature["properties"]["id"]]
        assert own["properties"] == feature["properties"]
        assert own["geometry"] == feature["geometry"]
    rows = list(csv.DictReader(io.StringIO(saved["csv"].decode("utf-8-sig"))))
    assert {row["id"] for row in rows} == set(features)
    assert {row["latitude"] for row in rows if row["id"] == "nowhere"} == {""}
    assert saved["png"].startswith(b"\x89PNG")
    assert len(saved["png"]) > 20_000


def test_the_list_is_sorted_as_asked(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    rows = [replace(row, killed=Count(n * 7 % 5, None)) for n, row in enumerate(incidents[:5])]
    page = open_page(page_of(rows)).page
    page.select_option(".gm-tools select", "killed")
    until(page, "document.querySelector('.gm-item').dataset.id === 'incident-2'")
    page.select_option(".gm-tools select", "oldest")
    until(page, "document.querySelector('.gm-item').dataset.id === 'incident-0'")


def test_an_area_is_shown_unasked_and_a_radius_when_pointed_at(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    areas = page.locator(".leaflet-gm-areas-pane path")
    assert areas.count() == 1
    page.locator(".gm-marker[aria-label^='Report number 1']").hover()
    page.wait_for_selector(".gm-tip")
    assert areas.count() == 2


def test_statuses_look_different(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    page = open_page(page_of(incidents)).page
    looks = page.evaluate(
        """[...document.querySelectorAll('.gm-marker .gm-pin')].map(pin => {
          const own = getComputedStyle(pin), over = getComputedStyle(pin, '::after');
          const plain = own.backgroundImage === 'none';
          return [own.borderStyle, own.borderWidth, plain, own.outlineStyle, over.content].join();
        })"""
    )
    assert len(set(looks)) == 6


def test_many_incidents_at_one_spot_are_one_mark_with_a_list(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of([replace(incidents[0], id=f"{n:05}", title=f"Same spot {n}") for n in range(3000)])).page
    assert drawn(page) == 1
    assert page.locator(".gm-donut").first.inner_text() == "3,000"
    page.locator(".gm-marker").click()
    page.wait_for_selector("text=3,000 incidents here")
    assert page.locator(".gm-item").count() == 100
    page.locator(".gm-more").click()
    until(page, "document.querySelectorAll('.gm-item').length === 200")
    page.locator(".gm-item").nth(5).click()
    page.wait_for_selector(".gm-details")
    page.click("text=Back to the list")
    page.wait_for_selector("text=3,000 incidents here")
    page.keyboard.press("Escape")
    page.wait_for_selector("text=3,000 incidents here", state="hidden")


def test_density_instead_of_marks(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    opened = open_page(page_of(incidents))
    page = opened.page
    page.get_by_role("button", name="Show density instead of marks").click()
    assert drawn(page) == 0
    assert page.locator("canvas.leaflet-heatmap-layer").count() == 1
    assert len(page.evaluate("geomap.visible()")) == 6
    page.get_by_role("button", name="Show marks instead of density").click()
    assert drawn(page) == 6
    assert opened.trouble == []


def test_clusters_and_lists_agree(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    rows = [
        replace(incidents[0], id=f"{n:05}", latitude=20 + n % 37 * 0.7, longitude=20 + n % 41 * 0.9)
        for n in range(1500)
    ]
    page = open_page(page_of(rows)).page
    for _ in range(3):
        page.keyboard.press("Escape")
        marks = page.evaluate(
            """(() => { const map = document.querySelector('.folium-map').getBoundingClientRect();
              return [...document.querySelectorAll('.gm-marker')].filter(mark => {
                const b = mark.getBoundingClientRect(), x = (b.left + b.right) / 2, y = (b.top + b.bottom) / 2;
                return x > map.left && x < map.right && y > map.top && y < map.bottom;
              }).reduce((sum, mark) => sum + (+mark.innerText || 1), 0); })()"""
        )
        listed = page.evaluate("geomap.visible().length")
        assert abs(marks - listed) <= 0.02 * listed
        page.click(".leaflet-control-zoom-in")
        page.wait_for_timeout(400)


def test_the_start_view_holds_the_incidents_and_no_more(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of([incidents[0], replace(incidents[0], id="b", latitude=34.9, longitude=37.0)])).page
    assert len(page.evaluate("geomap.visible()")) == 2
    west, east = page.evaluate("[map_incidents.getBounds().getWest(), map_incidents.getBounds().getEast()]")
    assert east - west < 12
    assert page.evaluate("map_incidents.getZoom()") <= 8


def test_a_link_opens_its_incident(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    path = page_of(incidents)
    page = open_page(path, "#incident-2").page
    assert page.evaluate("geomap.selected()") == "incident-2"
    page = open_page(path, "#%E0%A4%A").page
    assert page.evaluate("geomap.selected()") is None


def test_the_address_holds_the_state_and_back_undoes_steps(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    path = page_of(incidents)
    page = open_page(path, "#score=1").page
    page.click("#gm-tab-types")
    page.uncheck("[data-layer=protest]")
    page.fill(".gm-search input", "number")
    until(page, "location.hash.includes('q=number')")
    page.click("#gm-tab-list")
    page.locator(".gm-item").first.click()
    page.wait_for_selector(".gm-details")
    address = page.evaluate("location.hash")
    other = open_page(path, address).page
    assert other.evaluate("geomap.selected()") == page.evaluate("geomap.selected()")
    assert other.evaluate("geomap.matching()") == page.evaluate("geomap.matching()")
    assert other.input_value(".gm-search input") == "number"
    page.go_back()
    page.wait_for_selector(".gm-details", state="detached")
    page.go_back()
    until(page, "document.querySelector('.gm-search input').value === ''")
    page.go_back()
    until(page, "geomap.matching().length === 7")
    page.go_forward()
    until(page, "geomap.matching().length === 4")


def test_on_a_phone_the_panel_is_a_sheet(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents), **PHONE).page
    map_box = page.locator(".folium-map").bounding_box()
    assert map_box["height"] > 700
    assert map_box["width"] == 390
    assert not page.locator(".gm-tabs").is_visible()
    page.locator(".gm-handle").click()
    page.click("#gm-tab-filters")
    page.wait_for_selector(".gm-dates")
    page.click("#gm-tab-types")
    page.locator("[data-layer=protest]").uncheck()
    assert counts(page)["protest"] == 3
    page.click("#gm-tab-list")
    page.locator(".gm-item").first.click()
    page.wait_for_selector(".gm-details")
    assert page.locator(".gm-panel").bounding_box()["y"] > 250, "the map stays in sight"
    assert fits(page)


def test_the_window_can_change_its_size(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    page.set_viewport_size({"width": 390, "height": 700})
    page.wait_for_selector(".gm-tabs", state="hidden")
    assert page.locator(".folium-map").bounding_box()["width"] == 390
    page.set_viewport_size({"width": 1200, "height": 700})
    page.wait_for_selector(".gm-tabs")
    assert page.locator(".folium-map").bounding_box()["width"] > 700
    assert page.locator(".gm-dates").bounding_box()["y"] > 600


def test_the_page_speaks_arabic(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    opened = open_page(page_of(incidents, language="ar"))
    page = opened.page
    assert page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "ar"]
    panel, map_ = (page.locator(part).bounding_box() for part in (".gm-panel", ".folium-map"))
    assert panel["x"] > map_["x"] + map_["width"] / 2
    page.locator(".gm-item").first.click()
    page.wait_for_selector(".gm-details")
    assert "سوريا" in page.locator(".gm-details").inner_text()
    assert not re.search(r"[A-Za-z]{4,}", page.locator(".gm-tabs").inner_text())
    page.click("#gm-tab-key")
    page.select_option(".gm-language select", "en")
    page.wait_for_url("**lang=en**")
    page.evaluate("geomap.ready")
    assert page.evaluate("document.documentElement.dir") == "ltr"
    assert opened.trouble == []


def test_inside_another_page_the_map_comes_first(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident], tmp_path: Path
) -> None:
    path = page_of(incidents)
    page = open_page(path, "?embed").page
    assert page.locator(".folium-map").bounding_box()["width"] == 1280
    assert not page.locator(".gm-dates").is_visible()
    page.locator(".gm-marker").first.click()
    page.wait_for_selector(".gm-details")


def test_it_prints_map_list_and_key(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    page = open_page(page_of(incidents)).page
    page.emulate_media(media="print")
    for part in (".folium-map", "ul.gm-list", ".gm-key", ".gm-types"):
        assert page.locator(part).is_visible(), part
    for part in (".gm-search", ".gm-tabs", ".gm-dates", "#gm-filters"):
        assert not page.locator(part).is_visible(), part
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")


def test_a_correction_is_given_as_lines_and_links_can_be_copied(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    page.evaluate("geomap.select('incident-1')")
    page.click(".gm-correction summary")
    lines = tomllib.loads(page.locator(".gm-correction pre").inner_text())["incident"][0]
    assert lines["id"] == "incident-1"
    assert lines["killed"] == {"min": 12}
    assert lines["start"] == date(2025, 3, 2)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("text=Copy link")
    page.wait_for_selector("text=Copied")
    assert page.evaluate("navigator.clipboard.readText()").endswith("#incident=incident-1")
    page.click("text=Copy citation")
    until(page, "navigator.clipboard.readText().then(text => text.includes('Report number 1 (2025-03-02)'))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_no_barrier_is_found_by_axe(
    scheme: str, size: tuple[int, int], open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    script = Path(__file__).parents[2] / "geomap" / "web" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.skip("axe-core is not installed: npm ci in geomap/web")
    accent = "#ffcc00" if size[0] < 760 else None  # one that letters on white can't be read in
    path = page_of(incidents, accent=accent)
    page = open_page(path, color_scheme=scheme, viewport={"width": size[0], "height": size[1]}).page
    page.evaluate(script.read_text(encoding="utf-8"))
    if size[0] < 760:
        page.locator(".gm-handle").click()

    def violations() -> list[str]:
        found = page.evaluate("axe.run().then(found => found.violations)")
        return [
            f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
            for one in found
            for node in one["nodes"]
        ]

    for tab in ("types", "filters", "key", "list"):
        page.click(f"#gm-tab-{tab}")
        assert violations() == [], tab
    page.locator(".gm-item").first.click()
    page.wait_for_selector(".gm-details")
    page.click(".gm-correction summary")
    assert violations() == []


def test_the_page_follows_the_readers_colors(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    path = page_of(incidents)
    brightness = {}
    for scheme in ("light", "dark"):
        page = open_page(path, color_scheme=scheme).page
        for part in (".gm-panel", ".folium-map"):
            color = page.evaluate(f"getComputedStyle(document.querySelector('{part}')).backgroundColor")
            brightness[scheme, part] = sum(map(int, re.findall(r"\d+", color)[:3]))
    assert all(value > 500 for (scheme, _), value in brightness.items() if scheme == "light")
    assert all(value < 200 for (scheme, _), value in brightness.items() if scheme == "dark")


def test_texts_of_strangers_do_not_run(
    open_page: Open, page_of: Callable[..., Path], make_incident: MakeIncident, layers: list[Layer]
) -> None:
    rows = []
    for n, text in enumerate(
        [
            "</script><script>window.__x=1</script>",
            "${window.__x=1}",
            "<img src=x onerror=window.__x=1>",
            "`+(window.__x=1)+`",
            "javascript:window.__x=1",
        ]
    ):
        incident = make_incident(f"id{n}", latitude=30.0 + 3 * n)
        assert incident.place is not None
        rows.append(
            replace(
                incident,
                id=f"{n}{text}",
                layer=text,
                title=text,
                place=replace(incident.place, name=text, admin1=text),
                place_as_written=f"by {text}",
                actors=(Actor(text, "source"), Actor(text, "target")),
                weapon=text,
                claims=(Claim(Span(0, 1, "a"), text, "asserts", text, "d1"),),
                events=tuple(replace(e, sentence=Span(0, len(text), text)) for e in incident.events),
                sources=(Source(text, text, text, None),),
            )
        )
    opened = open_page(page_of(rows, title=rows[2].title))
    page = opened.page
    assert page.locator("h1").inner_text() == "<img src=x onerror=window.__x=1>"
    for row in rows:
        page.evaluate("id => geomap.select(id)", row.id)
        until(page, f"document.querySelector('.gm-details')?.dataset.id === {json.dumps(row.id)}")
        assert page.locator(".gm-details h2").inner_text() == row.title
        assert page.locator(".gm-details a[href]").count() == 0
        page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
    page.locator(".gm-marker").first.hover()
    for tab in ("types", "filters", "key"):
        page.click(f"#gm-tab-{tab}")
    page.fill(".gm-search input", rows[2].title)
    until(page, "geomap.matching().length === 1")
    assert page.evaluate("typeof window.__x") == "undefined"
    assert opened.trouble == []
    assert opened.requests == []


def test_no_incidents_give_a_map_that_says_so(open_page: Open, page_of: Callable[..., Path]) -> None:
    opened = open_page(page_of([]))
    assert "No incident was found" in opened.page.locator(".gm-panel").inner_text()
    assert opened.trouble == []


FOLIUM_TEXTS = [
    "a`b",
    "${window.__x=1}",
    "</script><script>window.__x=1</script>",
    "<!--<script>",
    "C:\\users\\u12",
    'It\'s "q" ${window.__x=1}',
]


@pytest.mark.parametrize("text", FOLIUM_TEXTS)
def test_texts_in_folium_objects_do_not_run(text: str, open_page: Open, tmp_path: Path) -> None:
    map_ = render_map([], [])
    folium.Marker([0, 0], popup=folium.Popup(text, parse_html=True), tooltip=text).add_to(map_)
    folium.Marker([5, 5], popup=text).add_to(map_)
    properties = {"type": "Feature", "properties": {"t": text}, "geometry": {"type": "Point", "coordinates": [9, 9]}}
    collection = {"type": "FeatureCollection", "features": [properties]}
    folium.GeoJson(collection, popup=folium.GeoJsonPopup(["t"])).add_to(map_)
    folium.FeatureGroup(name=text).add_to(map_)
    folium.LayerControl(collapsed=False).add_to(map_)
    write_map(map_, tmp_path / "map.html")
    opened = open_page(tmp_path / "map.html")
    opened.page.locator("img.leaflet-marker-icon").first.click()
    opened.page.wait_for_selector(".leaflet-popup-content")
    assert opened.page.locator(".leaflet-popup-content").inner_text().strip() == text
    assert opened.page.evaluate("typeof window.__x") == "undefined"
    assert opened.trouble == []


@pytest.mark.parametrize(
    "text", ["<img src=x onerror='window.__x=1'>", "<svg onload=window.__x=1>", "<a href='javascript:1'>a</a>"]
)
def test_markup_in_folium_objects_runs_no_script(text: str, open_page: Open, tmp_path: Path) -> None:
    map_ = render_map([], [])
    folium.Marker([0, 0], popup=text, tooltip=text).add_to(map_)
    folium.FeatureGroup(name=text).add_to(map_)
    folium.LayerControl(collapsed=False).add_to(map_)
    write_map(map_, tmp_path / "map.html")
    page = open_page(tmp_path / "map.html").page
    page.locator("img.leaflet-marker-icon").first.click()
    page.wait_for_selector(".leaflet-popup-content")
    assert page.evaluate("typeof window.__x") == "undefined"


def test_a_folium_marker_works_offline(
    open_page: Open, tmp_path: Path, incidents: list[Incident], layers: list[Layer]
) -> None:
    map_ = render_map(incidents, layers)
    folium.Marker([33.0, 44.0], popup="Our office").add_to(map_)
    write_map(map_, tmp_path / "map.html")
    opened = open_page(tmp_path / "map.html")
    opened.page.locator("img.leaflet-marker-icon").click()
    opened.page.wait_for_selector("text=Our office")
    assert opened.trouble == []


def test_ten_thousand_incidents_open_quickly(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    rows = [
        replace(
            incidents[n % 2],
            id=f"{n:05}",
            latitude=n * 7919 % 12000 / 100 - 50,
            longitude=n * 104729 % 36000 / 100 - 180,
        )
        for n in range(10_000)
    ]
    page = open_page(page_of(rows)).page
    assert page.evaluate("geomap.count()") == 10_000
    assert drawn(page) < 600
    milliseconds = page.evaluate(
        """(() => { const start = performance.now();
          geomap.setLayer('protest', false);
          return performance.now() - start; })()"""
    )
    assert milliseconds < 1000
