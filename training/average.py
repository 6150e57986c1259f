"""Average two sets of the tagger's weights: python training/average.py A.pt B.pt SHARE_OF_B -o OUT.pt

In: weights as training/train.py writes them, B trained on from A, perhaps with more entity labels than A. Out: weights
between the two. A network trained on from another lies in the same valley, and a point between them often does better
than either on texts unlike the training's (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
"""

import argparse
from pathlib import Path

import torch


def main() -> None:
    """Read, average, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("share", type=float, help="of the second, 0..1")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    first, second = (torch.load(path, weights_only=True) for path in (args.first, args.second))
    averaged = {}
    for name, new in second["model"].items():
        old = first["model"][name]
        if old.shape != new.shape:  # labels that the first did not know keep what the second learned
            old = torch.cat([old, new[old.shape[0] :]])
        averaged[name] = (1 - args.share) * old + args.share * new if new.is_floating_point() else new
    torch.save(second | {"model": averaged}, args.output)


if __name__ == "__main__":
    main()
