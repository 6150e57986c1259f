"""Find the people that a sentence counts or names: "at least two of the soldiers", "a guard and her husband".

In: the words of a sentence. Out: `Group`s of persons, with positions that are indices of tokens. A group ends at a
verb, preposition or mark, and at a word that tells of death or injury.
"""

from __future__ import annotations

from dataclasses import dataclass

from geomap.counts import Words, count_at
from geomap.model import Count

__all__ = [
    "CUES",
    "DIE",
    "HURT",
    "KILL",
    "PARTICIPLES",
    "STOP",
    "Group",
    "add",
    "crew_at",
    "group_at",
    "groups_before",
    "joint_words",
    "listed_from",
    "named_at",
    "skip_place",
]


@dataclass(frozen=True, slots=True)
class Group:
    """Some people: "at least two of the soldiers". Positions are indices of tokens."""

    start: int
    end: int  #: exclusive
    count: Count  #: persons
    weak: bool  #: a plain "a" or "one", which a list may also be about a thing


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PLURALS = _set("children boys men women girls")
_COLLECTIVES = _set("party family crew gang convoy group squad team couple")
_DETERMINERS = _set("an one a another")
_PARTICLES = _set("bin al el von van de der da dos ibn of 's ’s")
# Nouns for one person, where neither number nor article counts ("the pilot was killed", "killing her husband").
_PERSONS = _set(
    "man woman boy girl child baby infant toddler teenager teen youth person civilian soldier officer policeman "
    "policewoman constable driver pilot passenger worker guard gunman attacker assailant bomber shooter suspect "
    "perpetrator hostage journalist reporter photographer cameraman leader commander general colonel major captain "
    "lieutenant sergeant chief president minister governor mayor senator deputy lawmaker politician candidate "
    "ambassador diplomat judge lawyer prosecutor activist protester demonstrator student pupil teacher professor "
    "doctor nurse medic priest bishop imam rabbi cleric monk nun pastor husband wife father mother son daughter "
    "brother sister girlfriend boyfriend partner fiancée widow cousin uncle aunt grandmother grandfather nephew niece "
    "neighbor neighbour friend colleague employee farmer fisherman miner firefighter rescuer paramedic volunteer "
    "peacekeeper contractor militant fighter rebel insurgent terrorist member prisoner inmate detainee refugee "
    "migrant tourist pedestrian cyclist motorcyclist skier climber hiker swimmer bystander resident villager citizen "
    "national victim spokesman spokesperson spokeswoman owner singer actor actress musician footballer player athlete "
    "mountaineer trooper marine sailor airman sheriff bodyguard aide official servant crewman co-pilot skipper "
    "pensioner"
)
# What is counted in a report and is no person.
_THINGS = _set(
    "percent per cent pct kilometer kilometre km mile meter metre m foot feet acre hectare ton tonne kg pound dollar "
    "euro yuan ruble rouble rupee yen bn year month week day hour minute second am pm a.m p.m time count magnitude "
    "degree rocket missile drone shell mortar bomb strike airstrike raid attack house home building vehicle car truck "
    "bus tank boat ship vessel plane aircraft helicopter train village town city district province state country site "
    "base school hospital shop store church mosque animal cattle chicken poultry crane cow horse sheep dog cat bird "
    "fish goat pig elephant whale bear wolf tree case infection point goal vote seat incident explosion blast fire "
    "shot bullet round anniversary life-sentence"
)
# Words and marks that end a group.
STOP = _set(
    "was were is are be been being has have had get gets got will would could may might can do does did after when as "
    "while that which who whose whom but because if where before since until though although than in on at near from "
    "by with during following for into across outside inside along against over under around off amid without within "
    "to between aboard amongst lost lose loses losing suffered suffers suffer sustained sustain sustains commit "
    "commits committed confirmed feared presumed believed declared pronounced shot stabbed beaten gunned fatally "
    "critically seriously severely badly lightly slightly reportedly allegedly apparently instantly mostly already "
    'both and or also then including says said say reports reported . , ; : ( ) " “ ” — – - ! ? … left leaving'
)
_ADVERBS = _set("also fatally critically seriously severely badly mostly mainly reportedly allegedly at")
# Verbs, and their adjectives, that tell of death or injury.
KILL = _set(
    "kill kills killed killing murder murders murdered murdering assassinate assassinates assassinated assassinating "
    "massacre massacres massacred massacring slaughter slaughtered slay slays slew slain behead beheads beheaded "
    "beheading decapitate decapitates decapitated execute executes executed executing lynch lynched electrocuted"
)
DIE = _set("die dies died dying drown drowns drowned drowning perish perishes perished succumb succumbs succumbed dead")
HURT = _set(
    "injure injures injured injuring wound wounds wounded wounding hurt hurts hurting hospitalize hospitalizes "
    "hospitalized hospitalizing hospitalise hospitalises hospitalised hospitalising maim maimed"
)
CUES = KILL | DIE | HURT
PARTICIPLES = _set(
    "killed murdered assassinated massacred slaughtered slain beheaded decapitated executed lynched electrocuted "
    "injured wounded hurt hospitalized hospitalised maimed"
)


def group_at(words: Words, start: int) -> Group | None:
    """Give the counted people at a position: count, then the words up to the next verb, preposition or mark."""
    counted = count_at(words, start)
    if counted is None:
        return None
    count, position = counted
    weak = count == Count(1, 1)
    if words.at(position) in ("%", "°") or words.low[position : position + 2] == ["in", "every"]:
        return None
    if words.at(position) == "-" and words.tokens[position].start == words.tokens[position - 1].end:
        return None  # "34-year-old"
    if words.low[position : position + 1] == ["of"]:
        position += 1  # what follows, numbers too, is whom they are from: "one of the three gunmen"
    end, heads = position, 0
    while end < len(words.low) and end < position + 9:
        word = words.low[end]
        if word == "-" and words.at(end - 1).isalnum() and words.at(end + 1).isalnum():
            end += 1
            continue
        if word == "of" and heads:
            end += 1
            continue
        if word == "and" and heads and words.at(end + 1) in _PLURALS and not words.capital(end + 1):
            end += 2  # "520 men and boys"
            continue
        if word in STOP or word in CUES or not word[0].isalnum():
            break
        if heads == 0 and end > start and _singular(word) in _THINGS:
            following = words.at(end + 1)
            if following != "-" and not (following and _singular(following) in _PERSONS):
                return None
        heads += 1
        end += 1
    if words.at(end - 1) in ("of", "-"):
        end -= 1
    last = words.at(end - 1) if end > position else ""
    if (weak and _singular(last) in _THINGS) or (
        not weak and count.low == count.high and last in _PERSONS and last != "youth"
    ):
        return None  # "a bus", "Formula 2 driver"
    if weak:  # "a family of eight"
        for inner in range(position, end - 1):
            if words.low[inner] == "of" and words.at(inner - 1) in _COLLECTIVES:
                members = count_at(words, inner + 1)
                return Group(start, end, members[0], False) if members else None
    return Group(start, end, count, weak)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "buses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word


def named_at(words: Words, start: int) -> Group | None:
    """Give one person who is named or described: "Anna Lind", "her husband", "the pilot", "himself"."""
    word = words.at(start)
    if word in ("himself", "herself", "him") or (word == "her" and not words.at(start + 1).isalpha()):
        return Group(start, start + 1, Count(1, 1), True)
    determiner = word in ("the", "his", "her", "their", "its", "my", "a", "an")
    if word.isdigit() and words.low[start + 1 : start + 5] == ["-", "year", "-", "old"] and words.capital(start + 5):
        return named_at(words, start + 5)  # "24-year-old Aaron Driver"
    if word.isdigit() or (not determiner and count_at(words, start) is not None):
        return None
    position = end = good = start + determiner
    person, capitals = False, 0
    while end < len(words.low) and end < position + 9:
        word = words.low[end]
        if (word == "-" and words.at(end + 1).isalnum()) or (word in _PARTICLES and end > position):
            end += 1
            continue
        if word in STOP or word in CUES or not word[0].isalnum() or word in _DETERMINERS:
            break
        capitals += words.capital(end)
        person = person or word in _PERSONS
        end += 1
        if word in _PERSONS or words.capital(end - 1):
            good = end
    following = words.at(good)
    if not (determiner or words.capital(start) or person):
        return None
    if following[:1].isalnum() and following not in STOP | CUES and following != "of":
        return None  # "Hezbollah fighters", "the rebel stronghold"
    if person and (determiner or capitals):
        return Group(start, good, Count(1, 1), True)
    last = words.at(good - 1)
    if capitals >= 2 and words.capital(good - 1) and not determiner and not last.endswith("s"):
        return Group(start, good, Count(1, 1), True)
    # A name alone is a person only if it stands by itself: "killed Escobar", not "killed Russians".
    if capitals == 1 and good == start + 1 and not last.endswith(("s", "n", "i", "ese", "ish")) and len(last) > 2:
        return Group(start, good, Count(1, 1), True)
    return None


def listed_from(words: Words, start: int, *, subject: bool = False) -> Group | None:
    """Give all people of a list that begins at a position: "two soldiers, a guard and her husband".

    A list that is the `subject` of its sentence goes on to the verb ("the bodies of a man and a woman were found"); any
    other one ends before what has a verb of its own ("killing two, and three were hurt").
    """
    first = group_at(words, start) or named_at(words, start)
    if first is None:
        return None
    count, end, parts = first.count, first.end, None
    for _ in range(8):
        joint = skip_place(words, end)
        comma = words.at(joint) == ","
        following = joint + comma
        along = joint_words(words, following)
        conjunction = along > 0
        if conjunction:
            following += along
        elif not comma or not _more_to_come(words, following):
            break
        if words.at(following) in ("also", "then"):
            break
        item = group_at(words, following) or named_at(words, following)
        described = item is not None and conjunction and _PERSONS.intersection(words.low[item.start : item.end])
        if item is not None and item.weak and not first.weak and words.capital(item.start) and not described:
            break  # "five insurgents near Mayama Hill, Kebbi State", but "ten dancers and Georgian singer Nino Lomidze"
        if item is None:
            break
        own_verb = subject and words.at(item.end) in ("was", "were", "is", "are")
        if _starts_clause(words, item.end) and not own_verb:
            break
        count, end = add(count, item.count), item.end
        parts = item.count if parts is None else add(parts, item.count)
        if conjunction and words.at(following - 1) != "with":
            break
    # "14 civilians, 12 children and 2 women" says the same twice; "four officers and four soldiers" are eight
    twice = parts == first.count and parts.low > 1 and words.at(skip_place(words, first.end)) == ","
    return Group(start, end, first.count if twice else count, first.weak)


def crew_at(words: Words, position: int) -> Group | None:
    """Give the number behind "its crew of five" and "all those on board, 12 people"."""
    for offset in range(1, 5):
        if words.at(position + offset) == "of" and words.at(position + offset - 1) in _COLLECTIVES:
            return listed_from(words, position + offset + 1)
    return None


def joint_words(words: Words, position: int) -> int:
    """Give how many words at a position join two people: "and", "as well as", "along with"; 0 where none do."""
    if words.at(position) in ("and", "plus"):
        return 1
    if words.low[position : position + 3] == ["as", "well", "as"]:
        return 3
    return 2 if words.at(position) in ("along", "together") and words.at(position + 1) == "with" else 0


def skip_place(words: Words, position: int) -> int:
    """Give the position after "in Suez" or "in the north", or the same where no such words stand there."""
    if words.at(position) not in ("in", "at", "near", "from", "on"):
        return position
    end = position + 1
    while end < position + 6 and (words.capital(end) or words.at(end) == "the"):
        end += 1
    return end if end > position + 1 and words.at(end) in ("and", ",") else position


def _more_to_come(words: Words, position: int) -> bool:
    """Tell whether a comma goes on with a list: some "and" with people follows before the clause ends."""
    return (
        "and" in words.low[position : position + 12]
        and (group_at(words, position) or named_at(words, position)) is not None
    )


def _starts_clause(words: Words, position: int) -> bool:
    """Tell whether people at this position are the subject of what follows ("and 20 were injured")."""
    while words.at(position) in _ADVERBS:
        position += 1
    word = words.at(position)
    return (
        word in PARTICIPLES
        or word in DIE
        or word in ("was", "were", "is", "are", "have", "has", "had", "being", "remain")
    )


def add(a: Count, b: Count) -> Count:
    """Give the sum of two counts, open where one of them is."""
    return Count(a.low + b.low, None if a.high is None or b.high is None else a.high + b.high)


def groups_before(words: Words, end: int) -> list[Group]:
    """Give the groups of people that lie wholly before a position, left to right."""
    groups, position = [], max(0, end - 40)
    while position < end:
        group = _negative_at(words, position) or group_at(words, position)
        if group is not None and group.end <= end:
            groups.append(group)
            position = max(group.end, position + 1)
        else:
            position += 1
    return groups


def _negative_at(words: Words, position: int) -> Group | None:
    if (
        words.at(position) == "no"
        and words.at(position + 1).isalpha()
        and words.at(position + 1) not in ("more", "fewer")
    ):
        end = position + 2
        while words.at(end).isalpha() and words.at(end) not in STOP | CUES and end < position + 5:
            end += 1
        return Group(position, end, Count(0, 0), False)
    return None
