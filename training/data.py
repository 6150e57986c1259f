"""Read the training corpora and turn them into labelled windows of tokens.

In: a folder `entities/` of {"tokens", "tags"} lines (gzip, BIO); a file of event items, a JSON object a line
({"text", "toponyms": [{"start", "end", "kind"}], "events": [...]}; see README.md); texts of our own; and labels of
texts that are kept elsewhere (labels.jsonl). Out: `Window`s, whose labels line up with the tokens that
`geomap.text.tokenize` makes; -100 means "not labelled here".
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geomap.encoder import ENTITY_LABELS, KIND_LABELS, ROLES, STATUSES, WINDOW_TOKENS, Reading, pieces
from geomap.text import Token, sentences, tokenize

IGNORE = -100
_TYPES = {"GPE": "LOC"}
#: Last words of names that most of the corpora tag as any other place.
_FACILITY = re.compile(
    r"(?:air(?:port|field|strip)|(?:air)?base|street|st|road|rd|avenue|ave|boulevard|blvd|drive|lane|highway|hwy|motorway|"
    r"expressway|bridge|park|hospital|clinic|school|college|university|stadium|arena|church|mosque|temple|cathedral|"
    r"synagogue|hotel|mall|market|prison|jail|museum|theat(?:re|er)|library|cemetery|station|terminal|port|harbou?r|dam|"
    r"plant|factory|refinery|hall|house|building|tower|barracks|camp|square|plaza|palace|embassy|mine|tunnel|zoo|garden|"
    r"gardens|field|center|centre|courthouse|interchange|checkpoint)s?\.?$",
    re.IGNORECASE,
)
#: Human-made corpora first; of gmb, silver but large, a sample.
_HUMAN = ("wikigold", "uner_ewt", "gum", "crossner_politics", "re3d")


@dataclass
class Window:
    """A stretch of text and what is known about its tokens."""

    words: list[str]
    entity: list[int] | None = None
    kind: list[int] | None = None
    trigger: list[int] | None = None
    status: list[int] | None = None
    main: list[int] | None = None
    #: For each event: its trigger's tokens, and for each role the tokens that fill it (None: not known).
    pairs: list[tuple[list[int], list[list[int] | None]]] = field(default_factory=list)


def read_entities(folder: Path, silver: int, rng: random.Random, judges: Sequence[Path] = ()) -> list[Window]:
    """Read every human-made sentence and `silver` sentences of gmb, without the labels that all `judges` dispute."""
    lines = {name: _jsonl(folder / f"{name}.jsonl.gz") for name in (*_HUMAN, "gmb")}
    demonyms = _demonyms(lines["gmb"])
    rng.shuffle(lines["gmb"])
    lines["gmb"] = lines["gmb"][:silver]
    windows = []
    for name, rows in lines.items():
        own = [
            _entity_window(row, demonyms if name not in ("gmb", "re3d") else frozenset())
            for row in rows
            if len(row["tokens"]) >= 3
        ]
        if name == "gmb" and judges:
            print(_drop_disputed(own, judges), "labels of gmb left out", flush=True)
        windows += own
    return windows


def _drop_disputed(windows: list[Window], judges: Sequence[Path]) -> int:
    """Take out the silver labels for which every judge (a folder with an exported tagger) is sure of another one."""
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    doubts = [np.ones(len(w.words), bool) for w in windows]
    for folder in judges:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        session = onnxruntime.InferenceSession(str(folder / "tagger.onnx"), providers=["CPUExecutionProvider"])
        for window, doubt in zip(windows, doubts, strict=True):
            ids, case, first = pieces(tokenizer, window.words)
            inputs = {"ids": [ids], "case": [case], "mask": [[1] * len(ids)]}
            logits = session.run(["entity"], {k: np.asarray(v, np.int64) for k, v in inputs.items()})[0][0][first]
            odds = np.exp(logits - logits.max(axis=1, keepdims=True))
            odds /= odds.sum(axis=1, keepdims=True)
            types = [0] + [1 + (i - 1) // 2 for i in range(1, odds.shape[1])]
            by_type = np.zeros((len(odds), 1 + max(types)))
            np.add.at(by_type.T, types, odds.T)
            for i, label in enumerate(window.entity or ()):
                kind = ENTITY_LABELS[label][2:] if label != IGNORE else "O"
                same = types[ENTITY_LABELS.index("B-LOC" if kind == "FAC" else ENTITY_LABELS[label])]
                doubt[i] &= label != IGNORE and by_type[i, same] < 0.05 and by_type[i].max() > 0.8
    for window, doubt in zip(windows, doubts, strict=True):
        window.entity = [IGNORE if d else e for e, d in zip(window.entity or (), doubt, strict=True)]
    return int(sum(d.sum() for d in doubts))


def _jsonl(path: Path) -> list[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _demonyms(rows: list[dict[str, Any]]) -> frozenset[str]:
    """Words that gmb nearly always tags as a nationality: corpora without that tag can't say that they are none."""
    seen: Counter[str] = Counter()
    tagged: Counter[str] = Counter()
    for row in rows:
        for word, tag in zip(row["tokens"], row["tags"], strict=True):
            seen[word] += 1
            tagged[word] += tag.endswith("NORP")
    return frozenset(w for w, n in tagged.items() if n >= 3 and n > 0.7 * seen[w])


def _entity_window(row: dict[str, Any], unsure: frozenset[str]) -> Window:
    words, labels = [], []
    for word, tag in zip(row["tokens"], row["tags"], strict=True):
        prefix, _, kind = tag.partition("-")
        kind = _TYPES.get(kind, kind)
        parts = [t.text for t in tokenize(word)] or [word]
        for i, part in enumerate(parts):
            label = f"{prefix if i == 0 else 'I'}-{kind}" if kind else "O"
            known = label in ENTITY_LABELS and not (word in unsure and kind in ("", "MISC"))
            labels.append(ENTITY_LABELS.index(label) if known else IGNORE)
            words.append(part)
    return Window(words, entity=_with_facilities(words, labels))


def _with_facilities(words: list[str], labels: list[int]) -> list[int]:
    """Tell facilities from other places by their last word, as most corpora don't."""
    end = len(labels)
    out = list(labels)
    inside, begin = ENTITY_LABELS.index("I-LOC"), ENTITY_LABELS.index("B-LOC")
    for i in range(len(labels) - 1, -1, -1):
        if labels[i] == begin:
            if end - i > 1 and _FACILITY.search(words[end - 1]):
                names = ["B-FAC"] + ["I-FAC"] * (end - i - 1)
                out[i:end] = [ENTITY_LABELS.index(n) for n in names]
        elif labels[i] == inside:
            continue
        end = i
    return out


def join(windows: list[Window], rng: random.Random, size: int) -> list[Window]:
    """Put sentences of entity corpora together into windows of up to `size` tokens, as documents have them."""
    out: list[Window] = []
    i = 0
    while i < len(windows):
        room = rng.randint(size // 6, size)
        words, labels = list(windows[i].words), list(windows[i].entity or ())
        i += 1
        while i < len(windows) and len(words) + len(windows[i].words) <= room:
            words += windows[i].words
            labels += windows[i].entity or ()
            i += 1
        out.append(Window(words, entity=labels))
    return out


def recase(window: Window, rng: random.Random) -> Window:
    """Now and then give a window the capitals of a headline, or none at all."""
    draw = rng.random()
    if draw < 0.04:
        words = [w.upper() for w in window.words]
    elif draw < 0.06:
        words = [w.lower() for w in window.words]
    elif draw < 0.08:
        words = [w[:1].upper() + w[1:] for w in window.words]
    else:
        return window
    changed = Window(**{k: getattr(window, k) for k in window.__dataclass_fields__})
    changed.words = words
    return changed


_OUTLETS = re.compile(r"(?:\s*\([^()]*\))+[\s.']*(?:[A-Z][\w ,]+:?)?$")


def without_outlets(text: str) -> str:
    """Cut the outlets in brackets that end a current-events item."""
    found = _OUTLETS.search(text)
    return text[: found.start()] if found and found.start() > 40 else text


def read_events(path: Path, layers: list[str]) -> list[tuple[str, Window, Window]]:
    """Give (id, window of the whole item, window without the outlets at its end) of each labelled item."""
    rows = []
    for item in _jsonl(path):
        whole = event_window(item, item["text"], layers)
        rows.append((item["id"], whole, event_window(item, without_outlets(item["text"]), layers)))
    return rows


def event_window(item: dict[str, Any], text: str, layers: list[str]) -> Window:
    """Label the tokens of one item for all event heads."""
    # As the encoder makes them, sentence by sentence.
    tokens = [t for s in sentences(text) for t in tokenize(s.text, s.start)]
    n = len(tokens)
    kind, trigger, status, main = [0] * n, [0] * n, [IGNORE] * n, [IGNORE] * n
    window = Window([t.text for t in tokens], kind=kind, trigger=trigger, status=status, main=main)
    for toponym in item["toponyms"]:
        for k, i in enumerate(_inside(tokens, toponym["start"], toponym["end"])):
            kind[i] = KIND_LABELS.index(f"{'I' if k else 'B'}-{toponym['kind']}")
    for event in sorted(item["events"], key=lambda e: not e["main"]):
        start = event.get("start", text.find(event["trigger"]))
        if start < 0 or event["layer"] not in layers:
            continue
        inside = _inside(tokens, start, start + len(event["trigger"]))
        own = [i for i in inside if trigger[i] == 0]
        for i in own:
            trigger[i] = 1 + layers.index(event["layer"])
            status[i] = STATUSES.index(event["status"])
            main[i] = int(event["main"])
        if own:
            window.pairs.append((own, [_role_tokens(event, role, text, tokens, start) for role in ROLES]))
    return window


def read_own(folder: Path, layers: list[str], rng: random.Random) -> list[Window]:
    """Read the texts written for this project (training/events/), cut into windows as the encoder cuts them.

    - *.jsonl: items as in README.md, labelled in full.
    - quiet.txt: paragraphs without an event; their names are not labelled.
    - marked.txt: paragraphs with "[words|layer]", "[words|layer|status|bg]" (status and bg may be left out),
      "[words|again]" for further words of a happening, which are neither asked for nor forbidden, "{place}" of the
      events of its sentence, and "<speaker>" of them; other roles and names are not labelled.
    """
    windows: list[Window] = []
    for path in sorted(folder.glob("*.jsonl")):
        for item in _jsonl(path):
            windows += cut(_own_window(item, layers), Reading(item["text"]), rng)
    for path in sorted(folder.glob("*.txt")):
        for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
            if paragraph.strip():
                text, window = _marked_window(paragraph.strip(), layers)
                windows += cut(window, Reading(text), rng)
    return windows


def read_labels(
    path: Path, entities: Path, news: Path, layers: list[str]
) -> tuple[list[tuple[str, Window, Window]], list[tuple[Window, Reading]]]:
    """Read labels that are kept without their texts (training/labels.jsonl).

    A line: {"id", "length", "events": [{"layer", "trigger": [start, end], "again": [[start, end], ...], ...}]}, offsets
    in characters; places, speakers and the like are offsets too. The id is that of a news item (`news`, a JSON object
    with "id" and "text" a line), or says which sentences of an entity corpus make the text: "gmb-30240-30248" is
    gmb.jsonl.gz, lines 30240 up to 30247, from 0.

    Returns:
        The items as `read_events` gives them, and the blocks of sentences with what `cut` needs.

    Raises:
        ValueError: a text is not there, or not the one that was labelled.
    """
    rows = _jsonl(path)
    wanted = {row["id"] for row in rows}
    texts = {item["id"]: item["text"] for item in _jsonl(news) if item["id"] in wanted}
    corpora: dict[str, list[dict[str, Any]]] = {}
    items: list[tuple[str, Window, Window]] = []
    blocks: list[tuple[Window, Reading]] = []
    for row in rows:
        tags: list[tuple[int, int, str]] = []
        text = texts.get(row["id"], "")
        if not text:
            name, first, end = row["id"].rsplit("-", 2)
            if not (entities / f"{name}.jsonl.gz").is_file():
                raise ValueError(f"{path}: the text of {row['id']} is neither in {news} nor in {entities}")
            if name not in corpora:
                corpora[name] = _jsonl(entities / f"{name}.jsonl.gz")
            text, tags = running_text(corpora[name][int(first) : int(end)])
            if name != "gmb":  # the others leave nationalities untagged
                tags = []
        if len(text) != row["length"]:
            raise ValueError(f"{path}: {row['id']} is {row['length']} characters long, its text {len(text)}")
        if row["id"] in texts:
            bare = without_outlets(text)
            items.append((row["id"], *(_labelled_window(row, t, [], layers) for t in (text, bare))))
        else:
            blocks.append((_labelled_window(row, text, tags, layers), Reading(text)))
    return items, blocks


def _labelled_window(row: dict[str, Any], text: str, tags: list[tuple[int, int, str]], layers: list[str]) -> Window:
    def words(offsets: list[int]) -> str:
        return text[offsets[0] : offsets[1]]

    events = []
    for event in row["events"]:
        full = {"status": "reported", "main": True} | event
        full |= {"start": event["trigger"][0], "trigger": words(event["trigger"])}
        for role in ("place", "origin", "time", "attributed_to", "denied_by", "weapon"):
            if role in event:
                full[role] = words(event[role])
        for role in ("source_actors", "target_actors"):
            full[role] = [words(w) for w in event.get(role, ())]
        events.append(full)
    window = event_window({"toponyms": [], "events": events}, text, layers)
    window.kind = None
    tokens = [t for s in sentences(text) for t in tokenize(s.text, s.start)]
    assert window.trigger is not None
    for start, end in (w for e in row["events"] for w in e.get("again", ())):
        for i in _inside(tokens, start, end):
            window.trigger[i] = window.trigger[i] or IGNORE
    if tags:
        labels = [ENTITY_LABELS.index("O")] * len(tokens)
        for start, end, tag in tags:
            prefix, _, kind = tag.partition("-")
            kind = _TYPES.get(kind, kind)
            for k, i in enumerate(_inside(tokens, start, end)):
                label = f"{prefix if k == 0 else 'I'}-{kind}"
                labels[i] = ENTITY_LABELS.index(label) if label in ENTITY_LABELS else IGNORE
        window.entity = _with_facilities([t.text for t in tokens], labels)
    return window


_CLOSING = re.compile(r"[.,;:!?)\]}%”]|'|['’]s|n't|'(?:re|ve|ll|d|m)", re.IGNORECASE)
_LAKHS = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")


def running_text(rows: Sequence[dict[str, Any]]) -> tuple[str, list[tuple[int, int, str]]]:
    """Write sentences of tokens as running text: (text, (start, end, tag) of each token with a tag)."""
    text = ""
    tags: list[tuple[int, int, str]] = []
    for row in rows:
        quoted, glued = False, True
        text += " " if text else ""
        for token, tag in zip(row["tokens"], row["tags"], strict=True):
            if token in ('"', "``", "''"):
                space, quoted = not quoted and not glued, not quoted
                glued = quoted
            else:
                space = not glued and not (_CLOSING.fullmatch(token) or (token[:1] in ".,;:!?" and len(token) <= 3))
                glued = token in ("(", "[", "{", "$", "£", "€", "“", "‘")
            # gmb groups the digits of numbers by two.
            word = f"{int(token.replace(',', '')):,}" if _LAKHS.fullmatch(token) else token
            text += " " + word if space else word
            if tag != "O":
                tags.append((len(text) - len(word), len(text), tag))
    return text, tags


_MARK = re.compile(r"\[(?P<trigger>[^\[\]|]+)\|(?P<labels>[^\[\]]+)\]|\{(?P<place>[^{}]+)\}|<(?P<speaker>[^<>]+)>")


def _marked_window(marked: str, layers: list[str]) -> tuple[str, Window]:
    """Read one paragraph of marked.txt: its bare text and what the marks say."""
    text, at = "", 0
    marks: list[tuple[int, int, str, str]] = []
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        kind = "trigger" if match["trigger"] else "place" if match["place"] else "speaker"
        marks.append((len(text), len(text) + len(match[kind]), kind, match["labels"] or ""))
        text += match[kind]
        at = match.end()
    text += marked[at:]
    reading = Reading(text)
    n = len(reading.tokens)
    trigger, status, main = [0] * n, [IGNORE] * n, [IGNORE] * n
    window = Window([t.text for t in reading.tokens], trigger=trigger, status=status, main=main)
    spans = [(list(reading.tokens_in(start, end)), kind, labels.split("|")) for start, end, kind, labels in marks]
    for own, kind, labels in spans:
        if kind != "trigger":
            continue
        for i in own:
            if labels[0] == "again":
                trigger[i] = IGNORE
                continue
            trigger[i] = 1 + layers.index(labels[0])
            status[i] = STATUSES.index(next((x for x in labels[1:] if x != "bg"), "reported"))
            main[i] = int("bg" not in labels[1:])
        if labels[0] == "again":
            continue
        sentence = reading.sentence_of[own[0]]
        beside = {k: [t for t, kind_, _ in spans if kind_ == k] for k in ("place", "speaker")}
        here = {k: [i for t in v for i in t if reading.sentence_of[i] == sentence] for k, v in beside.items()}
        roles: list[list[int] | None] = [None] * len(ROLES)
        roles[ROLES.index("place")] = here["place"] or None
        roles[ROLES.index("attributed_to")] = here["speaker"] or None
        window.pairs.append((own, roles))
    return text, window


def _own_window(item: dict[str, Any], layers: list[str]) -> Window:
    text, toponyms, at = item["text"], [], 0
    for words, kind in item.get("toponyms", ()):
        start = text.find(words, at)
        if start >= 0:
            at = start + len(words)
            toponyms.append({"start": start, "end": at, "kind": kind})
    events = []
    for event in item.get("events", ()):
        around = event.get("in")
        place = text.find(around) if around else 0
        start = place + (around or text).find(event["trigger"])
        events.append({"status": "reported", "main": True} | event | {"start": start})
    window = event_window(item | {"toponyms": toponyms, "events": events}, text, layers)
    assert window.trigger is not None
    tokens = [t for s in sentences(text) for t in tokenize(s.text, s.start)]
    for words in {w for e in item.get("events", ()) for w in e.get("again") or ()}:
        for match in re.finditer(re.escape(words), text):
            for i in _inside(tokens, match.start(), match.end()):
                window.trigger[i] = window.trigger[i] or IGNORE
    return window


def cut(window: Window, reading: Reading, rng: random.Random) -> list[Window]:
    """Cut a text's labels into the encoder's windows, and now and then into longer or shorter ones."""
    if len(window.words) != len(reading.tokens):
        raise ValueError(f"tokens differ in {reading.text[:60]!r}")
    extents = list(reading.windows)
    draw = rng.random()
    if len(extents) > 1 and draw < 0.4:  # neighbors together
        extents = [(a[0], b[1]) for a, b in zip(extents[::2], [*extents[1::2], extents[-1]], strict=False)]
    elif len(extents) == 1 and draw < 0.5:  # as the windows of a longer text are
        extents = []
        for first, end in reading.extents:
            if extents and (end - extents[-1][0] <= WINDOW_TOKENS or rng.random() < 0.3):
                extents[-1] = (extents[-1][0], end)
            else:
                extents.append((first, end))
    return [_part(window, lo, hi) for lo, hi in extents]


def _part(window: Window, lo: int, hi: int) -> Window:
    def own(labels: list[int] | None) -> list[int] | None:
        return labels[lo:hi] if labels is not None else None

    pairs = []
    for trigger, roles in window.pairs:
        inside = [i - lo for i in trigger if lo <= i < hi]
        if inside:
            pairs.append((inside, [None if r is None else [i - lo for i in r if lo <= i < hi] for r in roles]))
    return Window(
        window.words[lo:hi], entity=own(window.entity), kind=own(window.kind), trigger=own(window.trigger),
        status=own(window.status), main=own(window.main), pairs=pairs,
    )  # fmt: skip


def _inside(tokens: list[Token], start: int, end: int) -> list[int]:
    return [i for i, t in enumerate(tokens) if t.start < end and start < t.end]


def _role_tokens(event: dict[str, Any], role: str, text: str, tokens: list[Token], trigger: int) -> list[int] | None:
    value = event.get(role)
    if role in ("killed", "injured"):
        return _count_tokens(value, tokens)
    found: list[int] = []
    for words in [value] if isinstance(value, str) else value or []:
        starts = [m.start() for m in re.finditer(re.escape(words), text)]
        if starts:
            start = min(starts, key=lambda s: abs(s - trigger))
            found += _inside(tokens, start, start + len(words))
    return found


_NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "dozen": 12,
    "dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000,
}  # fmt: skip


def _count_tokens(value: list[int | None] | None, tokens: list[Token]) -> list[int] | None:
    """Find the token that says a count; None where it can't be told which."""
    if not value:
        return []
    wanted = {v for v in value if v}
    hits = [i for i, t in enumerate(tokens) if _number(t.text) in wanted]
    return hits if len(hits) == 1 else None


def _number(word: str) -> int | None:
    digits = word.replace(",", "")
    return int(digits) if digits.isdecimal() and len(digits) < 9 else _NUMBERS.get(word.lower())
