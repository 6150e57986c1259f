"""Score taggers, each on the items of train.jsonl that it was not trained on.

    python -m benchmarks.folds train.jsonl f0 f1 f2 f3 f4

In: the items of training/README.md, JSON lines, and for each fold a folder with an exported tagger, its `f0.held.json`
(the ids left out) beside it. Out: the measures of each fold and of all, on standard output.

The items name places by words alone. A place is right here when one of its words of four letters or more is among those
of the gold's place, or one of the two is part of the other: `WORDS_APART` from it otherwise.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from geomap.encoder import Encoder
from geomap.event_evaluation import GoldItem, read_gold_events, score_events
from geomap.layers import load_layers
from geomap.pipeline import events
from geomap.records import events_record

#: Stands for "another place", degrees: no town lies there.
WORDS_APART = (-90.0, 0.0)
MEASURES = (
    "detection.f1", "type.f1", "located.f1", "left_empty.share", "status.right", "status.macro_recall", "killed.right",
    "injured.right", "attributed_to.right",
)  # fmt: skip

Record = Mapping[str, Any]


def main() -> None:
    """Read, score, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", type=Path)
    parser.add_argument("taggers", type=Path, nargs="+", help="a folder a fold")
    args = parser.parse_args()
    items = read_gold_events(args.items)[0]
    layers = load_layers()[0]
    all_gold: list[GoldItem] = []
    all_answers: dict[str, Sequence[Record]] = {}
    for folder in args.taggers:
        held = set(json.loads(folder.with_suffix(".held.json").read_text(encoding="utf-8")))
        gold = [item for item in items if item.document.id in held]
        encoder = Encoder(folder)
        answers: dict[str, Sequence[Record]] = {}
        for document, found in events([g.document for g in gold], layers, encoder=encoder):
            record: Any = events_record(document, found)
            answers[document.id] = record["events"]
        placed = [_placed(item, answers[item.document.id]) for item in gold]
        _show(folder.name, placed, answers)
        all_gold += placed
        all_answers |= answers
    _show("all", all_gold, all_answers)


def _placed(item: GoldItem, answers: Sequence[Record]) -> GoldItem:
    """Give the gold's places the position of the answer that names them."""
    placed = []
    for event in item.events:
        spots = [a["place"] for a in answers if a["place"] and a["place"].get("lat") is not None]
        same = [(p["lat"], p["lon"]) for p in spots if event["place"] and _share(event["place"], p["text"])]
        where = (same or [WORDS_APART])[0] if event["place"] else (None, None)
        placed.append({**event, "lat": where[0], "lon": where[1]})
    return replace(item, events=tuple(placed))


def _share(a: str, b: str) -> bool:
    a, b = a.casefold(), b.casefold()
    words = [{w for w in text.replace(",", " ").split() if len(w) > 3} for text in (a, b)]
    return a in b or b in a or bool(words[0] & words[1])


def _show(name: str, gold: Sequence[GoldItem], answers: Mapping[str, Sequence[Record]]) -> None:
    scores = score_events(gold, answers)
    for measure in MEASURES:
        n = scores.get(f"{measure.split('.')[0]}.n")
        print(f"{name:8}{measure:24}{scores[measure]:8.4f}{f'  of {n}' if n is not None else ''}")


if __name__ == "__main__":
    main()
