"""The map as a reader meets it: opened from the disk, with no network."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import folium
import pytest
from shapely.geometry import box

from geomap.model import Actor, Claim, Incident, Layer, Source, Span
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
    at = [(33.5, 36.3), (35.7, 51.4), (30.0, 31.2), (41.0, 29.0), (50.4, 30.5), (25.0, 45.0)]
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
    rows[5] = replace(rows[5], precision="region", radius_km=300.0, footprint=box(43, 23, 47, 27), main=False)
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
    assert fits(opened.page)
    assert opened.trouble == []
    assert opened.requests == []


def test_each_layer_is_named_and_counted(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    rows = page.locator(".gm-layers .gm-row:not(.gm-group)").all_inner_texts()
    assert [row.split("\n")[-2:] for row in rows] == [["Air strike", "3"], ["Protest", "3"], ["Flood", "1"]]
    assert counts(page) == {"air_strike": 3, "protest": 3, "flood": 1}


def test_a_layer_can_be_switched_off_and_on(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    page.uncheck("[data-layer=protest]")
    assert page.evaluate("geomap.visible()") == ["incident-4", "incident-2", "incident-0"]
    assert drawn(page) == 3
    page.click("text=None")
    assert drawn(page) == 0
    page.click("text=Reset")
    assert drawn(page) == 6


def test_a_popup_says_what_is_known(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    page = open_page(page_of(incidents)).page
    page.locator(".gm-marker[aria-label^='Report number 3']").click()
    popup = page.locator(".gm-popup")
    popup.wait_for()
    text = popup.inner_text()
    for words in ("Report number 3", "4 March 2025", "within about 4 km", "Disputed", "mayor", "army", "at least 12"):
        assert words in text
    link = popup.get_by_role("link", name="Bridge bombed")
    assert link.get_attribute("href") == "https://example.org/1"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert popup.locator("mark").first.inner_text() == "bombed"
    page.keyboard.press("Escape")
    popup.wait_for(state="detached")


def test_marks_work_with_the_keyboard(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    page = open_page(page_of(incidents)).page
    mark = page.locator(".gm-marker[aria-label^='Report number 0']")
    assert mark.get_attribute("tabindex") == "0"
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".gm-popup")
    assert page.evaluate("geomap.selected()") == "incident-0"
    assert page.evaluate("document.activeElement.closest('.gm-popup') !== null")


def test_incidents_without_a_place_are_listed(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents)).page
    assert "nowhere" not in page.evaluate("geomap.visible()")
    page.click("#gm-tab-unplaced")
    page.locator("#gm-unplaced summary", has_text="Flood somewhere").first.click()
    page.wait_for_selector("#gm-unplaced .gm-details dl")
    assert "not stated" in page.locator("#gm-unplaced").inner_text()


def test_search_finds_words_without_their_accents(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    path = page_of([*incidents[:5], replace(incidents[5], title="Inundación en Córdoba")])
    page = open_page(path).page
    page.fill("input[type=search]", "CORDOBA inundacion")
    page.wait_for_selector("text=1 of 6 incidents match")
    page.wait_for_selector(".gm-marker[aria-label^='Inundación']")
    assert page.evaluate("geomap.visible()") == ["incident-5"]


def test_dates_filter(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    page = open_page(page_of(incidents)).page
    page.fill("input[aria-label='From date']", "2025-03-03")
    page.fill("input[aria-label='To date']", "2025-03-04")
    page.wait_for_selector("text=3 of 7 incidents match")
    assert page.evaluate("geomap.visible()") == ["incident-3", "incident-2"]


def test_status_and_background_filter(open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]) -> None:
    page = open_page(page_of(incidents)).page
    page.click("#gm-tab-legend")
    page.uncheck("[data-background]")
    page.uncheck("[data-status=denied]")
    assert page.evaluate("geomap.visible()") == ["incident-3", "incident-2", "incident-1", "incident-0"]


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
    assert page.locator(".gm-donut").first.inner_text() == "3.0k"
    page.locator(".gm-marker").click()
    page.wait_for_selector("text=3,000 incidents here")
    assert page.locator(".gm-many .gm-item").count() == 100
    page.locator(".gm-many .gm-item").nth(5).click()
    page.wait_for_selector(".gm-popup .gm-details")
    page.click("text=Back to the list")
    page.wait_for_selector("text=3,000 incidents here")


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


def test_on_a_phone_the_panel_is_a_sheet(
    open_page: Open, page_of: Callable[..., Path], incidents: list[Incident]
) -> None:
    page = open_page(page_of(incidents), **PHONE).page
    map_box = page.locator(".folium-map").bounding_box()
    assert map_box["height"] > 700
    assert map_box["width"] == 390
    assert not page.locator(".gm-layers").is_visible()
    page.locator(".gm-handle").click()
    page.locator("[data-layer=protest]").uncheck()
    assert counts(page)["protest"] == 3
    page.locator("#gm-view .gm-item").first.click()
    page.wait_for_selector(".gm-popup")
    assert not page.locator(".gm-layers").is_visible()
    assert fits(page)


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
        page.wait_for_selector(".gm-popup .gm-details")
        assert page.locator(".gm-popup h2").last.inner_text() == row.title
        assert page.locator(".gm-popup a[href]:not(.leaflet-popup-close-button)").count() == 0
    page.locator(".gm-marker").first.hover()
    assert page.evaluate("typeof window.__x") == "undefined"
    assert opened.trouble == []
    assert opened.requests == []


def test_no_incidents_give_a_map_that_says_so(open_page: Open, page_of: Callable[..., Path]) -> None:
    opened = open_page(page_of([]))
    assert "No incident was found" in opened.page.locator(".gm-panel").inner_text()
    assert opened.trouble == []


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
          document.querySelector('[data-layer=protest]').click();
          return performance.now() - start; })()"""
    )
    assert milliseconds < 1000
