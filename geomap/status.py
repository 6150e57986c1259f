"""Claims and status: who says that something happened, who denies it, and what that makes of it.

In: a sentence, the words in it that name who asserts or denies, and the status head's probabilities (0..1). Out:
`Claim`s and a `Status`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from geomap.actors import clean, same_actor
from geomap.model import Claim, Span, Stance, Status

__all__ = [
    "blaming",
    "claims_in",
    "combine",
    "declines",
    "declining",
    "denial",
    "denying_after",
    "is_foretold",
    "settle",
    "settle_all",
]

_CONFIRMS = re.compile(r"\b(?:confirm|admit|acknowledg|verif|corroborat)\w*\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:not|n[’']t|never|neither|nor|without|could|cannot|unable|yet to|refus\w+|declin\w+)\W+(?:\w+\W+){0,3}$", re.I
)
_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|refut(?:e|es|ed|ing)|dismiss(?:es|ed|ing)?|disput(?:e|es|ed|ing)|contradict\w*)\b",
    re.IGNORECASE,
)
_DECLINES = re.compile(
    r"\b(?:declin(?:e|es|ed|ing)|refus(?:e|es|ed|ing))\s+(?:\w+\s+){0,2}to\s+(?:publicly\s+)?(?:comment|confirm|discuss)\b"
    r"|\b(?:ha(?:s|ve|d)\s+not|did\s+not|ha(?:s|ve|d)n[’']t|didn[’']t)\s+(?:\w+\s+){0,2}(?:commented|comment(?:ed)?|respond(?:ed)?\s+to)\b"
    r"|\b(?:ha(?:s|ve|d)|made|offered|gave)\s+(?:\w+\s+)?no\s+(?:\w+\s+)?comment\b",
    re.IGNORECASE,
)
#: Another clause begins: what follows is no longer denied.
_TURN = re.compile(r"[;]|\b(?:but|although|though|while|whereas)\b", re.IGNORECASE)
_SAID = re.compile(
    r"\s+(?:ha(?:s|ve|d)|also|later|strongly|flatly|categorically|repeatedly|said|says|told|on)\b", re.IGNORECASE
)
_ADVERBIAL = re.compile(
    r"(?:on|in|at|after|before|following|since|during|speaking|according|asked|meanwhile|later)\b", re.IGNORECASE
)
_SO_DID = re.compile(
    r"[^.;]{0,40}?,?\s+(?:and\s+)?(?:so|as)\s+(?:did|does|do|has|have)\s+([^,.;]{2,60})", re.IGNORECASE
)
#: What a denial may be of, when no trigger stands behind it.
_OBJECT = re.compile(
    r"\s+(?:that\s+)?(?:the|an?|any|this|that|these|those|such|all|its|their|responsibility|involvement|it)\b"
    r"(?:\s+[\w’'-]+){0,3}?(?:\s+(?:attacks?|strikes?|raids?|bombings?|shelling|killings?|incidents?|claims?|reports?|"
    r"allegations?|accusations?|charges?|account|involvement|responsibility))?\b",
    re.IGNORECASE,
)
_BLAMES = re.compile(r"\b(?:blam(?:es|ed)|accus(?:es|ed))\b", re.IGNORECASE)
_FUTURE = re.compile(
    r"\b(?:will|(?:is|are|was|were|be|been)\s+(?:\w+\s+)?(?:due|slated|scheduled|expected|set|planned)\s+to|"
    r"plan(?:s|ned|ning)?\s+to|prepar(?:es|ed|ing)\s+to)\b(?!\s+(?:have|be\s+remembered)\b)",
    re.IGNORECASE,
)
#: Another clause begins, or what lies behind.
_PAST = re.compile(
    r"[;:]|\b(?:after|following|since|because|but|although|who|which|that|when|had|was|were|has|have)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"(?:,\s*(?:but|and|while|though|although|yet)|;|\b(?:but|while|whereas))\s+", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:and|but|while|however|meanwhile|both|neither|either|also|the|a|an)\b[\s,]*)+", re.IGNORECASE
)
_AUXILIARY = re.compile(
    r"[\s,]+(?:have|has|had|also|both|so far|repeatedly|each|all|immediately|officially)$", re.IGNORECASE
)


def claims_in(document: str, sentence: Span, asserting: Sequence[Span], denying: Sequence[Span]) -> tuple[Claim, ...]:
    """Give the claims that a sentence makes about one event, in order, one an actor and stance."""
    claims = [_claim(document, sentence, span, _stance(sentence, span)) for span in asserting]
    claims += [_claim(document, sentence, span, "denies") for span in denying]
    claims += declining(document, sentence)
    return combine(claims)


def _claim(document: str, sentence: Span, span: Span, stance: Stance) -> Claim:
    name = " ".join((clean(span.text) or span.text).split())
    return Claim(span, name, stance, sentence.text, document)


def _stance(sentence: Span, span: Span) -> Stance:
    """A verb near the name decides: "confirmed" and its like, unless negated."""
    after = sentence.text[max(0, span.end - sentence.start) :][:60]
    found = _CONFIRMS.search(after)
    if found and not _NOT.search(after[: found.start()]):
        return "confirms"
    return "asserts"


def declining(document: str, sentence: Span) -> list[Claim]:
    """Find who "declined to comment" in a sentence: its subjects, joined by "and" or commas."""
    claims = []
    for found in _DECLINES.finditer(sentence.text):
        start = max(sentence.text.rfind(c, 0, found.start()) for c in ';:—“"') + 1
        subject = sentence.text[start : found.start()].rstrip(" ,")
        while _AUXILIARY.search(subject):
            subject = _AUXILIARY.sub("", subject)
        if len(subject) > 120:
            continue
        at = start
        for part in re.split(r"(\s*,\s+(?:and\s+)?|\s+and\s+|\s+nor\s+|\s+or\s+)", subject):
            name = _LEAD.sub("", part).strip()
            if any(c.isupper() for c in name) and len(name) <= 60:
                offset = sentence.start + at + part.rfind(name)
                span = Span(offset, offset + len(name), name)
                claims.append(_claim(document, sentence, span, "declines to comment"))
            at += len(part)
        also = _SO_DID.match(sentence.text, found.end())
        if also:
            start = sentence.start + also.start(1)
            span = Span(start, start + len(also[1]), also[1])
            claims.append(_claim(document, sentence, span, "declines to comment"))
    return claims


def declines(sentence: str, start: int, end: int) -> bool:
    """Tell whether the words at an offset (characters) are those of declining to comment."""
    return any(m.start() < end and start < m.end() for m in _DECLINES.finditer(sentence))


def denial(sentence: Span, trigger: Span, persons: Sequence[Span]) -> Span | None:
    """Find who denies the happening that a trigger names: the subject of a verb of denial that stands before it.

    Args:
        sentence: the whole sentence.
        trigger: in it.
        persons: names of persons in it, who are likelier subjects than the rest.
    """
    at = trigger.start - sentence.start
    verbs = [m for m in _DENIES.finditer(sentence.text) if m.end() <= at and at - m.end() <= 80]
    if not verbs or _TURN.search(sentence.text[verbs[-1].end() : at]):
        return None
    verb = verbs[-1]
    before = [p for p in persons if p.end - sentence.start <= verb.start()]
    if before:
        return before[0]
    opening = max(sentence.text.rfind(c, 0, verb.start()) for c in ';:—“"') + 1
    for part in re.finditer(r"[^,()]+", sentence.text[opening : verb.start()]):
        name = _SAID.split(_LEAD.sub("", part.group()))[0].strip()
        if len(name) > 2 and len(name) <= 60 and not _ADVERBIAL.match(name):
            start = sentence.start + opening + part.start() + part.group().index(name)
            return Span(start, start + len(name), name)
    return None


def denying_after(document: str, sentence: Span, start: int) -> list[Claim]:
    """Find who denies what a sentence told before an offset (characters): "..., but the army denied the attack"."""
    for verb in _DENIES.finditer(sentence.text, start):
        if not _OBJECT.match(sentence.text, verb.end()):
            continue
        opening = max((m.end() for m in _CLAUSE.finditer(sentence.text, start, verb.start())), default=start)
        subject = _subject(sentence, opening, verb.start())
        if subject is not None:
            return [_claim(document, sentence, subject, "denies")]
    return []


def _subject(sentence: Span, start: int, end: int) -> Span | None:
    """Give the name that a clause begins with, between two offsets in a sentence (characters)."""
    name = _SAID.split(_LEAD.sub("", sentence.text[start:end]))[0].split(",")[0].strip(' ”"')
    if not 2 < len(name) <= 60 or _ADVERBIAL.match(name):
        return None
    at = sentence.start + sentence.text.index(name, start)
    return Span(at, at + len(name), name)


def blaming(document: str, sentence: Span) -> Claim | None:
    """Find who lays what was told before to somebody's charge: "The ministry blamed the rebels." """
    verb = _BLAMES.search(sentence.text)
    subject = _subject(sentence, 0, verb.start()) if verb is not None else None
    return _claim(document, sentence, subject, "asserts") if subject is not None else None


def is_foretold(sentence: str, start: int) -> bool:
    """Tell whether a verb of the future governs the words at an offset: "are slated to discuss it at a meeting"."""
    cues = list(_FUTURE.finditer(sentence, 0, start))
    return bool(cues) and not _PAST.search(sentence, cues[-1].end(), start)


def combine(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Leave out the claims that repeat another of the same document; order by document and position."""
    kept: list[Claim] = []
    for claim in sorted(claims, key=lambda c: (c.document, c.span.start, c.stance)):
        stances = {claim.stance} | ({"asserts", "confirms"} if claim.stance in ("asserts", "confirms") else set())
        if not any(k.stance in stances and same_actor(k.name, claim.name) for k in kept):
            kept.append(claim)
    return tuple(kept)


def settle(probabilities: Mapping[Status, float], claims: Sequence[Claim]) -> Status:
    """Weigh what the status head says of one mention with the claims about it."""
    stances = {c.stance for c in claims}
    # Nothing is denied without one who denies it.
    open_to = [s for s in sorted(probabilities) if "denies" in stances or s not in ("denied", "disputed")]
    best: Status = max(open_to, key=lambda s: probabilities[s])
    if best in ("planned", "threatened"):
        return best
    if "denies" in stances:
        return "disputed" if stances & {"asserts", "confirms"} or best in ("disputed", "confirmed") else "denied"
    if best == "reported" and stances & {"asserts", "confirms"} and probabilities["reported"] < 0.7:
        return "confirmed" if probabilities["confirmed"] > probabilities["claimed"] else "claimed"
    return best


#: What is said most definitely comes first, when mentions of one happening differ.
_ORDER: tuple[Status, ...] = ("confirmed", "reported", "claimed", "disputed", "denied", "planned", "threatened")


def settle_all(statuses: Sequence[Status], claims: Sequence[Claim]) -> Status:
    """Give the status of a happening from those of its mentions, the most telling first, and all claims about it."""
    stances = {c.stance for c in claims}
    first = statuses[0]
    if first in ("planned", "threatened"):
        return first
    happened = [s for s in statuses if s not in ("planned", "threatened")]
    if "denies" in stances or "denied" in happened or "disputed" in happened:
        others = [s for s in happened if s not in ("denied", "disputed")]
        asserted = bool(stances & {"asserts", "confirms"}) or bool(others) or "disputed" in happened
        return "disputed" if asserted else "denied"
    if "confirmed" in happened:
        return "confirmed"
    return first if first in happened else min(happened, key=_ORDER.index)
