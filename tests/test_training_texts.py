"""The texts that the tagger is trained on besides its corpora: each mark means something."""

import random
import re
from pathlib import Path

import pytest

from geomap.encoder import ROLES
from geomap.layers import load_layers
from training.data import IGNORE, read_own

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
