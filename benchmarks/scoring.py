"""Score events against gold; places are scored by geomap.evaluation.

In: gold and predicted records (mappings as read from JSON lines). Out: flat mappings of scores, 0..1, rounded to 4
digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geomap.gazetteer import haversine

__all__ = ["f1", "score_events"]

Records = Mapping[str, Mapping[str, Any]]
#: A share of fewer items than this says nothing.
LEAST = 10


def f1(right: float, predicted: float, gold: float) -> float:
    """Harmonic mean of precision and recall."""
    return round(2 * right / (predicted + gold), 4) if predicted + gold else 0.0


def score_events(gold: Records, predicted: Records) -> dict[str, float]:
    """F1 of detection (trigger), type, and type with place.

    Each gold event that is news counts, background is neutral.
    """
    scores: dict[str, float] = {}
    for name, agrees in (("detection", _detected), ("type", _typed), ("located", _located)):
        right = n_predicted = n_gold = 0
        for key, item in gold.items():
            answers = predicted.get(key, {}).get("events", [])
            pairs = _match(item, answers, agrees)
            n_gold += sum(g["main"] for g in item["events"])
            right += sum(item["events"][i]["main"] for i, _ in pairs)
            n_predicted += len(answers) - sum(not item["events"][i]["main"] for i, _ in pairs)
        scores[f"{name}_f1"] = f1(right, n_predicted, n_gold)
    tallies: dict[str, list[int]] = {k: [0, 0] for k in ("start", "status", "killed", "injured", "attributed_to")}
    for key, item in gold.items():
        answers = predicted.get(key, {}).get("events", [])
        for i, j in _match(item, answers, _typed):
            for field, tally in tallies.items():
                if item["events"][i].get(field) is not None:
                    tally[0] += _agree(field, item["events"][i][field], answers[j].get(field))
                    tally[1] += 1
    scores |= {f"{k}_right": round(a / b, 4) for k, (a, b) in tallies.items() if b >= LEAST}
    quiet = [not predicted.get(key, {}).get("events") for key, item in gold.items() if not item["events"]]
    return scores | ({"left_empty": round(sum(quiet) / len(quiet), 4)} if len(quiet) >= LEAST else {})


def _agree(field: str, gold: Any, answer: Any) -> bool:
    if field == "attributed_to":
        return bool(answer) and (answer in gold or gold in answer)
    return bool(gold == answer)


def _match(item: Mapping[str, Any], answers: Sequence[Mapping[str, Any]], agrees: Any) -> list[tuple[int, int]]:
    """Pair gold and predicted events one to one, the best agreement first."""
    ranked = sorted(
        (
            -(8 * g["main"] + 4 * _detected(g, a, item["text"]) + 2 * _typed(g, a, "") + _same_place(g, a)),
            i,
            j,
        )
        for i, g in enumerate(item["events"])
        for j, a in enumerate(answers)
        if agrees(g, a, item["text"])
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


def _overlap(gold: Mapping[str, Any], answer: Mapping[str, Any], text: str) -> bool:
    words, at = gold["trigger"], text.find(gold["trigger"])
    while at >= 0:
        if answer["trigger"]["start"] < at + len(words) and at < answer["trigger"]["end"]:
            return True
        at = text.find(words, at + 1)
    return False


def _typed(gold: Mapping[str, Any], answer: Mapping[str, Any], _: str) -> bool:
    return answer["layer"] == gold["layer"] or answer["layer"] in gold.get("also", ())


def _detected(gold: Mapping[str, Any], answer: Mapping[str, Any], text: str) -> bool:
    return _overlap(gold, answer, text) or _typed(gold, answer, text)


def _same_place(gold: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    place = answer.get("place")
    if gold["lat"] is None or not place or place.get("lat") is None:
        return gold["lat"] is None and (not place or place.get("lat") is None)
    return haversine(gold["lat"], gold["lon"], place["lat"], place["lon"]) <= gold["tolerance_km"]


def _located(gold: Mapping[str, Any], answer: Mapping[str, Any], text: str) -> bool:
    return _typed(gold, answer, text) and _same_place(gold, answer)
