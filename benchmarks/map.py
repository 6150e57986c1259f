"""Measure the map page in headless Chromium: size, time until it can be used, filter, zoom and search.

In: nothing; incidents are made up, seeded. Out: a table, a row a size, beside stock folium's ways to draw as many.
Sizes are MB (10^6 bytes), times seconds or milliseconds; the browser has no network and no GPU.

    python -m benchmarks.map [--sizes 1000,10000,100000] [--folium] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from geomap.layers import load_layers
from geomap.model import Actor, Claim, Count, Event, Incident, Place, Source, Span, Toponym

FLOORS = Path(__file__).with_name("map_floors.json")
_SYLLABLES = re.findall("..", "bakataralasanamadagakotorolosonomodeserelteteneemekitirilisinimiunanenin")
_HUBS = [(33, 45, 9, 12), (48.5, 33, 3, 6), (30, 70, 8, 8), (10, 15, 10, 15), (38, -95, 8, 18), (-15, -58, 10, 10)]
_ACTORS = ("Israel", "Iran", "Russia", "Ukraine", "Hezbollah", "Syria", "Turkey", "France", "Police", "Protesters")
_PUBLISHERS = ("Arkala Post", "Harbour Times", "The Valley Echo", "Radio North", "Daily Ledger", "Coast Observer")
_COUNTRIES = ("SY", "IR", "UA", "PK", "NG", "US", "BR", "TD")


def made_up(count: int, seed: int = 3) -> list[Incident]:
    """Give so many incidents at some 5,000 places, with a quote of 32 words each, three to a source."""
    draw = random.Random(seed)
    words = ["".join(draw.choices(_SYLLABLES, k=draw.randint(1, 4))) for _ in range(20_000)]
    weights = [1 / (n + 5) for n in range(len(words))]
    totals = [sum(weights[:1])]
    for weight in weights[1:]:
        totals.append(totals[-1] + weight)

    def text(length: int) -> str:
        return " ".join(draw.choices(words, cum_weights=totals, k=length)).capitalize()

    places = []
    for n in range(5_000):
        hub = draw.randrange(len(_HUBS))
        latitude, longitude, up, across = _HUBS[hub]
        north = max(-60.0, min(75.0, draw.gauss(latitude, up)))
        name = words[(n * 7) % len(words)].title()
        east = (draw.gauss(longitude, across) + 180) % 360 - 180
        places.append(Place(f"geonames:{n}", name, north, east, "city", _COUNTRIES[hub], None, 10_000))
    layers = [layer.id for layer in load_layers()[0]]
    statuses = ("reported", "claimed", "confirmed", "disputed")
    rows = []
    for n in range(count):
        if n % 3 == 0:  # an article tells of three incidents
            published = date(2024, 1, 1) + timedelta(days=int(draw.random() ** 0.5 * 730))
            url = f"https://news.example/{draw.getrandbits(40):x}"
            source = Source(draw.choice(_PUBLISHERS), url, text(11), published)
        place = places[min(4_999, int(draw.paretovariate(0.6)))]
        day = published - timedelta(days=draw.randrange(3))
        quote = text(32) + "."
        trigger = quote.split()[3]
        at = quote.index(f" {trigger} ") + 1
        who = draw.sample(_ACTORS, 2)
        toponym = Toponym(Span(0, 1, place.name), "literal", None, place, None, "town", 5.0, 0.9)
        killed = Count(int(draw.expovariate(0.3)), None) if draw.random() < 0.4 else None
        claim = Claim(Span(0, 1, who[0]), who[0], "asserts", quote, f"d{n}")
        layer = layers[min(len(layers) - 1, int(draw.expovariate(0.15)))]
        actors = (Actor(who[0], "source"), Actor(who[1], "target"))
        where = Span(at, at + len(trigger), trigger)
        event = Event(
            f"e{n}", f"d{n}", layer, where, Span(0, len(quote), quote), toponym, day, day, "day", actors, None, killed,
            None, "reported", (claim,), True, 0.9,
        )  # fmt: skip
        incident = Incident(
            f"{draw.getrandbits(64):016x}", layer, text(11), place, place.name, round(place.latitude, 4),
            round(place.longitude, 4), None, "town", 5.0, day, day, "day", actors, None, killed, None,
            statuses[draw.randrange(4)], (claim,), (event,), (source,), True, round(draw.uniform(0.3, 1), 2),
        )  # fmt: skip
        rows.append(incident)
    return rows


def write_page(count: int, path: Path) -> tuple[float, float]:
    """Write the page of so many incidents; give seconds and the peak memory of the process in MB."""
    from geomap.render import render_map, write_map

    rows = made_up(count)
    layers = load_layers()[0]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    write_map(render_map(rows, layers), path)
    seconds = time.perf_counter() - start
    return seconds, max(0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def _with_folium(kind: str, count: int, path: Path) -> None:
    import folium
    from folium.plugins import FastMarkerCluster, MarkerCluster

    rows = made_up(count)
    page = folium.Map(location=(20, 0), zoom_start=2, tiles=None)
    if kind == "FastMarkerCluster":
        FastMarkerCluster([(r.latitude, r.longitude) for r in rows]).add_to(page)
    else:
        into: Any = MarkerCluster().add_to(page) if kind == "MarkerCluster" else page
        for row in rows:
            folium.Marker((row.latitude, row.longitude), popup=folium.Popup(row.title, max_width=300)).add_to(into)
    page.save(str(path))


def measure(browser: Any, path: Path, runs: int = 3) -> dict[str, float]:
    """Open a page some times; give its MB and the best times: ready, filter, zoom, first search, a further one."""
    best: dict[str, float] = {}
    trouble = requests = 0
    for _ in range(runs):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_offline(True)
        page = context.new_page()
        seen: list[str] = []
        page.on("console", lambda m, seen=seen: seen.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e, seen=seen: seen.append(str(e)))
        asked: list[str] = []
        page.on("request", lambda r, asked=asked: asked.append(r.url) if r.url.startswith("http") else None)
        start = time.perf_counter()
        page.goto(path.as_uri())
        page.evaluate("geomap.ready")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found = {"ready s": time.perf_counter() - start}
        found["filter ms"] = max(_timed(page, f"geomap.setLayer('protest', {on})") for on in ("false", "true"))
        found["zoom ms"] = max(_timed(page, f"{_ZOOM}({z})") for z in (4, 5, 6))
        found["search ms"] = _timed(page, "geomap.search('bakara')")
        found["search again ms"] = _timed(page, "geomap.search('tiro sani')")
        trouble += len(seen)
        requests += len(asked)
        for name, value in found.items():
            best[name] = min(best.get(name, value), value)
        context.close()
    return {"MB": path.stat().st_size / 1e6, **best, "errors": trouble, "requests": requests}


_ZOOM = (
    "(z => new Promise((done) => { const map = window[document.querySelector('.folium-map').id]; "
    "map.once('moveend', () => done()); map.setView([33, 45], z, { animate: false }); }))"
)


def _timed(page: Any, act: str) -> float:
    """Milliseconds from an act until its picture stands."""
    frame = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
    script = (
        f"(async () => {{ const t = performance.now(); await {act}; await {frame}; return performance.now() - t; }})()"
    )
    return float(page.evaluate(script))


def main() -> int:
    """Print the table; 1 where a figure misses its floor."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--folium", action="store_true", help="write stock folium's pages too, and compare sizes")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", nargs=2, metavar=("COUNT", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        print(json.dumps(write_page(int(arguments.write[0]), Path(arguments.write[1]))))
        return 0
    from playwright.sync_api import sync_playwright

    found = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    table: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for size in map(int, arguments.sizes.split(",")):
            path = Path(folder, f"{size}.html")
            # In a process of its own, so that its memory is its own.
            command = [sys.executable, "-m", "benchmarks.map", "--write", str(size), str(path)]
            seconds, memory = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            table[f"geomap {size:,}"] = {**measure(browser, path), "render s": seconds, "render MB": memory}
            if arguments.folium:
                for kind in ("Marker", "MarkerCluster", "FastMarkerCluster"):
                    if kind == "Marker" and size > 10_000:
                        continue
                    _with_folium(kind, size, path)
                    table[f"folium {kind} {size:,}"] = {"MB": path.stat().st_size / 1e6}
        browser.close()
    columns = list(next(iter(table.values())))
    print(f"{'':32}" + "".join(f"{name:>16}" for name in columns))
    for name, row in table.items():
        print(f"{name:32}" + "".join(f"{row[c]:16.2f}" if c in row else f"{'-':>16}" for c in columns))
    if arguments.json:
        arguments.json.write_text(json.dumps(table, indent=2), encoding="utf-8")
    limits = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    missed = [
        f"{name}: {key} {table[name][key]:.2f}, at most {most}"
        for name, row in limits.items()
        if name in table
        for key, most in row.items()
        if table[name][key] > most
    ]
    print("\n".join(missed), file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
