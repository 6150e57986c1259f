"""Find how many people a news text says were killed or injured.

In: a text in English. Out: `Casualty`s in order, with counts of persons and offsets in characters of that text. A
count says what the words say: "at least 12" is 12 to open, "no casualties" is 0 to 0. Two figures for one happening (an
early one, a later one) are two results; which one holds is for the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from geomap.counts import ORDINALS, Words, count_at
from geomap.model import Count
from geomap.people import (
    CUES,
    DIE,
    HURT,
    KILL,
    PARTICIPLES,
    STOP,
    Group,
    add,
    crew_at,
    group_at,
    groups_before,
    joint_words,
    listed_from,
    named_at,
    skip_place,
)
from geomap.text import sentences, tokenize

__all__ = ["Casualty", "find_casualties"]

Kind = Literal["killed", "injured"]
_MAX_VERBS = 60  # in one sentence; what has more is no prose


@dataclass(frozen=True, slots=True)
class Casualty:
    """One statement of how many were killed or injured."""

    kind: Kind
    count: Count  #: persons
    start: int  #: characters, of the phrase with its verb
    end: int  #: characters, exclusive


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_EXCEEDS = _set("above over surpasses surpassed exceeds exceeded passes passed tops topped")
_NOBODY = _set("none nobody")
_BLOCK = _set("after when as while that which but because if where before says said say ; : although though")
_PAUSES = _BLOCK | CUES | {","}
_AUXILIARIES = _set(
    "was were is are be been being has have had get gets got left leaves leaving found confirmed reported feared "
    "presumed declared pronounced believed shot stabbed beaten burned burnt hacked crushed trampled executed also "
    "later both all now still either to death would will could may might then fatally critically seriously severely "
    "badly lightly slightly reportedly allegedly apparently instantly mostly already not as accidentally abducted "
    "ambushed assaulted attacked kidnapped tortured"
)
_SINGULAR = _set("has was is")
_PASSIVE = _set("was were is are be been being")
_MODALS = _set("to could would may might will can should must")
_INNER = _set("including includes namely included among")
_DOUBTFUL = _set("feared presumed believed suspected")
_SHOOT = _set(
    "shoot shoots shot shooting stab stabs stabbed stabbing beat beats beaten beating hack hacks hacked hacking gun "
    "guns gunned burn burns burned burning"
)
_UNITS = _set("% percent year years month months week weeks day days hour hours am pm a.m p.m km miles times")
_LEAVES = _set("with leaving left leaves leave")
_SAID = _set("reported confirmed known")
_ASIDE = 12  # words, of an insertion
_INSERTION = 22  # words, of an insertion between a name and its verb
_CRAFT = 40  # words, between what says whom a craft carries and their deaths
_DEATH_NOUNS = _set(
    "killing killings murder murders assassination assassinations death deaths execution executions beheading "
    "massacre lynching slaying bodies body remains"
)
_COUNTED: dict[str, tuple[Kind, ...]] = {
    "deaths": ("killed",), "fatalities": ("killed",), "bodies": ("killed",), "corpses": ("killed",),
    "injuries": ("injured",), "casualties": ("killed", "injured"), "death": ("killed",), "fatality": ("killed",),
    "injury": ("injured",),
}  # fmt: skip
_TAKES = _set("take takes took taken taking")
_TOLL_VERBS = _set(
    "to at of is are now reach reaches reached reaching stands stood hits hit exceeds exceeded passes passed "
    "surpasses surpassed tops topped was were"
)


def find_casualties(text: str) -> list[Casualty]:
    """Give the counts of people killed and injured that a text states, in the order of its words."""
    found: list[Casualty] = []
    for sentence in sentences(text):
        if _STEMS.search(sentence.text):
            found.extend(_in_sentence(Words(tokenize(sentence.text, sentence.start))))
    return found


# A sentence without any of these states no casualties; most have none, so this saves most of the work.
_STEMS = re.compile(
    "kill|murder|assassinat|massacre|slaughter|slay|slain|slew|behead|execut|lynch|die|dying|drown|"
    "perish|succumb|dead|death|fatal|injur|wound|hurt|hospitali|maim|lives|life|casualt|toll|"
    "bodies|body|alive|electrocuted|corpse|remains|decapitat|suicide|gunned down",
    re.IGNORECASE,
)


def _in_sentence(words: Words) -> Iterator[Casualty]:
    taken: set[tuple[Kind, int]] = set()
    verbs = 0
    found: list[tuple[Kind, Count, int, int]] = []
    for position, word in enumerate(words.low):
        verbs += word in CUES
        if verbs > _MAX_VERBS:
            break
        kinds: tuple[Kind, ...] = ("injured",) if word in HURT else ("killed",)
        group: Group | None = None
        cue = position
        if word == "toll" or (word == "number" and words.at(position + 1) == "of"):
            kinds, group = _toll(words, position)
        elif word in ("lives", "life"):
            group = _lives(words, position)
        elif word in _COUNTED and words.at(position + 1) != "of":
            kinds = _COUNTED[word]
            group = _counted_noun(words, position, word) or (_suffered(words, position) if word == "injuries" else None)
        elif word in _DEATH_NOUNS and words.at(position + 1) == "of":
            group = listed_from(words, position + 2, subject=True)
        elif word in CUES or (word == "to" and words.at(position + 1) == "death"):
            if word in HURT and "fatally" in words.low[max(0, position - 2) : position]:
                kinds = ("killed",)
            group, cue = _verb(words, position)
            if group is not None and word in ("hurt", "harmed") and group.count == Count(0, 0):
                kinds = ("killed", "injured")
        elif word == "fatally" and words.at(position + 1) in _SHOOT:
            group = listed_from(words, position + 2) or _subject(words, position)
        elif word == "alive" and words.at(position - 1) in ("burned", "burnt"):
            group = listed_from(words, position + 1) or _subject(words, position - 1)
        elif word == "wounds":
            kinds, group = ("injured",), _suffered(words, position)
        elif (word == "suicide" and words.at(position - 1) in ("commit", "commits", "committed")) or (
            word == "down" and words.at(position - 1) == "gunned"
        ):
            group = _subject(words, position - 1)
        if group is None:
            continue
        if _either(words, position) and group.count != Count(0, 0):
            if group.count.high is None:
                continue  # "several were killed or injured" counts neither
            group = Group(group.start, group.end, Count(0, group.count.high), False)
        for kind in kinds:
            if (kind, group.start) not in taken:
                taken.add((kind, group.start))
                found.append((kind, group.count, min(group.start, cue), max(group.end, cue + 1)))
    for kind, count, start, end in sorted(found, key=lambda item: (item[2], item[0])):
        yield Casualty(kind, count, words.tokens[start].start, words.tokens[end - 1].end)


def _either(words: Words, position: int) -> bool:
    """Tell whether a verb is one of "killed or wounded"."""
    near = (position - 2, position - 1) if words.at(position - 1) == "or" else (position + 2, position + 1)
    return words.at(near[1]) == "or" and words.at(near[0]) in CUES


def _verb(words: Words, position: int) -> tuple[Group | None, int]:
    """Give the people that a verb at a position is about: its object, otherwise its subject."""
    word, previous = words.low[position], words.at(position - 1)
    if word == "to":  # "beaten to death"
        if words.at(position - 1) not in _SHOOT:
            direct = position - 1
            while direct > max(0, position - 8) and words.at(direct) not in _SHOOT:
                direct -= 1
            group = listed_from(words, direct + 1) if words.at(direct) in _SHOOT else None
            return (group if group and group.end == position else None), position + 1
        return _subject(words, position - 1), position + 1
    if previous in _MODALS and word not in PARTICIPLES:
        return None, position  # planned or possible: "to kill", "could kill"
    transitive = word not in DIE or (word == "dead" and previous in _SHOOT)
    passive = word in PARTICIPLES and _has_auxiliary(words, position)
    if transitive and not passive:
        following = position + 1
        if words.at(following) in ("and", "or") and words.at(following + 1) in CUES:
            following += 2  # "killed and wounded"
        if words.at(following) in _NOBODY or words.low[following : following + 2] == ["no", "one"]:
            return Group(position, following + 1 + (words.at(following) == "no"), Count(0, 0), False), position
        group = _all_aboard(words, following) or listed_from(words, following) or crew_at(words, following)
        if group is not None and not _unit_follows(words, group):
            return group, position
        if word not in PARTICIPLES and word != "dead":
            return None, position
    if word == "dead" and words.at(position + 1) in ("body", "bodies", "sea", "heat", "end"):
        return None, position
    return _subject(words, position), position


def _all_aboard(words: Words, position: int) -> Group | None:
    """Give those whom a craft carries: "a helicopter carrying five officers crashes, killing all on board"."""
    if words.at(position) not in ("all", "everyone", "everybody"):
        return None
    end = next((i for i in range(position + 1, position + 4) if words.at(i) in ("board", "aboard", "occupants")), None)
    if end is None or any(count_at(words, i) is not None for i in range(position + 1, end)):
        return None
    for start in range(position - 1, max(0, position - _CRAFT), -1):
        if words.low[start] not in ("carrying", "transporting", "with"):
            continue
        carried = listed_from(words, start + 1)
        if carried is None:
            continue
        on_board = words.at(carried.end) == "aboard" or words.low[carried.end : carried.end + 2] == ["on", "board"]
        if on_board or words.low[start] != "with":  # "a plane with two engines"
            return Group(position, end + 1, carried.count, False)
    return None


def _unit_follows(words: Words, group: Group) -> bool:
    return group.end - group.start == 1 and words.at(group.end) in ("%", "-", "percent")


def _has_auxiliary(words: Words, position: int) -> bool:
    before = position - 1
    while words.at(before) in _AUXILIARIES and before > position - 6:
        if words.at(before) in ("was", "were", "is", "are", "be", "been", "being", "left", "get", "got"):
            return True
        before -= 1
    return False


def _subject(words: Words, position: int) -> Group | None:
    """Give the people before a passive or intransitive verb: "at least 12, among them a guard, were killed"."""
    last = position - 1
    auxiliary = passive = singular = doubtful = False
    while last >= max(0, position - 10) and (
        words.low[last] in _AUXILIARIES or words.low[last] in CUES or words.low[last] in ("and", "or")
    ):
        if words.low[last] in ("and", "or") and words.at(last + 1) not in CUES | _SHOOT:
            break
        auxiliary = auxiliary or words.low[last] in ("was", "were", "is", "are", "been", "being", "have", "has", "had")
        passive = passive or words.low[last] in _PASSIVE
        singular = singular or words.low[last] in _SINGULAR
        doubtful = doubtful or words.low[last] in _DOUBTFUL
        last -= 1
    if not auxiliary:
        auxiliary = words.low[position] in ("die", "dies", "died", "drown", "drowns", "drowned", "perish", "perished")
    groups = groups_before(words, last + 1)
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if singular and words.low[group.start].isdigit() and words.at(group.start - 1) == words.at(group.end) == ",":
            continue  # "Maria Silva, 34, was killed"
        gap = words.low[group.end : last + 1]
        if any(w in _BLOCK or w in CUES for w in gap) or len(gap) > 24:
            break
        if gap[-1:] == [","] and _opens_inside(words, groups, index):
            continue
        if (gap and not auxiliary) or _is_inner(words, group):
            if gap and not auxiliary:
                break
            continue
        total = _joined_before(words, groups, index)
        if (
            group.weak
            and total.count == group.count
            and not singular
            and auxiliary
            and words.at(last + 1) in ("are", "were")
        ):
            continue  # "ten soldiers from a faction are killed"
        if singular and total.start < group.start and total.count.low != group.count.low:
            total = group  # "the chief of staff and a friend of hers, was killed"
        joint = position + 1 + (words.at(position + 1) == ",")
        if joint_words(words, joint) == 2:  # "is killed, along with eight others"
            others = group_at(words, joint + 2)
            if others is not None:
                return Group(total.start, others.end, add(total.count, others.count), False)
        if doubtful and total.count.high is not None:  # "hundreds are feared dead" would say nothing
            total = Group(total.start, total.end, Count(0, total.count.high), total.weak)
        return total
    for group in groups if words.low[position] in PARTICIPLES | {"dead"} else ():
        # "left 22 villagers (20 men and 2 boys) dead", "with all 14 on board confirmed dead"
        between = words.low[group.end : position]
        if words.at(group.start - 1) in _LEAVES and len(between) <= _ASIDE and not _PAUSES.intersection(between):
            return group
    word = words.at(last)
    if word in _NOBODY or words.low[max(0, last - 1) : last + 1] == ["no", "one"]:
        return Group(last - (word == "one"), last + 1, Count(0, 0), False)
    plain = words.low[position] in PARTICIPLES or words.low[position] == "dead"
    for start in range(max(1, last - 7), last + 1) if plain and not auxiliary else ():
        if words.low[start - 1] in _LEAVES:  # "with the pilot killed"
            named = named_at(words, start)
            return named if named is not None and named.end == last + 1 else None
    if word == "of" or not auxiliary or not (singular or words.low[position] in ("dies", "died", "drowns", "drowned")):
        return None
    if word in ("he", "she"):
        return Group(last, last + 1, Count(1, 1), True)
    for start in range(max(0, last - 7), last + 1):
        named = named_at(words, start)
        if named is not None and named.end == last + 1:
            return named
    befallen = passive or words.low[position] in DIE  # "the storm, Ann Lee said, has killed off crops"
    return _before_insertion(words, last) if word == "," and singular and befallen else None


def _before_insertion(words: Words, comma: int) -> Group | None:
    """Give the one person before what a comma ends: "Luis Ortega, the party's treasurer, was killed"."""
    for end in range(comma, max(0, comma - _INSERTION), -1):
        if words.at(end) != ",":
            continue
        for start in range(max(0, end - 7), end):
            named = named_at(words, start)
            if named is not None and named.end == end:
                return Group(start, comma, named.count, named.weak)
    return None


def _is_inner(words: Words, group: Group) -> bool:
    """Tell whether people are part of others named before: "including three children", "of whom two"."""
    before = words.low[max(0, group.start - 4) : group.start]
    if any(words.low[at : at + 2] in (["of", "them"], ["of", "whom"]) for at in range(group.start, group.end)):
        return True
    return any(w in _INNER for w in before) or before[-2:] == ["of", "whom"] or before[-1:] == ["by"]


def _opens_inside(words: Words, groups: list[Group], index: int) -> bool:
    """Tell whether people stand in an insertion that began after others: ", including nine from X and one from Y,"."""
    if index == 0:
        return False
    between = words.low[max(groups[0].end, groups[index].start - 20) : groups[index].start]
    return any(w in _INNER for w in between)


def _joined_before(words: Words, groups: list[Group], index: int) -> Group:
    """Add the people that a list names before the last ones: "21 gunmen, four guards and a civilian"."""
    group, conjunction = groups[index], False
    count, start = group.count, group.start
    for other in reversed(groups[:index]):
        before = words.low[max(0, other.start - 2) : other.start]
        if words.at(other.end - 1) in _COUNTED or (before[-1:] == ["of"] and before[0] in _DEATH_NOUNS):
            break
        gap = words.low[skip_place(words, other.end) : start]
        if gap in (["and"], [",", "and"]) and not conjunction:
            conjunction = True
        elif gap != [","] or not (conjunction or (other.count.low == count.low and words.at(group.end) == ",")):
            break
        if _is_inner(words, other) or words.at(other.start - 1) in CUES:
            break
        if other.count.low == count.low and gap == [","]:
            # "at least two people, a rebel and a soldier, were killed"
            count, start = other.count, other.start
            break
        count, start = add(count, other.count), other.start
    if not conjunction and words.at(start - 1) == "and":
        # "the governor and three of his bodyguards": one more, if described with a name or office
        for first in range(max(0, start - 12), start - 1):
            named = named_at(words, first)
            end = start - 1 - (words.at(start - 2) == ",")
            if (
                named is not None
                and named.end == end
                and not any(w in _INNER for w in words.low[max(0, first - 3) : first])
            ):
                return Group(first, group.end, add(count, Count(1, 1)), False)
    return Group(start, group.end, count, group.weak)


def _toll(words: Words, position: int) -> tuple[tuple[Kind, ...], Group | None]:
    """Give the number that a count has reached: "the death toll from the quake rose from 900 to 1,200"."""
    kinds: tuple[Kind, ...] = ("killed",)
    if words.low[position] == "number":
        kind = _numbered(words, position)
        if kind is None:
            return kinds, None
        kinds = (kind,)
    elif words.at(position - 1) not in ("death", "the", "overall", "total") and words.at(position - 2) != "death":
        return kinds, None
    best = _listed_toll(words, position + 1) if words.low[position] == "toll" else None  # "the toll more than 2,200"
    for index in range(position + 1, min(position + 26, len(words.low))):
        word = words.low[index]
        if word in (";", ".") or (word in CUES and index > position + 6):
            break
        if word in _TOLL_VERBS or word in _EXCEEDS:
            group = _listed_toll(words, index + (word not in _EXCEEDS))
            if group is not None:
                best = group
                if word != "of":
                    break
    return kinds, best


def _numbered(words: Words, position: int) -> Kind | None:
    """Tell what "the number of ..." counts: deaths, injured police officers."""
    for word in words.low[position + 2 : position + 7]:
        if word in HURT or word == "injuries":
            return "injured"
        if word in KILL or word in ("deaths", "dead", "fatalities"):
            return "killed"
    return None


def _listed_toll(words: Words, position: int) -> Group | None:
    while words.at(position) in ("a", "total", "of", "now", "currently", "as", "high"):
        if count_at(words, position) is not None and words.at(position) != "a":
            break
        position += 1
    counted = count_at(words, position)
    if counted is None or words.at(position) in ("the", "its", "a", "his", "their"):
        return None
    group = group_at(words, position)
    if group is None and words.at(counted[1]) not in _UNITS:  # "reaches 1,500 by some counts"
        group = Group(position, counted[1], counted[0], False)
    return group


def _lives(words: Words, position: int) -> Group | None:
    """Give the people of "claimed 40 lives", "lost their lives", "the loss of 12 lives", "took his own life"."""
    before = words.low[max(0, position - 8) : position]
    if (
        before[-1:] in (["their"], ["his"], ["her"])
        and before[-2:-1]
        and before[-2] in ("lost", "lose", "loses", "losing")
    ):
        return _subject(words, position - 2) or _subject_of_loss(words, position - 2)
    if before[-1:] == ["own"] and before[-2:-1] and before[-2] in ("his", "her") and words.at(position - 3) in _TAKES:
        return Group(position - 3, position + 1, Count(1, 1), False)
    if any(w in before for w in ("claim", "claims", "claimed", "claiming", "took", "takes", "taking", "taken", "cost",
                                 "costs", "costing", "loss", "lost")):  # fmt: skip
        for start in range(max(0, position - 6), position):
            counted = count_at(words, start)
            if counted is not None and counted[1] <= position and position - counted[1] <= 1:
                return Group(start, position + 1, counted[0], False)
    return None


def _subject_of_loss(words: Words, position: int) -> Group | None:
    groups = groups_before(words, position)
    if groups and not any(w in _BLOCK for w in words.low[groups[-1].end : position]):
        return _joined_before(words, groups, len(groups) - 1)
    return None


def _counted_noun(words: Words, position: int, word: str) -> Group | None:
    """Give the number of "389 deaths", "no Israeli casualties", "without injuries", "no reports of casualties"."""
    if word in ("death", "fatality", "injury"):
        number = {"no": 0, "one": 1, **ORDINALS}.get(words.at(position - 1))
        if number is None or words.at(position + 1) in ("toll", "penalty", "sentence", "threat", "threats"):
            return None
        return Group(position - 1, position + 1, Count(number, number), False)
    for start in range(max(0, position - 7), position):
        between = words.low[start + 1 : position]
        if words.low[start] in ("no", "without", "zero") and not any(
            w in STOP - {"or", "and", "in"} - _SAID for w in between
        ):
            return Group(start, position + 1, Count(0, 0), False)
        if word == "casualties":
            continue
        counted = count_at(words, start)
        if counted is None or counted[1] > position or words.at(start) in ("a", "the", "his", "their", "its"):
            continue
        between = words.low[counted[1] : position]
        if len(between) <= 2 and not any(w in STOP or w in CUES or not w.isalpha() for w in between):
            count = counted[0]
            if "suspected" in between:
                count = Count(0, count.high)
            return Group(start, position + 1, count, False)
    return None


def _suffered(words: Words, position: int) -> Group | None:
    """Give the people of "12 people suffered minor injuries" and "minor injuries to 12 people"."""
    if words.at(position + 1) == "to":
        return listed_from(words, position + 2)
    for index in range(position - 1, max(0, position - 5), -1):
        if words.low[index] in ("suffered", "suffer", "suffers", "sustained", "sustain", "sustains"):
            return _subject_of_loss(words, index)
    return None
