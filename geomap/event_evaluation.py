"""Score events against a gold corpus, and sort what went wrong by kind.

In: gold items, JSON lines {"id", "text", "published", "events": [{"layer", "also", "trigger", "place", "lat", "lon",
"tolerance_km", "start", "killed", "injured", "status", "attributed_to", "main"}]} (trigger, place: words of the text;
degrees WGS 84; kilometres; ISO dates; persons as [least, most or null]), and the records of `geomap events`. Out:
scores, 0..1, a table of which types are taken for which, and examples of errors.

An event of the gold and one of the answers are paired once at most, the best agreement first. Background ("main":
false) is neutral: to find it is neither right nor wrong. Any other answer without a partner is a false alarm.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

from geomap.errors import InputError, Problem
from geomap.evaluation import ErrorKind
from geomap.gazetteer import haversine
from geomap.model import Document, Layer, Status

__all__ = ["EventEvaluation", "GoldItem", "evaluate_events", "read_gold_events", "score_events"]

#: What the kinds of error mean.
KINDS = {
    "missed": "events of the gold that were not found",
    "false alarm": "events that are none in the gold",
    "wrong type": "the trigger was found, and another type given",
    "wrong place": "the type is right, the place lies elsewhere",
    "place missing": "the type is right, and no place was given where the gold has one",
    "place too many": "the type is right, and a place was given where the gold has none",
    "wrong date": "the type is right, the first day is not",
    "wrong status": "the type is right, the status is not",
    "wrong count": "the type is right, killed or injured are not",
    "wrong speaker": "the type is right, who says so is not",
}
_FIELDS = ("start", "status", "killed", "injured", "attributed_to")
#: Classes of status with fewer items than this are left out of the mean recall.
_LEAST = 5
#: A right place lies within this many kilometres where the gold names no tolerance.
_TOLERANCE_KM = 25.0

Record = Mapping[str, Any]
_Agrees = Callable[[Record, Record, str], bool]


@dataclass(frozen=True, slots=True)
class GoldItem:
    """A text and its events, as a person marked them."""

    document: Document
    events: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class EventEvaluation:
    """Scores by measure ("type.f1"), errors by kind, and how often a gold type was given which."""

    documents: int
    scores: dict[str, float]
    errors: tuple[ErrorKind, ...]
    confusion: dict[str, dict[str, int]]  #: gold layer -> layer given, "" for none; "" -> layer of false alarms


def read_gold_events(path: Path) -> tuple[list[GoldItem], list[Problem]]:
    """Read a gold file; a line that is none is reported and left out.

    Raises:
        InputError: the file can't be read.
    """
    found: dict[str, GoldItem] = {}
    problems: list[Problem] = []
    try:
        lines = path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"{path}: can't read the corpus ({error.strerror}); name a file of JSON lines") from error
    with lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                item = _gold(json.loads(line), number)
                if item.document.id in found:
                    raise ValueError(f"id {item.document.id!r} is there twice; give each text its own")
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                reason = f"no {error} there" if isinstance(error, KeyError) else str(error)
                problems.append(Problem(f"{path}:{number}", f"skipped, no gold item: {reason}"))
                continue
            found[item.document.id] = item
    return list(found.values()), problems


def _gold(record: Any, number: int) -> GoldItem:
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ValueError('a line must be {"id", "text", "events": [{"layer", "trigger", "lat", "lon", "main"}]}')
    published = record.get("published")
    day = date.fromisoformat(published) if published else None
    title = record.get("title")
    document = Document(
        str(record.get("id", number)), record["text"], title=title if isinstance(title, str) else None, published=day
    )
    return GoldItem(document, tuple(_gold_event(e, record["text"]) for e in record["events"]))


def _gold_event(event: Any, text: str) -> Record:
    if not isinstance(event["layer"], str) or not isinstance(event["trigger"], str):
        raise ValueError('"layer" and "trigger" must be texts')
    if event["trigger"] not in text:
        raise ValueError(f"the text does not hold the trigger {event['trigger']!r}")
    status = event.get("status", "reported")
    if status not in get_args(Status):
        raise ValueError(f"{status!r} is no status; use one of {', '.join(get_args(Status))}")
    latitude, longitude = event.get("lat"), event.get("lon")
    if latitude is not None and longitude is not None:
        latitude, longitude = float(latitude), float(longitude)
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError(f"{latitude}, {longitude} is no position in degrees")
    tolerance = event.get("tolerance_km")
    return {
        **event,
        "also": tuple(event.get("also") or ()),
        "lat": latitude,
        "lon": longitude,
        "tolerance_km": float(tolerance) if tolerance is not None else _TOLERANCE_KM,
        "status": status,
        "main": bool(event.get("main", True)),
    }


def evaluate_events(
    gold: Sequence[GoldItem],
    layers: Sequence[Layer],
    *,
    examples: int = 3,
    progress: Callable[[str, int, int], None] | None = None,
) -> EventEvaluation:
    """Find the texts' events, and score them.

    Args:
        gold: the items.
        layers: the event types to look for.
        examples: of each kind of error, at most.
        progress: called after each document with a stage's name, documents done and all documents.
    """
    from geomap.pipeline import events
    from geomap.records import events_record

    documents = [g.document for g in gold]
    answers: dict[str, Sequence[Record]] = {}
    for document, found in events(documents, layers, progress=progress):
        record: Any = events_record(document, found)
        answers[document.id] = record["events"]
    errors, confusion = _errors(gold, answers, examples)
    return EventEvaluation(len(gold), score_events(gold, answers), tuple(errors), confusion)


def score_events(gold: Sequence[GoldItem], answers: Mapping[str, Sequence[Record]]) -> dict[str, float]:
    """Score answers (records of `geomap events`) by document id.

    - detection, type, located: precision, recall, f1; right is: the trigger's words overlap or the type is right; the
      type is the gold's or one it lists as fair; type, and the place within the gold's tolerance, or both without one
    - start, status, killed, injured, attributed_to: share right among the events whose type is right
    - status.macro_recall: mean recall over the classes of status that are frequent enough
    - left_empty.share: of the items without an event, those in which none was found
    """
    scores: dict[str, float] = {}
    for name, agrees in (("detection", _detected), ("type", _typed), ("located", _located)):
        right = n_answers = n_gold = 0
        for item in gold:
            own = answers.get(item.document.id, ())
            pairs = _match(item, own, agrees)
            n_gold += sum(g["main"] for g in item.events)
            right += sum(item.events[i]["main"] for i, _ in pairs)
            n_answers += len(own) - sum(not item.events[i]["main"] for i, _ in pairs)
        precision, recall = right / n_answers if n_answers else 0.0, right / n_gold if n_gold else 0.0
        scores[f"{name}.precision"] = round(precision, 4)
        scores[f"{name}.recall"] = round(recall, 4)
        scores[f"{name}.f1"] = round(2 * right / (n_answers + n_gold), 4) if n_answers + n_gold else 0.0
    tallies = {field: [0, 0] for field in _FIELDS}
    by_status: dict[str, list[int]] = {}
    for item in gold:
        own = answers.get(item.document.id, ())
        for i, j in _match(item, own, _typed):
            for field, tally in tallies.items():
                if item.events[i].get(field) is not None:
                    right = _agree(field, item.events[i][field], own[j].get(field))
                    tally[0] += right
                    tally[1] += 1
                    if field == "status":
                        seen = by_status.setdefault(item.events[i]["status"], [0, 0])
                        seen[0] += right
                        seen[1] += 1
    for field, (right, n) in tallies.items():
        scores[f"{field}.n"] = n
        scores[f"{field}.right"] = round(right / n, 4) if n else 0.0
    recalls = [a / b for a, b in by_status.values() if b >= _LEAST]
    scores["status.macro_recall"] = round(sum(recalls) / len(recalls), 4) if recalls else 0.0
    quiet = [not answers.get(g.document.id) for g in gold if not g.events]
    scores["left_empty.n"] = len(quiet)
    scores["left_empty.share"] = round(sum(quiet) / len(quiet), 4) if quiet else 0.0
    return scores


def _agree(field: str, gold: Any, answer: Any) -> bool:
    if field == "attributed_to":
        return bool(answer) and (answer in gold or gold in answer)
    return bool(gold == answer)


def _match(item: GoldItem, answers: Sequence[Record], agrees: _Agrees) -> list[tuple[int, int]]:
    """Pair gold and answers one to one, the best agreement first."""
    text = item.document.text
    ranked = sorted(
        (-(8 * g["main"] + 4 * _detected(g, a, text) + 2 * _typed(g, a, text) + _same_place(g, a)), i, j)
        for i, g in enumerate(item.events)
        for j, a in enumerate(answers)
        if agrees(g, a, text)
    )
    used_gold: set[int] = set()
    used: set[int] = set()
    pairs = []
    for _, i, j in ranked:
        if i not in used_gold and j not in used:
            pairs.append((i, j))
            used_gold.add(i)
            used.add(j)
    return pairs


def _overlap(gold: Record, answer: Record, text: str) -> bool:
    words, at = gold["trigger"], text.find(gold["trigger"])
    while at >= 0:
        if answer["trigger"]["start"] < at + len(words) and at < answer["trigger"]["end"]:
            return True
        at = text.find(words, at + 1)
    return False


def _typed(gold: Record, answer: Record, _: str) -> bool:
    return answer["layer"] == gold["layer"] or answer["layer"] in gold["also"]


def _detected(gold: Record, answer: Record, text: str) -> bool:
    return _overlap(gold, answer, text) or _typed(gold, answer, text)


def _has_place(answer: Record) -> bool:
    return bool(answer.get("place")) and answer["place"].get("lat") is not None


def _same_place(gold: Record, answer: Record) -> bool:
    if gold["lat"] is None or not _has_place(answer):
        return gold["lat"] is None and not _has_place(answer)
    place = answer["place"]
    return haversine(gold["lat"], gold["lon"], place["lat"], place["lon"]) <= float(gold["tolerance_km"])


def _located(gold: Record, answer: Record, text: str) -> bool:
    return _typed(gold, answer, text) and _same_place(gold, answer)


def _errors(
    gold: Sequence[GoldItem], answers: Mapping[str, Sequence[Record]], examples: int
) -> tuple[list[ErrorKind], dict[str, dict[str, int]]]:
    found: dict[str, list[str]] = {name: [] for name in KINDS}
    confusion: dict[str, Counter[str]] = {}
    for item in gold:
        text, own = item.document.text, answers.get(item.document.id, ())
        pairs = _match(item, own, _detected)
        for i, j in pairs:
            event, answer = item.events[i], own[j]
            if not event["main"]:
                continue
            typed = _typed(event, answer, text)
            confusion.setdefault(event["layer"], Counter())[event["layer"] if typed else answer["layer"]] += 1
            if typed:
                _compare(event, answer, text, found)
            else:
                found["wrong type"].append(f"{_quote(text, event)}  {event['layer']}, given {answer['layer']}")
        paired_gold, paired = {i for i, _ in pairs}, {j for _, j in pairs}
        for i, event in enumerate(item.events):
            if i not in paired_gold and event["main"]:
                found["missed"].append(f"{_quote(text, event)}  {event['layer']}")
                confusion.setdefault(event["layer"], Counter())[""] += 1
        for j, answer in enumerate(own):
            if j not in paired:
                span = answer["trigger"]
                quote = f"{text[max(0, span['start'] - 60) : span['start']]}[{span['text']}]{text[span['end'] :][:40]}"
                found["false alarm"].append(f"{quote}  {answer['layer']}")
                confusion.setdefault("", Counter())[answer["layer"]] += 1
    kinds = []
    for name, meaning in KINDS.items():
        step = max(1, len(found[name]) // max(1, examples))
        shown = found[name][::step][:examples]
        kinds.append(ErrorKind(name, meaning, len(found[name]), tuple(" ".join(e.split()) for e in shown)))
    table = {layer: dict(sorted(confusion[layer].items())) for layer in sorted(confusion)}
    return kinds, table


def _compare(event: Record, answer: Record, text: str, found: dict[str, list[str]]) -> None:
    """Note what is wrong with an answer whose type is right."""
    quote = _quote(text, event)
    if not _same_place(event, answer):
        given = answer["place"]["text"] if _has_place(answer) else "none"
        kind = "wrong place"
        if event["lat"] is None:
            kind = "place too many"
        elif not _has_place(answer):
            kind = "place missing"
        found[kind].append(f"{quote}  {event.get('place') or 'none'}, given {given}")
    for field, kind in (
        ("start", "wrong date"), ("status", "wrong status"), ("killed", "wrong count"), ("injured", "wrong count"),
        ("attributed_to", "wrong speaker"),
    ):  # fmt: skip
        wanted = event.get(field)
        if wanted is not None and not _agree(field, wanted, answer.get(field)):
            found[kind].append(f"{quote}  {wanted}, given {answer.get(field)}")


def _quote(text: str, event: Record) -> str:
    start = text.find(event["trigger"])
    end = start + len(event["trigger"])
    return f"{text[max(0, start - 60) : start]}[{event['trigger']}]{text[end : end + 60]}"
