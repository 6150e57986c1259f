"""Split a text into sentences and tokens, and give the lemma of a token.

In: a string. Out: `Token`s and `Sentence`s whose offsets count characters of that very string, end exclusive, so that
``text[token.start:token.end] == token.text`` holds whatever the text contains.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Sentence", "Token", "lemma", "sentences", "tokenize"]

# Dotted abbreviations ("U.S.", "W.Va.", "a.m.") stay whole, so that a toponym may end in a full stop; hyphens split, so
# that "Moscow-based" holds the toponym "Moscow".
_TOKEN = re.compile(r"(?:[^\W\d_]{1,2}\.){2,}|\d+(?:[.,]\d+)+|\w+(?:['’]\w+)*|[^\w\s]")
_POSSESSIVE = re.compile(r"(.+)(['’][sS])$")
# A full stop after one of these ends no sentence.
_ABBREVIATIONS = frozenset(
    {
        "mr", "mrs", "ms", "dr", "prof", "rev", "hon", "gov", "sen", "rep", "gen", "col", "lt", "sgt", "maj",
        "capt", "cmdr", "adm", "brig", "pres", "st", "ste", "mt", "ft", "no", "nos", "vs", "etc", "al", "inc",
        "ltd", "co", "corp", "dept", "univ", "assn", "jr", "sr", "jan", "feb", "mar", "apr", "jun", "jul", "aug",
        "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun", "ave",
        "blvd", "rd", "approx", "est", "fig", "vol", "pp", "ed", "eds", "messrs", "supt", "det", "insp", "cpl",
        "pte", "pvt", "sq", "km", "mi", "dist", "prov",
    }
)  # fmt: skip
_CLOSERS = "\"'”’)]»"
_LIST_MARK = re.compile(r"[ \t]*(?:[-*•–]|\d{1,2}[.)])[ \t]+")
_BREAK = re.compile(r"[ \t\r]*\n[ \t\r\n]*")
_END = re.compile(r"[.!?…。！？]+[" + re.escape(_CLOSERS) + r"]*(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or punctuation mark."""

    start: int  #: characters
    end: int  #: characters, exclusive
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or heading, without the white space around it."""

    start: int  #: characters
    end: int  #: characters, exclusive
    text: str


def tokenize(text: str, offset: int = 0) -> list[Token]:
    """Give the tokens of a text in order; `offset` (characters) is added to each start and end.

    A possessive ending is a token of its own ("Israel's" is "Israel" and "'s").
    """
    tokens = []
    for match in _TOKEN.finditer(text):
        start, word = match.start() + offset, match.group()
        possessive = _POSSESSIVE.match(word)
        if possessive:
            cut = start + len(possessive[1])
            tokens.append(Token(start, cut, possessive[1]))
            tokens.append(Token(cut, start + len(word), possessive[2]))
        else:
            tokens.append(Token(start, start + len(word), word))
    return tokens


def sentences(text: str) -> list[Sentence]:
    """Give the sentences of a text in order; a line break ends one unless the text is wrapped to a fixed width."""
    found: list[Sentence] = []
    for start, end in _lines(text):
        found.extend(_split_line(text, start, end))
    return found


def _lines(text: str) -> list[tuple[int, int]]:
    """Give the extents of the paragraphs: stretches that no sentence crosses."""
    breaks = list(_BREAK.finditer(text))
    single = [b for b in breaks if text.count("\n", b.start(), b.end()) == 1]
    # Lines that go on in lower case were wrapped by an editor: there, only an empty line or a list mark ends a
    # sentence.
    goes_on = sum(text[b.end() : b.end() + 1].islower() for b in single)
    wrapped = len(single) > 0 and goes_on >= max(1, len(single) // 4)
    extents, start = [], 0
    for found in breaks:
        if wrapped and found in single and not _LIST_MARK.match(text, found.end()):
            continue
        extents.append((start, found.start()))
        start = found.end()
    extents.append((start, len(text)))
    return extents


def _split_line(text: str, start: int, end: int) -> list[Sentence]:
    found: list[Sentence] = []
    for mark in _END.finditer(text, start, end):
        if _ends_sentence(text, start, mark, end):
            _append(found, text, start, mark.end())
            start = mark.end()
    _append(found, text, start, end)
    return found


def _append(found: list[Sentence], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        found.append(Sentence(start, end, text[start:end]))


def _ends_sentence(text: str, start: int, mark: re.Match[str], end: int) -> bool:
    rest = text[mark.end() : min(end, mark.end() + 40)].lstrip()
    if not rest:
        return True
    if not mark.group().startswith("."):
        return not rest[0].islower()
    before = re.search(r"[\w.'’]*$", text[max(start, mark.start() - 20) : mark.start()])
    word = before.group() if before else ""
    if rest[0].islower() or rest[0] in ",;:":
        return False
    if mark.group() == "." and (word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isupper())):
        return False
    # "U.S. officials" goes on; "in the U.S. The" does not: a dotted abbreviation ends a sentence before an opener only.
    if "." in word:
        return bool(re.match(r"(?:The|A|An|In|On|It|He|She|They|This|But|However|At|His|Her|Its|We|I)\b|[\"“]", rest))
    return True


@lru_cache(maxsize=65536)
def lemma(word: str) -> str:
    """Give the base form of an English word in lower case: "struck" is "strike", "missiles" is "missile"."""
    import simplemma  # its dictionary takes 0.1 s to open; only event extraction needs it

    return str(simplemma.lemmatize(word.lower(), lang="en")).lower()
