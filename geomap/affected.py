"""Find how many people a news text says are missing, displaced or arrested, and how many weapons were fired.

In: a text in English. Out: `Affected`s in order, with counts of persons ("missing", "displaced", "arrested") or of
weapons ("fired", "intercepted"), and offsets in characters of that text. As with casualties, a count says what the
words say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from geomap.counts import Words, count_at
from geomap.model import Count
from geomap.people import Group, add, groups_before, listed_from, named_at
from geomap.text import sentences, tokenize

__all__ = ["Affected", "Kind", "find_affected"]

Kind = Literal["missing", "displaced", "arrested", "fired", "intercepted"]
_MAX_VERBS = 60  # in one sentence; what has more is no prose


@dataclass(frozen=True, slots=True)
class Affected:
    """One statement of how many."""

    kind: Kind
    count: Count  #: persons, or weapons
    start: int  #: characters, of the phrase with its verb
    end: int  #: characters, exclusive


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ARREST = _set(
    "arrest arrests arrested arresting detain detains detained detaining apprehend apprehends apprehended apprehending"
)
_DISPLACE = _set(
    "displace displaces displaced displacing evacuate evacuates evacuated evacuating uproot uproots uprooted uprooting"
)
_FORCE = _set(
    "force forces forced forcing drive drives drove driven driving send sends sent sending compelled prompted"
)
_FLEE = _set("flee fled fleeing flees")
_LEAVE = _FLEE | _set("leave abandon evacuate")
_MISSING = _set("missing unaccounted")
_PARTICIPLES = _set(
    "arrested detained apprehended displaced evacuated uprooted missing unaccounted homeless forced driven"
)
_PASSIVE = _set("was were is are be been being")
_BE = _set("was were is are be been being remain remains remained left made have has had")
_TAKEN = _set("taken took held are were rounded")
_AUXILIARIES = _BE | _set(
    "still also later so far reported reportedly feared listed declared officially currently now both all temporarily "
    "internally newly already confirmed believed presumed since being briefly forcibly and or injured dead killed "
    "wounded as of to"
)
_BLOCK = _set("after when as while that which but because if where before says said say ; : although though")
_INNER = _set("including includes among included")
_NOBODY = _set("nobody none")
_MODALS = _set("to could would may might will can should must")
_HOMES = _set(
    "homes home houses villages village towns town city province region area areas country fighting violence camps"
)
_AFTER_MISSING = _set(
    "and or in on at from for following near off with since by to including were was are is have has amid according"
)
_HOUSEHOLDS = _set("family families household households")
_WEAPONS = _set(
    "missile missiles rocket rockets drone drones uav uavs shell shells bomb bombs mortar mortars torpedo torpedoes "
    "projectile projectiles munition munitions warhead warheads grenade grenades interceptors airstrikes"
)
_WEAPON_WORDS = _set(
    "ballistic cruise hypersonic anti-ship anti ship tank surface air to medium short long range attack kamikaze "
    "suicide strike explosive armed unmanned aerial reconnaissance homemade enemy hostile incoming type of the "
    "these those artillery cluster glide loitering s-300 incendiary different types heavy and"
)
_FIRE = _set(
    "fire fires fired firing launch launches launched launching hurl hurled hurling drop drops dropped dropping lobbed "
    "unleash unleashed unleashing send sends sent"
)
_STOP = _set(
    "intercept intercepts intercepted intercepting down downs downed downing destroy destroyed destroying neutralized "
    "neutralised repel repelled thwarted suppressed"
)
_VOLLEYS = _set("barrage salvo wave volley swarm hail fusillade package series total")
_STEMS = re.compile(
    "arrest|detain|apprehend|custody|rounded up|displac|evacuat|uproot|flee|fled|homes|homeless|missing|unaccounted|"
    "missile|rocket|drone|uav|shell|bomb|mortar|torpedo|projectile|munition|warhead|grenade",
    re.IGNORECASE,
)


def find_affected(text: str) -> list[Affected]:
    """Give the counts of people and weapons that a text states, in the order of its words."""
    found: list[Affected] = []
    for sentence in sentences(text):
        if _STEMS.search(sentence.text):
            words = Words(tokenize(sentence.text, sentence.start))
            found.extend(sorted([*_people(words), *_weapons(words)], key=lambda a: (a.start, a.kind)))
    return found


def _people(words: Words) -> Iterator[Affected]:
    taken: set[tuple[Kind, int]] = set()
    verbs = 0
    for position, word in enumerate(words.low):
        kind: Kind
        group: Group | None = None
        last = position
        if word in _ARREST:
            kind = "arrested"
            group = _arrests(words, position) if word == "arrests" else None
            group = group or _about(words, position)
        elif (word == "custody" and words.at(position - 1) in ("into", "in")) or (
            word == "up" and words.at(position - 1) in ("rounded", "rounding", "rounds")
        ):
            kind = "arrested"
            back = range(position - 1, max(-1, position - 9), -1)
            begin = next((i for i in back if words.low[i] in _TAKEN), position)
            group = listed_from(words, begin + 1) if words.at(begin) == "took" else None
            group = group or (listed_from(words, position + 1) if word == "up" else None) or _before(words, begin)
        elif word in _DISPLACE:
            kind = "displaced"
            group = _about(words, position)
        elif word in _FORCE and (found := _driven(words, position)) is not None:
            kind, (group, last) = "displaced", found
        elif word in _FLEE and words.at(position - 1) not in _MODALS | {"who"} and _from_home(words, position):
            kind, group = "displaced", _before(words, position, auxiliary=True)
        elif word == "homeless" and "left" in words.low[max(0, position - 12) : position]:
            left = max(i for i in range(max(0, position - 12), position) if words.low[i] == "left")
            kind, group = "displaced", listed_from(words, left + 1) or _before(words, position)
        elif word in _MISSING and words.at(position + 1) != "persons":
            kind, group = "missing", _missing(words, position)
        else:
            continue
        verbs += 1
        if verbs > _MAX_VERBS:
            break
        if group is None or (kind, group.start) in taken:
            continue
        taken.add((kind, group.start))
        count = group.count
        if any(w in _HOUSEHOLDS for w in words.low[group.start : group.end]):
            count = Count(count.low, None)  # of more than one person each
        yield _affected(words, kind, count, min(group.start, position), max(group.end, last + 1))


def _affected(words: Words, kind: Kind, count: Count, start: int, end: int) -> Affected:
    return Affected(kind, count, words.tokens[start].start, words.tokens[end - 1].end)


def _about(words: Words, position: int) -> Group | None:
    """Give the people a verb is about: its object ("arrested 12 people"), or its subject ("12 were arrested")."""
    word = words.low[position]
    if words.at(position - 1) in _MODALS and word not in _PARTICIPLES:
        return None
    passive = word in _PARTICIPLES and any(w in _PASSIVE for w in words.low[max(0, position - 3) : position])
    if not passive:
        following = position + 1 + (words.at(position + 1) == "of")  # "the arrest of 12 people"
        if words.at(following) in _NOBODY or words.low[following : following + 2] == ["no", "one"]:
            return Group(position, following + 1, Count(0, 0), False)
        group = listed_from(words, following)
        if group is not None and not (group.weak and word in _DISPLACE):
            return group
        if word not in _PARTICIPLES:
            return None
    return _before(words, position)


def _before(words: Words, position: int, *, auxiliary: bool = False) -> Group | None:
    """Give the people who stand before a passive verb, as its subject: "47 people, including a boy, were arrested"."""
    last = position - 1
    while last >= 0 and last > position - 9 and words.low[last] in _AUXILIARIES:
        auxiliary = auxiliary or words.low[last] in _BE
        last -= 1
    head = Words(words.tokens[: last + 1])
    if head.at(last) in _NOBODY or head.low[max(0, last - 1) :] == ["no", "one"]:
        return Group(last, last + 1, Count(0, 0), False)
    groups = groups_before(head, last + 1)
    chosen: Group | None = None
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        whole = listed_from(head, group.start) or group
        gap = head.low[max(whole.end, group.end) : last + 1]
        if any(w in _BLOCK for w in gap) or len(gap) > 20 or (gap and not auxiliary):
            break
        if any(w in _INNER for w in head.low[max(0, group.start - 4) : group.start]):
            continue
        if chosen is not None and whole.end < chosen.end:
            break
        chosen = Group(group.start, whole.end, whole.count, group.weak)
    if chosen is None and head.at(last) in ("he", "she") and auxiliary:
        return Group(last, last + 1, Count(1, 1), True)
    if chosen is None and auxiliary and words.at(last + 1) in ("was", "is", "has", "remains"):
        for start in range(max(0, last - 7), last + 1):
            named = named_at(head, start)
            if named is not None and named.end == last + 1:
                return named
    return chosen


def _arrests(words: Words, position: int) -> Group | None:
    """Give the number of "made 12 arrests", "more than 100 arrests", "no arrests"."""
    for start in range(max(0, position - 5), position):
        if words.low[start] in ("no", "without", "zero") and start >= position - 2:
            return Group(start, position + 1, Count(0, 0), False)
        counted = count_at(words, start)
        if counted is not None and counted[1] <= position and position - counted[1] <= 1 and words.at(start) != "a":
            return Group(start, position + 1, counted[0], False)
    return None


def _driven(words: Words, position: int) -> tuple[Group, int] | None:
    """Give the people of "forced 3,000 families to flee", "3,000 were forced from their homes"."""
    group = listed_from(words, position + 1)
    end = group.end if group is not None else position + 1
    if group is None and words.low[position] in ("forced", "driven"):
        group = _before(words, position)
    tail = words.low[end : end + 6]
    if group is None or not (
        (tail[:1] == ["to"] and any(w in _LEAVE for w in tail[1:3]))
        or tail[:1] == ["fleeing"]
        or (tail[:1] in (["from"], ["out"]) and any(w in ("homes", "home", "houses", "villages") for w in tail))
    ):
        return None
    return group, min(len(words.low), end + 2) - 1


def _from_home(words: Words, position: int) -> bool:
    """Tell whether those who fled left where they live, rather than a scene: "fled their homes"."""
    tail = words.low[position + 1 : position + 7]
    return any(w in _HOMES for w in tail)


def _missing(words: Words, position: int) -> Group | None:
    """Give the people of "12 are missing", "12 missing", "leaving 12 missing"; not of "two missing climbers"."""
    following = words.at(position + 1)
    if following.isalpha() and following not in _BLOCK | _AFTER_MISSING:
        return None
    if words.at(position - 1) in ("go", "gone", "went", "goes"):
        return _before(words, position - 1, auxiliary=True)
    return _before(words, position)


# --- weapons


def _weapons(words: Words) -> Iterator[Affected]:
    """Give the weapons of "fired 200 missiles and 36 drones", "shot down 180 drones", "12 of which were shot down"."""
    sums: dict[Kind, tuple[Count, int, int]] = {}
    position, seen = 0, False
    while position < len(words.low):
        counted = count_at(words, position) if words.at(position) not in ("a", "an") else None
        if counted is None:
            seen = seen or words.low[position] in _WEAPONS
            position += 1
            continue
        count, end = counted
        whole = count_at(words, end + 1 + (words.at(end + 1) == "the")) if words.at(end) == "of" else None
        noun = _weapon_end(words, whole[1] if whole is not None else end)  # "24 of 30 drones" are 24
        if noun is None and seen and _refers(words, position, end):
            noun = end + (2 if words.at(end) == "of" else 0)
        if noun is None:
            position = max(end, position + 1)
            continue
        seen = True
        kind = _what_became(words, position, noun)
        if kind is not None:
            if kind in sums and words.at(position - 1) not in ("and", ",", "plus"):
                pass  # said twice in other words: the first holds
            elif kind in sums:
                before, first, _ = sums[kind]
                sums[kind] = (add(before, count), first, noun)
            else:
                sums[kind] = (count, position, noun)
        position = noun
    for kind, (count, first, last) in sums.items():
        yield _affected(words, kind, count, first, last)


def _weapon_end(words: Words, position: int) -> int | None:
    """Give the end of "Iranian-made ballistic missiles" after a number; None if it counts something else."""
    for end in range(position, min(position + 9, len(words.low))):
        word = words.low[end]
        if word in _WEAPONS:
            while words.at(end + 1) in _WEAPONS:
                end += 1
            if words.at(end + 1) in (
                "attacks",
                "attack",
                "strikes",
                "strike",
                "sites",
                "launchers",
                "batteries",
                "units",
                "systems",
            ):
                return None
            return end + 1
        if not (word in _WEAPON_WORDS or word == "-" or words.capital(end) or word.endswith("made")):
            return None
    return None


def _refers(words: Words, position: int, end: int) -> bool:
    """Tell whether a bare number is about weapons named before: "35 of which", "of which 35"."""
    return (words.at(end) == "of" and words.at(end + 1) in ("which", "them", "these", "those")) or (
        words.low[max(0, position - 2) : position] in (["of", "which"], ["of", "them"])
    )


def _what_became(words: Words, start: int, end: int) -> Kind | None:
    """Tell by the verb around a number of weapons whether they were fired or stopped."""
    for index in range(end, min(end + 9, len(words.low))):
        word = words.low[index]
        if word in (";", ".", ",", "and", "but", "at", "on", "toward", "towards", "into", "from"):
            break
        passive = any(w in ("was", "were", "been", "being") for w in words.low[end:index])
        if passive and (word in _STOP or (word == "down" and words.at(index - 1) in ("shot", "brought"))):
            return "intercepted"
        if passive and word in _FIRE:
            return "fired"
    for index in range(start - 1, max(-1, start - 26), -1):
        word = words.low[index]
        if word in (";", ".", "but", "while", "which", "who") or word in ("kill", "killed", "killing"):
            return None
        if word == "down" and words.at(index - 1) in ("shot", "shooting", "shoot", "shoots", "brought"):
            return "intercepted"
        if word in _STOP and word not in ("down", "destroy", "destroyed", "destroying"):
            return "intercepted"
        if word in ("destroyed", "destroying") and start - index <= 6:
            return "intercepted"
        if word in _FIRE and words.at(index - 1) not in _MODALS:
            return "fired"
        if word in _VOLLEYS and words.at(index + 1) == "of":
            return "fired"
    return None
