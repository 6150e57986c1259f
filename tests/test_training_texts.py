"""The texts that the tagger is trained on besides its corpora: each mark means something."""

import gzip
import json
import random
import re
from pathlib import Path

import pytest

from geomap.encoder import ENTITY_LABELS, ROLES, STATUSES
from geomap.layers import load_layers
from training.data import IGNORE, cut, read_labels, read_own, running_text

ROOT = Path(__file__).parents[1]
LAYERS = sorted(layer.id for layer in load_layers()[0])
FILES = sorted((ROOT / "training" / "events").glob("*.txt"))


def windows(folder):
    return read_own(folder, LAYERS, random.Random(0))


@pytest.fixture(scope="module")
def own():
    return windows(ROOT / "training" / "events")


def test_every_text_can_be_read_and_labels_fit_its_words(own):
    for window in own:
        assert window.trigger is not None
        assert len(window.words) == len(window.trigger) == len(window.status) == len(window.main)
        for tokens, roles in window.pairs:
            assert len(roles) == len(ROLES)
            assert all(window.trigger[i] > 0 for i in tokens)


def test_no_mark_is_left_in_a_text(own):
    assert not any(set("[]{}<>|") & set(word) for window in own for word in window.words)


def test_every_layer_occurs_and_most_texts_have_a_stretch_without_an_event(own):
    found = {LAYERS[label - 1] for window in own for label in window.trigger if label > 0}
    assert found == set(LAYERS)
    assert sum(not any(window.trigger) for window in own) > len(own) / 4


def test_no_text_is_there_twice():
    texts = [t.strip() for path in FILES for t in path.read_text(encoding="utf-8").split("\n\n")]
    assert len(texts) == len(set(texts))
    assert all(texts)


def test_marks(tmp_path):
    (tmp_path / "a.txt").write_text(
        "A bomb [went off|bombing|claimed] in {Kano}, <police> said. The [blast|again] hurt nobody.", encoding="utf-8"
    )
    found = windows(tmp_path)
    words = [w for window in found for w in window.words]
    labels = [label for window in found for label in window.trigger]
    assert " ".join(words) == "A bomb went off in Kano , police said . The blast hurt nobody ."
    named = {w: label for w, label in zip(words, labels, strict=True) if label}
    assert named == {"went": 1 + LAYERS.index("bombing"), "off": 1 + LAYERS.index("bombing"), "blast": IGNORE}
    ((tokens, roles),) = found[0].pairs
    assert [found[0].words[i] for i in tokens] == ["went", "off"]
    assert [found[0].words[i] for i in roles[ROLES.index("place")]] == ["Kano"]
    assert [found[0].words[i] for i in roles[ROLES.index("attributed_to")]] == ["police"]


def test_only_known_layers_and_statuses_are_marked():
    statuses = {"reported", "confirmed", "claimed", "denied", "disputed", "planned", "threatened", "bg"}
    for path in FILES:
        for labels in re.findall(r"\|([^\[\]]+)\]", path.read_text(encoding="utf-8")):
            layer, *more = labels.split("|")
            assert layer in {*LAYERS, "again"}, labels
            assert set(more) <= statuses, labels


LABELS = [json.loads(line) for line in (ROOT / "training" / "labels.jsonl").read_text(encoding="utf-8").splitlines()]


def test_labels_name_a_text_once_and_lie_within_it():
    ids = [row["id"] for row in LABELS]
    assert ids == sorted(set(ids))
    for row in LABELS:
        for event in row["events"]:
            assert event["layer"] in LAYERS
            assert event.get("status", "reported") in STATUSES
            one = ("trigger", "place", "origin", "time", "attributed_to", "denied_by", "weapon")
            single = [event[k] for k in one if k in event]
            many = [w for k in ("again", "source_actors", "target_actors") for w in event.get(k, ())]
            assert all(0 <= start < end <= row["length"] for start, end in single + many), row["id"]
            assert not any(
                start < event["trigger"][1] and event["trigger"][0] < end for start, end in event.get("again", ())
            )


def test_labels_hold_no_text():
    known = {
        "id", "length", "events", "layer", "also", "trigger", "again", "place", "origin", "time", "killed", "injured",
        "status", "attributed_to", "denied_by", "source_actors", "target_actors", "weapon", "main",
    }  # fmt: skip
    for row in LABELS:
        assert set(row) | {key for event in row["events"] for key in event} <= known
        texts = [value for event in row["events"] for value in event.values() if isinstance(value, str)]
        assert set(texts) <= {*LAYERS, *STATUSES}


@pytest.fixture
def corpora(tmp_path):
    def write(labels):
        rows = [
            {"tokens": ["Rain", "fell", "."], "tags": ["O", "O", "O"]},
            {
                "tokens": ["A", "bomb", "killed", "two", "in", "Kano", ",", '"', "police", '"', "say", "."],
                "tags": ["O"] * 12,
            },
            {"tokens": ["The", "blast", "cost", "$", "1,00,000", "."], "tags": ["O"] * 6},
        ]
        rows[1]["tags"][5] = "B-GPE"
        for corpus in ("gmb", "gum"):
            with gzip.open(tmp_path / f"{corpus}.jsonl.gz", "wt", encoding="utf-8") as out:
                out.write("\n".join(map(json.dumps, rows)))
        (tmp_path / "news.jsonl").write_text('{"id": "cep-1", "text": "Rebels take Goma, they say."}', encoding="utf-8")
        (tmp_path / "labels.jsonl").write_text("\n".join(map(json.dumps, labels)), encoding="utf-8")
        return read_labels(tmp_path / "labels.jsonl", tmp_path, tmp_path / "news.jsonl", LAYERS)

    return write


def test_sentences_of_tokens_become_running_text():
    rows = [{"tokens": ["He", "said", ":", '"', "I", "do", "n't", "(", "yet", ")", '"', "."], "tags": ["O"] * 12}]
    assert running_text(rows) == ('He said: "I don\'t (yet)".', [])
    assert running_text([{"tokens": ["1,00,000"], "tags": ["B-X"]}] * 2) == (
        "100,000 100,000",
        [(0, 7, "B-X"), (8, 15, "B-X")],
    )


def test_labels_of_sentences_and_of_news(corpora):
    block = {"layer": "bombing", "trigger": [2, 6], "again": [[45, 50]], "place": [21, 25], "status": "claimed"}
    event = {"layer": "territorial_change", "trigger": [7, 11], "place": [12, 16], "source_actors": [[0, 6]]}
    items, blocks = corpora([
        {"id": "cep-1", "length": 27, "events": [event]},
        {"id": "gmb-1-3", "length": 65, "events": [block]},
        {"id": "gum-0-1", "length": 10, "events": []},
    ])  # fmt: skip
    (_, whole, _), (window, reading) = items[0], blocks[0]
    assert reading.text == 'A bomb killed two in Kano, "police" say. The blast cost $100,000.'
    assert [whole.words[i] for i, label in enumerate(whole.trigger) if label > 0] == ["take"]
    assert [[whole.words[i] for i in roles or ()] for roles in whole.pairs[0][1]][ROLES.index("place")] == ["Goma"]
    assert window.words[window.pairs[0][0][0]] == "bomb"
    assert window.trigger[window.words.index("blast")] == IGNORE
    assert window.entity[window.words.index("Kano")] == ENTITY_LABELS.index("B-LOC")
    assert blocks[1][0].entity is None  # nationalities are tagged in gmb only
    assert [w for part in cut(window, reading, random.Random(0)) for w in part.words] == window.words


def test_labels_of_another_text_are_refused(corpora):
    with pytest.raises(ValueError, match="gmb-0-1 is 12 characters long, its text 10"):
        corpora([{"id": "gmb-0-1", "length": 12, "events": []}])
    with pytest.raises(ValueError, match="wiki-0-1 is neither in"):
        corpora([{"id": "wiki-0-1", "length": 12, "events": []}])
