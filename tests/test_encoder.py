import json

import numpy as np
import pytest

from geomap.encoder import ROLES, Encoder, default_encoder

TEXT = (
    "Flood water reached Beira on Monday. At least nine people died when a bridge in the port city collapsed, "
    "police said."
)


def test_every_token_has_a_distribution_of_each_head():
    reading = default_encoder().read(TEXT)
    for scores in (reading.entity, reading.kind, reading.trigger, reading.status):
        assert scores.shape[0] == len(reading.tokens)
        assert np.allclose(scores.sum(axis=1), 1, atol=1e-4)


def test_tokens_in_gives_the_tokens_of_a_stretch():
    reading = default_encoder().read(TEXT)
    start = TEXT.index("Beira on")
    own = reading.tokens_in(start, start + len("Beira on"))
    assert [reading.tokens[i].text for i in own] == ["Beira", "on"]


def test_roles_are_probabilities_of_the_window():
    reading = default_encoder().read(TEXT)
    first, roles = reading.roles(range(3, 4))
    assert first == 0
    assert roles.shape == (len(ROLES), len(reading.tokens))
    assert roles.min() >= 0
    assert roles.max() <= 1


@pytest.mark.parametrize(
    "text", ["", "   ", "…", "a", "\u200b\u200b", "x" * 30000, "word " * 3000, "火" * 500, "🙂🙂 " * 400]
)
def test_any_text_can_be_read(text):
    reading = Encoder.read(default_encoder(), text)
    assert len(reading.entity) == len(reading.tokens)
    covered = [i for lo, hi in reading.windows for i in range(lo, hi)]
    assert covered == list(range(len(reading.tokens))), "windows share no token and leave none out"


def test_the_same_text_gives_the_same_scores_alone_or_again():
    encoder = default_encoder()
    first = encoder.read(TEXT).trigger.copy()
    for number in range(20):  # pushes the first reading out of what is kept
        encoder.read(f"Item {number}.")
    assert np.array_equal(encoder.read(TEXT).trigger, first)


def test_labels_of_another_version_are_refused(tmp_path):
    (tmp_path / "tagger.json").write_text(json.dumps({"roles": ["place"], "kind": [], "layers": [], "pair_width": 1}))
    with pytest.raises(ValueError, match=r"tagger\.json"):
        Encoder(tmp_path)
