"""Ask the gazetteer as one asks any geopy geocoder, and read what any geopy geocoder answers.

In: a query ("Capri, Italy", "Springfield, Ill.", "Paris, Texas, US") or a position in degrees (WGS 84). Out: geopy
`Location`s whose `raw` is a dictionary of id, name, feature, country (ISO 3166-1 alpha-2), admin1 and population
(persons). No request is sent. `place_from_location` turns the `Location` of any service into a `Place`.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geopy.exc import GeocoderQueryError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from geomap.gazetteer import FEATURES, Gazetteer, haversine, normalize
from geomap.model import Place

__all__ = ["GazetteerGeocoder", "place_from_location"]

#: How many places of one name are looked at.
_CANDIDATES = 500
_CONTAINERS = 12
# A town holds what lies this many of its radii away: quarters and suburbs.
_SUBURBS = 3.0
# What services call the kind of a result (Nominatim's addresstype, Photon's type and osm_value, GeoNames' fcode).
_KINDS = {
    **dict.fromkeys(("country", "PCLI", "PCLD", "PCL"), "country"),
    **dict.fromkeys(("state", "province", "region", "ADM1"), "admin1"),
    **dict.fromkeys(("county", "district", "state_district", "ADM2"), "admin2"),
    **dict.fromkeys(("city", "town", "village", "hamlet", "municipality", "suburb", "locality"), "city"),
    **dict.fromkeys(("PPL", "PPLA", "PPLA2", "PPLA3", "PPLA4", "PPLC"), "city"),
    **dict.fromkeys(("aerodrome", "AIRP"), "airport"),
    **dict.fromkeys(("sea", "ocean", "bay", "strait", "SEA", "OCN", "STRT", "GULF"), "sea"),
    **dict.fromkeys(("continent", "CONT"), "continent"),
}


class GazetteerGeocoder(Geocoder):  # type: ignore[misc]  # geopy is not typed
    """A geopy geocoder that answers from the gazetteer on this machine."""

    def __init__(self, *, gazetteer: Gazetteer | None = None) -> None:
        """Use `gazetteer`, or the package's own, which is compiled at the first use."""
        super().__init__()
        self.gazetteer = gazetteer if gazetteer is not None else Gazetteer.open()

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        limit: int | None = None,
        country_codes: str | Iterable[str] | None = None,
        timeout: object = DEFAULT_SENTINEL,  # noqa: ARG002 - callers of geopy geocoders may give it; nothing waits here
    ) -> Any:
        """Give the likeliest place of a name as a `Location`, or None.

        Args:
            query: a name, and after commas what it lies in, which must be known: "Capri, Naples, Italy".
            exactly_one: False gives a list of all that fit, the likeliest first.
            limit: the most that such a list holds.
            country_codes: one or more ISO 3166-1 alpha-2 codes that a result must have.
        Raises: geopy's `GeocoderQueryError` where the query is no text or a limit is not positive.
        """
        if not isinstance(query, str):
            raise GeocoderQueryError(f"the query must be a text, not {query!r}")
        _check(limit)
        codes = {country_codes} if isinstance(country_codes, str) else set(country_codes or ())
        codes = {code.upper() for code in codes}
        places = [place for place in self._find(query) if not codes or place.country in codes]
        return self._answer(places, exactly_one, limit)

    def reverse(
        self,
        query: Point | str | Sequence[float],
        *,
        exactly_one: bool = True,
        limit: int | None = None,
        timeout: object = DEFAULT_SENTINEL,  # noqa: ARG002 - as in geocode
    ) -> Any:
        """Give the town nearest to a position ("32.65, 51.67", a pair of degrees, or a geopy `Point`) as a `Location`.

        With `exactly_one=False` it gives a list of the nearest ones, the nearest first: `limit` of them, else ten.
        Raises: geopy's `GeocoderQueryError` where the query is no position or the limit is not positive.
        """
        _check(limit)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # geopy warns of a latitude beyond the poles and goes on
                point = query if isinstance(query, Point) else Point(query)
        except (TypeError, ValueError, UserWarning) as error:
            raise GeocoderQueryError(f"not a position in degrees: {query!r}") from error
        count = 1 if exactly_one else limit or 10
        places = self.gazetteer.nearest(point.latitude, point.longitude, count)
        return self._answer(places, exactly_one, limit)

    def _answer(self, places: list[Place], exactly_one: bool, limit: int | None) -> Any:
        if not places:
            return None
        if exactly_one:
            return self._location(places[0])
        return [self._location(place) for place in places[:limit]]

    def _find(self, query: str) -> list[Place]:
        if len(query) > 1_000:
            return []
        parts = [part.strip() for part in query.split(",") if part.strip()]
        if not parts:
            return []
        found = self.gazetteer.candidates(parts[0], _CANDIDATES if len(parts) > 1 else 40)
        if len(parts) == 1:
            return found
        areas: list[Place] = []
        for part in reversed(parts[1:]):
            inside = self.gazetteer.candidates(part, _CANDIDATES)
            if areas:
                inside = [place for place in inside if self._within_any(place, areas)]
            areas = inside[:_CONTAINERS]
            if not areas:
                break
        within = [place for place in found if areas and self._within_any(place, areas)]
        # "Washington, D.C." is a name of its own.
        return within or self.gazetteer.candidates(query)

    def _within_any(self, place: Place, areas: list[Place]) -> bool:
        return any(self._within(place, area) for area in areas if area.id != place.id)

    def _within(self, place: Place, area: Place) -> bool:
        if area.feature == "country":
            return place.country == area.country
        if area.feature == "admin1":
            return (
                place.country == area.country
                and place.admin1 is not None
                and normalize(place.admin1) == normalize(area.admin1 or area.name)
            )
        apart = haversine(place.latitude, place.longitude, area.latitude, area.longitude)
        reach = self.gazetteer.lookup_radius(area)
        if area.feature in ("region", "sea", "continent"):
            return apart <= reach
        return place.country == area.country and apart <= max(reach * _SUBURBS, 15.0)

    def _location(self, place: Place) -> Location:
        country = self.gazetteer.country(place.country) if place.country else None
        parts = [place.name]
        for part in (place.admin1, country.name if country else None):
            if part and part not in parts:
                parts.append(part)
        raw = {
            "id": place.id,
            "name": place.name,
            "feature": place.feature,
            "country": place.country,
            "admin1": place.admin1,
            "population": place.population,
        }
        return Location(", ".join(parts), (place.latitude, place.longitude), raw)


def place_from_location(location: Location) -> Place:
    """Give the place that a geopy `Location` stands for, whichever service it comes from.

    One of `GazetteerGeocoder` gives the place of the gazetteer. One of Nominatim or Photon has the id "osm:node/123",
    one of GeoNames "geonames:123"; any other "geocoder:" and a hash of its address and position. The feature is
    "address" where the service does not say what it found.
    """
    raw = location.raw if isinstance(location.raw, Mapping) else {}
    inner = raw.get("properties")
    fields = {**raw, **inner} if isinstance(inner, Mapping) else dict(raw)
    address = fields.get("address")
    parts = address if isinstance(address, Mapping) else {}
    country = _first(
        parts.get("country_code"), fields.get("countrycode"), fields.get("countryCode"), fields.get("country")
    )
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        country = None
    feature = str(fields.get("feature"))
    if feature not in FEATURES:
        said = (fields.get(key) for key in ("addresstype", "fcode", "osm_value", "type"))
        feature = next((_KINDS[str(word)] for word in said if str(word) in _KINDS), "address")
    return Place(
        id=_id(fields, location),
        name=_first(fields.get("name"), location.address.split(",")[0]) or "?",
        latitude=float(location.latitude),
        longitude=float(location.longitude),
        feature=feature,
        country=country.upper() if country else None,
        admin1=_first(fields.get("admin1"), parts.get("state"), fields.get("state"), fields.get("adminName1")),
        population=_persons(fields.get("population")),
    )


def _id(fields: dict[str, Any], location: Location) -> str:
    own = fields.get("id")
    if isinstance(own, str) and own.partition(":")[0] in ("geonames", "admin1", "admin2", "airport", "geomap"):
        return own[:200]
    if str(fields.get("geonameId", "")).isdecimal():
        return f"geonames:{fields['geonameId']}"
    kind = {"N": "node", "W": "way", "R": "relation"}.get(str(fields.get("osm_type"))[:1].upper())
    if kind and str(fields.get("osm_id", "")).isdecimal():
        return f"osm:{kind}/{fields['osm_id']}"
    key = f"{location.address}\n{location.latitude:.6f}\n{location.longitude:.6f}"
    return f"geocoder:{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _first(*values: object) -> str | None:
    """Give the first value that is a text with something in it, on one line and cut to 200 characters."""
    for value in values:
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())[:200]
    return None


def _persons(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() and int(value) > 0 else None


def _check(limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise GeocoderQueryError(f"the limit must be at least 1, not {limit!r}")
