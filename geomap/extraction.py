"""Event extraction: what happened, where, when, who, how many, and who says so.

In: a `Document`, its resolved `Toponym`s and the `Layer`s. Out: `Event`s, one a mention; merging.py gathers mentions
of one happening. triggers.py finds the mentions, arguments.py what fills their roles, status.py weighs the claims.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from geomap.actors import describe
from geomap.arguments import actors_of, dates_of, fill_roles, overlaps, place_of
from geomap.encoder import STATUSES, Encoder, Reading, default_encoder
from geomap.gazetteer import default_gazetteer, haversine
from geomap.model import ATTACKS, COUNTS, Claim, Count, Document, Event, Layer, Span, Status, Toponym
from geomap.status import blaming, claims_in, combine, declining, denial, denying_after, is_foretold, settle, settle_all
from geomap.triggers import Mention, find_triggers, is_negated

__all__ = ["extract"]

#: Layers whose happenings need a spot, and for how many sentences the spot of the last one stays the scene.
_ON_THE_GROUND = frozenset(
    {
        "abduction", "accident", "arrest", "bombing", "interception", "justice", "natural_disaster", "protest", "riot",
        "sabotage", "violence_against_civilians",
    }
)  # fmt: skip
_SCENE = 8
_SCENE_SCORE = 0.6
#: Kilometres from its town within which all spots of a story lie that plays in one town.
_SETTING_KM = 60.0
#: Characters before a dateline, the marks behind it, and the population from which on a town is no local story's.
_DATELINE_STARTS = 4
_DATELINE = re.compile(r"[^.;:!?\n]{0,4}?(?:[A-Z][\w.]{0,14}\.?,?\s*){0,3}(?:\([\w /.,]{2,40}\)\s*)?\s*(?:—|–|--|-)\s")
_LARGE = 1_000_000
#: What a verb of the future adds to the tagger's probability that something is planned.
_FORETOLD = 0.3
#: What is discussed has happened, and elsewhere: "talks in Geneva about the attacks".
_TOPIC = re.compile(
    r"\b(?:discuss\w*|debat\w+|address\w*|review\w*|(?:talk|speak|speech|statement|meeting)\w*\s+(?:about|on|over))\s+"
    r"(?:the|this|these|those)\s+(?:(?!planned|possible|potential|threatened)[\w’'-]+\s+){0,3}$",
    re.IGNORECASE,
)
_HAPPEN = ATTACKS | {
    "abduction", "accident", "arrest", "cyberattack", "disease_outbreak", "natural_disaster", "riot", "sabotage",
}  # fmt: skip
_GATHERING = re.compile(r"\b(?:meet\w*|talks|summit|session|conference|visit\w*|gather\w*)\b", re.IGNORECASE)
#: Who is blamed for an attack stands at most so many characters behind its sentence.
_BESIDE = 3
#: What ended more than so many days before publication is no news.
_NEWS_DAYS = 4
#: What stands behind these words is why something else happened.
_REASON = re.compile(
    r"\b(?:revenge|retaliation|reprisal|retribution|vengeance|response|anniversary|commemorat\w+|aftermath)\s+"
    r"(?:for|to|of|against)\s+(?:[\w’'-]+\s+){0,6}$",
    re.IGNORECASE,
)

#: What somebody recovers from, and what was in another season or year, is no news.
_PAST = re.compile(
    r"\b(?:recover(?:s|ed|y|ing)?|rehabilitation)\s+(?:from|after|since)\s+(?:[\w’'-]+\s+){0,4}$", re.IGNORECASE
)
_LONG_AGO = re.compile(
    r"\b(?:last|previous|past)\s+(?:year|season|decade|century|term)\b|\b(?:years|decades|centuries|seasons)\s+(?:ago|earlier|before)\b",
    re.IGNORECASE,
)

#: Cases that a state or its health authority counts are confirmed by the very count.
_COUNTS_CASES = re.compile(
    r"\b(?:reports?|reported|records?|recorded|registers?|registered|announce[sd]?|logs?|logged)\b[^.;]*\b(?:cases?|infections?)\b"
    r"|\bconfirmed\s+(?:[\w-]+\s+){0,2}cases?\b",
    re.IGNORECASE,
)

#: What a denial calls an attack, whatever its layer.
_ATTACK = re.compile(
    r"\b(?:attacks?|strikes?|air ?strikes?|raids?|bombings?|shelling|explosions?|blasts?|assaults?)\b", re.I
)


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
    mentions = find_triggers(reading, encoder, layers)
    fill_roles(reading, mentions)
    told = [_event(document, reading, mention, toponyms) for mention in mentions]
    events = [event for event in told if event is not None]
    dateline = _dateline(document.text, toponyms)
    local = dateline if dateline is not None and not _is_large(dateline) else None
    if len(reading.windows) > 1:
        away = dateline if local is None else None
        events = _on_the_scene(reading, events, local, _setting([t for t in toponyms if t is not away]))
    elif local is not None:
        events = _on_the_scene(reading, events, local)
    return _with_claims(document, reading, _with_blame(document, reading, events))


def _event(document: Document, reading: Reading, mention: Mention, toponyms: Sequence[Toponym]) -> Event | None:
    number = reading.sentence_of[mention.tokens.start]
    sentence = reading.sentences[number]
    quote = Span(sentence.start, sentence.end, sentence.text)
    trigger = reading.span(mention.tokens.start, mention.tokens.stop)
    denying = [s for s in mention.spans["denied_by"] if _may_deny(reading, s, mention, sentence.start)]
    subject = denial(quote, trigger, _persons(reading, number))
    if subject is not None:
        denying = [subject]
    elif is_negated(reading, mention):
        if mention.layer not in ATTACKS:
            return None
        denying = denying or mention.spans["attributed_to"] or _persons(reading, number)[:1]
        if not denying:
            return None
    asserting = [s for s in mention.spans["attributed_to"] if _is_speaker(s) and not overlaps(s, denying)]
    claims = claims_in(document.id, quote, asserting, denying)
    if not denying:
        claims = combine([*claims, *denying_after(document.id, quote, trigger.end - quote.start)])
    own = slice(mention.tokens.start, mention.tokens.stop)
    chances = reading.status[own].mean(axis=0)
    probabilities: dict[Status, float] = {s: float(p) for s, p in zip(STATUSES, chances, strict=True)}  # type: ignore[misc]
    topic = _TOPIC.search(quote.text[: trigger.start - quote.start]) if mention.layer in _HAPPEN else None
    if topic:
        probabilities["planned"] = 0.0
    ahead = topic is None and is_foretold(quote.text, trigger.start - quote.start)
    if ahead:
        probabilities["planned"] += _FORETOLD
    status = settle(probabilities, claims)
    if status == "confirmed" and _only_the_doers_say_so(mention, claims):
        status = "claimed"
    if status == "reported" and mention.layer == "disease_outbreak" and _COUNTS_CASES.search(quote.text):
        status = "confirmed"
    before = sentence.text[: trigger.start - sentence.start]
    past = _REASON.search(before) or _PAST.search(before) or any(map(_is_long_ago, mention.spans["time"]))
    main = float(reading.main[own].mean()) > 0.5 and not past
    main = main or (ahead and status == "planned")
    start, end, precision, written = dates_of(document, reading, mention, quote, status, main)
    if end is not None and document.published is not None and (document.published - end).days > _NEWS_DAYS:
        main = False
    toponym = place_of(reading, mention, toponyms)
    if topic:
        verb = quote.start + topic.start()
        if toponym is not None and _is_of_the_talks(toponym.span, quote, trigger, verb):
            toponym = None
        doers = [s for s in mention.spans["source_actors"] if s.start > verb]
        mention = replace(mention, spans={**mention.spans, "source_actors": doers})
    actors = actors_of(mention, [*asserting, *denying])
    weapons = mention.spans["weapon"]
    counts = {kind: _count(mention, kind) for kind in COUNTS}
    identity = f"{document.id}\n{mention.layer}\n{trigger.start}"
    return Event(
        id=hashlib.sha256(identity.encode()).hexdigest()[:16],
        document=document.id,
        layer=mention.layer,
        trigger=trigger,
        sentence=quote,
        toponym=toponym,
        start=start,
        end=end,
        date_precision=precision,
        date_as_written=" ".join(written.split()) if written else None,
        actors=tuple(actors),
        weapon=" ".join(weapons[0].text.split()) if weapons else None,
        **counts,
        status=status,
        claims=claims,
        main=main,
        score=round(mention.score, 3),
    )


def _is_long_ago(time: Span) -> bool:
    return _LONG_AGO.search(time.text) is not None


def _is_of_the_talks(place: Span, quote: Span, trigger: Span, verb: int) -> bool:
    """Tell whether a place is where something is discussed rather than where it happened."""
    if place.start < verb:
        return True
    between = quote.text[max(0, trigger.end - quote.start) : max(0, place.start - quote.start)]
    return _GATHERING.search(between) is not None


def _only_the_doers_say_so(mention: Mention, claims: Sequence[Claim]) -> bool:
    """Tell whether an attack or a capture is known from those alone who say that they did it, and confirm nothing."""
    doers = mention.spans["source_actors"]
    by_force = mention.layer in ATTACKS or mention.layer == "territorial_change"
    return by_force and bool(claims) and all(c.stance == "asserts" and overlaps(c.span, doers) for c in claims)


def _persons(reading: Reading, sentence: int) -> list[Span]:
    names = reading.names(range(*reading.extents[sentence]))
    return [reading.span(n.start, n.stop) for kind, n in names if kind == "PER"]


def _is_speaker(span: Span) -> bool:
    """A participle or adjective alone ("speaking", "local") names nobody."""
    word = span.text.lower()
    if " " in word or any(c.isupper() for c in span.text):
        return True
    return not word.endswith(("ing", "ed", "al", "ly", "ern"))


def _dateline(text: str, toponyms: Sequence[Toponym]) -> Toponym | None:
    """Give the town that a story is dated from: "SEVERN, Md. (ABC7) — A man was arrested"."""
    for toponym in toponyms[:2]:
        if toponym.span.start > _DATELINE_STARTS or toponym.place is None or toponym.place.feature != "city":
            continue
        if _DATELINE.match(text, toponym.span.end):
            return toponym
    return None


def _is_large(toponym: Toponym) -> bool:
    """Capitals and other large cities are where reporters sit; what happens elsewhere is written from there."""
    place = toponym.place
    assert place is not None
    capital = default_gazetteer().capital(place.country or "")
    return (place.population or 0) >= _LARGE or (capital is not None and capital.id == place.id)


def _setting(toponyms: Sequence[Toponym]) -> Toponym | None:
    """Give the town of a story that plays in one: the first it names, if all other spots that it names are near."""
    spots = [t for t in toponyms if t.kind == "literal" and t.precision in ("site", "town")]
    positions = [t.position for t in spots if t.position is not None]
    town = next((t for t in spots if t.precision == "town" and t.position is not None), None)
    if town is None or town.position is None:
        return None
    return town if all(haversine(*town.position, *at) <= _SETTING_KM for at in positions) else None


def _on_the_scene(
    reading: Reading, events: list[Event], dateline: Toponym | None = None, setting: Toponym | None = None
) -> list[Event]:
    """Give what was done on the ground, in a sentence that names no place, the place of the event reported before it.

    Stories name the town once ("in Slidell, La., police said") and go on without it, and local ones are dated from it.
    Only what needs a spot and is news takes part; words of officials, background and plans stay without a place. A
    story that plays in one town has that one where no event is told of a place.
    """
    scene = dateline
    since = 0
    placed = []
    for event in events:
        number = next(i for i, s in enumerate(reading.sentences) if s.start == event.sentence.start)
        news = event.main and event.status not in ("planned", "threatened")
        spot = scene if scene is not None and number - since <= _SCENE else setting
        if event.toponym is None and spot is not None and news and event.layer in _ON_THE_GROUND:
            event = replace(event, toponym=replace(spot, score=round(spot.score * _SCENE_SCORE, 3)))
        elif event.toponym is not None and news and event.toponym.precision in ("site", "town", "admin"):
            scene, since = event.toponym, number
        placed.append(event)
    return placed


def _spoken_of(claim: Claim, events: list[Event]) -> Event | None:
    """Give the event that somebody won't comment on: one that they are said to have done.

    Else the first, the story's own.
    """
    country = describe(claim.name, "source").country
    own = [
        e for e in events if country is not None and any(a.country == country and a.role == "source" for a in e.actors)
    ]
    return next(iter(own or events), None)


def _may_deny(reading: Reading, who: Span, mention: Mention, sentence: int) -> bool:
    """Tell whether a denial in another sentence may be of this: one of an attack is not of an interception."""
    own = next((s for s in reading.sentences if s.start <= who.start < s.end), None)
    if own is None or own.start == sentence or not _ATTACK.search(own.text):
        return True
    return mention.layer in ATTACKS and mention.layer != "interception"


def _denied_of(sentence: str, events: list[Event]) -> Event | None:
    """Give the event that a sentence without one denies: the last attack, if it names one loosely; else the last."""
    attacks = [e for e in events if e.layer in ATTACKS and e.layer != "interception"]
    return next(reversed(attacks if attacks and _ATTACK.search(sentence) else events), None)


def _with_blame(document: Document, reading: Reading, events: list[Event]) -> list[Event]:
    """Give what a sentence that only lays the blame says ("The army blamed the rebels.") to the attack right before."""
    told_of = {e.sentence.start for e in events if e.layer != "condemnation"}
    for sentence in (s for s in reading.sentences if s.start not in told_of):
        claim = blaming(document.id, Span(sentence.start, sentence.end, sentence.text))
        near = [e for e in events if e.layer in ATTACKS and e.main and 0 <= sentence.start - e.sentence.end <= _BESIDE]
        if claim is not None and near:
            told = combine([*near[-1].claims, claim])
            status: Status = "claimed" if near[-1].status == "reported" else near[-1].status
            events = [replace(e, claims=told, status=status) if e is near[-1] else e for e in events]
    return events


def _with_claims(document: Document, reading: Reading, events: list[Event]) -> list[Event]:
    """Give the claims of sentences without an event ("The army declined to comment.") to one reported before."""
    taken = {e.sentence.start for e in events}
    for sentence in reading.sentences:
        if sentence.start in taken:
            continue
        quote = Span(sentence.start, sentence.end, sentence.text)
        before = [e for e in events if e.main and e.sentence.end <= sentence.start]
        denied = _denied_of(sentence.text, before)
        denying = denying_after(document.id, quote, 0)
        if denied is not None and denying:
            told = combine([*denied.claims, *denying])
            settled = settle_all([denied.status], told)
            events = [replace(e, claims=told, status=settled) if e is denied else e for e in events]
        for claim in declining(document.id, quote):
            about = _spoken_of(claim, [e for e in events if e.main and e.sentence.end <= sentence.start])
            events = [replace(e, claims=combine([*e.claims, claim])) if e is about else e for e in events]
    return events


def _count(mention: Mention, kind: str) -> Count | None:
    found = mention.counts.get(kind)
    return found[1] if found is not None else None
