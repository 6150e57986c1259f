"""Read how many people a phrase counts: "at least 12", "dozens", "between 10 and 15".

In: words of an English text. Out: a `Count` of persons that says what the words say: "at least 12" is 12 to open, "up
to 130" is 0 to 130, "dozens" is 24 to open, "a dozen" is 12.
"""

from __future__ import annotations

from geomap.model import Count
from geomap.text import Token, tokenize

__all__ = ["ORDINALS", "TENS", "UNITS", "Words", "count_at", "parse_count"]

_MAX_PHRASE = 300  # characters that parse_count reads
_MAX_COUNT = 100_000_000  # persons; more were never counted in one happening

UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
# The least that a plural stands for: two of each, but forty for scores.
_VAGUE = {
    "dozens": 24,
    "scores": 40,
    "hundreds": 200,
    "thousands": 2_000,
    "millions": 2_000_000,
    "several": 3,
    "multiple": 2,
}
_LARGE = {"thousands": 1_000, "millions": 1_000_000}
# What words before a number make of it; "surpasses" is one of them ("surpasses 20,000 deaths").
_AT_LEAST = (
    "at least|more than|over|no fewer than|no less than|not less than|upwards of|a minimum of|"
    "at the very least|above|well over|in excess of|surpasses|surpassed|surpassing|exceeds|exceeded|"
    "exceeding|passes|passed|tops|topped"
)
_AT_MOST = "up to|as many as|at most|no more than|not more than|a maximum of|fewer than|less than|under"
_ABOUT = (
    "about|around|nearly|almost|some|approximately|roughly|an estimated|estimated|exactly|just|only|"
    "close to|just over|all|another|a further|an additional|a total of|other|the other|the|these|"
    "those|all of the|all the|his|her|their|its"
)
_QUALIFIERS: list[tuple[tuple[str, ...], str]] = sorted(
    (
        (tuple(words.split()), sense)
        for sense, phrases in (("least", _AT_LEAST), ("most", _AT_MOST), ("about", _ABOUT))
        for words in phrases.split("|")
    ),
    key=lambda item: -len(item[0]),
)
_CURRENCY = frozenset("$€£¥₹")


class Words:
    """The tokens of one sentence, with their lower-case forms."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.low = [t.text.lower() for t in tokens]

    def at(self, position: int) -> str:
        """Give the lower-case word at a position, empty outside the sentence."""
        return self.low[position] if 0 <= position < len(self.low) else ""

    def capital(self, position: int) -> bool:
        """Tell whether the word at a position begins with a capital."""
        return 0 <= position < len(self.tokens) and self.tokens[position].text[:1].isupper()


def parse_count(text: str) -> Count | None:
    """Give the first count in a phrase such as "at least 12" or "dozens of people", or None where there is none.

    Characters beyond the first 300 are not read.
    """
    words = Words(tokenize(text[:_MAX_PHRASE]))
    for position in range(len(words.low)):
        found = count_at(words, position)
        if found is not None:
            return found[0]
    return None


def count_at(words: Words, start: int) -> tuple[Count, int] | None:
    """Give the count that begins at a position, and the position after it."""
    sense, position = "exact", start
    if words.at(start - 1) == "every":  # "one in every 500" is a rate
        return None
    for _ in range(2):  # "at least another 12"
        for qualifier, meaning in _QUALIFIERS:
            if tuple(words.low[position : position + len(qualifier)]) == qualifier:
                sense = meaning if sense in ("exact", "about") else sense
                position += len(qualifier)
                break
        else:
            break
    if words.at(position) == "between":
        return _range_at(words, position + 1, {"and"})
    ranged = _range_at(words, position, {"to", "-", "–", "or"})
    if ranged is not None:
        return ranged
    vague = _vague_at(words, position)
    if vague is not None:
        return vague
    number = _number_at(words, position)
    if number is None:
        if start == position and words.at(start) in ("a", "an"):
            return Count(1, 1), start + 1
        if position > start and words.at(position - 1) == "another":
            return Count(1, 1), position
        return None
    value, end = number
    if sense == "exact" and words.at(end) == "+":
        return Count(value, None), end + 1
    if words.low[end : end + 2] == ["or", "more"]:
        return Count(value, None), end + 2
    if sense == "least":
        return Count(value, None), end
    return Count(0 if sense == "most" else value, value), end


def _range_at(words: Words, position: int, joints: set[str]) -> tuple[Count, int] | None:
    first = _number_at(words, position)
    if first is None or words.at(first[1]) not in joints:
        return None
    last = _number_at(words, first[1] + 1)
    if last is None or last[0] < first[0]:
        return None
    return Count(first[0], last[0]), last[1]


def _vague_at(words: Words, position: int) -> tuple[Count, int] | None:
    """Give what "dozens", "tens of thousands" or "several hundred" stands for."""
    word, following = words.at(position), words.low[position + 1 : position + 3]
    if word in ("tens", "hundreds") and following[:1] == ["of"] and following[-1] in _LARGE:
        return Count((20 if word == "tens" else 200) * _LARGE[following[-1]], None), position + 3
    if word in ("several", "few") and following[:1] and (following[0] in _SCALES or following[0] == "dozen"):
        return Count(2 * (_SCALES | {"dozen": 12})[following[0]], None), position + 2
    if word in _VAGUE:
        return Count(_VAGUE[word], None), position + 1
    if word == "a" and following == ["number", "of"]:
        return Count(2, None), position + 3
    if word == "a" and following[:1] in (["few"], ["handful"]):
        inner = _vague_at(words, position + 1) if following[0] == "few" else None
        return inner or (Count(2, None), position + 2)
    return None


def _number_at(words: Words, position: int) -> tuple[int, int] | None:
    """Give a number in digits or words, and the position after it."""
    word = words.at(position)
    if word[:1].isdigit():
        return _digits_at(words, position)
    if word == "both":
        return 2, position + 1
    if word in ("a", "one") and words.at(position + 1) == "dozen":
        return 12, position + 2
    if word == "dozen":
        return 12, position + 1
    if word == "half" and words.low[position + 1 : position + 3] == ["a", "dozen"]:
        return 6, position + 3
    if word in ("a", "one") and words.at(position + 1) in ("couple", "pair"):
        return 2, position + (3 if words.at(position + 2) == "of" else 2)
    total, part, end = 0, -1, position
    if word in ("a", "an") and words.at(position + 1) in _SCALES:
        part, end = 1, position + 1
    while end < len(words.low) and end < position + 12:
        word = words.low[end]
        if word in TENS and part < 0:
            part = TENS[word]
        elif word in UNITS and (part < 0 or (part % 10 == 0 and part % 100 >= 20 and 0 < UNITS[word] < 10)):
            part = max(part, 0) + UNITS[word]
        elif word in UNITS | TENS and part >= 100 and part % 100 == 0:
            part += (UNITS | TENS)[word]
        elif word == "hundred" and 0 < part < 100:
            part *= 100
        elif word in ("thousand", "million") and part > 0:
            total, part = total + part * _SCALES[word], -1
        elif (
            (word == "-" and part % 100 in TENS.values() and words.at(end + 1) in UNITS)
            or (word == "and" and part >= 100 and part % 100 == 0 and words.at(end + 1) in UNITS | TENS)
        ):  # fmt: skip
            pass
        else:
            break
        end += 1
    if part < 0 and total == 0:
        return None
    value = total + max(part, 0)
    return (value * 12, end + 1) if words.at(end) == "dozen" else (value, end)


def _digits_at(words: Words, position: int) -> tuple[int, int] | None:
    written = words.low[position].replace(",", "")
    if words.at(position - 1) in _CURRENCY or len(written) > 12:
        return None
    scale = _SCALES.get(words.at(position + 1))
    try:
        value = float(written) * (scale or 1)
    except ValueError:  # "1.2.3", "2nd"
        return None
    if value != int(value) or value > _MAX_COUNT:
        return None
    year = len(written) == 4 and "," not in words.low[position] and 1900 <= value <= 2099 and scale is None
    if year and not _counts_people(words, position):
        return None
    return int(value), position + (2 if scale else 1)


def _counts_people(words: Words, position: int) -> bool:
    """Tell whether four digits that may be a year are a number of people."""
    before = words.low[max(0, position - 2) : position]
    return words.at(position + 1) in ("people", "civilians", "soldiers", "others", "dead", "deaths") or any(
        tuple(before[-len(q) :]) == q for q, _ in _QUALIFIERS if len(q) == 2 and "the" not in q
    )
