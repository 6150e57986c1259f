"""The nouns: what passes from one stage to the next.

Everywhere: WGS 84 degrees, kilometres, offsets in characters of `Document.text` with the end exclusive, ISO 8601
dates, scores 0..1. `None` means "not said"; a count of (0, 0) means "said to be nil".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "ATTACKS",
    "COUNTS",
    "WORDS",
    "Actor",
    "Claim",
    "Count",
    "DatePrecision",
    "Document",
    "Event",
    "Incident",
    "Kind",
    "Layer",
    "Place",
    "Precision",
    "Relation",
    "RelationType",
    "Source",
    "Span",
    "Stance",
    "Status",
    "Toponym",
]

#: What a place name stands for: the place itself; its government, team or people; an adjective or its inhabitants; or a
#: part of another name ("University of Chicago").
Kind = Literal["literal", "metonym", "demonym", "embedded"]
#: How exactly a position is known: a building or base, a town, a first- or second-level division, a country, a part or
#: group of these (or an area around or beside a place), a body of water.
Precision = Literal["site", "town", "admin", "country", "region", "sea"]
#: "day" and so on: as the text says; "published": the text gives no time, so the day of publication stands in.
DatePrecision = Literal["day", "week", "month", "year", "published"]
Status = Literal["reported", "confirmed", "claimed", "denied", "disputed", "planned", "threatened"]
Stance = Literal["asserts", "confirms", "denies", "declines to comment"]
RelationType = Literal["direction", "offset", "near", "coast", "border", "between"]
#: What is counted of an event, by the names of its fields: persons first, then weapons.
COUNTS = ("killed", "injured", "missing", "displaced", "arrested", "fired", "intercepted")
#: Layers whose happenings a later mention may name loosely, as "the attack".
ATTACKS = frozenset(
    {
        "air_strike", "armed_clash", "bombing", "drone_strike", "interception", "missile_strike", "shelling",
        "violence_against_civilians",
    }
)  # fmt: skip
#: Layers of what is only said.
WORDS = frozenset({"appeal", "condemnation", "threat"})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document's text."""

    start: int  #: characters
    end: int  #: characters, exclusive
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One text and what is known about it."""

    id: str  #: 16 hexadecimal digits of a hash of text and address, or the id that a JSON line brought
    text: str
    title: str | None = None
    url: str | None = None  #: http or https only
    publisher: str | None = None
    published: date | None = None
    language: str | None = None  #: ISO 639-1
    country: str | None = None  #: ISO 3166-1 alpha-2: where its readers are, a hint for resolution
    spans: tuple[Span, ...] | None = None  #: toponyms that the document brings (`geomap places --spans`)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a gazetteer."""

    id: str  #: its source and key there: "geonames:418863"
    name: str
    latitude: float  #: degrees
    longitude: float  #: degrees
    feature: str  #: "country", "admin1", "admin2", "city", "airport", "site", "sea", "region", "continent", "address"
    country: str | None = None  #: ISO 3166-1 alpha-2
    admin1: str | None = None  #: name of the first-level division
    population: int | None = None  #: persons


@dataclass(frozen=True, slots=True)
class Relation:
    """How a position is described by means of a place: "southern Syria", "20 km north of Isfahan"."""

    type: RelationType
    span: Span  #: the whole expression, the place's name included
    direction: str | None = None  #: "north", "northeast", ... or "central"
    distance_km: float | None = None  #: kilometres from the place
    other: Place | None = None  #: the second place of "the border between A and B", "the A–B road"


@dataclass(frozen=True, slots=True)
class Toponym:
    """A place name in a text, and once resolved, where that is."""

    span: Span
    kind: Kind
    relation: Relation | None = None
    place: Place | None = None
    footprint: BaseGeometry | None = None  #: polygon or line in degrees, where the place is no point
    precision: Precision | None = None
    radius_km: float | None = None  #: kilometres from the position within which the place lies
    score: float = 0.0  #: 0..1, of the resolution
    candidates: tuple[Place, ...] = ()  #: best first, the chosen one included

    @property
    def position(self) -> tuple[float, float] | None:
        """The best estimate as (latitude, longitude) in degrees."""
        if self.relation is not None and self.footprint is not None:
            point = self.footprint.representative_point()
            return (round(point.y, 4), round(point.x, 4))
        return (self.place.latitude, self.place.longitude) if self.place is not None else None

    @property
    def written(self) -> str:
        """The words of the text, with those of the relation ("southern Syria")."""
        return self.relation.span.text if self.relation is not None else self.span.text


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, or to whom it was done."""

    name: str  #: as written
    role: Literal["source", "target"]
    canonical: str | None = None  #: the usual name of a state or organisation
    country: str | None = None  #: ISO 3166-1 alpha-2
    type: str | None = None  #: "state", "international organisation", "armed group", "civilians", "media", "person"


@dataclass(frozen=True, slots=True)
class Count:
    """A number of persons: "at least 12" is 12 to None, "up to 130" is 0 to 130."""

    low: int  #: persons
    high: int | None  #: persons; None: open


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says what of an event."""

    span: Span  #: the words that name who says so
    name: str  #: the same without article and title
    stance: Stance
    quote: str  #: the sentence
    document: str  #: id of the document


@dataclass(frozen=True, slots=True)
class Event:
    """One mention of a happening in one document."""

    id: str
    document: str  #: id of the document
    layer: str  #: id of the layer
    trigger: Span  #: the words that name the happening
    sentence: Span  #: the sentence that holds them
    toponym: Toponym | None  #: where; None: the text names no place for it
    start: date | None
    end: date | None
    date_precision: DatePrecision | None
    actors: tuple[Actor, ...]
    weapon: str | None
    killed: Count | None
    injured: Count | None
    status: Status
    claims: tuple[Claim, ...]
    main: bool  #: reported as new, rather than as background
    score: float
    date_as_written: str | None = None  #: the words of the text: "on Monday"
    missing: Count | None = None
    displaced: Count | None = None  #: persons who fled, were evacuated or lost their homes
    arrested: Count | None = None
    fired: Count | None = None  #: missiles, drones, shells and bombs, not persons
    intercepted: Count | None = None  #: of what was fired


@dataclass(frozen=True, slots=True)
class Source:
    """One publication that reports an incident."""

    publisher: str | None
    url: str | None
    title: str | None
    published: date | None
    copied: bool = False  #: most of its sentences stand in an earlier one too: two papers with one agency's text


@dataclass(frozen=True, slots=True)
class Incident:
    """One happening, from all events that report it."""

    id: str  #: stable across builds: a hash of layer, place, date and earliest evidence
    layer: str  #: id of the layer
    title: str
    place: Place | None  #: None: no text names a place for it
    place_as_written: str | None
    latitude: float | None  #: degrees, the best estimate
    longitude: float | None  #: degrees
    footprint: BaseGeometry | None  #: polygon or line in degrees, where the place is no point
    precision: Precision | None
    radius_km: float | None
    start: date | None
    end: date | None
    date_precision: DatePrecision | None
    actors: tuple[Actor, ...]
    weapon: str | None
    killed: Count | None
    injured: Count | None
    status: Status
    claims: tuple[Claim, ...]
    events: tuple[Event, ...]  #: the evidence, the most telling first
    sources: tuple[Source, ...]  #: one a document, sorted
    main: bool  #: False: every text mentions it as background only
    score: float
    date_as_written: str | None = None  #: the words of the text that the dates come from: "on Monday"
    missing: Count | None = None
    displaced: Count | None = None  #: persons who fled, were evacuated or lost their homes
    arrested: Count | None = None
    fired: Count | None = None  #: missiles, drones, shells and bombs, not persons
    intercepted: Count | None = None  #: of what was fired

    @property
    def publishers(self) -> tuple[str, ...]:
        """Names of the distinct publishers, sorted; who only copies another's text is left out."""
        return tuple(sorted({s.publisher for s in self.sources if s.publisher and not s.copied}))


@dataclass(frozen=True, slots=True)
class Layer:
    """One event type, and one layer of the map."""

    id: str  #: the file's stem
    title: str
    group: str
    color: str  #: "#rrggbb"
    icon: str  #: one emoji or up to two letters
    definition: str
    triggers: tuple[str, ...]  #: words and phrases, matched by lemma; "strike + missile" needs both in one sentence
    near_misses: tuple[str, ...]  #: phrases that hold a trigger and mean something else
    example: str
    counter: str
    plover: tuple[str, ...] = ()
    acled: tuple[str, ...] = ()
    cameo: tuple[str, ...] = ()
