"""Toponym recognition: which stretches of a document name places, and what each name stands for.

In: a `Document`. Out: its `Toponym`s in order, unresolved: spans in characters, kind (literal, metonym, demonym,
embedded).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geomap.encoder import ENTITY_LABELS, KIND_LABELS, Encoder, Reading, default_encoder
from geomap.gazetteer import default_gazetteer, normalize
from geomap.model import Document, Kind, Span, Toponym

if TYPE_CHECKING:
    from geomap.encoder import FloatArray

__all__ = ["recognize"]

#: A token is part of a place name where the weighted mean of both heads passes this.
_THRESHOLD = 0.7
#: Weight of the entity head (LOC, FAC, NORP); the kind head has the rest.
_ENTITY_WEIGHT = 0.2
#: Further mentions of a name that was recognised once are taken from this on.
_REPEATED = 0.15
_LOC = [ENTITY_LABELS.index(f"{p}-{t}") for t in ("LOC", "FAC") for p in "BI"]
_NORP = [ENTITY_LABELS.index(f"{p}-NORP") for p in "BI"]
_BEGIN = [ENTITY_LABELS.index(f"B-{t}") for t in ("LOC", "FAC", "NORP")]
_KIND_BEGIN = [i for i, label in enumerate(KIND_LABELS) if label.startswith("B-")]
_KINDS: tuple[Kind, ...] = ("literal", "metonym", "demonym", "embedded")
_POSSESSIVE = frozenset({"'s", "’s"})
#: Not part of a name at its edges.
_EDGE = frozenset(
    {
        "the", "a", "an", "of", "in", "on", "at", "and", "or", "to", "from", "for", "its", "his", "their", "'", "’",
        '"',
        "“", "”", ",", ".", "-", "–", "—", "(", ")", ":", ";", "/", "@", "#",
    }
)  # fmt: skip
_COMPASS = re.compile(
    r"(?:(?:north|south)(?:-?(?:east|west))?|east|west|central|upper|lower|inner|outer|downtown|mid)(?:ern)?(?:most)?$"
)


def recognize(document: Document, encoder: Encoder | None = None, *, whole: bool = False) -> list[Toponym]:
    """Give the toponyms of a document in order, none overlapping another.

    With `whole` the tagger also reads what holds no name, so that extraction finds its reading done.
    """
    reading = (encoder or default_encoder()).read(document.text, names_only=not whole)
    if not reading.tokens:
        return []
    entity = reading.entity[:, _LOC].sum(axis=1) + reading.entity[:, _NORP].sum(axis=1)
    kind = 1 - reading.kind[:, 0]
    score = _ENTITY_WEIGHT * entity + (1 - _ENTITY_WEIGHT) * kind
    spans = _runs(reading, score)
    spans = _with_possessives(reading, sorted(spans + _repeats(reading, spans, score)))
    spans = _with_counties(reading, spans)
    return [_toponym(reading, first, end + _is_abbreviated(reading, first, end)) for first, end in spans]


def _runs(reading: Reading, score: FloatArray) -> list[tuple[int, int]]:
    """Group tokens into names: (first token, end exclusive)."""
    begins = (reading.entity[:, _BEGIN].max(axis=1) > 0.5) & (reading.kind[:, _KIND_BEGIN].max(axis=1) > 0.5)
    runs: list[tuple[int, int]] = []
    start = -1
    for i in range(len(reading.tokens) + 1):
        inside = i < len(reading.tokens) and score[i] > _THRESHOLD
        breaks = inside and start >= 0 and (begins[i] or reading.sentence_of[i] != reading.sentence_of[start])
        if start >= 0 and (not inside or breaks):
            runs.append((start, i))
            start = -1
        if inside and start < 0:
            start = i
    trimmed = (_trim(reading, first, end) for first, end in runs)
    return [run for run in trimmed if run is not None]


def _trim(reading: Reading, first: int, end: int) -> tuple[int, int] | None:
    """Cut what is no part of the name from its edges; None if no name is left."""
    words = [t.text for t in reading.tokens[first:end]]
    while words and (words[0].lower() in _EDGE or (words[0].islower() and _COMPASS.match(words[0]))):
        words.pop(0)
        first += 1
    while words and words[-1].lower() in _EDGE | _POSSESSIVE:
        # "St." and "Calif." keep the full stop that belongs to them.
        if words[-1] == "." and len(words) > 1 and end < len(reading.tokens) and _goes_on(reading, end - 1):
            break
        words.pop()
        end -= 1
    if not any(w[:1].isalpha() for w in words) or all(_COMPASS.match(w.lower()) for w in words):
        return None
    # A name has a capital, unless the text has none at all.
    if not any(c.isupper() for w in words for c in w) and any(c.isupper() for c in reading.text):
        return None
    return first, end


def _goes_on(reading: Reading, stop: int) -> bool:
    return stop + 1 < len(reading.tokens) and reading.sentence_of[stop + 1] == reading.sentence_of[stop]


def _repeats(reading: Reading, spans: list[tuple[int, int]], score: FloatArray) -> list[tuple[int, int]]:
    """Find further mentions of recognised names which the tagger is in doubt of."""
    taken = {i for first, end in spans for i in range(first, end)}
    names = {tuple(t.text for t in reading.tokens[first:end]) for first, end in spans}
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for name in sorted(names, key=lambda n: (-len(n), n)):
        by_first.setdefault(name[0], []).append(name)
    found = []
    for i, token in enumerate(reading.tokens):
        for name in by_first.get(token.text, ()):
            own = range(i, i + len(name))
            if own.stop > len(reading.tokens) or taken.intersection(own):
                continue
            same = all(reading.tokens[j].text == w for j, w in zip(own, name, strict=True))
            if same and score[own.start : own.stop].mean() > _REPEATED:
                found.append((own.start, own.stop))
                taken.update(own)
                break
    return found


def _with_possessives(reading: Reading, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join what a "'s" has split, where the gazetteer has the whole: "Cox's Bazar", "St. John's"."""
    joined: list[tuple[int, int]] = []
    for first, end in spans:
        if joined and first == joined[-1][1] + 1 and _is_name(reading, joined[-1][0], end):
            joined[-1] = (joined[-1][0], end)
            continue
        # One word and "'s" is far more often whose something is.
        ends = end < len(reading.tokens) and reading.tokens[end].text in _POSSESSIVE
        longer = ends and end - first > 1 and _is_name(reading, first, end + 1)
        joined.append((first, end + longer))
    return joined


def _with_counties(reading: Reading, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Add the "County" that goes on as an organization: "Licking County Board of Realtors"."""
    starts = {first for first, _ in spans}
    whole = []
    for first, end in spans:
        longer = (
            end < len(reading.tokens)
            and end not in starts
            and reading.tokens[end].text.capitalize() in ("County", "Parish")
            and reading.tokens[end].text[0].isupper()
            and reading.sentence_of[end] == reading.sentence_of[first]
            and any(p.feature == "admin2" for p in default_gazetteer().candidates(_words(reading, first, end + 1), 5))
        )
        whole.append((first, end + longer))
    return whole


def _words(reading: Reading, first: int, end: int) -> str:
    return reading.text[reading.tokens[first].start : reading.tokens[end - 1].end]


def _is_abbreviated(reading: Reading, first: int, end: int) -> bool:
    """Tell whether the full stop after a name is part of it: "Ore.", "Calif.", "Ont."."""
    name = _words(reading, first, end)
    if len(name) > 5 or end == len(reading.tokens) or reading.tokens[end].text != ".":
        return False
    if reading.tokens[end].start != reading.tokens[end - 1].end:
        return False
    divisions = [p for p in default_gazetteer().candidates(name, limit=5) if p.feature == "admin1"]
    return any(normalize(p.name) != normalize(name) and normalize(p.name)[0] == normalize(name)[0] for p in divisions)


def _is_name(reading: Reading, first: int, end: int) -> bool:
    if not any(t.text in _POSSESSIVE for t in reading.tokens[first + 1 : end]):
        return False
    if reading.sentence_of[first] != reading.sentence_of[end - 1]:
        return False
    name = _words(reading, first, end)
    return any(normalize(place.name) == normalize(name) for place in default_gazetteer().candidates(name, limit=5))


def _toponym(reading: Reading, first: int, end: int) -> Toponym:
    kinds = reading.kind[first:end].mean(axis=0)
    entity = reading.entity[first:end].mean(axis=0)
    scores = {k: float(kinds[1 + 2 * i] + kinds[2 + 2 * i]) for i, k in enumerate(_KINDS)}
    # Where the kind head is silent, the entity head tells a people from a place.
    scores["literal"] += 0.1 * float(entity[_LOC].sum())
    scores["demonym"] += 0.1 * float(entity[_NORP].sum())
    kind = max(_KINDS, key=lambda k: scores[k])
    start, stop = reading.tokens[first].start, reading.tokens[end - 1].end
    return Toponym(Span(start, stop, reading.text[start:stop]), kind)
