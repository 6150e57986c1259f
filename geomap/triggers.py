"""Triggers: the words of a text that name a happening, and of which type.

In: a tagged text and the layers. Out: `Mention`s in order. Two voices vote: the tagger's trigger head, and the
layers' own triggers, which alone decide for a layer that the tagger was never trained on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from geomap.encoder import Encoder, Reading
from geomap.layers import TriggerIndex, TriggerMatch
from geomap.model import ATTACKS, Count, Layer, Span
from geomap.status import declines
from geomap.text import lemma

if TYPE_CHECKING:
    from geomap.encoder import FloatArray

__all__ = ["EDGES", "Mention", "find_triggers", "is_negated", "tidy"]

#: A token names a happening where the tagger's probability of any layer passes this.
_TRIGGER = 0.7
#: In a text of several windows, which has sentences unlike a news item, the bar depends on how often a word is a
#: trigger: (share of its occurrences at least, bar).
_TRIGGER_LONG = ((0.2, 0.75), (0.07, 0.9), (0.0, 0.97))
#: The same where a layer's own trigger agrees: an agreeing voice lowers the bar by up to this much.
_SECOND_VOICE = 0.2
#: A match of several words (of this weight at least) needs no more than a faint voice of the tagger, and then weighs
#: so much.
_SURE = 0.75
#: The same holds for a single word that in the items of training is a trigger this often.
_TELLING = 0.5
_FAINT = 0.1
_SURE_VOICE = 0.5
#: A match of this weight in a layer that the tagger does not know is a happening by itself.
_UNTRAINED = 0.5
#: Triggers that stand next to each other ("missile and drone attack") name one happening.
_GAP = 2
_NEGATION = re.compile(r"(?:^|\s)(?:no(?:\s+\w+)?|none\s+of(?:\s+the)?|without(?:\s+any)?)$")
#: Cut from the edges of what is found.
EDGES = frozenset(
    [",", ".", ";", ":", "(", ")", "“", "”", '"', "-", "–", "—", "’", "'", "and", "or", "but", "that", "who", "which",
    "while"] )  # fmt: skip
#: A verb of denial speaks of another happening.
_DENY = frozenset({"deny", "denial"})
#: Words that only qualify a trigger ("air strike", "missile attack"), and no trigger by themselves.
_QUALIFIERS = frozenset(
    {"air", "anti", "armed", "army", "defense", "defence", "drone", "ground", "military", "missile", "rocket"}
)
#: Not a trigger by themselves.
_FUNCTION_WORDS = frozenset(
    [
        "a", "an", "and", "as", "at", "be", "by", "for", "from", "had", "has", "have", "he", "her", "his", "in",
        "into", "is", "it", "its", "not", "of", "off", "on", "or", "out", "over", "she", "that", "the", "their",
        "them", "they", "this", "to", "up", "was", "were", "who", "will", "with", "would",
    ]
)  # fmt: skip


@dataclass(slots=True)
class Mention:
    """A trigger in the making."""

    layer: str
    tokens: range
    score: float
    first: int = 0
    busy: frozenset[int] = frozenset()  #: numbers of the other sentences that tell of a happening
    roles: FloatArray | None = None
    counts: dict[str, tuple[float, Count]] = field(default_factory=dict)
    spans: dict[str, list[Span]] = field(default_factory=dict)  #: what fills each role


def find_triggers(reading: Reading, encoder: Encoder, layers: Sequence[Layer]) -> list[Mention]:
    """Give the mentions of happenings in a text: runs of tokens of one layer, in order."""
    import numpy as np

    known = [layer.id for layer in layers]
    index = _index(tuple(layers))
    columns = {name: 1 + i for i, name in enumerate(encoder.layers) if name in known}
    voice = reading.trigger.copy()
    hidden = [1 + i for i, name in enumerate(encoder.layers) if name not in known]
    voice[:, hidden] = 0.0
    untrained: list[TriggerMatch] = []
    sure: set[int] = set()
    shares = [encoder.trigger_words.get(lemma(t.text), 0.0) if t.text[0].isalpha() else 0.0 for t in reading.tokens]
    for first, end in reading.extents:
        for match in index.find(reading.tokens[first:end]):
            own = slice(first + match.start, first + match.end)
            if match.layer in columns:
                column = columns[match.layer]
                telling = match.weight >= _SURE or max(shares[own]) >= _TELLING
                if telling and reading.trigger[own, 1:].sum(axis=1).max() > _FAINT:
                    voice[own, column] += _SURE_VOICE
                    sure.update(range(own.start, own.stop))
                # The second voice counts in proportion to the tagger's own doubt.
                doubt = 1 - np.abs(2 * voice[own, column] - 1)
                voice[own, column] += _SECOND_VOICE * match.weight * (doubt + (voice[own, column] > 0.05) * 0.5)
            else:
                untrained.append(replace(match, start=own.start, end=own.stop))
        for name, start, stop in index.near_misses(reading.tokens[first:end]):
            if name in columns:
                voice[first + start : first + stop, columns[name]] = 0.0
    mentions = _untrained(untrained)
    taken = {i for m in mentions for i in m.tokens}
    total = voice[:, 1:].sum(axis=1)
    best = voice[:, 1:].argmax(axis=1)
    long = len(reading.windows) > 1
    i = 0
    while i < len(reading.tokens):
        bar = _bar(1.0 if i in sure else shares[i], long)
        if total[i] <= bar or i in taken or not any(c.isalnum() for c in reading.tokens[i].text):
            i += 1
            continue
        start = i
        while (
            i + 1 < len(reading.tokens)
            and total[i + 1] > bar
            and best[i + 1] == best[start]
            and i + 1 not in taken
            and reading.sentence_of[i + 1] == reading.sentence_of[start]
        ):
            i += 1
        layer = encoder.layers[int(best[start])]
        mentions.append(Mention(layer, range(start, i + 1), float(min(1.0, total[start : i + 1].max()))))
        i += 1
    joined = _joined(reading, mentions, {name: voice[:, column] for name, column in columns.items()})
    for mention in joined:
        mention.tokens = range(*tidy(reading, mention.tokens.start, mention.tokens.stop, EDGES))
    spoken = {reading.sentence_of[m.tokens.start] for m in joined if not _denies(reading, m)}
    return [
        m
        for m in joined
        if not _is_no_event(reading, m) and not (_denies(reading, m) and reading.sentence_of[m.tokens.start] in spoken)
    ]


@lru_cache(maxsize=8)
def _index(layers: tuple[Layer, ...]) -> TriggerIndex:
    return TriggerIndex(layers)


def _bar(share: float, long: bool) -> float:
    return next(bar for least, bar in _TRIGGER_LONG if share >= least) if long else _TRIGGER


def _joined(reading: Reading, mentions: list[Mention], voices: Mapping[str, FloatArray]) -> list[Mention]:
    """Join neighbors of one sentence: attacks, those of one layer, and what stands side by side ("stabbing spree").

    `voices` has the probability of each layer that the tagger knows, for every token. Attacks have the layer of the
    surer one, words side by side the layer that all of them together speak for.
    """
    joined: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: m.tokens.start):
        layer = _common_layer(reading, joined[-1], mention, voices) if joined else None
        if layer is None:
            joined.append(mention)
        else:
            last = joined[-1]
            joined[-1] = Mention(layer, range(last.tokens.start, mention.tokens.stop), max(last.score, mention.score))
    return joined


def _common_layer(reading: Reading, last: Mention, mention: Mention, voices: Mapping[str, FloatArray]) -> str | None:
    """Give the layer of two mentions that are one, None where they are two."""
    between = range(last.tokens.stop, mention.tokens.start)
    if reading.sentence_of[last.tokens.start] != reading.sentence_of[mention.tokens.start] or len(between) > _GAP:
        return None
    alike = last.layer == mention.layer or (last.layer in ATTACKS and mention.layer in ATTACKS)
    if alike and not any(reading.tokens[i].text in ",;:" for i in between):
        return max((last, mention), key=lambda m: m.score).layer
    if not between and last.layer in voices and mention.layer in voices:
        own = slice(last.tokens.start, mention.tokens.stop)
        return max((last.layer, mention.layer), key=lambda name: float(voices[name][own].sum()))
    return None


def _denies(reading: Reading, mention: Mention) -> bool:
    return all(lemma(reading.tokens[i].text) in _DENY for i in mention.tokens)


def _is_no_event(reading: Reading, mention: Mention) -> bool:
    """Tell whether the words say that nothing happened, or only that somebody won't speak of it."""
    number = reading.sentence_of[mention.tokens.start]
    trigger = reading.span(mention.tokens.start, mention.tokens.stop)
    sentence = reading.sentences[number]
    if declines(sentence.text, trigger.start - sentence.start, trigger.end - sentence.start):
        return True
    words = [t.text.lower() for t in reading.tokens[mention.tokens.start : mention.tokens.stop]]
    return all(w in _FUNCTION_WORDS or w in _QUALIFIERS or not w[0].isalnum() for w in words)


def is_negated(reading: Reading, mention: Mention) -> bool:
    """Tell whether "no" or "none of" stands right before the trigger: "there had been no missile attack"."""
    first = reading.extents[reading.sentence_of[mention.tokens.start]][0]
    before = " ".join(
        t.text.lower() for t in reading.tokens[max(first, mention.tokens.start - 3) : mention.tokens.start]
    )
    return _NEGATION.search(before) is not None


def _untrained(matches: list[TriggerMatch]) -> list[Mention]:
    """Matches of layers that the tagger was not trained on; of overlapping ones, the weightiest."""
    mentions: list[Mention] = []
    taken: set[int] = set()
    for match in sorted(matches, key=lambda m: (-m.weight, m.start, m.layer)):
        own = range(match.start, match.end)
        if match.weight >= _UNTRAINED and not taken.intersection(own):
            mentions.append(Mention(match.layer, own, match.weight))
            taken.update(own)
    return mentions


def tidy(reading: Reading, first: int, end: int, edges: frozenset[str]) -> tuple[int, int]:
    """Cut punctuation and joining words from the edges of a run."""
    while end - first > 1 and reading.tokens[first].text.lower() in edges:
        first += 1
    while end - first > 1 and reading.tokens[end - 1].text.lower() in edges:
        end -= 1
    return first, end
