"""Event types as data: read layers/*.toml, and find a layer's triggers in a sentence.

In: a folder with one TOML file a layer, and the tokens of one sentence. Out: `Layer`s in the order of the map's legend
with `Problem`s for what is wrong in the files, and `TriggerMatch`es whose positions count tokens, end exclusive.
docs/layers.md describes the keys and the rules of matching.
"""

from __future__ import annotations

import difflib
import re
import reprlib
import tomllib
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from geomap.errors import LayerError, Problem
from geomap.model import Layer
from geomap.text import Token, lemma, sentences, tokenize

__all__ = ["TriggerIndex", "TriggerMatch", "builtin_folder", "check_layers", "load_layers"]

#: Layers of these groups come first, in this order; further groups follow by name.
GROUPS = (
    "Armed conflict",
    "Violence and crime",
    "Civil unrest",
    "Diplomacy",
    "Governance",
    "Humanitarian and hazards",
)
#: Parts of a combination stand at most this many tokens apart.
REACH = 12
MAX_BYTES = 64 * 1024
MAX_FILES = 1000
MAX_TRIGGERS = 200
_MAX_PARTS = 3
_MAX_WORDS = 8  # in one part
_HYPHENS = frozenset("-‐‑–")
_PLUS = re.compile(r"\s+\+\s+")
_STEM = re.compile(r"[a-z][a-z0-9_]{0,47}")
_PLAIN_KEY = re.compile(r"[a-z_.0-9\[\]]{1,80}")
_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
#: How much a match says, by the number of words that it needs.
_WEIGHTS = {1: 0.5, 2: 0.75, 3: 0.85}
_WEIGHT_LONG = 0.9

# What may be written for a key: the second half of an error message.
_REMEDIES = {
    "title": 'write 1 to 60 characters, as title = "Missile strikes"',
    "group": 'write 1 to 60 characters, as group = "Armed conflict"',
    "color": 'write six hexadecimal digits, as color = "#c0392b"',
    "icon": 'write one emoji or one or two letters, as icon = "MS"',
    "definition": "write one sentence of 1 to 500 characters",
    "triggers": f"write a list of 1 to {MAX_TRIGGERS} words or phrases of at most 80 characters each",
    "near_misses": f"write a list of at most {MAX_TRIGGERS} phrases of at most 80 characters each",
    "example": "write one sentence of at most 500 characters",
    "counter": "write one sentence of at most 500 characters",
    "codes": 'write a table, as [codes] and below it cameo = ["194"]',
    "plover": "write a list of at most 40 codes of at most 120 characters each",
    "acled": "write a list of at most 40 codes of at most 120 characters each",
    "cameo": "write a list of at most 40 codes of at most 120 characters each",
}


def _printable(value: str) -> str:
    """Refuse control and format characters: they can turn the reading direction of a page or hide text."""
    if any(unicodedata.category(c).startswith("C") for c in value):
        raise ValueError("it holds a control or invisible character")
    return value


def _one_line(value: str) -> str:
    return _printable(" ".join(value.split()))


def _icon(value: str) -> str:
    if 1 <= len(value) <= 2 and value.isalpha():
        return value
    joiners = "\u200d\ufe0f"  # between the parts of one emoji, and after a sign to be drawn as an emoji
    signs = [c for c in value if c not in joiners]
    if not (1 <= len(signs) <= 4 and len(value) <= 8 and all(unicodedata.category(c) in {"So", "Sk"} for c in signs)):
        raise ValueError("it is neither an emoji nor one or two letters")
    return value


def _trigger(value: str) -> str:
    value = _one_line(value)
    _parse(value)
    return value


Line = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True), AfterValidator(_printable)]
Sentence500 = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True), AfterValidator(_one_line)]
Trigger = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_trigger)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_printable)]
CodeList = Annotated[list[Code], Field(max_length=40)]


class _Codes(BaseModel):
    """The [codes] table: the same event type in other schemes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    plover: CodeList = []
    acled: CodeList = []
    cameo: CodeList = []


class _LayerFile(BaseModel):
    """One layer file, as written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Line
    group: Line
    color: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
    icon: Annotated[str, StringConstraints(min_length=1, max_length=8), AfterValidator(_icon)] | None = None
    definition: Annotated[Sentence500, Field(min_length=1)]
    triggers: Annotated[list[Trigger], Field(min_length=1, max_length=MAX_TRIGGERS)]
    near_misses: Annotated[list[Trigger], Field(max_length=MAX_TRIGGERS)] = []
    example: Sentence500 = ""
    counter: Sentence500 = ""
    codes: _Codes = Field(default_factory=_Codes)


def builtin_folder() -> Path:
    """Give the folder of the layers that geomap brings: beside the package in a checkout, inside it when installed."""
    here = Path(__file__).resolve().parent
    installed = here / "_layers"
    return installed if installed.is_dir() else here.parent / "layers"


def load_layers(folder: Path | None = None) -> tuple[list[Layer], list[Problem]]:
    """Give the valid layers in the order of the legend, and what is wrong with the other files.

    Without `folder` these are the layers that geomap brings. With it, its files are added to them, and a file replaces
    the layer of the same id; a file that is not valid replaces nothing. Raises `LayerError` if a folder does not exist
    or holds no layer file.
    """
    found: dict[str, Layer] = {}
    problems: list[Problem] = []
    for each in [builtin_folder()] if folder is None else [builtin_folder(), folder]:
        layers, wrong = _read_folder(each)
        if not layers and not wrong:
            raise LayerError(f"{_shown(str(each))}: no *.toml file in this folder; see docs/layers.md")
        found.update((layer.id, layer) for layer in layers)
        problems.extend(wrong)
    return sorted(found.values(), key=_legend_order), problems


def check_layers(folder: Path | None = None) -> list[Problem]:
    """Give all that is wrong with the files of one folder (default: the layers that geomap brings).

    Beyond what `load_layers` reports: an example that its own triggers miss, and a counter-example that they match.
    Raises `LayerError` if the folder does not exist.
    """
    folder = builtin_folder() if folder is None else folder
    layers, problems = _read_folder(folder)
    if not layers and not problems:
        problems.append(Problem(_shown(str(folder)), "no *.toml file here: add one, see docs/layers.md"))
    for layer in layers:
        index = TriggerIndex([layer])
        if layer.example and not _fires(index, layer.example):
            message = f"no trigger matches {_shown(layer.example)}: add a trigger, or write another example"
            problems.append(Problem(f"{layer.id}.toml: example", message))
        hits = _fires(index, layer.counter)
        if hits:
            message = f"trigger {hits[0].trigger!r} matches {_shown(layer.counter)}: narrow it, or add a near miss"
            problems.append(Problem(f"{layer.id}.toml: counter", message))
    return problems


def _fires(index: TriggerIndex, text: str) -> list[TriggerMatch]:
    return [match for s in sentences(text) for match in index.find(tokenize(s.text))]


def _legend_order(layer: Layer) -> tuple[int, str, str, str]:
    known = GROUPS.index(layer.group) if layer.group in GROUPS else len(GROUPS)
    return (known, layer.group.casefold(), layer.title.casefold(), layer.id)


def _read_folder(folder: Path) -> tuple[list[Layer], list[Problem]]:
    if not folder.is_dir():
        raise LayerError(f"{_shown(str(folder))}: no such folder of layers; name one that holds *.toml files")
    layers: list[Layer] = []
    problems: list[Problem] = []
    paths = sorted(p for p in folder.glob("*.toml") if not p.name.startswith("."))
    if len(paths) > MAX_FILES:
        problems.append(Problem(_shown(str(folder)), f"{len(paths)} layer files: only the first {MAX_FILES} are read"))
    for path in paths[:MAX_FILES]:
        layer = _read_file(path, problems)
        if layer is not None:
            layers.append(layer)
    return layers, problems


def _read_file(path: Path, problems: list[Problem]) -> Layer | None:
    """Give the layer of one file, or None after adding to `problems`."""
    name = path.name if path.name.isprintable() else _shown(path.name)
    if not _STEM.fullmatch(path.stem):
        message = "the name of a layer file is its id: use up to 48 of a-z, 0-9 and _, starting with a letter"
        problems.append(Problem(name, message))
        return None
    if not path.is_file():  # a folder, or a pipe that would never end
        problems.append(Problem(name, "is not a file: a layer is a TOML file"))
        return None
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            problems.append(Problem(name, f"more than {MAX_BYTES // 1024} kB: shorten its lists"))
            return None
        table = tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        problems.append(Problem(name, f"can't be read ({error.strerror}): make it a readable file"))
        return None
    except UnicodeDecodeError as error:
        problems.append(Problem(name, f"byte {error.start} is not UTF-8: save the file as UTF-8"))
        return None
    except RecursionError:
        problems.append(Problem(name, "lists or tables are nested too deeply: a layer needs no more than one level"))
        return None
    except ValueError as error:
        problems.append(_syntax_problem(name, content.count(b"\n") + 1, str(error)))
        return None
    try:
        read = _LayerFile.model_validate(table)
    except ValidationError as error:
        problems.extend(_key_problem(name, table, dict(e)) for e in error.errors(include_url=False))
        return None
    return Layer(
        id=path.stem,
        title=read.title,
        group=read.group,
        color=read.color.lower(),
        icon=read.icon or _initials(read.title),
        definition=read.definition,
        triggers=tuple(dict.fromkeys(read.triggers)),
        near_misses=tuple(dict.fromkeys(read.near_misses)),
        example=read.example,
        counter=read.counter,
        plover=tuple(read.codes.plover),
        acled=tuple(read.codes.acled),
        cameo=tuple(read.codes.cameo),
    )


def _initials(title: str) -> str:
    letters = [word[0] for word in re.findall(r"[^\W\d_]+", title)] or ["?"]
    return "".join(letters[:2]).upper()[:2]


def _shown(value: object) -> str:
    """Give a value for a message: on one line, and not long."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = 100
    return short.repr(value)


def _syntax_problem(name: str, last: int, message: str) -> Problem:
    at = _LINE.search(message)
    line = int(at[1]) if at and at[1] else last
    return Problem(f"{name}: line {line}", f"not valid TOML: {_LINE.sub('', message).strip()}")


def _key_problem(name: str, table: dict[str, Any], error: dict[str, Any]) -> Problem:
    """Turn one validation error into one line that names file, key, value and remedy."""
    keys = [k for k in error["loc"] if isinstance(k, str)]
    path = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in error["loc"]).lstrip(".")
    # A key that a stranger wrote may hold anything: show it as a Python string then.
    where = f"{name}: {path if _PLAIN_KEY.fullmatch(path) else _shown(path)}"
    if error["type"] == "extra_forbidden":
        valid = list(_Codes.model_fields if len(keys) > 1 else _LayerFile.model_fields)
        near = difflib.get_close_matches(keys[-1].lower(), valid, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"valid keys: {', '.join(valid)}"
        return Problem(where, f"unknown key {_shown(keys[-1])} ({hint})")
    remedy = _REMEDIES[keys[-1]]
    if error["type"] == "missing":
        # A misspelled key is both unknown and missing: point at it.
        near = difflib.get_close_matches(keys[-1], [k for k in table if k not in _LayerFile.model_fields], n=1)
        return Problem(where, f"key {keys[-1]!r} is missing{f' ({_shown(near[0])}?)' if near else ''}: {remedy}")
    reason = f" ({error['ctx']['error']})" if error["type"] == "value_error" else ""
    return Problem(where, f"{_shown(error['input'])} is not valid{reason}: {remedy}")


@dataclass(frozen=True, slots=True)
class TriggerMatch:
    """One place where a layer's trigger stands in a sentence."""

    layer: str  #: id of the layer
    start: int  #: index of the first token of the trigger's first part
    end: int  #: index after its last token
    trigger: str  #: as the layer file has it
    weight: float  #: 0..1: grows with the number of words that had to be there


@dataclass(frozen=True, slots=True)
class _Rule:
    layer: str
    text: str
    parts: tuple[int, ...]  # indices of TriggerIndex._parts, the one that gives the span first
    weight: float


class _Cover:
    """Tells whether one of many stretches covers a given one, in logarithmic time."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._ends = list(accumulate((end for _, end in ordered), max))

    def __call__(self, span: tuple[int, int]) -> bool:
        at = bisect_right(self._starts, span[0])
        return at > 0 and self._ends[at - 1] >= span[1]


_NOTHING = _Cover(())


class TriggerIndex:
    """Finds the triggers of many layers in one pass over a sentence.

    Words match by lemma, a word in capitals only itself ("IED", "IEDs"); hyphens are passed over. The words of a phrase
    follow one another; the parts of a combination ("strike + missile") stand in any order at most twelve tokens apart,
    and the part named first gives the span. A part inside a near miss of the same layer does not count.
    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        self._parts: list[tuple[str, ...]] = []
        self._starting: dict[str, list[int]] = {}  # first word of a part -> parts
        self._triggers: dict[int, list[_Rule]] = {}  # first part -> rules
        self._near: dict[int, list[_Rule]] = {}
        known: dict[tuple[str, ...], int] = {}
        for layer in layers:
            for texts, rules in ((layer.triggers, self._triggers), (layer.near_misses, self._near)):
                for text in texts:
                    parts = _parse(text)
                    numbers = tuple(self._number(part, known) for part in parts)
                    weight = _WEIGHTS.get(sum(map(len, parts)), _WEIGHT_LONG)
                    rules.setdefault(numbers[0], []).append(_Rule(layer.id, text, numbers, weight))

    def _number(self, part: tuple[str, ...], known: dict[tuple[str, ...], int]) -> int:
        if part not in known:
            known[part] = len(self._parts)
            self._parts.append(part)
            self._starting.setdefault(part[0], []).append(known[part])
        return known[part]

    def find(self, tokens: Sequence[Token]) -> list[TriggerMatch]:
        """Give the matches in the tokens of one sentence, by position; those of one layer do not overlap."""
        at = [i for i, token in enumerate(tokens) if token.text not in _HYPHENS]
        found = self._occurrences([_keys(tokens[i].text) for i in at])
        covers = {layer: _Cover(spans) for layer, spans in self._void(found).items()}
        matches = [
            TriggerMatch(rule.layer, start, end, rule.text, rule.weight)
            for part in found
            for rule in self._triggers.get(part, ())
            for start, end in _spans(rule, found, covers.get(rule.layer, _NOTHING))
        ]
        kept = []
        taken: set[tuple[str, int]] = set()
        for match in sorted(matches, key=lambda m: (-m.weight, m.start - m.end, m.start, m.layer, m.trigger)):
            own = {(match.layer, i) for i in range(match.start, match.end)}
            if taken.isdisjoint(own):
                taken |= own
                span = (at[match.start], at[match.end - 1] + 1)
                kept.append(TriggerMatch(match.layer, *span, match.trigger, match.weight))
        return sorted(kept, key=lambda m: (m.start, -m.weight, m.layer))

    def near_misses(self, tokens: Sequence[Token]) -> list[tuple[str, int, int]]:
        """Give the stretches of one sentence's tokens that a layer's near misses void: (layer id, start, end)."""
        at = [i for i, token in enumerate(tokens) if token.text not in _HYPHENS]
        void = self._void(self._occurrences([_keys(tokens[i].text) for i in at]))
        return sorted({(layer, at[lo], at[hi - 1] + 1) for layer, spans in void.items() for lo, hi in spans})

    def _void(self, found: dict[int, list[tuple[int, int]]]) -> dict[str, list[tuple[int, int]]]:
        near: dict[str, list[tuple[int, int]]] = {}
        for part in found:
            for rule in self._near.get(part, ()):
                near.setdefault(rule.layer, []).extend(_spans(rule, found, _NOTHING))
        return near

    def _occurrences(self, keys: list[tuple[str, str]]) -> dict[int, list[tuple[int, int]]]:
        """Give, for each part that occurs, its stretches in order."""
        found: dict[int, list[tuple[int, int]]] = {}
        for i, pair in enumerate(keys):
            for key in dict.fromkeys(pair):
                for number in self._starting.get(key, ()):
                    part = self._parts[number]
                    end = i + len(part)
                    if end <= len(keys) and all(part[k] in keys[i + k] for k in range(1, len(part))):
                        found.setdefault(number, []).append((i, end))
        return found


def _spans(rule: _Rule, found: dict[int, list[tuple[int, int]]], void: _Cover) -> list[tuple[int, int]]:
    """Give the stretches of a rule's first part that have all other parts within reach."""
    spans = [span for span in found[rule.parts[0]] if not void(span)]
    for part in rule.parts[1:]:
        others = [span for span in found.get(part, ()) if not void(span)]
        starts = [start for start, _ in others]
        spans = [span for span in spans if _within_reach(span, others, starts)]
    return spans


def _within_reach(span: tuple[int, int], others: list[tuple[int, int]], starts: list[int]) -> bool:
    for i in range(bisect_left(starts, span[0] - REACH - _MAX_WORDS), bisect_left(starts, span[1] + REACH)):
        between = max(others[i][0] - span[1], span[0] - others[i][1])  # tokens; negative: they overlap
        if 0 <= between < REACH:
            return True
    return False


def _parse(text: str) -> list[tuple[str, ...]]:
    """Give the parts of a trigger, each as the keys of its words; raise ValueError if it can never match."""
    parts = []
    for part in _PLUS.split(text):
        words = [token.text for token in tokenize(part) if token.text not in _HYPHENS]
        if not words or not all(any(c.isalnum() for c in word) for word in words):
            raise ValueError('write words, and " + " between the parts of a combination')
        if len(words) > _MAX_WORDS:
            raise ValueError(f"a phrase has at most {_MAX_WORDS} words")
        parts.append(tuple(word if _capitals(word) else _base(word) for word in words))
    if len(parts) > _MAX_PARTS:
        raise ValueError(f"a combination has at most {_MAX_PARTS} parts")
    return parts


def _capitals(word: str) -> bool:
    return len(word) > 1 and word.isupper()


@lru_cache(maxsize=65536)
def _keys(word: str) -> tuple[str, str]:
    """Give the two keys under which a token of a text may match: its lemma, and itself if it is written in capitals."""
    base = _base(word)
    if _capitals(word):
        return (base, word)
    if word.endswith("s") and _capitals(word[:-1]):  # "IEDs"
        return (base, word[:-1])
    return (base, base)


def _base(word: str) -> str:
    # Twice, since the plural of a verbal noun gives the noun first: "shootings", "shooting", "shoot".
    return lemma(lemma(word))
