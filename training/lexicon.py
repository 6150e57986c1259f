"""Count how often each word of the event items is a trigger, for the tagger's runtime.

    python training/lexicon.py --events train.jsonl --held tagger.held.json --tagger geomap/_data/tagger

In: the items that train.py was given and the ids it held out. Out: "trigger_words" in tagger.json: lemma -> share of
its occurrences (0..1, two decimals) that belong to a trigger. The tagger is sure of too much in texts unlike news
items; a word that is hardly ever a trigger there has to be surer.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from geomap.text import lemma, tokenize

#: Occurrences of no trigger added to each word, so that a rare word's share is not taken for certain.
PRIOR = 2


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=Path, required=True)
    parser.add_argument("--held", type=Path, required=True)
    parser.add_argument("--tagger", type=Path, required=True)
    args = parser.parse_args()
    held = set(json.loads(args.held.read_text(encoding="utf-8")))
    seen: Counter[str] = Counter()
    triggers: Counter[str] = Counter()
    for line in filter(None, args.events.read_text(encoding="utf-8").split("\n")):
        item = json.loads(line)
        if item["id"] in held:
            continue
        text = item["text"]
        spans = [(at, at + len(e["trigger"])) for e in item["events"] if (at := text.find(e["trigger"])) >= 0]
        for token in tokenize(text):
            if token.text[0].isalpha():
                word = lemma(token.text)
                seen[word] += 1
                triggers[word] += any(start < token.end and token.start < end for start, end in spans)
    shares = {w: round(n / (seen[w] + PRIOR), 2) for w, n in triggers.items()}
    path = args.tagger / "tagger.json"
    labels = json.loads(path.read_text(encoding="utf-8"))
    labels["trigger_words"] = {w: s for w, s in sorted(shares.items()) if s >= 0.02}
    path.write_text(json.dumps(labels, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(len(labels["trigger_words"]), "words")


if __name__ == "__main__":
    main()
