"""Event arguments: which words fill the roles of a trigger, and what they say.

In: a tagged text and its `Mention`s. Out: for each mention the spans of its roles and its counts of persons; its
place among the document's toponyms; its dates; its actors. The tagger's pair scores decide (probabilities, 0..1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from geomap.actors import describe
from geomap.affected import Affected, find_affected
from geomap.casualties import Casualty, find_casualties
from geomap.dates import DateRange, find_dates, resolve_date
from geomap.encoder import ROLES, Reading
from geomap.model import ATTACKS, WORDS, Actor, Count, DatePrecision, Document, Span, Status, Toponym
from geomap.people import add
from geomap.triggers import EDGES, Mention, tidy

__all__ = ["actors_of", "dates_of", "fill_roles", "overlaps", "place_of"]

#: Roles are filled by runs of tokens of which one passes the first figure and all pass the second.
_ROLE = 0.5
_ROLE_EDGE = 0.25
#: A place is given to an event from this mean probability on.
_PLACE = 0.35
#: The same for a country named as an actor, which can be the territory that a count or a vote is about.
_TERRITORY = 0.6
#: The same for what is only said, which mostly speaks of a place and is not said there.
_PLACE_OF_WORDS = 0.75
#: "the assault on Israel", "attacked Israel": the name tied to the trigger gains this much as its place.
_TIED = 0.4
#: A place in a sentence that tells of another happening loses this much.
_ELSEWHERE = 0.3
#: A count of persons is an event's from this on.
_COUNT = 0.3
#: ... and from this on where its sentence has several deadly events, and this one is the likeliest.
_LIKELIEST = 0.1
#: A count gains this much with the event whose trigger is among its words.
_OWN_WORDS = 0.3
#: A toll of a later sentence that is this many times the first count is that of a longer happening.
_GROWTH = 10
#: Words by which a further count is added to the one before.
_FURTHER = frozenset({"also", "another", "further", "other", "additional"})
#: ... when it comes within so many words,
_NEXT = 25
#: ... unless these stand with it.
_PERHAPS = frozenset({"could", "may", "might", "feared"})
#: A doer below the first figure is another event's of the sentence whose probability is higher by the second.
_DOUBTFUL = 0.7
_FAR = 0.25
#: "the US claims of an attack": who claims is no doer.
_CLAIMS = re.compile(r"(?:['’]s?)?\s+(?:claims?|allegations?|accusations?|reports?|assertions?)\b", re.IGNORECASE)
#: A date in the sentence that no other event claims is the event's from this on.
_TIME = 0.25
#: "officials said on Monday": the day of the words, not of the event.
_SAID_ON = re.compile(
    r"\b(?:said|says|told\s+(?:[\w’'-]+\s+){1,3}|added|wrote|tweeted|posted)\s*(?:(?:late|early|on|in\s+a\s+statement)\s+){0,3}$",
    re.IGNORECASE,
)
#: Layers of what officials say, which happens nowhere in particular: a place in another sentence is not theirs.
_WORDS_ONLY = WORDS | {"sanctions"}
#: Layers of which a count of dead and hurt in the same sentence is, when the pair scores are silent.
_DEADLY = ATTACKS | {"accident", "disease_outbreak", "natural_disaster", "riot"}
#: Layers that each other count can be of; those of the first set come before the others of a sentence.
_HELD = frozenset({"arrest", "protest", "riot", "abduction", "political_change"})
_DISASTERS = frozenset({"accident", "disease_outbreak", "natural_disaster"})
_BARRAGES = frozenset({"air_strike", "drone_strike", "interception", "missile_strike", "shelling"})
_COUNTED_OF = {
    "missing": (_DISASTERS | {"abduction"}, _DEADLY | {"humanitarian"}),
    "displaced": (_DISASTERS | {"humanitarian"}, _DEADLY | {"territorial_change"}),
    "arrested": (frozenset({"arrest"}), _HELD),
    "fired": (_BARRAGES - {"interception"}, _BARRAGES | {"military_posture"}),
    "intercepted": (_BARRAGES, _BARRAGES),
}
_WEAPON_TAIL = re.compile(
    r"[\s-]+(?:(?:missile|rocket|drone|air|artillery|cruise|ballistic|car|suicide)\s+)*"
    r"(?:missiles?|rockets?|drones?|shells?|bombs?|aircraft|warplanes?|jets?|(?:air ?)?strikes?|attacks?|raids?|fire)$",
    re.IGNORECASE,
)
#: "Iranian" (city), "local" (people): what it belongs to is no actor's name; "Syrians" is.
_ADJECTIVE = re.compile(r"[A-Z][a-z]+(?:an|ian|ish|ese|i)|[a-z]+(?:al|ic|ed|ing)|air|military|other")
_TIE = re.compile(
    r"\s+(?:in|on|at|near|outside|inside|against|across|over|off)\s+(?:the\s+)?(?:[a-z-]+\s+){0,2}|\s+(?:the\s+)?"
)
#: Outside a town is near it; outside a country or continent is anywhere else.
_OUTSIDE = re.compile(r"(?:just\s+)?(?:outside|beyond|away from)\b", re.IGNORECASE)
#: "the president of Chile" names a person; only what befalls the office itself happens there.
_OFFICE = re.compile(
    r"\b(?:president|minister|king|queen|prince|chancellor|premier|governor|mayor|ambassador|spokes\w+|leader|envoy|chief|"
    r"head|secretary|senator|bishop|archbishop|sultan|emir)\s+(?:of|to|for)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
#: Where the hurt are brought is not where they were hurt: "was flown to", "were taken to a hospital in".
_TAKEN_TO = re.compile(
    r"\b(?:was|were|is|are|been|being|and|who)\s+(?:\w+ly\s+|later\s+|then\s+)?"
    r"(?:taken|rushed|flown|airlifted|transported|transferred|brought|admitted)\s+(?:\w+ly\s+|by\s+\w+\s+)?to\s+"
    r"(?:(?:the|an?|nearby|local|hospitals?|clinics?|in|at|near)\s+){0,5}$",
    re.IGNORECASE,
)
_OF_OFFICE = frozenset({"disease_outbreak", "political_change"})
#: What may stand between a spot and what holds it.
_JOINT = re.compile(
    r"[\s,(]*(?:[\w’'-]+\s+){0,4}?(?:in|of|near|outside|at|,)?[\s,(]*(?:the\s+)?(?:[\w-]+\s+){0,3}(?:of\s+)?",
    re.IGNORECASE,
)
#: What is no beginning or end of an actor's name.
_ACTING = EDGES | {"of", "by", "from", "with", "to", "against"}
#: Words that introduce a speaker and are no part of the name.
_SPEAKING = EDGES | frozenset(
    [
        "according", "to", "by", "said", "says", "say", "saying", "told", "tells", "reported", "reports", "report",
        "reportedly", "speaking", "announced", "confirmed", "citing", "cited", "claimed", "claims", "stated", "denied",
        "denies",
    ]
)  # fmt: skip


def fill_roles(reading: Reading, mentions: Sequence[Mention]) -> None:
    """Set each mention's roles, the spans that fill them, and its counts of killed and injured."""
    busy = frozenset(reading.sentence_of[m.tokens.start] for m in mentions)
    for mention in mentions:
        mention.busy = busy - {reading.sentence_of[mention.tokens.start]}
        mention.first, mention.roles = reading.roles(mention.tokens)
        mention.spans = {role: _role_spans(reading, mention, role) for role in ROLES}
    for number in range(len(reading.sentences)):
        own = [m for m in mentions if reading.sentence_of[m.tokens.start] == number]
        _settle_doers(reading, own)
        for role in ("time", "source_actors"):
            _share_out(reading, own, role)
    _assign_counts(reading, mentions)


def _role_spans(reading: Reading, mention: Mention, role: str) -> list[Span]:
    """Runs of tokens that fill a role, in order; a name is taken whole."""
    assert mention.roles is not None
    row = mention.roles[ROLES.index(role)]
    names = reading.names(range(mention.first, mention.first + len(row)))
    runs: list[tuple[int, int]] = []
    start = -1
    for i in range(len(row) + 1):
        inside = i < len(row) and row[i] > _ROLE_EDGE
        if start >= 0 and (
            not inside or reading.sentence_of[mention.first + i] != reading.sentence_of[mention.first + start]
        ):
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
    # Nor does a neighbor that tells of something else speak for this event.
    runs = [run for run in runs if reading.sentence_of[run[0]] not in mention.busy]
    edges = _SPEAKING if role in ("attributed_to", "denied_by") else _ACTING if role.endswith("actors") else EDGES
    spans = (reading.span(*tidy(reading, first, end, edges)) for first, end in runs)
    return [s for s in spans if any(c.isalnum() for c in s.text)]


def _go_together(reading: Reading, first: int, end: int) -> bool:
    """Tell whether one small word stands between two runs: "officials [quoted] by state media"."""
    between = [t.text.lower() for t in reading.tokens[first:end]]
    return len(between) == 1 and between[0].isalpha() and between[0] not in ("and", "or", "but", "while", "that")


def _settle_doers(reading: Reading, mentions: Sequence[Mention]) -> None:
    """Take from a mention the doers that belong to another of its sentence far more surely, or who only speak of it."""
    doers = [(m, span, _likelihood(reading, m, span)) for m in mentions for span in m.spans["source_actors"]]
    for mention in mentions:
        mention.spans["source_actors"] = []
    for mention, span, own in doers:
        rival = max((p for m, s, p in doers if m is not mention and overlaps(s, [span])), default=0.0)
        if mention.layer in ATTACKS and span.text in {s.text for s in mention.spans["target_actors"]}:
            continue  # nobody attacks himself: "Israel's pledge to answer the attack on Israel"
        if _CLAIMS.match(reading.text, span.end):
            mention.spans["attributed_to"].append(span)
        elif own >= _DOUBTFUL or rival < own + _FAR:
            mention.spans["source_actors"].append(span)


def _likelihood(reading: Reading, mention: Mention, span: Span) -> float:
    assert mention.roles is not None
    tokens = reading.tokens_in(span.start, span.end)
    row = mention.roles[ROLES.index("source_actors"), tokens.start - mention.first : tokens.stop - mention.first]
    return float(row.max()) if row.size else 0.0


def _share_out(reading: Reading, mentions: Sequence[Mention], role: str) -> None:
    """Where events of one sentence claim the same fillers, and a trigger stands between these.

    Give each event its nearest, but first the doer of whom it is sure.
    """
    if len(mentions) < 2:
        return
    spans = sorted({s for m in mentions for s in m.spans[role]}, key=lambda s: s.start)
    triggers = [reading.tokens[m.tokens.start].start for m in mentions]
    apart = any(a.end <= t <= b.start for a, b in pairwise(spans) for t in triggers)
    if not apart:
        return
    pairs = sorted(
        (not _is_surest(reading, mention, span, role), min(abs(span.start - trigger), abs(trigger - span.end)), i, k)
        for i, (mention, trigger) in enumerate(zip(mentions, triggers, strict=True))
        for k, span in enumerate(spans)
        if span in mention.spans[role]
    )
    taken: dict[int, int] = {}
    kept: dict[int, list[int]] = {}
    for _, _, i, k in pairs:
        if k not in taken and (i not in kept or _same_side(spans[kept[i][0]], spans[k], triggers)):
            taken[k] = i
            kept.setdefault(i, []).append(k)
    for i, mention in enumerate(mentions):
        if i in kept:
            mention.spans[role] = [spans[k] for k in sorted(kept[i])]


def _is_surest(reading: Reading, mention: Mention, span: Span, role: str) -> bool:
    """Tell whether this is the doer of a mention by far."""
    if role != "source_actors":
        return False
    own = _likelihood(reading, mention, span)
    return own > 0.9 and all(own > _likelihood(reading, mention, s) + 0.3 for s in mention.spans[role] if s != span)


def _same_side(a: Span, b: Span, triggers: Sequence[int]) -> bool:
    lo, hi = min(a.end, b.end), max(a.start, b.start)
    return not any(lo <= t <= hi for t in triggers)


def _assign_counts(reading: Reading, mentions: Sequence[Mention]) -> None:
    """Give each count of killed and injured to the event that the pair scores link it with."""
    for lo, hi in reading.windows:
        own = [m for m in mentions if m.first == lo and m.roles is not None]
        if not own or hi <= lo:
            continue
        start = reading.tokens[lo].start
        text = reading.text[start : reading.tokens[hi - 1].end]
        links = []
        for casualty in find_casualties(text):
            found = reading.tokens_in(start + casualty.start, start + casualty.end)
            span = range(max(found.start, lo), min(found.stop, hi))
            score, mention = _linked(casualty, span, own, reading)
            if mention is not None:
                links += [(score, span, casualty, one) for one in _sharing(casualty, span, mention, own, reading)]
        given: dict[tuple[str, int], list[tuple[float, range, Casualty]]] = {}
        for score, span, casualty, mention in links:
            given.setdefault((casualty.kind, own.index(mention)), []).append((score, span, casualty))
        for (kind, number), parts in given.items():
            own[number].counts[kind] = _latest(reading, parts, own[number].layer) or _together(reading, parts)
        for affected in find_affected(text):
            holder = _affecting(affected, reading.tokens_in(start + affected.start, start + affected.end), own, reading)
            if holder is not None:
                holder.counts.setdefault(affected.kind, (1.0, affected.count))


def _affecting(affected: Affected, span: range, mentions: Sequence[Mention], reading: Reading) -> Mention | None:
    """Give the event that a count is of: in the sentence by its layer, else the last one before."""
    if not span:
        return None
    sentence = reading.sentence_of[span.start]
    here = [m for m in mentions if reading.sentence_of[m.tokens.start] == sentence]
    for layers in _COUNTED_OF[affected.kind]:
        fitting = [m for m in here if m.layer in layers]
        if fitting:
            return min(fitting, key=lambda m: (abs(m.tokens.start - span.start), m.tokens.start))
    before = [m for m in mentions if reading.sentence_of[m.tokens.start] < sentence]
    if here or not before:
        return None
    last = before[-1]
    return last if last.layer in _COUNTED_OF[affected.kind][1] | _COUNTED_OF[affected.kind][0] else None


def _linked(
    casualty: Casualty, span: range, mentions: Sequence[Mention], reading: Reading
) -> tuple[float, Mention | None]:
    """Give the event that a count belongs to, and how surely; None if that can't be told."""
    role = ROLES.index(casualty.kind)
    ranked = []
    for number, mention in enumerate(mentions):
        assert mention.roles is not None
        part = mention.roles[role, span.start - mention.first : span.stop - mention.first]
        score = float(part.max()) if part.size else 0.0
        # "kills 12" is trigger and count in one.
        if mention.tokens.start < span.stop and span.start < mention.tokens.stop:
            score += _OWN_WORDS
        ranked.append((score, -number))
    score, number = max(ranked)
    if score >= _COUNT:
        return score, mentions[-number]
    # Counts in words ("a man was shot") are hard to link: the sentence's one deadly kind of event has them, and those
    # of a sentence without events ("No casualties were reported.") the last one before it.
    sentence = reading.sentence_of[span.start] if span else -1
    deadly = [m for m in mentions if m.layer in _DEADLY]
    here = [m for m in deadly if reading.sentence_of[m.tokens.start] == sentence]
    if len({m.layer for m in here}) == 1:
        return score, min(here, key=lambda m: abs(m.tokens.start - span.start))
    if score >= _LIKELIEST and mentions[-number] in here:
        return score, mentions[-number]
    before = [m for m in deadly if reading.sentence_of[m.tokens.start] < sentence]
    silent = not any(reading.sentence_of[m.tokens.start] == sentence for m in mentions)
    return (score, before[-1]) if silent and before else (score, None)


def _sharing(
    casualty: Casualty, span: range, mention: Mention, mentions: Sequence[Mention], reading: Reading
) -> list[Mention]:
    """Give all events that a count is of: "No casualties were reported." is said of all in the sentence before."""
    sentence = reading.sentence_of[mention.tokens.start]
    if casualty.count != Count(0, 0) or not span or reading.sentence_of[span.start] == sentence:
        return [mention]
    return [m for m in mentions if m.layer in _DEADLY and reading.sentence_of[m.tokens.start] == sentence]


def _latest(reading: Reading, parts: Sequence[tuple[float, range, Casualty]], layer: str) -> tuple[float, Count] | None:
    """Give the toll that a later sentence states: "three bodies were found. This brings the death toll to six."

    The toll of an outbreak, or of a war, is not that of the day.
    """
    score, first, casualty = max(parts, key=lambda part: part[0])
    said = casualty.count.low
    for _, span, more in parts if layer != "disease_outbreak" else ():
        later = reading.sentence_of[span.start] > reading.sentence_of[first.start]
        tells = "toll" in (reading.tokens[i].text.lower() for i in span)
        if later and tells and said <= more.count.low <= _GROWTH * max(1, said):
            return score, more.count
    return None


def _together(reading: Reading, parts: Sequence[tuple[float, range, Casualty]]) -> tuple[float, Count]:
    """Give what several counts for one event come to: "another guard was also killed" adds to what was said."""
    best = max(range(len(parts)), key=lambda i: (parts[i][0], -i))
    score, _, casualty = parts[best]
    count = casualty.count
    for (_, last, _), (_, span, more) in pairwise(parts[best:]):
        between = [reading.tokens[i].text.lower() for i in range(last.stop, span.start)]
        said = [reading.tokens[i].text.lower() for i in span]
        if (
            span.start - last.stop >= 0
            and len(between) <= _NEXT
            and _FURTHER.intersection(said)
            and not _PERHAPS.intersection((*between, *said))
            and more.count.low > 0
        ):
            count = add(count, more.count)
        else:
            break
    return score, count


def actors_of(mention: Mention, speakers: Sequence[Span]) -> list[Actor]:
    """Who did it and to whom: not the weapon, nor who only speaks of it, nor an adjective alone."""
    actors: list[Actor] = []
    for span in mention.spans["source_actors"]:
        name = _WEAPON_TAIL.sub("", " ".join(span.text.split()))
        if name and any(c.isalpha() for c in name) and not _WEAPON_TAIL.fullmatch(f" {name}"):
            actors.append(describe(name, "source"))
    for span in mention.spans["target_actors"]:
        name = " ".join(span.text.split())
        actor = describe(name, "target")
        adjective = _ADJECTIVE.fullmatch(name) is not None and (actor.canonical or "").lower() != name.lower()
        if not adjective and not overlaps(span, speakers) and any(c.isalpha() for c in name):
            actors.append(actor)
    return actors


def overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start < o.end and o.start < span.end for o in others)


def place_of(reading: Reading, mention: Mention, toponyms: Sequence[Toponym]) -> Toponym | None:
    """Give the toponym that the pair scores call this trigger's place.

    Only what stands for the place itself can be one.
    """
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
        if mention.layer in _DEADLY and _TAKEN_TO.search(reading.text[: toponym.span.start][-60:]):
            continue
        if mention.layer not in _OF_OFFICE and _OFFICE.search(reading.text[: toponym.span.start][-40:]):
            continue
        tied = _is_tied(reading, mention, toponym)
        if part.size and _may_be_spot(toponym, float(part.mean()), tied):
            elsewhere = reading.sentence_of[span.start] in mention.busy
            scored.append((float(part.mean()) + _TIED * tied - _ELSEWHERE * elsewhere, toponym))
    if not scored:
        return None
    score, best = max(scored, key=lambda s: s[0])
    if score < (_PLACE_OF_WORDS if mention.layer in WORDS else _PLACE):
        return None
    # Of names that the text gives together ("Capri, Italy") the narrower one is the spot.
    for other_score, other in scored:
        if other_score > score - 0.15 and other.place is not None and (best.place is None or _narrower(other, best)):
            best = other
    return best if best.place is not None else _container(reading, best, toponyms)


def _is_tied(reading: Reading, mention: Mention, toponym: Toponym) -> bool:
    """Tell whether the name is the object of an attack, or tied to it by a preposition: "the assault on Israel"."""
    if mention.layer not in ATTACKS:
        return False
    start, end = reading.tokens[mention.tokens.start].start, reading.tokens[mention.tokens.stop - 1].end
    if start < toponym.span.start < end:  # "attacked Israel with missiles"
        return True
    gap = reading.text[end : toponym.span.start]
    return 0 < len(gap) <= 40 and _TIE.fullmatch(gap) is not None


def _may_be_spot(toponym: Toponym, score: float, tied: bool) -> bool:
    """A demonym never is where something happened, but "the Syrian border" is; so is a country that counts its cases.

    A town that stands for a government ("Washington said") never is.
    """
    if toponym.kind == "literal":
        return not _OUTSIDE.match(toponym.written) or _is_small(toponym)
    if toponym.kind == "demonym":
        return toponym.footprint is not None
    wide = toponym.place is not None and toponym.place.feature in ("country", "admin1")
    return toponym.kind == "metonym" and wide and (score > _TERRITORY or tied)


def _is_small(toponym: Toponym) -> bool:
    return toponym.place is not None and toponym.place.feature in ("city", "site", "airport", "admin2")


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


class Dates(NamedTuple):
    """When something was: days, how exactly they are known, and the words of the text ("on Monday")."""

    start: date | None
    end: date | None
    precision: DatePrecision | None
    written: str | None


def dates_of(
    document: Document, reading: Reading, mention: Mention, sentence: Span, status: Status, main: bool
) -> Dates:
    """Give when it was: from the words that fill the time role, else, for news, the day of publication."""
    future = status in ("planned", "threatened")
    near = [
        d for d in find_dates(sentence.text, document.published, future=future)
        if not _SAID_ON.search(sentence.text[: d[0]])
    ]  # fmt: skip
    for span in mention.spans["time"]:
        if _SAID_ON.search(sentence.text[: max(0, span.start - sentence.start)]):
            continue
        found = resolve_date(span.text, document.published, future=future)
        if found is None:
            # The role may cover part of an expression ("Friday" of "early on Friday morning").
            lo, hi = span.start - sentence.start, span.end - sentence.start
            found = next((d for start, end, d in near if start < hi and lo < end), None)
        if found is not None:
            return Dates(found.start, found.end, found.precision, span.text)
    told = [s for s in mention.spans["time"] if not _SAID_ON.search(sentence.text[: max(0, s.start - sentence.start)])]
    if not told:
        best = max(
            ((_time_score(reading, mention, sentence, d), -d[0], d[2], d[1] - d[0]) for d in near),
            default=None,
            key=lambda b: b[:2],
        )
        if best is not None and best[0] > _TIME:
            written = sentence.text[-best[1] :][: best[3]]
            return Dates(best[2].start, best[2].end, best[2].precision, written)
    written_ = told[0].text if told else None
    if main and not future and document.published is not None:
        return Dates(document.published, document.published, "published", written_)
    return Dates(None, None, None, written_)


def _time_score(reading: Reading, mention: Mention, sentence: Span, found: tuple[int, int, DateRange]) -> float:
    assert mention.roles is not None
    tokens = reading.tokens_in(sentence.start + found[0], sentence.start + found[1])
    part = mention.roles[
        ROLES.index("time"), max(0, tokens.start - mention.first) : max(0, tokens.stop - mention.first)
    ]
    return float(part.max()) if part.size else 0.0
