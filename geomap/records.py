"""The flat records of incidents, toponyms and events that files and standard output carry, and their JSON Schema.

In: the nouns. Out: mappings of texts, numbers and lists, ready for JSON. Positions are WGS 84 degrees with at most 6
decimals (0.1 m), radii kilometres, counts persons, dates ISO 8601, offsets characters with the end exclusive.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import get_args

from geomap.gazetteer import default_gazetteer
from geomap.model import (
    COUNTS,
    Claim,
    Count,
    DatePrecision,
    Document,
    Event,
    Incident,
    Layer,
    Precision,
    Stance,
    Status,
    Toponym,
)

__all__ = ["DECIMALS", "PROPERTIES", "events_record", "kind_of", "places_record", "properties", "rounded", "schema"]

#: Decimals of a degree in all outputs.
DECIMALS = 6
# What neither XML nor a C string can hold, and lone halves of surrogate pairs, which UTF-8 can't.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _text(description: str, **more: object) -> dict[str, object]:
    return {"type": ["string", "null"], "description": description, **more}


def _given(description: str, **more: object) -> dict[str, object]:
    return {"type": "string", "description": description, **more}


def _one_of(values: tuple[str, ...], description: str) -> dict[str, object]:
    return {"type": ["string", "null"], "enum": [*values, None], "description": description}


def _number(description: str) -> dict[str, object]:
    return {"type": ["number", "null"], "minimum": 0, "description": description}


def _persons(description: str) -> dict[str, object]:
    return {"type": ["integer", "null"], "minimum": 0, "description": description}


def _total(description: str) -> dict[str, object]:
    return {"type": "integer", "minimum": 0, "description": description}


def _list(description: str, items: object = None) -> dict[str, object]:
    return {"type": "array", "items": items or {"type": "string"}, "description": description}


_SOURCE = {
    "type": "object",
    "properties": {
        "publisher": _text("Who published the text."),
        "url": _text("Address of the text, http or https."),
        "title": _text("Headline."),
        "published": _text("Day of publication, ISO 8601.", format="date"),
    },
    "required": ["publisher", "url", "title", "published"],
    "additionalProperties": False,
}

#: JSON Schema of each property of an incident, in the order of the files' columns.
PROPERTIES: dict[str, dict[str, object]] = {
    "id": _given("Identifier of the incident, the same in each build from the same texts."),
    "layer": _given("Identifier of the event type: the stem of its layer file."),
    "layer_title": _given("Title of the event type."),
    "title": _given("What happened, in one line."),
    "start": _text("First day, ISO 8601.", format="date"),
    "end": _text("Last day, ISO 8601.", format="date"),
    "date_precision": _one_of(
        get_args(DatePrecision), 'How exactly the dates are known; "published": the day of publication stands in.'
    ),
    "place": _text("Name of the place in the gazetteer; null: no text names a place."),
    "place_as_written": _text('The words of the text, with direction or distance ("southern Syria").'),
    "country": _text("Country of the place, ISO 3166-1 alpha-2.", pattern="^[A-Z]{2}$"),
    "admin1": _text("First-level division that holds the place."),
    "precision": _one_of(get_args(Precision), "How exactly the position is known."),
    "radius_km": _number("Distance from the point within which the place lies, kilometres."),
    "gazetteer_id": _text('Source and key of the place in the gazetteer ("geonames:418863").'),
    "actors_source": _list("Who acted."),
    "actors_target": _list("Who was acted upon."),
    "weapon": _text("Weapon or means, as written."),
    "killed_min": _persons("Killed, at least, persons; null: not said; 0 with killed_max 0: said to be none."),
    "killed_max": _persons("Killed, at most, persons; null: not said or open."),
    "injured_min": _persons("Injured, at least, persons; null: not said; 0 with injured_max 0: said to be none."),
    "injured_max": _persons("Injured, at most, persons; null: not said or open."),
    "missing_min": _persons("Missing, at least, persons."),
    "missing_max": _persons("Missing, at most, persons; null: not said or open."),
    "displaced_min": _persons("Fled, evacuated or made homeless, at least, persons."),
    "displaced_max": _persons("Fled, evacuated or made homeless, at most, persons; null: not said or open."),
    "arrested_min": _persons("Arrested or detained, at least, persons."),
    "arrested_max": _persons("Arrested or detained, at most, persons; null: not said or open."),
    "fired_min": _persons("Missiles, drones, shells or bombs fired, at least."),
    "fired_max": _persons("Missiles, drones, shells or bombs fired, at most; null: not said or open."),
    "intercepted_min": _persons("Of these intercepted, at least."),
    "intercepted_max": _persons("Of these intercepted, at most; null: not said or open."),
    "status": {
        "type": "string",
        "enum": list(get_args(Status)),
        "description": "What the texts together say of the event; disputed: asserted by one, denied by another.",
    },
    "attributed_to": _text('Who asserts or confirms it, joined by "; ".'),
    "denied_by": _text('Who denies it, joined by "; ".'),
    "quote": _text("The sentence that tells of it best."),
    "sources": _list("The texts that report it.", _SOURCE),
    "n_reports": _total("Number of distinct texts that report it."),
    "n_publishers": _total("Number of distinct publishers that report it."),
    "score": {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "How sure the recognition is, 0 to 1; not the truth of the report.",
    },
    "plover": _list("Codes of the event type in PLOVER."),
    "acled": _list("Event and sub-event types in ACLED."),
    "cameo": _list("Codes of the event type in CAMEO."),
}


def schema() -> dict[str, object]:
    """Give the JSON Schema (2020-12) of the properties of a feature in incidents.geojson."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Properties of an incident",
        "description": "The properties of each feature of incidents.geojson. null means: not said.",
        "type": "object",
        "properties": json.loads(json.dumps(PROPERTIES)),
        "required": list(PROPERTIES),
        "additionalProperties": False,
    }


def kind_of(rule: Mapping[str, object]) -> str:
    """Give "date", or the JSON type of a property without "null"."""
    if rule.get("format") == "date":
        return "date"
    kind = rule["type"]
    return str(kind[0] if isinstance(kind, list) else kind)


def properties(incident: Incident, layer: Layer | None) -> dict[str, object]:
    """Give the flat properties of an incident, in the order of `schema()`.

    Without a layer the title is made from its identifier and the code lists are empty. Characters that no file format
    can hold are replaced by U+FFFD.
    """
    place = incident.place
    values: dict[str, object] = {
        "id": incident.id,
        "layer": incident.layer,
        "layer_title": layer.title if layer else incident.layer.replace("_", " ").capitalize(),
        "title": incident.title,
        "start": _iso(incident.start),
        "end": _iso(incident.end),
        "date_precision": incident.date_precision,
        "place": place.name if place else None,
        "place_as_written": incident.place_as_written,
        "country": place.country if place else None,
        "admin1": place.admin1 if place else None,
        "precision": incident.precision,
        "radius_km": rounded(incident.radius_km, 3),
        "gazetteer_id": place.id if place else None,
        "actors_source": _distinct(a.canonical or a.name for a in incident.actors if a.role == "source"),
        "actors_target": _distinct(a.canonical or a.name for a in incident.actors if a.role == "target"),
        "weapon": incident.weapon,
        **{name: bound for kind in COUNTS for name, bound in _bounds(kind, getattr(incident, kind)).items()},
        "status": incident.status,
        "attributed_to": _names(incident.claims, "asserts", "confirms"),
        "denied_by": _names(incident.claims, "denies"),
        "quote": incident.events[0].sentence.text if incident.events else None,
        "sources": [
            {"publisher": s.publisher, "url": s.url, "title": s.title, "published": _iso(s.published)}
            for s in incident.sources
        ],
        "n_reports": len({event.document for event in incident.events}),
        "n_publishers": len(incident.publishers),
        "score": rounded(incident.score, 4) or 0.0,
        "plover": list(layer.plover) if layer else [],
        "acled": list(layer.acled) if layer else [],
        "cameo": list(layer.cameo) if layer else [],
    }
    return {name: _clean(value) for name, value in values.items()}


def _clean(value: object) -> object:
    if isinstance(value, str):
        return _UNWRITABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return value


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def rounded(value: float | None, digits: int) -> float | None:
    """Round a number; None for None and for what is not finite."""
    return round(float(value), digits) + 0.0 if value is not None and math.isfinite(value) else None


def _bounds(name: str, count: Count | None) -> dict[str, object]:
    return {f"{name}_min": count.low if count else None, f"{name}_max": count.high if count else None}


def _pair(count: Count | None) -> list[int | None] | None:
    return [count.low, count.high] if count is not None else None


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _names(claims: Sequence[Claim], *stances: Stance) -> str | None:
    return "; ".join(_distinct(c.name for c in claims if c.stance in stances)) or None


# --- records of one document


def places_record(document: Document, toponyms: Sequence[Toponym]) -> dict[str, object]:
    """Give what `geomap places` prints of a document: offsets in characters, degrees, kilometres.

    "lat" and "lon" are those of the named place; "relation" is there where a direction or distance goes with the name.
    """
    return {"id": document.id, "toponyms": [_toponym(toponym) for toponym in toponyms]}


def _toponym(toponym: Toponym) -> dict[str, object]:
    place, relation = toponym.place, toponym.relation
    record: dict[str, object] = {
        "start": toponym.span.start,
        "end": toponym.span.end,
        "text": toponym.span.text,
        "kind": toponym.kind,
        "name": place.name if place else None,
        "lat": rounded(place.latitude, DECIMALS) if place else None,
        "lon": rounded(place.longitude, DECIMALS) if place else None,
        "country": place.country if place else None,
        "admin1": place.admin1 if place else None,
        "precision": toponym.precision,
        "radius_km": rounded(toponym.radius_km, 3),
        "score": rounded(toponym.score, 4) or 0.0,
        "gazetteer_id": place.id if place else None,
    }
    if relation is not None:
        record["relation"] = {
            "type": relation.type,
            "text": relation.span.text,
            "direction": relation.direction,
            "distance_km": rounded(relation.distance_km, 3),
        }
        if relation.other is not None:
            record["relation"] |= {"other": relation.other.name, "other_id": relation.other.id}  # type: ignore[operator]
    dispute = default_gazetteer().dispute(place) if place else None
    if dispute:
        record["disputed"] = dispute
    return record


def events_record(document: Document, events: Sequence[Event]) -> dict[str, object]:
    """Give what `geomap events` prints of a document: offsets in characters, degrees, kilometres, persons, ISO dates.

    "lat" and "lon" are the best estimate of where it happened.
    """
    return {"id": document.id, "events": [_event(event) for event in events]}


def _event(event: Event) -> dict[str, object]:
    return {
        "layer": event.layer,
        "trigger": {"start": event.trigger.start, "end": event.trigger.end, "text": event.trigger.text},
        "place": _event_place(event.toponym) if event.toponym else None,
        "start": _iso(event.start),
        "end": _iso(event.end),
        "date_precision": event.date_precision,
        "date_as_written": event.date_as_written,
        **{kind: _pair(getattr(event, kind)) for kind in COUNTS},
        "status": event.status,
        "attributed_to": _names(event.claims, "asserts", "confirms"),
        "actors": [{"name": actor.name, "role": actor.role} for actor in event.actors],
        "quote": event.sentence.text,
        "score": rounded(event.score, 4) or 0.0,
    }


def _event_place(toponym: Toponym) -> dict[str, object]:
    latitude, longitude = toponym.position or (None, None)
    return {
        "text": toponym.written,
        "name": toponym.place.name if toponym.place else None,
        "lat": rounded(latitude, DECIMALS),
        "lon": rounded(longitude, DECIMALS),
        "country": toponym.place.country if toponym.place else None,
        "precision": toponym.precision,
        "radius_km": rounded(toponym.radius_km, 3),
    }
