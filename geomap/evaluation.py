"""Score places against a gold corpus, and sort what went wrong by kind.

In: gold documents, JSON lines {"id", "text", "toponyms": [{"start", "end", "lat", "lon"}]} (offsets in characters, end
exclusive; degrees WGS 84, null where the gold gives no position), and what `geomap places` makes of them. Out: scores,
0..1, and kilometres. The measures are the field's (Gritta, Pilehvar and Collier 2018, "What's missing in geographical
parsing?"): exact spans, accuracy within 161 km (100 miles), area under the curve of log errors. No gold toponym is left
out: one that is not found counts as half the Earth's circumference away.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geomap.errors import InputError, Problem
from geomap.gazetteer import haversine
from geomap.model import Document, Span, Toponym

__all__ = [
    "ErrorKind",
    "Evaluation",
    "GoldDocument",
    "GoldToponym",
    "evaluate",
    "read_floors",
    "read_gold",
    "score_places",
]

#: Kilometres within which a place counts as found.
NEAR_KM = 161.0
#: Kilometres from which on an answer that counts as found is yet named as inexact.
INEXACT_KM = 50.0
#: Half the Earth's circumference in kilometres, the error of an answer that is not given.
WORLD_KM = 20_039.0
#: From this score on an answer calls itself sure.
SURE = 0.8
#: What the kinds of error mean, in the order of the line that data takes.
KINDS = {
    "missed": "gold toponyms that were not recognized",
    "spurious": "recognized toponyms that are none in the gold",
    "boundary": "recognized with other ends than the gold's",
    "unresolved": "recognized, and no place was found",
    "not in gazetteer": "more than 161 km off, and no candidate was nearer",
    "wrong namesake": "more than 161 km off, though a candidate was right",
    "inexact": "50 to 161 km off",
}


@dataclass(frozen=True, slots=True)
class GoldToponym:
    """A toponym as a person marked it."""

    start: int
    end: int
    latitude: float | None  #: degrees; None where the gold gives no position
    longitude: float | None


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A text and its toponyms."""

    document: Document
    toponyms: tuple[GoldToponym, ...]


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One kind of error: how often it occurs, and some examples, a line each."""

    name: str
    meaning: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores by measure ("recognition.exact.f1"), and the errors by kind."""

    documents: int
    scores: dict[str, float]
    errors: tuple[ErrorKind, ...]


def read_gold(path: Path) -> tuple[list[GoldDocument], list[Problem]]:
    """Read a gold file; a line that is none is reported and left out.

    Raises:
        InputError: the file can't be read.
    """
    found: list[GoldDocument] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    try:
        lines = path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"{path}: can't read the corpus ({error.strerror}); name a file of JSON lines") from error
    with lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                gold = _gold(json.loads(line), number)
                if gold.document.id in seen:
                    raise ValueError(f"id {gold.document.id!r} is there twice; give each text its own")
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                reason = f"no {error} there" if isinstance(error, KeyError) else str(error)
                problems.append(Problem(f"{path}:{number}", f"skipped, no gold document: {reason}"))
                continue
            seen.add(gold.document.id)
            found.append(gold)
    return found, problems


def _gold(record: Any, number: int) -> GoldDocument:
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ValueError('a line must be {"id", "text", "toponyms": [{"start", "end", "lat", "lon"}]}')
    text = record["text"]
    toponyms = tuple(sorted((_gold_toponym(t, text) for t in record["toponyms"]), key=lambda t: (t.start, t.end)))
    spans = tuple(Span(t.start, t.end, text[t.start : t.end]) for t in toponyms)
    country = record.get("country")
    return GoldDocument(
        Document(
            str(record.get("id", number)), text, spans=spans, country=country if isinstance(country, str) else None
        ),
        toponyms,
    )


def _gold_toponym(record: Any, text: str) -> GoldToponym:
    start, end = int(record["start"]), int(record["end"])
    if not 0 <= start < end <= len(text):
        raise ValueError(f"offsets {start} to {end} lie outside the text of {len(text)} characters")
    latitude, longitude = record.get("lat"), record.get("lon")
    if latitude is None or longitude is None:
        return GoldToponym(start, end, None, None)
    latitude, longitude = float(latitude), float(longitude)
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"{latitude}, {longitude} is no position in degrees")
    return GoldToponym(start, end, latitude, longitude)


def read_floors(path: Path) -> dict[str, float]:
    """Read the least values that scores may have, by measure.

    Raises:
        InputError: the file can't be read, or is no JSON object of numbers.
    """
    try:
        floors = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): float(value) for name, value in floors.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f'{path}: no floors ({error}); give {{"recognition.exact.f1": 0.8}}') from error


def evaluate(
    gold: Sequence[GoldDocument], *, examples: int = 3, progress: Callable[[str, int, int], None] | None = None
) -> Evaluation:
    """Recognize and resolve the texts' toponyms, and resolve the gold's own spans, and score both.

    Args:
        gold: the documents.
        examples: of each kind of error, at most.
        progress: called after each document with a stage's name, documents done and all documents.
    """
    from geomap.pipeline import places

    documents = [g.document for g in gold]
    answers = {d.id: t for d, t in places(documents, progress=progress)}
    resolved = {d.id: t for d, t in places(documents, spans=True, progress=progress)}
    scores = score_places(gold, answers)
    scores |= {f"gold_spans.{k}": v for k, v in score_places(gold, resolved).items() if k.startswith("end_to_end.")}
    return Evaluation(len(gold), scores, tuple(_errors(gold, answers, examples)))


def score_places(gold: Sequence[GoldDocument], answers: Mapping[str, Sequence[Toponym]]) -> dict[str, float]:
    """Score answers by document id.

    - recognition.exact and .overlap: precision, recall, f1 of spans
    - resolution: errors of the gold toponyms with a position that an answer overlaps
    - end_to_end: errors of all gold toponyms with a position; what was not found is WORLD_KM away
    - geoparsing: precision, recall, f1, where right is an exact span within 161 km of the gold's position
    - sure: of the answers with an exact span and a score above .8, the share whose radius holds the true position
    """
    exact = overlap_answers = overlap_gold = n_gold = n_answers = 0
    right = judged = positioned = 0
    found: list[float] = []
    every: list[float] = []
    sure: list[bool] = []
    for item in gold:
        own = answers.get(item.document.id, ())
        spans = {(g.start, g.end): g for g in item.toponyms}
        n_gold += len(item.toponyms)
        n_answers += len(own)
        for answer in own:
            match = spans.get((answer.span.start, answer.span.end))
            exact += match is not None
            overlap_answers += any(_overlap(answer, g) for g in item.toponyms)
            if match is not None and match.latitude is None:
                continue
            judged += 1
            km = _error_km(match, answer) if match is not None else None
            right += km is not None and km <= NEAR_KM
            if km is not None and answer.score > SURE and answer.radius_km is not None:
                sure.append(km <= answer.radius_km)
        for g in item.toponyms:
            best = _best(g, own)
            overlap_gold += best is not None
            if g.latitude is not None:
                positioned += 1
                km = _error_km(g, best) if best is not None else None
                every.append(WORLD_KM if km is None else km)
                found += [km] if km is not None else []
    return {
        **_named("recognition.exact", _prf(exact, n_answers, exact, n_gold)),
        **_named("recognition.overlap", _prf(overlap_answers, n_answers, overlap_gold, n_gold)),
        **_named("resolution", _distances(found)),
        **_named("end_to_end", _distances(every)),
        **_named("geoparsing", _prf(right, judged, right, positioned)),
        **_named("sure", {"n": len(sure), "within_radius": _share(sum(sure), len(sure))}),
    }


def _named(name: str, scores: Mapping[str, float]) -> dict[str, float]:
    return {f"{name}.{key}": value for key, value in scores.items()}


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _prf(right: int, answers: int, right_gold: int, gold: int) -> dict[str, float]:
    p, r = (right / answers if answers else 0.0), (right_gold / gold if gold else 0.0)
    return {"precision": round(p, 4), "recall": round(r, 4), "f1": _share(2 * p * r, p + r)}


def _distances(km: Sequence[float]) -> dict[str, float]:
    """Give the number of errors, the shares within 10, 50 and 161 km, mean, median, and the area under log errors."""
    if not km:
        return {"n": 0}
    ordered = sorted(km)
    n = len(ordered)
    logs = [math.log1p(e) / math.log1p(WORLD_KM) for e in ordered]
    area = sum((logs[i] + logs[i + 1]) / 2 for i in range(n - 1)) / (n - 1) if n > 1 else logs[0]
    within = {f"within_{limit}_km": _share(sum(e <= limit for e in ordered), n) for limit in (10, 50, 161)}
    return {
        "n": n,
        **within,
        "mean_km": round(sum(ordered) / n, 1),
        "median_km": round(ordered[n // 2], 2),
        "auc": round(area, 4),
    }


def _overlap(answer: Toponym, gold: GoldToponym) -> bool:
    return answer.span.start < gold.end and gold.start < answer.span.end


def _best(gold: GoldToponym, answers: Iterable[Toponym]) -> Toponym | None:
    """Give the answer that shares most characters with a gold toponym."""

    def shared(answer: Toponym) -> tuple[int, int]:
        common = min(answer.span.end, gold.end) - max(answer.span.start, gold.start)
        return -common, abs(answer.span.start - gold.start)

    return min((a for a in answers if _overlap(a, gold)), key=shared, default=None)


def _error_km(gold: GoldToponym, answer: Toponym) -> float | None:
    """Give how far the named place lies from the gold's position, in km; None where either has none."""
    if answer.place is None or gold.latitude is None or gold.longitude is None:
        return None
    return haversine(gold.latitude, gold.longitude, answer.place.latitude, answer.place.longitude)


def _errors(
    gold: Sequence[GoldDocument], answers: Mapping[str, Sequence[Toponym]], examples: int
) -> Iterable[ErrorKind]:
    found: dict[str, list[str]] = {name: [] for name in KINDS}
    for item in gold:
        text, own = item.document.text, answers.get(item.document.id, ())
        for g in item.toponyms:
            best = _best(g, own)
            if best is None:
                found["missed"].append(_quote(text, g.start, g.end))
                continue
            if (best.span.start, best.span.end) != (g.start, g.end):
                found["boundary"].append(f"{_quote(text, g.start, g.end)}  found: {best.span.text}")
            kind = _wrong(g, best)
            if kind is not None:
                place = best.place
                where = f"  found: {place.name}, {place.admin1 or ''} {place.country or ''}" if place else ""
                found[kind].append(_quote(text, g.start, g.end) + where)
        for answer in own:
            if not any(_overlap(answer, g) for g in item.toponyms):
                found["spurious"].append(f"{_quote(text, answer.span.start, answer.span.end)}  as {answer.kind}")
    for name, meaning in KINDS.items():
        step = max(1, len(found[name]) // max(1, examples))
        shown = found[name][::step][:examples]
        yield ErrorKind(name, meaning, len(found[name]), tuple(" ".join(e.split()) for e in shown))


def _wrong(gold: GoldToponym, answer: Toponym) -> str | None:
    if gold.latitude is None or gold.longitude is None:
        return None
    km = _error_km(gold, answer)
    if km is None:
        return "unresolved"
    if km <= NEAR_KM:
        return "inexact" if km > INEXACT_KM else None
    near = (haversine(gold.latitude, gold.longitude, c.latitude, c.longitude) for c in answer.candidates)
    return "wrong namesake" if any(k <= NEAR_KM for k in near) else "not in gazetteer"


def _quote(text: str, start: int, end: int) -> str:
    return f"{text[max(0, start - 40) : start]}[{text[start:end]}]{text[end : end + 25]}"
