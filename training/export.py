"""Export a trained tagger to an int8 ONNX file for geomap/_data/tagger.

    python training/export.py --base MODEL_DIR --weights tagger.pt -o geomap/_data/tagger

In: the weights that train.py saved and the base model's tokenizer. Out: tagger.onnx (the encoder, in dynamic int8
quantisation), heads.npz (weights and bias of each head, float32), tokenizer.json and tagger.json (the heads' labels).
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from geomap.encoder import ENTITY_LABELS, HEADS, KIND_LABELS, ROLES, STATUSES
from training.train import Tagger, widened


class Hidden(torch.nn.Module):
    """The tagger without its heads."""

    def __init__(self, tagger: Tagger) -> None:
        super().__init__()
        self.tagger = tagger

    def forward(self, ids: torch.Tensor, case: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.tagger.hidden(ids, case, mask)


def main() -> None:
    """Export, quantise and say how large the files are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--float", type=Path, help="keep the unquantised file here")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    saved = torch.load(args.weights)
    model = Tagger(args.base, len(saved["layers"]), attention="eager")
    model.load_state_dict(widened(saved["model"], model.state_dict()))
    model.eval()
    args.output.mkdir(parents=True, exist_ok=True)
    ids = torch.randint(5, 3000, (4, 40))
    case, mask = torch.ones(4, 40, dtype=torch.long), torch.ones(4, 40, dtype=torch.long)
    names = ["ids", "case", "mask"]
    axes = {name: {0: "batch", 1: "tokens"} for name in (*names, "hidden")}
    with tempfile.TemporaryDirectory() as folder:
        full, ready = Path(folder) / "full.onnx", Path(folder) / "ready.onnx"
        torch.onnx.export(
            Hidden(model), (ids, case, mask), str(full), input_names=names, output_names=["hidden"], dynamic_axes=axes,
            opset_version=17, dynamo=False,
        )  # fmt: skip
        quant_pre_process(str(full), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(str(ready), str(args.output / "tagger.onnx"), weight_type=QuantType.QInt8, per_channel=True)
        if args.float:
            shutil.copy(full, args.float)
    heads: dict[str, np.ndarray] = {}
    for name in HEADS:
        head: torch.nn.Linear = getattr(model, name)
        heads[name], heads[f"{name}.bias"] = head.weight.detach().numpy().T.copy(), head.bias.detach().numpy()
    np.savez(args.output / "heads.npz", **heads)  # type: ignore[arg-type]
    tokenizer = json.loads((args.base / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["padding"] = None
    (args.output / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    labels = {
        "entity": ENTITY_LABELS,
        "kind": KIND_LABELS,
        "layers": saved["layers"],
        "status": STATUSES,
        "roles": ROLES,
    }
    (args.output / "tagger.json").write_text(json.dumps(labels, indent=1) + "\n", encoding="utf-8")
    for path in sorted(args.output.iterdir()):
        print(f"{path.name}  {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
