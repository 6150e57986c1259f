"""Toponym resolution: which place each toponym is, and the footprint of places described by means of another.

In: a document's `Toponym`s. Out: the same with `Place`, precision, radius (km), score and candidates, and for
"southern Syria" or "20 km north of Isfahan" a relation with its footprint (shapely, degrees).

Each distinct name has candidates from a geocoder. A candidate's score is the sum of a prior (what kind of thing it
is, how many live there) and of what the document says: a container behind the name ("Capri, Italy"), the countries
and first-level divisions of the other names, and how near their candidates lie. Scores become probabilities, which
weigh the other names' context in the next round.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from geomap.gazetteer import Gazetteer, default_gazetteer, is_abbreviation, normalize
from geomap.model import Document, Place, Precision, Relation, Span, Toponym
from geomap.relations import find_relation, find_unnamed, partner, route_ends

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    Array = npt.NDArray[np.float64]
    Numbers = npt.NDArray[np.int64]

__all__ = ["geocode_text", "resolve", "unnamed_regions"]

#: Candidates kept a name.
_LIMIT = 30
_ROUNDS = 3
#: Score of what a name may stand for; towns are scored by their population.
_PRIOR: dict[str, float] = {
    "country": 10.0, "continent": 9.5, "sea": 8.5, "region": 8.0, "admin1": 7.0, "admin2": 4.5, "site": 5.5,
    "airport": 4.0, "address": 5.0,
}  # fmt: skip
_POPULATION_WEIGHT = 1.25
#: Of a town called like a first-level division of its country that it does not lie in: "Florida" is the state.
_LIKE_A_DIVISION = -4.0
#: What part of the world, or of the country just named: no name, unless something says so ("Western Province").
_COMPASS_ONLY = re.compile(r"(?:north|south|east|west|north-?east|north-?west|south-?east|south-?west|central)(?:ern)?")
#: A division of few people, such as the Maryland of Liberia, counts so much less a power of ten below a million.
_DIVISION_WEIGHT = 0.7
_ALTERNATE_NAME = -2.0
_ALTERNATE = {"country": -3.0, "sea": 0.0, "region": -0.5, "continent": 0.0}
#: "Pará" is the Brazilian state rather than Suriname's "Para".
_SAME_ACCENTS = 1.0
_COUNTRY_CONTEXT = 3.0
_ADMIN1_CONTEXT = 3.0
_NEARNESS = 3.0
#: What a word next to the name says it is: "Herat province", "the state of Chihuahua", "mayor of New York".
_CUE = 6.0
#: Of "Guatemala" beside "Guatemala City", the city.
_NAMED_IN_FULL = -6.0
#: Kilometres at which nearness has fallen to 1/e.
_NEAR_KM = 100.0
_CONTAINER = 12.0
_HINT = 2.0
_EARTH_KM = 6371.0088
#: Kilometres that two towns may lie apart for something to lie "between" them.
_ROUTE_KM = 800.0

_PRECISION: dict[str, Precision] = {
    "country": "country", "continent": "region", "region": "region", "sea": "sea", "admin1": "admin", "admin2": "admin",
    "city": "town", "airport": "site", "site": "site", "address": "site",
}  # fmt: skip
#: Names of things smaller than a town, which gazetteers of towns lack: placed with the town that the text puts them in.
_LOCAL = re.compile(
    r"\b(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|lane|square|plaza|highway|bridge|park|hospital|school|college|"
    r"university|airport|station|stadium|arena|church|mosque|temple|cathedral|hotel|mall|market|prison|jail|court|courthouse|"
    r"museum|theater|theatre|library|cemetery|district|neighborhood|neighbourhood|suburb|quarter|camp|base|barracks|port|"
    r"harbor|harbour|dam|mine|plant|factory|refinery|terminal|center|centre|hall|house|building|tower|village|heights|hill|"
    r"creek|beach|pier|island|junction|crossing|checkpoint)\b\.?",
    re.IGNORECASE,
)


#: What is called after its own town; streets and parks are called after others.
_INSTITUTION = re.compile(
    r"(?:\s(?:general|central|county|city|international|community|railway|train|bus|fire|police|power|air|air force|"
    r"naval|high|middle|elementary|district|regional|medical|military))*\s"
    r"(?:hospital|clinic|airport|station|school|prison|jail|court|courthouse|stadium|cathedral|base|"
    r"port|harbou?r|refinery|plant|dam|camp|market|hall|mine|museum|library|zoo|barracks)$",
    re.IGNORECASE,
)
#: Kilometres around the places of a text in which such a town is looked for.
_AROUND_KM = 150.0
#: "Northeast Georgia", "Greater Manchester": a part or the surroundings of what the rest names.
_PART_OF = re.compile(
    r"^(?:north|south|east|west|north-?east|north-?west|south-?east|south-?west|central|upper|lower|greater|downtown|mid)"
    r"(?:ern)?[ -](?=\S)",
    re.IGNORECASE,
)
#: Words that say what kind of place a name next to them means.
_AREA_WORDS = r"states?|provinces?|regions?|governorates?|oblasts?|prefectures?|cantons?|departments?"
_PART_WORDS = r"count(?:y|ies)|districts?|municipalit(?:y|ies)"
_CUE_BEHIND = re.compile(
    rf"\s(?:(?P<area>{_AREA_WORDS})|(?P<part>{_PART_WORDS})|(?P<city>cit(?:y|ies)|towns?))\b", re.IGNORECASE
)
_CUE_BEFORE = re.compile(
    rf"\b(?:(?P<area>(?:{_AREA_WORDS}|governor|gov\.) of|gov\.|governorship of)"
    rf"|(?P<part>(?:{_PART_WORDS}) of)"
    r"|(?P<city>(?:cit(?:y|ies)|towns?|villages?|mayor|ports?|suburbs?|outskirts|port city) of|mayor))\s(?:the\s)?$",
    re.IGNORECASE,
)
#: What such a word fits, and how well.
_CUED: dict[str, dict[str, float]] = {
    "area": {"admin1": 1.0, "region": 1.0, "admin2": 0.8},
    "part": {"admin2": 1.0, "admin1": 0.8},
    "city": {"city": 1.0},
    "the": {"sea": 0.6, "region": 0.6, "continent": 0.6},
}
#: "The Atlantic", and no noun behind it that the article would belong to: no town.
_ARTICLE = re.compile(r"\b[Tt]he\s$")
_NO_NOUN = re.compile(
    r"\s*(?:[.,;:!?)]|$|(?:and|or|to|into|from|in|on|off|near|by|for|with|as|at|after|is|was|were|are|has|had|will|that)\b)"
)
_LARGE_TOWN = 100_000
#: Persons from which on a town is what its name stands for, rather than the division named after it.
_SEAT = 15_000
#: A town with another name as its first, New York City, has this share of its division's people at least.
_SEAT_SHARE = 0.05
#: Persons from which on a town needs no division to be known by: Washington.
_METROPOLIS = 500_000
#: Words for a place that was named before, and what such a place may be.
_NAMED_BY: dict[tuple[str, ...], tuple[str, ...]] = {
    ("city", "town", "village"): ("city",),
    ("province", "state", "governorate", "region", "county", "district", "oblast"): ("admin1", "admin2", "region"),
    ("country", "nation"): ("country",),
    ("capital",): (),
}
#: Characters over which such a word reaches back.
_MEMORY = 400
_NO_NAME_FOLLOWS = r"(?![’']s\s+\w+ern\b)(?!\s+(?:of|council|hall|government|court|police)\b)(?!,?\s+[A-Z])(?![-’'\w])"
_THE_PLACE = re.compile(
    rf"\b(?P<name>(?:[Tt]he|that)\s+(?P<what>city|town|village)){_NO_NAME_FOLLOWS}"
    r"|\b(?:in|across|throughout|around|inside|within|over|rocked|hit|shook|struck)\s+(?P<name2>the\s+"
    rf"(?P<what2>province|state|governorate|region|county|district|oblast|country|nation|capital)){_NO_NAME_FOLLOWS}"
)


#: What mentions of one place share: the name, its container ("la"), and what the words around say it is.
_Key = tuple[str, str, str]


@dataclass(slots=True)
class _Name:
    """One distinct name of a document with its candidates."""

    toponyms: list[int]
    candidates: list[Place]
    base: list[float]
    weight: float
    probability: list[float] = field(default_factory=list)


def resolve(
    toponyms: Sequence[Toponym],
    document: Document,
    *,
    geocoder: Any = None,
    gazetteer: Gazetteer | None = None,
    footprints: bool = True,
) -> list[Toponym]:
    """Give the toponyms with their places; those that no geocoder knows stay without one.

    Args:
        toponyms: of `document`, in order.
        document: what the offsets count in; its country is a hint.
        geocoder: any geopy geocoder; None: the gazetteer.
        gazetteer: for demonyms, containers and radii; None: the package's own.
        footprints: cut the shapes of relative places, which takes the most time; without, precision and radius are
            those of the named place.
    """
    gazetteer = gazetteer or default_gazetteer()
    lookup = _lookup(geocoder, gazetteer)
    containers = _containers(toponyms, document.text)
    names = _group(toponyms, containers, lookup, gazetteer, document)
    _disambiguate(names)
    resolved = list(toponyms)
    for name in names:
        if not name.candidates:
            continue
        order = sorted(range(len(name.candidates)), key=lambda i: (-name.probability[i], i))
        candidates = tuple(name.candidates[i] for i in order[:10])
        for i in name.toponyms:
            resolved[i] = _placed(toponyms[i], candidates[0], gazetteer, name.probability[order[0]], candidates)
    _place_routes(resolved, lookup, gazetteer)
    _place_local_names(resolved, lookup, gazetteer)
    return _relate(resolved, document, footprints)


def _lookup(geocoder: Any, gazetteer: Gazetteer) -> Any:
    """Give a function from a name to candidate places, best prior first."""
    from geomap.geocoders import GazetteerGeocoder, place_from_location

    if geocoder is None:
        return gazetteer.candidates
    if isinstance(geocoder, GazetteerGeocoder):
        return geocoder.gazetteer.candidates

    @lru_cache(maxsize=4096)
    def ask(name: str, limit: int = _LIMIT) -> list[Place]:
        found = geocoder.geocode(name, exactly_one=False) or []
        return [place_from_location(location) for location in found[:limit]]

    return ask


def _containers(toponyms: Sequence[Toponym], text: str) -> dict[int, int]:
    """For each toponym that a comma joins to the next one: the number of that one."""
    found = {}
    for i in range(len(toponyms) - 1):
        gap = text[toponyms[i].span.end : toponyms[i + 1].span.start]
        if re.fullmatch(r"\s{0,2}[,(]\s{0,2}(?:in\s)?", gap):
            found[i] = i + 1
    return found


def _group(
    toponyms: Sequence[Toponym], containers: dict[int, int], lookup: Any, gazetteer: Gazetteer, document: Document
) -> list[_Name]:
    """Gather mentions of one name; a mention with a container lends it to the mentions without."""
    groups: dict[_Key, list[int]] = {}
    inside: dict[int, tuple[str, list[Place]]] = {}
    found: dict[int, list[Place]] = {}
    for i, toponym in enumerate(toponyms):
        found[i] = _candidates(toponym, lookup, gazetteer)
    for i, j in containers.items():
        areas = [p for p in found[j][:8] if p.feature in ("country", "admin1", "admin2", "region")]
        if any(_within(c, a) for c in found[i] for a in areas if c.id != a.id):
            inside[i] = (normalize(toponyms[j].span.text), areas)
    written = set()
    for i, toponym in enumerate(toponyms):
        container = inside.get(i, ("", []))[0]
        written.add(normalize(toponym.span.text))
        cue = "" if container or toponym.kind == "demonym" else _cue(document.text, toponym.span)
        groups.setdefault((normalize(toponym.span.text), container, cue), []).append(i)
    names = []
    for (name, container, cue), own in sorted(groups.items(), key=lambda g: g[1][0]):
        candidates = found[own[0]]
        base = [_base(toponyms[own[0]], c, [], document) for c in candidates]
        settled = _settled_by(name, container, cue, groups, candidates, base)
        if settled is not None:
            groups[settled].extend(own)
        else:
            names.append((own, container, cue))
    out = []
    for own, container, cue in names:
        candidates = found[own[0]][:_LIMIT]
        first = next((i for i in own if i in inside), None)
        areas = inside[first][1] if container and first is not None else []
        base = [_base(toponyms[own[0]], c, areas, document) for c in candidates]
        _prefer_seats(toponyms[own[0]].span.text, candidates, base)
        _heed(cue, normalize(toponyms[own[0]].span.text), written, candidates, base)
        order = sorted(range(len(candidates)), key=lambda k: (-base[k], k))[:_LIMIT]
        out.append(_Name(own, [candidates[k] for k in order], [base[k] for k in order], min(2.0, math.sqrt(len(own)))))
    return out


def _settled_by(
    name: str, container: str, cue: str, groups: dict[_Key, list[int]], candidates: list[Place], base: list[float]
) -> _Key | None:
    """Give the group of mentions that says which place those of another group are, if there is one.

    One "Alexandria, La." settles every "Alexandria" of the document; "Oyo city" settles "Oyo", and so does "Ohio state"
    "Ohio", though not "Herat province" the town of Herat.
    """
    if container or not candidates or cue in ("area", "part"):
        return None
    contained = [g for g in groups if g[0] == name and g[1]]
    if len(contained) == 1:
        return contained[0]
    if cue:
        return None
    likeliest = max(range(len(candidates)), key=lambda k: (base[k], -k))
    cued = [g for g in groups if g[0] == name and g[2] and candidates[likeliest].feature in _CUED[g[2]]]
    return cued[0] if len(cued) == 1 and not contained else None


def _cue(text: str, span: Span) -> str:
    """Give what the words around a name say it is: "area", "part", "city", "the", or "" if they say nothing."""
    match = _CUE_BEHIND.match(text, span.end) or _CUE_BEFORE.search(text, max(0, span.start - 24), span.start)
    if match is not None:
        return str(match.lastgroup)
    article = _ARTICLE.search(text, max(0, span.start - 5), span.start) and _NO_NOUN.match(text, span.end)
    return "the" if article else ""


def _heed(cue: str, name: str, written: set[str], candidates: list[Place], base: list[float]) -> None:
    """Raise the candidates that a cue fits, and lower towns that the text names in full elsewhere."""
    country = any(p.feature == "country" and normalize(p.name) == name for p in candidates)
    for k, place in enumerate(candidates):
        base[k] += _CUE * _CUED.get(cue, {}).get(place.feature, 0.0)
        if country and place.feature == "city" and normalize(place.name) != name and normalize(place.name) in written:
            base[k] += _NAMED_IN_FULL


def _candidates(toponym: Toponym, lookup: Any, gazetteer: Gazetteer) -> list[Place]:
    text = toponym.span.text.strip()
    if _COMPASS_ONLY.fullmatch(text.lower()):
        return []
    if toponym.kind == "demonym":
        return gazetteer.demonym(text) or list(lookup(text, _LIMIT))
    places = list(lookup(text, 60))
    places += [p for p in gazetteer.demonym(text) if p not in places]
    if not places:
        shorter = _PART_OF.sub("", text)
        if shorter != text:
            large = ("country", "admin1", "admin2", "region", "continent")
            places = [p for p in lookup(shorter, 60) if p.feature in large or (p.population or 0) >= _LARGE_TOWN]
    return places


def _within(place: Place, area: Place) -> bool:
    if area.feature == "country":
        return place.country == area.country
    if area.feature == "admin1":
        return (
            place.country == area.country
            and place.admin1 is not None
            and normalize(place.admin1) == normalize(area.name)
        )
    if area.feature == "admin2":
        return place.country == area.country and place.admin1 == area.admin1 and _distance(place, area) < 120
    return _distance(place, area) < 1500


def _distance(a: Place, b: Place) -> float:
    la, lb = math.radians(a.latitude), math.radians(b.latitude)
    h = math.sin((lb - la) / 2) ** 2
    h += math.cos(la) * math.cos(lb) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def _base(toponym: Toponym, place: Place, areas: list[Place], document: Document) -> float:
    if place.feature == "city":
        score = _POPULATION_WEIGHT * math.log10((place.population or 100) + 1)
    else:
        score = _PRIOR.get(place.feature, 4.0)
        if place.feature == "admin1" and place.population:
            score += _DIVISION_WEIGHT * min(0.0, math.log10(place.population) - 6)
    written = toponym.span.text
    # "U.S." is no alternate name to be wary of; "Columbia", which some languages have for Colombia, is.
    if toponym.kind != "demonym" and not is_abbreviation(written) and normalize(place.name) != normalize(written):
        # The other names of seas and regions were written for news; those of towns are of all languages.
        score += _ALTERNATE.get(place.feature, _ALTERNATE_NAME)
    elif place.name == written and not written.isascii():
        score += _SAME_ACCENTS
    if areas:
        score += _CONTAINER if any(_within(place, a) and place.id != a.id for a in areas) else 0.0
    if document.country and place.country == document.country:
        score += _HINT
    return score


def _prefer_seats(written: str, candidates: list[Place], base: list[float]) -> None:
    """Of a town and the division around it that share a name, news that says no more ("in Derna") means the town."""
    key = normalize(written)
    towns = [
        (k, p) for k, p in enumerate(candidates)
        if p.feature == "city" and (p.population or 0) >= _SEAT
    ]  # fmt: skip
    for area in [p for p in candidates if p.feature == "admin1" and normalize(p.name) == key]:
        for k, town in enumerate(candidates):
            elsewhere = town.country == area.country and town.admin1 != area.admin1
            if town.feature == "city" and elsewhere and (town.population or 0) < _METROPOLIS:
                base[k] += _LIKE_A_DIVISION
    for i, area in enumerate(candidates):
        if area.feature not in ("admin1", "admin2") or normalize(area.name) != key:
            continue
        for k, town in towns:
            if (
                town.country == area.country
                and town.admin1 is not None
                and normalize(town.admin1) == normalize(area.admin1 or area.name)
                and (normalize(town.name) == key or (town.population or 0) >= _SEAT_SHARE * (area.population or 0))
            ):
                base[k] = max(base[k], base[i])
                base[i] = base[k] - 0.5


def _disambiguate(names: list[_Name]) -> None:
    """Set each name's probabilities by a few rounds of mutual context."""
    import numpy as np

    live = [n for n in names if n.candidates]
    if not live:
        return
    places = [p for n in live for p in n.candidates]
    owner = np.array([i for i, n in enumerate(live) for _ in n.candidates], dtype=np.int64)
    base = np.array([b for n in live for b in n.base])
    weight = np.array([n.weight for n in live])[owner]
    # What a name lends: a town lends its country, its division and its position; an area only what it is part of.
    countries = _codes([p.country for p in places])
    divisions = _codes([f"{p.country}/{normalize(p.admin1)}" if p.country and p.admin1 else None for p in places])
    local = np.array([p.feature in ("city", "admin2", "site", "airport", "address") for p in places])
    divided = local | np.array([p.feature == "admin1" for p in places])
    near = _nearness(places) * local[None, :]
    near[owner[:, None] == owner[None, :]] = 0.0
    probability = _softmax(base, owner, len(live))
    for _ in range(_ROUNDS):
        lent = probability * weight
        score = base + _COUNTRY_CONTEXT * _share(countries, lent, owner, len(live))
        score += _ADMIN1_CONTEXT * _share(divisions, lent * divided, owner, len(live)) * divided
        close = near @ (probability * np.minimum(weight, 1.5))
        score += _NEARNESS * np.minimum(1.0, close) * local
        probability = _softmax(score, owner, len(live))
    at = 0
    for name in live:
        name.probability = [float(p) for p in probability[at : at + len(name.candidates)]]
        at += len(name.candidates)


def _codes(keys: list[str | None]) -> Numbers:
    import numpy as np

    numbers: dict[str, int] = {}
    return np.array([-1 if k is None else numbers.setdefault(k, len(numbers)) for k in keys], dtype=np.int64)


def _share(codes: Numbers, lent: Array, owner: Numbers, names: int) -> Array:
    """For each candidate: the share of the other names' weight that lies in its own country or division."""
    import numpy as np

    size = int(codes.max()) + 1 if len(codes) else 0
    if size == 0:
        return np.zeros_like(lent)
    table = np.zeros((names, size))
    known = codes >= 0
    np.add.at(table, (owner[known], codes[known]), lent[known])
    total = table.sum(axis=0)
    everything = total.sum()
    own = table.sum(axis=1)
    others = total[np.maximum(codes, 0)] - table[owner, np.maximum(codes, 0)]
    # A little mass is held back, so that one other mention is no certainty.
    return np.where(known, others / (everything - own[owner] + 0.5), 0.0)


def _nearness(places: list[Place]) -> Array:
    import numpy as np

    latitude = np.radians([p.latitude for p in places])
    longitude = np.radians([p.longitude for p in places])
    xyz = np.stack([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    km = _EARTH_KM * np.arccos(np.clip(xyz.T @ xyz, -1, 1))
    return np.asarray(np.exp(-km / _NEAR_KM))


def _softmax(score: Array, owner: Numbers, names: int) -> Array:
    import numpy as np

    top = np.full(names, -np.inf)
    np.maximum.at(top, owner, score)
    weight = np.exp(score - top[owner])
    total = np.zeros(names)
    np.add.at(total, owner, weight)
    return np.asarray(weight / total[owner])


def _placed(
    toponym: Toponym, place: Place, gazetteer: Gazetteer, score: float, candidates: tuple[Place, ...]
) -> Toponym:
    return replace(
        toponym,
        place=place,
        precision=_PRECISION.get(place.feature, "site"),
        radius_km=round(gazetteer.lookup_radius(place), 1),
        score=round(score, 3),
        candidates=candidates,
    )


def _place_local_names(toponyms: list[Toponym], lookup: Any, gazetteer: Gazetteer) -> None:
    """Put a street, school or quarter that no gazetteer knows with its own town, or that which the text names by it."""
    placed = [t.place for t in toponyms if t.place is not None and t.kind == "literal"]
    towns = [
        t for t in toponyms
        if t.place is not None and t.place.feature in ("city", "admin2") and t.kind == "literal"
        and not _LOCAL.fullmatch(t.span.text)
    ]  # fmt: skip
    for i, toponym in enumerate(toponyms):
        if toponym.place is not None or toponym.kind != "literal" or not _LOCAL.search(toponym.span.text):
            continue
        inside = _named_inside(toponym, towns)
        own = None if inside else _own_town(toponym, placed, lookup)
        if own is not None:
            toponyms[i] = replace(_placed(toponym, own, gazetteer, 0.6, (own,)), precision="town")
            continue
        before = [t for t in towns if t.span.end <= toponym.span.start]
        after = [t for t in towns if 0 <= t.span.start - toponym.span.end <= 40]
        near = inside or (after[0] if after else None) or (before[-1] if before else None)
        if near is not None and near.place is not None:
            toponyms[i] = replace(
                toponym,
                place=near.place,
                precision="town",
                radius_km=near.radius_km,
                score=round(0.5 * near.score, 3),
                candidates=(near.place,),
            )


def _own_town(toponym: Toponym, placed: list[Place], lookup: Any) -> Place | None:
    """Give the town that "Letterkenny Hospital" is called after, where the text speaks of places around it."""
    name = _INSTITUTION.sub("", toponym.span.text)
    if name in ("", toponym.span.text):
        return None
    towns = [p for p in lookup(name, _LIMIT) if p.feature == "city" and normalize(p.name) == normalize(name)]
    return next((t for t in towns if any(_distance(t, p) <= _AROUND_KM for p in placed)), None)


def _named_inside(toponym: Toponym, towns: list[Toponym]) -> Toponym | None:
    """ "Fargo Airport" lies in Fargo, when the document speaks of Fargo."""
    words = toponym.span.text.lower()
    return next((t for t in towns if re.search(rf"\b{re.escape(t.span.text.lower())}\b", words)), None)


def _relate(toponyms: list[Toponym], document: Document, footprints: bool) -> list[Toponym]:
    """Read the expressions around the names and cut their footprints."""
    spans = [(t.span.start, t.span.end) for t in toponyms]
    out = []
    for i, toponym in enumerate(toponyms):
        if toponym.place is None or toponym.kind not in ("literal", "demonym"):
            out.append(toponym)
            continue
        others = spans[max(0, i - 6) : i] + spans[i + 1 : i + 7]
        start, end = spans[i]
        relation = toponym.relation or find_relation(
            document.text, start, end, others=others, demonym=toponym.kind == "demonym"
        )
        if relation is not None and relation.type in ("border", "between") and relation.other is None:
            second = partner(document.text, start, end, others)
            other = next((t.place for t, s in zip(toponyms, spans, strict=True) if s == second), None)
            relation = replace(relation, other=other)
            if relation.type == "between" and not _joined(toponym.place, other):
                relation = None
        if relation is None:
            out.append(toponym)
        elif footprints:
            out.append(_with_footprint(toponym, relation))
        else:
            out.append(replace(toponym, relation=relation))
    return out


def _joined(one: Place, two: Place | None) -> bool:
    """Tell whether something can lie between two places: towns or sites not too far apart."""
    local = ("city", "site", "airport", "admin2")
    return two is not None and one.feature in local and two.feature in local and 0 < _distance(one, two) <= _ROUTE_KM


def _place_routes(toponyms: list[Toponym], lookup: Any, gazetteer: Gazetteer) -> None:
    """Put "the Kabul–Kandahar highway" between the towns that name it."""
    countries = {t.place.country for t in toponyms if t.place is not None}
    for i, toponym in enumerate(toponyms):
        ends = route_ends(toponym.span.text) if toponym.place is None else None
        if ends is None:
            continue
        ones, twos = lookup(ends[0], 8), lookup(ends[1], 8)
        pairs = [(a, b) for a in ones for b in twos if _joined(a, b)]
        if pairs:
            one, two = max(pairs, key=lambda p: (p[0].country in countries, _size(p[0]) + _size(p[1])))
            relation = Relation("between", toponym.span, other=two)
            placed = _placed(toponym, one, gazetteer, 0.7, (one,))
            toponyms[i] = replace(placed, relation=relation)


def _size(place: Place) -> float:
    return math.log10((place.population or 0) + 1)


def _with_footprint(toponym: Toponym, relation: Relation) -> Toponym:
    assert toponym.place is not None
    bare = replace(relation, span=Span(0, 0, ""))
    area = _footprint(toponym.place, bare)
    if area is None:
        return toponym
    geometry, precision, radius = area
    return replace(toponym, relation=relation, footprint=geometry, precision=precision, radius_km=radius)


@lru_cache(maxsize=4096)
def _footprint(place: Place, relation: Relation) -> tuple[BaseGeometry, Precision, float] | None:
    from geomap.regions import footprint

    area = footprint(place, relation)
    return (area.geometry, area.precision, round(area.radius_km, 1)) if area is not None else None


def unnamed_regions(toponyms: Sequence[Toponym], document: Document) -> list[Toponym]:
    """Give toponyms for "the southern region" and "the city", of the country and the town that the text spoke of last.

    These are no names, so that recognition leaves them out; events happen there all the same.
    """
    found = []
    taken = [(t.relation.span if t.relation else t.span) for t in toponyms]
    for relation in find_unnamed(document.text):
        span = relation.span
        if any(s.start < span.end and span.start < s.end for s in taken):
            continue
        before = [
            t for t in toponyms
            if t.place is not None and t.place.feature == "country" and t.kind == "literal" and t.span.end <= span.start
        ]  # fmt: skip
        if not before or span.start - before[-1].span.end > 600:
            continue
        anchor = before[-1]
        toponym = Toponym(
            span, "literal", place=anchor.place, score=round(0.7 * anchor.score, 3), candidates=anchor.candidates
        )
        related = _with_footprint(toponym, relation)
        if related.footprint is not None:
            found.append(related)
    gazetteer = default_gazetteer()
    for match in _THE_PLACE.finditer(document.text):
        earlier = [t for t in toponyms if t.place is not None and 0 <= match.start() - t.span.end <= _MEMORY]
        if any(s.start < match.end() and match.start() < s.end for s in taken):
            continue
        group = "name" if match["name"] else "name2"
        meant = _meant((match["what"] or match["what2"]).lower(), earlier, gazetteer)
        if meant is not None:
            span = Span(*match.span(group), match[group])
            found.append(replace(meant, span=span, relation=None, footprint=None))
    return found


def _meant(what: str, earlier: list[Toponym], gazetteer: Gazetteer) -> Toponym | None:
    """Give what "the city", "the province", "the country" or "the capital" means after some toponyms."""
    if what == "capital":
        codes = [t.place.country for t in earlier if t.place is not None and t.place.country]
        capital = gazetteer.capital(codes[-1]) if codes else None
        return _placed(earlier[-1], capital, gazetteer, 0.6, (capital,)) if capital is not None else None
    features = next(f for words, f in _NAMED_BY.items() if what in words)
    kinds = ("literal", "metonym") if "country" in features else ("literal",)
    fitting = [t for t in earlier if t.kind in kinds and t.place is not None and t.place.feature in features]
    return replace(fitting[-1], kind="literal") if fitting else None


def geocode_text(query: str, *, limit: int = 5, gazetteer: Gazetteer | None = None) -> list[dict[str, object]]:
    """Resolve a free-standing expression: "Capri, Italy", "southern Syria", "20 km north of Isfahan".

    Gives at most `limit` answers, best first, as JSON-ready mappings; geometry is GeoJSON where the answer is an area.
    """
    from shapely.geometry import mapping

    from geomap.regions import outline

    gazetteer = gazetteer or default_gazetteer()
    answers = []
    for toponym in _read_query(query.strip()[:300], gazetteer):
        places = toponym.candidates[:limit] if toponym.relation is None else (toponym.candidates[:1])
        for place in places:
            related = toponym.relation is not None
            shape = toponym.footprint if related else outline(place)
            position = toponym.position if toponym.relation is not None else (place.latitude, place.longitude)
            assert position is not None
            answer: dict[str, object] = {
                "name": toponym.written if toponym.relation is not None else place.name,
                "lat": round(position[0], 5),
                "lon": round(position[1], 5),
                "country": place.country,
                "admin1": place.admin1,
                "feature": place.feature,
                "precision": toponym.precision if related else _PRECISION.get(place.feature, "site"),
                "radius_km": toponym.radius_km if related else round(gazetteer.lookup_radius(place), 1),
                "population": place.population,
                "gazetteer_id": place.id,
                "geometry": mapping(shape) if shape is not None else None,
            }
            if dispute := gazetteer.dispute(place):
                answer["disputed"] = dispute
            answers.append(answer)
    return answers[:limit]


def _read_query(query: str, gazetteer: Gazetteer) -> list[Toponym]:
    """Find the name or names in a query, and resolve the most telling one."""
    from geomap.text import tokenize

    whole = Toponym(Span(0, len(query), query), "literal")
    if gazetteer.candidates(query):
        return [t for t in resolve([whole], Document("query", query), gazetteer=gazetteer) if t.place]
    tokens = tokenize(query)
    names: list[Toponym] = []
    i = 0
    while i < len(tokens):
        for j in range(len(tokens), i, -1):
            text = query[tokens[i].start : tokens[j - 1].end]
            if text[:1].isalnum() and not text.isdigit() and len(text) > 2 and "," not in text:
                known = gazetteer.demonym(text)
                if gazetteer.candidates(text, 1) or known:
                    kind = "demonym" if known and not gazetteer.candidates(text, 1) else "literal"
                    names.append(Toponym(Span(tokens[i].start, tokens[j - 1].end, text), kind))  # type: ignore[arg-type]
                    i = j - 1
                    break
        i += 1
    resolved = [t for t in resolve(names, Document("query", query), gazetteer=gazetteer) if t.place]
    related = [t for t in resolved if t.relation is not None]
    # Of "Capri, Italy" the first name is meant; small words before it that happen to be places are not.
    best = related or sorted(resolved, key=lambda t: (-t.score if len(t.span.text) > 3 else 1, t.span.start))
    return best[:1] if related else [t for t in resolved if t.span.text[:1].isupper()][:1] or best[:1]
