"""The neural tagger: one pass over a text gives every head its scores.

In: a text. Out: a `Reading`: its sentences and tokens with, for each token, probabilities of the entity, place-kind,
trigger, status and main labels, and for a trigger the probability that each token fills each role. Probabilities are
0..1, offsets characters. No torch: an int8 ONNX file, run by onnxruntime, gives each token a vector, from which the
heads (small matrices, heads.npz) are computed when they are asked for. training/README.md tells how they were made.
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geomap.model import Span
from geomap.text import Sentence, Token, sentences, tokenize

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float32]
    #: Of each head its weights (width of a vector x outputs) and its bias.
    Heads = dict[str, tuple[FloatArray, FloatArray]]
    #: Piece ids, cases, and the position of each word's first piece.
    Pieces = tuple[list[int], list[int], list[int]]

__all__ = ["ENTITY_LABELS", "HEADS", "KIND_LABELS", "ROLES", "STATUSES", "Encoder", "Reading", "pieces"]

#: A text of at most so many tokens is one window: the tagger was trained on news items of this length.
WHOLE_TOKENS = 110
#: Windows of a longer text hold whole sentences up to so many tokens: few enough that a later sentence's mention of a
#: happening is still seen as one, not passed over as a repetition.
WINDOW_TOKENS = 30
#: Word pieces in one window, the two special ones included; what goes beyond is left unlabelled.
MAX_PIECES = 256
#: Word pieces run at once by one thread, padding included, and how much longer than its shortest window a batch's
#: longest may be: what costs least, measured; larger batches cost memory and padding, and gain nothing.
_BATCH_PIECES = 200
_BATCH_SPREAD = 1.1
#: Readings kept, so that recognition and extraction of one document share a pass.
_KEPT = 8

#: Words of English that begin a sentence and are no name: articles, pronouns, prepositions, conjunctions, adverbs.
_FUNCTION_WORDS = """
a about above according across after afterwards again against all almost along already also although always amid
among an and another any anyone anything are around as asked at away be because before behind being below beside
besides between both but by can could despite did do does down due during each earlier either else even every
everybody everyone everything except few finally first for four from further had has have he hence her here hers
herself him himself his how however i if in indeed inside instead into is it its itself just last late later
least less like many maybe me meanwhile might more moreover most much must my myself near nearly neither never
nevertheless next no nobody none nor not nothing now of off often on once one only onto or other others
otherwise our out outside over overall own perhaps rather recently same second seven several shall she should
since six so some somebody someone something sometimes soon still such ten than that the their them themselves
then there thereafter therefore these they thing this those though three through throughout thus to today
together tomorrow too toward towards two under unless unlike until up upon us very was we well were what
whatever when where whereas whether which while who whoever whom whose why will with within without would yes
yesterday yet you your let please
"""
_NO_NAMES = frozenset(_FUNCTION_WORDS.split())

ENTITY_LABELS = ("O", *(f"{p}-{t}" for t in ("LOC", "PER", "ORG", "NORP", "MISC", "FAC") for p in "BI"))
KIND_LABELS = ("O", *(f"{p}-{t}" for t in ("literal", "metonym", "demonym", "embedded") for p in "BI"))
STATUSES = ("reported", "confirmed", "claimed", "denied", "disputed", "planned", "threatened")
HEADS = ("entity", "kind", "trigger", "status", "main", "query", "key", "prior")
ROLES = (
    "place", "origin", "time", "attributed_to", "denied_by", "source_actors", "target_actors", "weapon", "killed",
    "injured",
)  # fmt: skip


@lru_cache(maxsize=16384)
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
        #: For each token: whether its window holds what may be a name; the others' entities and kinds are all O.
        self.open: list[bool] = self._opened()
        self._hidden: FloatArray = np.zeros((0, 0), np.float32)
        self._seen: npt.NDArray[np.bool_] = np.zeros(len(self.tokens), bool)
        self._heads: Heads = {}

    def fill(self, hidden: FloatArray, seen: npt.NDArray[np.bool_], heads: Heads) -> None:
        """Take the tagger's vectors: one a token, and whether the tagger saw it (what a window cuts off it did not)."""
        self._hidden, self._seen, self._heads = hidden, seen, heads

    def _probabilities(self, head: str, seen: npt.NDArray[np.bool_]) -> FloatArray:
        weights, bias = self._heads[head]
        logits = self._hidden @ weights + bias
        if head in ("entity", "kind", "trigger"):
            logits[~seen] = 0.0
            logits[~seen, 0] = 20.0
        return _softmax(logits)

    @cached_property
    def entity(self) -> FloatArray:
        """Probability of each of ENTITY_LABELS: tokens x labels."""
        import numpy as np

        return self._probabilities("entity", self._seen & np.array(self.open, bool))

    @cached_property
    def kind(self) -> FloatArray:
        """Probability of each of KIND_LABELS: tokens x labels."""
        import numpy as np

        return self._probabilities("kind", self._seen & np.array(self.open, bool))

    @cached_property
    def trigger(self) -> FloatArray:
        """Probability of "no trigger" and of each of the tagger's layers: tokens x (1 + layers)."""
        return self._probabilities("trigger", self._seen)

    @cached_property
    def status(self) -> FloatArray:
        """Probability of each of STATUSES, were the token a trigger: tokens x statuses."""
        return self._probabilities("status", self._seen)

    @cached_property
    def main(self) -> FloatArray:
        """Probability that an event with this trigger is news and not background."""
        return self._probabilities("main", self._seen)[:, 1]

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

    def _opened(self) -> list[bool]:
        """Tell which windows may hold a name: those with a capital that no sentence begins with, or a
        sentence that begins with more than a function word.

        A text without capitals, as some wires and chats have it, is open throughout.
        """
        starts = {first for first, _ in self.extents}
        inner = [False] * len(self.tokens)
        capitals = False
        for i, token in enumerate(self.tokens):
            word = token.text
            if word[0].isupper():
                first = i in starts or (i - 1 in starts and not self.tokens[i - 1].text[0].isalnum())
                function = (len(word) == 1 or word[1:].islower()) and word.lower() in _NO_NAMES
                inner[i] = word != "I" and not (first and function)
                capitals |= inner[i]
            else:
                # Scripts without capitals, and "de-Facto"
                inner[i] = word[0].isalpha() and not word.islower()
        out = [True] * len(self.tokens)
        for lo, hi in self.windows if capitals else ():
            out[lo:hi] = [any(inner[lo:hi])] * (hi - lo)
        return out

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
        query = self._projected("query", own).mean(axis=0)
        key = self._projected("key", slice(lo, hi))
        weights, bias = self._heads["prior"]
        prior = self._hidden[lo:hi] @ weights + bias
        logits = np.einsum("rd,trd->rt", query, key) / key.shape[2] ** 0.5 + prior.T
        return lo, 1 / (1 + np.exp(-logits))

    def _projected(self, head: str, tokens: slice) -> FloatArray:
        weights, bias = self._heads[head]
        projected = self._hidden[tokens] @ weights + bias
        return projected.reshape(len(projected), len(ROLES), -1)


class Encoder:
    """The tagger, loaded."""

    def __init__(self, folder: Path | None = None, threads: int | None = None) -> None:
        """Load tagger.onnx, heads.npz, tokenizer.json and tagger.json from a folder, by default the package's own."""
        import numpy as np
        import onnxruntime
        from tokenizers import Tokenizer

        folder = folder or Path(__file__).parent / "_data" / "tagger"
        labels = json.loads((folder / "tagger.json").read_text(encoding="utf-8"))
        known = tuple(tuple(labels.get(key, ())) for key in ("roles", "kind", "entity"))
        if known != (ROLES, KIND_LABELS, ENTITY_LABELS):
            raise ValueError(f"{folder / 'tagger.json'}: labels of another version; train and export the tagger again")
        #: Ids of the layers that the trigger head knows; its label 0 is "no trigger".
        self.layers: tuple[str, ...] = tuple(labels["layers"])
        #: Share of a word's occurrences (by lemma) that are triggers in the items that the tagger was trained on.
        self.trigger_words: dict[str, float] = labels["trigger_words"]
        with np.load(folder / "heads.npz", allow_pickle=False) as arrays:
            self._heads: Heads = {name: (arrays[name], arrays[f"{name}.bias"]) for name in HEADS}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_PIECES)
        self.threads = threads or int(os.environ.get("GEOMAP_THREADS", "0")) or (os.cpu_count() or 1)
        # Small batches side by side use two cores far better than one batch that is shared among them.
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "tagger.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None
        self._kept: OrderedDict[tuple[str, bool], Reading] = OrderedDict()

    def read(self, text: str, *, names_only: bool = False) -> Reading:
        """Tag a text; the last few readings are kept.

        With `names_only` the tagger leaves out windows that hold no name: entities and kinds are the same, triggers
        are not.
        """
        for key in ((text, False), (text, names_only)):
            if (reading := self._kept.get(key)) is not None:
                return reading
        reading = self._tag(Reading(text), names_only)
        self._kept[text, names_only] = reading
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return reading

    def _tag(self, reading: Reading, names_only: bool) -> Reading:
        import numpy as np

        n = len(reading.tokens)
        hidden = np.zeros((n, len(self._heads["entity"][0])), np.float32)
        seen = np.zeros(n, bool)
        windows = [w for w in reading.windows if reading.open[w[0]] or not names_only]
        encoded = [(lo, pieces(self._tokenizer, [t.text for t in reading.tokens[lo:hi]])) for lo, hi in windows]
        encoded.sort(key=lambda e: len(e[1][0]))
        batches = _batches(encoded)
        # The longest come first, so that no thread ends long after the others.
        runs = (self._pool.map if self._pool and len(batches) > 1 else map)(self._run, batches[::-1])
        for batch, vectors in zip(batches[::-1], runs, strict=True):
            for (lo, (_, _, first)), row in zip(batch, vectors, strict=True):
                own = np.asarray(first)
                kept = own >= 0
                hidden[lo : lo + len(first)][kept] = row[own[kept]]
                seen[lo : lo + len(first)] = kept
        reading.fill(hidden, seen, self._heads)
        return reading

    def _run(self, batch: Sequence[tuple[int, Pieces]]) -> FloatArray:
        import numpy as np

        longest = max(len(ids) for _, (ids, _, _) in batch)
        inputs = {name: np.zeros((len(batch), longest), np.int64) for name in ("ids", "case", "mask")}
        for row, (_, (ids, case, _)) in enumerate(batch):
            inputs["ids"][row, : len(ids)] = ids
            inputs["case"][row, : len(ids)] = case
            inputs["mask"][row, : len(ids)] = 1
        (vectors,) = self._session.run(["hidden"], inputs)
        return np.asarray(vectors, np.float32)


def _batches(encoded: Sequence[tuple[int, Pieces]]) -> list[list[tuple[int, Pieces]]]:
    """Group windows, sorted by length, into batches of about one length."""
    batches: list[list[tuple[int, Pieces]]] = []
    for window in encoded:
        length = len(window[1][0])
        shortest = len(batches[-1][0][1][0]) if batches else 0
        if batches and length * (len(batches[-1]) + 1) <= _BATCH_PIECES and length <= _BATCH_SPREAD * shortest:
            batches[-1].append(window)
        else:
            batches.append([window])
    return batches


def _softmax(logits: FloatArray) -> FloatArray:
    import numpy as np

    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True)) if len(logits) else logits
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32) if len(logits) else logits


@cache
def default_encoder() -> Encoder:
    """Give the package's tagger, loaded once a process."""
    return Encoder()
