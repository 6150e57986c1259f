"""Hold the places and names of the gazetteer while it is compiled.

In: places with their names. Out: for each name the places that it may mean, the likeliest first, and the same for each
form that several spellings of a name share. Positions are in degrees (WGS 84), radii in km, populations in persons.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from geomap.gazetteer import is_abbreviation, normalize
from geomap.transliteration import skeleton

__all__ = ["OFFICIAL", "OTHER", "OWN", "Entry", "Index"]

#: How a name stands to its place: its own or the usual one, another official one, any other.
OWN, OFFICIAL, OTHER = 0, 1, 2
# A name other than the place's own counts for a twentieth: "Kiev" is still Kyiv before Kiev, North Dakota.
_OTHER_NAME, _OTHER_DIVISION_NAME, _OTHER_COUNTRY_NAME = 0.05, 0.3, 0.1
# Numbers of places that GeoNames does not number; its own stay below 100 million.
_FIRST_NUMBER = 100_000_000
# Persons from which on a place, if it is no division, is found by other spellings of its name.
_SPELLED_POPULATION = 2_000


@dataclass(slots=True)
class Entry:
    """One place before it is written."""

    number: int
    key: str | None  #: None: "geonames:" and the number
    name: str
    feature: str
    country: str | None
    admin1: str | None
    latitude: float
    longitude: float
    population: int | None
    radius_km: float | None
    prior: float


@dataclass(slots=True)
class Index:
    """All places and the names that lead to them."""

    entries: dict[int, Entry] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    #: normalized name -> references: number << 4 | standing << 2 | flags, one alone or several in a list
    names: dict[str, int | list[int]] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)

    def add(
        self, key: str | int, name: str, feature: str, country: str | None, admin1: str | None,
        position: tuple[float, float], prior: float, population: int | None = None, radius_km: float | None = None,
    ) -> Entry:  # fmt: skip
        """Add a place under a key of ours, or under the number that GeoNames gives it."""
        number, own = key if isinstance(key, int) else _FIRST_NUMBER + len(self.keys), None
        if isinstance(key, str):
            own = key if key not in self.keys else f"{key}-{number - _FIRST_NUMBER}"
            self.keys[own] = number
        entry = Entry(number, own, name, feature, country, admin1, *position, population or None, radius_km, prior)
        self.entries[number] = entry
        return entry

    def call(self, entry: Entry, names: Iterable[str], standing: int = OWN) -> None:
        """Let names lead to a place: its own ones, or other ones, which lower its prior."""
        for name in names:
            key = normalize(name)
            if not key or len(key) > 100:
                continue
            reference = entry.number << 4 | standing << 2 | (2 if is_abbreviation(name) else 0)
            known = self.names.setdefault(key, reference)
            if known == reference:
                continue
            known = [known] if isinstance(known, int) else known
            for i, old in enumerate(known):
                if old >> 4 == entry.number:
                    # The better standing counts; a form in mixed case frees the name from its capitals.
                    known[i] = min(old & ~3, reference & ~3) | (old & reference & 3)
                    break
            else:
                known.append(reference)
            self.names[key] = known if len(known) > 1 else known[0]

    def prior(self, reference: int) -> float:
        entry, standing = self.entries[reference >> 4], reference >> 2 & 3
        if standing == OWN:
            return entry.prior
        if entry.feature == "country":
            # "Island" is Iceland in German: names of other languages rank with those of towns.
            return max(1_000.0, entry.population or 0) * _OTHER_COUNTRY_NAME
        return entry.prior * (_OTHER_DIVISION_NAME if standing == OFFICIAL else _OTHER_NAME)

    def ranked(self, key: str) -> list[int]:
        """Give the references of a key, the likeliest first, with the flags that `Gazetteer` reads."""
        return self._in_order(self._known(key))

    def without_other_names(self, keys: Iterable[str]) -> None:
        """Let these keys lead only to places that are themselves called so."""
        for key in keys:
            kept = [r for r in self._known(key) if r >> 2 & 3 == OWN]
            if kept:
                self.names[key] = kept
            else:
                self.names.pop(key, None)

    def spellings(self, countries: frozenset[str]) -> dict[str, list[int]]:
        """Give the references of each form that the spellings of a name share (`skeleton`), the likeliest first.

        Only own and official names of divisions and larger places of these countries (ISO 3166-1 alpha-2) have forms.
        """
        found: dict[str, dict[int, int]] = {}
        for key in self.names:
            for reference in self._known(key):
                entry = self.entries[reference >> 4]
                large = entry.feature in ("admin1", "admin2") or (entry.population or 0) >= _SPELLED_POPULATION
                if large and entry.country in countries and reference >> 2 & 3 != OTHER:
                    best = found.setdefault(skeleton(key), {})
                    best[entry.number] = min(reference, best.get(entry.number, reference))
        return {form: self._in_order(best.values()) for form, best in found.items() if form}

    def _known(self, key: str) -> list[int]:
        known = self.names.get(key, [])
        return [known] if isinstance(known, int) else known

    def _in_order(self, references: Iterable[int]) -> list[int]:
        order = sorted(references, key=lambda r: (-self.prior(r), r >> 2 & 3, r >> 4))
        return [r >> 4 << 2 | (r & 2) | (1 if r >> 2 & 3 == OWN else 0) for r in order]
