"""Event coreference: which mentions speak of one happening, within a document and across documents.

In: `Event`s and the `Document`s they come from. Out: `Incident`s, sorted; each keeps its events as evidence. Two
mentions are one happening when nothing that both of them say contradicts (type, place, date, actors, casualties) and
enough of it agrees.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any

from geomap.actors import same_actor
from geomap.model import ATTACKS, COUNTS, WORDS, Actor, Count, Document, Event, Incident, Layer, Place, Source, Toponym
from geomap.status import combine, settle_all
from geomap.text import lemma, sentences

__all__ = ["DEFAULTS", "Thresholds", "coreference", "happenings", "merge", "reasons", "summarize"]

#: Words by which a later mention names an attack loosely; it then belongs to the happening it points back to.
_LOOSE = frozenset(
    {
        "assault", "attack", "blast", "bombardment", "explosion", "hit", "incident", "operation",
        "raid", "retaliation", "strike", "target",
    }
)  # fmt: skip
#: Words that say what kind of attack it was after all: "missile attack".
_SPECIFIC = frozenset(
    {
        "acid", "aerial", "air", "airstrike", "arson", "artillery", "bomb", "bombing", "chemical",
        "drone", "gas", "grenade", "gun", "knife", "mine", "missile", "mortar", "nuclear",
        "rocket", "shell", "suicide", "uav",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When two mentions are one happening; `[coreference]` of geomap.toml changes them."""

    same: float = 2.0  #: points that agreement must earn; a pair with fewer is two happenings
    days: int = 2  #: days by which reports of one happening may differ across documents
    km: float = 25.0  #: kilometres that two spots may lie apart and still be one place


DEFAULTS = Thresholds()
#: How many times an early toll a later one may be and still be of the same happening.
_GROWTH = 3
#: Share of their sentences from which on two texts are copies of one.
_COPY = 0.6
#: Words that two actors may share and still be others.
_FILLERS = frozenset({"all", "and", "few", "for", "from", "many", "more", "other", "several", "some", "the", "with"})


def coreference(events: Sequence[Event], thresholds: Thresholds = DEFAULTS) -> list[tuple[Event, ...]]:
    """Group the events of one document by happening; groups and their events keep the order of the text."""
    groups: list[list[Event]] = []
    # Located and dated mentions first: a loose later mention is measured against the fullest account.
    for event in sorted(events, key=lambda e: (-_fullness(e), e.trigger.start)):
        scored = [(_agreement(event, group, thresholds), -i) for i, group in enumerate(groups)]
        best = max(scored, default=(-math.inf, 0))
        if best[0] >= thresholds.same:
            groups[-best[1]].append(event)
        else:
            groups.append([event])
    ordered = [tuple(sorted(g, key=lambda e: e.trigger.start)) for g in groups]
    return sorted(ordered, key=lambda g: g[0].trigger.start)


def happenings(events: Sequence[Event], thresholds: Thresholds = DEFAULTS) -> list[tuple[tuple[Event, ...], Event]]:
    """Give the happenings of one document: their mentions, and what these say together.

    What is told in passing and has no place ("the war", "earlier protests") tells the reader of a map nothing, and is
    left out.
    """
    told = [(group, summarize(group)) for group in coreference(events, thresholds)]
    return [(group, summary) for group, summary in told if summary.main or summary.toponym is not None]


def _fullness(event: Event) -> int:
    dated = event.date_precision not in (None, "published")
    return 4 * event.main + 2 * (event.toponym is not None) + dated + bool(event.actors)


def _agreement(event: Event, group: Sequence[Event], thresholds: Thresholds) -> float:
    """Points for how well a mention agrees with a group; minus infinity where they contradict."""
    return sum(points for _, points in reasons(event, group, thresholds))


def reasons(event: Event, group: Sequence[Event], thresholds: Thresholds = DEFAULTS) -> list[tuple[str, float]]:
    """Give what speaks for a mention being of the same happening as others, and what against, with its points.

    Minus infinity is a contradiction, which ends the list; `thresholds.same` points or more make it one happening.
    """
    found: list[tuple[str, float]] = []
    beside = [o for o in group if event.document == o.document and event.sentence.start == o.sentence.start]
    # "Protesters stormed the hall and police fired on them": two sides of one riot.
    two_sides = event.layer == "riot" and any(o.layer == "riot" for o in beside)
    for points, agree, differ in (
        (max(_type(event, other) for other in group), "the types agree", "the types differ"),
        (_most([_where(event, other, thresholds.km) for other in group]), "the places agree", "the places lie apart"),
        (_most([_when(event, other) for other in group]), "the dates agree", "the dates differ"),
        (0.0 if two_sides else _who([event], group), "the actors agree", "the actors differ"),
        (max(_how_many(event, other) for other in group), "the figures agree", "the figures differ"),
    ):
        if points:
            found.append((agree if points > 0 else differ, points))
        if points == -math.inf:
            return found
    # A text that says "arrested" twice, without a second place or time, speaks of one arrest.
    if (
        event.layer not in ATTACKS
        and _same_text(event, group)
        and any(_words(event) & _words(other) for other in group)
    ):
        found.append(("one text uses the same word", 1.0))
    # Two accounts in one sentence, each with its own day or figures, are of two happenings rather than of one.
    if _says_more(event) and any(_says_more(o) for o in beside) and not points_back(event):
        found.append(("one sentence gives each a day or figures", -1.0))
    if not (any(event.main == o.main for o in group) or points_back(event) or all(points_back(o) for o in group)):
        found.append(("one is news, the other background", -1.0))
    return found


def _says_more(event: Event) -> bool:
    """Tell whether a mention has a day or figures of its own."""
    return _explicit(event) is not None or any(getattr(event, kind) is not None for kind in COUNTS)


def _most(points: Sequence[float]) -> float:
    """Give the best of several comparisons, unless one is a contradiction."""
    return -math.inf if -math.inf in points else max(points)


_POINTER = re.compile(
    r"\b(?:the|this|these|those|such|its|their)\s+(?:(?!an?\b|had\b|has\b|have\b|was\b|were\b|is\b|that\b)[\w’'-]+\s+){0,3}$",
    re.IGNORECASE,
)


#: "Calling it a preemptive strike": another name for what was just told.
_CALLED = re.compile(
    r"\b(?:call|describ|label|dubb|term)\w*\s+(?:it|this|that|them)\s+(?:as\s+)?(?:an?\s+)?(?:[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)


def points_back(event: Event) -> bool:
    """Tell whether a mention takes its happening for known: "the attack"; so does a denial."""
    if event.layer not in ATTACKS or not _loose(event):
        return False
    if any(c.stance == "denies" for c in event.claims):
        return True
    before = event.sentence.text[: max(0, event.trigger.start - event.sentence.start)]
    if _CALLED.search(before):
        return True
    return _POINTER.search(before) is not None and _explicit(event) is None


def _type(a: Event, b: Event) -> float:
    if a.layer == b.layer:
        return 2.0
    if {a.layer, b.layer} <= ATTACKS and "interception" not in (a.layer, b.layer):
        if points_back(a) or points_back(b):
            return 2.0
        if _loose(a) or _loose(b):
            return 1.5
    return -math.inf


def _words(event: Event) -> frozenset[str]:
    return _content(event.trigger.text)


def _same_text(event: Event, group: Sequence[Event]) -> bool:
    return all(event.document == other.document for other in group)


def _loose(event: Event) -> bool:
    words = _words(event)
    return bool(words & _LOOSE) and not words & _SPECIFIC


def _where(a: Event, b: Event, km: float) -> float:
    # Where a text only points back to an attack, the place named beside it is that of something else.
    if a.toponym is None or b.toponym is None or points_back(a) or points_back(b):
        return 0.0
    relation = _overlap(a.toponym, b.toponym, km)
    return -math.inf if relation is None else relation


def _overlap(a: Toponym, b: Toponym, km: float) -> float | None:
    """Points for two places: the same, one within the other, or (None) apart."""
    assert a.place is not None
    assert b.place is not None
    if a.place.id == b.place.id and (a.footprint is None) == (b.footprint is None):
        return 1.0 if a.written == b.written or a.footprint is None else 0.5
    pa, pb = a.position, b.position
    assert pa is not None
    assert pb is not None
    if _contains(a.place, b.place) or _contains(b.place, a.place):
        # "southern Syria" and "Aleppo" are both in Syria and yet apart; "near Aleppo" and "Syria" are not.
        if a.footprint is not None and b.footprint is None and _contains(a.place, b.place):
            return 0.5 if _inside(a, pb) else (0.0 if b.place.feature == "country" else None)
        if b.footprint is not None and a.footprint is None and _contains(b.place, a.place):
            return 0.5 if _inside(b, pa) else (0.0 if a.place.feature == "country" else None)
        return 0.5
    reach = max(km, 0.5 * ((a.radius_km or 0) + (b.radius_km or 0))) if _small(a) and _small(b) else km
    return 0.5 if _km(pa, pb) <= reach else None


def _small(toponym: Toponym) -> bool:
    return toponym.precision in ("site", "town")


def _contains(area: Place, place: Place) -> bool:
    if area.feature == "country":
        return area.country is not None and area.country == place.country
    return area.feature == "admin1" and area.country == place.country and place.admin1 == area.name


def _inside(toponym: Toponym, position: tuple[float, float]) -> bool:
    from shapely.geometry import Point

    return toponym.footprint is not None and bool(toponym.footprint.intersects(Point(position[1], position[0])))


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    la, lb = math.radians(a[0]), math.radians(b[0])
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))


def _explicit(event: Event) -> tuple[date, date] | None:
    if event.start is None or event.date_precision == "published":
        return None
    return event.start, event.end or event.start


def _when(a: Event, b: Event) -> float:
    da, db = _explicit(a), _explicit(b)
    if da is None or db is None:
        return 0.0
    if (da[0] - db[1]).days <= 1 and (db[0] - da[1]).days <= 1:
        return 1.0 if da == db else 0.5
    return -math.inf


def _who(some: Sequence[Event], others: Sequence[Event]) -> float:
    """Points for the actors of two groups of mentions: who did it must not differ, to whom hardly."""
    points = 0.0
    for role in ("source", "target"):
        own = [a for e in some for a in _actors(e, role)]
        other = [a for e in others for a in _actors(e, role)]
        if not own or not other:
            continue
        if any(_same(x, y) for x in own for y in other):
            points += 0.5
        elif role == "source":
            unnamed = _unnamed(own, other) or _unnamed(other, own)
            if some[0].layer not in ATTACKS or not unnamed:
                return -math.inf
        elif some[0].layer not in ATTACKS:
            points -= 1.0
    return points


def _unnamed(some: Sequence[Actor], others: Sequence[Actor]) -> bool:
    """Tell whether some actors have no name that others have: "air defense" may be the Iranian one."""
    return all(a.canonical is None and a.country is None and a.type is None for a in some) and any(
        a.country is not None for a in others
    )


def _actors(event: Event, role: str) -> list[Actor]:
    return [a for a in event.actors if a.role == role]


def _same(a: Actor, b: Actor) -> bool:
    if same_actor(a.name, b.name):
        return True
    # "Israel" and "the Israeli air force" act for one country.
    if a.country is not None or b.country is not None:
        return a.country == b.country
    # Without a name, their words tell: "air defense sites" and "air defense positions".
    unnamed = a.canonical is None and b.canonical is None
    return unnamed and len((_content(a.name) & _content(b.name)) - _FILLERS) > 1


def _content(words: str) -> frozenset[str]:
    return frozenset(lemma(word) for word in re.findall(r"\w{3,}", words))


def _how_many(a: Event, b: Event) -> float:
    points = 0.0
    for x, y in ((a.killed, b.killed), (a.injured, b.injured)):
        if x is not None and y is not None:
            if x.low <= (y.high if y.high is not None else math.inf) and y.low <= (
                x.high if x.high is not None else math.inf
            ):
                points += 0.5
            else:
                points -= 1.0
    return points


def summarize(events: Sequence[Event]) -> Event:
    """Give one event that says what a group of mentions says: the most telling mention, filled in from the others."""
    ranked = _ranked(events)
    lead = ranked[0]
    located = next((e.toponym for e in sorted(ranked, key=_place_rank) if e.toponym is not None), None)
    dated = min((e for e in ranked if _explicit(e) is not None), key=_days, default=None)
    if dated is None:
        dated = next((e for e in ranked if e.start is not None), lead)
    typed = max(ranked, key=lambda e: (not _loose(e), e.main, e.score)) if len({e.layer for e in ranked}) > 1 else lead
    claims = combine([c for e in events for c in e.claims])
    counts: dict[str, Any] = {kind: _first_count([getattr(e, kind) for e in ranked]) for kind in COUNTS}
    return replace(
        lead,
        layer=typed.layer,
        toponym=located,
        start=dated.start,
        end=dated.end,
        date_precision=dated.date_precision,
        date_as_written=dated.date_as_written or next((e.date_as_written for e in ranked if e.date_as_written), None),
        actors=_all_actors(ranked),
        weapon=next((e.weapon for e in ranked if e.weapon), None),
        **counts,
        status=settle_all([e.status for e in ranked], claims),
        claims=claims,
        main=any(e.main for e in events),
    )


def _ranked(events: Sequence[Event]) -> list[Event]:
    """The most telling first: news before background, then what is located, then what the tagger is surest of."""
    return sorted(
        events, key=lambda e: (not e.main, e.toponym is None, e.status in ("planned", "threatened"), e.trigger.start)
    )


def _days(event: Event) -> int:
    """How many days the date of a mention spans: "last Saturday" says more than "last week"."""
    said = _explicit(event)
    return (said[1] - said[0]).days if said is not None else 0


def _place_rank(event: Event) -> tuple[bool, bool, float]:
    return (
        event.toponym is None,
        points_back(event),
        event.toponym.radius_km or 0.0 if event.toponym is not None else math.inf,
    )


def _first_count(counts: Iterable[Count | None]) -> Count | None:
    return next((c for c in counts if c is not None), None)


def _latest(counts: Sequence[tuple[Count | None, date | None]]) -> Count | None:
    """Give the count of the latest reports (these come first): those of one day that differ are a range."""
    said = [(count, day) for count, day in counts if count is not None]
    if not said:
        return None
    first, newest = said[0]
    range_ = first
    for count, day in said[1:]:
        if day is None or newest is None or (newest - day).days > 0:
            continue
        high = None if count.high is None or range_.high is None else max(count.high, range_.high)
        range_ = Count(min(count.low, range_.low), high) if _apart(count, range_) else range_
    return range_


def _apart(a: Count, b: Count) -> bool:
    return (b.high is not None and a.low > b.high) or (a.high is not None and b.low > a.high)


def _all_actors(events: Sequence[Event]) -> tuple[Actor, ...]:
    kept: list[Actor] = []
    for event in events:
        for actor in event.actors:
            if not any(k.role == actor.role and same_actor(k.name, actor.name) for k in kept):
                kept.append(actor)
    return tuple(kept)


@dataclass(slots=True)
class _Cluster:
    """Mentions of one happening across documents: for each document its summary and its mentions."""

    summaries: list[Event]
    mentions: list[Event]


def merge(
    events: Sequence[Event],
    documents: Sequence[Document],
    layers: Sequence[Layer],
    thresholds: Thresholds = DEFAULTS,
) -> list[Incident]:
    """Give the incidents of events from any number of documents, sorted by date, layer, title and id."""
    known = {d.id: d for d in documents}
    by_document: dict[str, list[Event]] = {}
    for event in events:
        by_document.setdefault(event.document, []).append(event)
    clusters: list[_Cluster] = []
    # The index finds the clusters that could match: same family of types, a day apart at most.
    index: dict[tuple[str, int], list[int]] = {}
    order = sorted(by_document, key=lambda d: (known[d].published or date.max, d))
    for name in order:
        for group, summary in happenings(by_document[name], thresholds):
            number = _find(summary, clusters, index, known, thresholds)
            if number is None:
                number = len(clusters)
                clusters.append(_Cluster([], []))
            clusters[number].summaries.append(summary)
            clusters[number].mentions.extend(group)
            when = _day(summary, known)
            if when is not None:
                index.setdefault((_family(summary), when.toordinal()), []).append(number)
    titles = {layer.id: layer for layer in layers}
    incidents = [_incident(c, known, titles) for c in clusters]
    return sorted(incidents, key=lambda i: (i.start or date.max, i.layer, i.title, i.id))


def _family(event: Event) -> str:
    return "attack" if event.layer in ATTACKS and event.layer != "interception" else event.layer


def _day(event: Event, documents: Mapping[str, Document]) -> date | None:
    """When it was, or, without a date (plans, what lies back), when it was written of."""
    return event.start or documents[event.document].published


def _find(
    summary: Event,
    clusters: list[_Cluster],
    index: Mapping[tuple[str, int], list[int]],
    documents: Mapping[str, Document],
    thresholds: Thresholds,
) -> int | None:
    """Find the cluster of other documents that reports the same happening."""
    when = _day(summary, documents)
    if when is None:
        return None
    day = when.toordinal()
    numbers = sorted(
        {n for d in range(-thresholds.days, thresholds.days + 1) for n in index.get((_family(summary), day + d), ())}
    )
    best, found = thresholds.same + 0.5, None
    for number in numbers:
        others = clusters[number].summaries
        if any(o.document == summary.document for o in others):
            continue
        # Every report lies near every other in time: a war's daily strikes must not become one by way of each other.
        days = [_day(o, documents) for o in others]
        if any(d is None or abs((d - when).days) > thresholds.days for d in days):
            continue
        if any((o.start is None) != (summary.start is None) for o in others):
            continue
        scores = [_across(summary, other, thresholds) for other in others]
        if min(scores) > -math.inf and max(scores) > best:
            best, found = max(scores), number
    return found


def _across(a: Event, b: Event, thresholds: Thresholds) -> float:
    """Agreement of two documents' accounts: stricter than within one, for the same kind of thing happens daily."""
    score = _agreement(a, [b], thresholds)
    if score > -math.inf and a.start is not None and b.start is not None:
        # A toll that has grown by a later report is no contradiction.
        early, late = sorted((a, b), key=lambda e: e.start or date.max)
        grown = [(x, y) for x, y in ((early.killed, late.killed), (early.injured, late.injured)) if x and y]
        score += sum(1.0 for x, y in grown if x.high is not None and x.high < y.low <= _GROWTH * x.high)
    if a.toponym is not None and b.toponym is not None:
        if _small(a.toponym) and _small(b.toponym):
            return score + 1.0
        assert a.toponym.place is not None
        assert b.toponym.place is not None
        # "Gaza Strip" and "Jabalia" may be the same strike; more must agree before they are.
        named = _names(a, b.toponym.place) or _names(b, a.toponym.place)
        return score + (0.25 if a.toponym.place.id == b.toponym.place.id else 0.5 if named else -0.5)
    # Without a place in both, the same two parties must meet; for words, the same speaker of the same day.
    if a.layer in WORDS and a.toponym is None and b.toponym is None and a.start == b.start:
        speakers = ([x.name for x in _actors(e, "source")] for e in (a, b))
        return score + 0.5 if any(same_actor(x, y) for x, y in product(*speakers)) else -math.inf
    parties = all(any(_same(x, y) for x in _actors(a, r) for y in _actors(b, r)) for r in ("source", "target"))
    return score + 0.5 if parties else -math.inf


def _names(event: Event, place: Place) -> bool:
    """Tell whether a mention's sentence names a place, if not as its own: "officials in Cusco said"."""
    if place.feature in ("country", "continent"):
        return False
    return re.search(rf"\b{re.escape(place.name)}\b", event.sentence.text) is not None


def _incident(cluster: _Cluster, documents: Mapping[str, Document], layers: Mapping[str, Layer]) -> Incident:
    summaries = sorted(
        cluster.summaries, key=lambda e: (not e.main, documents[e.document].published or date.max, e.document)
    )
    whole = summarize(summaries)
    # A toll grows as news comes in: the latest report that gives one counts.
    latest = sorted(summaries, key=lambda e: (documents[e.document].published or date.min, e.document), reverse=True)
    toponym = whole.toponym
    position = toponym.position if toponym is not None else None
    lead = min(
        cluster.mentions, key=lambda e: (documents[e.document].published or date.max, e.document, e.trigger.start)
    )
    identity = "\n".join(
        (
            whole.layer,
            toponym.place.id if toponym and toponym.place else "",
            str(whole.start or ""),
            lead.document,
            lead.id,
        )
    )
    return Incident(
        id=hashlib.sha256(identity.encode()).hexdigest()[:16],
        layer=whole.layer,
        title=_title(whole, layers.get(whole.layer)),
        place=toponym.place if toponym is not None else None,
        place_as_written=toponym.written if toponym is not None else None,
        latitude=position[0] if position is not None else None,
        longitude=position[1] if position is not None else None,
        footprint=_footprint(toponym),
        precision=toponym.precision if toponym is not None else None,
        radius_km=toponym.radius_km if toponym is not None else None,
        start=whole.start,
        end=whole.end,
        date_precision=whole.date_precision,
        date_as_written=whole.date_as_written,
        actors=whole.actors,
        weapon=whole.weapon,
        **{kind: _latest([(getattr(e, kind), documents[e.document].published) for e in latest]) for kind in COUNTS},
        status=whole.status,
        claims=whole.claims,
        events=tuple(_ranked(sorted(cluster.mentions, key=lambda e: (e.document, e.trigger.start)))),
        sources=_sources(cluster.mentions, documents),
        main=whole.main,
        score=round(max(e.score for e in cluster.mentions) * (toponym.score if toponym is not None else 1.0), 3),
    )


def _footprint(toponym: Toponym | None):  # type: ignore[no-untyped-def]
    from geomap.regions import outline

    if toponym is None or toponym.place is None:
        return None
    if toponym.footprint is not None:
        return toponym.footprint
    return outline(toponym.place) if toponym.precision in ("admin", "country", "region") else None


def _title(event: Event, layer: Layer | None) -> str:
    what = event.layer.replace("_", " ").replace("-", " ").capitalize()
    # An id has no capitals; the layer's title knows that it is "CBRN".
    for word in re.findall(r"\w+", layer.title if layer is not None else ""):
        if word.isupper():
            what = re.sub(rf"\b{word}\b", word, what, flags=re.IGNORECASE)
    if event.toponym is not None and event.toponym.place is not None:
        return f"{what}: {_place_title(event.toponym)}"
    sources = [a.canonical or a.name for a in event.actors if a.role == "source"]
    return f"{what} by {sources[0]}" if sources else what


def _place_title(toponym: Toponym) -> str:
    from geomap.gazetteer import country_name

    assert toponym.place is not None
    name = toponym.written if toponym.relation is not None else toponym.place.name
    country = country_name(toponym.place.country) if toponym.place.country else None
    whole = toponym.place.feature == "country" or country is None or country in name
    return name if whole else f"{name}, {country}"


def _sources(mentions: Sequence[Event], documents: Mapping[str, Document]) -> tuple[Source, ...]:
    found = {documents[e.document].id: documents[e.document] for e in mentions}
    sources: dict[Source, frozenset[str]] = {}
    for d in sorted(found.values(), key=lambda d: (d.published or date.max, d.publisher or "", d.id)):
        said = frozenset(" ".join(s.text.lower().split()) for s in sentences(d.text))
        copied = any(len(said & other) >= _COPY * min(len(said), len(other)) for other in sources.values())
        source = Source(d.publisher, d.url, d.title, d.published, copied)
        if replace(source, copied=not copied) not in sources:
            sources.setdefault(source, said)
    return tuple(
        sorted(sources, key=lambda s: (s.published or date.max, s.publisher or "", s.title or "", s.url or ""))
    )
