"""Incidents to an interactive map that needs no network.

In: `Incident`s, the `Layer`s that name and color them, and if wanted the `Document`s they come from. Out: a
`folium.Map`, to which folium layers can be added, and its page, one HTML file. Positions are degrees WGS 84, radii
kilometres, days ISO 8601.

The page carries no text of a document as markup or script. Data go in as JSON, deflated and in base64; the page's
scripts put them into text nodes only.
"""

from __future__ import annotations

import base64
import functools
import json
import math
import os
import re
import zlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from geomap.errors import OutputError
from geomap.model import COUNTS, Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import folium
    from shapely.geometry.base import BaseGeometry

    from geomap.model import Count, Document, Incident

__all__ = ["render_map", "write_map"]

_BASEMAP = Path(__file__).parent / "_data" / "outlines" / "basemap.json"

#: Rows a compressed block of texts: the page unpacks a block when it shows or searches one of its rows.
_CHUNK = 500
#: Longest text of each kind in the page, in characters; what is longer is cut and ends in "…".
_LONGEST = {"title": 240, "name": 160, "quote": 700, "url": 2000}
#: Most quotes and sources that an incident's details list.
_MOST = {"quotes": 6, "sources": 25, "names": 12}
#: Controls, overrides of the writing direction and halves of characters.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
#: Most vertices of a footprint in the page.
_VERTICES = 3000

_STATUSES = {
    "reported": ("Reported", "Reported"),
    "confirmed": ("Confirmed", "Confirmed"),
    "claimed": ("Claimed", "Claimed, not confirmed"),
    "disputed": ("Disputed", "Disputed: asserted by one, denied by another"),
    "denied": ("Denied", "Denied"),
    "planned": ("Planned", "Planned: has not happened yet"),
    "threatened": ("Threatened", "Threatened: has not happened"),
}
_PRECISIONS = {
    "site": "a site, such as a building or base",
    "town": "a town",
    "admin": "a province or district",
    "country": "a whole country",
    "region": "an area",
    "sea": "a body of water",
}
_STANCES = {
    "asserts": "Asserted by",
    "confirms": "Confirmed by",
    "denies": "Denied by",
    "declines to comment": "No comment from",
}


def render_map(
    incidents: Sequence[Incident],
    layers: Sequence[Layer],
    *,
    title: str = "Incident map",
    documents: Mapping[str, Document] | None = None,
) -> folium.Map:
    """Draw incidents on a map with one layer an event type.

    Incidents without a position are listed and not drawn. A layer that no incident has is left out; an incident whose
    layer is not in `layers` gets one named by its id. `documents`, by id, let the page say which publisher each quote
    comes from. The same arguments give the same bytes.

    The map is a `folium.Map`: `folium.Marker(...).add_to(map_)` and the like work. Its page forbids all requests; set
    `map_.offline = False` before writing it to add tile layers or folium plugins, which load from the network.

    Raises `OutputError` if a file that the page is made of is missing from the installation.
    """
    from geomap.page import IncidentMap

    rows = sorted(incidents, key=lambda i: (-(i.start or date.min).toordinal(), i.id))
    title = _clip(title, "title") or "Incident map"
    blocks = {"head": _head(rows, layers, title), "basemap": _basemap(_BASEMAP)}
    texts = [_details(row, documents or {}) for row in rows]
    blocks |= {f"text-{n}": _pack(texts[at : at + _CHUNK]) for n, at in enumerate(range(0, len(texts), _CHUNK))}
    return IncidentMap(title, blocks)


def write_map(map_: folium.Map, path: Path) -> None:
    """Write the page of a map as UTF-8, whole or not at all; makes the folder if there is none.

    Raises `OutputError` if the file can't be written.
    """
    path = Path(path)
    content = map_.get_root().render().encode("utf-8", "replace")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{path}: can't write the map ({reason}): choose a folder that can be written") from error
    finally:
        if temporary.exists():
            temporary.unlink()


# What the page is told ------------------------------------------------------------------------------------------------


def _head(rows: Sequence[Incident], layers: Sequence[Layer], title: str) -> str:
    """The columns that filters and clusters need, and the lists that they point into."""
    occurring = {row.layer for row in rows}
    known = {layer.id: layer for layer in layers if layer.id in occurring}
    shown = [*known.values(), *(_unknown_layer(name) for name in sorted(occurring - set(known)))]
    groups = list(dict.fromkeys(layer.group for layer in shown))
    shown.sort(key=lambda layer: groups.index(layer.group))
    number = {layer.id: n for n, layer in enumerate(shown)}
    statuses, precisions = list(_STATUSES), list(_PRECISIONS)
    shapes: dict[bytes, tuple[int, Any]] = {}
    places: dict[str, int] = {}
    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            "id",
            "layer",
            "lat",
            "lon",
            "start",
            "end",
            "status",
            "precision",
            "radius",
            "main",
            "shape",
            "place",
        )
    }
    for row in rows:
        position = _position(row)
        values = {
            "id": row.id,
            "layer": number[row.layer],
            "lat": None if position is None else round(position[0] * 1e5),
            "lon": None if position is None else round(position[1] * 1e5),
            "start": None if row.start is None else _day(row.start),
            "end": None if row.start is None else _day(row.end or row.start),
            "status": statuses.index(row.status),
            "precision": None if row.precision is None else precisions.index(row.precision),
            "radius": round(row.radius_km, 2) if row.radius_km and math.isfinite(row.radius_km) else 0,
            "main": int(row.main),
            "shape": _shape_number(row.footprint, shapes) if position is not None else None,
            "place": places.setdefault(_clip(row.place.name, "name"), len(places)) if row.place is not None else None,
        }
        for name, value in values.items():
            columns[name].append(value)
    publishers = Counter(publisher for row in rows for publisher in row.publishers)
    return _pack(
        {
            "title": title,
            "layers": [_layer(layer) for layer in shown],
            "statuses": [{"id": name, "title": words[0], "text": words[1]} for name, words in _STATUSES.items()],
            "precisions": precisions,
            "columns": columns,
            "places": list(places),
            "shapes": [shape for _, shape in shapes.values()],
            "chunk": _CHUNK,
            "publishers": [
                [_clip(name, "name"), n] for name, n in sorted(publishers.items(), key=lambda p: (-p[1], p[0]))
            ],
        }
    )


def _unknown_layer(name: str) -> Layer:
    title = name.replace("_", " ").replace("-", " ").capitalize()
    return Layer(name, title, "Other", "#6b7280", title[:1], "", (), (), "", "")


def _layer(layer: Layer) -> dict[str, str]:
    color = layer.color.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", layer.color) else "#6b7280"
    texts = {"id": layer.id, "title": layer.title, "group": layer.group}
    return {name: _clip(text, "name") for name, text in texts.items()} | {"color": color, "icon": layer.icon[:8]}


def _details(row: Incident, documents: Mapping[str, Document]) -> dict[str, Any]:
    """All that the page says of one incident, in words."""
    place = _place_words(row)
    facts = [
        ("Place", _written_and_place(row, place)),
        ("Precision", _precision_words(row)),
        ("Status", _STATUSES[row.status][1]),
        *((label, _names(c.name for c in row.claims if c.stance == stance)) for stance, label in _STANCES.items()),
        ("Actors", _actor_words(row)),
        ("Weapon", _clip(row.weapon or "", "name")),
        *((kind.capitalize(), _count_words(getattr(row, kind))) for kind in COUNTS),
        ("Reports", _report_words(row)),
        ("Mention", "" if row.main else "as background only"),
    ]
    return {
        "title": _clip(row.title, "title"),
        "when": _date_words(row),
        "place": place,
        "facts": [fact for fact in facts if fact[1]],
        "quotes": _quotes(row, documents),
        "sources": [
            {
                "publisher": _clip(s.publisher or _host(s.url) or "Unnamed source", "name"),
                "title": _clip(s.title or "", "title"),
                "url": _link(s.url),
                "published": s.published.isoformat() if s.published else "",
            }
            for s in row.sources[: _MOST["sources"]]
        ],
        "more": max(0, len(row.sources) - _MOST["sources"]),
    }


def _quotes(row: Incident, documents: Mapping[str, Document]) -> list[dict[str, Any]]:
    """The sentences that report the incident, each once, with its trigger's offsets and the publication."""
    quotes: dict[str, dict[str, Any]] = {}
    for event in row.events:
        text, trigger = _clip(event.sentence.text, "quote"), _clip(event.trigger.text, "quote")
        before = _clip(event.sentence.text[: max(0, event.trigger.start - event.sentence.start)], "quote")
        at = text.find(trigger, len(before)) if trigger else -1
        mark = [at, at + len(trigger)] if at >= 0 else None
        quotes.setdefault(text, {"text": text, "mark": mark} | _origin(row, documents.get(event.document)))
    for claim in row.claims:
        text = _clip(claim.quote, "quote")
        quotes.setdefault(text, {"text": text, "mark": None} | _origin(row, documents.get(claim.document)))
    return [quote for text, quote in quotes.items() if text][: _MOST["quotes"]]


def _origin(row: Incident, document: Document | None) -> dict[str, str]:
    known = document or (row.sources[0] if len(row.sources) == 1 else None)
    if known is None:
        return {"publisher": "", "url": ""}
    name = known.publisher or _host(known.url) or known.title or ""
    return {"publisher": _clip(name, "name"), "url": _link(known.url)}


# Words ----------------------------------------------------------------------------------------------------------------


def _clip(text: str, kind: str) -> str:
    """The text on one line, cut at the length of its kind, without characters that steer a screen or turn its text."""
    clean = " ".join(_STEERING.sub(" ", text).split())
    longest = _LONGEST[kind]
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"


def _names(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(_clip(name, "name") for name in names))
    more = len(unique) - _MOST["names"]
    return ", ".join(unique[: _MOST["names"]]) + (f" and {more} more" if more > 0 else "")


def _date_words(row: Incident) -> str:
    start, end = row.start, row.end
    if start is None:
        return f"“{_clip(row.date_as_written, 'name')}”, of no known day" if row.date_as_written else "Date not stated"
    if row.date_precision == "year":
        return str(start.year) if end is None or end.year == start.year else f"{start.year}–{end.year}"
    if row.date_precision == "month":
        return f"{_MONTHS[start.month - 1]} {start.year}"
    if row.date_precision == "week":
        return f"Week of {_one_day(start)}"
    if row.date_precision == "published":
        return f"Reported on {_one_day(start)}"
    if end is None or end <= start:
        return _one_day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{_one_day(end)}"
    return f"{_one_day(start)} – {_one_day(end)}"


def _one_day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _place_words(row: Incident) -> str:
    if row.place is None:
        return _clip(row.place_as_written or "", "name")
    parts = [row.place.name]
    if row.place.feature not in {"country", "region", "continent", "sea"}:
        country = _territories().get(row.place.country or "", "")
        parts += [part for part in (row.place.admin1, country) if part and part not in parts]
    return _clip(", ".join(parts), "name")


def _written_and_place(row: Incident, place: str) -> str:
    written = _clip(row.place_as_written or "", "name")
    if not place:
        return "not stated"
    if row.place is None or not written or written.casefold() in {row.place.name.casefold(), place.casefold()}:
        return place
    return f"“{written}” → {place}"


def _precision_words(row: Incident) -> str:
    if row.precision is None or _position(row) is None:
        return ""
    words = _PRECISIONS[row.precision]
    if row.radius_km and math.isfinite(row.radius_km):
        words += f", within about {_rounded(row.radius_km)} km"
    return words[0].upper() + words[1:]


def _rounded(km: float) -> str:
    """Two significant digits: more would claim a precision that a radius does not have."""
    if km < 1:
        return "1"
    step = 10 ** max(0, int(math.log10(km)) - 1)
    return f"{round(km / step) * step:,}"


def _actor_words(row: Incident) -> str:
    def of(role: str) -> str:
        named = [
            a.name if not a.canonical or a.canonical.casefold() == a.name.casefold() else f"{a.name} ({a.canonical})"
            for a in row.actors
            if a.role == role
        ]
        return _names(named)

    source, target = of("source"), of("target")
    return f"{source} → {target}" if source and target else source or (f"→ {target}" if target else "")


def _count_words(count: Count | None) -> str:
    if count is None:
        return ""
    if count.high is None:
        return f"at least {count.low:,}" if count.low else "some, number not stated"
    if count.low == count.high:
        return f"{count.low:,}" if count.low else "none"
    return f"{count.low:,} to {count.high:,}" if count.low else f"up to {count.high:,}"


def _report_words(row: Incident) -> str:
    reports, publishers = len(row.sources), len(row.publishers)
    words = f"{reports:,} report" + ("s" if reports != 1 else "")
    return words + (f" from {publishers:,} publishers" if publishers > 1 else "") if reports else ""


def _link(url: str | None) -> str:
    """The address if it is one of the web, else nothing: a link must not run script or open a local file."""
    if not url or len(url) > _LONGEST["url"] or any(c.isspace() or not c.isprintable() for c in url):
        return ""
    return url if _host(url) else ""


def _host(url: str | None) -> str:
    try:
        parts = urlsplit(url or "")
        return (parts.hostname or "").removeprefix("www.") if parts.scheme.lower() in {"http", "https"} else ""
    except ValueError:
        return ""


def _day(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


@functools.cache
def _territories() -> Mapping[str, str]:
    """ISO 3166-1 alpha-2 code to English name, from CLDR."""
    from babel import Locale

    return Locale("en").territories


# Geometry -------------------------------------------------------------------------------------------------------------


def _position(row: Incident) -> tuple[float, float] | None:
    if row.latitude is None or row.longitude is None:
        return None
    if not (-90 <= row.latitude <= 90 and -180 <= row.longitude <= 180):
        return None
    return row.latitude, row.longitude


def _shape_number(geometry: BaseGeometry | None, shapes: dict[bytes, tuple[int, Any]]) -> int | None:
    """The footprint's number in the page's list, where equal ones stand once."""
    if geometry is None or geometry.is_empty or geometry.geom_type == "Point":
        return None
    key = bytes(geometry.wkb)
    if key not in shapes:
        shape = _outline(geometry)
        if shape is None:
            return None
        shapes[key] = (len(shapes), shape)
    return shapes[key][0]


def _outline(geometry: BaseGeometry) -> dict[str, Any] | None:
    """The geometry as GeoJSON, thinned to what a screen shows."""
    from shapely import get_coordinates, get_num_coordinates
    from shapely.geometry import mapping

    west, south, east, north = geometry.bounds
    if not all(map(math.isfinite, get_coordinates(geometry).ravel().tolist())):
        return None
    tolerance = max(east - west, north - south) / 500
    thin = geometry.simplify(tolerance)
    while get_num_coordinates(thin) > _VERTICES and tolerance < 10:
        tolerance *= 2
        thin = geometry.simplify(tolerance)
    return dict(_thousandths(mapping(geometry if thin.is_empty else thin)))


def _thousandths(value: Any) -> Any:
    """GeoJSON with coordinates rounded to 0.001 degrees, some 100 m."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _thousandths(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_thousandths(item) for item in value]
    return value


@functools.cache
def _basemap(path: Path) -> str:
    """The packed countries: for each its name, its rings as steps of 0.001 degrees, and where its name goes."""
    from shapely.geometry import shape

    from geomap.page import read_part

    countries = []
    for feature in json.loads(read_part(path))["features"]:
        geometry = shape(feature["geometry"])
        parts = [part for part in getattr(geometry, "geoms", [geometry]) if part.geom_type == "Polygon"]
        rings = [_steps(ring.coords) for part in parts for ring in (part.exterior, *part.interiors)]
        label = _label_place(max(parts, key=lambda part: part.area)) if parts else None
        countries.append([feature["properties"].get("name") or "", [r for r in rings if len(r) > 6], label])
    return _pack(countries)


def _steps(points: Iterable[tuple[float, ...]]) -> list[int]:
    """Longitude and latitude in 0.001 degrees, each as its difference from the one before, in one flat list."""
    steps: list[int] = []
    x = y = 0
    for point in points:
        new_x, new_y = round(point[0] * 1000), round(point[1] * 1000)
        if not steps or (new_x, new_y) != (x, y):
            steps += [new_x - x, new_y - y]
        x, y = new_x, new_y
    return steps


def _label_place(polygon: BaseGeometry) -> tuple[float, float, float]:
    """Longitude and latitude of the middle of the polygon's widest part, and its width: degrees."""
    from shapely.geometry import LineString

    west, south, east, north = polygon.bounds
    best = (round((west + east) / 2, 2), round((south + north) / 2, 2), 0.0)
    for share in (0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68):
        y = south + (north - south) * share
        cut = polygon.intersection(LineString([(west - 1, y), (east + 1, y)]))
        for piece in getattr(cut, "geoms", [cut]):
            left, _, right, _ = piece.bounds if not piece.is_empty else (0, 0, 0, 0)
            # A place near the middle is worth a little less width.
            if (right - left) * (1 - abs(share - 0.5)) > best[2]:
                best = (round((left + right) / 2, 2), round(y, 2), round(right - left, 2))
    return best


def _pack(value: Any) -> str:
    """JSON, deflated, in base64: letters, digits, "+", "/" and "=" only."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode("ascii"), 9)).decode("ascii")
