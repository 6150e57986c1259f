"""Fine-tune the tagger: one encoder, heads for entities, place kinds, triggers, status, main, and roles of token pairs.

    python training/train.py --base MODEL_DIR --entities DIR --events train.jsonl --layers layers -o tagger.pt

In: all-MiniLM-L6-v2 (tokenizer.json, config.json, model.safetensors) and the corpora of README.md. Out: weights as a
torch state dict, and a printed score on items held out. Seeded; bfloat16 where the processor has it.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F
from transformers import BertConfig, BertModel

from geomap.encoder import ENTITY_LABELS, HEADS, KIND_LABELS, ROLES, STATUSES, pieces
from training.data import IGNORE, Window, cut, join, read_entities, read_events, read_labels, read_own, recase
from training.hard_cases import gazetteer_names, hard_cases, swap_names, with_dateline

#: Width of the two projections whose product scores a role of a pair of tokens.
PAIR = 48
#: Word pieces a window, at most, while training.
MAX_TRAIN = 192
HELD_OUT = 300
FOLDS = 5


class Tagger(nn.Module):
    """MiniLM, its input enriched by an embedding of each word's case, under six heads."""

    def __init__(self, base: Path, layers: int, attention: str = "sdpa") -> None:
        super().__init__()
        config = BertConfig.from_pretrained(base)
        config._attn_implementation = attention
        self.bert = BertModel(config, add_pooling_layer=False)
        width = config.hidden_size
        self.case = nn.Embedding(6, width)
        nn.init.normal_(self.case.weight, std=0.02)
        self.dropout = nn.Dropout(0.1)
        self.entity = nn.Linear(width, len(ENTITY_LABELS))
        self.kind = nn.Linear(width, len(KIND_LABELS))
        self.trigger = nn.Linear(width, 1 + layers)
        self.status = nn.Linear(width, len(STATUSES))
        self.main = nn.Linear(width, 2)
        self.query = nn.Linear(width, len(ROLES) * PAIR)
        self.key = nn.Linear(width, len(ROLES) * PAIR)
        self.prior = nn.Linear(width, len(ROLES))
        nn.init.constant_(self.prior.bias, -4.0)

    def hidden(self, ids: torch.Tensor, case: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The vector of each piece."""
        embedded = self.bert.embeddings.word_embeddings(ids) + self.case(case)
        vectors: torch.Tensor = self.bert(inputs_embeds=embedded, attention_mask=mask).last_hidden_state
        return vectors

    def forward(self, ids: torch.Tensor, case: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The logits of each head of each piece, in the order of HEADS."""
        hidden = self.dropout(self.hidden(ids, case, mask))
        return tuple(getattr(self, head)(hidden) for head in HEADS)


class Batch:
    """Windows as padded tensors."""

    def __init__(self, windows: list[Window], tokenizer: Any) -> None:
        encoded = [pieces(tokenizer, w.words) for w in windows]
        longest = max(len(ids) for ids, _, _ in encoded)
        n = len(windows)
        self.ids = torch.zeros(n, longest, dtype=torch.long)
        self.case = torch.zeros(n, longest, dtype=torch.long)
        self.mask = torch.zeros(n, longest, dtype=torch.long)
        self.labels = {k: torch.full((n, longest), IGNORE) for k in ("entity", "kind", "trigger", "status", "main")}
        rows, columns, targets, weights = [], [], [], []
        for r, (window, (ids, case, first)) in enumerate(zip(windows, encoded, strict=True)):
            self.ids[r, : len(ids)] = torch.tensor(ids)
            self.case[r, : len(ids)] = torch.tensor(case)
            self.mask[r, : len(ids)] = 1
            for name, target in self.labels.items():
                for i, label in enumerate(getattr(window, name) or ()):
                    if first[i] >= 0:
                        target[r, first[i]] = label
            heads = torch.zeros(longest)
            heads[[p for p in first if p >= 0]] = 1
            for trigger, roles in window.pairs:
                target_row = torch.zeros(len(ROLES), longest)
                weight = torch.zeros(len(ROLES), longest)
                for k, tokens in enumerate(roles):
                    if tokens is None:
                        continue
                    weight[k] = heads
                    for i in tokens:
                        if first[i] >= 0:
                            target_row[k, first[i]] = 1
                for i in trigger:
                    if first[i] >= 0:
                        rows.append(r)
                        columns.append(first[i])
                        targets.append(target_row)
                        weights.append(weight / len(trigger))
        self.rows, self.columns = torch.tensor(rows, dtype=torch.long), torch.tensor(columns, dtype=torch.long)
        self.targets = torch.stack(targets) if targets else None
        self.weights = torch.stack(weights) if weights else None
        self.events = sum(len(w.pairs) for w in windows)


def pair_logits(query: torch.Tensor, key: torch.Tensor, prior: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Logit of each role of each token for each trigger token of the batch: (triggers, roles, tokens)."""
    q = query[batch.rows, batch.columns].unflatten(-1, (len(ROLES), PAIR))
    k = key[batch.rows].unflatten(-1, (len(ROLES), PAIR))
    return torch.einsum("nrd,ntrd->nrt", q, k) / PAIR**0.5 + prior[batch.rows].transpose(1, 2)


WEIGHTS = {"entity": 1.0, "kind": 1.0, "trigger": 1.5, "status": 0.6, "main": 0.3}


def losses(model: Tagger, batch: Batch, status_weights: torch.Tensor) -> torch.Tensor:
    """The weighted sum of all heads' losses on a batch."""
    out = [o.float() for o in model(batch.ids, batch.case, batch.mask)]
    total = torch.zeros(())
    for (name, labels), logits in zip(batch.labels.items(), out[:5], strict=True):
        if (labels != IGNORE).any():
            weight = status_weights if name == "status" else None
            loss = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), weight=weight, ignore_index=IGNORE)
            total = total + WEIGHTS[name] * loss
    if batch.targets is not None and batch.weights is not None:
        logits = pair_logits(out[5], out[6], out[7], batch)
        bce = F.binary_cross_entropy_with_logits(logits, batch.targets, weight=batch.weights, reduction="sum")
        total = total + 0.1 * bce / batch.events
    return total


def sample_batches(items: list[Window], size: int, rng: random.Random) -> list[list[Window]]:
    """Batches of windows of like length, in random order."""
    items = sorted(items, key=lambda w: len(w.words) + rng.random() * 15)
    batches = [items[i : i + size] for i in range(0, len(items), size)]
    rng.shuffle(batches)
    return batches


def widened(saved: dict[str, torch.Tensor], current: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Fit saved heads to label sets that have grown since: a new label starts as the place label does."""
    out = dict(saved)
    for name, weights in saved.items():
        missing = current[name].shape[0] - weights.shape[0]
        if missing > 0:
            place = ENTITY_LABELS.index("B-LOC")
            out[name] = torch.cat([weights, weights[place : place + missing] * 0.9])
    return out


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--entities", type=Path, required=True)
    parser.add_argument("--events", type=Path, required=True)
    parser.add_argument("--layers", type=Path, required=True, help="folder of layer TOML files, or a JSON list of ids")
    parser.add_argument("--own", type=Path, help="folder of texts written for the purpose, JSON lines")
    parser.add_argument("--own-epochs", type=int, default=2, help="passes over these for a pass over the items")
    parser.add_argument("--labels", type=Path, help="labels of texts that are kept elsewhere (labels.jsonl)")
    parser.add_argument("--news", type=Path, help="the news items that these label, JSON lines")
    parser.add_argument("--silver", type=int, default=20000)
    parser.add_argument("--epochs", type=int, default=13, help="passes over the event items")
    parser.add_argument("--entity-epochs", type=float, default=3.0)
    parser.add_argument("--hard", type=int, default=3000, help="windows of hard cases a pass over the entities")
    parser.add_argument("--init", type=Path, help="weights to go on from, with half the learning rate")
    parser.add_argument(
        "--judges", type=Path, nargs="*", default=[], help="folders of taggers that clean the silver data"
    )
    parser.add_argument("--rate", type=float, help="share of the learning rate (default: 1, with --init 0.5)")
    parser.add_argument("--fold", type=int, choices=range(FOLDS), help="hold out this fifth of the items, not 300")
    parser.add_argument("--steps", type=int, default=0, help="stop after so many (for a timing)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, default=Path("tagger.pt"))
    args = parser.parse_args()
    if args.labels and not args.news:
        parser.error("--labels needs --news, the texts of the news items")
    rng = random.Random(args.seed)
    torch.manual_seed(args.seed)
    if args.layers.is_dir():
        layers = sorted(p.stem for p in args.layers.glob("*.toml"))
    else:
        layers = sorted(json.loads(args.layers.read_text()))
    tokenizer = Tokenizer.from_file(str(args.base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TRAIN)
    entities = read_entities(args.entities, args.silver, rng, args.judges)
    names = gazetteer_names(entities)
    items = read_events(args.events, layers)
    rng.shuffle(items)
    if args.fold is None:
        held, train = items[:HELD_OUT], items[HELD_OUT:]
    else:
        held = items[args.fold :: FOLDS]
        train = [item for i, item in enumerate(items) if i % FOLDS != args.fold]
    args.output.with_suffix(".held.json").write_text(json.dumps(sorted(i for i, _, _ in held)))
    more, blocks = read_labels(args.labels, args.entities, args.news, layers) if args.labels else ([], [])
    train = train + more
    counts = torch.ones(len(STATUSES))
    for _, whole, _ in train:
        for tokens, _ in whole.pairs:
            counts[whole.status[tokens[0]]] += 1  # type: ignore[index]
    status_weights = (counts.sum() / counts / len(STATUSES)) ** 0.4
    print(len(entities), "sentences,", len(train), "items,", len(blocks), "blocks,", len(layers), "layers", flush=True)

    model = Tagger(args.base, len(layers))
    state = load_file(args.base / "model.safetensors")
    missing = model.bert.load_state_dict(state, strict=False).missing_keys
    assert not missing, missing
    if args.init:
        model.load_state_dict(widened(torch.load(args.init)["model"], model.state_dict()))
    model.train()

    def varied(window: Window) -> Window:
        changed = swap_names(window, names, rng) if rng.random() < 0.4 else window
        if window.trigger is None and window.kind is None and rng.random() < 0.06:
            changed = with_dateline(changed, names, rng)
        return recase(changed, rng)

    schedule: list[list[Window]] = []
    for _ in range(args.epochs):
        epoch = [rng.choice(pair[1:]) for pair in train]
        epoch += [part for block in blocks for part in cut(*block, rng)]
        for _ in range(args.own_epochs if args.own else 0):
            epoch += read_own(args.own, layers, rng)
        schedule += sample_batches([varied(w) for w in epoch], 16, rng)
    pool: list[list[Window]] = []
    repeats = args.entity_epochs
    while repeats > 0:
        rng.shuffle(entities)
        part = entities[: int(len(entities) * min(1.0, repeats))]
        windows = join(part, rng, 120) + hard_cases(int(args.hard * min(1.0, repeats)), names, rng)
        pool += sample_batches([varied(w) for w in windows], 16, rng)
        repeats -= 1
    # Entities come mostly first: the encoder learns names before it learns events, and never forgets them.
    early, late = (pool[: len(pool) // 3], pool[len(pool) // 3 :]) if schedule else (pool, [])
    mixed: list[list[list[Window]]] = [[b] for b in early]
    for i, batch in enumerate(schedule):
        lo, hi = i * len(late) // len(schedule), (i + 1) * len(late) // len(schedule)
        mixed.append([batch, *late[lo:hi]])
    fast = [p for n, p in model.named_parameters() if not n.startswith("bert.")]
    slow = [p for n, p in model.named_parameters() if n.startswith("bert.")]
    share = args.rate or (0.5 if args.init else 1.0)
    rates = [{"params": slow, "lr": 1e-4 * share}, {"params": fast, "lr": 5e-4 * share}]
    optimizer = torch.optim.AdamW(rates, weight_decay=0.01)
    total = len(mixed)

    def rate(step: int) -> float:
        return min(1.0, step / (0.05 * total)) * max(0.02, 1 - step / total)

    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    average = {k: v.clone() for k, v in model.state_dict().items()}
    began, running = time.time(), 0.0
    for step, parts in enumerate(mixed):
        optimizer.zero_grad()
        for part in parts:
            with torch.autocast("cpu", torch.bfloat16):
                batch = Batch(part, tokenizer)
                loss = losses(model, batch, status_weights)
            loss.backward()  # type: ignore[no-untyped-call]
            running += loss.item()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        with torch.no_grad():
            keep = min(0.998, step / (step + 10))
            for k, v in model.state_dict().items():
                if v.is_floating_point():
                    average[k].mul_(keep).add_(v, alpha=1 - keep)
                else:
                    average[k].copy_(v)
        if step % 100 == 99:
            print(f"step {step + 1} of {total}  loss {running / 100:.3f}  {time.time() - began:.0f} s", flush=True)
            running = 0.0
            torch.save({"model": average, "layers": layers}, args.output)
        if args.steps and step + 1 >= args.steps:
            break
    torch.save({"model": average, "layers": layers}, args.output)


if __name__ == "__main__":
    main()
