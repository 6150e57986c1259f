"""The neural tagger: one pass over a text gives every head its scores.

In: a text. Out: a `Reading`: its sentences and tokens with, for each token, probabilities of the entity, place-kind,
trigger, status and main labels, and for a trigger the probability that each token fills each role. Probabilities are
0..1, offsets characters. No torch: an int8 ONNX file is run by onnxruntime. training/README.md tells how the file was
made.
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geomap.model import Span
from geomap.text import Sentence, Token, sentences, tokenize

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float32]

__all__ = ["ENTITY_LABELS", "KIND_LABELS", "ROLES", "STATUSES", "Encoder", "Reading", "pieces"]

#: A text of at most so many tokens is one window: the tagger was trained on news items of this length.
WHOLE_TOKENS = 110
#: Windows of a longer text hold whole sentences up to so many tokens: few enough that a later sentence's mention of a
#: happening is still seen as one, not passed over as a repetition.
WINDOW_TOKENS = 30
#: Word pieces in one window, the two special ones included; what goes beyond is left unlabelled.
MAX_PIECES = 256
#: Windows run at once: more cost memory and gain nothing on two cores.
BATCH = 8
#: Readings kept, so that recognition and extraction of one document share a pass.
_KEPT = 8

ENTITY_LABELS = ("O", *(f"{p}-{t}" for t in ("LOC", "PER", "ORG", "NORP", "MISC") for p in "BI"))
KIND_LABELS = ("O", *(f"{p}-{t}" for t in ("literal", "metonym", "demonym", "embedded") for p in "BI"))
STATUSES = ("reported", "confirmed", "claimed", "denied", "disputed", "planned", "threatened")
ROLES = (
    "place", "origin", "time", "attributed_to", "denied_by", "source_actors", "target_actors", "weapon", "killed",
    "injured",
)  # fmt: skip


def case_feature(word: str) -> int:
    """Give the class of a word's case, 1..5; the encoder's vocabulary is lower case, so this carries the capitals."""
    if len(word) > 1 and word.isupper():
        return 2
    if word[:1].isupper():
        return 3
    if any(c.isupper() for c in word):
        return 4
    if any(c.isdigit() for c in word):
        return 5
    return 1


def pieces(tokenizer: Any, words: Sequence[str]) -> tuple[list[int], list[int], list[int]]:
    """Give the piece ids, the case of each piece (0 for special ones), and the position of each word's first piece.

    A word that the vocabulary has nothing for, or that was cut off, has position -1.
    """
    encoding = tokenizer.encode(list(words), is_pretokenized=True)
    cases = [case_feature(word) for word in words]
    first = [-1] * len(words)
    case_ids = []
    for position, word in enumerate(encoding.word_ids):
        case_ids.append(0 if word is None else cases[word])
        if word is not None and first[word] < 0:
            first[word] = position
    return encoding.ids, case_ids, first


class Reading:
    """What the tagger makes of one text; arrays have one row a token of the whole text."""

    def __init__(self, text: str) -> None:
        import numpy as np

        self.text = text
        self.sentences: list[Sentence] = sentences(text)
        self.tokens: list[Token] = []
        #: For each sentence, its tokens: (first, end exclusive).
        self.extents: list[tuple[int, int]] = []
        #: For each token, the number of its sentence.
        self.sentence_of: list[int] = []
        #: Windows as (first token, end exclusive).
        self.windows: list[tuple[int, int]] = []
        for number, sentence in enumerate(self.sentences):
            own = tokenize(sentence.text, sentence.start)
            self.extents.append((len(self.tokens), len(self.tokens) + len(own)))
            self.tokens += own
            self.sentence_of += [number] * len(own)
        self._cut_windows()
        n = len(self.tokens)
        self.entity: FloatArray = np.zeros((n, len(ENTITY_LABELS)), np.float32)
        self.kind: FloatArray = np.zeros((n, len(KIND_LABELS)), np.float32)
        self.trigger: FloatArray = np.zeros((n, 1), np.float32)
        self.status: FloatArray = np.zeros((n, len(STATUSES)), np.float32)
        self.main: FloatArray = np.zeros(n, np.float32)
        self._query: FloatArray = np.zeros((n, 0, 0), np.float32)
        self._key: FloatArray = np.zeros((n, 0, 0), np.float32)
        self._prior: FloatArray = np.zeros((n, len(ROLES)), np.float32)

    def _cut_windows(self) -> None:
        start = 0
        size = WHOLE_TOKENS if len(self.tokens) <= WHOLE_TOKENS else WINDOW_TOKENS
        for number, (first, end) in enumerate(self.extents):
            # A heading or a paragraph is never cut for the sake of even windows; a list without full stops is.
            while end - start > size:
                if first > start:
                    self.windows.append((start, first))
                    start = first
                elif end - start <= WHOLE_TOKENS:
                    break
                else:
                    self.windows.append((start, start + WHOLE_TOKENS))
                    start += WHOLE_TOKENS
                    first = start
            if number == len(self.extents) - 1 and end > start:
                self.windows.append((start, end))

    def tokens_in(self, start: int, end: int) -> range:
        """Give the numbers of the tokens that overlap a stretch of characters."""
        from bisect import bisect_left, bisect_right

        lo = bisect_right(self.tokens, start, key=lambda t: t.end)
        hi = bisect_left(self.tokens, end, key=lambda t: t.start)
        return range(lo, max(lo, hi))

    def span(self, first: int, end: int) -> Span:
        """Give the stretch of characters of some tokens (numbers, end exclusive)."""
        start, stop = self.tokens[first].start, self.tokens[end - 1].end
        return Span(start, stop, self.text[start:stop])

    def names(self, tokens: range) -> list[tuple[str, range]]:
        """Give the names among some tokens, with their types (PER, ORG, LOC, NORP, MISC)."""
        labels = [ENTITY_LABELS[int(k)] for k in self.entity[tokens.start : tokens.stop].argmax(axis=1)]
        found: list[tuple[str, range]] = []
        for at, label in enumerate(labels, tokens.start):
            kind = label[2:]
            if label[0] == "I" and found and found[-1][0] == kind and found[-1][1].stop == at:
                found[-1] = (kind, range(found[-1][1].start, at + 1))
            elif label != "O":
                found.append((kind, range(at, at + 1)))
        return found

    def roles(self, trigger: range) -> tuple[int, FloatArray]:
        """Give the number of the window's first token, and each role's probability of each token: roles x tokens."""
        import numpy as np

        lo, hi = next(w for w in self.windows if w[0] <= trigger.start < w[1])
        own = slice(trigger.start, min(trigger.stop, hi))
        logits = np.einsum("nrd,trd->nrt", self._query[own], self._key[lo:hi]).mean(axis=0)
        logits = logits / self._key.shape[2] ** 0.5 + self._prior[lo:hi].T
        return lo, 1 / (1 + np.exp(-logits))


class Encoder:
    """The tagger, loaded."""

    def __init__(self, folder: Path | None = None, threads: int | None = None) -> None:
        """Load tagger.onnx, tokenizer.json and tagger.json from a folder, by default the package's own."""
        import onnxruntime
        from tokenizers import Tokenizer

        folder = folder or Path(__file__).parent / "_data" / "tagger"
        labels = json.loads((folder / "tagger.json").read_text(encoding="utf-8"))
        if tuple(labels["roles"]) != ROLES or tuple(labels["kind"]) != KIND_LABELS:
            raise ValueError(f"{folder / 'tagger.json'}: labels of another version; train and export the tagger again")
        #: Ids of the layers that the trigger head knows; its label 0 is "no trigger".
        self.layers: tuple[str, ...] = tuple(labels["layers"])
        #: Share of a word's occurrences (by lemma) that are triggers in the items that the tagger was trained on.
        self.trigger_words: dict[str, float] = labels["trigger_words"]
        self._pair_width = int(labels["pair_width"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_PIECES)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or int(os.environ.get("GEOMAP_THREADS", "0")) or (os.cpu_count() or 1)
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "tagger.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._kept: OrderedDict[str, Reading] = OrderedDict()

    def read(self, text: str) -> Reading:
        """Tag a text; the last few readings are kept."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        reading = self._tag(Reading(text))
        self._kept[text] = reading
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return reading

    def _tag(self, reading: Reading) -> Reading:
        import numpy as np

        n = len(reading.tokens)
        logits = {name: np.zeros((n, width), np.float32) for name, width in self._widths().items()}
        for name in ("entity", "kind", "trigger"):
            logits[name][:, 0] = 20.0  # what a truncated window leaves out is labelled O
        encoded = [(lo, pieces(self._tokenizer, [t.text for t in reading.tokens[lo:hi]])) for lo, hi in reading.windows]
        encoded.sort(key=lambda e: len(e[1][0]))
        for k in range(0, len(encoded), BATCH):
            batch = encoded[k : k + BATCH]
            longest = max(len(ids) for _, (ids, _, _) in batch)
            inputs = {name: np.zeros((len(batch), longest), np.int64) for name in ("ids", "case", "mask")}
            for row, (_, (ids, case, _)) in enumerate(batch):
                inputs["ids"][row, : len(ids)] = ids
                inputs["case"][row, : len(ids)] = case
                inputs["mask"][row, : len(ids)] = 1
            outputs = self._session.run(list(logits), inputs)
            for row, (lo, (_, _, first)) in enumerate(batch):
                own = np.asarray(first)
                kept = own >= 0
                for name, out in zip(logits, outputs, strict=True):
                    logits[name][lo : lo + len(first)][kept] = out[row, own[kept]]
        reading.entity = _softmax(logits["entity"])
        reading.kind = _softmax(logits["kind"])
        reading.trigger = _softmax(logits["trigger"])
        reading.status = _softmax(logits["status"])
        reading.main = _softmax(logits["main"])[:, 1]
        shape = (n, len(ROLES), self._pair_width)
        reading._query, reading._key = logits["query"].reshape(shape), logits["key"].reshape(shape)
        reading._prior = logits["prior"]
        return reading

    def _widths(self) -> dict[str, int]:
        pair = len(ROLES) * self._pair_width
        return {
            "entity": len(ENTITY_LABELS), "kind": len(KIND_LABELS), "trigger": 1 + len(self.layers),
            "status": len(STATUSES), "main": 2, "query": pair, "key": pair, "prior": len(ROLES),
        }  # fmt: skip


def _softmax(logits: FloatArray) -> FloatArray:
    import numpy as np

    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True)) if len(logits) else logits
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32) if len(logits) else logits


@cache
def default_encoder() -> Encoder:
    """Give the package's tagger, loaded once a process."""
    return Encoder()
