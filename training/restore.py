"""Turn a shipped tagger back into weights that train.py can go on from.

    python training/restore.py --base MODEL_DIR --tagger geomap/_data/tagger -o tagger.pt

In: the folder that export.py wrote and the base model's config.json. Out: the weights as a torch state dict. What int8
took from them is lost: a trigger's probability differs by up to .02 from the shipped one.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from geomap.encoder import HEADS
from training.train import Tagger

_PREFIX = "tagger."


def main() -> None:
    """Read, undo the quantisation, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--tagger", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    layers = json.loads((args.tagger / "tagger.json").read_text(encoding="utf-8"))["layers"]
    state = encoder_weights(onnx.load(args.tagger / "tagger.onnx").graph)
    with np.load(args.tagger / "heads.npz", allow_pickle=False) as heads:
        for name in HEADS:
            state[f"{name}.weight"], state[f"{name}.bias"] = heads[name].T.copy(), heads[f"{name}.bias"]
    model = Tagger(args.base, len(layers))
    shapes = {name: weights.shape for name, weights in model.state_dict().items()}
    model.load_state_dict({name: torch.tensor(array).reshape(shapes[name]) for name, array in state.items()})
    torch.save({"model": model.state_dict(), "layers": layers}, args.output)


def encoder_weights(graph: Any) -> dict[str, np.ndarray]:
    """Give the encoder's weights by their names in torch; those of a product go by the bias that is added to it."""
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    users = {name: node for node in reversed(graph.node) for name in node.input}

    def scaled(stem: str) -> np.ndarray:
        whole = arrays[f"{stem}_quantized"].astype(np.float32) - arrays[f"{stem}_zero_point"].astype(np.float32)
        return np.asarray(whole * arrays[f"{stem}_scale"], np.float32)

    state: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        if name.startswith(_PREFIX) and name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            state[stem.removeprefix(_PREFIX)] = scaled(stem)
        elif name.startswith(_PREFIX) and array.dtype == np.float32 and not name.endswith("_scale"):
            state[name.removeprefix(_PREFIX)] = array
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            after = users[node.output[0]]
            while after.op_type != "Add":
                after = users[after.output[0]]
            bias = next(i for i in after.input if i in arrays)
            weights = scaled(node.input[1].removesuffix("_quantized")).T.copy()
            state[bias.removeprefix(_PREFIX).removesuffix("bias") + "weight"] = weights
    return state


if __name__ == "__main__":
    main()
