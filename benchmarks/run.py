"""Measure geomap on gold corpora and hold the figures against the floors in floors.json.

    python -m benchmarks.run CORPORA

In: a folder with places/*.jsonl and events/*.jsonl (formats: benchmarks/README.md). Out: a table on standard output;
exit 1 where a figure lies under its floor. `--raise` writes higher floors; floors are never lowered by this script. A
floor holds for the corpus of its digest only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).parent / "floors.json"
#: Of the many measures of `geomap evaluate`, those with floors.
MEASURES = {
    "places": (
        "recognition.exact.f1",
        "geoparsing.f1",
        "resolution.within_161_km",
        "gold_spans.end_to_end.within_161_km",
        "sure.within_radius",
    ),
    "events": (
        "detection.f1",
        "type.f1",
        "located.f1",
        "left_empty.share",
        "start.right",
        "status.right",
        "status.macro_recall",
        "killed.right",
        "injured.right",
        "attributed_to.right",
    ),
}
#: A share of fewer items than this says nothing, and has no floor.
LEAST = 10
#: Left between a figure and the floor made of it: processors differ in how they round the tagger's 8-bit products.
MARGIN = 0.01


def main() -> int:
    """Run, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--only", help="only corpora whose name contains this")
    parser.add_argument("--raise", action="store_true", dest="higher", help="write floors that are higher than before")
    args = parser.parse_args()
    floors: dict[str, dict[str, Any]] = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    failed = False
    for command in ("places", "events"):
        for path in sorted((args.corpora / command).glob("*.jsonl")):
            name = f"{command}/{path.name}"
            if (args.only and args.only not in name) or not _is_gold(path, command):
                continue
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            scores = measure(path, command)
            floor = floors.get(name, {})
            if floor and floor["sha256"] != digest:
                print(f"{name}: another version of the corpus than the floors are for", file=sys.stderr)
                floor = {}
            for key, value in scores.items():
                low = floor.get(key)
                below = low is not None and value < low
                failed = failed or below
                against = "" if low is None else f"floor {low}{'  BELOW' if below else ''}"
                print(f"{name:28} {key:36} {value:8.4f}  {against}")
            if args.higher:
                # Speed depends on the machine: its floor is set by hand.
                quality = {k: v for k, v in scores.items() if k != "documents_per_second"}
                raised = {k: max(round(v - MARGIN, 3), floor.get(k, 0.0)) for k, v in quality.items()}
                floors[name] = floor | {"sha256": digest} | raised
    if args.higher:
        FLOORS.write_text(json.dumps(floors, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 1 if failed else 0


def _is_gold(path: Path, command: str) -> bool:
    with path.open(encoding="utf-8") as lines:
        record = json.loads(next(lines))
    if command == "places":
        return "toponyms" in record
    return bool(record.get("events") is not None and all("lat" in e for e in record["events"]))


def measure(path: Path, command: str) -> dict[str, float]:
    """Run a command of geomap on a corpus, as a user would, for its speed; then let `geomap evaluate` score it."""
    with path.open(encoding="utf-8") as lines:
        number = sum(1 for line in lines if line.strip())
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.jsonl"
        began = time.perf_counter()
        argv = [sys.executable, "-m", "geomap", command, str(path), "-o", str(out), "--quiet"]
        subprocess.run(argv, check=True, env=os.environ)
        seconds = time.perf_counter() - began
    argv = [sys.executable, "-m", "geomap", "evaluate", str(path), "--json", "--quiet"]
    argv += ["--events"] if command == "events" else []
    printed = subprocess.run(argv, check=True, env=os.environ, stdout=subprocess.PIPE).stdout
    scores = json.loads(printed)["scores"]
    told = [m for m in MEASURES[command] if scores.get(f"{m.rpartition('.')[0]}.n", LEAST) >= LEAST]
    return {name: scores[name] for name in told} | {"documents_per_second": round(number / seconds, 1)}


if __name__ == "__main__":
    sys.exit(main())
