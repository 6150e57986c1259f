"""Explain an incident: the sentences, rules and scores behind its type, place, dates, status and merging.

In: an `Incident`, the `Document`s and `Layer`s it was built from. Out: `Section`s of lines of text. The documents are
read once more by the tagger, so that its probabilities (0..1) can be told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geomap.encoder import STATUSES, Encoder, Reading, default_encoder
from geomap.errors import InputError
from geomap.layers import TriggerIndex
from geomap.merging import DEFAULTS, Thresholds, reasons
from geomap.model import COUNTS, Count, Document, Event, Incident, Layer, Toponym

__all__ = ["Section", "explain", "find_incident"]

#: Alternatives named beside what was chosen.
_ALTERNATIVES = 3
#: Least share of the tagger's voice that is worth naming.
_FAINT = 0.05
_RULES = {
    "planned": "the tagger reads it as a plan; a claim does not change that",
    "threatened": "the tagger reads it as a threat; a claim does not change that",
    "disputed": "somebody denies it, and somebody else asserts it or it is also told as a fact",
    "denied": "somebody denies it, and nobody asserts it",
    "confirmed": "a mention is read as confirmed by somebody",
    "claimed": "attributed to somebody, and not told as a fact besides",
    "reported": "told as a fact",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One question about an incident, and its answer in lines."""

    title: str
    lines: tuple[str, ...]


def find_incident(incidents: Sequence[Incident], key: str) -> Incident:
    """Give the incident whose id begins with a key.

    Raises:
        InputError: none or several do.
    """
    found = [i for i in incidents if i.id.startswith(key.lower())]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            f"{key!r}: no incident with this id among {len(incidents)}; ids stand in incidents.geojson and on the map"
        )
    raise InputError(
        f"{key!r}: {len(found)} incidents begin so ({', '.join(i.id for i in found[:5])}); give more of it"
    )


def explain(
    incident: Incident,
    documents: Sequence[Document],
    layers: Sequence[Layer],
    *,
    thresholds: Thresholds = DEFAULTS,
    encoder: Encoder | None = None,
) -> list[Section]:
    """Give why an incident is there and is what it is."""
    encoder = encoder or default_encoder()
    known = {d.id: d for d in documents}
    readings = {e.document: encoder.read(known[e.document].text) for e in incident.events}
    index = TriggerIndex(tuple(layers))
    return [
        Section("incident", (incident.title, f"id {incident.id}, score {incident.score:g}")),
        Section("sentences", tuple(_sentence(e, known) for e in incident.events)),
        Section(
            f"type: {incident.layer}",
            tuple(_type(e, readings[e.document], encoder, index) for e in incident.events),
        ),
        Section(f"place: {incident.place_as_written or 'none'}", tuple(_place(incident))),
        Section("dates", tuple(_dates(incident))),
        Section("casualties", tuple(_casualties(incident, known))),
        Section(f"status: {incident.status}", tuple(_status(incident, readings))),
        Section("merging", tuple(_merging(incident, known, thresholds))),
    ]


def _sentence(event: Event, documents: Mapping[str, Document]) -> str:
    document = documents[event.document]
    source = document.publisher or document.title or document.url or document.id
    lead = event.sentence.text[: max(0, event.trigger.start - event.sentence.start)]
    rest = event.sentence.text[max(0, event.trigger.end - event.sentence.start) :]
    return f"{lead}[{event.trigger.text}]{rest} ({source}{'' if event.main else '; background'})"


def _type(event: Event, reading: Reading, encoder: Encoder, index: TriggerIndex) -> str:
    tokens = reading.tokens_in(event.trigger.start, event.trigger.end)
    voice = reading.trigger[tokens.start : tokens.stop].max(axis=0)
    order = sorted(range(1, len(voice)), key=lambda i: -voice[i])[:_ALTERNATIVES]
    heard = [f"{encoder.layers[i - 1]} {voice[i]:.2f}" for i in order if voice[i] >= _FAINT]
    first, end = reading.extents[reading.sentence_of[tokens.start]]
    matches = [
        m
        for m in index.find(reading.tokens[first:end])
        if first + m.start < tokens.stop and tokens.start < first + m.end
    ]
    listed = [f"{m.layer} ({m.weight:g})" for m in sorted(matches, key=lambda m: -m.weight)[:_ALTERNATIVES]]
    parts = [f"tagger: {', '.join(heard) or 'nothing'}", f"triggers of layers: {', '.join(listed) or 'none'}"]
    return f"[{event.trigger.text}] {event.layer}, score {event.score:g}; {'; '.join(parts)}"


def _place(incident: Incident) -> list[str]:
    lines = []
    for toponym in _toponyms(incident):
        assert toponym.place is not None
        place = toponym.place
        where = ", ".join(p for p in (place.name, place.admin1, place.country) if p)
        how = f"{toponym.precision}, within {toponym.radius_km:g} km" if toponym.radius_km is not None else "a point"
        lines.append(f"[{toponym.written}] {where} ({place.feature}, {place.id}): {how}, score {toponym.score:g}")
        if toponym.relation is not None:
            relation = toponym.relation
            parts = [
                relation.type,
                relation.direction,
                f"{relation.distance_km:g} km" if relation.distance_km else None,
            ]
            lines.append(f"  described by means of {place.name}: {', '.join(p for p in parts if p)}")
        others = [
            f"{c.name}, {c.admin1 or ''} {c.country or ''}".strip() for c in toponym.candidates[1 : 1 + _ALTERNATIVES]
        ]
        if others:
            lines.append(f"  namesakes: {'; '.join(others)}")
    return lines or ["no sentence names a place for it, so it is in no place on the map"]


def _toponyms(incident: Incident) -> list[Toponym]:
    found: dict[tuple[str, str], Toponym] = {}
    for event in incident.events:
        if event.toponym is not None and event.toponym.place is not None:
            found.setdefault((event.toponym.written, event.toponym.place.id), event.toponym)
    chosen = incident.place_as_written
    return sorted(found.values(), key=lambda t: t.written != chosen)


def _dates(incident: Incident) -> list[str]:
    lines = [
        f"{incident.start or 'none'} to {incident.end or 'none'}, known by: {incident.date_precision or 'nothing'}"
    ]
    if incident.date_as_written:
        lines.append(f'the text says "{incident.date_as_written}"')
    if incident.start is None and incident.date_as_written:
        lines.append("which is relative to a day of publication that is not known, or tells no day")
    elif incident.date_precision == "published":
        lines.append("no sentence gives a date; as news it takes the day of publication")
    elif incident.start is None:
        lines.append("no sentence gives a date, and plans, background and texts without a day of publication take none")
    return lines


def _casualties(incident: Incident, documents: Mapping[str, Document]) -> list[str]:
    lines = []
    for kind in COUNTS:
        whole: Count | None = getattr(incident, kind)
        if whole is None and kind not in ("killed", "injured"):
            continue
        lines.append(f"{kind}: {_range(whole)}")
        for event in incident.events:
            count: Count | None = getattr(event, kind)
            if count is not None:
                published = documents[event.document].published
                lines.append(f"  {_range(count)} at [{event.trigger.text}], published {published or 'on no known day'}")
    return lines


def _range(count: Count | None) -> str:
    if count is None:
        return "not said"
    if count.high is None:
        return f"{count.low} or more"
    return str(count.low) if count.low == count.high else f"{count.low} to {count.high}"


def _status(incident: Incident, readings: Mapping[str, Reading]) -> list[str]:
    lines = [_RULES[incident.status]]
    for event in incident.events:
        reading = readings[event.document]
        tokens = reading.tokens_in(event.trigger.start, event.trigger.end)
        chances = reading.status[tokens.start : tokens.stop].mean(axis=0)
        order = sorted(range(len(STATUSES)), key=lambda i: -chances[i])[:_ALTERNATIVES]
        heard = ", ".join(f"{STATUSES[i]} {chances[i]:.2f}" for i in order if chances[i] >= _FAINT)
        lines.append(f"[{event.trigger.text}] {event.status}; tagger: {heard}")
    lines += [f'{c.name} {c.stance}: "{c.quote}"' for c in incident.claims]
    return lines


def _merging(incident: Incident, documents: Mapping[str, Document], thresholds: Thresholds) -> list[str]:
    first, *rest = incident.events
    if not rest:
        return ["one mention only"]
    lines = []
    for event in rest:
        others = [e for e in incident.events if e is not event]
        found = reasons(event, others, thresholds)
        total = sum(points for _, points in found)
        told = ", ".join(f"{what} ({points:+g})" for what, points in found)
        apart = (
            "" if event.document == first.document else f" of {documents[event.document].publisher or 'another text'}"
        )
        sum_ = "" if math.isinf(total) else f": {total:g} points, {thresholds.same:g} needed"
        lines.append(f"[{event.trigger.text}]{apart}{sum_}; {told}")
    return lines
