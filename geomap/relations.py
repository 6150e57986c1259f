"""Expressions that describe a position by means of a place: "southern Syria", "20 km north of Isfahan".

In: a text and the offsets of a place name (or of a demonym such as "Syrian") in it. Out: a `Relation` whose span
(characters, end exclusive) covers the whole expression, with a compass direction and a distance in kilometres where the
text gives them.
English only. What is inside the offsets is never read: "South Korea", passed whole, has no relation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geomap.model import Relation, RelationType, Span

__all__ = ["find_relation", "find_unnamed", "partner", "route_ends"]

#: Characters of the text before and after a name that an expression may take up.
_BEFORE, _AFTER = 140, 90

_COMPASS = r"(?:(?:north|south)[\s-]?(?:east|west)|north|south|east|west)"
_ADJECTIVE = rf"(?:{_COMPASS}(?:ern(?:most)?|erly)?|central)"
_FAR = r"(?:(?:far|deep|extreme|remote|rural|mainly|predominantly)[\s-]+)?"
#: Joins "northern and eastern"; the first direction counts.
_AND = rf"(?:(?:\s*,\s*{_ADJECTIVE})*\s*,?\s+(?:and|or|to)\s+{_FAR}{_ADJECTIVE}|\s*[/–-]\s*{_ADJECTIVE})?"
_CAPITALIZED = r"(?-i:[A-Z][\w’'.]*)"
#: Parts of a place; singular "region" or "province" is left out: "the northern region of Tigray" is Tigray.
_PARTS = (
    r"(?:parts?|areas?|half|third|portions?|end|tip|side|sections?|sectors?|corner|edges?|regions|outskirts|suburbs?|flanks?|"
    r"reaches|stretch(?:es)?|fringes?|periphery|countryside|districts|neighbou?rhoods|quarters|provinces|states|"
    r"governorates|cities|towns|villages|zones?)"
)
_DIVISION = r"(?:province|governorate|region|state|oblast|county|district|department|prefecture|division|municipality)"
_GENERIC = (
    rf"(?:{_DIVISION}|city|town|village|capital|port|area|suburb|enclave|exclave|camp|base|airport|air\s?base|settlement|hamlet|"
    r"island|township|neighbou?rhood|stronghold|hub|resort|facility|plant|site|community|kibbutz|peninsula|territory|"
    r"countryside|outpost|cities|towns|villages|areas|provinces|regions|districts|states|suburbs|islands|camps|settlements)"
)
#: What may stand between "north of" and the name: "the", "the rebel-held town of", "the Syrian capital, ".
_HEAD = (
    r"(?:(?:the|a|an|its)\s+)?(?:[\w’'.-]+\s+){0,4}?(?:port\s+)?"
    rf"(?:{_GENERIC}(?<!capital)\s+of\s+|{_GENERIC}\s*,?\s+)(?:the\s+)?"
)
_OBJECT = rf"(?:{_HEAD}|(?:the\s+)?)$"

_SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred"
_NUMBERS = {word: float(i) for i, word in enumerate(_SMALL.split("|"), start=1)}
_NUMBERS |= {word: float(10 * i) for i, word in enumerate(_TENS.split("|"), start=2)}
_NUMBERS |= {"a": 1.0, "an": 1.0, "dozen": 12.0}
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+(?:[.,]\d+)?"
_WORDS = (
    r"half[\s-]an?|(?:an?|one|two|three|four|five)\s+(?:hundred|dozen)|"
    rf"(?:{_TENS})(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?|(?:{_SMALL})(?!\w)|an?"
)
_NUMBER = rf"(?:{_DIGITS}|\b(?:{_WORDS}))"
_UNITS = {
    r"kilomet(?:re|er)s?|kms?": 1.0,
    r"nautical[\s-]+miles?|nmi?": 1.852,
    r"miles?|mi": 1.609344,
    r"met(?:re|er)s?|m": 0.001,
    r"yards?|yds?": 0.0009144,
    r"feet|foot|ft": 0.0003048,
}
_UNIT = "(?:" + "|".join(_UNITS) + r")\b\.?"
_ABOUT = (
    r"(?:(?:(?P<below>less\s+than|within|no\s+more\s+than|not\s+more\s+than|under)|some|about|around|roughly|nearly|almost|over|"
    r"more\s+than|at\s+least|approximately|approx\.?|just|only|barely|up\s+to)\s+){0,2}"
)
_AMOUNT = (
    rf"(?P<amount>{_ABOUT}(?:(?<![\w.,])(?P<low>{_NUMBER})(?:\s*(?:-|–|to|or)\s*(?P<high>{_NUMBER}))?[\s-]*(?P<unit>{_UNIT})"
    rf"|(?:a\s+)?(?:few|several|couple\s+of|dozens\s+of|scores\s+of|hundreds\s+of|many)\s+(?:hundred\s+)?{_UNIT})"
    r"(?:\s*\([^()]{1,40}\))?)\s*,?\s*"
)
_COAST = r"(?:coast(?:s|line)?|shores?|seaboard)\b(?!\s*-?\s*guard)"
_BORDER = (
    r"(?:(?:land|maritime|sea|common|shared|joint|international|de\s+facto|disputed|porous|mountainous|long)\s+)*"
    r"(?:border|frontier)(?:s|lands?)?(?:\s+(?:areas?|regions?|zones?|strip))?\b"
)
#: Persons, bodies and towns named after a border are not the border.
_BORDER_END = (
    r"(?!\s*-?\s*(?:guards?|police|patrols?|forces?|agents?|officials?|officers?|controls?|crossings?|posts?|checkpoints?|towns?|"
    r"cit(?:y|ies)|villages?|security|agency|troops|services?|states?|provinces?|districts?|count(?:y|ies))\b)"
)
_THE = r"(?:(?:the|neighbou?ring|nearby|northern|southern|eastern|western)\s+)*"

#: Names that begin with a compass word: "South" before "Korea" is part of the name.
_OFFICIAL = {
    "north": "korea|macedonia|carolina|dakota|america|yorkshire|lanarkshire|ayrshire|somerset|lincolnshire|ossetia|"
    "kivu|darfur|kordofan|sinai|waziristan|khorasan|cotabato|sumatra|sulawesi|kalimantan|maluku|chungcheong|gyeongsang|"
    "jeolla|hamgyong|pyongan|hwanghae|holland|brabant|vietnam|batinah|sharqiyah|rhine-westphalia|karelia|york|"
    "platte|ubangi|las vegas|vancouver|korean|macedonian|american|vietnamese|carolinian|dakotan",
    "south": "africa|korea|sudan|america|carolina|dakota|australia|ossetia|kivu|darfur|kordofan|sinai|waziristan|"
    "khorasan|cotabato|sumatra|sulawesi|kalimantan|chungcheong|gyeongsang|jeolla|hamgyong|pyongan|hwanghae|holland|tyrol|"
    "yorkshire|lanarkshire|ayrshire|gloucestershire|vietnam|batinah|sharqiyah|bend|tarawa|moravia|bohemia|karelia|aegean|"
    "san francisco|african|korean|sudanese|american|australian|vietnamese|carolinian|dakotan|china sea",
    "east": "timor|germany|berlin|jerusalem|pakistan|java|kalimantan|azerbaijan|azarbaijan|godavari|ghouta|sussex|"
    "lothian|ayrshire|renfrewshire|dunbartonshire|yorkshire|flanders|anglia|london|lansing|orange|sepik|st. louis|"
    "timorese|german|nusa tenggara|new britain|china sea",
    "west": "bank|virginia|germany|berlin|bengal|java|sumatra|kalimantan|sulawesi|papua|azerbaijan|azarbaijan|godavari|"
    "sussex|lothian|yorkshire|midlands|dunbartonshire|flanders|pakistan|point|indies|darfur|pomerania|ham|bromwich|"
    "hollywood|covina|sepik|lafayette|palm beach|nusa tenggara|new britain|german|indian|virginian|philippine sea",
    "central": "african republic|african|america|american|java|kalimantan|sulawesi|equatoria|park|darfur|luzon",
    "northern": "ireland|irish|cyprus|mariana islands|territory|cape|samar|rhodesia|mindanao|bahr el ghazal",
    "southern": "leyte|rhodesia|ocean|kordofan",
    "eastern": "cape|samar|equatoria|ghouta|visayas",
    "western": "australia|australian|sahara|cape|samoa|equatoria|isles|visayas|bahr el ghazal|wall",
    "northwest": "territories|frontier province",
}
_WEEKDAY = re.compile(
    r"\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
)
_PHRASAL = re.compile(
    r"\b(?:cut(?:s|ting)?|wall|seal|fenc|block|clos|fend|ward|stav|fac|writ|wrote|s[eo]l[ld]|lay|laid|rip|show|pull|shut|split|"
    r"break|broke|tip|tick|kick|finish|hold|held|play|beat|fight|fought|pick|tak|took|get|got|carv|wip|wean|scar|liv|call|pa(?:y|id)|"
    r"set|go|went|back|trad|spark|touch|round|square|head|drop|fir|buy|bought|turn|switch|shrug|rul|lift|dr[io]v|com|came|rop|"
    r"cordon|fob)(?:e|es|ed|s|ing|ting|ping|ning|ling|n|en)?\s+$",
    re.IGNORECASE,
)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


#: Cheap looks ahead of the long patterns.
_SHORE, _FRONTIER = _compiled("coast|shore|seaboard"), _compiled("border|frontier")
_SIDE, _MEASURE = _compiled(rf"{_COMPASS}(?:wards?)?\s+(?:of|from)\s"), _compiled(_UNIT)
_KEYWORD = _compiled(
    rf"{_COMPASS}|central|border|frontier|coast|shore|seaboard|\boff\b|near|close|outside|around|vicinity|outskirts|suburb|"
    r"edge|periphery|fringe|centre|center|heart|middle|adjacent|next|surrounding|from|within|countryside|between|road|way|"
    r"route|rail|link|connect|join|corridor|environs|surrounds"
)

_BETWEEN_LEFT = _compiled(rf"(?:the\s+)?{_BORDER}(?:\s+crossings?)?\s+between\s+{_THE}$")
_WITH_LEFT = _compiled(rf"(?:the\s+)?(?:(?P<dir>{_ADJECTIVE})\s+)?{_BORDER}\s+(?:with|of|to)\s+{_THE}$")
_AND_RIGHT = _compiled(rf"\s+and\s+{_THE}")
_JOINT = _compiled(r"\s*[-–—/]\s*|\s+and\s+")
_BORDER_RIGHT = _compiled(rf"(?:['’]s?)?\s+(?:(?P<dir>{_ADJECTIVE})\s+)?{_BORDER}{_BORDER_END}")
_WITH_RIGHT = _compiled(rf"\s+(?:with|to)\s+{_THE}")
_NAME_RIGHT = re.compile(r"[A-Z][\w.’']*(?:\s+[A-Z][\w.’']*){0,2}?(?=(?:['’]s?)?\s+(?:[a-z]+\s+)?(?:border|frontier))")
_NAME_LEFT = re.compile(r"(?:\b[A-Z][\w.’']*\s+){0,2}\b[A-Z][\w.’']*$")
_BORDER_PREFIX = _compiled(rf"(?:{_AMOUNT}(?:{_COMPASS}\s+)?(?:of|from|inside|off|away\s+from)\s+)?(?:the\s+)?$")

_COAST_LEFT = _compiled(
    rf"(?:{_AMOUNT})?(?:(?:off|along|from|of)\s+)?(?:the\s+)?(?:(?P<dir>{_ADJECTIVE})\s+)?(?:{_CAPITALIZED}\s+){{0,2}}?{_COAST}"
    rf"\s+(?:of|off)\s+{_OBJECT}"
)
_COAST_RIGHT = _compiled(rf"(?:['’]s?)?\s+(?:(?P<dir>{_ADJECTIVE})\s+)?(?:{_CAPITALIZED}\s+){{0,2}}?{_COAST}")
_COAST_PREFIX = _compiled(rf"(?:{_AMOUNT})?(?:(?:off|along|from|of)\s+)?(?:the\s+)?$")
_OFF = _compiled(rf"(?:{_AMOUNT})?\boff\s+(?:of\s+)?(?:(?P<dir>{_ADJECTIVE}){_AND}\s+)?{_OBJECT}")

_PART_OF = _compiled(rf"(?:the\s+)?\b{_FAR}(?P<dir>{_ADJECTIVE}){_AND}\s+{_PARTS}\s+(?:of|in)\s+{_OBJECT}")
_MIDDLE_OF = _compiled(rf"\bin\s+(?P<span>the\s+(?:city\s+)?(?:centre|center|heart|middle)\s+of\s+){_OBJECT}")
_SIDE_OF = _compiled(
    rf"(?:{_AMOUNT}(?:away\s+)?)?(?P<to>\bto\s+the\s+|\bthe\s+{_FAR})?\b(?P<dir>{_COMPASS})(?:wards?)?\s+(?P<of>of|from)\s+{_OBJECT}"
)
_FROM = _compiled(rf"{_AMOUNT}(?:away\s+)?(?P<of>from|outside(?:\s+of)?|of)\s+{_OBJECT}")
_NEAR = _compiled(
    r"\b(?:(?:very\s+)?near(?:by)?(?:\s+to)?|close\s+to|(?:just\s+)?outside(?:\s+of)?|in\s+and\s+around|around|adjacent\s+to|"
    r"next\s+to|not\s+far\s+from|surrounding|(?:in\s+)?(?:the\s+)?vicinity\s+of|(?:(?:on|in|at)\s+)?(?:the\s+)?(?:outer\s+|very\s+)?"
    rf"(?:outskirts|suburbs?|edges?|periphery|fringes?)\s+of)\s+{_OBJECT}"
)
_NOT_NEAR = _compiled(r"\b(?:revolv\w*|cent(?:er|r)\w*|turn\w*|rall(?:y|ied|ies|ying)|built|based|talks?)\s+$")
_NEAR_RIGHT = _compiled(r"(?:['’]s?)?\s+(?:outskirts|suburbs|countryside|environs|surroundings|hinterland)\b")
_ROUTE = (
    r"(?:roads?|highways?|motorways?|expressways?|freeways?|routes?|railways?|railroads?|rail|lines?|corridors?|tracks?|"
    r"pipelines?)"
)
#: What lies between two towns; talks and matches between them do not.
_STRETCH = (
    rf"(?:{_ROUTE}|stretch(?:es)?|section|areas?|zones?|fields?|villages?|desert|hills|mountains|forest|countryside|front\s?line|"
    r"crossing|strip|land|territory|plain|valley|waters|checkpoint|pass|coast(?:line)?)"
)
_BETWEEN_TOWNS = _compiled(
    rf"(?:(?P<half>(?:about\s+)?(?:half|mid)way|in\s+the\s+middle)\s+|somewhere\s+|\b(?:lies|lie|lying|located|situated|runs?|running)"
    rf"\s+|(?:the\s+)?(?:\w+\s+)?\b{_STRETCH}\s+(?:that\s+)?(?:(?:lies|lying|runs?|running|located)\s+)?)between\s+(?:the\s+)?$"
)
_ROUTE_FROM = _compiled(
    rf"(?:the\s+)?(?:(?:main|coastal|desert|national|old|strategic|key|vital)\s+)*\b{_ROUTE}\s+(?:that\s+|which\s+)?"
    r"(?:from|link(?:s|ing)?|connect(?:s|ing)?|join(?:s|ing)?|leading\s+from)\s+(?:the\s+)?$"
)
_TO_RIGHT = _compiled(r"\s+(?:to|and|with|towards?)\s+(?:the\s+)?")
_ROUTE_JOINT = _compiled(r"\s*[-–—/]\s*(?:to\s*[-–—]\s*)?|\s+to\s+")
_ROUTE_RIGHT = _compiled(rf"\s+(?:(?:main|coastal|international|desert|toll|trunk|ring)\s+)*{_ROUTE}\b")
_ROUTE_NAME = re.compile(
    rf"(?:the\s+)?(?P<one>[^\W\d_][\w.’' ]*?)\s?[-–—/]\s?(?P<two>[^\W\d_][\w.’' ]*?)\s+(?:\w+\s+)?(?i:{_ROUTE})"
)
_DIRECTLY = _compiled(rf"\b{_FAR}(?P<dir>{_ADJECTIVE}){_AND}\s+$")
_OWN = _compiled(
    rf"['’]s?\s+{_FAR}(?P<dir>{_ADJECTIVE}){_AND}(?:\s+(?:(?-i:[a-z-]+)\s+){{0,2}}?(?:{_GENERIC}|{_PARTS})\b|(?P<bare>)(?![\w-]))"
)
_GENERIC_RIGHT = _compiled(rf"\s+(?:(?-i:[a-z-]+)\s+){{0,2}}?(?:{_GENERIC}|{_PARTS}|border|frontier|coast\w*)\b")
_GENERIC_NEXT = _compiled(rf"\s+(?:(?-i:[a-z-]+)\s+){{0,1}}?(?:{_GENERIC}|border|frontier|coast)\b")
_DIVISION_RIGHT = _compiled(rf"\s+{_DIVISION}\b(?!\s+of\b)")


@dataclass(frozen=True, slots=True)
class _Found:
    """A relation before it has its text."""

    type: RelationType
    start: int
    end: int
    direction: str | None = None
    distance_km: float | None = None
    partner: tuple[int, int] | None = None


def find_relation(
    text: str, start: int, end: int, *, others: Sequence[tuple[int, int]] = (), demonym: bool = False
) -> Relation | None:
    """Read the expression around a name at text[start:end]; None where there is none.

    `others` are the offsets of the other names of the text; they tell names from words in "the border between A and B".
    With `demonym`, "southern Syrian" counts only before a word for a place ("the southern Syrian province of Daraa").
    `Relation.other` stays None: see `partner`.
    """
    found = _find(text, start, end, others, demonym)
    if found is None:
        return None
    span = Span(found.start, found.end, text[found.start : found.end])
    return Relation(found.type, span, found.direction, found.distance_km)


def partner(text: str, start: int, end: int, others: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Give the offsets, among `others`, of the second place of a border or a road at which text[start:end] lies."""
    found = _border(text, start, end, others) or _between(text, start, end, others)
    return found.partner if found is not None else None


def route_ends(name: str) -> tuple[str, str] | None:
    """Give the two ends of a road that is named by them: "Kabul–Kandahar highway"."""
    found = _ROUTE_NAME.fullmatch(name)
    return (found["one"].strip(), found["two"].strip()) if found is not None else None


def _find(text: str, start: int, end: int, others: Sequence[tuple[int, int]], demonym: bool) -> _Found | None:
    left = text[max(0, start - _BEFORE) : start]
    right = text[end : end + _AFTER]
    if not (_KEYWORD.search(left) or _KEYWORD.search(right)):
        return None
    at = start - len(left)
    official = _last_direction(left)
    if official is not None and _is_official(official["dir"], text[start:end]):
        # The compass word belongs to the name: what stands before it counts.
        return _find(text, at + official.start("dir"), end, others, demonym)
    found = (
        _border(text, start, end, others) or _between(text, start, end, others) or _coast(text, start, end, left, right)
    )
    if found is not None:
        return found
    if re.match(r"[-–]\w", right):
        # "the US-led coalition"
        return None
    return (
        _part(left, right, at, end)
        or _side(left, right, at, end)
        or _near(left, right, at, end)
        or _directly(left, right, at, end, demonym)
        or _own(right, start, end)
    )


def _last_direction(left: str) -> re.Match[str] | None:
    return _DIRECTLY.search(left, max(0, len(left) - 70))


def _direction(word: str) -> str:
    return "central" if word.lower() == "central" else re.sub(r"[\s-]|ern(?:most)?$|erly$", "", word.lower())


def _is_official(word: str, name: str) -> bool:
    word, name = re.sub(r"[\s-]+", "", word.lower()), " ".join(name.lower().split())
    return name in _OFFICIAL.get(word, "").split("|")


def _number(text: str) -> float:
    """Give the value of "1,200", "2.5", "twenty-five" or "a hundred"."""
    text = " ".join(text.lower().split())
    if text[0].isdigit():
        return float(text.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text) else text.replace(",", "."))
    if text in _NUMBERS:
        return _NUMBERS[text]
    words = re.split(r"[\s-]+", text)
    if words[0] == "half":
        return 0.5
    if words[-1] in ("hundred", "dozen"):
        return _NUMBERS[words[0]] * _NUMBERS[words[-1]]
    return sum(_NUMBERS[w] for w in words)


def _kilometers(match: re.Match[str]) -> float | None:
    """Give the distance that a match of _AMOUNT says; None where it is vague ("a few miles")."""
    groups = match.groupdict()
    if not groups.get("low"):
        return None
    values = [_number(groups[name]) for name in ("low", "high") if groups[name]]
    factor = next(f for unit, f in _UNITS.items() if re.fullmatch(rf"(?:{unit})\.?", groups["unit"], re.IGNORECASE))
    return round(sum(values) / len(values) * factor, 3) or None


def _modifies(match: re.Match[str], right: str) -> bool:
    """Tell whether the name only describes what follows: "north of the Syrian capital" is no place north of Syria."""
    return bool(re.search(r"\b(?:the|an?)\s+$", match.group(), re.IGNORECASE) and _GENERIC_NEXT.match(right))


def _border(text: str, start: int, end: int, others: Sequence[tuple[int, int]]) -> _Found | None:
    left = text[max(0, start - _BEFORE) : start]
    at = start - len(left)
    if not (_FRONTIER.search(left) or _FRONTIER.search(text, end, end + _AFTER)):
        return None
    own = _BORDER_RIGHT.match(text, end)
    between = _BETWEEN_LEFT.search(left)
    first: tuple[int, int, str | None, tuple[int, int] | None] | None = None
    if between is not None:
        joint = _AND_RIGHT.match(text, end)
        partner = _starting_at(joint.end(), others) if joint is not None else None
        first = (at + between.start(), partner[1] if partner else end, None, partner)
    elif own is not None:
        before = _joined_before(text, start, others)
        joint = _WITH_RIGHT.match(text, own.end())
        partner = before or (_starting_at(joint.end(), others) if joint is not None else None)
        first = (before[0] if before else start, max(own.end(), partner[1] if partner else 0), own["dir"], partner)
    else:
        first = _second(text, start, end, left, at, others)
    if first is None:
        return None
    begin, finish, word, partner = first
    prefix = _BORDER_PREFIX.search(text[max(0, begin - _BEFORE) : begin])
    distance = _kilometers(prefix) if prefix is not None else None
    if prefix is not None:
        begin -= len(prefix.group())
    known = partner if partner in others else None
    return _Found("border", begin, finish, _direction(word) if word else None, distance, known)


def _second(
    text: str, start: int, end: int, left: str, at: int, others: Sequence[tuple[int, int]]
) -> tuple[int, int, str | None, tuple[int, int] | None] | None:
    """Read a border that does not follow this name: "Syria-Turkey border", said of Syria; "border with Turkey"."""
    joint = _JOINT.match(text, end)
    if joint is not None:
        partner = _starting_at(joint.end(), others)
        if partner is None and not others and (name := _NAME_RIGHT.match(text, joint.end())):
            partner = name.span()
        own = _BORDER_RIGHT.match(text, partner[1]) if partner is not None else None
        if own is not None:
            return start, own.end(), own["dir"], partner
    for other in others:
        if not 0 < start - other[1] <= 60:
            continue
        gap = text[other[1] : start]
        own = _BORDER_RIGHT.match(gap)
        if own is not None and (joint := _WITH_RIGHT.match(gap, own.end())) and joint.end() == len(gap):
            return other[0], end, own["dir"], other
        before = _BETWEEN_LEFT.search(text[max(0, other[0] - _BEFORE) : other[0]])
        joint = _AND_RIGHT.match(gap)
        if before is not None and joint is not None and joint.end() == len(gap):
            return other[0] - len(before.group()), end, None, other
    alone = _WITH_LEFT.search(left)
    if alone is None:
        return None
    joint = _AND_RIGHT.match(text, end)
    partner = _starting_at(joint.end(), others) if joint is not None and " of " in alone.group().lower() else None
    return at + alone.start(), partner[1] if partner else end, alone["dir"], partner


def _between(text: str, start: int, end: int, others: Sequence[tuple[int, int]]) -> _Found | None:
    """Read "halfway between A and B", "the road from A to B" and "the A–B highway", at either name."""
    own = (start, end)
    for other in others:
        one, two = min(own, other), max(own, other)
        if not 0 < two[0] - one[1] <= 12:
            continue
        gap = text[one[1] : two[0]]
        left = text[max(0, one[0] - _BEFORE) : one[0]]
        if _AND_RIGHT.fullmatch(gap) and (cue := _BETWEEN_TOWNS.search(left)):
            middle = "central" if cue["half"] else None
            return _Found("between", one[0] - len(cue.group()), two[1], middle, None, other)
        if _TO_RIGHT.fullmatch(gap) and (cue := _ROUTE_FROM.search(left)):
            return _Found("between", one[0] - len(cue.group()), two[1], None, None, other)
        if _ROUTE_JOINT.fullmatch(gap) and (after := _ROUTE_RIGHT.match(text, two[1])):
            return _Found("between", one[0], after.end(), None, None, other)
    return None


def _starting_at(position: int, others: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    return next((o for o in others if o[0] == position), None)


def _joined_before(text: str, start: int, others: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Give the first name of "Syria-Turkey border", where the name at `start` is the second."""
    for other in others:
        if 0 < start - other[1] <= 6 and _JOINT.fullmatch(text[other[1] : start]):
            return other
    joint = re.search(r"[\w.][-–—/]$", text[max(0, start - 40) : start])
    if others or joint is None:
        return None
    name = _NAME_LEFT.search(text[max(0, start - 40) : start - 1])
    return (start - 1 - len(name.group()), start - 1) if name is not None else None


def _coast(text: str, start: int, end: int, left: str, right: str) -> _Found | None:
    at = start - len(left)
    match = _COAST_LEFT.search(left) if _SHORE.search(left) else None
    if match is not None and not _modifies(match, right):
        return _Found("coast", at + match.start(), end, _word(match), _kilometers(match))
    own = _COAST_RIGHT.match(right)
    prefix = _COAST_PREFIX.search(left) if own is not None else None
    if own is not None and prefix is not None and not re.match(r"\s+Coast", own.group()):
        word = own["dir"]
        begin = at + prefix.start()
        return _Found("coast", begin, end + own.end(), _direction(word) if word else None, _kilometers(prefix))
    match = _OFF.search(left) if "off" in left.lower() else None
    if match is None or _modifies(match, right) or _PHRASAL.search(text[max(0, at) : at + match.start()]):
        return None
    return _Found("coast", at + match.start(), end, _word(match), _kilometers(match))


def _word(match: re.Match[str]) -> str | None:
    return _direction(match["dir"]) if match["dir"] else None


def _part(left: str, right: str, at: int, end: int) -> _Found | None:
    match = _PART_OF.search(left)
    if match is not None and not _modifies(match, right):
        return _Found("direction", at + match.start(), end, _direction(match["dir"]))
    match = _MIDDLE_OF.search(left)
    if match is not None and not _modifies(match, right):
        return _Found("direction", at + match.start("span"), end, "central")
    return None


def _side(left: str, right: str, at: int, end: int) -> _Found | None:
    """Read "the south of Syria" (inside), "south of Damascus" and "20 km from Damascus" (outside)."""
    tail = left[-100:]
    at += len(left) - len(tail)
    match = _SIDE_OF.search(tail) if _SIDE.search(tail) else None
    if match is not None and not _modifies(match, right):
        direction, before = _direction(match["dir"]), (match["to"] or "").lower()
        if match["amount"] or before.startswith("to"):
            return _Found("offset", at + match.start(), end, direction, _kilometers(match))
        if before:
            inside = match["of"].lower() == "of"
            return _Found("direction", at + match.start(), end, direction) if inside else None
        return None if match["of"].lower() == "from" else _Found("offset", at + match.start(), end, direction)
    match = _FROM.search(tail) if _MEASURE.search(tail) else None
    if match is None or _modifies(match, right):
        return None
    distance = _kilometers(match)
    if match["below"] or match["of"].lower() == "of":
        # "within 5 km of"; "5 km of" alone is a length of road or border.
        return _Found("near", at + match.start(), end, None, distance) if match["below"] else None
    return _Found("offset" if distance else "near", at + match.start(), end, None, distance)


def _near(left: str, right: str, at: int, end: int) -> _Found | None:
    match = _NEAR.search(left)
    if match is not None and not _modifies(match, right) and not _NOT_NEAR.search(left[: match.start()][-20:]):
        return _Found("near", at + match.start(), end)
    own = _NEAR_RIGHT.match(right)
    if own is None:
        return None
    directly = _last_direction(left)
    start = at + len(left)
    if directly is not None:
        return _Found("direction", at + directly.start(), end + own.end(), _direction(directly["dir"]))
    return _Found("near", start, end + own.end())


def _directly(left: str, right: str, at: int, end: int, demonym: bool) -> _Found | None:
    """Read "southern Syria" and "northern and eastern Syria"."""
    match = _last_direction(left)
    if match is None:
        return None
    # In "Syria's northwestern Idlib province" and "southern Helmand province" the direction is the country's.
    if re.search(r"\w['’]s?\s+$", left[: match.start()]) or (_DIVISION_RIGHT.match(right) and not demonym):
        return None
    if demonym and not _GENERIC_RIGHT.match(right):
        return None
    # "Southern Syria TV"
    if match["dir"][0].isupper() and re.match(r"[ \t]+[A-Z]", right) and not _WEEKDAY.match(right):
        return None
    return _Found("direction", at + match.start(), end, _direction(match["dir"]))


def _own(right: str, start: int, end: int) -> _Found | None:
    """Read "Syria's south" and "Syria's southern region"."""
    match = _OWN.match(right)
    if match is None:
        return None
    noun = re.fullmatch(_COMPASS, match["dir"], re.IGNORECASE)
    if match["bare"] is not None and (noun is None or re.match(r"\s+[A-Z]", right[match.end() :])):
        return None
    return _Found("direction", start, end + match.end(), _direction(match["dir"]))


_COUNTRY = r"(?:country|nation|republic|kingdom|territory|enclave|island|peninsula)"
_AREAS = (
    r"(?:regions?|areas?|parts?|provinces?|districts?|governorates?|countryside|sectors?|zones?|half|highlands|lowlands|"
    r"mountains|plains|desert|cities|towns|villages|states|territories)"
)
_NO_NAME = r"(?!\s+of\s+(?!the\s+" + _COUNTRY + r"\b))(?!\s+(?-i:[A-Z]))(?!['’-])"
_UNNAMED = (
    _compiled(
        rf"\b(?:the|our|this|that|their)\s+{_COUNTRY}['’]s?\s+{_FAR}(?P<dir>{_ADJECTIVE}){_AND}"
        rf"(?:\s+{_AREAS}\b|(?P<bare>)(?![\w'’-])){_NO_NAME}"
    ),
    _compiled(rf"\bthe\s+{_FAR}(?P<dir>{_COMPASS})\s+of\s+(?:the|our|their|this)\s+{_COUNTRY}\b{_NO_NAME}"),
    _compiled(rf"\b(?:the\s+)?{_FAR}(?P<dir>{_ADJECTIVE}){_AND}\s+{_AREAS}\b(?:\s+of\s+the\s+{_COUNTRY}\b)?{_NO_NAME}"),
    # "in the north" alone, but neither "in the north wing" nor "in the North"
    _compiled(
        rf"(?<=\bin )the\s+{_FAR}(?P<dir>(?-i:{_COMPASS}))(?=\s*(?:[.,;:!?)]|$)|\s+(?:and|but|where|when|after|as|"
        r"since|while|that|on|have|has|had|were|was|are|is|said)\b)"
    ),
)
_POSSESSIVE = re.compile(r"[A-Z][\w.]*['’]s?\s+(?:the\s+)?$")


def find_unnamed(text: str) -> list[Relation]:
    """Give the expressions for a part of a country that do not name the country: "the south of the country".

    Relations of type "direction" in the order of the text; they do not overlap. Which country, the context must tell.
    """
    matches: list[tuple[int, int, str]] = sorted(_unnamed(text), key=lambda m: (m[0], -m[1]))
    relations: list[Relation] = []
    for start, end, word in matches:
        if not relations or start >= relations[-1].span.end:
            relations.append(Relation("direction", Span(start, end, text[start:end]), _direction(word)))
    return relations


def _unnamed(text: str) -> Iterator[tuple[int, int, str]]:
    for pattern in _UNNAMED:
        for match in pattern.finditer(text):
            word, bare = match["dir"], match.groupdict().get("bare") is not None
            noun = re.fullmatch(_COMPASS, word, re.IGNORECASE) is not None
            # "Syria's southern areas" have a name; "Western states" are no part of a country.
            named = _POSSESSIVE.search(text[max(0, match.start() - 40) : match.start()]) is not None
            if noun >= bare and not named and not word.startswith(("Western", "Eastern")):
                yield match.start(), match.end(), word
