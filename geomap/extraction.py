"""Event extraction: what happened, where, when, who, how many, and who says so.

In: a `Document`, its resolved `Toponym`s and the `Layer`s. Out: `Event`s, one a mention; merging.py gathers mentions of one
happening. The tagger's trigger head and the layers' own triggers vote on type, so that a layer that the tagger was never
trained on works by its triggers alone; its pair scores say which words fill which role of a trigger.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from geomap.actors import describe
from geomap.casualties import Casualty, find_casualties
from geomap.dates import DateRange, find_dates, resolve_date
from geomap.encoder import ENTITY_LABELS, ROLES, STATUSES, Encoder, Reading, default_encoder
from geomap.layers import TriggerIndex, TriggerMatch
from geomap.model import ATTACKS, Actor, Claim, Count, DatePrecision, Document, Event, Layer, Span, Status, Toponym
from geomap.status import claims_in, combine, declines, declining, denial, settle

from geomap.text import lemma

if TYPE_CHECKING:
    from geomap.encoder import FloatArray

__all__ = ["extract"]

#: A token names a happening where the tagger's probability of any layer passes this.
_TRIGGER = 0.7
#: In a text of several windows, which has sentences unlike a news item, the bar depends on how often a word is a trigger:
#: (share of its occurrences at least, bar).
_TRIGGER_LONG = ((0.2, 0.6), (0.07, 0.8), (0.0, 0.97))
#: The same where a layer's own trigger agrees: an agreeing voice lowers the bar by up to this much.
_SECOND_VOICE = 0.2
#: A match of several words (of this weight at least) needs no more than a faint voice of the tagger, and then weighs so much.
_SURE = 0.75
_FAINT = 0.2
_SURE_VOICE = 0.5
#: A match of this weight in a layer that the tagger does not know is a happening by itself.
_UNTRAINED = 0.5
#: Roles are filled by runs of tokens of which one passes the first figure and all pass the second.
_ROLE = 0.5
_ROLE_EDGE = 0.25
#: A place is given to an event from this mean probability on.
_PLACE = 0.35
#: The same for a country named as an actor, which can be the territory that a count or a vote is about.
_TERRITORY = 0.6
_COUNT = 0.3
#: A date in the sentence that no other event claims is the event's from this on.
_TIME = 0.25
#: Layers whose happenings need a spot, and for how many sentences the spot of the last one stays the scene.
_ON_THE_GROUND = frozenset(
    "abduction accident arrest bombing justice natural_disaster protest riot sabotage violence_against_civilians".split()
)
#: Layers of what officials say, which happens nowhere in particular: a place in another sentence is not theirs.
_WORDS_ONLY = frozenset("appeal condemnation sanctions threat".split())
_SCENE = 8
_SCENE_SCORE = 0.6
#: What ended more than so many days before publication is no news.
_NEWS_DAYS = 4
#: "the assault on Israel": the name that a preposition ties to the trigger gains this much as its place.
_TIED = 0.4
#: Triggers that stand next to each other ("missile and drone attack") name one happening.
_GAP = 2
_NEGATION = re.compile(r"(?:^|\s)(?:no(?:\s+\w+)?|none\s+of(?:\s+the)?|without(?:\s+any)?)$")
#: What stands behind these words is why something else happened.
_REASON = re.compile(
    r"\b(?:revenge|retaliation|reprisal|retribution|vengeance|response|anniversary|commemorat\w+|aftermath)\s+(?:for|to|of|against)\s+"
    r"(?:[\w’'-]+\s+){0,6}$",
    re.IGNORECASE,
)
_WEAPON_TAIL = re.compile(
    r"[\s-]+(?:(?:missile|rocket|drone|air|artillery|cruise|ballistic|car|suicide)\s+)*"
    r"(?:missiles?|rockets?|drones?|shells?|bombs?|aircraft|warplanes?|jets?|strikes?|air ?strikes?|attacks?|raids?|fire)$",
    re.IGNORECASE,
)
#: "Iranian" (city), "local" (people): what it belongs to is no actor's name; "Syrians" is.
_ADJECTIVE = re.compile(r"[A-Z][a-z]+(?:an|ian|ish|ese|i)|[a-z]+(?:al|ic|ed|ing)|air|military|other")
_TIE = re.compile(r"\s+(?:in|on|at|near|outside|inside|against|across|over|off)\s+(?:the\s+)?(?:[a-z-]+\s+){0,2}")
#: What may stand between a spot and what holds it.
_JOINT = re.compile(r"[\s,(]*(?:[\w’'-]+\s+){0,4}?(?:in|of|near|outside|at|,)?[\s,(]*(?:the\s+)?(?:[\w-]+\s+){0,3}(?:of\s+)?", re.IGNORECASE)
_KINDS: tuple[Literal["killed", "injured"], ...] = ("killed", "injured")
_EDGES = frozenset(", . ; : ( ) “ ” \" - – — ’ ' and or but that who which while".split())
_SPEAKING = _EDGES | frozenset(
    "according to by said says say saying told tells reported reports report reportedly speaking announced confirmed citing cited "
    "claimed claims stated denied denies".split()
)
#: Not a trigger by themselves.
_FUNCTION_WORDS = frozenset(
    "a an and as at be by for from had has have he her his in into is it its not of off on or out over she that the their them "
    "they this to up was were who will with would".split()
)


@dataclass(slots=True)
class _Mention:
    """A trigger in the making."""

    layer: str
    tokens: range
    score: float
    first: int = 0
    roles: FloatArray | None = None
    counts: dict[str, tuple[float, Count]] = field(default_factory=dict)
    spans: dict[str, list[Span]] = field(default_factory=dict)  #: what fills each role


def extract(
    document: Document, toponyms: Sequence[Toponym], layers: Sequence[Layer], encoder: Encoder | None = None
) -> list[Event]:
    """Give the events of a document in order of their triggers.

    Args:
        document: the text and its date of publication.
        toponyms: its resolved toponyms.
        layers: the event types to look for; other types are left out.
        encoder: the tagger; None: the package's own.
    """
    encoder = encoder or default_encoder()
    reading = encoder.read(document.text)
    mentions = _mentions(reading, encoder, layers)
    for mention in mentions:
        mention.first, mention.roles = reading.roles(mention.tokens)
        mention.spans = {role: _role_spans(reading, mention, role) for role in ROLES}
    for number in range(len(reading.sentences)):
        own = [m for m in mentions if reading.sentence_of[m.tokens.start] == number]
        for role in ("time", "source_actors"):
            _share_out(reading, own, role)
    _assign_counts(reading, mentions)
    told = [_event(document, reading, mention, toponyms) for mention in mentions]
    events = [event for event in told if event is not None]
    if len(reading.windows) > 1:
        events = _on_the_scene(reading, events)
    return _with_declining(document, reading, events)


@lru_cache(maxsize=8)
def _index(layers: tuple[Layer, ...]) -> TriggerIndex:
    return TriggerIndex(layers)


def _mentions(reading: Reading, encoder: Encoder, layers: Sequence[Layer]) -> list[_Mention]:
    """Find the triggers: runs of tokens of one layer."""
    import numpy as np

    known = [layer.id for layer in layers]
    index = _index(tuple(layers))
    columns = {name: 1 + i for i, name in enumerate(encoder.layers) if name in known}
    voice = reading.trigger.copy()
    hidden = [1 + i for i, name in enumerate(encoder.layers) if name not in known]
    voice[:, hidden] = 0.0
    untrained: list[TriggerMatch] = []
    sure: set[int] = set()
    for first, end in reading.extents:
        for match in index.find(reading.tokens[first:end]):
            own = slice(first + match.start, first + match.end)
            if match.layer in columns:
                # The second voice counts in proportion to the tagger's own doubt.
                column = columns[match.layer]
                if match.weight >= _SURE and reading.trigger[own, 1:].sum(axis=1).max() > _FAINT:
                    voice[own, column] += _SURE_VOICE
                    sure.update(range(own.start, own.stop))
                doubt = 1 - np.abs(2 * voice[own, column] - 1)
                voice[own, column] += _SECOND_VOICE * match.weight * (doubt + (voice[own, column] > 0.05) * 0.5)
            else:
                untrained.append(replace(match, start=own.start, end=own.stop))
        for name, start, end in index.near_misses(reading.tokens[first:end]):
            if name in columns:
                voice[first + start : first + end, columns[name]] = 0.0
    mentions = _untrained(untrained)
    taken = {i for m in mentions for i in m.tokens}
    total = voice[:, 1:].sum(axis=1)
    best = voice[:, 1:].argmax(axis=1)
    long = len(reading.windows) > 1
    shares = [encoder.trigger_words.get(lemma(t.text), 0.0) if t.text[0].isalpha() else 0.0 for t in reading.tokens]
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
        mentions.append(_Mention(layer, range(start, i + 1), float(min(1.0, total[start : i + 1].max()))))
        i += 1
    joined = _joined(reading, mentions)
    for mention in joined:
        mention.tokens = range(*_tidy(reading, mention.tokens.start, mention.tokens.stop, _EDGES))
    return [m for m in joined if not _is_no_event(reading, m)]


def _bar(share: float, long: bool) -> float:
    return next(bar for least, bar in _TRIGGER_LONG if share >= least) if long else _TRIGGER


def _joined(reading: Reading, mentions: list[_Mention]) -> list[_Mention]:
    """Join neighbors of one sentence: the layer of the surer one, and the last word, which is the head, as trigger."""
    joined: list[_Mention] = []
    for mention in sorted(mentions, key=lambda m: m.tokens.start):
        last = joined[-1] if joined else None
        if (
            last is not None
            and mention.tokens.start - last.tokens.stop <= _GAP
            and reading.sentence_of[last.tokens.start] == reading.sentence_of[mention.tokens.start]
            and not any(reading.tokens[i].text in ",;:" for i in range(last.tokens.stop, mention.tokens.start))
            and (last.layer in ATTACKS and mention.layer in ATTACKS or last.layer == mention.layer)
        ):
            layer = max((last, mention), key=lambda m: m.score).layer
            joined[-1] = _Mention(layer, range(last.tokens.start, mention.tokens.stop), max(last.score, mention.score))
        else:
            joined.append(mention)
    return joined


def _is_no_event(reading: Reading, mention: _Mention) -> bool:
    """Tell whether the words say that nothing happened, or only that somebody won't speak of it."""
    number = reading.sentence_of[mention.tokens.start]
    trigger = _span(reading, mention.tokens.start, mention.tokens.stop)
    sentence = reading.sentences[number]
    if declines(sentence.text, trigger.start - sentence.start, trigger.end - sentence.start):
        return True
    words = [t.text.lower() for t in reading.tokens[mention.tokens.start : mention.tokens.stop]]
    return all(w in _FUNCTION_WORDS or not w[0].isalnum() for w in words)


def _is_negated(reading: Reading, mention: _Mention) -> bool:
    """Tell whether "no" or "none of" stands right before the trigger: "there had been no missile attack"."""
    first = reading.extents[reading.sentence_of[mention.tokens.start]][0]
    before = " ".join(t.text.lower() for t in reading.tokens[max(first, mention.tokens.start - 3) : mention.tokens.start])
    return _NEGATION.search(before) is not None


def _untrained(matches: list[TriggerMatch]) -> list[_Mention]:
    """Matches of layers that the tagger was not trained on; of overlapping ones, the weightiest."""
    mentions: list[_Mention] = []
    taken: set[int] = set()
    for match in sorted(matches, key=lambda m: (-m.weight, m.start, m.layer)):
        own = range(match.start, match.end)
        if match.weight >= _UNTRAINED and not taken.intersection(own):
            mentions.append(_Mention(match.layer, own, match.weight))
            taken.update(own)
    return mentions


def _assign_counts(reading: Reading, mentions: list[_Mention]) -> None:
    """Give each count of killed and injured to the event that the pair scores link it with."""
    for lo, hi in reading.windows:
        own = [m for m in mentions if m.first == lo and m.roles is not None]
        if not own or hi <= lo:
            continue
        start = reading.tokens[lo].start
        text = reading.text[start : reading.tokens[hi - 1].end]
        for casualty in find_casualties(text):
            span = reading.tokens_in(start + casualty.start, start + casualty.end)
            _assign(casualty, range(max(span.start, lo), min(span.stop, hi)), own, reading)


def _assign(casualty: Casualty, span: range, mentions: list[_Mention], reading: Reading) -> None:
    role = ROLES.index(casualty.kind)
    ranked = []
    for mention in mentions:
        assert mention.roles is not None
        part = mention.roles[role, span.start - mention.first : span.stop - mention.first]
        ranked.append((float(part.max()) if part.size else 0.0, mention))
    score, best = max(ranked, key=lambda r: r[0])
    near = bool(span) and reading.sentence_of[best.tokens.start] == reading.sentence_of[span.start]
    alone = len({m.layer for m in mentions}) == 1 and near
    # Counts in words ("a man was shot") are hard to link: one sentence with one kind of event needs no more.
    if score < _COUNT and not (alone and score > 0.02):
        return
    if score > best.counts.get(casualty.kind, (-1.0, None))[0]:
        best.counts[casualty.kind] = (score, casualty.count)


def _event(document: Document, reading: Reading, mention: _Mention, toponyms: Sequence[Toponym]) -> Event | None:
    number = reading.sentence_of[mention.tokens.start]
    sentence = reading.sentences[number]
    quote = Span(sentence.start, sentence.end, sentence.text)
    trigger = _span(reading, mention.tokens.start, mention.tokens.stop)
    denying = mention.spans["denied_by"]
    subject = denial(quote, trigger, _persons(reading, number))
    if subject is not None:
        denying = [subject]
    elif _is_negated(reading, mention):
        if mention.layer not in ATTACKS:
            return None
        denying = denying or mention.spans["attributed_to"] or _persons(reading, number)[:1]
        if not denying:
            return None
    asserting = [s for s in mention.spans["attributed_to"] if _is_speaker(s) and not _overlaps(s, denying)]
    claims = claims_in(document.id, quote, asserting, denying)
    own = slice(mention.tokens.start, mention.tokens.stop)
    chances = reading.status[own].mean(axis=0)
    probabilities: dict[Status, float] = {s: float(p) for s, p in zip(STATUSES, chances, strict=True)}  # type: ignore[misc]
    status = settle(probabilities, claims)
    reason = _REASON.search(sentence.text[: trigger.start - sentence.start])
    main = float(reading.main[own].mean()) > 0.5 and reason is None
    start, end, precision = _dates(document, reading, mention, quote, status, main)
    if end is not None and document.published is not None and (document.published - end).days > _NEWS_DAYS:
        main = False
    actors = _actors(mention, [*asserting, *denying])
    weapons = mention.spans["weapon"]
    killed, injured = (mention.counts.get(kind, (0.0, None))[1] for kind in _KINDS)
    identity = f"{document.id}\n{mention.layer}\n{trigger.start}"
    return Event(
        id=hashlib.sha256(identity.encode()).hexdigest()[:16],
        document=document.id,
        layer=mention.layer,
        trigger=trigger,
        sentence=quote,
        toponym=_place(reading, mention, toponyms),
        start=start,
        end=end,
        date_precision=precision,
        actors=tuple(actors),
        weapon=" ".join(weapons[0].text.split()) if weapons else None,
        killed=killed,
        injured=injured,
        status=status,
        claims=claims,
        main=main,
        score=round(mention.score, 3),
    )


def _actors(mention: _Mention, speakers: Sequence[Span]) -> list[Actor]:
    """Who did it and to whom: not the weapon, nor who only speaks of it, nor an adjective alone."""
    actors: list[Actor] = []
    for span in mention.spans["source_actors"]:
        name = _WEAPON_TAIL.sub("", " ".join(span.text.split()))
        if name and any(c.isalpha() for c in name):
            actors.append(describe(name, "source"))
    for span in mention.spans["target_actors"]:
        name = " ".join(span.text.split())
        actor = describe(name, "target")
        adjective = _ADJECTIVE.fullmatch(name) is not None and (actor.canonical or "").lower() != name.lower()
        if not adjective and not _overlaps(span, speakers) and any(c.isalpha() for c in name):
            actors.append(actor)
    return actors


def _span(reading: Reading, first: int, end: int) -> Span:
    start, stop = reading.tokens[first].start, reading.tokens[end - 1].end
    return Span(start, stop, reading.text[start:stop])


def _role_spans(reading: Reading, mention: _Mention, role: str) -> list[Span]:
    """Runs of tokens that fill a role, in order; a name is taken whole."""
    assert mention.roles is not None
    row = mention.roles[ROLES.index(role)]
    names = _names(reading, range(mention.first, mention.first + len(row)))
    runs: list[tuple[int, int]] = []
    start = -1
    for i in range(len(row) + 1):
        inside = i < len(row) and row[i] > _ROLE_EDGE
        if start >= 0 and (not inside or reading.sentence_of[mention.first + i] != reading.sentence_of[mention.first + start]):
            if row[start:i].max() > _ROLE:
                first, end = mention.first + start, mention.first + i
                touched = [n for kind, n in names if kind in ("PER", "ORG") and n.start < end and first < n.stop]
                first, end = min([first, *(n.start for n in touched)]), max([end, *(n.stop for n in touched)])
                if runs and (first < runs[-1][1] or _go_together(reading, runs[-1][1], first)):
                    runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
                else:
                    runs.append((first, end))
            start = -1
        if inside and start < 0:
            start = i
    own = reading.sentence_of[mention.tokens.start]
    # What the trigger's own sentence says comes first; only where it is silent do its neighbors speak for it.
    # In a longer text the actors of a neighbor are most often those of another event.
    strict = len(reading.windows) > 1 and role in ("source_actors", "target_actors", "weapon")
    if strict or any(reading.sentence_of[first] == own for first, _ in runs):
        runs = [run for run in runs if reading.sentence_of[run[0]] == own]
    edges = _SPEAKING if role in ("attributed_to", "denied_by") else _EDGES
    spans = (_span(reading, *_tidy(reading, first, end, edges)) for first, end in runs)
    return [s for s in spans if any(c.isalnum() for c in s.text)]


def _go_together(reading: Reading, first: int, end: int) -> bool:
    """Tell whether one small word stands between two runs: "officials [quoted] by state media"."""
    between = [t.text.lower() for t in reading.tokens[first:end]]
    return len(between) == 1 and between[0].isalpha() and between[0] not in ("and", "or", "but", "while", "that")


def _tidy(reading: Reading, first: int, end: int, edges: frozenset[str]) -> tuple[int, int]:
    """Cut punctuation and joining words from the edges of a run."""
    while end - first > 1 and reading.tokens[first].text.lower() in edges:
        first += 1
    while end - first > 1 and reading.tokens[end - 1].text.lower() in edges:
        end -= 1
    return first, end


def _names(reading: Reading, tokens: range) -> list[tuple[str, range]]:
    """Names among some tokens, with their types (PER, ORG, LOC, NORP, MISC)."""
    labels = [ENTITY_LABELS[int(k)] for k in reading.entity[tokens.start : tokens.stop].argmax(axis=1)]
    found: list[tuple[str, range]] = []
    for i, label in enumerate(labels):
        at = tokens.start + i
        if label == "O":
            continue
        kind = label[2:]
        if label[0] == "I" and found and found[-1][0] == kind and found[-1][1].stop == at:
            found[-1] = (kind, range(found[-1][1].start, at + 1))
        else:
            found.append((kind, range(at, at + 1)))
    return found


def _persons(reading: Reading, sentence: int) -> list[Span]:
    names = _names(reading, range(*reading.extents[sentence]))
    return [_span(reading, n.start, n.stop) for kind, n in names if kind == "PER"]


def _is_speaker(span: Span) -> bool:
    """A participle or adjective alone ("speaking", "local") names nobody."""
    return " " in span.text or any(c.isupper() for c in span.text) or span.text.lower().endswith("s")


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start < o.end and o.start < span.end for o in others)


def _share_out(reading: Reading, mentions: list[_Mention], role: str) -> None:
    """Where events of one sentence claim the same fillers, and a trigger stands between these, give each event its nearest."""
    if len(mentions) < 2:
        return
    spans = sorted({s for m in mentions for s in m.spans[role]}, key=lambda s: s.start)
    triggers = [reading.tokens[m.tokens.start].start for m in mentions]
    apart = any(a.end <= t <= b.start for a, b in zip(spans, spans[1:], strict=False) for t in triggers)
    if not apart:
        return
    pairs = sorted(
        (min(abs(span.start - trigger), abs(trigger - span.end)), i, k)
        for i, (mention, trigger) in enumerate(zip(mentions, triggers, strict=True))
        for k, span in enumerate(spans)
        if span in mention.spans[role]
    )
    taken: dict[int, int] = {}
    kept: dict[int, list[int]] = {}
    for _, i, k in pairs:
        if k not in taken and (i not in kept or _same_side(spans[kept[i][0]], spans[k], triggers)):
            taken[k] = i
            kept.setdefault(i, []).append(k)
    for i, mention in enumerate(mentions):
        if i in kept:
            mention.spans[role] = [spans[k] for k in sorted(kept[i])]


def _same_side(a: Span, b: Span, triggers: Sequence[int]) -> bool:
    lo, hi = min(a.end, b.end), max(a.start, b.start)
    return not any(lo <= t <= hi for t in triggers)


def _on_the_scene(reading: Reading, events: list[Event]) -> list[Event]:
    """Give what was done on the ground, in a sentence that names no place, the place of the event reported before it.

    Stories name the town once ("in Slidell, La., police said") and go on without it. Only what needs a spot and is news takes
    part; words of officials, background and plans stay without a place.
    """
    scene: Toponym | None = None
    since = 0
    placed = []
    for event in events:
        number = next(i for i, s in enumerate(reading.sentences) if s.start == event.sentence.start)
        news = event.main and event.status not in ("planned", "threatened")
        if event.toponym is None and scene is not None and news and event.layer in _ON_THE_GROUND and number - since <= _SCENE:
            event = replace(event, toponym=replace(scene, score=round(scene.score * _SCENE_SCORE, 3)))
        elif event.toponym is not None and news and event.toponym.precision in ("site", "town", "admin"):
            scene, since = event.toponym, number
        placed.append(event)
    return placed


def _spoken_of(claim: Claim, events: list[Event]) -> Event | None:
    """Give the event that somebody won't comment on: one that they are said to have done, else the first, the story's own."""
    country = describe(claim.name, "source").country
    own = [e for e in events if country is not None and any(a.country == country and a.role == "source" for a in e.actors)]
    return (own or events or [None])[0]


def _with_declining(document: Document, reading: Reading, events: list[Event]) -> list[Event]:
    """Give the claims of sentences that hold no event ("The army declined to comment.") to the event reported before."""
    taken = {e.sentence.start for e in events}
    for sentence in reading.sentences:
        if sentence.start in taken:
            continue
        quote = Span(sentence.start, sentence.end, sentence.text)
        for claim in declining(document.id, quote):
            about = _spoken_of(claim, [e for e in events if e.main and e.sentence.end <= sentence.start])
            events = [replace(e, claims=combine([*e.claims, claim])) if e is about else e for e in events]
    return events


def _place(reading: Reading, mention: _Mention, toponyms: Sequence[Toponym]) -> Toponym | None:
    """Give the toponym that the pair scores call this trigger's place; only what stands for the place itself can be one."""
    assert mention.roles is not None
    row = mention.roles[ROLES.index("place")]
    scored: list[tuple[float, Toponym]] = []
    long, own = len(reading.windows) > 1, reading.sentence_of[mention.tokens.start]
    for toponym in toponyms:
        span = reading.tokens_in(toponym.span.start, toponym.span.end)
        if not span:
            continue
        part = row[max(0, span.start - mention.first) : max(0, span.stop - mention.first)]
        if long and mention.layer in _WORDS_ONLY and reading.sentence_of[span.start] != own:
            continue
        tied = _is_tied(reading, mention, toponym)
        if part.size and _may_be_spot(toponym, float(part.mean()), tied):
            scored.append((float(part.mean()) + _TIED * tied, toponym))
    if not scored:
        return None
    score, best = max(scored, key=lambda s: s[0])
    if score < _PLACE:
        return None
    # Of names that the text gives together ("Capri, Italy") the narrower one is the spot.
    for other_score, other in scored:
        if other_score > score - 0.15 and other.place is not None and (best.place is None or _narrower(other, best)):
            best = other
    return best if best.place is not None else _container(reading, best, toponyms)


def _is_tied(reading: Reading, mention: _Mention, toponym: Toponym) -> bool:
    """Tell whether a preposition alone stands between an attack and the name: "the assault on Israel"."""
    if mention.layer not in ATTACKS:
        return False
    end = reading.tokens[mention.tokens.stop - 1].end
    gap = reading.text[end : toponym.span.start]
    return 0 < len(gap) <= 40 and _TIE.fullmatch(gap) is not None


def _may_be_spot(toponym: Toponym, score: float, tied: bool) -> bool:
    """A demonym never is where something happened, but "the Syrian border" is; so is a country that counts its cases.

    A town that stands for a government ("Washington said") never is.
    """
    if toponym.kind == "literal":
        return True
    if toponym.kind == "demonym":
        return toponym.footprint is not None
    wide = toponym.place is not None and toponym.place.feature in ("country", "admin1")
    return toponym.kind == "metonym" and wide and (score > _TERRITORY or tied)


def _container(reading: Reading, unknown: Toponym, toponyms: Sequence[Toponym]) -> Toponym | None:
    """For a spot that no gazetteer knows: the place that the same phrase puts it in ("Gate 9 in the city of Ghent")."""
    for toponym in toponyms:
        gap = toponym.span.start - unknown.span.end
        if toponym.kind == "literal" and toponym.place is not None and 0 <= gap <= 80:
            between = reading.text[unknown.span.end : toponym.span.start]
            return toponym if _JOINT.fullmatch(between) else None
    return None


def _narrower(a: Toponym, b: Toponym) -> bool:
    near = abs(a.span.start - b.span.end) < 40 or abs(b.span.start - a.span.end) < 40
    return near and (a.radius_km or 0) < 0.5 * (b.radius_km or 0)


def _dates(
    document: Document, reading: Reading, mention: _Mention, sentence: Span, status: Status, main: bool
) -> tuple[date | None, date | None, DatePrecision | None]:
    """Give start, end and precision: from the words that fill the time role, else, for news, the day of publication."""
    future = status in ("planned", "threatened")
    near = find_dates(sentence.text, document.published, future=future)
    for span in mention.spans["time"]:
        found = resolve_date(span.text, document.published, future=future)
        if found is None:
            # The role may cover part of an expression ("Friday" of "early on Friday morning").
            lo, hi = span.start - sentence.start, span.end - sentence.start
            found = next((d for start, end, d in near if start < hi and lo < end), None)
        if found is not None:
            return found.start, found.end, found.precision
    if not mention.spans["time"]:
        best = max(((_time_score(reading, mention, sentence, d), -d[0], d[2]) for d in near), default=None, key=lambda b: b[:2])
        if best is not None and best[0] > _TIME:
            return best[2].start, best[2].end, best[2].precision
    if main and not future and document.published is not None:
        return document.published, document.published, "published"
    return None, None, None


def _time_score(reading: Reading, mention: _Mention, sentence: Span, found: tuple[int, int, DateRange]) -> float:
    assert mention.roles is not None
    tokens = reading.tokens_in(sentence.start + found[0], sentence.start + found[1])
    part = mention.roles[ROLES.index("time"), max(0, tokens.start - mention.first) : max(0, tokens.stop - mention.first)]
    return float(part.max()) if part.size else 0.0
